//! Certillion without an allocator: the question where a holder has a certificate, the permission in
//! a browser, and two documents that stream out, are signed and come back.

use rubrica_core::certillion::{
    Application, Boundary, CERTILLION, FindPscAccounts, Item, Order, Policy, Progress, PscName,
    Resolution, Service, Signing, SigningEvent, SigningGain, Standard,
};
use rubrica_core::error::{Error, Misuse};
use rubrica_core::exchange::{Exchange, Response};
use rubrica_core::flow::Flow;
use rubrica_core::identity::Holder;
use rubrica_core::oauth::authorization::{Authorization, Entropy};
use rubrica_core::oauth::browser::Redirect;
use rubrica_core::oauth::grant::Grant;
use rubrica_core::oauth::scope::Scope;
use rubrica_core::secret::SecretText;
use rubrica_core::time::Duration;

use crate::{Device, REPLY, REQUEST, drive, write_body};

/// Asks at which trust services a holder has a certificate, and counts them.
fn count_accounts<D: Device>(
    device: &mut D,
    application: &Application<'_>,
    holder: Holder,
) -> Result<usize, Error> {
    let (mut request, mut body) = ([0; REQUEST], [0; REPLY]);
    let question = FindPscAccounts { application, token: None, holder };
    let request = question.request(&mut request)?;
    let _ = write_body(&request, device);
    let (status, length) =
        device.send(&request, &mut body).map_err(|_| Misuse::Field("network"))?;
    let body = body.get_mut(..length).unwrap_or_default();
    let accounts = question.reply(Response::new(status, body))?;
    Ok(accounts.iter().filter(|account| account.has_certificate == Some(true)).count())
}

/// Signs two documents with the permission that a browser brings, and counts those that came back.
pub(crate) fn sign<D: Device>(device: &mut D, holder: Holder) -> Result<usize, Error> {
    let service = Service::new(&CERTILLION)?;
    let secret = SecretText::new("secret");
    let back = "https://app.example/back";
    let application =
        Application::new(service, "id", secret, back)?.through(PscName::CERTILLION_SIGNER);
    let found = count_accounts(device, &application, holder)?;

    let authorization =
        Authorization { holder: Some(holder), scope: Scope::MultiSignature, lifetime: None };
    let entropy = Entropy { verifier: device.entropy(), state: device.entropy() };
    let patience = Duration::from_secs(120);
    let now = device.now();
    let mut flow = Redirect::new(&application, authorization, &entropy, patience, now)?;
    let _ = flow.snapshot(now);
    let mut grant: Option<Grant> = drive(&mut flow, device, |_, _, _| Ok(()), |gain| gain)?;

    let items = [Item::new("1", "first.pdf", 7_000_000), Item::new("2", "second.pdf", 1)];
    let order = Order {
        items: &items,
        standard: Standard::PadesIcpBr,
        policy: Some(Policy::AdRb),
        detached: false,
        pki_name: Some(Order::ICP_BR),
        certificate_alias: None,
    };
    let mut progress: [Progress; 2] = Default::default();
    let random = device.entropy();
    let boundary = Boundary::from_entropy(random.first_chunk().ok_or(Misuse::Entropy)?)?;
    let now = device.now();
    let mut flow = Signing::new(&application, &order, &mut progress, boundary, patience, 1, now)?;
    let mut received = 0_usize;
    drive(
        &mut flow,
        device,
        |flow, event, device| match event {
            SigningEvent::Authorize => {
                flow.authorize(grant.take().ok_or(Misuse::OutOfOrder)?, device.now())
            }
            SigningEvent::InDoubt => flow.resolve(Resolution::Abandon, device.now()).map(|_| ()),
        },
        |gain| {
            received = received.wrapping_add(usize::from(matches!(gain, SigningGain::Received(_))));
            None::<()>
        },
    )?;
    Ok(received.wrapping_add(found))
}
