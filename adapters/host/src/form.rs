//! What a document can become.

use rubrica_core::cades::{Family, Level};
use rubrica_core::psc::Format;
use serde::{Deserialize, Serialize};

/// What becomes of a document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Form {
    /// A signed PDF with ICP-Brasil's policy AD-RB (DOC-ICP-15.03), put together here from a bare
    /// signature. Only a digest is sent.
    #[default]
    PadesAdRb,
    /// The same with the policy AD-RT: a time stamp of [`crate::Settings::time_stamps`] is in it.
    PadesAdRt,
    /// A detached CMS over any document with ICP-Brasil's policy AD-RB, put together here from a
    /// bare signature. Only a digest is sent.
    CadesAdRb,
    /// The same with the policy AD-RT: a time stamp of [`crate::Settings::time_stamps`] is in it.
    CadesAdRt,
    /// A signed PDF with the service's CMS, which names no signature policy. Only its digest is sent.
    Pdf,
    /// A detached CMS of the service over any document. Only its digest is sent.
    Cms,
    /// The bare RSA signature over a document's digest.
    Raw,
    /// A detached CAdES with the policy AD-RB, made by the service. Only the digest is sent.
    ServiceCadesAdRb,
    /// The same with a time stamp.
    ServiceCadesAdRt,
    /// A signed PDF with the policy AD-RB, made by the service. The document is sent.
    ServicePadesAdRb,
    /// The same with a time stamp.
    ServicePadesAdRt,
}

impl Form {
    /// What the service is asked for.
    #[must_use]
    pub const fn format(self) -> Format {
        match self {
            Self::PadesAdRb | Self::PadesAdRt | Self::CadesAdRb | Self::CadesAdRt | Self::Raw => {
                Format::Raw
            }
            Self::Pdf | Self::Cms => Format::Cms,
            Self::ServiceCadesAdRb => Format::CadesAdRb,
            Self::ServiceCadesAdRt => Format::CadesAdRt,
            Self::ServicePadesAdRb => Format::PadesAdRb,
            Self::ServicePadesAdRt => Format::PadesAdRt,
        }
    }

    /// Whether it is a PDF that is signed here, or comes back signed.
    #[must_use]
    pub const fn is_pdf(self) -> bool {
        matches!(
            self,
            Self::PadesAdRb
                | Self::PadesAdRt
                | Self::Pdf
                | Self::ServicePadesAdRb
                | Self::ServicePadesAdRt
        )
    }

    /// The kind of policy under which it is put together here; `None` where it is not.
    #[must_use]
    pub const fn assembled(self) -> Option<(Family, Level)> {
        match self {
            Self::PadesAdRb => Some((Family::Pades, Level::Basic)),
            Self::PadesAdRt => Some((Family::Pades, Level::TimeStamped)),
            Self::CadesAdRb => Some((Family::Cades, Level::Basic)),
            Self::CadesAdRt => Some((Family::Cades, Level::TimeStamped)),
            _ => None,
        }
    }
}
