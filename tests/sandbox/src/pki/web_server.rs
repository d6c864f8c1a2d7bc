//! The web server of an application, with the SSL certificate of ICP-Brasil that a registration by
//! JWT needs.

use super::authority::{Authorities, YEAR};
use super::certificate::{
    Certificate, Name, Template, basic_constraints, certificate_policy, extended_key_usage,
    extension, icp_brasil_name, key_usage,
};
use super::rsa::RsaKey;
use super::{authority, der, keys};
use crate::error::StartError;

const SIGNATURE_AND_KEY_ENCIPHERMENT: u8 = 0xA0;
const SERVER_AUTH: &str = "1.3.6.1.5.5.7.3.1";
const CLIENT_AUTH: &str = "1.3.6.1.5.5.7.3.2";

/// An application's web server. Its certificate also names 127.0.0.1 as a dNSName, so that a
/// redirect URI on loopback can be registered with it.
#[derive(Clone, Debug)]
pub struct WebServer {
    certificate: Certificate,
}

impl WebServer {
    /// The host that the certificate is for: a name that never resolves.
    pub const HOST: &'static str = "aplicacao.rubrica.invalid";

    pub(crate) fn mint(authorities: &Authorities, now: i64) -> Result<Self, StartError> {
        let key = RsaKey::from_pkcs8(keys::WEB_SERVER)?;
        let names =
            [Self::HOST, "127.0.0.1", "localhost"].map(|host| der::implicit(2, host.as_bytes()));
        let certificate = authorities.v10.issuer.certify(Template {
            subject: icp_brasil_name(&["AC SINTETICA"], Self::HOST),
            issuer: Name::new(),
            not_before: now - 86_400,
            not_after: now + YEAR,
            public_key_info: key.public_key_info(),
            public_key: key.public_key().to_vec(),
            extensions: vec![
                basic_constraints(false),
                certificate_policy("2.16.76.1.2.1.36", authority::STATEMENT),
                key_usage(SIGNATURE_AND_KEY_ENCIPHERMENT),
                extended_key_usage(false, &[SERVER_AUTH, CLIENT_AUTH]),
                extension("2.5.29.17", false, &der::value(0x30, &names.concat())),
            ],
        });
        Ok(Self { certificate })
    }

    /// The certificate in DER.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.certificate.der
    }

    /// The certificate in PEM with CRLF line ends.
    #[must_use]
    pub fn pem(&self) -> String {
        self.certificate.pem()
    }

    /// The serial number, an INTEGER in DER.
    pub(crate) fn serial(&self) -> &[u8] {
        &self.certificate.serial
    }

    /// The RSA key in unencrypted PKCS#8: public with the project, hence worthless.
    #[must_use]
    pub fn private_key(&self) -> &'static [u8] {
        keys::WEB_SERVER
    }
}
