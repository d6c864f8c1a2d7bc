//! Answers of one provider that are taken to another.

use super::*;
use crate::error::{Mismatch, Misuse, PeerError};
use crate::flow::{Flow, Input, Output};
use crate::time::Elapsed;

const NOW: Instant = Instant::from_millis(0);
const PATIENCE: Duration = Duration::from_secs(120);

fn at<'a>(provider: &'a Provider<'a>, base_url: &'a str, client_id: &'a str) -> Application<'a> {
    let service = Service::new(provider, base_url).unwrap();
    Application::new(service, client_id, SecretText::new("secret"), REDIRECT_URI).unwrap()
}

/// Applications that differ in one thing from the one that began.
fn others() -> [Application<'static>; 3] {
    [
        at(&VAULTID, BASE_URL, CLIENT_ID),
        at(&BIRDID, "https://psc2.example", CLIENT_ID),
        at(&BIRDID, BASE_URL, "another"),
    ]
}

#[test]
fn s16_a_saved_redirect_goes_on_with_the_application_that_began_it_and_no_other() {
    let application = at(&BIRDID, BASE_URL, CLIENT_ID);
    let authorization = authorization(Scope::SingleSignature);
    let mut flow = Redirect::new(&application, authorization, &entropy(), PATIENCE, NOW).unwrap();
    let query = std::format!("code=a&state={}", state().as_str());
    flow.handle_input(Input::Redirect(&query), NOW).unwrap();
    let resume = |application: &Application<'_>| {
        let elapsed = Elapsed::Known(Duration::ZERO);
        Redirect::resume(application, authorization, flow.snapshot(NOW), elapsed, NOW).map(|_| ())
    };
    assert_eq!(resume(&application), Ok(()));
    for other in others() {
        assert_eq!(resume(&other), Err(Misuse::Snapshot.into()), "{other:?}");
    }
}

#[test]
fn s16_a_saved_push_goes_on_with_the_application_that_began_it_and_no_other() {
    let application = at(&VIDAAS, BASE_URL, CLIENT_ID);
    let authorization = authorization(Scope::SingleSignature);
    let flow = Push::new(&application, authorization, &entropy(), PATIENCE, NOW).unwrap();
    let resume = |application: &Application<'_>| {
        let elapsed = Elapsed::Known(Duration::ZERO);
        Push::resume(application, authorization, flow.snapshot(NOW), elapsed, NOW).map(|_| ())
    };
    assert_eq!(resume(&application), Ok(()));
    assert_eq!(resume(&at(&VIDAAS, BASE_URL, "another")), Err(Misuse::Snapshot.into()));
    let other = at(&VIDAAS, "https://psc2.example", CLIENT_ID);
    assert_eq!(resume(&other), Err(Misuse::Snapshot.into()));
}

/// A token would go to another service with the first request.
#[test]
fn s16_a_saved_signing_goes_on_with_the_application_that_began_it_and_no_other() {
    let application = at(&BIRDID, BASE_URL, CLIENT_ID);
    let items = [item("1")];
    let order = order(&items, Format::Raw);
    let mut flow = Signing::new(&application, &order, PATIENCE, 1, NOW).unwrap();
    flow.authorize(grant(Scope::SignatureSession), NOW).unwrap();
    let resume = |application: &Application<'_>| {
        let elapsed = Elapsed::Known(Duration::ZERO);
        let snapshot = flow.snapshot(NOW);
        Signing::resume(application, &order, snapshot, elapsed, PATIENCE, 1, NOW).map(|_| ())
    };
    assert_eq!(resume(&application), Ok(()));
    for other in others() {
        assert_eq!(resume(&other), Err(Misuse::Snapshot.into()), "{other:?}");
    }
}

/// The matrix of what a redirect says of itself, with a code and with an error.
#[test]
fn s21_a_redirect_of_another_service_is_refused_and_the_flow_waits_on() {
    let issuer = Some("https://issuer.example");
    for (issuer, issuer_required, named, is_taken) in [
        (None, false, "", true),
        (None, false, "&iss=https%3A%2F%2Fpsc.example", true),
        (None, false, "&iss=https%3A%2F%2Fpsc2.example", false),
        (None, true, "", false),
        (None, true, "&iss=https://psc.example", true),
        (issuer, false, "&iss=https://psc.example", false),
        (issuer, true, "&iss=https://issuer.example", true),
        (issuer, true, "&iss=https://issuer.example/", false),
    ] {
        let provider = Provider { issuer, issuer_required, ..BIRDID };
        let application = application(&provider);
        for (answer, outcome) in
            [("code=a", Ok(())), ("error=user_denied", Err(Error::from(PeerError::Denied)))]
        {
            let authorization = authorization(Scope::SingleSignature);
            let mut flow =
                Redirect::new(&application, authorization, &entropy(), PATIENCE, NOW).unwrap();
            let query = std::format!("{answer}&state={}{named}", state().as_str());
            let result = flow.handle_input(Input::Redirect(&query), NOW).map(|_| ());
            if is_taken {
                assert_eq!(result, outcome, "{query}");
            } else {
                let mismatch = PeerError::Mismatch(Mismatch::Issuer);
                assert_eq!(result, Err(mismatch.into()), "{query}");
                assert!(!flow.is_over());
                let mut buffer = [0; 1024];
                assert!(matches!(flow.poll_output(&mut buffer).unwrap(), Output::Event(_)));
                assert!(matches!(flow.poll_output(&mut buffer).unwrap(), Output::Wait(_)));
            }
        }
    }
}

#[test]
fn a_redirect_that_is_encoded_as_a_whole_is_serpros_alone() {
    let answer = |provider: &Provider<'_>| {
        let application = application(provider);
        let authorization = authorization(Scope::SingleSignature);
        let mut flow =
            Redirect::new(&application, authorization, &entropy(), PATIENCE, NOW).unwrap();
        let query = std::format!("code%3Da%26state%3D{}", state().as_str());
        flow.handle_input(Input::Redirect(&query), NOW).map(|_| ())
    };
    assert_eq!(answer(&SERPROID), Ok(()));
    for provider in ALL.into_iter().filter(|provider| provider.name != "serproid") {
        assert_eq!(answer(&provider), Err(PeerError::Mismatch(Mismatch::State).into()));
    }
}

#[test]
fn a_denial_is_one_in_the_providers_words() {
    for provider in ALL {
        let application = application(&provider);
        for (word, is_denial) in [("user_denied", true), ("access_denied", true), ("negado", false)]
        {
            let authorization = authorization(Scope::SingleSignature);
            let mut flow =
                Redirect::new(&application, authorization, &entropy(), PATIENCE, NOW).unwrap();
            let query = std::format!("error={word}&state={}", state().as_str());
            let error = flow.handle_input(Input::Redirect(&query), NOW).map(|_| ()).unwrap_err();
            assert_eq!(error == PeerError::Denied.into(), is_denial, "{word}");
            assert!(flow.is_over());
        }
    }
}

#[test]
fn s16_two_services_have_two_redirect_uris_unless_both_name_themselves() {
    let one = at(&BIRDID, BASE_URL, CLIENT_ID);
    let other = at(&VAULTID, "https://psc2.example", CLIENT_ID);
    assert_eq!(check_redirect_uris(&[one]), Ok(()));
    let clash = Err(Misuse::Field("redirect_uri").into());
    assert_eq!(check_redirect_uris(&[one, other]), clash);
    // Two applications of one service are told apart by their states.
    assert_eq!(check_redirect_uris(&[one, at(&BIRDID, BASE_URL, "another")]), Ok(()));
    let elsewhere = Application::new(
        other.service(),
        CLIENT_ID,
        SecretText::new("secret"),
        "http://127.0.0.1:8766/callback",
    )
    .unwrap();
    assert_eq!(check_redirect_uris(&[one, elsewhere]), Ok(()));
    let named = Provider { issuer_required: true, ..BIRDID };
    let [first, second] =
        [BASE_URL, "https://psc2.example"].map(|base_url| at(&named, base_url, CLIENT_ID));
    assert_eq!(check_redirect_uris(&[first, second]), Ok(()));
    assert_eq!(check_redirect_uris(&[first, other]), clash);
}
