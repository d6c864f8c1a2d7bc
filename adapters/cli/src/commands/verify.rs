//! `rubrica verify`: what a signature is worth, said check by check.

mod report;
mod show;

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use rubrica::verify::{
    self as check, Demand, Digest, ObjectIdentifier, Rejection, SignatureAlgorithm,
};
use rubrica::{Conclusion, Evidence, Examined, Fetcher, Online, UnixTime, Validator};

use self::report::Report;
use super::certificate_file;
use crate::arguments::{Checks, Verify};
use crate::configuration::Configuration;
use crate::failure::{Exit, Failure};
use crate::output::read_bounded;
use crate::pem::{self, PemBlock};
use crate::present::print_json;
use crate::present::terminal::Terminal;
use crate::present::text::Text;

/// Bytes of a signature, a list or a certificate that are read. Documents are read where they are.
const LIMIT: u64 = 64 * 1024 * 1024;

/// Bytes of a list of revoked certificates that are fetched: some of ICP-Brasil's have megabytes.
const LIST: usize = 16 * 1024 * 1024;

pub(crate) fn run(arguments: &Verify, configuration: &Configuration) -> Result<Exit, Failure> {
    let text = Text::of(configuration.language);
    let mut validator = validator(&arguments.checks, configuration)?;
    let examined = examine(arguments, &mut validator);
    let name = arguments.file.display().to_string();
    let report = match &examined {
        Ok(examined) => Report::new(name, examined, validator.fetched(), text),
        // A PDF that cannot be read is no valid one, whoever is at fault.
        Err(Failure::Library(error @ rubrica::Error::Pdf(_))) => Report::broken(name, error),
        Err(_) => return examined.map(|_| Exit::Done),
    };
    if arguments.json {
        print_json(&report);
    } else {
        show::report(&report, &Terminal::stdout(), text);
    }
    Ok(match report.conclusion() {
        Conclusion::Valid => Exit::Done,
        Conclusion::Indeterminate => Exit::Indeterminate,
        Conclusion::Invalid => Exit::Verification,
    })
}

/// Prints what there is to say of a PDF's signatures, and tells what it comes to.
pub(super) fn tell_pdf(
    path: &Path,
    validator: &mut Validator,
    out: &Terminal,
    text: Text,
) -> Result<Conclusion, Failure> {
    let examined = validator.pdf(&open(path)?)?;
    let name = path.display().to_string();
    let report = Report::new(name, &examined, validator.fetched(), text);
    show::findings(&report, out, text);
    Ok(report.conclusion())
}

fn validator(checks: &Checks, configuration: &Configuration) -> Result<Validator, Failure> {
    let mut evidence = Evidence::new();
    let lists = checks.crl.iter().chain(configuration.revocation());
    for path in lists {
        let unusable = |rejection: Rejection| unusable(path, &rejection);
        evidence.add_crl(&read(path)?).map_err(unusable)?;
    }
    for path in &checks.ocsp {
        let unusable = |rejection: Rejection| unusable(path, &rejection);
        evidence.add_ocsp(&read(path)?).map_err(unusable)?;
    }
    let mut policies = check::Policies::new();
    for path in configuration.policy_files(&checks.policies.policy_file) {
        let unusable = |rejection: Rejection| unusable(path, &rejection);
        policies.add_file(&read(path)?).map_err(unusable)?;
    }
    let mut validator = Validator::new()
        .anchors(configuration.anchors(checks.trust.trust.as_deref())?)
        .evidence(evidence)
        .policies(policies)
        .policy(demand(checks)?);
    if let Some(holder) = &checks.holder {
        validator = validator.holder(super::holder(holder)?);
    }
    if let Some(at) = checks.at {
        validator = validator.at(UnixTime::from_seconds(at));
    }
    if checks.online || checks.online_private {
        let mut settings = configuration.transport()?;
        settings.body_limit = LIST;
        let fetcher = Fetcher::new(&settings).map_err(rubrica::Error::from)?;
        let online = Online::new(fetcher);
        validator = validator.online(match checks.online_private {
            true => online.with_private_addresses(),
            false => online,
        });
    }
    Ok(validator)
}

fn demand(checks: &Checks) -> Result<Demand, Failure> {
    match &checks.policy {
        None => Ok(Demand::Named),
        Some(any) if any == "any" => Ok(Demand::Some),
        Some(number) => ObjectIdentifier::new(number)
            .map(Demand::Exactly)
            .map_err(|_| Failure::Policy(number.clone())),
    }
}

fn examine(arguments: &Verify, validator: &mut Validator) -> Result<Vec<Examined>, Failure> {
    let file = &arguments.file;
    let content = arguments.content.as_deref();
    if begins_with(file, b"%PDF-")? {
        // Whoever names another document means that it is checked.
        if content.is_some() {
            return Err(Failure::OwnContent { path: file.clone(), option: "--content" });
        }
        return Ok(validator.pdf(&open(file)?)?);
    }
    let bytes = read(file)?;
    if let Some(path) = &arguments.certificate {
        let certificate = certificate_file::one(path)?;
        let document = open(content.unwrap_or(file))?;
        let algorithm = if arguments.pss {
            SignatureAlgorithm::RsaPss(Digest::Sha256)
        } else {
            SignatureAlgorithm::RsaPkcs1(Digest::Sha256)
        };
        return Ok(vec![validator.raw(&bytes, &certificate, algorithm, &document)?]);
    }
    let cms = message(&bytes).ok_or_else(|| Failure::NoSignature { path: file.clone() })?;
    let unusable = |error| match error {
        rubrica::Error::Rejected(rejection) => unusable(file, &rejection),
        error => error.into(),
    };
    match content {
        Some(path) => validator.cms(&cms, Some(&open(path)?)).map_err(unusable),
        None => match check::content(&cms) {
            Ok(None) => Err(Failure::NoContent { path: file.clone() }),
            _ => validator.cms(&cms, None).map_err(unusable),
        },
    }
}

/// A CMS in DER, BER or PEM.
fn message(bytes: &[u8]) -> Option<Vec<u8>> {
    if bytes.first() == Some(&0x30) {
        return Some(bytes.to_vec());
    }
    let text = core::str::from_utf8(bytes).ok()?;
    let PemBlock { label, content } = pem::blocks(text).next()?;
    content.filter(|_| ["CMS", "PKCS7", "PKCS #7 SIGNED DATA"].contains(&label))
}

fn begins_with(path: &Path, head: &[u8]) -> Result<bool, Failure> {
    let mut found = Vec::new();
    let take = head.len() as u64;
    let read = File::open(path).and_then(|file| file.take(take).read_to_end(&mut found));
    read.map_err(|error| Failure::File { path: path.to_owned(), error })?;
    Ok(found == head)
}

fn open(path: &Path) -> Result<File, Failure> {
    let failed = |error: io::Error| Failure::File { path: path.to_owned(), error };
    if fs::metadata(path).map_err(failed)?.is_dir() {
        return Err(failed(io::ErrorKind::IsADirectory.into()));
    }
    File::open(path).map_err(failed)
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    read_bounded(path, LIMIT).map_err(|error| Failure::File { path: path.to_owned(), error })
}

fn unusable(path: &Path, rejection: &Rejection) -> Failure {
    Failure::Unusable { path: path.to_owned(), reason: rejection.to_string() }
}
