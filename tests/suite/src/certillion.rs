//! The host against the emulated Certillion.

use std::collections::BTreeMap;
use std::time::SystemTime;

use rubrica::certillion::{
    Client, Deliver, Job, Outcome, ProfileTable, Resolution, Settings, Standard,
};
use rubrica::verify::{Certificate, Expected, UnixTime, Verified};
use rubrica::{Error, Fault};
use rubrica_sandbox::{CPF_HOLDER, Sandbox};

use crate::host::{
    Folder, Holderside, anchors, builder_for_redirects, documents, holder, judge_counters, pdf,
    sha256,
};

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

/// The ways in which a document is signed here: each standard, and CAdES in both of its forms.
#[must_use]
pub fn jobs() -> [Job; 5] {
    [
        Job::new(Standard::Pades),
        Job::new(Standard::PadesIcpBr),
        Job::new(Standard::Cades),
        detached(),
        Job::new(Standard::Xades),
    ]
}

/// CAdES apart from its document.
#[must_use]
pub fn detached() -> Job {
    Job { detached: true, ..Job::new(Standard::Cades) }
}

/// A document that can be signed in this way. Texts that differ make documents that differ.
#[must_use]
pub fn content(job: &Job, text: &str) -> Vec<u8> {
    match job.standard {
        Standard::Pades | Standard::PadesIcpBr => pdf(text),
        Standard::Xades => {
            format!("<?xml version=\"1.0\"?>\n<receita><item n='1'>{text}</item></receita>\n")
                .into()
        }
        Standard::Cades => text.into(),
    }
}

/// So many documents about something, each another.
#[must_use]
pub fn contents(job: &Job, about: &str, count: usize) -> Vec<Vec<u8>> {
    (1..=count).map(|number| content(job, &format!("{about}, number {number}"))).collect()
}

/// A client whose journal is in the folder.
///
/// # Panics
/// Where the folder cannot be written into.
#[must_use]
pub fn client_in(sandbox: &Sandbox, folder: &Folder) -> Client {
    let state_directory = Some(folder.path("state"));
    Client::new(Settings { state_directory, ..settings(sandbox) }).expect("good settings")
}

/// What became of each document of a run, in memory, and of the run.
#[derive(Debug)]
pub struct Run {
    /// What was handed over, by the document's number.
    pub outcomes: BTreeMap<usize, Outcome>,
    /// How it ended.
    pub ended: Result<(), Error>,
}

impl Run {
    /// Runs something that delivers.
    ///
    /// # Panics
    /// Where a document is handed over twice.
    pub fn of(run: impl FnOnce(&mut Deliver<'_>) -> Result<(), Error>) -> Self {
        let mut outcomes = BTreeMap::new();
        let ended = run(&mut |place, _, outcome| {
            let outcome = match outcome {
                Ok(signed) => Ok(signed.into_memory()?),
                Err(error) => Err(error),
            };
            let earlier = outcomes.insert(place, outcome);
            assert!(earlier.is_none(), "{place} was handed over twice");
            Ok(())
        });
        Self { outcomes, ended }
    }

    /// Whose fault each document has that was handed over without a signature.
    #[must_use]
    pub fn told(&self) -> Vec<(usize, Result<(), Fault>)> {
        let told = |outcome: &Outcome| outcome.as_ref().map(drop).map_err(Error::fault);
        self.outcomes.iter().map(|(place, outcome)| (*place, told(outcome))).collect()
    }

    /// The same of the run.
    ///
    /// # Errors
    /// Whose fault it is that it did not end well.
    pub fn end(&self) -> Result<(), Fault> {
        match &self.ended {
            Ok(()) => Ok(()),
            Err(error) => Err(error.fault()),
        }
    }
}

/// Goes on with the one session that was interrupted.
///
/// # Panics
/// Where there is not one.
pub fn resume(client: &Client, resolution: Option<Resolution>, screen: &mut Holderside) -> Run {
    let sessions = client.interrupted().expect("a readable folder");
    let [id] = sessions.as_slice() else { panic!("{sessions:?}") };
    Run::of(|deliver| client.resume(id, resolution, screen, deliver))
}

/// Judges what was handed over from its bytes alone: it is the document that was sent, with a
/// signature of the holder's that covers all of it.
///
/// # Panics
/// Where it is not.
pub fn judge(sandbox: &Sandbox, job: &Job, original: &[u8], number: &str, signed: &[u8]) {
    let anchors = anchors(sandbox);
    let expected = |digest| Expected {
        digest,
        holder: Some(holder(number)),
        at: UnixTime::from(SystemTime::now()),
        anchors: Some(&anchors),
    };
    match job.standard {
        Standard::Pades | Standard::PadesIcpBr => {
            assert!(signed.starts_with(original), "the original is not its beginning");
            let earlier = rubrica::pdf::signatures(original).expect("a PDF").len();
            let mut signatures = rubrica::pdf::signatures(signed).expect("a PDF");
            assert_eq!(signatures.len(), earlier + 1);
            let last = signatures.pop().expect("it was counted");
            assert_eq!(last.covers, rubrica::pdf::Coverage::WholeFile);
            let digest = last.digest(signed).expect("a range within the file");
            rubrica::verify::whole_cms(&last.contents, &expected(digest)).expect("a good CMS");
        }
        Standard::Cades => {
            rubrica::verify::whole_cms(signed, &expected(sha256(original))).expect("a good CMS");
            let is_inside = signed.windows(original.len()).any(|window| window == original);
            assert_eq!(is_inside, !job.detached, "the document is where it should not be");
        }
        Standard::Xades => {
            let added = rubrica::xml::added_signature(original, signed).expect("one more");
            assert!(added.signature.verdict().holds(), "{:?}", added.signature.verdict());
            assert_eq!(added.coverage, rubrica::xml::Coverage::Whole);
            let digest = added.signature.signed_info.expect("readable").digest;
            let digest = digest.as_slice().try_into().expect("SHA-256");
            let signer = Certificate::from_der(&added.signature.certificates[0]);
            let (value, padding) = (&added.signature.value, rubrica::verify::Padding::Pkcs1v15);
            let signer = signer.expect("a certificate");
            rubrica::verify::raw(value, &signer, &[], padding, &expected(digest)).expect("good");
        }
    }
}

/// Signs documents with one approval, each of them once, and judges them.
///
/// # Panics
/// Where any of it does not hold.
pub fn sign_and_judge(sandbox: &Sandbox, client: &Client, job: &Job, contents: &[Vec<u8>]) {
    let mut screen = Holderside::with_browser(sandbox);
    let mut session = client.session(holder(CPF_HOLDER)).psc("BIRDID");
    let outcomes = session.sign(&documents(contents), job, &mut screen).expect("it runs");
    assert_eq!(outcomes.len(), contents.len());
    for (outcome, content) in outcomes.into_iter().zip(contents) {
        assert_eq!(verified(&outcome).holder, Some(holder(CPF_HOLDER)));
        let bytes = outcome.expect("it was verified").into_bytes().expect("in memory");
        judge(sandbox, job, content, CPF_HOLDER, &bytes);
        assert_eq!(sandbox.counters().signatures_of(&sha256(content)), 1);
    }
    assert_eq!(screen.asked(), 1, "{:?}", screen.notices);
    judge_counters(sandbox);
}
