//! The judges: programs that we did not write.

use std::ffi::OsStr;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::Command;

use rubrica_sandbox::Sandbox;
use rubrica_tests::host::Folder;

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

/// What a sandbox publishes, in files.
pub(crate) struct Published {
    pub(crate) roots: PathBuf,
    pub(crate) authorities: PathBuf,
    pub(crate) lists: PathBuf,
    /// Roots and lists in one, as OpenSSL takes them.
    pub(crate) roots_and_lists: PathBuf,
}

impl Published {
    pub(crate) fn by(sandbox: &Sandbox, folder: &Folder) -> Self {
        let roots_and_lists = format!("{}{}", sandbox.roots_pem(), sandbox.crls_pem());
        Self {
            roots: folder.write("roots.pem", sandbox.roots_pem()),
            authorities: folder.write("authorities.pem", sandbox.intermediates_pem()),
            lists: folder.write("lists.pem", sandbox.crls_pem()),
            roots_and_lists: folder.write("roots-and-lists.pem", roots_and_lists),
        }
    }
}

/// Runs a script with the Python that has pyHanko, which the setup of `tests/run` puts into an
/// environment of its own.
pub(crate) fn python<A: AsRef<OsStr>>(script: &str, arguments: &[A]) -> Option<Verdict> {
    let python = std::env::var("PYHANKO_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let script = [OsStr::new("-c"), OsStr::new(script)];
    let arguments: Vec<&OsStr> =
        script.into_iter().chain(arguments.iter().map(AsRef::as_ref)).collect();
    let verdict = ask(&python, &arguments)?;
    if verdict.text.contains("No module named") {
        return missing("pyHanko");
    }
    Some(verdict)
}

/// Asks pyHanko about PDFs: one line for each signature, as the script says.
pub(crate) fn pyhanko(published: &Published, pdfs: &[&Path]) -> Option<Verdict> {
    let known = [&published.roots, &published.authorities, &published.lists];
    let arguments: Vec<&Path> =
        known.into_iter().map(PathBuf::as_path).chain(pdfs.iter().copied()).collect();
    python(include_str!("pyhanko.py"), &arguments)
}

/// OpenSSL's opinion on a detached CAdES signature, with every certificate's revocation.
pub(crate) fn openssl_cms(published: &Published, cms: &Path, content: &Path) -> Option<Verdict> {
    let arguments: Vec<&OsStr> = ["cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in"]
        .into_iter()
        .map(OsStr::new)
        .chain([cms.as_os_str(), OsStr::new("-content"), content.as_os_str()])
        .chain([OsStr::new("-CAfile"), published.roots_and_lists.as_os_str()])
        .chain([OsStr::new("-certfile"), published.authorities.as_os_str()])
        .chain(["-crl_check_all", "-purpose", "any", "-out", "/dev/null"].map(OsStr::new))
        .collect();
    ask("openssl", &arguments)
}
