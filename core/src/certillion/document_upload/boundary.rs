//! What separates the parts of a body (RFC 2046 §5.1.1).

use core::fmt;

use crate::codec::buffer::{Buffer, as_text};
use crate::codec::hex;
use crate::error::{Error, Misuse};

/// Bytes of a boundary: hexadecimal digits, two for each random byte.
const LENGTH: usize = 32;

/// A boundary of 128 random bits, so that no document can have it in itself but by knowing it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Boundary([u8; LENGTH]);

impl Boundary {
    /// A boundary of random bytes, which the caller draws for each upload.
    ///
    /// # Errors
    /// [`Misuse::Entropy`] when all bytes are the same: a source that failed.
    pub fn from_entropy(entropy: &[u8; 16]) -> Result<Self, Error> {
        if entropy.iter().all(|byte| Some(byte) == entropy.first()) {
            return Err(Misuse::Entropy.into());
        }
        let mut digits = [0; LENGTH];
        hex::write(entropy, &mut Buffer::new(&mut digits));
        Ok(Self(digits))
    }

    /// The boundary, without the hyphens before it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        as_text(&self.0)
    }

    /// Writes the value of the header that announces it.
    pub(super) fn write_content_type(&self, out: &mut Buffer<'_>) {
        out.text("multipart/form-data; boundary=");
        out.text(self.as_str());
    }
}

impl fmt::Debug for Boundary {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_boundary_is_its_random_bytes_and_no_constant() {
        let entropy = core::array::from_fn(|place| place as u8 * 16);
        let boundary = Boundary::from_entropy(&entropy).unwrap();
        assert_eq!(boundary.as_str(), "00102030405060708090a0b0c0d0e0f0");
        for byte in [0, 7, 0xff] {
            assert_eq!(Boundary::from_entropy(&[byte; 16]), Err(Misuse::Entropy.into()));
        }
    }
}
