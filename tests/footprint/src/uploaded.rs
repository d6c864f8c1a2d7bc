//! Certillion, played from memory: four documents that stream out, are signed, and stream back.

use core::convert::Infallible;
use core::hint::black_box;
use core::slice;

use rubrica_core::certillion::{
    Application, Boundary, CERTILLION, Item, Order, Policy, Progress, Service, Signing,
    SigningEvent, SigningGain, Stage, Standard,
};
use rubrica_core::document::{Documents, Extractor, Reception, Sink};
use rubrica_core::error::{Error, Misuse};
use rubrica_core::exchange::{Request, Response};
use rubrica_core::flow::{Flow, Input, Output};
use rubrica_core::oauth::grant::Grant;
use rubrica_core::oauth::scope::Scope;
use rubrica_core::secret::{Secret, SecretText};
use rubrica_core::time::{Duration, Instant};

use crate::played::{Memory, TOKEN};

/// Bytes of each document, and of what is read of it at once.
const LENGTH: u16 = 2_048;
const PIECE: usize = 256;

const START: Instant = Instant::from_millis(0);

/// What follows the application's token: the uploads, the signatures, the downloads.
#[unsafe(link_section = ".played")]
static ANSWERS: [&[u8]; 9] = [
    br#"{"document_hash":"n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg"}"#,
    br#"{"document_hash":"YDA0ehEqjYHi6eJ2H4s4dlBlLHkNgtVpIQGh2JuCQ30"}"#,
    br#"{"document_hash":"_Tex4qM4u-eLYHLkT5c4kkQ7SAQyk7l0jc2JvWQKBlc"}"#,
    br#"{"document_hash":"PT7zqrWUm4OXGCxrLPAZgyUHKAXhZbL4IBCNqJbp2sQ"}"#,
    br#"{"signatures":[
        {"id":"1","transaction_id":"101","status":{"code":140,"name":"SIGNATURE_VALID"}},
        {"id":"2","transaction_id":"102","status":{"code":140,"name":"SIGNATURE_VALID"}},
        {"id":"3","transaction_id":"103","status":{"code":140,"name":"SIGNATURE_VALID"}},
        {"id":"4","transaction_id":"104","status":{"code":140,"name":"SIGNATURE_VALID"}}]}"#,
    b"the first, signed",
    b"the second, signed",
    b"the third, signed",
    b"the fourth, signed",
];

/// The documents, each of bytes that count.
struct Drawer {
    left: u16,
}

impl Documents for Drawer {
    type Error = Infallible;

    fn begin(&mut self, document: usize) -> Result<(), Infallible> {
        black_box(document);
        self.left = LENGTH;
        Ok(())
    }

    fn read(&mut self, out: &mut [u8]) -> Result<usize, Infallible> {
        let count = out.len().min(usize::from(self.left));
        for place in out.iter_mut().take(count) {
            *place = self.left as u8;
            self.left -= 1;
        }
        Ok(count)
    }
}

/// Counts the signed documents and their bytes.
struct Tray {
    documents: usize,
    bytes: usize,
}

impl Sink for Tray {
    type Error = Infallible;

    fn begin(&mut self, document: usize) -> Result<(), Infallible> {
        black_box(document);
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Infallible> {
        self.bytes += black_box(bytes).len();
        Ok(())
    }

    fn commit(&mut self) -> Result<(), Infallible> {
        self.documents += 1;
        Ok(())
    }

    fn abandon(&mut self) {}
}

/// Reads a request out, as a transport does, and says how many bytes went.
#[inline(never)]
fn send(request: &Request<'_>) -> u64 {
    black_box(request);
    let (mut reader, mut piece, mut sent) = (request.body.reader(), [0; PIECE], 0_u64);
    while let Ok(count @ 1..) = reader.read(&mut piece, &mut Drawer { left: 0 }) {
        black_box(&piece);
        sent += count as u64;
    }
    sent
}

/// Reads a reply, out of which a document goes to the tray.
#[inline(never)]
fn receive(request: &Request<'_>, body: &mut [u8], tray: &mut Tray) -> (usize, Reception) {
    let Some(place) = request.document else { return (body.len(), Reception::Nothing) };
    let mut extractor = Extractor::new(place, None);
    match extractor.push(body, &mut (), tray) {
        Ok(kept) => (kept, extractor.finish()),
        Err(_) => (0, Reception::Nothing),
    }
}

/// Takes what an input brought.
#[inline(never)]
fn take(gain: SigningGain<'_, '_>, tray: &mut Tray) {
    match gain {
        SigningGain::Signed(batch) => {
            for (document, entry) in batch.iter() {
                black_box((document, entry.is_ok()));
            }
        }
        SigningGain::Received(received) => {
            black_box(received.length);
            let Ok(()) = tray.commit();
        }
        _ => {}
    }
}

/// Drives a signing until it is done.
#[inline(never)]
fn drive(flow: &mut Signing<'_>, memory: &mut Memory, tray: &mut Tray) -> Result<(), Error> {
    let mut answers: slice::Iter<'_, &[u8]> = black_box(&ANSWERS).iter();
    let mut token: Option<&[u8]> = Some(&TOKEN);
    let mut now = START;
    loop {
        let input = match flow.poll_output(&mut memory.request)? {
            Output::Done => return Ok(()),
            Output::Event(SigningEvent::Authorize) => {
                authorize(flow, now)?;
                continue;
            }
            Output::Event(SigningEvent::InDoubt) => return Err(Misuse::OutOfOrder.into()),
            Output::Wait(until) => {
                now = until;
                Input::Timeout
            }
            Output::Send(request) => {
                black_box(send(&request));
                let answer = token.take().or_else(|| answers.next().copied());
                let answer = answer.ok_or(Misuse::OutOfOrder)?;
                let body = memory.reply.get_mut(..answer.len()).ok_or(Misuse::Field("reply"))?;
                body.copy_from_slice(answer);
                let (kept, document) = receive(&request, body, tray);
                let body = body.get_mut(..kept).unwrap_or_default();
                Input::Response(Response { document, ..Response::new(200, body) })
            }
        };
        take(flow.handle_input(input, now)?, tray);
    }
}

/// Hands over the holder's permission, which a browser brings.
#[inline(never)]
fn authorize(flow: &mut Signing<'_>, now: Instant) -> Result<(), Error> {
    let token = Secret::new(black_box("c5f2ad4e"), "token")?;
    flow.authorize(
        Grant::new(token, Scope::MultiSignature, Duration::from_secs(300), None, now),
        now,
    )
}

/// Signs four documents, and tells whether all of them came back.
///
/// # Errors
/// Whatever keeps them from it.
pub fn sign(memory: &mut Memory, progress: &mut [Progress; 4]) -> Result<bool, Error> {
    let address = black_box("https://certillion.example");
    let service = Service::at(&CERTILLION, address, address)?;
    let secret = SecretText::new(black_box("Ny2n3hq67gQEFvH7"));
    let application = Application::new(service, black_box("6f1a2f7e"), secret, "")?;
    let item = |id, alias| Item::new(id, alias, u64::from(LENGTH));
    let items = black_box([
        item("1", "first.pdf"),
        item("2", "second.pdf"),
        item("3", "third.pdf"),
        item("4", "fourth.pdf"),
    ]);
    let order = Order {
        items: &items,
        standard: Standard::PadesIcpBr,
        policy: Some(Policy::AdRb),
        detached: false,
        pki_name: None,
        certificate_alias: None,
    };
    let boundary = Boundary::from_entropy(&black_box(core::array::from_fn(|place| place as u8)))?;
    let patience = Duration::from_secs(120);
    let mut tray = Tray { documents: 0, bytes: 0 };
    let flow = &mut Signing::new(&application, &order, progress, boundary, patience, 1, START)?;
    drive(flow, memory, &mut tray)?;
    let is_done = flow.progress().iter().all(|each| each.stage == Stage::Done);
    let bytes = black_box(&ANSWERS).iter().skip(5).fold(0, |bytes, each| bytes + each.len());
    Ok(is_done && tray.documents == 4 && tray.bytes == bytes)
}
