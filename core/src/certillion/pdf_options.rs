//! How a PDF is signed (`pdf_options`).

use super::members::Members;
use super::text::check_optional;
use super::visible_signature::VisibleSignature;
use crate::error::Error;

/// How a PDF is signed (API page, `pdf_options`). What is `None` is not sent. The members that the
/// page calls deprecated (`visible_signature_page` and the like) are not offered.
///
/// Unsure: the names `location` and `name`, which the page has in a translation; they are those of
/// the entries of a PDF's signature dictionary (ISO 32000-1 §12.8.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PdfOptions<'a> {
    /// How the signer can be reached; not visible in the signature.
    pub contact_info: Option<&'a str>,
    /// Where it was signed: a place or a server; not visible in the signature.
    pub location: Option<&'a str>,
    /// Who signed; the service takes it from the certificate.
    pub name: Option<&'a str>,
    /// Why it was signed; not visible in the signature.
    pub reason: Option<&'a str>,
    /// A signature that can be seen on a page.
    pub visible: Option<VisibleSignature<'a>>,
}

impl PdfOptions<'_> {
    /// Bytes of the longest text. No source tells it.
    pub const TEXT: usize = 1_024;

    pub(super) fn check(&self) -> Result<(), Error> {
        check_optional(self.contact_info, Self::TEXT, "contact_info")?;
        check_optional(self.location, Self::TEXT, "location")?;
        check_optional(self.name, Self::TEXT, "name")?;
        check_optional(self.reason, Self::TEXT, "reason")?;
        self.visible.map_or(Ok(()), |visible| visible.check())
    }

    pub(super) fn visit(&self, members: &mut impl Members) {
        let texts = [
            ("contact_info", self.contact_info),
            ("location", self.location),
            ("name", self.name),
            ("reason", self.reason),
        ];
        for (name, text) in texts {
            if let Some(text) = text {
                members.text(name, text);
            }
        }
        if let Some(visible) = &self.visible {
            members.open("visible_signature_options");
            visible.visit(members);
            members.close();
        }
    }
}
