//! The listener as a browser, and as others, find it.

use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::io::{Read, Write};
use std::net::TcpStream;

use super::*;

/// A listener on a port that is free, on one address.
fn listener() -> (Listener, SocketAddr) {
    loop {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        match Listener::bind(&format!("http://127.0.0.1:{port}/cb")) {
            Ok(listener) => return (listener, SocketAddr::from(([127, 0, 0, 1], port))),
            Err(ListenerError::InUse(_)) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

fn far() -> Instant {
    Instant::now() + Duration::from_secs(60)
}

/// Sends a request and reads all of the answer.
fn ask(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    answer
}

fn head(address: SocketAddr, line: &str) -> String {
    format!("{line} HTTP/1.1\r\nHost: {address}\r\n\r\n")
}

/// Runs a wait beside `visits`, with `state=good` as the one that is accepted.
fn visited(visits: impl FnOnce(SocketAddr) + Send) -> (Listener, Arrival, Vec<String>) {
    let (mut listener, address) = listener();
    let mut seen = Vec::new();
    let arrival = std::thread::scope(|scope| {
        scope.spawn(move || visits(address));
        listener.wait(far(), &|| false, &mut |query| {
            seen.push(query.to_owned());
            if query.contains("state=good") { Verdict::Accepted } else { Verdict::Refused }
        })
    });
    (listener, arrival.unwrap(), seen)
}

#[test]
fn s12_one_accepted_hit_closes_the_listener() {
    let (mut listener, arrival, seen) = visited(|address| {
        let answer = ask(address, &head(address, "GET /cb?code=a&state=good"));
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"));
        assert!(answer.contains("Pode fechar esta janela"));
        for header in [
            "Referrer-Policy: no-referrer\r\n",
            "Cache-Control: no-store\r\n",
            "Content-Security-Policy: default-src 'none';",
        ] {
            assert!(answer.contains(header), "{header}");
        }
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(answer.contains(&format!("Content-Length: {}\r\n", body.len())));
        assert!(!body.contains("state") && !body.contains("src=") && !body.contains("href="));
    });
    assert_eq!((arrival, seen), (Arrival::Accepted, vec!["code=a&state=good".to_owned()]));
    assert!(matches!(
        listener.wait(far(), &|| false, &mut |_| Verdict::Accepted),
        Err(ListenerError::Closed)
    ));
    let address = listener.address.sockets()[0];
    assert!(TcpStream::connect(address).is_err());
}

#[test]
fn s12_foreign_hits_do_not_end_the_wait() {
    let (_, arrival, seen) = visited(|address| {
        for (request, status) in [
            (head(address, "GET /favicon.ico"), "404"),
            (head(address, "GET /cb/x?state=good"), "404"),
            (head(address, "POST /cb?state=good"), "405"),
            (head(address, "HEAD /cb?state=good"), "405"),
            ("GET /cb?state=good HTTP/1.1\r\nHost: evil.example\r\n\r\n".to_owned(), "400"),
            ("GET /cb?state=good HTTP/1.1\r\n\r\n".to_owned(), "400"),
            ("\x16\x03\x01\x02\r\n\r\n".to_owned(), "400"),
            (head(address, &format!("GET /cb?{}", "a".repeat(9_000))), "431"),
            (head(address, "GET /cb?code=b&state=bad"), "400"),
        ] {
            let answer = ask(address, &request);
            assert!(answer.is_empty() || answer.starts_with(&format!("HTTP/1.1 {status} ")));
            // An answer to what was not read whole may be lost with the connection.
            assert!(!answer.is_empty() || status == "431", "{request}");
        }
        drop(TcpStream::connect(address).unwrap());
        ask(address, &head(address, "GET /cb?code=a&state=good"));
    });
    assert_eq!(arrival, Arrival::Accepted);
    assert_eq!(seen, ["code=b&state=bad", "code=a&state=good"]);
}

#[test]
fn s12_silent_connections_do_not_keep_the_browser_out() {
    let (_, arrival, seen) = visited(|address| {
        let mut silent = Vec::new();
        for _ in 0..4 * MOST_CONNECTIONS {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.write_all(b"GET /cb?").unwrap();
            silent.push(stream);
        }
        let answer = ask(address, &head(address, "GET /cb?state=good"));
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"));
        drop(silent);
    });
    assert_eq!((arrival, seen.len()), (Arrival::Accepted, 1));
}

#[test]
fn s12_a_request_may_come_in_pieces() {
    let (_, arrival, seen) = visited(|address| {
        let mut stream = TcpStream::connect(address).unwrap();
        for byte in head(address, "GET /cb?state=good").bytes() {
            stream.write_all(&[byte]).unwrap();
        }
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"));
    });
    assert_eq!((arrival, seen), (Arrival::Accepted, vec!["state=good".to_owned()]));
}

#[test]
fn a_slow_connection_is_given_up() {
    let (mut listener, address) = listener();
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(b"GET /cb?").unwrap();
    let now = Instant::now();
    while listener.connections.is_empty() {
        listener.accept(now);
    }
    assert!(!listener.serve(now, &mut |_| Verdict::Accepted));
    assert_eq!(listener.connections.len(), 1);
    assert!(!listener.serve(now + Duration::from_secs(5), &mut |_| Verdict::Accepted));
    assert!(listener.connections.is_empty());
}

#[test]
fn a_wait_ends_at_its_deadline_and_can_go_on() {
    let (mut listener, address) = listener();
    let mut accept = |_: &str| Verdict::Accepted;
    assert_eq!(listener.wait(Instant::now(), &|| false, &mut accept).unwrap(), Arrival::Deadline);
    std::thread::scope(|scope| {
        scope.spawn(|| ask(address, &head(address, "GET /cb?a")));
        assert_eq!(listener.wait(far(), &|| false, &mut accept).unwrap(), Arrival::Accepted);
    });
}

#[test]
fn a_wait_can_be_cancelled_from_another_thread() {
    let (mut listener, _) = listener();
    let (cancelled, asked) = (AtomicBool::new(false), AtomicUsize::new(0));
    let arrival = std::thread::scope(|scope| {
        scope.spawn(|| {
            while asked.load(Ordering::Relaxed) < 2 {
                std::thread::yield_now();
            }
            cancelled.store(true, Ordering::Relaxed);
        });
        let is_cancelled = || {
            asked.fetch_add(1, Ordering::Relaxed);
            cancelled.load(Ordering::Relaxed)
        };
        listener.wait(far(), &is_cancelled, &mut |_| Verdict::Accepted).unwrap()
    });
    assert_eq!(arrival, Arrival::Cancelled);
}

#[test]
fn s12_a_port_that_another_has_is_not_shared() {
    let (listener, address) = listener();
    for host in ["127.0.0.1", "localhost"] {
        let uri = format!("http://{host}:{}/cb", address.port());
        assert!(matches!(Listener::bind(&uri), Err(ListenerError::InUse(_))), "{host}");
    }
    drop(listener);
    assert!(matches!(
        Listener::bind("https://kiosk.example/cb"),
        Err(ListenerError::NotReceivable(_))
    ));
}
