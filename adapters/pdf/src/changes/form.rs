//! What may change in the form: its list of fields, and what they share.

use std::collections::BTreeSet;

use super::comparison::{Comparison, differing};
use super::fields::ChangedField;
use super::touched::{Fate, under};
use crate::error::PdfError;
use crate::form;
use crate::object::{Dictionary, Object};

impl Comparison<'_> {
    pub(super) fn form(&mut self, then: &Dictionary, now: &Dictionary) -> Result<(), PdfError> {
        let what = "another form";
        let (before, after) = (then.get("AcroForm"), now.get("AcroForm"));
        let forms = self.pair_of_dictionaries(before, after, under(&["AcroForm"]), what)?;
        let Some((then, now)) = forms else { return Ok(()) };
        for key in differing(&then, &now) {
            match key {
                b"Fields" | b"DR" => {}
                b"DA" if then.get("DA").is_none() => {}
                b"SigFlags" => self.flags(&then, &now)?,
                _ => self.findings.forbidden_entry("another entry of the form", None, key),
            }
        }
        self.resources(&then, &now)?;

        let what = "fields of the form are gone or changed";
        let fields = (then.get("Fields"), now.get("Fields"));
        let Some(pair) = self.pair(fields.0, fields.1, under(&["Fields"]), what)? else {
            return Ok(());
        };
        let mut new_names = BTreeSet::new();
        for field in self.gained(&pair, what, None).unwrap_or_default() {
            self.new_field(&field, None, &mut new_names)?;
        }
        let (mut changed, mut repeated) = (Vec::new(), None);
        form::each_field(self.then, &then, |field| {
            let name = field.full_name();
            if new_names.contains(name) {
                repeated = Some(name.to_owned());
            }
            let fate = field.id.and_then(|id| self.touched.fate(id.number));
            if let (Some(id), Some(Fate::Redefined)) = (field.id, fate) {
                let (kind, valued_above) = (field.kind, field.valued_above);
                changed.push(ChangedField { id, name: name.to_owned(), kind, valued_above });
            }
            Ok(())
        })?;
        for field in changed {
            self.changed_field(&field, &mut new_names)?;
        }
        if let Some(name) = repeated {
            let what = "a field of a name that there is";
            self.findings.forbidden_entry(what, None, name.as_bytes());
        }
        Ok(())
    }

    /// The flags may only say that there are signatures (ISO 32000-1 table 219).
    fn flags(&mut self, then: &Dictionary, now: &Dictionary) -> Result<(), PdfError> {
        let before = self.then.entry(then, "SigFlags")?.as_integer().unwrap_or(0);
        let after = self.now.entry(now, "SigFlags")?.as_integer().unwrap_or(0);
        if before | 3 != after | 3 || before & !after != 0 {
            self.findings.unknown_entry("another entry of the form", None, b"SigFlags");
        }
        Ok(())
    }

    /// Resources may be added to the form's, none be changed.
    fn resources(&mut self, then: &Dictionary, now: &Dictionary) -> Result<(), PdfError> {
        let what = "resources of the form are gone or changed";
        let (before, after) = (then.get("DR"), now.get("DR"));
        let pair = self.pair_of_dictionaries(before, after, under(&["DR"]), what)?;
        let Some((then, now)) = pair else { return Ok(()) };
        for kind in differing(&then, &now) {
            // Of no use to any reader (ISO 32000-1 §14.2), and no dictionary.
            if kind == b"ProcSet" {
                continue;
            }
            let kind = core::str::from_utf8(kind).unwrap_or_default();
            let (before, after) = (then.get(kind), now.get(kind));
            let Some((before, after)) = self.pair_of_dictionaries(before, after, 0, what)? else {
                continue;
            };
            for name in differing(&before, &after) {
                if before.0.iter().any(|(known, _)| known == name) {
                    self.findings.forbidden_entry(what, None, name);
                }
            }
            self.absorb(&Object::Dictionary(after))?;
        }
        Ok(())
    }
}
