//! Signed documents that were put together anew, so that what is signed is not what is read.

use rubrica_xml::{
    Breach, Coverage, Target, Unverifiable, Verdict, XmlError, XmlSignature, added_signature,
    signatures,
};

use crate::support::{Sample, kept};

fn sample(name: &str) -> (String, Sample) {
    let sample = kept().remove(name).unwrap();
    (String::from_utf8(sample.signed.clone()).unwrap(), sample)
}

/// The `Signature` of a text, and the text without it.
fn cut(text: &str) -> (String, String) {
    let start = text.find("<ds:Signature ").unwrap();
    let end = text.find("</ds:Signature>").unwrap() + 15;
    (text[start..end].to_owned(), [&text[..start], &text[end..]].concat())
}

fn only(xml: &str) -> XmlSignature {
    let mut read = signatures(xml.as_bytes()).unwrap();
    assert_eq!(read.len(), 1);
    read.remove(0)
}

#[track_caller]
fn not_the_original(sample: &Sample, xml: &str) {
    let refused = added_signature(&sample.original, xml.as_bytes()).unwrap_err();
    assert!(matches!(refused, XmlError::OtherDocument { .. }), "{refused}");
}

#[test]
fn two_elements_with_the_identifier_are_refused() {
    let (text, sample) = sample("signxml-element-nfe");
    let (signature, rest) = cut(&text);
    for other in ["Id", "ID", "id", "xml:id", "x:Id", "iD"] {
        for (before, after) in [(true, false), (false, true)] {
            let evil = format!("<infNFe xmlns:x='urn:x' {other}='NFe35'><valor>1</valor></infNFe>");
            let wrapped =
                rest.replace("<infNFe", &format!("{}<infNFe", if before { &evil } else { "" }));
            let wrapped = wrapped
                .replace("</NFe>", &format!("{signature}{}</NFe>", if after { &evil } else { "" }));
            let verdict = only(&wrapped).verdict();
            assert_eq!(verdict, Verdict::Broken(Breach::Ambiguous), "{other}");
            not_the_original(&sample, &wrapped);
        }
    }
    // Hidden in the signature itself, which nothing covers.
    let hidden = signature
        .replace("</ds:Signature>", "<ds:Object><infNFe Id='NFe35'/></ds:Object></ds:Signature>");
    let wrapped = rest.replace("</NFe>", &format!("{hidden}</NFe>"));
    assert_eq!(only(&wrapped).verdict(), Verdict::Broken(Breach::Ambiguous));
}

#[test]
fn what_is_signed_in_another_place_is_told() {
    let (text, sample) = sample("signxml-element-nfe");
    let (signature, rest) = cut(&text);
    let start = rest.find("<infNFe").unwrap();
    let end = rest.find("</infNFe>").unwrap() + 9;
    let signed = &rest[start..end];
    let evil = "<infNFe Id='NFe36' versao='4.00'><ide><cUF>99</cUF></ide></infNFe>";

    // In an Object of the signature, where no reader of NF-e looks.
    let moved = signature
        .replace("</ds:Signature>", &format!("<ds:Object>{signed}</ds:Object></ds:Signature>"));
    let wrapped = rest.replace(signed, evil).replace("</NFe>", &format!("{moved}</NFe>"));
    assert_eq!(only(&wrapped).verdict(), Verdict::Broken(Breach::Nothing));
    not_the_original(&sample, &wrapped);

    // In another element.
    let wrapped = rest
        .replace(signed, &format!("{evil}<outro>{signed}</outro>"))
        .replace("</NFe>", &format!("{signature}</NFe>"));
    let read = only(&wrapped);
    let Target::Element { at, root: false, .. } = read.references[0].target else { panic!() };
    assert_eq!(at, wrapped.find(signed).unwrap());
    not_the_original(&sample, &wrapped);

    // Beside something that is not signed.
    let wrapped = rest.replace("</NFe>", &format!("{signature}<extra/></NFe>"));
    assert_eq!(only(&wrapped).verdict(), Verdict::Holds);
    not_the_original(&sample, &wrapped);
}

#[test]
fn what_is_signed_in_the_signature_is_told() {
    let (text, sample) = sample("signxml-detached-rsa384-exc");
    let (signature, rest) = cut(&text);
    let signed = rest.strip_prefix("<both>").unwrap().strip_suffix("</both>").unwrap();
    let moved = signature
        .replace("</ds:Signature>", &format!("<ds:Object>{signed}</ds:Object></ds:Signature>"));
    let wrapped = format!("<both><r:recibo xmlns:r='urn:r' a='9'/>{moved}</both>");
    let read = only(&wrapped);
    assert_eq!(read.verdict(), Verdict::Holds);
    assert!(matches!(read.references[0].target, Target::Part { .. }), "{:?}", read.references);
    not_the_original(&sample, &wrapped);
}

#[test]
fn a_whole_document_in_another_is_not_that_document() {
    for name in ["xmlsec-enveloped-c14n", "signxml-enveloped-rsa512-c14n11"] {
        let (text, sample) = sample(name);
        let start = text.find("<d ").or_else(|| text.find("<r:recibo")).unwrap();
        let end = text.find("</d>").map(|it| it + 4).or_else(|| text.rfind('>').map(|it| it + 1));
        let wrapped = format!("<evil><mal/>{}</evil>", &text[start..end.unwrap()]);
        assert_eq!(only(&wrapped).verdict(), Verdict::Broken(Breach::Digest), "{name}");
        not_the_original(&sample, &wrapped);
    }
}

#[test]
fn a_signature_of_another_document_is_broken() {
    let (signature, _) = cut(&sample("xmlsec-enveloped-c14n").0);
    let (_, rest) = cut(&sample("signxml-enveloped-rsa512-c14n11").0);
    let wrapped = rest.replace("</r:recibo>", &format!("{signature}</r:recibo>"));
    assert_eq!(only(&wrapped).verdict(), Verdict::Broken(Breach::Digest));
}

#[test]
fn properties_that_are_not_signed_are_not_believed() {
    let (text, _) = sample("signxml-xades-rsa256-c14n");
    assert_eq!(only(&text).verdict(), Verdict::Holds);
    let start = text.find("<xades:SignedProperties").unwrap();
    let end = text.find("</xades:SignedProperties>").unwrap() + 25;
    let real = &text[start..end];
    let fake = real
        .replace("<xades:SigningTime>2", "<xades:SigningTime>1")
        .replace("-SignedProperties", "-Other");
    assert_ne!(fake, real);

    // The signed ones are elsewhere, where their canonical form is the same.
    let moved = text.replace(real, &fake).replace(
        "</ds:Signature>",
        &format!("<ds:Object><xades:Hidden>{real}</xades:Hidden></ds:Object></ds:Signature>"),
    );
    let read = only(&moved);
    assert_eq!(read.verdict(), Verdict::Broken(Breach::PropertiesNotSigned));

    // They are there twice.
    let twice = text.replace(real, &format!("{real}{fake}"));
    assert!(matches!(signatures(twice.as_bytes()), Err(XmlError::Signature { .. })));
    let twice = text.replace(
        "</xades:QualifyingProperties>",
        "</xades:QualifyingProperties><xades:QualifyingProperties/>",
    );
    assert!(matches!(signatures(twice.as_bytes()), Err(XmlError::Signature { .. })));
    // They are of another signature.
    let other = text.replace("Target=\"#", "Target=\"#Other");
    assert!(matches!(signatures(other.as_bytes()), Err(XmlError::Signature { .. })));
}

#[test]
fn another_certificate_is_not_the_signers() {
    let (text, _) = sample("signxml-xades-rsa256-c14n");
    let certificate = |text: &str| {
        let start = text.find("<ds:X509Certificate>").unwrap();
        let end = text.find("</ds:X509Certificate>").unwrap() + 21;
        text[start..end].to_owned()
    };
    let (own, other) = (certificate(&text), certificate(&sample("signxml-element-nfe").0));
    let mine = only(&text).certificates.remove(0);

    let replaced = text.replace(&own, &other.replace("MII", "MIJ"));
    let verdict = |text: &str| only(text).xades.unwrap().certificate;
    assert_eq!(verdict(&text), Verdict::Holds);
    assert_eq!(verdict(&replaced), Verdict::Broken(Breach::Certificate));
    let removed = text.replace(&own, "");
    assert_eq!(verdict(&removed), Verdict::Unverifiable(Unverifiable::NoCertificate));
    // Wherever it stands, it is the first that is told.
    let added = text.replace(&own, &format!("{}{own}{other}", other.replace("MII", "MIJ")));
    let read = only(&added);
    assert_eq!(read.certificates.len(), 3);
    assert_eq!(read.certificates[0], mine);
}

#[test]
fn what_two_readers_may_read_differently_is_refused() {
    let (text, _) = sample("xmlsec-element-c14n");
    let digest = &text[text.find("<ds:DigestValue>").unwrap()..][..24];
    for (from, to) in [
        (digest, &*format!("{}<!-- -->{}", &digest[..20], &digest[20..])),
        (digest, &*format!("{}<?x?>{}", &digest[..20], &digest[20..])),
        ("<ds:SignedInfo>", "<ds:SignedInfo/><ds:SignedInfo>"),
        ("<ds:SignedInfo>", "<x/><ds:SignedInfo>"),
        ("<ds:SignedInfo>", "text<ds:SignedInfo>"),
        ("</ds:SignedInfo>", "<x/></ds:SignedInfo>"),
        ("<ds:SignatureValue>", "<ds:SignatureValue>AA==</ds:SignatureValue><ds:SignatureValue>"),
        ("<ds:DigestValue>", "<ds:DigestValue>AA==</ds:DigestValue><ds:DigestValue>"),
        ("<ds:KeyInfo>", "<ds:KeyInfo/><ds:KeyInfo>"),
        ("<ds:DigestMethod Algorithm=", "<ds:DigestMethod algorithm="),
    ] {
        assert!(text.contains(from), "{from}");
        let changed = text.replace(from, to);
        let refused = signatures(changed.as_bytes()).unwrap_err();
        assert!(matches!(refused, XmlError::Signature { .. }), "{to}: {refused}");
        assert!(refused.is_broken());
    }
    let start = text.find("<ds:Reference").unwrap();
    let end = text.find("</ds:Reference>").unwrap() + 15;
    let nothing = [&text[..start], &text[end..]].concat();
    assert!(matches!(signatures(nothing.as_bytes()), Err(XmlError::Signature { .. })));
}

#[test]
fn what_is_not_known_is_not_guessed() {
    let (text, _) = sample("xmlsec-element-c14n");
    const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
    const C14N: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
    for (from, to, expected) in [
        (ENVELOPED, "http://www.w3.org/2000/09/xmldsig#base64", Unverifiable::Transform),
        (ENVELOPED, "http://www.w3.org/TR/1999/REC-xslt-19991116", Unverifiable::Transform),
        (ENVELOPED, "http://www.w3.org/2002/06/xmldsig-filter2", Unverifiable::Transform),
        (ENVELOPED, C14N, Unverifiable::TransformOrder),
        ("URI=\"#x\"", "URI=\"http://example.com/x\"", Unverifiable::External),
        ("URI=\"#x\"", "URI=\"x.xml\"", Unverifiable::External),
        ("URI=\"#x\"", "URI=\"#xpointer(/)\"", Unverifiable::Pointer),
        ("URI=\"#x\"", "", Unverifiable::Pointer),
        ("xmlenc#sha256", "xmlenc#ripemd160", Unverifiable::Hash),
        (
            "http://www.w3.org/2001/04/xmlenc#sha256",
            "http://www.w3.org/2000/09/xmldsig#sha1",
            Unverifiable::WeakHash,
        ),
        ("xmldsig-more#rsa-sha256", "xmldsig-more#hmac-sha256", Unverifiable::SignatureAlgorithm),
        (
            "CanonicalizationMethod Algorithm=\"http://www.w3.org/TR/2001",
            "CanonicalizationMethod Algorithm=\"urn:none",
            Unverifiable::Canonicalization,
        ),
    ] {
        assert!(text.contains(from), "{from}");
        let changed = text.replacen(from, to, 1);
        assert_eq!(only(&changed).verdict(), Verdict::Unverifiable(expected), "{from} {to}");
    }
    let missing = text.replace("URI=\"#x\"", "URI=\"#y\"");
    assert_eq!(only(&missing).verdict(), Verdict::Broken(Breach::Missing));
    let itself = text
        .replace("<ds:SignatureValue>", "<ds:SignatureValue Id='v'>")
        .replace("URI=\"#x\"", "URI=\"#v\"");
    assert_eq!(only(&itself).verdict(), Verdict::Broken(Breach::Nothing));
}

#[test]
fn a_document_type_could_add_what_is_not_signed() {
    let (text, sample) = sample("xmlsec-element-c14n");
    for declaration in [
        "<!DOCTYPE a>",
        "<!DOCTYPE a [<!ATTLIST e Id ID 'x'>]>",
        "<!DOCTYPE a SYSTEM 'http://example.com/a.dtd'>",
    ] {
        let changed = format!("{declaration}{text}");
        let refused = Err(XmlError::Unverifiable(Unverifiable::DocumentType));
        assert_eq!(signatures(changed.as_bytes()), refused, "{declaration}");
        assert!(added_signature(&sample.original, changed.as_bytes()).is_err());
    }
}

/// Whoever signs all but signatures says nothing of them, and what is in one is not signed.
#[test]
fn all_but_signatures_is_no_part_of_one() {
    let (text, sample) = sample("xmlsec-all-signatures");
    let read = only(&text);
    assert_eq!((read.verdict(), read.references[0].unsigned), (Verdict::Holds, true));
    let (signature, rest) = cut(&text);
    let twice = text.replace(&signature, &format!("{signature}{signature}"));
    assert!(signatures(twice.as_bytes()).unwrap().iter().all(|it| it.verdict().holds()));
    not_the_original(&sample, &twice);
    // The prefix is that of another namespace, so that nothing would be taken out.
    for (from, to) in [
        ("<ds:XPath>", "<d:XPath xmlns:d='http://www.w3.org/2000/09/xmldsig#' xmlns:ds='urn:x'>"),
        ("<ds:XPath>not", "<ds:XPath>true() or not"),
    ] {
        let changed = text
            .replace(from, to)
            .replace("</ds:XPath>", if to.contains("<d:") { "</d:XPath>" } else { "</ds:XPath>" });
        assert_eq!(only(&changed).verdict(), Verdict::Unverifiable(Unverifiable::Transform));
    }
    // What is referred to is in another signature.
    let inside = signature.replace("URI=\"\"", "URI=\"#in\"");
    let other =
        signature.replace("</ds:Signature>", "<ds:Object><a Id='in'/></ds:Object></ds:Signature>");
    let both = rest.replace("</contrato>", &format!("{inside}{other}</contrato>"));
    let read = signatures(both.as_bytes()).unwrap();
    assert_eq!(read[0].verdict(), Verdict::Broken(Breach::Nothing));
}

#[test]
fn a_second_signature_is_one_too_many() {
    let (text, second) = sample("xmlsec-second");
    let read = signatures(text.as_bytes()).unwrap();
    assert_eq!(read.len(), 2);
    // The first was made before the second was there, and covers all but itself.
    assert_eq!(read[0].verdict(), Verdict::Broken(Breach::Digest));
    let added = added_signature(&second.original, text.as_bytes()).unwrap();
    assert_eq!((added.signature, added.coverage), (read[1].clone(), Coverage::Whole));
    let (_, first) = sample("signxml-xades-rsa256-c14n");
    assert_eq!(first.original[..20], *b"<?xml version=\"1.0\" ");
    not_the_original(&first, &text);
}
