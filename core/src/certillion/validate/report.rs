//! What the service says of signatures that were made elsewhere.

use core::fmt;

use crate::codec::json::{Array, Object, Value};

/// What the service says, as far as it can be made out: the reply is documented nowhere. What is
/// read of it are the members of the older SOAP interface of the same product, in three spellings
/// each.
#[derive(Clone, Copy)]
pub struct Report<'r>(Object<'r>);

/// What the service says of one signature.
#[derive(Clone, Copy)]
pub struct Validated<'r>(Object<'r>);

impl<'r> Report<'r> {
    pub(super) const fn new(reply: Object<'r>) -> Self {
        Self(reply)
    }

    /// What is said of each signature; of one, where the reply has no list.
    pub fn iter(&self) -> impl Iterator<Item = Validated<'r>> + use<'r> {
        let list = match member(&self.0, &["signatures", "Signatures", "signature"]) {
            Some(Value::Array(list)) => Some(list),
            _ => None,
        };
        let only = Validated(self.0);
        let only = (list.is_none() && only.is_valid().is_some()).then_some(only);
        let listed = list.into_iter().flat_map(|list| list.iter()).filter_map(|each| match each {
            Value::Object(each) => Some(Validated(each)),
            _ => None,
        });
        listed.chain(only)
    }

    /// Whether the service calls every signature valid: `None` where it says nothing of one, or of
    /// none.
    #[must_use]
    pub fn is_valid(&self) -> Option<bool> {
        let mut verdict = None;
        for each in self.iter() {
            match each.is_valid() {
                Some(true) => verdict = verdict.or(Some(true)),
                Some(false) => return Some(false),
                None => return None,
            }
        }
        verdict
    }

    /// All that came.
    #[must_use]
    pub const fn raw(&self) -> Object<'r> {
        self.0
    }
}

impl<'r> Validated<'r> {
    /// Whether it is valid; `None` where that is not told.
    #[must_use]
    pub fn is_valid(&self) -> Option<bool> {
        match member(&self.0, &["valid", "Valid", "is_valid"])? {
            Value::Bool(valid) => Some(valid),
            Value::Text("true") => Some(true),
            Value::Text("false") => Some(false),
            _ => None,
        }
    }

    /// Why it is not, in the service's words.
    pub fn reasons(&self) -> impl Iterator<Item = &'r str> + use<'r> {
        let found = member(&self.0, &["invalid_reason", "InvalidReason", "invalidReason"]);
        let found = found.or_else(|| self.0.member("reasons"));
        let (one, list) = match found {
            Some(Value::Text(text)) => (Some(text), None),
            Some(Value::Array(list)) => (None, Some(list)),
            _ => (None, None),
        };
        one.into_iter().chain(list.into_iter().flat_map(|list| texts(&list)))
    }

    /// When it was made, in the service's notation.
    #[must_use]
    pub fn signing_time(&self) -> Option<&'r str> {
        self.text(&["signing_time", "SigningTime", "signingTime"])
    }

    /// Who made it: a CPF or CNPJ.
    #[must_use]
    pub fn legal_identifier(&self) -> Option<&'r str> {
        self.text(&["legal_identifier", "LegalIdentifier", "legalIdentifier", "signer_identifier"])
    }

    /// The policy that it was made under.
    #[must_use]
    pub fn policy_id(&self) -> Option<&'r str> {
        self.text(&["policy_id", "PolicyId", "policyId"])
    }

    /// All that is said of it.
    #[must_use]
    pub const fn raw(&self) -> Object<'r> {
        self.0
    }

    fn text(&self, names: &[&str]) -> Option<&'r str> {
        match member(&self.0, names)? {
            Value::Text(text) | Value::Number(text) if !text.is_empty() => Some(text),
            _ => None,
        }
    }
}

impl fmt::Debug for Report<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.iter()).finish()
    }
}

impl fmt::Debug for Validated<'_> {
    /// Shows no number of the signer's.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Validated({:?})", self.is_valid())
    }
}

/// The first of these members that is there.
fn member<'r>(object: &Object<'r>, names: &[&str]) -> Option<Value<'r>> {
    names.iter().find_map(|name| object.member(name))
}

fn texts<'r>(list: &Array<'r>) -> impl Iterator<Item = &'r str> + use<'r> {
    list.iter().filter_map(|each| match each {
        Value::Text(text) => Some(text),
        _ => None,
    })
}
