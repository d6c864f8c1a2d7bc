//! `--otp`: the holder's one-time code in the place of an approval, where the profile allows it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    unreachable_pub,
    dead_code,
    reason = "tests and their helpers"
)]

mod support;

use rubrica_sandbox::CPF_HOLDER;
use support::{Bench, PDF};

/// A profile of the emulated BirdID, with these lines more.
fn bench(more: &str) -> Bench {
    let bench = Bench::new();
    bench.write("a.pdf", PDF);
    let psc = bench.sandbox.psc("birdid").unwrap();
    let application = psc.application();
    bench.write("birdid-secret", &application.client_secret);
    let profile = format!(
        "[profile.birdid]\nprovider = \"birdid\"\nbase_url = \"{}\"\ntls_ca = \"tls-ca.pem\"\n\
         client_id = \"{}\"\nclient_secret_file = \"birdid-secret\"\ntrust = \"trust.pem\"\n\
         revocation = [\"crls.pem\"]\n{more}",
        psc.base_url(),
        application.client_id,
    );
    bench.write("birdid.toml", profile);
    bench
}

const SIGN: [&str; 7] =
    ["sign", "a.pdf", "--holder", CPF_HOLDER, "--otp", "--config", "birdid.toml"];

#[test]
fn a_code_signs_once_and_its_digits_are_nowhere() {
    let bench = bench("password_grant = true\n");
    let code = bench.sandbox.psc("birdid").unwrap().one_time_password(CPF_HOLDER).unwrap();
    let ran = bench.run_with_input(&SIGN, &format!("{code}\n")).exits(0);
    assert!(!ran.out.contains(&code) && !ran.error.contains(&code), "{ran:?}");
    bench.run(&["verify", "a-signed.pdf", "--config", "birdid.toml"]).exits(0);

    let again = [&SIGN[..], &["--out", "b.pdf"]].concat();
    bench.run_with_input(&again, &format!("{code}\n")).exits(4);
    assert_eq!(bench.signatures(), 1);
}

#[test]
fn s15_a_code_is_not_taken_unless_the_profile_says_so() {
    let bench = bench("");
    let ran = bench.run_with_input(&SIGN, "123456\n").exits(2);
    assert!(!ran.error.contains("123456"), "{ran:?}");
    assert_eq!(bench.signatures(), 0);
}

#[test]
fn what_is_no_code_is_not_sent() {
    let bench = bench("password_grant = true\n");
    for input in ["", "\n", "12345\n", "12345x\n", &"1".repeat(300)] {
        bench.run_with_input(&SIGN, input).exits(2);
    }
    assert_eq!(bench.signatures(), 0);
}
