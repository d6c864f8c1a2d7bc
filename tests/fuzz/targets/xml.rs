//! An XML document, its canonical form, its signatures, and what was made of it by a signer.
//!
//! Whatever is accepted, roxmltree accepts, and finds the same in it and in its canonical form.
#![no_main]

use libfuzzer_sys::fuzz_target;
use roxmltree::{Document, Node, NodeType};
use rubrica_xml::{
    Canonicalization, Coverage, Mode, Placement, Verdict, XmlError, added_signature,
    canonical_form, limits, signatures,
};

/// A signature whose reference is to nothing.
const SIGNATURE: &str = "<s:Signature xmlns:s=\"http://www.w3.org/2000/09/xmldsig#\"><s:SignedInfo>\
    <s:CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>\
    <s:SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256\"/>\
    <s:Reference URI=\"#\"><s:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/>\
    <s:DigestValue>AA==</s:DigestValue></s:Reference></s:SignedInfo><s:SignatureValue>AA==\
    </s:SignatureValue></s:Signature>";

fuzz_target!(|data: &[u8]| {
    let found = signatures(data);
    let form = canonical_form(data, None, &method(Mode::Inclusive10));
    match (&found, &form) {
        (_, Ok(form)) => compare(data, form),
        (Ok(_), Err(error)) => assert!(!error.is_broken(), "{error}"),
        // A signature may be broken where the document is not.
        (Err(one), Err(other)) => {
            assert!(one == other || matches!(one, XmlError::Signature { .. }), "{one}, {other}");
        }
    }
    if let Err(error) = &found {
        assert!(error.to_string().len() < 1_000);
    }
    for signature in found.iter().flatten() {
        assert!(signature.certificates.len() <= limits::CERTIFICATES);
        assert!(signature.at < data.len());
        assert!(!signature.references.is_empty());
        if let Ok(signed_info) = &signature.signed_info {
            // It is a form of its own, and hashed as such.
            let again = canonical_form(&signed_info.canonical, None, &method(Mode::Inclusive10));
            assert!(again.is_ok_and(|again| again.starts_with(b"<")));
            assert_eq!(signed_info.digest.len(), signed_info.algorithm.digest().length());
        }
        let good = signature.references.iter().all(|reference| reference.verdict.holds());
        assert!(good || signature.verdict() != Verdict::Holds);
    }
    let _ = added_signature(data, data);
    if let (Ok(form), Ok(found)) = (form, found) {
        sign(data, &form, found.len());
    }
});

fn method(mode: Mode) -> Canonicalization {
    Canonicalization { mode, comments: true }
}

/// What roxmltree finds in a document and in its canonical form.
fn compare(data: &[u8], form: &[u8]) {
    for mode in [
        Mode::Inclusive10,
        Mode::Inclusive11,
        Mode::Exclusive { prefixes: vec![] },
        Mode::Exclusive { prefixes: vec![String::new(), "a".to_owned()] },
    ] {
        // One of what is exclusive may be longer than what is accepted, and not longer than this.
        let Ok(once) = canonical_form(data, None, &method(mode.clone())) else { continue };
        let twice = canonical_form(&once, None, &method(mode)).expect("a form is XML");
        assert!(once == twice, "{}", String::from_utf8_lossy(&once));
    }
    let text = core::str::from_utf8(data).expect("it was accepted");
    let form = core::str::from_utf8(form).expect("it is text");
    // It takes a declaration with another space for an instruction, and keeps some ends of lines.
    if text.contains('\r') || text.contains("<?xml") && !text.contains("<?xml ") {
        return;
    }
    let one = Document::parse(text).expect("what is accepted is XML");
    let other = Document::parse(form).expect("what is written is XML");
    let [mut one, mut other] = [one, other].map(told);
    assert_eq!(one.len(), other.len());
    while let (Some(one), Some(other)) = (one.pop(), other.pop()) {
        assert_eq!(one, other);
    }
}

/// The nodes of a document in words.
fn told(document: Document<'_>) -> Vec<String> {
    let one = |node: Node<'_, '_>| match node.node_type() {
        NodeType::Root => "root".to_owned(),
        NodeType::Element => {
            let mut attributes: Vec<_> = node
                .attributes()
                .map(|it| (it.namespace().unwrap_or("").to_owned(), it.name(), it.value()))
                .collect();
            attributes.sort();
            let name = node.tag_name();
            format!("{:?} {} {attributes:?}", name.namespace().unwrap_or(""), name.name())
        }
        NodeType::PI => {
            let pi = node.pi().expect("it is one");
            format!("? {} {:?}", pi.target, pi.value.unwrap_or(""))
        }
        NodeType::Comment | NodeType::Text => format!("{:?}", node.text()),
    };
    // An empty CDATA section is a text in one and nothing in the other.
    let nodes = document.root().descendants().filter(|it| !it.is_text() || it.text() != Some(""));
    nodes.map(one).collect()
}

/// A signer adds a signature to the canonical form, and nothing else, or something.
fn sign(data: &[u8], form: &[u8], count: usize) {
    let form = core::str::from_utf8(form).expect("it is text");
    let Some((before, after)) = form.rsplit_once("</") else { return };
    // Its root's end tag, and not what looks like one in what follows it.
    if !after.ends_with('>') || after.contains(['?', '!', ' ']) {
        return;
    }
    let signed = format!("{before}{SIGNATURE}</{after}");
    match added_signature(data, signed.as_bytes()) {
        Ok(added) => {
            assert_eq!((added.placement, added.spaced), (Placement::Enveloped, false));
            assert_eq!(added.coverage, Coverage::Nothing);
            assert_eq!(signatures(signed.as_bytes()).expect("as before").len(), count + 1);
        }
        // In a signature, another one is out of place.
        Err(XmlError::Signature { .. }) if count > 0 => {}
        Err(error) => assert!(!error.is_broken(), "{error}"),
    }
    for more in ["x", "<x/>", "<!---->", "<?x?>"] {
        let other = format!("{before}{more}{SIGNATURE}</{after}");
        assert!(added_signature(data, other.as_bytes()).is_err());
        let other = format!("{before}{SIGNATURE}{more}</{after}");
        assert!(added_signature(data, other.as_bytes()).is_err());
    }
}
