//! Sessions that were interrupted, and `rubrica resume`.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    unreachable_pub,
    dead_code,
    reason = "tests and their helpers"
)]

mod support;

use std::thread;

use rubrica_sandbox::{CPF_HOLDER, Fault, Rule, vidaas};
use support::{Bench, PDF};

/// A bench with one document in doubt, and the session's id.
fn in_doubt() -> (Bench, String) {
    let bench = Bench::new();
    bench.sandbox.faults().add(Rule::once(vidaas::SIGNATURE, Fault::ResetAfter));
    bench.write("contrato.pdf", PDF);
    bench.sign(&["contrato.pdf"]).exits(6);
    let listed = bench.run(&["resume", "--list", "--json"]).exits(0);
    let session = listed.event("interrupted");
    assert_eq!(session["holder"], "***.444.777-**");
    assert_eq!(session["documents"][0]["progress"], "in_doubt");
    let id = session["id"].as_str().unwrap().to_owned();
    (bench, id)
}

#[test]
fn what_is_in_doubt_is_not_signed_again_by_accident() {
    let (bench, id) = in_doubt();
    let ran = bench.sign(&["contrato.pdf"]).exits(6);
    assert!(ran.event("failed")["error"].as_str().unwrap().contains(&id));
    bench.run(&["resume", "--json"]).exits(6);
    bench.run(&["resume", &id, "--json"]).exits(6);
    assert_eq!(bench.signatures(), 1);
    assert_eq!(bench.files(), ["contrato.pdf"]);
}

#[test]
fn what_is_in_doubt_is_signed_again_by_the_hosts_word() {
    let (bench, id) = in_doubt();
    let ran = bench.run(&["resume", &id, "--again", "--json"]).exits(0);
    assert!(ran.event("signed")["out"].as_str().unwrap().ends_with("contrato-signed.pdf"));
    assert_eq!(bench.signatures(), 2);
    bench.run(&["verify", "contrato-signed.pdf"]).exits(0);
    assert_eq!(bench.run(&["resume", "--list", "--json"]).exits(0).out, "");
}

#[test]
fn what_is_in_doubt_is_left_by_the_hosts_word() {
    let (bench, id) = in_doubt();
    bench.run(&["resume", &id[..8], "--abandon", "--json"]).exits(6);
    assert_eq!(bench.run(&["resume", "--list", "--json"]).exits(0).out, "");
    assert_eq!(bench.signatures(), 1);
    // Nothing is in doubt any more: the document can be signed anew.
    bench.sign(&["contrato.pdf"]).exits(0);
}

#[test]
fn a_session_that_was_killed_is_resumed_from_another_folder() {
    let bench = Bench::new();
    // The answer never ends, so that there is a time to be killed in.
    bench.sandbox.faults().add(Rule::once(vidaas::SIGNATURE, Fault::Drip));
    bench.write("contrato.pdf", PDF);
    let running = bench.start(&["sign", "contrato.pdf", "--holder", CPF_HOLDER, "--json"]);
    while bench.signatures() == 0 {
        thread::yield_now();
    }
    running.signal("KILL");
    assert_eq!(running.end().code, None);
    assert_eq!(bench.files(), ["contrato.pdf"]);

    let elsewhere = bench.path("elsewhere");
    std::fs::create_dir(&elsewhere).unwrap();
    let list = bench.command(&["resume", "--list"]).current_dir(&elsewhere).output().unwrap();
    let listed = String::from_utf8(list.stdout).unwrap();
    assert!(listed.contains("in doubt"), "{listed}");
    let id = listed.lines().next().unwrap();
    let again = ["resume", id, "--again", "--json"];
    let ran = bench.command(&again).current_dir(&elsewhere).output().unwrap();
    assert_eq!(ran.status.code(), Some(0), "{ran:?}");
    bench.run(&["verify", "contrato-signed.pdf"]).exits(0);
}

#[test]
fn an_outcome_that_cannot_be_written_is_kept() {
    let bench = Bench::new();
    bench.sandbox.faults().add(Rule::once(vidaas::SIGNATURE, Fault::Delay { milliseconds: 1 }));
    bench.write("contrato.pdf", PDF);
    bench.sandbox.phone().set_policy(rubrica_sandbox::Policy::Ask);
    let mut running = bench.start(&["sign", "contrato.pdf", "--holder", CPF_HOLDER, "--json"]);
    running.wait_for("approve_on_phone");
    // Somebody takes the place meanwhile.
    bench.write("contrato-signed.pdf", "mine");
    bench.sandbox.phone().set_policy(rubrica_sandbox::Policy::ApproveAll);
    let ran = running.end().exits(2);
    assert_eq!(ran.event("failed")["file"], "contrato.pdf");
    assert_eq!(bench.read("contrato-signed.pdf"), b"mine");

    std::fs::remove_file(bench.path("contrato-signed.pdf")).unwrap();
    bench.run(&["resume", "--json"]).exits(0);
    bench.run(&["verify", "contrato-signed.pdf"]).exits(0);
    assert_eq!(bench.signatures(), 1);
}

#[test]
fn a_session_that_is_not_there_is_2() {
    let bench = Bench::new();
    bench.run(&["resume", "00", "--json"]).exits(2);
    bench.run(&["resume", "--again", "--json"]).exits(2);
    let ran = bench.run(&["resume"]).exits(0);
    assert!(ran.out.contains("No session"), "{}", ran.out);
}
