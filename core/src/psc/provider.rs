//! What differs between providers, as data.

mod dialect;
mod hosts;
mod limits;
mod paths;

pub use dialect::{
    BodyEncoding, CertificateDialect, Denial, HashEncoding, Ids, PasswordFactor, Portal,
    PushDialect,
};
pub use hosts::{Environment, Hosts};
pub use limits::Limits;
pub use paths::Paths;

use super::format::{Format, Padding};
use super::wrapping::Wrapping;
use crate::error::{Error, Misuse};
use crate::oauth::refusal::ErrorDialect;
use crate::unsure::Unsure;

/// A provider: every fact of its service that an exchange or a flow needs. All of it can be replaced
/// by configuration, one value at a time; a new provider is a value of this type.
///
/// Texts are borrowed and lists are slices, so that a provider that was read from a file is owned by
/// whoever read it, and viewed as this type.
#[derive(Clone, Copy, Debug)]
pub struct Provider<'a> {
    /// The name by which a configuration chooses it, in lower case.
    pub name: &'a str,
    /// The name for people.
    pub display_name: &'a str,
    /// Where it is.
    pub hosts: Hosts<'a>,
    /// What stands between the base URL and the paths, with a slash at its start and none at its end.
    pub prefix: &'a str,
    /// The paths of its exchanges, from the prefix on.
    pub paths: Paths<'a>,
    /// How a notification is sent to the phone; `None` where there is no such way.
    pub push: Option<PushDialect<'a>>,
    /// The other service, at another host, where a login by QR code or notification begins; `None`
    /// where there is none.
    pub portal: Option<Portal<'a>>,
    /// The path of a signature that the holder is asked for by a notification and that a webhook
    /// brings, from the base URL on; `None` where there is no such way.
    pub async_signature: Option<&'a str>,
    /// What it calls itself in the `iss` of a redirect, byte for byte (RFC 9207); `None` for its base
    /// URL.
    pub issuer: Option<&'a str>,
    /// Whether a redirect without `iss` is refused. No source shows an `iss` of any provider.
    pub issuer_required: bool,
    /// Whether the authorization by redirect names the holder in `login_hint`.
    pub redirect_login_hint: bool,
    /// Whether the query of a redirect may come percent-encoded as a whole: it is then decoded once.
    pub encoded_redirect: bool,
    /// How the holder's no reaches the application.
    pub denial: Denial<'a>,
    /// More parameters of the request for authorization, as they stand in a query, `name=value` with
    /// a `&` between them; mostly empty.
    pub authorize_query: &'a str,
    /// How the body of the token request is written.
    pub token_body: BodyEncoding,
    /// How a digest is written.
    pub hash_encoding: HashEncoding,
    /// How the identifiers of a request's documents are written. In a reply both are read.
    pub ids: Ids,
    /// The formats of signatures that it makes.
    pub formats: &'a [Format],
    /// The paddings that can be asked for.
    pub paddings: &'a [Padding],
    /// Whether a padding is named in the request, as `padding_method`. The norm has no such member:
    /// there the one padding of [`Provider::paddings`] is what the format means.
    pub padding_method: bool,
    /// Whether documents can be sent, as `base64_content`. The norm has no such member.
    pub documents: bool,
    /// Whether a page that shows the signature can be asked for, as `pdf_signature_page`.
    pub signature_page: bool,
    /// The value of `include_chain`, which stands beside the hashes where a CMS is asked for; `None`
    /// where there is no such member.
    pub include_chain: Option<bool>,
    /// The name under which a reply's entry holds a signed document; `None` where none comes.
    pub signed_document: Option<&'a str>,
    /// What `raw_signature` may be wrapped in.
    pub wrapping: Wrapping,
    /// How certificates are asked for.
    pub certificates: CertificateDialect<'a>,
    /// What the holder types where the application asks for it; `None` leaves it unchecked.
    pub password: Option<PasswordFactor>,
    /// How it says what went wrong.
    pub errors: ErrorDialect<'a>,
    /// What it takes, and how fast.
    pub limits: Limits,
    /// What no source settles, with the value that was chosen and the way out: to be told beside a
    /// refusal.
    pub unsure: &'a [Unsure<'a>],
}

impl Provider<'_> {
    /// The provider without what neither an authorization nor a signature needs: the name for people,
    /// the hosts (a [`super::Service`] has its own), the paths of everything else and the words for
    /// people.
    ///
    /// `const LEAN: Provider = VIDAAS.for_signing();` keeps them out of a microcontroller's flash.
    #[must_use]
    pub const fn for_signing(self) -> Self {
        Self {
            display_name: "",
            hosts: Hosts::NONE,
            paths: self.paths.for_signing(),
            portal: None,
            async_signature: None,
            unsure: &[],
            ..self
        }
    }
}

/// The path of what not every provider offers.
///
/// # Errors
/// [`Misuse::NotOffered`] with the exchange's `name`.
pub(super) const fn offered<'a>(
    path: Option<&'a str>,
    name: &'static str,
) -> Result<&'a str, Error> {
    match path {
        Some(path) => Ok(path),
        None => Err(Error::Misuse(Misuse::NotOffered(name))),
    }
}
