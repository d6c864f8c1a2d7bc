//! The objects of which later cross-reference sections speak otherwise than those that were signed.

use std::collections::BTreeMap;

use crate::error::PdfError;
use crate::limits;
use crate::object::Object;
use crate::reading::Document;
use crate::runs::{Entry, Numbers};

/// The places where something that a signature may change is referred to: keys of dictionaries.
/// Each is a bit of [`Uses::under`], as are what follows.
const KEYS: [&str; 25] = [
    "AcroForm",
    "Annots",
    "CO",
    "CRLs",
    "Certs",
    "DR",
    "DSS",
    "Data",
    "Extensions",
    "Fields",
    "Info",
    "Kids",
    "Metadata",
    "OCSPs",
    "Obj",
    "PBAD_LpaArtifacts",
    "PBAD_LpaSignatures",
    "PBAD_PolicyArtifacts",
    "Parent",
    "VRI",
    "CRL",
    "Cert",
    "OCSP",
    "TS",
    "V",
];

/// The bit of an item of an array that is an object of its own.
pub(super) const ITEM: u32 = 1 << 30;

/// The bit of every other place.
const ELSEWHERE: u32 = 1 << 31;

/// How the signed revision refers to an object.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Uses {
    pub(super) count: u32,
    /// Under which keys, see [`under`].
    pub(super) under: u32,
}

/// What became of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// The signed revision has no object of this number.
    Added,
    /// It is another one now.
    Redefined,
    /// It is gone.
    Freed,
}

#[derive(Debug)]
pub(super) struct One {
    pub(super) then: Entry,
    pub(super) now: Entry,
    pub(super) uses: Uses,
    /// Whether it was come by where a change is allowed.
    pub(super) explained: bool,
    /// Whether it stands where the later bytes were read from one end to the other.
    pub(super) seen: bool,
}

impl One {
    pub(super) fn fate(&self) -> Fate {
        match (self.then, self.now) {
            (Entry::Free, _) => Fate::Added,
            (_, Entry::Free) => Fate::Freed,
            _ => Fate::Redefined,
        }
    }
}

/// The objects whose entries differ, by their numbers.
#[derive(Debug)]
pub(super) struct Touched(BTreeMap<u32, One>);

impl Touched {
    /// Those of the objects with these numbers whose entries differ.
    pub(super) fn read(
        then: &Document<'_>,
        now: &Document<'_>,
        numbers: &[Numbers],
    ) -> Result<Self, PdfError> {
        let mut all = BTreeMap::new();
        for number in numbers.iter().cloned().flatten() {
            let before = then.cross_reference(number)?.unwrap_or(Entry::Free);
            let after = now.cross_reference(number)?.unwrap_or(Entry::Free);
            if before == after {
                continue;
            }
            if all.len() >= limits::MAX_CHANGED_OBJECTS {
                return Err(PdfError::TooComplex { what: "too many objects are changed" });
            }
            let uses = Uses::default();
            let one = One { then: before, now: after, uses, explained: false, seen: false };
            all.insert(number, one);
        }
        Ok(Self(all))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn get(&self, number: u32) -> Option<&One> {
        self.0.get(&number)
    }

    pub(super) fn get_mut(&mut self, number: u32) -> Option<&mut One> {
        self.0.get_mut(&number)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, &One)> {
        self.0.iter().map(|(&number, one)| (number, one))
    }

    pub(super) fn fate(&self, number: u32) -> Option<Fate> {
        self.get(number).map(One::fate)
    }

    pub(super) fn explain(&mut self, number: u32) {
        if let Some(one) = self.get_mut(number) {
            one.explained = true;
        }
    }

    /// Counts how all objects of the signed revision refer to these, one object after another. Gives
    /// the first object that cannot be read, when there is one.
    pub(super) fn count_uses(&mut self, then: &Document<'_>) -> Result<Option<u32>, PdfError> {
        let mut unreadable = None;
        then.each_object(|number, object| match object {
            // The trailers of earlier revisions; what they refer to is looked at by itself.
            Ok(Object::Dictionary(dictionary)) if dictionary.has_type("XRef") => {}
            Ok(object) => self.count_in(&object),
            Err(_) => unreadable = unreadable.or(Some(number)),
        })?;
        Ok(unreadable)
    }

    fn count_in(&mut self, object: &Object) {
        object.each_reference(|id, key| {
            if let Some(one) = self.0.get_mut(&id.number) {
                one.uses.count = one.uses.count.saturating_add(1);
                one.uses.under |= key.map_or(ITEM, under_key);
            }
        });
    }
}

/// The bits of these keys, which are some of [`KEYS`].
pub(super) fn under(keys: &[&str]) -> u32 {
    keys.iter().fold(0, |bits, key| bits | under_key(key.as_bytes()))
}

fn under_key(key: &[u8]) -> u32 {
    match KEYS.iter().position(|known| known.as_bytes() == key) {
        Some(bit) => 1 << bit,
        None => ELSEWHERE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_has_a_bit_of_its_own() {
        assert!(KEYS.len() < 30);
        assert_eq!(under(&KEYS).count_ones() as usize, KEYS.len());
        assert_eq!(under_key(b"Contents"), ELSEWHERE);
    }
}
