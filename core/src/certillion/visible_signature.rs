//! A signature that can be seen on a page of a PDF (`visible_signature_options`).

mod words;

pub use words::{ImagePosition, PagePosition, Rotation, TextAlignment, TextFont};

use super::members::Members;
use super::text::check_optional;
use crate::error::{Error, Misuse};

/// A signature that can be seen on a page of a PDF (API page, `visible_signature_options`). What is
/// `None` is not sent, and is the default that is named here. The units of lengths are told
/// nowhere; points are likely.
///
/// Unsure: the names `distance_x`, `distance_y`, `height`, `page_number` and `width`, which the
/// page has in a translation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VisibleSignature<'a> {
    /// What is written in it: 1 to 1,024 bytes. Without a text the service ignores all the rest, so
    /// that there must be one.
    ///
    /// A third party's design document knows the markers `$CERT_CN_WO_CPF$` and `$SIGN_DATE$`,
    /// which are replaced by the holder's name and the date.
    pub text: &'a str,
    /// The field of the PDF in which it stands. With it the service ignores distances, height,
    /// image, page and position.
    pub signature_field_name: Option<&'a str>,
    /// From the left margin; 0.
    pub distance_x: Option<u32>,
    /// From the bottom margin; 0.
    pub distance_y: Option<u32>,
    /// Its height; 100.
    pub height: Option<u32>,
    /// Its width; 200.
    pub width: Option<u32>,
    /// A picture in base64.
    pub image_data: Option<&'a str>,
    /// Where the picture stands in it; on the left. Ignored without a picture.
    pub image_position: Option<ImagePosition<'a>>,
    /// The picture's size in hundredths; 100. Ignored without a picture.
    pub image_zoom: Option<u32>,
    /// The page, counted from 1; 1.
    pub page_number: Option<u32>,
    /// Where on the page; at the top on the left.
    pub position_on_page: Option<PagePosition<'a>>,
    /// How the text is aligned; to the left.
    pub text_alignment: Option<TextAlignment<'a>>,
    /// The text's font; Helvetica.
    pub text_font: Option<TextFont<'a>>,
    /// The font's size; 10.
    pub text_font_size: Option<u32>,
    /// The space around the text; 0.
    pub text_padding: Option<u32>,
    /// How it is turned; not at all.
    pub visual_rotation: Option<Rotation<'a>>,
}

impl<'a> VisibleSignature<'a> {
    /// Bytes of the longest text. No source tells it.
    pub const TEXT: usize = 1_024;

    /// Bytes of the longest name of a field. No source tells it.
    pub const FIELD: usize = 128;

    /// Characters of the longest picture. No source tells it.
    pub const IMAGE: usize = 1 << 20;

    /// A text where the service puts it by itself.
    #[must_use]
    pub const fn new(text: &'a str) -> Self {
        Self {
            text,
            signature_field_name: None,
            distance_x: None,
            distance_y: None,
            height: None,
            width: None,
            image_data: None,
            image_position: None,
            image_zoom: None,
            page_number: None,
            position_on_page: None,
            text_alignment: None,
            text_font: None,
            text_font_size: None,
            text_padding: None,
            visual_rotation: None,
        }
    }

    pub(super) fn check(&self) -> Result<(), Error> {
        let is_bad = |character: char| character.is_control() && character != '\n';
        if self.text.is_empty() || self.text.len() > Self::TEXT || self.text.chars().any(is_bad) {
            return Err(Misuse::Field("text").into());
        }
        check_optional(self.signature_field_name, Self::FIELD, "signature_field_name")?;
        let is_base64 = |image: &str| {
            let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte);
            let whole =
                !image.is_empty() && image.len() <= Self::IMAGE && image.len().is_multiple_of(4);
            whole && image.bytes().all(allowed)
        };
        if self.image_data.is_some_and(|image| !is_base64(image)) {
            return Err(Misuse::Field("image_data").into());
        }
        if self.page_number == Some(0) {
            return Err(Misuse::Field("page_number").into());
        }
        for word in self.words().into_iter().flatten() {
            check_optional(Some(word.1), 32, word.0)?;
        }
        Ok(())
    }

    /// The members that are words of a list.
    fn words(&self) -> [Option<(&'static str, &'a str)>; 5] {
        [
            self.image_position.map(|word| ("image_position", word.as_str())),
            self.position_on_page.map(|word| ("position_on_page", word.as_str())),
            self.text_alignment.map(|word| ("text_alignment", word.as_str())),
            self.text_font.map(|word| ("text_font", word.as_str())),
            self.visual_rotation.map(|word| ("visual_rotation", word.as_str())),
        ]
    }

    pub(super) fn visit(&self, members: &mut impl Members) {
        members.text("text", self.text);
        if let Some(name) = self.signature_field_name {
            members.text("signature_field_name", name);
        }
        let numbers = [
            ("distance_x", self.distance_x),
            ("distance_y", self.distance_y),
            ("height", self.height),
            ("width", self.width),
            ("page_number", self.page_number),
            ("text_font_size", self.text_font_size),
            ("text_padding", self.text_padding),
        ];
        for (name, number) in numbers {
            if let Some(number) = number {
                members.number(name, number);
            }
        }
        if let Some(image) = self.image_data {
            members.text("image_data", image);
        }
        if let Some(zoom) = self.image_zoom {
            members.hundredths("image_zoom", zoom);
        }
        for (name, word) in self.words().into_iter().flatten() {
            members.text(name, word);
        }
    }
}
