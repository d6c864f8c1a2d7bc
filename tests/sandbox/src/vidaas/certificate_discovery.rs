//! `GET /v0/oauth/certificate-discovery`: the holder's certificates (manual §3.4).
//!
//! The manual lists `token` among the query parameters and calls it "authorizathion bearer". A
//! token in a URL is refused here (RFC 6750 §2.3, RFC 9700 §4.3.2): the header is the only place.

use std::sync::Arc;

use serde_json::{Value, json};

use super::Vidaas;
use super::refusal::Refusal;
use crate::faults::{Drawn, Fault};
use crate::lock;
use crate::pki::holder::{Holder, HolderCertificate};
use crate::random;
use crate::transport::form::Form;
use crate::transport::request::Request;
use crate::transport::response::Response;

pub(crate) fn handle(
    vidaas: &Vidaas,
    request: &Request,
    faults: &Drawn,
) -> Result<Response, Refusal> {
    refuse_token_in_url(vidaas, request)?;
    let query = Form::parse(&request.query)?;
    let now = vidaas.ground.clock.unix_milliseconds();
    let token = lock(&vidaas.state).bearer(request.header("authorization"), now)?.1.clone();
    let authorised = token.certificate.alias();
    let mut certificates: Vec<&Arc<HolderCertificate>> = token.holder.certificates.iter().collect();
    // The one that the holder authorised comes first.
    certificates.sort_by_key(|certificate| certificate.alias() != authorised);
    if let Some(alias) = query.filled("certificate_alias") {
        certificates.retain(|certificate| certificate.alias() == alias);
    }
    let listed: Vec<Value> = certificates
        .iter()
        .map(|certificate| entry(vidaas, &token.holder, certificate, faults))
        .collect();
    Ok(Response::json(
        200,
        &if listed.is_empty() {
            json!({ "status": "N" })
        } else {
            json!({ "status": "S", "certificates": listed })
        },
    ))
}

/// Refuses a secret in a URL, and remembers that a client sent one.
pub(crate) fn refuse_token_in_url(vidaas: &Vidaas, request: &Request) -> Result<(), Refusal> {
    let query = Form::parse(&request.query)?;
    if query.get("token").is_some() || query.get("access_token").is_some() {
        vidaas.ground.counters.violated("a token in a URL");
        return Err(Refusal::invalid_request("a token does not belong in a URL"));
    }
    Ok(())
}

fn entry(
    vidaas: &Vidaas,
    holder: &Arc<Holder>,
    certificate: &HolderCertificate,
    faults: &Drawn,
) -> Value {
    let another = faults.has(&Fault::WrongAlias);
    let alias = if another { random::uuid() } else { certificate.alias().to_owned() };
    let pem = vidaas.ground.listed_pem(holder, certificate, faults);
    json!({ "alias": alias, "certificate": pem })
}
