//! A natural person's number.

use core::fmt;

use super::{IdentityError, read};

/// Characters in a CPF without its mask.
pub(super) const LENGTH: usize = 11;

/// The largest weight of the check digits: they run on to 11 without starting again.
const LAST_WEIGHT: u32 = 11;

/// A CPF (Cadastro de Pessoas Físicas): eleven digits whose check digits match. Leading zeros count.
///
/// Shown masked (`***.444.777-**`), so that it can stand in a log.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Cpf([u8; LENGTH]);

impl Cpf {
    /// Reads a CPF with or without its mask.
    ///
    /// # Errors
    /// [`IdentityError`] with what is wrong.
    pub fn parse(text: &str) -> Result<Self, IdentityError> {
        let mut bare = [0; LENGTH];
        read(text, 0, LAST_WEIGHT, &mut bare)?;
        Ok(Self(bare))
    }

    /// The eleven digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Only ASCII digits pass `parse`.
        core::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for Cpf {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.as_str();
        let (middle, last) =
            (digits.get(3..6).unwrap_or_default(), digits.get(6..9).unwrap_or_default());
        write!(formatter, "***.{middle}.{last}-**")
    }
}

impl fmt::Debug for Cpf {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

#[cfg(test)]
mod tests {
    use std::format;

    use super::*;

    #[test]
    fn a_mask_is_stripped_and_leading_zeros_are_kept() {
        assert_eq!(Cpf::parse("111.444.777-35").unwrap().as_str(), "11144477735");
        assert_eq!(Cpf::parse("00000000191").unwrap().as_str(), "00000000191");
    }

    #[test]
    fn wrong_digits_lengths_and_repetitions_are_refused() {
        assert_eq!(Cpf::parse("11144477736"), Err(IdentityError::CheckDigits));
        assert_eq!(Cpf::parse("11144477745"), Err(IdentityError::CheckDigits));
        assert_eq!(Cpf::parse("1114447773"), Err(IdentityError::Length));
        assert_eq!(Cpf::parse("111444777355"), Err(IdentityError::Length));
        assert_eq!(Cpf::parse("11111111111"), Err(IdentityError::Repeated));
    }

    #[test]
    fn s38_it_is_shown_masked() {
        let cpf = Cpf::parse("11144477735").unwrap();
        assert_eq!(format!("{cpf} {cpf:?}"), "***.444.777-** ***.444.777-**");
    }
}
