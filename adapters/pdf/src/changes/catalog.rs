//! What may change in the trailer and in the catalog.

use super::Change;
use super::comparison::{Comparison, Pair, additions, differing, same};
use super::touched::{Fate, under};
use crate::error::PdfError;
use crate::object::{Dictionary, Object};

/// What stands in a trailer, or in a cross-reference stream's dictionary, and says nothing of the
/// document.
const OF_SECTION: [&[u8]; 12] = [
    b"DecodeParms",
    b"Filter",
    b"ID",
    b"Index",
    b"Info",
    b"Length",
    b"Prev",
    b"Size",
    b"Type",
    b"W",
    b"XRefStm",
    b"DL",
];

/// The lists of the validation data (ISO 32000-2 table 261), and those of ICP-Brasil's policies
/// (DOC-ICP-15.03, PAdES: artifacts of policies and of the list of approved policies).
const OF_DSS: [&str; 6] =
    ["Certs", "CRLs", "OCSPs", "PBAD_LpaArtifacts", "PBAD_LpaSignatures", "PBAD_PolicyArtifacts"];

/// The same for one signature (ISO 32000-2 table 262).
const OF_VRI: [&str; 9] = [
    "Type",
    "Cert",
    "CRL",
    "OCSP",
    "TU",
    "TS",
    "PBAD_LpaArtifact",
    "PBAD_LpaSignature",
    "PBAD_PolicyArtifact",
];

impl Comparison<'_> {
    /// The trailer names the same catalog, and information that is new or used nowhere else.
    pub(super) fn trailer(&mut self) -> Result<(), PdfError> {
        let then = self.then.cross_references.trailer.clone();
        let now = self.now.cross_references.trailer.clone();
        for key in differing(&then, &now) {
            if key == b"Root" {
                self.findings.forbidden("another catalog", None);
            } else if !OF_SECTION.contains(&key) {
                self.findings.unknown_entry("another entry of the trailer", None, key);
            }
        }
        let size = |trailer: &Dictionary| trailer.get("Size").and_then(Object::as_integer);
        if size(&now) < size(&then) {
            // Objects from there on are missing to some (ISO 32000-1 table 15).
            self.findings.unknown_entry("a trailer that leaves objects out", None, b"Size");
        }
        let Some(information) = now.get("Info") else { return Ok(()) };
        let mut changed = then.get("Info") != Some(information);
        if let Some(id) = information.as_reference()
            && let Some(one) = self.touched.get(id.number)
        {
            changed = true;
            let only_here = one.uses.under & !under(&["Info"]) == 0;
            match one.fate() {
                Fate::Redefined if only_here && then.get("Info") == Some(information) => {
                    self.touched.explain(id.number);
                }
                Fate::Redefined | Fate::Freed => {}
                Fate::Added => self.absorb(information)?,
            }
            let current = self.now.object(id)?;
            self.absorb(&current)?;
        }
        if changed {
            self.findings.allowed(Change::Description);
        }
        Ok(())
    }

    /// The catalog has the same entries, but for those that a signature needs.
    pub(super) fn catalog(&mut self) -> Result<(), PdfError> {
        let (id, then) = self.then.catalog()?;
        let (id_now, now) = self.now.catalog()?;
        if id != id_now {
            self.findings.forbidden("another catalog", Some(id_now.number));
            return Ok(());
        }
        if let Some((fate, uses)) = self.touched.get(id.number).map(|it| (it.fate(), it.uses)) {
            let is_stream = self.now.object_or_stream(id)?.1;
            if is_stream || fate != Fate::Redefined || uses.under & !under(&["Data"]) != 0 {
                let what = "a catalog that serves as something else too";
                self.findings.forbidden(what, Some(id.number));
            } else if super::comparison::repeats(&now) {
                self.findings.forbidden("a catalog with an entry twice", Some(id.number));
            } else {
                self.touched.explain(id.number);
            }
        }
        for key in differing(&then, &now) {
            match key {
                b"AcroForm" | b"DSS" | b"Extensions" | b"Metadata" => {}
                b"Version" => self.version(&then, &now)?,
                _ => {
                    let what = "another entry of the catalog";
                    self.findings.forbidden_entry(what, Some(id.number), key);
                }
            }
        }
        self.description(&then, &now)?;
        self.validation_data(&then, &now)?;
        self.form(&then, &now)
    }

    fn version(&mut self, then: &Dictionary, now: &Dictionary) -> Result<(), PdfError> {
        if self.now.version(now)? < self.then.version(then)? {
            self.findings.unknown("an earlier version of PDF", None);
        } else {
            self.findings.allowed(Change::Description);
        }
        Ok(())
    }

    /// Metadata, and extensions that developers declare.
    fn description(&mut self, then: &Dictionary, now: &Dictionary) -> Result<(), PdfError> {
        for key in ["Extensions", "Metadata"] {
            let (before, after) = (then.get(key), now.get(key));
            let what = "something else for what describes the document";
            let is_touched = after
                .and_then(Object::as_reference)
                .is_some_and(|id| self.touched.get(id.number).is_some());
            let Some(pair) = self.pair(before, after, under(&[key]), what)? else { continue };
            if is_touched || before != after {
                self.absorb(&pair.now)?;
                self.findings.allowed(Change::Description);
            }
        }
        Ok(())
    }

    /// The document security store: lists of streams, and for each signature such lists.
    fn validation_data(&mut self, then: &Dictionary, now: &Dictionary) -> Result<(), PdfError> {
        let what = "validation data that are something else";
        let (before, after) = (then.get("DSS"), now.get("DSS"));
        if after.is_none() && before.is_some() {
            self.findings.forbidden("validation data that are gone", None);
            return Ok(());
        }
        let stores = self.pair_of_dictionaries(before, after, under(&["DSS"]), what)?;
        let Some((then, now)) = stores else { return Ok(()) };
        let mut changed = before.is_none() && after.is_some();
        for key in differing(&then, &now) {
            changed = true;
            if key != b"Type" && key != b"VRI" && !OF_DSS.iter().any(|it| it.as_bytes() == key) {
                self.findings.unknown_entry("an unknown entry of the validation data", None, key);
            }
        }
        for key in OF_DSS {
            changed |= self.list_of_streams(&then, &now, key)?;
        }
        changed |= self.by_signature(&then, &now)?;
        if changed {
            self.findings.allowed(Change::ValidationData);
        }
        Ok(())
    }

    /// Whether the list under this key is another. Items may be missing from it: what has become
    /// useless may be taken out.
    fn list_of_streams(
        &mut self,
        then: &Dictionary,
        now: &Dictionary,
        key: &str,
    ) -> Result<bool, PdfError> {
        let what = "validation data that are something else";
        let Some(pair) = self.pair(then.get(key), now.get(key), under(&[key]), what)? else {
            return Ok(true);
        };
        let Pair { then, now } = pair;
        if same(&then, &now) {
            return Ok(false);
        }
        match &now {
            Object::Null => {}
            Object::Array(items)
                if items.iter().all(|item| matches!(item, Object::Reference(_))) =>
            {
                self.absorb(&now)?;
            }
            _ => self.findings.forbidden(what, None),
        }
        Ok(true)
    }

    fn by_signature(&mut self, then: &Dictionary, now: &Dictionary) -> Result<bool, PdfError> {
        let what = "validation data that are something else";
        let (then, now) = (then.get("VRI"), now.get("VRI"));
        let dictionaries = self.pair_of_dictionaries(then, now, under(&["VRI"]), what)?;
        let Some((then, now)) = dictionaries else { return Ok(true) };
        let mut changed = false;
        for key in differing(&then, &now) {
            changed = true;
            // The digest of a signature's contents.
            if key.len() != 40 || !key.iter().all(u8::is_ascii_hexdigit) {
                self.findings.unknown_entry("an unknown entry of the validation data", None, key);
                continue;
            }
            let key = core::str::from_utf8(key).unwrap_or_default();
            let (before, after) = (then.get(key), now.get(key));
            let Some((_, after)) = self.pair_of_dictionaries(before, after, 0, what)? else {
                continue;
            };
            for (key, value) in &after.0 {
                if OF_VRI.iter().any(|known| known.as_bytes() == key) {
                    self.absorb(value)?;
                } else {
                    let what = "an unknown entry of the validation data";
                    self.findings.unknown_entry(what, None, key);
                }
            }
        }
        // Those that are referred to as before may have been redefined.
        for (key, value) in &now.0 {
            let Some(id) = value.as_reference() else { continue };
            if self.touched.fate(id.number) == Some(Fate::Redefined) {
                self.findings.forbidden_entry(what, Some(id.number), key);
            }
        }
        Ok(changed)
    }

    /// Whether the entries under `key`, both resolved, only gained items, and which.
    pub(super) fn gained(
        &mut self,
        pair: &Pair,
        what: &'static str,
        object: Option<u32>,
    ) -> Option<Vec<Object>> {
        let items = |object: &Object| match object {
            Object::Null => Some(Vec::new()),
            Object::Array(items) => Some(items.clone()),
            _ => None,
        };
        let gained = match (items(&pair.then), items(&pair.now)) {
            (Some(then), Some(now)) => {
                additions(&then, &now).map(|more| more.into_iter().cloned().collect())
            }
            _ => None,
        };
        if gained.is_none() {
            self.findings.forbidden(what, object);
        }
        gained
    }
}
