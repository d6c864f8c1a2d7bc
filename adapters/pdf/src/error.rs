//! What can be wrong, sorted by whose fault it is.

use crate::limits;

/// Why a PDF cannot be signed, or a signature not be embedded or read.
///
/// [`PdfError::fault`] tells whether another document, other options or another signature is what
/// would help.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PdfError {
    /// The bytes do not begin with a PDF header at the very first byte. Bytes before the header
    /// shift every offset in the file, and readers disagree on what they then mean.
    #[error("not a PDF: the file does not begin with %PDF-")]
    NotPdf,

    /// The file's structure cannot be followed.
    #[error("the PDF is broken: {what}{}", At(*.offset))]
    Broken {
        /// What was expected or found.
        what: &'static str,
        /// Where in the file, in bytes from its start, when one place can be named.
        offset: Option<u64>,
    },

    /// The document is encrypted (its trailer has `/Encrypt`), with or without a password to open
    /// it. A signature's dictionary would have to be encrypted with it.
    #[error("the PDF is encrypted; remove its protection before signing")]
    Encrypted,

    /// An earlier signature certifies the document and forbids the change that signing is
    /// (ISO 32000-1 §12.8.2.2, `DocMDP`).
    #[error(
        "the PDF is certified with changes restricted (DocMDP level {level}): {}",
        certified(*.level)
    )]
    Certified {
        /// The level: 1 allows no change at all; 2 allows to sign, but not a new visible stamp.
        level: u8,
    },

    /// An earlier signature locks the fields of the form, and a new signature field would be
    /// among them (ISO 32000-1 §12.8.2.4 `FieldMDP`, §12.7.4.5 `/Lock`).
    #[error("the PDF is locked by the signature in field {field:?}; no other may be added")]
    Locked {
        /// The full name of the field whose signature locks the document.
        field: String,
    },

    /// The document is a dynamic XFA form: its pages are made by a program in the form when it is
    /// opened, so there is no page that a signature could cover.
    #[error("the PDF is a dynamic XFA form; print it to an ordinary PDF before signing")]
    DynamicForm,

    /// The document uses a construct that this crate does not read.
    #[error("the PDF uses {what}, which is not supported{}", At(*.offset))]
    Unsupported {
        /// The construct.
        what: &'static str,
        /// Where in the file, in bytes from its start, when one place can be named.
        offset: Option<u64>,
    },

    /// The document is larger than [`limits::MAX_DOCUMENT_BYTES`].
    #[error(
        "the PDF has {length} bytes, more than the {} that are accepted",
        limits::MAX_DOCUMENT_BYTES
    )]
    TooLarge {
        /// Its length in bytes.
        length: u64,
    },

    /// The document's [`Source`](crate::Source) could not be read.
    #[error("the PDF cannot be read: {kind}")]
    Source {
        /// What kept it from being read.
        kind: std::io::ErrorKind,
    },

    /// The document became shorter or longer while it was read.
    #[error("the PDF changed while it was read")]
    Changed,

    /// The document exceeds one of the other bounds in [`limits`]: it is nested too deeply, counts
    /// too many objects, or inflates to too many bytes.
    #[error("the PDF is too complex: {what}")]
    TooComplex {
        /// The bound that was met.
        what: &'static str,
    },

    /// A signature in the document does not have the form that a signature must have, so what it
    /// covers cannot be said.
    #[error("the signature in field {field:?} is malformed: {what}")]
    MalformedSignature {
        /// The full name of the field.
        field: String,
        /// What is wrong with it.
        what: &'static str,
    },

    /// The document that a service signed is not the one that it was sent with a signature more, see
    /// [`added_signature`](crate::added_signature).
    #[error("the signed PDF is not the original with one signature more: {what}")]
    NotExtended {
        /// What it is instead.
        what: &'static str,
    },

    /// The options ask for what cannot be done with this document, or with any.
    #[error("the signature's options cannot be met: {what}")]
    Options {
        /// What is wrong with them.
        what: &'static str,
    },

    /// The stamp asks for a page that the document does not have.
    #[error("the stamp is to go on page {page}, but the PDF has {pages}")]
    NoSuchPage {
        /// The page asked for, counted from 1.
        page: u32,
        /// How many pages there are.
        pages: u32,
    },

    /// The signature does not fit in the space that was reserved for it. Prepare the document
    /// again with a larger [`reserve`](crate::SignatureOptions::reserve): its digest changes, so it
    /// must also be signed again.
    #[error("the signature has {needed} bytes, but {reserved} were reserved")]
    SignatureTooLarge {
        /// The signature's length in bytes.
        needed: usize,
        /// The length that was reserved, in bytes.
        reserved: usize,
    },

    /// The signature to embed is not one DER element (ITU-T X.690 §10): it is empty, truncated,
    /// followed by more bytes, armoured as PEM, or BER of indefinite length, which some services
    /// answer and PDF does not allow (ISO 32000-1 §12.8.3.3.1).
    #[error("the signature to embed is not a single DER element: {what}")]
    SignatureNotDer {
        /// What it is instead.
        what: &'static str,
    },
}

/// Where the remedy for a [`PdfError`] lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// In the document: another one, or the same one saved anew, is needed.
    Document,
    /// In the caller's options.
    Options,
    /// In the signature that was to be embedded, and so at the service that made it.
    Signature,
    /// In the storage that the document is read from, or with whoever writes to it meanwhile.
    Storage,
}

impl PdfError {
    /// Where the remedy lies.
    #[must_use]
    pub const fn fault(&self) -> Fault {
        match self {
            Self::NotPdf
            | Self::Broken { .. }
            | Self::Encrypted
            | Self::Certified { .. }
            | Self::Locked { .. }
            | Self::DynamicForm
            | Self::Unsupported { .. }
            | Self::TooLarge { .. }
            | Self::TooComplex { .. }
            | Self::MalformedSignature { .. } => Fault::Document,
            Self::Options { .. } | Self::NoSuchPage { .. } | Self::SignatureTooLarge { .. } => {
                Fault::Options
            }
            Self::Source { .. } | Self::Changed => Fault::Storage,
            Self::SignatureNotDer { .. } | Self::NotExtended { .. } => Fault::Signature,
        }
    }

    /// This error, or the other when it says no more than that something is broken.
    pub(crate) fn or_if_broken(self, other: Self) -> Self {
        if matches!(self, Self::Broken { .. }) { other } else { self }
    }

    pub(crate) const fn broken(what: &'static str) -> Self {
        Self::Broken { what, offset: None }
    }

    pub(crate) const fn broken_at(what: &'static str, offset: u64) -> Self {
        Self::Broken { what, offset: Some(offset) }
    }
}

const fn certified(level: u8) -> &'static str {
    match level {
        1 => "no changes are allowed",
        _ => "a visible stamp may not be added, an invisible signature may",
    }
}

struct At(Option<u64>);

impl core::fmt::Display for At {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self.0 {
            Some(offset) => write!(f, " (at byte {offset})"),
            None => Ok(()),
        }
    }
}
