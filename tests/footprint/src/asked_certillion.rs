//! Every exchange with Certillion and its flow, over bytes that no compiler knows: a part of the
//! image `reached`.

use core::hint::black_box;

use rubrica_core::certillion::{
    Application, Boundary, CERTILLION, CertificateDiscovery, ClientMaintenance, ClientToken,
    FindPscAccounts, Item, Order, OtpAuthorization, PasswordAnswer, PasswordAuthorization, Policy,
    Progress, PscInfo, PscName, Resolution, Service, Signing, SigningEvent, SigningGain, Standard,
    TokenCommand, UserDiscovery, authorize_url,
};
use rubrica_core::document::Reception;
use rubrica_core::error::{Error, Misuse};
use rubrica_core::exchange::{Exchange, Request, Response};
use rubrica_core::flow::{Flow, Input, Output, SendFailure};
use rubrica_core::identity::Holder;
use rubrica_core::oauth::authorization::Authorization;
use rubrica_core::oauth::grant::Grant;
use rubrica_core::oauth::pkce::Verifier;
use rubrica_core::oauth::scope::Scope;
use rubrica_core::oauth::state::State;
use rubrica_core::secret::{Secret, SecretText};
use rubrica_core::time::{Duration, Elapsed, Instant};

fn text() -> &'static str {
    black_box("")
}

fn secret() -> SecretText<'static> {
    SecretText::new(text())
}

fn number() -> u64 {
    black_box(0)
}

fn now() -> Instant {
    Instant::from_millis(number())
}

/// A reply of any length, status and headers.
fn response(reply: &mut [u8]) -> Response<'_> {
    let (retry_after, date) = (black_box(None), black_box(None));
    let body = black_box(reply).get_mut(..number() as usize).unwrap_or_default();
    let document = black_box(Reception::Nothing);
    Response { retry_after, date, document, ..Response::new(black_box(0), body) }
}

/// Asks all of it, and reads a request out with `send`.
///
/// # Errors
/// Whatever is wrong with what came.
pub fn all(
    out: &mut [u8],
    reply: &mut [u8],
    send: impl Fn(&Request<'_>) + Copy,
) -> Result<(), Error> {
    let service = Service::at(&CERTILLION, text(), text())?;
    let application = &Application::new(service, text(), secret(), text())?
        .through(PscName::new(text())?)
        .allow_password_grant();
    let holder = Holder::parse(text()).map_err(|_| Misuse::Field("holder"))?;
    let lifetime = black_box(None);
    let scope = Scope::from_wire(text()).unwrap_or_default();
    let authorization = &Authorization { holder: Some(holder), scope, lifetime };
    let challenge = Verifier::from_entropy(&black_box([0; 32]))?.challenge();
    let state = State::from_entropy(&black_box([0; 32]))?;
    black_box(authorize_url(application, authorization, &challenge, &state, out)?);

    let asked = ClientToken { application, lifetime };
    send(&asked.request(out)?);
    black_box(asked.reply(response(reply))?.lifetime);
    let asked = ClientMaintenance {
        application,
        token: secret(),
        name: black_box(None),
        comments: black_box(None),
        email: black_box(None),
        redirect_uris: black_box(&[]),
    };
    send(&asked.request(out)?);
    asked.reply(response(reply))?;
    let asked = FindPscAccounts { application, token: black_box(None), holder };
    send(&asked.request(out)?);
    let accounts = asked.reply(response(reply))?;
    black_box((accounts.iter().count(), accounts.with_certificate().count()));
    let asked = PscInfo { application, token: black_box(None) };
    send(&asked.request(out)?);
    black_box(asked.reply(response(reply))?.iter().count());
    let asked = UserDiscovery { application, token: black_box(None), holder };
    send(&asked.request(out)?);
    let user = asked.reply(response(reply))?;
    black_box((user.has_certificate(), user.slots().count()));
    let asked = CertificateDiscovery { application, token: secret(), alias: black_box(None) };
    send(&asked.request(out)?);
    black_box(asked.reply(response(reply))?.iter().count());
    let asked = OtpAuthorization { application, holder, otp: secret(), lifetime };
    send(&asked.request(out)?);
    black_box(asked.reply(response(reply))?.lifetime);
    let requester = black_box(None);
    let asked = PasswordAuthorization { application, authorization, password: secret(), requester };
    send(&asked.request(out)?);
    black_box(matches!(asked.reply(response(reply))?, PasswordAnswer::Granted(_)));
    let asked = TokenCommand {
        application,
        token: secret(),
        operation: text(),
        scope: black_box(None),
        lifetime,
        user_id: text(),
        user_secret: secret(),
    };
    send(&asked.request(out)?);
    black_box(asked.reply(response(reply))?.raw().is_some());
    sign(application, out, reply, send)
}

/// Drives a signing by inputs of any kind in any order.
fn sign(
    application: &Application<'_>,
    out: &mut [u8],
    reply: &mut [u8],
    send: impl Fn(&Request<'_>),
) -> Result<(), Error> {
    let item = || Item {
        media_type: black_box(None),
        hash_algorithm: black_box(None),
        ..Item::new(text(), text(), number())
    };
    let items = [item(), item()];
    let order = Order {
        items: &items,
        standard: black_box(Standard::Cades),
        policy: black_box(Some(Policy::AdRb)),
        detached: black_box(false),
        pki_name: black_box(None),
        certificate_alias: black_box(None),
    };
    let mut progress: [Progress; 2] = black_box(Default::default());
    let boundary = Boundary::from_entropy(&black_box([0; 16]))?;
    let patience = Duration::from_secs(number());
    let mut flow = Signing::new(application, &order, &mut progress, boundary, patience, 1, now())?;
    let saved = black_box(flow.snapshot(now()));
    let mut progress: [Progress; 2] = black_box(Default::default());
    if black_box(true) {
        let elapsed = Elapsed::between(number(), number());
        let progress = &mut progress;
        flow = Signing::resume(
            application,
            &order,
            progress,
            saved,
            elapsed,
            boundary,
            patience,
            1,
            now(),
        )?;
    }
    loop {
        match flow.poll_output(out) {
            Ok(Output::Done) => return Ok(()),
            Ok(Output::Event(SigningEvent::Authorize)) => {
                let scope = Scope::from_wire(text()).unwrap_or_default();
                let token = Secret::new(text(), "token")?;
                flow.authorize(Grant::new(token, scope, patience, None, now()), now())?;
            }
            Ok(Output::Event(SigningEvent::InDoubt)) => {
                take(flow.resolve(black_box(Resolution::Abandon), now())?);
            }
            Ok(Output::Wait(until)) => drop(black_box(until.as_millis())),
            Ok(Output::Send(request)) => send(&request),
            Err(error) => drop(black_box(error.advice())),
        }
        let input = match black_box(0_u8) {
            0 => Input::Response(response(reply)),
            1 => Input::Failed(SendFailure::NotSent),
            2 => Input::Failed(SendFailure::Unanswered),
            3 => Input::Redirect(text()),
            4 => Input::Timeout,
            _ => Input::Cancel,
        };
        match flow.handle_input(input, now()) {
            Ok(gain) => take(gain),
            Err(error) => drop(black_box(error.advice())),
        }
    }
}

/// Looks at what an input brought.
fn take(gain: SigningGain<'_, '_>) {
    match gain {
        SigningGain::Signed(batch) => {
            for (document, entry) in batch.iter() {
                black_box((document, entry.map(|entry| entry.signature).is_ok()));
            }
        }
        SigningGain::Failed { documents, error } => {
            black_box((documents.iter().count(), error.advice()));
        }
        SigningGain::Received(received) => drop(black_box(received.length)),
        SigningGain::Uploaded(document) => drop(black_box(document)),
        SigningGain::Nothing => {}
    }
}
