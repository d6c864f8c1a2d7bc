//! A legal person's number.

use core::fmt;

use super::{IdentityError, read};

/// Characters in a CNPJ without its mask.
pub(super) const LENGTH: usize = 14;

/// How many of them may be letters: all but the two check digits.
const ALPHANUMERIC: usize = 12;

/// The largest weight of the check digits; after it they start again at 2.
const LAST_WEIGHT: u32 = 9;

/// A CNPJ (Cadastro Nacional da Pessoa Jurídica): `[0-9A-Z]{12}[0-9]{2}` whose check digits match.
///
/// Letters are part of it since 27 July 2026 (IN RFB 2.229/2024), so that it is a text and never a number.
/// Shown masked (`12.***.***/01DE-**`), so that it can stand in a log.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Cnpj([u8; LENGTH]);

impl Cnpj {
    /// Reads a CNPJ with or without its mask. Letters are upper case.
    ///
    /// # Errors
    /// [`IdentityError`] with what is wrong.
    pub fn parse(text: &str) -> Result<Self, IdentityError> {
        let mut bare = [0; LENGTH];
        read(text, ALPHANUMERIC, LAST_WEIGHT, &mut bare)?;
        Ok(Self(bare))
    }

    /// The fourteen characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Only ASCII digits and letters pass `parse`.
        core::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for Cnpj {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let characters = self.as_str();
        let (root, branch) =
            (characters.get(..2).unwrap_or_default(), characters.get(8..12).unwrap_or_default());
        write!(formatter, "{root}.***.***/{branch}-**")
    }
}

impl fmt::Debug for Cnpj {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

#[cfg(test)]
mod tests {
    use std::format;

    use super::*;

    #[test]
    fn letters_are_kept_and_masks_are_stripped() {
        assert_eq!(Cnpj::parse("12.ABC.345/01DE-35").unwrap().as_str(), "12ABC34501DE35");
        assert_eq!(Cnpj::parse("12ABC34501DE35").unwrap().as_str(), "12ABC34501DE35");
        assert_eq!(Cnpj::parse("11.222.333/0001-81").unwrap().as_str(), "11222333000181");
    }

    #[test]
    fn lower_case_is_refused_not_folded() {
        assert_eq!(Cnpj::parse("12abc34501de35"), Err(IdentityError::Character(3)));
    }

    #[test]
    fn a_letter_among_the_check_digits_is_refused() {
        assert_eq!(Cnpj::parse("12ABC34501DE3A"), Err(IdentityError::Character(14)));
    }

    #[test]
    fn wrong_check_digits_are_refused() {
        assert_eq!(Cnpj::parse("12ABC34501DE36"), Err(IdentityError::CheckDigits));
        assert_eq!(Cnpj::parse("11222333000191"), Err(IdentityError::CheckDigits));
        assert_eq!(Cnpj::parse("00000000000000"), Err(IdentityError::Repeated));
    }

    #[test]
    fn s38_it_is_shown_masked() {
        let cnpj = Cnpj::parse("12ABC34501DE35").unwrap();
        assert_eq!(format!("{cnpj} {cnpj:?}"), "12.***.***/01DE-** 12.***.***/01DE-**");
    }
}
