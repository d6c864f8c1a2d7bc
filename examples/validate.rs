//! Signs a PDF under ICP-Brasil's policy AD-RB, without sending it, and judges it as a validator does.
//!
//! ```text
//! cargo run --example validate
//! ```
//!
//! It runs against the emulated service, whose synthetic people hang under a root of its own. With
//! certificates of ICP-Brasil the two lines that say "sandbox" become `Validator::icp_brasil()?`, and
//! `.online(Online::new(Fetcher::new(&TransportSettings::default())?))` fetches the lists of revoked
//! certificates.

use rubrica::{
    Anchors, Client, Conclusion, Document, Evidence, Form, Holder, Job, Notice, Settings, VIDAAS,
    Validator,
};

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
    let holder = Holder::parse("111.444.777-35")?;
    let mut session = client.session(holder);
    let contract = Document::from_file(concat!(env!("CARGO_MANIFEST_DIR"), "/contract.pdf"));
    let job = Job { form: Form::PadesAdRb, ..Job::default() };
    let mut screen = |notice: Notice<'_>| println!("{notice}");
    let outcome = session.sign(&[contract], &job, &mut screen)?.into_iter().next();
    let signed = outcome.ok_or("one document has one outcome")??.into_bytes()?;

    let trusted = [sandbox.roots_pem(), sandbox.intermediates_pem()].concat();
    let mut evidence = Evidence::new();
    evidence.add_crl(sandbox.crls_pem().as_bytes())?;
    let mut validator = Validator::new()
        .anchors(Anchors::from_pem(trusted.as_bytes())?)
        .evidence(evidence)
        .holder(holder);
    for examined in validator.pdf(signed.as_slice())? {
        for check in examined.finding().into_iter().flat_map(|finding| &finding.checks) {
            println!("{}: {:?}", check.subject, check.outcome);
        }
        println!("{:?}", examined.conclusion());
        if examined.conclusion() != Conclusion::Valid {
            return Err("the signature is not known to be good".into());
        }
    }
    Ok(())
}
