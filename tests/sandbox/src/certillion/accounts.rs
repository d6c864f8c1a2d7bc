//! `POST oauth/find-psc-accounts`, `GET oauth/psc-info` and `POST oauth/user-discovery`: who has a
//! certificate where.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};

use super::asking::{self, is_identification, refuse_query, required};
use super::psc::{has_account, listed, usable};
use super::refusal::Refusal;
use super::settings::{PscList, Settings};
use super::status::Status;
use super::{Asked, Certillion};
use crate::lock;
use crate::pki::holder::{Holder, HolderKind};
use crate::transport::form::Form;
use crate::transport::response::Response;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lookup {
    client_id: Option<String>,
    client_secret: Option<String>,
    psc: Option<String>,
    user_cpf_cnpj: Option<String>,
    val_cpf_cnpj: Option<String>,
}

/// At which PSCs a CPF or CNPJ has a certificate.
pub(crate) fn find(certillion: &Certillion, asked: Asked<'_>) -> Result<Response, Refusal> {
    refuse_query(certillion, asked.request)?;
    let header = asked.request.header("authorization");
    if header.is_some() || !asked.settings.accounts_without_token {
        let token = asking::token(certillion, asked)?;
        if token.session.is_some() {
            let detail = "a client token is wanted";
            return Err(Refusal::new(401, Status::INVALID_ACCESS_TOKEN, detail));
        }
    }
    let body: Lookup = asking::json(asked.request)?;
    if body.psc.is_some() {
        return Err(Refusal::bad_data("psc is of user-discovery"));
    }
    let holder = look_up(certillion, &body)?;
    if listed().any(|psc| asked.settings.slow_pscs.iter().any(|slow| slow == psc)) {
        return Err(Refusal::new(504, Status::TIMEOUT, "a PSC did not answer in time"));
    }
    let present = |psc: &str| presence(certillion, asked.settings, holder.as_ref(), psc);
    let pscs: Vec<Value> =
        listed().map(|psc| json!({ "psc": psc, "status": present(psc) })).collect();
    Ok(Response::json(200, &json!({ "pscs": pscs })))
}

/// The PSCs that Certillion stands before. Unsure: no source shows the reply.
pub(crate) fn list(asked: Asked<'_>) -> Result<Response, Refusal> {
    asking::refuse_unknown(&Form::parse(&asked.request.query)?, &[])?;
    let settings = asked.settings;
    let names: Vec<&str> = listed().filter(|psc| usable(settings, psc, false).is_some()).collect();
    let objects = names.iter().map(|psc| json!({ "psc": psc })).collect::<Vec<Value>>();
    Ok(Response::json(
        200,
        &match settings.psc_list {
            PscList::Names => json!(names),
            PscList::Objects => json!(objects),
            PscList::Wrapped => json!({ "pscs": objects }),
        },
    ))
}

/// Whether a CPF or CNPJ has certificates at one PSC. Unsure: the reply is that of DOC-ICP-17.01.
pub(crate) fn discover(certillion: &Certillion, asked: Asked<'_>) -> Result<Response, Refusal> {
    let settings = asked.settings;
    refuse_query(certillion, asked.request)?;
    let body: Lookup = asking::json(asked.request)?;
    // An absent member is an unexpected error here, in the API page's words.
    let unexpected = |refusal: Refusal| Refusal::unexpected(refusal.description());
    let psc = required(&body.psc, "psc").map_err(unexpected)?.to_owned();
    let holder = look_up(certillion, &body)?;
    let psc = listed().find(|it| *it == psc && usable(settings, it, asked.at_signer).is_some());
    let psc = psc.ok_or_else(|| Refusal::wrong("the PSC is disabled or not valid"))?;
    let now = certillion.ground.clock.unix_seconds();
    let status = presence(certillion, settings, holder.as_ref(), psc);
    let slots: Vec<Value> = holder
        .iter()
        .filter(|_| status == settings.presence.0)
        .flat_map(|holder| holder.certificates_in_date(now))
        .map(|slot| json!({ "slot_alias": slot.alias(), "label": slot.label() }))
        .collect();
    Ok(Response::json(
        200,
        &if slots.is_empty() {
            json!({ "status": status })
        } else {
            json!({ "status": status, "slots": slots })
        },
    ))
}

/// Authenticates the application and finds whom it asks for.
fn look_up(certillion: &Certillion, body: &Lookup) -> Result<Option<Arc<Holder>>, Refusal> {
    let unexpected = |refusal: Refusal| Refusal::unexpected(refusal.description());
    let client_id = required(&body.client_id, "client_id").map_err(unexpected)?;
    let secret = required(&body.client_secret, "client_secret").map_err(unexpected)?;
    lock(&certillion.state).authenticate(client_id, secret)?;
    let kind = match required(&body.user_cpf_cnpj, "user_cpf_cnpj").map_err(unexpected)? {
        "CPF" => HolderKind::Cpf,
        "CNPJ" => HolderKind::Cnpj,
        _ => return Err(Refusal::unexpected("user_cpf_cnpj is neither CPF nor CNPJ")),
    };
    let value = required(&body.val_cpf_cnpj, "val_cpf_cnpj")?;
    if !is_identification(value, kind) {
        certillion.ground.counters.violated("a val_cpf_cnpj that is masked, or of another kind");
        return Err(Refusal::wrong("val_cpf_cnpj is not of that kind, or is masked"));
    }
    Ok(certillion.ground.holder(value).cloned())
}

/// `S` or `N`, or what the settings have for them.
fn presence(
    certillion: &Certillion,
    settings: &Settings,
    holder: Option<&Arc<Holder>>,
    psc: &str,
) -> &'static str {
    let now = certillion.ground.clock.unix_seconds();
    let present = holder.is_some_and(|holder| {
        has_account(settings, holder, psc) && holder.certificates_in_date(now).next().is_some()
    });
    let (yes, no) = settings.presence;
    if present && usable(settings, psc, false).is_some() { yes } else { no }
}
