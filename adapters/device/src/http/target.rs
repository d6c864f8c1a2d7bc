//! Where a URL leads.

use crate::error::Unsendable;

/// The parts of a request's URL that a connection and a request line are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target<'u> {
    /// Host and port as the URL has them: the value of the `Host` header.
    pub authority: &'u str,
    /// The host alone; an IPv6 address without its brackets.
    pub host: &'u str,
    /// The port; 443 where the URL names none.
    pub port: u16,
    /// Path and query. It is empty, or begins with `/` or `?`.
    pub(super) path: &'u str,
}

/// The port of HTTPS (RFC 9110 §4.2.2).
const HTTPS: u16 = 443;

impl<'u> Target<'u> {
    /// Takes a URL apart.
    ///
    /// # Errors
    /// [`Unsendable`] for one that is not `https://`, that names a user or a fragment, or that holds
    /// a character that cannot stand in a request line.
    pub fn new(url: &'u str) -> Result<Self, Unsendable> {
        let rest = url.strip_prefix("https://").ok_or(Unsendable::InsecureUrl)?;
        if !is_visible(rest) || !split_before(rest, b"#").1.is_empty() {
            return Err(Unsendable::Url);
        }
        let (authority, path) = split_before(rest, b"/?");
        if !split_before(authority, b"@").1.is_empty() {
            return Err(Unsendable::Url);
        }
        let (host, port) = match authority.strip_prefix('[') {
            Some(address) => {
                let (host, rest) = split_before(address, b"]");
                (host, rest.strip_prefix(']').ok_or(Unsendable::Url)?)
            }
            None => split_before(authority, b":"),
        };
        let port = match port.strip_prefix(':') {
            None if port.is_empty() => HTTPS,
            Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                digits.parse().map_err(|_| Unsendable::Url)?
            }
            _ => return Err(Unsendable::Url),
        };
        if host.is_empty() || port == 0 {
            return Err(Unsendable::Url);
        }
        Ok(Self { authority, host, port, path })
    }
}

/// Whether a text can stand in a request line or in a header's value as one word.
pub(super) fn is_visible(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Parts a text before the first byte that is one of these; after its end where there is none.
fn split_before<'t>(text: &'t str, stops: &[u8]) -> (&'t str, &'t str) {
    let place = text.bytes().position(|byte| stops.contains(&byte)).unwrap_or(text.len());
    text.split_at_checked(place).unwrap_or((text, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(url: &str) -> Result<(&str, &str, u16, &str), Unsendable> {
        Target::new(url).map(|target| (target.authority, target.host, target.port, target.path))
    }

    #[test]
    fn a_url_is_taken_apart() {
        assert_eq!(parts("https://psc.example"), Ok(("psc.example", "psc.example", 443, "")));
        assert_eq!(
            parts("https://psc.example:8443/v0/oauth?a=b@c/d"),
            Ok(("psc.example:8443", "psc.example", 8443, "/v0/oauth?a=b@c/d"))
        );
        assert_eq!(parts("https://psc.example?a"), Ok(("psc.example", "psc.example", 443, "?a")));
        assert_eq!(parts("https://[::1]:7/"), Ok(("[::1]:7", "::1", 7, "/")));
        assert_eq!(parts("https://[::1]/"), Ok(("[::1]", "::1", 443, "/")));
    }

    #[test]
    fn s18_only_https_is_sent() {
        for url in ["http://psc.example/", "HTTPS://psc.example/", "psc.example", "", "https:/a"] {
            assert_eq!(parts(url), Err(Unsendable::InsecureUrl), "{url}");
        }
    }

    #[test]
    fn a_url_that_would_write_a_second_line_or_mean_another_host_is_refused() {
        for rest in [
            "",
            "/",
            ":443/",
            "a:0/",
            "a:65536/",
            "a:+1/",
            "a:/",
            "a:443:1/",
            "[::1/",
            "[::1]x/",
            "user@a/",
            "a/#b",
            "a/ b",
            "a/\r\nHost: b",
            "a/\0",
            "a/ã",
        ] {
            let url = std::format!("https://{rest}");
            assert_eq!(parts(&url), Err(Unsendable::Url), "{url:?}");
        }
    }
}
