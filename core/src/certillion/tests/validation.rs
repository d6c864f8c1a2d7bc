//! Signatures that were made elsewhere, commands and the maintenance of an application.

use super::*;
use crate::error::Misuse;

fn validation<'a>(application: &'a Application<'a>, subject: Subject<'a>) -> Validation<'a> {
    Validation { application, token: TOKEN, subject, document: 0, pki_name: Some(Order::ICP_BR) }
}

#[test]
fn a_signature_and_its_document_stream_in_base64() {
    let application = application(&CERTILLION);
    let documents = [b"signature".to_vec(), std::vec![0xff; 1_000]];
    let body = |subject| {
        request_with(&validation(&application, subject), &documents)
            .map(|sent| sent.text().to_string())
    };
    let signature = "c2lnbmF0dXJl";
    assert_eq!(
        body(Subject::Attached { length: 9 }).unwrap(),
        format!(r#"{{"signature":"{signature}","pki_name":"ICP_BR"}}"#)
    );
    let of = Original::File { length: 1_000 };
    let content = format!("{}/w==", "/".repeat(1_332));
    assert_eq!(
        body(Subject::Detached { length: 9, of }).unwrap(),
        format!(r#"{{"signature":"{signature}","content":"{content}","pki_name":"ICP_BR"}}"#)
    );
    let of = Original::Stored { hash: "aGFzaA==" };
    assert_eq!(
        body(Subject::Detached { length: 9, of }).unwrap(),
        format!(r#"{{"signature":"{signature}","document_hash":"aGFzaA==","pki_name":"ICP_BR"}}"#)
    );
    assert_eq!(
        body(Subject::Stored { hash: "aGFzaA==" }).unwrap(),
        r#"{"signature":"aGFzaA==","pki_name":"ICP_BR"}"#
    );
    let empty = || Err(Misuse::EmptyDocument.into());
    assert_eq!(body(Subject::Attached { length: 0 }), empty());
    let of = Original::File { length: 0 };
    assert_eq!(body(Subject::Detached { length: 9, of }), empty());
    // A mark of a template would put a document there.
    let marked = body(Subject::Stored { hash: "a\u{1}\0\0\0\0\0\0\0\u{9}" });
    assert_eq!(marked, Err(Misuse::Field("document_hash").into()));
}

#[test]
fn the_path_is_the_pages_or_another() {
    let mut profile = CERTILLION;
    for path in ["/signature/validate", "/oauth/signature/validate"] {
        profile.paths.validate = path;
        let application = application(&profile);
        let validation = validation(&application, Subject::Stored { hash: "h" });
        let line = request_of(&validation).unwrap().line;
        assert_eq!(line, format!("POST {BASE_URL}/css/restful/application{path}"));
    }
    assert_eq!(CERTILLION.paths.validate, "/signature/validate");
}

#[test]
fn a_judgement_is_made_out_in_every_spelling() {
    let application = application(&CERTILLION);
    let validation = validation(&application, Subject::Stored { hash: "h" });
    for [list, valid, reason, time, who] in [
        ["signatures", "valid", "invalid_reason", "signing_time", "legal_identifier"],
        ["Signatures", "Valid", "InvalidReason", "SigningTime", "LegalIdentifier"],
        ["signatures", "is_valid", "invalidReason", "signingTime", "legalIdentifier"],
    ] {
        let body = format!(
            r#"{{"{list}":[{{"{valid}":true,"{time}":"t","{who}":"11144477735"}},{{"{valid}":"false","{reason}":["A","B"]}},{{"{valid}":false,"{reason}":"C"}}]}}"#
        );
        let mut body = body.into_bytes();
        let report = validation.reply(response(200, &mut body)).unwrap();
        let said: Vec<_> = report
            .iter()
            .map(|each| (each.is_valid(), each.reasons().collect::<Vec<_>>().join(" ")))
            .collect();
        assert_eq!(
            said,
            [
                (Some(true), String::new()),
                (Some(false), "A B".to_string()),
                (Some(false), "C".to_string())
            ]
        );
        assert_eq!(report.is_valid(), Some(false));
        let first = report.iter().next().unwrap();
        assert_eq!(
            (first.signing_time(), first.legal_identifier()),
            (Some("t"), Some("11144477735"))
        );
        assert!(!format!("{report:?}").contains("11144477735"));
    }
}

#[test]
fn what_is_not_said_is_not_taken_for_good() {
    let application = application(&CERTILLION);
    let validation = validation(&application, Subject::Stored { hash: "h" });
    for (body, verdict) in [
        ("{}", None),
        (r#"{"status":{"code":140,"name":"SIGNATURE_VALID"}}"#, None),
        (r#"{"signatures":[]}"#, None),
        (r#"{"signatures":[{"valid":true},{}]}"#, None),
        (r#"{"signatures":[{"valid":true},{"valid":"yes"}]}"#, None),
        (r#"{"signatures":[{"valid":true},{"valid":true}]}"#, Some(true)),
        (r#"{"valid":true}"#, Some(true)),
        (r#"{"valid":false,"reasons":["X"]}"#, Some(false)),
    ] {
        let mut bytes = body.as_bytes().to_vec();
        let report = validation.reply(response(200, &mut bytes)).unwrap();
        assert_eq!(report.is_valid(), verdict, "{body}");
    }
    let mut body = br#"{"status":{"code":999,"name":"N","detail":"d"},"valid":true}"#.to_vec();
    let refusal = validation.reply(response(200, &mut body)).unwrap_err();
    assert_eq!(refusal, refused(200, "999 N", "d"));
}

#[test]
fn replies_that_are_documented_nowhere_are_taken_as_they_come() {
    let application = application(&CERTILLION);
    let command = TokenCommand {
        application: &application,
        token: TOKEN,
        operation: "X",
        scope: None,
        lifetime: None,
        user_id: "1",
        user_secret: SecretText::new("2"),
    };
    let maintenance = ClientMaintenance {
        application: &application,
        token: TOKEN,
        name: None,
        comments: None,
        email: None,
        redirect_uris: &[],
    };
    for body in ["", "OK", "[]", "{}", r#"{"status":"ok"}"#, r#"{"status":{"code":100}}"#] {
        let bytes = || body.as_bytes().to_vec();
        assert!(command.reply(response(200, &mut bytes())).is_ok(), "{body}");
        assert_eq!(maintenance.reply(response(204, &mut bytes())), Ok(()), "{body}");
    }
    let refused_body = br#"{"status":{"code":999,"name":"N"}}"#;
    let expected = refused(200, "999 N", "");
    assert_eq!(maintenance.reply(response(200, &mut refused_body.to_vec())), Err(expected));
    assert_eq!(command.reply(response(200, &mut refused_body.to_vec())).unwrap_err(), expected);
    let mut token = br#"{"access_token":"canary"}"#.to_vec();
    let reply = command.reply(response(200, &mut token)).unwrap();
    assert!(reply.raw().is_some() && !format!("{reply:?}").contains("canary"));
    for (field, changed) in [
        ("email", ClientMaintenance { email: Some("nobody"), ..maintenance }),
        ("redirect_uris", ClientMaintenance { redirect_uris: &["x"], ..maintenance }),
        ("name", ClientMaintenance { name: Some(""), ..maintenance }),
    ] {
        assert_eq!(request_of(&changed), Err(Misuse::Field(field).into()));
    }
}

#[test]
fn a_status_beside_what_is_said_of_signatures_is_a_verdict_and_alone_a_refusal() {
    let application = application(&CERTILLION);
    let question = Validation {
        application: &application,
        token: TOKEN,
        subject: Subject::Attached { length: 3 },
        document: 0,
        pki_name: None,
    };
    let status = r#""status":{"code":700,"name":"SIGNATURE_INVALID","detail":""}"#;
    let alone = format!("{{{status}}}").into_bytes();
    let error = question.reply(response(200, &mut alone.clone())).unwrap_err();
    assert!(matches!(error, Error::Peer(PeerError::Refused(_))), "{error}");
    let beside = format!(r#"{{{status},"signatures":[{{"valid":false,"invalid_reason":["X"]}}]}}"#);
    let mut beside = beside.into_bytes();
    let report = question.reply(response(200, &mut beside)).unwrap();
    assert_eq!(report.is_valid(), Some(false));
    assert_eq!(report.iter().flat_map(|each| each.reasons()).collect::<Vec<_>>(), ["X"]);
}
