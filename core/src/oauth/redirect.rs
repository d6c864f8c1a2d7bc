//! The query with which the holder's browser comes back (RFC 6749 §4.1.2).

use heapless::String;

use super::refusal::is_denial;
use super::state::State;
use crate::codec::percent::Form;
use crate::error::{Document, Error, Flaw, Malformed, Mismatch, PeerError, Refusal, Words};
use crate::secret::Secret;

/// Bytes of the longest authorization code. The longest one printed in a manual has 309.
pub const CODE: usize = 1024;

/// Bytes of the longest `error` word.
const WORD: usize = 64;

/// Bytes of the longest `iss`.
const ISSUER: usize = 256;

/// Reads the query of a redirect: the code, if it answers the request that `state` was sent with.
///
/// # Errors
/// [`Mismatch::State`] for another request's answer or none at all, which does not concern the one
/// that waits; [`PeerError::Denied`], [`PeerError::Refused`] with status 0 for an error of the
/// service, or [`PeerError::Malformed`].
pub fn read(query: &str, state: &State) -> Result<Secret<CODE>, Error> {
    let form = Form::new(query, Document::Redirect);
    let returned: String<128> = form.value("state")?.ok_or(PeerError::Mismatch(Mismatch::State))?;
    if !state.matches(&returned) {
        return Err(PeerError::Mismatch(Mismatch::State).into());
    }
    let code: Option<String<CODE>> = form.value("code")?;
    let error: Option<String<WORD>> = form.value("error")?;
    match (code, error) {
        (Some(code), None) if !code.is_empty() => Secret::new(&code, "code"),
        (None, Some(word)) if is_denial(&word) => Err(PeerError::Denied.into()),
        (None, Some(word)) if !word.is_empty() => {
            let refusal = Refusal { status: 0, code: Words::new(&word), text: Words::EMPTY };
            Err(PeerError::Refused(refusal).into())
        }
        (Some(_), Some(_)) => Err(flaw(Flaw::Invalid("error"))),
        _ => Err(flaw(Flaw::Missing("code"))),
    }
}

/// Whose answer a redirect says it is (RFC 9207 §2.4): nobody's, or that of `issuer`, byte for byte.
///
/// # Errors
/// [`Mismatch::Issuer`] for another's, [`PeerError::Malformed`] for one that stands there twice.
pub fn check_issuer(query: &str, issuer: &str) -> Result<(), Error> {
    let named: Option<String<ISSUER>> = Form::new(query, Document::Redirect).value("iss")?;
    match named {
        Some(named) if named != issuer => Err(PeerError::Mismatch(Mismatch::Issuer).into()),
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

    fn with_state(rest: &str) -> Result<Secret<CODE>, Error> {
        read(&format!("{rest}&state={}", state().as_str()), &state())
    }

    #[test]
    fn a_code_with_our_state_is_taken() {
        let code = with_state("code=2b15b0e1-bbf2-4e55-99b8-93cf824576b1").unwrap();
        assert_eq!(code.expose(), "2b15b0e1-bbf2-4e55-99b8-93cf824576b1");
    }

    #[test]
    fn s04_a_state_that_is_missing_repeated_none_or_another_is_refused() {
        let mismatch = || Error::from(PeerError::Mismatch(Mismatch::State));
        assert_eq!(read("code=a", &state()).unwrap_err(), mismatch());
        assert_eq!(read("code=a&state=NONE", &state()).unwrap_err(), mismatch());
        assert_eq!(read("code=a&state=", &state()).unwrap_err(), mismatch());
        let ours = state();
        let twice = format!("code=a&state={0}&state={0}", ours.as_str());
        assert_eq!(read(&twice, &state()).unwrap_err(), flaw(Flaw::Repeated("state")));
    }

    #[test]
    fn s05_a_code_that_stands_there_twice_is_refused() {
        assert_eq!(with_state("code=a&code=b").unwrap_err(), flaw(Flaw::Repeated("code")));
    }

    #[test]
    fn s21_an_issuer_that_is_named_is_the_right_one_and_named_once() {
        let check = |query| check_issuer(query, "https://psc.example");
        assert_eq!(check("code=a&state=b"), Ok(()));
        assert_eq!(check("code=a&iss=https%3A%2F%2Fpsc.example"), Ok(()));
        let mismatch = Error::from(PeerError::Mismatch(Mismatch::Issuer));
        for other in ["iss=", "iss=https%3A%2F%2Fpsc.example%2F", "error=x&iss=HTTPS://psc.example"]
        {
            assert_eq!(check(other), Err(mismatch), "{other}");
        }
        let twice = "iss=https://psc.example&iss=https://psc.example";
        assert_eq!(check(twice), Err(flaw(Flaw::Repeated("iss"))));
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
