//! Reading a refusal.

use crate::codec::json::{self, Object, Value};
use crate::error::{Document, Error, PeerError, Refusal};
use crate::exchange::Response;

/// How a service says in a body what went wrong: the names of the members to look at. A name is looked
/// for where those before it are not there; the names stand with spaces between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ErrorDialect<'a> {
    /// Members that may hold a code, the standard's first.
    pub codes: &'a str,
    /// Members that may hold a text, the standard's first. The text may be the first of an array.
    pub texts: &'a str,
    /// Whether the body may be an array whose first object counts.
    pub in_array: bool,
    /// Whether a reply of status 200 to a request for signatures is a refusal when there is no list of
    /// signatures in it.
    pub in_success: bool,
}

impl ErrorDialect<'_> {
    /// `error` and `error_description` (RFC 6749 §5.2).
    pub const RFC_6749: Self = ErrorDialect {
        codes: "error",
        texts: "error_description",
        in_array: false,
        in_success: false,
    };

    /// `code` and `msg`, and what the framework below says: an array of one object with `error` and
    /// an array `error_description` (programs in use, against SerproID's test environment).
    pub const SERPRO: Self = ErrorDialect {
        codes: "error code",
        texts: "error_description msg",
        in_array: true,
        in_success: false,
    };

    /// `Message` or `message` as ASP.NET has it, next to the standard's, and refusals of status 200
    /// (programs in use, against SafeID).
    pub const SAFEWEB: Self = ErrorDialect {
        codes: "error",
        texts: "error_description message Message detail title",
        in_array: false,
        in_success: true,
    };

    /// `title` as the code and `detail` as the text (RFC 9457 §3.1), next to the standard's (vendor
    /// documentation of Soluti's services).
    pub const PROBLEM: Self = ErrorDialect {
        codes: "error title",
        texts: "error_description detail message",
        in_array: false,
        in_success: false,
    };

    /// All of them.
    pub const ANY: Self = ErrorDialect {
        codes: "error code",
        texts: "error_description message msg Message detail title",
        in_array: true,
        in_success: true,
    };
}

/// The codes by which services say that the holder said no, with a space between them: that of
/// DOC-ICP-17.01 §6.4 and that of RFC 6749 §4.1.2.1.
pub const DENIALS: &str = "user_denied access_denied";

/// Whether a code means that the holder said no.
#[must_use]
pub fn is_denial(code: &str) -> bool {
    is_among(code, DENIALS)
}

/// Whether a word is one of those that stand in `words` with spaces between them.
pub(crate) fn is_among(word: &str, words: &str) -> bool {
    !word.is_empty() && list(words).any(|each| each == word.as_bytes())
}

fn list(words: &str) -> impl Iterator<Item = &[u8]> {
    words.as_bytes().split(|byte| *byte == b' ')
}

/// The error that a status other than success means, with the service's own words where it gave any.
///
/// Whatever the body is, this is an error about the status and never one about the body.
#[must_use]
pub fn read(response: Response<'_>, dialect: &ErrorDialect<'_>) -> Error {
    read_with(response, dialect, DENIALS)
}

/// The same in an exchange in which no holder is asked: there `access_denied` is said of the
/// application (RFC 6749 §4.1.2.1: "the resource owner or authorization server denied the request"),
/// and is a refusal in the service's words.
pub(crate) fn read_unasked(response: Response<'_>, dialect: &ErrorDialect<'_>) -> Error {
    read_with(response, dialect, "")
}

fn read_with(response: Response<'_>, dialect: &ErrorDialect<'_>, denials: &str) -> Error {
    if let Err(error) = response.check_pace() {
        return error;
    }
    let status = response.status;
    let object = match json::read(response.body, Document::Authorization) {
        Ok(Value::Object(object)) => Some(object),
        Ok(Value::Array(array)) if dialect.in_array => match array.first() {
            Some(Value::Object(object)) => Some(object),
            _ => None,
        },
        _ => None,
    };
    words_of(status, object.as_ref(), dialect, denials)
}

/// The error that an object tells.
pub(crate) fn read_object(status: u16, object: &Object<'_>, dialect: &ErrorDialect<'_>) -> Error {
    words_of(status, Some(object), dialect, DENIALS)
}

fn words_of(
    status: u16,
    object: Option<&Object<'_>>,
    dialect: &ErrorDialect<'_>,
    denials: &str,
) -> Error {
    let word = |names| object.and_then(|object| first(object, names)).unwrap_or_default();
    let code = word(dialect.codes);
    if is_among(code, denials) {
        return PeerError::Denied.into();
    }
    let text = word(dialect.texts);
    PeerError::Refused(Refusal::new(status, code, text)).into()
}

/// The text of the first of these members that has one.
fn first<'r>(object: &Object<'r>, names: &str) -> Option<&'r str> {
    list(names).find_map(|name| {
        match object.member_named(name) {
            Some(Value::Array(array)) => array.first(),
            value => value,
        }
        .and_then(|value| match value {
            Value::Text(text) => Some(text),
            _ => None,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Words;

    fn refusal(status: u16, body: &[u8], dialect: &ErrorDialect<'_>) -> Error {
        let mut body = body.to_vec();
        read(Response::new(status, &mut body), dialect)
    }

    fn refused(status: u16, code: &str, text: &str) -> Error {
        PeerError::Refused(Refusal::new(status, code, text)).into()
    }

    #[test]
    fn s29_the_words_of_the_service_are_kept_in_every_dialect() {
        for (dialect, status, body, code, text) in [
            (
                ErrorDialect::RFC_6749,
                400,
                r#"{"error":"invalid_grant","error_description":"code expired"}"#,
                "invalid_grant",
                "code expired",
            ),
            (
                ErrorDialect::SERPRO,
                412,
                r#"{"code":"UUID_NAO_INFORMADO","msg":"Informe o UUID","debug":""}"#,
                "UUID_NAO_INFORMADO",
                "Informe o UUID",
            ),
            (
                ErrorDialect::SERPRO,
                415,
                r#"[{"error_description":["RESTEASY003065: no body"],"error":"Http exception"}]"#,
                "Http exception",
                "RESTEASY003065: no body",
            ),
            (ErrorDialect::SAFEWEB, 400, r#"{"Message":"Inativa"}"#, "", "Inativa"),
            (ErrorDialect::SAFEWEB, 400, r#"{"message":"Inativa"}"#, "", "Inativa"),
            (
                ErrorDialect::PROBLEM,
                400,
                r#"{"type":"about:blank","title":"invalid_grant","status":400,"detail":"no"}"#,
                "invalid_grant",
                "no",
            ),
        ] {
            assert_eq!(refusal(status, body.as_bytes(), &dialect), refused(status, code, text));
            // Whoever does not know the provider reads the words, too.
            let Error::Peer(PeerError::Refused(any)) =
                refusal(status, body.as_bytes(), &ErrorDialect::ANY)
            else {
                unreachable!("no refusal: {body}")
            };
            assert_eq!(any.text, Words::new(text), "{body}");
        }
    }

    #[test]
    fn a_body_that_is_no_json_leaves_the_status() {
        for body in
            [&b""[..], b"<html>", b"\xff", b"[1]", b"[]", b"{\"error\":7}", b"{\"error\":[]}"]
        {
            for dialect in [ErrorDialect::RFC_6749, ErrorDialect::ANY] {
                assert_eq!(refusal(500, body, &dialect), refused(500, "", ""));
            }
        }
        let array = br#"[{"error":"x"}]"#;
        assert_eq!(refusal(500, array, &ErrorDialect::RFC_6749), refused(500, "", ""));
    }

    #[test]
    fn s06_what_a_service_says_is_cut_and_freed_of_numbers() {
        let long = std::format!(r#"{{"error":"x","msg":"CPF 11144477735 {}"}}"#, "y".repeat(500));
        let error = refusal(400, long.as_bytes(), &ErrorDialect::SERPRO);
        let Error::Peer(PeerError::Refused(refusal)) = error else { unreachable!("no refusal") };
        assert!(refusal.text.as_str().starts_with("CPF ****** y"));
        assert_eq!(refusal.text.as_str().len(), 64);
    }

    #[test]
    fn a_denial_is_the_holders_and_a_429_is_a_pace() {
        let dialect = &ErrorDialect::RFC_6749;
        for word in ["user_denied", "access_denied"] {
            let body = std::format!(r#"{{"error":"{word}"}}"#);
            assert_eq!(refusal(403, body.as_bytes(), dialect), PeerError::Denied.into());
            // Who was not asked has not said no.
            let mut body = body.into_bytes();
            let told = read_unasked(Response::new(403, &mut body), dialect);
            assert_eq!(told, refused(403, word, ""));
        }
        assert_eq!(
            refusal(429, b"To many requests", dialect),
            PeerError::Throttled { retry_after: None }.into()
        );
    }
}
