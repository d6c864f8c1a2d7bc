//! Values that must not be seen: tokens, codes, verifiers, client secrets.

use core::fmt;

use heapless::String;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::error::{Error, ResourceError};

/// A secret text of at most `N` bytes.
///
/// It has no `Display`, prints as `[redacted]`, is not `Clone`, is compared in constant time and is
/// overwritten when dropped. It is serialized for one purpose: a flow's snapshot, which the host
/// seals before it touches a disk.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret<const N: usize>(String<N>);

impl<const N: usize> Zeroize for Secret<N> {
    fn zeroize(&mut self) {
        // The text alone: what stands behind it in the string's memory was never written.
        self.0.as_mut_str().zeroize();
        self.0.clear();
    }
}

impl<const N: usize> Drop for Secret<N> {
    fn drop(&mut self) {
        self.zeroize();
    }
}

impl<const N: usize> ZeroizeOnDrop for Secret<N> {}

impl<const N: usize> Secret<N> {
    /// Keeps a copy of `text`, which `what` names in the error.
    ///
    /// # Errors
    /// [`ResourceError::TooLong`] when it has more than `N` bytes.
    pub fn new(text: &str, what: &'static str) -> Result<Self, Error> {
        let mut secret = Self::EMPTY;
        secret.set(text, what)?;
        Ok(secret)
    }

    /// No secret yet. A secret is large beside a small stack: one that has its place is filled there.
    pub(crate) const EMPTY: Self = Self(String::new());

    /// A copy of a text of at most `N` bytes; none of a longer one.
    #[inline(never)]
    pub(crate) fn of(text: &str) -> Self {
        let mut secret = Self::EMPTY;
        let _ = secret.0.push_str(text);
        secret
    }

    /// Keeps a copy of `text` in the place of what was kept.
    ///
    /// # Errors
    /// [`ResourceError::TooLong`] when it has more than `N` bytes.
    pub(crate) fn set(&mut self, text: &str, what: &'static str) -> Result<(), Error> {
        if !self.0.is_empty() {
            self.0.zeroize();
        }
        self.0.push_str(text).map_err(|_| ResourceError::TooLong { what, bound: N }.into())
    }

    /// The secret, for the request that carries it and for nothing else.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether it is `other`, in time that depends on the lengths alone.
    #[must_use]
    pub fn matches(&self, other: &str) -> bool {
        bool::from(self.0.as_bytes().ct_eq(other.as_bytes()))
    }

    /// A second copy, for the one place that owns both: a snapshot beside the running flow.
    pub(crate) fn duplicate(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<const N: usize> fmt::Debug for Secret<N> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[redacted]")
    }
}

/// A secret text that the caller keeps: a client secret out of its configuration.
///
/// Prints as `[redacted]`. Its owner overwrites it.
#[derive(Clone, Copy)]
pub struct SecretText<'a>(&'a str);

impl<'a> SecretText<'a> {
    /// Borrows a secret.
    #[must_use]
    pub const fn new(text: &'a str) -> Self {
        Self(text)
    }

    /// The secret, for the request that carries it and for nothing else.
    #[must_use]
    pub const fn expose(self) -> &'a str {
        self.0
    }
}

impl fmt::Debug for SecretText<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use std::format;

    use super::*;

    #[test]
    fn s36_a_secret_prints_as_redacted() {
        let secret = Secret::<16>::new("canary", "test").unwrap();
        assert_eq!(format!("{secret:?}"), "[redacted]");
        assert_eq!(format!("{:?}", SecretText::new("canary")), "[redacted]");
    }

    #[test]
    fn s36_a_secret_is_overwritten_when_wiped() {
        let mut secret = Secret::<16>::new("canary", "test").unwrap();
        secret.zeroize();
        assert_eq!(secret.expose(), "");
    }

    #[test]
    fn a_secret_matches_itself_alone() {
        let secret = Secret::<16>::new("canary", "test").unwrap();
        assert!(secret.matches("canary"));
        assert!(!secret.matches("canarz"));
        assert!(!secret.matches("canar"));
        assert!(!secret.matches(""));
    }

    #[test]
    fn a_secret_longer_than_its_bound_is_refused() {
        assert_eq!(
            Secret::<4>::new("canary", "code").unwrap_err(),
            ResourceError::TooLong { what: "code", bound: 4 }.into()
        );
    }
}
