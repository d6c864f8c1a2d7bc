//! What a holder's certificate says, and its issue.

use std::sync::Arc;

use super::authority::{Authorities, Generation, STATEMENT, YEAR};
use super::certificate::{
    Attribute, Name, Template, basic_constraints, certificate_policy, extended_key_usage,
    icp_brasil_name, key_usage,
};
use super::holder::{HolderCertificate, HolderKind, Standing};
use super::identity::{Person, StringType, legal_person, natural_person};
use super::signing_key::SigningKey;
use crate::random;

const SIGNATURE_AND_NON_REPUDIATION: u8 = 0xC0;
const KEY_ENCIPHERMENT: u8 = 0x20;
const CLIENT_AUTH: &str = "1.3.6.1.5.5.7.3.2";
const EMAIL_PROTECTION: &str = "1.3.6.1.5.5.7.3.4";

/// What a certificate says, before it is issued.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) name: &'static str,
    pub(crate) identification: &'static str,
    /// What the CN says instead of the identification, where the two are to disagree.
    pub(crate) misnamed: Option<&'static str>,
    pub(crate) kind: HolderKind,
    pub(crate) generation: Generation,
    pub(crate) label: &'static str,
    /// The certificate policy, `2.16.76.1.2.…`.
    pub(crate) policy: &'static str,
    pub(crate) string: StringType,
    pub(crate) person: Person,
}

impl Plan {
    /// Issues the certificate at `now` in Unix seconds.
    pub(crate) fn issue(
        &self,
        key: Arc<SigningKey>,
        authorities: &Authorities,
        standing: Standing,
        now: i64,
    ) -> HolderCertificate {
        let (not_before, not_after) = match standing {
            Standing::Expired => (now - 6 * YEAR, now - YEAR),
            Standing::Revoked => (now - YEAR, now + 4 * YEAR),
            Standing::Good | Standing::UnknownRoot => (now - 86_400, now + 5 * YEAR),
        };
        let authority = match standing {
            Standing::UnknownRoot => &authorities.unknown,
            _ => &authorities.hierarchy(self.generation).issuer,
        };
        // keyEncipherment is for keys that encrypt (RFC 5480 §3).
        let encipherment = if matches!(*key, SigningKey::Rsa(_)) { KEY_ENCIPHERMENT } else { 0 };
        let certificate = authority.certify(Template {
            subject: self.subject(),
            issuer: Name::new(),
            not_before,
            not_after,
            public_key_info: key.public_key_info(),
            public_key: key.public_key().to_vec(),
            extensions: vec![
                basic_constraints(false),
                certificate_policy(self.policy, STATEMENT),
                key_usage(SIGNATURE_AND_NON_REPUDIATION | encipherment),
                extended_key_usage(false, &[CLIENT_AUTH, EMAIL_PROTECTION]),
                self.alternative_name(),
            ],
        });
        HolderCertificate {
            alias: self.alias(key.public_key()),
            label: self.label,
            standing,
            certificate,
            not_after,
            key,
            plan: self.clone(),
        }
    }

    fn subject(&self) -> Name {
        let unit = match self.kind {
            HolderKind::Cpf => "RFB e-CPF A3",
            HolderKind::Cnpj => "RFB e-CNPJ A3",
        };
        match self.generation {
            Generation::V10 => icp_brasil_name(
                &[
                    "Secretaria da Receita Federal do Brasil - RFB",
                    unit,
                    "AC SINTETICA",
                    "AR SINTETICA",
                    "Videoconferencia",
                    "00000000000191",
                ],
                &format!("{}:{}", self.name, self.misnamed.unwrap_or(self.identification)),
            ),
            Generation::V12 => {
                let mut name = icp_brasil_name(
                    &["AC SINTETICA de Teste G2 v12", "Videoconferencia"],
                    self.name,
                );
                name.push((Attribute::SerialNumber, self.identification.to_owned()));
                name
            }
        }
    }

    fn alternative_name(&self) -> Vec<u8> {
        let mail = format!("titular.{}@rubrica.invalid", self.identification.to_lowercase());
        match self.kind {
            HolderKind::Cpf => natural_person(&mail, &self.person, self.string),
            HolderKind::Cnpj => legal_person(
                &mail,
                self.identification,
                "RESPONSAVEL SINTETICO DA SILVA",
                &self.person,
                self.string,
            ),
        }
    }

    /// The same for the same holder and key, so a restart does not change it.
    fn alias(&self, public_key: &[u8]) -> String {
        let digest = random::sha256(&[self.identification.as_bytes(), public_key].concat());
        let mut seed = [0; 16];
        seed.copy_from_slice(&digest[..16]);
        random::uuid_from(seed)
    }
}
