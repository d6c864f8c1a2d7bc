//! `POST /v0/oauth/signature` (manual §3.2): what is asked, whether it may be, and the answer.

use std::collections::HashSet;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

use super::certificate_discovery::refuse_token_in_url;
use super::rates::Rate;
use super::refusal::Refusal;
use super::signing::{self, Format, Item};
use super::state::{Scope, State, Token};
use super::{Vidaas, signing::Signed};
use crate::counters::SignatureRecord;
use crate::faults::{Drawn, Fault};
use crate::lock;
use crate::pki::certificate::wrap;
use crate::pki::rsa::Padding;
use crate::psc::spoiling;
use crate::random;
use crate::transport::request::Request;
use crate::transport::response::Response;

const SHA256: &str = "2.16.840.1.101.3.4.2.1";
const MINUTE: i64 = 60_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    certificate_alias: Option<String>,
    hashes: Vec<Hash>,
}

/// One element. The manual marks as optional `padding_method`, `pdf_signature_page` and
/// `base64_content` alone, so the others are mandatory.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Hash {
    id: String,
    #[serde(rename = "alias")]
    _alias: String,
    hash: String,
    hash_algorithm: String,
    signature_format: String,
    padding_method: Option<String>,
    pdf_signature_page: Option<Page>,
    base64_content: Option<String>,
}

/// `"true"` and `"false"` as the manual has them, or booleans as clients send them.
#[derive(Deserialize)]
#[serde(untagged)]
enum Page {
    Boolean(bool),
    Text(String),
}

pub(crate) fn handle(
    vidaas: &Vidaas,
    request: &Request,
    faults: &Drawn,
) -> Result<Response, Refusal> {
    if !request.has_content_type("application/json") {
        return Err(Refusal::MediaType);
    }
    refuse_token_in_url(vidaas, request)?;
    let now = vidaas.ground.clock.unix_milliseconds();
    let authorization = request.header("authorization");
    let token = {
        let mut state = lock(&vidaas.state);
        let token = state.bearer(authorization, now)?.1.clone();
        admit(vidaas, &mut state, &token, now)?;
        token
    };
    let body: Body = serde_json::from_slice(&request.body)?;
    let items = check(vidaas, &token, body)?;
    let name = {
        // Between the two locks another request may have used the token: it is read again.
        let mut state = lock(&vidaas.state);
        let name = state.bearer(authorization, now)?.0.to_owned();
        let rate = Rate::Signatures(token.client_id.clone());
        let limit = vidaas.settings.signatures_per_minute;
        if !state.rates.take(rate, items.len(), limit, MINUTE, now) {
            return Err(too_many(vidaas));
        }
        if token.scope != Scope::SignatureSession
            && let Some(token) = state.tokens.get_mut(&name)
        {
            token.spent = true;
        }
        name
    };
    let signed: Result<Vec<Signed>, Refusal> =
        items.iter().map(|item| signing::sign(vidaas, &token, item, faults)).collect();
    let signatures = match signed {
        Ok(signatures) => signatures,
        Err(refusal) => {
            // Nothing was signed, so nothing was used up.
            if let Some(token) = lock(&vidaas.state).tokens.get_mut(&name) {
                token.spent = false;
            }
            return Err(refusal);
        }
    };
    for item in &items {
        vidaas.ground.counters.signed(SignatureRecord {
            psc: "vidaas",
            holder: token.holder.identification.to_owned(),
            id: item.id.clone(),
            hash: random::hexadecimal(&item.digest),
            format: item.format_name.clone(),
        });
    }
    Ok(answer(&token, &items, &signatures, faults))
}

fn too_many(vidaas: &Vidaas) -> Refusal {
    Refusal::TooMany { retry_after: vidaas.settings.retry_after.clone() }
}

/// What can be refused without reading the body.
fn admit(vidaas: &Vidaas, state: &mut State, token: &Token, now: i64) -> Result<(), Refusal> {
    if token.scope == Scope::AuthenticationSession {
        return Err(Refusal::Bearer {
            status: 403,
            error: "insufficient_scope",
            description: "authentication_session does not allow the use of the key",
        });
    }
    let rate = Rate::SignatureRequests(token.holder.identification.to_owned());
    if !state.rates.take(rate, 1, vidaas.settings.signature_requests_per_minute, MINUTE, now) {
        return Err(too_many(vidaas));
    }
    Ok(())
}

fn check(vidaas: &Vidaas, token: &Token, body: Body) -> Result<Vec<Item>, Refusal> {
    let refuse = |description: &str| Err(Refusal::invalid_request(description));
    if body.certificate_alias.is_some_and(|alias| alias != token.certificate.alias()) {
        return refuse("certificate_alias is not the certificate that the holder authorised");
    }
    if body.hashes.is_empty() {
        return refuse("hashes is empty");
    }
    if body.hashes.len() > vidaas.settings.documents_per_request {
        return refuse("more documents than one request may hold");
    }
    if token.scope == Scope::SingleSignature && body.hashes.len() != 1 {
        return refuse("single_signature allows one hash");
    }
    let mut ids = HashSet::new();
    if body.hashes.iter().any(|hash| hash.id.is_empty() || !ids.insert(hash.id.clone())) {
        return refuse("an id is empty or repeated");
    }
    body.hashes.into_iter().map(|hash| check_one(vidaas, hash)).collect()
}

fn check_one(vidaas: &Vidaas, hash: Hash) -> Result<Item, Refusal> {
    let refuse = |description: &str| Err(Refusal::invalid_request(description));
    if hash.hash_algorithm != SHA256 {
        return refuse("hash_algorithm is not the OID of SHA-256");
    }
    let decoded = BASE64_STANDARD.decode(&hash.hash).ok();
    let Some(digest) = decoded.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok()) else {
        return refuse("hash is not base64 of 32 bytes");
    };
    let Some(format) = Format::parse(&hash.signature_format) else {
        return refuse("signature_format is unknown");
    };
    let padding = match hash.padding_method.as_deref() {
        None | Some("PKCS1V1_5") => Padding::Pkcs1V15,
        Some("PSS") if format == Format::Raw => Padding::Pss,
        Some("PSS") => return refuse("PSS is not among the policies' algorithms"),
        // What VIDaaS does with NONE is told nowhere.
        Some("NONE") => return refuse("padding_method NONE is not available in the sandbox"),
        Some(_) => return refuse("padding_method is unknown"),
    };
    let page = match hash.pdf_signature_page {
        None => false,
        Some(Page::Boolean(truth)) => truth,
        Some(Page::Text(text)) if text == "true" => true,
        Some(Page::Text(text)) if text == "false" => false,
        Some(Page::Text(_)) => return refuse("pdf_signature_page is neither true nor false"),
    };
    let content = match hash.base64_content {
        None => None,
        Some(text) => Some(decode_content(vidaas, &text, &digest)?),
    };
    if matches!(format, Format::Pades { .. }) && content.is_none() {
        return refuse("PAdES needs base64_content");
    }
    if page && !matches!(format, Format::Pades { .. }) {
        return refuse("pdf_signature_page is for PAdES");
    }
    let format_name = hash.signature_format;
    Ok(Item { id: hash.id, digest, format, format_name, padding, page, content })
}

/// The document, which must be the one whose hash was sent: the service may not look, but a
/// client that sends two that differ is wrong.
fn decode_content(vidaas: &Vidaas, text: &str, digest: &[u8; 32]) -> Result<Vec<u8>, Refusal> {
    let content = BASE64_STANDARD
        .decode(text)
        .map_err(|_| Refusal::invalid_request("base64_content is not base64"))?;
    if content.len() > vidaas.settings.document_limit {
        return Err(Refusal::new(413, "invalid_request", "the document is too large"));
    }
    if random::sha256(&content) != *digest {
        return Err(Refusal::invalid_request("hash is not the SHA-256 of base64_content"));
    }
    Ok(content)
}

fn answer(token: &Token, items: &[Item], signatures: &[Signed], faults: &Drawn) -> Response {
    let bare = faults.has(&Fault::BareBase64);
    let mut elements: Vec<Value> = items
        .iter()
        .zip(signatures)
        .map(|(item, signed)| {
            let mut element =
                json!({ "id": item.id, "raw_signature": BASE64_STANDARD.encode(&signed.raw) });
            if let Some(file) = &signed.file {
                let text = BASE64_STANDARD.encode(file);
                // Lines of 76 with CRLF, which are to be removed before decoding (manual §3.2).
                let text = if bare { text } else { wrap(&text, 76) };
                element["file_base64_signed"] = json!(text);
            }
            element
        })
        .collect();
    let mut alias = token.certificate.alias().to_owned();
    spoiling::signatures(&mut elements, &mut alias, faults);
    Response::json(200, &json!({ "signatures": elements, "certificate_alias": alias }))
}
