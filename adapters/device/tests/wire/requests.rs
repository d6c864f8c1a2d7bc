//! What is written.

use embedded_io::ErrorKind;
use rubrica_core::document::Body;
use rubrica_core::exchange::Request;
use rubrica_core::flow::SendFailure;
use rubrica_device::http::{Connection, Outgoing};
use rubrica_device::{ExchangeError, Misbehaviour, Unsendable};

use crate::support::{GET, POST, Then, Wire, exchange};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";

fn user_agent() -> String {
    format!("User-Agent: rubrica/{}\r\n", env!("CARGO_PKG_VERSION"))
}

fn get_bytes() -> String {
    format!(
        "GET /v0/poll?code=1 HTTP/1.1\r\nHost: psc.example\r\n{}Accept: application/json\r\n\r\n",
        user_agent()
    )
}

fn post_bytes() -> String {
    format!(
        "POST /v0/sign HTTP/1.1\r\nHost: psc.example:8443\r\n{}Accept: application/json\r\n\
         Authorization: Bearer a-token\r\nContent-Type: application/json;charset=UTF-8\r\n\
         Content-Length: 2\r\n\r\n{{}}",
        user_agent()
    )
}

fn read_out(request: &Request<'_>, connection: Connection, piece: usize) -> String {
    let mut outgoing = Outgoing::new(request, connection).unwrap();
    let (mut all, mut buffer) = (Vec::new(), vec![0; piece]);
    loop {
        match outgoing.read(&mut buffer, &mut ()).unwrap() {
            0 => return String::from_utf8(all).unwrap(),
            count => all.extend_from_slice(&buffer[..count]),
        }
    }
}

#[test]
fn a_request_is_read_out_alike_in_pieces_of_any_size() {
    for piece in [1, 2, 3, 7, 64, 1000] {
        assert_eq!(read_out(&GET, Connection::Keep, piece), get_bytes());
        assert_eq!(read_out(&POST, Connection::Keep, piece), post_bytes());
    }
}

#[test]
fn a_connection_that_is_not_kept_is_told_so_to_the_peer() {
    let expected = post_bytes().replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");
    assert_eq!(read_out(&POST, Connection::Close, 50), expected);
}

#[test]
fn a_post_without_a_body_says_so_and_a_url_without_a_path_has_one() {
    let request = Request { body: Body::Empty, url: "https://psc.example?a=b", ..POST };
    let bytes = read_out(&request, Connection::Keep, 50);
    assert!(bytes.starts_with("POST /?a=b HTTP/1.1\r\nHost: psc.example\r\n"), "{bytes}");
    assert!(bytes.contains("\r\nContent-Length: 0\r\n"), "{bytes}");
}

#[test]
fn a_stream_may_take_one_byte_at_a_time() {
    for mouthful in [1, 2, 5, 1000] {
        let mut wire = Wire { mouthful, ..Wire::new(OK) };
        assert_eq!(exchange(&mut wire, &POST, 100).unwrap().status, 200);
        assert_eq!(wire.written(), post_bytes());
        assert!(wire.flushed, "a buffered request waits for ever");
    }
}

#[test]
fn a_small_buffer_takes_any_request() {
    for buffer in [38, 39, 64] {
        let mut wire = Wire::new(OK);
        assert_eq!(exchange(&mut wire, &POST, buffer).unwrap().body, b"{}");
        assert_eq!(wire.written(), post_bytes());
    }
}

#[test]
fn a_write_that_fails_leaves_the_request_unanswered() {
    let all = post_bytes().len();
    for writes in 0..all {
        let mut wire = Wire { writes, mouthful: 1, then: Then::Silence, ..Wire::new(Vec::new()) };
        let error = exchange(&mut wire, &POST, 100).unwrap_err();
        assert_eq!(error, ExchangeError::Transport(ErrorKind::BrokenPipe));
        assert_eq!(error.failure(), SendFailure::Unanswered);
        assert_eq!(wire.written(), post_bytes()[..writes]);
    }
}

#[test]
fn a_stream_that_takes_nothing_ends_the_exchange() {
    for mouthfuls in 0..post_bytes().len() {
        let mut wire = Wire { mouthfuls, mouthful: 1, ..Wire::new(OK) };
        let error = exchange(&mut wire, &POST, 100).unwrap_err();
        assert_eq!(error, ExchangeError::Peer(Misbehaviour::TakesNothing));
        assert_eq!(error.failure(), SendFailure::Unanswered);
    }
}

#[test]
fn an_answer_before_the_end_of_the_request_is_heard_when_the_peer_closes() {
    let early = "HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n";
    let mut wire = Wire { writes: 2, mouthful: 20, ..Wire::new(early) };
    let got = exchange(&mut wire, &POST, 100).unwrap();
    assert_eq!(got.status, 413);
    assert!(!got.is_persistent, "the peer waits for the rest of the request");
}

#[test]
fn half_an_early_answer_is_none() {
    let mut wire = Wire { writes: 2, mouthful: 20, ..Wire::new("HTTP/1.1 413 Cont") };
    let error = exchange(&mut wire, &POST, 100).unwrap_err();
    assert_eq!(error, ExchangeError::Transport(ErrorKind::BrokenPipe));
}

#[test]
fn s18_a_request_that_is_not_https_never_leaves() {
    let mut wire = Wire::new(OK);
    let request = Request { url: "http://psc.example/", ..POST };
    let error = exchange(&mut wire, &request, 100).unwrap_err();
    assert_eq!(error, ExchangeError::Unsendable(Unsendable::InsecureUrl));
    assert_eq!(error.failure(), SendFailure::NotSent);
    assert_eq!(wire.written(), "");
}

#[test]
fn a_token_that_would_write_a_second_header_never_leaves() {
    for token in ["a b", "a\r\nHost: b", "a\n", "ã", "a\0"] {
        let mut wire = Wire::new(OK);
        let request = Request { bearer: Some(token), ..POST };
        let error = exchange(&mut wire, &request, 100).unwrap_err();
        assert_eq!(error, ExchangeError::Unsendable(Unsendable::Token));
        assert_eq!(wire.written(), "");
    }
}

#[test]
fn without_a_buffer_nothing_leaves() {
    let mut wire = Wire::new(OK);
    assert_eq!(exchange(&mut wire, &POST, 0), Err(ExchangeError::Resource { needed: 1 }));
    assert_eq!(wire.written(), "");
}
