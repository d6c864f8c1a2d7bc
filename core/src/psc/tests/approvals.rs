//! Pending and gone, as the provider's data has them, and a login without a signature.

use super::*;
use crate::error::{Misuse, PeerError};
use crate::flow::{Flow, Input, Output};

fn poll(provider: &Provider<'_>, status: u16, body: &[u8]) -> Result<bool, Error> {
    let application = application(provider);
    let code = Secret::new("code", "code").unwrap();
    let exchange = Authentication { application: &application, code: &code };
    let mut body = body.to_vec();
    exchange
        .reply(response(status, &mut body))
        .map(|approval| matches!(approval, Approval::Pending))
}

#[test]
fn s23_what_is_pending_and_what_is_gone_are_data() {
    for status in [304, 202, 204] {
        assert_eq!(poll(&VIDAAS, status, b""), Ok(true));
    }
    for body in [&b""[..], b" ", b"{}", br#"{"authorizationToken":""}"#] {
        assert_eq!(poll(&VIDAAS, 200, body), Ok(true));
    }
    let token = br#"{"authorizationToken":"x"}"#;
    assert_eq!(poll(&VIDAAS, 200, token), Ok(false));
    for status in [403, 404, 410] {
        assert_eq!(poll(&VIDAAS, status, b""), Err(PeerError::Expired.into()));
    }
    let dialect = PushDialect { pending: &[404], gone: &[304], ..VIDAAS.push.unwrap() };
    let other = Provider { push: Some(dialect), ..VIDAAS };
    assert_eq!(poll(&other, 404, b""), Ok(true));
    assert_eq!(poll(&other, 304, b""), Err(PeerError::Expired.into()));
    for status in [429, 503] {
        let error = poll(&other, status, b"").unwrap_err();
        assert_eq!(error.advice(), crate::advice::Advice::TryLater);
    }
}

/// A page and a body that is cut short are errors: neither a pending nor an approval.
#[test]
fn s25_what_is_no_answer_is_no_approval() {
    for body in [&b"<html>"[..], b"{", b"[]", b"\xff"] {
        let error = poll(&VIDAAS, 200, body).unwrap_err();
        assert!(matches!(error, Error::Peer(PeerError::Malformed(_))));
    }
}

#[test]
fn a_provider_without_a_push_says_so() {
    let application = application(&BIRDID);
    let authorization = authorization(Scope::SingleSignature);
    let now = Instant::from_millis(0);
    let patience = Duration::from_secs(120);
    let flow = Push::new(&application, authorization, &entropy(), patience, now);
    assert_eq!(flow.map(|_| ()), Err(Misuse::NotOffered("push").into()));
}

/// A login: code, token, certificates, and not a single signature.
#[test]
fn a_login_leads_to_the_certificate_and_to_no_signature() {
    for provider in ALL {
        let application = application(&provider);
        let authorization = authorization(Scope::AuthenticationSession);
        let now = Instant::from_millis(0);
        let patience = Duration::from_secs(120);
        let mut flow =
            Redirect::new(&application, authorization, &entropy(), patience, now).unwrap();
        let mut buffer = [0; 2048];
        assert!(matches!(flow.poll_output(&mut buffer).unwrap(), Output::Event(_)));
        let query = std::format!("code=a&state={}", state().as_str());
        assert!(flow.handle_input(Input::Redirect(&query), now).unwrap().is_none());
        assert!(matches!(flow.poll_output(&mut buffer).unwrap(), Output::Event(_)));
        let Output::Send(request) = flow.poll_output(&mut buffer).unwrap() else {
            unreachable!("no token request")
        };
        assert!(request.url.ends_with("/token"));
        let mut body = br#"{"access_token":"t","token_type":"bearer","expires_in":900}"#.to_vec();
        let response = response(200, &mut body);
        let grant = flow.handle_input(Input::Response(response), now).unwrap().unwrap();
        assert_eq!(grant.scope(), Scope::AuthenticationSession);

        let discovery =
            CertificateDiscovery { application: &application, grant: &grant, alias: None };
        assert_eq!(request_of(&discovery).unwrap().bearer.as_deref(), Some("t"));

        let items = [item("1")];
        let order = order(&items, Format::Raw);
        let mut signing = Signing::new(&application, &order, patience, 1, now).unwrap();
        assert_eq!(signing.authorize(grant, now), Err(Misuse::Field("scope").into()));
    }
}
