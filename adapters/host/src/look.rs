//! What a signed PDF tells and shows about its signature.

use rubrica_core::language::Language;
use rubrica_pdf::{
    Corner, SignatureOptions, SigningTime, Stamp, StampLanguage, StampPage, SubFilter,
};
use serde::{Deserialize, Serialize};

use crate::form::Form;

/// The texts of a PDF's signature, and its visible stamp.
///
/// It is saved with a session, so that the same document is prepared in the same way after an
/// interruption.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Look {
    /// Bytes kept free for the signature; `None` for 16 KiB, with a time stamp 32 KiB.
    pub reserve: Option<usize>,
    /// What the PDF calls its signature; `None` for what goes best with the form.
    pub filter: Option<PdfFilter>,
    /// Why the document is signed.
    pub reason: Option<String>,
    /// Where it is signed.
    pub location: Option<String>,
    /// Who signs.
    pub name: Option<String>,
    /// A visible stamp; `None` for a signature that does not show on the pages.
    pub stamp: Option<StampLook>,
}

/// What a PDF calls its signature: `/Filter` and `/SubFilter`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PdfFilter {
    /// `Adobe.PPKLite` and `ETSI.CAdES.detached`: the choice for ICP-Brasil's policies unless another
    /// is made. General readers know it, and programs in use report that ITI's validator takes it.
    Etsi,
    /// `PBAD_PAdES` and `PBAD.PAdES`: the letter of ICP-Brasil's policies (DOC-ICP-15.03, table
    /// A.18). Readers that do not know ICP-Brasil show no signature.
    Pbad,
    /// `Adobe.PPKLite` and `adbe.pkcs7.detached`: the choice for a CMS without policy unless another
    /// is made. Every reader knows it.
    Adobe,
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
    pub(crate) fn options(&self, form: Form, signed_at: SigningTime) -> SignatureOptions {
        let mut options = SignatureOptions::new(signed_at);
        let (filter, reserve) = match form {
            // The stamp brings a chain of its own.
            Form::PadesAdRt => (PdfFilter::Etsi, 2 * SignatureOptions::DEFAULT_RESERVE),
            Form::PadesAdRb => (PdfFilter::Etsi, SignatureOptions::DEFAULT_RESERVE),
            _ => (PdfFilter::Adobe, SignatureOptions::DEFAULT_RESERVE),
        };
        options.reserve = self.reserve.unwrap_or(reserve);
        options.sub_filter = match self.filter.unwrap_or(filter) {
            PdfFilter::Etsi => SubFilter::EtsiCadesDetached,
            PdfFilter::Pbad => SubFilter::PbadPades,
            PdfFilter::Adobe => SubFilter::AdbePkcs7Detached,
        };
        options.reason.clone_from(&self.reason);
        options.location.clone_from(&self.location);
        options.name.clone_from(&self.name);
        options.stamp = self.stamp.as_ref().map(StampLook::stamp);
        options
    }
}
