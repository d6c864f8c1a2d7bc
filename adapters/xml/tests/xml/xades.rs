//! What XAdES says of a signature, as it is read.

use rubrica_xml::{Digest, Policy, Verdict, Xades, signatures};

use crate::support::kept;

fn text() -> String {
    String::from_utf8(kept().remove("signxml-xades-rsa256-c14n").unwrap().signed).unwrap()
}

fn xades(xml: &str) -> Xades {
    signatures(xml.as_bytes()).unwrap().remove(0).xades.unwrap()
}

#[test]
fn the_properties_are_told() {
    let text = text();
    let read = xades(&text);
    assert_eq!((read.signed, read.certificate), (Verdict::Holds, Verdict::Holds));
    assert!(read.names_certificate);
    let time = read.signing_time.unwrap();
    assert!(text.contains(&format!(">{}<", time.written)));
    assert!(time.unix_seconds.is_some_and(|seconds| seconds > 1_700_000_000));
    let policy = read.policy.unwrap();
    assert_eq!(policy.oid(), Some("2.16.76.1.7.1.6.2.3"));
    let Policy::Explicit { hash, address: None, .. } = policy else { panic!("{policy:?}") };
    assert_eq!(hash.digest, Ok(Digest::Sha256));
    assert_eq!(hash.value, b"ABCDEFGHIJKLMNOPQRSTUVWXYZ123456");
    assert!(read.time_stamps.is_empty());
}

#[test]
fn what_is_signed_and_says_something_else_is_broken() {
    let text = text();
    for (from, to) in
        [("2.16.76.1.7.1.6.2.3", "2.16.76.1.7.1.6.2.4"), ("SigningTime>2", "SigningTime>1")]
    {
        assert!(text.contains(from));
        assert!(matches!(xades(&text.replace(from, to)).signed, Verdict::Broken(_)), "{to}");
    }
}

#[test]
fn a_time_stamp_is_of_the_canonical_value() {
    const END: &str = "</xades:QualifyingProperties>";
    let stamp = |method: &str| {
        format!(
            "<xades:UnsignedProperties><xades:UnsignedSignatureProperties>\
             <xades:SignatureTimeStamp>{method}<xades:EncapsulatedTimeStamp>MAMCAQA=\
             </xades:EncapsulatedTimeStamp></xades:SignatureTimeStamp>\
             </xades:UnsignedSignatureProperties></xades:UnsignedProperties>{END}"
        )
    };
    let text = text();
    let exclusive =
        "<ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>";
    let read = xades(&text.replace(END, &stamp(exclusive)));
    // It is not signed, and changes nothing of what is.
    assert_eq!(read.signed, Verdict::Holds);
    assert_eq!(read.time_stamps[0].token, [0x30, 0x03, 0x02, 0x01, 0x00]);
    let start = text.find("<ds:SignatureValue>").unwrap();
    let end = text.find("</ds:SignatureValue>").unwrap() + 20;
    let expected = text[start..end].replace(
        "<ds:SignatureValue>",
        "<ds:SignatureValue xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">",
    );
    assert_eq!(String::from_utf8_lossy(&read.time_stamps[0].message), expected);
    let unknown = exclusive.replace("exc-c14n", "other");
    assert!(xades(&text.replace(END, &stamp(&unknown))).time_stamps.is_empty());
}
