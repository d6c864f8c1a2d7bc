//! Programs that we did not write, asked for their opinion when they are there.

use core::sync::atomic::{AtomicU32, Ordering};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

/// A folder of this test program.
fn folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder =
            Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("pdf-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        folder
    })
}

/// A file that is gone when nobody asks for it any more.
struct Temporary(PathBuf);

impl Temporary {
    fn new(bytes: &[u8], extension: &str) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("{}.{extension}", NEXT.fetch_add(1, Ordering::Relaxed));
        let path = folder().join(name);
        fs::write(&path, bytes).unwrap();
        Self(path)
    }

    fn to_str(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// Says loudly that a judge is missing, which is an error where all of them are required.
fn missing(judge: &str) {
    let required = std::env::var_os("RUBRICA_JUDGES").is_some_and(|value| value == "required");
    assert!(!required, "the judge {judge} is not installed");
    eprintln!("SKIPPED: the judge {judge} is not installed");
}

/// Runs a program, or says loudly that it is missing.
fn run(program: &str, arguments: &[&str], input: &[u8]) -> Option<Output> {
    let child = Command::new(program)
        .args(arguments)
        .env("LC_ALL", "C")
        .env("TZ", "UTC")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut child) = child else {
        missing(program);
        return None;
    };
    child.stdin.take().unwrap().write_all(input).unwrap();
    Some(child.wait_with_output().unwrap())
}

fn text(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// `qpdf --check`: the structure is in order, without even a warning.
pub(crate) fn qpdf(document: &[u8], name: &str) {
    let path = Temporary::new(document, "pdf");
    let Some(output) = run("qpdf", &["--check", path.to_str()], b"") else { return };
    assert!(output.status.success(), "qpdf on {name}: {}", text(&output));
}

/// What `pdfsig` says of the signatures.
pub(crate) fn pdfsig(document: &[u8]) -> Option<String> {
    let path = Temporary::new(document, "pdf");
    run("pdfsig", &["-nocert", path.to_str()], b"").map(|output| text(&output))
}

/// The page as a picture, in grey, at 72 dots an inch: width, height and dots.
pub(crate) fn rendered(document: &[u8]) -> Option<(usize, usize, Vec<u8>)> {
    let path = Temporary::new(document, "pdf");
    let arguments = ["-r", "72", "-cropbox", "-gray", "-singlefile", path.to_str()];
    let output = run("pdftoppm", &arguments, b"")?;
    let picture = output.stdout;
    let mut parts = picture.splitn(4, |byte| byte.is_ascii_whitespace());
    assert_eq!(parts.next(), Some(&b"P5"[..]));
    let mut number = || {
        let part = parts.next().unwrap();
        String::from_utf8_lossy(part).parse::<usize>().unwrap()
    };
    let (width, height) = (number(), number());
    let dots = picture[picture.len() - width * height..].to_vec();
    Some((width, height, dots))
}

/// A CMS over `content` by a new self-signed key, detached, as DER.
pub(crate) fn cms(content: &[u8]) -> Option<Vec<u8>> {
    static KEY: OnceLock<Option<(String, String)>> = OnceLock::new();
    let (key, certificate) = KEY
        .get_or_init(|| {
            let [key, certificate] = ["key.pem", "certificate.pem"]
                .map(|name| folder().join(name).to_str().unwrap().to_owned());
            let output = run(
                "openssl",
                &[
                    "req",
                    "-x509",
                    "-newkey",
                    "rsa:2048",
                    "-nodes",
                    "-days",
                    "30",
                    "-subj",
                    "/CN=Pessoa de Exemplo",
                    "-keyout",
                    &key,
                    "-out",
                    &certificate,
                ],
                b"",
            )?;
            assert!(output.status.success(), "{}", text(&output));
            Some((key, certificate))
        })
        .as_ref()?;
    let content = Temporary::new(content, "bin");
    let output = run(
        "openssl",
        &[
            "cms",
            "-sign",
            "-binary",
            "-md",
            "sha256",
            "-outform",
            "DER",
            "-signer",
            certificate,
            "-inkey",
            key,
            "-in",
            content.to_str(),
        ],
        b"",
    )?;
    assert!(output.status.success(), "{}", text(&output));
    Some(output.stdout)
}

/// Whether OpenSSL accepts a detached CMS over `content`, whoever signed it.
pub(crate) fn openssl_accepts(cms: &[u8], content: &[u8]) -> Option<bool> {
    let (cms, content) = (Temporary::new(cms, "der"), Temporary::new(content, "bin"));
    let output = run(
        "openssl",
        &[
            "cms",
            "-verify",
            "-binary",
            "-noverify",
            "-inform",
            "DER",
            "-in",
            cms.to_str(),
            "-content",
            content.to_str(),
            "-out",
            "/dev/null",
        ],
        b"",
    )?;
    Some(output.status.success())
}

/// The validation of pyHanko, which also looks at what was added after each signature: a line for
/// each signature of each document, with whether it is intact and the later changes are harmless.
pub(crate) fn pyhanko(documents: &[Vec<u8>]) -> Option<String> {
    const PROGRAM: &str = "
import sys
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
for path in sys.argv[1:]:
    with open(path, 'rb') as file:
        for signature in PdfFileReader(file).embedded_signatures:
            status = validate_pdf_signature(signature)
            print(signature.field_name, status.intact, status.valid, status.coverage.name,
                  getattr(status.modification_level, 'name', 'NONE'), bool(status.docmdp_ok))
";
    python(PROGRAM, documents)
}

/// What pyHanko's difference analysis says of the changes after the first signature of each
/// document: a line with whether that signature is intact and the changes are allowed, or `refused`
/// for a document that it does not read.
pub(crate) fn pyhanko_changes(documents: &[Vec<u8>]) -> Option<String> {
    const PROGRAM: &str = "
import logging, sys
logging.disable(logging.CRITICAL)
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
for path in sys.argv[1:]:
    with open(path, 'rb') as file:
        try:
            signature = PdfFileReader(file).embedded_signatures[0]
            status = validate_pdf_signature(signature)
            print(status.intact, bool(status.docmdp_ok))
        except Exception as error:
            print('refused', repr(error)[:120].replace(chr(10), ' '))
";
    python(PROGRAM, documents)
}

/// The document as pyHanko signs it, three times with keys of its own: `adbe.pkcs7.detached`, then
/// visibly as PAdES, then as PAdES with time-stamps, validation data and an archive time-stamp.
pub(crate) fn signed_by_pyhanko(document: &[u8]) -> Option<Vec<u8>> {
    const PROGRAM: &str = "
import datetime, io, logging, sys
logging.disable(logging.CRITICAL)
from asn1crypto import keys, x509
from cryptography import x509 as build
from cryptography.hazmat.primitives import hashes, serialization as form
from cryptography.hazmat.primitives.asymmetric import rsa
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers, timestamps
from pyhanko.stamp import TextStampStyle
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

def made(name, usage):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = build.Name([build.NameAttribute(build.NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.timezone.utc)
    day = datetime.timedelta(days=1)
    certificate = (build.CertificateBuilder().subject_name(name).issuer_name(name)
        .public_key(key.public_key()).serial_number(build.random_serial_number())
        .not_valid_before(now - day).not_valid_after(now + day)
        .add_extension(build.KeyUsage(True, True, False, False, False, False, False, False, False),
                       critical=True))
    if usage:
        certificate = certificate.add_extension(
            build.ExtendedKeyUsage([build.ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    certificate = certificate.sign(key, hashes.SHA256())
    key = key.private_bytes(form.Encoding.DER, form.PrivateFormat.PKCS8, form.NoEncryption())
    return (keys.PrivateKeyInfo.load(key),
            x509.Certificate.load(certificate.public_bytes(form.Encoding.DER)))

key, certificate = made('Teste', False)
clock_key, clock = made('Relogio', True)
clocks = SimpleCertificateStore.from_certs([clock])
signer = signers.SimpleSigner(certificate, key, SimpleCertificateStore.from_certs([certificate]))
stamper = timestamps.DummyTimeStamper(tsa_cert=clock, tsa_key=clock_key, certs_to_embed=clocks)
context = ValidationContext(trust_roots=[certificate, clock], allow_fetching=False)
pades = fields.SigSeedSubFilter.PADES
out = open(sys.argv[1], 'rb').read()
for field, box, more in [
    ('A', None, dict()),
    ('B', (50, 50, 200, 100), dict(subfilter=pades)),
    ('C', None, dict(subfilter=pades, embed_validation_info=True, use_pades_lta=True,
                     validation_context=context)),
]:
    writer = IncrementalPdfFileWriter(io.BytesIO(out))
    signing = signers.PdfSigner(
        signers.PdfSignatureMetadata(field_name=field, **more), signer=signer, timestamper=stamper,
        stamp_style=TextStampStyle(),
        new_field_spec=fields.SigFieldSpec(field, on_page=0, box=box) if box else None)
    out = signing.sign_pdf(writer).getvalue()
sys.stdout.write(out.hex())
";
    let said = python(PROGRAM, &[document.to_vec()])?;
    let digits = said.as_bytes().chunks(2);
    let byte = |pair: &[u8]| u8::from_str_radix(core::str::from_utf8(pair).unwrap(), 16).unwrap();
    Some(digits.map(byte).collect())
}

/// What a program of Python, which needs pyHanko, prints for these documents.
fn python(program: &str, documents: &[Vec<u8>]) -> Option<String> {
    let paths: Vec<Temporary> =
        documents.iter().map(|document| Temporary::new(document, "pdf")).collect();
    let mut arguments = vec!["-c", program];
    arguments.extend(paths.iter().map(Temporary::to_str));
    let python = std::env::var("PYHANKO_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let output = run(&python, &arguments, b"")?;
    let said = text(&output);
    if said.contains("No module named") {
        missing("pyHanko");
        return None;
    }
    assert!(output.status.success(), "{said}");
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}
