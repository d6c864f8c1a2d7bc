//! What is said of a part of a signature.

use crate::error::Unverifiable;

/// What is said of a part of a signature, or of all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// It is as it was when it was signed.
    Holds,
    /// It is not.
    Broken(Breach),
    /// It cannot be told here. It must not be taken for good, nor for wrong.
    Unverifiable(Unverifiable),
}

impl Verdict {
    /// Whether it is as it was.
    #[must_use]
    pub fn holds(self) -> bool {
        self == Self::Holds
    }

    /// The worse of two: what is broken says more than what cannot be told.
    pub(crate) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Broken(_), _) | (Self::Unverifiable(_), Self::Holds) => self,
            (Self::Unverifiable(_), Self::Unverifiable(_)) => self,
            _ => other,
        }
    }
}

impl From<Result<(), Flaw>> for Verdict {
    fn from(outcome: Result<(), Flaw>) -> Self {
        match outcome {
            Ok(()) => Self::Holds,
            Err(Flaw::Breach(breach)) => Self::Broken(breach),
            Err(Flaw::Unverifiable(why)) => Self::Unverifiable(why),
        }
    }
}

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Breach {
    /// The hash is of something else.
    #[error("what was signed has changed")]
    Digest,
    /// No element has the identifier that is referred to.
    #[error("what is referred to is missing")]
    Missing,
    /// Several elements have the identifier that is referred to, so that readers may differ.
    #[error("several elements have the identifier that is referred to")]
    Ambiguous,
    /// Nothing is left of what is referred to when the signature is taken out.
    #[error("what is referred to is part of what is taken out")]
    Nothing,
    /// The signed properties of XAdES are there and not signed.
    #[error("the signed properties are not signed")]
    PropertiesNotSigned,
    /// None of the certificates is the one that the signed properties name.
    #[error("the certificate is not the one that was signed with")]
    Certificate,
}

/// Why something does not hold.
#[derive(Clone, Copy)]
pub(crate) enum Flaw {
    Breach(Breach),
    Unverifiable(Unverifiable),
}

impl From<Breach> for Flaw {
    fn from(breach: Breach) -> Self {
        Self::Breach(breach)
    }
}

impl From<Unverifiable> for Flaw {
    fn from(why: Unverifiable) -> Self {
        Self::Unverifiable(why)
    }
}
