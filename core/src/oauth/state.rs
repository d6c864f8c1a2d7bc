//! The `state` that ties a redirect to the authorization it answers (RFC 6749 §10.12).

use core::fmt;

use heapless::String;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use super::pkce;
use crate::error::{Error, Misuse};

/// A `state` of 256 bits. The services call it optional; here it is always sent.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct State(String<{ pkce::LENGTH }>);

impl State {
    /// Makes the state of 32 random bytes, other ones than the verifier's.
    ///
    /// # Errors
    /// [`Misuse::Entropy`] when all bytes are the same: a source that failed.
    pub fn from_entropy(entropy: &[u8; 32]) -> Result<Self, Error> {
        if entropy.iter().all(|byte| Some(byte) == entropy.first()) {
            return Err(Misuse::Entropy.into());
        }
        Ok(Self(pkce::encode(entropy)))
    }

    /// The value of `state`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is the one that came back, in time that depends on the lengths alone.
    #[must_use]
    pub fn matches(&self, returned: &str) -> bool {
        bool::from(self.0.as_bytes().ct_eq(returned.as_bytes()))
    }
}

impl fmt::Debug for State {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s04_a_state_has_at_least_128_bits_and_matches_itself_alone() {
        let mut entropy = [3; 32];
        entropy[0] = 4;
        let state = State::from_entropy(&entropy).unwrap();
        assert_eq!(state.as_str().len(), 43);
        assert!(state.matches(state.as_str()));
        for other in ["", "NONE", &state.as_str()[..42]] {
            assert!(!state.matches(other));
        }
        assert!(State::from_entropy(&[0; 32]).is_err());
    }
}
