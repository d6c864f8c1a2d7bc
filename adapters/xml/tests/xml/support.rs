//! What the tests of this crate share.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A folder that is gone when nobody asks for it any more.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let name = format!("xml-{name}-{}", std::process::id());
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.0.join(name), bytes).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.0.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    pub(crate) fn samples(&self) -> BTreeMap<String, Sample> {
        samples(&self.0)
    }

    /// Has the judges do something with the folder. `None` where they are not there, which is said
    /// loudly, and is an error where all judges are required.
    pub(crate) fn judge(&self, what: &str) -> Option<()> {
        let python = std::env::var("PYHANKO_PYTHON").unwrap_or_else(|_| "python3".to_owned());
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/xml/judge.py");
        let there = Command::new(&python)
            .args(["-c", "import lxml, signxml, xmlsec"])
            .output()
            .is_ok_and(|output| output.status.success());
        if !there {
            let required = std::env::var_os("RUBRICA_JUDGES").is_some_and(|it| it == "required");
            assert!(!required, "the judges lxml, signxml and xmlsec are not installed");
            eprintln!("SKIPPED: the judges lxml, signxml and xmlsec are not installed");
            return None;
        }
        let output = Command::new(&python).arg(script).arg(what).arg(&self.0).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Some(())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A signed document of a judge.
#[derive(Clone)]
pub(crate) struct Sample {
    pub(crate) signed: Vec<u8>,
    /// What was signed.
    pub(crate) original: Vec<u8>,
    /// The public key as ring takes it.
    pub(crate) key: Vec<u8>,
}

/// The signed documents in a folder.
fn samples(folder: &Path) -> BTreeMap<String, Sample> {
    let mut samples = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|it| it == "xml") {
            let beside = |extension| fs::read(path.with_extension(extension)).unwrap();
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let (original, key) = (beside("original"), beside("key"));
            samples.insert(name, Sample { signed: fs::read(&path).unwrap(), original, key });
        }
    }
    samples
}

/// The samples that are kept, so that nothing but a judge is needed to make them anew.
pub(crate) fn kept() -> BTreeMap<String, Sample> {
    samples(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/signed")))
}
