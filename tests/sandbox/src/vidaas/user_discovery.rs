//! `POST /v0/oauth/user-discovery`: whether a CPF or CNPJ has certificates (manual §3.3).

use serde::Deserialize;
use serde_json::{Value, json};

use super::Vidaas;
use super::refusal::Refusal;
use crate::lock;
use crate::transport::request::Request;
use crate::transport::response::Response;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    client_id: String,
    client_secret: String,
    user_cpf_cnpj: String,
    val_cpf_cnpj: String,
}

pub(crate) fn handle(vidaas: &Vidaas, request: &Request) -> Result<Response, Refusal> {
    if !request.has_content_type("application/json") {
        return Err(Refusal::MediaType);
    }
    let body: Body = serde_json::from_slice(&request.body)?;
    lock(&vidaas.state).authenticate(&body.client_id, &body.client_secret)?;
    let length = match body.user_cpf_cnpj.as_str() {
        "CPF" => 11,
        "CNPJ" => 14,
        _ => return Err(Refusal::invalid_request("user_cpf_cnpj is neither CPF nor CNPJ")),
    };
    let value = &body.val_cpf_cnpj;
    if value.len() != length || !value.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(Refusal::invalid_request("val_cpf_cnpj is not of that kind, or is masked"));
    }
    let now = vidaas.ground.clock.unix_seconds();
    let holder = vidaas.ground.holder(value).filter(|it| it.kind.wire_name() == body.user_cpf_cnpj);
    let slots: Vec<Value> = holder
        .iter()
        .flat_map(|holder| holder.certificates_in_date(now))
        .map(|slot| json!({ "slot_alias": slot.alias(), "label": slot.label() }))
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
