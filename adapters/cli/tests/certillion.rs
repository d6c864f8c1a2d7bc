//! `rubrica certillion sign`: what goes well, and what the shell and programs are told when it does
//! not.

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

use bench::{bench, bench_with, files, run, sign};
use rubrica_sandbox::{CPF_HOLDER, Fault, Policy, Rule, Sandbox, certillion};
use support::{Bench, PDF, is_plain};

const XML: &str = "<?xml version=\"1.0\"?>\n<receita><item n=\"1\">Dipirona</item></receita>\n";

#[test]
fn a_pdf_goes_and_comes_back_signed() {
    let bench = bench();
    bench.write("contrato.pdf", PDF);
    let look = ["--reason", "Aprovação", "--visible", "$CERT_CN_WO_CPF$", "--visible-page", "1"];
    let ran = sign(&bench, &[&["contrato.pdf", "--psc", "BIRDID"], &look[..]].concat()).exits(0);
    let events = ran.events();
    assert_eq!(events.first().unwrap(), "open_url");
    assert_eq!(events[events.len() - 2..], ["signed", "done"]);
    let signed = ran.event("signed");
    assert_eq!(
        (&signed["file"], &signed["out"]),
        (&"contrato.pdf".into(), &"contrato-signed.pdf".into())
    );
    assert_eq!(signed["verified"], true);
    assert_eq!(signed["signer"], "FULANA SINTETICA DE TESTE");
    assert_eq!(signed["holder"], "***.444.777-**");
    assert!(!signed["transaction"].as_str().unwrap().is_empty());
    assert!(bench.read("contrato-signed.pdf").starts_with(PDF));
    assert_eq!(files(&bench), ["contrato-signed.pdf", "contrato.pdf"]);
    assert_eq!(ran.error, "");
    bench.run(&["verify", "contrato-signed.pdf"]).exits(0);
}

#[test]
fn other_documents_get_their_own_standard_and_the_names_that_tell_it() {
    let bench = bench();
    bench.write("ata.txt", "Ata da assembleia.");
    bench.write("receita.xml", XML);
    let ran = sign(&bench, &["ata.txt", "receita.xml"]).exits(0);
    assert_eq!(ran.events().iter().filter(|name| *name == "open_url").count(), 2);
    assert_eq!(files(&bench), ["ata.txt", "ata.txt.p7m", "receita-signed.xml", "receita.xml"]);
    for signed in ran.objects().iter().filter(|event| event["event"] == "signed") {
        assert_eq!(signed["verified"], true, "{signed}");
    }
    let at_once = ["ata.txt", "receita.xml", "--scope", "signature_session", "--force"];
    let ran = sign(&bench, &at_once).exits(0);
    assert_eq!(ran.events().iter().filter(|name| *name == "open_url").count(), 1);
    sign(&bench, &["ata.txt", "--detached"]).exits(0);
    bench.run(&["verify", "ata.txt.p7s", "--content", "ata.txt"]).exits(0);
    bench.run(&["verify", "ata.txt.p7m"]).exits(0);
}

#[test]
fn several_documents_take_one_approval() {
    let bench = bench();
    let names: Vec<String> = (0..12).map(|number| format!("{number}.pdf")).collect();
    for name in &names {
        bench.write(name, [PDF, format!("% {name}\n").as_bytes()].concat());
    }
    std::fs::create_dir(bench.path("signed")).unwrap();
    let mut arguments: Vec<&str> = names.iter().map(String::as_str).collect();
    arguments.extend(["--out-dir", "signed"]);
    let ran = sign(&bench, &arguments).exits(0);
    assert_eq!(ran.events().iter().filter(|name| *name == "signed").count(), 12);
    assert_eq!(ran.events().iter().filter(|name| *name == "open_url").count(), 1);
    assert_eq!(bench.signatures(), 12);
    assert!(bench.path("signed/11-signed.pdf").exists());
}

#[test]
fn what_cannot_be_verified_is_8_and_written_and_told_as_such() {
    let bench = bench();
    // Of a relative namespace no canonical form may be made, and the emulated service makes one.
    bench.write("receita.xml", "<receita xmlns=\"relativo\"/>");
    let signed = sign(&bench, &["receita.xml"]).exits(8).event("signed");
    assert_eq!(signed["verified"], false);
    assert!(signed["reason"].to_string().contains("relative"), "{signed}");
    assert!(signed.get("signer").is_none());
    assert!(bench.path("receita-signed.xml").exists());
}

/// Signs one document and expects it to fail in one way, with nothing written.
#[track_caller]
fn fails(bench: &Bench, code: i32, fault: &str) -> serde_json::Value {
    bench.write("contrato.pdf", PDF);
    let ran = sign(bench, &["contrato.pdf"]).exits(code);
    let failed = ran.event("failed");
    assert_eq!(failed["file"], "contrato.pdf");
    assert_eq!(failed["fault"], fault);
    assert!(!failed["error"].as_str().unwrap().is_empty());
    assert!(!failed["advice"].as_str().unwrap().is_empty());
    assert_eq!(ran.events().last().unwrap(), "done");
    assert_eq!(files(bench), ["contrato.pdf"]);
    failed
}

#[test]
fn a_denial_is_3() {
    fails(&bench_with(Sandbox::builder().policy(Policy::DenyAll), ""), 3, "holder");
}

#[test]
fn silence_until_the_timeout_is_3() {
    let bench = bench_with(Sandbox::builder().policy(Policy::Ignore), "");
    bench.write("contrato.pdf", PDF);
    let arguments =
        ["certillion", "sign", "contrato.pdf", "--holder", CPF_HOLDER, "--timeout", "1"];
    bench.run(&arguments).exits(3);
}

#[test]
fn a_refusal_is_4_and_told_by_the_meaning_of_its_code() {
    let bench = bench();
    let body = r#"{"status":{"code":713,"name":"WRONG_DOCUMENT_TYPE","detail":"XML"}}"#.to_owned();
    let refusal = Fault::Answer { status: 400, headers: Vec::new(), body, processed: false };
    bench.sandbox.faults().add(Rule::always(certillion::SIGNATURE, refusal));
    let error = fails(&bench, 4, "service")["error"].to_string();
    for words in ["The document's type", "713 WRONG_DOCUMENT_TYPE", "XML"] {
        assert!(error.contains(words), "{error}");
    }
    let failed = fails(&bench, 4, "service");
    assert_eq!(failed["code"], "713 WRONG_DOCUMENT_TYPE");
    let advice = failed["advice"].to_string();
    // What is not settled is told where it is a part of what was asked.
    assert!(advice.contains("policy_spelling") && !advice.contains("paths.validate"), "{advice}");
    let arguments = ["contrato.pdf", "--lang", "pt-BR"];
    let error = sign(&bench, &arguments).exits(4).event("failed")["error"].to_string();
    assert!(error.contains("713 WRONG_DOCUMENT_TYPE") && error.contains("documento"), "{error}");
}

#[test]
fn an_application_that_is_not_known_is_4() {
    let bench = bench();
    bench.write("certillion-secret", "another");
    let failed = fails(&bench, 4, "service");
    assert!(failed["advice"].to_string().contains("client_secret"), "{failed}");
}

#[test]
fn a_signature_that_does_not_verify_is_5_and_not_written() {
    let bench = bench();
    bench.sandbox.faults().add(Rule::always(certillion::SIGNATURE, Fault::WrongKey));
    fails(&bench, 5, "verification");
}

#[test]
fn a_lost_answer_is_6_and_nothing_is_signed_twice() {
    let bench = bench();
    bench.sandbox.faults().add(Rule::once(certillion::SIGNATURE, Fault::ResetAfter));
    fails(&bench, 6, "in_doubt");
    assert_eq!(bench.signatures(), 1);
    let again = sign(&bench, &["contrato.pdf"]).exits(6);
    assert!(again.event("failed")["advice"].to_string().contains("rubrica certillion resume"));
    assert_eq!(bench.signatures(), 1);

    let listed = bench.run(&["certillion", "resume", "--list", "--json"]).exits(0);
    let interrupted = listed.event("interrupted");
    assert_eq!(interrupted["documents"][0]["progress"], "in_doubt");
    let id = interrupted["id"].as_str().unwrap();
    // With no PSC it is anything, and nobody who asks for all of them is told that it failed.
    assert_eq!(bench.run(&["resume", "--json"]).exits(0).events(), ["done"]);
    assert!(bench.run(&["resume"]).exits(0).error.contains(id));
    bench.run(&["resume", id, "--json"]).exits(1);
    bench.run(&["certillion", "resume", id, "--json"]).exits(6);
    let ran = run(&bench, &["certillion", "resume", id, "--again", "--json"]).exits(0);
    assert_eq!(ran.event("signed")["verified"], true);
    assert_eq!(bench.signatures(), 2);
    assert!(bench.read("contrato-signed.pdf").starts_with(PDF));
    bench.run(&["certillion", "resume", id]).exits(2);
}

#[test]
fn what_was_signed_and_did_not_come_is_told_with_how_to_fetch_it() {
    let bench = bench();
    let body =
        r#"{"status":{"code":310,"name":"TRANSACTION_NOT_FOUND","detail":"gone"}}"#.to_owned();
    let lost = Fault::Answer { status: 404, headers: Vec::new(), body, processed: false };
    bench.sandbox.faults().add(Rule::once(certillion::DOWNLOAD, lost));
    let failed = fails(&bench, 4, "service");
    let transaction = failed["transaction"].as_str().unwrap();
    let fetch = format!("rubrica certillion download {transaction}");
    let advice = failed["advice"].as_str().unwrap();
    // How the signature was asked for is not why.
    assert!(advice.contains(&fetch) && !advice.contains("policy_spelling"), "{failed}");
    assert_eq!(failed["code"], "310 TRANSACTION_NOT_FOUND");
    assert!(failed["error"].as_str().unwrap().starts_with("signed, and not fetched: "), "{failed}");
    bench.run(&["certillion", "download", transaction, "--out", "contrato-signed.pdf"]).exits(0);
    bench.run(&["verify", "contrato-signed.pdf"]).exits(0);
    assert_eq!(bench.signatures(), 1);
}

#[test]
fn nobody_there_is_7() {
    let bench = bench();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let closed = format!("https://{}", listener.local_addr().unwrap());
    drop(listener);
    let ran = bench.run(&["certillion", "pscs", "--base-url", &closed, "--json"]).exits(7);
    assert_eq!(ran.event("failed")["fault"], "network");
}

#[test]
fn what_cannot_be_asked_is_2_and_nobody_is_bothered() {
    let bench = bench();
    bench.write("a.txt", "a");
    bench.write("a.pdf", PDF);
    for arguments in [
        &["a.txt", "--reason", "b"][..],
        &["a.pdf", "--detached"],
        &["a.pdf", "--visible-page", "1"],
        &["a.pdf", "--visible", "b", "--visible-field", "c", "--visible-x", "1"],
        &["a.pdf", "--visible", "b", "--visible-image", "nowhere.png"],
        &["a.pdf", "--standard", "CMS"],
        &["a.pdf", "--policy", "AD-XX"],
        &["a.pdf", "--psc", "not a name"],
        &["a.pdf", "--environment", "production"],
        // Its profile is VIDaaS's, whose secret is not for Certillion.
        &["a.pdf", "--profile", "sandbox"],
    ] {
        let ran = sign(&bench, arguments).exits(2);
        assert_eq!(ran.events().first().unwrap(), "failed", "{arguments:?}");
    }
    bench.run(&["sign", "a.pdf", "--holder", CPF_HOLDER, "--profile", "certillion"]).exits(2);
    assert_eq!(bench.sandbox.counters().requests(certillion::CLIENT_TOKEN), 0);
    assert_eq!(files(&bench), ["a.pdf", "a.txt"]);
}

#[test]
fn a_one_time_code_stands_for_the_browser_where_the_profile_allows_it() {
    let allowed = bench_with(Sandbox::builder(), "password_grant = true\n");
    allowed.write("a.pdf", PDF);
    allowed.write("a.txt", "a");
    let arguments = [
        "certillion",
        "sign",
        "a.pdf",
        "a.txt",
        "--holder",
        CPF_HOLDER,
        "--otp",
        "--force",
        "--psc",
    ];
    for psc in ["BIRDID", "CERTILLION_SIGNER"] {
        let code = allowed.sandbox.certillion().one_time_password(CPF_HOLDER).unwrap();
        let line = format!("{code}\n");
        let ran = allowed.run_with_input(&[&arguments[..], &[psc]].concat(), &line).exits(0);
        assert!(!ran.out.contains(&code) && !ran.error.contains(&code), "{ran:?}");
    }
    assert_eq!(allowed.signatures(), 4);

    let forbidden = bench();
    forbidden.write("a.pdf", PDF);
    forbidden.write("a.txt", "a");
    forbidden.run_with_input(&[&arguments[..], &["BIRDID"]].concat(), "123456\n").exits(2);
    assert_eq!(forbidden.signatures(), 0);
}

#[test]
fn people_are_told_in_their_language_without_control_characters() {
    let bench = bench();
    bench.write("ata.txt", "Ata.");
    bench.write("certillion-secret", "another");
    let arguments = ["certillion", "sign", "ata.txt", "--holder", CPF_HOLDER, "--lang", "pt-BR"];
    let ran = bench.run(&arguments).exits(4);
    assert!(ran.out.contains("Verifique client_id"), "{ran:?}");
    assert!(is_plain(&ran.out) && is_plain(&ran.error), "{ran:?}");
}
