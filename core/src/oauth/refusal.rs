//! Reading a refusal.

use crate::codec::json::{self, Object, Value};
use crate::error::{Document, Error, PeerError, Refusal, Words};
use crate::exchange::Response;

/// The members in which services put a code, the standard's first (RFC 6749 §5.2).
const CODES: [&str; 2] = ["error", "code"];

/// The members in which services put a text, the standard's first.
const TEXTS: [&str; 6] = ["error_description", "message", "msg", "Message", "detail", "title"];

/// The codes by which services say that the holder said no: the norm's and RFC 6749's.
const DENIALS: [&str; 2] = ["user_denied", "access_denied"];

/// Whether a code means that the holder said no.
#[must_use]
pub fn is_denial(code: &str) -> bool {
    DENIALS.contains(&code)
}

/// The error that a status other than success means, with the service's own words where it gave any.
///
/// Whatever the body is, this is an error about the status and never one about the body.
#[must_use]
pub fn read(response: Response<'_>) -> Error {
    if let Err(error) = response.check_pace() {
        return error;
    }
    let status = response.status;
    let mut code = Words::EMPTY;
    let mut text = Words::EMPTY;
    if let Ok(Value::Object(object)) = json::read(response.body, Document::Authorization) {
        if let Some(word) = first(&object, &CODES) {
            if is_denial(word) {
                return PeerError::Denied.into();
            }
            code = Words::new(word);
        }
        if let Some(words) = first(&object, &TEXTS) {
            text = Words::new(words);
        }
    }
    PeerError::Refused(Refusal { status, code, text }).into()
}

fn first<'r>(object: &Object<'r>, names: &[&str]) -> Option<&'r str> {
    names.iter().find_map(|name| match object.member(name) {
        Some(Value::Text(text)) => Some(text),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(status: u16, body: &[u8]) -> Error {
        let mut body = body.to_vec();
        read(Response::new(status, &mut body))
    }

    #[test]
    fn the_words_of_the_service_are_kept() {
        let body = br#"{"error":"invalid_grant","error_description":"code expired"}"#;
        let expected = Refusal {
            status: 400,
            code: Words::new("invalid_grant"),
            text: Words::new("code expired"),
        };
        assert_eq!(refusal(400, body), PeerError::Refused(expected).into());
    }

    #[test]
    fn a_body_that_is_no_json_leaves_the_status() {
        for body in [&b""[..], b"<html>", b"\xff", b"[1]", b"{\"error\":7}"] {
            let expected = Refusal { status: 500, code: Words::EMPTY, text: Words::EMPTY };
            assert_eq!(refusal(500, body), PeerError::Refused(expected).into());
        }
    }

    #[test]
    fn a_denial_is_the_holders_and_a_429_is_a_pace() {
        assert_eq!(refusal(403, br#"{"error":"user_denied"}"#), PeerError::Denied.into());
        assert_eq!(
            refusal(429, b"To many requests"),
            PeerError::Throttled { retry_after: None }.into()
        );
    }
}
