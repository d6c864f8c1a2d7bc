//! What a table of a configuration says of the service.

use std::collections::BTreeMap;

use rubrica_core::certillion::{AliasPlace, Limits, Paths, PolicySpelling, Profile, PscName};
use rubrica_core::pacing::Rate;
use rubrica_core::time::Duration;
use serde::Deserialize;

/// What a table of a configuration may say. All of it is optional; what is not said stays as it is.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Changes {
    display_name: Option<String>,
    base_url: Option<String>,
    signer_base_url: Option<String>,
    prefix: Option<String>,
    paths: PathChanges,
    issuer: Option<String>,
    issuer_required: Option<bool>,
    default_psc: Option<String>,
    policy_spelling: Option<PolicyWord>,
    alias_place: Option<AliasWord>,
    token_client_pair: Option<bool>,
    entries_in_order: Option<bool>,
    spellings: BTreeMap<String, String>,
    pub(super) limits: LimitChanges,
}

/// Paths from the prefix on, each with a slash at its start.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct PathChanges {
    authorize: Option<String>,
    token: Option<String>,
    client_token: Option<String>,
    client_maintenance: Option<String>,
    document: Option<String>,
    download: Option<String>,
    find_psc_accounts: Option<String>,
    psc_info: Option<String>,
    user_discovery: Option<String>,
    certificate_discovery: Option<String>,
    otp_authorize: Option<String>,
    pwd_authorize: Option<String>,
    signature: Option<String>,
    token_command: Option<String>,
    validate: Option<String>,
}

/// What the service takes, and how fast.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct LimitChanges {
    calls_per_minute: Option<u32>,
    default_lifetime: Option<u64>,
    lifetime_cpf: Option<u64>,
    lifetime_cnpj: Option<u64>,
    hashes_per_request: Option<usize>,
    pub(super) document_bytes: Option<u64>,
    poll_seconds: Option<u64>,
    approval_seconds: Option<u64>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum PolicyWord {
    Underscore,
    Hyphen,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum AliasWord {
    Header,
    Query,
}

/// Bytes of the longest text that a table may hold.
const TEXT: usize = 512;

/// Bytes of the longest name of a member, and the number of them that may have another one.
const NAME: usize = 64;

impl Changes {
    /// The key of a value that no service could be asked with. An address is looked at when it is
    /// used.
    pub(super) fn unusable(&self) -> Option<&'static str> {
        let is_absent_or = |text: &Option<String>, is_fit: fn(&str) -> bool| {
            text.as_deref().is_none_or(|text| text.len() <= TEXT && is_fit(text))
        };
        let is_prefix = |text: &str| text.is_empty() || (is_path(text) && !text.ends_with('/'));
        let is_for_people = |text: &str| !text.is_empty() && !text.contains(char::is_control);
        let is_psc = |text: &str| PscName::new(text).is_ok();
        let is_visible = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic());
        let texts = [
            ("display_name", is_absent_or(&self.display_name, is_for_people)),
            ("prefix", is_absent_or(&self.prefix, is_prefix)),
            ("issuer", is_absent_or(&self.issuer, is_visible)),
            ("default_psc", is_absent_or(&self.default_psc, is_psc)),
            ("paths", self.paths.all().iter().all(|path| is_absent_or(path, is_path))),
            ("spellings", self.spellings.len() <= NAME),
        ];
        if let Some((key, _)) = texts.into_iter().find(|(_, is_fit)| !is_fit) {
            return Some(key);
        }
        if self.spellings.iter().any(|(word, written)| !is_name(word) || !is_name(written)) {
            return Some("spellings");
        }
        self.limits.is_zero().then_some("limits")
    }

    /// Whether a value is said here of which the vendor's profile is unsure.
    pub(super) fn settle(&self, key: &str) -> bool {
        match key {
            "signer_base_url" => self.signer_base_url.is_some(),
            "policy_spelling" => self.policy_spelling.is_some(),
            "alias_place" => self.alias_place.is_some(),
            "token_client_pair" => self.token_client_pair.is_some(),
            "entries_in_order" => self.entries_in_order.is_some(),
            "paths.validate" => self.paths.validate.is_some(),
            "spellings" => !self.spellings.is_empty(),
            "limits" => self.limits.is_any_said(),
            _ => false,
        }
    }

    /// The names of members, as the library has them and as the service has them.
    pub(super) fn spellings(&self) -> impl Iterator<Item = (&str, &str)> {
        self.spellings.iter().map(|(word, written)| (word.as_str(), written.as_str()))
    }

    /// These values in place of the profile's.
    pub(super) fn over<'a>(&'a self, base: Profile<'a>) -> Profile<'a> {
        let default_psc = self.default_psc.as_deref().map(PscName::new);
        Profile {
            display_name: self.display_name.as_deref().unwrap_or(base.display_name),
            base_url: self.base_url.as_deref().unwrap_or(base.base_url),
            // The vendor's own host knows nothing of accounts at another address, and credentials
            // that are for one machine are not shown to another.
            signer_base_url: (self.signer_base_url.as_deref())
                .or(self.base_url.as_deref())
                .unwrap_or(base.signer_base_url),
            prefix: self.prefix.as_deref().unwrap_or(base.prefix),
            paths: self.paths.over(base.paths),
            issuer: self.issuer.as_deref().or(base.issuer),
            issuer_required: self.issuer_required.unwrap_or(base.issuer_required),
            // One that is none was refused when the table was read.
            default_psc: default_psc.and_then(Result::ok).unwrap_or(base.default_psc),
            policy_spelling: self.policy_spelling.map_or(base.policy_spelling, PolicyWord::value),
            alias_place: self.alias_place.map_or(base.alias_place, AliasWord::value),
            token_client_pair: self.token_client_pair.unwrap_or(base.token_client_pair),
            entries_in_order: self.entries_in_order.unwrap_or(base.entries_in_order),
            limits: self.limits.over(base.limits),
            ..base
        }
    }
}

impl PathChanges {
    const fn all(&self) -> [&Option<String>; 15] {
        [
            &self.authorize,
            &self.token,
            &self.client_token,
            &self.client_maintenance,
            &self.document,
            &self.download,
            &self.find_psc_accounts,
            &self.psc_info,
            &self.user_discovery,
            &self.certificate_discovery,
            &self.otp_authorize,
            &self.pwd_authorize,
            &self.signature,
            &self.token_command,
            &self.validate,
        ]
    }

    fn over<'a>(&'a self, base: Paths<'a>) -> Paths<'a> {
        let path = |asked: &'a Option<String>, base| asked.as_deref().unwrap_or(base);
        Paths {
            authorize: path(&self.authorize, base.authorize),
            token: path(&self.token, base.token),
            client_token: path(&self.client_token, base.client_token),
            client_maintenance: path(&self.client_maintenance, base.client_maintenance),
            document: path(&self.document, base.document),
            download: path(&self.download, base.download),
            find_psc_accounts: path(&self.find_psc_accounts, base.find_psc_accounts),
            psc_info: path(&self.psc_info, base.psc_info),
            user_discovery: path(&self.user_discovery, base.user_discovery),
            certificate_discovery: path(&self.certificate_discovery, base.certificate_discovery),
            otp_authorize: path(&self.otp_authorize, base.otp_authorize),
            pwd_authorize: path(&self.pwd_authorize, base.pwd_authorize),
            signature: path(&self.signature, base.signature),
            token_command: path(&self.token_command, base.token_command),
            validate: path(&self.validate, base.validate),
        }
    }
}

impl LimitChanges {
    /// What is said of each, in one type.
    fn all(&self) -> [Option<u64>; 8] {
        [
            self.calls_per_minute.map(u64::from),
            self.default_lifetime,
            self.lifetime_cpf,
            self.lifetime_cnpj,
            self.hashes_per_request.map(|count| count as u64),
            self.document_bytes,
            self.poll_seconds,
            self.approval_seconds,
        ]
    }

    fn is_zero(&self) -> bool {
        self.all().contains(&Some(0))
    }

    fn is_any_said(&self) -> bool {
        self.all().iter().any(Option::is_some)
    }

    fn over(&self, base: Limits) -> Limits {
        let seconds = |asked: Option<u64>, base| asked.map_or(base, Duration::from_secs);
        let count = self.calls_per_minute.unwrap_or(base.calls.count);
        Limits {
            calls: Rate { count, ..base.calls },
            default_lifetime: self.default_lifetime.unwrap_or(base.default_lifetime),
            lifetime_cpf: self.lifetime_cpf.unwrap_or(base.lifetime_cpf),
            lifetime_cnpj: self.lifetime_cnpj.unwrap_or(base.lifetime_cnpj),
            hashes_per_request: self.hashes_per_request.unwrap_or(base.hashes_per_request),
            document_bytes: self.document_bytes.unwrap_or(base.document_bytes),
            poll_pause: seconds(self.poll_seconds, base.poll_pause),
            approval_window: seconds(self.approval_seconds, base.approval_window),
        }
    }
}

impl PolicyWord {
    const fn value(self) -> PolicySpelling {
        match self {
            Self::Underscore => PolicySpelling::Underscore,
            Self::Hyphen => PolicySpelling::Hyphen,
        }
    }
}

impl AliasWord {
    const fn value(self) -> AliasPlace {
        match self {
            Self::Header => AliasPlace::Header,
            Self::Query => AliasPlace::Query,
        }
    }
}

/// Whether a text is a path: a slash, and nothing in it that ends one.
fn is_path(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_graphic() && !b"?#\\\"<>".contains(&byte);
    text.starts_with('/') && text.bytes().all(allowed)
}

/// Whether a text is the name of a member, which stands in JSON, in forms and in headers.
fn is_name(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    !text.is_empty() && text.len() <= NAME && text.bytes().all(allowed)
}
