//! Who asks, where and for whom: one synthetic application and its holders.
//!
//! Every secret of it holds [`CANARY`], so that a text or a saved state can be searched for them.

use core::error::Error;
use std::sync::LazyLock;

use rubrica_core::identity::Holder;
use rubrica_core::oauth::scope::Scope;
use rubrica_core::psc::{Application, Authorization, Entropy, Service, VIDAAS};
use rubrica_core::secret::SecretText;
use rubrica_core::time::Instant;

/// What stands in every secret of the tests.
pub const CANARY: &str = "canary";

/// The address of a service that does not exist (RFC 2606 §2).
pub const BASE_URL: &str = "https://psc.example";

/// The application's identifier.
pub const CLIENT_ID: &str = "4c9fb552-0387-4e5f-8727-6676fa88dce1";

/// The application's secret.
pub const CLIENT_SECRET: &str = "canary-client-secret";

/// Where browsers come back to.
pub const REDIRECT_URI: &str = "http://127.0.0.1:8765/rubrica";

/// A CPF that nobody is known to hold: the one of textbooks.
pub const CPF: &str = "11144477735";

/// The first CNPJ with letters that the Receita Federal printed as an example.
pub const CNPJ: &str = "12ABC34501DE35";

/// VIDaaS at [`BASE_URL`].
pub fn service() -> Service<'static> {
    Service::new(&VIDAAS, BASE_URL).expect("an https URL")
}

/// The application.
pub fn application() -> &'static Application<'static> {
    static APPLICATION: LazyLock<Application<'static>> = LazyLock::new(|| {
        Application::new(service(), CLIENT_ID, SecretText::new(CLIENT_SECRET), REDIRECT_URI)
            .expect("fields within their bounds")
    });
    &APPLICATION
}

/// The natural person.
pub fn holder() -> Holder {
    Holder::parse(CPF).expect("a valid CPF")
}

/// An authorization of the natural person.
pub fn authorization(scope: Scope) -> Authorization {
    Authorization { holder: Some(holder()), scope, lifetime: Some(900) }
}

/// Entropy that differs with `seed`.
pub fn entropy(seed: u8) -> Entropy {
    let bytes = |salt: u8| {
        let mut bytes = [0; 32];
        for (place, byte) in (0_u8..).zip(&mut bytes) {
            *byte = place.wrapping_mul(29).wrapping_add(seed).wrapping_mul(salt);
        }
        bytes
    };
    Entropy { verifier: bytes(3), state: bytes(5) }
}

/// The moment so many milliseconds after the tests' clock began.
pub fn at(milliseconds: u64) -> Instant {
    Instant::from_millis(milliseconds)
}

/// The chain of an error's words, as a program would show them.
pub fn words(error: &dyn Error) -> String {
    let mut words = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        words.push_str(": ");
        words.push_str(&error.to_string());
        source = error.source();
    }
    words
}
