//! The service's facts as a configuration writes them: a table that says what is different.

mod changes;

use rubrica_core::certillion::{CERTILLION, Profile, Spelling};
use rubrica_core::unsure::Unsure;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use self::changes::Changes;

/// The facts of Certillion with the values that a configuration puts in their place.
///
/// With nothing in it, it is [`CERTILLION`]. What no source settles is named by the
/// [`unsure`](Profile::unsure) of the profile that it gives; a key that the table has is unsure no
/// more. The README of the command has every key.
///
/// ```
/// use rubrica::certillion::ProfileTable;
///
/// let table: ProfileTable = toml::from_str("policy_spelling = 'hyphen'").unwrap();
/// let spellings = table.spellings();
/// assert!(table.view(&spellings).unsure.iter().all(|doubt| doubt.key != "policy_spelling"));
/// ```
#[derive(Clone, Debug)]
pub struct ProfileTable {
    changes: Changes,
    /// The doubts that the changes leave open.
    unsure: Vec<Unsure<'static>>,
}

impl Default for ProfileTable {
    fn default() -> Self {
        Self { changes: Changes::default(), unsure: CERTILLION.unsure.to_vec() }
    }
}

impl<'de> Deserialize<'de> for ProfileTable {
    fn deserialize<D: Deserializer<'de>>(table: D) -> Result<Self, D::Error> {
        let changes = Changes::deserialize(table)?;
        if let Some(key) = changes.unusable() {
            return Err(D::Error::custom(format!("the value of `{key}` cannot be used")));
        }
        let open = |doubt: &&Unsure<'static>| !changes.settle(doubt.key);
        let unsure = CERTILLION.unsure.iter().filter(open).copied().collect();
        Ok(Self { changes, unsure })
    }
}

impl ProfileTable {
    /// Takes documents of so many bytes.
    #[must_use]
    pub fn with_document_bytes(mut self, bytes: u64) -> Self {
        self.changes.limits.document_bytes = Some(bytes);
        self
    }

    /// The names of members that the table has another name for: what [`Self::view`] borrows.
    #[must_use]
    pub fn spellings(&self) -> Vec<Spelling<'_>> {
        let spelling = |(word, written)| Spelling { word, written };
        self.changes.spellings().map(spelling).collect()
    }

    /// The profile, with the table's own [`Self::spellings`].
    #[must_use]
    pub fn view<'t>(&'t self, spellings: &'t [Spelling<'t>]) -> Profile<'t> {
        self.changes.over(Profile { spellings, unsure: &self.unsure, ..CERTILLION })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rubrica_core::certillion::{AliasPlace, PolicySpelling, PscName};
    use rubrica_core::time::Duration;

    fn read(table: &str) -> Result<ProfileTable, toml::de::Error> {
        toml::from_str(table)
    }

    /// Every key with a value that the vendor's profile does not have.
    const EVERYTHING: &str = "
        display_name = 'Outro'
        base_url = 'https://one.example'
        signer_base_url = 'https://two.example'
        prefix = '/prefix'
        issuer = 'https://issuer.example'
        issuer_required = true
        default_psc = 'NOVO'
        policy_spelling = 'hyphen'
        alias_place = 'query'
        token_client_pair = true
        entries_in_order = false
        spellings = { distance_x = 'pos_x' }
        [paths]
        authorize = '/authorize'
        token = '/token'
        client_token = '/client_token'
        client_maintenance = '/client_maintenance'
        document = '/document'
        download = '/download'
        find_psc_accounts = '/find_psc_accounts'
        psc_info = '/psc_info'
        user_discovery = '/user_discovery'
        certificate_discovery = '/certificate_discovery'
        otp_authorize = '/otp_authorize'
        pwd_authorize = '/pwd_authorize'
        signature = '/signature'
        token_command = '/token_command'
        validate = '/validate'
        [limits]
        calls_per_minute = 1
        default_lifetime = 2
        lifetime_cpf = 3
        lifetime_cnpj = 4
        hashes_per_request = 5
        document_bytes = 6
        poll_seconds = 7
        approval_seconds = 8";

    #[test]
    fn without_a_table_it_is_the_vendors() {
        for table in [ProfileTable::default(), read("").unwrap()] {
            let shown = format!("{:?}", table.view(&table.spellings()));
            assert_eq!(shown, format!("{CERTILLION:?}"));
        }
    }

    #[test]
    fn every_value_can_be_replaced() {
        let table = read(EVERYTHING).unwrap();
        let spellings = table.spellings();
        let profile = table.view(&spellings);
        // Taken apart, so that a value which is added to the profile is missed here.
        let Profile {
            name,
            display_name,
            base_url,
            signer_base_url,
            prefix,
            paths,
            issuer,
            issuer_required,
            default_psc,
            policy_spelling,
            alias_place,
            token_client_pair,
            entries_in_order,
            spellings,
            limits,
            unsure,
        } = profile;
        assert_eq!((name, display_name, prefix), ("certillion", "Outro", "/prefix"));
        assert_eq!((base_url, signer_base_url), ("https://one.example", "https://two.example"));
        assert_eq!((issuer, issuer_required), (Some("https://issuer.example"), true));
        assert_eq!(default_psc, PscName::new("NOVO").unwrap());
        assert_eq!((policy_spelling, alias_place), (PolicySpelling::Hyphen, AliasPlace::Query));
        assert_eq!((token_client_pair, entries_in_order), (true, false));
        assert_eq!(spellings, [Spelling { word: "distance_x", written: "pos_x" }]);
        assert!(unsure.is_empty(), "{unsure:?}");

        let shown = format!("{paths:?}");
        let shown = shown.trim_start_matches("Paths { ").trim_end_matches(" }");
        for path in shown.split(", ") {
            let (name, path) = path.split_once(": ").unwrap();
            assert_eq!(path, format!("\"/{name}\""));
        }

        assert_eq!((limits.calls.count, limits.calls.period), (1, CERTILLION.limits.calls.period));
        let lives = [limits.default_lifetime, limits.lifetime_cpf, limits.lifetime_cnpj];
        assert_eq!(lives, [2, 3, 4]);
        assert_eq!((limits.hashes_per_request, limits.document_bytes), (5, 6));
        let times = [limits.poll_pause, limits.approval_window];
        assert_eq!(times, [7, 8].map(Duration::from_secs));
    }

    #[test]
    fn one_value_leaves_the_others_as_they_are() {
        let table = read("paths.validate = '/oauth/signature/validate'").unwrap();
        let spellings = table.spellings();
        let profile = table.view(&spellings);
        assert_eq!(profile.paths.validate, "/oauth/signature/validate");
        assert_eq!(profile.paths.signature, CERTILLION.paths.signature);
        assert_eq!(profile.base_url, CERTILLION.base_url);
    }

    #[test]
    fn another_address_is_the_signers_too_unless_it_has_its_own() {
        let hosts = |table: &str| {
            let table = read(table).unwrap();
            let profile = table.view(&[]);
            [profile.base_url.to_owned(), profile.signer_base_url.to_owned()]
        };
        let one = "base_url = 'https://one.example'";
        let two = "signer_base_url = 'https://two.example'";
        assert_eq!(hosts(one), ["https://one.example", "https://one.example"]);
        assert_eq!(hosts(two), [CERTILLION.base_url, "https://two.example"]);
        assert_eq!(hosts(&[one, two].join("\n")), ["https://one.example", "https://two.example"]);
    }

    #[test]
    fn what_no_service_could_be_asked_with_is_refused() {
        for table in [
            "name = 'other'",
            "prefix = 'no path'",
            "prefix = '/ends-in-a-slash/'",
            "paths.token = 'token'",
            "paths.token = '/token?query'",
            "paths.nothing = '/token'",
            "default_psc = 'vidaas'",
            "policy_spelling = 'none'",
            "alias_place = 'body'",
            "spellings = { distance_x = '' }",
            "spellings = { distance_x = 'two words' }",
            "spellings = { distance_x = 'a\"b' }",
            "spellings = { file = 'a\\r\\nb' }",
            "limits.calls_per_minute = 0",
            "limits.hashes_per_request = 0",
            "limits.approval_seconds = 0",
            "issuer = 'a b'",
            "display_name = ''",
        ] {
            assert!(read(table).is_err(), "{table}");
        }
    }

    #[test]
    fn a_doubt_that_the_table_settles_is_told_no_more() {
        let keys = |table: &str| -> Vec<&str> {
            read(table).unwrap().unsure.iter().map(|doubt| doubt.key).collect()
        };
        let all: Vec<&str> = CERTILLION.unsure.iter().map(|doubt| doubt.key).collect();
        assert_eq!(keys("prefix = ''"), all);
        let rest: Vec<&str> = all.into_iter().filter(|key| *key != "entries_in_order").collect();
        // To say what it is already settles it, too.
        assert_eq!(keys("entries_in_order = true"), rest);
    }

    #[test]
    fn every_doubt_names_a_key_that_a_table_has_and_settles() {
        for unsure in CERTILLION.unsure {
            // One of these is of its type.
            let mut values = [
                "true",
                "'hyphen'",
                "'query'",
                "'/path'",
                "'https://one.example'",
                "{ distance_x = 'pos_x' }",
                "{ hashes_per_request = 1 }",
            ]
            .into_iter();
            let settles = |value: &str| {
                let table = read(&format!("{} = {value}", unsure.key));
                table.is_ok_and(|table| table.unsure.iter().all(|doubt| doubt.key != unsure.key))
            };
            assert!(values.any(settles), "{}", unsure.key);
        }
    }
}
