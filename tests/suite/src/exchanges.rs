//! Every exchange, with a reply that it takes.

use core::fmt::Debug;

use rubrica_core::error::Error;
use rubrica_core::exchange::{Exchange, Response};
use rubrica_core::oauth::pkce::Verifier;
use rubrica_core::oauth::scope::Scope;
use rubrica_core::oauth::state::State;
use rubrica_core::psc::{
    Authentication, AuthorizePush, CertificateDiscovery, Content, Format, Item, Order, Padding,
    Registration, SignatureRequest, TokenRequest, UserDiscovery,
};
use rubrica_core::secret::Secret;

use crate::capture::Sent;
use crate::drive::grant;
use crate::orders::{digest, order};
use crate::setting::{application, authorization, entropy, holder, service};
use crate::wire;

/// Writes a request into a buffer and tells how many bytes of it the request borrows.
pub type Ask = Box<dyn Fn(&mut [u8]) -> Result<usize, Error>>;
/// Reads a reply of a status and prints it.
pub type Read = Box<dyn Fn(u16, &mut [u8]) -> Result<String, Error>>;

/// An exchange, whatever it is of.
pub struct Probe {
    /// Its name.
    pub name: &'static str,
    /// Writes its request and tells how many bytes of the buffer the request borrows.
    pub ask: Ask,
    /// Reads a reply of this status, walks over all of it and prints it.
    pub read: Read,
    /// The body of a reply of success.
    pub good: Vec<u8>,
    /// As the exchange prints.
    pub printed: String,
}

impl Debug for Probe {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter.write_str(self.name)
    }
}

fn probe<E>(
    name: &'static str,
    exchange: E,
    good: impl AsRef<[u8]>,
    walk: impl Fn(&E::Reply<'_>) -> String + 'static,
) -> Probe
where
    E: Exchange + Debug + 'static,
    for<'r> E::Reply<'r>: Debug,
{
    let exchange: &'static E = Box::leak(Box::new(exchange));
    Probe {
        name,
        ask: Box::new(|buffer| {
            let request = exchange.request(buffer)?;
            let body = match request.body {
                rubrica_core::document::Body::Bytes(bytes) => bytes.len(),
                _ => 0,
            };
            Ok(request.url.len() + request.bearer.map_or(0, str::len) + body)
        }),
        read: Box::new(move |status, body| {
            let response = Response::new(status, body);
            exchange.reply(response).map(|reply| format!("{reply:?} {}", walk(&reply)))
        }),
        good: good.as_ref().to_vec(),
        printed: format!("{exchange:?}"),
    }
}

/// The exchanges of a trust service.
pub fn all() -> Vec<Probe> {
    let leak = |text: &str| -> &'static str { text.to_owned().leak() };
    let verifier: &'static Verifier =
        Box::leak(Box::new(Verifier::from_entropy(&entropy(1).verifier).expect("entropy")));
    let state: &'static State =
        Box::leak(Box::new(State::from_entropy(&entropy(1).state).expect("entropy")));
    let authorization: &'static _ = Box::leak(Box::new(authorization(Scope::SignatureSession)));
    let push_code: &'static _ =
        Box::leak(Box::new(Secret::new(wire::PUSH_CODE, "code").expect("a short code")));
    let code: &'static _ =
        Box::leak(Box::new(Secret::new(wire::CODE, "code").expect("a short code")));
    let grant: &'static _ = Box::leak(Box::new(grant(wire::TOKEN, Scope::SignatureSession, 0)));
    let signature = SignatureRequest {
        application: application(),
        order: order(3),
        items: 0..3,
        token: wire::TOKEN,
    };
    let signed = {
        let mut buffer = [0; 4096];
        let request = signature.request(&mut buffer).expect("a request");
        wire::signed(&Sent::plain(&request)).body
    };
    vec![
        probe(
            "registration",
            Registration {
                service: service(),
                name: "Balcão",
                comments: "\"Balcão\" 1",
                redirect_uris: &["http://127.0.0.1:8765/rubrica", "https://app.example/x"],
                email: "suporte@app.example",
            },
            include_str!("../vectors/registration_reply.json"),
            |_| String::new(),
        ),
        probe(
            "user discovery",
            UserDiscovery { application: application(), holder: holder() },
            include_str!("../vectors/discovery_known.json"),
            |slots| slots.iter().map(|slot| slot.label.len()).sum::<usize>().to_string(),
        ),
        probe(
            "push",
            AuthorizePush {
                application: application(),
                authorization,
                challenge: Box::leak(Box::new(verifier.challenge())),
                state,
            },
            wire::notified().body,
            |_| String::new(),
        ),
        probe(
            "authentication",
            Authentication { application: application(), code: push_code },
            wire::approved().body,
            |_| String::new(),
        ),
        probe(
            "token",
            TokenRequest {
                application: application(),
                code,
                verifier,
                redirect_uri: "push://",
                scope: Scope::SignatureSession,
                holder: Some(holder()),
            },
            wire::token(Scope::SignatureSession).body,
            |_| String::new(),
        ),
        probe(
            "certificate discovery",
            CertificateDiscovery {
                application: application(),
                grant,
                alias: Some(leak("28938fd0-954d-4cff-8f69-a159b70e3d1f")),
            },
            include_str!("../vectors/certificates_reply.json"),
            |certificates| {
                certificates.iter().map(|each| each.pem.len()).sum::<usize>().to_string()
            },
        ),
        probe("signature", signature, signed, |signatures| {
            let decode = |(_, signature): (usize, Result<rubrica_core::psc::Signature<'_>, _>)| {
                let mut bytes = [0; 256];
                let encoded = signature.ok().and_then(|signature| signature.encoded());
                encoded.and_then(|each| each.decode(&mut bytes).ok()).map_or(0, <[u8]>::len)
            };
            signatures.iter().map(decode).sum::<usize>().to_string()
        }),
    ]
}

/// A request for the signatures of so many documents of these lengths, which are sent.
pub fn upload(lengths: &[u64]) -> SignatureRequest<'static> {
    let items: Vec<Item<'static>> = lengths
        .iter()
        .enumerate()
        .map(|(number, &length)| Item {
            id: number.to_string().leak(),
            alias: "contrato \"A\".pdf",
            content: Content::Document { length, digest: None },
        })
        .collect();
    let count = items.len();
    let order = Order {
        items: items.leak(),
        format: Format::PadesAdRb,
        padding: None,
        signature_page: true,
        certificate_alias: Some("MINE"),
    };
    let order = Box::leak(Box::new(order));
    SignatureRequest { application: application(), order, items: 0..count, token: wire::TOKEN }
}

/// A request for a raw signature with a padding.
pub fn raw() -> SignatureRequest<'static> {
    let item = Item { id: "raw", alias: "raw", content: Content::Digest(digest(0)) };
    let order = Order {
        items: Box::leak(Box::new([item])),
        format: Format::Raw,
        padding: Some(Padding::Pkcs1V15),
        signature_page: false,
        certificate_alias: None,
    };
    let order = Box::leak(Box::new(order));
    SignatureRequest { application: application(), order, items: 0..1, token: wire::TOKEN }
}
