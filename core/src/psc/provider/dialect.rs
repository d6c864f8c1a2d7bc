//! How a provider speaks.

use super::hosts::Hosts;
use crate::oauth::refusal;

/// How the pairs of a request's body are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BodyEncoding {
    /// `application/x-www-form-urlencoded` (RFC 6749 §4.1.3).
    #[default]
    Form,
    /// One JSON object.
    Json,
}

/// How a digest is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HashEncoding {
    /// The 32 bytes in standard base64.
    #[default]
    Base64,
    /// 64 lower-case hexadecimal digits.
    Hex,
}

/// How a document's identifier is written in a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ids {
    /// As a JSON string.
    #[default]
    Text,
    /// As a JSON number: identifiers are then decimal digits, without a zero in front, below 2⁶⁴.
    Number,
}

/// How the holder's no reaches the application, where the holder approves on a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denial<'a> {
    /// By a redirect whose `error` is one of these words, which stand with spaces between them.
    Redirect(&'a str),
    /// Not at all: the time to approve runs out. A redirect with a customary word is still believed.
    Silent,
    /// By what the provider posts to a server of the application's.
    Webhook,
}

impl<'a> Denial<'a> {
    /// The norm's word, and that of RFC 6749 which programs in use read too.
    pub const CUSTOMARY: &'static str = refusal::DENIALS;

    /// The words of a redirect that mean no.
    #[must_use]
    pub const fn words(&self) -> &'a str {
        match self {
            Self::Redirect(words) => words,
            Self::Silent | Self::Webhook => Self::CUSTOMARY,
        }
    }
}

/// How a provider notifies the holder's phone and is asked whether the holder approved.
#[derive(Clone, Copy, Debug)]
pub struct PushDialect<'a> {
    /// The value of `redirect_uri` that asks for a notification.
    pub redirect_uri: &'a str,
    /// The path that is polled, from the base URL on: it does not stand behind the prefix.
    pub authentications: &'a str,
    /// Statuses by which the poll tells that the holder has not answered. A 200 without a token tells
    /// it too.
    pub pending: &'a [u16],
    /// Statuses by which the poll tells that the request is gone: denied or expired.
    pub gone: &'a [u16],
}

/// The service at which a login by QR code or notification begins.
#[derive(Clone, Copy, Debug)]
pub struct Portal<'a> {
    /// Where it is: not where the signatures are made.
    pub hosts: Hosts<'a>,
    /// The path of the beginning, from the host on.
    pub start: &'a str,
}

/// How certificates are asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct CertificateDialect<'a> {
    /// Whether the request must name one: without `certificate_alias` it is not sent.
    pub alias_required: bool,
    /// More parameters of the request, as they stand in a query; mostly empty.
    pub query: &'a str,
}

/// What the holder types where the application asks for it (`pwd_authorize`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordFactor {
    /// A code of so many digits, shown by the holder's application for half a minute or so.
    OneTimeCode {
        /// Digits.
        digits: u8,
    },
    /// The authorization of a trusted application and the certificate's PIN, with nothing between.
    AuthorizationAndPin,
}
