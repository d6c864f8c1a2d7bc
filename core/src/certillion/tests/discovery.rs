//! Who has certificates where.

use super::*;
use crate::error::{Document, Flaw, Malformed, Mismatch, Misuse};

fn malformed(document: Document, flaw: Flaw) -> Error {
    PeerError::Malformed(Malformed { document, flaw }).into()
}

#[test]
fn the_trust_services_that_know_a_holder_are_listed() {
    let application = application(&CERTILLION);
    let question = FindPscAccounts { application: &application, token: None, holder: holder() };
    assert_eq!(request_of(&question).unwrap().bearer, None);
    let mut body = br#"{"pscs":[{"psc":"VIDAAS","status":"S"},{"psc":"NEOID","status":"N"},
        {"psc":"NEW","status":"E","x":1},{"psc":"BIRDID","status":"Y"},{"psc":"SAFEID"}]}"#
        .to_vec();
    let reply = question.reply(response(200, &mut body)).unwrap();
    let all: Vec<_> = reply.iter().map(|each| (each.psc, each.has_certificate)).collect();
    assert_eq!(
        all,
        [
            ("VIDAAS", Some(true)),
            ("NEOID", Some(false)),
            ("NEW", None),
            ("BIRDID", Some(true)),
            ("SAFEID", None),
        ]
    );
    assert_eq!(reply.with_certificate().collect::<Vec<_>>(), ["VIDAAS", "BIRDID"]);
    let read = |body: &str| {
        let mut body = body.as_bytes().to_vec();
        question.reply(response(200, &mut body)).map(|reply| reply.iter().count())
    };
    assert_eq!(read(r#"{"pscs":[]}"#), Ok(0));
    let missing = |name| Err(malformed(Document::Discovery, Flaw::Missing(name)));
    assert_eq!(read("{}"), missing("pscs"));
    assert_eq!(read(r#"{"pscs":[{"status":"S"}]}"#), missing("psc"));
    // Without a token none is refused.
    let unauthorized = question.reply(response(401, &mut [])).unwrap_err();
    assert_eq!(unauthorized, refused(401, "", ""));
    let with_token = FindPscAccounts { token: Some(TOKEN), ..question };
    assert_eq!(request_of(&with_token).unwrap().bearer.as_deref(), Some("a-token"));
    let unauthorized = with_token.reply(response(401, &mut [])).unwrap_err();
    assert_eq!(unauthorized, PeerError::Unauthorized.into());
}

#[test]
fn the_names_of_trust_services_are_made_out_wherever_they_stand() {
    let application = application(&CERTILLION);
    let question = PscInfo { application: &application, token: None };
    let names = |body: &str| -> Result<Vec<String>, Error> {
        let mut body = body.as_bytes().to_vec();
        let list = question.reply(response(200, &mut body))?;
        Ok(list.iter().map(ToString::to_string).collect())
    };
    for body in [
        r#"["VIDAAS","BIRDID"]"#,
        r#"{"pscs":["VIDAAS","BIRDID"]}"#,
        r#"{"status":{"code":100},"x":[{"psc":"VIDAAS"},{"name":"BIRDID","id":3}]}"#,
        r#"[{"id":"VIDAAS","url":"x"},1,null,{"psc":"","name":"n"},"BIRDID"]"#,
    ] {
        assert_eq!(names(body).unwrap(), ["VIDAAS", "BIRDID"], "{body}");
    }
    for body in ["{}", "1", "null", r#"{"a":["X"],"b":["Y"]}"#, "[]"] {
        assert!(names(body).unwrap().is_empty(), "{body}");
    }
    assert!(names("<html>").is_err());
    assert_eq!(names(r#"{"status":{"code":999,"name":"N"}}"#), Err(refused(200, "999 N", "")));
}

#[test]
fn whether_one_trust_service_knows_a_holder_is_read_as_the_norm_has_it() {
    let application = application(&CERTILLION).through(PscName::SAFEID);
    let question = UserDiscovery { application: &application, token: None, holder: holder() };
    assert_eq!(
        request_of(&question).unwrap().text(),
        format!(
            r#"{{"client_id":"{CLIENT_ID}","client_secret":"{CLIENT_SECRET}","psc":"SAFEID","user_cpf_cnpj":"CPF","val_cpf_cnpj":"11144477735"}}"#
        )
    );
    let mut body = br#"{"status":"S","slots":[{"slot_alias":"1","label":"l"},{"x":1}]}"#.to_vec();
    let user = question.reply(response(200, &mut body)).unwrap();
    assert_eq!(user.has_certificate(), Some(true));
    assert_eq!(user.slots().collect::<Vec<_>>(), [Slot { alias: "1", label: "l" }]);
    for (body, expected) in [
        (r#"{"status":"N"}"#, Some(false)),
        (r#"{"status":true}"#, Some(true)),
        (r#"{"status":{"code":130,"name":"CERTIFICATE_VALID"}}"#, None),
        ("{}", None),
        (r#"{"status":"?","slots":1}"#, None),
    ] {
        let mut bytes = body.as_bytes().to_vec();
        let user = question.reply(response(200, &mut bytes)).unwrap();
        assert_eq!(user.has_certificate(), expected, "{body}");
        assert_eq!(user.slots().count(), 0);
    }
}

#[test]
fn an_alias_stands_where_the_profile_says() {
    let query = Profile { alias_place: AliasPlace::Query, ..CERTILLION };
    let request = |profile: &Profile<'_>, alias| {
        let application = application(profile);
        request_of(&CertificateDiscovery { application: &application, token: TOKEN, alias })
    };
    let url = format!("GET {BASE_URL}/css/restful/application/certificate-discovery");
    let sent = request(&CERTILLION, Some("A1-x")).unwrap();
    assert_eq!(sent.line, url);
    assert_eq!(sent.header, Some(("certificate_alias", "A1-x".to_string())));
    assert_eq!(sent.bearer.as_deref(), Some("a-token"));
    let sent = request(&query, Some("A 1&x")).unwrap();
    assert_eq!(sent.line, format!("{url}?certificate_alias=A%201%26x"));
    assert_eq!(sent.header, None);
    for profile in [CERTILLION, query] {
        let sent = request(&profile, None).unwrap();
        assert_eq!((sent.line, sent.header), (url.clone(), None));
    }
    let bad = || Err(Misuse::Field("certificate_alias").into());
    for alias in ["", "a b", "a\r\nX: y", "é"] {
        assert_eq!(request(&CERTILLION, Some(alias)), bad(), "{alias}");
    }
    assert_eq!(request(&query, Some("")), bad());
}

#[test]
fn every_spelling_of_a_certificates_members_is_read() {
    let application = application(&CERTILLION);
    let question = CertificateDiscovery { application: &application, token: TOKEN, alias: None };
    for names in [
        [
            "serial_number",
            "subject_dn",
            "issuer_dn",
            "not_before",
            "not_after",
            "issuer_certificate",
        ],
        ["number_serial", "dn_subject", "dn_issuer", "notBefore", "notAfter", "certificate_issuer"],
        ["serialNumber", "subjectDn", "issuerDn", "notBefore", "notAfter", "issuerCertificate"],
    ] {
        let [serial, subject, issuer, before, after, above] = names;
        let body = format!(
            r#"{{"status":{{"code":100}},"certificates":[{{"alias":7,"{serial}":12345678901234567890123,"{subject}":"CN=a","{issuer}":"CN=b","{before}":1700000000000,"{after}":"2027-01-01T00:00:00Z","status":{{"code":130}},"certificate":"QUJD","{above}":{{"{subject}":"CN=b","certificate":"QUI="}}}}]}}"#
        );
        let mut body = body.into_bytes();
        let certificates = question.reply(response(200, &mut body)).unwrap();
        let [certificate] = certificates.iter().collect::<Vec<_>>()[..] else {
            unreachable!("one certificate")
        };
        assert_eq!(certificate.alias(), Some("7"));
        assert_eq!(certificate.serial_number(), Some("12345678901234567890123"));
        assert_eq!(certificate.subject_dn(), Some("CN=a"));
        assert_eq!(certificate.issuer_dn(), Some("CN=b"));
        assert_eq!(certificate.not_before(), Some("1700000000000"));
        assert_eq!(certificate.not_after(), Some("2027-01-01T00:00:00Z"));
        assert_eq!(certificate.der(&mut [0; 16]), Ok(&b"ABC"[..]));
        let above = certificate.issuer().unwrap();
        assert_eq!(above.subject_dn(), Some("CN=b"));
        assert_eq!(above.der(&mut [0; 16]), Ok(&b"AB"[..]));
        assert!(above.issuer().is_none());
    }
}

#[test]
fn a_certificate_is_pem_or_base64_and_nothing_else() {
    let read = |text: &str| {
        let value = crate::codec::json::Value::Text(text);
        let certificate = certificate_discovery::Certificate::of(value).unwrap();
        let mut out = [0; 6];
        certificate.der(&mut out).map(<[u8]>::to_vec)
    };
    assert_eq!(read("QUJD\r\nQUI=").unwrap(), b"ABCAB");
    let pem = "-----BEGIN CERTIFICATE-----\r\nQUJD\r\n-----END CERTIFICATE-----\r\n";
    assert_eq!(read(pem).unwrap(), b"ABC");
    let invalid = || Err(malformed(Document::Certificates, Flaw::Invalid("certificate")));
    for bad in
        ["?", "QUJ", "-----BEGIN CERTIFICATE-----QUJD", "-----BEGIN A-----QUJD-----END B-----"]
    {
        assert_eq!(read(bad), invalid(), "{bad}");
    }
    let too_long = crate::error::ResourceError::TooLong { what: "certificate", bound: 6 };
    assert_eq!(read("QUJDQUJDQUJD"), Err(too_long.into()));
}

#[test]
fn another_certificate_than_the_one_that_was_asked_for_is_none() {
    let application = application(&CERTILLION);
    let question =
        CertificateDiscovery { application: &application, token: TOKEN, alias: Some("A") };
    let aliases = |body: &str| {
        let mut body = body.as_bytes().to_vec();
        let certificates = question.reply(response(200, &mut body))?;
        Ok(certificates
            .iter()
            .map(|each| each.alias().map(ToString::to_string))
            .collect::<Vec<_>>())
    };
    let some = |alias: &str| Some(alias.to_string());
    let both = r#"{"certificates":[{"alias":"B"},{"alias":"A"},{"certificate":"x"}]}"#;
    assert_eq!(aliases(both), Ok(std::vec![some("A"), None]));
    let other = r#"{"certificates":[{"alias":"B"}]}"#;
    assert_eq!(aliases(other), Err(PeerError::Mismatch(Mismatch::Certificate).into()));
    assert_eq!(aliases(r#"{"certificates":[]}"#), Ok(std::vec![]));
    let missing = malformed(Document::Certificates, Flaw::Missing("certificates"));
    assert_eq!(aliases("{}"), Err::<Vec<Option<String>>, _>(missing));
}
