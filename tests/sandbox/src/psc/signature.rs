//! `POST signature` (DOC-ICP-17.01 §6.4.5.2): what is asked, whether it may be, and the answer.

use std::collections::HashSet;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

use super::asking::{json as read_json, refuse_secret_in_url};
use super::hand::{Attributes, Hand};
use super::refusal::Refusal;
use super::scope::Scope;
use super::settings::{HashEncoding, Settings};
use super::state::Session;
use super::{Psc, spoiling, wrapping};
use crate::cms::signed_data::Content;
use crate::counters::SignatureRecord;
use crate::faults::Drawn;
use crate::pki::rsa::Padding;
use crate::transport::request::Request;
use crate::transport::response::Response;
use crate::{lock, random};

const SHA256: &str = "2.16.840.1.101.3.4.2.1";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    certificate_alias: Option<String>,
    include_chain: Option<bool>,
    hashes: Vec<Hash>,
}

/// One element. The norm marks none of its members as optional, and knows no `padding_method`, no
/// `base64_content` and no `pdf_signature_page`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Hash {
    id: Id,
    #[serde(rename = "alias")]
    _alias: String,
    hash: String,
    hash_algorithm: String,
    signature_format: String,
}

/// A string, or an integer as one of Soluti's samples has it.
#[derive(Deserialize)]
#[serde(untagged)]
enum Id {
    Number(u64),
    Text(String),
}

/// One element, checked.
struct Item {
    id: String,
    digest: [u8; 32],
    cms: bool,
}

pub(crate) fn handle(
    psc: &Psc,
    request: &Request,
    settings: &Settings,
    faults: &Drawn,
) -> Result<Response, Refusal> {
    match sign(psc, request, settings, faults) {
        Err(refusal) if settings.refusals_as_success && refusal != Refusal::MediaType => {
            let body = json!({ "status": "error", "message": refusal.description() });
            Ok(Response::json(200, &body))
        }
        answer => answer,
    }
}

fn sign(
    psc: &Psc,
    request: &Request,
    settings: &Settings,
    faults: &Drawn,
) -> Result<Response, Refusal> {
    refuse_secret_in_url(psc, request)?;
    let now = psc.ground.clock.unix_milliseconds();
    let header = request.header("authorization");
    let session = session(psc, header, now)?;
    let body: Body = read_json(request)?;
    let chain = chain(settings, body.include_chain)?;
    let items = check(psc, &session, settings, body)?;
    {
        // Between the two locks another request may have used the token: it is read again.
        let mut state = lock(&psc.state);
        let name = state.bearer(header, now)?.0.to_owned();
        if session.scope != Scope::SignatureSession
            && let Some(token) = state.tokens.get_mut(&name)
        {
            token.spent = true;
        }
    }
    let hand = Hand::of(&psc.ground, (&session.holder, &session.certificate), chain, faults);
    let mut elements: Vec<Value> =
        items.iter().map(|item| element(psc, &session, settings, &hand, item)).collect();
    let mut alias = psc.alias(&session.certificate);
    spoiling::signatures(&mut elements, &mut alias, faults);
    Ok(Response::json(200, &json!({ "certificate_alias": alias, "signatures": elements })))
}

/// What the token gives over a key.
fn session(psc: &Psc, header: Option<&str>, now: i64) -> Result<Session, Refusal> {
    let state = lock(&psc.state);
    let session = state.bearer(header, now)?.1.session.clone();
    let refusal = |text: &str| Refusal::new(403, "insufficient_scope", text);
    let session =
        session.ok_or_else(|| refusal("the application's own token does not authorise signing"))?;
    if session.scope == Scope::AuthenticationSession {
        return Err(refusal("authentication_session does not allow the use of the key"));
    }
    Ok(session)
}

fn chain(settings: &Settings, include_chain: Option<bool>) -> Result<bool, Refusal> {
    match include_chain {
        Some(_) if !settings.include_chain => Err(Refusal::malformed("include_chain is unknown")),
        asked => Ok(asked.unwrap_or(settings.chain_in_cms)),
    }
}

fn check(
    psc: &Psc,
    session: &Session,
    settings: &Settings,
    body: Body,
) -> Result<Vec<Item>, Refusal> {
    let refuse = |description: &str| Err(Refusal::malformed(description));
    if body.certificate_alias.is_some_and(|alias| alias != psc.alias(&session.certificate)) {
        return refuse("certificate_alias is not the certificate that the holder authorised");
    }
    if body.hashes.is_empty() {
        return refuse("hashes is empty");
    }
    if body.hashes.len() > settings.hashes_per_request {
        return refuse("more hashes than one request may hold");
    }
    if session.scope == Scope::SingleSignature && body.hashes.len() != 1 {
        return refuse("single_signature allows one hash");
    }
    let items: Result<Vec<Item>, Refusal> =
        body.hashes.into_iter().map(|hash| check_one(settings, hash)).collect();
    let items = items?;
    let mut ids = HashSet::new();
    if items.iter().any(|item| item.id.is_empty() || !ids.insert(item.id.clone())) {
        return refuse("an id is empty or repeated");
    }
    Ok(items)
}

fn check_one(settings: &Settings, hash: Hash) -> Result<Item, Refusal> {
    if hash.hash_algorithm != SHA256 {
        return Err(Refusal::malformed("hash_algorithm is not the OID of SHA-256"));
    }
    let digest = decode_hash(settings.hash_encoding, &hash.hash).ok_or_else(|| {
        Refusal::malformed(match settings.hash_encoding {
            HashEncoding::Base64 => "hash is not base64 of 32 bytes",
            HashEncoding::Hexadecimal => "hash is not hexadecimal of 32 bytes",
        })
    })?;
    let cms = match hash.signature_format.as_str() {
        "RAW" => false,
        "CMS" => true,
        _ => return Err(Refusal::malformed("signature_format is neither RAW nor CMS")),
    };
    let id = match hash.id {
        Id::Number(number) => number.to_string(),
        Id::Text(text) => text,
    };
    Ok(Item { id, digest, cms })
}

fn decode_hash(encoding: HashEncoding, text: &str) -> Option<[u8; 32]> {
    let bytes = match encoding {
        HashEncoding::Base64 => BASE64_STANDARD.decode(text).ok()?,
        HashEncoding::Hexadecimal => {
            if !text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
                return None;
            }
            let pairs = text.as_bytes().chunks(2).map(|pair| {
                core::str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok())
            });
            pairs.collect::<Option<Vec<u8>>>().filter(|_| text.len() == 64)?
        }
    };
    bytes.try_into().ok()
}

/// Signs, counts and dresses one element.
fn element(psc: &Psc, session: &Session, settings: &Settings, hand: &Hand, item: &Item) -> Value {
    let raw_signature = if item.cms {
        let signing_time = Some(psc.ground.clock.unix_seconds());
        let attributes = Attributes { signing_time, ..Attributes::default() };
        let cms = hand.sign_data(item.digest, Content::Detached, &attributes);
        let opened = settings.cms_indefinite.then(|| wrapping::indefinite(&cms)).flatten();
        settings.cms_wrapping.dress(opened.as_deref().unwrap_or(&cms))
    } else {
        settings.raw_wrapping.dress(&hand.sign_raw(Padding::Pkcs1V15, item.digest))
    };
    psc.ground.counters.signed(SignatureRecord {
        psc: psc.name(),
        holder: session.holder.identification.to_owned(),
        id: item.id.clone(),
        hash: random::hexadecimal(&item.digest),
        format: if item.cms { "CMS" } else { "RAW" }.to_owned(),
    });
    let number = item.id.parse::<u64>().ok().filter(|_| settings.numeric_ids);
    let id = number.map_or_else(|| json!(item.id), |number| json!(number));
    json!({ "id": id, "raw_signature": raw_signature })
}
