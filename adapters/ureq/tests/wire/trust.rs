//! Who is spoken to, and how.

use std::io::Read as _;
use std::sync::mpsc;

use rcgen::date_time_ymd;
use rubrica_core::exchange::Effect;
use rubrica_core::flow::SendFailure;
use rubrica_ureq::{CertificateProblem, Fault, Transport, TransportError};

use super::server::{Certificates, Server};
use super::{get, post, send, settings, transport};

/// What keeps a server with these certificates from being spoken to.
fn problem(certificates: &Certificates, trusted: bool) -> CertificateProblem {
    let server = Server::with(certificates, |mut connection| {
        while connection.next().is_some() {
            connection.answer("{}");
        }
    });
    let mut settings = settings();
    if trusted {
        settings.extra_anchors_pem = Some(certificates.authority_pem.clone());
    }
    let transport = Transport::new(&settings).unwrap();
    let error = send(&transport, &post(&server.url("/"), b"{}", Effect::Once)).unwrap_err();
    assert_eq!(error.failure(), SendFailure::NotSent);
    assert_eq!(error.fault(), Fault::Trust);
    assert_eq!(server.requests(), 0);
    match error {
        TransportError::Certificate { host, problem } => {
            assert_eq!(host, "127.0.0.1");
            problem
        }
        error => panic!("{error:?}"),
    }
}

#[test]
fn s18_an_unknown_authority_is_refused() {
    // The second has the name of the one that is trusted, and another key.
    for name in ["Another authority", "Test authority"] {
        let certificates = Certificates::new(name, &["127.0.0.1"], |_| {});
        assert_eq!(problem(&certificates, false), CertificateProblem::UnknownIssuer);
    }
}

#[test]
fn s18_another_name_is_refused() {
    let certificates = Certificates::new("Authority", &["psc.example", "127.0.0.2"], |_| {});
    assert_eq!(problem(&certificates, true), CertificateProblem::WrongName);
}

#[test]
fn s18_a_certificate_is_used_in_its_time_alone() {
    let certificates = Certificates::new("Authority", &["127.0.0.1"], |server| {
        server.not_before = date_time_ymd(2019, 1, 1);
        server.not_after = date_time_ymd(2020, 1, 1);
    });
    assert_eq!(problem(&certificates, true), CertificateProblem::Expired);
    let certificates = Certificates::new("Authority", &["127.0.0.1"], |server| {
        server.not_before = date_time_ymd(2999, 1, 1);
        server.not_after = date_time_ymd(3000, 1, 1);
    });
    assert_eq!(problem(&certificates, true), CertificateProblem::NotYetValid);
}

#[test]
fn s18_plain_http_is_refused() {
    let server = Server::plain(|_, _| {});
    for scheme in ["http", "HTTPS", "ftp", ""] {
        let url = format!("{scheme}://{}/?code=canary", server.address);
        let error = send(&transport(), &get(&url)).unwrap_err();
        assert_eq!(error, TransportError::InsecureUrl, "{scheme}");
        assert_eq!(error.failure(), SendFailure::NotSent);
    }
    assert_eq!(server.connections(), 0);
}

#[test]
fn s18_a_server_without_tls_is_refused() {
    let server = Server::plain(|mut tcp, _| {
        use std::io::Write as _;
        let _ = tcp.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        let _ = tcp.read(&mut [0; 1024]);
    });
    let error = send(&transport(), &get(&server.url("/"))).unwrap_err();
    assert!(matches!(error, TransportError::Handshake { .. }), "{error:?}");
    assert_eq!(error.failure(), SendFailure::NotSent);
}

#[test]
fn s18_only_tls_1_2_and_1_3_are_offered() {
    let (tell, told) = mpsc::channel();
    let server = Server::plain(move |mut tcp, _| {
        let mut hello = vec![0; 4096];
        let count = tcp.read(&mut hello).unwrap();
        hello.truncate(count);
        tell.send(hello).unwrap();
    });
    send(&transport(), &get(&server.url("/"))).unwrap_err();
    assert_eq!(offered(&told.recv().unwrap()), [[3, 4], [3, 3]]);
}

/// The versions that a ClientHello offers (RFC 8446 §4.1.2, §4.2.1).
fn offered(record: &[u8]) -> Vec<[u8; 2]> {
    fn skip(bytes: &[u8], length_bytes: usize) -> &[u8] {
        let length =
            bytes[..length_bytes].iter().fold(0, |sum, &byte| sum << 8 | usize::from(byte));
        &bytes[length_bytes + length..]
    }
    // The record's and the handshake's headers, the version of old and the random.
    let bytes = skip(skip(skip(&record[5 + 4 + 2 + 32..], 1), 2), 1);
    let mut extensions = &bytes[2..];
    while !extensions.is_empty() {
        if extensions.starts_with(&[0, 43]) {
            let length = usize::from(extensions[4]);
            return extensions[5..5 + length].chunks(2).map(|pair| [pair[0], pair[1]]).collect();
        }
        extensions = skip(&extensions[2..], 2);
    }
    Vec::new()
}
