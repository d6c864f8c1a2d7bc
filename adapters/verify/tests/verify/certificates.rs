//! Reading one certificate: its holder, its PEM, its bounds.

use rubrica_core::{
    codec::der::DerError,
    identity::certificate::{Field, HolderPlace},
};
use rubrica_verify::{
    Certificate, KeyKind, Piece, Rejection, Unidentified, certificates_from_pem, limits,
};

use crate::support::{
    CPF, certificate,
    certificates::{
        COMPANY, Chain, IA5_STRING, OCTET_STRING, PERSON, PRINTABLE_STRING, RESPONSIBLE, Template,
        UTF8_STRING, alternative_name, extension, other_name, person,
    },
    der::{element, null, sequence},
    holder,
    keys::Key,
};

const BMP_STRING: u8 = 0x1e;

fn with_names(names: &[Vec<u8>]) -> Certificate {
    let template = Template::holder(&Key::P256).with(alternative_name(names));
    certificate(&template.signed_by(&Key::P256))
}

#[test]
fn what_it_says_is_told() {
    let read = certificate(&Chain::new().holder);
    assert_eq!(read.subject(), "FULANA DE TESTE:11144477735");
    assert_eq!(read.display_name(), "FULANA DE TESTE");
    assert_eq!(read.issuer(), "AC de teste");
    assert_eq!(read.serial(), [3]);
    assert_eq!(read.not_before().to_string(), "2026-01-01T00:00:00Z");
    assert_eq!(read.not_after().to_string(), "2029-01-01T00:00:00Z");
    assert_eq!(read.key(), KeyKind::Rsa { bits: 2048 });
    assert_eq!(read.policies(), ["2.16.76.1.2.3.36".parse().unwrap()]);
    assert!(read.key_usage().unwrap().digital_signature());
    assert!(read.key_usage().unwrap().non_repudiation());
    assert!(!read.basic_constraints().authority);
    assert!(!read.is_self_issued());
    assert_eq!(read.public_key_info(), Key::HOLDER.public());
    assert_eq!(read.der(), Chain::new().holder);
}

#[test]
fn s34_a_cpf_is_read_in_every_length_and_string_type() {
    for length in [45, 51, 55, 19, 30] {
        let field = &person(CPF, length)[..length.min(person(CPF, length).len())];
        for tag in [OCTET_STRING, PRINTABLE_STRING, UTF8_STRING, IA5_STRING] {
            let read = with_names(&[other_name(PERSON, tag, field)]);
            assert_eq!(read.holder(), Ok(holder(CPF)), "{} characters, tag {tag}", field.len());
        }
    }
}

#[test]
fn s34_a_field_that_cannot_be_read_is_told_and_nothing_is_guessed() {
    let unreadable = Err(Unidentified::Unreadable(Field::Person));
    let names = [
        other_name(PERSON, OCTET_STRING, &person(CPF, 45)[..18]),
        other_name(PERSON, OCTET_STRING, ""),
        other_name(PERSON, BMP_STRING, person(CPF, 45)),
        other_name(PERSON, UTF8_STRING, format!("é{}", person(CPF, 45))),
        other_name(PERSON, OCTET_STRING, [0xff; 45]),
    ];
    for name in names {
        assert_eq!(with_names(&[name]).holder(), unreadable);
    }
    for number in ["11144477736", "22222222222", "1114447773X"] {
        let read = with_names(&[other_name(PERSON, OCTET_STRING, person(number, 45))]);
        assert!(matches!(read.holder(), Err(Unidentified::Invalid { .. })), "{number}");
    }
    for number in ["1122233300018", "112223330001811", "12abc34501de35"] {
        let read = with_names(&[other_name(COMPANY, OCTET_STRING, number)]);
        assert!(read.holder().is_err(), "{number}");
    }
}

#[test]
fn s34_a_companys_holder_is_the_company_and_not_the_person_responsible() {
    for number in ["11222333000181", "12ABC34501DE35"] {
        let read = with_names(&[
            other_name(RESPONSIBLE, OCTET_STRING, person(CPF, 55)),
            other_name("2.16.76.1.3.2", OCTET_STRING, "FULANA DE TESTE"),
            other_name(COMPANY, PRINTABLE_STRING, number),
        ]);
        assert_eq!(read.holder(), Ok(holder(number)));
    }
    let only_responsible = [other_name(RESPONSIBLE, OCTET_STRING, person(CPF, 55))];
    let template = Template { subject: "EMPRESA DE TESTE".into(), ..Template::holder(&Key::P256) };
    let template = template.with(alternative_name(&only_responsible));
    let read = certificate(&template.signed_by(&Key::P256));
    assert_eq!(read.holder(), Err(Unidentified::Absent));
    assert!(read.details().unwrap().alternative_names().responsible().is_some());
}

#[test]
fn s34_two_holders_are_none() {
    let both =
        |second| with_names(&[other_name(PERSON, OCTET_STRING, person(CPF, 45)), second]).holder();
    // A legal person's certificate may name a natural one, too.
    assert_eq!(
        both(other_name(COMPANY, OCTET_STRING, "11222333000181")),
        Ok(holder("11222333000181"))
    );
    assert_eq!(
        both(other_name(PERSON, OCTET_STRING, person("00000000191", 45))),
        Err(Unidentified::Ambiguous)
    );
    assert!(both(other_name(PERSON, OCTET_STRING, person("x", 45))).is_err());
    assert_eq!(both(other_name(PERSON, UTF8_STRING, person(CPF, 55))), Ok(holder(CPF)));
}

#[test]
fn s34_the_common_name_is_believed_last_and_a_disagreement_is_told() {
    let read = with_names(&[]);
    let found = read.identification().unwrap();
    assert_eq!((found.holder, found.place), (holder(CPF), HolderPlace::CommonName));
    let other = "00000000191";
    let read = with_names(&[other_name(PERSON, OCTET_STRING, person(other, 45))]);
    let found = read.identification().unwrap();
    assert_eq!((found.holder, found.place), (holder(other), HolderPlace::AlternativeName));
    assert_eq!(found.disagreement.unwrap().holder, holder(CPF));
    assert_eq!(read.details().unwrap().kind().unwrap().name(), "A3");
}

#[test]
fn other_names_do_not_hide_the_holder() {
    let read = with_names(&[
        // An address in Latin-1, which IA5String does not hold and certificates do.
        element(0x81, [b'j', 0xe9, b'@', b'x']),
        element(0x82, "example.com"),
        element(0xa3, []),
        other_name("1.3.6.1.4.1.311.20.2.3", UTF8_STRING, "fulana@example.com"),
        other_name(PERSON, OCTET_STRING, person(CPF, 45)),
    ]);
    assert_eq!(read.holder(), Ok(holder(CPF)));
}

#[test]
fn a_certificate_is_of_version_3_and_repeats_no_extension() {
    let first = Template { version: 0, ..Template::holder(&Key::P256) };
    assert!(matches!(
        Certificate::from_der(&first.signed_by(&Key::P256)),
        Err(Rejection::Malformed { piece: Piece::Certificate, .. })
    ));
    let mut twice = Template::holder(&Key::P256);
    twice.extensions.push(extension("1.2.3", false, &null()));
    assert!(Certificate::from_der(&twice.signed_by(&Key::P256)).is_ok());
    twice.extensions.push(extension("1.2.3", false, &null()));
    assert!(Certificate::from_der(&twice.signed_by(&Key::P256)).is_err());
}

#[test]
fn s35_a_certificate_is_capped_before_it_is_read() {
    let mut padded = Template::holder(&Key::P256);
    padded.extensions.push(extension("1.2.3", false, &[0; limits::CERTIFICATE_BYTES]));
    let der = padded.signed_by(&Key::P256);
    assert_eq!(
        Certificate::from_der(&der),
        Err(Rejection::TooLarge {
            piece: Piece::Certificate,
            size: der.len(),
            limit: limits::CERTIFICATE_BYTES
        })
    );
    let mut crowded = Template::holder(&Key::P256);
    for number in 0..limits::EXTENSIONS {
        crowded.extensions.push(extension(&format!("1.2.3.{number}"), false, &null()));
    }
    assert_eq!(
        Certificate::from_der(&crowded.signed_by(&Key::P256)),
        Err(Rejection::TooMany { piece: Piece::Certificate, limit: limits::EXTENSIONS })
    );
    let names = vec![element(0x82, "example.com"); limits::ENTRIES + 1];
    let crowded = Template::holder(&Key::P256).with(alternative_name(&names));
    assert!(matches!(
        Certificate::from_der(&crowded.signed_by(&Key::P256)),
        Err(Rejection::Certificate(error)) if error.reason == DerError::Bound
    ));
}

#[test]
fn the_place_of_a_defect_is_counted_from_the_start_of_the_certificate() {
    let broken = alternative_name(&[other_name(PERSON, OCTET_STRING, person(CPF, 45))]);
    let good = Template::holder(&Key::P256).with(broken).signed_by(&Key::P256);
    // The type of the other name is no longer an object identifier.
    let number = crate::support::der::oid(PERSON);
    let place = good.windows(number.len()).position(|part| part == number).unwrap();
    let mut bad = good;
    bad[place] = 0x05;
    let rejection = Certificate::from_der(&bad).unwrap_err();
    let Rejection::Certificate(error) = rejection else {
        panic!("{rejection}");
    };
    assert_eq!(error.place, place);
}

#[test]
fn pem_is_read_with_either_line_end_and_with_other_text_around() {
    let chain = Chain::new();
    let block = pem("CERTIFICATE", &chain.holder);
    assert_eq!(Certificate::from_pem(block.as_bytes()).unwrap().der(), chain.holder);
    // The PSC's form: CRLF, and nothing after the last line (VIDaaS manual v1.6 §3.4).
    let crlf = block.trim_end().replace('\n', "\r\n");
    assert_eq!(Certificate::from_pem(crlf.as_bytes()).unwrap().der(), chain.holder);
    let key = pem("PRIVATE KEY", b"not looked at");
    let around = format!("# subject=CN=Fulana\n{block}\nand\n{key}more\n{block}");
    assert_eq!(certificates_from_pem(around.as_bytes()).unwrap().len(), 2);
    assert_eq!(Certificate::from_pem(around.as_bytes()), Err(Rejection::NotOneCertificate(2)));
    assert_eq!(Certificate::from_pem(b""), Err(Rejection::NotOneCertificate(0)));
    let broken = format!("{block}{}", block.replace("MII", "M!I"));
    assert_eq!(certificates_from_pem(broken.as_bytes()), Err(Rejection::Pem { block: 2 }));
    let cut = &block[..block.len() / 2];
    assert_eq!(certificates_from_pem(cut.as_bytes()), Err(Rejection::Pem { block: 1 }));
}

#[test]
fn s35_a_pem_text_is_capped_before_it_is_read() {
    let large = vec![b'\n'; limits::PEM_BYTES + 1];
    assert!(matches!(
        certificates_from_pem(&large),
        Err(Rejection::TooLarge { piece: Piece::Pem, .. })
    ));
    let one = pem("CERTIFICATE", &Template::holder(&Key::P256).signed_by(&Key::P256));
    let many = one.repeat(limits::PEM_CERTIFICATES + 1);
    assert_eq!(
        certificates_from_pem(many.as_bytes()),
        Err(Rejection::TooMany { piece: Piece::Pem, limit: limits::PEM_CERTIFICATES })
    );
}

#[test]
fn something_else_is_no_certificate() {
    for garbage in [&b""[..], b"-----BEGIN", &sequence(&[]), &sequence(&[&null()]), &[0x30, 0x80]] {
        assert!(Certificate::from_der(garbage).is_err());
    }
    let mut longer = Chain::new().holder;
    longer.extend([0, 0]);
    assert!(matches!(
        Certificate::from_der(&longer),
        Err(Rejection::TrailingBytes { piece: Piece::Certificate, count: 2, .. })
    ));
}

/// A PEM block, written without help from what reads it.
fn pem(label: &str, bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let mut number = [0; 4];
        number[1..=group.len()].copy_from_slice(group);
        let number = u32::from_be_bytes(number);
        for place in 0..4_usize {
            let digit = (number >> (18 - 6 * place)) & 0x3f;
            text.push(if place <= group.len() { ALPHABET[digit as usize] as char } else { '=' });
        }
    }
    let lines: Vec<&str> =
        text.as_bytes().chunks(64).map(|line| core::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}
