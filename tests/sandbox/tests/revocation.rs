//! Both hierarchies, their CRLs and their OCSP responders, judged by OpenSSL.

#![allow(clippy::unwrap_used, unreachable_pub, reason = "tests, and the helpers that they share")]

mod common;

use common::{Folder, der_of, judge};
use rubrica_sandbox::{
    CPF_HOLDER, DISAGREEING_HOLDER, EXPIRED_HOLDER, Fault, Generation, HolderCertificate,
    P256_HOLDER, P384_HOLDER, REVOKED_HOLDER, Rule, Sandbox, UNKNOWN_ROOT_HOLDER, V12_CNPJ_HOLDER,
    V12_CPF_HOLDER, revocation,
};

fn certificate<'s>(sandbox: &'s Sandbox, holder: &str) -> &'s HolderCertificate {
    &sandbox.holder(holder).unwrap().certificates[0]
}

/// `openssl verify` with the CRLs that the sandbox serves.
fn verdict(sandbox: &Sandbox, holder: &str) -> Option<(bool, String)> {
    let folder = Folder::new();
    let roots = folder.write("roots.pem", sandbox.roots_pem());
    let between = folder.write("between.pem", sandbox.intermediates_pem());
    let crls = folder.write("crls.pem", sandbox.crls_pem());
    let leaf = folder.write("leaf.pem", certificate(sandbox, holder).pem());
    judge(
        "openssl",
        &[
            "verify",
            "-crl_check_all",
            "-x509_strict",
            "-CAfile",
            &roots,
            "-untrusted",
            &between,
            "-CRLfile",
            &crls,
            &leaf,
        ],
    )
}

#[test]
fn openssl_verifies_good_holders_under_both_roots_and_refuses_the_others() {
    let sandbox = Sandbox::start().unwrap();
    for holder in sandbox.holders() {
        let Some((accepted, text)) = verdict(&sandbox, holder.identification) else { return };
        let why = match holder.identification {
            EXPIRED_HOLDER => "certificate has expired",
            UNKNOWN_ROOT_HOLDER => "unable to get local issuer certificate",
            REVOKED_HOLDER => "certificate revoked",
            _ => "",
        };
        assert_eq!(accepted, why.is_empty(), "{}: {text}", holder.name);
        assert!(text.contains(why), "{}: {text}", holder.name);
    }
}

#[test]
fn openssl_reads_the_subjects_of_both_generations() {
    let sandbox = Sandbox::start().unwrap();
    let folder = Folder::new();
    let text = |holder: &str| {
        let file = folder.write("c.pem", certificate(&sandbox, holder).pem());
        let arguments = ["x509", "-in", &file, "-noout", "-text", "-nameopt", "oneline,-esc_msb"];
        judge("openssl", &arguments).map(|(read, text)| {
            assert!(read, "{text}");
            text
        })
    };
    for (holder, parts) in [
        (
            V12_CPF_HOLDER,
            ["CN = MODERNA SINTETICA DE TESTE, serialNumber = 24681357928", "2.16.76.1.2.3.36"],
        ),
        (
            V12_CNPJ_HOLDER,
            ["CN = SELADA SINTETICA LTDA, serialNumber = 44555666000181", "2.16.76.1.2.201.36"],
        ),
        (P256_HOLDER, ["NIST CURVE: P-256", "Digital Signature, Non Repudiation\n"]),
        (P384_HOLDER, ["NIST CURVE: P-384", "Digital Signature, Non Repudiation\n"]),
        (DISAGREEING_HOLDER, ["CN = CONTRADITA SINTETICA DE TESTE:57721566401", "2.16.76.1.3.1"]),
        (CPF_HOLDER, ["CRL Distribution Points", "OCSP - URI:http://127.0.0.1:"]),
    ] {
        let Some(text) = text(holder) else { return };
        for part in parts {
            assert!(text.contains(part), "{holder} lacks {part}: {text}");
        }
    }
    assert_eq!(certificate(&sandbox, V12_CPF_HOLDER).generation(), Generation::V12);
    let file = folder.write("roots.pem", sandbox.roots_pem());
    let arguments = ["storeutl", "-noout", "-text", "-certs", &file];
    let Some((_, text)) = judge("openssl", &arguments) else { return };
    assert!(text.contains("Teste v10") && text.contains("Teste v12"), "{text}");
}

#[test]
fn a_natural_persons_other_name_has_three_lengths_and_four_string_types() {
    let sandbox = Sandbox::start().unwrap();
    // 2.16.76.1.3.1, and [0] around the string.
    let name = [6, 5, 0x60, 0x4C, 1, 3, 1, 0xA0];
    let mut seen: Vec<(u8, u8)> = Vec::new();
    for certificate in sandbox.holders().iter().flat_map(|holder| &holder.certificates) {
        let mut windows = certificate.der().windows(name.len() + 3);
        if let Some(found) = windows.find(|window| window.starts_with(&name)) {
            seen.push((found[name.len() + 1], found[name.len() + 2]));
        }
    }
    let (octets, printable, utf8, ia5) = (0x04, 0x13, 0x0C, 0x16);
    for expected in [(octets, 45), (printable, 51), (octets, 55), (utf8, 51), (ia5, 55)] {
        assert!(seen.contains(&expected), "{expected:?} is not in {seen:?}");
    }
}

#[test]
fn a_certificates_urls_lead_to_its_crl_and_its_issuer_without_tls() {
    let sandbox = Sandbox::start().unwrap();
    let browser = sandbox.browser();
    let text = String::from_utf8_lossy(certificate(&sandbox, CPF_HOLDER).der()).into_owned();
    let url = |path: &str| format!("{}{path}", sandbox.plain_url());
    for path in ["/crl/issuer-v10.crl", "/certificates/issuer-v10.cer", "/ocsp/issuer-v10"] {
        assert!(text.contains(&url(path)), "{path}");
    }
    let issuer = browser.request("GET", &url("/certificates/issuer-v10.cer"), &[], b"").unwrap();
    assert_eq!(issuer.body, der_of(sandbox.issuer_pem()));
    let crl = browser.request("GET", &url("/crl/issuer-v10.crl"), &[], b"").unwrap();
    assert_eq!(crl.header("content-type"), Some("application/pkix-crl"));
    let folder = Folder::new();
    let issuer = folder.write("issuer.pem", sandbox.issuer_pem());
    let crl = folder.write("issuer.crl", crl.body);
    let arguments = ["crl", "-inform", "DER", "-in", &crl, "-CAfile", &issuer, "-noout", "-text"];
    let Some((read, text)) = judge("openssl", &arguments) else { return };
    assert!(read && text.contains("verify OK") && text.contains("Key Compromise"), "{text}");
    let serial = certificate(&sandbox, REVOKED_HOLDER).serial_number();
    assert!(text.contains(&serial), "{text}");
    // The services themselves answer behind TLS alone.
    assert_eq!(browser.request("GET", &url("/phone"), &[], b"").unwrap().status, 404);
    assert_eq!(browser.request("GET", &url("/crl/nobody.crl"), &[], b"").unwrap().status, 404);
    assert_eq!(browser.request("POST", &url("/crl/root-v12.crl"), &[], b"").unwrap().status, 405);
    assert_eq!(sandbox.counters().requests(revocation::CRL), 2);
}

#[test]
fn faulty_crls_are_stale_or_of_another_signer() {
    let sandbox = Sandbox::start().unwrap();
    let browser = sandbox.browser();
    let folder = Folder::new();
    let issuer = folder.write("issuer.pem", sandbox.issuer_pem());
    for (fault, verified, year) in
        [(Fault::StaleRevocation, true, "Next Update"), (Fault::WrongSigner, false, "Next Update")]
    {
        sandbox.faults().add(Rule::once(revocation::CRL, fault));
        let url = format!("{}/crl/issuer-v10.crl", sandbox.plain_url());
        let page = browser.request("GET", &url, &[], b"").unwrap();
        assert_ne!(page.body, sandbox.crls()[1]);
        let crl = folder.write("issuer.crl", page.body);
        let arguments =
            ["crl", "-inform", "DER", "-in", &crl, "-CAfile", &issuer, "-noout", "-text"];
        let Some((_, text)) = judge("openssl", &arguments) else { return };
        assert_eq!(text.contains("verify OK"), verified, "{text}");
        assert!(text.contains(year));
    }
}

/// `openssl ocsp` against the responder of the holder's issuer, about the holder or a serial number.
fn ocsp(sandbox: &Sandbox, holder: &str, serial: Option<&str>) -> Option<(bool, String)> {
    let folder = Folder::new();
    let certificate = certificate(sandbox, holder);
    let slug = match certificate.generation() {
        Generation::V10 => "v10",
        Generation::V12 => "v12",
    };
    let url = format!("{}/ocsp/issuer-{slug}", sandbox.plain_url());
    let issuer_url = format!("{}/certificates/issuer-{slug}.cer", sandbox.plain_url());
    let issuer = sandbox.browser().request("GET", &issuer_url, &[], b"").unwrap().body;
    let issuer = folder.write("issuer.cer", issuer);
    let roots = [sandbox.roots_pem(), sandbox.intermediates_pem()].concat();
    let roots = folder.write("roots.pem", roots);
    let leaf = folder.write("leaf.pem", certificate.pem());
    let mut arguments = vec!["ocsp", "-issuer", &issuer];
    arguments.extend(serial.map_or(["-cert", &leaf], |serial| ["-serial", serial]));
    arguments.extend(["-url", &url, "-CAfile", &roots, "-nonce", "-timeout", "20"]);
    judge("openssl", &arguments)
}

#[test]
fn openssl_asks_the_responders_and_believes_them() {
    let sandbox = Sandbox::start().unwrap();
    for (holder, serial, status) in [
        (CPF_HOLDER, None, ": good"),
        (V12_CPF_HOLDER, None, ": good"),
        (P384_HOLDER, None, ": good"),
        (REVOKED_HOLDER, None, ": revoked"),
        (CPF_HOLDER, Some("1234"), ": unknown"),
    ] {
        let Some((answered, text)) = ocsp(&sandbox, holder, serial) else { return };
        assert!(answered && text.contains("Response verify OK"), "{holder}: {text}");
        assert!(text.contains(status) && !text.contains("WARNING"), "{holder}: {text}");
    }
    for (fault, complaint) in [
        (Fault::StaleRevocation, "Status Expired"),
        (Fault::WrongSigner, "Response Verify Failure"),
    ] {
        sandbox.faults().add(Rule::once(revocation::OCSP, fault));
        let Some((_, text)) = ocsp(&sandbox, CPF_HOLDER, None) else { return };
        assert!(text.to_lowercase().contains(&complaint.to_lowercase()), "{text}");
    }
}

#[test]
fn a_malformed_ocsp_request_is_told() {
    let sandbox = Sandbox::start().unwrap();
    let url = format!("{}/ocsp/issuer-v10", sandbox.plain_url());
    let post = |media_type: &str, body: &[u8]| {
        let headers = [("Content-Type", media_type)];
        sandbox.browser().request("POST", &url, &headers, body).unwrap()
    };
    for body in [&b""[..], b"\x30\x00", b"\x30\x80", b"\x30\x03\x30\x01\x30", b"GET"] {
        assert_eq!(post("application/ocsp-request", body).body, [0x30, 3, 0x0A, 1, 1]);
    }
    assert_eq!(post("application/json", b"{}").status, 415);
}
