//! One request, bounded: whole in memory, or with its body in a file.

use std::sync::Arc;

use super::spool::Spool;

/// A request whose head was parsed and whose body was read to its end.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    /// Without the question mark; empty when there is none.
    pub(crate) query: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// The body instead, when the service [spools](super::Service::spools) it.
    pub(crate) spooled: Option<Arc<Spool>>,
}

impl Request {
    /// The value of a header that occurs once; `None` when it is absent or repeated.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name));
        match (values.next(), values.next()) {
            (Some((_, value)), None) => Some(value),
            _ => None,
        }
    }

    /// Whether the body is said to be of a media type. A `charset`, if any, must be UTF-8.
    pub(crate) fn has_content_type(&self, expected: &str) -> bool {
        let Some(value) = self.header("content-type") else { return false };
        let mut parts = value.split(';').map(str::trim);
        let matches = parts.next().is_some_and(|media| media.eq_ignore_ascii_case(expected));
        matches
            && parts.all(|parameter| {
                let parameter = parameter.to_ascii_lowercase();
                parameter
                    .strip_prefix("charset=")
                    .is_none_or(|set| set.trim_matches('"') == "utf-8")
            })
    }
}
