//! Authorization and tokens.

use super::*;
use crate::error::{Flaw, Mismatch, Misuse};
use crate::flow::{Flow, Input, Output};
use crate::oauth::authorization::Entropy;
use crate::oauth::browser::{Redirect, RedirectEvent};
use crate::oauth::pkce::Verifier;
use crate::oauth::server::{AuthorizationServer, Redemption};
use crate::oauth::state::State;
use crate::secret::Secret;
use crate::time::{Duration, Instant};

fn entropy() -> Entropy {
    let verifier = core::array::from_fn(|place| place as u8);
    Entropy { verifier, state: core::array::from_fn(|place| place as u8 + 100) }
}

fn url(application: &Application<'_>, authorization: &Authorization) -> Result<String, Error> {
    let challenge = Verifier::from_entropy(&entropy().verifier).unwrap().challenge();
    let state = State::from_entropy(&entropy().state).unwrap();
    let mut buffer = [0; 1024];
    authorize_url(application, authorization, &challenge, &state, &mut buffer)
        .map(ToString::to_string)
}

#[test]
fn the_page_is_asked_for_by_the_manager_and_the_trust_service() {
    let application = application(&CERTILLION);
    let challenge = Verifier::from_entropy(&entropy().verifier).unwrap().challenge();
    let state = State::from_entropy(&entropy().state).unwrap();
    assert_eq!(
        url(&application.through(PscName::BIRDID), &authorization(Scope::MultiSignature)).unwrap(),
        format!(
            "{BASE_URL}/css/restful/application/oauth/authorize?response_type=code\
             &manager_id={CLIENT_ID}&code_challenge={}&code_challenge_method=S256&psc=BIRDID\
             &scope=multi_signature&lifetime=900&login_hint=11144477735\
             &redirect_uri=http%3A%2F%2F127.0.0.1%3A8765%2Fcallback&state={}",
            challenge.as_str(),
            state.as_str()
        )
    );
    let open = Authorization { holder: None, scope: Scope::SignatureSession, lifetime: None };
    let open = url(&application, &open).unwrap();
    assert!(open.contains("&psc=VAULTID&scope=signature_session&redirect_uri="), "{open}");
    assert!(!open.contains("client_id") && !open.contains("alias"), "{open}");
}

#[test]
fn the_signer_is_asked_at_its_own_host() {
    let application = application(&CERTILLION).through(PscName::CERTILLION_SIGNER);
    let url = url(&application, &authorization(Scope::SingleSignature)).unwrap();
    assert!(url.starts_with("https://signer.example/css/restful/application/oauth/authorize?"));
    let token = ClientToken { application: &application, lifetime: None };
    let line = request_of(&token).unwrap().line;
    assert!(line.starts_with("POST https://signer.example/"), "{line}");
}

#[test]
fn what_the_service_does_not_have_is_not_asked_for() {
    let application = application(&CERTILLION);
    let session = authorization(Scope::AuthenticationSession);
    let refused = Misuse::NotOffered("authentication_session").into();
    assert_eq!(url(&application, &session), Err(refused));
    let long = Authorization { lifetime: Some(604_801), ..authorization(Scope::SingleSignature) };
    assert_eq!(url(&application, &long), Err(Misuse::Lifetime.into()));
    let secret = SecretText::new(CLIENT_SECRET);
    let nowhere = Application::new(application.service(), CLIENT_ID, secret, "").unwrap();
    let refused = Misuse::Field("redirect_uri").into();
    assert_eq!(url(&nowhere, &authorization(Scope::SingleSignature)), Err(refused));
}

#[test]
fn a_code_is_redeemed_by_the_manager_and_where_wanted_by_the_client_too() {
    let verifier = Verifier::from_entropy(&entropy().verifier).unwrap();
    let code = Secret::new("2b15b0e1-bbf2", "code").unwrap();
    let redemption = Redemption {
        code: &code,
        verifier: &verifier,
        redirect_uri: REDIRECT_URI,
        authorization: &authorization(Scope::SingleSignature),
    };
    let request = |profile: &Profile<'_>| {
        let application = application(profile);
        request_of(&TokenRequest { application: &application, redemption }).unwrap()
    };
    let both = Profile { token_client_pair: true, ..CERTILLION };
    for (profile, pair) in [
        (CERTILLION, ""),
        (both, "&client_id=6f1a2f7e-client&client_secret=an%20application%27s%20secret"),
    ] {
        let sent = request(&profile);
        assert_eq!(sent.line, format!("POST {BASE_URL}/css/restful/application/oauth/token"));
        assert_eq!(sent.bearer, None);
        assert_eq!(sent.content_type.as_deref(), Some("application/x-www-form-urlencoded"));
        assert_eq!(
            sent.text(),
            format!(
                "grant_type=authorization_code&manager_id=6f1a2f7e-client\
                 &manager_secret=an%20application%27s%20secret{pair}&code=2b15b0e1-bbf2\
                 &code_verifier={}&redirect_uri=http%3A%2F%2F127.0.0.1%3A8765%2Fcallback\
                 &psc=VAULTID",
                verifier.expose()
            )
        );
    }
}

/// Reads a reply to the redemption of a code for one signature of our holder's.
fn redeem(status: u16, body: &str) -> Result<(String, u64), Error> {
    let application = application(&CERTILLION);
    let verifier = Verifier::from_entropy(&entropy().verifier).unwrap();
    let code = Secret::new("code", "code").unwrap();
    let redemption = Redemption {
        code: &code,
        verifier: &verifier,
        redirect_uri: REDIRECT_URI,
        authorization: &authorization(Scope::SingleSignature),
    };
    let mut body = body.as_bytes().to_vec();
    let token = TokenRequest { application: &application, redemption };
    let reply = token.reply(response(status, &mut body))?;
    Ok((reply.token.expose().to_string(), reply.lifetime.as_secs()))
}

#[test]
fn s09_a_token_is_read_with_its_type_and_without_and_must_be_what_was_asked_for() {
    let good = r#"{"access_token":"t","expires_in":300,"scope":"single_signature",
        "authorized_identification":"11144477735","authorized_identification_type":"CPF"}"#;
    assert_eq!(redeem(200, good), Ok(("t".to_string(), 300)));
    let typed = r#"{"access_token":"t","token_type":"bearer","expires_in":"300"}"#;
    assert_eq!(redeem(200, typed), Ok(("t".to_string(), 300)));
    for (body, mismatch) in [
        (r#"{"access_token":"t","token_type":"mac"}"#, Mismatch::TokenType),
        (r#"{"access_token":"t","scope":"signature_session"}"#, Mismatch::Scope),
        (r#"{"access_token":"t","authorized_identification":"52998224725"}"#, Mismatch::Holder),
    ] {
        assert_eq!(redeem(200, body), Err(PeerError::Mismatch(mismatch).into()), "{body}");
    }
    // Longer than any token lives.
    let long = r#"{"access_token":"t","expires_in":99999999999}"#;
    assert_eq!(redeem(200, long), Ok(("t".to_string(), 2_592_000)));
}

#[test]
fn s29_a_tokens_errors_are_read_in_capitals_and_without() {
    for word in ["invalid_grant", "INVALID_GRANT", "Invalid_Grant"] {
        let body = format!(r#"{{"error":"{word}","error_description":"no callback URL"}}"#);
        let Err(error) = redeem(400, &body) else { unreachable!("a token") };
        let Error::Peer(PeerError::Refused(refusal)) = error else { unreachable!("{error}") };
        assert_eq!(refusal.code.as_str(), "invalid_grant");
        assert_eq!(refusal.text.as_str(), "no callback URL");
        assert_eq!(refusal.advice, crate::advice::Advice::CheckCredentials);
    }
    let body = r#"{"error":"SERVER_ERROR","error_description":"psc","error_uri":"x"}"#;
    assert_eq!(redeem(400, body), Err(refused(400, "server_error", "psc")));
    for word in ["access_denied", "USER_DENIED"] {
        let body = format!(r#"{{"error":"{word}"}}"#);
        assert_eq!(redeem(400, &body), Err(PeerError::Denied.into()));
    }
    // No token was sent, so that none is refused.
    assert_eq!(redeem(401, "<html>"), Err(refused(401, "", "")));
}

#[test]
fn an_applications_token_is_asked_for_by_a_form() {
    let application = application(&CERTILLION);
    for (lifetime, rest) in [(None, ""), (Some(300), "&lifetime=300")] {
        let sent = request_of(&ClientToken { application: &application, lifetime }).unwrap();
        let path = "/css/restful/application/oauth/client_token";
        assert_eq!(sent.line, format!("POST {BASE_URL}{path}"));
        assert_eq!(sent.content_type.as_deref(), Some("application/x-www-form-urlencoded"));
        assert_eq!(
            sent.text(),
            format!(
                "client_id=6f1a2f7e-client&client_secret=an%20application%27s%20secret\
                 &grant_type=client_credentials{rest}"
            )
        );
    }
    let read = |status, body: &str| {
        let mut body = body.as_bytes().to_vec();
        let token = ClientToken { application: &application, lifetime: None };
        token.reply(response(status, &mut body)).map(|reply| reply.lifetime)
    };
    let good = r#"{"access_token":"t","expires_in":300,"token_type":"Bearer","lifetime":300}"#;
    assert_eq!(read(200, good), Ok(Duration::from_secs(300)));
    assert_eq!(
        read(401, r#"{"error":"invalid_client"}"#).unwrap_err().advice().code(),
        "check_credentials"
    );
    let missing = read(200, r#"{"status":{"code":100,"name":"REQUEST_OK"}}"#).unwrap_err();
    let Error::Peer(PeerError::Malformed(malformed)) = missing else { unreachable!("{missing}") };
    assert_eq!(malformed.flaw, Flaw::Missing("access_token"));
}

#[test]
fn the_flow_of_every_service_gets_a_grant_of_this_one() {
    let application = application(&CERTILLION).through(PscName::SAFEID);
    let now = Instant::from_millis(0);
    let patience = Duration::from_secs(60);
    let asked = authorization(Scope::SingleSignature);
    let mut flow = Redirect::new(&application, asked, &entropy(), patience, now).unwrap();
    let mut buffer = [0; 2048];
    let Output::Event(RedirectEvent::OpenUrl { url, .. }) = flow.poll_output(&mut buffer).unwrap()
    else {
        unreachable!("no page")
    };
    let state = url.split_once("&state=").unwrap().1.to_string();
    // RFC 9207: an answer of another service's is none.
    let other = format!("code=c&state={state}&iss=https%3A%2F%2Fother.example");
    let mismatch = flow.handle_input(Input::Redirect(&other), now);
    assert!(matches!(mismatch, Err(Error::Peer(PeerError::Mismatch(Mismatch::Issuer)))));
    let mut flow = Redirect::new(&application, asked, &entropy(), patience, now).unwrap();
    flow.poll_output(&mut buffer).unwrap();
    flow.handle_input(Input::Redirect(&format!("code=c&state={state}")), now).unwrap();
    let mut grant = None;
    while grant.is_none() {
        match flow.poll_output(&mut buffer).unwrap() {
            Output::Send(request) => {
                assert!(request.url.ends_with("/oauth/token"));
                let body = request.body.length();
                assert!(body > 100);
                let mut reply = br#"{"access_token":"t","expires_in":300}"#.to_vec();
                grant = flow.handle_input(Input::Response(response(200, &mut reply)), now).unwrap();
            }
            Output::Event(_) => {}
            other => unreachable!("{other:?}"),
        }
    }
    assert_eq!(grant.unwrap().token(), "t");
}

#[test]
fn applications_that_differ_in_anything_have_other_fingerprints() {
    let application = application(&CERTILLION);
    let fingerprint = |application: &Application<'_>| application.fingerprint();
    assert_eq!(fingerprint(&application), fingerprint(&application.through(PscName::VAULTID)));
    assert_ne!(fingerprint(&application), fingerprint(&application.through(PscName::BIRDID)));
    let secret = SecretText::new(CLIENT_SECRET);
    let other = Application::new(application.service(), "other", secret, REDIRECT_URI).unwrap();
    assert_ne!(fingerprint(&application), fingerprint(&other));
}

#[test]
fn s15_one_time_codes_are_taken_by_name_only() {
    let application = application(&CERTILLION);
    let asked = authorization(Scope::SingleSignature);
    let code = SecretText::new("123456");
    let password = PasswordAuthorization {
        application: &application,
        authorization: &asked,
        password: code,
        requester: None,
    };
    let otp =
        OtpAuthorization { application: &application, holder: holder(), otp: code, lifetime: None };
    assert_eq!(request_of(&password), Err(Misuse::PasswordGrant.into()));
    assert_eq!(request_of(&otp), Err(Misuse::PasswordGrant.into()));
    let application = application.allow_password_grant();
    let (password, otp) = (
        PasswordAuthorization { application: &application, ..password },
        OtpAuthorization { application: &application, ..otp },
    );
    for bad in ["", "12 34", "12\n34"] {
        let bad = SecretText::new(bad);
        let refused = request_of(&PasswordAuthorization { password: bad, ..password });
        assert_eq!(refused, Err(Misuse::Field("password").into()));
        assert_eq!(
            request_of(&OtpAuthorization { otp: bad, ..otp }),
            Err(Misuse::Field("otp").into())
        );
    }
    let sent = request_of(&otp).unwrap();
    assert_eq!(
        sent.line,
        "POST https://signer.example/css/restful/application/oauth/otp_authorize"
    );
    assert_eq!(
        sent.text(),
        format!(
            r#"{{"client_id":"{CLIENT_ID}","client_secret":"{CLIENT_SECRET}","lifetime":300,"otp":"123456","scope":"signature_session","username":"11144477735"}}"#
        )
    );
    assert!(!format!("{password:?}{otp:?}").contains("123456"));
}

#[test]
fn a_trust_service_without_passwords_is_an_answer() {
    let application = application(&CERTILLION).allow_password_grant();
    let asked = authorization(Scope::SingleSignature);
    let password = PasswordAuthorization {
        application: &application,
        authorization: &asked,
        password: SecretText::new("123456"),
        requester: None,
    };
    let read = |status, body: &[u8]| password.reply(response(status, &mut body.to_vec()));
    assert!(matches!(read(501, b""), Ok(PasswordAnswer::NotImplemented)));
    let token = br#"{"access_token":"t","scope":"single_signature"}"#;
    assert!(matches!(read(200, token), Ok(PasswordAnswer::Granted(_))));
    assert_eq!(read(401, b"").unwrap_err(), refused(401, "", ""));
    let retry_after = None;
    let unavailable = PeerError::Unavailable { status: 504, retry_after };
    assert_eq!(read(504, b"").unwrap_err(), unavailable.into());
}
