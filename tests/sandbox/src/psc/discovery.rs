//! `GET certificate-discovery` and `POST user-discovery`: which certificates there are.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};

use super::Psc;
use super::asking::{json as read_json, refuse_secret_in_url, refuse_unknown};
use super::refusal::Refusal;
use super::settings::{Listing, Settings};
use super::state::{State, Token};
use crate::faults::{Drawn, Fault};
use crate::pki::holder::{Holder, HolderCertificate};
use crate::transport::form::Form;
use crate::transport::request::Request;
use crate::transport::response::Response;
use crate::{lock, random};

type Listed = (Arc<Holder>, Arc<HolderCertificate>);

pub(crate) fn certificates(
    psc: &Psc,
    request: &Request,
    settings: &Settings,
    faults: &Drawn,
) -> Result<Response, Refusal> {
    refuse_secret_in_url(psc, request)?;
    let query = Form::parse(&request.query)?;
    refuse_unknown(&query, &["certificate_alias"], settings.discovery_extras)?;
    let now = psc.ground.clock.unix_milliseconds();
    let mut listed = {
        let state = lock(&psc.state);
        let token = state.bearer(request.header("authorization"), now)?.1;
        visible(psc, &state, token, settings)?
    };
    if query.get("from_authorization") == Some("true") {
        listed.truncate(1);
    }
    if let Some(alias) = query.filled("certificate_alias") {
        listed.retain(|(_, certificate)| psc.alias(certificate) == alias);
    }
    let listed: Vec<Value> = listed
        .iter()
        .map(|(holder, certificate)| {
            let another = faults.has(&Fault::WrongAlias);
            let alias = if another { random::uuid() } else { psc.alias(certificate) };
            let pem = psc.ground.listed_pem(holder, certificate, faults);
            json!({ "alias": alias, "certificate": pem })
        })
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

/// What a token may see; with a session, the authorised certificate first.
fn visible(
    psc: &Psc,
    state: &State,
    token: &Token,
    settings: &Settings,
) -> Result<Vec<Listed>, Refusal> {
    let all = |holder: &Arc<Holder>| {
        holder.certificates.iter().map(|it| (Arc::clone(holder), Arc::clone(it))).collect()
    };
    match (&token.session, settings.listing) {
        (Some(session), Listing::ByToken) if !session.by_password => {
            Ok(vec![(Arc::clone(&session.holder), Arc::clone(&session.certificate))])
        }
        (Some(session), _) => {
            let mut listed: Vec<Listed> = all(&session.holder);
            let authorised = session.certificate.alias();
            listed.sort_by_key(|(_, certificate)| certificate.alias() != authorised);
            Ok(listed)
        }
        (None, Listing::ByToken) => {
            let known = |holder: &&Arc<Holder>| {
                let key = (token.client_id.clone(), holder.identification.to_owned());
                state.known.contains(&key)
            };
            Ok(psc
                .ground
                .holders
                .iter()
                .filter(known)
                .flat_map(|it| -> Vec<Listed> { all(it) })
                .collect())
        }
        (None, Listing::Holder) => Err(Refusal::new(
            403,
            "insufficient_scope",
            "the application's own token names no holder",
        )),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lookup {
    client_id: String,
    client_secret: String,
    user_cpf_cnpj: String,
    val_cpf_cnpj: String,
}

/// `POST user-discovery`: whether a CPF or CNPJ has certificates.
pub(crate) fn user(psc: &Psc, request: &Request) -> Result<Response, Refusal> {
    let body: Lookup = read_json(request)?;
    lock(&psc.state).authenticate(&body.client_id, &body.client_secret)?;
    let length = match body.user_cpf_cnpj.as_str() {
        "CPF" => 11,
        "CNPJ" => 14,
        _ => return Err(Refusal::malformed("user_cpf_cnpj is neither CPF nor CNPJ")),
    };
    let value = &body.val_cpf_cnpj;
    if value.len() != length || !value.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(Refusal::malformed("val_cpf_cnpj is not of that kind, or is masked"));
    }
    let now = psc.ground.clock.unix_seconds();
    let holder = psc.ground.holder(value).filter(|it| it.kind.wire_name() == body.user_cpf_cnpj);
    let slots: Vec<Value> = holder
        .iter()
        .flat_map(|holder| holder.certificates_in_date(now))
        .map(|slot| json!({ "slot_alias": psc.alias(slot), "label": slot.label() }))
        .collect();
    Ok(Response::json(
        200,
        &if slots.is_empty() {
            json!({ "status": "N" })
        } else {
            json!({ "status": "S", "slots": slots })
        },
    ))
}
