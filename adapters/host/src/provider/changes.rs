//! What a table of a configuration says of a provider.

use rubrica_core::oauth::refusal::ErrorDialect;
use rubrica_core::pacing::Rate;
use rubrica_core::psc::{
    BodyEncoding, CertificateDialect, Denial, Format, HashEncoding, Hosts, Ids, Limits, Padding,
    PasswordFactor, Paths, Portal, Provider, PushDialect, Wrapping,
};
use rubrica_core::time::Duration;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use super::ProviderError;

/// What a table of a configuration may say. All of it is optional; what is not said stays as it is.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Changes {
    /// The provider that this one is like; `generic` for a new name, else the one of that name.
    pub(super) like: Option<String>,
    pub(super) display_name: Option<String>,
    pub(super) production: Option<String>,
    pub(super) homologation: Option<String>,
    pub(super) demonstration: Option<String>,
    pub(super) prefix: Option<String>,
    pub(super) paths: PathChanges,
    pub(super) push: Option<PushChanges>,
    pub(super) portal: Option<PortalChanges>,
    pub(super) async_signature: Option<String>,
    /// Digits of the one-time code that the holder types; 0 for an authorization and a PIN.
    pub(super) password_digits: Option<u8>,
    pub(super) issuer: Option<String>,
    pub(super) issuer_required: Option<bool>,
    pub(super) redirect_login_hint: Option<bool>,
    pub(super) encoded_redirect: Option<bool>,
    pub(super) denial: Option<DenialWord>,
    pub(super) denial_words: Option<String>,
    pub(super) authorize_query: Option<String>,
    pub(super) token_body: Option<BodyWord>,
    pub(super) hash_encoding: Option<HashWord>,
    pub(super) ids: Option<IdsWord>,
    #[serde(deserialize_with = "formats")]
    pub(super) formats: Option<Vec<Format>>,
    #[serde(deserialize_with = "paddings")]
    pub(super) paddings: Option<Vec<Padding>>,
    pub(super) padding_method: Option<bool>,
    pub(super) documents: Option<bool>,
    pub(super) signature_page: Option<bool>,
    pub(super) include_chain: Option<bool>,
    pub(super) signed_document: Option<String>,
    pub(super) wrapping: Option<Vec<WrappingWord>>,
    pub(super) certificates: CertificateChanges,
    pub(super) errors: ErrorChanges,
    pub(super) documents_per_request: Option<usize>,
    pub(super) document_bytes: Option<u64>,
    pub(super) authorizations_per_second: Option<u32>,
    pub(super) signature_requests_per_minute: Option<u32>,
    pub(super) signatures_per_minute: Option<u32>,
    pub(super) poll_seconds: Option<u64>,
    pub(super) approval_seconds: Option<u64>,
    pub(super) lifetime_cpf: Option<u64>,
    pub(super) lifetime_cnpj: Option<u64>,
}

/// Paths from the prefix on, each with a slash at its start.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct PathChanges {
    pub(super) authorize: Option<String>,
    pub(super) token: Option<String>,
    pub(super) signature: Option<String>,
    pub(super) certificate_discovery: Option<String>,
    pub(super) user_discovery: Option<String>,
    pub(super) application: Option<String>,
    pub(super) application_cert: Option<String>,
    pub(super) client_token: Option<String>,
    pub(super) client_maintenance: Option<String>,
    pub(super) pwd_authorize: Option<String>,
    pub(super) authorize_ca: Option<String>,
    pub(super) revoke: Option<String>,
}

/// The other service, at which a login by QR code or notification begins.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PortalChanges {
    pub(super) production: Option<String>,
    pub(super) homologation: Option<String>,
    /// The path of the beginning, from the host on.
    pub(super) start: String,
}

/// How certificates are asked for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct CertificateChanges {
    pub(super) alias_required: Option<bool>,
    pub(super) query: Option<String>,
}

/// How the provider says what went wrong: names of members, with spaces between them.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ErrorChanges {
    pub(super) codes: Option<String>,
    pub(super) texts: Option<String>,
    pub(super) in_array: Option<bool>,
    pub(super) in_success: Option<bool>,
}

/// A push, which needs all of it where the provider that this one is like has none.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PushChanges {
    pub(super) redirect_uri: String,
    pub(super) authentications: String,
    #[serde(default = "PushChanges::pending")]
    pub(super) pending: Vec<u16>,
    #[serde(default)]
    pub(super) gone: Vec<u16>,
}

impl PushChanges {
    /// The statuses of VIDaaS, which is the only push that is known.
    fn pending() -> Vec<u16> {
        vec![304, 202, 204]
    }
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum DenialWord {
    Redirect,
    Silent,
    Webhook,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum BodyWord {
    Form,
    Json,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum HashWord {
    Base64,
    Hex,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum IdsWord {
    Text,
    Number,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum WrappingWord {
    UrlAlphabet,
    Armour,
    Hex,
    Ber,
}

fn formats<'de, D: Deserializer<'de>>(words: D) -> Result<Option<Vec<Format>>, D::Error> {
    let find = |word: &String| {
        let found = Format::ALL.into_iter().find(|format| format.as_str() == word);
        found.ok_or_else(|| D::Error::custom(format!("`{word}` is no format")))
    };
    Vec::<String>::deserialize(words)?.iter().map(find).collect::<Result<_, _>>().map(Some)
}

fn paddings<'de, D: Deserializer<'de>>(words: D) -> Result<Option<Vec<Padding>>, D::Error> {
    let all = [Padding::None, Padding::Pkcs1V15, Padding::Pss];
    let find = |word: &String| {
        let found = all.into_iter().find(|padding| padding.as_str() == word);
        found.ok_or_else(|| D::Error::custom(format!("`{word}` is no padding")))
    };
    Vec::<String>::deserialize(words)?.iter().map(find).collect::<Result<_, _>>().map(Some)
}

/// Bytes of the longest text that a table may hold.
const TEXT: usize = 512;

impl Changes {
    /// What no service could be asked with. An address is looked at when it is used.
    pub(super) fn check(&self) -> Result<(), ProviderError> {
        let begins = |text: &Option<String>| {
            text.as_ref().is_none_or(|text| text.is_empty() || is_path(text))
        };
        if !begins(&self.prefix) {
            return Err(ProviderError::Value("prefix"));
        }
        if self.paths.all().into_iter().flatten().any(|path| !is_path(path)) {
            return Err(ProviderError::Value("paths"));
        }
        if let Some(push) = &self.push
            && (!is_path(&push.authentications) || push.redirect_uri.is_empty())
        {
            return Err(ProviderError::Value("push"));
        }
        let of_portal = self.portal.as_ref().map(|portal| &portal.start);
        if of_portal.into_iter().chain(&self.async_signature).any(|path| !is_path(path)) {
            return Err(ProviderError::Value("portal"));
        }
        for (name, text) in [
            ("authorize_query", &self.authorize_query),
            ("certificates.query", &self.certificates.query),
            ("issuer", &self.issuer),
            ("signed_document", &self.signed_document),
            ("denial_words", &self.denial_words),
            ("errors.codes", &self.errors.codes),
            ("errors.texts", &self.errors.texts),
        ] {
            let is_fit = |text: &String| {
                text.len() <= TEXT
                    && text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic())
            };
            if !text.as_ref().is_none_or(is_fit) {
                return Err(ProviderError::Value(name));
            }
        }
        for (name, value) in [
            ("documents_per_request", self.documents_per_request.map(|count| count as u64)),
            ("document_bytes", self.document_bytes),
            ("authorizations_per_second", self.authorizations_per_second.map(u64::from)),
            ("signature_requests_per_minute", self.signature_requests_per_minute.map(u64::from)),
            ("signatures_per_minute", self.signatures_per_minute.map(u64::from)),
            ("poll_seconds", self.poll_seconds),
            ("approval_seconds", self.approval_seconds),
            ("lifetime_cpf", self.lifetime_cpf),
            ("lifetime_cnpj", self.lifetime_cnpj),
        ] {
            if value == Some(0) {
                return Err(ProviderError::Value(name));
            }
        }
        Ok(())
    }

    /// Whether a value is said here of which a provider is unsure.
    pub(super) fn settle(&self, key: &str) -> bool {
        match key {
            "hash_encoding" => self.hash_encoding.is_some(),
            "token_body" => self.token_body.is_some(),
            "authorize_query" => self.authorize_query.is_some(),
            "ids" => self.ids.is_some(),
            "paths.signature" => self.paths.signature.is_some(),
            "redirect_login_hint" => self.redirect_login_hint.is_some(),
            "certificates.alias_required" => self.certificates.alias_required.is_some(),
            "certificates.query" => self.certificates.query.is_some(),
            _ => false,
        }
    }

    /// These values in place of the provider's.
    pub(super) fn over<'a>(&'a self, base: Provider<'a>) -> Provider<'a> {
        Provider {
            display_name: self.display_name.as_deref().unwrap_or(base.display_name),
            hosts: self.hosts(base.hosts),
            prefix: self.prefix.as_deref().unwrap_or(base.prefix),
            paths: self.paths.over(base.paths),
            push: self.push.as_ref().map(PushChanges::view).or(base.push),
            portal: self.portal.as_ref().map(PortalChanges::view).or(base.portal),
            async_signature: self.async_signature.as_deref().or(base.async_signature),
            password: match self.password_digits {
                Some(0) => Some(PasswordFactor::AuthorizationAndPin),
                Some(digits) => Some(PasswordFactor::OneTimeCode { digits }),
                None => base.password,
            },
            issuer: self.issuer.as_deref().or(base.issuer),
            issuer_required: self.issuer_required.unwrap_or(base.issuer_required),
            redirect_login_hint: self.redirect_login_hint.unwrap_or(base.redirect_login_hint),
            encoded_redirect: self.encoded_redirect.unwrap_or(base.encoded_redirect),
            denial: self.denial(base.denial),
            authorize_query: self.authorize_query.as_deref().unwrap_or(base.authorize_query),
            token_body: self.token_body.map_or(base.token_body, BodyWord::value),
            hash_encoding: self.hash_encoding.map_or(base.hash_encoding, HashWord::value),
            ids: self.ids.map_or(base.ids, IdsWord::value),
            formats: self.formats.as_deref().unwrap_or(base.formats),
            paddings: self.paddings.as_deref().unwrap_or(base.paddings),
            padding_method: self.padding_method.unwrap_or(base.padding_method),
            documents: self.documents.unwrap_or(base.documents),
            signature_page: self.signature_page.unwrap_or(base.signature_page),
            include_chain: self.include_chain.or(base.include_chain),
            signed_document: self.signed_document.as_deref().or(base.signed_document),
            wrapping: self.wrapping.as_deref().map_or(base.wrapping, wrapping),
            certificates: self.certificates(base.certificates),
            errors: self.errors.over(base.errors),
            limits: self.limits(base.limits),
            ..base
        }
    }

    fn hosts<'a>(&'a self, base: Hosts<'a>) -> Hosts<'a> {
        Hosts {
            production: self.production.as_deref().or(base.production),
            homologation: self.homologation.as_deref().or(base.homologation),
            demonstration: self.demonstration.as_deref().or(base.demonstration),
        }
    }

    fn denial<'a>(&'a self, base: Denial<'a>) -> Denial<'a> {
        match (self.denial, self.denial_words.as_deref()) {
            (None, None) => base,
            (None | Some(DenialWord::Redirect), words) => {
                Denial::Redirect(words.unwrap_or(Denial::CUSTOMARY))
            }
            (Some(DenialWord::Silent), _) => Denial::Silent,
            (Some(DenialWord::Webhook), _) => Denial::Webhook,
        }
    }

    fn certificates<'a>(&'a self, base: CertificateDialect<'a>) -> CertificateDialect<'a> {
        CertificateDialect {
            alias_required: self.certificates.alias_required.unwrap_or(base.alias_required),
            query: self.certificates.query.as_deref().unwrap_or(base.query),
        }
    }

    fn limits(&self, base: Limits) -> Limits {
        let seconds = |asked: Option<u64>, base| asked.map_or(base, Duration::from_secs);
        let rate = |asked: Option<u32>, base: Rate| Rate {
            count: asked.unwrap_or(base.count),
            // What is asked for is per second or per minute, as every known provider counts.
            period: base.period,
        };
        Limits {
            authorize: rate(self.authorizations_per_second, base.authorize),
            signature_requests: rate(self.signature_requests_per_minute, base.signature_requests),
            signatures: rate(self.signatures_per_minute, base.signatures),
            documents_per_request: self.documents_per_request.unwrap_or(base.documents_per_request),
            document_bytes: self.document_bytes.unwrap_or(base.document_bytes),
            poll_interval: seconds(self.poll_seconds, base.poll_interval),
            approval_window: seconds(self.approval_seconds, base.approval_window),
            lifetime_cpf: self.lifetime_cpf.unwrap_or(base.lifetime_cpf),
            lifetime_cnpj: self.lifetime_cnpj.unwrap_or(base.lifetime_cnpj),
        }
    }
}

impl PathChanges {
    fn all(&self) -> [Option<&String>; 12] {
        [
            &self.authorize,
            &self.token,
            &self.signature,
            &self.certificate_discovery,
            &self.user_discovery,
            &self.application,
            &self.application_cert,
            &self.client_token,
            &self.client_maintenance,
            &self.pwd_authorize,
            &self.authorize_ca,
            &self.revoke,
        ]
        .map(Option::as_ref)
    }

    fn over<'a>(&'a self, base: Paths<'a>) -> Paths<'a> {
        Paths {
            authorize: self.authorize.as_deref().unwrap_or(base.authorize),
            token: self.token.as_deref().unwrap_or(base.token),
            signature: self.signature.as_deref().unwrap_or(base.signature),
            certificate_discovery: self
                .certificate_discovery
                .as_deref()
                .unwrap_or(base.certificate_discovery),
            user_discovery: self.user_discovery.as_deref().or(base.user_discovery),
            application: self.application.as_deref().or(base.application),
            application_cert: self.application_cert.as_deref().or(base.application_cert),
            client_token: self.client_token.as_deref().or(base.client_token),
            client_maintenance: self.client_maintenance.as_deref().or(base.client_maintenance),
            pwd_authorize: self.pwd_authorize.as_deref().or(base.pwd_authorize),
            authorize_ca: self.authorize_ca.as_deref().or(base.authorize_ca),
            revoke: self.revoke.as_deref().or(base.revoke),
        }
    }
}

impl PortalChanges {
    fn view(&self) -> Portal<'_> {
        Portal {
            hosts: Hosts {
                production: self.production.as_deref(),
                homologation: self.homologation.as_deref(),
                demonstration: None,
            },
            start: &self.start,
        }
    }
}

impl ErrorChanges {
    fn over<'a>(&'a self, base: ErrorDialect<'a>) -> ErrorDialect<'a> {
        ErrorDialect {
            codes: self.codes.as_deref().unwrap_or(base.codes),
            texts: self.texts.as_deref().unwrap_or(base.texts),
            in_array: self.in_array.unwrap_or(base.in_array),
            in_success: self.in_success.unwrap_or(base.in_success),
        }
    }
}

impl PushChanges {
    fn view(&self) -> PushDialect<'_> {
        PushDialect {
            redirect_uri: &self.redirect_uri,
            authentications: &self.authentications,
            pending: &self.pending,
            gone: &self.gone,
        }
    }
}

impl BodyWord {
    const fn value(self) -> BodyEncoding {
        match self {
            Self::Form => BodyEncoding::Form,
            Self::Json => BodyEncoding::Json,
        }
    }
}

impl HashWord {
    const fn value(self) -> HashEncoding {
        match self {
            Self::Base64 => HashEncoding::Base64,
            Self::Hex => HashEncoding::Hex,
        }
    }
}

impl IdsWord {
    const fn value(self) -> Ids {
        match self {
            Self::Text => Ids::Text,
            Self::Number => Ids::Number,
        }
    }
}

fn wrapping(words: &[WrappingWord]) -> Wrapping {
    Wrapping {
        url_alphabet: words.contains(&WrappingWord::UrlAlphabet),
        armour: words.contains(&WrappingWord::Armour),
        hex: words.contains(&WrappingWord::Hex),
        ber: words.contains(&WrappingWord::Ber),
    }
}

/// Whether a text is a path: a slash, and nothing in it that ends one.
fn is_path(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_graphic() && !b"?#\\\"<>".contains(&byte);
    text.starts_with('/') && text.len() <= TEXT && text.bytes().all(allowed)
}
