//! `signature_standard_options` and what is in them, read strictly.
//!
//! Unsure: many of these names were lost in the API page's translation. Those that a client does
//! not send cannot be tried here, and those that it sends must be spelled as in this file. Of a
//! visible signature, the image is not drawn and the text stands at the left.

use serde::Deserialize;
use serde_json::Number;

use super::refusal::Refusal;
use super::status::Status;
use crate::clock::Date;
use crate::pdf::appearance::{Place, Visible};
use crate::pki::holder::Holder;

/// How one document is to be signed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StandardOptions {
    pub(crate) digest_method: Option<String>,
    pub(crate) pdf_options: Option<PdfOptions>,
    pub(crate) xml_options: Option<XmlOptions>,
}

/// The entries of the signature dictionary, and the visible signature. The deprecated members are
/// unknown here: no client library should send them.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PdfOptions {
    pub(crate) contact_info: Option<String>,
    pub(crate) location: Option<String>,
    /// The API page has the name taken from the certificate, whatever was sent.
    #[serde(rename = "name")]
    pub(crate) _name: Option<String>,
    pub(crate) reason: Option<String>,
    pub(crate) visible_signature_options: Option<VisibleOptions>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct VisibleOptions {
    pub(crate) distance_x: Option<Number>,
    pub(crate) distance_y: Option<Number>,
    pub(crate) height: Option<Number>,
    pub(crate) image_data: Option<String>,
    pub(crate) image_position: Option<String>,
    pub(crate) image_zoom: Option<Number>,
    pub(crate) page_number: Option<u32>,
    pub(crate) position_on_page: Option<String>,
    pub(crate) signature_field_name: Option<String>,
    pub(crate) text: Option<String>,
    pub(crate) text_alignment: Option<String>,
    pub(crate) text_font: Option<String>,
    pub(crate) text_font_size: Option<Number>,
    pub(crate) text_padding: Option<Number>,
    pub(crate) visual_rotation: Option<String>,
    pub(crate) width: Option<Number>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct XmlOptions {
    pub(crate) add_key_val: Option<bool>,
    pub(crate) add_subject_name: Option<bool>,
    pub(crate) attribute_id_name: Option<String>,
    pub(crate) elements_id: Option<Vec<String>>,
    pub(crate) elements_name: Option<Vec<String>>,
    pub(crate) multiple_signatures: Option<bool>,
    pub(crate) remove_signature_id: Option<bool>,
}

impl StandardOptions {
    /// Refuses values that the API page does not list, and digests that are not emulated.
    pub(crate) fn check(&self) -> Result<(), Refusal> {
        match self.digest_method.as_deref() {
            None | Some("SHA256") => {}
            Some("SHA1" | "SHA512") => {
                let detail = "beyond the emulator: a digest_method other than SHA256";
                return Err(Refusal::new(400, Status::REQUEST_BAD_PROFILE, detail));
            }
            Some(_) => return Err(Refusal::wrong("digest_method is unknown")),
        }
        if let Some(visible) =
            self.pdf_options.as_ref().and_then(|it| it.visible_signature_options.as_ref())
        {
            visible.check()?;
        }
        self.xml_options.as_ref().map_or(Ok(()), XmlOptions::check)
    }
}

impl PdfOptions {
    /// What is seen of the signature, if anything: without a text, nothing is (API page).
    pub(crate) fn visible(&self, holder: &Holder, now: i64) -> Result<Option<Visible>, Refusal> {
        let Some(options) = &self.visible_signature_options else { return Ok(None) };
        let Some(text) = &options.text else { return Ok(None) };
        let beyond = options.signature_field_name.is_some()
            || options.visual_rotation.as_deref().is_some_and(|it| it != "NONE");
        if beyond {
            let detail = "beyond the emulator: signature_field_name and visual_rotation";
            return Err(Refusal::new(400, Status::REQUEST_BAD_PROFILE, detail));
        }
        let number = |value: &Option<Number>, default: f64| {
            value.as_ref().and_then(Number::as_f64).unwrap_or(default)
        };
        let (x, y) = (number(&options.distance_x, 0.0), number(&options.distance_y, 0.0));
        // Unsure: how a distance and a position go together. A distance is taken alone here.
        let place = if x == 0.0 && y == 0.0 {
            let position = options.position_on_page.as_deref().unwrap_or("TOP_LEFT");
            Place::Share(
                if position.ends_with("LEFT") {
                    0.0
                } else if position.ends_with("RIGHT") {
                    1.0
                } else {
                    0.5
                },
                if position.starts_with("TOP") {
                    1.0
                } else if position.starts_with("BOTTOM") {
                    0.0
                } else {
                    0.5
                },
            )
        } else {
            Place::Distance(x, y)
        };
        let date = Date::from_unix(now).iso_8601();
        Ok(Some(Visible {
            page: options.page_number.map_or(1, |page| usize::try_from(page).unwrap_or(usize::MAX)),
            place,
            width: number(&options.width, 200.0),
            height: number(&options.height, 100.0),
            // Unsure: a third party has seen the markers with and without their signs.
            text: text
                .replace("$CERT_CN_WO_CPF$", "CERT_CN_WO_CPF")
                .replace("CERT_CN_WO_CPF", holder.name)
                .replace("$SIGN_DATE$", "SIGN_DATE")
                .replace("SIGN_DATE", &date),
            font: match options.text_font.as_deref() {
                Some("TIMES_ROMAN") => "Times-Roman",
                Some("COURIER") => "Courier",
                _ => "Helvetica",
            },
            size: number(&options.text_font_size, 10.0),
            padding: number(&options.text_padding, 0.0),
        }))
    }
}

impl VisibleOptions {
    fn check(&self) -> Result<(), Refusal> {
        let positions = [
            "TOP_LEFT",
            "TOP_CENTER",
            "TOP_RIGHT",
            "CENTER_LEFT",
            "MIDDLE",
            "CENTER_RIGHT",
            "BOTTOM_LEFT",
            "BOTTOM_CENTER",
            "BOTTOM_RIGHT",
        ];
        let enumerations: [(&str, &Option<String>, &[&str]); 5] = [
            (
                "image_position",
                &self.image_position,
                &["LEFT", "RIGHT", "TOP", "BOTTOM", "BACKGROUND"],
            ),
            ("position_on_page", &self.position_on_page, &positions),
            ("text_alignment", &self.text_alignment, &["LEFT", "RIGHT", "CENTER"]),
            ("text_font", &self.text_font, &["HELVETICA", "TIMES_ROMAN", "COURIER"]),
            (
                "visual_rotation",
                &self.visual_rotation,
                &["NONE", "ROTATION_90", "ROTATION_180", "ROTATION_270"],
            ),
        ];
        for (name, value, known) in enumerations {
            if value.as_deref().is_some_and(|value| !known.contains(&value)) {
                return Err(Refusal::wrong(format!("{name} has no such value")));
            }
        }
        if let Some(image) = &self.image_data {
            use base64::Engine;
            use base64::prelude::BASE64_STANDARD;
            if BASE64_STANDARD.decode(image).is_err() {
                return Err(Refusal::wrong("image_data is not base64"));
            }
        }
        let negative = |number: &Option<Number>| {
            number.as_ref().and_then(Number::as_f64).is_some_and(|number| number < 0.0)
        };
        let sizes = [&self.height, &self.width, &self.image_zoom, &self.text_font_size];
        if self.page_number == Some(0) || sizes.into_iter().any(negative) {
            return Err(Refusal::wrong("a page or a size that cannot be"));
        }
        Ok(())
    }
}

impl XmlOptions {
    fn check(&self) -> Result<(), Refusal> {
        let refuse = |status, detail| Err(Refusal::new(400, status, detail));
        if self.attribute_id_name.is_some() && self.elements_id.is_some() {
            return Err(Refusal::wrong("attribute_id_name and elements_id exclude each other"));
        }
        let empty = |list: &Option<Vec<String>>| list.as_ref().is_some_and(Vec::is_empty);
        if empty(&self.elements_id) || empty(&self.elements_name) {
            return refuse(Status::XMLDSIG_EMPTY_ELEMENT_LIST, "a list of elements is empty");
        }
        if self.elements_name.is_some() && self.attribute_id_name.is_none() {
            let status = Status::XMLDSIG_ELEMENTS_WITHOUT_ATTRIBUTE_ID;
            return refuse(status, "elements_name without attribute_id_name");
        }
        Ok(())
    }
}
