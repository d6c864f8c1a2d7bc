//! Signs a PDF and an XML document through Certillion, each its own way.
//!
//! ```text
//! cargo run --example certillion
//! ```
//!
//! It runs against the emulated service, whose holder's browser is played here, so that it works as it
//! is. With the client id and secret of a contract, what says "sandbox" goes, and so does
//! `Settings::base_url`; the page is then opened by the holder, from the QR code or the link that
//! the screen shows.

use std::thread;
use std::time::Duration;

use rubrica::certillion::{Client, Job, Settings, Standard, Verification};
use rubrica::{Document, Holder, Notice};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = rubrica_sandbox::Sandbox::start()?;
    sandbox.phone().set_policy(rubrica_sandbox::Policy::ApproveAll);
    let application = sandbox.certillion().application();
    let mut settings = Settings::new(&*application.client_id, &*application.client_secret);
    settings.base_url = Some(sandbox.certillion().base_url().to_owned());
    settings.redirect_uri.clone_from(&application.redirect_uris[0]);
    settings.tls_anchors = Some(sandbox.tls_ca_pem().into());
    let client = Client::new(settings)?;

    let holder = Holder::parse("111.444.777-35")?;
    for account in client.accounts(holder)? {
        println!("{} knows {holder}: {:?}", account.psc, account.known);
    }
    let mut screen = |notice: Notice<'_>| {
        println!("{notice}");
        if let Notice::OpenUrl { url, .. } = notice {
            let (browser, url) = (sandbox.browser(), url.to_owned());
            thread::spawn(move || browser.open(&url, Duration::from_secs(20)).map(drop));
        }
    };
    let contract = Document::from_file(concat!(env!("CARGO_MANIFEST_DIR"), "/contract.pdf"));
    let recipe = Document::from_bytes("receita.xml", *b"<receita><item>Dipirona</item></receita>");
    let mut session = client.session(holder).psc("BIRDID");
    for (document, standard, name) in [
        (contract, Standard::Pades, "contract-signed.pdf"),
        (recipe, Standard::Xades, "receita-signed.xml"),
    ] {
        for outcome in session.sign(&[document], &Job::new(standard), &mut screen)? {
            let signed = outcome?;
            let out = std::env::temp_dir().join(name);
            signed.save(&out)?;
            match &signed.verification {
                Verification::Verified(verified) => {
                    println!("{} signed {}", verified.signer.display_name(), out.display());
                }
                other => println!("{} is here and was not checked: {other:?}", out.display()),
            }
        }
    }
    Ok(())
}
