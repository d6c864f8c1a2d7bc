//! Signatures under ICP-Brasil's policies that the host puts together from bare ones, before judges
//! that we did not write: pyHanko, OpenSSL, pdfsig, mutool, qpdf, asn1crypto.
//!
//! A judge that is not installed is skipped, loudly; with `RUBRICA_JUDGES=required` its absence is a
//! failure.

#[path = "judges/outside.rs"]
mod outside;

use std::ffi::OsStr;
use std::path::Path;

use rubrica::pdf::{Certification, SignatureOptions, SigningTime, SubFilter, prepare};
use rubrica::{Form, Job, Language, Look, PdfFilter, StampLook};
use rubrica_sandbox::{
    CNPJ_HOLDER, CPF_HOLDER, DISAGREEING_HOLDER, Sandbox, V12_CNPJ_HOLDER, V12_CPF_HOLDER,
};
use rubrica_tests::host::{Folder, pdf, pdf_with_stream, sandbox};
use rubrica_tests::validation::sign;

use self::outside::{Published, ask, openssl_cms, pyhanko, python};

fn job(form: Form, filter: PdfFilter) -> Job {
    let look = Look { filter: Some(filter), ..Look::default() };
    Job { form, look, ..Job::default() }
}

fn stamped(form: Form, filter: PdfFilter) -> Job {
    let mut job = job(form, filter);
    job.look.stamp = Some(StampLook::new("FULANA SINTÉTICA DE TESTE", Language::Portuguese));
    job.look.reason = Some("Concordância (nº 1)".to_owned());
    job
}

/// A signed PDF, and what is to be said of each of its signatures.
struct Signed {
    name: &'static str,
    bytes: Vec<u8>,
    signatures: Vec<(Form, PdfFilter)>,
}

/// Documents as qpdf writes them.
const OBJECT_STREAMS: &[u8] =
    include_bytes!("../../../adapters/pdf/tests/samples/object_streams.pdf");
const LINEARIZED: &[u8] = include_bytes!("../../../adapters/pdf/tests/samples/linearized.pdf");

/// A name, the document, and who signs it how.
type Case<'c> = (&'static str, &'c [u8], &'c [(&'c str, Form, PdfFilter)]);

/// PDFs of both kinds with one to three signatures of both levels and names.
fn signed(sandbox: &Sandbox) -> Vec<Signed> {
    use Form::{PadesAdRb as Basic, PadesAdRt as Timed};
    use PdfFilter::{Etsi, Pbad};

    let table = pdf("A table");
    let stream = pdf_with_stream("A stream");
    let cases: [Case<'_>; 7] = [
        ("basic", &table, &[(CPF_HOLDER, Basic, Etsi)]),
        ("timed", &table, &[(V12_CPF_HOLDER, Timed, Etsi)]),
        ("stream", &stream, &[(V12_CNPJ_HOLDER, Basic, Etsi), (CPF_HOLDER, Timed, Etsi)]),
        (
            "object streams",
            OBJECT_STREAMS,
            &[(V12_CPF_HOLDER, Basic, Pbad), (CPF_HOLDER, Timed, Etsi)],
        ),
        ("linearized", LINEARIZED, &[(CPF_HOLDER, Timed, Pbad), (V12_CPF_HOLDER, Basic, Etsi)]),
        ("brazilian", &table, &[(DISAGREEING_HOLDER, Timed, Pbad), (V12_CPF_HOLDER, Basic, Pbad)]),
        (
            "mixed",
            &stream,
            &[(CPF_HOLDER, Basic, Pbad), (CNPJ_HOLDER, Basic, Etsi), (V12_CPF_HOLDER, Timed, Pbad)],
        ),
    ];
    cases
        .into_iter()
        .map(|(name, document, by)| {
            let mut bytes = document.to_vec();
            for (place, (number, form, filter)) in by.iter().enumerate() {
                // Every other signature shows.
                let make = if place % 2 == 0 { stamped } else { job };
                bytes = sign(sandbox, number, &make(*form, *filter), &bytes);
            }
            let signatures = by.iter().map(|(_, form, filter)| (*form, *filter)).collect();
            Signed { name, bytes, signatures }
        })
        .collect()
}

#[test]
fn s33_pdfs_under_a_policy_pass_pyhanko_qpdf_pdfsig_and_mutool() {
    let (sandbox, folder) = (sandbox(), Folder::new());
    let published = Published::by(&sandbox, &folder);
    for Signed { name, bytes, signatures } in signed(&sandbox) {
        let path = folder.write(&format!("{name}.pdf"), &bytes);
        if let Some(verdict) = pyhanko(&published, &[&path]) {
            let expected: Vec<String> = signatures
                .iter()
                .enumerate()
                .map(|(place, (form, _))| {
                    let is_last = place + 1 == signatures.len();
                    let covers =
                        if is_last { "ENTIRE_FILE NONE" } else { "ENTIRE_REVISION FORM_FILLING" };
                    let stamp = if *form == Form::PadesAdRt { "stamped" } else { "unstamped" };
                    format!("intact valid trusted {covers} {stamp} good")
                })
                .collect();
            assert_eq!(verdict.text.lines().collect::<Vec<_>>(), expected, "{name}");
        }
        if let Some(verdict) = ask("qpdf", &[OsStr::new("--check"), path.as_os_str()]) {
            assert!(verdict.accepted, "{name}: {}", verdict.text);
            assert!(!verdict.text.contains("WARNING"), "{name}: {}", verdict.text);
        }
        // It knows nothing of the Brazilian SubFilter, and says so.
        let known = signatures.iter().filter(|(_, filter)| *filter == PdfFilter::Etsi).count();
        if let Some(verdict) = ask("pdfsig", &[OsStr::new("-nocert"), path.as_os_str()]) {
            let times = |words: &str| verdict.text.matches(words).count();
            assert_eq!(times("Signature #"), signatures.len(), "{name}: {}", verdict.text);
            assert_eq!(times("Signature is Valid."), known, "{name}: {}", verdict.text);
            assert_eq!(times("Type: ETSI.CAdES.detached"), known, "{name}: {}", verdict.text);
        }
        if known == signatures.len() {
            let arguments = [OsStr::new("sign"), OsStr::new("-v"), path.as_os_str()];
            if let Some(verdict) = ask("mutool", &arguments) {
                let times = |words: &str| verdict.text.matches(words).count();
                // It trusts no root of ours, so only what it says of the digest counts.
                assert_eq!(times("Digest error"), 0, "{name}: {}", verdict.text);
                assert_eq!(times("Verifying signature"), known, "{name}: {}", verdict.text);
            }
        }
    }
}

/// A document that its author certified, with leave to fill in forms and to sign.
fn certified(sandbox: &Sandbox) -> Vec<u8> {
    let at = SigningTime::from_unix_seconds(1_795_297_672).expect("a time");
    let mut options = SignatureOptions::new(at);
    options.sub_filter = SubFilter::AdbePkcs7Detached;
    options.certify = Some(Certification::Forms);
    let prepared = prepare(&pdf("Certified"), &options).expect("a good PDF");
    // The author signs the same bytes as a document of its own.
    let file = prepared.clone().embed(b"0\0").expect("room");
    let covered = rubrica::pdf::signatures(&file).expect("it reads back").remove(0);
    let mut content = Vec::new();
    covered
        .covered(&file, |piece| content.extend_from_slice(piece))
        .expect("what the range covers");
    let job = Job { form: Form::Cms, ..Job::default() };
    prepared.embed(&sign(sandbox, CNPJ_HOLDER, &job, &content)).expect("room")
}

#[test]
fn s33_a_certified_pdf_stays_certified_when_it_is_signed_under_a_policy() {
    let (sandbox, folder) = (sandbox(), Folder::new());
    let published = Published::by(&sandbox, &folder);
    let certified = certified(&sandbox);
    for filter in [PdfFilter::Etsi, PdfFilter::Pbad] {
        let bytes = sign(&sandbox, CPF_HOLDER, &job(Form::PadesAdRt, filter), &certified);
        assert_eq!(bytes[..certified.len()], certified);
        let path = folder.write("certified.pdf", bytes);
        if let Some(verdict) = pyhanko(&published, &[&path]) {
            let expected = [
                "intact valid trusted ENTIRE_REVISION FORM_FILLING unstamped good",
                "intact valid trusted ENTIRE_FILE NONE stamped good",
            ];
            assert_eq!(verdict.text.lines().collect::<Vec<_>>(), expected);
        }
    }
}

/// What ICP-Brasil's policies want of a signature's attributes (DOC-ICP-15.03, tables A.4 and A.14),
/// as another reader finds them.
fn facts(form: Form, hash: &str, oid: &str, uri: &str) -> String {
    let is_pdf = form.is_pdf();
    // DER puts the shorter attribute before the longer one.
    let mut text = "version v1\ncontent data detached\ndigests sha256 bare\ncertificates 3\n\
                    signer v1 issuer_and_serial_number\ndigest sha256 bare\n"
        .to_owned();
    text += "signature sha256_rsa\norder DER\nsigned 1.2.840.113549.1.9.3\n";
    if !is_pdf {
        text += "signed 1.2.840.113549.1.9.5\n";
    }
    text += "signed 1.2.840.113549.1.9.4\n";
    text + &format!(
        "signed 1.2.840.113549.1.9.16.2.15\npolicy {oid}\npolicy hash {hash} sha256 bare\n\
             policy qualifier 1.2.840.113549.1.9.16.5.1 {uri}\n"
    )
}

/// Has a CMS read and its time stamp verified by others.
fn check_cms(published: &Published, folder: &Folder, form: Form, cms: &Path) {
    let [signature, token] = [folder.path("signature"), folder.path("token")];
    let arguments = [cms, &signature, &token];
    let Some(verdict) = python(include_str!("judges/attributes.py"), &arguments) else { return };
    assert!(verdict.accepted, "{form:?}: {}", verdict.text);
    let name = "http://politicas.icpbrasil.gov.br/PA_";
    let (hash, oid, uri) = match form {
        Form::PadesAdRb => (PADES_AD_RB, "2.16.76.1.7.1.11.1.3", "PAdES_AD_RB_v1_3"),
        Form::PadesAdRt => (PADES_AD_RT, "2.16.76.1.7.1.12.1.3", "PAdES_AD_RT_v1_3"),
        Form::CadesAdRb => (CADES_AD_RB, "2.16.76.1.7.1.1.2.4", "AD_RB_v2_4"),
        _ => (CADES_AD_RT, "2.16.76.1.7.1.2.2.4", "AD_RT_v2_4"),
    };
    let mut expected = facts(form, hash, oid, &format!("{name}{uri}.der"));
    let certificate = "signed 1.2.840.113549.1.9.16.2.47\ncertificate named by";
    let mut lines: Vec<&str> = verdict.text.lines().collect();
    // Where the certificate's attribute stands depends on the length of its issuer's name.
    let place = lines.iter().position(|line| *line == "signed 1.2.840.113549.1.9.16.2.47");
    let place = place.expect("signingCertificateV2");
    let [first, second] = [lines.remove(place), lines.remove(place)];
    assert_eq!(format!("{first}\n{second}"), format!("{certificate} 04 30"));
    let is_stamped = matches!(form, Form::PadesAdRt | Form::CadesAdRt);
    if is_stamped {
        expected += "unsigned 1.2.840.113549.1.9.16.2.14\n";
    }
    assert_eq!(lines.join("\n") + "\n", expected, "{form:?}");
    if is_stamped {
        let arguments: Vec<&OsStr> = ["ts", "-verify", "-token_in", "-in"]
            .into_iter()
            .map(OsStr::new)
            .chain([token.as_os_str(), OsStr::new("-data"), signature.as_os_str()])
            .chain([OsStr::new("-CAfile"), published.roots.as_os_str()])
            .chain([OsStr::new("-untrusted"), published.authorities.as_os_str()])
            .collect();
        if let Some(verdict) = ask("openssl", &arguments) {
            assert!(verdict.text.contains("Verification: OK"), "{form:?}: {}", verdict.text);
        }
    }
}

/// The policies' internal hashes, as their files tell them.
const PADES_AD_RB: &str = "23e4be4b9b362172e4ebb0e72b86a133ece5aad843d8651c6e38a0ba3f08fc60";
const PADES_AD_RT: &str = "21d6e8d9f85e5626dc71307337a7cabd6ffef8d085038746775cf0ce6ba4d3b5";
const CADES_AD_RB: &str = "1f3c904c44c392feef447e21faa7a04e85d9c0153346320f557b7042af5dcf13";
const CADES_AD_RT: &str = "fa59dca6d9c0e808eb7397b2de800cce5b0e4da2c42e2e5ef2496a2ce6badcb7";

#[test]
fn the_attributes_are_those_of_the_policy_and_in_der() {
    let (sandbox, folder) = (sandbox(), Folder::new());
    let published = Published::by(&sandbox, &folder);
    let document = pdf("Attributes");
    for (number, form) in [
        (CPF_HOLDER, Form::PadesAdRb),
        (V12_CPF_HOLDER, Form::PadesAdRt),
        (V12_CNPJ_HOLDER, Form::CadesAdRb),
        (CPF_HOLDER, Form::CadesAdRt),
    ] {
        let bytes = sign(&sandbox, number, &job(form, PdfFilter::Pbad), &document);
        let (cms, content) = if form.is_pdf() {
            let signature = rubrica::pdf::signatures(&bytes).expect("a PDF").remove(0);
            let mut content = Vec::new();
            signature
                .covered(&bytes, |piece| content.extend_from_slice(piece))
                .expect("what the range covers");
            (signature.contents, content)
        } else {
            (bytes, document.clone())
        };
        let cms = folder.write("cms", cms);
        check_cms(&published, &folder, form, &cms);
        for (content, expected) in [(content, true), (b"another".to_vec(), false)] {
            let content = folder.write("content", content);
            if let Some(verdict) = openssl_cms(&published, &cms, &content) {
                assert_eq!(verdict.accepted, expected, "{form:?}: {}", verdict.text);
            }
        }
    }
}
