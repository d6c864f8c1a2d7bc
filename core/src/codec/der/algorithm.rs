//! `AlgorithmIdentifier` (RFC 5280 §4.1.1.2).

use super::{Element, Misread, NULL, OBJECT_IDENTIFIER, ObjectIdentifier};

/// An algorithm and its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AlgorithmIdentifier<'d> {
    /// The algorithm.
    pub algorithm: ObjectIdentifier<'d>,
    /// Its parameters, where there are any.
    pub parameters: Option<Element<'d>>,
    /// The element as a whole.
    pub encoded: &'d [u8],
}

impl<'d> AlgorithmIdentifier<'d> {
    /// Reads a `SEQUENCE` of an object identifier and, perhaps, one more element.
    ///
    /// # Errors
    /// [`Misread`].
    pub fn read(sequence: &Element<'d>, piece: &'static str) -> Result<Self, Misread> {
        let mut fields = sequence.elements();
        let algorithm = fields.field(OBJECT_IDENTIFIER, piece)?.object_identifier(piece)?;
        let parameters = match fields.rest() {
            [] => None,
            _ => Some(fields.any(piece)?),
        };
        fields.finish(piece)?;
        Ok(Self { algorithm, parameters, encoded: sequence.encoded })
    }

    /// Whether the parameters are absent or `NULL`: the two forms in use for RSA and for hashes
    /// (RFC 5754 §2; DOC-ICP-15.03 v9.1, note 3).
    #[must_use]
    pub fn has_no_parameters(&self) -> bool {
        self.parameters
            .is_none_or(|parameters| parameters.tag == NULL && parameters.content.is_empty())
    }
}
