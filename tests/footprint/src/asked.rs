//! Every exchange that no flow asks, over bytes that no compiler knows: a part of the image `reached`.

use core::hint::black_box;

use rubrica_core::error::{Error, Misuse};
use rubrica_core::exchange::{Exchange, Response};
use rubrica_core::identity::Holder;
use rubrica_core::oauth::grant::Grant;
use rubrica_core::oauth::scope::Scope;
use rubrica_core::oauth::state::State;
use rubrica_core::psc::{
    Application, AsyncSignature, Authorization, CertificateRegistration, ClientMaintenance,
    ClientToken, PasswordAuthorization, PortalLogin, Revocation, SignedRegistration,
    TrustedApproval, TrustedAuthorization, check_redirect_uris,
};
use rubrica_core::secret::SecretText;

fn text() -> &'static str {
    black_box("")
}

/// Sends and reads all of it.
///
/// # Errors
/// Whatever is wrong with what came.
pub fn all(
    application: &Application<'_>,
    grant: &Grant,
    out: &mut [u8],
    reply: &mut [u8],
) -> Result<(), Error> {
    let application = &application.allow_password_grant();
    check_redirect_uris(&[*application, black_box(*application)])?;
    let holder = Holder::parse(text()).ok();
    let authorization =
        &Authorization { holder, scope: Scope::SignatureSession, lifetime: black_box(Some(900)) };
    let state = &State::from_entropy(&black_box([0; 32]))?;

    let token = ask(&ClientToken { application }, out, reply, |token| token)?;
    let maintenance = ClientMaintenance {
        application,
        token: &token,
        client_secret: black_box(Some(SecretText::new(text()))),
        name: black_box(None),
        comments: black_box(None),
        redirect_uris: black_box(&[]),
        email: text(),
    };
    ask(&maintenance, out, reply, |()| ())?;

    let registration = CertificateRegistration {
        service: application.service(),
        x5c: black_box(&[]),
        name: text(),
        comments: text(),
        host: text(),
        redirect_uris: black_box(&[]),
        audience: text(),
        email: text(),
    };
    let signed = SignedRegistration {
        service: application.service(),
        signing_input: registration.signing_input(reply, out)?,
        signature: black_box(&[]),
    };
    let mut signed_out = [0; 1024];
    ask(&signed, &mut signed_out, reply, |credentials| {
        black_box((credentials.client_id, credentials.client_secret.expose()));
    })?;

    let factors = [SecretText::new(text()), SecretText::new(text())];
    let slot_alias = black_box(None);
    let password =
        PasswordAuthorization { application, authorization, factors: &factors, slot_alias };
    black_box(ask(&password, out, reply, |token| token.lifetime)?);

    let redirect_uri = black_box(None);
    let trusted = TrustedAuthorization { application, authorization, state, redirect_uri };
    ask(&trusted, out, reply, |()| ())?;
    let approval = TrustedApproval::read(black_box(&mut *reply), state)?;
    black_box((approval.identifier.expose(), approval.expiration_date, approval.serial_number));

    let portal = application.service();
    let login = PortalLogin { application, portal, authorization, callback_url: text() };
    ask(&login, out, reply, |start| {
        black_box((start.challenge, start.qr_code, start.can_notify, start.notified));
    })?;
    let asynchronous = AsyncSignature {
        application,
        holder: holder.ok_or(Misuse::Field("holder"))?,
        message: text(),
        members: text(),
    };
    ask(&asynchronous, out, reply, |reply| black_box(reply).is_some())?;
    ask(&Revocation { application, grant }, out, reply, |()| ())
}

/// Sends a request and reads its reply.
fn ask<E: Exchange, T>(
    exchange: &E,
    out: &mut [u8],
    reply: &mut [u8],
    take: impl FnOnce(E::Reply<'_>) -> T,
) -> Result<T, Error> {
    black_box(exchange.request(out)?.url);
    exchange.reply(Response::new(black_box(0), black_box(reply))).map(take)
}
