//! How a holder permits signatures at Certillion: in the browser at each trust service, with a code of
//! one use, and what a permission serves.

use rubrica::certillion::{Client, Job, Settings, Standard};
use rubrica::core::error::{Error as CoreError, Misuse, PeerError};
use rubrica::{Error, Fault, Scope};
use rubrica_sandbox::certillion::{AUTHORIZE, OTP_AUTHORIZE, PSCS, PWD_AUTHORIZE, SIGNATURE};
use rubrica_sandbox::{CNPJ_HOLDER, CPF_HOLDER, Policy, Sandbox};
use rubrica_tests::certillion::{
    client, contents, detached, sandbox, settings, settings_with, verified,
};
use rubrica_tests::host::{Holderside, documents, holder, judge_counters, sha256};

const SIGNER: &str = "CERTILLION_SIGNER";

/// A client that may take codes.
fn typing(sandbox: &Sandbox) -> Client {
    Client::new(Settings { password_grant: true, ..settings(sandbox) }).unwrap()
}

/// How often the service answered a request for signatures with 401.
fn refused_tokens(sandbox: &Sandbox) -> u64 {
    let answers = sandbox.counters().snapshot().answers;
    let of_signature = answers.get(SIGNATURE.name());
    of_signature.and_then(|answers| answers.get(&401)).copied().unwrap_or_default()
}

#[test]
fn every_trust_service_asks_in_the_browser() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    for psc in PSCS {
        // Some have accounts of companies alone.
        let number = if psc == "DSCLOUD" { CNPJ_HOLDER } else { CPF_HOLDER };
        let mut session = client.session(holder(number)).psc(psc);
        let mut screen = Holderside::with_browser(&sandbox);
        let contents = contents(&detached(), psc, 1);
        let outcomes = session.sign(&documents(&contents), &detached(), &mut screen);
        let outcomes = outcomes.unwrap_or_else(|error| panic!("{psc}: {error}"));
        assert_eq!(verified(&outcomes[0]).holder, Some(holder(number)), "{psc}");
        let path = if psc == SIGNER { "/certillion-ws/" } else { "/certillion/" };
        assert!(screen.urls[0].contains(path), "{psc}: {}", screen.urls[0]);
    }
    judge_counters(&sandbox);
}

#[test]
fn s07_the_page_that_the_holder_is_shown_holds_no_secret() {
    let sandbox = sandbox();
    let mut screen = Holderside::with_browser(&sandbox);
    let client = client(&sandbox);
    let contents = contents(&detached(), "a page", 1);
    let mut session = client.session(holder(CPF_HOLDER)).psc("BIRDID");
    session.sign(&documents(&contents), &detached(), &mut screen).unwrap();
    let [url] = screen.urls.as_slice() else { panic!("{:?}", screen.urls) };
    let secret = &sandbox.certillion().application().client_secret;
    assert!(!url.contains(secret.as_str()) && !url.contains("secret"), "{url}");
    for needed in ["code_challenge_method=S256", "state=", "psc=BIRDID", "scope=single_signature"] {
        assert!(url.contains(needed), "{needed}: {url}");
    }
}

#[test]
fn s15_a_code_is_traded_only_where_that_was_allowed_by_name() {
    let sandbox = sandbox();
    for psc in ["BIRDID", SIGNER] {
        let client = client(&sandbox);
        let code = sandbox.certillion().one_time_password(CPF_HOLDER).unwrap();
        let mut session = client.session(holder(CPF_HOLDER)).psc(psc);
        let refused = session.authorize_by_code(&code);
        let misuse = CoreError::Misuse(Misuse::PasswordGrant);
        assert!(matches!(&refused, Err(Error::Core(each)) if *each == misuse), "{refused:?}");
    }
    for endpoint in [PWD_AUTHORIZE, OTP_AUTHORIZE] {
        assert_eq!(sandbox.counters().requests(endpoint), 0);
    }
}

#[test]
fn a_code_that_the_holder_typed_stands_for_an_approval() {
    let sandbox = sandbox();
    // Nobody approves in a browser.
    sandbox.phone().set_policy(Policy::DenyAll);
    let client = typing(&sandbox);
    for (psc, endpoint) in [("BIRDID", PWD_AUTHORIZE), (SIGNER, OTP_AUTHORIZE)] {
        let code = sandbox.certillion().one_time_password(CPF_HOLDER).unwrap();
        let mut session = client.session(holder(CPF_HOLDER)).psc(psc);
        session.authorize_by_code(&code).unwrap();
        let mut screen = Holderside::new();
        // It is a session's, and serves two orders.
        for about in ["first", "second"] {
            let contents = contents(&detached(), &format!("{psc}, {about}"), 2);
            let outcomes = session.sign(&documents(&contents), &detached(), &mut screen).unwrap();
            assert!(outcomes.iter().all(|outcome| verified(outcome).holder.is_some()), "{psc}");
        }
        assert_eq!(screen.asked(), 0, "{psc}: {:?}", screen.notices);
        assert_eq!(sandbox.counters().requests(endpoint), 1);

        // It is of one use.
        let again = session.authorize_by_code(&code);
        let Err(Error::Core(CoreError::Peer(PeerError::Refused(refusal)))) = again else {
            panic!("{psc}: {again:?}")
        };
        assert_eq!(refusal.status, 401, "{psc}");
    }
    assert_eq!(sandbox.counters().requests(AUTHORIZE), 0);
    judge_counters(&sandbox);
}

#[test]
fn a_trust_service_without_codes_says_so() {
    let sandbox = sandbox();
    let client = typing(&sandbox);
    let code = sandbox.certillion().one_time_password(CPF_HOLDER).unwrap();
    let refused = client.session(holder(CPF_HOLDER)).psc("VIDAAS").authorize_by_code(&code);
    let misuse = CoreError::Misuse(Misuse::NotOffered("pwd_authorize"));
    assert!(matches!(&refused, Err(Error::Core(each)) if *each == misuse), "{refused:?}");
}

#[test]
fn s10_a_permission_serves_what_its_scope_says_and_no_token_is_used_twice() {
    for (scope, asked) in
        [(Scope::SingleSignature, 3), (Scope::MultiSignature, 3), (Scope::SignatureSession, 1)]
    {
        let sandbox = sandbox();
        let client = client(&sandbox);
        let mut session = client.session(holder(CPF_HOLDER)).scope(scope);
        let mut screen = Holderside::with_browser(&sandbox);
        for about in ["first", "second", "third"] {
            let contents = contents(&detached(), about, 1);
            let outcomes = session.sign(&documents(&contents), &detached(), &mut screen).unwrap();
            assert!(outcomes.iter().all(|outcome| verified(outcome).holder.is_some()));
        }
        assert_eq!(screen.asked(), asked, "{scope:?}");
        assert_eq!(sandbox.counters().requests(SIGNATURE), 3, "{scope:?}");
        assert_eq!(refused_tokens(&sandbox), 0, "{scope:?}");
        judge_counters(&sandbox);
    }
}

#[test]
fn s19_the_scope_is_the_least_that_the_documents_need() {
    for (count, limit, scope) in [
        (1, 20, "scope=single_signature"),
        (2, 20, "scope=multi_signature"),
        (3, 2, "scope=signature_session"),
    ] {
        let sandbox = sandbox();
        let table = format!("limits.hashes_per_request = {limit}");
        let client = Client::new(settings_with(&sandbox, &table)).unwrap();
        let mut screen = Holderside::with_browser(&sandbox);
        let contents = contents(&detached(), "scope", count);
        let mut session = client.session(holder(CPF_HOLDER));
        let outcomes = session.sign(&documents(&contents), &detached(), &mut screen).unwrap();
        assert!(outcomes.iter().all(Result::is_ok));
        assert!(screen.urls[0].contains(scope), "{}", screen.urls[0]);
    }
}

#[test]
fn a_denial_is_the_holder_s_and_nothing_is_signed() {
    let sandbox = sandbox();
    sandbox.phone().set_policy(Policy::DenyAll);
    let client = client(&sandbox);
    let contents = contents(&detached(), "denied", 2);
    let mut screen = Holderside::with_browser(&sandbox);
    let mut session = client.session(holder(CPF_HOLDER));
    let denied = session.sign(&documents(&contents), &detached(), &mut screen);
    assert_eq!(denied.map(drop).map_err(|error| error.fault()), Err(Fault::Holder));
    assert_eq!(sandbox.counters().signatures(), []);
}

#[test]
fn more_documents_than_one_request_takes_go_in_several_with_one_approval() {
    let sandbox = sandbox();
    let table = "limits = { hashes_per_request = 100, calls_per_minute = 100000 }";
    let client = Client::new(settings_with(&sandbox, table)).unwrap();
    let contents = contents(&detached(), "many", 70);
    let mut screen = Holderside::with_browser(&sandbox);
    let mut session = client.session(holder(CPF_HOLDER)).scope(Scope::SignatureSession);
    let outcomes = session.sign(&documents(&contents), &detached(), &mut screen).unwrap();
    for (outcome, content) in outcomes.iter().zip(&contents) {
        assert_eq!(verified(outcome).holder, Some(holder(CPF_HOLDER)));
        assert_eq!(sandbox.counters().signatures_of(&sha256(content)), 1);
    }
    // No request asks for more than 64, whatever the profile says.
    assert_eq!(sandbox.counters().requests(SIGNATURE), 2);
    assert_eq!(screen.asked(), 1);
    judge_counters(&sandbox);
}

#[test]
fn documents_of_the_same_bytes_are_documents_of_their_own() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let job = Job::new(Standard::Cades);
    let content = contents(&job, "the same", 1).remove(0);
    let documents = documents(&[content.clone(), content.clone()]);
    let mut screen = Holderside::with_browser(&sandbox);
    let mut session = client.session(holder(CPF_HOLDER));
    let outcomes = session.sign(&documents, &job, &mut screen).unwrap();
    let transactions: Vec<_> =
        outcomes.iter().map(|outcome| outcome.as_ref().unwrap().transaction.clone()).collect();
    assert!(transactions[0].is_some() && transactions[0] != transactions[1]);
    assert!(outcomes.iter().all(|outcome| verified(outcome).holder.is_some()));
    assert_eq!(sandbox.counters().signatures_of(&sha256(&content)), 2);
    assert_eq!(sandbox.counters().violations(), [""; 0]);
}
