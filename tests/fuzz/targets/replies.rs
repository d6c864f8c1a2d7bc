//! The reply of each exchange: the first byte chooses which, the rest is what came.
#![no_main]

use core::fmt::Debug;

use libfuzzer_sys::fuzz_target;
use rubrica_core::error::Error;
use rubrica_core::exchange::{Exchange, Response};
use rubrica_core::identity::Holder;
use rubrica_core::oauth::pkce::Verifier;
use rubrica_core::oauth::scope::Scope;
use rubrica_core::psc::{
    Approval, Authentication, AuthorizePush, CertificateDiscovery, Registration, Signature,
    SignatureRequest, TokenRequest, UserDiscovery,
};
use rubrica_core::secret::Secret;
use rubrica_core::time::{Duration, Instant};
use rubrica_fuzz::dice::Dice;
use rubrica_fuzz::reply::is_identifier;
use rubrica_fuzz::setting::{self, application, authorization, holder, service};
use serde_json::Value;

fuzz_target!(|data: &[u8]| {
    let mut dice = Dice::new(data);
    let exchange = dice.throw(8);
    let reply = Reply::new(&mut dice);
    match exchange {
        0 => registration(&reply),
        1 => discovery(&reply),
        2 => push(&reply),
        3 => authentication(&reply),
        4 => token(&reply, None),
        5 => token(&reply, Some(())),
        6 => certificates(&reply),
        _ => signature(&reply),
    }
});

/// What came.
struct Reply<'d> {
    status: u16,
    retry_after: Option<&'d str>,
    date: Option<&'d str>,
    body: &'d [u8],
}

impl<'d> Reply<'d> {
    fn new(dice: &mut Dice<'d>) -> Self {
        let status = match dice.byte() {
            0..=200 => 200,
            byte @ 201..=220 => {
                let known = [
                    201, 202, 204, 302, 304, 400, 401, 403, 404, 408, 410, 425, 429, 500, 502, 503,
                    504, 0, 999, 65_535,
                ];
                known[usize::from(byte) - 201]
            }
            _ => u16::from_le_bytes([dice.byte(), dice.byte()]),
        };
        let (mut retry_after, mut date) = (None, None);
        if status != 200 {
            retry_after = Some(dice.text()).filter(|text| !text.is_empty());
            date = Some(dice.text()).filter(|text| !text.is_empty());
        }
        Self { status, retry_after, date, body: dice.rest() }
    }

    /// Has it read, and looks at what must hold of every exchange.
    fn read<E: Exchange>(&self, exchange: &E, check: impl FnOnce(E::Reply<'_>))
    where
        for<'r> E::Reply<'r>: Debug,
    {
        let mut body = self.body.to_vec();
        let Self { status, retry_after, date, .. } = *self;
        let response = Response { retry_after, date, ..Response::new(status, &mut body) };
        assert!(response.wait().is_none_or(|wait| wait <= Response::LONGEST_WAIT));
        match exchange.reply(response) {
            Ok(reply) => {
                assert!(matches!(status, 200 | 201 | 202 | 204 | 304), "success with {status}");
                assert!(format!("{reply:?}").len() < 4_096 + 16 * self.body.len());
                check(reply);
            }
            Err(error) => {
                assert!(!matches!(error, Error::Misuse(_)), "an answer is nobody's misuse");
                let words = error.to_string();
                assert!(words.len() < 400 && !words.contains(['\r', '\n', '\0']), "{words}");
                let _ = error.advice();
            }
        }
    }

    /// The body as another reader reads it; none where that one judges a number by its size.
    fn json(&self) -> Option<Value> {
        match serde_json::from_slice(self.body) {
            Err(error) if error.to_string().contains("number out of range") => None,
            json => Some(json.expect("what we read is JSON")),
        }
    }
}

fn registration(reply: &Reply<'_>) {
    let exchange = Registration {
        service: service(),
        name: "Balcão",
        comments: "Balcão 1",
        redirect_uris: &["https://app.example/x"],
        email: "suporte@app.example",
    };
    reply.read(&exchange, |credentials| {
        let Some(json) = reply.json() else { return };
        assert_eq!(json["client_id"], credentials.client_id);
        assert_eq!(json["client_secret"], credentials.client_secret.expose());
        assert!(!credentials.client_id.is_empty());
    });
}

fn discovery(reply: &Reply<'_>) {
    reply.read(&UserDiscovery { application: application(), holder: holder() }, |slots| {
        let Some(json) = reply.json() else { return };
        assert_eq!(slots.is_known(), json["status"] == "S");
        let expected = json["slots"].as_array().filter(|_| slots.is_known()).map_or(0, Vec::len);
        assert_eq!(slots.iter().count(), expected);
        assert!(slots.iter().all(|slot| !slot.alias.is_empty()));
    });
}

fn push(reply: &Reply<'_>) {
    let verifier = Verifier::from_entropy(&setting::entropy().verifier).expect("entropy");
    let exchange = AuthorizePush {
        application: application(),
        authorization: &authorization(Scope::SignatureSession),
        challenge: &verifier.challenge(),
        state: &setting::state(),
    };
    reply.read(&exchange, |code| {
        assert!(!code.expose().is_empty());
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        assert!(code.expose().bytes().all(allowed));
    });
}

fn authentication(reply: &Reply<'_>) {
    let code = Secret::new("code", "code").expect("a short code");
    reply.read(&Authentication { application: application(), code: &code }, |approval| {
        if let Approval::Granted(code) = approval {
            assert!(!code.expose().is_empty());
            let Some(json) = reply.json() else { return };
            assert_eq!(json["authorizationToken"], code.expose());
        }
    });
}

fn token(reply: &Reply<'_>, asked: Option<()>) {
    let verifier = Verifier::from_entropy(&setting::entropy().verifier).expect("entropy");
    let exchange = TokenRequest {
        application: application(),
        code: &Secret::new("code", "code").expect("a short code"),
        verifier: &verifier,
        redirect_uri: "push://",
        scope: Scope::SignatureSession,
        holder: asked.map(|()| holder()),
    };
    reply.read(&exchange, |token| {
        let Some(json) = reply.json() else { return };
        assert_eq!(json["access_token"], token.token.expose());
        assert!(token.token.expose().bytes().all(|byte| byte.is_ascii_graphic()));
        assert!(token.lifetime > Duration::ZERO);
        assert!(token.lifetime <= Duration::from_secs(30 * 24 * 60 * 60));
        let scope = json["scope"].as_str();
        assert!(scope.is_none_or(|scope| scope.eq_ignore_ascii_case("signature_session")));
        let told = json["authorized_identification"].as_str();
        let is_own = |told: &str| Holder::parse(told).ok() == Some(holder());
        assert!(asked.is_none() || told.is_none_or(is_own));
    });
}

fn certificates(reply: &Reply<'_>) {
    let now = Instant::from_millis(0);
    let grant = setting::grant("token", Scope::SignatureSession, now);
    let exchange =
        CertificateDiscovery { application: application(), grant: &grant, alias: Some("one") };
    reply.read(&exchange, |certificates| {
        let Some(json) = reply.json() else { return };
        let all = json["certificates"].as_array().filter(|_| json["status"] == "S");
        assert_eq!(certificates.iter().count(), all.map_or(0, Vec::len));
        for (ours, theirs) in certificates.iter().zip(all.into_iter().flatten()) {
            assert_eq!((ours.alias, &theirs["certificate"]), ("one", &ours.pem.into()));
        }
    });
}

fn signature(reply: &Reply<'_>) {
    let exchange = SignatureRequest {
        application: application(),
        order: setting::order(3),
        items: 0..3,
        token: "token",
    };
    reply.read(&exchange, |signatures| {
        let Some(json) = reply.json() else { return };
        let entries = json["signatures"].as_array().expect("an array");
        assert_eq!(entries.len(), 3);
        assert_eq!(signatures.iter().count(), 3);
        for (number, signature) in signatures.iter() {
            let id = number.to_string();
            let mut entry = entries.iter().filter(|entry| is_identifier(&entry["id"], &id));
            let entry = entry.next().expect("an entry of its own");
            let (member, text) = match signature {
                Ok(Signature::Detached(text)) => ("raw_signature", text),
                Ok(Signature::Document(text)) => ("file_base64_signed", text),
                Ok(Signature::Received(_)) => panic!("nothing was received"),
                Err(_) => continue,
            };
            let expected = entry[member].as_str().expect("a text");
            rubrica_fuzz::base64::check(expected, |out| text.decode(out).map(<[u8]>::to_vec));
        }
    });
}
