//! Every signature format, judged by OpenSSL and by ring.

#![allow(clippy::unwrap_used, unreachable_pub, reason = "tests, and the helpers that they share")]

mod common;

use core::time::Duration;
use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use common::{Client, Folder, decode, hash, json_of, judge};
use ring::signature::{
    RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256, RsaParameters, UnparsedPublicKey,
};
use rubrica_sandbox::{
    ALPHANUMERIC_CNPJ_HOLDER, CNPJ_HOLDER, CPF_HOLDER, DISAGREEING_HOLDER, EXPIRED_HOLDER,
    Generation, HolderCertificate, Policy, Sandbox, TWO_CERTIFICATES_HOLDER, UNKNOWN_ROOT_HOLDER,
};
use serde_json::json;

const CONTENT: &[u8] = b"Um contrato.\r\nCom duas linhas.\r\n";

fn sandbox() -> Sandbox {
    Sandbox::builder()
        .policy(Policy::ApproveAll)
        .vidaas(|settings| settings.poll_interval = Duration::ZERO)
        .start()
        .unwrap()
}

/// The RSAPublicKey of a certificate of 2048 bits: 270 bytes that start as no other part does.
fn public_key(certificate: &[u8]) -> &[u8] {
    let start = certificate
        .windows(8)
        .position(|window| window == [0x30, 0x82, 0x01, 0x0A, 0x02, 0x82, 0x01, 0x01])
        .unwrap();
    &certificate[start..start + 270]
}

fn accepts(parameters: &'static RsaParameters, certificate: &[u8], signature: &[u8]) -> bool {
    UnparsedPublicKey::new(parameters, public_key(certificate)).verify(CONTENT, signature).is_ok()
}

#[test]
fn raw_is_rsa_over_the_hash_that_was_sent() {
    let sandbox = sandbox();
    let client = Client::new(&sandbox);
    let certificate = &sandbox.holder(CPF_HOLDER).unwrap().certificates[0];
    for format in ["RAW", "RAW_DATA", "RAW_DIGESTED_DATA"] {
        let signed = client.sign(&client.token(&[]), &[hash("a", CONTENT, format)]);
        assert_eq!(signed["signatures"][0]["id"], "a");
        assert!(signed["signatures"][0].get("file_base64_signed").is_none());
        let signature = decode(&signed["signatures"][0]["raw_signature"]);
        assert!(accepts(&RSA_PKCS1_2048_8192_SHA256, certificate.der(), &signature));
    }
    let mut element = hash("a", CONTENT, "RAW");
    element["padding_method"] = json!("PSS");
    let signed = client.sign(&client.token(&[]), &[element]);
    let signature = decode(&signed["signatures"][0]["raw_signature"]);
    assert!(accepts(&RSA_PSS_2048_8192_SHA256, certificate.der(), &signature));
}

/// `openssl cms -verify` over a CMS; `-cades` also compares signingCertificateV2.
fn openssl_accepts(
    sandbox: &Sandbox,
    cms: &[u8],
    content: Option<&[u8]>,
) -> Option<(bool, String)> {
    let folder = Folder::new();
    let anchors = folder.write("anchors.pem", sandbox.anchors_pem());
    let cms = folder.write("signature.p7s", cms);
    let mut arguments = vec![
        "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", &cms, "-CAfile", &anchors,
        "-purpose", "any",
    ];
    let detached;
    if let Some(content) = content {
        detached = folder.write("content", content);
        arguments.extend(["-content", &detached]);
    }
    judge("openssl", &arguments)
}

#[test]
fn openssl_accepts_every_good_holders_cms_and_cades() {
    let sandbox = sandbox();
    let client = Client::new(&sandbox);
    for holder in [CPF_HOLDER, CNPJ_HOLDER, ALPHANUMERIC_CNPJ_HOLDER, TWO_CERTIFICATES_HOLDER] {
        for format in ["CMS", "CAdES_AD_RB", "CAdES_AD_RT"] {
            let token = client.token(&[("login_hint", holder)]);
            let mut element = hash("a", CONTENT, format);
            element["base64_content"] = json!(BASE64_STANDARD.encode(CONTENT));
            let signed = client.sign(&token, &[element]);
            let detached = decode(&signed["signatures"][0]["raw_signature"]);
            let attached = decode(&signed["signatures"][0]["file_base64_signed"]);
            let verdicts = [
                openssl_accepts(&sandbox, &detached, Some(CONTENT)),
                openssl_accepts(&sandbox, &attached, None),
            ];
            for (accepted, text) in verdicts.into_iter().flatten() {
                assert!(accepted, "{holder} {format}: {text}");
                assert!(text.contains("Com duas linhas."), "the content comes out: {text}");
            }
        }
    }
}

#[test]
fn openssl_refuses_the_expired_and_the_unknown() {
    let sandbox = sandbox();
    let client = Client::new(&sandbox);
    for (holder, why) in [
        (EXPIRED_HOLDER, "certificate has expired"),
        (UNKNOWN_ROOT_HOLDER, "self-signed certificate in certificate chain"),
    ] {
        let token = client.token(&[("login_hint", holder)]);
        let signed = client.sign(&token, &[hash("a", CONTENT, "CMS")]);
        let cms = decode(&signed["signatures"][0]["raw_signature"]);
        if let Some((accepted, text)) = openssl_accepts(&sandbox, &cms, Some(CONTENT)) {
            assert!(!accepted && text.contains(why), "{holder}: {text}");
        }
    }
}

#[test]
fn a_cms_has_the_attributes_of_the_manual_and_a_cades_its_policy() {
    let sandbox = sandbox();
    let client = Client::new(&sandbox);
    let folder = Folder::new();
    for (format, policy) in [("CMS", false), ("CAdES_AD_RB", true)] {
        let signed = client.sign(&client.token(&[]), &[hash("a", CONTENT, format)]);
        let file = folder.write("a.p7s", decode(&signed["signatures"][0]["raw_signature"]));
        let arguments = ["cms", "-cmsout", "-print", "-noout", "-inform", "DER", "-in", &file];
        let Some((read, text)) = judge("openssl", &arguments) else { return };
        assert!(read, "{text}");
        for attribute in
            ["contentType", "signingTime", "messageDigest", "id-smime-aa-signingCertificateV2"]
        {
            assert!(text.contains(attribute), "{format} lacks {attribute}");
        }
        assert_eq!(text.contains("id-smime-aa-ets-sigPolicyId"), policy, "{format}");
        assert_eq!(text.contains(":2.16.76.1.7.1.1.2.4"), policy, "{text}");
    }
}

#[test]
fn openssl_accepts_the_time_stamp_of_a_cades_ad_rt() {
    let sandbox = sandbox();
    let client = Client::new(&sandbox);
    let signed = client.sign(&client.token(&[]), &[hash("a", CONTENT, "CAdES_AD_RT")]);
    let cms = decode(&signed["signatures"][0]["raw_signature"]);
    let find = |bytes: &[u8]| cms.windows(bytes.len()).rposition(|window| window == bytes).unwrap();
    // signatureTimeStampToken, 1.2.840.113549.1.9.16.2.14, in a SET of a long form length.
    let kind = [0x06, 0x0B, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x10, 0x02, 0x0E];
    let attribute = find(&kind);
    let token = &cms[attribute + kind.len() + 4..];
    // [1], the attribute's SEQUENCE; before them the signature of 256 bytes.
    let signature = &cms[attribute - 8 - 256..attribute - 8];
    let folder = Folder::new();
    let anchors = folder.write("anchors.pem", sandbox.anchors_pem());
    let chain: Vec<u8> = token.to_vec();
    let (token, signature) = (folder.write("token", &chain), folder.write("signature", signature));
    let arguments =
        ["ts", "-verify", "-token_in", "-in", &token, "-data", &signature, "-CAfile", &anchors];
    if let Some((accepted, text)) = judge("openssl", &arguments) {
        assert!(accepted && text.contains("Verification: OK"), "{text}");
    }
}

#[test]
fn openssl_reads_the_certificates_as_icp_brasils() {
    let sandbox = sandbox();
    let folder = Folder::new();
    for holder in sandbox.holders() {
        let of_v10 = |it: &&Arc<HolderCertificate>| it.generation() == Generation::V10;
        // The CN of one holder names somebody else.
        if holder.identification == DISAGREEING_HOLDER {
            continue;
        }
        for certificate in holder.certificates.iter().filter(of_v10) {
            let file = folder.write("a.pem", certificate.pem());
            let arguments = ["x509", "-in", &file, "-noout", "-text"];
            let Some((read, text)) = judge("openssl", &arguments) else { return };
            assert!(read, "{text}");
            for part in [
                "O = ICP-Brasil",
                "Digital Signature, Non Repudiation, Key Encipherment",
                "TLS Web Client Authentication, E-mail Protection",
                "2.16.76.1.2.3.36",
                &format!(":{}", holder.identification),
            ] {
                assert!(text.contains(part), "{} lacks {part}: {text}", holder.identification);
            }
        }
    }
}

#[test]
fn signature_refuses_what_the_manual_forbids() {
    let sandbox = sandbox();
    let client = Client::new(&sandbox);
    let token = client.token(&[("scope", "signature_session")]);
    let good = hash("a", CONTENT, "RAW");
    let mut cases = Vec::new();
    for (name, value) in [
        ("id", json!("")),
        ("id", json!(7)),
        ("alias", json!(null)),
        ("hash", json!("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")),
        ("hash", json!(BASE64_STANDARD.encode([1; 31]))),
        ("hash_algorithm", json!("1.3.14.3.2.26")),
        ("signature_format", json!("raw")),
        ("signature_format", json!("PAdES_AD_RB")),
        ("signature_format", json!("PAdES_AD_RT")),
        ("padding_method", json!("NONE")),
        ("padding_method", json!("pkcs1v1_5")),
        ("pdf_signature_page", json!("yes")),
        ("base64_content", json!("%")),
        ("base64_content", json!(BASE64_STANDARD.encode(b"another"))),
        ("unknown_member", json!(1)),
    ] {
        let mut element = good.clone();
        element[name] = value;
        cases.push(json!({ "hashes": [element] }));
    }
    cases.push(json!({ "hashes": [] }));
    cases.push(json!({ "hashes": [good, good] }));
    cases.push(json!({ "hashes": [good], "certificate_alias": "another" }));
    let many: Vec<_> = (0..21).map(|id| hash(&id.to_string(), CONTENT, "RAW")).collect();
    cases.push(json!({ "hashes": many }));
    for case in cases {
        let page = client.sign_page(&token, &case);
        assert_eq!(page.status, 400, "{case}: {}", page.text());
    }
    assert!(sandbox.counters().signatures().is_empty());
    client.sign(&token, &many[..20]);
    assert_eq!(sandbox.counters().signatures().len(), 20);
    assert_eq!(sandbox.counters().signatures_of(&common::sha256(CONTENT)), 20);
}

#[test]
fn scopes_end_as_the_manual_says() {
    let sandbox = sandbox();
    let client = Client::new(&sandbox);
    let two = [hash("a", b"a", "RAW"), hash("b", b"b", "RAW")];
    let single = client.token(&[("scope", "single_signature")]);
    assert_eq!(client.sign_page(&single, &json!({ "hashes": two })).status, 400);
    client.sign(&single, &two[..1]);
    assert_eq!(client.sign_page(&single, &json!({ "hashes": two[..1] })).status, 401);

    let multi = client.token(&[("scope", "multi_signature")]);
    assert_eq!(client.sign(&multi, &two)["signatures"].as_array().unwrap().len(), 2);
    assert_eq!(client.sign_page(&multi, &json!({ "hashes": two })).status, 401);

    let login = client.token(&[("scope", "authentication_session")]);
    assert_eq!(client.sign_page(&login, &json!({ "hashes": two[..1] })).status, 403);
    assert_eq!(json_of(&client.certificates(&login, ""))["status"], "S");
}

#[test]
fn s7_a_token_in_a_url_is_refused_and_remembered() {
    let sandbox = sandbox();
    let client = Client::new(&sandbox);
    let token = client.token(&[]);
    assert_eq!(client.certificates(&token, &format!("?token={token}")).status, 400);
    assert_eq!(sandbox.counters().violations(), ["a token in a URL"]);
    assert_eq!(json_of(&client.certificates(&token, "?certificate_alias=x"))["status"], "N");
    assert_eq!(client.certificates("guess", "").status, 401);
}

#[test]
fn limits_answer_429_in_the_manuals_words() {
    let sandbox = Sandbox::builder()
        .policy(Policy::ApproveAll)
        .vidaas(|settings| {
            settings.signature_requests_per_minute = 2;
            settings.signatures_per_minute = 3;
            settings.retry_after = Some("7".to_owned());
        })
        .start()
        .unwrap();
    let client = Client::new(&sandbox);
    let token = client.token(&[("scope", "signature_session"), ("lifetime", "3600")]);
    let two = [hash("a", b"a", "RAW"), hash("b", b"b", "RAW")];
    client.sign(&token, &two);
    let page = client.sign_page(&token, &json!({ "hashes": two }));
    assert_eq!((page.status, page.text().as_str()), (429, "To many requests"));
    assert_eq!(page.header("retry-after"), Some("7"));
    assert_eq!(client.sign_page(&token, &json!({ "hashes": two[..1] })).status, 429);
    sandbox.clock().advance(Duration::from_secs(60));
    client.sign(&token, &two);
    assert_eq!(sandbox.counters().signatures().len(), 4);
}
