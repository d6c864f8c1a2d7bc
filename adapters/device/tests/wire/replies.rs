//! Every form of reply that a service may send.

use embedded_io::ErrorKind;
use rubrica_core::time::Duration;
use rubrica_device::http::Limits;
use rubrica_device::{ExchangeError, Misbehaviour};

use crate::support::{GET, Got, Then, Ticks, Wire, exchange, exchange_within, get};

/// A reply with this body and nothing else.
fn plain(body: &str) -> Got {
    Got { status: 200, body: body.into(), retry_after: None, date: None, is_persistent: true }
}

fn closed(body: &str) -> Got {
    Got { is_persistent: false, ..plain(body) }
}

#[test]
fn a_body_ends_with_its_length_its_chunks_or_the_connection() {
    let head = "HTTP/1.1 200 OK\r\nServer: nginx\r\n";
    let by_length = format!("{head}Content-Length: 5\r\n\r\nhello");
    assert_eq!(get(by_length), Ok(plain("hello")));
    let by_chunks = format!(
        "{head}Transfer-Encoding: Chunked\r\n\r\n2\r\nhe\r\n3;a=b\r\nllo\r\n0\r\nA: b\r\n\r\n"
    );
    assert_eq!(get(by_chunks), Ok(plain("hello")));
    let by_closing = format!("{head}\r\nhello");
    assert_eq!(get(by_closing), Ok(closed("hello")));
    assert_eq!(get(format!("{head}Content-Length: 0\r\n\r\n")), Ok(plain("")));
    assert_eq!(get(format!("{head}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n")), Ok(plain("")));
}

#[test]
fn a_reason_is_no_matter() {
    for line in ["HTTP/1.1 200 ", "HTTP/1.1 200", "HTTP/1.1 200 Not what you think"] {
        assert_eq!(get(format!("{line}\r\nContent-Length: 2\r\n\r\n{{}}")), Ok(plain("{}")));
    }
}

#[test]
fn interim_replies_are_passed_over() {
    let interim = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
    let reply = format!("{interim}HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{{}}");
    for piece in 1..reply.len() {
        let mut wire = Wire { piece, ..Wire::new(reply.clone()) };
        assert_eq!(exchange(&mut wire, &GET, 100), Ok(plain("{}")));
    }
}

#[test]
fn s23_some_statuses_never_have_a_body_whatever_their_headers_say() {
    for status in ["204 No Content", "304 Not Modified"] {
        for (headers, is_persistent) in [
            ("", true),
            ("Content-Length: 0\r\n", true),
            // The peer may send it all the same.
            ("Content-Length: 5\r\n", false),
            ("Transfer-Encoding: chunked\r\n", false),
            ("Connection: close\r\n", false),
        ] {
            let wire = &mut Wire {
                // Waiting for a body would fail the exchange.
                then: Then::Silence,
                ..Wire::new(format!("HTTP/1.1 {status}\r\n{headers}\r\n"))
            };
            let got = exchange(wire, &GET, 100).unwrap();
            assert_eq!((got.status, got.body.len()), (status[..3].parse().unwrap(), 0));
            assert_eq!(got.is_persistent, is_persistent, "{status} {headers}");
        }
    }
}

#[test]
fn a_connection_is_kept_only_where_both_sides_are_of_one_mind() {
    for (reply, is_persistent) in [
        ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", true),
        ("HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\n{}", true),
        ("HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 2\r\n\r\n{}", false),
        ("HTTP/1.1 200 OK\r\nConnection: x, close\r\nContent-Length: 2\r\n\r\n{}", false),
        ("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}", false),
        // Something that nobody asked for stands behind it.
        ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}HTTP/1.1 200 OK\r\n", false),
    ] {
        assert_eq!(get(reply), Ok(Got { is_persistent, ..plain("{}") }), "{reply}");
    }
}

#[test]
fn s24_the_headers_that_tell_a_pace_are_kept() {
    let reply = "HTTP/1.1 429 Too Many\r\nRETRY-AFTER:  7 \r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\
                 Content-Length: 0\r\n\r\n";
    let got = get(reply).unwrap();
    assert_eq!(got.retry_after.as_deref(), Some("7"));
    assert_eq!(got.date.as_deref(), Some("Sun, 06 Nov 1994 08:49:37 GMT"));
    let long =
        format!("HTTP/1.1 429 No\r\nRetry-After: {}\r\nContent-Length: 0\r\n\r\n", "7".repeat(33));
    assert_eq!(get(long).unwrap().retry_after, None);
}

#[test]
fn a_reply_fits_a_buffer_of_its_larger_part() {
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 38\r\n\r\n";
    let body = "b".repeat(38);
    let reply = format!("{head}{body}");
    for piece in [1, 7, 100] {
        let fits = &mut Wire { piece, ..Wire::new(reply.clone()) };
        assert_eq!(exchange(fits, &GET, head.len()), Ok(plain(&body)));
    }
    let needed = head.len();
    let short = &mut Wire::new(reply);
    assert_eq!(exchange(short, &GET, needed - 1), Err(ExchangeError::Resource { needed }));
}

#[test]
fn a_buffer_that_is_too_small_is_told_what_would_do() {
    let by_length = "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nbody";
    let mut wire = Wire::new(by_length);
    assert_eq!(exchange(&mut wire, &GET, 100), Err(ExchangeError::Resource { needed: 500 }));
    let by_chunks = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1f4\r\nbody";
    let mut wire = Wire::new(by_chunks);
    assert_eq!(exchange(&mut wire, &GET, 100), Err(ExchangeError::Resource { needed: 501 }));
    let body = "b".repeat(500);
    let by_closing = format!("HTTP/1.1 200 OK\r\n\r\n{body}");
    let mut wire = Wire::new(by_closing);
    assert_eq!(exchange(&mut wire, &GET, 100), Err(ExchangeError::Resource { needed: 101 }));
    let chunks =
        format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1f4\r\n{body}\r\n0\r\n\r\n");
    for piece in [1, 50, 1000] {
        let mut wire = Wire { piece, ..Wire::new(chunks.clone()) };
        assert_eq!(exchange(&mut wire, &GET, 501), Ok(plain(&body)));
    }
}

#[test]
fn an_errors_page_that_does_not_fit_is_dropped_and_its_status_is_told() {
    let page = "<html>".repeat(1000);
    for headers in ["Content-Length: 6000\r\n", ""] {
        for status in [302, 404, 500, 502] {
            let reply = format!("HTTP/1.1 {status} No\r\n{headers}\r\n{page}");
            let mut wire = Wire::new(reply);
            let got = exchange(&mut wire, &GET, 100).unwrap();
            assert_eq!(got, Got { status, ..closed("") });
        }
    }
}

#[test]
fn a_body_that_ends_early_is_no_reply() {
    for reply in [
        "",
        "HTTP/1.1 200 OK\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n",
    ] {
        assert_eq!(get(reply), Err(ExchangeError::Peer(Misbehaviour::Closed)), "{reply}");
        let mut wire = Wire { then: Then::Silence, ..Wire::new(reply) };
        let error = exchange(&mut wire, &GET, 100);
        assert_eq!(error, Err(ExchangeError::Transport(ErrorKind::TimedOut)), "{reply}");
    }
}

#[test]
fn a_peer_that_babbles_for_ever_is_left() {
    let limits = Limits { patience: Duration::from_secs(60), ..Limits::new() };
    for reply in [
        "HTTP/1.1 200 OK\r\nA: b",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;a",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA",
        "HTTP/1.1 404 No\r\n\r\n<",
    ] {
        let mut wire = Wire { piece: 1, then: Then::Babble, ..Wire::new(reply) };
        let mut clock = Ticks { now: 0, step: 1000 };
        let got = exchange_within(&mut wire, &GET, 1024, limits, &mut clock);
        assert_eq!(got, Err(ExchangeError::Peer(Misbehaviour::Deadline)), "{reply}");
    }
}

#[test]
fn a_reply_that_came_in_the_last_moment_counts() {
    let limits = Limits { patience: Duration::from_secs(3), ..Limits::new() };
    let mut wire = Wire::new("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
    let mut clock = Ticks { now: 0, step: 1000 };
    assert_eq!(exchange_within(&mut wire, &GET, 1024, limits, &mut clock), Ok(plain("{}")));
}
