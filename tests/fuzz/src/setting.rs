//! Who asks, where and for whom: one synthetic application and its holder.

use std::sync::LazyLock;

use rubrica_core::document::Digest;
use rubrica_core::identity::Holder;
use rubrica_core::oauth::grant::Grant;
use rubrica_core::oauth::scope::Scope;
use rubrica_core::oauth::state::State;
use rubrica_core::psc::{
    Application, Authorization, Content, Entropy, Format, Item, Order, Service, VIDAAS,
};
use rubrica_core::secret::{Secret, SecretText};
use rubrica_core::time::{Duration, Instant};

/// A CPF that nobody is known to hold: the one of textbooks.
pub const CPF: &str = "11144477735";

/// The address of a service that does not exist (RFC 2606 §2).
pub const BASE_URL: &str = "https://psc.example";

/// VIDaaS at [`BASE_URL`].
#[must_use]
pub fn service() -> Service<'static> {
    Service::new(&VIDAAS, BASE_URL).expect("an https URL")
}

/// The application.
#[must_use]
pub fn application() -> &'static Application<'static> {
    static APPLICATION: LazyLock<Application<'static>> = LazyLock::new(|| {
        let secret = SecretText::new("client-secret");
        Application::new(service(), "client-id", secret, "http://127.0.0.1:8765/rubrica")
            .expect("fields within their bounds")
    });
    &APPLICATION
}

/// The holder.
#[must_use]
pub fn holder() -> Holder {
    Holder::parse(CPF).expect("a valid CPF")
}

/// The holder's authorization for so much.
#[must_use]
pub fn authorization(scope: Scope) -> Authorization {
    Authorization { holder: Some(holder()), scope, lifetime: Some(900) }
}

/// The entropy of every authorization: nothing here depends on its being any.
#[must_use]
pub fn entropy() -> Entropy {
    let bytes = |salt: u8| core::array::from_fn(|place| (place as u8).wrapping_mul(salt));
    Entropy { verifier: bytes(29), state: bytes(31) }
}

/// The state that goes with [`entropy`].
#[must_use]
pub fn state() -> State {
    State::from_entropy(&entropy().state).expect("entropy")
}

/// A grant for a quarter of an hour.
#[must_use]
pub fn grant(token: &str, scope: Scope, now: Instant) -> Grant {
    let token = Secret::new(token, "token").expect("a short token");
    Grant::new(token, scope, Duration::from_secs(900), None, now)
}

/// The digest of the document with this number.
#[must_use]
pub fn digest(number: usize) -> Digest {
    Digest::of(format!("document {number}").as_bytes())
}

/// The document with this number, where documents are sent.
#[must_use]
pub fn document(number: usize) -> Vec<u8> {
    format!("%PDF-1.7 {number}").repeat(number * 7 + 1).into_bytes()
}

/// An order of so many digests, up to 45, with the identifiers `0`, `1` and so on.
#[must_use]
pub fn order(documents: usize) -> &'static Order<'static> {
    static ORDERS: LazyLock<Vec<Order<'static>>> = LazyLock::new(|| {
        let content = |number| Content::Digest(digest(number));
        (0..=45).map(|documents| order_of(documents, Format::Cms, content)).collect()
    });
    &ORDERS[documents]
}

/// An order of so many documents that are sent, up to 3, with the same identifiers.
#[must_use]
pub fn order_of_documents(documents: usize) -> &'static Order<'static> {
    static ORDERS: LazyLock<Vec<Order<'static>>> = LazyLock::new(|| {
        let content = |number| Content::Document {
            length: document(number).len() as u64,
            digest: Some(Digest::of(&document(number))),
        };
        (0..=3).map(|documents| order_of(documents, Format::PadesAdRb, content)).collect()
    });
    &ORDERS[documents]
}

fn order_of(
    documents: usize,
    format: Format,
    content: impl Fn(usize) -> Content,
) -> Order<'static> {
    let items: Vec<Item<'static>> = (0..documents)
        .map(|number| Item {
            id: number.to_string().leak(),
            alias: "contrato.pdf",
            content: content(number),
        })
        .collect();
    Order {
        items: items.leak(),
        format,
        padding: None,
        signature_page: false,
        certificate_alias: None,
    }
}
