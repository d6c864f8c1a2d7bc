//! The address of a service.

use crate::error::{Error, Misuse};

/// The address without a slash at its end: `https://host[:port][/path]`.
///
/// # Errors
/// [`Misuse::InsecureUrl`] for another scheme, [`Misuse::Field`] for an address with user
/// information, a query, a fragment or characters that cannot stand in a URL.
pub(crate) fn check(base_url: &str) -> Result<&str, Error> {
    let rest = base_url.strip_prefix("https://").ok_or(Misuse::InsecureUrl)?;
    let allowed = |byte: u8| byte.is_ascii_graphic() && !b"?#@\\\"<>".contains(&byte);
    if matches!(rest.as_bytes(), [] | [b'/' | b':', ..]) || !rest.bytes().all(allowed) {
        return Err(Misuse::Field("base_url").into());
    }
    let mut base_url = base_url;
    while let Some(shorter) = base_url.strip_suffix('/') {
        base_url = shorter;
    }
    Ok(base_url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s18_a_base_url_is_https_and_nothing_else() {
        assert_eq!(check("https://psc.example:8443/api/"), Ok("https://psc.example:8443/api"));
        assert_eq!(check("http://psc.example"), Err(Misuse::InsecureUrl.into()));
        for bad in
            ["https://", "https:///x", "https://a@b", "https://a?b", "https://a#b", "https://a b"]
        {
            assert_eq!(check(bad), Err(Misuse::Field("base_url").into()), "{bad}");
        }
    }
}
