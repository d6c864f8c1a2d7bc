//! A certificate as the service tells it.

use core::fmt;

use crate::codec::base64::{self, DecodeError};
use crate::codec::json::{Object, Value};
use crate::codec::pem::{self, PemError};
use crate::error::{Document, Error, Flaw, Malformed, PeerError, ResourceError};

/// A certificate as the service tells it: an object, or the certificate alone as a text.
///
/// Unsure: most names of its members, which the API page has in a translation. Each is read in its
/// repaired form, in the translated order of its words, and as the older SOAP interface of the same
/// product has it; what is missing or of another type is not there.
#[derive(Clone, Copy)]
pub enum Certificate<'r> {
    /// An object with the certificate in it.
    Told(Object<'r>),
    /// The certificate's text.
    Alone(&'r str),
}

impl<'r> Certificate<'r> {
    /// The certificate that a value is.
    pub(in crate::certillion) fn of(value: Value<'r>) -> Option<Self> {
        match value {
            Value::Object(object) => Some(Self::Told(object)),
            Value::Text(text) if !text.is_empty() => Some(Self::Alone(text)),
            _ => None,
        }
    }

    /// Its identifier.
    #[must_use]
    pub fn alias(&self) -> Option<&'r str> {
        self.text(&["alias", "certificate_alias"])
    }

    /// Its serial number, in the service's notation.
    #[must_use]
    pub fn serial_number(&self) -> Option<&'r str> {
        self.text(&["serial_number", "number_serial", "serialNumber"])
    }

    /// Its subject.
    #[must_use]
    pub fn subject_dn(&self) -> Option<&'r str> {
        self.text(&["subject_dn", "dn_subject", "subjectDn", "subjectDN"])
    }

    /// Its issuer.
    #[must_use]
    pub fn issuer_dn(&self) -> Option<&'r str> {
        self.text(&["issuer_dn", "dn_issuer", "issuerDn", "issuerDN"])
    }

    /// Since when it is valid. Unsure: the format.
    #[must_use]
    pub fn not_before(&self) -> Option<&'r str> {
        self.text(&["not_before", "notBefore"])
    }

    /// Until when it is valid. Unsure: the format.
    #[must_use]
    pub fn not_after(&self) -> Option<&'r str> {
        self.text(&["not_after", "notAfter"])
    }

    /// How it stands. Unsure: whether it is a text or an object.
    #[must_use]
    pub fn status(&self) -> Option<Value<'r>> {
        match self {
            Self::Told(object) => object.member("status"),
            Self::Alone(_) => None,
        }
    }

    /// The certificate itself, as PEM or in base64.
    #[must_use]
    pub fn certificate(&self) -> Option<&'r str> {
        match self {
            Self::Told(_) => self.text(&["certificate"]),
            Self::Alone(text) => Some(text),
        }
    }

    /// The certificate of its issuer.
    #[must_use]
    pub fn issuer(&self) -> Option<Self> {
        let Self::Told(object) = self else { return None };
        let names = ["issuer_certificate", "certificate_issuer", "issuerCertificate"];
        names.into_iter().find_map(|name| object.member(name)).and_then(Self::of)
    }

    /// The certificate in DER, in `out`: three bytes for four characters are enough.
    ///
    /// # Errors
    /// [`PeerError::Malformed`] for one that is not there or is neither PEM nor base64, and
    /// [`ResourceError::TooLong`] for one that `out` does not hold.
    pub fn der<'o>(&self, out: &'o mut [u8]) -> Result<&'o [u8], Error> {
        let malformed = |flaw| {
            let document = Document::Certificates;
            Error::from(PeerError::Malformed(Malformed { document, flaw }))
        };
        let text = self.certificate().ok_or_else(|| malformed(Flaw::Missing("certificate")))?;
        let bound = out.len();
        // A text without a PEM's first line is the base64 alone.
        let length = match pem::Blocks::new(text).next() {
            None => base64::decode(text, out).map(<[u8]>::len),
            Some(Ok(block)) => match block.decode(out) {
                Err(PemError::TooLong { .. }) => Err(DecodeError::Output),
                decoded => decoded.map(<[u8]>::len).map_err(|_| DecodeError::Invalid),
            },
            Some(Err(_)) => Err(DecodeError::Invalid),
        };
        match length {
            Ok(length) => Ok(out.get(..length).unwrap_or_default()),
            Err(DecodeError::Output) => {
                Err(ResourceError::TooLong { what: "certificate", bound }.into())
            }
            Err(DecodeError::Invalid) => Err(malformed(Flaw::Invalid("certificate"))),
        }
    }

    /// The first of these members that is a text, or a number as it was written.
    fn text(&self, names: &[&str]) -> Option<&'r str> {
        let Self::Told(object) = self else { return None };
        names.iter().find_map(|name| match object.member(name) {
            Some(Value::Text(text) | Value::Number(text)) if !text.is_empty() => Some(text),
            _ => None,
        })
    }
}

impl fmt::Debug for Certificate<'_> {
    /// Shows neither names nor the certificate: the holder's number stands in both.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Certificate({:?})", self.alias())
    }
}
