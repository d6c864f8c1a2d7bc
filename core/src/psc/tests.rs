//! What every provider is sent, and what is read of what it sends.

mod approvals;
mod exchanges;
mod mix_up;
mod passwords;
mod redirects;
mod requests;
mod statuses;
mod wrappings;

use std::string::{String, ToString};
use std::vec::Vec;

use super::*;
use crate::document::Digest;
use crate::error::Error;
use crate::exchange::{Exchange, Request, Response};
use crate::identity::Holder;
use crate::oauth::grant::Grant;
use crate::oauth::scope::Scope;
use crate::oauth::state::State;
use crate::secret::{Secret, SecretText};
use crate::time::{Duration, Instant};

const CLIENT_ID: &str = "4c9fb552-0387-4e5f-8727-6676fa88dce1";
const CLIENT_SECRET: &str = "Ny2n3hq67gQEFvH7";
const REDIRECT_URI: &str = "http://127.0.0.1:8765/callback";
const BASE_URL: &str = "https://psc.example";

fn application<'a>(provider: &'a Provider<'a>) -> Application<'a> {
    let service = Service::new(provider, BASE_URL).unwrap();
    let secret = SecretText::new(CLIENT_SECRET);
    Application::new(service, CLIENT_ID, secret, REDIRECT_URI).unwrap()
}

fn holder() -> Holder {
    Holder::parse("11144477735").unwrap()
}

fn authorization(scope: Scope) -> Authorization {
    Authorization { holder: Some(holder()), scope, lifetime: Some(900) }
}

fn entropy() -> Entropy {
    let verifier = core::array::from_fn(|place| place as u8);
    Entropy { verifier, state: core::array::from_fn(|place| place as u8 + 100) }
}

fn state() -> State {
    State::from_entropy(&entropy().state).unwrap()
}

fn grant(scope: Scope) -> Grant {
    let token = Secret::new("token", "token").unwrap();
    Grant::new(token, scope, Duration::from_secs(900), None, Instant::from_millis(0))
}

/// A request as it goes out.
#[derive(Debug, PartialEq, Eq)]
struct Sent {
    line: String,
    bearer: Option<String>,
    content_type: Option<String>,
    body: String,
}

fn sent(request: &Request<'_>) -> Sent {
    let mut body = Vec::new();
    let mut reader = request.body.reader();
    let mut piece = [0; 64];
    loop {
        match reader.read(&mut piece, &mut ()).unwrap() {
            0 => break,
            count => body.extend_from_slice(&piece[..count]),
        }
    }
    Sent {
        line: std::format!("{} {}", request.method.as_str(), request.url),
        bearer: request.bearer.map(ToString::to_string),
        content_type: request.content_type.map(|each| each.as_str().to_string()),
        body: String::from_utf8(body).unwrap(),
    }
}

/// The request of an exchange.
fn request_of(exchange: &impl Exchange) -> Result<Sent, Error> {
    let mut buffer = [0; 4096];
    exchange.request(&mut buffer).map(|request| sent(&request))
}

/// The digest of the page's example (VIDaaS, step 5).
const DIGEST: [u8; 32] = [
    0x16, 0xab, 0xa5, 0x39, 0x3a, 0xd7, 0x2c, 0x00, 0x41, 0xf5, 0x60, 0x0a, 0xd3, 0xc2, 0xc5, 0x2e,
    0xc4, 0x37, 0xa2, 0xf0, 0xc7, 0xfc, 0x08, 0xfa, 0xdf, 0xc3, 0xc0, 0xfe, 0x96, 0x41, 0xd7, 0xa3,
];

fn item(id: &str) -> Item<'_> {
    Item { id, alias: "dummy.pdf", content: Content::Digest(Digest::from_bytes(DIGEST)) }
}

fn order<'a>(items: &'a [Item<'a>], format: Format) -> Order<'a> {
    Order { items, format, padding: None, signature_page: false, certificate_alias: None }
}

fn response(status: u16, body: &mut [u8]) -> Response<'_> {
    Response::new(status, body)
}
