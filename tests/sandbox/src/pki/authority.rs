//! The two authorities above the holders, and the one that nobody knows.

use super::certificate::{
    Certificate, Name, Signer, Template, basic_constraints, certificate_policy, icp_brasil_name,
    key_usage,
};
use super::keys;
use super::rsa::RsaKey;
use crate::error::StartError;

pub(crate) const YEAR: i64 = 365 * 86_400;

/// Where the practice statement would be: a name that never resolves (RFC 6761 §6.4).
pub(crate) const STATEMENT: &str = "http://icp-brasil.rubrica.invalid/dpc.pdf";

const KEY_CERT_SIGN_AND_CRL_SIGN: u8 = 0x06;

/// Root, issuing authority, and a root outside the anchors.
#[derive(Debug)]
pub(crate) struct Authorities {
    /// Self-signed with RSA-4096 and SHA-512, like "Autoridade Certificadora Raiz Brasileira v10".
    pub(crate) root: Certificate,
    pub(crate) issuer: Authority,
    pub(crate) unknown: Authority,
}

/// An authority that certifies holders.
#[derive(Debug)]
pub(crate) struct Authority {
    pub(crate) certificate: Certificate,
    pub(crate) name: Name,
    key: RsaKey,
}

impl Authorities {
    pub(crate) fn mint(now: i64) -> Result<Self, StartError> {
        let iti = "Instituto Nacional de Tecnologia da Informacao - ITI";
        let root_name =
            icp_brasil_name(&[iti], "Autoridade Certificadora Raiz SINTETICA de Teste v10");
        let root_key = RsaKey::from_pkcs8(keys::ROOT)?;
        let root_signer = Signer::RsaSha512(&root_key);
        let root = authority(&root_name, &root_name, &root_key, &root_signer, now);

        let rfb = "Secretaria da Receita Federal do Brasil - RFB";
        let issuer_name = icp_brasil_name(&[rfb], "AC SINTETICA de Teste RFB v5");
        let issuer_key = RsaKey::from_pkcs8(keys::ISSUER)?;
        let issuer = authority(&issuer_name, &root_name, &issuer_key, &root_signer, now);

        let unknown_name =
            icp_brasil_name(&[iti], "Autoridade Certificadora DESCONHECIDA de Teste");
        let unknown_key = RsaKey::from_pkcs8(keys::UNKNOWN_ROOT)?;
        let unknown_signer = Signer::RsaSha256(&unknown_key);
        let unknown = authority(&unknown_name, &unknown_name, &unknown_key, &unknown_signer, now);
        Ok(Self {
            root,
            issuer: Authority { certificate: issuer, name: issuer_name, key: issuer_key },
            unknown: Authority { certificate: unknown, name: unknown_name, key: unknown_key },
        })
    }
}

impl Authority {
    /// Certifies with sha256WithRSAEncryption. The issuer's name is put in by this function.
    pub(crate) fn certify(&self, mut template: Template) -> Certificate {
        template.issuer = self.name.clone();
        Certificate::sign(&template, &Signer::RsaSha256(&self.key))
    }
}

fn authority(
    subject: &Name,
    issuer: &Name,
    key: &RsaKey,
    signer: &Signer<'_>,
    now: i64,
) -> Certificate {
    let template = Template {
        subject: subject.clone(),
        issuer: issuer.clone(),
        not_before: now - YEAR,
        not_after: now + 12 * YEAR,
        public_key_info: key.public_key_info(),
        public_key: key.public_key().to_vec(),
        extensions: vec![
            basic_constraints(true),
            key_usage(KEY_CERT_SIGN_AND_CRL_SIGN),
            certificate_policy("2.16.76.1.1.0", STATEMENT),
        ],
    };
    Certificate::sign(&template, signer)
}
