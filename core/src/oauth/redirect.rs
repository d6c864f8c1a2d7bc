//! The query with which the holder's browser comes back (RFC 6749 §4.1.2).

use heapless::String;
use zeroize::Zeroize;

use super::refusal::{self, is_among};
use super::state::State;
use crate::codec::percent::{self, Form};
use crate::error::{Document, Error, Flaw, Malformed, Mismatch, PeerError, Refusal};
use crate::secret::Secret;

/// Bytes of the longest authorization code. The longest one printed in a manual has 309.
pub const CODE: usize = 1024;

/// Bytes of the longest `error` word.
const WORD: usize = 64;

/// Bytes of the longest `iss`.
const ISSUER: usize = 256;

/// Bytes of the longest query that is decoded as a whole.
const QUERY: usize = 2048;

/// What an answer must be to be believed.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// What the request was sent with.
    pub state: &'a State,
    /// What the service calls itself, byte for byte.
    pub issuer: &'a str,
    /// Whether it must say so (RFC 9207 §2.4).
    pub issuer_required: bool,
    /// The words of `error` that are the holder's no, with spaces between them.
    pub denials: &'a str,
    /// Whether the query may be percent-encoded as a whole: it is then decoded once.
    pub is_encoded: bool,
}

impl<'a> Expected<'a> {
    /// An answer of a service that need not name itself, with the customary words.
    #[must_use]
    pub const fn new(state: &'a State, issuer: &'a str) -> Self {
        Self { state, issuer, issuer_required: false, denials: refusal::DENIALS, is_encoded: false }
    }
}

/// Reads the query of a redirect: the code, if it is the answer of the service that was asked to the
/// request that `state` was sent with.
///
/// # Errors
/// [`Mismatch::State`] for another request's answer or none at all, which does not concern the one
/// that waits, and [`Mismatch::Issuer`] for another service's (RFC 9207 §2.4), be it a code or an
/// error; [`PeerError::Denied`], [`PeerError::Refused`] with status 0 for an error of the service, or
/// [`PeerError::Malformed`].
pub fn read(query: &str, expected: &Expected<'_>) -> Result<Secret<CODE>, Error> {
    // A query without a single `=` has no parameters unless it is encoded as a whole.
    if expected.is_encoded && !query.contains('=') {
        return read_encoded(query, expected);
    }
    read_plain(query, expected)
}

/// Decodes a query once. What was in it encoded by itself still is.
#[inline(never)]
fn read_encoded(query: &str, expected: &Expected<'_>) -> Result<Secret<CODE>, Error> {
    let mut decoded = [0; QUERY];
    let result = percent::decode(query, &mut decoded)
        .ok_or_else(|| flaw(Flaw::Encoding))
        .and_then(|query| read_plain(query, expected));
    // A code was in it.
    decoded.zeroize();
    result
}

fn read_plain(query: &str, expected: &Expected<'_>) -> Result<Secret<CODE>, Error> {
    let form = Form::new(query, Document::Redirect);
    let returned: String<128> = form.value("state")?.ok_or(PeerError::Mismatch(Mismatch::State))?;
    if !expected.state.matches(&returned) {
        return Err(PeerError::Mismatch(Mismatch::State).into());
    }
    check_issuer(&form, expected)?;
    let code: Option<String<CODE>> = form.value("code")?;
    let error: Option<String<WORD>> = form.value("error")?;
    match (code, error) {
        (Some(code), None) if !code.is_empty() => Secret::new(&code, "code"),
        (None, Some(word)) if is_among(&word, expected.denials) => Err(PeerError::Denied.into()),
        (None, Some(word)) if !word.is_empty() => {
            let refusal = Refusal::new(0, &word, "");
            Err(PeerError::Refused(refusal).into())
        }
        (Some(_), Some(_)) => Err(flaw(Flaw::Invalid("error"))),
        _ => Err(flaw(Flaw::Missing("code"))),
    }
}

/// Whose answer it says it is (RFC 9207 §2.4): the expected one's, or nobody's where that will do.
fn check_issuer(form: &Form<'_>, expected: &Expected<'_>) -> Result<(), Error> {
    let named: Option<String<ISSUER>> = form.value("iss")?;
    match named {
        Some(named) if named != expected.issuer => {
            Err(PeerError::Mismatch(Mismatch::Issuer).into())
        }
        None if expected.issuer_required => Err(PeerError::Mismatch(Mismatch::Issuer).into()),
        _ => Ok(()),
    }
}

const fn flaw(flaw: Flaw) -> Error {
    Error::Peer(PeerError::Malformed(Malformed { document: Document::Redirect, flaw }))
}

#[cfg(test)]
mod tests {
    use std::format;

    use super::*;

    fn state() -> State {
        let mut entropy = [9; 32];
        entropy[1] = 1;
        State::from_entropy(&entropy).unwrap()
    }

    const ISSUER: &str = "https://psc.example";

    fn expected(state: &State) -> Expected<'_> {
        Expected::new(state, ISSUER)
    }

    fn read_for(query: &str, state: &State) -> Result<Secret<CODE>, Error> {
        read(query, &expected(state))
    }

    fn with_state(rest: &str) -> Result<Secret<CODE>, Error> {
        read_for(&format!("{rest}&state={}", state().as_str()), &state())
    }

    #[test]
    fn a_code_with_our_state_is_taken() {
        let code = with_state("code=2b15b0e1-bbf2-4e55-99b8-93cf824576b1").unwrap();
        assert_eq!(code.expose(), "2b15b0e1-bbf2-4e55-99b8-93cf824576b1");
    }

    #[test]
    fn s04_a_state_that_is_missing_repeated_none_or_another_is_refused() {
        let mismatch = || Error::from(PeerError::Mismatch(Mismatch::State));
        assert_eq!(read_for("code=a", &state()).unwrap_err(), mismatch());
        assert_eq!(read_for("code=a&state=NONE", &state()).unwrap_err(), mismatch());
        assert_eq!(read_for("code=a&state=", &state()).unwrap_err(), mismatch());
        let ours = state();
        let twice = format!("code=a&state={0}&state={0}", ours.as_str());
        assert_eq!(read_for(&twice, &state()).unwrap_err(), flaw(Flaw::Repeated("state")));
    }

    #[test]
    fn s05_a_code_that_stands_there_twice_is_refused() {
        assert_eq!(with_state("code=a&code=b").unwrap_err(), flaw(Flaw::Repeated("code")));
    }

    /// The issuers that an answer may name, with a code and with an error, where one is needed and
    /// where none is.
    #[test]
    fn s21_an_issuer_that_is_named_is_the_right_one_and_named_once() {
        let state = state();
        for issuer_required in [false, true] {
            let check = |rest: &str, issuer: &str| {
                let query = format!("{rest}&state={}{issuer}", state.as_str());
                read(&query, &Expected { issuer_required, ..expected(&state) }).map(|_| ())
            };
            for (rest, right) in
                [("code=a", Ok(())), ("error=user_denied", Err(Error::from(PeerError::Denied)))]
            {
                assert_eq!(check(rest, "&iss=https%3A%2F%2Fpsc.example"), right);
                assert_eq!(check(rest, "&iss=https://psc.example"), right);
                let mismatch = Err(Error::from(PeerError::Mismatch(Mismatch::Issuer)));
                for other in
                    ["&iss=", "&iss=https%3A%2F%2Fpsc.example%2F", "&iss=HTTPS://psc.example"]
                {
                    assert_eq!(check(rest, other), mismatch, "{other}");
                }
                assert_eq!(check(rest, ""), if issuer_required { mismatch } else { right });
                let twice = "&iss=https://psc.example&iss=https://psc.example";
                assert_eq!(check(rest, twice), Err(flaw(Flaw::Repeated("iss"))));
            }
        }
    }

    #[test]
    fn a_query_that_is_encoded_as_a_whole_is_decoded_once_where_that_may_come() {
        let state = state();
        let tolerant = Expected { is_encoded: true, ..expected(&state) };
        let whole = format!("code%3Da%252Bb%26state%3D{}", state.as_str());
        assert_eq!(read(&whole, &tolerant).unwrap().expose(), "a+b");
        assert!(read(&whole, &expected(&state)).is_err());
        let plain = format!("code=a%2Bb&state={}", state.as_str());
        assert_eq!(read(&plain, &tolerant).unwrap().expose(), "a+b");
        let twice = format!("code%253Da%2526state%253D{}", state.as_str());
        assert_eq!(
            read(&twice, &tolerant).unwrap_err(),
            PeerError::Mismatch(Mismatch::State).into()
        );
        let again = format!("code%3Da%26state%3D{0}%26state%3D{0}", state.as_str());
        assert_eq!(read(&again, &tolerant).unwrap_err(), flaw(Flaw::Repeated("state")));
        assert_eq!(read("code%3", &tolerant).unwrap_err(), flaw(Flaw::Encoding));
        assert_eq!(read(&"x".repeat(2049), &tolerant).unwrap_err(), flaw(Flaw::Encoding));
    }

    #[test]
    fn the_words_of_a_denial_are_the_providers() {
        let state = state();
        let query = format!("error=negado&state={}", state.as_str());
        let own = Expected { denials: "user_denied negado", ..expected(&state) };
        assert_eq!(read(&query, &own).unwrap_err(), PeerError::Denied.into());
        assert!(matches!(read(&query, &expected(&state)), Err(Error::Peer(PeerError::Refused(_)))));
    }

    #[test]
    fn s06_code_and_error_come_alone_and_one_must_come() {
        assert_eq!(with_state("code=a&error=b").unwrap_err(), flaw(Flaw::Invalid("error")));
        assert_eq!(with_state("x=y").unwrap_err(), flaw(Flaw::Missing("code")));
        assert_eq!(with_state("code=").unwrap_err(), flaw(Flaw::Missing("code")));
        assert_eq!(with_state("error=").unwrap_err(), flaw(Flaw::Missing("code")));
    }

    #[test]
    fn s06_errors_are_mapped_and_freed_of_what_must_not_be_shown() {
        assert_eq!(with_state("error=user_denied").unwrap_err(), PeerError::Denied.into());
        assert_eq!(with_state("error=access_denied").unwrap_err(), PeerError::Denied.into());
        let error = with_state("error=x%0A11144477735").unwrap_err();
        assert_eq!(format!("{error}"), "the service refused: status 0, x ******");
    }
}
