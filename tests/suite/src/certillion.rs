//! The host against the emulated Certillion.

use rubrica::certillion::{Client, Outcome, ProfileTable, Settings};
use rubrica::verify::Verified;
use rubrica_sandbox::Sandbox;

use crate::host::{anchors, builder_for_redirects};

/// A sandbox in which every holder approves at once, whose redirect URI is on a port of its own.
#[must_use]
pub fn sandbox() -> Sandbox {
    builder_for_redirects().0.start().expect("loopback has a free port")
}

/// A client's settings for a sandbox: its application, its TLS, its root.
#[must_use]
pub fn settings(sandbox: &Sandbox) -> Settings {
    let service = sandbox.certillion();
    let application = service.application();
    let mut settings = Settings::new(&*application.client_id, &*application.client_secret);
    settings.base_url = Some(service.base_url().to_owned());
    settings.signer_base_url = Some(service.signer_base_url().to_owned());
    settings.redirect_uri.clone_from(&application.redirect_uris[0]);
    settings.tls_anchors = Some(sandbox.tls_ca_pem().into());
    settings.trust = Some(anchors(sandbox));
    settings
}

/// A client with those settings.
///
/// # Panics
/// Never: they are good.
#[must_use]
pub fn client(sandbox: &Sandbox) -> Client {
    Client::new(settings(sandbox)).expect("the settings are good")
}

/// Settings whose profile is changed as a configuration's table has it.
///
/// # Panics
/// Where the table is none.
#[must_use]
pub fn settings_with(sandbox: &Sandbox, table: &str) -> Settings {
    let profile: ProfileTable = toml::from_str(table).expect("it is a profile's table");
    Settings { profile, ..settings(sandbox) }
}

/// Who signed.
///
/// # Panics
/// Where the outcome is no signature that was verified.
#[must_use]
pub fn verified(outcome: &Outcome) -> &Verified {
    let signed = outcome.as_ref().unwrap_or_else(|error| panic!("not signed: {error}"));
    let verification = &signed.verification;
    verification.verified().unwrap_or_else(|| panic!("not verified: {verification:?}"))
}
