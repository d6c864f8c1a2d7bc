//! What holds of every exchange of every provider.

use super::*;
use crate::error::PeerError;
use crate::oauth::pkce::Verifier;

/// A provider that offers all there is.
const EVERYTHING: Provider<'static> = Provider {
    paths: Paths { authorize_ca: Some("/authorize-ca"), revoke: Some("/revoke"), ..Paths::NORM },
    push: VIDAAS.push,
    password: None,
    ..BIRDID
};

/// What each exchange sends, and what it makes of a status and a body.
fn each(status: u16, body: &str, mut look: impl FnMut(&str, Sent, Result<(), Error>)) {
    let application = application(&EVERYTHING).allow_password_grant();
    let application = &application;
    let service = application.service();
    let authorization = &authorization(Scope::SignatureSession);
    let (state, grant) = (&state(), &grant(Scope::SignatureSession));
    let verifier = &Verifier::from_entropy(&entropy().verifier).unwrap();
    let code = &Secret::new("canary-code", "code").unwrap();
    let token = &ApplicationToken {
        token: Secret::new("token", "token").unwrap(),
        lifetime: Duration::from_secs(60),
    };
    let items = [item("1")];
    let order = &order(&items, Format::Raw);
    let factors = &[SecretText::new("canary-factor")];
    macro_rules! ask {
        ($($exchange:expr),* $(,)?) => {$({
            let exchange = $exchange;
            let mut body = body.as_bytes().to_vec();
            let outcome = exchange.reply(response(status, &mut body)).map(|_| ());
            look(stringify!($exchange), request_of(&exchange).unwrap(), outcome);
        })*};
    }
    ask!(
        AuthorizePush { application, authorization, challenge: &verifier.challenge(), state },
        TokenRequest {
            application,
            code,
            verifier,
            redirect_uri: REDIRECT_URI,
            scope: Scope::SignatureSession,
            holder: None,
        },
        SignatureRequest { application, order, items: 0..1, token: "token" },
        CertificateDiscovery { application, grant, alias: None },
        UserDiscovery { application, holder: holder() },
        Registration {
            service,
            name: "n",
            comments: "c",
            redirect_uris: &[REDIRECT_URI],
            email: "a@b",
        },
        ClientToken { application },
        ClientMaintenance {
            application,
            token,
            client_secret: None,
            name: None,
            comments: None,
            redirect_uris: &[],
            email: "a@b",
        },
        SignedRegistration { service, signing_input: "a.b", signature: &[7; 256] },
        PasswordAuthorization { application, authorization, factors, slot_alias: None },
        TrustedAuthorization { application, authorization, state, redirect_uri: None },
        PortalLogin { application, portal: service, authorization, callback_url: "https://a" },
        AsyncSignature { application, holder: holder(), message: "m", members: "" },
        Revocation { application, grant },
    );
}

#[test]
fn s17_a_redirect_of_the_service_is_a_refusal() {
    for status in [301, 302, 303, 307, 308] {
        each(status, "", |exchange, _, error| {
            let is_refusal = matches!(
                error,
                Err(Error::Peer(PeerError::Refused(refusal))) if refusal.status == status
            );
            assert!(is_refusal, "{exchange}: {error:?}");
        });
    }
}

#[test]
fn s24_a_service_that_asks_to_slow_down_is_heard_everywhere() {
    each(429, "To many requests", |exchange, _, error| {
        let throttled = PeerError::Throttled { retry_after: None };
        assert_eq!(error, Err(throttled.into()), "{exchange}");
    });
    each(503, "", |exchange, _, error| {
        let unavailable = PeerError::Unavailable { status: 503, retry_after: None };
        assert_eq!(error, Err(unavailable.into()), "{exchange}");
    });
}

#[test]
fn s29_the_words_of_a_refusal_are_read_everywhere() {
    let body = r#"{"title":"invalid_grant","status":400,"detail":"CPF 11144477735"}"#;
    each(400, body, |exchange, _, error| {
        let Err(Error::Peer(PeerError::Refused(refusal))) = error else {
            unreachable!("{exchange}: {error:?}")
        };
        assert_eq!(refusal.code.as_str(), "invalid_grant", "{exchange}");
        assert_eq!(refusal.text.as_str(), "CPF ******", "{exchange}");
    });
}

#[test]
fn s07_no_secret_is_in_a_url() {
    each(500, "", |exchange, sent, _| {
        for secret in [CLIENT_SECRET, "canary", "=token"] {
            assert!(!sent.line.contains(secret), "{exchange}: {}", sent.line);
        }
        let has_bearer = ["SignatureRequest", "CertificateDiscovery", "ClientMaintenance"]
            .iter()
            .any(|name| exchange.starts_with(name));
        assert_eq!(sent.bearer.as_deref(), has_bearer.then_some("token"), "{exchange}");
    });
}

/// What a gateway says instead of the service is no success of anything.
#[test]
fn s25_a_page_is_an_answer_to_nothing() {
    each(200, "<html>", |exchange, _, error| {
        let is_malformed = matches!(error, Err(Error::Peer(PeerError::Malformed(_))));
        // Of a revocation the status alone counts (RFC 7009 §2.2).
        assert!(is_malformed || exchange.starts_with("Revocation"), "{exchange}: {error:?}");
    });
}
