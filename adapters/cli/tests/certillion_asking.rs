//! `rubrica certillion discover`, `pscs`, `validate` and `download`, and its configuration.

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

use bench::{bench, bench_with, files, sign};
use rubrica_sandbox::certillion::ValidatePath;
use rubrica_sandbox::{CPF_HOLDER, Policy, Sandbox, certillion};
use support::PDF;

#[test]
fn a_holder_is_known_where_an_account_is() {
    let bench = bench();
    let ran = bench.run(&["certillion", "discover", "--holder", CPF_HOLDER, "--json"]).exits(0);
    let found = ran.objects();
    let of = |psc: &str| found.iter().find(|event| event["psc"] == psc).unwrap();
    assert_eq!(of("BIRDID")["known"], true);
    assert_eq!(of("DSCLOUD")["known"], false);
    assert!(found.iter().all(|event| event["holder"] == "***.444.777-**"), "{}", ran.out);

    let ask = ["certillion", "discover", "--holder", CPF_HOLDER, "--psc", "BIRDID", "--json"];
    let ran = bench.run(&ask).exits(0);
    assert_eq!(ran.event("discovered")["known"], true);
    let told = bench.run(&["certillion", "discover", "--holder", CPF_HOLDER]).exits(0);
    assert!(told.out.contains("BIRDID"), "{told:?}");
}

#[test]
fn where_all_say_no_the_holders_own_certificate_is_left() {
    let bench = bench();
    let ask = ["certillion", "discover", "--holder", CPF_HOLDER];
    let json = [&ask[..], &["--json"]].concat();
    let hint = "CERTILLION_SIGNER is left";
    assert!(!bench.run(&json).exits(0).events().contains(&"alternative".to_owned()));
    assert!(!bench.run(&ask).exits(0).out.contains(hint));

    bench.sandbox.certillion().change(|settings| {
        let nowhere = certillion::PSCS.map(|psc| (CPF_HOLDER.to_owned(), psc.to_owned()));
        settings.without_account = nowhere.to_vec();
    });
    let left = bench.run(&json).exits(0).event("alternative");
    assert_eq!(left["psc"], "CERTILLION_SIGNER");
    assert_eq!(left["holder"], "***.444.777-**");
    assert!(bench.run(&ask).exits(0).out.contains(hint));
}

#[test]
fn what_is_not_told_of_a_holder_is_no_no() {
    let bench = bench();
    bench.sandbox.certillion().change(|settings| settings.presence = ("E", "E"));
    let ask = ["certillion", "discover", "--holder", CPF_HOLDER];
    let of_one = [&ask[..], &["--psc", "BIRDID"]].concat();
    let json = |ask: &[&str]| bench.run(&[ask, &["--json"]].concat()).exits(0);
    let discovered = json(&of_one).event("discovered");
    assert!(discovered.get("known").is_some_and(serde_json::Value::is_null), "{discovered}");
    let told = bench.run(&of_one).exits(0).out;
    assert!(told.contains("BIRDID did not tell"), "{told}");
    // Nor is anything left for a holder of whom nothing is told.
    assert!(!json(&ask).events().contains(&"alternative".to_owned()));
}

#[test]
fn s38_a_holders_number_is_whole_only_where_it_is_asked_for() {
    let bench = bench();
    bench.write("a.pdf", PDF);
    sign(&bench, &["a.pdf"]).exits(0);
    let ask = ["certillion", "validate", "a-signed.pdf", "--json"];
    let masked = bench.run(&ask).exits(0);
    assert!(!masked.out.contains(CPF_HOLDER), "{}", masked.out);
    assert_eq!(masked.event("validated")["signatures"][0]["signer"], "***.444.777-**");
    let whole = bench.run(&[&ask[..], &["--show-personal-data"]].concat()).exits(0);
    assert_eq!(whole.event("validated")["signatures"][0]["signer"], CPF_HOLDER);
    assert!(whole.event("validated")["reply"].as_str().unwrap().contains(CPF_HOLDER));
}

#[test]
fn the_trust_services_are_listed() {
    let bench = bench();
    let listed = bench.run(&["certillion", "pscs", "--json"]).exits(0).event("pscs");
    let names: Vec<&str> =
        listed["names"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    let known = certillion::PSCS.into_iter().filter(|psc| *psc != "CERTILLION_SIGNER");
    assert_eq!(names, known.collect::<Vec<_>>());
    assert!(listed["reply"].as_str().unwrap().contains("VAULTID"));
    let told = bench.run(&["certillion", "pscs"]).exits(0).out;
    assert!(told.contains("VIDAAS") && told.contains("CERTILLION_SIGNER"), "{told}");
}

#[test]
fn the_service_judges_a_signature() {
    let bench = bench();
    bench.write("a.pdf", PDF);
    bench.write("a.txt", "a");
    sign(&bench, &["a.pdf", "a.txt"]).exits(0);
    sign(&bench, &["a.txt", "--detached"]).exits(0);
    for arguments in [&["a-signed.pdf"][..], &["a.txt.p7m"], &["a.txt.p7s", "--content", "a.txt"]] {
        let ran = bench.run(&[&["certillion", "validate", "--json"], arguments].concat()).exits(0);
        let validated = ran.event("validated");
        assert_eq!(validated["valid"], true, "{validated}");
        assert_eq!(validated["signatures"].as_array().unwrap().len(), 1);
    }
    let told = bench.run(&["certillion", "validate", "a-signed.pdf"]).exits(0).out;
    assert!(told.contains("the service says that it is valid"), "{told}");

    bench.write("b.txt", "b");
    let other = ["certillion", "validate", "a.txt.p7s", "--content", "b.txt", "--json"];
    let refused = bench.run(&other).exits(4).event("failed");
    // Who says so was found.
    assert!(!refused["advice"].to_string().contains("paths.validate"), "{refused}");
    bench.sandbox.certillion().change(|settings| {
        settings.validation_failures = certillion::ValidationFailures::Reply;
    });
    assert_eq!(bench.run(&other).exits(5).event("validated")["valid"], false);
    bench.run(&["certillion", "validate", "nowhere.pdf"]).exits(2);
}

#[test]
fn what_was_signed_is_fetched_once_more() {
    let bench = bench();
    bench.write("a.pdf", PDF);
    let signed = sign(&bench, &["a.pdf"]).exits(0).event("signed");
    let transaction = signed["transaction"].as_str().unwrap();
    let download = ["certillion", "download", transaction, "--json"];
    let downloaded = bench.run(&download).exits(0).event("downloaded");
    assert_eq!(downloaded["verified"], false);
    let out = downloaded["out"].as_str().unwrap();
    assert_eq!(out, format!("{transaction}.pdf"));
    assert_eq!(bench.read(out), bench.read("a-signed.pdf"));
    // The same over the same is no replacement; anything else is.
    bench.run(&download).exits(0);
    bench.write("mine.pdf", "mine");
    let over = [&download[..], &["--out", "mine.pdf"]].concat();
    bench.run(&over).exits(2);
    assert_eq!(bench.read("mine.pdf"), b"mine");
    bench.run(&[&over[..], &["--force"]].concat()).exits(0);
    assert_eq!(bench.read("mine.pdf"), bench.read("a-signed.pdf"));
    assert_eq!(bench.signatures(), 1);
    assert!(!files(&bench).iter().any(|name| name.starts_with('.')), "{:?}", files(&bench));

    let unknown = ["certillion", "download", "00000000-0000-4000-8000-000000000000", "--json"];
    let error = bench.run(&unknown).exits(4).event("failed")["error"].to_string();
    assert!(error.contains("310"), "{error}");
}

#[test]
fn what_was_signed_at_the_other_address_is_asked_about_there() {
    let bench = bench();
    bench.write("a.pdf", PDF);
    let signed = sign(&bench, &["a.pdf"]).exits(0).event("signed");
    let transaction = signed["transaction"].as_str().unwrap();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let closed = format!("https://{}", listener.local_addr().unwrap());
    drop(listener);
    let signer = bench.sandbox.certillion().signer_base_url();
    let addresses = ["--base-url", &closed, "--signer-base-url", signer];
    let ask = |words: &[&str], code| {
        bench.run(&[&["certillion"], words, &addresses].concat()).exits(code);
    };
    for words in [&["download", transaction][..], &["validate", "a-signed.pdf"]] {
        ask(words, 7);
        ask(&[words, &["--psc", "CERTILLION_SIGNER"]].concat(), 0);
    }
    // The profile's is as good.
    let configuration = String::from_utf8(bench.read("rubrica.toml")).unwrap();
    let name = "provider = \"certillion\"\n";
    let named = configuration.replace(name, &format!("{name}psc = \"CERTILLION_SIGNER\"\n"));
    bench.write("rubrica.toml", named);
    ask(&["validate", "a-signed.pdf"], 0);
    ask(&["validate", "a-signed.pdf", "--psc", "BIRDID"], 7);
}

#[test]
fn what_is_not_sure_of_the_service_is_replaced_in_the_configuration() {
    let moved = Sandbox::builder()
        .policy(Policy::ApproveAll)
        .certillion(|settings| settings.validate_path = ValidatePath::UnderOauth);
    let bench = bench_with(moved, "[certillion.paths]\nvalidate = \"/oauth/signature/validate\"\n");
    bench.write("a.pdf", PDF);
    sign(&bench, &["a.pdf"]).exits(0);
    bench.run(&["certillion", "validate", "a-signed.pdf"]).exits(0);
    let configuration = String::from_utf8(bench.read("rubrica.toml")).unwrap();
    let (without, _) = configuration.split_once("[certillion.paths]").unwrap();
    bench.write("rubrica.toml", without);
    let ran = bench.run(&["certillion", "validate", "a-signed.pdf", "--json"]).exits(4);
    assert!(ran.event("failed")["advice"].to_string().contains("paths.validate"), "{}", ran.out);

    bench.write("rubrica.toml", format!("{without}[certillion]\nnothing = 1\n"));
    let error = bench.run(&["certillion", "pscs"]).exits(2).error;
    assert!(error.contains("unknown field `nothing`"), "{error}");
}

#[test]
fn every_profile_is_asked_but_certillions_own() {
    let bench = bench();
    let everywhere = ["discover", "--everywhere", "--holder", CPF_HOLDER, "--json"];
    let asked = bench.run(&everywhere).exits(0).objects();
    assert_eq!(asked.len(), 1, "{asked:?}");
    assert_eq!(asked[0]["profile"], "sandbox");
}

#[test]
fn the_profile_that_is_meant_is_certillions_and_no_others_secret_is_sent() {
    let bench = bench();
    let configuration = String::from_utf8(bench.read("rubrica.toml")).unwrap();
    let ask = |arguments: &[&str]| bench.run(&[&["certillion", "pscs"], arguments].concat());
    // The default profile is VIDaaS's, and one is Certillion's.
    ask(&[]).exits(0);
    let (head, profile) = configuration.split_once("[profile.certillion]").unwrap();
    let other = format!("{configuration}[profile.other]{profile}");
    bench.write("two.toml", &other);
    let error = ask(&["--config", "two.toml"]).exits(2).error;
    assert!(error.contains("certillion, other"), "{error}");
    ask(&["--config", "two.toml", "--profile", "other"]).exits(0);
    bench.write("chosen.toml", other.replace("\"sandbox\"\n[", "\"other\"\n["));
    ask(&["--config", "chosen.toml"]).exits(0);
    bench.write("none.toml", head);
    assert!(ask(&["--config", "none.toml"]).exits(2).error.contains("`vidaas`"));
    // Nor that of a profile which does not say whose it is.
    bench.write("nobodys.toml", configuration.replace("provider = \"certillion\"\n", ""));
    ask(&["--config", "nobodys.toml", "--profile", "certillion"]).exits(2);

    let address = bench.sandbox.certillion().base_url();
    let (id, secret) = (&bench.sandbox.certillion().application().client_id, "certillion-secret");
    bench.write("empty.toml", "");
    let named = ["--base-url", address, "--client-id", id, "--client-secret-file", secret];
    ask(&[&named[..], &["--tls-ca", "tls-ca.pem", "--config", "empty.toml"]].concat()).exits(0);
}
