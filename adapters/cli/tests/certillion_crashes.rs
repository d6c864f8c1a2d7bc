//! The command is killed, as `kill -9` does it, at every place where an order's journal, a document
//! that comes or a result is written, and resumed. The emulated Certillion counts: no document is
//! signed twice without the operator's word, none is lost, and little is sent or fetched again.
//!
//! Needs the feature `crash-points`, which no release has.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    unreachable_pub,
    dead_code,
    reason = "tests and their helpers"
)]

#[path = "certillion/bench.rs"]
mod bench;
mod support;

use core::sync::atomic::{AtomicU32, Ordering};
use std::sync::Mutex;
use std::thread;

use rubrica_sandbox::{CPF_HOLDER, Policy, Sandbox};

use bench::{bench_with, files, run, run_command};
use support::{Bench, PDF, Ran};

const DOCUMENTS: [&str; 3] = ["1.pdf", "2.pdf", "3.pdf"];

/// How an order is signed.
#[derive(Clone, Copy)]
struct Kind {
    name: &'static str,
    arguments: &'static [&'static str],
    results: [&'static str; 3],
    /// What the operator says of documents in doubt.
    word: &'static str,
    /// Places that there are at least.
    places: u32,
}

/// Documents go up in one request each, and come down signed.
const PADES: Kind = Kind {
    name: "PAdES",
    arguments: &["--scope", "multi_signature"],
    results: ["1-signed.pdf", "2-signed.pdf", "3-signed.pdf"],
    word: "--again",
    places: 24,
};

/// The same with a permission for each.
const ONE_BY_ONE: Kind = Kind {
    name: "PAdES one by one",
    arguments: &["--scope", "single_signature"],
    word: "--abandon",
    places: 30,
    ..PADES
};

/// Signatures come with the reply, and nothing is fetched.
const DETACHED: Kind = Kind {
    name: "CAdES apart",
    arguments: &["--standard", "CADES", "--detached", "--scope", "multi_signature"],
    results: ["1.pdf.p7s", "2.pdf.p7s", "3.pdf.p7s"],
    word: "--abandon",
    places: 10,
};

/// A service, a folder with documents, and the command's own folder.
struct Desk {
    bench: Bench,
    kind: Kind,
}

impl Desk {
    fn set(kind: Kind) -> Self {
        let bench = bench_with(Sandbox::builder().policy(Policy::ApproveAll), "");
        for name in DOCUMENTS {
            bench.write(name, content(name));
        }
        Self { bench, kind }
    }

    fn sign(&self, crash_at: Option<u32>) -> Ran {
        let sign = ["certillion", "sign", "--holder", CPF_HOLDER, "--json"];
        let mut command =
            self.bench.command(&[&sign, &DOCUMENTS[..], self.kind.arguments].concat());
        if let Some(crash_at) = crash_at {
            command.env("RUBRICA_CRASH_AT", crash_at.to_string());
        }
        run_command(&self.bench, command)
    }

    fn resume(&self, arguments: &[&str]) -> Ran {
        run(&self.bench, &[&["certillion", "resume", "--json"], arguments].concat())
    }

    /// The identifier of the order that waits to be resumed.
    fn interrupted(&self) -> Option<String> {
        let listed = self.resume(&["--list"]).exits(0);
        let (_, id) = listed.out.split_once("\"id\":\"")?;
        id.split('"').next().map(str::to_owned)
    }

    /// How often each document was uploaded, signed and downloaded.
    fn counts(&self) -> [[usize; 3]; 3] {
        let counters = self.bench.sandbox.counters();
        DOCUMENTS.map(|name| {
            let digest = ring::digest::digest(&ring::digest::SHA256, &content(name));
            let hash = digest.as_ref().try_into().unwrap();
            [counters.uploads_of(hash), counters.signatures_of(hash), counters.downloads_of(hash)]
        })
    }

    fn signatures(&self) -> [usize; 3] {
        self.counts().map(|[_, signatures, _]| signatures)
    }

    /// Which documents have their result beside them.
    fn results(&self) -> [bool; 3] {
        self.kind.results.map(|result| self.bench.path(result).exists())
    }

    /// Nothing is left behind but documents and whole results.
    fn assert_tidy(&self, place: &str) {
        for name in files(&self.bench) {
            let known = [DOCUMENTS, self.kind.results].concat();
            assert!(known.contains(&name.as_str()), "{place}: {name} was left behind");
        }
        for (document, result) in DOCUMENTS.iter().zip(self.kind.results) {
            if self.bench.path(result).exists() {
                let content = ["--content", document];
                let detached: &[&str] = if result.ends_with(".p7s") { &content } else { &[] };
                self.bench.run(&[&["verify", result], detached].concat()).exits(0);
            }
        }
    }
}

/// Each document is another.
fn content(name: &str) -> Vec<u8> {
    [PDF, format!("% {name}\n").as_bytes()].concat()
}

/// One order, killed at one place and brought to its end. `false` when there is no such place.
fn kill_and_resume(kind: Kind, crash_at: u32) -> bool {
    let place = format!("{} {crash_at}", kind.name);
    let desk = Desk::set(kind);
    let killed = desk.sign(Some(crash_at));
    if killed.code.is_some() {
        assert_eq!(killed.code, Some(0), "{place}: {killed:?}");
        return false;
    }
    let before = desk.signatures();
    assert!(before.iter().all(|count| *count <= 1), "{place}: {before:?}");

    let resumed = desk.resume(&[]);
    let after = desk.signatures();
    // What the service had signed, it has not signed again.
    for (before, after) in before.iter().zip(after) {
        assert!(after <= 1 && after >= *before, "{place}: {before} signatures became {after}");
    }
    match resumed.code {
        Some(0) => {
            if desk.results() == [false; 3] {
                // Killed before anything was journaled: nothing was signed.
                assert_eq!(after, [0; 3], "{place}: signatures were lost");
                desk.sign(None).exits(0);
            }
            assert_eq!(desk.signatures(), [1; 3], "{place}");
            assert_eq!(desk.results(), [true; 3], "{place}: a signature was lost");
        }
        Some(6) => {
            // In doubt, and it says so: what has no result may be signed or not.
            assert!(resumed.out.contains("in_doubt"), "{place}: {resumed:?}");
            let id = desk.interrupted().expect("somebody has to decide");
            let decided = desk.resume(&[&id, kind.word]);
            let counts = desk.signatures();
            match kind.word {
                "--again" => {
                    assert_eq!(decided.code, Some(0), "{place}: {decided:?}");
                    assert_eq!(desk.results(), [true; 3], "{place}");
                    // Twice only with the operator's word, and only what was in doubt.
                    let most = before.iter().zip(counts).all(|(before, after)| after <= before + 1);
                    assert!(most, "{place}: {before:?} became {counts:?}");
                }
                _ => {
                    assert_eq!(decided.code, Some(6), "{place}: {decided:?}");
                    assert!(counts.iter().all(|count| *count <= 1), "{place}: {counts:?}");
                }
            }
        }
        other => panic!("{place}: {other:?} {resumed:?}"),
    }
    assert_eq!(desk.interrupted(), None, "{place}: it is not over");
    // What was on its way when it was killed goes once more, and nothing else does.
    let counts = desk.counts();
    for (what, column) in [("uploads", 0), ("downloads", 2)] {
        let sum: usize = counts.iter().map(|each| each[column]).sum();
        assert!(sum <= DOCUMENTS.len() + 1, "{place}: {sum} {what}");
    }
    assert_eq!(desk.bench.sandbox.counters().violations(), [""; 0], "{place}");
    desk.assert_tidy(&place);
    true
}

/// Every place of an order, on as many threads as there are to wait with.
fn at_every_place(kind: Kind) {
    let next = AtomicU32::new(1);
    let killed = Mutex::new(0);
    thread::scope(|threads| {
        for _ in 0..4 {
            threads.spawn(|| {
                while kill_and_resume(kind, next.fetch_add(1, Ordering::SeqCst)) {
                    *killed.lock().unwrap() += 1;
                }
            });
        }
    });
    let killed = *killed.lock().unwrap();
    println!("{}: {killed} places", kind.name);
    assert!(killed >= kind.places, "{killed} places only");
}

#[test]
fn one_request_for_all_killed_anywhere_and_what_is_in_doubt_signed_again() {
    at_every_place(PADES);
}

#[test]
fn s10_one_permission_a_document_killed_anywhere_and_what_is_in_doubt_abandoned() {
    at_every_place(ONE_BY_ONE);
}

#[test]
fn signatures_that_come_with_the_reply_killed_anywhere() {
    at_every_place(DETACHED);
}
