//! The transport against servers that behave, and against servers that do not.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod bodies;
mod failures;
mod fetched;
mod limits;
mod once;
mod proxy;
mod server;
mod trust;

use core::time::Duration;

use rubrica_core::document::Body;
use rubrica_core::exchange::{ContentType, Effect, Method, Request};
use rubrica_ureq::{Proxy, Reply, Settings, Transport, TransportError};

use server::{Certificates, Server};

/// Settings that trust the tests' authority and are in a hurry.
fn settings() -> Settings {
    Settings {
        connect_timeout: Duration::from_secs(5),
        read_timeout: Duration::from_secs(5),
        total_timeout: Duration::from_secs(20),
        extra_anchors_pem: Some(Certificates::good().authority_pem.clone()),
        proxy: Proxy::Direct,
        ..Settings::default()
    }
}

fn transport() -> Transport {
    Transport::new(&settings()).unwrap()
}

fn get(url: &str) -> Request<'_> {
    Request {
        method: Method::Get,
        url,
        bearer: None,
        content_type: None,
        accept: "application/json",
        header: None,
        body: Body::Empty,
        document: None,
        effect: Effect::Safe,
    }
}

fn post<'b>(url: &'b str, body: &'b [u8], effect: Effect) -> Request<'b> {
    Request {
        method: Method::Post,
        url,
        bearer: Some("canary-token"),
        content_type: Some(ContentType::Json),
        accept: "application/json",
        header: None,
        body: Body::Bytes(body),
        document: None,
        effect,
    }
}

fn send(transport: &Transport, request: &Request<'_>) -> Result<(Reply, Vec<u8>), TransportError> {
    let mut body = Vec::new();
    let reply = transport.send(request, &mut (), &mut (), &mut body)?;
    Ok((reply, body))
}

/// What comes of a `GET` to a server that answers with these bytes and closes.
fn answered(answer: impl Into<Vec<u8>>) -> Result<(Reply, Vec<u8>), TransportError> {
    let answer = answer.into();
    let server = Server::start(move |mut connection| {
        connection.request();
        connection.write(&answer);
        connection.close();
    });
    send(&transport(), &get(&server.url("/poll?code=canary")))
}
