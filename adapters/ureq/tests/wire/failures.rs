//! Why there is no reply, and whether anything was sent.

use core::time::Duration;
use std::io;
use std::net::TcpListener;

use rubrica_core::exchange::Effect;
use rubrica_core::flow::SendFailure;
use rubrica_ureq::{Fault, Settings, Transport, TransportError};

use super::server::{Connection, Server};
use super::{answered, get, post, send, settings, transport};

fn once(server: &Server) -> TransportError {
    let url = server.url("/sign?code=canary");
    let request = post(&url, b"{\"a\":\"canary\"}", Effect::Once);
    let error = send(&transport(), &request).unwrap_err();
    assert!(server.requests() <= 1);
    error
}

#[test]
fn a_closed_port_is_unreachable() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    drop(listener);
    let error = send(&transport(), &get(&url)).unwrap_err();
    let reason = io::ErrorKind::ConnectionRefused;
    assert_eq!(error, TransportError::Unreachable { host: "127.0.0.1".to_owned(), reason });
    assert_eq!(error.failure(), SendFailure::NotSent);
    assert_eq!(error.fault(), Fault::Network);
    assert_eq!(error.to_string(), "cannot connect to 127.0.0.1: connection refused");
}

#[test]
fn a_name_without_an_address_is_unresolved() {
    let error = send(&transport(), &get("https://psc.invalid/?code=canary")).unwrap_err();
    assert_eq!(error, TransportError::NameUnresolved { host: "psc.invalid".to_owned() });
    assert_eq!(error.failure(), SendFailure::NotSent);
}

#[test]
fn a_host_that_takes_no_part_in_tls_is_given_up() {
    let server = Server::plain(|tcp, _| {
        std::thread::sleep(Duration::from_secs(10));
        drop(tcp);
    });
    let settings = Settings { connect_timeout: Duration::from_millis(300), ..settings() };
    let transport = Transport::new(&settings).unwrap();
    let error = send(&transport, &get(&server.url("/"))).unwrap_err();
    assert_eq!(error, TransportError::ConnectTimeout { host: "127.0.0.1".to_owned() });
    assert_eq!(error.failure(), SendFailure::NotSent);
}

#[test]
fn a_connection_lost_during_tls_has_sent_nothing() {
    let server = Server::plain(|tcp, _| drop(tcp));
    let error = once(&server);
    assert!(
        matches!(error, TransportError::Handshake { .. } | TransportError::Unreachable { .. }),
        "{error:?}"
    );
    assert_eq!(error.failure(), SendFailure::NotSent);
}

#[test]
fn a_connection_lost_after_tls_leaves_the_request_unanswered() {
    let ends: [fn(Connection); 6] = [
        |connection| connection.reset(),
        |connection| connection.close(),
        |connection| connection.cut(),
        |mut connection| {
            connection.request();
            connection.reset();
        },
        |mut connection| {
            connection.request();
            connection.close();
        },
        |mut connection| {
            connection.request();
            connection.write(b"HTTP/1.1 200 OK\r\nContent-Le");
            connection.close();
        },
    ];
    for end in ends {
        let error = once(&Server::start(end));
        assert_eq!(error, TransportError::Interrupted);
        assert_eq!(error.failure(), SendFailure::Unanswered);
    }
}

#[test]
fn a_reply_that_is_cut_short_is_no_reply() {
    let bodies: [&str; 5] = [
        "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n{\"a\":1}",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7\r\n{\"a\":1}\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7\r\n{\"a\"",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n",
    ];
    for body in bodies {
        let error = answered(body).unwrap_err();
        assert_eq!(error, TransportError::Interrupted, "{body}");
        assert_eq!(error.failure(), SendFailure::Unanswered);
    }
    // Its end would be its end, had the connection ended as TLS ends (RFC 9112 §9.8).
    let server = Server::start(|mut connection| {
        connection.request();
        connection.write(b"HTTP/1.1 200 OK\r\n\r\n{\"a\":1}");
        connection.cut();
    });
    assert_eq!(once(&server), TransportError::Interrupted);
}

#[test]
fn what_is_no_http_is_malformed() {
    for answer in [
        "SSH-2.0-OpenSSH_9.6\r\n\r\n",
        "HTTP/1.1 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n{}\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    ] {
        let error = answered(answer).unwrap_err();
        assert!(matches!(error, TransportError::Malformed(_)), "{answer}: {error:?}");
        assert_eq!(error.failure(), SendFailure::Unanswered);
    }
}

#[test]
fn a_request_that_is_no_http_is_refused_here() {
    for url in ["https://", "https://exa mple/", "https://psc.example/\u{7f}", "https://a:b:c/"] {
        let error = send(&transport(), &get(url)).unwrap_err();
        assert_eq!(error, TransportError::Unsendable("URL"), "{url}");
        assert_eq!(error.failure(), SendFailure::NotSent);
    }
    let mut request = get("https://psc.example/");
    request.bearer = Some("two\r\nlines: canary");
    let error = send(&transport(), &request).unwrap_err();
    assert_eq!(error, TransportError::Unsendable("token"));
    assert_eq!(error.fault(), Fault::Configuration);
}

#[test]
fn s38_an_error_holds_nothing_of_the_request_or_the_reply() {
    for server in [
        Server::start(|connection| connection.reset()),
        Server::plain(|tcp, _| drop(tcp)),
        Server::start(|mut connection| {
            connection.request();
            connection.write(b"canary canary canary\r\n\r\n");
        }),
        Server::start(|mut connection| {
            connection.request();
            connection.write(b"HTTP/1.1 200 OK\r\nX-Canary canary\r\n\r\n");
        }),
    ] {
        let error = once(&server);
        assert!(!format!("{error} {error:?}").to_lowercase().contains("canary"), "{error:?}");
    }
    assert!(!format!("{:?}", transport()).contains("canary"));
}
