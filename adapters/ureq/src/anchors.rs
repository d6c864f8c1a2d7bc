//! Whom a service's certificate must come from.

use rustls::RootCertStore;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use ureq::tls::{Certificate, RootCerts};

use crate::settings::SettingsError;

const MOST_BYTES: usize = 1024 * 1024;
const MOST_CERTIFICATES: usize = 256;

/// Mozilla's roots, and those of a PEM text beside them.
pub(crate) fn roots(extra_pem: Option<&[u8]>) -> Result<RootCerts, SettingsError> {
    let mut anchors: Vec<Certificate<'static>> = webpki_root_certs::TLS_SERVER_ROOT_CERTS
        .iter()
        .map(|root| Certificate::from_der(root))
        .collect();
    if let Some(pem) = extra_pem {
        for certificate in read(pem)? {
            anchors.push(Certificate::from_der(&certificate).to_owned());
        }
    }
    Ok(RootCerts::from(anchors))
}

fn read(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, SettingsError> {
    if pem.len() > MOST_BYTES {
        return Err(SettingsError::TooManyAnchors);
    }
    let mut certificates = Vec::new();
    // ureq passes over what it cannot read, so each is tried here.
    let mut store = RootCertStore::empty();
    for section in CertificateDer::pem_slice_iter(pem) {
        let certificate = section.map_err(|error| SettingsError::Pem(error.to_string()))?;
        let number = certificates.len().saturating_add(1);
        if number > MOST_CERTIFICATES {
            return Err(SettingsError::TooManyAnchors);
        }
        store
            .add(certificate.clone())
            .map_err(|error| SettingsError::Anchor { number, reason: error.to_string() })?;
        certificates.push(certificate);
    }
    if certificates.is_empty() {
        return Err(SettingsError::NoAnchor);
    }
    Ok(certificates)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pem() -> String {
        rcgen::generate_simple_self_signed(["psc.example".to_owned()]).unwrap().cert.pem()
    }

    #[test]
    fn extra_anchors_stand_beside_the_built_in_ones() {
        let text = format!("# two of them\n{}{}", pem(), pem());
        let RootCerts::Specific(all) = roots(Some(text.as_bytes())).unwrap() else {
            unreachable!()
        };
        assert_eq!(all.len(), webpki_root_certs::TLS_SERVER_ROOT_CERTS.len() + 2);
    }

    #[test]
    fn anchors_that_cannot_be_used_are_refused() {
        assert_eq!(read(b"no PEM at all"), Err(SettingsError::NoAnchor));
        let broken = "-----BEGIN CERTIFICATE-----\n???\n-----END CERTIFICATE-----\n";
        assert!(matches!(read(broken.as_bytes()), Err(SettingsError::Pem(_))));
        let second = pem() + &broken.replace("???", "MDAwMA==");
        assert!(matches!(read(second.as_bytes()), Err(SettingsError::Anchor { number: 2, .. })));
        assert_eq!(read(&vec![b'\n'; MOST_BYTES + 1]), Err(SettingsError::TooManyAnchors));
        let many = pem().repeat(MOST_CERTIFICATES + 1);
        assert_eq!(read(many.as_bytes()), Err(SettingsError::TooManyAnchors));
    }

    #[test]
    fn every_built_in_root_can_be_used() {
        let mut store = RootCertStore::empty();
        let roots = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().cloned();
        assert_eq!(store.add_parsable_certificates(roots).1, 0);
    }
}
