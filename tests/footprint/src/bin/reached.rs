//! Every reader and every flow of the core over bytes that no compiler knows, without a word of
//! formatting: what panics are left in this image are those that a byte from outside might reach.
//!
//! It is built and searched by `panics`, and never run.
#![no_std]
#![no_main]

use core::hint::black_box;

use rubrica_core::document::{Digest, Documents, Extractor, Reception, Sent, Sink};
use rubrica_core::error::Error;
use rubrica_core::exchange::{Exchange, Request, Response};
use rubrica_core::flow::{Flow, Input, Output, SendFailure};
use rubrica_core::identity::Holder;
use rubrica_core::oauth::grant::Grant;
use rubrica_core::oauth::scope::Scope;
use rubrica_core::psc::{
    Application, Authorization, CertificateDiscovery, Content, Entropy, Format, Item, Order,
    Padding, Push, Redirect, Registration, Resolution, Service, Signature, Signing, SigningEvent,
    UserDiscovery, VIDAAS,
};
use rubrica_core::secret::{Secret, SecretText};
use rubrica_core::time::{Duration, Elapsed, Instant};
// The entry point and the panic handler are its, too.
use rubrica_footprint::{asked, asked_certillion, assembled};

/// What comes from outside, and the room for what goes out.
struct Outside {
    request: [u8; 2048],
    reply: [u8; 2048],
}

static mut OUTSIDE: Outside = Outside { request: [0; 2048], reply: [0; 2048] };

impl Outside {
    fn byte() -> u8 {
        black_box(0)
    }

    fn number() -> u64 {
        black_box(0)
    }

    fn text() -> &'static str {
        black_box("")
    }

    fn optional_text() -> Option<&'static str> {
        black_box(None)
    }

    fn now() -> Instant {
        Instant::from_millis(Self::number())
    }

    fn entropy() -> Entropy {
        Entropy { verifier: black_box([0; 32]), state: black_box([0; 32]) }
    }

    /// A reply of any length, status and headers.
    fn response(reply: &mut [u8]) -> Response<'_> {
        Response {
            retry_after: Self::optional_text(),
            date: Self::optional_text(),
            document: black_box(Reception::Nothing),
            ..Response::new(black_box(0), piece(reply))
        }
    }
}

/// A piece of any length.
fn piece(bytes: &mut [u8]) -> &mut [u8] {
    let length = Outside::number() as usize;
    black_box(bytes).get_mut(..length).unwrap_or_default()
}

/// Documents of any content, which any failure may end.
impl Documents for Outside {
    type Error = u8;

    fn begin(&mut self, document: usize) -> Result<(), u8> {
        black_box(document);
        black_box(Ok(()))
    }

    fn read(&mut self, out: &mut [u8]) -> Result<usize, u8> {
        black_box(out);
        black_box(Ok(0))
    }
}

/// A place for documents, which any failure may end.
impl Sink for Outside {
    type Error = u8;

    fn begin(&mut self, document: usize) -> Result<(), u8> {
        black_box(document);
        black_box(Ok(()))
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), u8> {
        black_box(bytes);
        black_box(Ok(()))
    }

    fn commit(&mut self) -> Result<(), u8> {
        black_box(Ok(()))
    }

    fn abandon(&mut self) {
        black_box(());
    }
}

#[unsafe(no_mangle)]
fn run() -> bool {
    // SAFETY: this is called once.
    let outside = unsafe { &mut *&raw mut OUTSIDE };
    let assembled = assembled::all(&mut outside.request, piece(&mut outside.reply));
    let asked = asked_certillion::all(&mut outside.request, piece(&mut outside.reply), send);
    all(outside).is_ok() && assembled.is_ok() && asked.is_ok()
}

fn all(outside: &mut Outside) -> Result<(), Error> {
    let service = Service::new(&VIDAAS, Outside::text())?;
    let secret = SecretText::new(Outside::text());
    let application = Application::new(service, Outside::text(), secret, Outside::text())?;
    let authorization = Authorization {
        holder: Holder::parse(Outside::text()).ok(),
        scope: Scope::from_wire(Outside::text()).unwrap_or_default(),
        lifetime: black_box(None),
    };
    let grant = approval(&application, authorization, outside)?;
    exchanges(&application, &grant, outside)?;
    asked::all(&application, &grant, &mut outside.request, piece(&mut outside.reply))?;
    for content in [
        Content::Digest(Digest::of(Outside::text().as_bytes())),
        Content::Document { length: Outside::number(), digest: black_box(None) },
    ] {
        sign(&application, content, outside)?;
    }
    Ok(())
}

/// Push and redirect.
fn approval(
    application: &Application<'_>,
    authorization: Authorization,
    outside: &mut Outside,
) -> Result<Grant, Error> {
    let patience = Duration::from_secs(Outside::number());
    let entropy = Outside::entropy();
    let now = Outside::now();
    let mut flow = Push::new(application, authorization, &entropy, patience, now)?;
    if black_box(true) {
        let elapsed = Elapsed::between(Outside::number(), Outside::number());
        let saved = black_box(flow.snapshot(now));
        flow = Push::resume(application, authorization, saved, elapsed, now)?;
    }
    let pushed = drive(&mut flow, outside, |_, _| Ok(()), |gain| gain)?;
    let mut flow = Redirect::new(application, authorization, &entropy, patience, now)?;
    if black_box(true) {
        let elapsed = Elapsed::between(Outside::number(), Outside::number());
        let saved = black_box(flow.snapshot(now));
        flow = Redirect::resume(application, authorization, saved, elapsed, now)?;
    }
    drive(&mut flow, outside, |_, _| Ok(()), |gain| gain)
        .map(|grant| pushed.or(grant))?
        .map_or_else(
            || {
                let token = Secret::new(Outside::text(), "token")?;
                Ok(Grant::new(token, authorization.scope, patience, None, now))
            },
            Ok,
        )
}

/// What no flow asks.
fn exchanges(
    application: &Application<'_>,
    grant: &Grant,
    outside: &mut Outside,
) -> Result<(), Error> {
    let discovery = UserDiscovery {
        application,
        holder: Holder::parse(Outside::text())
            .ok()
            .ok_or(rubrica_core::error::Misuse::Field("holder"))?,
    };
    send(&discovery.request(&mut outside.request)?);
    for slot in discovery.reply(Outside::response(&mut outside.reply))?.iter() {
        black_box((slot.alias, slot.label));
    }
    let certificates = CertificateDiscovery { application, grant, alias: Outside::optional_text() };
    send(&certificates.request(&mut outside.request)?);
    for each in certificates.reply(Outside::response(&mut outside.reply))?.iter() {
        black_box((each.alias, each.pem));
    }
    let registration = Registration {
        service: application.service(),
        name: Outside::text(),
        comments: Outside::text(),
        redirect_uris: black_box(&[]),
        email: Outside::text(),
    };
    send(&registration.request(&mut outside.request)?);
    let credentials = registration.reply(Outside::response(&mut outside.reply))?;
    black_box((credentials.client_id, credentials.client_secret.expose()));
    Ok(())
}

fn sign(
    application: &Application<'_>,
    content: Content,
    outside: &mut Outside,
) -> Result<(), Error> {
    let item = |id| Item { id, alias: Outside::text(), content };
    let items = [item(Outside::text()), item(Outside::text()), item(Outside::text())];
    let order = Order {
        items: &items,
        format: black_box(Format::Raw),
        padding: black_box(Some(Padding::Pkcs1V15)),
        signature_page: black_box(false),
        certificate_alias: Outside::optional_text(),
    };
    let patience = Duration::from_secs(Outside::number());
    let now = Outside::now();
    let mut flow = Signing::new(application, &order, patience, 1, now)?;
    if black_box(true) {
        let elapsed = Elapsed::between(Outside::number(), Outside::number());
        let saved = black_box(flow.snapshot(now));
        flow = Signing::resume(application, &order, saved, elapsed, patience, 1, now)?;
    }
    drive(
        &mut flow,
        outside,
        |flow, event| match event {
            SigningEvent::Authorize => {
                let token = Secret::new(Outside::text(), "token")?;
                let scope = Scope::from_wire(Outside::text()).unwrap_or_default();
                let lifetime = Duration::from_secs(Outside::number());
                let now = Outside::now();
                flow.authorize(Grant::new(token, scope, lifetime, None, now), now)
            }
            SigningEvent::InDoubt(items) => {
                black_box(items);
                let resolution = black_box(Resolution::Abandon);
                black_box(flow.resolve(resolution, Outside::now())?.is_some());
                Ok(())
            }
        },
        |batch| {
            let batch = batch?;
            black_box(batch.items);
            let signatures = batch.outcome.ok()?;
            black_box(signatures.certificate_alias());
            let mut bytes = [0; 512];
            for (number, signature) in signatures.iter() {
                match signature.ok()? {
                    Signature::Detached(text) | Signature::Document(text) => {
                        black_box((number, text.decoded_bound(), text.normalized_bound()));
                        black_box(text.decode(&mut bytes).ok()?);
                        black_box(text.normalize(&mut bytes).ok()?);
                    }
                    Signature::Received(received) => {
                        black_box((number, received.document, received.origin));
                    }
                }
            }
            Some(())
        },
    )?;
    Ok(())
}

/// Drives a flow by inputs of any kind in any order.
fn drive<F: Flow, G>(
    flow: &mut F,
    outside: &mut Outside,
    mut event: impl FnMut(&mut F, F::Event<'_>) -> Result<(), Error>,
    mut gain: impl FnMut(F::Gain<'_>) -> Option<G>,
) -> Result<Option<G>, Error> {
    loop {
        match flow.poll_output(piece(&mut outside.request)) {
            Ok(Output::Done) => return Ok(None),
            Ok(Output::Event(told)) => event(flow, told)?,
            Ok(Output::Wait(until)) => drop(black_box(until.as_millis())),
            Ok(Output::Send(request)) => send(&request),
            Err(error) => look_at(&error),
        }
        let input = match Outside::byte() {
            0 => Input::Response(Outside::response(&mut outside.reply)),
            1 => Input::Failed(SendFailure::NotSent),
            2 => Input::Failed(SendFailure::Unanswered),
            3 => Input::Redirect(Outside::text()),
            4 => Input::Timeout,
            _ => Input::Cancel,
        };
        match flow.handle_input(input, Outside::now()) {
            Ok(gained) => {
                if let Some(gained) = gain(gained) {
                    return Ok(Some(gained));
                }
            }
            Err(error) => look_at(&error),
        }
    }
}

/// Tells errors apart without a word.
fn look_at(error: &Error) {
    black_box(error.advice());
}

/// Reads a request out and takes a document out of its reply, as a transport does.
fn send(request: &Request<'_>) {
    black_box((request.method.as_str(), request.url, request.bearer, request.accept));
    black_box(request.content_type.map(|content_type| content_type.as_str()));
    let mut outside = Outside { request: [0; 2048], reply: [0; 2048] };
    let mut bytes = [0; 256];
    let mut reader = request.body.reader();
    while let Ok(1..) = reader.read(piece(&mut bytes), &mut outside) {
        black_box(&bytes);
    }
    let sent: Option<Sent> = black_box(reader.sent());
    let Some(place) = request.document else { return };
    let mut extractor = Extractor::new(black_box(place), sent);
    let mut sink = Outside { request: [0; 2048], reply: [0; 2048] };
    while let Ok(1..) = extractor.push(piece(&mut bytes), &mut outside, &mut sink) {
        black_box(&bytes);
    }
    black_box(extractor.finish());
}
