//! `rubrica sign` where all goes well.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    unreachable_pub,
    dead_code,
    reason = "tests and their helpers"
)]

mod support;

use core::time::Duration;
use std::thread;

use rubrica_sandbox::{ALPHANUMERIC_CNPJ_HOLDER, CPF_HOLDER, Policy, Sandbox};
use support::{Bench, PDF, is_plain};

#[test]
fn a_document_goes_up_and_comes_back_signed_within_the_length_that_the_profile_tells() {
    let bench = Bench::new();
    bench.write("contrato.pdf", PDF);
    let configuration = String::from_utf8(bench.read("rubrica.toml")).unwrap();
    let sign = |bytes: usize| {
        let limited = format!("{configuration}\ndocument_bytes = {bytes}\n");
        bench.write("limited.toml", limited);
        bench.sign(&["contrato.pdf", "--format", "PAdES_AD_RB", "--config", "limited.toml"])
    };
    sign(PDF.len() - 1).exits(1);
    assert_eq!(bench.signatures(), 0);
    sign(PDF.len()).exits(0);
    assert!(bench.read("contrato-signed.pdf").starts_with(PDF));
    bench.run(&["verify", "contrato-signed.pdf"]).exits(0);
    let hidden = |name: &String| name.starts_with('.');
    assert!(!bench.files().iter().any(hidden), "{:?}", bench.files());
}

#[test]
fn a_pdf_is_signed_by_push_and_verifies() {
    let bench = Bench::new();
    bench.write("contrato.pdf", PDF);
    let ran = bench.sign(&["contrato.pdf", "--via", "push", "--reason", "Aprovação"]).exits(0);
    let events = ran.events();
    assert_eq!(events.first().unwrap(), "approve_on_phone");
    assert_eq!(events[events.len() - 2..], ["signed", "done"]);
    let signed = ran.event("signed");
    assert_eq!(signed["file"], "contrato.pdf");
    assert_eq!(signed["out"], "contrato-signed.pdf");
    assert_eq!(signed["signer"], "FULANA SINTETICA DE TESTE");
    assert_eq!(signed["holder"], "***.444.777-**");
    assert!(bench.read("contrato-signed.pdf").starts_with(PDF));
    assert_eq!(bench.files(), ["contrato-signed.pdf", "contrato.pdf"]);
    assert_eq!(ran.error, "");

    let verified = bench.run(&["verify", "contrato-signed.pdf", "--json"]).exits(0);
    let found = &verified.objects()[0];
    assert_eq!(found["conclusion"], "valid");
    assert_eq!(found["signatures"][0]["policy"]["name"], "PA_PAdES_AD_RB_v1_3");
    assert_eq!(found["signatures"][0]["covers"], "whole_file");
}

#[test]
fn a_pdf_is_signed_by_qr_code() {
    let bench = Bench::with(Sandbox::builder().policy(Policy::ApproveAll).redirect_uris([free()]));
    bench.write("contrato.pdf", PDF);
    let arguments = ["sign", "contrato.pdf", "--holder", CPF_HOLDER, "--via", "qr", "--json"];
    let mut running = bench.start(&arguments);
    let line = running.wait_for("open_url");
    let event: serde_json::Value = serde_json::from_str(&line).unwrap();
    let (browser, url) = (bench.sandbox.browser(), event["url"].as_str().unwrap().to_owned());
    let opened = thread::spawn(move || browser.open(&url, Duration::from_secs(30)).unwrap());
    running.end().exits(0).event("signed");
    assert_eq!(opened.join().unwrap().status, 200);
    bench.run(&["verify", "contrato-signed.pdf", "--json"]).exits(0);
}

/// A redirect URI on a port that is free.
fn free() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}/callback", listener.local_addr().unwrap())
}

#[test]
fn other_documents_get_a_detached_signature_beside_them() {
    let bench = Bench::new();
    bench.write("ata.txt", "Ata da assembleia.");
    let ran = bench.sign(&["ata.txt"]).exits(0);
    assert_eq!(ran.event("signed")["out"], "ata.txt.p7s");
    bench.run(&["verify", "ata.txt.p7s", "--content", "ata.txt"]).exits(0);
    bench.write("outra.txt", "Outra ata.");
    let ran = bench.run(&["verify", "ata.txt.p7s", "--content", "outra.txt", "--json"]).exits(5);
    assert_eq!(ran.objects()[0]["ok"], false);
    bench.run(&["verify", "ata.txt.p7s"]).exits(2);
}

#[test]
fn a_bare_signature_verifies_with_its_certificate() {
    let bench = Bench::new();
    bench.write("a.bin", [0, 1, 2]);
    let ran = bench.sign(&["a.bin", "--format", "raw"]).exits(0);
    assert_eq!(ran.event("signed")["out"], "a.bin.sig");
    assert_eq!(bench.read("a.bin.sig").len(), 256);
    let holder = bench.sandbox.holder(CPF_HOLDER).unwrap();
    bench.write("fulana.pem", holder.certificates[0].pem());
    let verify = ["verify", "a.bin.sig", "--content", "a.bin", "--certificate", "fulana.pem"];
    bench.run(&verify).exits(0);
    // Nothing leads from the holder to the roots that are trusted unless others are named.
    let no_trust = bench.write("bare.toml", "");
    let configured = ["--config", no_trust.to_str().unwrap()];
    let ran = bench.run(&[&verify[..], &configured[..]].concat()).exits(8);
    assert!(ran.out.contains("is not known"), "{}", ran.out);
    bench.run(&[&verify[..], &["--pss"]].concat()).exits(5);
}

#[test]
fn every_format_of_the_service_can_be_asked_for_by_its_name() {
    let bench = Bench::new();
    bench.write("contrato.pdf", PDF);
    for (format, out) in
        [("PAdES_AD_RB", "a.pdf"), ("CAdES_AD_RB", "a.p7s"), ("cms", "b.p7s"), ("pades", "b.pdf")]
    {
        bench.sign(&["contrato.pdf", "--format", format, "--out", out]).exits(0);
    }
    bench.run(&["verify", "a.pdf"]).exits(0);
    bench.run(&["verify", "a.p7s", "--content", "contrato.pdf"]).exits(0);
}

#[test]
fn a_company_signs_many_documents_with_one_approval() {
    let bench = Bench::new();
    let names: Vec<String> = (0..25).map(|number| format!("{number}.pdf")).collect();
    let mut arguments = vec!["sign", "--json", "--holder", ALPHANUMERIC_CNPJ_HOLDER];
    for name in &names {
        bench.write(name, PDF);
        arguments.push(name);
    }
    std::fs::create_dir(bench.path("signed")).unwrap();
    arguments.extend(["--out-dir", "signed", "--timeout", "60", "--lifetime", "600"]);
    let ran = bench.run(&arguments).exits(0);
    assert_eq!(ran.objects().iter().filter(|event| event["event"] == "signed").count(), 25);
    assert_eq!(ran.events().iter().filter(|name| *name == "approve_on_phone").count(), 1);
    assert!(bench.path("signed/24-signed.pdf").exists());
}

#[test]
fn people_are_told_in_their_language_without_control_characters() {
    let bench = Bench::new();
    bench.write("contrato.pdf", PDF);
    let arguments = ["sign", "contrato.pdf", "--holder", CPF_HOLDER, "--lang", "pt-BR"];
    let ran = bench.run(&arguments).exits(0);
    assert!(ran.out.contains("contrato-signed.pdf"), "{}", ran.out);
    assert!(ran.error.contains("Enviamos uma notificação"), "{}", ran.error);
    assert!(is_plain(&ran.out) && is_plain(&ran.error), "{ran:?}");
}

#[test]
fn a_stamp_shows_who_signed() {
    let bench = Bench::new();
    bench.write("contrato.pdf", PDF);
    let look = ["--stamp", "--name", "FULANA", "--stamp-url", "https://example.invalid/1"];
    bench.sign(&[&["contrato.pdf"], &look[..]].concat()).exits(0);
    bench.run(&["verify", "contrato-signed.pdf"]).exits(0);
    bench.sign(&["contrato.pdf", "--stamp"]).exits(2);
}
