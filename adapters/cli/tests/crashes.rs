//! The command is killed, as `kill -9` does it, at every place where a session's journal or a result
//! is written, and resumed. The emulated service counts: no signature is lost without a word, and
//! none is made twice without the operator's.
//!
//! Needs the feature `crash-points`, which no release has.

use core::sync::atomic::{AtomicU32, Ordering};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Mutex;
use std::{fs, thread};

use rubrica_sandbox::{CPF_HOLDER, Policy, Sandbox};

/// What is signed, and what comes of it.
#[derive(Clone, Copy)]
struct Kind {
    format: &'static str,
    /// The documents of a session, and their results.
    documents: [&'static str; 2],
    results: [&'static str; 2],
    contents: [&'static [u8]; 2],
}

/// Digests go up, signatures come down.
const CMS: Kind = Kind {
    format: "cms",
    documents: ["first.txt", "second.txt"],
    results: ["first.txt.p7s", "second.txt.p7s"],
    contents: [b"the first", b"the second"],
};

/// Digests of signed attributes go up, and what comes down is put together here.
const AD_RB: Kind = Kind { format: "pades-ad-rb", ..PADES };

/// Documents go up, and come down signed.
const PADES: Kind = Kind {
    format: "PAdES_AD_RB",
    documents: ["first.pdf", "second.pdf"],
    results: ["first-signed.pdf", "second-signed.pdf"],
    contents: [
        include_bytes!("../../pdf/tests/samples/one_page.pdf"),
        include_bytes!("../../pdf/tests/samples/object_streams.pdf"),
    ],
};

/// What is in the folder before anything is signed, but for the documents.
const FURNITURE: [&str; 5] = ["ca.pem", "trust.pem", "crls.pem", "secret", "home"];

/// A service, a folder with documents, and the command's own folder.
struct Desk {
    sandbox: Sandbox,
    folder: PathBuf,
    kind: Kind,
}

impl Desk {
    fn set(name: &str, kind: Kind) -> Self {
        let sandbox = Sandbox::builder().policy(Policy::ApproveAll).start().unwrap();
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("crashes").join(name);
        drop(fs::remove_dir_all(&folder));
        fs::create_dir_all(&folder).unwrap();
        for (document, content) in kind.documents.iter().zip(kind.contents) {
            fs::write(folder.join(document), content).unwrap();
        }
        fs::write(folder.join("ca.pem"), sandbox.tls_ca_pem()).unwrap();
        let trust = [sandbox.anchors_pem(), sandbox.issuer_pem()].concat();
        fs::write(folder.join("trust.pem"), trust).unwrap();
        fs::write(folder.join("crls.pem"), sandbox.crls_pem()).unwrap();
        fs::write(folder.join("secret"), &sandbox.application().client_secret).unwrap();
        Self { sandbox, folder, kind }
    }

    fn rubrica(&self, crash_at: Option<u32>, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rubrica"));
        command.current_dir(&self.folder).env("RUBRICA_HOME", self.folder.join("home"));
        command.args(arguments).args(["--provider", "vidaas", "--tls-ca", "ca.pem"]);
        command.args(["--base-url", self.sandbox.base_url()]);
        command.args(["--client-id", &self.sandbox.application().client_id]);
        command.args(["--client-secret-file", "secret", "--json"]);
        if let Some(crash_at) = crash_at {
            command.env("RUBRICA_CRASH_AT", crash_at.to_string());
        }
        command.output().unwrap()
    }

    fn sign(&self, scope: &str, crash_at: Option<u32>) -> Output {
        let Kind { documents: [first, second], format, .. } = self.kind;
        let sign = ["sign", first, second, "--holder", CPF_HOLDER, "--via", "push"];
        self.rubrica(crash_at, &[&sign[..], &["--format", format, "--scope", scope]].concat())
    }

    /// The identifier of the session that waits to be resumed.
    fn interrupted(&self) -> Option<String> {
        let listed = self.rubrica(None, &["resume", "--list"]);
        assert!(listed.status.success(), "{listed:?}");
        let text = String::from_utf8(listed.stdout).unwrap();
        let (_, id) = text.split_once("\"id\":\"")?;
        id.split('"').next().map(str::to_owned)
    }

    /// How often the service signed each document.
    fn signatures(&self) -> [usize; 2] {
        // Attributes have a digest of their own; the document's place in its order tells which it is.
        if self.kind.format == AD_RB.format {
            let made = self.sandbox.counters().signatures();
            return ["1", "2"].map(|id| made.iter().filter(|record| record.id == id).count());
        }
        self.kind.contents.map(|content| {
            let digest = ring::digest::digest(&ring::digest::SHA256, content);
            self.sandbox.counters().signatures_of(digest.as_ref().try_into().unwrap())
        })
    }

    /// Which documents have their signature beside them.
    fn results(&self) -> [bool; 2] {
        self.kind.results.map(|result| self.folder.join(result).exists())
    }

    /// Nothing is left behind but documents, whole results and the command's own folder.
    fn assert_tidy(&self, place: &str) {
        for entry in fs::read_dir(&self.folder).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let known = [self.kind.documents, self.kind.results].concat();
            assert!(known.contains(&&*name) || FURNITURE.contains(&&*name), "{place}: {name}");
        }
        let Kind { documents, results, .. } = self.kind;
        for ((document, result), is_there) in documents.iter().zip(results).zip(self.results()) {
            if is_there {
                let verify = match result.ends_with(".pdf") {
                    true => vec!["verify", result],
                    false => vec!["verify", result, "--content", document],
                };
                let output = Command::new(env!("CARGO_BIN_EXE_rubrica"))
                    .current_dir(&self.folder)
                    .args(verify)
                    .args(["--trust", "trust.pem", "--crl", "crls.pem"])
                    .output()
                    .unwrap();
                assert!(output.status.success(), "{place}: {document} does not verify");
            }
        }
    }
}

/// One session, killed at one place and brought to its end. `false` when there is no such place.
fn kill_and_resume(kind: Kind, scope: &str, crash_at: u32, word: &str) -> bool {
    let place = format!("{}-{scope}-{crash_at}-{word}", kind.format);
    let desk = Desk::set(&place, kind);
    let killed = desk.sign(scope, Some(crash_at));
    if killed.status.code().is_some() {
        assert!(killed.status.success(), "{place}: {killed:?}");
        return false;
    }
    assert!(desk.signatures().iter().all(|&count| count <= 1), "{place}: signed twice");

    let before = desk.signatures();
    let resumed = desk.rubrica(None, &["resume"]);
    let code = resumed.status.code();
    let after = desk.signatures();
    // What the service had signed, it has not signed again.
    for (before, after) in before.iter().zip(after) {
        assert!(after <= 1 && after >= *before, "{place}: {before} signatures became {after}");
    }
    match code {
        Some(0) => {
            let nothing_was_journaled = before == [0, 0] && after == [0, 0];
            if nothing_was_journaled {
                // Killed before the first request: there is no session, and nothing was signed.
                assert_eq!(desk.results(), [false, false], "{place}");
                assert!(desk.sign(scope, None).status.success(), "{place}");
            }
            assert_eq!(desk.signatures(), [1, 1], "{place}");
            assert_eq!(desk.results(), [true, true], "{place}: a signature was lost");
        }
        Some(6) => {
            // In doubt, and it says so: what has no result may be signed or not.
            let text = String::from_utf8_lossy(&resumed.stdout).into_owned();
            assert!(text.contains("in_doubt"), "{place}: {text}");
            let decided = desk.rubrica(None, &["resume", &desk.interrupted().unwrap(), word]);
            match word {
                "--again" => {
                    assert!(decided.status.success(), "{place}: {decided:?}");
                    assert_eq!(desk.results(), [true, true], "{place}");
                    // Twice only with the operator's word, and only what was in doubt.
                    for (before, after) in before.iter().zip(desk.signatures()) {
                        assert!(after <= before + 1, "{place}");
                    }
                }
                _ => {
                    assert_eq!(decided.status.code(), Some(6), "{place}: {decided:?}");
                    assert!(desk.signatures().iter().all(|&count| count <= 1), "{place}");
                }
            }
        }
        other => panic!("{place}: {other:?} {resumed:?}"),
    }
    assert_eq!(desk.interrupted(), None, "{place}: not over");
    assert_eq!(desk.sandbox.counters().early_polls(), 0, "{place}");
    desk.assert_tidy(&place);
    true
}

/// Every place of a session, on as many threads as there are to wait with.
fn at_every_place(kind: Kind, scope: &str, word: &str, least: u32) {
    let next = AtomicU32::new(1);
    let killed = Mutex::new(0);
    thread::scope(|threads| {
        for _ in 0..4 {
            threads.spawn(|| {
                loop {
                    let place = next.fetch_add(1, Ordering::SeqCst);
                    if !kill_and_resume(kind, scope, place, word) {
                        break;
                    }
                    *killed.lock().unwrap() += 1;
                }
            });
        }
    });
    let killed = *killed.lock().unwrap();
    assert!(killed >= least, "{killed} places only");
}

#[test]
fn s10_one_request_a_document_killed_anywhere_and_what_is_in_doubt_abandoned() {
    // Two requests, each with two places before and two after, and one for each result.
    at_every_place(CMS, "single_signature", "--abandon", 10);
}

#[test]
fn one_request_for_all_killed_anywhere_and_what_is_in_doubt_signed_again() {
    at_every_place(CMS, "multi_signature", "--again", 6);
}

#[test]
fn a_session_killed_anywhere_goes_on_with_its_token() {
    at_every_place(CMS, "signature_session", "--again", 6);
}

#[test]
fn what_is_put_together_here_is_whole_or_not_there_and_no_attributes_are_signed_twice() {
    at_every_place(AD_RB, "signature_session", "--again", 6);
    at_every_place(AD_RB, "single_signature", "--abandon", 10);
}

#[test]
fn a_document_that_is_being_received_is_whole_or_not_there_wherever_it_is_killed() {
    // Each request has two places more: when the document has come, and when it is on the disk.
    at_every_place(PADES, "signature_session", "--abandon", 14);
}

#[test]
fn a_document_that_was_received_and_not_noted_is_received_again() {
    at_every_place(PADES, "single_signature", "--again", 14);
}
