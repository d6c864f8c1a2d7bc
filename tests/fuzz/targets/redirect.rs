//! The query of a redirect beside another reader of forms.
//!
//! A `$` in the input stands for the state that was sent, which no fuzzer would guess.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use rubrica_core::error::{Error, Mismatch, PeerError};
use rubrica_core::oauth::redirect::{self, CODE, Expected};
use rubrica_core::oauth::state::State;
use rubrica_fuzz::setting;

const ISSUER: &str = "https://psc.example";

fuzz_target!(|data: &[u8]| {
    static STATE: LazyLock<State> = LazyLock::new(setting::state);
    let Ok(text) = core::str::from_utf8(data) else { return };
    let query = text.replace('$', STATE.as_str());
    let outcome = redirect::read(&query, &Expected::new(&STATE, ISSUER));
    let _ = redirect::read(&query, &Expected { is_encoded: true, ..Expected::new(&STATE, ISSUER) });
    if let Err(error) = &outcome {
        assert!(error.to_string().len() < 400);
        assert!(matches!(error, Error::Peer(_) | Error::Resource(_)), "{error:?}");
    }

    let pairs: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
    let values = |name| -> Vec<&str> {
        pairs.iter().filter(|(each, _)| each == name).map(|(_, value)| value.as_ref()).collect()
    };
    if let Ok(code) = outcome {
        assert_eq!(values("state"), [STATE.as_str()]);
        assert_eq!(values("code"), [code.expose()]);
        assert!(!code.expose().is_empty() && code.expose().len() <= CODE);
        assert!(values("error").is_empty());
        assert!(matches!(values("iss")[..], [] | [ISSUER]));
    } else if is_plain(&query) && values("state") == [STATE.as_str()] {
        // The reverse: what must be taken is taken.
        let single = values("code").len() == 1 && values("error").is_empty();
        let is_ours = matches!(values("iss")[..], [] | [ISSUER]);
        let taken = single && is_ours && matches!(values("code")[0].len(), 1..=CODE);
        assert!(!taken, "{outcome:?}");
    } else if is_plain(&query) && values("state").iter().all(|each| *each != STATE.as_str()) {
        let answer = outcome.expect_err("another's answer");
        let another = Error::from(PeerError::Mismatch(Mismatch::State));
        assert!(answer == another || !matches!(values("state").len(), 0 | 1) || is_long(&pairs));
    }
});

/// Whether every escape is one, and all of it is text: of other queries the readers may differ.
fn is_plain(query: &str) -> bool {
    let escaped = query.split('%').skip(1).all(|after| {
        let mut digits = after.bytes();
        let mut is_digit = || digits.next().is_some_and(|digit| digit.is_ascii_hexdigit());
        is_digit() && is_digit()
    });
    escaped
        && form_urlencoded::parse(query.as_bytes()).all(|(name, value)| {
            !name.contains(char::REPLACEMENT_CHARACTER)
                && !value.contains(char::REPLACEMENT_CHARACTER)
        })
}

/// Whether a parameter is longer than one of our bounds.
fn is_long(pairs: &[(std::borrow::Cow<'_, str>, std::borrow::Cow<'_, str>)]) -> bool {
    pairs.iter().any(|(_, value)| value.len() > 128)
}
