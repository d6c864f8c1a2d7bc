//! What a signed PDF tells and shows about its signature.

use rubrica_core::language::Language;
use rubrica_pdf::{Corner, SignatureOptions, SigningTime, Stamp, StampLanguage, StampPage};
use serde::{Deserialize, Serialize};

/// The texts of a PDF's signature, and its visible stamp.
///
/// It is saved with a session, so that the same document is prepared in the same way after an
/// interruption.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Look {
    /// Bytes kept free for the signature; `None` for 16 KiB.
    pub reserve: Option<usize>,
    /// Why the document is signed.
    pub reason: Option<String>,
    /// Where it is signed.
    pub location: Option<String>,
    /// Who signs.
    pub name: Option<String>,
    /// A visible stamp; `None` for a signature that does not show on the pages.
    pub stamp: Option<StampLook>,
}

/// A visible stamp.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StampLook {
    /// The signer's name.
    pub signer: String,
    /// The signer's number, masked as it is to be shown.
    pub holder: Option<String>,
    /// The page, counted from 1; `None` for the last.
    pub page: Option<u32>,
    /// The corner of the page.
    pub corner: StampCorner,
    /// The address that a QR code leads to; `None` for no QR code.
    pub qr_url: Option<String>,
    /// Whether the stamp speaks English rather than Portuguese.
    pub english: bool,
}

/// A corner of a page as it is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum StampCorner {
    /// Bottom left.
    BottomLeft,
    /// Bottom right.
    #[default]
    BottomRight,
    /// Top left.
    TopLeft,
    /// Top right.
    TopRight,
}

impl StampLook {
    /// A stamp on the last page's bottom right corner.
    #[must_use]
    pub fn new(signer: impl Into<String>, language: Language) -> Self {
        Self {
            signer: signer.into(),
            holder: None,
            page: None,
            corner: StampCorner::default(),
            qr_url: None,
            english: language == Language::English,
        }
    }

    fn stamp(&self) -> Stamp {
        let mut stamp = Stamp::new(self.signer.clone());
        stamp.holder.clone_from(&self.holder);
        stamp.qr_url.clone_from(&self.qr_url);
        stamp.page = self.page.map_or(StampPage::Last, StampPage::Number);
        stamp.corner = match self.corner {
            StampCorner::BottomLeft => Corner::BottomLeft,
            StampCorner::BottomRight => Corner::BottomRight,
            StampCorner::TopLeft => Corner::TopLeft,
            StampCorner::TopRight => Corner::TopRight,
        };
        if self.english {
            stamp.language = StampLanguage::English;
        }
        stamp
    }
}

impl Look {
    pub(crate) fn options(&self, signed_at: SigningTime) -> SignatureOptions {
        let mut options = SignatureOptions::new(signed_at);
        options.reserve = self.reserve.unwrap_or(SignatureOptions::DEFAULT_RESERVE);
        options.reason.clone_from(&self.reason);
        options.location.clone_from(&self.location);
        options.name.clone_from(&self.name);
        options.stamp = self.stamp.as_ref().map(StampLook::stamp);
        options
    }
}
