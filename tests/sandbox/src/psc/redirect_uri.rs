//! Which redirect URIs can be registered.

/// An absolute URI without a fragment (RFC 6749 §3.1.2), and not `push://`, which every
/// application has without registering it (developers' page, step 1).
pub(crate) fn is_registrable(uri: &str) -> bool {
    let Some((scheme, rest)) = uri.split_once("://") else { return false };
    let letters = |scheme: &str| {
        scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    };
    !scheme.is_empty()
        && letters(scheme)
        && !scheme.eq_ignore_ascii_case("push")
        && !rest.is_empty()
        && uri.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn push_and_fragments_are_not_registrable() {
        for uri in ["push://", "push://x", "https://a/#b", "https://", "a b://c", "/callback", ""] {
            assert!(!is_registrable(uri), "{uri}");
        }
        for uri in ["https://valid.com.br", "http://127.0.0.1:8765/callback", "app://done"] {
            assert!(is_registrable(uri), "{uri}");
        }
    }
}
