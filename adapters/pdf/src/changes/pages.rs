//! What may change in the pages: one annotation more, which is a new signature's.

use super::Change;
use super::comparison::{Comparison, differing, repeats};
use super::touched::{Fate, under};
use crate::error::PdfError;
use crate::object::{Dictionary, Object, ObjectId};
use crate::pages;

/// What no page shows: when it was changed, and in which order the tabulator key goes.
const UNSEEN: [&[u8]; 2] = [b"LastModified", b"Tabs"];

impl Comparison<'_> {
    /// Each page is as it was, but for its annotations, to which those in [`Self::widgets`] may
    /// have been added.
    pub(super) fn pages(&mut self) -> Result<(), PdfError> {
        let (_, catalog) = self.then.catalog()?;
        let mut changed = Vec::new();
        let is_touched = |id: ObjectId| self.touched.get(id.number).is_some();
        pages::each_page(self.then, &catalog, |page, dictionary| {
            let annotations = dictionary.get("Annots").and_then(Object::as_reference);
            if is_touched(page) || annotations.is_some_and(is_touched) {
                changed.push(page);
            }
        })?;
        for page in changed {
            self.page(page)?;
        }
        Ok(())
    }

    fn page(&mut self, id: ObjectId) -> Result<(), PdfError> {
        let number = Some(id.number);
        let (then, _) = self.then.object_or_stream(id)?;
        let (now, is_stream) = self.now.object_or_stream(id)?;
        let (Object::Dictionary(then), Object::Dictionary(now)) = (then, now) else {
            self.findings.forbidden("a page that is none any more", number);
            return Ok(());
        };
        if is_stream || repeats(&now) {
            self.findings.forbidden("a page that is none any more", number);
            return Ok(());
        }
        for key in differing(&then, &now) {
            if key != b"Annots" && !UNSEEN.contains(&key) {
                self.findings.forbidden_entry("a page is changed", number, key);
            }
        }
        if self.touched.fate(id.number) == Some(Fate::Redefined) {
            self.touched.explain(id.number);
        }
        self.annotations(id, &then, &now)
    }

    fn annotations(
        &mut self,
        page: ObjectId,
        then: &Dictionary,
        now: &Dictionary,
    ) -> Result<(), PdfError> {
        let what = "annotations of a page are gone or changed";
        let (then, now) = (then.get("Annots"), now.get("Annots"));
        let Some(pair) = self.pair(then, now, under(&["Annots"]), what)? else { return Ok(()) };
        let Some(gained) = self.gained(&pair, what, Some(page.number)) else { return Ok(()) };
        for annotation in gained {
            let id = annotation.as_reference();
            if id.is_some_and(|id| self.widgets.contains(&id)) {
                continue;
            }
            let what = "an annotation is added";
            match id {
                Some(id) if self.level == Some(3) => self.annotation(id)?,
                _ => self.findings.forbidden(what, id.map(|id| id.number).or(Some(page.number))),
            }
        }
        Ok(())
    }

    /// A new annotation that a certification allows. Those of a form's fields are not such.
    fn annotation(&mut self, id: ObjectId) -> Result<(), PdfError> {
        let number = Some(id.number);
        let (object, is_stream) = self.now.object_or_stream(id)?;
        let is_new = self.touched.fate(id.number) == Some(Fate::Added);
        match object {
            Object::Dictionary(it) if is_new && !is_stream && !repeats(&it) => {
                let kind = it.get("Subtype").and_then(Object::as_name);
                if kind.is_none_or(|kind| kind == b"Widget") {
                    self.findings.forbidden("a field is added to a page", number);
                    return Ok(());
                }
                for key in ["A", "AA"] {
                    if it.get(key).is_some() {
                        let what = "an annotation that acts";
                        self.findings.unknown_entry(what, number, key.as_bytes());
                    }
                }
                self.absorb(&Object::Reference(id))?;
                self.findings.allowed(Change::Annotation { object: id.number });
            }
            _ => self.findings.forbidden("an annotation is added", number),
        }
        Ok(())
    }
}
