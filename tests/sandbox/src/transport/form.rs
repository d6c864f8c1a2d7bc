//! `application/x-www-form-urlencoded` (WHATWG URL §5.1), in a query or in a body.

use core::fmt::Write;

/// Decoded parameters in order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Form {
    pairs: Vec<(String, String)>,
}

/// What a form can be wrong in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FormError {
    #[error("the parameter `{0}` is repeated")]
    Repeated(String),
    #[error("a percent escape is malformed or is not UTF-8")]
    Escape,
}

impl Form {
    /// Parses strictly: no parameter twice (RFC 6749 §3.1), no broken escape.
    pub(crate) fn parse(text: &str) -> Result<Self, FormError> {
        let mut form = Self::default();
        for pair in text.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = decode(name).ok_or(FormError::Escape)?;
            let value = decode(value).ok_or(FormError::Escape)?;
            if form.get(&name).is_some() {
                return Err(FormError::Repeated(name));
            }
            form.pairs.push((name, value));
        }
        Ok(form)
    }

    /// Parameters that another encoding held.
    pub(crate) fn from_pairs(pairs: Vec<(String, String)>) -> Self {
        Self { pairs }
    }

    /// The names, in order.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.pairs.iter().map(|(name, _)| name.as_str())
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// A parameter that is there and not empty.
    pub(crate) fn filled(&self, name: &str) -> Option<&str> {
        self.get(name).filter(|value| !value.is_empty())
    }
}

fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        match byte {
            b'%' => {
                let (digits, tail) = rest.split_at_checked(2)?;
                let digits = core::str::from_utf8(digits).ok()?;
                if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
                    return None;
                }
                bytes.push(u8::from_str_radix(digits, 16).ok()?);
                rest = tail;
            }
            b'+' => bytes.push(b' '),
            _ => bytes.push(byte),
        }
    }
    String::from_utf8(bytes).ok()
}

/// Percent-encodes everything but RFC 3986's unreserved characters.
pub(crate) fn encode(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a String does not fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
        encoded
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s5_a_repeated_parameter_is_refused_even_if_escaped_otherwise() {
        assert_eq!(Form::parse("a=1&%61=2").unwrap_err(), FormError::Repeated("a".to_owned()));
    }

    #[test]
    fn escapes_are_read_strictly() {
        let form = Form::parse("redirect_uri=push%3A%2F%2F&x=a+b").unwrap();
        assert_eq!(form.get("redirect_uri"), Some("push://"));
        assert_eq!(form.get("x"), Some("a b"));
        for broken in ["a=%", "a=%4", "a=%zz", "a=%+1", "a=%FF"] {
            assert_eq!(Form::parse(broken).unwrap_err(), FormError::Escape, "{broken}");
        }
    }

    #[test]
    fn what_is_encoded_decodes() {
        let text = "a b+c&d=é/:%";
        assert_eq!(decode(&encode(text)).unwrap(), text);
    }
}
