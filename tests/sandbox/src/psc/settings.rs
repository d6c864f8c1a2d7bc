//! What of a PSC can be tuned: its dialect, its quirks, its limits.

use core::time::Duration;

/// The wire of one PSC. The defaults of each are its documented behaviour
/// (`dialect.rs`); everything can be changed while the sandbox runs.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Settings {
    /// The body that the token endpoint reads; another is answered with 415.
    pub token_body: TokenBody,
    /// What `hash` must be: 64 hexadecimal digits, or base64 of exactly 32 bytes.
    pub hash_encoding: HashEncoding,
    /// Whether the signature request may say `include_chain`. The CMS then carries the chain when
    /// it is true; else [`chain_in_cms`](Self::chain_in_cms) decides.
    pub include_chain: bool,
    /// Whether a CMS carries the authorities above the holder's certificate.
    pub chain_in_cms: bool,
    /// Parameters that authorize takes beside the norm's.
    pub authorize_extras: &'static [&'static str],
    /// Parameters that certificate-discovery takes beside the norm's.
    pub discovery_extras: &'static [&'static str],
    /// How errors look, but for those of the services that grant tokens.
    pub errors: ErrorBody,
    /// How errors look where tokens are granted; RFC 6749 §5.2 by default.
    pub token_errors: ErrorBody,
    /// The status of a malformed request: 400, or Serpro's 412.
    pub malformed_status: u16,
    /// How the signature of `RAW` is wrapped in `raw_signature`.
    pub raw_wrapping: Wrapping,
    /// How the CMS is wrapped in `raw_signature`.
    pub cms_wrapping: Wrapping,
    /// Whether the CMS comes in BER with indefinite lengths.
    pub cms_indefinite: bool,
    /// Whether an `id` that is a number in digits comes back as a JSON number.
    pub numeric_ids: bool,
    /// Whether a refused signature is told with status 200, `status` and `message`.
    pub refusals_as_success: bool,
    /// What happens when the holder denies.
    pub denial: Denial,
    /// `iss` in the redirects (RFC 9207). No PSC is known to send it.
    pub issuer: IssuerParameter,
    /// Whether the query of the redirect is percent-encoded as a whole.
    pub encoded_callback: bool,
    /// Whether the token's answer tells the scope also when it is the one that was asked.
    pub scope_always: bool,
    /// What an alias looks like.
    pub alias: AliasShape,
    /// What certificate-discovery lists to whom.
    pub listing: Listing,
    /// What the `password` of pwd_authorize is made of; `None` answers 501.
    pub password: Option<PasswordShape>,
    /// Whether the application may ask for signatures by notification.
    pub notification_permission: bool,
    /// Hashes in one request. Unsure: no manual tells the number.
    pub hashes_per_request: usize,
    /// How long an authorization waits for the holder. Unsure: 120 s as VIDaaS.
    pub approval_window: Duration,
    /// How long a code can be exchanged. Unsure: 60 s.
    pub code_lifetime: Duration,
    /// How long a one-time password can be used: of the 30 s class (BirdID's documentation).
    pub one_time_password_lifetime: Duration,
    /// Seconds that a token lives when no `lifetime` was asked. 900 s is Serpro's for
    /// signature_session and is taken for all.
    pub default_lifetime: u64,
    /// Seconds that an application's own token lives: the norm's sample says 7200.
    pub application_token_lifetime: u64,
    /// The ceiling of `lifetime` for a natural person: 7 days (DOC-ICP-17.01 §6.4).
    pub natural_person_lifetime: u64,
    /// The ceiling of `lifetime` for a legal person: 30 days (DOC-ICP-17.01 §6.4).
    pub legal_person_lifetime: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            token_body: TokenBody::Form,
            hash_encoding: HashEncoding::Base64,
            include_chain: false,
            chain_in_cms: true,
            authorize_extras: &[],
            discovery_extras: &[],
            errors: ErrorBody::Rfc6749,
            token_errors: ErrorBody::Rfc6749,
            malformed_status: 400,
            raw_wrapping: Wrapping::Base64,
            cms_wrapping: Wrapping::Base64,
            cms_indefinite: false,
            numeric_ids: false,
            refusals_as_success: false,
            denial: Denial::UserDenied,
            issuer: IssuerParameter::Absent,
            encoded_callback: false,
            scope_always: false,
            alias: AliasShape::Uuid,
            listing: Listing::Holder,
            password: Some(PasswordShape::PinThenOneTimePassword),
            notification_permission: true,
            hashes_per_request: 100,
            approval_window: Duration::from_secs(120),
            code_lifetime: Duration::from_secs(60),
            one_time_password_lifetime: Duration::from_secs(30),
            default_lifetime: 900,
            application_token_lifetime: 7200,
            natural_person_lifetime: 604_800,
            legal_person_lifetime: 2_592_000,
        }
    }
}

/// The body of a token request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenBody {
    /// `application/x-www-form-urlencoded`, as the norm and RFC 6749 have it.
    Form,
    /// `application/json`, as Soluti's sample sends it.
    Json,
    /// Either.
    Both,
}

/// The encoding of `hash`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HashEncoding {
    /// Base64 of the 32 bytes, padded.
    Base64,
    /// 64 hexadecimal digits of either case.
    Hexadecimal,
}

/// How bytes stand in `raw_signature`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrapping {
    /// Base64, padded, in one line.
    Base64,
    /// Base64 without `=`.
    Base64Unpadded,
    /// Base64 in lines of 76 characters with CRLF between them and at the end.
    Base64Lines,
    /// Base64url, padded.
    Base64Url,
    /// Base64url without `=`.
    Base64UrlUnpadded,
    /// Lowercase hexadecimal.
    Hexadecimal,
    /// PEM with the label `PKCS7`.
    Pem,
}

/// How a refusal looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorBody {
    /// `error` and `error_description` (RFC 6749 §5.2).
    Rfc6749,
    /// `code`, `msg` and `debug`; of the framework, an array (Serpro, seen in its homologation).
    Serpro,
    /// One member with the text: `Message` of ASP.NET, or another name, which varies at SafeID.
    Member(&'static str),
    /// `application/problem+json` (RFC 9457), as on Soluti's stack.
    Problem,
}

/// What a denial leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denial {
    /// A redirect with `error=user_denied` (DOC-ICP-17.01 §6.4).
    UserDenied,
    /// A redirect with `error=access_denied` (RFC 6749 §4.1.2.1).
    AccessDenied,
    /// No redirect: the page waits out its window.
    Silence,
}

/// `iss` of RFC 9207.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IssuerParameter {
    /// None.
    Absent,
    /// The PSC's base URL.
    Right,
    /// Somebody else's.
    Wrong,
    /// The right one, twice.
    Repeated,
}

/// The alias of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AliasShape {
    /// A UUID.
    Uuid,
    /// `NAME:CPF`, with a number behind the name from the second certificate on (Soluti).
    NameAndNumber,
}

/// What certificate-discovery lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listing {
    /// All certificates of the holder, the authorised one first; nothing to an application.
    Holder,
    /// Soluti's rules: the chosen one for a code's token, all of the account for a password's, and
    /// for the application's own those of who authenticated in it.
    ByToken,
}

/// What `password` of pwd_authorize is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordShape {
    /// The six digits of the application on the phone (Soluti).
    OneTimePassword,
    /// [`PIN`](super::PIN), then six digits: the norm says that the factors are concatenated, one
    /// of them for one use, and not in which order.
    PinThenOneTimePassword,
    /// `identifierCA` of authorize-ca, then [`PIN`](super::PIN) (SafeID).
    AuthorizationThenPin,
}
