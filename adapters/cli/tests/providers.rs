//! Providers as a configuration writes them, and asking all of them who knows a holder.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    unreachable_pub,
    dead_code,
    reason = "tests and their helpers"
)]

mod support;

use core::time::Duration;
use std::net::TcpListener;
use std::thread;

use rubrica_sandbox::{CPF_HOLDER, Policy, Sandbox, V12_CPF_HOLDER};
use serde_json::{Value, json};
use support::{Bench, PDF, Ran};

/// A profile that leads to a PSC of the bench's sandbox, as a provider of some name.
fn profile(bench: &Bench, psc: &str, name: &str, provider: &str) -> String {
    let psc = bench.sandbox.psc(psc).unwrap();
    let (application, secret) = (psc.application(), format!("secret-{name}"));
    bench.write(&secret, &application.client_secret);
    format!(
        "[profile.{name}]\nprovider = \"{provider}\"\nbase_url = \"{}\"\ntls_ca = \"tls-ca.pem\"\n\
         client_id = \"{}\"\nclient_secret_file = \"{secret}\"\nredirect_uri = \"{}\"\n\
         trust = \"trust.pem\"\nrevocation = [\"crls.pem\"]\n\n",
        psc.base_url(),
        application.client_id,
        application.redirect_uris[0],
    )
}

/// A bench whose browsers come back to a port of its own.
fn with_a_browser() -> Bench {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let returned = format!("http://{free}/callback");
    Bench::with(Sandbox::builder().policy(Policy::ApproveAll).redirect_uris([returned]))
}

/// Signs `a.pdf` with a profile, the holder's browser coming back by itself.
fn sign_by_qr(bench: &Bench, configuration: &str, profile: &str) -> Ran {
    let words = ["sign", "a.pdf", "--force", "--holder", CPF_HOLDER, "--via", "qr", "--json"];
    let which = ["--config", configuration, "--profile", profile];
    let mut running = bench.start(&[&words[..], &which].concat());
    let event: Value = serde_json::from_str(&running.wait_for("open_url")).unwrap();
    let (browser, url) = (bench.sandbox.browser(), event["url"].as_str().unwrap().to_owned());
    let opened = thread::spawn(move || browser.open(&url, Duration::from_secs(30)).unwrap());
    let ran = running.end();
    opened.join().unwrap();
    ran
}

#[test]
fn providers_are_listed() {
    let bench = Bench::new();
    let ran = bench.run(&["providers", "--json"]).exits(0);
    let objects = ran.objects();
    let names: Vec<&str> = objects.iter().filter_map(|object| object["name"].as_str()).collect();
    let known = ["vidaas", "birdid", "vaultid", "safeid", "serproid", "remoteid", "generic"];
    assert_eq!(names, [&known[..], &["certillion"]].concat());
    assert!(bench.run(&["providers"]).exits(0).out.contains("hml-certificado.vidaas.com.br"));
}

#[test]
fn a_provider_is_a_table_of_the_configuration() {
    let bench = Bench::new();
    bench.write(
        "psc.toml",
        b"[provider.birdid]\nhash_encoding = \"base64\"\n\n\
          [provider.novo]\ndisplay_name = \"Novo PSC\"\nproduction = \"https://psc.example\"\n\
          formats = [\"RAW\"]\n",
    );
    let ran = bench.run(&["providers", "--json", "--config", "psc.toml"]).exits(0);
    let objects = ran.objects();
    let new = objects.iter().find(|object| object["name"] == "novo").expect("the new one");
    assert_eq!(new["display_name"], "Novo PSC");
    assert_eq!(new["formats"], serde_json::json!(["RAW"]));
    assert_eq!(objects.len(), 9);

    for (table, words) in [
        ("[provider.NOVO]\n", "cannot be a provider's name"),
        ("[provider.certillion]\n", "its table is [certillion]"),
        ("[provider.novo]\nlike = \"nobody\"\n", "no known provider"),
        ("[provider.novo]\nhash = \"hex\"\n", "unknown field `hash`"),
        ("[provider.novo]\nformats = [\"PDF\"]\n", "`PDF` is no format"),
        ("[provider.novo]\nprefix = \"v0\"\n", "`prefix` cannot be used"),
        ("[provider.novo]\ndocuments_per_request = 0\n", "`documents_per_request` cannot be used"),
        ("[provider.novo.paths]\ntoken = \"/token?x\"\n", "`paths` cannot be used"),
    ] {
        bench.write("bad.toml", table.as_bytes());
        let ran = bench.run(&["providers", "--config", "bad.toml", "--lang", "en"]).exits(2);
        assert!(ran.error.contains(words), "{table}: {}", ran.error);
    }
}

#[test]
fn a_new_provider_is_a_table_and_no_code() {
    let bench = with_a_browser();
    bench.write("a.pdf", PDF);
    let table = "[provider.novo]\ndisplay_name = \"Novo PSC\"\nprefix = \"/v0/oauth\"\n\
                 hash_encoding = \"hex\"\nformats = [\"RAW\", \"CMS\"]\n\n";
    bench.write("psc.toml", profile(&bench, "birdid", "novo", "novo") + table);
    sign_by_qr(&bench, "psc.toml", "novo").exits(0);
    bench.run(&["verify", "a-signed.pdf", "--config", "psc.toml"]).exits(0);
    let signed = bench.sandbox.counters().signatures();
    assert_eq!(signed.iter().map(|record| record.psc).collect::<Vec<_>>(), ["birdid"]);
}

#[test]
fn a_refusal_names_the_doubts_that_are_left() {
    let bench = with_a_browser();
    bench.write("a.pdf", PDF);
    // This PSC wants digests in hexadecimal, of which the generic provider is unsure.
    let profile = profile(&bench, "birdid", "psc", "generic");
    bench.write("psc.toml", &profile);
    let failed = sign_by_qr(&bench, "psc.toml", "psc").exits(4).event("failed");
    assert!(failed["advice"].as_str().unwrap().contains("hash_encoding = \"hex\""), "{failed}");
    bench.write("psc.toml", profile.clone() + "[provider.generic]\nhash_encoding = \"hex\"\n");
    sign_by_qr(&bench, "psc.toml", "psc").exits(0);
    // What was settled wrongly is no doubt any more.
    bench.write("psc.toml", profile + "[provider.generic]\nhash_encoding = \"base64\"\n");
    let failed = sign_by_qr(&bench, "psc.toml", "psc").exits(4).event("failed");
    assert!(!failed["advice"].as_str().unwrap().contains("hash_encoding"), "{failed}");
}

#[test]
fn everywhere_one_that_is_down_hides_no_other() {
    let bench = Bench::new();
    // Nobody listens where this was.
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let down = profile(&bench, "safeid", "down", "safeid");
    let down =
        down.replace(bench.sandbox.psc("safeid").unwrap().base_url(), &format!("https://{nobody}"));
    let up =
        profile(&bench, "birdid", "up", "birdid") + &profile(&bench, "norm", "norm", "generic");
    bench.write("all.toml", down + &up);
    let everywhere = ["discover", "--everywhere", "--config", "all.toml", "--holder"];
    let ran = bench.run(&[&everywhere[..], &[CPF_HOLDER, "--json"]].concat()).exits(7);
    let told = ran.objects();
    let short =
        |each: &Value| (each["event"].clone(), each["profile"].clone(), each["provider"].clone());
    assert_eq!(
        told.iter().map(short).collect::<Vec<_>>(),
        [
            (json!("unanswered"), json!("down"), json!("safeid")),
            (json!("discovered"), json!("norm"), json!("generic")),
            (json!("discovered"), json!("up"), json!("birdid")),
        ]
    );
    assert_eq!(told[0]["fault"], "network");
    for answer in &told[1..] {
        assert_eq!(answer["known"], true);
        assert_eq!(answer["holder"], "***.444.777-**");
    }
    let ran = bench.run(&[&everywhere[..], &[V12_CPF_HOLDER]].concat()).exits(7);
    assert!(ran.out.contains("? safeid (down): "), "{}", ran.out);
    assert!(ran.out.contains("has a certificate with birdid (up)"), "{}", ran.out);
    // This PSC's aliases hold the number.
    assert!(!ran.out.contains(V12_CPF_HOLDER), "{}", ran.out);
    let ran = bench.run(&[&everywhere[..], &[V12_CPF_HOLDER, "--show-personal-data"]].concat());
    assert!(ran.out.contains("MODERNA SINTETICA DE TESTE:24681357928"), "{}", ran.out);
}

#[test]
fn everywhere_a_profile_that_cannot_be_used_hides_no_other() {
    let bench = Bench::new();
    let up = profile(&bench, "birdid", "up", "birdid");
    bench.write("all.toml", up + "[profile.bare]\nprovider = \"vidaas\"\n");
    let everywhere = ["discover", "--everywhere", "--holder", CPF_HOLDER, "--json", "--config"];
    let ran = bench.run(&[&everywhere[..], &["all.toml"]].concat()).exits(2);
    let told = ran.objects();
    assert_eq!((&told[0]["profile"], &told[0]["fault"]), (&json!("bare"), &json!("configuration")));
    assert_eq!((&told[1]["profile"], &told[1]["known"]), (&json!("up"), &json!(true)));
    bench.write("none.toml", "");
    let ran = bench.run(&[&everywhere[..], &["none.toml"]].concat()).exits(2);
    assert!(ran.event("failed")["error"].as_str().unwrap().contains("no profile"), "{}", ran.out);
}
