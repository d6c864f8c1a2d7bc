//! What runs bring out, and the search for canaries in it.

use core::error::Error as _;
use core::fmt::{self, Write as _};
use std::fs;
use std::path::{Path, PathBuf};

use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use rubrica::{Error, Notice, Screen};
use rubrica_sandbox::Browser;
use rubrica_tests::host::sha256;

/// What a run brought out.
#[derive(Default)]
pub(crate) struct Heap {
    pub(crate) text: String,
    pub(crate) files: Vec<u8>,
    pub(crate) urls: Vec<String>,
}

impl Heap {
    pub(crate) fn add(&mut self, what: &dyn fmt::Debug) {
        writeln!(self.text, "{what:?}\n{what:#?}").expect("a string takes all");
    }

    pub(crate) fn add_error(&mut self, error: &Error) {
        self.add(error);
        writeln!(self.text, "{error}").expect("a string takes all");
        for language in [rubrica::Language::Portuguese, rubrica::Language::English] {
            self.text.push_str(error.advice(language));
        }
        let mut source = error.source();
        while let Some(error) = source {
            writeln!(self.text, "{error} {error:?}").expect("a string takes all");
            source = error.source();
        }
    }

    pub(crate) fn add_outcomes<T: fmt::Debug>(
        &mut self,
        result: &Result<Vec<Result<T, Error>>, Error>,
    ) {
        match result {
            Ok(outcomes) => {
                self.add(outcomes);
                outcomes
                    .iter()
                    .filter_map(|it| it.as_ref().err())
                    .for_each(|it| self.add_error(it));
            }
            Err(error) => self.add_error(error),
        }
    }

    pub(crate) fn add_files(&mut self, folder: &Path) {
        let Ok(entries) = fs::read_dir(folder) else { return };
        for path in entries.map(|entry| entry.expect("readable").path()) {
            self.files.extend(path.to_string_lossy().bytes());
            // What is renamed meanwhile is seen the next time.
            self.files.extend(fs::read(&path).unwrap_or_default());
        }
    }

    /// Searches all that a run brought out, and all that was told meanwhile.
    pub(crate) fn search(&self, told: &str, forbidden: &[Vec<u8>]) {
        let urls = self.urls.join("\n");
        for canary in forbidden {
            search("a log", told.as_bytes(), canary);
            search("an error, a notice or a value", self.text.as_bytes(), canary);
            search("the state directory", &self.files, canary);
            search("a URL that the holder is shown", urls.as_bytes(), canary);
        }
        search_verifiers(told, &self.urls);
        search_verifiers(&self.text, &self.urls);
    }
}

/// The holder's side, which looks at everything whenever it is told something.
pub(crate) struct Watch<'h> {
    pub(crate) heap: &'h mut Heap,
    pub(crate) state: PathBuf,
    pub(crate) browser: Browser,
}

impl Screen for Watch<'_> {
    fn show(&mut self, notice: Notice<'_>) {
        self.heap.add_files(&self.state);
        if let Notice::OpenUrl { url, .. } = notice {
            self.heap.urls.push(url.to_owned());
            let (browser, url) = (self.browser.clone(), url.to_owned());
            std::thread::spawn(move || {
                // A page that fails is one of the faults.
                let _ = browser.open(&url, core::time::Duration::from_secs(10));
            });
        } else {
            self.heap.add(&notice);
        }
    }
}

/// Every way in which a canary may be written.
pub(crate) fn ways(canary: &str) -> Vec<Vec<u8>> {
    // As the numbers that `Debug` writes of bytes, in one line and in many.
    let numbers: Vec<String> = canary.bytes().map(|byte| byte.to_string()).collect();
    let mut ways = vec![canary.into(), numbers.join(", ").into()];
    // In base64, wherever it begins in a group of three.
    for shift in 0..3 {
        let shifted = [&b"\0\0\0"[..shift], canary.as_bytes()].concat();
        let encoded = Base64::encode_string(&shifted[..shifted.len() / 3 * 3]);
        ways.push(encoded[4 * usize::from(shift > 0)..].into());
    }
    ways
}

/// Searches one thing for one canary.
pub(crate) fn search(what: &str, heap: &[u8], canary: &[u8]) {
    let found = heap.windows(canary.len()).position(|window| window == canary);
    if let Some(place) = found {
        let around = &heap[place.saturating_sub(200)..(place + 200).min(heap.len())];
        let canary = String::from_utf8_lossy(canary);
        panic!("{what} holds {canary}: …{}…", String::from_utf8_lossy(around));
    }
}

/// Whether a text of a verifier's length is the verifier of one of these challenges.
fn search_verifiers(text: &str, urls: &[String]) {
    let part = |character: char| character.is_ascii_alphanumeric() || "-_".contains(character);
    for word in text.split(|character| !part(character)).filter(|word| word.len() == 43) {
        let challenge = Base64UrlUnpadded::encode_string(&sha256(word.as_bytes()));
        assert!(!urls.iter().any(|url| url.contains(&challenge)), "the verifier is told");
    }
}
