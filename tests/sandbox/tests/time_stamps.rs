//! The time-stamp authority, judged by `openssl ts`.

#![allow(clippy::unwrap_used, unreachable_pub, reason = "tests, and the helpers that they share")]

mod common;

use common::{Folder, judge};
use rubrica_sandbox::{Fault, Page, Rule, Sandbox, tsa};

const CONTENT: &[u8] = b"carimbe isto";

struct Bench {
    sandbox: Sandbox,
    folder: Folder,
}

impl Bench {
    fn new() -> Self {
        Self { sandbox: Sandbox::start().unwrap(), folder: Folder::new() }
    }

    /// A query by OpenSSL; `None` when there is no OpenSSL.
    fn query(&self, options: &[&str]) -> Option<Vec<u8>> {
        let data = self.folder.write("data", CONTENT);
        let query = self.folder.path().join("query.tsq").to_str().unwrap().to_owned();
        let mut arguments = vec!["ts", "-query", "-data", &data, "-out", &query];
        arguments.extend(options);
        let (made, text) = judge("openssl", &arguments)?;
        assert!(made, "{text}");
        Some(std::fs::read(query).unwrap())
    }

    fn post(&self, body: &[u8]) -> Page {
        let headers = [("Content-Type", "application/timestamp-query")];
        self.sandbox.browser().request("POST", &self.sandbox.tsa_url(), &headers, body).unwrap()
    }

    fn verify(&self, reply: &[u8]) -> Option<(bool, String)> {
        let reply = self.folder.write("reply.tsr", reply);
        let query = self.folder.path().join("query.tsq").to_str().unwrap().to_owned();
        let anchors = self.folder.write("anchors.pem", self.sandbox.anchors_pem());
        let between = [self.sandbox.issuer_pem(), self.sandbox.tsa_certificate_pem()].concat();
        let between = self.folder.write("between.pem", between);
        judge(
            "openssl",
            &[
                "ts",
                "-verify",
                "-queryfile",
                &query,
                "-in",
                &reply,
                "-CAfile",
                &anchors,
                "-untrusted",
                &between,
            ],
        )
    }
}

#[test]
fn openssl_verifies_a_stamp_with_and_without_nonce_and_certificates() {
    let bench = Bench::new();
    let cases: [&[&str]; 4] = [
        &["-sha256", "-cert"],
        &["-sha256"],
        &["-sha256", "-no_nonce", "-cert"],
        &["-sha256", "-tspolicy", "2.16.76.1.6.9999"],
    ];
    let mut lengths = Vec::new();
    for options in cases {
        let Some(query) = bench.query(options) else { return };
        let page = bench.post(&query);
        assert_eq!(page.header("content-type"), Some("application/timestamp-reply"));
        lengths.push(page.body.len());
        let Some((verified, text)) = bench.verify(&page.body) else { return };
        assert!(verified && text.contains("Verification: OK"), "{options:?}: {text}");
    }
    assert!(lengths[0] > lengths[1] + 3000, "certReq brings the chain: {lengths:?}");
    assert_eq!(bench.sandbox.counters().stamps(), 4);
}

#[test]
fn what_the_authority_does_not_stamp_is_rejected_with_a_reason() {
    let bench = Bench::new();
    for (options, reason) in [
        (&["-sha1"][..], "unrecognized or unsupported algorithm identifier"),
        (&["-sha512"], "unrecognized or unsupported algorithm identifier"),
        (&["-sha256", "-tspolicy", "1.2.3"], "the requested TSA policy is not supported"),
    ] {
        let Some(query) = bench.query(options) else { return };
        let page = bench.post(&query);
        assert_eq!(page.status, 200);
        let reply = bench.folder.write("reply.tsr", page.body);
        let arguments = ["ts", "-reply", "-in", &reply, "-text"];
        let Some((_, text)) = judge("openssl", &arguments) else { return };
        assert!(text.contains("Status: Rejected.") && text.contains(reason), "{text}");
    }
    let headers = [("Content-Type", "application/octet-stream")];
    let url = bench.sandbox.tsa_url();
    let browser = bench.sandbox.browser();
    assert_eq!(browser.request("POST", &url, &headers, b"x").unwrap().status, 415);
    assert_eq!(browser.request("GET", &url, &[], b"").unwrap().status, 405);
    assert_eq!(bench.sandbox.counters().stamps(), 0);
}

#[test]
fn stamps_go_wrong_in_five_ways() {
    let bench = Bench::new();
    let Some(query) = bench.query(&["-sha256", "-cert"]) else { return };
    for (fault, complaint) in [
        (Fault::StampRefused { failure: 25 }, "systemfailure"),
        (Fault::WrongDigest, "message imprint mismatch"),
        (Fault::WrongNonce, "nonce mismatch"),
        (Fault::NoTimeStampingUsage, "purpose"),
        (Fault::TamperedSignature, "signature failure"),
    ] {
        bench.sandbox.faults().add(Rule::once(tsa::STAMP, fault.clone()));
        let page = bench.post(&query);
        assert_eq!(page.status, 200);
        let Some((verified, text)) = bench.verify(&page.body) else { return };
        assert!(!verified && text.contains("Verification: FAILED"), "{fault:?}: {text}");
        assert!(text.to_lowercase().contains(complaint), "{fault:?}: {text}");
    }
    assert_eq!(bench.sandbox.counters().stamps(), 4);
}
