//! Signings of digests, run over peers out of a script.

use std::rc::Rc;

use embedded_io::ErrorKind;
use rubrica_core::document::{Digest, Documents, Sink};
use rubrica_core::psc::{Content, Format, Item, Order, Signing};
use rubrica_core::time::{Duration, Instant};
use rubrica_device::http::Limits;
use rubrica_device::{Buffers, Device, End, Error, Misbehaviour, run};

use crate::stage::{Log, Memory, Net, Outcome, SIGNED, Signer, application, reply};
use crate::support::Ticks;

pub(crate) fn digest_item() -> [Item<'static>; 1] {
    [Item { id: "1", alias: "a.pdf", content: Content::Digest(Digest::of(b"peers")) }]
}

/// How a signing went.
pub(crate) struct Signed {
    pub(crate) end: Outcome<()>,
    pub(crate) log: Vec<String>,
    pub(crate) signer: Signer,
    pub(crate) written: String,
}

/// Signs an order over these connections.
pub(crate) fn sign<const N: usize, D: Documents, K: Sink>(
    items: &[Item<'_>],
    format: Format,
    connections: [Result<Vec<String>, ErrorKind>; N],
    store_fails: bool,
    documents: &mut D,
    sink: &mut K,
) -> Signed {
    let log = Log::default();
    let mut net = Net::new(&log, connections);
    let mut signer = Signer::new(&log);
    let mut store = Memory { log: Rc::clone(&log), fails: store_fails };
    let application = application();
    let order =
        Order { items, format, padding: None, signature_page: false, certificate_alias: None };
    let start = Instant::from_millis(0);
    let patience = Duration::from_secs(120);
    let mut flow = Signing::new(&application, &order, patience, 1, start).unwrap();
    let (mut request, mut answer) = ([0xee; 2048], [0xee; 1024]);
    let end = run(
        &mut flow,
        &mut Device { network: &mut net, clock: &mut Ticks::default(), store: &mut store },
        &mut signer,
        documents,
        sink,
        &Limits::new(),
        Buffers { request: &mut request, reply: &mut answer },
    );
    assert!(request.iter().chain(&answer).all(|&byte| byte == 0), "a secret is left behind");
    let log = log.take();
    Signed { end, log, signer, written: net.written() }
}

pub(crate) fn sign_digest<const N: usize>(
    connections: [Result<Vec<String>, ErrorKind>; N],
) -> Signed {
    sign(&digest_item(), Format::Raw, connections, false, &mut (), &mut ())
}

#[test]
fn s10_the_state_is_saved_before_a_signature_is_asked_for_and_cleared_when_it_is_there() {
    let signed = sign_digest([Ok(vec![reply(200, "", SIGNED)])]);
    assert_eq!(signed.end, Ok(End::Done));
    assert_eq!(signed.signer.signatures, [[1, 2, 3]]);
    let expected = [
        "authorize",
        "save",
        "connect psc.example:443",
        "ask /v0/oauth/signature",
        "close",
        "signatures",
        "clear",
    ];
    assert_eq!(signed.log, expected);
    assert!(signed.written.contains("\r\nAuthorization: Bearer a-token\r\n"));
    assert!(signed.written.contains("\r\nConnection: close\r\n"));
}

#[test]
fn s10_without_a_saved_state_no_signature_is_asked_for() {
    let signed = sign(&digest_item(), Format::Raw, [], true, &mut (), &mut ());
    assert_eq!(signed.end, Err(Error::Store(())));
    assert_eq!(signed.log, ["authorize", "save"]);
}

#[test]
fn s10_a_signature_without_an_answer_is_left_in_doubt() {
    for replies in [vec![], vec!["HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{\"sig".to_owned()]]
    {
        let signed = sign_digest([Ok(replies)]);
        assert_eq!(signed.end, Ok(End::Left));
        assert_eq!(signed.signer.failures, [Misbehaviour::Closed.to_string()]);
        assert_eq!(signed.log.iter().filter(|what| what.starts_with("ask")).count(), 1);
        assert_eq!(signed.log.last().unwrap(), "doubt 0..1");
        assert!(!signed.log.contains(&"clear".to_owned()), "the doubt must outlive the power");
    }
}

#[test]
fn a_doubt_that_nobody_resolves_does_not_wait_for_ever() {
    let log = Log::default();
    let mut net = Net::new(&log, [Ok(vec![])]);
    let mut signer = Signer { leaves_doubt: false, ..Signer::new(&log) };
    let mut store = Memory { log: Rc::clone(&log), fails: false };
    let application = application();
    let items = digest_item();
    let order = Order {
        items: &items,
        format: Format::Raw,
        padding: None,
        signature_page: false,
        certificate_alias: None,
    };
    let (start, patience) = (Instant::from_millis(0), Duration::from_secs(120));
    let mut flow = Signing::new(&application, &order, patience, 1, start).unwrap();
    let (mut request, mut answer) = ([0; 2048], [0; 1024]);
    let end = run(
        &mut flow,
        &mut Device { network: &mut net, clock: &mut Ticks::default(), store: &mut store },
        &mut signer,
        &mut (),
        &mut (),
        &Limits::new(),
        Buffers { request: &mut request, reply: &mut answer },
    );
    assert_eq!(end, Ok(End::Left));
}

#[test]
fn a_signature_request_that_never_left_is_sent_again() {
    let connections = [Err(ErrorKind::ConnectionRefused), Ok(vec![reply(200, "", SIGNED)])];
    let signed = sign_digest(connections);
    assert_eq!(signed.end, Ok(End::Done));
    assert_eq!(signed.signer.signatures.len(), 1);
    let saves = signed.log.iter().filter(|what| *what == "save").count();
    assert_eq!(saves, 3, "before, when it was known not to have left, and before again");
}
