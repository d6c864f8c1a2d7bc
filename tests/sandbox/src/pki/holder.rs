//! The synthetic people and companies whose keys the emulated service holds.

use std::sync::Arc;

use super::authority::{Authorities, Authority, STATEMENT, YEAR};
use super::certificate::{
    Certificate, Template, basic_constraints, certificate_policy, extended_key_usage,
    icp_brasil_name, key_usage,
};
use super::identity::{Person, StringType, legal_person, natural_person};
use super::rsa::RsaKey;
use super::{der, keys};
use crate::error::StartError;
use crate::random;

const DIGITAL_SIGNATURE_NON_REPUDIATION_KEY_ENCIPHERMENT: u8 = 0xE0;
const CLIENT_AUTH: &str = "1.3.6.1.5.5.7.3.2";
const EMAIL_PROTECTION: &str = "1.3.6.1.5.5.7.3.4";

/// Whether a holder is a natural or a legal person, in the service's own words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HolderKind {
    /// A natural person, known by CPF.
    Cpf,
    /// A legal person, known by CNPJ.
    Cnpj,
}

impl HolderKind {
    /// `CPF` or `CNPJ`, as `user_cpf_cnpj` and `authorized_identification_type` spell it.
    #[must_use]
    pub fn wire_name(self) -> &'static str {
        match self {
            Self::Cpf => "CPF",
            Self::Cnpj => "CNPJ",
        }
    }
}

/// Who a certificate of the sandbox can be trusted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Within its dates, under the root that [`Sandbox::anchors_pem`](crate::Sandbox::anchors_pem)
    /// gives.
    Good,
    /// Under that root, out of date.
    Expired,
    /// Within its dates, under a root that no anchors list.
    UnknownRoot,
}

/// A synthetic person or company.
#[derive(Clone, Debug)]
pub struct Holder {
    /// CPF of 11 digits or CNPJ of 14 letters and digits, without a mask.
    pub identification: &'static str,
    /// Which of the two the identification is.
    pub kind: HolderKind,
    /// The name in the subject, without the `:CPF` or `:CNPJ` that follows it there.
    pub name: &'static str,
    /// The certificates, at least one; the first is used when nobody chooses.
    pub certificates: Vec<Arc<HolderCertificate>>,
}

impl Holder {
    /// The identification with its ends or its middle hidden, fit for a screen: `***.444.777-**`,
    /// `12.***.***/01DE-**`. One way of hiding for all screens: two would show the whole.
    #[must_use]
    pub fn masked(&self) -> String {
        let shown = |place| self.identification.get(place).unwrap_or_default();
        match self.kind {
            HolderKind::Cpf => format!("***.{}.{}-**", shown(3..6), shown(6..9)),
            HolderKind::Cnpj => format!("{}.***.***/{}-**", shown(0..2), shown(8..12)),
        }
    }

    pub(crate) fn certificate(&self, alias: &str) -> Option<&Arc<HolderCertificate>> {
        self.certificates.iter().find(|certificate| certificate.alias == alias)
    }

    /// Certificates within their dates: what user-discovery tells of (VIDaaS manual v1.6 §3.3,
    /// second note).
    pub(crate) fn certificates_in_date(
        &self,
        now: i64,
    ) -> impl Iterator<Item = &Arc<HolderCertificate>> {
        self.certificates.iter().filter(move |certificate| certificate.not_after > now)
    }
}

/// One certificate of a holder, with its key.
#[derive(Debug)]
pub struct HolderCertificate {
    alias: String,
    label: &'static str,
    standing: Standing,
    certificate: Certificate,
    not_after: i64,
    key: Arc<RsaKey>,
    plan: Plan,
}

impl HolderCertificate {
    /// The alias on the wire (`slot_alias`, `certificate_alias`): a UUID, the same at every start.
    #[must_use]
    pub fn alias(&self) -> &str {
        &self.alias
    }

    /// What user-discovery calls it, such as `e-CPF A3 em nuvem gold`.
    #[must_use]
    pub fn label(&self) -> &str {
        self.label
    }

    /// Whether a careful client accepts it.
    #[must_use]
    pub fn standing(&self) -> Standing {
        self.standing
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

    pub(crate) fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    pub(crate) fn key(&self) -> &RsaKey {
        &self.key
    }

    /// The same subject and key in another certificate, for the faults that need one.
    pub(crate) fn reissued(&self, authorities: &Authorities, standing: Standing, now: i64) -> Self {
        self.plan.issue(Arc::clone(&self.key), authorities, standing, now)
    }
}

/// What a certificate says, before it is issued.
#[derive(Clone, Debug)]
struct Plan {
    name: &'static str,
    identification: &'static str,
    kind: HolderKind,
    label: &'static str,
    /// The last arc of the A3 policy `2.16.76.1.2.3.n`.
    policy: u8,
    string: StringType,
    person: Person,
}

impl Plan {
    fn issue(
        &self,
        key: Arc<RsaKey>,
        authorities: &Authorities,
        standing: Standing,
        now: i64,
    ) -> HolderCertificate {
        let (not_before, not_after) = match standing {
            Standing::Expired => (now - 6 * YEAR, now - YEAR),
            Standing::Good | Standing::UnknownRoot => (now - 86_400, now + 5 * YEAR),
        };
        let authority: &Authority = match standing {
            Standing::UnknownRoot => &authorities.unknown,
            Standing::Good | Standing::Expired => &authorities.issuer,
        };
        let mail = format!("titular.{}@rubrica.invalid", self.identification.to_lowercase());
        let (unit, alternative_name) = match self.kind {
            HolderKind::Cpf => ("RFB e-CPF A3", natural_person(&mail, &self.person, self.string)),
            HolderKind::Cnpj => (
                "RFB e-CNPJ A3",
                legal_person(
                    &mail,
                    self.identification,
                    "RESPONSAVEL SINTETICO DA SILVA",
                    &self.person,
                    self.string,
                ),
            ),
        };
        let subject = icp_brasil_name(
            &[
                "Secretaria da Receita Federal do Brasil - RFB",
                unit,
                "AC SINTETICA",
                "AR SINTETICA",
                "Videoconferencia",
                "00000000000191",
            ],
            &format!("{}:{}", self.name, self.identification),
        );
        let certificate = authority.certify(Template {
            subject,
            issuer: Vec::new(),
            not_before,
            not_after,
            public_key_info: key.public_key_info(),
            public_key: key.public_key().to_vec(),
            extensions: vec![
                basic_constraints(false),
                certificate_policy(&format!("2.16.76.1.2.3.{}", self.policy), STATEMENT),
                key_usage(DIGITAL_SIGNATURE_NON_REPUDIATION_KEY_ENCIPHERMENT),
                extended_key_usage(false, &[CLIENT_AUTH, EMAIL_PROTECTION]),
                alternative_name,
            ],
        });
        HolderCertificate {
            alias: alias(self, key.public_key()),
            label: self.label,
            standing,
            certificate,
            not_after,
            key,
            plan: self.clone(),
        }
    }
}

fn alias(plan: &Plan, public_key: &[u8]) -> String {
    let digest = random::sha256(&[plan.identification.as_bytes(), public_key].concat());
    let mut seed = [0; 16];
    seed.copy_from_slice(&digest[..16]);
    random::uuid_from(seed)
}

/// The identification of the holder with one good certificate: a natural person.
pub const CPF_HOLDER: &str = "11144477735";
/// A legal person with a numeric CNPJ.
pub const CNPJ_HOLDER: &str = "11222333000181";
/// A legal person with an alphanumeric CNPJ (Instrução Normativa RFB 2.229/2024).
pub const ALPHANUMERIC_CNPJ_HOLDER: &str = "12ABC34501DE35";
/// A natural person with two good certificates.
pub const TWO_CERTIFICATES_HOLDER: &str = "12345678909";
/// A natural person whose one certificate expired a year ago.
pub const EXPIRED_HOLDER: &str = "98765432100";
/// A natural person whose one certificate hangs under a root that no anchors list.
pub const UNKNOWN_ROOT_HOLDER: &str = "52998224725";

/// All holders of a sandbox, certified at `now` (Unix seconds).
pub(crate) fn mint(authorities: &Authorities, now: i64) -> Result<Vec<Arc<Holder>>, StartError> {
    let mut holders: Vec<Arc<Holder>> = Vec::new();
    let mut add = |plans: &[(Plan, &[u8], Standing)]| -> Result<(), StartError> {
        let mut certificates = Vec::new();
        for (plan, pkcs8, standing) in plans {
            let key = Arc::new(RsaKey::from_pkcs8(pkcs8)?);
            certificates.push(Arc::new(plan.issue(key, authorities, *standing, now)));
        }
        if let Some((plan, ..)) = plans.first() {
            holders.push(Arc::new(Holder {
                identification: plan.identification,
                kind: plan.kind,
                name: plan.name,
                certificates,
            }));
        }
        Ok(())
    };
    add(&[(
        natural("FULANA SINTETICA DE TESTE", CPF_HOLDER, StringType::OctetString, ("", "")),
        keys::HOLDER_CPF,
        Standing::Good,
    )])?;
    let two = |issuer: &'static str, string: StringType| {
        natural("BELTRANO SINTETICO DE TESTE", TWO_CERTIFICATES_HOLDER, string, ("1234567", issuer))
    };
    add(&[
        (two("SSP SP", StringType::PrintableString), keys::HOLDER_CPF_FIRST, Standing::Good),
        (two("DETRAN  SP", StringType::OctetString), keys::HOLDER_CPF_SECOND, Standing::Good),
    ])?;
    add(&[(
        legal("EMPRESA SINTETICA LTDA", CNPJ_HOLDER, StringType::OctetString),
        keys::HOLDER_CNPJ,
        Standing::Good,
    )])?;
    add(&[(
        legal("ALFANUMERICA SINTETICA SA", ALPHANUMERIC_CNPJ_HOLDER, StringType::PrintableString),
        keys::HOLDER_CNPJ_ALPHANUMERIC,
        Standing::Good,
    )])?;
    add(&[(
        natural("VENCIDA SINTETICA DE TESTE", EXPIRED_HOLDER, StringType::OctetString, ("", "")),
        keys::HOLDER_EXPIRED,
        Standing::Expired,
    )])?;
    let unknown = "DESCONHECIDO SINTETICO DE TESTE";
    add(&[(
        natural(unknown, UNKNOWN_ROOT_HOLDER, StringType::PrintableString, ("", "")),
        keys::HOLDER_UNKNOWN_ROOT,
        Standing::UnknownRoot,
    )])?;
    Ok(holders)
}

fn natural(
    name: &'static str,
    cpf: &'static str,
    string: StringType,
    (identity_card, card_issuer): (&'static str, &'static str),
) -> Plan {
    Plan {
        name,
        identification: cpf,
        kind: HolderKind::Cpf,
        label: "e-CPF A3 em nuvem gold",
        policy: 36,
        string,
        person: Person { birth: "01011980", cpf, identity_card, card_issuer },
    }
}

fn legal(name: &'static str, cnpj: &'static str, string: StringType) -> Plan {
    Plan {
        name,
        identification: cnpj,
        kind: HolderKind::Cnpj,
        label: "e-CNPJ A3 em nuvem gold",
        policy: 36,
        string,
        person: Person {
            birth: "02021975",
            cpf: CPF_HOLDER,
            identity_card: "7654321",
            card_issuer: "SSP    RJ ",
        },
    }
}

/// The certificates between a holder and its root, the issuer first.
pub(crate) fn chain(authorities: &Authorities, standing: Standing) -> Vec<Vec<u8>> {
    match standing {
        Standing::UnknownRoot => vec![authorities.unknown.certificate.der.clone()],
        Standing::Good | Standing::Expired => {
            vec![authorities.issuer.certificate.der.clone(), authorities.root.der.clone()]
        }
    }
}

/// IssuerAndSerialNumber (RFC 5652 §10.2.4).
pub(crate) fn issuer_and_serial(certificate: &Certificate) -> Vec<u8> {
    der::sequence(&[&certificate.issuer, &certificate.serial])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The check digit after `characters`, whose weights rise from 2 at the right and begin again
    /// after `highest`; a character is worth its ASCII code less 48.
    fn check_digit(characters: &[u8], highest: u32) -> u8 {
        let weights = (2..=highest).cycle();
        let sum: u32 = characters
            .iter()
            .rev()
            .zip(weights)
            .map(|(byte, weight)| u32::from(byte - 48) * weight)
            .sum();
        if sum % 11 < 2 { b'0' } else { b'0' + u8::try_from(11 - sum % 11).unwrap() }
    }

    #[test]
    fn every_holder_has_valid_check_digits_and_a_name_in_the_certificate() {
        let authorities = Authorities::mint(1_800_000_000).unwrap();
        let holders = mint(&authorities, 1_800_000_000).unwrap();
        assert_eq!(holders.len(), 6);
        for holder in holders {
            let number = holder.identification.as_bytes();
            let (length, highest) = match holder.kind {
                HolderKind::Cpf => (11, 11),
                HolderKind::Cnpj => (14, 9),
            };
            assert_eq!(number.len(), length);
            for place in [length - 2, length - 1] {
                let expected = check_digit(&number[..place], highest);
                assert_eq!(number[place], expected, "{}", holder.identification);
            }
            let common_name = format!("{}:{}", holder.name, holder.identification);
            for certificate in &holder.certificates {
                let mut windows = certificate.der().windows(common_name.len());
                assert!(windows.any(|window| window == common_name.as_bytes()));
            }
        }
    }

    #[test]
    fn aliases_and_certificates_outlive_a_restart() {
        let minted = || {
            let authorities = Authorities::mint(1_800_000_000).unwrap();
            mint(&authorities, 1_800_000_000).unwrap()
        };
        for (first, second) in minted().iter().zip(minted()) {
            for (first, second) in first.certificates.iter().zip(&second.certificates) {
                assert_eq!(first.alias(), second.alias());
                assert_eq!(first.der(), second.der());
            }
        }
    }

    #[test]
    fn s38_a_masked_identification_does_not_show_the_whole() {
        let authorities = Authorities::mint(1_800_000_000).unwrap();
        let holders = mint(&authorities, 1_800_000_000).unwrap();
        let masked: Vec<String> = holders.iter().map(|holder| holder.masked()).collect();
        assert!(masked.contains(&"***.444.777-**".to_owned()), "{masked:?}");
        assert!(masked.contains(&"12.***.***/01DE-**".to_owned()), "{masked:?}");
    }
}
