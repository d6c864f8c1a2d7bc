//! A document that a service signed, held against the one that it was sent.

use rubrica_xml::{Addition, Breach, Coverage, Placement, Verdict, XmlError, added_signature};

/// A signature of nothing that is in the documents of these tests.
const SIGNATURE: &str = "<s:Signature xmlns:s='http://www.w3.org/2000/09/xmldsig#'><s:SignedInfo>\
    <s:CanonicalizationMethod Algorithm='http://www.w3.org/2001/10/xml-exc-c14n#'/>\
    <s:SignatureMethod Algorithm='http://www.w3.org/2001/04/xmldsig-more#rsa-sha256'/>\
    <s:Reference URI='#none'><s:DigestMethod Algorithm='http://www.w3.org/2001/04/xmlenc#sha256'/>\
    <s:DigestValue>AA==</s:DigestValue></s:Reference></s:SignedInfo><s:SignatureValue>AA==\
    </s:SignatureValue></s:Signature>";

fn added(original: &str, signed: &str) -> Result<Addition, XmlError> {
    let signed = signed.replace("SIG", SIGNATURE);
    added_signature(original.as_bytes(), signed.as_bytes())
}

#[track_caller]
fn same(original: &str, signed: &str, spaced: bool) {
    let added = added(original, signed).unwrap();
    assert_eq!(added.spaced, spaced, "{signed}");
    assert_eq!(added.coverage, Coverage::Nothing);
}

#[track_caller]
fn other(original: &str, signed: &str) {
    let refused = added(original, signed).unwrap_err();
    assert!(matches!(refused, XmlError::OtherDocument { .. }), "{refused}");
}

#[test]
fn s33_the_same_in_other_words_is_the_same() {
    for (original, signed) in [
        ("<a b='1' c='2'>t</a>", "<a  c=\"2\"\n b='1' >tSIG</a >"),
        ("<?xml version='1.0'?>\n<a/>\n", "<a>SIG</a>"),
        ("<a/>", "\u{feff}<?xml version='1.0' encoding='UTF-8' standalone='no'?><a>SIG</a>"),
        ("<a><![CDATA[<]]></a>", "<a>SIG&lt;</a>"),
        ("<a>1\r\n2</a>", "<a>1\n2SIG</a>"),
        ("<a xmlns='urn:a' xmlns:b='urn:b'/>", "<a xmlns:b='urn:b' xmlns='urn:a'>SIG</a>"),
        ("<!--1--><a><!--2--></a><?b?>", "<!--1-->\n<a><!--2-->SIG</a>\n<?b?>"),
        ("<a><b/><c/></a>", "<a><b/>SIG<c/></a>"),
        ("<a><b/><c/></a>", "<a><b>SIG</b><c/></a>"),
    ] {
        same(original, signed, false);
    }
}

#[test]
fn s33_space_beside_the_signature_is_told() {
    for (original, signed) in [
        ("<a>t</a>", "<a>t\n  SIG\n</a>"),
        ("<a>t\n</a>", "<a>t\n  SIG\n</a>"),
        ("<a>\n  <b/>\n</a>", "<a>\n  <b/>\n  SIG\n</a>"),
        ("<a/>", "<a>\tSIG</a>"),
    ] {
        same(original, signed, true);
    }
}

#[test]
fn s33_another_document_is_refused() {
    for (original, signed) in [
        ("<a>1</a>", "<a>2SIG</a>"),
        ("<a b='1'/>", "<a b='2'>SIG</a>"),
        ("<a/>", "<a b='2'>SIG</a>"),
        ("<a/>", "<b>SIG</b>"),
        ("<a/>", "<a><b/>SIG</a>"),
        ("<a><b/></a>", "<a>SIG</a>"),
        ("<a><b/><c/></a>", "<a><c/><b/>SIG</a>"),
        ("<a>t</a>", "<a> tSIG</a>"),
        ("<a>  t</a>", "<a>SIGt</a>"),
        ("<a>  t</a>", "<a>SIG t</a>"),
        ("<a><!--1--></a>", "<a><!--2-->SIG</a>"),
        ("<a><!--1--></a>", "<a>SIG</a>"),
        ("<a/>", "<a>SIG</a><!--1-->"),
        ("<a/>", "<?b?><a>SIG</a>"),
        ("<?b c?><a/>", "<?b d?><a>SIG</a>"),
        ("<a/>", "<a xmlns:b='urn:b'>SIG</a>"),
        ("<a xmlns:b='urn:b'/>", "<a>SIG</a>"),
        ("<a/>", "<a xmlns='urn:b'>SIG</a>"),
        ("<a/>", "<a>SIGSIG</a>"),
        ("<a/>", "<a/>"),
        ("<a/>", "<b><a/>SIG</b>"),
    ] {
        other(original, signed);
    }
}

#[test]
fn s33_signatures_that_were_there_stay() {
    let one = SIGNATURE;
    let two = SIGNATURE.replace("AA==", "AAA=");
    let original = format!("<a>{one}<b/></a>");
    same(&original, &format!("<a>{one}<b/>{two}</a>"), false);
    same(&original, &format!("<a>{two}{one}<b/></a>"), false);
    other(&original, &format!("<a>{two}<b/>{two}</a>"));
    other(&original, &format!("<a>{two}<b/></a>"));
    other(&original, &original);
    // In the properties of another, where it countersigns it.
    let inside = |more: &str| {
        format!(
            "<a>{}<b/></a>",
            one.replace("</s:Signature>", &format!("<s:Object>{more}</s:Object></s:Signature>"))
        )
    };
    let added = added(&inside(""), &inside("SIG")).unwrap();
    assert!(added.signature.nested);
}

/// What is left of a document that is a signature, without that signature, is nothing, of which
/// anybody knows the hash.
#[test]
fn s32_a_signature_of_nothing_covers_nothing() {
    const EMPTY: &str = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    const XPATH: &str = "<s:Transform Algorithm='http://www.w3.org/TR/1999/REC-xpath-19991116'>\
        <s:XPath>not(ancestor-or-self::s:Signature)</s:XPath></s:Transform>";
    const ENVELOPED: &str =
        "<s:Transform Algorithm='http://www.w3.org/2000/09/xmldsig#enveloped-signature'/>";
    for transform in [XPATH, ENVELOPED] {
        let signed = SIGNATURE
            .replace("URI='#none'>", &format!("URI=''><s:Transforms>{transform}</s:Transforms>"))
            .replace("<s:DigestValue>AA==", &format!("<s:DigestValue>{EMPTY}"))
            .replace("</s:Signature>", "<s:Object><a/></s:Object></s:Signature>");
        let added = added("<a/>", &signed).unwrap();
        assert_eq!(added.coverage, Coverage::Nothing);
        assert_eq!(added.signature.verdict(), Verdict::Broken(Breach::Nothing));
    }
}

#[test]
fn s33_an_enveloped_document_is_all_of_it() {
    let around = |content: &str| {
        SIGNATURE
            .replace("</s:Signature>", &format!("<s:Object>{content}</s:Object></s:Signature>"))
    };
    for (content, spaced) in [("<a b='1'><c/></a>", false), (" <a b='1'><c></c></a>\n", true)] {
        let added = added("<?xml version='1.0'?><a b='1'><c/></a>", &around(content)).unwrap();
        assert_eq!(added.placement, Placement::Enveloping);
        assert_eq!((added.spaced, added.coverage), (spaced, Coverage::Nothing));
    }
    for (original, content) in [
        ("<a/>", "<b/>"),
        ("<a/>", "<a/><a/>"),
        ("<a/>", "<a/>t"),
        ("<a/>", "<!--1--><a/>"),
        ("<!--1--><a/>", "<a/>"),
        ("<a/>", "<b><a/></b>"),
        ("<a><!--1--></a>", "<a/>"),
        ("<a/>", "<a xmlns='urn:b'/>"),
        ("<a/>", ""),
    ] {
        other(original, &around(content));
    }
}
