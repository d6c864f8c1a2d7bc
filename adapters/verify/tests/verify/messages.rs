//! CMS: each check, failing alone.

use rubrica_verify::{
    Attribute, Digest, Expected, Piece, Rejection, SignatureAlgorithm, Trust, Unfit, Unidentified,
    UnixTime, Verified, Whose, cms, limits,
};

use crate::support::{
    CPF, DOCUMENT, NOW, anchors,
    certificates::{
        COMPANY, Chain, OCTET_STRING, Template, alternative_name, basic_constraints, extension,
        key_usage, other_name,
    },
    der::{algorithm, element, integer, name, null, octets, oid, sequence, set, tagged},
    digest, expected, holder,
    keys::{Key, SHA1, SHA256, Scheme, identifier, pss},
    messages::{
        CONTENT_TYPE, MESSAGE_DIGEST, Message, SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2,
        SIGNING_TIME, attribute, signing_certificate,
    },
};

/// What becomes of the usual message once it is changed.
fn check(change: impl FnOnce(Message) -> Message) -> Result<Verified, Rejection> {
    cms(&change(Message::new(&Chain::new(), Key::HOLDER)).der(), &expected())
}

fn rejection(change: impl FnOnce(Message) -> Message) -> Rejection {
    check(change).unwrap_err()
}

/// What becomes of a message whose signer's certificate is like this.
fn with_signer(template: &Template, key: Key) -> Result<Verified, Rejection> {
    cms(&Message::new(&Chain::of(template), key).der(), &expected())
}

fn refused(unfit: Unfit) -> Rejection {
    Rejection::Unfit { whose: Whose::Signer, unfit }
}

#[test]
fn s32_the_message_of_a_psc_is_accepted_and_told() {
    let verified = check(|message| message).unwrap();
    assert_eq!(verified.holder, Some(holder(CPF)));
    assert_eq!(verified.signer.display_name(), "FULANA DE TESTE");
    assert_eq!(verified.signer.issuer(), "AC de teste");
    assert_eq!(verified.signing_time, Some(UnixTime::from_seconds(1_795_294_800)));
    assert_eq!(verified.algorithm, SignatureAlgorithm::RsaPkcs1(Digest::Sha256));
    assert_eq!(verified.trust, Trust::NotAsked);
}

#[test]
fn s34_it_is_chained_to_the_callers_anchors_through_its_own_certificates() {
    let chain = Chain::new();
    let anchors = anchors(&chain);
    let verified = cms(
        &Message::new(&chain, Key::HOLDER).der(),
        &Expected { anchors: Some(&anchors), ..expected() },
    )
    .unwrap();
    let Trust::Chained { path } = &verified.trust else { panic!("{:?}", verified.trust) };
    let names: Vec<_> = path.iter().map(|certificate| certificate.subject()).collect();
    assert_eq!(names, ["AC de teste", "Raiz de teste"]);
    assert_eq!(verified.trust.anchor().unwrap().der(), chain.root);
}

#[test]
fn s30_every_algorithm_on_the_list_is_accepted() {
    let rsa = Digest::Sha256;
    for (key, accepted) in [
        (Key::HOLDER, SignatureAlgorithm::RsaPkcs1(rsa)),
        (Key::HOLDER.with(Scheme::PssSha256), SignatureAlgorithm::RsaPss(Digest::Sha256)),
        (Key::P256, SignatureAlgorithm::Ecdsa(Digest::Sha256)),
    ] {
        assert_eq!(with_signer(&Template::holder(&key), key).unwrap().algorithm, accepted);
    }
    // The signature of a certificate names its own hash.
    for issuer in [
        Key::AUTHORITY.with(Scheme::RsaSha256),
        Key::AUTHORITY.with(Scheme::RsaSha384),
        Key::AUTHORITY.with(Scheme::RsaSha512),
        Key::AUTHORITY.with(Scheme::PssSha256),
        Key::P256,
        Key::P384,
    ] {
        let root = Template::authority(&issuer, "AC de teste", "AC de teste").signed_by(&issuer);
        let leaf = Template::holder(&Key::HOLDER).signed_by(&issuer);
        let anchors = rubrica_verify::Anchors::new([crate::support::certificate(&root)]).unwrap();
        let trust = rubrica_verify::certificate(
            &crate::support::certificate(&leaf),
            &[],
            None,
            NOW,
            Some(&anchors),
        );
        assert!(trust.is_ok(), "{issuer:?}: {trust:?}");
    }
}

#[test]
fn a_plain_rsa_identifier_means_the_hash_that_the_signer_names() {
    let verified = check(|message| Message {
        signature_algorithm: sequence(&[&oid("1.2.840.113549.1.1.1"), &null()]),
        ..message
    });
    assert_eq!(verified.unwrap().algorithm, SignatureAlgorithm::RsaPkcs1(Digest::Sha256));
}

#[test]
fn a_signer_may_be_named_by_its_key_identifier() {
    let key = identifier(&Key::HOLDER.public());
    let named =
        |message| Message { signer_version: 3, identifier: element(0x80, &key[2..]), ..message };
    assert!(check(named).is_ok());
    let other = |message| Message { identifier: element(0x80, [7; 20]), ..named(message) };
    assert_eq!(rejection(other), Rejection::SignerMissing);
}

#[test]
fn of_two_certificates_for_one_key_the_one_that_the_attributes_name_is_the_signers() {
    let chain = Chain::new();
    let again = Template { serial: 9, ..Template::holder(&Key::HOLDER) }.signed_by(&Key::AUTHORITY);
    let key = identifier(&Key::HOLDER.public());
    for certificates in [[&again, &chain.holder], [&chain.holder, &again]] {
        let verified = check(|message| Message {
            signer_version: 3,
            identifier: element(0x80, &key[2..]),
            certificates: certificates.map(Clone::clone).to_vec(),
            ..message
        });
        assert_eq!(verified.unwrap().signer.serial(), [3]);
    }
}

#[test]
fn the_content_may_be_inside_if_it_is_the_one() {
    let carried = |content: &[u8]| {
        let content = Some(content.to_vec());
        check(|message| Message { content, ..message })
    };
    assert!(carried(DOCUMENT).is_ok());
    let message = Message::new(&Chain::new(), Key::HOLDER);
    assert_eq!(rubrica_verify::content(&message.der()), Ok(None));
    let message = Message { content: Some(DOCUMENT.to_vec()), ..message };
    assert_eq!(rubrica_verify::content(&message.der()), Ok(Some(DOCUMENT)));
    assert_eq!(carried(b"another").unwrap_err(), Rejection::OtherContent);
    assert_eq!(carried(b"").unwrap_err(), Rejection::OtherContent);
}

#[test]
fn s32_one_signer_is_asked() {
    assert_eq!(rejection(|message| Message { signers: 2, ..message }), Rejection::Signers(2));
    assert_eq!(rejection(|message| Message { signers: 0, ..message }), Rejection::Signers(0));
}

#[test]
fn s32_another_documents_digest_is_refused() {
    let other = octets(digest(b"another document"));
    assert_eq!(rejection(|message| message.with(MESSAGE_DIGEST, &other)), Rejection::MessageDigest);
    let short = octets(&digest(DOCUMENT)[..31]);
    assert_eq!(rejection(|message| message.with(MESSAGE_DIGEST, &short)), Rejection::MessageDigest);
    assert_eq!(
        cms(
            &Message::new(&Chain::new(), Key::HOLDER).der(),
            &Expected { digest: digest(b"another document"), ..expected() }
        ),
        Err(Rejection::MessageDigest)
    );
}

#[test]
fn s32_the_mandatory_attributes_are_asked_each_by_name() {
    for (number, name) in [
        (CONTENT_TYPE, Attribute::ContentType),
        (MESSAGE_DIGEST, Attribute::MessageDigest),
        (SIGNING_CERTIFICATE_V2, Attribute::SigningCertificateV2),
    ] {
        assert_eq!(rejection(|message| message.without(number)), Rejection::AttributeMissing(name));
    }
    assert_eq!(check(|message| message.without(SIGNING_TIME)).unwrap().signing_time, None);
    assert_eq!(
        rejection(|message| Message { attributes: None, ..message }),
        Rejection::NoSignedAttributes
    );
}

#[test]
fn an_attribute_occurs_once_with_one_value() {
    let twice = |mut message: Message| {
        let attributes = message.attributes.as_mut().unwrap();
        attributes.push(attribute(MESSAGE_DIGEST, &octets(digest(DOCUMENT))));
        message
    };
    assert_eq!(rejection(twice), Rejection::AttributeRepeated(Attribute::MessageDigest));
    let two_values = |message: Message| {
        let mut message = message.without(MESSAGE_DIGEST);
        let value = octets(digest(DOCUMENT));
        let attributes = message.attributes.as_mut().unwrap();
        attributes.push(sequence(&[&oid(MESSAGE_DIGEST), &set(&[&value, &value])]));
        message
    };
    assert_eq!(rejection(two_values), Rejection::AttributeRepeated(Attribute::MessageDigest));
}

#[test]
fn the_content_type_is_data_inside_and_out() {
    let timestamp = "1.2.840.113549.1.9.16.1.4";
    assert_eq!(
        rejection(|message| message.with(CONTENT_TYPE, &oid(timestamp))),
        Rejection::ContentType(timestamp.parse().unwrap())
    );
    assert_eq!(
        rejection(|message| Message { content_type: timestamp, ..message }),
        Rejection::Content(timestamp.parse().unwrap())
    );
}

#[test]
fn attributes_out_of_order_are_refused_although_the_signature_covers_them() {
    let unordered = |mut message: Message| {
        message.ordered = false;
        let attributes = message.attributes.as_mut().unwrap();
        attributes.sort();
        attributes.reverse();
        message
    };
    assert_eq!(rejection(unordered), Rejection::AttributeOrder);
}

#[test]
fn s30_weak_and_unknown_algorithms_are_refused() {
    let sha1_with_rsa = "1.2.840.113549.1.1.5";
    let md5_with_rsa = "1.2.840.113549.1.1.4";
    let ecdsa_with_sha1 = "1.2.840.10045.4.1";
    for refused in [sha1_with_rsa, md5_with_rsa, ecdsa_with_sha1] {
        assert_eq!(
            rejection(|message| Message {
                signature_algorithm: sequence(&[&oid(refused), &null()]),
                ..message
            }),
            Rejection::SignatureAlgorithm(refused.parse().unwrap())
        );
    }
    assert_eq!(
        rejection(|message| Message { digest_algorithm: algorithm(SHA1), ..message }),
        Rejection::DigestAlgorithm(SHA1.parse().unwrap())
    );
    let pss_number = "1.2.840.113549.1.1.10";
    for parameters in [
        pss(SHA1, SHA256, 32),
        pss(SHA256, SHA1, 32),
        pss(SHA256, SHA256, 20),
        algorithm(pss_number),
    ] {
        assert_eq!(
            rejection(|message| Message { signature_algorithm: parameters, ..message }),
            Rejection::SignatureParameters(pss_number.parse().unwrap())
        );
    }
}

#[test]
fn the_hash_is_the_same_everywhere() {
    let sha512 = "2.16.840.1.101.3.4.2.3";
    assert_eq!(
        rejection(|message| Message {
            key: Key::HOLDER.with(Scheme::RsaSha512),
            signature_algorithm: Scheme::RsaSha512.identifier(),
            ..message
        }),
        Rejection::DigestMismatch { signature: Digest::Sha512, message: Digest::Sha256 }
    );
    assert_eq!(
        rejection(|message| Message {
            key: Key::HOLDER.with(Scheme::RsaSha512),
            signature_algorithm: Scheme::RsaSha512.identifier(),
            digest_algorithm: algorithm(sha512),
            digest_algorithms: vec![algorithm(sha512)],
            ..message
        }),
        Rejection::DigestAlgorithm(sha512.parse().unwrap())
    );
    assert_eq!(
        rejection(|message| Message { digest_algorithms: vec![algorithm(sha512)], ..message }),
        Rejection::DigestAlgorithm(SHA256.parse().unwrap())
    );
}

#[test]
fn s32_a_signature_by_another_key_does_not_verify() {
    assert_eq!(
        rejection(|message| Message { key: Key::AUTHORITY.with(Scheme::RsaSha256), ..message }),
        Rejection::Signature
    );
    assert_eq!(
        rejection(|message| Message {
            signature_algorithm: Scheme::P256Sha256.identifier(),
            ..message
        }),
        Rejection::KeyMismatch
    );
}

#[test]
fn the_signers_certificate_is_in_the_message() {
    assert_eq!(
        rejection(|message| Message { certificates: Vec::new(), ..message }),
        Rejection::SignerMissing
    );
    let another_serial =
        |message| Message { identifier: sequence(&[&name("AC de teste"), &integer(4)]), ..message };
    assert_eq!(rejection(another_serial), Rejection::SignerMissing);
    let another_issuer =
        |message| Message { identifier: sequence(&[&name("Outra AC"), &integer(3)]), ..message };
    assert_eq!(rejection(another_issuer), Rejection::SignerMissing);
}

#[test]
fn s32_the_signed_attributes_name_the_certificate() {
    let other = signing_certificate(&digest(b"another certificate"));
    assert_eq!(
        rejection(|message| message.with(SIGNING_CERTIFICATE_V2, &other)),
        Rejection::OtherCertificate(Attribute::SigningCertificateV2)
    );
    // SHA-1 alone names nothing, and beside the other one it must not contradict it.
    let first = |bytes: &[u8]| {
        let hash = ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, bytes);
        signing_certificate(hash.as_ref())
    };
    let right = first(&Chain::new().holder);
    assert!(check(|message| message.with(SIGNING_CERTIFICATE, &right)).is_ok());
    let wrong = first(b"another certificate");
    assert_eq!(
        rejection(|message| message.with(SIGNING_CERTIFICATE, &wrong)),
        Rejection::OtherCertificate(Attribute::SigningCertificate)
    );
    assert_eq!(
        rejection(|message| message
            .with(SIGNING_CERTIFICATE, &right)
            .without(SIGNING_CERTIFICATE_V2)),
        Rejection::AttributeMissing(Attribute::SigningCertificateV2)
    );
}

#[test]
fn the_named_certificate_may_be_hashed_otherwise_and_bear_issuer_and_serial() {
    let certificate = Chain::new().holder;
    let sha512 = ring::digest::digest(&ring::digest::SHA512, &certificate);
    let named = |serial| {
        let issuer = sequence(&[&tagged(4, name("AC de teste"))]);
        let identifier = sequence(&[
            &algorithm("2.16.840.1.101.3.4.2.3"),
            &octets(sha512),
            &sequence(&[&issuer, &integer(serial)]),
        ]);
        sequence(&[&sequence(&[&identifier])])
    };
    assert!(check(|message| message.with(SIGNING_CERTIFICATE_V2, &named(3))).is_ok());
    assert_eq!(
        rejection(|message| message.with(SIGNING_CERTIFICATE_V2, &named(4))),
        Rejection::OtherCertificate(Attribute::SigningCertificateV2)
    );
}

#[test]
fn s34_the_certificate_is_valid_at_the_time_that_is_asked() {
    let message = Message::new(&Chain::new(), Key::HOLDER).der();
    let at =
        |seconds| cms(&message, &Expected { at: UnixTime::from_seconds(seconds), ..expected() });
    let (from, until) = (1_767_225_600, 1_861_920_000);
    assert!(at(from).is_ok());
    assert!(at(until).is_ok());
    let time = UnixTime::from_seconds;
    assert_eq!(
        at(from - 1).unwrap_err(),
        refused(Unfit::NotYetValid { from: time(from), at: time(from - 1) })
    );
    assert_eq!(
        at(until + 1).unwrap_err(),
        refused(Unfit::Expired { until: time(until), at: time(until + 1) })
    );
}

#[test]
fn s34_the_key_is_one_for_signing_documents() {
    let signer = Template::holder(&Key::HOLDER);
    let check = |template: Template| with_signer(&template, Key::HOLDER);
    assert!(check(signer.clone().with(key_usage(0x80))).is_ok());
    assert!(check(signer.clone().with(key_usage(0x40))).is_ok());
    let unusable = Err(refused(Unfit::KeyUsage));
    assert_eq!(check(signer.clone().with(key_usage(0x20))), unusable);
    assert_eq!(check(signer.clone().without(key_usage(0x20))), unusable);
    let authority = Err(refused(Unfit::Authority));
    assert_eq!(check(signer.clone().with(basic_constraints(true, None))), authority);
    assert_eq!(check(signer.clone().with(key_usage(0x84))), authority);
    assert!(check(signer.clone().with(basic_constraints(false, None))).is_ok());
    assert_eq!(
        check(signer.with(extension("1.2.3.4", true, &null()))),
        Err(refused(Unfit::CriticalExtension("1.2.3.4".parse().unwrap())))
    );
}

#[test]
fn s34_the_certificate_of_a_server_signs_no_documents() {
    let check = |critical, purposes: &[u8]| {
        let purposes: Vec<u8> = purposes
            .iter()
            .flat_map(|purpose| oid(&format!("1.3.6.1.5.5.7.3.{purpose}")))
            .collect();
        let usage = extension("2.5.29.37", critical, &element(0x30, purposes));
        with_signer(&Template::holder(&Key::HOLDER).with(usage), Key::HOLDER)
    };
    assert!(check(false, &[2, 4]).is_ok());
    assert!(check(true, &[36]).is_ok());
    assert!(check(false, &[1, 2]).is_ok());
    for purposes in [&[1][..], &[8], &[3, 9]] {
        assert_eq!(check(false, purposes), Err(refused(Unfit::Purpose)));
        assert_eq!(check(true, purposes), Err(refused(Unfit::Purpose)));
    }
}

#[test]
fn s34_the_holder_is_the_one_that_is_asked() {
    let message = Message::new(&Chain::new(), Key::HOLDER).der();
    let asked = |asked| cms(&message, &Expected { holder: asked, ..expected() });
    assert_eq!(
        asked(Some(holder("00000000191"))),
        Err(Rejection::Holder { expected: holder("00000000191"), found: holder(CPF) })
    );
    assert_eq!(
        asked(Some(holder("11222333000181"))),
        Err(Rejection::Holder { expected: holder("11222333000181"), found: holder(CPF) })
    );
    assert_eq!(asked(None).unwrap().holder, Some(holder(CPF)));

    let nobody = Template { subject: "FULANA DE TESTE".into(), ..Template::holder(&Key::HOLDER) };
    let nobody = nobody.with(alternative_name(&[]));
    assert_eq!(
        with_signer(&nobody, Key::HOLDER),
        Err(Rejection::Unidentified(Unidentified::Absent))
    );
    let anybody = Expected { holder: None, ..expected() };
    let message = Message::new(&Chain::of(&nobody), Key::HOLDER).der();
    assert_eq!(cms(&message, &anybody).unwrap().holder, None);
}

#[test]
fn s34_a_company_signs_by_its_alphanumeric_cnpj() {
    let company = Template::holder(&Key::HOLDER).with(alternative_name(&[other_name(
        COMPANY,
        OCTET_STRING,
        "12ABC34501DE35",
    )]));
    let message = Message::new(&Chain::of(&company), Key::HOLDER).der();
    let asked = Some(holder("12.ABC.345/01DE-35"));
    assert_eq!(cms(&message, &Expected { holder: asked, ..expected() }).unwrap().holder, asked);
}

#[test]
fn s38_a_rejection_shows_holders_masked() {
    let rejection = Rejection::Holder { expected: holder("00000000191"), found: holder(CPF) };
    assert_eq!(rejection.to_string(), "the signer is ***.444.777-**, not ***.000.001-**");
    let verified = check(|message| message).unwrap();
    for text in [format!("{rejection:?}"), format!("{verified:?}")] {
        assert!(!text.contains(CPF), "{text}");
    }
}

#[test]
fn s35_sizes_and_counts_are_capped_before_anything_is_read() {
    let large = vec![0x30; limits::CMS_BYTES + 1];
    assert_eq!(
        cms(&large, &expected()),
        Err(Rejection::TooLarge {
            piece: Piece::Cms,
            size: limits::CMS_BYTES + 1,
            limit: limits::CMS_BYTES
        })
    );
    let crowded = |count: usize| {
        move |mut message: Message| {
            let authority = message.certificates[1].clone();
            message.certificates.resize(count, authority);
            message
        }
    };
    assert!(check(crowded(limits::CMS_CERTIFICATES)).is_ok());
    assert_eq!(
        rejection(crowded(limits::CMS_CERTIFICATES + 1)),
        Rejection::TooMany { piece: Piece::Cms, limit: limits::CMS_CERTIFICATES }
    );
    let talkative = |mut message: Message| {
        let attributes = message.attributes.as_mut().unwrap();
        attributes.resize(limits::ATTRIBUTES + 1, attribute("1.2.3", &null()));
        message
    };
    assert_eq!(
        rejection(talkative),
        Rejection::TooMany { piece: Piece::Cms, limit: limits::ATTRIBUTES }
    );
}

#[test]
fn nothing_follows_the_message() {
    let mut message = Message::new(&Chain::new(), Key::HOLDER).der();
    let length = message.len();
    message.push(0);
    assert_eq!(
        cms(&message, &expected()),
        Err(Rejection::TrailingBytes { piece: Piece::Cms, place: length, count: 1 })
    );
}

#[test]
fn an_indefinite_length_is_told_as_such() {
    let message = Message::new(&Chain::new(), Key::HOLDER).der();
    let indefinite = [&[0x30, 0x80], &message[4..], &[0, 0]].concat();
    let rejection = cms(&indefinite, &expected()).unwrap_err();
    assert_eq!(rejection, Rejection::IndefiniteLength { piece: Piece::Cms, place: 0 });
    assert_eq!(
        rejection.to_string(),
        "the CMS is encoded with an indefinite length (BER) at byte 0; DER is asked"
    );
}

#[test]
fn another_kind_of_message_is_told() {
    let data = sequence(&[&oid("1.2.840.113549.1.7.1"), &tagged(0, octets(DOCUMENT))]);
    assert_eq!(
        cms(&data, &expected()),
        Err(Rejection::NotSignedData("1.2.840.113549.1.7.1".parse().unwrap()))
    );
    for garbage in [&b""[..], b"%PDF-1.7", b"-----BEGIN PKCS7-----", &[0xff; 64]] {
        let rejection = cms(garbage, &expected()).unwrap_err();
        assert!(
            matches!(rejection, Rejection::Malformed { piece: Piece::Cms, place: 0, .. }),
            "{rejection:?}"
        );
    }
}
