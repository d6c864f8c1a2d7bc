//! The host crate against the emulated service: both made quick, and what must hold of every run.

use core::sync::atomic::{AtomicU32, Ordering};
use core::time::Duration;
use std::collections::BTreeMap;
use std::fs;
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::{Instant, SystemTime};

use rubrica::core::time;
use rubrica::verify::{Expected, UnixTime};
use rubrica::{
    Anchors, Client, Document, Form, Holder, Notice, Provider, Screen, Settings, Signed, VIDAAS,
};
use rubrica_sandbox::{Browser, Builder, Page, Policy, Sandbox};

/// The least time between two polls in these tests, on both sides.
const POLL: Duration = Duration::from_millis(200);

/// A sandbox in which every holder approves at once, polled more often than the real service.
#[must_use]
pub fn sandbox() -> Sandbox {
    builder().start().expect("loopback has a free port")
}

/// The same, not started yet.
#[must_use]
pub fn builder() -> Builder {
    Sandbox::builder().policy(Policy::ApproveAll).idle(Duration::from_secs(10)).vidaas(|settings| {
        settings.poll_interval = POLL;
        settings.poll_tolerance = Duration::from_millis(20);
    })
}

/// A sandbox whose application is registered with a redirect URI on a port that was just free, below
/// those that systems give to outgoing connections.
///
/// # Panics
/// Where no such port is free.
#[must_use]
pub fn builder_for_redirects() -> (Builder, String) {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let begin = std::process::id().wrapping_mul(97);
    let mut ports = core::iter::repeat_with(|| {
        let next = begin.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed));
        20_000 + u16::try_from(next % 12_000).expect("it is less")
    });
    let is_free = |port: &u16| TcpListener::bind(("127.0.0.1", *port)).is_ok();
    let port = ports.by_ref().take(12_000).find(is_free).expect("some port is free");
    let uri = format!("http://127.0.0.1:{port}/callback");
    (builder().redirect_uris([uri.clone()]), uri)
}

/// VIDaaS's data with the pace of [`builder`]'s sandboxes.
#[must_use]
pub fn provider() -> Provider<'static> {
    let mut provider = VIDAAS;
    let interval = u64::try_from(POLL.as_millis()).expect("it is short");
    provider.limits.poll_interval = time::Duration::from_millis(interval);
    provider
}

/// A client's settings for a sandbox: its application, its TLS, its root.
#[must_use]
pub fn settings(sandbox: &Sandbox) -> Settings {
    let application = sandbox.application();
    let mut settings = Settings::new(
        provider(),
        sandbox.base_url(),
        &application.client_id,
        &application.client_secret,
    );
    settings.tls_anchors = Some(sandbox.tls_ca_pem().into());
    settings.trust = Some(anchors(sandbox));
    settings.redirect_uri.clone_from(&application.redirect_uris[0]);
    settings
}

/// A client with those settings.
#[must_use]
pub fn client(sandbox: &Sandbox) -> Client {
    Client::new(settings(sandbox)).expect("the settings are good")
}

/// A sandbox's root, and the authority below it: certificate-discovery gives no chain.
#[must_use]
pub fn anchors(sandbox: &Sandbox) -> Anchors {
    let pem = format!("{}{}", sandbox.anchors_pem(), sandbox.issuer_pem());
    Anchors::from_pem(pem.as_bytes()).expect("the sandbox's root is one")
}

/// A holder by number.
#[must_use]
pub fn holder(number: &str) -> Holder {
    Holder::parse(number).expect("the sandbox's holders have valid numbers")
}

/// What the holder was shown, and the browser that the holder opens what is shown with.
#[derive(Debug, Default)]
pub struct Holderside {
    /// The notices, as `Debug` tells them, without moments.
    pub notices: Vec<String>,
    /// The URLs that were shown.
    pub urls: Vec<String>,
    browser: Option<Browser>,
    visits: Vec<JoinHandle<Option<Page>>>,
    told: Option<mpsc::Sender<String>>,
}

impl Holderside {
    /// A holder who needs no browser.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A holder who opens every URL that is shown, and stays for at most 20 s.
    #[must_use]
    pub fn with_browser(sandbox: &Sandbox) -> Self {
        Self { browser: Some(sandbox.browser()), ..Self::default() }
    }

    /// Tells every notice to another thread as well.
    #[must_use]
    pub fn telling(mut self, told: mpsc::Sender<String>) -> Self {
        self.told = Some(told);
        self
    }

    /// How often the holder was asked.
    #[must_use]
    pub fn asked(&self) -> usize {
        let asking = |notice: &&String| {
            notice.starts_with("ApproveOnPhone") || notice.starts_with("OpenUrl")
        };
        self.notices.iter().filter(asking).count()
    }

    /// The pages at which the browser's visits ended.
    #[must_use]
    pub fn visits(self) -> Vec<Option<Page>> {
        self.visits.into_iter().map(|visit| visit.join().expect("no panic")).collect()
    }
}

impl Screen for Holderside {
    fn show(&mut self, notice: Notice<'_>) {
        let name = match notice {
            Notice::OpenUrl { url, .. } => {
                self.urls.push(url.to_owned());
                if let Some(browser) = self.browser.clone() {
                    let url = url.to_owned();
                    let visit = move || browser.open(&url, Duration::from_secs(20)).ok();
                    self.visits.push(thread::spawn(visit));
                }
                "OpenUrl".to_owned()
            }
            Notice::ApproveOnPhone { until } => {
                assert!(until > Instant::now(), "the holder is asked when it is too late");
                "ApproveOnPhone".to_owned()
            }
            other => format!("{other:?}"),
        };
        if let Some(told) = &self.told {
            // Who is told may have heard enough.
            let _ = told.send(name.clone());
        }
        self.notices.push(name);
    }
}

/// Judges an outcome by itself, from its bytes alone, and gives the digest that the service signed.
///
/// # Panics
/// Where the signature is not this holder's over this document.
#[must_use]
pub fn judge(
    sandbox: &Sandbox,
    form: Form,
    original: &[u8],
    number: &str,
    signed: &Signed,
) -> [u8; 32] {
    let anchors = anchors(sandbox);
    let expected = |digest| Expected {
        digest,
        holder: Some(holder(number)),
        at: UnixTime::from(SystemTime::now()),
        anchors: Some(&anchors),
    };
    let bytes = &signed.clone().into_bytes().expect("the result");
    let verified = match form {
        Form::Pdf | Form::ServicePadesAdRb | Form::ServicePadesAdRt => {
            let mut signatures = rubrica::pdf::signatures(bytes).expect("a PDF");
            let last = signatures.pop().expect("a signature");
            assert_eq!(last.covers, rubrica::pdf::Coverage::WholeFile);
            let digest = last.digest(bytes).expect("a range within the file");
            let verified = rubrica::verify::cms(&last.contents, &expected(digest));
            (digest, verified.expect("a good CMS"))
        }
        Form::Raw => {
            let digest = sha256(original);
            let chain = [signed.verified.signer.clone()];
            let padding = rubrica::verify::Padding::Pkcs1v15;
            let expected = expected(digest);
            let signer = &signed.verified.signer;
            let verified = rubrica::verify::raw(bytes, signer, &chain, padding, &expected);
            (digest, verified.expect("a good raw signature"))
        }
        _ => {
            let digest = sha256(original);
            let verified = rubrica::verify::cms(bytes, &expected(digest));
            (digest, verified.expect("a good CMS"))
        }
    };
    assert_eq!(verified.1.holder, Some(holder(number)));
    match form {
        // The service counts by the hash that it was sent.
        Form::ServicePadesAdRb | Form::ServicePadesAdRt => sha256(original),
        _ => verified.0,
    }
}

/// What must hold of every run, whatever went wrong in it.
///
/// # Panics
/// Where a PSC signed a hash twice, a poll came early, or the manual was not kept to.
pub fn judge_counters(sandbox: &Sandbox) {
    let seen = sandbox.counters().snapshot();
    assert_eq!(seen.violations, [""; 0]);
    assert_eq!(seen.early_polls, 0);
    let mut times: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for signature in &seen.signatures {
        *times.entry((signature.psc, &signature.hash)).or_default() += 1;
    }
    assert!(times.values().all(|times| *times == 1), "signed twice: {times:?}");
}

/// A folder of a test's own, gone with it.
#[derive(Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// A folder that nobody else has.
    ///
    /// # Panics
    /// Where the system has no room for it.
    #[expect(clippy::new_without_default, reason = "a folder out of nothing surprises")]
    #[must_use]
    pub fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("rubrica-tests-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir(&path).expect("the name is new");
        Self(path)
    }

    /// A path in it.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Writes a file into it and gives its path.
    ///
    /// # Panics
    /// Where it cannot be written.
    #[must_use]
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, bytes).expect("the folder is ours");
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What stays behind is the system's to remove.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// SHA-256.
#[must_use]
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    *rubrica::core::document::Digest::of(bytes).as_bytes()
}

/// A PDF of one page with a line of text, and what `trailer` adds to its trailer.
#[must_use]
pub fn pdf_with(text: &str, trailer: &str) -> Vec<u8> {
    let (mut out, places) = objects(text);
    let start = out.len();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", places.len() + 1);
    for place in &places {
        table += &format!("{place:010} 00000 n \n");
    }
    let size = places.len() + 1;
    table += &format!("trailer\n<</Size {size}/Root 1 0 R{trailer}>>\nstartxref\n{start}\n%%EOF\n");
    out.extend(table.bytes());
    out
}

/// A PDF of one page with a line of text.
#[must_use]
pub fn pdf(text: &str) -> Vec<u8> {
    pdf_with(text, "")
}

/// The same with a cross-reference stream for a table.
#[must_use]
pub fn pdf_with_stream(text: &str) -> Vec<u8> {
    let (mut out, places) = objects(text);
    let start = out.len();
    let mut rows = vec![0, 0, 0, 0, 0, 0xff, 0xff];
    for place in places.iter().chain([&start]) {
        rows.push(1);
        rows.extend(u32::try_from(*place).expect("a small file").to_be_bytes());
        rows.extend([0, 0]);
    }
    let number = places.len() + 1;
    let dictionary = format!(
        "{number} 0 obj\n<</Type/XRef/Size {}/W[1 4 2]/Root 1 0 R/Length {}>>\nstream\n",
        number + 1,
        rows.len()
    );
    out.extend(dictionary.bytes());
    out.extend(rows);
    out.extend(format!("\nendstream\nendobj\nstartxref\n{start}\n%%EOF\n").bytes());
    out
}

/// Header and objects 1 to 5, and where each of them begins.
fn objects(text: &str) -> (Vec<u8>, Vec<usize>) {
    let content = format!("BT /F1 20 Tf 72 740 Td ({text}) Tj ET");
    let bodies = [
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Count 1/Kids[3 0 R]/MediaBox[0 0 595 842]>>".to_owned(),
        "<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>".to_owned(),
        format!("<</Length {}>>\nstream\n{content}\nendstream", content.len()),
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>".to_owned(),
    ];
    let mut out = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec();
    let mut places = Vec::new();
    for (index, body) in bodies.iter().enumerate() {
        places.push(out.len());
        out.extend(format!("{} 0 obj\n{body}\nendobj\n", index + 1).bytes());
    }
    (out, places)
}

/// So many PDFs, each another.
#[must_use]
pub fn contracts(count: usize) -> Vec<Vec<u8>> {
    (1..=count).map(|number| pdf(&format!("Contract {number}"))).collect()
}

/// Documents with these bytes.
#[must_use]
pub fn documents(contents: &[Vec<u8>]) -> Vec<Document> {
    let named = |(place, bytes): (usize, &Vec<u8>)| {
        Document::from_bytes(format!("contract-{place}.pdf"), bytes.clone())
    };
    contents.iter().enumerate().map(named).collect()
}
