//! The service, played from memory, and the driver that listens to it.

use core::hint::black_box;

use rubrica_core::document::Digest;
use rubrica_core::error::Error;
use rubrica_core::exchange::{Request, Response};
use rubrica_core::flow::{Flow, Input, Output};
use rubrica_core::identity::Holder;
use rubrica_core::oauth::grant::Grant;
use rubrica_core::oauth::scope::Scope;
use rubrica_core::psc::{
    Application, Authorization, Content, Entropy, Format, Item, Order, Padding, Push, Service,
    Signing, SigningEvent, VIDAAS,
};
use rubrica_core::secret::SecretText;
use rubrica_core::time::{Duration, Instant};

/// The bytes that a signature of RSA 2048 has; here they count upwards.
const SIGNATURE: usize = 256;

/// Puts a file beside the image, where it is not weighed.
macro_rules! played {
    ($name:ident, $file:literal) => {
        #[unsafe(link_section = ".played")]
        static $name: [u8; include_bytes!(concat!("../played/", $file)).len()] =
            *include_bytes!(concat!("../played/", $file));
    };
}

played!(NOTIFIED, "notified.txt");
played!(APPROVED, "approved.json");
played!(TOKEN, "token.json");
played!(SIGNED, "signed.json");

/// A status and a body.
type Answer = (u16, &'static [u8]);

/// The answers to a push: a notification, a holder who is waited for, an approval, a token.
const GRANTED: [Answer; 5] =
    [(200, &NOTIFIED), (304, &[]), (304, &[]), (200, &APPROVED), (200, &TOKEN)];

/// The memory that a firmware sets aside for messages.
pub struct Memory {
    /// A request; the largest here has a token, a code and two addresses.
    pub request: [u8; 1536],
    /// A reply.
    pub reply: [u8; 1024],
}

impl Memory {
    /// All zeros.
    pub const EMPTY: Self = Self { request: [0; 1536], reply: [0; 1024] };
}

/// Runs a flow until it gains something or ends, with these answers.
pub fn drive<F: Flow, G>(
    flow: &mut F,
    memory: &mut Memory,
    answers: &[Answer],
    mut event: impl FnMut(&mut F, F::Event<'_>) -> Result<(), Error>,
    mut gain: impl FnMut(F::Gain<'_>) -> Option<G>,
) -> Result<Option<G>, Error> {
    let mut answers = black_box(answers).iter();
    let mut now = Instant::from_millis(0);
    loop {
        let gained = match flow.poll_output(&mut memory.request)? {
            Output::Done => return Ok(None),
            Output::Event(told) => {
                event(flow, told)?;
                continue;
            }
            Output::Wait(until) => {
                now = until;
                flow.handle_input(Input::Timeout, now)?
            }
            Output::Send(request) => {
                send(&request);
                let Some(&(status, reply)) = answers.next() else { return Ok(None) };
                let Some(body) = memory.reply.get_mut(..reply.len()) else { return Ok(None) };
                body.copy_from_slice(reply);
                let response = Response { status, retry_after: None, date: None, body };
                flow.handle_input(Input::Response(response), now)?
            }
        };
        if let Some(gained) = gain(gained) {
            return Ok(Some(gained));
        }
    }
}

/// Reads a request out, as a transport does.
fn send(request: &Request<'_>) {
    black_box((request.method.as_str(), request.url, request.bearer, request.accept));
    black_box(request.content_type.map(|content_type| content_type.as_str()));
    let mut reader = request.body.reader();
    let mut piece = [0; 64];
    while let Ok(1..) = reader.read(&mut piece, &mut ()) {
        black_box(&piece);
    }
}

/// The configuration that a firmware holds in its flash.
fn application() -> Result<Application<'static>, Error> {
    let service = Service::new(&VIDAAS, black_box("https://hml-certificado.vidaas.com.br"))?;
    let secret = SecretText::new(black_box("Ny2n3hq67gQEFvH7"));
    Application::new(service, black_box("4c9fb552-0387-4e5f-8727-6676fa88dce1"), secret, "")
}

/// Obtains a permission by push.
fn authorize(application: &Application<'_>, memory: &mut Memory) -> Result<Option<Grant>, Error> {
    let authorization = Authorization {
        holder: Holder::parse(black_box("111.444.777-35")).ok(),
        scope: Scope::SingleSignature,
        lifetime: Some(300),
    };
    let entropy = Entropy {
        verifier: black_box(core::array::from_fn(|place| place as u8)),
        state: black_box(core::array::from_fn(|place| !place as u8)),
    };
    let start = Instant::from_millis(0);
    let patience = Duration::from_secs(120);
    let mut flow = Push::new(application, authorization, &entropy, patience, start)?;
    drive(&mut flow, memory, &GRANTED, |_, _| Ok(()), |gain| gain)
}

/// Obtains a permission by push and tells whether it came.
pub fn push(memory: &mut Memory) -> Result<bool, Error> {
    let grant = authorize(&application()?, memory)?;
    Ok(grant.is_some_and(|grant| grant.token().len() == 308))
}

/// Obtains a permission by push and a bare signature with it, and tells whether it is the service's.
pub fn push_and_sign(memory: &mut Memory) -> Result<bool, Error> {
    let application = application()?;
    let mut grant = authorize(&application, memory)?;
    let item = Item {
        id: "1",
        alias: "contrato.pdf",
        content: Content::Digest(Digest::of(black_box(b"contrato"))),
    };
    let items = [item];
    let order = Order {
        items: &items,
        format: Format::Raw,
        padding: Some(Padding::Pkcs1V15),
        signature_page: false,
        certificate_alias: None,
    };
    let start = Instant::from_millis(0);
    let patience = Duration::from_secs(120);
    let mut flow = Signing::new(&application, &order, patience, 1, start)?;
    let signed = drive(
        &mut flow,
        memory,
        &[(200, &SIGNED)],
        |flow, event| match (event, grant.take()) {
            (SigningEvent::Authorize, Some(grant)) => flow.authorize(grant, start),
            _ => Ok(()),
        },
        |batch| {
            let (_, signature) = batch?.outcome.ok()?.iter().next()?;
            let mut bytes = [0; SIGNATURE];
            let signature = signature.ok()?.decode(&mut bytes).ok()?;
            Some(signature.len() == SIGNATURE && signature.iter().copied().eq(0..=u8::MAX))
        },
    )?;
    Ok(signed == Some(true))
}
