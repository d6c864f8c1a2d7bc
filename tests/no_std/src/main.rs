//! Proves that the core needs neither std nor alloc, on any machine and without a cross toolchain.
//!
//! `cargo check` is enough: a dependency that turns std on brings a second panic handler, one that
//! needs alloc asks for an allocator, and this program has neither. It is never run; a device's
//! program has this shape, with a clock, a radio and a source of entropy of its own.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]
#![expect(dead_code, reason = "nothing calls a program that is only checked")]

mod certillion;

use rubrica_core::document::{Digest, Documents};
use rubrica_core::error::{Error, Misuse};
use rubrica_core::exchange::{Request, Response};
use rubrica_core::flow::{Flow, Input, Output, SendFailure};
use rubrica_core::identity::Holder;
use rubrica_core::oauth::grant::Grant;
use rubrica_core::oauth::pkce::Verifier;
use rubrica_core::oauth::scope::Scope;
use rubrica_core::psc::{
    Application, Authorization, Content, Entropy, Format, Item, Order, Push, Redirect, Resolution,
    Service, Signing, SigningEvent, VIDAAS,
};
use rubrica_core::secret::SecretText;
use rubrica_core::time::{Duration, Instant};

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {
        core::hint::spin_loop();
    }
}

/// What a device has.
trait Device: Documents {
    fn now(&self) -> Instant;

    fn sleep_until(&mut self, moment: Instant);

    fn entropy(&mut self) -> [u8; 32];

    /// Sends a request and puts the reply's body into `body`.
    fn send(&mut self, request: &Request<'_>, body: &mut [u8])
    -> Result<(u16, usize), SendFailure>;
}

/// Bytes for one request, and for one reply.
const REQUEST: usize = 2 * 1024;
const REPLY: usize = 8 * 1024;

/// Reads out what the transport would send.
fn write_body<D: Device>(request: &Request<'_>, device: &mut D) -> u64 {
    let (mut reader, mut piece, mut sent) = (request.body.reader(), [0; 256], 0_u64);
    while let Ok(count @ 1..) = reader.read(&mut piece, device) {
        sent = sent.wrapping_add(count as u64);
    }
    sent
}

/// Drives a flow until it gives something or ends.
fn drive<F, D, G>(
    flow: &mut F,
    device: &mut D,
    mut event: impl FnMut(&mut F, F::Event<'_>, &mut D) -> Result<(), Error>,
    mut gain: impl FnMut(F::Gain<'_>) -> Option<G>,
) -> Result<Option<G>, Error>
where
    F: Flow,
    D: Device,
{
    let (mut request, mut body) = ([0; REQUEST], [0; REPLY]);
    loop {
        let gained = match flow.poll_output(&mut request)? {
            Output::Done => return Ok(None),
            Output::Event(told) => {
                event(flow, told, device)?;
                continue;
            }
            Output::Wait(until) => {
                device.sleep_until(until);
                flow.handle_input(Input::Timeout, device.now())?
            }
            Output::Send(request) => {
                let _ = write_body(&request, device);
                let input = match device.send(&request, &mut body) {
                    Ok((status, length)) => Input::Response(Response::new(
                        status,
                        body.get_mut(..length).unwrap_or_default(),
                    )),
                    Err(failure) => Input::Failed(failure),
                };
                flow.handle_input(input, device.now())?
            }
        };
        if let Some(gained) = gain(gained) {
            return Ok(Some(gained));
        }
    }
}

/// By push when there is a holder, else by a QR code; then two signatures.
fn sign<D: Device>(
    device: &mut D,
    holder: Option<Holder>,
    documents: [Digest; 2],
) -> Result<usize, Error> {
    let service = Service::new(&VIDAAS, "https://psc.example")?;
    let secret = SecretText::new("secret");
    let application = Application::new(service, "id", secret, "https://app.example/back")?;
    let authorization = Authorization { holder, scope: Scope::MultiSignature, lifetime: None };
    let entropy = Entropy { verifier: device.entropy(), state: device.entropy() };
    let patience = Duration::from_secs(120);
    let now = device.now();
    let mut grant: Option<Grant> = if holder.is_some() {
        let mut flow = Push::new(&application, authorization, &entropy, patience, now)?;
        let _ = flow.snapshot(now);
        drive(&mut flow, device, |_, _, _| Ok(()), |gain| gain)?
    } else {
        let mut flow = Redirect::new(&application, authorization, &entropy, patience, now)?;
        let _ = flow.snapshot(now);
        drive(&mut flow, device, |_, _, _| Ok(()), |gain| gain)?
    };
    let [first, second] = documents.map(Content::Digest);
    let items = [
        Item { id: "1", alias: "first.pdf", content: first },
        Item { id: "2", alias: "second.pdf", content: second },
    ];
    let order = Order {
        items: &items,
        format: Format::Cms,
        padding: None,
        signature_page: false,
        certificate_alias: None,
    };
    let mut flow = Signing::new(&application, &order, patience, 1, device.now())?;
    let signed = drive(
        &mut flow,
        device,
        |flow, event, device| match event {
            SigningEvent::Authorize => {
                flow.authorize(grant.take().ok_or(Misuse::OutOfOrder)?, device.now())
            }
            SigningEvent::InDoubt(_) => flow.resolve(Resolution::Abandon, device.now()).map(|_| ()),
        },
        |batch| {
            let signatures = batch?.outcome.ok()?;
            let mut out = [0; 4 * 1024];
            let decoded = |signature: rubrica_core::psc::Signature<'_>| {
                let encoded = signature.encoded()?;
                encoded.decode(&mut out).ok().map(<[u8]>::len)
            };
            Some(signatures.iter().filter_map(|(_, each)| each.ok()).filter_map(decoded).sum())
        },
    )?;
    Ok(signed.unwrap_or(0))
}

/// PKCE by itself.
fn challenge(entropy: &[u8; 32]) -> Result<usize, Error> {
    Ok(Verifier::from_entropy(entropy)?.challenge().as_str().len())
}

/// A device without anything.
struct Bare;

impl Documents for Bare {
    type Error = core::convert::Infallible;

    fn begin(&mut self, _document: usize) -> Result<(), Self::Error> {
        Ok(())
    }

    fn read(&mut self, _out: &mut [u8]) -> Result<usize, Self::Error> {
        Ok(0)
    }
}

impl Device for Bare {
    fn now(&self) -> Instant {
        Instant::default()
    }

    fn sleep_until(&mut self, _moment: Instant) {}

    fn entropy(&mut self) -> [u8; 32] {
        [0; 32]
    }

    fn send(&mut self, _: &Request<'_>, _: &mut [u8]) -> Result<(u16, usize), SendFailure> {
        Err(SendFailure::NotSent)
    }
}

fn start() -> Result<usize, Error> {
    let holder = Holder::parse("11144477735").ok();
    let length = challenge(&[0; 32])?;
    let signed = sign(&mut Bare, holder, [Digest::OF_NOTHING; 2])?;
    let fetched = holder.map_or(Ok(0), |holder| certillion::sign(&mut Bare, holder))?;
    Ok(signed.wrapping_add(length).wrapping_add(fetched))
}
