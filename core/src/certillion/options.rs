//! How one document is signed, beyond what its order says for all of them
//! (`signature_standard_options`).

use super::members::Members;
use super::order::Standard;
use super::pdf_options::PdfOptions;
use super::xml_options::XmlOptions;
use crate::error::{Error, Misuse};

/// How one document is signed (API page, `signature_standard_options`). What is `None` is not sent,
/// and is the service's default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options<'a> {
    /// What the document is digested with.
    pub digest_method: Option<DigestMethod>,
    /// For the standards of PDF.
    pub pdf: Option<PdfOptions<'a>>,
    /// For the standard of XML.
    pub xml: Option<XmlOptions<'a>>,
}

impl Options<'_> {
    pub(super) fn check(&self, standard: Standard) -> Result<(), Error> {
        if let Some(pdf) = &self.pdf {
            if !standard.is_pdf() {
                return Err(Misuse::Field("pdf_options").into());
            }
            pdf.check()?;
        }
        if let Some(xml) = &self.xml {
            if standard != Standard::Xades {
                return Err(Misuse::Field("xml_options").into());
            }
            xml.check()?;
        }
        Ok(())
    }

    pub(super) fn visit(&self, members: &mut impl Members) {
        if let Some(method) = self.digest_method {
            members.text("digest_method", method.as_str());
        }
        if let Some(pdf) = &self.pdf {
            members.open("pdf_options");
            pdf.visit(members);
            members.close();
        }
        if let Some(xml) = &self.xml {
            members.open("xml_options");
            xml.visit(members);
            members.close();
        }
    }
}

/// What a document is digested with (API page). SHA-1, which stands there too, is not offered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum DigestMethod {
    /// SHA-256, the service's default.
    #[default]
    Sha256,
    /// SHA-512.
    Sha512,
}

impl DigestMethod {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sha256 => "SHA256",
            Self::Sha512 => "SHA512",
        }
    }
}
