//! What differs between providers, as data.

use super::format::{Format, Padding};
use crate::pacing::Rate;
use crate::time::Duration;

/// A provider: every fact of its service that a flow needs. All of it can be replaced by
/// configuration; a new provider is a value of this type.
#[derive(Clone, Copy, Debug)]
pub struct Provider<'a> {
    /// The name by which a configuration chooses it, in lower case.
    pub name: &'a str,
    /// Where it is.
    pub hosts: Hosts<'a>,
    /// The paths of its exchanges, from the base URL on.
    pub paths: Paths<'a>,
    /// How a notification is sent to the phone; `None` where there is no such way.
    pub push: Option<PushDialect<'a>>,
    /// What it calls itself in the `iss` of a redirect, byte for byte (RFC 9207); `None` for its base
    /// URL. A redirect without `iss` is taken.
    pub issuer: Option<&'a str>,
    /// Whether the authorization by redirect names the holder in `login_hint`.
    pub redirect_login_hint: bool,
    /// The formats of signatures that it makes.
    pub formats: &'a [Format],
    /// The name under which a reply's entry holds a signed document.
    pub signed_document: &'a str,
    /// The paddings that can be asked for.
    pub paddings: &'a [Padding],
    /// What it takes, and how fast.
    pub limits: Limits,
}

/// An environment of a provider.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Environment {
    /// Signatures of legal effect.
    #[default]
    Production,
    /// For the tests of integrators ("homologação").
    Homologation,
    /// For demonstrations.
    Demonstration,
}

impl Environment {
    /// Every environment.
    pub const ALL: [Self; 3] = [Self::Production, Self::Homologation, Self::Demonstration];

    /// The word of a configuration.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Homologation => "homologation",
            Self::Demonstration => "demonstration",
        }
    }
}

/// Base URLs by environment, without a slash at the end.
#[derive(Clone, Copy, Debug)]
pub struct Hosts<'a> {
    /// For signatures of legal effect.
    pub production: Option<&'a str>,
    /// For tests.
    pub homologation: Option<&'a str>,
    /// For demonstrations.
    pub demonstration: Option<&'a str>,
}

impl<'a> Hosts<'a> {
    /// The base URL of an environment, where there is one.
    #[must_use]
    pub const fn base_url(&self, environment: Environment) -> Option<&'a str> {
        match environment {
            Environment::Production => self.production,
            Environment::Homologation => self.homologation,
            Environment::Demonstration => self.demonstration,
        }
    }
}

/// Paths of the exchanges, each with a slash at its start.
#[derive(Clone, Copy, Debug)]
pub struct Paths<'a> {
    /// Registration of an application.
    pub application: &'a str,
    /// Whether a holder is known.
    pub user_discovery: &'a str,
    /// Request for authorization, by redirect and by push.
    pub authorize: &'a str,
    /// Exchange of a code for a token.
    pub token: &'a str,
    /// Signatures.
    pub signature: &'a str,
    /// The holder's certificates.
    pub certificate_discovery: &'a str,
}

/// How a provider notifies the holder's phone and is asked whether the holder approved.
#[derive(Clone, Copy, Debug)]
pub struct PushDialect<'a> {
    /// The value of `redirect_uri` that asks for a notification.
    pub redirect_uri: &'a str,
    /// The path that is polled.
    pub authentications: &'a str,
    /// Statuses by which the poll tells that the request is gone: denied or expired.
    pub gone: &'a [u16],
}

/// What a provider takes, and how fast.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Requests for authorization by one application.
    pub authorize: Rate,
    /// Requests for signatures by one holder.
    pub signature_requests: Rate,
    /// Signatures of one application.
    pub signatures: Rate,
    /// Documents in one request for signatures.
    pub documents_per_request: usize,
    /// Bytes of the largest document that can be sent, before base64.
    pub document_bytes: u64,
    /// The least time between two polls.
    pub poll_interval: Duration,
    /// How long the holder has to approve.
    pub approval_window: Duration,
    /// The longest `lifetime` of a natural person's token, in seconds.
    pub lifetime_cpf: u64,
    /// The longest `lifetime` of a legal person's token, in seconds.
    pub lifetime_cnpj: u64,
}
