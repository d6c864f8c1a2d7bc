//! What a document can become.

use rubrica_core::psc::Format;
use serde::{Deserialize, Serialize};

/// What becomes of a document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Form {
    /// A signed PDF. Only its digest is sent; the signature is put into it here.
    #[default]
    Pdf,
    /// A detached CMS over any document. Only its digest is sent.
    Cms,
    /// The bare RSA signature over a document's digest.
    Raw,
    /// A detached CAdES with the policy AD-RB, made by the service. Only the digest is sent.
    CadesAdRb,
    /// The same with a time stamp.
    CadesAdRt,
    /// A signed PDF with the policy AD-RB, made by the service. The document is sent.
    PadesAdRb,
    /// The same with a time stamp.
    PadesAdRt,
}

impl Form {
    /// What the service is asked for.
    #[must_use]
    pub const fn format(self) -> Format {
        match self {
            Self::Pdf | Self::Cms => Format::Cms,
            Self::Raw => Format::Raw,
            Self::CadesAdRb => Format::CadesAdRb,
            Self::CadesAdRt => Format::CadesAdRt,
            Self::PadesAdRb => Format::PadesAdRb,
            Self::PadesAdRt => Format::PadesAdRt,
        }
    }
}
