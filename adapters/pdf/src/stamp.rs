//! The visible stamp: what it says, and where it goes.

use crate::error::PdfError;
use crate::limits;
use crate::pages::Page;

/// A visible stamp on one page.
///
/// It shows who signed, the signer's document number as the caller masked it, when, why and where
/// (from [`SignatureOptions`](crate::SignatureOptions)), and a QR code. The text shrinks and wraps
/// to fit. It is upright on pages that are shown turned.
///
/// The fonts are Helvetica and Helvetica-Bold, which every reader has and which are not embedded,
/// so a document that was PDF/A is no longer strictly so once it bears a visible stamp.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Stamp {
    /// Which page.
    pub page: StampPage,
    /// The corner of the page, as it is shown, from which the place is measured.
    pub corner: Corner,
    /// How far the stamp is from the corner's two edges, in points (1/72 inch): horizontally and
    /// vertically.
    pub offset: (f32, f32),
    /// Width and height in points; at least 48 by 24, at most the page.
    pub size: (f32, f32),
    /// Who signed.
    pub signer: String,
    /// The signer's document, as it is to be shown: `CPF ***.456.789-**`.
    pub holder: Option<String>,
    /// The language of the words that are not the caller's.
    pub language: StampLanguage,
    /// The address of a QR code, at most 300 bytes; without one there is no QR code.
    pub qr_url: Option<String>,
}

/// Which page bears the stamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StampPage {
    /// The page of this number, counted from 1.
    Number(u32),
    /// The last page.
    Last,
}

/// A corner of a page as it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Corner {
    /// Bottom left.
    BottomLeft,
    /// Bottom right.
    BottomRight,
    /// Top left.
    TopLeft,
    /// Top right.
    TopRight,
}

/// The language of a stamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum StampLanguage {
    /// Brazilian Portuguese.
    #[default]
    Portuguese,
    /// English.
    English,
}

impl Stamp {
    /// A stamp of 220 by 64 points, 36 points from the bottom right corner of the last page.
    #[must_use]
    pub fn new(signer: impl Into<String>) -> Self {
        Self {
            page: StampPage::Last,
            corner: Corner::BottomRight,
            offset: (36.0, 36.0),
            size: (220.0, 64.0),
            signer: signer.into(),
            holder: None,
            language: StampLanguage::default(),
            qr_url: None,
        }
    }

    pub(crate) fn check(&self) -> Result<(), PdfError> {
        let (width, height) = self.size;
        let possible = |value: f32| value.is_finite() && value.abs() <= 14_400.0;
        if ![width, height, self.offset.0, self.offset.1].into_iter().all(possible) {
            return Err(PdfError::Options { what: "the stamp's place is not a possible one" });
        }
        if width < 48.0 || height < 24.0 {
            return Err(PdfError::Options { what: "the stamp is smaller than 48 by 24 points" });
        }
        if self.signer.trim().is_empty() {
            return Err(PdfError::Options { what: "the stamp names no signer" });
        }
        let texts = [Some(&self.signer), self.holder.as_ref()];
        if texts.into_iter().flatten().any(|text| text.chars().count() > limits::MAX_TEXT) {
            return Err(PdfError::Options { what: "a text of the stamp is too long" });
        }
        self.qr_url.as_deref().map_or(Ok(()), |address| crate::qr::code(address).map(drop))
    }

    /// The stamp's rectangle in the page's own coordinates, left, bottom, right and top, and the
    /// matrix that turns its appearance upright (ISO 32000-1 §12.5.5).
    pub(crate) fn place(&self, page: &Page) -> Result<([f32; 4], [f32; 6]), PdfError> {
        let [left, bottom, right, top] = page
            .visible
            .ok_or_else(|| PdfError::broken("the page for the stamp has no valid /MediaBox"))?;
        let (page_width, page_height) = (right - left, top - bottom);
        let turned = matches!(page.rotation, 90 | 270);
        let (shown_width, shown_height) =
            if turned { (page_height, page_width) } else { (page_width, page_height) };
        let (width, height) = self.size;
        let from_left = match self.corner {
            Corner::BottomLeft | Corner::TopLeft => self.offset.0,
            Corner::BottomRight | Corner::TopRight => shown_width - self.offset.0 - width,
        };
        let from_bottom = match self.corner {
            Corner::BottomLeft | Corner::BottomRight => self.offset.1,
            Corner::TopLeft | Corner::TopRight => shown_height - self.offset.1 - height,
        };
        // A hair of tolerance, for sizes that were converted from millimetres.
        let inside = from_left > -0.01
            && from_bottom > -0.01
            && from_left + width < shown_width + 0.01
            && from_bottom + height < shown_height + 0.01;
        if !inside {
            return Err(PdfError::Options { what: "the stamp does not lie within its page" });
        }
        // A point as it is shown, from the bottom left, in the page's own coordinates.
        let own = |x: f32, y: f32| match page.rotation {
            90 => (left + page_width - y, bottom + x),
            180 => (left + page_width - x, bottom + page_height - y),
            270 => (left + y, bottom + page_height - x),
            _ => (left + x, bottom + y),
        };
        let (a, b) = own(from_left, from_bottom);
        let (c, d) = own(from_left + width, from_bottom + height);
        let matrix = match page.rotation {
            90 => [0.0, 1.0, -1.0, 0.0, 0.0, 0.0],
            180 => [-1.0, 0.0, 0.0, -1.0, 0.0, 0.0],
            270 => [0.0, -1.0, 1.0, 0.0, 0.0, 0.0],
            _ => [1.0, 0.0, 0.0, 1.0, 0.0, 0.0],
        };
        Ok(([a.min(c), b.min(d), a.max(c), b.max(d)], matrix))
    }
}
