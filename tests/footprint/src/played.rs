//! The service, played from memory, and the driver that listens to it.

use core::hint::black_box;

use rubrica_core::document::{Body, Digest};
use rubrica_core::error::Error;
use rubrica_core::exchange::{Request, Response};
use rubrica_core::flow::{Flow, Input, Output};
use rubrica_core::identity::Holder;
use rubrica_core::oauth::grant::Grant;
use rubrica_core::oauth::scope::Scope;
use rubrica_core::psc::{
    Application, Authorization, Batch, Content, Entropy, Format, Item, Order, Padding, Provider,
    Push, Service, Signature, Signing, VIDAAS,
};
use rubrica_core::secret::SecretText;
use rubrica_core::time::{Duration, Instant};

/// The bytes that a signature of RSA 2048 has; here they count upwards.
const SIGNATURE: usize = 256;

/// When everything begins, and how long it may take.
const START: Instant = Instant::from_millis(0);
const PATIENCE: Duration = Duration::from_secs(120);

/// Puts a file beside the image, where it is not weighed.
macro_rules! played {
    ($name:ident, $file:literal) => {
        #[unsafe(link_section = ".played")]
        pub(crate) static $name: [u8; include_bytes!(concat!("../played/", $file)).len()] =
            *include_bytes!(concat!("../played/", $file));
    };
}

played!(NOTIFIED, "notified.txt");
played!(APPROVED, "approved.json");
played!(TOKEN, "token.json");
played!(SIGNED, "signed.json");

/// A status and a body.
pub(crate) type Answer = (u16, &'static [u8]);

/// The answers to a push: a notification, a holder who is waited for, an approval, a token.
pub(crate) const GRANTED: [Answer; 5] =
    [(200, &NOTIFIED), (304, &[]), (304, &[]), (200, &APPROVED), (200, &TOKEN)];

/// The answer to a request for a signature.
pub(crate) const SIGNATURES: [Answer; 1] = [(200, &SIGNED)];

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

/// Runs a flow with these answers until `gain` has what it wants, and tells whether it has.
fn drive<F: Flow>(
    flow: &mut F,
    memory: &mut Memory,
    answers: &[Answer],
    mut gain: impl FnMut(&mut F::Gain<'_>) -> bool,
) -> Result<bool, Error> {
    let mut answers = black_box(answers).iter();
    let mut now = START;
    loop {
        let input = match flow.poll_output(&mut memory.request) {
            Err(error) => return Err(error),
            Ok(Output::Done) => return Ok(false),
            Ok(Output::Event(_)) => continue,
            Ok(Output::Wait(until)) => {
                now = until;
                Input::Timeout
            }
            Ok(Output::Send(request)) => {
                send(&request);
                let Some(&(status, reply)) = answers.next() else { return Ok(false) };
                let Some(body) = memory.reply.get_mut(..reply.len()) else { return Ok(false) };
                body.copy_from_slice(reply);
                Input::Response(Response::new(status, body))
            }
        };
        // What is gained may be large beside a small stack: it is looked at where it is.
        match &mut flow.handle_input(input, now) {
            Err(error) => return Err(*error),
            Ok(gained) => {
                if gain(gained) {
                    return Ok(true);
                }
            }
        }
    }
}

/// Takes a request, as a transport does. None of them brings a document.
fn send(request: &Request<'_>) {
    let body = match request.body {
        Body::Bytes(bytes) => bytes,
        Body::Empty | Body::Template(_) => &[],
    };
    black_box((request, body));
}

/// The provider, without what a firmware does not ask of it.
const PROVIDER: &Provider<'static> = &VIDAAS.for_signing();

/// The configuration that a firmware holds in its flash.
#[inline(never)]
pub(crate) fn application() -> Result<Application<'static>, Error> {
    let service = Service::new(PROVIDER, black_box("https://hml-certificado.vidaas.com.br"))?;
    let secret = SecretText::new(black_box("Ny2n3hq67gQEFvH7"));
    Application::new(service, black_box("4c9fb552-0387-4e5f-8727-6676fa88dce1"), secret, "")
}

/// Begins to ask for a permission by push.
#[inline(never)]
pub(crate) fn begin_push<'c>(application: &'c Application<'c>) -> Result<Push<'c>, Error> {
    let authorization = Authorization {
        holder: Holder::parse(black_box("111.444.777-35")).ok(),
        scope: Scope::SingleSignature,
        lifetime: Some(300),
    };
    let entropy = Entropy {
        verifier: black_box(core::array::from_fn(|place| place as u8)),
        state: black_box(core::array::from_fn(|place| !place as u8)),
    };
    Push::new(application, authorization, &entropy, PATIENCE, START)
}

/// Obtains a permission by push. A flow is large beside a small stack: it stays where it is made.
#[inline(never)]
fn authorize(
    application: &Application<'_>,
    memory: &mut Memory,
    grant: &mut Option<Grant>,
) -> Result<bool, Error> {
    match &mut begin_push(application) {
        Err(error) => Err(*error),
        Ok(flow) => drive(flow, memory, &GRANTED, |gain| take(gain, grant)),
    }
}

/// Takes a permission, if there is one.
#[inline(never)]
fn take(gain: &mut Option<Grant>, grant: &mut Option<Grant>) -> bool {
    *grant = gain.take();
    grant.is_some()
}

/// Signs with a permission and tells whether the service's signature came.
#[inline(never)]
fn sign(
    application: &Application<'_>,
    memory: &mut Memory,
    grant: &mut Option<Grant>,
) -> Result<bool, Error> {
    with_order(|order| match &mut begin_signing(application, order) {
        Err(error) => Err(*error),
        Ok(flow) => {
            hand_over(grant, flow)?;
            drive(flow, memory, &SIGNATURES, |batch| {
                batch.as_ref().and_then(is_counting).unwrap_or(false)
            })
        }
    })
}

/// The order of one bare signature.
pub(crate) fn with_order<T>(sign: impl FnOnce(&Order<'_>) -> T) -> T {
    let digest = Digest::of(black_box(b"contrato"));
    let items = [Item { id: "1", alias: "contrato.pdf", content: Content::Digest(digest) }];
    sign(&Order {
        items: &items,
        format: Format::Raw,
        padding: Some(Padding::Pkcs1V15),
        signature_page: false,
        certificate_alias: None,
    })
}

/// Begins to sign an order.
pub(crate) fn begin_signing<'c>(
    application: &'c Application<'c>,
    order: &'c Order<'c>,
) -> Result<Signing<'c>, Error> {
    Signing::new(application, order, PATIENCE, 1, START)
}

/// Gives a flow the permission.
#[inline(never)]
fn hand_over(grant: &mut Option<Grant>, flow: &mut Signing<'_>) -> Result<(), Error> {
    grant.take().map_or(Ok(()), |grant| flow.authorize(grant, START))
}

/// Obtains a permission by push and tells whether it came.
pub fn push(memory: &mut Memory) -> Result<bool, Error> {
    let mut grant = None;
    authorize(&application()?, memory, &mut grant)?;
    Ok(grant.as_ref().is_some_and(|grant| grant.token().len() == 308))
}

/// Obtains a permission by push and a bare signature with it, and tells whether it is the service's.
pub fn push_and_sign(memory: &mut Memory) -> Result<bool, Error> {
    let application = application()?;
    let mut grant = None;
    authorize(&application, memory, &mut grant)?;
    sign(&application, memory, &mut grant)
}

/// Whether a batch is of one signature that counts upwards.
pub(crate) fn is_counting(batch: &Batch<'_, '_>) -> Option<bool> {
    let (_, signature) = batch.outcome.as_ref().ok()?.iter().next()?;
    let Ok(Signature::Detached(signature)) = signature else { return None };
    let mut bytes = [0; SIGNATURE];
    let signature = signature.decode(&mut bytes).ok()?;
    Some(signature.len() == SIGNATURE && signature.iter().copied().eq(0..=u8::MAX))
}
