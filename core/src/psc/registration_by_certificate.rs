//! Registration of an application by the certificate of its server (DOC-ICP-17.01 §6.4, NeoID's
//! documentation; JWS, RFC 7515).
//!
//! The request's body is signed with the key of the server's ICP-Brasil certificate. There is no
//! private key in this crate: [`CertificateRegistration::signing_input`] gives what is to be signed,
//! the caller signs it (RS256: RSASSA-PKCS1-v1_5 with SHA-256, RFC 7518 §3.3) wherever the key is, and
//! [`SignedRegistration`] sends it.

use super::application::Service;
use super::description::{Description, write_redirect_uris};
use super::provider::offered;
use super::registration::{Credentials, read_credentials};
use crate::codec::base64;
use crate::codec::buffer::Buffer;
use crate::codec::json::Writer;
use crate::error::{Error, Misuse};
use crate::exchange::{ContentType, Effect, Exchange, Request, Response};

/// An application to be registered by its server's certificate. All members are mandatory.
#[derive(Clone, Copy, Debug)]
pub struct CertificateRegistration<'a> {
    /// With whom.
    pub service: Service<'a>,
    /// The server's certificate and, behind it, its chain: 1 to 8 texts, which go out as they are.
    ///
    /// Unsure: RFC 7515 §4.1.6 wants DER in base64, the provider's documentation speaks of PEM.
    pub x5c: &'a [&'a str],
    /// The application's name, as holders will see it; 1 to 256 bytes.
    pub name: &'a str,
    /// General remarks on its use; 1 to 1,024 bytes.
    pub comments: &'a str,
    /// The server's host, as the certificate names it.
    pub host: &'a str,
    /// Where browsers may be sent back to: 1 to 16 URIs at that host, `https://` and without fragments.
    pub redirect_uris: &'a [&'a str],
    /// The name of the trust service for which it is meant (`aud`).
    pub audience: &'a str,
    /// For the provider's notices; it has an `@` and at most 254 bytes.
    pub email: &'a str,
}

impl CertificateRegistration<'_> {
    fn check(&self) -> Result<(), Error> {
        let description = Description {
            name: self.name,
            comments: self.comments,
            redirect_uris: self.redirect_uris,
            email: self.email,
        };
        description.check(self.service.provider(), 1)?;
        if self.x5c.is_empty() || self.x5c.len() > 8 || self.x5c.iter().any(|each| each.is_empty())
        {
            return Err(Misuse::Field("x5c").into());
        }
        if self.audience.is_empty() {
            return Err(Misuse::Field("aud").into());
        }
        let is_host = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
        if self.host.is_empty() || !self.host.bytes().all(is_host) {
            return Err(Misuse::Field("host").into());
        }
        let is_at_host = |uri: &&str| {
            let rest = uri.strip_prefix("https://").and_then(|rest| rest.strip_prefix(self.host));
            let is_host =
                rest.is_some_and(|rest| matches!(rest.as_bytes(), [] | [b'/' | b':' | b'?', ..]));
            is_host && !uri.contains('#')
        };
        if !self.redirect_uris.iter().all(is_at_host) {
            return Err(Misuse::Field("redirect_uris").into());
        }
        Ok(())
    }

    /// Writes what is to be signed (RFC 7515 §5.1): the header and the claims in base64url, with a dot
    /// between them. `scratch` takes either of them before it is encoded.
    ///
    /// # Errors
    /// [`crate::error::ResourceError::BufferTooSmall`] for either buffer, or [`Misuse`] with what the
    /// provider would refuse.
    pub fn signing_input<'b>(
        &self,
        scratch: &mut [u8],
        out: &'b mut [u8],
    ) -> Result<&'b str, Error> {
        offered(self.service.provider().paths.application_cert, "application_cert")?;
        self.check()?;
        let mut out = Buffer::new(out);
        write_part(scratch, &mut out, |json| {
            json.open_object().pair("alg", "RS256").name("x5c").open_array();
            for certificate in self.x5c {
                json.text(certificate);
            }
            json.close_array().close_object();
        })?;
        out.byte(b'.');
        write_part(scratch, &mut out, |json| {
            json.open_object()
                .pair("name", self.name)
                .pair("comments", self.comments)
                .pair("host", self.host);
            write_redirect_uris(self.redirect_uris, json);
            json.pair("aud", self.audience).pair("email", self.email).close_object();
        })?;
        out.finish_text()
    }
}

/// Writes a JSON text in base64url.
fn write_part(
    scratch: &mut [u8],
    out: &mut Buffer<'_>,
    write: impl FnOnce(&mut Writer<'_, '_>),
) -> Result<(), Error> {
    let mut text = Buffer::new(scratch);
    write(&mut Writer::new(&mut text));
    base64::write_url(text.finish([])?.1, out);
    Ok(())
}

/// A registration that its server's key has signed.
#[derive(Clone, Copy, Debug)]
pub struct SignedRegistration<'a> {
    /// With whom.
    pub service: Service<'a>,
    /// What [`CertificateRegistration::signing_input`] gave.
    pub signing_input: &'a str,
    /// Its signature: 256 bytes and more, of a key of 2,048 bits and more.
    pub signature: &'a [u8],
}

impl Exchange for SignedRegistration<'_> {
    type Reply<'r> = Credentials<'r>;

    fn request<'b>(&self, buffer: &'b mut [u8]) -> Result<Request<'b>, Error> {
        let path = offered(self.service.provider().paths.application_cert, "application_cert")?;
        if !(256..=1024).contains(&self.signature.len()) {
            return Err(Misuse::Field("signature").into());
        }
        let mut out = Buffer::new(buffer);
        self.service.write_url(path, &mut out);
        let url = out.mark();
        out.text(self.signing_input);
        out.byte(b'.');
        base64::write_url(self.signature, &mut out);
        let ([url], body) = out.finish([url])?;
        // A second one would leave an application behind that nobody knows.
        Ok(Request::post(url, ContentType::Jwt, body, Effect::Once))
    }

    fn reply<'r>(&self, response: Response<'r>) -> Result<Credentials<'r>, Error> {
        read_credentials(response, self.service.provider())
    }
}
