//! The elements that have an identifier.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::{
    read::{Document, Namespace},
    verdict::Breach,
};

/// What an identifier leads to.
#[derive(Clone, Copy)]
enum Found {
    /// One element, by an attribute that is an identifier.
    One(usize),
    /// One element, by an attribute that only some readers take for an identifier.
    Doubtful,
    /// Several elements.
    Several,
}

/// Every identifier of a document.
///
/// Which attributes are identifiers is for a schema to say that nobody has at hand: `Id` is that of
/// signatures and of NF-e, `ID` that of SAML, `id` is common. They are taken together, and so are
/// those of other namespaces, because what two readers find by the same identifier must be the same.
pub(crate) struct Identifiers<'d>(HashMap<&'d str, Found>);

impl<'d> Identifiers<'d> {
    pub(crate) fn of(document: &'d Document<'_>) -> Self {
        let mut found = HashMap::new();
        for (place, element) in document.elements() {
            for attribute in document.attributes(element) {
                if !attribute.name.local.eq_ignore_ascii_case("id") {
                    continue;
                }
                let sure = match attribute.name.namespace {
                    Namespace::None => matches!(attribute.name.local, "Id" | "ID" | "id"),
                    Namespace::Xml => attribute.name.local == "id",
                    Namespace::Declared(_) => false,
                };
                match found.entry(&*attribute.value) {
                    Entry::Vacant(vacant) => {
                        vacant.insert(if sure { Found::One(place) } else { Found::Doubtful });
                    }
                    // Two attributes of one element are no two elements.
                    Entry::Occupied(known) if matches!(known.get(), Found::One(one) if *one == place) =>
                        {}
                    Entry::Occupied(mut known) => {
                        known.insert(Found::Several);
                    }
                }
            }
        }
        Self(found)
    }

    /// The one element that has this identifier.
    pub(crate) fn find(&self, identifier: &str) -> Result<usize, Breach> {
        match self.0.get(identifier) {
            Some(Found::One(place)) => Ok(*place),
            Some(Found::Several | Found::Doubtful) => Err(Breach::Ambiguous),
            None => Err(Breach::Missing),
        }
    }
}
