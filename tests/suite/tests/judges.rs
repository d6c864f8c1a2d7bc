//! What the host makes, before judges that we did not write: pdfsig, qpdf, pyHanko, OpenSSL, zbar.
//!
//! A judge that is not installed is skipped, loudly; with `RUBRICA_JUDGES=required` its absence is a
//! failure.

#[path = "judges/outside.rs"]
mod outside;

use std::ffi::OsStr;

use rubrica::{Form, Job, Language, Look, StampLook};
use rubrica_sandbox::{ALPHANUMERIC_CNPJ_HOLDER, CNPJ_HOLDER, CPF_HOLDER, Sandbox};
use rubrica_tests::host::{self, Folder, pdf, pdf_with_stream};
use rubrica_tests::validation::sign;

use self::outside::{Published, ask, openssl_cms, pyhanko};

const QR_URL: &str = "https://validar.rubrica.invalid/d/Zk3-9q?x=1&y=2";

fn job(form: Form) -> Job {
    Job { form, ..Job::default() }
}

fn stamped() -> Job {
    let mut stamp = StampLook::new("FULANA SINTÉTICA DE TESTE", Language::Portuguese);
    stamp.holder = Some("111.***.***-35".to_owned());
    stamp.qr_url = Some(QR_URL.to_owned());
    let look = Look {
        reason: Some("Concordância (nº 1)".to_owned()),
        location: Some("São Paulo".to_owned()),
        name: Some("FULANA SINTÉTICA DE TESTE".to_owned()),
        stamp: Some(stamp),
        ..Look::default()
    };
    Job { form: Form::Pdf, look, ..Job::default() }
}

/// A name and a signed PDF with as many signatures.
fn signed_pdfs(sandbox: &Sandbox) -> Vec<(&'static str, Vec<u8>, usize)> {
    let once = sign(sandbox, CPF_HOLDER, &job(Form::Pdf), &pdf("One signature"));
    let twice = sign(sandbox, CNPJ_HOLDER, &stamped(), &once);
    let thrice = sign(sandbox, ALPHANUMERIC_CNPJ_HOLDER, &job(Form::Pdf), &twice);
    let stream = sign(sandbox, CPF_HOLDER, &job(Form::Pdf), &pdf_with_stream("A stream"));
    let stream_twice = sign(sandbox, CNPJ_HOLDER, &stamped(), &stream);
    vec![
        ("one", once, 1),
        ("two", twice, 2),
        ("three", thrice, 3),
        ("stream", stream, 1),
        ("stream, two", stream_twice, 2),
        ("stamp", sign(sandbox, CPF_HOLDER, &stamped(), &pdf("A stamp")), 1),
        ("AD-RB", sign(sandbox, CPF_HOLDER, &job(Form::ServicePadesAdRb), &pdf("AD-RB")), 1),
        ("AD-RT", sign(sandbox, CPF_HOLDER, &job(Form::ServicePadesAdRt), &pdf("AD-RT")), 1),
    ]
}

#[test]
fn s33_signed_pdfs_pass_pdfsig_qpdf_and_pyhanko() {
    let sandbox = host::sandbox();
    let folder = Folder::new();
    let published = Published::by(&sandbox, &folder);
    for (name, bytes, count) in signed_pdfs(&sandbox) {
        let path = folder.write(&format!("{name}.pdf"), &bytes);
        if let Some(verdict) = ask("pdfsig", &[OsStr::new("-nocert"), path.as_os_str()]) {
            let times = |words: &str| verdict.text.matches(words).count();
            assert_eq!(times("Signature is Valid."), count, "{name}: {}", verdict.text);
            // The last covers all; an earlier one covers what there was then.
            assert_eq!(times("Total document signed"), 1, "{name}: {}", verdict.text);
            assert_eq!(times("Signature #"), count, "{name}: {}", verdict.text);
        }
        if let Some(verdict) = ask("qpdf", &[OsStr::new("--check"), path.as_os_str()]) {
            assert!(verdict.accepted, "{name}: {}", verdict.text);
            assert!(!verdict.text.contains("WARNING"), "{name}: {}", verdict.text);
        }
        if let Some(verdict) = pyhanko(&published, &[&path]) {
            assert!(verdict.accepted, "{name}: {}", verdict.text);
            let lines: Vec<&str> = verdict.text.lines().collect();
            assert_eq!(lines.len(), count, "{name}: {}", verdict.text);
            for (place, line) in lines.iter().enumerate() {
                let is_last = place + 1 == count;
                let expected = if is_last {
                    "intact valid trusted ENTIRE_FILE NONE"
                } else {
                    "intact valid trusted ENTIRE_REVISION"
                };
                let ending = if name == "AD-RT" { " stamped good" } else { " unstamped good" };
                assert!(line.starts_with(expected), "{name}: {}", verdict.text);
                assert!(line.ends_with(ending), "{name}: {}", verdict.text);
            }
        }
    }
}

#[test]
fn the_judges_see_a_signed_pdf_that_was_changed() {
    let sandbox = host::sandbox();
    let folder = Folder::new();
    let published = Published::by(&sandbox, &folder);
    let mut bytes = sign(&sandbox, CPF_HOLDER, &job(Form::Pdf), &pdf("Ten reais"));
    let place = bytes.windows(9).position(|window| window == b"Ten reais").expect("its text");
    bytes[place] = b'H';
    let path = folder.write("changed.pdf", &bytes);
    if let Some(verdict) = ask("pdfsig", &[OsStr::new("-nocert"), path.as_os_str()]) {
        assert!(verdict.text.contains("Digest Mismatch"), "{}", verdict.text);
    }
    if let Some(verdict) = pyhanko(&published, &[&path]) {
        assert!(verdict.text.starts_with("ALTERED"), "{}", verdict.text);
    }
}

#[test]
fn s32_a_detached_cms_passes_openssl_and_only_with_its_content() {
    let folder = Folder::new();
    let other = folder.write("other", b"another document");
    // Line ends are not to be touched.
    let content = b"lines\nthat end\r\nin several\rways\0";
    let path = folder.write("content", content);
    for form in [Form::Cms, Form::ServiceCadesAdRb, Form::ServiceCadesAdRt] {
        for number in [CPF_HOLDER, ALPHANUMERIC_CNPJ_HOLDER] {
            let sandbox = host::sandbox();
            let cms = sign(&sandbox, number, &job(form), content);
            let cms = folder.write(&format!("{form:?}-{number}.p7s"), cms);
            let published = Published::by(&sandbox, &folder);
            if let Some(verdict) = openssl_cms(&published, &cms, &path) {
                assert!(verdict.accepted, "{form:?}: {}", verdict.text);
            }
            if let Some(verdict) = openssl_cms(&published, &cms, &other) {
                assert!(!verdict.accepted, "{form:?}: {}", verdict.text);
            }
        }
    }
}

#[test]
fn s32_a_raw_signature_passes_openssl_and_only_over_its_document() {
    let sandbox = host::sandbox();
    let folder = Folder::new();
    let certificate = &sandbox.holder(CPF_HOLDER).expect("known").certificates[0];
    let pem = folder.write("certificate.pem", certificate.pem());
    let arguments = [
        OsStr::new("x509"),
        OsStr::new("-in"),
        pem.as_os_str(),
        OsStr::new("-pubkey"),
        OsStr::new("-noout"),
    ];
    let Some(key) = ask("openssl", &arguments) else { return };
    let key = folder.write("key.pem", key.text);
    let content = pdf("Raw");
    let signature =
        folder.write("signature", sign(&sandbox, CPF_HOLDER, &job(Form::Raw), &content));
    for (bytes, expected) in [(content, true), (pdf("Raw?"), false)] {
        let path = folder.write("content", bytes);
        let arguments = [
            OsStr::new("dgst"),
            OsStr::new("-sha256"),
            OsStr::new("-verify"),
            key.as_os_str(),
            OsStr::new("-signature"),
            signature.as_os_str(),
            path.as_os_str(),
        ];
        let verdict = ask("openssl", &arguments).expect("it was there a moment ago");
        assert_eq!(verdict.accepted, expected, "{}", verdict.text);
    }
}

#[test]
fn the_qr_code_of_a_stamp_leads_where_it_should() {
    let sandbox = host::sandbox();
    let folder = Folder::new();
    for (name, content) in [("table", pdf("QR")), ("stream", pdf_with_stream("QR"))] {
        let signed = sign(&sandbox, CPF_HOLDER, &stamped(), &content);
        let path = folder.write(&format!("{name}.pdf"), signed);
        let picture = folder.path(name);
        let arguments: Vec<&OsStr> = ["-r", "150", "-png", "-singlefile"]
            .into_iter()
            .map(OsStr::new)
            .chain([path.as_os_str(), picture.as_os_str()])
            .collect();
        let Some(verdict) = ask("pdftoppm", &arguments) else { return };
        assert!(verdict.accepted, "{}", verdict.text);
        let picture = picture.with_extension("png");
        let arguments = [OsStr::new("-q"), OsStr::new("--raw"), picture.as_os_str()];
        let Some(verdict) = ask("zbarimg", &arguments) else { return };
        assert!(verdict.text.lines().any(|line| line == QR_URL), "{name}: {}", verdict.text);
    }
}
