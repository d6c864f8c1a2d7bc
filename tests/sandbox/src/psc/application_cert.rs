//! `POST application_cert`: registration by a JWT that the application's own web server signed
//! (Serpro's documentation): RS256, `x5c` with an ICP-Brasil SSL certificate, and redirect URIs on
//! the hosts of that certificate.

use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::Psc;
use super::application::{admit, registered};
use super::refusal::Refusal;
use crate::pki::reading::Reading;
use crate::transport::request::Request;
use crate::transport::response::Response;

#[derive(Deserialize)]
struct Header {
    alg: String,
    x5c: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    name: String,
    #[serde(rename = "comments")]
    _comments: String,
    host: String,
    redirect_uris: Vec<String>,
    aud: String,
    email: String,
}

pub(crate) fn register(psc: &Psc, request: &Request) -> Result<Response, Refusal> {
    if !request.has_content_type("application/jwt") {
        return Err(Refusal::MediaType);
    }
    let malformed = Refusal::malformed;
    let token = core::str::from_utf8(&request.body).map_err(|_| malformed("no JWT"))?;
    let parts: Vec<&str> = token.split('.').collect();
    let &[header, claims, signature] = parts.as_slice() else {
        return Err(malformed("a JWT has three segments"));
    };
    let signed = token.get(..header.len() + 1 + claims.len()).unwrap_or_default();
    let header: Header = segment(header)?;
    let claims: Claims = segment(claims)?;
    if header.alg != "RS256" {
        return Err(malformed("alg is not RS256"));
    }
    let first = header.x5c.first().ok_or_else(|| malformed("x5c is empty"))?;
    let der = certificate_der(first).ok_or_else(|| malformed("x5c holds no certificate"))?;
    let certificate = Reading::of(&der).ok_or_else(|| malformed("x5c holds no certificate"))?;
    let signature = BASE64_URL_SAFE_NO_PAD
        .decode(signature)
        .map_err(|_| malformed("the signature is not base64url"))?;
    UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, certificate.public_key)
        .verify(signed.as_bytes(), &signature)
        .map_err(|_| Refusal::new(401, "invalid_client", "the JWT's signature does not verify"))?;
    trust(psc, &certificate)?;
    check(psc, &claims, &certificate)?;
    Ok(registered(&admit(psc, &claims.name, &claims.redirect_uris)?))
}

fn segment<T: DeserializeOwned>(text: &str) -> Result<T, Refusal> {
    let bytes = BASE64_URL_SAFE_NO_PAD
        .decode(text)
        .map_err(|_| Refusal::malformed("a segment is not base64url without padding"))?;
    Ok(serde_json::from_slice(&bytes)?)
}

/// Base64 of DER (RFC 7515 §4.1.6), or the PEM that Serpro's documentation names.
fn certificate_der(text: &str) -> Option<Vec<u8>> {
    let body: String = text.lines().filter(|line| !line.starts_with("-----")).collect();
    BASE64_STANDARD.decode(body.trim()).ok()
}

/// Under one of the sandbox's issuers, and within its dates.
fn trust(psc: &Psc, certificate: &Reading<'_>) -> Result<(), Refusal> {
    let refuse = |text: &str| Err(Refusal::new(401, "invalid_client", text));
    let authorities = &psc.ground.authorities;
    let known = [&authorities.v10.issuer, &authorities.v12.issuer].into_iter().any(|issuer| {
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, issuer.public_key())
            .verify(certificate.signed, certificate.signature)
            .is_ok()
    });
    if !known {
        return refuse("the certificate is not of ICP-Brasil");
    }
    let now = psc.ground.clock.unix_seconds();
    if now < certificate.not_before || now > certificate.not_after {
        return refuse("the certificate is out of date");
    }
    Ok(())
}

fn check(psc: &Psc, claims: &Claims, certificate: &Reading<'_>) -> Result<(), Refusal> {
    let refuse = |text: &str| Err(Refusal::malformed(text));
    if claims.aud != psc.dialect.title {
        return refuse("aud is another PSC");
    }
    if !claims.email.contains('@') {
        return refuse("email is no address");
    }
    let certified = |host: &str| certificate.hosts.iter().any(|known| known == host);
    if !certified(&claims.host) {
        return refuse("host is not in the certificate");
    }
    for uri in &claims.redirect_uris {
        let rest = uri.split_once("://").map(|(_, rest)| rest).unwrap_or_default();
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let host = authority.split(':').next().unwrap_or_default();
        if !certified(host) {
            return refuse("the host of a redirect URI is not in the certificate");
        }
    }
    Ok(())
}
