//! What the core takes: bytes for its states, and none from a heap.
//!
//! The budgets are those of a 64-bit machine; a microcontroller's pointers make all of it smaller.
//! One that is exceeded is raised in the commit that exceeds it, with the reason.

use rubrica_core::document::{Body, BodyReader, Documents, Extractor};
use rubrica_core::error::Error;
use rubrica_core::exchange::{Request, Response};
use rubrica_core::flow::{Flow, Input, Output};
use rubrica_core::oauth::grant::{Grant, GrantSnapshot};
use rubrica_core::oauth::scope::Scope;
use rubrica_core::oauth::state::State;
use rubrica_core::pacing::{Backoff, Limiter};
use rubrica_core::psc::{
    Application, Content, Format, Item, Order, Provider, Push, PushSnapshot, Redirect,
    RedirectSnapshot, Signing, SigningEvent, SigningSnapshot,
};
use rubrica_core::time::Duration;
use rubrica_tests::drive::grant;
use rubrica_tests::orders::digest;
use rubrica_tests::setting::{application, at, authorization, entropy};
use rubrica_tests::wire::{CODE, approved, notified, pending, token};

/// Each type with the bytes that it may take, a little more than it does. A flow is a code or a token
/// of a kilobyte, the longest that it keeps, and some two hundred bytes.
#[cfg(target_pointer_width = "64")]
#[test]
fn states_stay_within_their_budgets() {
    let mut exceeded = Vec::new();
    macro_rules! budget {
        ($($type:ty: $bytes:literal,)*) => {$({
            let size = size_of::<$type>();
            println!("{:>5} of {:>5}  {}", size, $bytes, stringify!($type));
            if size > $bytes {
                exceeded.push((stringify!($type), size, $bytes));
            }
        })*};
    }
    budget! {
        Push<'static>: 1280,
        PushSnapshot: 1184,
        Redirect<'static>: 1280,
        RedirectSnapshot: 1184,
        Signing<'static>: 1280,
        SigningSnapshot: 1120,
        Grant: 1056,
        GrantSnapshot: 1056,
        Error: 104,
        Request<'static>: 200,
        Response<'static>: 88,
        Input<'static>: 88,
        Output<'static, SigningEvent>: 200,
        Body<'static>: 48,
        BodyReader<'static>: 400,
        Extractor<'static>: 424,
        Application<'static>: 80,
        Provider<'static>: 736,
        Order<'static>: 48,
        Item<'static>: 80,
        Limiter: 24,
        Backoff: 8,
    }
    assert!(exceeded.is_empty(), "(type, size, budget): {exceeded:?}");
}

/// The reply's bytes in a buffer on the stack.
fn respond<'b>(status: u16, reply: &[u8], body: &'b mut [u8; 4096]) -> Response<'b> {
    let body = &mut body[..reply.len()];
    body.copy_from_slice(reply);
    Response::new(status, body)
}

struct Document<'d>(&'d [u8]);

impl Documents for Document<'_> {
    type Error = core::convert::Infallible;

    fn begin(&mut self, _document: usize) -> Result<(), Self::Error> {
        Ok(())
    }

    fn read(&mut self, out: &mut [u8]) -> Result<usize, Self::Error> {
        let count = self.0.len().min(out.len());
        let (piece, rest) = self.0.split_at(count);
        out[..count].copy_from_slice(piece);
        self.0 = rest;
        Ok(count)
    }
}

/// Reads a request's body out and forgets it.
fn send(request: &Request<'_>) -> u64 {
    let (mut reader, mut piece, mut sent) = (request.body.reader(), [0; 256], 0);
    let mut document = Document(&[0xa5; 5_000]);
    loop {
        match reader.read(&mut piece, &mut document).unwrap() {
            0 => return sent,
            count => sent += count as u64,
        }
    }
}

/// Drives an authorization with replies that are at hand, on the stack alone.
fn authorize<F>(flow: &mut F, mut replies: &[(u16, &[u8])], query: &str) -> Option<Grant>
where
    F: for<'r> Flow<Gain<'r> = Option<Grant>>,
{
    let (mut buffer, mut body, mut now) = ([0; 1024], [0; 4096], 0);
    loop {
        let gain = match flow.poll_output(&mut buffer).unwrap() {
            Output::Done => return None,
            Output::Event(_) => continue,
            Output::Send(request) => {
                send(&request);
                let ((status, reply), rest) = replies.split_first().unwrap();
                replies = rest;
                let response = respond(*status, reply, &mut body);
                flow.handle_input(Input::Response(response), at(now))
            }
            Output::Wait(_) if !query.is_empty() => {
                flow.handle_input(Input::Redirect(query), at(now))
            }
            Output::Wait(until) => {
                now = until.as_millis();
                flow.handle_input(Input::Timeout, at(now))
            }
        };
        if let Some(grant) = gain.unwrap() {
            return Some(grant);
        }
    }
}

/// Drives a signing with one reply, on the stack alone, and counts the signatures.
fn sign(flow: &mut Signing<'_>, mut grant: Option<Grant>, reply: &[u8]) -> usize {
    let (mut buffer, mut body, mut signed) = ([0; 4096], [0; 4096], 0);
    loop {
        match flow.poll_output(&mut buffer).unwrap() {
            Output::Done => return signed,
            Output::Event(SigningEvent::Authorize) => {
                flow.authorize(grant.take().unwrap(), at(0)).unwrap();
            }
            Output::Send(request) => {
                send(&request);
                let _ = flow.snapshot(at(0));
                let response = respond(200, reply, &mut body);
                let batch = flow.handle_input(Input::Response(response), at(0)).unwrap().unwrap();
                for (_, signature) in batch.outcome.unwrap().iter() {
                    let mut bytes = [0; 512];
                    signed += usize::from(
                        !signature
                            .unwrap()
                            .encoded()
                            .unwrap()
                            .decode(&mut bytes)
                            .unwrap()
                            .is_empty(),
                    );
                }
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn flows_take_nothing_from_a_heap() {
    // What the test itself allocates is made beforehand.
    let scope = Scope::SignatureSession;
    let replies = [notified().body, approved().body, token(scope).body];
    let [notified, approved, token] = replies.each_ref().map(Vec::as_slice);
    let pending = pending();
    let query =
        format!("code={CODE}&state={}", State::from_entropy(&entropy(1).state).unwrap().as_str());
    let application = application();
    let item = |id, content| Item { id, alias: "contrato.pdf", content };
    let digests = [item("a", Content::Digest(digest(0))), item("b", Content::Digest(digest(1)))];
    let documents = [item("c", Content::Document { length: 5_000, digest: None })];
    let order = |items, format| Order {
        items,
        format,
        padding: None,
        signature_page: false,
        certificate_alias: None,
    };
    let digests = order(&digests, Format::Cms);
    let documents = order(&documents, Format::PadesAdRb);
    let two =
        br#"{"signatures":[{"id":"b","raw_signature":"Yg=="},{"id":"a","raw_signature":"YQ=="}]}"#;
    let one = br#"{"signatures":[{"id":"c","file_base64_signed":"JVBERi0x\r\nLjc="}]}"#;
    let patience = Duration::from_secs(120);

    let mut signed = 0;
    let count = allocation_counter::measure(|| {
        let authorization = authorization(scope);
        let mut push = Push::new(application, authorization, &entropy(1), patience, at(0)).unwrap();
        let answers: [(u16, &[u8]); 5] =
            [(200, notified), (pending.status, b""), (503, b""), (200, approved), (200, token)];
        let by_push = authorize(&mut push, &answers, "").unwrap();

        let mut redirect =
            Redirect::new(application, authorization, &entropy(1), patience, at(0)).unwrap();
        let by_redirect = authorize(&mut redirect, &[(200, token)], &query).unwrap();

        let mut signing = Signing::new(application, &digests, patience, 7, at(0)).unwrap();
        signed += sign(&mut signing, Some(by_push), two);
        let mut signing = Signing::new(application, &documents, patience, 7, at(0)).unwrap();
        signed += sign(&mut signing, Some(by_redirect), one);
    });
    assert_eq!(signed, 3);
    assert_eq!(count.count_total, 0, "{count:?}");

    // The counter counts.
    let counted = allocation_counter::measure(|| drop(vec![grant("a", scope, 0)]));
    assert_eq!(counted.count_total, 1);
}

/// The memory of a body does not grow with its document: it is what the reader's size says.
#[test]
fn a_document_of_any_size_streams_through_the_same_memory() {
    let mut counts = Vec::new();
    for length in [1_000_u64, 7 * 1024 * 1024] {
        let exchange = rubrica_tests::exchanges::upload(&[length]);
        let mut buffer = [0; 1024];
        let request = rubrica_core::exchange::Exchange::request(&exchange, &mut buffer).unwrap();
        let document = vec![0x42; usize::try_from(length).unwrap()];
        let mut read = 0;
        let count = allocation_counter::measure(|| {
            let (mut reader, mut piece) = (request.body.reader(), [0; 2048]);
            let mut document = Document(&document);
            loop {
                match reader.read(&mut piece, &mut document).unwrap() {
                    0 => break,
                    count => read += count as u64,
                }
            }
        });
        assert_eq!(read, request.body.length());
        counts.push(count.count_total);
    }
    assert_eq!(counts, [0, 0]);
}
