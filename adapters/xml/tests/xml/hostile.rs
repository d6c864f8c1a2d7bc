//! Documents that were made to take long, to take much, or to be read in two ways.

use rubrica_xml::{Unverifiable, XmlError, limits, signatures};

fn read(xml: &str) -> Result<(), XmlError> {
    signatures(xml.as_bytes()).map(|_| ())
}

#[track_caller]
fn too_large(xml: &str, what: &'static str) {
    assert_eq!(read(xml), Err(XmlError::Unverifiable(Unverifiable::TooLarge(what))));
}

#[test]
fn s35_depth_attributes_and_names_are_bounded() {
    let deep = |count: usize| format!("{}{}", "<a>".repeat(count), "</a>".repeat(count));
    assert_eq!(read(&deep(limits::DEPTH)), Ok(()));
    too_large(&deep(limits::DEPTH + 1), "depth");
    too_large(&"<a>".repeat(1_000_000), "depth");

    let wide = |count: usize| {
        let attributes: String = (0..count).map(|it| format!(" a{it}=''")).collect();
        format!("<a{attributes}/>")
    };
    assert_eq!(read(&wide(limits::ATTRIBUTES_OF_ELEMENT)), Ok(()));
    too_large(&wide(limits::ATTRIBUTES_OF_ELEMENT + 1), "attributes of an element");

    let named = |count: usize| format!("<{}/>", "n".repeat(count));
    assert_eq!(read(&named(limits::NAME_BYTES)), Ok(()));
    too_large(&named(limits::NAME_BYTES + 1), "bytes of a name");

    let scoped = |count: usize| {
        let each = 16;
        let open: String = (0..count / each)
            .map(|level| {
                let own: String =
                    (0..each).map(|it| format!(" xmlns:p{level}.{it}='urn:p'")).collect();
                format!("<a{own}>")
            })
            .collect();
        format!("{open}{}", "</a>".repeat(count / each))
    };
    assert_eq!(read(&scoped(limits::NAMESPACES)), Ok(()));
    too_large(&scoped(limits::NAMESPACES + 16), "namespaces");
}

#[test]
fn s35_documents_are_bounded() {
    let long = |count: usize| format!("<a>{}</a>", " ".repeat(count - 7));
    assert_eq!(read(&long(limits::DOCUMENT_BYTES)), Ok(()));
    too_large(&long(limits::DOCUMENT_BYTES + 1), "bytes of the document");
    let many = format!("<a>{}</a>", "<b/>".repeat(limits::NODES));
    too_large(&many, "nodes");
    let element = format!("<b{}/>", " a='' b='' c='' d='' e='' f='' g='' h=''");
    let count = limits::ATTRIBUTES / 8 + 1;
    too_large(&format!("<a>{}</a>", element.repeat(count)), "attributes");
}

#[test]
fn s35_entities_are_not_there_to_be_expanded() {
    let mut laughs = "<!DOCTYPE a [<!ENTITY e0 'ha'>".to_owned();
    for level in 1..30 {
        let inner = format!("&e{};", level - 1);
        laughs.push_str(&format!("<!ENTITY e{level} '{inner}{inner}'>"));
    }
    laughs.push_str("]><a>&e29;</a>");
    let refused = Err(XmlError::Unverifiable(Unverifiable::DocumentType));
    assert_eq!(read(&laughs), refused);
    assert!(matches!(read("<a>&e29;</a>"), Err(XmlError::Malformed { .. })));
}

const REFERENCE: &str = "<Reference URI=\"\"><Transforms><Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/></Transforms><DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/><DigestValue>AA==</DigestValue></Reference>";

fn signature(references: &str) -> String {
    format!(
        "<Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\"><SignedInfo><CanonicalizationMethod \
         Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/><SignatureMethod \
         Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256\"/>{references}</SignedInfo>\
         <SignatureValue>AA==</SignatureValue></Signature>"
    )
}

#[test]
fn s35_what_is_hashed_is_bounded() {
    // Each of many references asks for a long document.
    let text = "x".repeat(12 * 1024 * 1024);
    let many = REFERENCE.repeat(limits::REFERENCES);
    too_large(&format!("<a>{text}{}</a>", signature(&many)), "bytes of canonical form");
    // A long namespace is declared for each of many elements.
    let namespace = "n".repeat(1024 * 1024);
    let elements = "<p:b/>".repeat(100_000);
    let expanded = format!("<a xmlns:p='urn:{namespace}'>{elements}{}</a>", signature(REFERENCE));
    too_large(&expanded, "bytes of canonical form");
}

#[test]
fn s35_parts_of_signatures_are_counted() {
    assert_eq!(read(&format!("<a>{}</a>", signature(REFERENCE))), Ok(()));
    let many = REFERENCE.repeat(limits::REFERENCES + 1);
    too_large(&signature(&many), "references");
    let many = signature(REFERENCE).repeat(limits::SIGNATURES + 1);
    too_large(&format!("<a>{many}</a>"), "signatures");
    let transform = "<Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#base64\"/>";
    let many = REFERENCE.replace("</Transforms>", &(transform.repeat(8) + "</Transforms>"));
    too_large(&signature(&many), "transforms");
    let certificate = "<X509Certificate>AA==</X509Certificate>".repeat(limits::CERTIFICATES + 1);
    let key_info = format!("<KeyInfo><X509Data>{certificate}</X509Data></KeyInfo></Signature>");
    too_large(&signature(REFERENCE).replace("</Signature>", &key_info), "certificates");
    for (what, bound) in [("SignatureValue", limits::VALUE_BYTES), ("DigestValue", 64)] {
        let long = format!("<{what}>{}</{what}>", "AAAA".repeat(bound / 3 + 1));
        let long = signature(REFERENCE).replace(&format!("<{what}>AA==</{what}>"), &long);
        assert!(matches!(read(&long), Err(XmlError::Signature { .. })), "{what}");
    }
}

#[test]
fn other_encodings_and_versions_are_not_guessed() {
    let utf16 = |xml: &str| -> Vec<u8> { xml.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    let unverifiable = |bytes: &[u8]| match signatures(bytes) {
        Err(XmlError::Unverifiable(why)) => why,
        other => panic!("{other:?}"),
    };
    assert_eq!(unverifiable(&utf16("<a/>")), Unverifiable::Encoding);
    assert_eq!(unverifiable(&[&[0xff, 0xfe], &utf16("<a/>")[..]].concat()), Unverifiable::Encoding);
    assert_eq!(unverifiable(b"\0<\0a\0/\0>"), Unverifiable::Encoding);
    assert_eq!(unverifiable(b"<a>\xe9</a>"), Unverifiable::Encoding);
    for encoding in ["ISO-8859-1", "US-ASCII", "UTF-16", "UTF8", ""] {
        let xml = format!("<?xml version='1.0' encoding='{encoding}'?><a/>");
        assert_eq!(unverifiable(xml.as_bytes()), Unverifiable::Encoding, "{encoding}");
    }
    assert_eq!(unverifiable(b"<?xml version='1.1'?><a/>"), Unverifiable::Version);
    assert_eq!(unverifiable(b"<a xmlns='relative'/>"), Unverifiable::RelativeNamespace);
    assert_eq!(unverifiable(b"<a xmlns:b='#here'/>"), Unverifiable::RelativeNamespace);
    assert_eq!(
        signatures(b"\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"utf-8\"?><a/>"),
        Ok(vec![])
    );
}

#[test]
fn what_is_not_well_formed_is_refused() {
    for xml in [
        "",
        " ",
        "text",
        "<",
        "<a",
        "<a>",
        "<a/",
        "</a>",
        "<a></b>",
        "<a></a",
        "<a></a b>",
        "<a></p:a>",
        "<a/><b/>",
        "<a/>text",
        "text<a/>",
        "<a/>&#32;",
        "<a><b></a></b>",
        " <?xml version='1.0'?><a/>",
        "<?xml?><a/>",
        "<?xml version='1.0'><a/>",
        "<?xml version='1.0'encoding='UTF-8'?><a/>",
        "<?xml encoding='UTF-8' version='1.0'?><a/>",
        "<?xml version='1.0' standalone='maybe'?><a/>",
        "<?xml version='1.0' standalone='yes' encoding='UTF-8'?><a/>",
        "<?xml version='1.0'?><?xml version='1.0'?><a/>",
        "<a><?xml version='1.0'?></a>",
        "<a><?XML?></a>",
        "<a><?b",
        "<a><?b~?></a>",
        "<a><? b?></a>",
        "<a><?p:b?></a>",
        "<a><!-- -- --></a>",
        "<a><!-- ---></a>",
        "<a><!--></a>",
        "<a><!-- ",
        "<a><![CDATA[</a>",
        "<a><![cdata[]]></a>",
        "<![CDATA[]]><a/>",
        "<a>]]></a>",
        "<a><!b></a>",
        "<a><!DOCTYPE a></a>",
        "<a/><!DOCTYPE a>",
        "<a>&</a>",
        "<a>&lt</a>",
        "<a>& lt;</a>",
        "<a>&lt ;</a>",
        "<a>&nbsp;</a>",
        "<a>&LT;</a>",
        "<a>&#;</a>",
        "<a>&#x;</a>",
        "<a>&#+65;</a>",
        "<a>&#x+41;</a>",
        "<a>&#X41;</a>",
        "<a>&#-1;</a>",
        "<a>&#0;</a>",
        "<a>&#1;</a>",
        "<a>&#xD800;</a>",
        "<a>&#xFFFE;</a>",
        "<a>&#x110000;</a>",
        "<a>&#99999999999;</a>",
        "<a>\u{1}</a>",
        "<a>\u{fffe}</a>",
        "<a>\u{ffff}</a>",
        "<a b/>",
        "<a b=/>",
        "<a b=c/>",
        "<a b='1' b='2'/>",
        "<a b='1'c='2'/>",
        "<a b='<'/>",
        "<a b='&'/>",
        "<a b='1/>",
        "<a b='1\"/>",
        "<a =''/>",
        "<a / >",
        "< a/>",
        "<1/>",
        "<-a/>",
        "<\u{b7}/>",
        "<\u{d7}/>",
        "<a:/>",
        "<:a/>",
        "<a:b/>",
        "<a:b:c xmlns:a='urn:a'/>",
        "<a b:c=''/>",
        "<a xmlns:b='urn:b' xmlns:c='urn:b' b:d='' c:d=''/>",
        "<a xmlns='urn:a' xmlns='urn:b'/>",
        "<a xmlns:b='urn:a' xmlns:b='urn:b'/>",
        "<a xmlns:b=''/>",
        "<a xmlns:xml='urn:a'/>",
        "<a xmlns:xmlns='urn:a'/>",
        "<a xmlns:b='http://www.w3.org/XML/1998/namespace'/>",
        "<a xmlns='http://www.w3.org/XML/1998/namespace'/>",
        "<a xmlns:b='http://www.w3.org/2000/xmlns/'/>",
        "<a xmlns='http://www.w3.org/2000/xmlns/'/>",
        "<xmlns:a/>",
        "<a><b xmlns:c='urn:c'/><c:d/></a>",
    ] {
        let refused = read(xml).unwrap_err();
        assert!(matches!(refused, XmlError::Malformed { .. }), "{xml:?}: {refused}");
        assert!(refused.is_broken());
    }
}
