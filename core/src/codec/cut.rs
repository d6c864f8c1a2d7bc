//! Texts cut where something stands in them.
//!
//! The language's own searches do the same, and leave panics in an image that no compiler rules out.

/// What stands before the first `separator`, and what behind it. A separator is never empty.
pub(crate) fn at_first<'t>(text: &'t str, separator: &str) -> Option<(&'t str, &'t str)> {
    let wanted = separator.as_bytes();
    let mut start = 0_usize;
    loop {
        let rest = text.as_bytes().get(start..)?;
        if rest.starts_with(wanted) {
            let end = start.saturating_add(wanted.len());
            return Some((text.get(..start)?, text.get(end..)?));
        }
        start = start.saturating_add(1);
    }
}

/// What stands behind the last `separator`, which is a character of ASCII.
pub(crate) fn behind_last(text: &str, separator: u8) -> Option<&str> {
    let place = text.bytes().rposition(|byte| byte == separator)?;
    text.get(place.saturating_add(1)..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_as_by_the_language() {
        for text in ["", "a", "--", "a--b", "--a--", "é--ção--é", "a-b---c", "-é-"] {
            assert_eq!(at_first(text, "--"), text.split_once("--"), "{text}");
            let last = text.rsplit_once('-').map(|(_, last)| last);
            assert_eq!(behind_last(text, b'-'), last, "{text}");
        }
    }
}
