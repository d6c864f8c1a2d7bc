//! What the norm and some PSCs offer around a login: an application's own token, its registration and
//! the upkeep of it, a login that a portal begins, a signature that a notification asks for.

use base64ct::{Base64, Encoding};
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use rubrica::core::error::{Error, Misuse};
use rubrica::core::oauth::grant::Grant;
use rubrica::core::oauth::scope::Scope;
use rubrica::core::psc::{
    Application, ApplicationToken, AsyncSignature, Authorization, CertificateRegistration,
    ClientMaintenance, ClientToken, PortalLogin, Service, SignedRegistration,
};
use rubrica::core::secret::SecretText;
use rubrica_sandbox::{CPF_HOLDER, Policy, Sandbox, WebServer};
use rubrica_tests::calls::{authorization, call, refusal, sign, with, with_secret};
use rubrica_tests::host::{holder, judge_counters, sandbox};
use rubrica_tests::psc::{PSCS, provider};
use rubrica_tests::setting::at;

/// The PSCs that the norm's exchanges are emulated of.
fn dialects() -> impl Iterator<Item = &'static str> {
    PSCS.into_iter().skip(1)
}

fn application_token(sandbox: &Sandbox, application: &Application<'_>) -> ApplicationToken {
    call(sandbox, &ClientToken { application }, |token| token).expect("a token")
}

#[test]
fn a_token_of_the_application_itself_tells_whether_its_secret_is_right() {
    let sandbox = sandbox();
    for name in dialects() {
        with(&sandbox, name, |application| {
            let token = application_token(&sandbox, application);
            assert_eq!(token.lifetime, rubrica::core::time::Duration::from_secs(7_200), "{name}");
            // It is no permission to sign, wherever it is taken.
            let grant =
                Grant::new(token.token, Scope::SingleSignature, token.lifetime, None, at(0));
            let error = sign(&sandbox, application, CPF_HOLDER, &grant, name).unwrap_err();
            assert_eq!(refusal(error).status, 403, "{name}");
        });
        let told = with_secret(&sandbox, name, Some("not-the-secret"), |application| {
            refusal(call(&sandbox, &ClientToken { application }, drop).unwrap_err())
        });
        assert_eq!((told.status, told.code.as_str()), (401, "invalid_client"), "{name}");
    }
    assert!(sandbox.counters().signatures().is_empty());
    judge_counters(&sandbox);
}

#[test]
fn a_registration_is_maintained_with_the_application_s_own_token() {
    let sandbox = sandbox();
    for name in dialects() {
        with(&sandbox, name, |application| {
            let token = application_token(&sandbox, application);
            let change = ClientMaintenance {
                application,
                token: &token,
                client_secret: Some(SecretText::new("another-secret")),
                name: Some("Another name"),
                comments: None,
                redirect_uris: &["http://127.0.0.1:9/callback"],
                email: "desk@rubrica.invalid",
            };
            let shown = format!("{change:?}");
            assert!(!shown.contains("another-secret"), "{shown}");
            call(&sandbox, &change, drop).unwrap_or_else(|error| panic!("{name}: {error:?}"));
            let told = refusal(call(&sandbox, &ClientToken { application }, drop).unwrap_err());
            assert_eq!(told.status, 401, "{name}: the old secret");
        });
        with_secret(&sandbox, name, Some("another-secret"), |application| {
            let token = application_token(&sandbox, application);
            let wrong = ClientMaintenance {
                application,
                token: &token,
                client_secret: None,
                name: None,
                comments: None,
                redirect_uris: &["push://"],
                email: "desk@rubrica.invalid",
            };
            // Serpro's 412 is a refusal like any other.
            let told = refusal(call(&sandbox, &wrong, drop).unwrap_err());
            assert_eq!(told.status, if name == "serproid" { 412 } else { 400 }, "{name}");
        });
    }
    judge_counters(&sandbox);
}

/// Registers by the key of the sandbox's web server, with the signature changed by `spoil`.
fn register(
    sandbox: &Sandbox,
    name: &str,
    x5c: &str,
    audience: &str,
    spoil: impl FnOnce(&mut Vec<u8>),
) -> Result<(String, String), Error> {
    let provider = provider(name);
    let psc = sandbox.psc(name).expect("one of six");
    let service = Service::new(&provider, psc.base_url()).expect("a URL");
    let uri = format!("https://{}/callback", WebServer::HOST);
    let registration = CertificateRegistration {
        service,
        x5c: &[x5c],
        name: "Balcão",
        comments: "No balcão de atendimento",
        host: WebServer::HOST,
        redirect_uris: &[&uri],
        audience,
        email: "desk@rubrica.invalid",
    };
    let (mut scratch, mut out) = (vec![0; 8 * 1024], vec![0; 16 * 1024]);
    let signing_input = registration.signing_input(&mut scratch, &mut out)?;
    let key = RsaKeyPair::from_pkcs8(sandbox.web_server().private_key()).expect("a key");
    let mut signature = vec![0; key.public().modulus_len()];
    let random = SystemRandom::new();
    key.sign(&RSA_PKCS1_SHA256, &random, signing_input.as_bytes(), &mut signature).expect("signed");
    spoil(&mut signature);
    let signed = SignedRegistration { service, signing_input, signature: &signature };
    call(sandbox, &signed, |credentials| {
        (credentials.client_id.to_owned(), credentials.client_secret.expose().to_owned())
    })
}

#[test]
fn a_server_s_certificate_registers_an_application_at_every_psc() {
    let sandbox = sandbox();
    let der = Base64::encode_string(sandbox.web_server().der());
    let pem = sandbox.web_server().pem();
    for (name, audience) in [
        ("birdid", "BirdID"),
        ("vaultid", "VaultID"),
        ("safeid", "SafeID"),
        ("serproid", "SerproID"),
        ("remoteid", "RemoteID"),
        ("norm", "PSC"),
    ] {
        // As RFC 7515 has it, and as the provider's documentation has it.
        for x5c in [&der, &pem] {
            let (client_id, client_secret) = register(&sandbox, name, x5c, audience, |_| {})
                .unwrap_or_else(|error| panic!("{name}: {error:?}"));
            let provider = provider(name);
            let service = Service::new(&provider, sandbox.psc(name).unwrap().base_url()).unwrap();
            let secret = SecretText::new(&client_secret);
            let application = Application::new(service, &client_id, secret, "").unwrap();
            application_token(&sandbox, &application);
        }
        let told = register(&sandbox, name, &der, audience, |signature| signature[7] ^= 1);
        assert_eq!(refusal(told.unwrap_err()).status, 401, "{name}");
        let told = register(&sandbox, name, &der, "Somebody", |_| {});
        assert!(matches!(refusal(told.unwrap_err()).status, 400 | 412), "{name}");
    }
    judge_counters(&sandbox);
}

#[test]
fn soluti_s_portal_begins_a_login_and_its_phone_is_asked_for_a_signature() {
    let sandbox = Sandbox::builder().policy(Policy::Ask).start().expect("a port");
    for name in ["birdid", "vaultid"] {
        let psc = sandbox.psc(name).unwrap();
        with(&sandbox, name, |application| {
            let address = format!("{}/portal", psc.base_url());
            let portal = Service::new(application.provider(), &address).expect("a URL");
            let callback_url = &psc.application().redirect_uris[0];
            for holder in [None, Some(holder(CPF_HOLDER))] {
                let authorization =
                    Authorization { holder, ..authorization(CPF_HOLDER, Scope::SingleSignature) };
                let authorization = &authorization;
                let login = PortalLogin { application, portal, authorization, callback_url };
                let waiting = sandbox.phone().pending().len();
                call(&sandbox, &login, |start| {
                    assert_eq!(
                        (start.can_notify, start.notified),
                        (holder.is_some(), holder.is_some())
                    );
                    assert!(!start.qr_code.is_empty() && !start.challenge.is_empty());
                    assert!(!start.short_token.expose().is_empty());
                    assert!(start.ws_token.is_some());
                    let shown = format!("{start:?}");
                    assert!(!shown.contains(start.short_token.expose()));
                    assert!(!shown.contains(start.qr_code));
                })
                .unwrap_or_else(|error| panic!("{name}: {error:?}"));
                assert_eq!(sandbox.phone().pending().len(), waiting + 1);
            }
            let holder = holder(CPF_HOLDER);
            let members = "\"hashes\":[]";
            let ask = AsyncSignature { application, holder, message: "Assine", members };
            let waiting = sandbox.phone().pending().len();
            call(&sandbox, &ask, |reply| assert!(reply.is_some())).expect("taken");
            assert_eq!(sandbox.phone().pending().len(), waiting + 1);
            psc.change(|settings| settings.notification_permission = false);
            // Nobody said no but the service.
            let told = refusal(call(&sandbox, &ask, |_| ()).unwrap_err());
            assert_eq!((told.status, told.code.as_str()), (403, "access_denied"), "{name}");
            assert_eq!(sandbox.phone().pending().len(), waiting + 1, "nobody is asked");
        });
    }
    with(&sandbox, "safeid", |application| {
        let holder = holder(CPF_HOLDER);
        let ask = AsyncSignature { application, holder, message: "Assine", members: "" };
        let error = call(&sandbox, &ask, |_| ()).unwrap_err();
        assert_eq!(error, Misuse::NotOffered("async-signature").into());
    });
    assert!(sandbox.counters().signatures().is_empty());
}
