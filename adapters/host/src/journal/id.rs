//! The name of a session.

use core::fmt;
use core::str::FromStr;

use ring::rand::{SecureRandom, SystemRandom};

use super::error::JournalError;

/// What a session is resumed by: 16 random bytes, written as 32 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId([u8; Self::LENGTH]);

impl SessionId {
    pub(super) const LENGTH: usize = 16;

    /// The place of an id where there is no session.
    pub(super) const NONE: Self = Self([0; Self::LENGTH]);

    pub(super) fn random() -> Result<Self, JournalError> {
        let mut bytes = [0; Self::LENGTH];
        SystemRandom::new().fill(&mut bytes).map_err(|_| JournalError::Random)?;
        Ok(Self(bytes))
    }

    pub(super) const fn from_bytes(bytes: [u8; Self::LENGTH]) -> Self {
        Self(bytes)
    }

    pub(super) const fn as_bytes(&self) -> &[u8; Self::LENGTH] {
        &self.0
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

impl fmt::Debug for SessionId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "SessionId({self})")
    }
}

impl FromStr for SessionId {
    type Err = JournalError;

    /// Reads the 32 digits, in small letters: each session has one name.
    fn from_str(text: &str) -> Result<Self, JournalError> {
        let mut bytes = [0; Self::LENGTH];
        if text.len() != 2 * Self::LENGTH {
            return Err(JournalError::NotFound);
        }
        for (place, digits) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
            for &digit in digits {
                let value = match digit {
                    b'0'..=b'9' => digit - b'0',
                    b'a'..=b'f' => digit - b'a' + 10,
                    _ => return Err(JournalError::NotFound),
                };
                *place = (*place << 4) | value;
            }
        }
        Ok(Self(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_as_it_is_written() {
        let id = SessionId::random().unwrap();
        assert_eq!(id.to_string().parse::<SessionId>().unwrap(), id);
        for text in ["", "00", &"0".repeat(31), &"A".repeat(32), &"../".repeat(11), &"é".repeat(16)]
        {
            assert!(text.parse::<SessionId>().is_err(), "{text}");
        }
    }
}
