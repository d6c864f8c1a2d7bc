//! Replies that no service sends and somebody else might.

use rubrica_core::flow::SendFailure;
use rubrica_device::http::Limits;
use rubrica_device::{ExchangeError, Misbehaviour};

use crate::support::{GET, Then, Ticks, Wire, exchange, exchange_within, get};

fn misbehaviour(reply: &[u8]) -> Misbehaviour {
    match get(reply) {
        Err(error @ ExchangeError::Peer(misbehaviour)) => {
            assert_eq!(error.failure(), SendFailure::Unanswered);
            misbehaviour
        }
        other => panic!("{other:?}: {}", String::from_utf8_lossy(reply)),
    }
}

fn with(headers: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\n{headers}\r\n\r\n{{}}").into()
}

#[test]
fn lengths_that_two_readers_would_read_in_two_ways_are_refused() {
    for headers in [
        "Content-Length: 2\r\nContent-Length: 3",
        "Content-Length: 2\r\nContent-Length: 2",
        "Content-Length: 2, 2",
        "Content-Length: 2\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 2",
        "Content-Length: -2",
        "Content-Length: +2",
        "Content-Length: 0x2",
        "Content-Length: 2 2",
        "Content-Length: 2.0",
        "Content-Length:",
        "Content-Length: two",
        "Content-Length: 18446744073709551616",
        "Content-Length: 99999999999999999999999999999999",
    ] {
        assert_eq!(misbehaviour(&with(headers)), Misbehaviour::Length, "{headers}");
    }
}

#[test]
fn a_length_beyond_reason_is_refused_before_a_byte_of_it_is_waited_for() {
    for length in ["10000000000000000000", "18446744073709551615", "16777217"] {
        let reply = with(&format!("Content-Length: {length}"));
        let limit = 16 * 1024 * 1024;
        assert_eq!(misbehaviour(&reply), Misbehaviour::BodyTooLong { limit });
    }
}

#[test]
fn a_chunk_beyond_reason_is_refused_and_no_buffer_asked_for() {
    for size in ["1000001", "fffffffffffffff0"] {
        let reply = format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{size}\r\nx");
        let limit = 16 * 1024 * 1024;
        assert_eq!(misbehaviour(reply.as_bytes()), Misbehaviour::BodyTooLong { limit });
    }
}

#[test]
fn encodings_that_were_not_asked_for_are_refused() {
    for headers in [
        "Transfer-Encoding: gzip, chunked",
        "Transfer-Encoding: chunked, chunked",
        "Transfer-Encoding: identity",
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
        "Content-Encoding: gzip",
    ] {
        assert_eq!(misbehaviour(&with(headers)), Misbehaviour::Encoding, "{headers}");
    }
    let old = b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    assert_eq!(misbehaviour(old), Misbehaviour::Encoding);
}

#[test]
fn what_is_not_http_is_refused() {
    for reply in [
        &b"\r\n\r\n"[..],
        b"\r\nHTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\n\n",
        b"HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\n\r\n",
        b"HTTP/1.1 200 OK\r\nA: b\rContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA: b\r\n\tc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n A: b\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA : b\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n: b\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA: b\0c\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA\0: b\r\n\r\n",
        b"HTTP/1.1 200 O\0K\r\n\r\n",
        b"HTTP/2 200 OK\r\n\r\n",
        b"HTTP/1.2 200 OK\r\n\r\n",
        b"HTTP/1.1 20 OK\r\n\r\n",
        b"HTTP/1.1 2000 OK\r\n\r\n",
        b"HTTP/1.1 099 OK\r\n\r\n",
        b"HTTP/1.1 -20 OK\r\n\r\n",
        b"HTTP/1.1  200 OK\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
        b"<html>\r\n\r\n",
    ] {
        assert_eq!(misbehaviour(reply), Misbehaviour::NotHttp, "{:?}", reply.escape_ascii());
    }
}

#[test]
fn s35_no_part_of_a_head_is_endless() {
    let limits = Limits { head: 4096, line: 1024, ..Limits::new() };
    let within = |reply: &str, buffer| {
        let mut wire = Wire { then: Then::Babble, ..Wire::new(reply) };
        exchange_within(&mut wire, &GET, buffer, limits, &mut Ticks::default())
    };
    let line = ExchangeError::Peer(Misbehaviour::LineTooLong { limit: 1024 });
    assert_eq!(within("HTTP/1.1 200 O", 8192), Err(line));
    assert_eq!(within("HTTP/1.1 200 OK\r\nA", 8192), Err(line));
    assert_eq!(within("HTTP/1.1 200 OK\r\nA: b", 8192), Err(line));
    let many = format!("HTTP/1.1 200 OK\r\n{}", "A: b\r\n".repeat(1000));
    let head = ExchangeError::Peer(Misbehaviour::HeadTooLong { limit: 4096 });
    assert_eq!(within(&many, 8192), Err(head));
    assert_eq!(within(&many, 1000), Err(ExchangeError::Resource { needed: 1001 }));
}

#[test]
fn s35_headers_are_counted() {
    let reply = |count| with(&format!("{}Content-Length: 2", "A: b\r\n".repeat(count)));
    assert_eq!(get(reply(31)).unwrap().body, b"{}");
    assert_eq!(misbehaviour(&reply(32)), Misbehaviour::TooManyHeaders { limit: 32 });
}

#[test]
fn interim_replies_come_to_an_end() {
    let endless = "HTTP/1.1 100 Continue\r\n\r\n".repeat(9);
    assert_eq!(misbehaviour(endless.as_bytes()), Misbehaviour::Interim);
    let upgrade = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n";
    assert_eq!(misbehaviour(upgrade), Misbehaviour::Interim);
}

#[test]
fn chunks_that_cannot_be_read_are_refused() {
    let long = format!("1;{}\r\n", "a".repeat(300));
    for chunks in [
        "10000000000000000\r\n",
        "-1\r\n",
        "1\nx\r\n0\r\n\r\n",
        "1\r\nxy\r\n",
        "1\r\nx0\r\n\r\n",
        "g\r\n",
        "\r\n",
        "0\r\nA: b\n\r\n",
        "0\r\nA: \0\r\n\r\n",
        &long,
    ] {
        let reply = format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}");
        assert_eq!(misbehaviour(reply.as_bytes()), Misbehaviour::Chunk, "{chunks:?}");
    }
}

#[test]
fn s35_a_body_that_never_ends_is_cut_off() {
    let limits = Limits { body: 500, ..Limits::new() };
    let too_long = ExchangeError::Peer(Misbehaviour::BodyTooLong { limit: 500 });
    for reply in [
        format!("HTTP/1.1 200 OK\r\n\r\n{}", "b".repeat(501)),
        format!(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{}",
            "1\r\nb\r\n".repeat(501)
        ),
        "HTTP/1.1 404 No\r\nContent-Length: 501\r\n\r\n".to_owned(),
    ] {
        let mut wire = Wire { piece: 10, ..Wire::new(reply) };
        let got = exchange_within(&mut wire, &GET, 1024, limits, &mut Ticks::default());
        assert_eq!(got, Err(too_long));
    }
}

#[test]
fn no_head_of_any_bytes_is_a_panic() {
    // Every byte in every place of a reply with all that a head can have.
    let reply = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nDate: x\r\nConnection: a, b\r\n\r\n{}";
    for place in 0..reply.len() {
        for byte in 0..=u8::MAX {
            let mut reply = reply.to_vec();
            reply[place] = byte;
            let mut wire = Wire::new(reply);
            let _ = exchange(&mut wire, &GET, 100);
        }
    }
}
