//! `rubrica demo`: a whole signature, by push and by QR code, against the emulated service.

mod sample;
mod steps;

use core::time::Duration;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Instant;

use rubrica::{
    Anchors, Client, Conclusion, Document, Evidence, Holder, Job, Language, Look, Notice, Settings,
    StampLook, VIDAAS, Validator, Via,
};
use rubrica_sandbox::{CPF_HOLDER, Policy, Sandbox};
use zeroize::Zeroizing;

use self::steps::Steps;
use super::verify;
use crate::arguments::Demo;
use crate::failure::{Exit, Failure};
use crate::interrupt;
use crate::output::Workshop;
use crate::present::terminal::Terminal;
use crate::present::text::Text;

/// How long the emulated phone takes, so that there is something to see.
const THOUGHT: Duration = Duration::from_millis(2_200);

/// How long the emulated browser waits for the phone.
const BROWSING: Duration = Duration::from_secs(60);

pub(crate) fn run(arguments: &Demo, language: Language) -> Result<Exit, Failure> {
    let began = Instant::now();
    let text = Text::of(language);
    let stage = Stage { out: Terminal::stdout(), text };
    stage.title();

    let workshop = Workshop::open(&arguments.dir)?;
    let policy = if arguments.manual { Policy::Ask } else { Policy::ApproveAfter(THOUGHT) };
    let sandbox = Sandbox::builder()
        .application_name("Rubrica")
        .redirect_uris([free_redirect_uri()?])
        .policy(policy)
        .start()?;
    let trust = workshop.write("raiz.pem", trusted(&sandbox).as_bytes())?;
    let revoked = workshop.write("revogados.pem", sandbox.crls_pem().as_bytes())?;
    let client = client(&sandbox)?;
    interrupt::cancel(client.cancellation(), language);
    let demonstration = Demonstration {
        stage,
        sandbox,
        client,
        workshop,
        trust,
        revoked,
        manual: arguments.manual,
    };
    demonstration.play(began)
}

/// A redirect URI on a port that nobody has.
fn free_redirect_uri() -> Result<String, Failure> {
    let port = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let port = port.map_err(|error| Failure::Demonstration(error.to_string()))?.port();
    Ok(format!("http://127.0.0.1:{port}/callback"))
}

fn client(sandbox: &Sandbox) -> Result<Client, Failure> {
    let application = sandbox.application();
    let mut settings = Settings::new(VIDAAS, sandbox.base_url(), &application.client_id, "");
    settings.client_secret = Zeroizing::new(application.client_secret.clone());
    settings.redirect_uri = application.redirect_uris.first().cloned().unwrap_or_default();
    settings.tls_anchors = Some(sandbox.tls_ca_pem().as_bytes().to_vec());
    settings.trust = Some(anchors(sandbox)?);
    Ok(Client::new(settings)?)
}

/// The root, and the authority below it: the service tells the holder's certificate alone.
fn trusted(sandbox: &Sandbox) -> String {
    [sandbox.anchors_pem(), sandbox.issuer_pem()].concat()
}

fn anchors(sandbox: &Sandbox) -> Result<Anchors, Failure> {
    Ok(Anchors::from_pem(trusted(sandbox).as_bytes()).map_err(rubrica::Error::from)?)
}

struct Demonstration {
    stage: Stage,
    sandbox: Sandbox,
    client: Client,
    workshop: Workshop,
    trust: PathBuf,
    revoked: PathBuf,
    manual: bool,
}

impl Demonstration {
    fn play(&self, began: Instant) -> Result<Exit, Failure> {
        let Stage { out, text } = &self.stage;
        let holder = super::holder(CPF_HOLDER)?;
        let name = self.sandbox.holder(CPF_HOLDER).map_or("", |holder| holder.name);

        self.stage.heading(1, &text.demo_document());
        let original = sample::contract(name, &holder.to_string());
        let contract = self.workshop.write("contrato.pdf", &original)?;
        let size = text.demo_page(text.bytes(original.len()));
        self.stage.fact("PDF", &format!("{}  ({size})", contract.display()));
        let digest = rubrica::core::document::Digest::of(&original);
        let digest: String = digest.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        self.stage.fact("SHA-256", &digest);
        self.stage.fact(&text.demo_holder(), &format!("{name} · {holder}"));
        self.stage.fact(&text.demo_service(), &format!("VIDaaS · {}", self.sandbox.base_url()));
        out.line(out.faint(format_args!("\n  {}", text.demo_stays())));

        self.stage.heading(2, &text.demo_push());
        let by_push = self.sign(holder, name, &contract, Via::Push, "contrato-push.pdf")?;
        self.stage.heading(3, &text.demo_qr());
        let by_qr = self.sign(holder, name, &contract, Via::Redirect, "contrato-qr.pdf")?;

        self.stage.heading(4, &text.demo_checks());
        self.check(&by_push, &original)?;
        out.line("");
        self.check(&by_qr, &original)?;
        self.stage.heading(5, &text.demo_end());
        self.summarize(&contract, &by_push, &by_qr, began);
        Ok(Exit::Done)
    }

    /// Signs the contract in one way, with its steps in view.
    fn sign(
        &self,
        holder: Holder,
        name: &str,
        contract: &Path,
        via: Via,
        result: &str,
    ) -> Result<PathBuf, Failure> {
        let Stage { out, text } = &self.stage;
        let mut stamp = StampLook::new(name, text.language());
        stamp.holder = Some(holder.to_string());
        stamp.qr_url = Some("https://validar.iti.gov.br".to_owned());
        let look = Look { name: Some(name.to_owned()), stamp: Some(stamp), ..Look::default() };
        let job = Job { look, ..Job::default() };
        let phone = format!("{}/phone", self.sandbox.base_url());
        let note = match (self.manual, via) {
            (false, Via::Push) => text.demo_plays_phone(),
            (false, Via::Redirect) => text.demo_plays_browser(),
            (true, Via::Push) => text.demo_go_and_approve(phone),
            (true, Via::Redirect) => text.demo_open_yourself(phone),
        };
        let mut steps = Steps::new(out.clone(), *text, via, note);
        let mut screen = |notice: Notice<'_>| {
            if let Notice::OpenUrl { url, .. } = notice {
                steps.show_code(url);
                if !self.manual {
                    self.browse(url.to_owned());
                }
            }
            steps.notice(notice);
        };
        let mut session = self.client.session(holder).via(via);
        let outcomes = session.sign(&[Document::from_file(contract)], &job, &mut screen)?;
        let mut path = Err(Failure::Demonstration(result.to_owned()));
        for outcome in outcomes {
            path = Ok(self.workshop.keep(result, &outcome?.content)?);
        }
        let path = path?;
        steps.end(&path);
        Ok(path)
    }

    /// Plays the holder's browser; the phone approves by itself meanwhile.
    fn browse(&self, url: String) {
        let browser = self.sandbox.browser();
        let cancellation = self.client.cancellation();
        thread::spawn(move || {
            if browser.open(&url, BROWSING).is_err() {
                // Nobody else will come back to the listener.
                cancellation.cancel();
            }
        });
    }

    fn check(&self, path: &Path, original: &[u8]) -> Result<(), Failure> {
        let Stage { out, text } = &self.stage;
        let bytes =
            fs::read(path).map_err(|error| Failure::File { path: path.to_owned(), error })?;
        let mut evidence = Evidence::new();
        evidence.add_crl(self.sandbox.crls_pem().as_bytes()).map_err(rubrica::Error::from)?;
        let mut validator = Validator::new().anchors(anchors(&self.sandbox)?).evidence(evidence);
        let conclusion = verify::tell_pdf(path, &mut validator, out, *text)?;
        if conclusion != Conclusion::Valid {
            return Err(Failure::Rejected(text.demo_unverified(path.display())));
        }
        if !bytes.starts_with(original) {
            return Err(Failure::Rejected(text.demo_differs()));
        }
        out.line(format_args!("    {} {}", out.good("✓"), text.demo_original_kept()));
        Ok(())
    }

    fn summarize(&self, contract: &Path, by_push: &Path, by_qr: &Path, began: Instant) {
        let Stage { out, text } = &self.stage;
        let summary = text.demo_summary(2, began.elapsed().as_secs());
        out.line(format_args!("  {} {summary}\n", out.good("✓")));
        for (path, words) in [
            (contract, text.demo_original()),
            (by_push, text.demo_by_push()),
            (by_qr, text.demo_by_qr()),
            (&*self.trust, text.demo_trust()),
            (&*self.revoked, text.demo_revoked()),
        ] {
            let path = format!("{:<34}", path.display().to_string());
            out.line(format_args!("    {path}  {}", out.faint(words)));
        }
        out.line(format_args!("\n  {}\n", text.demo_next()));
        let program = super::program();
        let (file, trust) = (by_push.display(), self.trust.display());
        let crl = self.revoked.display();
        for (line, words) in [
            (
                format!("{program} verify {file} --trust {trust} --crl {crl}"),
                text.demo_next_verify(),
            ),
            (format!("{program} sandbox"), text.demo_next_sandbox()),
            (format!("{program} providers"), text.demo_next_providers()),
        ] {
            out.line(out.faint(format_args!("    # {words}")));
            out.line(out.accent(format_args!("    {line}")));
        }
        out.line("");
    }
}

/// Where the demonstration speaks.
struct Stage {
    out: Terminal,
    text: Text,
}

impl Stage {
    /// Columns of a heading's rule.
    const WIDTH: usize = 76;

    fn title(&self) {
        let Self { out, text } = self;
        out.line(format_args!("\n  {}  {}", out.strong("rubrica"), text.demo_title()));
        for line in text.demo_premise().lines() {
            out.line(out.faint(format_args!("  {line}")));
        }
    }

    fn heading(&self, number: u8, words: &str) {
        let Self { out, .. } = self;
        let rule = Self::WIDTH.saturating_sub(words.chars().count().saturating_add(5));
        let (number, words) = (out.accent(number), out.strong(words));
        out.line(format_args!("\n  {number}  {words} {}\n", out.faint("─".repeat(rule))));
    }

    fn fact(&self, name: &str, value: &str) {
        let name = self.out.faint(format_args!("{name:>11}"));
        self.out.line(format_args!("  {name}  {value}"));
    }
}
