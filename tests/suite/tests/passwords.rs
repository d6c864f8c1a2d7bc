//! What the holder types in the place of an approval, where a program may take it at all; SafeID's
//! trust in an application, which a webhook brings; and the end of a grant.

use core::time::Duration;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;

use rubrica::core::error::{Error, Mismatch, Misuse, PeerError};
use rubrica::core::oauth::grant::Grant;
use rubrica::core::oauth::scope::Scope;
use rubrica::core::oauth::state::State;
use rubrica::core::psc::{
    Application, Authorization, PasswordAuthorization, Revocation, TrustedApproval,
    TrustedAuthorization,
};
use rubrica::core::secret::SecretText;
use rubrica::{Client, Error as HostError, Form, Job};
use rubrica_sandbox::psc::{Operation, PIN};
use rubrica_sandbox::{Builder, CPF_HOLDER, Fault, Policy, Rule, Sandbox, V12_CNPJ_HOLDER};
use rubrica_tests::calls::{authorization, call, refusal, sign, with};
use rubrica_tests::host::{self, Holderside, builder, judge_counters, pdf, sandbox};
use rubrica_tests::psc::{PSCS, requests, signatures};
use rubrica_tests::setting::{at, entropy};

/// The PSCs that the norm's exchanges are emulated of.
fn dialects() -> impl Iterator<Item = &'static str> {
    PSCS.into_iter().skip(1)
}

/// Trades factors for a grant.
fn by_password(
    sandbox: &Sandbox,
    application: &Application<'_>,
    authorization: &Authorization,
    factors: &[&str],
    slot_alias: Option<&str>,
) -> Result<Grant, Error> {
    let factors: Vec<SecretText<'_>> = factors.iter().map(|it| SecretText::new(it)).collect();
    let exchange =
        PasswordAuthorization { application, authorization, factors: &factors, slot_alias };
    let shown = format!("{exchange:?}");
    assert!(factors.iter().all(|factor| !shown.contains(factor.expose())), "{shown}");
    call(sandbox, &exchange, |token| token.into_grant(authorization.scope, at(0)))
}

#[test]
fn s15_what_the_holder_types_is_taken_where_that_is_allowed_by_name_and_once() {
    let sandbox = sandbox();
    for name in ["birdid", "vaultid", "serproid", "remoteid", "norm"] {
        let psc = sandbox.psc(name).unwrap();
        let alone = matches!(name, "birdid" | "vaultid");
        for number in [CPF_HOLDER, V12_CNPJ_HOLDER] {
            let authorization = authorization(number, Scope::SignatureSession);
            with(&sandbox, name, |application| {
                let before = requests(&sandbox, name, Operation::PwdAuthorize);
                let code = psc.one_time_password(number).expect("a holder");
                let factors: &[&str] = if alone { &[&code] } else { &[PIN, &code] };
                let ask = |application: &Application<'_>, factors: &[&str]| {
                    by_password(&sandbox, application, &authorization, factors, None)
                };
                let error = ask(application, factors).unwrap_err();
                assert_eq!(error, Misuse::PasswordGrant.into(), "{name}");
                assert_eq!(requests(&sandbox, name, Operation::PwdAuthorize), before, "{name}");

                let allowed = application.allow_password_grant();
                // What cannot be a code is not sent.
                if alone {
                    for wrong in [&["12345"][..], &["1234567"], &["12345a"], &[PIN, &code], &[]] {
                        let error = ask(&allowed, wrong).unwrap_err();
                        assert_eq!(error, Misuse::Field("password").into(), "{name}");
                    }
                    assert_eq!(requests(&sandbox, name, Operation::PwdAuthorize), before);
                }
                let grant = ask(&allowed, factors).expect("a grant");
                for place in 0..2 {
                    let content = format!("{name} {number} {place}");
                    sign(&sandbox, application, number, &grant, &content).expect("signed");
                }
                let seen = sandbox.counters().violations().len();
                let told = refusal(ask(&allowed, factors).unwrap_err());
                assert_eq!((told.status, told.code.as_str()), (400, "invalid_grant"), "{name}");
                assert_eq!(sandbox.counters().violations().len(), seen + 1, "used twice");
                let late = psc.one_time_password(number).expect("a holder");
                let late: &[&str] = if alone { &[&late] } else { &[PIN, &late] };
                sandbox.clock().advance(Duration::from_secs(31));
                assert_eq!(refusal(ask(&allowed, late).unwrap_err()).status, 400, "{name}");
            });
        }
        assert_eq!(signatures(&sandbox, name).len(), 4, "{name}");
    }
}

/// Takes one webhook and gives its body.
fn webhook(listener: &TcpListener) -> Vec<u8> {
    let (stream, _) = listener.accept().expect("a connection");
    let mut reader = BufReader::new(stream);
    let (mut length, mut line) = (0, String::new());
    while reader.read_line(&mut line).expect("a line") > 2 {
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().expect("a number");
        }
        line.clear();
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).expect("a body");
    let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    reader.get_mut().write_all(answer).expect("taken");
    body
}

/// A sandbox whose applications have their webhooks at this listener.
fn sandbox_with_webhook(change: impl FnOnce(Builder) -> Builder) -> (Sandbox, TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let uri = format!("http://{}/webhook", listener.local_addr().expect("bound"));
    let sandbox = change(builder().redirect_uris([&uri])).start().expect("a port");
    (sandbox, listener, uri)
}

#[test]
fn s15_safeid_s_trust_in_an_application_and_a_pin_make_a_grant_that_signs() {
    let (sandbox, listener, uri) = sandbox_with_webhook(|builder| builder);
    for number in [CPF_HOLDER, V12_CNPJ_HOLDER] {
        let state = State::from_entropy(&entropy(1).state).expect("a state");
        with(&sandbox, "safeid", |application| {
            let authorization = Authorization {
                lifetime: Some(3_600),
                ..authorization(number, Scope::SignatureSession)
            };
            let (authorization, redirect_uri) = (&authorization, Some(uri.as_str()));
            let ask =
                TrustedAuthorization { application, authorization, state: &state, redirect_uri };
            call(&sandbox, &ask, drop).expect("taken");
            let mut posted = webhook(&listener);
            let approval = TrustedApproval::read(&mut posted, &state).expect("an approval");
            let certificate = &sandbox.holder(number).unwrap().certificates[0];
            assert_eq!(approval.serial_number, certificate.serial_number());
            let identifier = approval.identifier.expose();
            assert!(!format!("{approval:?}").contains(identifier));

            let slot = Some(approval.serial_number);
            let allowed = application.allow_password_grant();
            let ask = |lifetime, factors: &[&str]| {
                let authorization = Authorization { lifetime: Some(lifetime), ..*authorization };
                by_password(&sandbox, &allowed, &authorization, factors, slot)
            };
            let error = by_password(&sandbox, application, authorization, &[identifier, PIN], slot);
            assert_eq!(error.unwrap_err(), Misuse::PasswordGrant.into());
            let grant = ask(600, &[identifier, PIN]).expect("a grant");
            sign(&sandbox, application, number, &grant, number).expect("signed");
            // A lifetime beyond that of the trust, and a wrong PIN.
            assert_eq!(refusal(ask(3_601, &[identifier, PIN]).unwrap_err()).status, 400);
            assert_eq!(refusal(ask(600, &[identifier, "00000000"]).unwrap_err()).status, 400);
            assert_eq!(ask(600, &[identifier]).unwrap_err(), Misuse::Field("password").into());
        });
    }
    assert_eq!(signatures(&sandbox, "safeid").len(), 2);
    judge_counters(&sandbox);
}

#[test]
fn s04_a_webhook_of_another_request_concerns_none_and_a_denial_is_one() {
    let (sandbox, listener, _) = sandbox_with_webhook(|builder| builder);
    let state = State::from_entropy(&entropy(1).state).expect("a state");
    let authorization = &authorization(CPF_HOLDER, Scope::SignatureSession);
    let ask = || {
        with(&sandbox, "safeid", |application| {
            let redirect_uri = None;
            let ask =
                TrustedAuthorization { application, authorization, state: &state, redirect_uri };
            call(&sandbox, &ask, drop).expect("taken");
        });
        webhook(&listener)
    };
    let endpoint = sandbox.psc("safeid").unwrap().endpoint(Operation::AuthorizeCa);
    for policy in [Policy::ApproveAll, Policy::DenyAll] {
        sandbox.phone().set_policy(policy);
        for fault in [Fault::WrongState, Fault::MissingState] {
            sandbox.faults().add(Rule::once(endpoint, fault));
            let error = TrustedApproval::read(&mut ask(), &state).unwrap_err();
            assert_eq!(error, PeerError::Mismatch(Mismatch::State).into(), "{policy:?}");
        }
    }
    let error = TrustedApproval::read(&mut ask(), &state).unwrap_err();
    assert_eq!(error, PeerError::Denied.into());
    // Nobody else has such a way.
    for name in dialects().filter(|name| *name != "safeid") {
        with(&sandbox, name, |application| {
            let redirect_uri = None;
            let ask =
                TrustedAuthorization { application, authorization, state: &state, redirect_uri };
            let error = call(&sandbox, &ask, |_| ()).unwrap_err();
            assert_eq!(error, Misuse::NotOffered("authorize-ca").into(), "{name}");
        });
    }
}

#[test]
fn s20_a_grant_that_was_revoked_signs_no_more() {
    let sandbox = sandbox();
    for name in dialects() {
        let psc = sandbox.psc(name).unwrap();
        with(&sandbox, name, |application| {
            let Some(password) = psc.password(CPF_HOLDER) else { return };
            let authorization = &authorization(CPF_HOLDER, Scope::SignatureSession);
            let allowed = application.allow_password_grant();
            let grant = by_password(&sandbox, &allowed, authorization, &[&password], None);
            let grant = &grant.expect("a grant");
            sign(&sandbox, application, CPF_HOLDER, grant, name).expect("signed");
            let revoked = call(&sandbox, &Revocation { application, grant }, drop);
            if !matches!(name, "birdid" | "vaultid") {
                assert_eq!(revoked, Err(Misuse::NotOffered("revoke").into()), "{name}");
                return;
            }
            revoked.expect("revoked");
            // A token that is not known is revoked as well.
            call(&sandbox, &Revocation { application, grant }, drop).expect("revoked");
            let error = sign(&sandbox, application, CPF_HOLDER, grant, "again").unwrap_err();
            assert_eq!(error, PeerError::Unauthorized.into(), "{name}");
        });
        assert!(signatures(&sandbox, name).len() <= 1);
    }
    judge_counters(&sandbox);
}

#[test]
fn s15_s20_a_session_of_the_host_takes_a_code_where_its_settings_allow_it_and_ends() {
    let sandbox = sandbox();
    for name in ["birdid", "vaultid"] {
        let psc = sandbox.psc(name).unwrap();
        let mut settings = rubrica_tests::psc::settings(&sandbox, name);
        let documents = |text: &str| host::documents(&[pdf(&format!("{name}, {text}"))]);
        let code = psc.one_time_password(CPF_HOLDER).expect("a holder");
        {
            let client = Client::new(settings.clone()).expect("good settings");
            let mut session = client.session(host::holder(CPF_HOLDER));
            let error = session.authorize_by_password(&[&code], None).unwrap_err();
            let refused = matches!(error, HostError::Core(Error::Misuse(Misuse::PasswordGrant)));
            assert!(refused, "{name}: {error:?}");
            assert_eq!(requests(&sandbox, name, Operation::PwdAuthorize), 0);
        }
        settings.password_grant = true;
        let client = Client::new(settings).expect("good settings");
        let mut session = client.session(host::holder(CPF_HOLDER));
        session.authorize_by_password(&[&code], None).expect("a grant");
        let mut screen = Holderside::new();
        for form in [Form::Cms, Form::PadesAdRb, Form::CadesAdRb] {
            let job = Job { form, ..Job::default() };
            let documents = documents(&format!("{form:?}"));
            let outcomes = session.sign(&documents, &job, &mut screen).expect("a session");
            assert!(outcomes[0].is_ok(), "{name}, {form:?}: {outcomes:?}");
        }
        assert_eq!(screen.asked(), 0, "{name}: {:?}", screen.notices);
        assert!(session.log_out().expect("revoked"), "{name}");
        assert_eq!(requests(&sandbox, name, Operation::Revoke), 1);
        // Without a grant there is nothing to revoke.
        assert!(!client.session(host::holder(CPF_HOLDER)).log_out().expect("nothing"));
        assert_eq!(signatures(&sandbox, name).len(), 3);
    }
    judge_counters(&sandbox);
}
