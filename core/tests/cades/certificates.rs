//! Certificates as ICP-Brasil's authorities shape them.

use rubrica_core::codec::der::DerError;
use rubrica_core::identity::certificate::{
    AlternativeName, Attribute, BasicConstraints, CertificateError, CertificateKind, Curve,
    Disagreement, Field, HolderPlace, Identification, PublicKey, Unidentified,
};
use rubrica_core::identity::{Certificate, Holder, IdentityError};

use crate::support::{
    CNPJ, CPF, OCTETS, PRINTABLE, Template, UTF8, element, elliptic_key, extension, name, other,
    person, policies, sequence,
};

fn holder(template: &Template) -> Result<Identification, Unidentified> {
    Certificate::parse(&template.encode()).unwrap().holder()
}

fn of(text: &str) -> Holder {
    Holder::parse(text).unwrap()
}

#[test]
fn everything_in_a_certificate_is_read() {
    let template = Template::person();
    let encoded = template.encode();
    let certificate = Certificate::parse(&encoded).unwrap();
    assert_eq!(certificate.encoded(), encoded);
    assert_eq!(certificate.to_be_signed(), template.to_be_signed());
    assert_eq!(certificate.signature_algorithm().algorithm.to_string(), "1.2.840.113549.1.1.11");
    assert!(certificate.signature_algorithm().has_no_parameters());
    assert_eq!(certificate.signature(), [0xab; 256]);
    assert_eq!(certificate.serial(), [0x4a, 0x80, 0x01]);
    assert_eq!(certificate.serial_encoded(), element(2, [0x4a, 0x80, 0x01]));
    assert_eq!(certificate.issuer().encoded(), template.issuer);
    assert_eq!(certificate.issuer().common_name().unwrap().to_string(), "AC SINTETICA v5");
    let kinds: Vec<_> = certificate.subject().attributes().map(|one| one.kind).collect();
    let expected =
        [Attribute::ORGANIZATION, Attribute::ORGANIZATIONAL_UNIT, Attribute::COMMON_NAME];
    assert_eq!(kinds, expected);
    assert_eq!((certificate.not_before(), certificate.not_after()), (1_767_225_600, 2_587_680_000));
    for (moment, valid) in [
        (1_767_225_599, false),
        (1_767_225_600, true),
        (2_587_680_000, true),
        (2_587_680_001, false),
    ] {
        assert_eq!(certificate.is_valid_at(moment), valid);
    }
    assert_eq!(certificate.public_key_info(), template.key);
    assert_eq!(certificate.public_key().bits(), Some(2_048));
    let usage = certificate.key_usage().unwrap();
    assert!(usage.digital_signature() && usage.non_repudiation() && usage.key_encipherment());
    assert!(!usage.key_cert_sign() && !usage.crl_sign());
    assert_eq!(certificate.kind(), Some(CertificateKind::A3));
    assert!(!certificate.basic_constraints().authority);
    assert_eq!(certificate.extensions().filter(|extension| extension.critical).count(), 1);
    let names = certificate.alternative_names();
    assert_eq!(names.mail().unwrap().as_str(), Some("fulana@example.com"));
    assert_eq!(names.iter().count(), 4);
    let person = names.person().unwrap();
    assert_eq!(person.identity_card(), Some("1234567"));
    assert_eq!(person.identity_card_issuer(), Some("SSPSP"));
    assert_eq!(names.voter(), None);
    assert!(names.text(Field::PersonSocialSecurity).is_some());
    assert!(matches!(names.iter().nth(1), Some(AlternativeName::Other(_))));
}

#[test]
fn a_certificate_on_a_curve_is_read() {
    let encoded = Template { key: elliptic_key(), ..Template::person() }.encode();
    let key = Certificate::parse(&encoded).unwrap().public_key();
    let PublicKey::Elliptic { curve: Curve::P256, point } = key else { panic!("{key:?}") };
    assert_eq!((point[0], point.len(), key.bits()), (4, 65, Some(256)));
}

#[test]
fn a_holder_is_found_in_every_length_and_string_type() {
    for issuer in ["", "SSPSP ", "SSPDETRASP"] {
        for tag in [OCTETS, PRINTABLE, UTF8, 0x16, 0x14] {
            let template = Template::person().with_names(&[other(1, tag, person(CPF, issuer))]);
            let found = holder(&template).unwrap();
            assert_eq!(found.holder, of(CPF), "{issuer} {tag}");
            assert_eq!(found.place, HolderPlace::AlternativeName);
            assert_eq!(found.disagreement, None);
        }
    }
}

#[test]
fn a_legal_person_stands_before_the_person_responsible() {
    let names = [
        other(4, PRINTABLE, person(CPF, "SSPDETRASP")),
        other(2, PRINTABLE, "FULANA DE TESTE"),
        other(3, PRINTABLE, CNPJ),
        other(7, PRINTABLE, "0".repeat(12)),
    ];
    let subject = name(&[(3, &format!("EMPRESA LTDA:{CNPJ}"))]);
    let template = Template { subject, ..Template::person() }.with_names(&names);
    let encoded = template.encode();
    let certificate = Certificate::parse(&encoded).unwrap();
    let found = certificate.holder().unwrap();
    assert_eq!((found.holder, found.disagreement), (of(CNPJ), None));
    let names = certificate.alternative_names();
    assert_eq!(names.person(), None);
    let responsible = names.responsible().unwrap();
    assert_eq!(responsible.cpf().unwrap().unwrap().as_str(), CPF);
    let name = names.text(Field::ResponsibleName).unwrap();
    assert_eq!(name.as_str(), Some("FULANA DE TESTE"));
}

#[test]
fn the_serial_number_and_the_common_name_are_asked_in_that_order() {
    let subject = |attributes| Template {
        subject: name(attributes),
        extensions: vec![policies(&["2.16.76.1.2.3.36"])],
        ..Template::person()
    };
    let found = holder(&subject(&[(3, "FULANA"), (5, CPF)])).unwrap();
    assert_eq!((found.holder, found.place), (of(CPF), HolderPlace::SerialNumber));
    let found = holder(&subject(&[(3, "EMPRESA: LTDA:11222333000181"), (5, "x-17")])).unwrap();
    assert_eq!((found.holder, found.place), (of("11222333000181"), HolderPlace::CommonName));
    for attributes in [&[(3, "FULANA")][..], &[(3, "FULANA:12345")], &[(5, "1")], &[]] {
        assert_eq!(holder(&subject(attributes)), Err(Unidentified::Absent));
    }
}

#[test]
fn s34_a_place_that_names_somebody_else_is_told() {
    let subject = name(&[(5, CPF), (3, "FULANA:00000000191")]);
    let found = holder(&Template { subject, ..Template::person() }).unwrap();
    let expected = Disagreement { holder: of("00000000191"), place: HolderPlace::CommonName };
    assert_eq!((found.holder, found.disagreement), (of(CPF), Some(expected)));
    let subject = name(&[(5, "00000000191")]);
    let found = holder(&Template { subject, ..Template::person() }).unwrap();
    assert_eq!(found.disagreement.unwrap().place, HolderPlace::SerialNumber);
}

#[test]
fn an_alternative_name_that_is_wrong_is_not_passed_over() {
    let with = |names: &[Vec<u8>]| holder(&Template::person().with_names(names));
    let field = Field::Person;
    let reason = IdentityError::CheckDigits;
    let wrong = other(1, OCTETS, person("11144477736", ""));
    assert_eq!(with(&[wrong]), Err(Unidentified::Invalid { field, reason }));
    assert_eq!(with(&[other(1, OCTETS, "0102198011144")]), Err(Unidentified::Unreadable(field)));
    assert_eq!(with(&[other(1, 0x1e, [0; 90])]), Err(Unidentified::Unreadable(field)));
    let two = [other(1, OCTETS, person(CPF, "")), other(1, OCTETS, person("00000000191", ""))];
    assert_eq!(with(&two), Err(Unidentified::Ambiguous));
    // The same twice is one; a field of zeros is none, and the common name is asked.
    assert!(with(&[two[0].clone(), two[0].clone()]).is_ok());
    let zeros = with(&[other(1, OCTETS, "0".repeat(45))]).unwrap();
    assert_eq!(zeros.place, HolderPlace::CommonName);
}

#[test]
fn kinds_are_told_by_the_policy() {
    let kind = |dotted: &[&str]| {
        let encoded =
            Template { extensions: vec![policies(dotted)], ..Template::person() }.encode();
        Certificate::parse(&encoded).unwrap().kind()
    };
    assert_eq!(kind(&["2.16.76.1.2.1.51"]), Some(CertificateKind::A1));
    assert_eq!(kind(&["2.16.76.1.1.0", "2.16.76.1.2.104.300"]), Some(CertificateKind::S4));
    assert_eq!(kind(&["2.16.76.1.2.202.1"]), Some(CertificateKind::SeH));
    assert_eq!(kind(&["2.16.76.1.1.0"]), None);
}

#[test]
fn an_authority_is_of_no_kind_and_has_no_holder() {
    let constraints = sequence(&[element(1, [0xff]), element(2, [0])]);
    let authority = Template {
        subject: name(&[(3, "AC SINTETICA v5")]),
        extensions: vec![
            extension(19, true, constraints),
            extension(15, true, element(3, [0x01, 0x06])),
            policies(&["2.16.76.1.2.1.66", "2.16.76.1.2.3.63"]),
        ],
        ..Template::person()
    };
    let encoded = authority.encode();
    let certificate = Certificate::parse(&encoded).unwrap();
    let expected = BasicConstraints { authority: true, path_length: Some(0) };
    assert_eq!((certificate.basic_constraints(), certificate.kind()), (expected, None));
    assert_eq!(certificate.policies().count(), 2);
    let usage = certificate.key_usage().unwrap();
    assert!(usage.key_cert_sign() && usage.crl_sign() && !usage.non_repudiation());
    assert_eq!(certificate.holder(), Err(Unidentified::Absent));
}

/// What is wrong with a template, and where.
fn wrong(template: &Template) -> CertificateError {
    let encoded = template.encode();
    let error = Certificate::parse(&encoded).unwrap_err();
    assert!(error.place < encoded.len());
    error
}

#[test]
fn a_malformed_piece_is_named_with_its_place_and_the_reason() {
    let good = Template::person();
    let check = |template: Template, piece: &str, reason: DerError| {
        let error = wrong(&template);
        assert_eq!((error.piece, error.reason), (piece, reason));
        error.place
    };
    let place =
        check(Template { serial: Vec::new(), ..good.clone() }, "serialNumber", DerError::Value);
    // Behind the two outer headers of four bytes each and the version's five.
    assert_eq!(place, 13);
    check(Template { version: Some(3), ..good.clone() }, "version", DerError::Value);
    check(Template { version: Some(1), ..good.clone() }, "extensions", DerError::Unexpected);
    let issuer = element(0x30, element(0x31, element(0x30, [5, 0])));
    check(Template { issuer, ..good.clone() }, "issuer", DerError::Unexpected);
    let not_after = element(0x17, "261301000000Z");
    check(Template { not_after, ..good.clone() }, "notAfter", DerError::Time);
    let key = sequence(&[sequence(&[element(6, [0x2a])]), element(3, [1, 0xff])]);
    check(Template { key, ..good.clone() }, "subjectPublicKeyInfo", DerError::Value);
    let usage = extension(15, true, element(3, [0x05, 0xe0]));
    let mut twice = good.clone();
    twice.extensions.push(usage);
    check(twice, "extension", DerError::Repeated);
    let names = [element(0xa0, [vec![6, 5, 0x60, 0x4c, 1, 3, 4], element(0xa1, [])].concat())];
    let error = wrong(&good.with_names(&names));
    assert_eq!((error.piece, error.reason), ("otherName 2.16.76.1.3.4", DerError::Unexpected));
    let text = error.to_string();
    assert!(text.starts_with("the certificate's otherName 2.16.76.1.3.4, byte "), "{text}");
}

#[test]
fn s35_the_reader_has_bounds() {
    let many: Vec<Vec<u8>> = (0..65).map(|_| element(0x81, "a@example.com")).collect();
    let error = wrong(&Template::person().with_names(&many));
    assert_eq!((error.piece, error.reason), ("subjectAltName", DerError::Bound));
    assert!(Certificate::parse(&Template::person().with_names(&many[1..]).encode()).is_ok());
    let long = Template::person().with_names(&[element(0x81, "a".repeat(16 * 1024))]).encode();
    assert_eq!(Certificate::parse(&long).unwrap_err().reason, DerError::Bound);
    let mut trailing = Template::person().encode();
    trailing.push(0);
    assert_eq!(Certificate::parse(&trailing).unwrap_err().reason, DerError::Trailing);
}

#[test]
fn s38_nobody_is_shown_for_programmers() {
    let encoded = Template::person().encode();
    let certificate = Certificate::parse(&encoded).unwrap();
    let names = certificate.alternative_names();
    let shown = format!(
        "{certificate:?} {:?} {:?} {:?} {:?} {:?}",
        certificate.subject(),
        names,
        names.iter().collect::<Vec<_>>(),
        certificate.extensions().collect::<Vec<_>>(),
        certificate.subject().attributes().collect::<Vec<_>>(),
    );
    for canary in [CPF, "FULANA", "fulana", "1980", "1234567"] {
        assert!(!shown.contains(canary), "{shown}");
    }
    // The holder is shown masked.
    assert!(!format!("{:?}", certificate.holder()).contains(CPF));
}
