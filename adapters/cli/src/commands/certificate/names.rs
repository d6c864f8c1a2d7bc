//! What people and programs call the numbers in a certificate.

use rubrica::core::codec::der::ObjectIdentifier;

/// Attributes of names: RFC 4514 §3, RFC 4519, and for the last ones ETSI EN 319 412-1 §5.1.4 and
/// RFC 2985 §5.2.1.
const ATTRIBUTES: [(&str, &str); 18] = [
    ("2.5.4.3", "CN"),
    ("2.5.4.4", "SN"),
    ("2.5.4.5", "serialNumber"),
    ("2.5.4.6", "C"),
    ("2.5.4.7", "L"),
    ("2.5.4.8", "ST"),
    ("2.5.4.9", "street"),
    ("2.5.4.10", "O"),
    ("2.5.4.11", "OU"),
    ("2.5.4.12", "title"),
    ("2.5.4.13", "description"),
    ("2.5.4.15", "businessCategory"),
    ("2.5.4.17", "postalCode"),
    ("2.5.4.42", "givenName"),
    ("0.9.2342.19200300.100.1.1", "UID"),
    ("0.9.2342.19200300.100.1.25", "DC"),
    ("2.5.4.97", "organizationIdentifier"),
    ("1.2.840.113549.1.9.1", "emailAddress"),
];

/// Purposes: RFC 5280 §4.2.1.12, RFC 9336 §3.1, and those of Microsoft and Adobe that signers' certificates
/// have.
const PURPOSES: [(&str, &str); 11] = [
    ("2.5.29.37.0", "anyExtendedKeyUsage"),
    ("1.3.6.1.5.5.7.3.1", "serverAuth"),
    ("1.3.6.1.5.5.7.3.2", "clientAuth"),
    ("1.3.6.1.5.5.7.3.3", "codeSigning"),
    ("1.3.6.1.5.5.7.3.4", "emailProtection"),
    ("1.3.6.1.5.5.7.3.8", "timeStamping"),
    ("1.3.6.1.5.5.7.3.9", "OCSPSigning"),
    ("1.3.6.1.5.5.7.3.36", "documentSigning"),
    ("1.3.6.1.4.1.311.10.3.12", "msDocumentSigning"),
    ("1.3.6.1.4.1.311.20.2.2", "msSmartcardLogin"),
    ("1.2.840.113583.1.1.5", "adobeAuthenticDocumentsTrust"),
];

/// Uses of a key, from the highest bit on (RFC 5280 §4.2.1.3).
const USES: [&str; 8] = [
    "digitalSignature",
    "nonRepudiation",
    "keyEncipherment",
    "dataEncipherment",
    "keyAgreement",
    "keyCertSign",
    "cRLSign",
    "encipherOnly",
];

/// The short name of an attribute of a name.
pub(super) fn attribute(kind: ObjectIdentifier<'_>) -> Option<&'static str> {
    find(&ATTRIBUTES, kind)
}

/// The name of a purpose.
pub(super) fn purpose(kind: ObjectIdentifier<'_>) -> Option<&'static str> {
    find(&PURPOSES, kind)
}

/// The names of the uses whose bits are set.
pub(super) fn uses(bits: u8) -> Vec<&'static str> {
    let is_set = |place: usize| bits & (0x80 >> place) != 0;
    USES.into_iter().enumerate().filter(|&(place, _)| is_set(place)).map(|(_, name)| name).collect()
}

fn find(table: &[(&str, &'static str)], kind: ObjectIdentifier<'_>) -> Option<&'static str> {
    let number = kind.to_string();
    table.iter().find(|(known, _)| *known == number).map(|&(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bits_of_a_key_usage_have_names() {
        assert_eq!(uses(0xe0), ["digitalSignature", "nonRepudiation", "keyEncipherment"]);
        assert_eq!(uses(0x06), ["keyCertSign", "cRLSign"]);
        assert_eq!(uses(0), Vec::<&str>::new());
    }

    #[test]
    fn attributes_and_purposes_have_names() {
        assert_eq!(attribute(ObjectIdentifier::from_body(b"\x55\x04\x05")), Some("serialNumber"));
        assert_eq!(attribute(ObjectIdentifier::from_body(b"\x55\x04\x7f")), None);
        let client = b"\x2b\x06\x01\x05\x05\x07\x03\x02";
        assert_eq!(purpose(ObjectIdentifier::from_body(client)), Some("clientAuth"));
    }
}
