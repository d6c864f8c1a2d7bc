//! Objects that prove themselves, over TLS and without.

use std::io::{Read, Write};
use std::net::TcpStream;

use rubrica_ureq::{FetchError, Fetcher, Settings, TransportError};

use super::server::Server;
use super::settings;

fn fetcher() -> Fetcher {
    Fetcher::new(&settings()).unwrap()
}

/// A server without TLS that answers every request with these bytes, and what it was asked.
fn plain(answer: &'static [u8]) -> (Server, std::sync::mpsc::Receiver<Vec<u8>>) {
    let (asked, told) = std::sync::mpsc::channel();
    let server = Server::plain(move |mut stream: TcpStream, _| {
        let mut request = Vec::new();
        let mut chunk = [0; 1024];
        let is_whole = |request: &[u8]| match request.starts_with(b"POST") {
            true => request.ends_with(b"the question"),
            false => request.ends_with(b"\r\n\r\n"),
        };
        while !is_whole(&request) {
            let count = stream.read(&mut chunk).unwrap();
            request.extend_from_slice(&chunk[..count]);
        }
        stream.write_all(answer).unwrap();
        asked.send(request).unwrap();
    });
    (server, told)
}

fn url(server: &Server, path: &str) -> String {
    format!("http://{}{path}", server.address)
}

#[test]
fn an_object_is_fetched_without_tls() {
    let (server, told) = plain(b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nCRL");
    assert_eq!(fetcher().get(&url(&server, "/root.crl")).unwrap(), b"CRL");
    let request = String::from_utf8(told.recv().unwrap()).unwrap();
    assert!(request.starts_with("GET /root.crl HTTP/1.1\r\n"), "{request}");
    assert!(!request.to_ascii_lowercase().contains("authorization"), "{request}");
}

#[test]
fn a_responder_is_asked_as_the_rfc_has_it() {
    let (server, told) = plain(b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nanswer");
    let answer = fetcher().ask_ocsp(&url(&server, "/ocsp"), b"the question").unwrap();
    assert_eq!(answer, b"answer");
    let request = String::from_utf8(told.recv().unwrap()).unwrap();
    assert!(request.starts_with("POST /ocsp HTTP/1.1\r\n"), "{request}");
    let head = request.to_ascii_lowercase();
    assert!(head.contains("content-type: application/ocsp-request\r\n"), "{request}");
    assert!(request.ends_with("\r\n\r\nthe question"), "{request}");
}

#[test]
fn s17_a_redirect_is_not_followed_here_either() {
    let (server, _told) =
        plain(b"HTTP/1.1 302 Found\r\nlocation: /other.crl\r\ncontent-length: 0\r\n\r\n");
    assert_eq!(fetcher().get(&url(&server, "/root.crl")), Err(FetchError::Status(302)));
    assert_eq!(server.connections(), 1);
}

#[test]
fn other_schemes_and_larger_objects_are_refused() {
    for bad in ["ftp://127.0.0.1/x", "file:///etc/passwd", "ldap://x/y", "", "http://a b"] {
        assert_eq!(fetcher().get(bad), Err(FetchError::Url), "{bad}");
    }
    let (server, _told) = plain(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n123456789");
    let small = Fetcher::new(&Settings { body_limit: 8, ..settings() }).unwrap();
    let refused = FetchError::Transport(TransportError::BodyTooLarge { limit: 8 });
    assert_eq!(small.get(&url(&server, "/")), Err(refused));
}
