//! The holder's certificates (API page, `certificate-discovery`).

mod certificate;

pub use certificate::Certificate;

use core::fmt;

use super::application::Application;
use super::order::Order;
use super::profile::AliasPlace;
use super::refusal::{self, Meaning};
use crate::codec::buffer::{Buffer, as_text};
use crate::codec::json::{Object, Value};
use crate::codec::percent::FormWriter;
use crate::document::Body;
use crate::error::{Document, Error, Mismatch, Misuse, PeerError};
use crate::exchange::{Effect, Exchange, Method, Request, Response};
use crate::secret::SecretText;

/// The name of the header, or of the query's parameter, for the identifier of a certificate.
const ALIAS: &str = "certificate_alias";

/// The question for the holder's certificates.
#[derive(Clone, Copy, Debug)]
pub struct CertificateDiscovery<'a> {
    /// Who asks.
    pub application: &'a Application<'a>,
    /// The holder's token; no other will do.
    pub token: SecretText<'a>,
    /// Which certificate, of 1 to 255 visible ASCII characters; `None` for all of them.
    pub alias: Option<&'a str>,
}

/// The certificates that came back.
#[derive(Clone, Copy)]
pub struct Certificates<'a, 'r> {
    reply: Object<'r>,
    alias: Option<&'a str>,
}

impl<'a, 'r> Certificates<'a, 'r> {
    /// The certificates. Where one was asked for, those that bear another's alias are passed over.
    pub fn iter(&self) -> impl Iterator<Item = Certificate<'r>> + use<'a, 'r> {
        let wanted = self.alias;
        let list = match self.reply.member("certificates") {
            Some(Value::Array(list)) => Some(list),
            _ => None,
        };
        let all = list.into_iter().flat_map(|list| list.iter()).filter_map(Certificate::of);
        all.filter(move |each| match (wanted, each.alias()) {
            (Some(wanted), Some(alias)) => wanted == alias,
            _ => true,
        })
    }

    /// How many came, of whatever alias.
    fn count(&self) -> usize {
        Self { alias: None, ..*self }.iter().count()
    }
}

impl fmt::Debug for Certificates<'_, '_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Certificates({})", self.iter().count())
    }
}

impl<'a> Exchange for CertificateDiscovery<'a> {
    type Reply<'r> = Certificates<'a, 'r>;

    fn request<'b>(&self, buffer: &'b mut [u8]) -> Result<Request<'b>, Error> {
        let is_sendable = |alias: &str| {
            (1..=Order::CERTIFICATE_ALIAS).contains(&alias.len())
                && alias.bytes().all(|byte| byte.is_ascii_graphic())
        };
        let place = self.application.profile().alias_place;
        let in_header = self.alias.filter(|_| place == AliasPlace::Header);
        let in_query = self.alias.filter(|_| place == AliasPlace::Query);
        if in_header.is_some_and(|alias| !is_sendable(alias)) || in_query == Some("") {
            return Err(Misuse::Field(ALIAS).into());
        }
        let mut out = Buffer::new(buffer);
        self.application
            .write_url(self.application.profile().paths.certificate_discovery, &mut out);
        if let Some(alias) = in_query {
            out.byte(b'?');
            FormWriter::new(&mut out).pair(ALIAS, alias);
        }
        let url = out.mark();
        out.text(in_header.unwrap_or_default());
        let header = out.mark();
        out.text(self.token.expose());
        let ([url, header], bearer) = out.finish([url, header])?;
        Ok(Request {
            method: Method::Get,
            url: as_text(url),
            bearer: Some(as_text(bearer)),
            content_type: None,
            accept: "application/json",
            header: in_header.map(|_| (ALIAS, as_text(header))),
            body: Body::Empty,
            document: None,
            effect: Effect::Safe,
        })
    }

    fn reply<'r>(&self, response: Response<'r>) -> Result<Certificates<'a, 'r>, Error> {
        let reply = refusal::object(response, Document::Certificates, Meaning::OF_TOKEN)?;
        reply.objects("certificates")?;
        let certificates = Certificates { reply, alias: self.alias };
        if certificates.iter().next().is_none() && certificates.count() != 0 {
            return Err(PeerError::Mismatch(Mismatch::Certificate).into());
        }
        Ok(certificates)
    }
}
