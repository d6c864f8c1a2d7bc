//! What a reply means that is not the answer.

use super::code_advice::advice;
use super::status::Status;
use crate::advice::Advice;
use crate::codec::buffer::{Buffer, as_text};
use crate::codec::json::{self, Object, Value};
use crate::error::{Document, Error, PeerError, Refusal};
use crate::exchange::Response;
use crate::oauth::refusal::is_denial;

/// What a refusal may mean in an exchange.
#[derive(Clone, Copy, Debug)]
pub(super) struct Meaning {
    /// Whether a token was sent, so that it may be the token that is refused.
    pub(super) bears_token: bool,
    /// Whether a holder is asked, so that it may be the holder who refuses.
    pub(super) asks_holder: bool,
    /// Whether it signs, so that what is not said to have failed may have been signed.
    pub(super) signs: bool,
}

impl Meaning {
    /// The application asks for itself, with its secret.
    pub(super) const OF_APPLICATION: Self =
        Self { bears_token: false, asks_holder: false, signs: false };

    /// The application asks for itself, with a token.
    pub(super) const OF_TOKEN: Self = Self { bears_token: true, ..Self::OF_APPLICATION };

    /// The holder is asked, or has just been.
    pub(super) const OF_HOLDER: Self = Self { asks_holder: true, ..Self::OF_APPLICATION };

    /// The holder signs, with a token.
    pub(super) const OF_SIGNATURE: Self =
        Self { bears_token: true, asks_holder: true, signs: true };
}

/// The error that a status other than success means, with the service's own words where it gave
/// any.
///
/// Whatever the body is, this is an error about the status and never one about the body.
#[inline(never)]
pub(super) fn read(response: Response<'_>, meaning: Meaning) -> Error {
    let http = response.status;
    // A gateway speaks for a service whose answer it does not know.
    if meaning.signs && (http == 502 || http >= 504) {
        return PeerError::InDoubt.into();
    }
    let pace = response.check_pace();
    let object = match json::read(response.body, Document::Authorization) {
        Ok(Value::Object(object)) => Some(object),
        _ => None,
    };
    let status = object.and_then(|object| Status::of_refusal(&object));
    match (pace, status) {
        // The service did not begin, unless it says itself that it did.
        (Err(_), Some(status)) if meaning.signs && is_open(&status) => PeerError::InDoubt.into(),
        (Err(error), _) => error,
        (Ok(()), Some(status)) => of_status(http, &status, meaning),
        (Ok(()), None) if http == 401 && meaning.bears_token => PeerError::Unauthorized.into(),
        (Ok(()), None) => match object {
            Some(object) => of_words(http, &object, meaning),
            None => PeerError::Refused(uncoded(http, "")).into(),
        },
    }
}

/// A refusal without a code of the service's.
fn uncoded(http: u16, text: &str) -> Refusal {
    let refusal = Refusal::new(http, "", text);
    // An unexpected error of the service is its support's (API page).
    let advice = if http == 500 { Advice::ContactProvider } else { refusal.advice };
    Refusal { advice, ..refusal }
}

/// The object that a reply of success is, unless a status in it tells an error.
///
/// # Errors
/// The refusal that the reply is, or [`PeerError::Malformed`] about `document`.
#[inline(never)]
pub(super) fn object<'r>(
    response: Response<'r>,
    document: Document,
    meaning: Meaning,
) -> Result<Object<'r>, Error> {
    let http = response.status;
    if !is_success(http) {
        return Err(read(response, meaning));
    }
    let object = json::read_object(response.body, document)?;
    check(http, &object, meaning)?;
    Ok(object)
}

/// Looks for a status that tells an error in a reply of success.
pub(super) fn check(http: u16, object: &Object<'_>, meaning: Meaning) -> Result<(), Error> {
    match Status::of(object).filter(Status::is_error) {
        Some(status) => Err(of_status(http, &status, meaning)),
        None => Ok(()),
    }
}

/// Whether an HTTP status is one of success.
pub(super) const fn is_success(http: u16) -> bool {
    matches!(http, 200..=299)
}

/// The code of a trust service that did not answer in time.
const TIMEOUT: u16 = 301;

/// Whether a status tells neither success nor failure: the trust service did not answer in time, or
/// what was asked for goes on.
pub(super) const fn is_open(status: &Status<'_>) -> bool {
    status.code == TIMEOUT || !status.is_error()
}

/// The error that a status object tells which is not the one that was hoped for.
#[inline(never)]
pub(super) fn of_status(http: u16, status: &Status<'_>, meaning: Meaning) -> Error {
    match status.code {
        _ if meaning.signs && is_open(status) => return PeerError::InDoubt.into(),
        TIMEOUT | Status::IN_PROGRESS => {
            let retry_after = None;
            return PeerError::Unavailable { status: http, retry_after }.into();
        }
        209 | 249 | 250 | 807 if meaning.bears_token => return PeerError::Unauthorized.into(),
        223 | 400 if meaning.asks_holder => return PeerError::Denied.into(),
        _ => {}
    }
    let known = advice(status.code);
    if http == 401 && known.is_none() && meaning.bears_token {
        return PeerError::Unauthorized.into();
    }
    // Longer than what is kept, so that the cut is made in one place.
    let mut code = [0; 128];
    let mut out = Buffer::new(&mut code);
    out.decimal(u64::from(status.code));
    if !status.name.is_empty() && status.name.len() <= 96 {
        out.byte(b' ');
        out.text(status.name);
    }
    let mut refusal = Refusal::new(http, out.finish_text().unwrap_or_default(), status.detail);
    if let Some(advice) = known {
        refusal.advice = advice;
    }
    PeerError::Refused(refusal).into()
}

/// The error that `error` and `error_description` tell (RFC 6749 §5.2), or what a framework writes
/// in their place.
pub(super) fn of_words(http: u16, object: &Object<'_>, meaning: Meaning) -> Error {
    let first = |names: &[&str]| {
        let mut texts = names.iter().filter_map(|name| match object.member(name) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        });
        texts.next().unwrap_or_default()
    };
    let (mut lower, error) = ([0; 32], first(&["error"]));
    // The API page has the words in capitals in one place, and as RFC 6749 has them in another.
    let code = match lower.get_mut(..error.len()) {
        Some(place) if error.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_') => {
            place.copy_from_slice(error.as_bytes());
            place.make_ascii_lowercase();
            as_text(place)
        }
        _ => error,
    };
    if meaning.asks_holder && is_denial(code) {
        return PeerError::Denied.into();
    }
    let text = first(&["error_description", "message", "detail", "title"]);
    // A framework's "400 Bad Request" is no code of the service's, and must not look like one.
    let is_word = !code.starts_with(|first: char| first.is_ascii_digit());
    let (code, text) = match (is_word, text) {
        (true, text) => (code, text),
        (false, "") => ("", code),
        (false, text) => ("", text),
    };
    if code.is_empty() {
        return PeerError::Refused(uncoded(http, text)).into();
    }
    let mut refusal = Refusal::new(http, code, text);
    // An application that is not known, or a callback that was not registered (API page).
    if matches!(code, "invalid_client" | "invalid_grant") {
        refusal.advice = Advice::CheckCredentials;
    }
    PeerError::Refused(refusal).into()
}
