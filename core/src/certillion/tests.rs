//! What the service is sent, and what is read of what it sends.

mod authorization;
mod discovery;
mod downloads;
mod hostile;
mod orders;
mod refusals;
mod requests;
mod signatures;
mod uploads;
mod validation;

use std::format;
use std::string::{String, ToString};
use std::vec::Vec;

use super::*;
use crate::advice::Advice;
use crate::document::Documents;
use crate::error::{Error, PeerError, Refusal};
use crate::exchange::{Exchange, Request, Response};
use crate::identity::Holder;
use crate::oauth::authorization::Authorization;
use crate::oauth::scope::Scope;
use crate::secret::SecretText;

const CLIENT_ID: &str = "6f1a2f7e-client";
const CLIENT_SECRET: &str = "an application's secret";
const REDIRECT_URI: &str = "http://127.0.0.1:8765/callback";
const BASE_URL: &str = "https://certillion.example";
const SIGNER_URL: &str = "https://signer.example";
const TOKEN: SecretText<'static> = SecretText::new("a-token");

fn application<'a>(profile: &'a Profile<'a>) -> Application<'a> {
    let service = Service::at(profile, BASE_URL, SIGNER_URL).unwrap();
    let secret = SecretText::new(CLIENT_SECRET);
    Application::new(service, CLIENT_ID, secret, REDIRECT_URI).unwrap()
}

fn holder() -> Holder {
    Holder::parse("11144477735").unwrap()
}

fn authorization(scope: Scope) -> Authorization {
    Authorization { holder: Some(holder()), scope, lifetime: Some(900) }
}

/// A request as it goes out.
#[derive(Debug, PartialEq, Eq)]
struct Sent {
    line: String,
    bearer: Option<String>,
    content_type: Option<String>,
    header: Option<(&'static str, String)>,
    body: Vec<u8>,
}

impl Sent {
    fn text(&self) -> &str {
        core::str::from_utf8(&self.body).unwrap()
    }
}

/// Documents in memory.
struct Memory<'d> {
    documents: &'d [Vec<u8>],
    rest: &'d [u8],
}

impl Documents for Memory<'_> {
    type Error = ();

    fn begin(&mut self, document: usize) -> Result<(), ()> {
        self.rest = self.documents.get(document).ok_or(())?;
        Ok(())
    }

    fn read(&mut self, out: &mut [u8]) -> Result<usize, ()> {
        let count = self.rest.len().min(out.len());
        let (now, rest) = self.rest.split_at(count);
        out[..count].copy_from_slice(now);
        self.rest = rest;
        Ok(count)
    }
}

/// A request read out in pieces of a size.
fn sent_in(request: &Request<'_>, documents: &[Vec<u8>], size: usize) -> Sent {
    let mut body = Vec::new();
    let mut reader = request.body.reader();
    let mut piece = std::vec![0; size];
    let mut source = Memory { documents, rest: &[] };
    loop {
        match reader.read(&mut piece, &mut source).unwrap() {
            0 => break,
            count => body.extend_from_slice(&piece[..count]),
        }
    }
    assert_eq!(body.len() as u64, request.body.length());
    Sent {
        line: format!("{} {}", request.method.as_str(), request.url),
        bearer: request.bearer.map(ToString::to_string),
        content_type: request.content_type.map(|each| each.as_str().to_string()),
        header: request.header.map(|(name, value)| (name, value.to_string())),
        body,
    }
}

/// The request of an exchange, with these documents in it.
fn request_with(exchange: &impl Exchange, documents: &[Vec<u8>]) -> Result<Sent, Error> {
    let mut buffer = [0; 8192];
    exchange.request(&mut buffer).map(|request| sent_in(&request, documents, 64))
}

/// The request of an exchange.
fn request_of(exchange: &impl Exchange) -> Result<Sent, Error> {
    request_with(exchange, &[])
}

/// A refusal in the service's words, with the advice of its status.
fn refused(status: u16, code: &str, text: &str) -> Error {
    let refusal = Refusal::new(status, code, text);
    // What is unexpected is the support's (API page).
    let is_unexpected = status == 500 && code.is_empty();
    let advice = if is_unexpected { Advice::ContactProvider } else { refusal.advice };
    PeerError::Refused(Refusal { advice, ..refusal }).into()
}

fn response(status: u16, body: &mut [u8]) -> Response<'_> {
    Response::new(status, body)
}
