//! What texts of a request may be.

use crate::error::{Error, Misuse};

/// Whether a text has 1 to `bound` bytes and no control characters.
#[inline(never)]
pub(super) fn is_presentable(text: &str, bound: usize) -> bool {
    !text.is_empty() && text.len() <= bound && !text.chars().any(char::is_control)
}

/// Checks a text that may be missing.
pub(super) fn check_optional(
    text: Option<&str>,
    bound: usize,
    name: &'static str,
) -> Result<(), Error> {
    match text {
        Some(text) if !is_presentable(text, bound) => Err(Misuse::Field(name).into()),
        _ => Ok(()),
    }
}
