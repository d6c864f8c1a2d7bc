//! Who is the holder? A login with the certificate in the cloud; nothing is signed.
//!
//! ```text
//! cargo run --example login
//! ```
//!
//! The scope is `authentication_session`, which permits no use of the key. Who the holder is, the
//! certificate tells, not the token's reply.

use rubrica::{Anchors, Client, Holder, Notice, Settings, VIDAAS};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = rubrica_sandbox::Sandbox::start()?;
    let application = sandbox.application();
    let mut settings = Settings::new(
        VIDAAS,
        sandbox.base_url(),
        &application.client_id,
        &application.client_secret,
    );
    settings.tls_anchors = Some(sandbox.tls_ca_pem().into());
    // With anchors, a certificate that does not chain to them logs nobody in.
    let trusted = [sandbox.anchors_pem(), sandbox.issuer_pem()].concat();
    settings.trust = Some(Anchors::from_pem(trusted.as_bytes())?);
    sandbox.phone().set_policy(rubrica_sandbox::Policy::ApproveAll);

    let client = Client::new(settings)?;
    let holder = Holder::parse("111.444.777-35")?;
    if !client.discover(holder)?.known {
        return Err("the service does not know this holder".into());
    }
    let mut screen = |notice: Notice<'_>| println!("{notice}");
    let login = client.session(holder).login(&mut screen)?;
    let anchor = login.trust.anchor().map_or("nobody", |anchor| anchor.subject());
    println!("{} ({holder}), trusted by {anchor}", login.certificate.display_name());
    Ok(())
}
