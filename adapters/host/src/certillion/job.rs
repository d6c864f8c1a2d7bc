//! How documents are signed.

use rubrica_core::certillion::{
    ImagePosition, Options, PagePosition, PdfOptions, Policy, Rotation, Standard, TextAlignment,
    TextFont, VisibleSignature,
};
use rubrica_core::codec::base64;
use rubrica_core::codec::buffer::Buffer;
use serde::{Deserialize, Serialize};

/// How documents are signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// The form of the signatures.
    pub standard: Standard,
    /// The signature policy; only [`Standard::Pades`] can do without.
    pub policy: Option<Policy>,
    /// Whether a signature stands apart from its document; not in a PDF.
    pub detached: bool,
    /// What a signed PDF tells and shows.
    pub look: Look,
}

impl Job {
    /// Signatures of this standard: with the policy AD-RB where one is needed, and with the document
    /// in them.
    #[must_use]
    pub fn new(standard: Standard) -> Self {
        let policy = standard.needs_policy().then_some(Policy::AdRb);
        Self { standard, policy, detached: false, look: Look::default() }
    }
}

/// What a signed PDF tells and shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Look {
    /// Why the document is signed; not to be seen on a page.
    pub reason: Option<String>,
    /// Where it is signed; not to be seen on a page.
    pub location: Option<String>,
    /// How the signer can be reached; not to be seen on a page.
    pub contact_info: Option<String>,
    /// What can be seen on a page.
    pub visible: Option<Visible>,
}

/// What can be seen of a signature on a page. What is `None` is the service's default; lengths are in
/// the service's unit, points most likely. Words go to the service as they are: the documentation at
/// hand has most of them in a translation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visible {
    /// What is written; `$CERT_CN_WO_CPF$` and `$SIGN_DATE$` are said to become the holder's name and
    /// the date.
    pub text: String,
    /// The signature field of the PDF in which it stands; all about the place and the picture is
    /// ignored then.
    pub field: Option<String>,
    /// The page, counted from 1.
    pub page: Option<u32>,
    /// Where on the page: `TOP_LEFT` (the default), `TOP_CENTER`, …
    pub position: Option<String>,
    /// From the left margin.
    pub x: Option<u32>,
    /// From the bottom margin.
    pub y: Option<u32>,
    /// Its width; 200 unless set.
    pub width: Option<u32>,
    /// Its height; 100 unless set.
    pub height: Option<u32>,
    /// A picture, as the bytes of its file.
    pub image: Option<Vec<u8>>,
    /// Where the picture stands: `LEFT` (the default), `RIGHT`, …
    pub image_position: Option<String>,
    /// The picture's size in hundredths.
    pub image_zoom: Option<u32>,
    /// The font: `HELVETICA` (the default), `TIMES_ROMAN` or `COURIER`.
    pub font: Option<String>,
    /// The font's size.
    pub font_size: Option<u32>,
    /// How the text is aligned: `LEFT` (the default), `RIGHT` or `CENTER`.
    pub alignment: Option<String>,
    /// The space around the text.
    pub padding: Option<u32>,
    /// How it is turned: `NONE` (the default), `ROTATION_90`, …
    pub rotation: Option<String>,
}

impl Look {
    /// The picture in base64, of which the options borrow.
    pub(super) fn image(&self) -> Option<String> {
        let image = self.visible.as_ref()?.image.as_ref()?;
        let mut text = vec![0; image.len().div_ceil(3).saturating_mul(4)];
        base64::write(image, &mut Buffer::new(&mut text));
        String::from_utf8(text).ok()
    }

    /// What is told to the service; nothing where all is its default.
    pub(super) fn options<'a>(&'a self, image: Option<&'a str>) -> Option<Options<'a>> {
        if *self == Self::default() {
            return None;
        }
        let pdf = PdfOptions {
            contact_info: self.contact_info.as_deref(),
            location: self.location.as_deref(),
            name: None,
            reason: self.reason.as_deref(),
            visible: self.visible.as_ref().map(|visible| visible.signature(image)),
        };
        Some(Options { pdf: Some(pdf), ..Options::default() })
    }
}

impl Visible {
    fn signature<'a>(&'a self, image: Option<&'a str>) -> VisibleSignature<'a> {
        VisibleSignature {
            signature_field_name: self.field.as_deref(),
            distance_x: self.x,
            distance_y: self.y,
            height: self.height,
            width: self.width,
            image_data: image,
            image_position: self.image_position.as_deref().map(ImagePosition::Other),
            image_zoom: self.image_zoom,
            page_number: self.page,
            position_on_page: self.position.as_deref().map(PagePosition::Other),
            text_alignment: self.alignment.as_deref().map(TextAlignment::Other),
            text_font: self.font.as_deref().map(TextFont::Other),
            text_font_size: self.font_size,
            text_padding: self.padding,
            visual_rotation: self.rotation.as_deref().map(Rotation::Other),
            ..VisibleSignature::new(&self.text)
        }
    }
}
