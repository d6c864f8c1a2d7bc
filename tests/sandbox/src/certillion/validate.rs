//! `POST signature/validate`: a verdict on CAdES and PAdES.
//!
//! What is looked at: the encoding, the digest, the signature, whether the certificate is one of
//! the sandbox's, in date and not revoked. What is not: whether the policy is fulfilled, time
//! stamps, CRLs and OCSP inside the signature.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::asking::{self, refuse_query, required};
use super::certificates;
use super::refusal::Refusal;
use super::settings::{ValidatePath, ValidationFailures, ValidationShape};
use super::state::Token;
use super::status::Status;
use super::{Asked, Certillion};
use crate::clock::Date;
use crate::cms::reading::{Parsed, Signer, verifies};
use crate::pdf::signatures::{self, Found};
use crate::pki::certificate::pem;
use crate::pki::holder::Standing;
use crate::pki::reading::Reading;
use crate::transport::response::Response;
use crate::transport::spool::Content;
use crate::{lock, random};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    signature: Option<String>,
    content: Option<String>,
    document_hash: Option<String>,
    pki_name: Option<String>,
}

/// The verdict on one signature.
struct Verdict {
    /// In the words of the older SOAP interface; none when it is valid.
    reasons: Vec<&'static str>,
    signing_time: Option<i64>,
    policy: Option<(String, Option<String>)>,
    certificate: Option<Vec<u8>>,
}

pub(crate) fn handle(certillion: &Certillion, asked: Asked<'_>) -> Result<Response, Refusal> {
    let Asked { request, settings, .. } = asked;
    let under_oauth = asked.path.contains("/oauth/");
    let here = match settings.validate_path {
        ValidatePath::Plain => !under_oauth,
        ValidatePath::UnderOauth => under_oauth,
        ValidatePath::Both => true,
    };
    if !here {
        return Ok(Response::text(404, "Not Found"));
    }
    refuse_query(certillion, request)?;
    let token = asking::token(certillion, asked)?;
    let body: Body = asking::json(request)?;
    if settings.members_required || body.pki_name.is_some() {
        let name = required(&body.pki_name, "pki_name");
        if name.map_err(|it| Refusal::bad_data(it.description()))? != "ICP_BR" {
            return Err(Refusal::bad_data("pki_name is not ICP_BR"));
        }
    }
    let sent = required(&body.signature, "signature");
    let sent = sent.map_err(|it| Refusal::bad_data(it.description()))?;
    let signature = match stored(certillion, &token, sent)? {
        Some(document) => document,
        None => BASE64_STANDARD.decode(sent).map_err(|_| Refusal::bad_data("not base64"))?,
    };
    let verdicts = if signature.starts_with(b"%PDF-") {
        if body.content.is_some() || body.document_hash.is_some() {
            return Err(Refusal::bad_data("a PDF goes without content and document_hash"));
        }
        let broken = || Refusal::bad_data("file format not supported");
        let found = signatures::find(&signature).filter(|it| !it.is_empty()).ok_or_else(broken)?;
        let mut verdicts = Vec::new();
        for (place, it) in found.iter().enumerate() {
            let last = place + 1 == found.len();
            verdicts.extend(of_pdf(certillion, it, last)?);
        }
        verdicts
    } else {
        let content = match (&body.content, &body.document_hash) {
            (Some(_), Some(_)) => return Err(Refusal::bad_data("content and document_hash")),
            (Some(content), None) => {
                let content = BASE64_STANDARD.decode(content);
                Some(content.map_err(|_| Refusal::bad_data("content is not base64"))?)
            }
            (None, Some(hash)) => Some(stored(certillion, &token, hash)?.ok_or_else(missing)?),
            (None, None) => None,
        };
        of_cms(certillion, &signature, content.as_deref())?
    };
    let failed = verdicts.iter().find_map(|verdict| verdict.reasons.first());
    if let Some(reason) =
        failed.filter(|_| settings.validation_failures == ValidationFailures::Refusal)
    {
        return Err(Refusal::bad_data(*reason));
    }
    Ok(answer(certillion, asked, &verdicts))
}

fn missing() -> Refusal {
    let detail = "the original document was not found";
    Refusal::new(400, Status::DOCUMENT_NOT_FOUND, detail)
}

/// An uploaded document by its hash.
fn stored(certillion: &Certillion, token: &Token, hash: &str) -> Result<Option<Vec<u8>>, Refusal> {
    let content: Option<Content> = {
        let state = lock(&certillion.state);
        state.document(&token.client_id, hash).map(|document| document.content.clone())
    };
    let bytes = content.map(|content| content.to_vec()).transpose();
    bytes.map_err(|error| Refusal::new(500, Status::REQUEST_BAD_DATA, error.to_string()))
}

fn of_pdf(certillion: &Certillion, found: &Found, last: bool) -> Result<Vec<Verdict>, Refusal> {
    let parsed = parse(&found.cms)?;
    let judged = parsed.signers.iter().map(|signer| {
        let mut verdict = judge(certillion, &parsed, signer, &found.digest);
        // An update behind the last signature is signed by nobody.
        if last && !found.to_the_end {
            verdict.reasons.push("DIGEST_VERIFICATION_ERROR");
        }
        verdict
    });
    Ok(judged.collect())
}

fn of_cms(
    certillion: &Certillion,
    cms: &[u8],
    content: Option<&[u8]>,
) -> Result<Vec<Verdict>, Refusal> {
    let parsed = parse(cms)?;
    let content = match (parsed.content, content) {
        (Some(_), Some(_)) => return Err(Refusal::bad_data("the signature holds its content")),
        (Some(content), None) | (None, Some(content)) => content,
        (None, None) => return Err(missing()),
    };
    let digest = random::sha256(content);
    let judged = parsed.signers.iter().map(|signer| judge(certillion, &parsed, signer, &digest));
    Ok(judged.collect())
}

fn parse(cms: &[u8]) -> Result<Parsed<'_>, Refusal> {
    let parsed = Parsed::of(cms).filter(|parsed| !parsed.signers.is_empty());
    parsed.ok_or_else(|| Refusal::bad_data("ENCODING_ERROR"))
}

fn judge(
    certillion: &Certillion,
    parsed: &Parsed<'_>,
    signer: &Signer<'_>,
    digest: &[u8; 32],
) -> Verdict {
    let mut reasons = Vec::new();
    let certificate = parsed.certificate(signer);
    if !signer.is_sha256() {
        reasons.push("UNSUPORTED_ALGORITHM_ERROR");
    } else if !signer.says(digest) {
        reasons.push("DIGEST_VERIFICATION_ERROR");
    }
    match certificate {
        None => reasons.push("INCOMPLETE_CERTIFICATE_CHAIN_ERROR"),
        Some(certificate) => {
            if !signer.is_of(certificate) {
                reasons.push("CRYPTOGRAPHIC_ERROR");
            }
            reasons.extend(distrust(certillion, certificate));
        }
    }
    Verdict {
        reasons,
        signing_time: signer.signing_time(),
        policy: signer.policy(),
        certificate: certificate.map(<[u8]>::to_vec),
    }
}

/// Why a certificate is not good now.
fn distrust(certillion: &Certillion, certificate: &[u8]) -> Option<&'static str> {
    let ground = &certillion.ground;
    let Some(reading) = Reading::of(certificate) else { return Some("INVALID_CERTIFICATE_ERROR") };
    let mut issuers = [&ground.authorities.v10, &ground.authorities.v12].into_iter();
    let issued = issuers.any(|hierarchy| {
        verifies(hierarchy.issuer.public_key(), reading.signed, reading.signature)
    });
    let now = ground.clock.unix_seconds();
    let mut known = ground.holders.iter().flat_map(|holder| &holder.certificates);
    let revoked = known.any(|it| it.der() == certificate && it.standing() == Standing::Revoked);
    match () {
        () if !issued => Some("NOT_TRUSTED_CERTIFICATE_ERROR"),
        () if now < reading.not_before => Some("NOT_BEFORE_ERROR"),
        () if now >= reading.not_after => Some("NOT_AFTER_ERROR"),
        () if revoked => Some("CERTIFICATE_REVOKED_ERROR"),
        () => None,
    }
}

fn answer(certillion: &Certillion, asked: Asked<'_>, verdicts: &[Verdict]) -> Response {
    let settings = asked.settings;
    let valid = verdicts.iter().all(|verdict| verdict.reasons.is_empty());
    let status = if valid { Status::SIGNATURE_VALID } else { Status::SIGNATURE_INVALID };
    let status = status.object(None, settings.code_as_text);
    if settings.validation == ValidationShape::StatusAlone {
        return Response::json(200, &json!({ "status": status }));
    }
    let soap = settings.validation == ValidationShape::SoapNames;
    let name = |snake: &'static str, camel: &'static str| if soap { camel } else { snake };
    let described: Vec<Value> = verdicts
        .iter()
        .map(|verdict| {
            let mut members = Map::new();
            let mut set = |name: &str, value: Value| members.insert(name.to_owned(), value);
            set(name("valid", "Valid"), json!(verdict.reasons.is_empty()));
            if !verdict.reasons.is_empty() {
                set(name("invalid_reason", "InvalidReason"), json!(verdict.reasons));
            }
            if let Some(time) = verdict.signing_time {
                let time = Date::from_unix(time).iso_8601();
                set(name("signing_time", "SigningTime"), json!(time));
            }
            if let Some((identifier, uri)) = &verdict.policy {
                set(name("policy_id", "PolicyId"), json!(identifier));
                set(name("policy_url", "PolicyUrl"), json!(uri));
            }
            if let Some(certificate) = &verdict.certificate {
                let shown = certificates::members(&pem(certificate), asked);
                set(name("signer_certificate", "SignerCertificate"), shown);
                if let Some(identification) = identification(certillion, certificate) {
                    set(name("legal_identifier", "LegalIdentifier"), json!(identification));
                }
            }
            Value::Object(members)
        })
        .collect();
    let mut answer = Map::new();
    answer.insert(name("signatures", "Signatures").to_owned(), json!(described));
    if !soap {
        answer.insert("status".to_owned(), status);
    }
    Response::json(200, &Value::Object(answer))
}

/// The CPF or CNPJ of a holder of the sandbox.
fn identification(certillion: &Certillion, certificate: &[u8]) -> Option<&'static str> {
    let mut holders = certillion.ground.holders.iter();
    let own = |holder: &&std::sync::Arc<crate::pki::holder::Holder>| {
        holder.certificates.iter().any(|it| it.der() == certificate)
    };
    holders.find(own).map(|holder| holder.identification)
}
