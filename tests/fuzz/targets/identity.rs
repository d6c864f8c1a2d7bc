//! Certificates in DER and in PEM, as the core reads them where they lie.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use rubrica_core::cades::{SignedAttributes, SignedData};
use rubrica_core::codec::pem::Blocks;
use rubrica_core::document::Digest;
use rubrica_core::identity::Certificate;
use rubrica_core::identity::certificate::PublicKey;

fuzz_target!(|data: &[u8]| -> Corpus {
    match Certificate::parse(data) {
        Ok(certificate) => look_at(&certificate, data),
        Err(error) => {
            assert!(error.place <= data.len(), "a place that is not there");
            assert!(error.to_string().len() < 200);
        }
    }
    if let Ok(text) = core::str::from_utf8(data) {
        let mut decoded = vec![0; Certificate::MAX_LENGTH];
        for block in Blocks::new(text).flatten() {
            assert!(text[block.place..].starts_with("-----BEGIN "));
            if let Ok(encoded) = block.decode(&mut decoded)
                && let Ok(certificate) = Certificate::parse(encoded)
            {
                look_at(&certificate, encoded);
            }
        }
    }
    Corpus::Keep
});

fn look_at(it: &Certificate<'_>, data: &[u8]) {
    assert_eq!(it.encoded(), data, "bytes that are not the certificate's are passed over");
    // The parts of what was read are parts of what came.
    for part in [it.to_be_signed(), it.public_key_info(), it.serial_encoded(), it.signature()] {
        assert!(data.as_ptr_range().contains(&part.as_ptr()) || part.is_empty());
    }
    let names = it.alternative_names();
    let mut shown = format!("{it:?} {:?} {:?} {names:?}", it.subject(), it.holder());
    assert!(shown.len() < 600);
    for name in [it.subject(), it.issuer()] {
        for attribute in name.attributes() {
            shown += &format!("{} {}", attribute.kind, attribute.text);
        }
    }
    for person in [names.person(), names.responsible()].into_iter().flatten() {
        let _ = (person.birth(), person.cpf(), person.social_security(), person.identity_card());
        assert!(person.as_str().len() >= 19);
    }
    if let Some(voter) = names.voter() {
        assert_eq!(voter.number().len(), 12);
        let _ = (voter.zone(), voter.section(), voter.city());
    }
    let _ = (it.kind(), it.policies().count(), it.purposes().count(), it.extensions().count());
    // A signature is as long as it says, with whatever certificate.
    let signature = match it.public_key() {
        PublicKey::Rsa { modulus, .. } => vec![7; modulus.len()],
        _ => vec![0x30, 0x06, 0x02, 0x01, 0x01, 0x02, 0x01, 0x01],
    };
    if let Ok(attributes) = SignedAttributes::new(Digest::of(data), it, None, Some(0)) {
        let chain = [*it];
        let signed = SignedData::new(&attributes, &signature).and_then(|it| it.with_chain(&chain));
        let signed = signed.expect("a signature of the key's form");
        let mut buffer = vec![0; signed.encoded_length()];
        let written = signed.write(&mut buffer).expect("the length that was told").len();
        assert_eq!(written, buffer.len());
    }
}
