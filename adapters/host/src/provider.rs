//! Providers as a configuration writes them: a table that says what is different.

mod changes;

use std::collections::BTreeMap;

use rubrica_core::psc::{ALL as PROVIDERS, Provider};
use rubrica_core::unsure::Unsure;
use serde::Deserialize;
use serde::de::Error as _;

use self::changes::Changes;

/// A provider's data with the values that a configuration puts in their place.
///
/// Every provider is one: a known one is a table with nothing in it, a new one is a table over the
/// norm's own provider, `generic`.
#[derive(Clone, Debug)]
pub struct ProviderTable {
    base: Provider<'static>,
    name: Option<String>,
    changes: Changes,
    /// The doubts that the changes leave open.
    unsure: Vec<Unsure<'static>>,
}

/// Why a table is no provider.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProviderError {
    /// No known provider bears that name.
    #[error("`{0}` is no known provider to be like")]
    Unknown(String),
    /// A name that a configuration cannot choose by.
    #[error("`{0}` cannot be a provider's name: lower-case letters, digits and hyphens can")]
    Name(String),
    /// A value that a service cannot be asked with.
    #[error("the value of `{0}` cannot be used")]
    Value(&'static str),
}

impl From<Provider<'static>> for ProviderTable {
    fn from(base: Provider<'static>) -> Self {
        Self { base, name: None, changes: Changes::default(), unsure: base.unsure.to_vec() }
    }
}

impl ProviderTable {
    /// The known provider of a name.
    #[must_use]
    pub fn known(name: &str) -> Option<Self> {
        PROVIDERS.into_iter().find(|provider| provider.name == name).map(Self::from)
    }

    /// Reads tables by name: `hash_encoding = "base64"` under `[birdid]` changes that one value of a
    /// known provider, and a table of another name is a new one. The README of the command has every
    /// key.
    ///
    /// # Errors
    /// What serde says of a table that cannot be read, or a [`ProviderError`] in its words.
    pub fn read<'de, D: serde::Deserializer<'de>>(
        tables: D,
    ) -> Result<BTreeMap<String, Self>, D::Error> {
        let tables = BTreeMap::<String, Changes>::deserialize(tables)?;
        let read = |(name, changes): (String, Changes)| {
            let table = Self::new(&name, changes).map_err(D::Error::custom)?;
            Ok((name, table))
        };
        tables.into_iter().map(read).collect()
    }

    fn new(name: &str, changes: Changes) -> Result<Self, ProviderError> {
        let is_fit = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if name.is_empty() || name.len() > 32 || !name.bytes().all(is_fit) {
            return Err(ProviderError::Name(name.to_owned()));
        }
        let known = |name: &str| PROVIDERS.into_iter().find(|provider| provider.name == name);
        let base = match &changes.like {
            Some(like) => known(like).ok_or_else(|| ProviderError::Unknown(like.clone()))?,
            None => known(name)
                .or_else(|| known("generic"))
                .ok_or_else(|| ProviderError::Unknown("generic".to_owned()))?,
        };
        changes.check()?;
        // What is only like another has no doubts of its own.
        let doubts = if name == base.name { base.unsure } else { &[] };
        let unsure = doubts.iter().filter(|doubt| !changes.settle(doubt.key)).copied().collect();
        Ok(Self { base, name: Some(name.to_owned()), changes, unsure })
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name.as_deref().unwrap_or(self.base.name)
    }

    /// Takes documents of so many bytes.
    #[must_use]
    pub fn with_document_bytes(mut self, bytes: u64) -> Self {
        self.changes.document_bytes = Some(bytes);
        self
    }

    /// The provider.
    #[must_use]
    pub fn view(&self) -> Provider<'_> {
        let base = match &self.name {
            // What is only like another has a name of its own for people too.
            Some(name) if name != self.base.name => {
                Provider { name, display_name: name, unsure: &self.unsure, ..self.base }
            }
            _ => Provider { unsure: &self.unsure, ..self.base },
        };
        self.changes.over(base)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rubrica_core::psc::{HashEncoding, Ids, PasswordFactor};

    #[derive(Deserialize)]
    struct File(#[serde(deserialize_with = "ProviderTable::read")] BTreeMap<String, ProviderTable>);

    fn read(table: &str) -> Result<ProviderTable, toml::de::Error> {
        let File(mut tables) = toml::from_str(table)?;
        Ok(tables.pop_first().unwrap().1)
    }

    #[test]
    fn a_known_provider_stays_itself_but_for_what_is_said() {
        let table = read("[birdid]\nhash_encoding = 'base64'").unwrap();
        let changed = table.view();
        let known = ProviderTable::known("birdid").unwrap();
        assert_eq!(known.view().hash_encoding, HashEncoding::Hex);
        assert_eq!(changed.hash_encoding, HashEncoding::Base64);
        assert_eq!(changed.display_name, known.view().display_name);
        assert_eq!(changed.hosts.production, known.view().hosts.production);
    }

    #[test]
    fn a_new_provider_speaks_as_the_norm_has_it_and_bears_its_own_name() {
        let table = read("[novo]\nproduction = 'https://psc.example'").unwrap();
        let provider = table.view();
        assert_eq!((provider.name, provider.display_name), ("novo", "novo"));
        assert_eq!(provider.hosts.production, Some("https://psc.example"));
        assert_eq!(provider.ids, Ids::Text);
        assert!(provider.unsure.is_empty());
        let like = read("[outro]\nlike = 'safeid'").unwrap();
        assert_eq!(like.view().prefix, ProviderTable::known("safeid").unwrap().view().prefix);
        assert_eq!(like.view().name, "outro");
    }

    #[test]
    fn every_value_can_be_replaced() {
        let table = read(
            "[birdid]
             async_signature = '/async'
             password_digits = 8
             authorizations_per_second = 7
             signature_requests_per_minute = 8
             signatures_per_minute = 9
             [birdid.portal]
             homologation = 'https://portal.example'
             start = '/begin'
             [birdid.errors]
             codes = 'kind'
             in_success = false",
        )
        .unwrap();
        let provider = table.view();
        let portal = provider.portal.unwrap();
        assert_eq!((portal.start, portal.hosts.production), ("/begin", None));
        assert_eq!(provider.async_signature, Some("/async"));
        assert_eq!(provider.password, Some(PasswordFactor::OneTimeCode { digits: 8 }));
        let limits = provider.limits;
        let counts = [limits.authorize, limits.signature_requests, limits.signatures];
        assert_eq!(counts.map(|rate| rate.count), [7, 8, 9]);
        assert_eq!((provider.errors.codes, provider.errors.in_success), ("kind", false));
        assert!(read("[birdid]\nsignatures_per_minute = 0").is_err());
        assert!(read("[birdid]\nasync_signature = 'no path'").is_err());
    }

    #[test]
    fn a_doubt_that_the_table_settles_is_told_no_more() {
        let keys = |table: &str| -> Vec<String> {
            let table = read(table).unwrap();
            table.view().unsure.iter().map(|doubt| doubt.key.to_owned()).collect()
        };
        assert!(keys("[birdid]").contains(&"hash_encoding".to_owned()));
        let settled = keys("[birdid]\nhash_encoding = 'base64'");
        assert_eq!(settled, ["token_body", "authorize_query", "ids"]);
        let both = "[vidaas]\ncertificates.alias_required = true\npaths.signature = '/signatures'";
        assert_eq!(keys(both), ["redirect_login_hint"]);
    }

    #[test]
    fn every_doubt_can_be_settled() {
        for unsure in PROVIDERS.into_iter().flat_map(|provider| provider.unsure) {
            let (folder, key) = unsure.key.rsplit_once('.').unwrap_or(("", unsure.key));
            // One of these is of its type.
            let settles = |value: &str| {
                let table = match folder {
                    "" => format!("[novo]\n{key} = {value}"),
                    folder => format!("[novo.{folder}]\n{key} = {value}"),
                };
                read(&table).is_ok_and(|table| table.changes.settle(unsure.key))
            };
            let values = ["true", "'/path'", "'hex'", "'json'", "'number'"];
            assert!(values.into_iter().any(settles), "{}", unsure.key);
        }
    }

    #[test]
    fn every_doubt_names_a_key_that_a_table_can_have() {
        for provider in PROVIDERS {
            for unsure in provider.unsure {
                // Of another type than any key has, so that only the name can be wrong.
                let table = format!("[{}]\n{} = 1979-05-27", provider.name, unsure.key);
                let told = read(&table).unwrap_err().to_string();
                assert!(!told.contains("unknown field"), "{}: {told}", unsure.key);
            }
        }
    }
}
