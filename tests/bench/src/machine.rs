//! `machine`: what a signature costs beside network and cryptography of the service.
//!
//! One flow is the authorization's URL with a PKCE pair and a state of its own, the token request
//! and its reply, and the request for the signature of one hash and its reply, down to the
//! signature's bytes. There is no I/O, and so no entropy: the 64 bytes of each flow come from a
//! generator of this process, seeded once. Replies are read in place, so that each flow is given a
//! fresh copy of their bytes.

use core::hint::black_box;
use std::time::Instant;

use ring::rand::{SecureRandom, SystemRandom};
use rubrica::{Holder, VIDAAS};
use rubrica_core::document::Digest;
use rubrica_core::error::Error;
use rubrica_core::exchange::{Exchange, Response};
use rubrica_core::oauth::pkce::Verifier;
use rubrica_core::oauth::redirect::CODE;
use rubrica_core::oauth::scope::Scope;
use rubrica_core::oauth::state::State;
use rubrica_core::psc::{
    Application, Authorization, Content, Format, Item, Order, Padding, Service, Signature,
    SignatureRequest, TokenRequest, authorize_url,
};
use rubrica_core::secret::{Secret, SecretText};

use crate::allocations;
use crate::arguments::Arguments;
use crate::report::Report;
use crate::{Failure, memory};

/// A reply as VIDaaS words it, with a token of the length that the manual shows (v1.6 §3.1.3).
const TOKEN_REPLY: &[u8] = br#"{"access_token":"eyJlbmMiOiJBMTI4Q0JDLUhTMjU2IiwiYWxnIjoiZGlyIn0..Uw1bSyUxCg0YcAJXq3KhBg.DEtF3nwbAgvBnQmcJRzt0vFRcQZcNbqxxzJNXrBaYqZ2WxJ5wWnmWpxB6qaLNV4fM7k0rGkZpHhy8cVtT1dSU3EKuoQj9e4FmHLG2Y3zvN8DsaMXlRCiIO5bPkAT7gUEyFZqwDhtKs0jQmLeX2bHVnJc9PpRS1BWY4GkNzMd6oIruafvEKTC.qA1rTZ8GkWbqR3nLcXy0Vg","token_type":"Bearer","expires_in":300,"scope":"single_signature","authorized_identification":"11144477735","authorized_identification_type":"CPF"}"#;

/// A reply with one signature of an RSA key of 2048 bits (v1.6 §3.2).
const SIGNATURE_REPLY: &[u8] = br#"{"signatures":[{"id":"1","raw_signature":"bm90IGEgc2lnbmF0dXJlIGJ1dCBhcyBsb25nIGFzIG9uZSBpbiBiYXNlNjQ6IGEga2V5IG9mIDIwNDggYml0cyBnaXZlcyAyNTYgYnl0ZXMsIHdoaWNoIGFyZSAzNDQgY2hhcmFjdGVycyBvZiBiYXNlNjQgd2l0aCBvbmUgc2lnbiBvZiBwYWRkaW5nIGF0IHRoZSBlbmQuIFRoZXkgYXJlIHJlYWQsIHVuZXNjYXBlZCBhbmQgZGVjb2RlZCBsaWtlIGFueSBvdGhlciBzaWduYXR1cmUsIGFuZCBub2JvZHkgdmVyaWZpZXMgdGhlbSBoZXJlISE="}],"certificate_alias":"7d5a2b5c-1f0e-4a7e-9a53-0c3c1d2b4e6f"}"#;

/// The code of a redirect, as the developers' page shows one.
const CODE_RECEIVED: &str = "d402d71c-0918-43ca-a07d-62597f559497";

const REDIRECT_URI: &str = "http://127.0.0.1:8765/callback";

/// `rubrica-bench machine N`
pub(crate) fn run(arguments: &Arguments) -> Result<Report, Failure> {
    let flows = arguments.count(0)?;
    let service = Service::new(&VIDAAS, "https://certificado.vidaas.com.br")?;
    let secret = SecretText::new("0d7c2f5e-6ad1-4b0e-8a3b-5b6d7e8f9a0b");
    let client_id = "3b1f0c52-8f3e-4c7d-9d68-1a2b3c4d5e6f";
    let application = Application::new(service, client_id, secret, REDIRECT_URI)?;
    let items = [Item { id: "1", alias: "peers", content: Content::Digest(Digest::of(b"peers")) }];
    let flow = Flow {
        application,
        authorization: Authorization {
            holder: Some(Holder::parse("11144477735")?),
            scope: Scope::SingleSignature,
            lifetime: Some(300),
        },
        order: Order {
            items: &items,
            format: Format::Raw,
            padding: Some(Padding::Pkcs1V15),
            signature_page: false,
            certificate_alias: None,
        },
    };
    let mut noise = Noise::seeded()?;
    // What is loaded at first use is not a flow's.
    for _ in 0..flows.min(1_000) {
        black_box(flow.run(&mut noise)?);
    }
    let before = allocations::so_far();
    let begun = Instant::now();
    for _ in 0..flows {
        black_box(flow.run(&mut noise)?);
    }
    let seconds = begun.elapsed().as_secs_f64();
    let after = allocations::so_far();
    let each = |total: u64| total as f64 / flows as f64;
    Ok(Report::new()
        .with("flows_per_s", flows as f64 / seconds)
        .with("us_per_flow", seconds * 1e6 / flows as f64)
        .with("allocs_per_flow", each(after.0 - before.0))
        .with("alloc_bytes_per_flow", each(after.1 - before.1))
        .with("n", flows)
        .with("hwm_kb", memory::high_water_mark()))
}

struct Flow<'a> {
    application: Application<'a>,
    authorization: Authorization,
    order: Order<'a>,
}

impl Flow<'_> {
    /// One flow; what it gives depends on all that it did.
    fn run(&self, noise: &mut Noise) -> Result<usize, Error> {
        let mut buffer = [0; 2048];
        let application = &self.application;

        let verifier = Verifier::from_entropy(&noise.bytes())?;
        let state = State::from_entropy(&noise.bytes())?;
        let challenge = verifier.challenge();
        let url = authorize_url(application, &self.authorization, &challenge, &state, &mut buffer)?;
        let mut sum = black_box(url).len();

        let code = Secret::<CODE>::new(black_box(CODE_RECEIVED), "code")?;
        let exchange = TokenRequest {
            application,
            code: &code,
            verifier: &verifier,
            redirect_uri: REDIRECT_URI,
            scope: self.authorization.scope,
            holder: self.authorization.holder,
        };
        sum += black_box(exchange.request(&mut buffer)?).url.len();
        let mut body = [0; TOKEN_REPLY.len()];
        body.copy_from_slice(black_box(TOKEN_REPLY));
        let reply = exchange.reply(Response::new(200, &mut body))?;

        let token = reply.token.expose();
        let order = &self.order;
        let exchange = SignatureRequest { application, order, items: 0..1, token };
        sum += black_box(exchange.request(&mut buffer)?).url.len();
        let mut body = [0; SIGNATURE_REPLY.len()];
        body.copy_from_slice(black_box(SIGNATURE_REPLY));
        for (_, signature) in exchange.reply(Response::new(200, &mut body))?.iter() {
            let mut bytes = [0; 512];
            if let Signature::Detached(signature) = signature? {
                sum += black_box(signature.decode(&mut bytes)?).len();
            }
        }
        Ok(sum)
    }
}

/// xorshift64* (Marsaglia, Vigna): numbers that differ, and no secret.
struct Noise(u64);

impl Noise {
    fn seeded() -> Result<Self, Failure> {
        let mut seed = [0; 8];
        SystemRandom::new().fill(&mut seed).map_err(|_| "no random numbers")?;
        Ok(Self(u64::from_le_bytes(seed) | 1))
    }

    fn bytes(&mut self) -> [u8; 32] {
        let mut bytes = [0; 32];
        for word in bytes.as_chunks_mut::<8>().0 {
            self.0 ^= self.0 >> 12;
            self.0 ^= self.0 << 25;
            self.0 ^= self.0 >> 27;
            *word = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d).to_le_bytes();
        }
        bytes
    }
}
