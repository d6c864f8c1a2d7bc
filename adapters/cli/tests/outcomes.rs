//! What the shell and programs are told when something does not go well, and what is left on disk.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    unreachable_pub,
    dead_code,
    reason = "tests and their helpers"
)]

mod support;

use rubrica_sandbox::{CPF_HOLDER, Fault, Policy, Rule, Sandbox, UNKNOWN_ROOT_HOLDER, vidaas};
use support::{Bench, PDF};

/// Signs one document and expects it to fail in one way, with nothing written.
#[track_caller]
fn fails(bench: &Bench, code: i32, fault: &str) -> serde_json::Value {
    bench.write("contrato.pdf", PDF);
    let ran = bench.sign(&["contrato.pdf"]).exits(code);
    let failed = ran.event("failed");
    assert_eq!(failed["file"], "contrato.pdf");
    assert_eq!(failed["fault"], fault);
    assert!(!failed["error"].as_str().unwrap().is_empty());
    assert!(!failed["advice"].as_str().unwrap().is_empty());
    assert_eq!(ran.events().last().unwrap(), "done");
    assert_eq!(bench.files(), ["contrato.pdf"]);
    failed
}

#[test]
fn a_denial_is_3() {
    let at_once = vidaas::PushRefusal::AtOnce { status: 403 };
    let denying = Sandbox::builder()
        .policy(Policy::DenyAll)
        .vidaas(|settings| settings.push_refusal = at_once);
    fails(&Bench::with(denying), 3, "holder");
}

#[test]
fn silence_until_the_timeout_is_3() {
    let bench = Bench::with(Sandbox::builder().policy(Policy::Ignore));
    bench.write("contrato.pdf", PDF);
    bench.sign(&["contrato.pdf", "--timeout", "1"]).exits(3);
}

#[test]
fn a_refusal_is_4() {
    let bench = Bench::new();
    let body = r#"{"error":"invalid_request"}"#.to_owned();
    let refusal = Fault::Answer { status: 400, headers: Vec::new(), body, processed: false };
    bench.sandbox.faults().add(Rule::always(vidaas::SIGNATURE, refusal));
    assert_eq!(fails(&bench, 4, "service")["code"], "invalid_request");
}

#[test]
fn a_signature_that_does_not_verify_is_5_and_not_written() {
    let bench = Bench::new();
    bench.sandbox.faults().add(Rule::always(vidaas::SIGNATURE, Fault::WrongKey));
    fails(&bench, 5, "verification");
}

#[test]
fn a_chain_to_nowhere_is_5() {
    let bench = Bench::new();
    bench.write("contrato.pdf", PDF);
    let arguments = ["sign", "contrato.pdf", "--holder", UNKNOWN_ROOT_HOLDER, "--json"];
    bench.run(&arguments).exits(5);
    assert_eq!(bench.files(), ["contrato.pdf"]);
}

#[test]
fn a_lost_answer_is_6() {
    let bench = Bench::new();
    bench.sandbox.faults().add(Rule::once(vidaas::SIGNATURE, Fault::ResetAfter));
    fails(&bench, 6, "in_doubt");
    assert_eq!(bench.signatures(), 1);
}

#[test]
fn nobody_there_is_7() {
    let bench = Bench::new();
    let closed = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        format!("https://{}", listener.local_addr().unwrap())
    };
    bench.write("contrato.pdf", PDF);
    let ran = bench.sign(&["contrato.pdf", "--base-url", &closed, "--timeout", "5"]).exits(7);
    assert_eq!(ran.event("failed")["fault"], "network");
}

#[test]
fn what_is_signed_is_kept_whatever_became_of_the_others() {
    let bench = Bench::new();
    bench.write("good.pdf", PDF);
    bench.write("broken.pdf", b"%PDF-1.7\nno more than this");
    let ran = bench.sign(&["good.pdf", "broken.pdf"]).exits(1);
    assert_eq!(ran.event("failed")["file"], "broken.pdf");
    assert_eq!(ran.event("failed")["fault"], "document");
    assert_eq!(ran.event("signed")["file"], "good.pdf");
    assert_eq!(bench.files(), ["broken.pdf", "good-signed.pdf", "good.pdf"]);
}

#[test]
fn the_gravest_of_several_outcomes_is_told() {
    let bench = Bench::new();
    bench.sandbox.faults().add(Rule::always(vidaas::SIGNATURE, Fault::WrongKey));
    bench.write("good.pdf", PDF);
    bench.write("broken.pdf", b"%PDF-1.7\nno more than this");
    bench.sign(&["broken.pdf", "good.pdf"]).exits(5);
}

#[test]
fn documents_of_two_formats_take_two_approvals() {
    let bench = Bench::new();
    bench.write("a.pdf", PDF);
    bench.write("b.txt", "b");
    let ran = bench.sign(&["a.pdf", "b.txt"]).exits(0);
    assert_eq!(ran.events().iter().filter(|name| *name == "approve_on_phone").count(), 2);
    assert_eq!(bench.files(), ["a-signed.pdf", "a.pdf", "b.txt", "b.txt.p7s"]);
    let at_once = ["a.pdf", "b.txt", "--force", "--scope", "signature_session"];
    let ran = bench.sign(&at_once).exits(0);
    assert_eq!(ran.events().iter().filter(|name| *name == "approve_on_phone").count(), 1);
}

#[test]
fn ctrl_c_while_the_holder_is_asked_is_3_and_leaves_nothing() {
    let bench = Bench::with(Sandbox::builder().policy(Policy::Ask));
    bench.write("contrato.pdf", PDF);
    let mut running = bench.start(&["sign", "contrato.pdf", "--holder", CPF_HOLDER, "--json"]);
    running.wait_for("approve_on_phone");
    running.signal("INT");
    let ran = running.end().exits(3);
    assert_eq!(ran.event("failed")["fault"], "holder");
    assert_eq!(bench.files(), ["contrato.pdf"]);
    assert_eq!(bench.signatures(), 0);
}
