//! The holder's certificates (VIDaaS manual v1.6 §3.4).

use core::fmt;

use super::application::Application;
use crate::codec::buffer::{Buffer, as_text};
use crate::codec::json::{self, Object};
use crate::codec::percent::FormWriter;
use crate::document::Body;
use crate::error::{Document, Error, Flaw, Mismatch, Misuse, PeerError};
use crate::exchange::{Effect, Exchange, Method, Request, Response};
use crate::oauth::grant::Grant;
use crate::oauth::refusal;

/// The question for the holder's certificates.
#[derive(Clone, Copy, Debug)]
pub struct CertificateDiscovery<'a> {
    /// Who asks.
    pub application: &'a Application<'a>,
    /// The holder's permission; any scope will do.
    ///
    /// The manual lists the token among the query's parameters; it goes into the header, as the norm
    /// has it and as programs in use send it, because URLs end in logs (RFC 6750 §2.3).
    pub grant: &'a Grant,
    /// Which certificate. VIDaaS's manual calls it mandatory; programs in use leave it out and get all.
    /// A provider's [`super::CertificateDialect`] may want one.
    pub alias: Option<&'a str>,
}

/// The certificates that came back.
#[derive(Clone, Copy)]
pub struct Certificates<'r>(Option<Object<'r>>);

/// A certificate as the service sends it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Certificate<'r> {
    /// Its identifier.
    pub alias: &'r str,
    /// Its PEM text, with lines that end in CR LF.
    pub pem: &'r str,
}

impl<'r> Certificates<'r> {
    /// The certificates; none when the service has none.
    pub fn iter(&self) -> impl Iterator<Item = Certificate<'r>> + use<'r> {
        let certificates = self.0.and_then(|reply| reply.objects("certificates").ok());
        certificates.into_iter().flatten().filter_map(|each| read_certificate(&each).ok())
    }
}

impl fmt::Debug for Certificates<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Certificates({})", self.iter().count())
    }
}

impl fmt::Debug for Certificate<'_> {
    /// Shows no PEM text: the holder's number stands in it.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Certificate({}, {} bytes)", self.alias, self.pem.len())
    }
}

fn read_certificate<'r>(certificate: &Object<'r>) -> Result<Certificate<'r>, Error> {
    Ok(Certificate {
        alias: certificate.text_or_number("alias")?,
        pem: certificate.text("certificate")?,
    })
}

impl Exchange for CertificateDiscovery<'_> {
    type Reply<'r> = Certificates<'r>;

    fn request<'b>(&self, buffer: &'b mut [u8]) -> Result<Request<'b>, Error> {
        let service = self.application.service;
        let mut out = Buffer::new(buffer);
        service.write_url(service.provider().paths.certificate_discovery, &mut out);
        let dialect = service.provider().certificates;
        if dialect.alias_required && self.alias.is_none() {
            return Err(Misuse::Field("certificate_alias").into());
        }
        if self.alias.is_some() || !dialect.query.is_empty() {
            out.byte(b'?');
            let mut query = FormWriter::new(&mut out);
            if let Some(alias) = self.alias {
                query.pair("certificate_alias", alias);
            }
            query.written(dialect.query);
        }
        let url = out.mark();
        out.text(self.grant.token());
        let ([url], bearer) = out.finish([url])?;
        Ok(Request {
            method: Method::Get,
            url: as_text(url),
            bearer: Some(as_text(bearer)),
            content_type: None,
            accept: "application/json",
            header: None,
            body: Body::Empty,
            document: None,
            effect: Effect::Safe,
        })
    }

    fn reply<'r>(&self, response: Response<'r>) -> Result<Certificates<'r>, Error> {
        match response.status {
            200 => {}
            401 => return Err(PeerError::Unauthorized.into()),
            _ => return Err(refusal::read(response, &self.application.provider().errors)),
        }
        let reply = json::read_object(response.body, Document::Certificates)?;
        match reply.text("status")? {
            "N" => return Ok(Certificates(None)),
            "S" => {}
            _ => return Err(reply.flaw(Flaw::Invalid("status"))),
        }
        for certificate in reply.objects("certificates")? {
            let certificate = read_certificate(&certificate)?;
            if self.alias.is_some_and(|alias| alias != certificate.alias) {
                return Err(PeerError::Mismatch(Mismatch::Certificate).into());
            }
        }
        Ok(Certificates(Some(reply)))
    }
}
