//! Canonical forms, compared with libxml2's and libxmlsec's.

use rubrica_xml::{Canonicalization, Mode, XmlError, canonical_form};

use crate::corpus::DOCUMENTS;
use crate::support::Folder;

fn prefixes(list: &[&str]) -> Mode {
    Mode::Exclusive { prefixes: list.iter().map(|&prefix| prefix.to_owned()).collect() }
}

fn form(xml: &str, mode: Mode, comments: bool) -> String {
    let method = Canonicalization { mode, comments };
    String::from_utf8(canonical_form(xml.as_bytes(), None, &method).unwrap()).unwrap()
}

fn part(xml: &str, mode: Mode) -> String {
    let method = Canonicalization { mode, comments: false };
    String::from_utf8(canonical_form(xml.as_bytes(), Some("x"), &method).unwrap()).unwrap()
}

fn document(name: &str) -> &'static str {
    DOCUMENTS.iter().find(|(known, _)| *known == name).unwrap().1
}

#[test]
fn canonical_forms_are_those_of_libxml2() {
    assert!(DOCUMENTS.len() >= 50, "{}", DOCUMENTS.len());
    let folder = Folder::new("c14n");
    for (place, (_, xml)) in DOCUMENTS.iter().enumerate() {
        folder.write(&format!("{place}.xml"), xml.as_bytes());
    }
    if folder.judge("c14n").is_none() {
        return;
    }
    let mut compared = 0;
    for (place, (name, xml)) in DOCUMENTS.iter().enumerate() {
        for comments in [false, true] {
            let suffix = if comments { "-comments" } else { "" };
            for (method, mode) in [
                ("c14n", Mode::Inclusive10),
                ("exc", prefixes(&[])),
                ("exc-prefixes", prefixes(&["a", "b", "xsi"])),
            ] {
                let theirs = folder.read(&format!("{place}.{method}{suffix}"));
                let theirs = String::from_utf8(theirs).unwrap();
                assert_eq!(form(xml, mode, comments), theirs, "{name}, {method}{suffix}");
                compared += 1;
            }
            // Of a whole document, the versions differ in nothing.
            let [one, other] = [Mode::Inclusive10, Mode::Inclusive11];
            assert_eq!(form(xml, one, comments), form(xml, other, comments), "{name}");
        }
    }
    assert_eq!(compared, DOCUMENTS.len() * 6);
}

#[test]
fn canonical_parts_have_the_digests_of_libxmlsec() {
    let folder = Folder::new("digests");
    let has_part = |xml: &str| xml.contains("Id='x'") || xml.contains("Id=\"x\"");
    let documents: Vec<_> = DOCUMENTS.iter().filter(|(_, xml)| has_part(xml)).collect();
    assert!(documents.len() >= 20, "{}", documents.len());
    for (place, (_, xml)) in documents.iter().enumerate() {
        folder.write(&format!("{place}.xml"), xml.as_bytes());
    }
    if folder.judge("digests").is_none() {
        return;
    }
    for (place, (name, xml)) in documents.iter().enumerate() {
        for (method, mode) in [
            ("c14n", Mode::Inclusive10),
            ("c14n-comments", Mode::Inclusive10),
            ("c14n11", Mode::Inclusive11),
            ("exc", prefixes(&[])),
            ("exc-prefixes", prefixes(&["", "a", "b", "xsi"])),
        ] {
            let theirs = folder.read(&format!("{place}.{method}.digest"));
            let ours = part(xml, mode);
            let digest = ring::digest::digest(&ring::digest::SHA256, ours.as_bytes());
            let told = String::from_utf8_lossy(&theirs);
            assert_eq!(digest.as_ref(), theirs, "{name}, {method}: {ours} {told}");
        }
    }
}

#[test]
fn the_examples_of_the_specifications_have_their_forms() {
    let around = document("3.1 around");
    assert_eq!(
        form(around, Mode::Inclusive10, false),
        "<?xml-stylesheet href=\"doc.xsl\"\n   type=\"text/xsl\"   ?>\n<doc>Hello, world!</doc>\n\
         <?pi-without-data?>"
    );
    assert_eq!(
        form(around, Mode::Inclusive10, true),
        "<?xml-stylesheet href=\"doc.xsl\"\n   type=\"text/xsl\"   ?>\n<doc>Hello, world!\
         <!-- Comment 1 --></doc>\n<?pi-without-data?>\n<!-- Comment 2 -->\n<!-- Comment 3 -->"
    );
    let space = document("3.2 space");
    assert_eq!(form(space, Mode::Inclusive10, false), space.trim_end());
    assert_eq!(
        part(document("3.3 tags"), Mode::Inclusive10),
        "<e5 xmlns=\"http://example.org\" xmlns:a=\"http://www.w3.org\" \
         xmlns:b=\"http://www.ietf.org\" Id=\"x\" attr=\"I'm\" attr2=\"all\" \
         b:attr=\"sorted\" a:attr=\"out\"></e5>"
    );
    assert_eq!(
        part(document("3.4 characters"), Mode::Inclusive10),
        "<compute Id=\"x\">value&gt;\"0\" &amp;&amp; value&lt;\"10\" ?\"valid\":\"error\"</compute>"
    );
    assert_eq!(form(document("3.6 encoding"), Mode::Inclusive10, false), "<doc>\u{a9}\u{a9}</doc>");
    assert_eq!(
        part(document("exclusive 2.2"), Mode::Inclusive10),
        "<n1:elem2 xmlns:n1=\"http://example.net\" xmlns:n2=\"http://foo.example\" \
         xmlns:n4=\"http://foo.example\" Id=\"x\" xml:lang=\"en\" xml:space=\"retain\">\
         <n3:stuff xmlns:n3=\"ftp://example.org\"></n3:stuff><n4:stuff></n4:stuff></n1:elem2>"
    );
    assert_eq!(
        part(document("exclusive 2.2"), prefixes(&[])),
        "<n1:elem2 xmlns:n1=\"http://example.net\" Id=\"x\" xml:lang=\"en\">\
         <n3:stuff xmlns:n3=\"ftp://example.org\"></n3:stuff>\
         <n4:stuff xmlns:n4=\"http://foo.example\"></n4:stuff></n1:elem2>"
    );
}

#[test]
fn the_versions_of_canonical_xml_differ_in_what_is_inherited() {
    let xml = "<a xml:id='i' xml:lang='pt' xml:b='1'><c Id='x'/></a>";
    assert_eq!(
        part(xml, Mode::Inclusive10),
        "<c Id=\"x\" xml:b=\"1\" xml:id=\"i\" xml:lang=\"pt\"></c>"
    );
    assert_eq!(part(xml, Mode::Inclusive11), "<c Id=\"x\" xml:lang=\"pt\"></c>");
    assert_eq!(part(xml, prefixes(&[])), "<c Id=\"x\"></c>");
    // What would have to be joined is not.
    let based = "<a xml:base='http://b.example/'><c Id='x'/></a>";
    let method = Canonicalization { mode: Mode::Inclusive11, comments: false };
    let refused = canonical_form(based.as_bytes(), Some("x"), &method).unwrap_err();
    assert!(matches!(refused, XmlError::Unverifiable(_)), "{refused}");
}

#[test]
fn a_canonical_form_is_its_own() {
    for (name, xml) in DOCUMENTS {
        for mode in [Mode::Inclusive10, prefixes(&[]), prefixes(&["", "a"])] {
            let once = form(xml, mode.clone(), true);
            assert_eq!(form(&once, mode, true), once, "{name}");
        }
    }
}

/// A namespace's name is written as an attribute's value is (Canonical XML 1.0 §2.3). libxml2 writes
/// it as it is, which gives what is not XML where there is an ampersand in it.
#[test]
fn names_of_namespaces_are_escaped() {
    let xml = "<a xmlns='urn:a&amp;b&lt;&quot;'/>";
    let expected = "<a xmlns=\"urn:a&amp;b&lt;&quot;\"></a>";
    assert_eq!(form(xml, Mode::Inclusive10, false), expected);
    assert_eq!(form(xml, prefixes(&[]), false), expected);
}
