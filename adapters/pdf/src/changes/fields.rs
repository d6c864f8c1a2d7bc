//! What may change in a form's fields: new signature fields, and fields that are filled in.

use std::collections::BTreeSet;

use super::Change;
use super::comparison::{Comparison, Pair, differing, repeats};
use super::touched::{Fate, ITEM, under};
use crate::error::PdfError;
use crate::form::FieldKind;
use crate::object::{Dictionary, Object, ObjectId};
use crate::text;

/// What a new signature field may have, and a widget of one. None of it acts.
const OF_NEW_FIELD: [&[u8]; 27] = [
    b"AP",
    b"BS",
    b"Border",
    b"DA",
    b"DR",
    b"F",
    b"FT",
    b"Ff",
    b"Kids",
    b"Lock",
    b"M",
    b"MK",
    b"NM",
    b"P",
    b"Parent",
    b"Q",
    b"Rect",
    b"SV",
    b"StructParent",
    b"Subtype",
    b"T",
    b"TM",
    b"TU",
    b"Type",
    b"V",
    b"H",
    b"AS",
];

/// What a signature may change in a field that waited for it.
const OF_WAITING_FIELD: [&[u8]; 5] = [b"AP", b"F", b"M", b"MK", b"V"];

/// What filling in may change in a field.
const OF_FILLED_FIELD: [&[u8]; 6] = [b"AP", b"AS", b"I", b"M", b"RV", b"V"];

/// How large the field of a later signature may be on a page, in square points: a quarter of A4.
const MAX_AREA: f32 = 595.0 * 842.0 / 4.0;

/// A signature field that is new.
struct NewField {
    name: String,
    object: u32,
    visible: bool,
}

/// A field of the signed revision that is changed.
pub(super) struct ChangedField {
    pub(super) id: ObjectId,
    pub(super) name: String,
    pub(super) kind: FieldKind,
    pub(super) valued_above: bool,
}

impl Comparison<'_> {
    /// A field that was added to the form, or to the field `above`.
    pub(super) fn new_field(
        &mut self,
        field: &Object,
        above: Option<&ChangedField>,
        names: &mut BTreeSet<String>,
    ) -> Result<(), PdfError> {
        let what = "a field is added that is no new signature field";
        let Some((id, dictionary)) = self.new_dictionary(field, what)? else { return Ok(()) };
        let number = Some(id.number);
        let is_signature =
            self.now.entry(&dictionary, "FT")?.as_name().is_some_and(|kind| kind == b"Sig");
        let Object::String(partial) = self.now.entry(&dictionary, "T")? else {
            self.findings.forbidden(what, number);
            return Ok(());
        };
        let partial = text::decode(&partial);
        let parent = dictionary.get("Parent").and_then(Object::as_reference);
        if !is_signature || partial.contains('.') || parent != above.map(|above| above.id) {
            self.findings.forbidden(what, number);
            return Ok(());
        }
        let name = match above.map(|above| &above.name).filter(|name| !name.is_empty()) {
            Some(above) => format!("{above}.{partial}"),
            None => partial,
        };
        if !names.insert(name.clone()) {
            let what = "a field of a name that there is";
            self.findings.forbidden_entry(what, number, name.as_bytes());
        }
        let mut visible = self.widget(id, &dictionary)?;
        if let Some(Object::Array(kids)) =
            dictionary.get("Kids").map(|kids| self.now.resolve(kids)).transpose()?
        {
            for kid in &kids {
                let Some((kid, widget)) = self.new_dictionary(kid, what)? else { continue };
                let of_this = widget.get("Parent").and_then(Object::as_reference) == Some(id);
                if widget.get("T").is_some() || widget.get("Kids").is_some() || !of_this {
                    self.findings.forbidden(what, Some(kid.number));
                    continue;
                }
                visible |= self.widget(kid, &widget)?;
            }
        }
        if let Some(kids) = dictionary.get("Kids") {
            self.absorb(kids)?;
        }
        let field = NewField { name, object: id.number, visible };
        match dictionary.get("V") {
            Some(value) if *value != Object::Null => self.signature(&field, value, true),
            _ => {
                self.gate(&field, true, false)?;
                self.findings.allowed(Change::SignatureField { field: field.name });
                Ok(())
            }
        }
    }

    /// The dictionary of an object that must be new, which is explained by that.
    fn new_dictionary(
        &mut self,
        object: &Object,
        what: &'static str,
    ) -> Result<Option<(ObjectId, Dictionary)>, PdfError> {
        if let Some(id) = object.as_reference()
            && self.touched.fate(id.number) == Some(Fate::Added)
            && let (Object::Dictionary(dictionary), false) = self.now.object_or_stream(id)?
            && !repeats(&dictionary)
        {
            self.touched.explain(id.number);
            return Ok(Some((id, dictionary)));
        }
        self.findings.forbidden(what, object.as_reference().map(|id| id.number));
        Ok(None)
    }

    /// A new signature field as it may be on a page; whether it shows there.
    fn widget(&mut self, id: ObjectId, dictionary: &Dictionary) -> Result<bool, PdfError> {
        for (key, value) in &dictionary.0 {
            if !OF_NEW_FIELD.contains(&key.as_slice()) {
                self.findings.unknown_entry("a new field that does more", Some(id.number), key);
            } else if !matches!(key.as_slice(), b"P" | b"Parent" | b"Kids" | b"V") {
                self.absorb(value)?;
            }
        }
        self.widgets.insert(id);
        let area = self.area(dictionary)?;
        if area > MAX_AREA {
            self.findings.unknown("a signature that may cover what was signed", Some(id.number));
        }
        Ok(area > 0.0)
    }

    /// The area of a widget's rectangle, in square points; infinity when it has no valid one.
    fn area(&self, widget: &Dictionary) -> Result<f32, PdfError> {
        let Object::Array(items) = self.now.entry(widget, "Rect")? else { return Ok(0.0) };
        let mut numbers = Vec::with_capacity(4);
        for item in items.iter().take(5) {
            numbers.push(self.now.resolve(item)?.as_number().unwrap_or(f32::INFINITY));
        }
        Ok(match numbers.as_slice() {
            [left, bottom, right, top] => {
                let area = ((right - left) * (top - bottom)).abs();
                if area.is_nan() { f32::INFINITY } else { area }
            }
            _ => f32::INFINITY,
        })
    }

    /// What was put into a signature field, new or not.
    fn signature(&mut self, field: &NewField, value: &Object, new: bool) -> Result<(), PdfError> {
        let what = "a signature that is none";
        let id = value.as_reference();
        let number = id.map(|id| id.number);
        if number.is_some_and(|number| self.touched.fate(number) != Some(Fate::Added)) {
            self.findings.forbidden("a signature that is not new", number);
            return Ok(());
        }
        let dictionary = match self.now.resolve(value)? {
            Object::Dictionary(dictionary) if !repeats(&dictionary) => dictionary,
            _ => {
                self.findings.forbidden(what, number);
                return Ok(());
            }
        };
        if dictionary.get("ByteRange").is_none() || dictionary.get("Contents").is_none() {
            self.findings.forbidden(what, number);
            return Ok(());
        }
        self.absorb(value)?;
        let is_time_stamp = dictionary.has_type("DocTimeStamp")
            && self.now.entry(&dictionary, "SubFilter")?.as_name() == Some(b"ETSI.RFC3161");
        self.gate(field, new, is_time_stamp)?;
        let NewField { name, visible, .. } = field;
        let field = name.clone();
        self.findings.allowed(match is_time_stamp {
            true => Change::TimeStamp { field },
            false => Change::Signature { field, visible: *visible },
        });
        Ok(())
    }

    /// That what earlier signatures say allows this. A time-stamp that does not show is no change
    /// (ISO 32000-2 table 257).
    fn gate(&mut self, field: &NewField, new: bool, is_time_stamp: bool) -> Result<(), PdfError> {
        let object = Some(field.object);
        if is_time_stamp && !field.visible {
            return Ok(());
        }
        match self.level {
            Some(1) => {
                self.findings.forbidden("a signature where a certification allows none", object);
            }
            Some(2) if new && field.visible => {
                let what = "a new signature that shows, where a certification allows none";
                self.findings.forbidden(what, object);
            }
            _ => {}
        }
        if self.is_locked(&field.name)? {
            let what = "a signature in a field that an earlier one locks";
            self.findings.forbidden_entry(what, object, field.name.as_bytes());
        }
        Ok(())
    }

    /// A field of the signed revision that is redefined.
    pub(super) fn changed_field(
        &mut self,
        field: &ChangedField,
        names: &mut BTreeSet<String>,
    ) -> Result<(), PdfError> {
        let number = Some(field.id.number);
        let what = "a field is changed";
        let places = under(&["Fields", "Kids", "Annots", "Parent", "Obj", "CO"]) | ITEM;
        let only_here =
            self.touched.get(field.id.number).is_some_and(|it| it.uses.under & !places == 0);
        let (then, _) = self.then.object_or_stream(field.id)?;
        let (now, is_stream) = self.now.object_or_stream(field.id)?;
        let (Object::Dictionary(then), Object::Dictionary(now)) = (then, now) else {
            self.findings.forbidden(what, number);
            return Ok(());
        };
        let keys = differing(&then, &now);
        if keys.is_empty() {
            return Ok(());
        }
        if is_stream || !only_here || repeats(&now) {
            self.findings.forbidden(what, number);
            return Ok(());
        }
        let within = |allowed: &[&[u8]]| keys.iter().all(|key| allowed.contains(key));
        let waits = !field.valued_above && then.get("V").is_none();
        if within(&[b"Kids"]) {
            let kids = self.pair(then.get("Kids"), now.get("Kids"), under(&["Kids"]), what)?;
            let gained = kids.and_then(|pair| self.gained(&pair, what, number));
            for kid in gained.unwrap_or_default() {
                self.new_field(&kid, Some(field), names)?;
            }
            self.touched.explain(field.id.number);
            return Ok(());
        }
        if field.kind == FieldKind::Signature && waits && within(&OF_WAITING_FIELD) {
            return self.waiting_field(field, &then, &now);
        }
        let certified = matches!(self.level, Some(2 | 3));
        if field.kind == FieldKind::Other && certified && within(&OF_FILLED_FIELD) {
            if self.is_locked(&field.name)? {
                let what = "a field is filled in that an earlier signature locks";
                self.findings.forbidden_entry(what, number, field.name.as_bytes());
            }
            self.touched.explain(field.id.number);
            self.appearance(&then, &now)?;
            let value = self.pair(then.get("V"), now.get("V"), under(&["V"]), what)?;
            if let Some(Pair { now, .. }) = value {
                self.absorb(&now)?;
            }
            self.findings.allowed(Change::FormField { field: field.name.clone() });
            return Ok(());
        }
        for key in keys {
            self.findings.forbidden_entry(what, number, key);
        }
        Ok(())
    }

    /// A signature field, or a widget of one, into which a signature was put.
    fn waiting_field(
        &mut self,
        field: &ChangedField,
        then: &Dictionary,
        now: &Dictionary,
    ) -> Result<(), PdfError> {
        let number = field.id.number;
        self.touched.explain(number);
        self.widgets.insert(field.id);
        self.appearance(then, now)?;
        if let Some(characteristics) = now.get("MK") {
            self.absorb(characteristics)?;
        }
        let visible = self.area(now)? > 0.0;
        let field = NewField { name: field.name.clone(), object: number, visible };
        if let Some(value) = now.get("V") {
            return self.signature(&field, value, false);
        }
        // The signature is in the field of which this is a widget.
        let above = self.now.dictionary(now, "Parent")?.unwrap_or_default();
        if above.get("V").is_none() {
            self.findings.forbidden("a field without a signature looks otherwise", Some(number));
        }
        Ok(())
    }

    /// The appearance of a field that may look otherwise: parts that are redefined must have been
    /// parts of it, and of nothing else (ISO 32000-1 §12.5.5).
    fn appearance(&mut self, then: &Dictionary, now: &Dictionary) -> Result<(), PdfError> {
        let mut pending: Vec<Object> = then.get("AP").cloned().into_iter().collect();
        // The dictionary of appearances, the appearance or the states of one, a state.
        for _ in 0..3 {
            let mut within = Vec::new();
            for object in &pending {
                if let Some(id) = object.as_reference()
                    && let Some(one) = self.touched.get_mut(id.number)
                    && one.fate() == Fate::Redefined
                    && one.uses.count == 1
                {
                    one.explained = true;
                    let current = self.now.object(id)?;
                    self.absorb(&current)?;
                }
                if let (Object::Dictionary(parts), false) = self.read_then(object)? {
                    within.extend(parts.0.into_iter().map(|(_, value)| value));
                }
            }
            pending = within;
        }
        now.get("AP").map_or(Ok(()), |appearance| self.absorb(appearance))
    }

    fn read_then(&self, object: &Object) -> Result<(Object, bool), PdfError> {
        match object {
            Object::Reference(id) => self.then.object_or_stream(*id),
            other => Ok((other.clone(), false)),
        }
    }
}
