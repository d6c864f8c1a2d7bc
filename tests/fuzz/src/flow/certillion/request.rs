//! A request of a signing, read by another hand than the one that wrote it.

use core::convert::Infallible;

use rubrica_core::certillion::{Application, Order, Progress};
use rubrica_core::document::{Documents, Place};
use rubrica_core::exchange::{ContentType, Effect, Method, Request};
use serde_json::Value;

use super::office::{self, BASE_URL, CLIENT_ID, CLIENT_SECRET, SIGNER_URL};
use super::service::Asked;
use crate::multipart;

/// What stands between the service's address and the paths (API page).
const PREFIX: &str = "/css/restful/application";

/// What a request asks for, and the token that it bears, with all that must hold of it.
pub(super) fn read(
    request: &Request<'_>,
    application: &Application<'_>,
    order: &Order<'_>,
    progress: &[Progress],
) -> (Asked, Option<String>) {
    let is_signer = application.psc().as_str() == "CERTILLION_SIGNER";
    let base = if is_signer { SIGNER_URL } else { BASE_URL };
    let url = request.url;
    let path = url.strip_prefix(base).expect("the service's own address");
    let path = path.strip_prefix(PREFIX).expect("below the prefix");
    assert!(url.bytes().all(|byte| byte.is_ascii_graphic()) && !url.contains(['?', '#']), "{url}");
    assert!(!url.contains(CLIENT_SECRET) && request.header.is_none());
    let bearer = request.bearer.map(str::to_owned);
    let bears_well =
        |token: &String| !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic());
    let body = body(request);

    let asked = match (request.method, path) {
        (Method::Post, "/oauth/client_token") => {
            assert_eq!((request.content_type, &bearer), (Some(ContentType::Form), &None));
            let pairs: Vec<_> = form_urlencoded::parse(&body).into_owned().collect();
            let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
            let expected = [
                pair("client_id", CLIENT_ID),
                pair("client_secret", CLIENT_SECRET),
                pair("grant_type", "client_credentials"),
            ];
            assert_eq!(pairs, expected);
            Asked::Token
        }
        (Method::Post, "/oauth/document") => {
            let Some(ContentType::Multipart(content_type)) = request.content_type else {
                panic!("a document in something else than a form");
            };
            let file = multipart::read(content_type, &body);
            let number =
                order.items.iter().position(|item| file.name == item.alias.replace('"', "%22"));
            let number = number.expect("a name of the order's");
            assert!(file.content == office::document(number), "another document");
            assert_eq!(file.field, "file");
            let media_type = order.items[number].media_type;
            assert_eq!(file.media_type, media_type.unwrap_or("application/octet-stream"));
            Asked::Upload(number)
        }
        (Method::Post, "/oauth/signature") => {
            assert_eq!(request.content_type, Some(ContentType::Json));
            Asked::Sign(documents(&body, order, progress))
        }
        (Method::Get, path) => {
            assert_eq!(request.content_type, None);
            let name = path.strip_prefix("/oauth/document/").expect("the download's path");
            assert!(!matches!(name, "." | "..") && !name.contains('/'), "{name} goes elsewhere");
            let place = request.document.expect("a document is awaited");
            let number = place.document();
            assert!(matches!(place, Place::Body { .. }));
            // A query whose only name it is: what is written there reads back.
            let query = name.replace('+', "%2B");
            let (transaction, _) = form_urlencoded::parse(query.as_bytes()).next().expect("one");
            assert_eq!(transaction, progress[number].transaction.as_str());
            Asked::Download(number)
        }
        (_, path) => panic!("{:?} {path}", request.method),
    };
    let once = matches!(asked, Asked::Sign(_));
    assert_eq!(request.effect, if once { Effect::Once } else { Effect::Safe });
    assert_eq!(request.document.is_some(), matches!(asked, Asked::Download(_)));
    assert_eq!(bearer.is_none(), asked == Asked::Token);
    assert!(bearer.as_ref().is_none_or(bears_well));
    (asked, bearer)
}

/// Bytes of the longest signed document that a request takes.
pub(super) fn most(request: &Request<'_>) -> Option<u64> {
    match request.document {
        Some(Place::Body { most, .. }) => Some(most),
        _ => None,
    }
}

/// The documents of a request for signatures, each by its hash, in the order's order.
fn documents(body: &[u8], order: &Order<'_>, progress: &[Progress]) -> Vec<(usize, String)> {
    let body: Value = serde_json::from_slice(body).expect("what we write is JSON");
    assert_eq!(body["signature_standard"], order.standard.as_str());
    assert_eq!(body["detached"], order.detached);
    assert_eq!(body.get("signature_policy").is_some(), order.policy.is_some());
    assert_eq!(body.get("pki_name").and_then(Value::as_str), order.pki_name);
    assert_eq!(body.get("certificate_alias").and_then(Value::as_str), order.certificate_alias);
    let hashes = body["hashes"].as_array().expect("an array").iter();
    let documents: Vec<_> = hashes
        .map(|hash| {
            let id = hash["id"].as_str().expect("a text");
            let number = order.items.iter().position(|item| item.id == id).expect("ours");
            assert_eq!(hash["alias"], order.items[number].alias);
            assert_eq!(hash["hash"], progress[number].hash.as_str());
            (number, id.to_owned())
        })
        .collect();
    assert!(!documents.is_empty() && documents.is_sorted_by(|one, next| one.0 < next.0));
    documents
}

/// All bytes of a request's body, with its document.
fn body(request: &Request<'_>) -> Vec<u8> {
    let mut reader = request.body.reader();
    let (mut body, mut piece) = (Vec::new(), [0; 512]);
    let mut documents = Shelf(Vec::new());
    while let count @ 1.. = reader.read(&mut piece, &mut documents).expect("as announced") {
        body.extend_from_slice(&piece[..count]);
    }
    assert_eq!(body.len() as u64, request.body.length(), "another length than announced");
    body
}

/// The documents that are sent.
struct Shelf(Vec<u8>);

impl Documents for Shelf {
    type Error = Infallible;

    fn begin(&mut self, document: usize) -> Result<(), Infallible> {
        self.0 = office::document(document);
        Ok(())
    }

    fn read(&mut self, out: &mut [u8]) -> Result<usize, Infallible> {
        let count = out.len().min(self.0.len());
        out[..count].copy_from_slice(&self.0[..count]);
        self.0.drain(..count);
        Ok(count)
    }
}
