//! Replies without an end.

use core::time::Duration;

use rubrica_core::flow::SendFailure;
use rubrica_ureq::{Fault, Settings, Transport, TransportError};

use super::server::Server;
use super::{get, send, settings};

/// What comes of a reply that begins and goes on like this, for as long as it is read.
fn endless(begins: &'static str, goes_on: &'static str, settings: &Settings) -> TransportError {
    let server = Server::start(move |mut connection| {
        connection.request();
        connection.write(begins.as_bytes());
        while connection.write(goes_on.as_bytes()) {}
    });
    let transport = Transport::new(settings).unwrap();
    let error = send(&transport, &get(&server.url("/"))).unwrap_err();
    assert_eq!(error.failure(), SendFailure::Unanswered);
    error
}

#[test]
fn s35_an_endless_body_is_cut_at_its_limit() {
    let settings = Settings { body_limit: 100_000, ..settings() };
    let filler = "0123456789abcdef";
    let limited = TransportError::BodyTooLarge { limit: 100_000 };
    assert_eq!(limited.fault(), Fault::Service);
    for (begins, goes_on) in [
        ("HTTP/1.1 200 OK\r\n\r\n", filler),
        ("HTTP/1.1 200 OK\r\nContent-Length: 100001\r\n\r\n", filler),
        ("HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\n", filler),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "10\r\n0123456789abcdef\r\n"),
    ] {
        assert_eq!(endless(begins, goes_on, &settings), limited, "{begins}");
    }
}

#[test]
fn a_body_of_exactly_its_limit_is_taken() {
    for (length, taken) in [(999, true), (1_000, true), (1_001, false)] {
        let server = Server::start(move |mut connection| {
            connection.request();
            connection.write(b"HTTP/1.1 200 OK\r\n\r\n");
            connection.write(&vec![b'x'; length]);
            connection.close();
        });
        let settings = Settings { body_limit: 1_000, ..settings() };
        let transport = Transport::new(&settings).unwrap();
        let result = send(&transport, &get(&server.url("/")));
        assert_eq!(result.map(|(_, body)| body.len()).ok(), taken.then_some(length));
    }
}

#[test]
fn s35_endless_headers_are_cut_at_their_limit() {
    let settings = Settings { head_limit: 8 * 1024, ..settings() };
    let error = endless("HTTP/1.1 200 OK\r\nX: ", "0123456789abcdef", &settings);
    assert_eq!(error, TransportError::HeadTooLarge { limit: 8 * 1024 });
    let error = endless("HTTP/1.1 200 OK\r\n", "X: y\r\n", &settings);
    let reason = "http parse resulted in too many headers".to_owned();
    assert_eq!(error, TransportError::Malformed(reason));
}

#[test]
fn s25_a_reply_that_drips_meets_the_deadline() {
    let settings = Settings { total_timeout: Duration::from_millis(700), ..settings() };
    for begins in ["", "HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"]
    {
        let server = Server::start(move |mut connection| {
            connection.request();
            connection.write(begins.as_bytes());
            while connection.write(b"H") {
                std::thread::sleep(Duration::from_millis(20));
            }
        });
        let transport = Transport::new(&settings).unwrap();
        let error = send(&transport, &get(&server.url("/"))).unwrap_err();
        // Without a deadline the answer would be another: the drip is no HTTP, or too large.
        assert!(
            matches!(error, TransportError::Deadline | TransportError::Malformed(_)),
            "{error:?}"
        );
        assert!(begins.is_empty() || error == TransportError::Deadline);
        assert_eq!(error.failure(), SendFailure::Unanswered);
    }
}

#[test]
fn s25_a_service_that_falls_silent_is_given_up() {
    let settings = Settings { read_timeout: Duration::from_millis(300), ..settings() };
    for begins in ["", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"] {
        let server = Server::start(move |mut connection| {
            connection.request();
            connection.write(begins.as_bytes());
            // Until the client goes.
            connection.next();
        });
        let transport = Transport::new(&settings).unwrap();
        let error = send(&transport, &get(&server.url("/"))).unwrap_err();
        assert_eq!(error, TransportError::Stalled, "{begins}");
        assert_eq!(error.failure(), SendFailure::Unanswered);
    }
}

#[test]
fn a_transport_that_is_shut_down_breaks_off_what_is_under_way() {
    let transport = Transport::new(&settings()).unwrap();
    let other = transport.clone();
    let server = Server::start(move |mut connection| {
        connection.request();
        other.shut_down();
        connection.next();
    });
    let error = send(&transport, &get(&server.url("/"))).unwrap_err();
    assert_eq!(error, TransportError::Interrupted);
    assert!(send(&transport, &get(&server.url("/"))).is_err());
    assert_eq!(server.requests(), 1);
}
