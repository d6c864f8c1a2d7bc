//! What ICP-Brasil packs into one text about a natural person (DOC-ICP-04 v8.1 §7.1.2.3).
//!
//! Fields have fixed widths; a number that is missing is all zeros. The last field, which says who
//! issued the identity card, goes up to ten characters, had six in older layouts (AC-RFB layout
//! v5.0) and is left out without a card, so that texts of 55, 51 and 45 characters are in use.

use core::fmt;

use crate::identity::{Cpf, IdentityError};

/// A natural person, as otherNames `.1` and `.4` lay it out. `Debug` shows nothing of it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Person<'d>(&'d str);

impl<'d> Person<'d> {
    /// What begins with a birth date of 8 characters and a CPF of 11. Nothing behind them is relied
    /// upon.
    pub(super) fn read(text: &'d str) -> Option<Self> {
        (text.is_ascii() && text.len() >= 19).then_some(Self(text))
    }

    /// When the person was born; `None` for zeros and for what is no date.
    #[must_use]
    pub fn birth(&self) -> Option<Date> {
        let digits = self.field(0, 8)?;
        let number = |place: core::ops::Range<usize>| digits.get(place)?.parse().ok();
        let (day, month, year) = (number(0..2)?, number(2..4)?, number(4..8)?);
        let plausible = (1..=31).contains(&day) && (1..=12).contains(&month);
        plausible.then_some(Date {
            day: u8::try_from(day).ok()?,
            month: u8::try_from(month).ok()?,
            year,
        })
    }

    /// The CPF; `None` when it is missing.
    ///
    /// # Errors
    /// [`IdentityError`] for what stands there and is no CPF.
    pub fn cpf(&self) -> Result<Option<Cpf>, IdentityError> {
        self.field(8, 11).map(Cpf::parse).transpose()
    }

    /// The number at the social security (NIS: PIS, PASEP or NIT), 11 digits; `None` when it is
    /// missing.
    #[must_use]
    pub fn social_security(&self) -> Option<&'d str> {
        self.field(19, 11)
    }

    /// The number of the identity card (RG), without the zeros before it; `None` when it is missing.
    #[must_use]
    pub fn identity_card(&self) -> Option<&'d str> {
        self.field(30, 15).map(|number| number.trim_start_matches('0'))
    }

    /// Who issued the identity card, and the letters of the state, at most ten characters; `None`
    /// when it is missing.
    #[must_use]
    pub fn identity_card_issuer(&self) -> Option<&'d str> {
        self.0.get(45..).map(str::trim_ascii).filter(|issuer| !issuer.is_empty())
    }

    /// The text as it stands.
    #[must_use]
    pub const fn as_str(&self) -> &'d str {
        self.0
    }

    /// A field of so many characters, which are not all zeros or spaces.
    fn field(&self, start: usize, length: usize) -> Option<&'d str> {
        present(self.0, start, length)
    }
}

impl fmt::Debug for Person<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Person({} characters)", self.0.len())
    }
}

/// A day of the calendar. It is not checked against the month's length.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Date {
    /// 1 to 31.
    pub day: u8,
    /// 1 to 12.
    pub month: u8,
    /// Of four digits.
    pub year: u16,
}

impl fmt::Debug for Date {
    /// Shows the year alone: a day of birth is somebody's.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:04}-**-**", self.year)
    }
}

/// A voter's registration, as otherName `.5` lays it out. `Debug` shows nothing of it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Voter<'d>(&'d str);

impl<'d> Voter<'d> {
    /// What begins with a number of 12 characters that is not zero.
    pub(super) fn read(text: &'d str) -> Option<Self> {
        text.is_ascii().then_some(())?;
        present(text, 0, 12).map(|_| Self(text))
    }

    /// The registration's number, 12 digits.
    #[must_use]
    pub fn number(&self) -> &'d str {
        self.0.get(..12).unwrap_or_default()
    }

    /// The electoral zone, 3 digits.
    #[must_use]
    pub fn zone(&self) -> Option<&'d str> {
        present(self.0, 12, 3)
    }

    /// The section of the zone, 4 digits.
    #[must_use]
    pub fn section(&self) -> Option<&'d str> {
        present(self.0, 15, 4)
    }

    /// The city and the letters of its state, at most 22 characters.
    #[must_use]
    pub fn city(&self) -> Option<&'d str> {
        self.0.get(19..).map(str::trim_ascii).filter(|city| !city.is_empty())
    }
}

impl fmt::Debug for Voter<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Voter({} characters)", self.0.len())
    }
}

/// So many characters of a text, if they are there and not all zeros or spaces.
fn present(text: &str, start: usize, length: usize) -> Option<&str> {
    let field = text.get(start..)?.get(..length)?;
    let missing = field.bytes().all(|byte| matches!(byte, b'0' | b' '));
    (!missing).then_some(field)
}

#[cfg(test)]
mod tests {
    use std::format;
    use std::string::String;

    use super::*;

    /// Birth, CPF, NIS and an identity card of 15 characters.
    const START: &str = "0102198011144477735120123456780000000012345678";

    #[test]
    fn the_three_lengths_in_use_are_read() {
        let start = START.get(..45).unwrap();
        for issuer in ["", "SSPSP ", "SSPDETRASP"] {
            let text = format!("{start}{issuer}");
            let person = Person::read(&text).unwrap();
            assert_eq!(person.birth(), Some(Date { day: 1, month: 2, year: 1980 }));
            assert_eq!(person.cpf().unwrap().unwrap().as_str(), "11144477735");
            assert_eq!(person.social_security(), Some("12012345678"));
            assert_eq!(person.identity_card(), Some("1234567"));
            let expected = Some(issuer.trim_end()).filter(|issuer| !issuer.is_empty());
            assert_eq!(person.identity_card_issuer(), expected);
        }
    }

    #[test]
    fn zeros_are_what_is_missing() {
        let zeros = "0".repeat(45);
        let person = Person::read(&zeros).unwrap();
        assert_eq!((person.birth(), person.cpf()), (None, Ok(None)));
        assert_eq!((person.social_security(), person.identity_card()), (None, None));
    }

    #[test]
    fn no_length_beyond_the_cpf_is_relied_upon() {
        for length in 0..=START.len() {
            let person = Person::read(&START[..length]);
            assert_eq!(person.is_some(), length >= 19, "{length}");
            let Some(person) = person else { continue };
            assert!(person.cpf().unwrap().is_some());
            assert_eq!(person.social_security().is_some(), length >= 30);
            assert_eq!(person.identity_card().is_some(), length >= 45);
        }
        assert_eq!(Person::read("01011980111444777é5"), None);
    }

    #[test]
    fn a_wrong_cpf_is_told_and_not_taken_for_a_missing_one() {
        let person = Person::read("0101198011144477736").unwrap();
        assert_eq!(person.cpf(), Err(IdentityError::CheckDigits));
        assert_eq!(Person::read("9999999911144477735").unwrap().birth(), None);
    }

    #[test]
    fn a_voter_is_read_with_and_without_a_city() {
        let text = "1234567890120340567SAO PAULOSP";
        let voter = Voter::read(text).unwrap();
        assert_eq!((voter.number(), voter.zone()), ("123456789012", Some("034")));
        assert_eq!((voter.section(), voter.city()), (Some("0567"), Some("SAO PAULOSP")));
        assert_eq!(Voter::read(&text[..19]).unwrap().city(), None);
        assert_eq!(Voter::read(&text[..12]).unwrap().zone(), None);
        assert_eq!(Voter::read(&"0".repeat(19)), None);
    }

    #[test]
    fn s38_nothing_of_a_person_is_shown_for_programmers() {
        let mut shown = String::new();
        let person = Person::read(START).unwrap();
        shown.push_str(&format!("{person:?} {:?}", person.birth()));
        shown.push_str(&format!(" {:?}", Voter::read("123456789012").unwrap()));
        assert_eq!(shown, "Person(46 characters) Some(1980-**-**) Voter(12 characters)");
    }
}
