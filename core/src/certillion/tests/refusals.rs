//! The rows of the API page's tables of errors.

use super::*;
use crate::advice::Advice;

/// What a body makes of a request that bears a token, which is the download of a document.
fn with_token(status: u16, body: &str) -> Error {
    let application = application(&CERTILLION);
    let download = DocumentDownload {
        application: &application,
        token: TOKEN,
        transaction: "1",
        document: 0,
        most: 10,
    };
    download.reply(response(status, &mut body.as_bytes().to_vec())).unwrap_err()
}

/// What a body makes of the request for signatures.
fn with_holder(status: u16, body: &str) -> Error {
    let application = application(&CERTILLION);
    let items = [Item::new("1", "a.pdf", 10)];
    let order = Order {
        items: &items,
        standard: Standard::Pades,
        policy: None,
        detached: false,
        pki_name: None,
        certificate_alias: None,
    };
    let progress = [Progress { stage: Stage::Sent, ..Progress::default() }];
    let request = SignatureRequest {
        application: &application,
        token: TOKEN,
        order: &order,
        progress: &progress,
        stage: Stage::Sent,
        most: 20,
    };
    request.reply(response(status, &mut body.as_bytes().to_vec())).unwrap_err()
}

fn body(code: u16, name: &str) -> String {
    format!(r#"{{"status":{{"code":{code},"name":"{name}","detail":"why"}}}}"#)
}

fn advised(status: u16, code: &str, advice: Advice) -> Error {
    let refusal = Refusal { advice, ..Refusal::new(status, code, "why") };
    PeerError::Refused(refusal).into()
}

#[test]
fn a_token_that_is_refused_is_no_longer_good() {
    for (code, name) in [
        (249, "TOKEN_VALIDITY_INVALID"),
        (250, "INVALID_ACCESS_TOKEN"),
        (209, "BAD_AUTHENTICATION"),
        (807, "INVALID_CREDENTIALS"),
    ] {
        assert_eq!(with_token(401, &body(code, name)), PeerError::Unauthorized.into());
        assert_eq!(with_holder(401, &body(code, name)), PeerError::Unauthorized.into());
    }
    for bare in ["", "<html>", "{}", r#"{"error":"invalid_token"}"#, r#"{"status":401}"#] {
        assert_eq!(with_token(401, bare), PeerError::Unauthorized.into(), "{bare}");
    }
    // A number that nobody knows.
    assert_eq!(with_token(401, &body(299, "NEW")), PeerError::Unauthorized.into());
}

#[test]
fn every_row_of_the_signatures_table_says_what_to_do() {
    for (status, code, name, advice) in [
        (401, 218, "USERS_EXCEEDED", Advice::CheckQuota),
        (400, 620, "CERTIFICATE_NOT_FOUND", Advice::OtherCertificate),
        (404, 620, "CERTIFICATE_NOT_FOUND", Advice::OtherCertificate),
        (400, 711, "DOCUMENT_NOT_FOUND", Advice::FixRequest),
        (400, 713, "WRONG_DOCUMENT_TYPE", Advice::FixRequest),
        (400, 600, "CERTIFICATE_INVALID", Advice::RenewCertificate),
        (400, 702, "ERROR_ON_PREPARE", Advice::FixRequest),
        (400, 200, "REQUEST_MISSING_PARAM", Advice::FixRequest),
        (500, 224, "ERROR_DURING_AUTH", Advice::ContactProvider),
        (500, 205, "REQUEST_BAD_DATA", Advice::FixRequest),
    ] {
        let expected = advised(status, &format!("{code} {name}"), advice);
        assert_eq!(with_holder(status, &body(code, name)), expected);
        assert_eq!(with_token(status, &body(code, name)), expected);
    }
}

#[test]
fn every_code_that_is_known_is_advised_on_as_the_table_says() {
    for code in CODES.iter().filter(|code| code.number >= 200) {
        let error = with_token(400, &body(code.number, code.name));
        let advice = match code.number {
            209 | 249 | 250 | 807 => Advice::AuthorizeAgain,
            _ => code.advice.unwrap(),
        };
        assert_eq!(error.advice(), advice, "{}", code.number);
    }
}

#[test]
fn a_code_is_a_number_or_a_text_and_unknown_ones_are_refusals_like_others() {
    for number in ["999", r#""999""#] {
        let body = format!(r#"{{"status":{{"code":{number},"name":"NEW_CODE","detail":"d"}}}}"#);
        assert_eq!(with_token(400, &body), refused(400, "999 NEW_CODE", "d"));
    }
    // A code without a name, and one that is the body itself.
    assert_eq!(with_token(400, r#"{"status":{"code":620}}"#).advice(), Advice::OtherCertificate);
    let bare = r#"{"code":620,"name":"CERTIFICATE_NOT_FOUND","detail":"why"}"#;
    let expected = advised(404, "620 CERTIFICATE_NOT_FOUND", Advice::OtherCertificate);
    assert_eq!(with_token(404, bare), expected);
    // Names longer than what is kept are cut.
    let Error::Peer(PeerError::Refused(refusal)) =
        with_token(400, &body(722, "XMLDSIG_SAME_ID_FOR_MULTIPLE_ELEMENTS"))
    else {
        unreachable!("no refusal")
    };
    assert_eq!(refusal.code.as_str(), "722 XMLDSIG_SAME_ID_FOR_MULTIPLE");
}

#[test]
fn a_gateways_status_is_no_code() {
    // What a framework writes: 400 would be the holder's no.
    let body = r#"{"timestamp":"x","status":400,"error":"Bad Request","message":"m","path":"/p"}"#;
    assert_eq!(with_holder(400, body), refused(400, "Bad Request", "m"));
    let body = r#"{"code":400,"message":"m"}"#;
    assert_eq!(with_holder(400, body), refused(400, "", "m"));
    // It is not to look like one afterwards either.
    for (body, text) in [
        (r#"{"error":"400 BAD_REQUEST"}"#, "400 BAD_REQUEST"),
        (r#"{"error":"400 BAD_REQUEST","message":"m"}"#, "m"),
    ] {
        let error = with_holder(400, body);
        assert_eq!(error, refused(400, "", text));
        let Error::Peer(PeerError::Refused(refusal)) = error else { unreachable!("{error}") };
        assert_eq!(Code::of(&refusal), None);
    }
}

#[test]
fn a_holder_says_no_only_where_one_is_asked() {
    for (code, name) in [(400, "USER_CANCELED"), (223, "TRANSACTION_NOT_AUTHORIZED")] {
        assert_eq!(with_holder(400, &body(code, name)), PeerError::Denied.into());
        let told = advised(400, &format!("{code} {name}"), Advice::AskHolder);
        assert_eq!(with_token(400, &body(code, name)), told);
    }
}

#[test]
fn what_passes_by_itself_is_tried_again_but_never_a_signature() {
    let unavailable = |status| PeerError::Unavailable { status, retry_after: None }.into();
    for status in [500, 504] {
        assert_eq!(with_token(status, &body(301, "TIMEOUT")), unavailable(status));
        assert_eq!(with_holder(status, &body(301, "TIMEOUT")), PeerError::InDoubt.into());
    }
    assert_eq!(with_token(504, ""), unavailable(504));
    assert_eq!(with_token(400, &body(110, "TRANSACTION_IN_PROGRESS")), unavailable(400));
    for status in [502, 504] {
        assert_eq!(with_holder(status, ""), PeerError::InDoubt.into());
    }
    assert_eq!(with_holder(400, &body(110, "IN_PROGRESS")), PeerError::InDoubt.into());
    // The service says itself that it began.
    assert_eq!(with_holder(503, &body(301, "TIMEOUT")), PeerError::InDoubt.into());
    assert_eq!(with_token(503, &body(301, "TIMEOUT")), unavailable(503));
    // The service did not begin.
    assert_eq!(with_holder(503, &body(440, "INTERNAL_ERROR")), unavailable(503));
    assert_eq!(with_holder(503, ""), unavailable(503));
    assert_eq!(with_holder(429, ""), PeerError::Throttled { retry_after: None }.into());
    assert_eq!(with_holder(500, "<html>"), refused(500, "", ""));
}

#[test]
fn s38_what_the_service_says_is_cut_and_freed_of_numbers() {
    let body =
        r#"{"status":{"code":620,"name":"N","detail":"CPF 111.444.777-35 sem certificado"}}"#;
    let Error::Peer(PeerError::Refused(refusal)) = with_token(404, body) else {
        unreachable!("no refusal")
    };
    assert_eq!(refusal.text.as_str(), "CPF ****** sem certificado");
}

#[test]
fn an_unreadable_body_leaves_the_status() {
    for body in ["", "<html>", "[1]", "null", "{", r#"{"status":{"code":-1}}"#, r#"{"error":7}"#] {
        assert_eq!(with_token(400, body), refused(400, "", ""), "{body}");
        assert_eq!(with_token(500, body), refused(500, "", ""), "{body}");
    }
}
