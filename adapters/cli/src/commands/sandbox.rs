//! `rubrica sandbox`: the emulated service, for as long as it is wanted.

use core::time::Duration;
use std::path::Path;
use std::sync::mpsc;

use rubrica::Language;
use rubrica_sandbox::psc::Application;
use rubrica_sandbox::{CPF_HOLDER, Policy, Sandbox};

use crate::arguments::{self, Approve};
use crate::failure::{Exit, Failure};
use crate::interrupt;
use crate::output::{self, Workshop};
use crate::present::terminal::Terminal;
use crate::present::text::Text;

pub(crate) fn run(arguments: &arguments::Sandbox, language: Language) -> Result<Exit, Failure> {
    let text = Text::of(language);
    let workshop = Workshop::open(&arguments.dir)?;
    let sandbox = Sandbox::builder()
        .port(arguments.port.unwrap_or(0))
        .policy(policy(arguments.approve))
        .redirect_uris([&arguments.redirect_uri])
        .start()?;
    let configuration = furnish(&workshop, &sandbox)?;
    if let Some(path) = &arguments.write_config {
        output::write_bytes(path, &configuration, true)?;
    }

    // Installed before anything is said: who reads the address may stop it at once.
    let (sender, interrupted) = mpsc::channel();
    interrupt::on_interrupt(move || {
        // The one who listens is the one who waits below.
        let _ = sender.send(());
    });
    introduce(&sandbox, &workshop, text);
    // An error is the same as an interrupt: nobody is left to send one.
    let _ = interrupted.recv();
    Ok(Exit::Done)
}

fn policy(approve: Approve) -> Policy {
    match approve {
        Approve::Ask => Policy::Ask,
        Approve::Yes => Policy::ApproveAll,
        Approve::No => Policy::DenyAll,
        Approve::Off => Policy::Ignore,
        Approve::After(seconds) => Policy::ApproveAfter(Duration::from_secs(seconds.into())),
    }
}

/// Writes what a client of a sandbox needs, and gives the configuration with absolute paths.
pub(super) fn furnish(workshop: &Workshop, sandbox: &Sandbox) -> Result<Vec<u8>, Failure> {
    let application = sandbox.application();
    workshop.write("tls-ca.pem", sandbox.tls_ca_pem().as_bytes())?;
    // With the authorities in between, since a certificate alone brings no chain.
    let trust = [sandbox.roots_pem(), sandbox.intermediates_pem()].concat();
    workshop.write("trust.pem", trust.as_bytes())?;
    workshop.write("crls.pem", sandbox.crls_pem().as_bytes())?;
    workshop.write_secret("client-secret", &application.client_secret)?;
    let path = |name: &str| {
        let path = workshop.path(name);
        let absolute = std::path::absolute(&path);
        let absolute = absolute.map_err(|error| Failure::File { path, error })?;
        Ok::<_, Failure>(quoted(&absolute))
    };
    let common = format!(
        "tls_ca = {}\ntrust = {}\nrevocation = [{}]\ntime_stamps = \"{}\"\nstate_directory = {}\n",
        path("tls-ca.pem")?,
        path("trust.pem")?,
        path("crls.pem")?,
        sandbox.tsa_url(),
        path("state")?,
    );
    let profile =
        |name: &str, provider: &str, base_url: &str, file: &str, application: &Application| {
            let redirect_uri = application.redirect_uris.first().map(String::as_str);
            Ok::<_, Failure>(format!(
                "\n[profile.{name}]\nprovider = \"{provider}\"\nbase_url = \"{base_url}\"\n\
             client_id = \"{}\"\nclient_secret_file = {}\nredirect_uri = \"{}\"\n{common}",
                application.client_id,
                path(file)?,
                redirect_uri.unwrap_or_default(),
            ))
        };
    let mut configuration = String::from("default_profile = \"sandbox\"\n");
    let base_url = sandbox.base_url();
    configuration += &profile("sandbox", "vidaas", base_url, "client-secret", application)?;
    for psc in sandbox.pscs() {
        let file = format!("client-secret-{}", psc.name());
        workshop.write_secret(&file, &psc.application().client_secret)?;
        // The emulated one that speaks as the norm has it is the provider of which nothing is known.
        let provider = if psc.name() == "norm" { "generic" } else { psc.name() };
        configuration += &profile(psc.name(), provider, psc.base_url(), &file, psc.application())?;
    }
    let certillion = sandbox.certillion();
    let (file, application) = ("client-secret-certillion", certillion.application());
    workshop.write_secret(file, &application.client_secret)?;
    let base_url = certillion.base_url();
    configuration += &profile("certillion", "certillion", base_url, file, application)?;
    configuration += &format!("signer_base_url = \"{}\"\n", certillion.signer_base_url());
    workshop.write("rubrica.toml", configuration.as_bytes())?;
    Ok(configuration.into_bytes())
}

/// A path as a TOML string.
fn quoted(path: &Path) -> String {
    let path = path.display().to_string();
    format!("\"{}\"", path.replace('\\', "\\\\").replace('"', "\\\""))
}

fn introduce(sandbox: &Sandbox, workshop: &Workshop, text: Text) {
    let out = Terminal::stdout();
    out.line(out.strong(text.sandbox_runs(sandbox.base_url())));
    out.line(out.faint(text.sandbox_worthless()));
    out.line("");
    out.line(format_args!("  {}", text.phone_at(format!("{}/phone", sandbox.base_url()))));
    let application = sandbox.application();
    let file = |name: &str| workshop.path(name).display().to_string();
    let configuration = file("rubrica.toml");
    out.line(format_args!("  client_id           {}", application.client_id));
    out.line(format_args!("  client_secret_file  {}", file("client-secret")));
    out.line(format_args!("  tls_ca              {}", file("tls-ca.pem")));
    out.line(format_args!("  trust               {}", file("trust.pem")));
    out.line(format_args!("  config              {configuration}"));
    out.line("");
    out.line(format_args!("  {}", text.holders()));
    for holder in sandbox.holders() {
        let standing = holder.certificates.first().map(|each| format!("{:?}", each.standing()));
        let standing = standing.filter(|standing| standing != "Good").unwrap_or_default();
        let words = format!("{:<14}  {:<32} {standing}", holder.identification, holder.name);
        out.line(format_args!("    {}", words.trim_end()));
    }
    out.line("");
    out.line(format_args!("  {}", text.try_it()));
    out.line(out.accent(format_args!(
        "    {} sign FILE --holder {CPF_HOLDER} --via push --config {configuration}",
        super::program()
    )));
    out.line("");
    out.line(out.faint(format_args!("  {}", text.until_interrupted())));
}
