//! What holders type into an application, and how it is kept from going out by accident.

use std::format;

use super::*;
use crate::error::{Mismatch, Misuse, PeerError, Refusal};

const OTP: &str = "123456";

fn request(
    application: &Application<'_>,
    authorization: &Authorization,
    factors: &[SecretText<'_>],
    slot_alias: Option<&str>,
) -> Result<Sent, Error> {
    request_of(&PasswordAuthorization { application, authorization, factors, slot_alias })
}

#[test]
fn s15_a_password_goes_out_only_where_the_application_was_built_to_take_one() {
    let authorization = authorization(Scope::SignatureSession);
    let factors = [SecretText::new(OTP)];
    for provider in ALL {
        let application = application(&provider);
        assert_eq!(
            request(&application, &authorization, &factors, None),
            Err(Misuse::PasswordGrant.into()),
            "{}",
            provider.name
        );
    }
    let allowed = application(&BIRDID).allow_password_grant();
    let sent = request(&allowed, &authorization, &factors, None).unwrap();
    assert_eq!(sent.line, format!("POST {BASE_URL}/v0/oauth/pwd_authorize"));
    assert_eq!(
        sent.body,
        r#"{"grant_type":"password","client_id":"4c9fb552-0387-4e5f-8727-6676fa88dce1","client_secret":"Ny2n3hq67gQEFvH7","username":"11144477735","password":"123456","lifetime":900,"scope":"signature_session"}"#
    );
}

/// SafeID's two factors, which stand without anything between them.
#[test]
fn the_factors_are_joined_and_the_certificate_is_named() {
    let application = application(&SAFEID).allow_password_grant();
    let authorization = Authorization { lifetime: None, ..authorization(Scope::SingleSignature) };
    let factors = [SecretText::new("a\"1"), SecretText::new("0987")];
    let sent = request(&application, &authorization, &factors, Some("77")).unwrap();
    assert_eq!(
        sent.line,
        format!("POST {BASE_URL}/Service/Microservice/OAuth/api/v0/oauth/pwd_authorize")
    );
    assert!(sent.body.ends_with(
        r#""username":"11144477735","password":"a\"10987","scope":"single_signature","slot_alias":"77"}"#
    ));
}

#[test]
fn factors_that_the_provider_would_refuse_are_not_sent() {
    let authorization = authorization(Scope::SingleSignature);
    let bad = Err(Misuse::Field("password").into());
    let birdid = application(&BIRDID).allow_password_grant();
    for otp in ["", "12345", "1234567", "12345a", "12 456"] {
        assert_eq!(request(&birdid, &authorization, &[SecretText::new(otp)], None), bad, "{otp}");
    }
    assert_eq!(request(&birdid, &authorization, &[SecretText::new("123"); 2], None), bad);
    let safeid = application(&SAFEID).allow_password_grant();
    assert_eq!(request(&safeid, &authorization, &[SecretText::new("id")], None), bad);
    let generic = application(&GENERIC).allow_password_grant();
    assert_eq!(request(&generic, &authorization, &[], None), bad);
    for factor in ["", "a\n", &"a".repeat(513)] {
        assert_eq!(request(&generic, &authorization, &[SecretText::new(factor)], None), bad);
    }
    let nobody = Authorization { holder: None, ..authorization };
    let factors = [SecretText::new("a")];
    assert_eq!(request(&generic, &nobody, &factors, None), Err(Misuse::Field("holder").into()));
    let long = Authorization { lifetime: Some(604_801), ..authorization };
    assert_eq!(request(&generic, &long, &factors, None), Err(Misuse::Lifetime.into()));
    let none = Provider { paths: Paths { pwd_authorize: None, ..Paths::NORM }, ..GENERIC };
    let none = application(&none).allow_password_grant();
    assert_eq!(
        request(&none, &authorization, &factors, None),
        Err(Misuse::NotOffered("pwd_authorize").into())
    );
}

#[test]
fn s36_no_factor_is_printed() {
    let application = application(&BIRDID).allow_password_grant();
    let authorization = authorization(Scope::SingleSignature);
    let factors = [SecretText::new(OTP)];
    let exchange = PasswordAuthorization {
        application: &application,
        authorization: &authorization,
        factors: &factors,
        slot_alias: None,
    };
    let mut buffer = [0; 1024];
    let request = exchange.request(&mut buffer).unwrap();
    for text in [format!("{exchange:?}"), format!("{request:?}")] {
        assert!(!text.contains(OTP) && !text.contains(CLIENT_SECRET), "{text}");
        assert!(!text.contains("11144477735"), "{text}");
    }
}

#[test]
fn the_token_is_a_permission_to_sign() {
    let application = application(&SAFEID).allow_password_grant();
    let authorization = authorization(Scope::SignatureSession);
    let factors = [SecretText::new("id"), SecretText::new("0987")];
    let exchange = PasswordAuthorization {
        application: &application,
        authorization: &authorization,
        factors: &factors,
        slot_alias: Some("77"),
    };
    let read = |status, body: &str| {
        let mut body = body.as_bytes().to_vec();
        exchange.reply(response(status, &mut body))
    };
    let now = Instant::from_millis(0);
    let token = r#""access_token":"t","token_type":"Bearer","expires_in":900"#;
    let reply = read(200, &format!(r#"{{{token},"slot_alias":"77"}}"#)).unwrap();
    let grant = reply.into_grant(authorization.scope, now);
    let items = [item("1")];
    let order = order(&items, Format::Raw);
    let patience = Duration::from_secs(120);
    let mut signing = Signing::new(&application, &order, patience, 1, now).unwrap();
    signing.authorize(grant, now).unwrap();

    // SafeID is asked by a serial number, and may answer with an alias. Nobody else may.
    let mut other = format!(r#"{{{token},"slot_alias":"78"}}"#).into_bytes();
    assert!(exchange.reply(response(200, &mut other.clone())).is_ok());
    let application = self::application(&GENERIC).allow_password_grant();
    let told = PasswordAuthorization { application: &application, ..exchange }
        .reply(response(200, &mut other));
    assert_eq!(told.unwrap_err(), PeerError::Mismatch(Mismatch::Certificate).into());
    let scope = read(200, &format!(r#"{{{token},"scope":"single_signature"}}"#)).unwrap_err();
    assert_eq!(scope, PeerError::Mismatch(Mismatch::Scope).into());
    let text = "Verifique o segundo fator de autenticação concatenado com a senha";
    let refusal = Refusal::new(400, "", text);
    let refused = read(400, &format!(r#"{{"message":"{text}"}}"#)).unwrap_err();
    assert_eq!(refused, PeerError::Refused(refusal).into());
}
