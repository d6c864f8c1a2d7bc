//! What a provider may wrap a signature in, and BER on its own.
//!
//! The first byte chooses the provider and the format; what follows is the text of `raw_signature`, or
//! the bytes of the BER.
#![no_main]

use std::sync::LazyLock;

use base64ct::{Base64, Encoding};
use libfuzzer_sys::fuzz_target;
use rubrica_core::codec::ber::{der_bound, into_der};
use rubrica_core::exchange::{Exchange, Response};
use rubrica_core::psc::{ALL, Application, Format, Order, Provider, Service, SignatureRequest};
use rubrica_core::secret::SecretText;
use rubrica_fuzz::setting;

fuzz_target!(|data: &[u8]| {
    let Some((&choice, rest)) = data.split_first() else { return };
    ber(rest);
    let Ok(text) = core::str::from_utf8(rest) else { return };
    static PROVIDERS: LazyLock<[Provider<'static>; 7]> = LazyLock::new(|| ALL);
    let provider = &PROVIDERS[usize::from(choice) % PROVIDERS.len()];
    let format = if choice & 0x80 == 0 { Format::Cms } else { Format::Raw };
    let Some(bytes) = normalized(provider, format, text) else { return };
    if format == Format::Cms {
        // It is one element in DER, so that there is nothing left to do to it.
        assert_eq!(bytes[0], 0x30);
        let mut again = bytes.clone();
        again.resize(der_bound(bytes.len()), 0);
        assert_eq!(into_der(&mut again, bytes.len()), Ok(bytes.len()));
        assert_eq!(again[..bytes.len()], bytes);
    } else {
        assert!((64..=1024).contains(&bytes.len()));
    }
    // What was in a wrapping is the same in the plainest.
    let plain = Base64::encode_string(&bytes);
    assert_eq!(normalized(provider, format, &plain), Some(bytes));
});

/// What a provider's reply with this signature gives, which fits the bound and needs no more.
fn normalized(provider: &Provider<'_>, format: Format, text: &str) -> Option<Vec<u8>> {
    let service = Service::new(provider, setting::BASE_URL).expect("an https URL");
    let secret = SecretText::new("client-secret");
    let application = Application::new(service, "client-id", secret, "").expect("good fields");
    let order = Order { format, ..*setting::order(1) };
    let exchange =
        SignatureRequest { application: &application, order: &order, items: 0..1, token: "token" };
    let id = order.items[0].id;
    let reply = serde_json::json!({ "signatures": [{ "id": id, "raw_signature": text }] });
    let mut body = reply.to_string().into_bytes();
    let signatures = exchange.reply(Response::new(200, &mut body)).ok()?;
    let (_, signature) = signatures.iter().next()?;
    let encoded = signature.ok()?.encoded()?;
    let mut out = vec![0; encoded.normalized_bound()];
    let bytes = encoded.normalize(&mut out);
    assert!(!matches!(bytes, Err(rubrica_core::error::Error::Resource(_))), "{bytes:?}");
    let bytes = bytes.ok()?.to_vec();
    let mut small = vec![0; bytes.len().saturating_sub(1)];
    assert!(encoded.normalize(&mut small).is_err());
    Some(bytes)
}

fn ber(bytes: &[u8]) {
    let mut memory = bytes.to_vec();
    memory.resize(der_bound(bytes.len()), 0);
    let Ok(length) = into_der(&mut memory, bytes.len()) else { return };
    let der = memory[..length].to_vec();
    memory.truncate(length);
    memory.resize(der_bound(length), 0);
    assert_eq!(into_der(&mut memory, length), Ok(length));
    assert_eq!(memory[..length], der);
}
