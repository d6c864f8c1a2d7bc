//! `GET certificate-discovery`, and certificates as Certillion describes them.

use std::sync::Arc;

use serde_json::{Value, json};

use super::asking::{self, refuse_secret_in_url, refuse_unknown};
use super::refusal::Refusal;
use super::settings::{AliasPlace, DateShape};
use super::status::Status;
use super::{Asked, Certillion};
use crate::clock::Date;
use crate::faults::Fault;
use crate::pki::certificate::pem;
use crate::pki::holder::{Holder, HolderCertificate};
use crate::pki::reading::Described;
use crate::random;
use crate::transport::form::Form;
use crate::transport::response::Response;

/// The certificates in the slot that the holder authorised.
pub(crate) fn discover(certillion: &Certillion, asked: Asked<'_>) -> Result<Response, Refusal> {
    let Asked { request, settings, .. } = asked;
    refuse_secret_in_url(certillion, request)?;
    let query = Form::parse(&request.query)?;
    let known: &[&str] =
        if settings.alias_place == AliasPlace::Header { &[] } else { &["certificate_alias"] };
    refuse_unknown(&query, known).map_err(|it| Refusal::bad_data(it.description()))?;
    let token = asking::token(certillion, asked)?;
    let session = asking::session(&token, asked)?;
    let header =
        request.header("certificate_alias").filter(|_| settings.alias_place != AliasPlace::Query);
    let alias = query.filled("certificate_alias").or(header);
    let holder = &session.holder;
    // The authorised one first.
    let mut listed: Vec<&Arc<HolderCertificate>> = holder.certificates.iter().collect();
    listed.sort_by_key(|certificate| certificate.alias() != session.certificate.alias());
    listed.retain(|certificate| alias.is_none_or(|alias| alias == certificate.alias()));
    if listed.is_empty() {
        let detail = "no certificate in the PSC's slot has this alias";
        return Err(Refusal::new(404, Status::CERTIFICATE_NOT_FOUND, detail));
    }
    let described = listed.iter().map(|it| describe(certillion, holder, it, asked));
    let status = Status::REQUEST_OK.object(None, settings.code_as_text);
    let answer = json!({ "status": status, "certificates": described.collect::<Vec<_>>() });
    Ok(Response::json(200, &answer))
}

/// A certificate with the members that the API page lists, in the older SOAP interface's order.
pub(crate) fn describe(
    certillion: &Certillion,
    holder: &Arc<Holder>,
    certificate: &HolderCertificate,
    asked: Asked<'_>,
) -> Value {
    let ground = &certillion.ground;
    let another = asked.faults.has(&Fault::WrongAlias);
    let alias = if another { random::uuid() } else { certificate.alias().to_owned() };
    let shown = ground.listed_pem(holder, certificate, asked.faults);
    let chain = certificate.chain(&ground.authorities);
    let mut described = members(&shown, asked);
    described["alias"] = json!(alias);
    described["status"] = Status::CERTIFICATE_VALID.object(None, asked.settings.code_as_text);
    if let Some(issuer) = chain.first() {
        described["issuer_certificate"] = members(&pem(issuer), asked);
    }
    described
}

/// What a certificate says of itself.
pub(crate) fn members(pem: &str, asked: Asked<'_>) -> Value {
    let Some(it) = Described::of_pem(pem) else { return json!({ "certificate": pem }) };
    let date = |seconds: i64| match asked.settings.dates {
        DateShape::Iso8601 => json!(Date::from_unix(seconds).iso_8601()),
        DateShape::EpochMilliseconds => json!(seconds.saturating_mul(1000)),
    };
    json!({
        "serial_number": it.serial_number,
        "subject_dn": it.subject,
        "issuer_dn": it.issuer,
        "not_before": date(it.not_before),
        "not_after": date(it.not_after),
        "certificate": pem,
    })
}
