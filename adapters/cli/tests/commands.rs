//! The other commands.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    unreachable_pub,
    dead_code,
    reason = "tests and their helpers"
)]

mod support;

use rubrica_sandbox::{CNPJ_HOLDER, CPF_HOLDER, TWO_CERTIFICATES_HOLDER};
use support::{Bench, PDF, is_plain};

#[test]
fn verify_says_what_it_checked_and_never_more() {
    let bench = Bench::new();
    bench.write("a.pdf", PDF);
    bench.sign(&["a.pdf"]).exits(0);
    bench.write("bare.toml", "");
    let ran = bench.run(&["verify", "a-signed.pdf", "--config", "bare.toml"]).exits(8);
    assert!(ran.out.contains("is not known"), "{}", ran.out);
    assert!(!ran.out.contains("Valid"), "{}", ran.out);
    let trusted = ["verify", "a-signed.pdf", "--config", "bare.toml", "--trust", "trust.pem"];
    let ran = bench.run(&trusted).exits(8);
    assert!(ran.out.contains("the chain reaches"), "{}", ran.out);
    assert!(ran.out.contains("--crl"), "{}", ran.out);
    let known = [&trusted[..], &["--crl", "crls.pem"]].concat();
    let ran = bench.run(&known).exits(0);
    assert!(ran.out.contains("Valid: everything was checked."), "{}", ran.out);

    // All of ICP-Brasil in one file, with the words that tools put between the certificates.
    let words = vec!["subject: a certification authority\n"; 60_000].concat();
    bench.write("trust.pem", [words.as_bytes(), &bench.read("trust.pem")].concat());
    bench.run(&known).exits(0);
}

#[test]
fn verify_refuses_what_is_not_as_it_was_signed() {
    let bench = Bench::new();
    bench.write("a.pdf", PDF);
    let ran = bench.run(&["verify", "a.pdf"]).exits(5);
    assert!(ran.out.contains("no signature"), "{}", ran.out);

    bench.sign(&["a.pdf"]).exits(0);
    let signed = bench.read("a-signed.pdf");
    let mut changed = signed.clone();
    let place = changed.windows(4).position(|window| window == b"595 ").unwrap();
    changed[place] = b'6';
    bench.write("changed.pdf", changed);
    let ran = bench.run(&["verify", "changed.pdf", "--json"]).exits(5);
    assert!(ran.objects()[0]["signatures"][0]["error"].as_str().unwrap().contains("digest"));

    // Where nothing is signed anything may stand, and it is told.
    let mut filled = signed.clone();
    let place = filled.windows(4).rposition(|window| window == b"000>").unwrap();
    filled[place] = b'7';
    bench.write("filled.pdf", filled);
    let ran = bench.run(&["verify", "filled.pdf", "--json"]).exits(0);
    assert_eq!(ran.objects()[0]["signatures"][0]["unsigned_padding"], true);

    // A second signature leaves the first one good: it covers its own revision.
    bench.sign(&["a-signed.pdf", "--out", "twice.pdf"]).exits(0);
    let ran = bench.run(&["verify", "twice.pdf", "--json"]).exits(0);
    let covers: Vec<_> = ran.objects()[0]["signatures"]
        .as_array()
        .unwrap()
        .iter()
        .map(|signature| signature["covers"].clone())
        .collect();
    assert_eq!(covers, ["revision", "whole_file"]);

    bench.run(&["verify", "nowhere.pdf"]).exits(2);
    bench.write("text.txt", "no signature at all");
    bench.run(&["verify", "text.txt"]).exits(2);
}

#[test]
fn verify_checks_what_it_is_given_or_says_that_it_cannot() {
    let bench = Bench::new();
    bench.write("a.pdf", PDF);
    bench.write("text.txt", "another");
    bench.sign(&["a.pdf"]).exits(0);
    // A signed PDF is of its own document, whatever else is named.
    let ran = bench.run(&["verify", "a-signed.pdf", "--content", "text.txt"]).exits(2);
    assert!(ran.error.contains("--content"), "{}", ran.error);
    // A bare signature does not tell whose it is.
    bench.write("bare.sig", [0x55; 256]);
    let ran = bench.run(&["verify", "bare.sig", "--content", "a.pdf"]).exits(2);
    assert!(ran.error.contains("--certificate"), "{}", ran.error);
}

#[test]
fn discover_tells_whether_a_holder_is_known() {
    let bench = Bench::new();
    let ran = bench.run(&["discover", "--holder", CPF_HOLDER, "--json"]).exits(0);
    assert_eq!(ran.objects()[0]["known"], true);
    let ran = bench.run(&["discover", "--holder", "390.533.447-05", "--json"]).exits(0);
    assert_eq!(ran.objects()[0]["known"], false);
}

#[test]
fn login_tells_who_the_holder_is_and_signs_nothing() {
    let bench = Bench::new();
    let ran = bench.run(&["login", "--holder", CNPJ_HOLDER, "--json"]).exits(0);
    assert_eq!(ran.event("certificate")["chain"], "trusted");
    let ran = bench.run(&["login", "--holder", TWO_CERTIFICATES_HOLDER]).exits(0);
    assert!(ran.out.contains("BELTRANO SINTETICO DE TESTE"), "{}", ran.out);
    assert!(!ran.out.contains(TWO_CERTIFICATES_HOLDER), "{}", ran.out);
    assert_eq!(bench.signatures(), 0);
}

#[test]
fn register_keeps_the_secret_to_a_file_of_its_owner() {
    let bench = Bench::new();
    let register = [
        "register",
        "--name",
        "Teste",
        "--comments",
        "Teste do comando",
        "--email",
        "teste@example.invalid",
    ];
    let ran = bench.run(&[&register[..], &["--client-secret-file", "new"]].concat()).exits(0);
    assert!(ran.out.starts_with("client_id = "), "{}", ran.out);
    let secret = String::from_utf8(bench.read("new")).unwrap();
    assert!(!ran.out.contains(secret.trim()) && !ran.error.contains(secret.trim()));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(bench.path("new")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    // A secret that is there is never lost.
    let ran = bench.run(&[&register[..], &["--client-secret-file", "new"]].concat()).exits(2);
    assert!(!ran.error.contains("--force"), "{}", ran.error);
    assert_eq!(bench.read("new"), secret.as_bytes());
    let ran = bench.run(&[&register[..], &["--show-secret"]].concat()).exits(0);
    assert!(ran.out.contains("client_secret = "), "{}", ran.out);
}

#[test]
fn the_sandbox_writes_a_configuration_that_works() {
    let bench = Bench::new();
    bench.write("a.pdf", PDF);
    let mut running = bench.start(&["sandbox", "--approve", "yes", "--write-config", "its.toml"]);
    running.wait_for("Ctrl-C");
    bench.sign(&["a.pdf", "--config", "its.toml"]).exits(0);
    bench.run(&["verify", "a-signed.pdf", "--config", "its.toml"]).exits(0);
    // The one of the bench is another sandbox, with another root.
    bench.run(&["verify", "a-signed.pdf", "--trust", "rubrica-sandbox/trust.pem"]).exits(0);
    let ask = ["certillion", "pscs", "--config", "its.toml"];
    assert!(bench.run(&ask).exits(0).out.contains("BIRDID"));
    running.signal("INT");
    running.end().exits(0);
}

#[test]
fn the_demonstration_comes_to_its_end() {
    let bench = Bench::new();
    let ran = bench.run(&["demo"]).exits(0);
    assert!(is_plain(&ran.out) && is_plain(&ran.error), "{ran:?}");
    for name in ["contrato.pdf", "contrato-push.pdf", "contrato-qr.pdf", "raiz.pem"] {
        assert!(ran.out.contains(name) && bench.path("rubrica-demo").join(name).exists(), "{name}");
    }
    let verify = ["verify", "rubrica-demo/contrato-qr.pdf", "--trust", "rubrica-demo/raiz.pem"];
    bench.run(&verify).exits(0);
    // Its own folder can be used again, another's cannot.
    std::fs::create_dir(bench.path("mine")).unwrap();
    bench.write("mine/contrato.pdf", "mine");
    bench.run(&["demo", "--dir", "mine"]).exits(2);
    assert_eq!(bench.read("mine/contrato.pdf"), b"mine");
}
