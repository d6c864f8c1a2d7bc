//! What the host hands over of Certillion's signatures, before judges that we did not write: pyHanko,
//! pdfsig, qpdf, OpenSSL, signxml, libxml2.
//!
//! A judge that is not installed is skipped, loudly; with `RUBRICA_JUDGES=required` its absence is a
//! failure.

#[path = "judges/outside.rs"]
mod outside;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use rubrica::certillion::{Job, Look, Policy, Standard};
use rubrica_sandbox::{ALPHANUMERIC_CNPJ_HOLDER, CNPJ_HOLDER, CPF_HOLDER, Sandbox};
use rubrica_tests::certillion::{client, detached, sandbox, verified};
use rubrica_tests::host::{
    Folder, Holderside, documents, holder, judge_counters, pdf, pdf_with_stream,
};

use self::outside::{Published, ask, openssl_cms, pyhanko, python};

const HOLDERS: [&str; 3] = [CPF_HOLDER, CNPJ_HOLDER, ALPHANUMERIC_CNPJ_HOLDER];

/// A desk at which a holder signs.
struct Desk {
    sandbox: Sandbox,
    folder: Folder,
    published: Published,
}

impl Desk {
    fn new() -> Self {
        let (sandbox, folder) = (sandbox(), Folder::new());
        let published = Published::by(&sandbox, &folder);
        Self { sandbox, folder, published }
    }

    /// The original and the signed form of a document, in files.
    fn sign(&self, number: &str, job: &Job, content: &[u8], name: &str) -> (PathBuf, PathBuf) {
        let client = client(&self.sandbox);
        let mut session = client.session(holder(number)).psc("BIRDID");
        let mut screen = Holderside::with_browser(&self.sandbox);
        let documents = documents(&[content.to_vec()]);
        let mut outcomes = session.sign(&documents, job, &mut screen).expect("it runs");
        let outcome = outcomes.pop().expect("one");
        assert_eq!(verified(&outcome).holder, Some(holder(number)), "{name}");
        judge_counters(&self.sandbox);
        let signed = outcome.expect("verified").into_bytes().expect("in memory");
        let original = self.folder.write(&format!("{name}.original"), content);
        (original, self.folder.write(name, signed))
    }
}

fn with_policy(standard: Standard, policy: Policy) -> Job {
    Job { policy: Some(policy), ..Job::new(standard) }
}

#[test]
fn s33_signed_pdfs_pass_pdfsig_qpdf_and_pyhanko() {
    let desk = Desk::new();
    let reasoned = Job {
        look: Look {
            reason: Some("Concordância (nº 1)".to_owned()),
            location: Some("São Paulo".to_owned()),
            ..Look::default()
        },
        ..Job::new(Standard::PadesIcpBr)
    };
    let jobs = [
        ("plain", Job::new(Standard::Pades), "unstamped"),
        ("basic", reasoned, "unstamped"),
        ("timed", with_policy(Standard::PadesIcpBr, Policy::AdRt), "stamped"),
    ];
    for ((name, job, stamp), number) in jobs.iter().zip(HOLDERS) {
        for (kind, content) in [("table", pdf(name)), ("stream", pdf_with_stream(name))] {
            let name = format!("{name}-{kind}.pdf");
            let (_, once) = desk.sign(number, job, &content, &name);
            let again = std::fs::read(&once).expect("it was written");
            let (_, twice) = desk.sign(CPF_HOLDER, job, &again, &format!("twice-{name}"));
            for (path, count) in [(once, 1), (twice, 2)] {
                judge_pdf(&desk.published, &path, count, stamp);
            }
        }
    }
}

fn judge_pdf(published: &Published, path: &Path, count: usize, stamp: &str) {
    let name = path.display();
    if let Some(verdict) = ask("pdfsig", &[OsStr::new("-nocert"), path.as_os_str()]) {
        let times = |words: &str| verdict.text.matches(words).count();
        assert_eq!(times("Signature is Valid."), count, "{name}: {}", verdict.text);
        assert_eq!(times("Total document signed"), 1, "{name}: {}", verdict.text);
    }
    if let Some(verdict) = ask("qpdf", &[OsStr::new("--check"), path.as_os_str()]) {
        assert!(verdict.accepted, "{name}: {}", verdict.text);
        assert!(!verdict.text.contains("WARNING"), "{name}: {}", verdict.text);
    }
    if let Some(verdict) = pyhanko(published, &[path]) {
        assert!(verdict.accepted, "{name}: {}", verdict.text);
        let lines: Vec<&str> = verdict.text.lines().collect();
        assert_eq!(lines.len(), count, "{name}: {}", verdict.text);
        for (place, line) in lines.iter().enumerate() {
            let covers = if place + 1 == count { "ENTIRE_FILE" } else { "ENTIRE_REVISION" };
            let beginning = format!("intact valid trusted {covers}");
            assert!(line.starts_with(&beginning), "{name}: {}", verdict.text);
            assert!(line.ends_with(&format!(" {stamp} good")), "{name}: {}", verdict.text);
        }
    }
}

/// OpenSSL's opinion on a CMS with its content in it, which it writes out.
fn openssl_attached(published: &Published, cms: &Path, out: &Path) -> Option<outside::Verdict> {
    let arguments: Vec<&OsStr> = ["cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in"]
        .into_iter()
        .map(OsStr::new)
        .chain([cms.as_os_str(), OsStr::new("-CAfile"), published.roots_and_lists.as_os_str()])
        .chain([OsStr::new("-certfile"), published.authorities.as_os_str()])
        .chain(["-crl_check_all", "-purpose", "any", "-out"].map(OsStr::new))
        .chain([out.as_os_str()])
        .collect();
    ask("openssl", &arguments)
}

#[test]
fn s32_signatures_with_their_document_in_them_pass_openssl_which_finds_the_document() {
    let desk = Desk::new();
    for (policy, number) in [(Policy::AdRb, CPF_HOLDER), (Policy::AdRt, CNPJ_HOLDER)] {
        let job = with_policy(Standard::Cades, policy);
        // Line ends are not to be touched.
        let content = format!("lines\nthat end\r\nin several\rways\0{policy:?}").into_bytes();
        let (_, cms) = desk.sign(number, &job, &content, &format!("{policy:?}.p7m"));
        let found = desk.folder.path("found");
        let Some(verdict) = openssl_attached(&desk.published, &cms, &found) else { return };
        assert!(verdict.accepted, "{policy:?}: {}", verdict.text);
        assert_eq!(std::fs::read(&found).expect("written"), content, "{policy:?}");

        let mut spoiled = std::fs::read(&cms).expect("it was written");
        let place = spoiled.windows(5).position(|window| window == b"lines").expect("inside");
        spoiled[place] ^= 1;
        let spoiled = desk.folder.write("spoiled", spoiled);
        let verdict = openssl_attached(&desk.published, &spoiled, &found).expect("it was there");
        assert!(!verdict.accepted, "{policy:?}: {}", verdict.text);
    }
}

#[test]
fn s32_signatures_apart_from_their_document_pass_openssl_and_only_with_it() {
    let desk = Desk::new();
    let other = desk.folder.write("other", b"another document");
    for (policy, number) in [(Policy::AdRb, ALPHANUMERIC_CNPJ_HOLDER), (Policy::AdRt, CPF_HOLDER)] {
        let job = Job { policy: Some(policy), ..detached() };
        let content = number.as_bytes();
        let (original, cms) = desk.sign(number, &job, content, &format!("{policy:?}.p7s"));
        let Some(verdict) = openssl_cms(&desk.published, &cms, &original) else { return };
        assert!(verdict.accepted, "{policy:?}: {}", verdict.text);
        let verdict = openssl_cms(&desk.published, &cms, &other).expect("it was there");
        assert!(!verdict.accepted, "{policy:?}: {}", verdict.text);
    }
}

const NAMESPACES: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
    <r:recibo xmlns:r=\"urn:r\" xmlns=\"urn:d\" z='1' r:a=\"2\">\n  \
    <item xmlns=\"\" n=\"&lt;1&gt;\">ação &amp; reação</item><!-- a note -->\r\n</r:recibo>\n";

/// Asks signxml about signed documents and their originals: one line for each.
fn signxml(desk: &Desk, pairs: &[(PathBuf, PathBuf)]) -> Option<Vec<String>> {
    let chain = [&desk.published.roots, &desk.published.authorities]
        .map(|path| std::fs::read(path).expect("written"))
        .concat();
    let mut arguments = vec![desk.folder.write("chain.pem", chain)];
    arguments
        .extend(pairs.iter().flat_map(|(original, signed)| [signed.clone(), original.clone()]));
    let verdict = python(include_str!("judges/signxml.py"), &arguments)?;
    assert!(verdict.accepted, "{}", verdict.text);
    Some(verdict.text.lines().map(str::to_owned).collect())
}

#[test]
fn signed_xml_passes_signxml_and_is_to_libxml2_what_was_sent() {
    let mut all = Vec::new();
    let desk = Desk::new();
    for exclusive in [false, true] {
        desk.sandbox.certillion().change(|it| it.exclusive_canonicalization = exclusive);
        let simple = "<receita><item n='1'>Dipirona</item></receita>".to_owned();
        for (kind, text) in [("simple", simple), ("namespaces", NAMESPACES.to_owned())] {
            // Each is another, so that none is signed twice.
            let text = text.replace("<item", &format!("<item e=\"{exclusive}\""));
            let name = format!("{kind}-{exclusive}.xml");
            let job = Job::new(Standard::Xades);
            all.push(desk.sign(HOLDERS[usize::from(exclusive)], &job, text.as_bytes(), &name));
        }
    }
    let Some(lines) = signxml(&desk, &all) else { return };
    assert_eq!(lines.len(), all.len(), "{lines:?}");
    for line in &lines {
        assert!(line.starts_with("valid same "), "{lines:#?}");
    }

    let (original, signed) = &all[0];
    let text = std::fs::read_to_string(signed).expect("it was written");
    let spoiled = desk.folder.write("spoiled.xml", text.replace("Dipirona", "Morfina"));
    let lines = signxml(&desk, &[(original.clone(), spoiled)]).expect("it was there");
    assert!(lines[0].starts_with("INVALID"), "{lines:?}");
}
