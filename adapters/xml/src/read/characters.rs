//! What characters XML allows where.

/// `Char` (XML 1.0 §2.2). Surrogates are no `char`.
pub(crate) fn is_allowed(each: char) -> bool {
    match each {
        '\t' | '\n' | '\r' => true,
        '\u{fffe}' | '\u{ffff}' => false,
        _ => each >= ' ',
    }
}

/// `S` (XML 1.0 §2.3).
pub(crate) fn is_space(each: char) -> bool {
    matches!(each, ' ' | '\t' | '\n' | '\r')
}

/// A text without the space around it.
pub(crate) fn trim(text: &str) -> &str {
    text.trim_matches(is_space)
}

/// The first character of an `NCName` (Namespaces in XML 1.0 §3): `NameStartChar` without the colon.
pub(crate) fn begins_name(each: char) -> bool {
    match each {
        'A'..='Z' | '_' | 'a'..='z' => true,
        '\0'..='\u{bf}' => false,
        _ => matches!(
            each,
            '\u{c0}'..='\u{d6}'
                | '\u{d8}'..='\u{f6}'
                | '\u{f8}'..='\u{2ff}'
                | '\u{370}'..='\u{37d}'
                | '\u{37f}'..='\u{1fff}'
                | '\u{200c}'..='\u{200d}'
                | '\u{2070}'..='\u{218f}'
                | '\u{2c00}'..='\u{2fef}'
                | '\u{3001}'..='\u{d7ff}'
                | '\u{f900}'..='\u{fdcf}'
                | '\u{fdf0}'..='\u{fffd}'
                | '\u{10000}'..='\u{effff}'
        ),
    }
}

/// Any other character of an `NCName`: `NameChar` without the colon.
pub(crate) fn continues_name(each: char) -> bool {
    begins_name(each)
        || matches!(
            each,
            '-' | '.' | '0'..='9' | '\u{b7}' | '\u{300}'..='\u{36f}' | '\u{203f}'..='\u{2040}'
        )
}
