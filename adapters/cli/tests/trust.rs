//! `rubrica trust`: whom verification trusts when nobody is named.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    unreachable_pub,
    dead_code,
    reason = "tests and their helpers"
)]

mod support;

use support::{Bench, PDF};

#[test]
fn a_root_that_is_added_is_trusted_until_it_is_removed() {
    let bench = Bench::new();
    bench.write("a.pdf", PDF);
    bench.sign(&["a.pdf"]).exits(0);
    // Beside this file is the folder of added roots.
    bench.write("bare.toml", "");
    let with = |words: &[&'static str]| [words, &["--config", "bare.toml"]].concat();
    let verify = with(&["verify", "a-signed.pdf", "--crl", "crls.pem"]);
    bench.run(&verify).exits(8);

    let own = bench.run(&with(&["trust", "list", "--json"])).exits(0).objects();
    assert_eq!(own.len(), 3, "the roots v5, v10 and v11");
    assert!(own.iter().all(|root| root["added"] == false), "{own:?}");

    bench.run(&with(&["trust", "add", "trust.pem"])).exits(0);
    bench.run(&verify).exits(0);
    let all = bench.run(&with(&["trust", "list", "--json"])).exits(0).objects();
    let added: Vec<_> = all.iter().filter(|root| root["added"] == true).collect();
    assert_eq!(added.len(), 1, "{all:?}");
    assert!(added[0]["subject"].as_str().unwrap().contains("SINTETICA"));

    // Publishers write fingerprints with colons and capitals.
    let fingerprint = added[0]["fingerprint"].as_str().unwrap().to_uppercase();
    let colons: Vec<String> =
        fingerprint.as_bytes().chunks(2).map(|pair| String::from_utf8_lossy(pair).into()).collect();
    let colons = colons.join(":");
    let remove = ["trust", "remove", &colons, "--config", "bare.toml"];
    bench.run(&remove).exits(0);
    bench.run(&verify).exits(8);
    bench.run(&remove).exits(2);
}

#[test]
fn another_root_than_the_one_that_was_meant_is_not_added() {
    let bench = Bench::new();
    bench.write("bare.toml", "");
    let zeros = "0".repeat(64);
    let add = ["trust", "add", "trust.pem", "--fingerprint", &zeros, "--config", "bare.toml"];
    bench.run(&add).exits(2);
    bench.write("text.txt", "no certificate");
    bench.run(&["trust", "add", "text.txt", "--config", "bare.toml"]).exits(2);
    let list = ["trust", "list", "--json", "--config", "bare.toml"];
    assert_eq!(bench.run(&list).exits(0).objects().len(), 3);
}
