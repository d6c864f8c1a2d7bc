//! Certificates in DER and in PEM.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use rubrica_verify::{Anchors, Certificate, UnixTime, certificate, certificates_from_pem, limits};

fuzz_target!(|data: &[u8]| -> Corpus {
    let der = Certificate::from_der(data);
    if let Ok(certificate) = &der {
        assert_eq!(certificate.der(), data, "bytes that are not the certificate's are passed over");
        look_at(certificate);
    }
    let pem = certificates_from_pem(data);
    if let Ok(certificates) = &pem {
        assert!(certificates.len() <= limits::PEM_CERTIFICATES);
        certificates.iter().for_each(look_at);
        let _ = Anchors::new(certificates.iter().cloned());
    }
    if let Ok(first) = Certificate::from_pem(data) {
        assert_eq!(pem.as_ref().ok().and_then(|all| all.first()), Some(&first));
    }
    for rejection in [der.err(), pem.err()].into_iter().flatten() {
        assert!(rejection.to_string().len() < 1_000);
    }
    Corpus::Keep
});

fn look_at(it: &Certificate) {
    assert!(it.der().len() <= limits::CERTIFICATE_BYTES);
    assert_eq!(Certificate::from_der(it.der()).as_ref(), Ok(it));
    let texts = [it.subject(), it.display_name(), it.issuer()];
    assert!(texts.iter().all(|text| text.len() <= it.der().len() * 4));
    assert!(it.der().windows(it.serial().len().max(1)).any(|part| part == it.serial()));
    let _ = (it.holder(), it.key(), it.key_usage(), it.basic_constraints(), it.policies().len());
    let _ = (it.not_before(), it.not_after(), it.public_key_info().len(), format!("{it:?}").len());
    // Its own anchor, if it is one: the path's search and the signature's check with any key.
    let anchors = Anchors::new([it.clone()]).ok();
    let _ = certificate(it, core::slice::from_ref(it), None, it.not_before(), anchors.as_ref());
    assert!(certificate(it, &[], None, UnixTime::from_seconds(u64::MAX), None).is_err());
}
