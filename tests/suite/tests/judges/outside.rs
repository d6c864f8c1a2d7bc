//! The judges: programs that we did not write.

use std::ffi::OsStr;
use std::io::ErrorKind;
use std::path::Path;
use std::process::Command;

/// What a judge said.
pub(crate) struct Verdict {
    pub(crate) accepted: bool,
    pub(crate) text: String,
}

/// Asks a judge. `None` where it is not installed, which fails the test when the environment says
/// `RUBRICA_JUDGES=required`.
pub(crate) fn ask<A: AsRef<OsStr>>(judge: &str, arguments: &[A]) -> Option<Verdict> {
    let output =
        Command::new(judge).args(arguments).env("LC_ALL", "C.UTF-8").env("TZ", "UTC").output();
    match output {
        Ok(output) => {
            let text = [output.stdout, output.stderr].concat();
            let text = String::from_utf8_lossy(&text).into_owned();
            Some(Verdict { accepted: output.status.success(), text })
        }
        Err(error) if error.kind() == ErrorKind::NotFound => missing(judge),
        Err(error) => panic!("{judge}: {error}"),
    }
}

fn missing(judge: &str) -> Option<Verdict> {
    let required = std::env::var("RUBRICA_JUDGES").is_ok_and(|word| word == "required");
    assert!(!required, "the judge {judge} is missing");
    eprintln!("SKIPPED: the judge {judge} is not installed");
    None
}

/// One line for each signature of each PDF: the field, whether it is intact, whether the signature
/// verifies, whether its certificate leads to the root, what it covers, what was changed after it.
const PYHANKO: &str = "
import sys
from pyhanko.keys import load_certs_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
roots = list(load_certs_from_pemder([sys.argv[1]]))
for path in sys.argv[2:]:
    with open(path, 'rb') as file:
        for signature in PdfFileReader(file).embedded_signatures:
            context = ValidationContext(trust_roots=roots, allow_fetching=False)
            stamps = ValidationContext(trust_roots=roots, allow_fetching=False)
            status = validate_pdf_signature(signature, context, stamps)
            print('intact' if status.intact else 'ALTERED', 'valid' if status.valid else 'INVALID',
                  'trusted' if status.trusted else 'UNTRUSTED', status.coverage.name,
                  getattr(status.modification_level, 'name', 'NONE'),
                  'good' if status.bottom_line else 'BAD')
";

/// Asks pyHanko, which the setup of `tests/run` puts into an environment of its own.
pub(crate) fn pyhanko(root: &Path, pdf: &Path) -> Option<Verdict> {
    let python = std::env::var("PYHANKO_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let arguments = [OsStr::new("-c"), OsStr::new(PYHANKO), root.as_os_str(), pdf.as_os_str()];
    let verdict = ask(&python, &arguments)?;
    if verdict.text.contains("No module named 'pyhanko") {
        return missing("pyHanko");
    }
    Some(verdict)
}
