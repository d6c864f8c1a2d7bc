//! Signs a PDF: the ten lines that a host program needs.
//!
//! ```text
//! cargo run --example sign_pdf
//! ```
//!
//! It runs against the emulated service, so that it works as it is. With the client id and secret of
//! a registration, the three lines that say "sandbox" become
//! `Settings::vidaas(Environment::Production, client_id, client_secret)`.

use rubrica::{Client, Document, Holder, Job, Notice, Settings, VIDAAS};

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
    sandbox.phone().set_policy(rubrica_sandbox::Policy::ApproveAll);

    let client = Client::new(settings)?;
    let mut session = client.session(Holder::parse("111.444.777-35")?);
    let mut screen = |notice: Notice<'_>| println!("{notice}");
    let contract = Document::from_file(concat!(env!("CARGO_MANIFEST_DIR"), "/contract.pdf"));
    for outcome in session.sign(&[contract], &Job::default(), &mut screen)? {
        let signed = outcome?;
        let out = std::env::temp_dir().join("contract-signed.pdf");
        signed.save(&out)?;
        println!("{} signed {}", signed.verified.signer.display_name(), out.display());
    }
    Ok(())
}
