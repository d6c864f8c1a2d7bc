//! `POST oauth/signature`: what is asked, and whether it may be.

use std::collections::HashSet;

use serde::Deserialize;

use super::asking::{json as read_json, refuse_query, required, session};
use super::options::StandardOptions;
use super::refusal::Refusal;
use super::reply::{self, Entry};
use super::settings::{DocumentHash, Failures, PolicySpelling, Settings};
use super::signing::{self, Level, Made, Plan, Standard};
use super::state::{Document, Outcome, Session, State, Token, Transaction};
use super::status::Status;
use super::{Asked, Certillion};
use crate::counters::SignatureRecord;
use crate::faults::Fault;
use crate::pki::holder::Standing;
use crate::psc::scope::Scope;
use crate::transport::response::Response;
use crate::{lock, random};

const SHA256: &str = "2.16.840.1.101.3.4.2.1";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    certificate_alias: Option<String>,
    detached: Option<bool>,
    hashes: Option<Vec<Hash>>,
    pki_name: Option<String>,
    signature_policy: Option<String>,
    signature_standard: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Hash {
    id: Option<String>,
    alias: Option<String>,
    hash: Option<String>,
    hash_algorithm: Option<String>,
    signature_standard_options: Option<StandardOptions>,
}

/// One element of a request, checked.
pub(crate) struct Item {
    pub(crate) id: String,
    pub(crate) alias: String,
    pub(crate) options: StandardOptions,
    /// The document, or what is wrong with its hash.
    document: Result<Document, Refusal>,
}

pub(crate) fn handle(certillion: &Certillion, asked: Asked<'_>) -> Result<Response, Refusal> {
    let Asked { request, settings, faults, .. } = asked;
    if !request.has_content_type("application/json") {
        return Err(Refusal::MediaType);
    }
    refuse_query(certillion, request)?;
    let token = super::asking::token(certillion, asked)?;
    let session = session(&token, asked)?;
    refuse_spent(&token)?;
    let body: Body = read_json(request).map_err(|it| Refusal::wrong(it.description()))?;
    let plan = plan(certillion, &session, settings, &body)?;
    let items = check(certillion, &token, &session, settings, body.hashes)?;
    spend(certillion, asked, &session)?;

    let mut made: Vec<Result<Made, Refusal>> = Vec::with_capacity(items.len());
    for (place, item) in items.iter().enumerate() {
        let failed = faults.iter().find_map(|fault| match fault {
            Fault::EntryStatus { code, entry } if entry.is_none_or(|entry| entry == place) => {
                Some(Status::of(*code))
            }
            _ => None,
        });
        made.push(match (failed, &item.document) {
            (Some(status), _) => Err(Refusal::new(400, status, "as the fault has it")),
            (None, Err(refusal)) => Err(refusal.clone()),
            (None, Ok(document)) => {
                signing::sign(certillion, &session, &plan, item, document, asked)
            }
        });
    }
    let by_fault = faults.iter().any(|fault| matches!(fault, Fault::EntryStatus { .. }));
    let refusal = made.iter().find_map(|made| made.as_ref().err());
    if let Some(refusal) = refusal.filter(|_| settings.failures == Failures::Request && !by_fault) {
        // Nothing was signed, so nothing was used up.
        restore(certillion, asked);
        return Err(refusal.clone());
    }
    let entries = record(certillion, &token, &session, &plan, &items, made, asked);
    if faults.has(&Fault::TimeoutAfterSigning) {
        return Err(Refusal::new(504, Status::TIMEOUT, "the PSC did not answer in time"));
    }
    Ok(reply::response(certillion, &session, &plan, &entries, asked))
}

/// What is to be done with every document.
fn plan(
    certillion: &Certillion,
    session: &Session,
    settings: &Settings,
    body: &Body,
) -> Result<Plan, Refusal> {
    let standard = match required(&body.signature_standard, "signature_standard")? {
        "PADES" => Standard::Pades,
        "PADES_ICP_BR" => Standard::PadesIcpBr,
        "CADES" => Standard::Cades,
        "XADES" => Standard::Xades,
        _ => return Err(Refusal::wrong("signature_standard is unknown")),
    };
    if settings.members_required && body.detached.is_none() {
        return Err(Refusal::missing("detached"));
    }
    if settings.members_required || body.pki_name.is_some() {
        let name = required(&body.pki_name, "pki_name")?;
        if name != "ICP_BR" {
            return Err(Refusal::wrong("pki_name is not ICP_BR"));
        }
    }
    let level = match &body.signature_policy {
        None if standard == Standard::Pades => None,
        policy => Some(level(required(policy, "signature_policy")?, settings)?),
    };
    let detached = body.detached.unwrap_or_default();
    if detached && standard != Standard::Cades {
        let detail = "beyond the emulator: detached XAdES; a PDF is never detached";
        return Err(Refusal::new(400, Status::REQUEST_BAD_PROFILE, detail));
    }
    check_certificate(certillion, session, settings, body.certificate_alias.as_deref())?;
    Ok(Plan { standard, level, detached })
}

/// The policy's level, in the spelling that is accepted.
fn level(policy: &str, settings: &Settings) -> Result<Level, Refusal> {
    let bad = |detail: &str| Refusal::new(400, Status::REQUEST_BAD_PROFILE, detail);
    let hyphen = || policy.strip_prefix("AD-");
    let underscore = || policy.strip_prefix("AD_");
    let level = match settings.policy_spelling {
        PolicySpelling::Underscore => underscore(),
        PolicySpelling::Hyphen => hyphen(),
        PolicySpelling::Both => underscore().or_else(hyphen),
    };
    match level {
        Some("RB") => Ok(Level::Rb),
        Some("RT") => Ok(Level::Rt),
        Some("RV" | "RC" | "RA") => Err(bad("beyond the emulator: only AD_RB and AD_RT")),
        _ => Err(bad("signature_policy is unknown")),
    }
}

/// The certificate that the token is of, as far as the request and the settings look.
fn check_certificate(
    certillion: &Certillion,
    session: &Session,
    settings: &Settings,
    alias: Option<&str>,
) -> Result<(), Refusal> {
    let certificate = &session.certificate;
    let missing = |detail| Refusal::new(400, Status::CERTIFICATE_NOT_FOUND, detail);
    if alias.is_some_and(|alias| alias != certificate.alias()) {
        return Err(missing("certificate_alias is not of the certificate that was authorised"));
    }
    if !super::asking::is_valid(certillion, certificate, settings) {
        return Err(missing("there is no valid certificate"));
    }
    if settings.checks_certificates && certificate.standing() == Standing::UnknownRoot {
        let detail = "the certificate's chain is not valid";
        return Err(Refusal::new(400, Status::CERTIFICATE_INVALID, detail));
    }
    Ok(())
}

fn check(
    certillion: &Certillion,
    token: &Token,
    session: &Session,
    settings: &Settings,
    hashes: Option<Vec<Hash>>,
) -> Result<Vec<Item>, Refusal> {
    let hashes = hashes.filter(|it| !it.is_empty()).ok_or_else(|| Refusal::missing("hashes"))?;
    if hashes.len() > settings.hashes_per_request {
        return Err(Refusal::wrong("more hashes than one request may hold"));
    }
    if session.scope == Scope::SingleSignature && hashes.len() != 1 {
        let text = "more than one hash with a token of single_signature";
        certillion.ground.counters.violated(text);
        return Err(Refusal::wrong("single_signature allows one hash"));
    }
    let state = lock(&certillion.state);
    let mut ids = HashSet::new();
    let mut items = Vec::with_capacity(hashes.len());
    for hash in hashes {
        let id = required(&hash.id, "id")?.to_owned();
        if !ids.insert(id.clone()) {
            return Err(Refusal::new(400, Status::REQUEST_DUPLICATED, "an id is repeated"));
        }
        let alias = required(&hash.alias, "alias")?.to_owned();
        let name = required(&hash.hash, "hash")?;
        if hash.hash_algorithm.is_some_and(|it| it != SHA256) {
            let detail = "hash_algorithm is not the OID of SHA-256";
            return Err(Refusal::new(400, Status::ERROR_ON_PREPARE_SIGNATURE, detail));
        }
        let document = find(&state, &token.client_id, name, settings);
        let options = hash.signature_standard_options.unwrap_or_default();
        options.check()?;
        items.push(Item { id, alias, options, document });
    }
    Ok(items)
}

/// The document that a `hash` names.
fn find(
    state: &State,
    client_id: &str,
    name: &str,
    settings: &Settings,
) -> Result<Document, Refusal> {
    if let Some(document) = state.document(client_id, name) {
        return Ok(document.clone());
    }
    if settings.document_hash == DocumentHash::Sha256 && !is_digest(name) {
        let detail = "the hash is not base64 of 32 bytes";
        return Err(Refusal::new(400, Status::ERROR_ON_PREPARE_SIGNATURE, detail));
    }
    Err(Refusal::new(400, Status::DOCUMENT_NOT_FOUND, "the document was not uploaded"))
}

fn is_digest(text: &str) -> bool {
    use base64::Engine;
    use base64::prelude::BASE64_STANDARD;
    BASE64_STANDARD.decode(text).is_ok_and(|bytes| bytes.len() == 32)
}

/// Uses a token up that is for one request. Between two locks another request may have used it:
/// it is read again.
fn spend(certillion: &Certillion, asked: Asked<'_>, session: &Session) -> Result<(), Refusal> {
    let now = certillion.ground.clock.unix_milliseconds();
    let mut state = lock(&certillion.state);
    let (name, token) = state.bearer(asked.request.header("authorization"), now)?;
    refuse_spent(token)?;
    let name = name.to_owned();
    if session.scope != Scope::SignatureSession
        && let Some(token) = state.tokens.get_mut(&name)
    {
        token.spent = true;
    }
    Ok(())
}

fn refuse_spent(token: &Token) -> Result<(), Refusal> {
    if token.spent {
        return Err(Refusal::new(401, Status::INVALID_ACCESS_TOKEN, "the token was used"));
    }
    Ok(())
}

fn restore(certillion: &Certillion, asked: Asked<'_>) {
    let header = asked.request.header("authorization").unwrap_or_default();
    let name = header.split_once(' ').map(|(_, name)| name).unwrap_or_default();
    if let Some(token) = lock(&certillion.state).tokens.get_mut(name) {
        token.spent = false;
    }
}

/// Counts the signatures and keeps the transactions.
fn record(
    certillion: &Certillion,
    token: &Token,
    session: &Session,
    plan: &Plan,
    items: &[Item],
    made: Vec<Result<Made, Refusal>>,
    asked: Asked<'_>,
) -> Vec<Entry> {
    let mut state = lock(&certillion.state);
    let mut entries = Vec::with_capacity(items.len());
    for (item, made) in items.iter().zip(made) {
        let digest = item.document.as_ref().map(|it| it.digest).unwrap_or_default();
        let (result, signature, status) = match made {
            Ok(made) => {
                certillion.ground.counters.signed(SignatureRecord {
                    psc: "certillion",
                    holder: session.holder.identification.to_owned(),
                    id: item.id.clone(),
                    hash: random::hexadecimal(&digest),
                    format: plan.standard.wire_name().to_owned(),
                });
                (made.result, Some(made.signature), (Status::SIGNATURE_VALID, None))
            }
            Err(Refusal::Status { status, detail, .. }) => {
                (Outcome::Failed, None, (status, Some(detail)))
            }
            Err(other) => {
                let detail = Some(other.description().to_owned());
                (Outcome::Failed, None, (Status::INTERNAL_ERROR, detail))
            }
        };
        if state.next_transaction == 0 {
            state.next_transaction = u64::from(u32::from_be_bytes(random::bytes())) | 1;
        }
        let number = state.next_transaction;
        state.next_transaction += 1;
        let uuid = random::uuid();
        let client_id = token.client_id.clone();
        let transaction = Transaction { client_id, uuid: uuid.clone(), number, digest, result };
        state.keep_transaction(transaction, asked.settings);
        let (id, alias) = (item.id.clone(), item.alias.clone());
        entries.push(Entry { id, alias, status, uuid, number, signature });
    }
    entries
}
