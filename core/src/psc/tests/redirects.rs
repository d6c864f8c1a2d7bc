//! Whose answer a browser may bring back.

use std::format;

use super::super::{
    Application, Authorization, Entropy, Provider, Redirect, RedirectEvent, Service, VIDAAS,
};
use crate::codec::percent::Form;
use crate::error::{Document, Error, Mismatch, PeerError};
use crate::flow::{Flow, Input, Output};
use crate::oauth::grant::Grant;
use crate::oauth::scope::Scope;
use crate::secret::SecretText;
use crate::time::{Duration, Instant};

/// What a flow says to a redirect with its own state and this `iss`.
fn answer(provider: &Provider<'_>, issuer: &str) -> Result<Option<Grant>, Error> {
    let service = Service::new(provider, "https://psc.example").unwrap();
    let secret = SecretText::new("secret");
    let application = Application::new(service, "id", secret, "http://127.0.0.1/").unwrap();
    let authorization = Authorization { holder: None, scope: Scope::default(), lifetime: None };
    let random = core::array::from_fn(|place| place as u8);
    let entropy = Entropy { verifier: random, state: random };
    let now = Instant::from_millis(0);
    let patience = Duration::from_secs(120);
    let mut flow = Redirect::new(&application, authorization, &entropy, patience, now).unwrap();
    let mut buffer = [0; 1024];
    let Ok(Output::Event(RedirectEvent::OpenUrl { url, .. })) = flow.poll_output(&mut buffer)
    else {
        unreachable!("no page")
    };
    let (_, query) = url.split_once('?').unwrap();
    let state = Form::new(query, Document::Redirect).value::<128>("state").unwrap().unwrap();
    let query = format!("code=a&state={}&iss={issuer}", state);
    flow.handle_input(Input::Redirect(&query), now)
}

#[test]
fn s21_what_a_provider_calls_itself_is_its_base_url_or_its_datum() {
    let mismatch = Error::from(PeerError::Mismatch(Mismatch::Issuer));
    assert!(answer(&VIDAAS, "https://psc.example").is_ok());
    assert_eq!(answer(&VIDAAS, "https://issuer.example").unwrap_err(), mismatch);
    let named = Provider { issuer: Some("https://issuer.example"), ..VIDAAS };
    assert!(answer(&named, "https://issuer.example").is_ok());
    assert_eq!(answer(&named, "https://psc.example").unwrap_err(), mismatch);
}
