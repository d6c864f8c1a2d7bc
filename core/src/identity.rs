//! Who signs: the holder's CPF or CNPJ, and the certificate that says so.

pub mod certificate;
mod cnpj;
mod cpf;

pub use certificate::Certificate;
pub use cnpj::Cnpj;
pub use cpf::Cpf;

use core::fmt;

use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Why a text is no CPF or no CNPJ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IdentityError {
    /// The number of characters, mask aside, is neither 11 (CPF) nor 14 (CNPJ).
    #[error("a CPF has 11 digits and a CNPJ 14 characters")]
    Length,
    /// A character that this identity cannot hold. Lower-case letters are refused, never folded.
    #[error("character {0} (counted from 1) cannot stand in a CPF or CNPJ")]
    Character(usize),
    /// The check digits do not match the rest.
    #[error("the check digits do not match")]
    CheckDigits,
    /// The same digit throughout: its check digits match, yet nobody holds it.
    #[error("a repeated digit is nobody's number")]
    Repeated,
}

/// The holder of a certificate: a natural person by CPF or a legal person by CNPJ.
///
/// `Display` and `Debug` show a masked form; [`Holder::as_str`] gives the characters that go on the wire.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum Holder {
    /// A natural person.
    Cpf(Cpf),
    /// A legal person.
    Cnpj(Cnpj),
}

impl Holder {
    /// Reads a CPF or a CNPJ, masked (`111.444.777-35`, `12.ABC.345/01DE-35`) or bare; the number of
    /// characters tells which it is.
    ///
    /// # Errors
    /// [`IdentityError`] with what is wrong.
    pub fn parse(text: &str) -> Result<Self, IdentityError> {
        match text.chars().filter(|&character| !is_mask(character)).count() {
            cpf::LENGTH => Cpf::parse(text).map(Self::Cpf),
            cnpj::LENGTH => Cnpj::parse(text).map(Self::Cnpj),
            _ => Err(IdentityError::Length),
        }
    }

    /// The bare characters, as the services want them: 11 digits or 14 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Cpf(cpf) => cpf.as_str(),
            Self::Cnpj(cnpj) => cnpj.as_str(),
        }
    }

    /// The services' word for the kind: `CPF` or `CNPJ` (DOC-ICP-17.01 §6.4, user-discovery and token).
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Cpf(_) => "CPF",
            Self::Cnpj(_) => "CNPJ",
        }
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cpf(cpf) => cpf.fmt(formatter),
            Self::Cnpj(cnpj) => cnpj.fmt(formatter),
        }
    }
}

impl fmt::Debug for Holder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl Serialize for Holder {
    /// As the bare characters.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Holder {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl Visitor<'_> for Text {
            type Value = Holder;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a CPF or a CNPJ")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Holder, E> {
                Holder::parse(text).map_err(|_| E::custom("neither a CPF nor a CNPJ"))
            }
        }

        deserializer.deserialize_str(Text)
    }
}

/// A character that people write between the digits and no service wants.
fn is_mask(character: char) -> bool {
    matches!(character, '.' | '-' | '/' | ' ')
}

/// Reads `text` without its mask into `bare`, which it fills. The first `letters` characters may be
/// upper-case letters, all may be digits, and the last two are the check digits of the others.
fn read(
    text: &str,
    letters: usize,
    last_weight: u32,
    bare: &mut [u8],
) -> Result<(), IdentityError> {
    let mut length = 0_usize;
    for (place, character) in text.chars().enumerate() {
        if is_mask(character) {
            continue;
        }
        let slot = bare.get_mut(length).ok_or(IdentityError::Length)?;
        let allowed =
            character.is_ascii_digit() || (length < letters && character.is_ascii_uppercase());
        *slot = u8::try_from(character)
            .ok()
            .filter(|_| allowed)
            .ok_or_else(|| IdentityError::Character(place.wrapping_add(1)))?;
        length = length.wrapping_add(1);
    }
    if length != bare.len() {
        return Err(IdentityError::Length);
    }
    if !check_digits_match(bare, last_weight) {
        return Err(IdentityError::CheckDigits);
    }
    if bare.iter().all(|character| Some(character) == bare.first()) {
        return Err(IdentityError::Repeated);
    }
    Ok(())
}

/// The modulo-11 check digit, as an ASCII byte, over characters worth their code less 48, weighed 2, 3, …
/// `last_weight`, 2, 3, … from the right (IN RFB 2.229/2024; for digits the rule is the old one).
fn check_digit(characters: &[u8], last_weight: u32) -> u8 {
    let mut sum = 0_u32;
    let mut weight = 2_u32;
    for &character in characters.iter().rev() {
        let value = u32::from(character.saturating_sub(b'0'));
        sum = sum.wrapping_add(value.saturating_mul(weight));
        weight = if weight == last_weight { 2 } else { weight.wrapping_add(1) };
    }
    match sum % 11 {
        0 | 1 => b'0',
        rest => b'0'.wrapping_add(u8::try_from(11_u32.saturating_sub(rest)).unwrap_or(0)),
    }
}

/// Whether the last two characters are the check digits of those before.
fn check_digits_match(bare: &[u8], last_weight: u32) -> bool {
    let Some((body, [first, second])) = bare.split_last_chunk::<2>() else {
        return false;
    };
    let Some((_, with_first)) = bare.split_last() else {
        return false;
    };
    check_digit(body, last_weight) == *first && check_digit(with_first, last_weight) == *second
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_characters_tells_cpf_from_cnpj() {
        assert!(matches!(Holder::parse("111.444.777-35"), Ok(Holder::Cpf(_))));
        assert!(matches!(Holder::parse("12.ABC.345/01DE-35"), Ok(Holder::Cnpj(_))));
        assert_eq!(Holder::parse("123"), Err(IdentityError::Length));
        assert_eq!(Holder::parse(""), Err(IdentityError::Length));
    }

    #[test]
    fn a_number_of_eleven_letters_is_no_cpf() {
        assert_eq!(Holder::parse("ABCDEFGHIJK"), Err(IdentityError::Character(1)));
        assert_eq!(Holder::parse("1114447773é"), Err(IdentityError::Character(11)));
    }
}
