//! What the caller decides about a signature.

use crate::date::SigningTime;
use crate::inspect::Certification;
use crate::stamp::Stamp;

/// How a signature is to be made room for.
///
/// The same document with the same options always gives the same bytes, so a program that was
/// interrupted between preparing and embedding prepares again and finds the digest unchanged.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct SignatureOptions {
    /// How many bytes of DER to reserve; 16 KiB by default, at most
    /// [`MAX_RESERVE`](crate::limits::MAX_RESERVE). A CMS with its chain takes 4 to 8 KiB, one
    /// with a time-stamp more.
    pub reserve: usize,
    /// What kind of signature it will be.
    pub sub_filter: SubFilter,
    /// When the signature is made, as the signature dictionary and the stamp tell it. It is the
    /// signer's word, not a proof.
    pub signed_at: SigningTime,
    /// Why the document is signed (`/Reason`).
    pub reason: Option<String>,
    /// Where it is signed (`/Location`).
    pub location: Option<String>,
    /// Who signs (`/Name`).
    pub name: Option<String>,
    /// How to reach the signer (`/ContactInfo`).
    pub contact: Option<String>,
    /// A visible stamp; without one the signature is invisible on the pages.
    pub stamp: Option<Stamp>,
    /// Certifies the document, and says what may still be done to it (`DocMDP`, ISO 32000-1
    /// §12.8.2.2): only with the first signature of a document, and not by default. A document that
    /// others are to sign too must leave them that.
    ///
    /// Unsure: programs in use certify with [`Certification::Forms`] what will be co-signed, and
    /// report that ITI's validator then accepts the first signature after the second was added. The
    /// policies of ICP-Brasil do not name the entry that this needs (`/Reference`).
    pub certify: Option<Certification>,
}

impl SignatureOptions {
    /// The default reserve for a signature: 16 KiB.
    pub const DEFAULT_RESERVE: usize = 16 * 1024;

    /// An invisible `adbe.pkcs7.detached` signature with the default reserve and no texts.
    #[must_use]
    pub const fn new(signed_at: SigningTime) -> Self {
        Self {
            reserve: Self::DEFAULT_RESERVE,
            sub_filter: SubFilter::AdbePkcs7Detached,
            signed_at,
            reason: None,
            location: None,
            name: None,
            contact: None,
            stamp: None,
            certify: None,
        }
    }
}

/// The kind of a signature: its `/Filter` and `/SubFilter`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum SubFilter {
    /// `adbe.pkcs7.detached`, handled by `Adobe.PPKLite`: a CMS that may carry signingTime, as the
    /// `CMS` format of a PSC does (ISO 32000-1 §12.8.3.3). Every reader knows it.
    #[default]
    AdbePkcs7Detached,
    /// `ETSI.CAdES.detached`, handled by `Adobe.PPKLite`: a CAdES signature in a PDF (ISO 32000-2
    /// §12.8.3.4, ETSI EN 319 142-1). Below PDF 2.0 the catalog declares the extension `ESIC`.
    EtsiCadesDetached,
    /// `PBAD.PAdES`, handled by `PBAD_PAdES`: the names of ICP-Brasil's own signature policies
    /// (ICP-Brasil DOC-ICP-15.03, PAdES).
    PbadPades,
}

impl SubFilter {
    /// The `/Filter` that goes with it.
    #[must_use]
    pub const fn filter(self) -> &'static str {
        match self {
            Self::AdbePkcs7Detached | Self::EtsiCadesDetached => "Adobe.PPKLite",
            Self::PbadPades => "PBAD_PAdES",
        }
    }

    /// The `/SubFilter` itself.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AdbePkcs7Detached => "adbe.pkcs7.detached",
            Self::EtsiCadesDetached => "ETSI.CAdES.detached",
            Self::PbadPades => "PBAD.PAdES",
        }
    }
}
