//! Through a proxy.

use std::io::{Read, Write};
use std::net::TcpStream;

use rubrica_core::exchange::Effect;
use rubrica_core::flow::SendFailure;
use rubrica_ureq::{Proxy, Settings, SettingsError, Transport, TransportError};

use super::server::Server;
use super::{post, send, settings};

fn through(proxy: &Server) -> Transport {
    let proxy = Proxy::Url(format!("http://{}", proxy.address));
    Transport::new(&Settings { proxy, ..settings() }).unwrap()
}

/// Reads a `CONNECT` and tells where it leads.
fn connect(tcp: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        assert_eq!(tcp.read(&mut byte).unwrap(), 1);
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap();
    assert!(!head.contains("canary"), "{head}");
    head.strip_prefix("CONNECT ").unwrap().split(' ').next().unwrap().to_owned()
}

#[test]
fn tls_reaches_through_a_proxy_to_the_service() {
    let server = Server::start(|mut connection| {
        while connection.next().is_some() {
            connection.answer("{}");
        }
    });
    let proxy = Server::plain(|mut tcp, _| {
        let mut onward = TcpStream::connect(connect(&mut tcp)).unwrap();
        tcp.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
        let (mut from, mut to) = (onward.try_clone().unwrap(), tcp.try_clone().unwrap());
        std::thread::spawn(move || std::io::copy(&mut from, &mut to));
        let _ = std::io::copy(&mut tcp, &mut onward);
    });
    let request_url = server.url("/?code=canary");
    let request = post(&request_url, b"canary", Effect::Once);
    assert_eq!(send(&through(&proxy), &request).unwrap().0.status, 200);
    assert_eq!((proxy.connections(), server.requests()), (1, 1));
}

#[test]
fn a_proxy_that_refuses_has_seen_nothing_of_the_request() {
    let proxy = Server::plain(|mut tcp, _| {
        connect(&mut tcp);
        tcp.write_all(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n").unwrap();
    });
    let request = post("https://psc.example/?code=canary", b"canary", Effect::Once);
    let error = send(&through(&proxy), &request).unwrap_err();
    assert!(
        matches!(&error, TransportError::Proxy { host, reason }
            if host == "psc.example" && reason.contains("407")),
        "{error:?}"
    );
    assert_eq!(error.failure(), SendFailure::NotSent);
}

#[test]
fn a_proxy_that_is_gone_is_named() {
    let proxy = Proxy::Url("http://proxy.invalid:3128".to_owned());
    let transport = Transport::new(&Settings { proxy, ..settings() }).unwrap();
    let request = post("https://psc.example/", b"canary", Effect::Once);
    let error = send(&transport, &request).unwrap_err();
    assert_eq!(error, TransportError::NameUnresolved { host: "proxy.invalid".to_owned() });
    assert_eq!(error.failure(), SendFailure::NotSent);
}

#[test]
fn settings_that_cannot_be_used_are_refused() {
    let refusal = |settings: Settings| Transport::new(&settings).map(|_| ()).unwrap_err();
    let proxy = Proxy::Url("gopher://user:canary@proxy".to_owned());
    assert_eq!(refusal(Settings { proxy, ..settings() }), SettingsError::Proxy);
    assert_eq!(
        refusal(Settings { body_limit: 0, ..settings() }),
        SettingsError::Zero("body_limit")
    );
    let extra_anchors_pem = Some(b"nothing".to_vec());
    assert_eq!(refusal(Settings { extra_anchors_pem, ..settings() }), SettingsError::NoAnchor);
    assert!(Transport::new(&Settings::default()).is_ok());
}
