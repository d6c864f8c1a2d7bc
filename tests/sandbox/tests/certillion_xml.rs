//! XAdES by Certillion: what is signed, and what of XML is refused.

#![allow(clippy::unwrap_used, unreachable_pub, reason = "tests, and the helpers that they share")]

mod common;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use common::certillion::{CertillionClient, order};
use common::{Folder, json_of, judge, sha256};
use rubrica_sandbox::{CPF_HOLDER, Fault, Policy, Rule, Sandbox, certillion};
use serde_json::{Value, json};

const INVOICE: &str = "<NFe xmlns=\"urn:nfe\"><infNFe Id=\"NFe1\"><a/></infNFe></NFe>";

fn sandbox() -> Sandbox {
    let builder = Sandbox::builder().policy(Policy::ApproveAll);
    // The one under which the test below can write the forms by itself.
    builder.certillion(|settings| settings.exclusive_canonicalization = true).start().unwrap()
}

/// Uploads, signs under AD_RB or another policy, and downloads; or the refusal's status.
fn sign(client: &CertillionClient<'_>, xml: &str, options: &Value) -> Result<String, Value> {
    let own = client.client_token();
    let hash = client.upload(&own, "a.xml", xml.as_bytes());
    let token = client.token(&[]);
    let policy = options["policy"].as_str().unwrap_or("AD_RB");
    let mut body = order("XADES", Some(policy), &[("1", &hash)]);
    body["hashes"][0]["signature_standard_options"] = json!({ "xml_options": options["xml"] });
    let page = client.sign_page(&token, &body);
    let reply = json_of(&page);
    if page.status != 200 {
        assert_eq!(page.status, 400, "{reply}");
        return Err(reply["status"]["code"].clone());
    }
    let signed = client.download(&own, &reply["signatures"][0]["transaction_id"]);
    Ok(String::from_utf8(signed).unwrap())
}

/// What stands between two texts, the first of them included.
fn between<'t>(text: &'t str, start: &str, end: &str) -> &'t str {
    let from = text.find(start).unwrap();
    &text[from..from + text[from..].find(end).unwrap()]
}

/// The exclusive canonical form of an element as the sandbox spells it: tags of one name closed by
/// one of their own, and the namespaces at the top.
fn canonical(element: &str, namespaces: &str) -> String {
    let (start, rest) = element.split_once([' ', '>']).unwrap();
    let behind = &element[start.len()..element.len() - rest.len()];
    let mut form = format!("{start}{namespaces}{behind}");
    let mut rest = rest;
    while let Some((before, after)) = rest.split_once("/>") {
        let open = before.rfind('<').unwrap();
        let name = before[open + 1..].split(' ').next().unwrap();
        form.push_str(&format!("{before}></{name}>"));
        rest = after;
    }
    form.push_str(rest);
    form
}

const DS: &str = " xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"";
const XADES: &str = " xmlns:xades=\"http://uri.etsi.org/01903/v1.3.2#\"";

#[test]
fn a_document_gets_an_enveloped_signature_that_openssl_verifies() {
    let sandbox = sandbox();
    let client = CertillionClient::new(&sandbox);
    let signed = sign(&client, INVOICE, &json!({})).unwrap();
    let signature = between(&signed, "<ds:Signature ", "</NFe>");
    assert_eq!(signed, INVOICE.replace("</NFe>", &format!("{signature}</NFe>")));

    let digests: Vec<&str> = signature.split("<ds:DigestValue>").skip(1).collect();
    let form = INVOICE.replace("<a/>", "<a></a>");
    let digest = |text: &str| {
        format!("{}</ds:DigestValue>", BASE64_STANDARD.encode(sha256(text.as_bytes())))
    };
    assert!(digests[0].starts_with(&digest(&form)));
    let properties = between(signature, "<xades:SignedProperties", "</xades:SignedProperties>");
    // DigestMethod and others bring their prefix where they first use it.
    let form = canonical(&format!("{properties}</xades:SignedProperties>"), XADES)
        .replace("<ds:DigestMethod", &format!("<ds:DigestMethod{DS}"))
        .replace("<ds:DigestValue", &format!("<ds:DigestValue{DS}"))
        .replace("<ds:X509IssuerName", &format!("<ds:X509IssuerName{DS}"))
        .replace("<ds:X509SerialNumber", &format!("<ds:X509SerialNumber{DS}"));
    assert!(digests[1].starts_with(&digest(&form)), "{form}");
    assert!(properties.contains("urn:oid:2.16.76.1.7.1.6.2.5"));
    assert!(properties.contains("CN=AC SINTETICA de Teste RFB v5,OU="), "{properties}");

    let info = between(signature, "<ds:SignedInfo>", "</ds:SignedInfo>");
    let info = canonical(&format!("{info}</ds:SignedInfo>"), DS);
    let value = between(signature, "<ds:SignatureValue>", "</ds:SignatureValue>");
    let value = BASE64_STANDARD.decode(value.rsplit('>').next().unwrap()).unwrap();
    let certificate = &sandbox.holder(CPF_HOLDER).unwrap().certificates[0];
    let folder = Folder::new();
    let pem = folder.write("holder.pem", certificate.pem());
    let arguments = ["x509", "-in", &pem, "-pubkey", "-noout"];
    let Some((true, key)) = judge("openssl", &arguments) else { return };
    let key = folder.write("key.pem", key);
    let (info, value) = (folder.write("info", info), folder.write("value", value));
    let arguments = ["dgst", "-sha256", "-verify", &key, "-signature", &value, &info];
    let (accepted, text) = judge("openssl", &arguments).unwrap();
    assert!(accepted, "{text}");
}

#[test]
fn elements_are_signed_by_name_or_by_identifier() {
    let sandbox = sandbox();
    let client = CertillionClient::new(&sandbox);
    let by_name = json!({ "xml": {
        "elements_name": ["infNFe"], "attribute_id_name": "Id", "add_key_val": true,
        "add_subject_name": true,
    }});
    let signed = sign(&client, INVOICE, &by_name).unwrap();
    assert!(signed.contains("<ds:Reference URI=\"#NFe1\">") && signed.contains("<ds:KeyValue>"));
    assert!(signed.contains("<ds:X509SubjectName>CN=FULANA SINTETICA DE TESTE:11144477735,"));
    let by_identifier = json!({ "policy": "AD-RT", "xml": { "elements_id": ["NFe1"] } });
    let signed = sign(&client, INVOICE, &by_identifier).unwrap();
    assert!(signed.contains("<ds:Reference URI=\"#NFe1\">"));
    assert!(signed.contains("<xades:EncapsulatedTimeStamp>MII"));

    let twice = INVOICE.replace("<a/>", "<infNFe Id=\"NFe1\"/>");
    for (xml, options, code) in [
        (INVOICE, json!({ "elements_name": ["none"], "attribute_id_name": "Id" }), 723),
        (INVOICE, json!({ "elements_id": ["none"] }), 723),
        (&*twice, json!({ "elements_name": ["infNFe"], "attribute_id_name": "Id" }), 722),
        (&*twice, json!({ "elements_id": ["NFe1"] }), 722),
        (INVOICE, json!({ "elements_name": ["a"], "attribute_id_name": "Id" }), 721),
        (INVOICE, json!({ "elements_name": ["infNFe"] }), 721),
        (INVOICE, json!({ "elements_id": [] }), 720),
        (INVOICE, json!({ "elements_id": ["NFe1"], "attribute_id_name": "Id" }), 201),
        (INVOICE, json!({ "multiple_signatures": true }), 204),
        (INVOICE, json!({ "remove_signature_id": true }), 204),
        (INVOICE, json!({ "elements": [] }), 201),
        ("%PDF-1.7", Value::Null, 713),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", Value::Null, 713),
        ("<a><b></a></b>", Value::Null, 713),
    ] {
        assert_eq!(sign(&client, xml, &json!({ "xml": options })), Err(json!(code)), "{options}");
    }
}

#[test]
fn an_altered_document_and_another_digest_are_signed_all_the_same() {
    let sandbox = sandbox();
    let client = CertillionClient::new(&sandbox);
    sandbox.faults().add(Rule::once(certillion::SIGNATURE, Fault::AlteredDocument));
    let signed = sign(&client, INVOICE, &json!({})).unwrap();
    assert!(signed.contains("</infNFe>0<ds:Signature"));
    sandbox.faults().add(Rule::once(certillion::SIGNATURE, Fault::WrongDigest));
    let signed = sign(&client, INVOICE, &json!({})).unwrap();
    let right = BASE64_STANDARD.encode(sha256(INVOICE.replace("<a/>", "<a></a>").as_bytes()));
    assert!(!signed.contains(&right));
}
