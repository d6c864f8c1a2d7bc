//! Two revisions held against each other, and what is left unexplained.

use std::collections::{BTreeMap, BTreeSet};

use super::Change;
use super::findings::Findings;
use super::increments;
use super::touched::{Fate, One, Touched};
use crate::error::PdfError;
use crate::form::SignedField;
use crate::object::{Dictionary, Object, ObjectId};
use crate::permissions;
use crate::reading::Document;
use crate::runs::Entry;
use crate::xref::Added;

/// The revision that was signed, the document as it is now, and what was found so far.
pub(super) struct Comparison<'c> {
    pub(super) then: &'c Document<'c>,
    pub(super) now: &'c Document<'c>,
    pub(super) touched: Touched,
    pub(super) findings: &'c mut Findings,
    /// What a certification allows; nothing when there is none.
    pub(super) level: Option<i64>,
    signed: &'c [SignedField],
    /// Later widgets that may stand among a page's annotations.
    pub(super) widgets: BTreeSet<ObjectId>,
}

/// An entry of two revisions, resolved, when both could be come by as they should.
pub(super) struct Pair {
    pub(super) then: Object,
    pub(super) now: Object,
}

impl<'c> Comparison<'c> {
    pub(super) fn new(
        then: &'c Document<'c>,
        now: &'c Document<'c>,
        added: &Added,
        level: Option<i64>,
        signed: &'c [SignedField],
        findings: &'c mut Findings,
    ) -> Result<Self, PdfError> {
        let mut touched = Touched::read(then, now, &added.numbers)?;
        let start = then.bytes.length();
        increments::read(now, start, &added.starts, &mut touched, findings)?;
        if !touched.is_empty()
            && let Some(number) = touched.count_uses(then)?
        {
            findings.unknown("an object of the signed revision cannot be read", Some(number));
        }
        let widgets = BTreeSet::new();
        Ok(Self { then, now, touched, findings, level, signed, widgets })
    }

    /// Whether an earlier signature locks the field of this name.
    pub(super) fn is_locked(&self, name: &str) -> Result<bool, PdfError> {
        for field in self.signed {
            if permissions::locks(self.then, field, name)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What two revisions have at one place. A reference may lead to the same object as before, or
    /// to a new one; an object that is redefined must be referred to once, and from such a place.
    /// Nothing when it is otherwise, which is noted.
    pub(super) fn pair(
        &mut self,
        then: Option<&Object>,
        now: Option<&Object>,
        under: u32,
        what: &'static str,
    ) -> Result<Option<Pair>, PdfError> {
        let resolved = |document: &Document<'_>, object: Option<&Object>| match object {
            Some(object) => document.resolve_with_holder(object),
            None => Ok((None, Object::Null)),
        };
        let (holder_then, then) = resolved(self.then, then)?;
        let (holder, now) = resolved(self.now, now)?;
        let Some(id) = holder else { return Ok(Some(Pair { then, now })) };
        let only_here = |one: &One| one.uses.count == 1 && one.uses.under & !under == 0;
        let is_right = match self.touched.get(id.number) {
            None => holder_then == holder,
            Some(one) => match one.fate() {
                Fate::Added => true,
                Fate::Redefined => holder_then == holder && only_here(one),
                Fate::Freed => false,
            },
        };
        if !is_right {
            self.findings.forbidden(what, Some(id.number));
            return Ok(None);
        }
        self.touched.explain(id.number);
        Ok(Some(Pair { then, now }))
    }

    /// The dictionaries that two revisions have at one place, an empty one for none. Nothing when
    /// there is something else, which is noted.
    pub(super) fn pair_of_dictionaries(
        &mut self,
        then: Option<&Object>,
        now: Option<&Object>,
        under: u32,
        what: &'static str,
    ) -> Result<Option<(Dictionary, Dictionary)>, PdfError> {
        let holder = now.and_then(Object::as_reference);
        let Some(pair) = self.pair(then, now, under, what)? else { return Ok(None) };
        let stream = match holder {
            Some(id) if self.touched.get(id.number).is_some() => {
                self.now.object_or_stream(id)?.1 || self.then.object_or_stream(id)?.1
            }
            _ => false,
        };
        let dictionary = |object| match object {
            Object::Dictionary(dictionary) => Some(dictionary),
            Object::Null => Some(Dictionary::default()),
            _ => None,
        };
        match (dictionary(pair.then), dictionary(pair.now)) {
            (Some(then), Some(now)) if !stream && !repeats(&now) => Ok(Some((then, now))),
            _ => {
                self.findings.forbidden(what, holder.map(|id| id.number));
                Ok(None)
            }
        }
    }

    /// Explains every new object to which `object` leads by way of new ones.
    pub(super) fn absorb(&mut self, object: &Object) -> Result<(), PdfError> {
        let mut pending = Vec::new();
        self.absorb_one(object, &mut pending);
        while let Some(id) = pending.pop() {
            let object = self.now.object(id)?;
            self.absorb_one(&object, &mut pending);
        }
        Ok(())
    }

    fn absorb_one(&mut self, object: &Object, found: &mut Vec<ObjectId>) {
        object.each_reference(|id, _| {
            if let Some(one) = self.touched.get_mut(id.number)
                && one.fate() == Fate::Added
                && !one.explained
            {
                one.explained = true;
                found.push(id);
            }
        });
    }

    /// That everything that later sections speak of is explained.
    pub(super) fn finish(&mut self) -> Result<(), PdfError> {
        let end = self.then.bytes.length();
        for (number, one) in self.touched.iter() {
            let findings = &mut *self.findings;
            let number = Some(number);
            if let Some(what) = misplaced(one, end, &self.touched) {
                findings.forbidden(what, number);
                continue;
            }
            match one.fate() {
                Fate::Freed => {
                    findings.forbidden("an object of the signed revision is gone", number)
                }
                Fate::Added if one.uses.count > 0 => findings.forbidden(
                    "an object is defined to which the signed revision refers in vain",
                    number,
                ),
                _ if one.explained => {}
                Fate::Added => unused(self.now, number, one, findings)?,
                Fate::Redefined => redefined(self.then, self.now, number, one, findings)?,
            }
        }
        Ok(())
    }
}

/// Whether an entry leads elsewhere than to where the later revisions have an object.
fn misplaced(one: &One, end: u64, touched: &Touched) -> Option<&'static str> {
    match (one.now, one.then) {
        (Entry::InUse { offset, .. }, _) if offset < end => {
            Some("an object that leads back into the signed bytes")
        }
        (Entry::InUse { .. }, _) if !one.seen => Some("an object that is hidden in another"),
        (Entry::InUse { generation, .. }, Entry::InUse { generation: before, .. })
            if generation != before =>
        {
            Some("an object whose generation is changed")
        }
        (Entry::InUse { generation: 1.., .. }, Entry::Compressed { .. })
        | (Entry::Compressed { .. }, Entry::InUse { generation: 1.., .. }) => {
            Some("an object whose generation is changed")
        }
        (Entry::Compressed { container, .. }, _)
            if touched.fate(container) != Some(Fate::Added) =>
        {
            Some("an object that leads back into the signed bytes")
        }
        _ => None,
    }
}

/// An object that is new and that nothing allowed leads to. As nothing else is left unexplained,
/// nothing leads to it at all.
fn unused(
    now: &Document<'_>,
    number: Option<u32>,
    one: &One,
    findings: &mut Findings,
) -> Result<(), PdfError> {
    let Some(number) = number else { return Ok(()) };
    let generation = match one.now {
        Entry::InUse { generation, .. } => generation,
        _ => 0,
    };
    match now.object(ObjectId { number, generation })? {
        // The structure of the revision itself; see `increments`.
        Object::Dictionary(it) if it.has_type("ObjStm") || it.has_type("XRef") => {}
        Object::Dictionary(it) if ["Catalog", "Pages", "Page"].iter().any(|t| it.has_type(t)) => {
            findings.unknown("a page or a catalog that nothing leads to", Some(number));
        }
        _ => findings.allowed(Change::Unused),
    }
    Ok(())
}

/// An object that is another one now, and that no rule explains: it must be the same.
fn redefined(
    then: &Document<'_>,
    now: &Document<'_>,
    number: Option<u32>,
    one: &One,
    findings: &mut Findings,
) -> Result<(), PdfError> {
    let generation = match one.then {
        Entry::InUse { generation, .. } => generation,
        _ => 0,
    };
    let id = ObjectId { number: number.unwrap_or_default(), generation };
    let (before, was_stream) = then.object_or_stream(id)?;
    let (after, is_stream) = now.object_or_stream(id)?;
    // What a stream has been is not compared: nobody writes one again as it was.
    if !was_stream && !is_stream && same(&before, &after) {
        return Ok(());
    }
    let kind = match &before {
        Object::Dictionary(dictionary) => dictionary.get("Type").and_then(Object::as_name),
        _ => None,
    };
    let what = "an object of the signed revision is redefined";
    match kind {
        Some(kind) => findings.forbidden_entry(what, number, kind),
        None => findings.forbidden(what, number),
    }
    Ok(())
}

/// The keys of entries that differ, in the order of their bytes.
pub(super) fn differing<'d>(then: &'d Dictionary, now: &'d Dictionary) -> Vec<&'d [u8]> {
    let (then, now) = (by_key(then), by_key(now));
    let mut keys: Vec<&[u8]> = then.keys().chain(now.keys()).copied().collect();
    keys.sort_unstable();
    keys.dedup();
    keys.retain(|key| match (then.get(key), now.get(key)) {
        (Some(then), Some(now)) => !same(then, now),
        _ => true,
    });
    keys
}

/// Of a key that stands twice, the last value.
fn by_key(dictionary: &Dictionary) -> BTreeMap<&[u8], &Object> {
    dictionary.0.iter().map(|(key, value)| (key.as_slice(), value)).collect()
}

/// Whether two objects mean the same, however their numbers are written.
pub(super) fn same(one: &Object, other: &Object) -> bool {
    let mut pending = vec![(one, other)];
    while let Some((one, other)) = pending.pop() {
        match (one, other) {
            (Object::Array(one), Object::Array(other)) if one.len() == other.len() => {
                pending.extend(one.iter().zip(other));
            }
            (Object::Dictionary(one), Object::Dictionary(other))
                if one.0.len() == other.0.len() && !repeats(one) && !repeats(other) =>
            {
                let (one, other) = (by_key(one), by_key(other));
                if !one.keys().eq(other.keys()) {
                    return false;
                }
                pending.extend(one.into_values().zip(other.into_values()));
            }
            (Object::Real(_), Object::Integer(_) | Object::Real(_))
            | (Object::Integer(_), Object::Real(_)) => {
                if number(one).is_none() || number(one) != number(other) {
                    return false;
                }
            }
            _ if one == other => {}
            _ => return false,
        }
    }
    true
}

/// Whether a key stands twice in a dictionary: readers take the one or the other.
pub(super) fn repeats(dictionary: &Dictionary) -> bool {
    let mut keys: Vec<&[u8]> = dictionary.0.iter().map(|(key, _)| key.as_slice()).collect();
    keys.sort_unstable();
    keys.windows(2).any(|pair| matches!(pair, [one, other] if one == other))
}

/// What a list has that another, all of whose items it has in their order, has not.
pub(super) fn additions<'o>(then: &[Object], now: &'o [Object]) -> Option<Vec<&'o Object>> {
    let mut waiting = then.iter().peekable();
    let mut more = Vec::new();
    for item in now {
        match waiting.peek() {
            Some(next) if same(next, item) => {
                waiting.next();
            }
            _ => more.push(item),
        }
    }
    waiting.next().is_none().then_some(more)
}

fn number(object: &Object) -> Option<f64> {
    match object {
        Object::Integer(value) => Some(*value as f64),
        Object::Real(text) => text.parse().ok(),
        _ => None,
    }
}
