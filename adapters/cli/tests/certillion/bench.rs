//! A bench whose profile is the emulated Certillion's, and the holder's browser.

use core::sync::atomic::{AtomicU32, Ordering};
use core::time::Duration;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::process::Command;
use std::thread;

use rubrica_sandbox::{Builder, CPF_HOLDER, Policy, Sandbox};

use crate::support::{Bench, Ran};

/// With a holder who approves at once.
pub fn bench() -> Bench {
    bench_with(Sandbox::builder().policy(Policy::ApproveAll), "")
}

/// The same with another sandbox, and with more lines in its configuration.
pub fn bench_with(builder: Builder, more: &str) -> Bench {
    let bench = Bench::with(builder.redirect_uris([free()]));
    let certillion = bench.sandbox.certillion();
    let application = certillion.application();
    bench.write("certillion-secret", &application.client_secret);
    let mut configuration = String::from_utf8(bench.read("rubrica.toml")).unwrap();
    configuration = format!("default_profile = \"sandbox\"\n{configuration}");
    configuration += &format!(
        "[profile.certillion]\nprovider = \"certillion\"\nbase_url = \"{}\"\n\
         signer_base_url = \"{}\"\ntls_ca = \"tls-ca.pem\"\nclient_id = \"{}\"\n\
         client_secret_file = \"certillion-secret\"\nredirect_uri = \"{}\"\n\
         trust = \"trust.pem\"\n{more}",
        certillion.base_url(),
        certillion.signer_base_url(),
        application.client_id,
        application.redirect_uris[0],
    );
    bench.write("rubrica.toml", configuration);
    bench
}

/// A redirect URI on a port that is free, below those that systems give to outgoing connections:
/// nobody else is given it before it is listened on.
fn free() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let begin = std::process::id().wrapping_mul(89);
    let mut ports = core::iter::repeat_with(|| {
        let next = begin.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed));
        20_000 + u16::try_from(next % 12_000).unwrap()
    });
    let is_free = |port: &u16| TcpListener::bind(("127.0.0.1", *port)).is_ok();
    let port = ports.by_ref().take(12_000).find(is_free).unwrap();
    format!("http://127.0.0.1:{port}/callback")
}

/// Runs `certillion sign` with the holder of the sandbox, who opens every page that is told.
pub fn sign(bench: &Bench, arguments: &[&str]) -> Ran {
    let sign = ["certillion", "sign", "--holder", CPF_HOLDER, "--json"];
    run(bench, &[&sign, arguments].concat())
}

/// Runs the command with a holder who opens every page that is told.
pub fn run(bench: &Bench, arguments: &[&str]) -> Ran {
    run_command(bench, bench.command(arguments))
}

/// The same with a command that was changed.
pub fn run_command(bench: &Bench, mut command: Command) -> Ran {
    let mut child = command.spawn().unwrap();
    let mut error = child.stderr.take().unwrap();
    let complaints = thread::spawn(move || {
        let mut text = String::new();
        error.read_to_string(&mut text).map(|_| text).unwrap()
    });
    let mut out = String::new();
    let mut opened = Vec::new();
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        let event: serde_json::Value = serde_json::from_str(&line).unwrap_or_default();
        if let (Some("open_url"), Some(url)) = (event["event"].as_str(), event["url"].as_str()) {
            let (browser, url) = (bench.sandbox.browser(), url.to_owned());
            opened.push(thread::spawn(move || browser.open(&url, Duration::from_secs(30))));
        }
        out.push_str(&line);
        out.push('\n');
    }
    let code = child.wait().unwrap().code();
    opened.into_iter().for_each(|page| drop(page.join().unwrap()));
    Ran { code, out, error: complaints.join().unwrap() }
}

/// The files of the bench that are not its own furniture.
pub fn files(bench: &Bench) -> Vec<String> {
    let mut files = bench.files();
    files.retain(|name| name != "certillion-secret");
    files
}

/// A file of the bench as it was signed.
pub fn signed(bench: &Bench, name: &str) -> Vec<u8> {
    fs::read(bench.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}
