//! Who the synthetic holders are. Their numbers have good check digits and belong to the arcs that
//! examples use; their names say that they are made up.

use std::sync::Arc;

use super::authority::{Authorities, Generation};
use super::holder::{Holder, HolderKind, Standing};
use super::identity::{Person, StringType};
use super::keys;
use super::plan::Plan;
use super::signing_key::SigningKey;
use crate::error::StartError;

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
/// A natural person under the root v12: the CPF stands in the subject's serialNumber.
pub const V12_CPF_HOLDER: &str = "24681357928";
/// A legal person with a seal SE-S under the root v12.
pub const V12_CNPJ_HOLDER: &str = "44555666000181";
/// A natural person with a key on P-256, under the root v12; the otherNames are UTF8Strings.
pub const P256_HOLDER: &str = "13579246828";
/// A natural person with a key on P-384, under the root v12; the otherNames are IA5Strings.
pub const P384_HOLDER: &str = "31415926590";
/// A natural person whose CN names another CPF than the subjectAltName.
pub const DISAGREEING_HOLDER: &str = "27182818205";
/// A natural person whose one certificate was revoked a day ago (keyCompromise).
pub const REVOKED_HOLDER: &str = "16180339805";

/// All holders of a sandbox, certified at `now` (Unix seconds).
pub(crate) fn mint(authorities: &Authorities, now: i64) -> Result<Vec<Arc<Holder>>, StartError> {
    let mut holders: Vec<Arc<Holder>> = Vec::new();
    for plans in everybody() {
        let mut certificates = Vec::new();
        for (plan, pkcs8, standing) in &plans {
            let key = Arc::new(SigningKey::from_pkcs8(pkcs8)?);
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
    }
    Ok(holders)
}

type Planned = (Plan, &'static [u8], Standing);

/// Each holder with the plans of its certificates, at least one.
fn everybody() -> Vec<Vec<Planned>> {
    use StringType::{Ia5, Octets, Printable, Utf8};

    let one = |plan: Plan, key, standing| vec![(plan, key, standing)];
    let two = |issuer: &'static str, string: StringType| {
        let name = "BELTRANO SINTETICO DE TESTE";
        natural(name, TWO_CERTIFICATES_HOLDER, string, ("1234567", issuer))
    };
    let plain = |name, cpf| natural(name, cpf, Octets, ("", ""));
    vec![
        one(plain("FULANA SINTETICA DE TESTE", CPF_HOLDER), keys::HOLDER_CPF, Standing::Good),
        vec![
            (two("SSP SP", Printable), keys::HOLDER_CPF_FIRST, Standing::Good),
            (two("DETRAN  SP", Octets), keys::HOLDER_CPF_SECOND, Standing::Good),
        ],
        one(
            legal("EMPRESA SINTETICA LTDA", CNPJ_HOLDER, Octets),
            keys::HOLDER_CNPJ,
            Standing::Good,
        ),
        one(
            legal("ALFANUMERICA SINTETICA SA", ALPHANUMERIC_CNPJ_HOLDER, Printable),
            keys::HOLDER_CNPJ_ALPHANUMERIC,
            Standing::Good,
        ),
        one(
            plain("VENCIDA SINTETICA DE TESTE", EXPIRED_HOLDER),
            keys::HOLDER_EXPIRED,
            Standing::Expired,
        ),
        one(
            Plan {
                string: Printable,
                ..plain("DESCONHECIDO SINTETICO DE TESTE", UNKNOWN_ROOT_HOLDER)
            },
            keys::HOLDER_UNKNOWN_ROOT,
            Standing::UnknownRoot,
        ),
        one(
            v12(plain("MODERNA SINTETICA DE TESTE", V12_CPF_HOLDER)),
            keys::HOLDER_V12_CPF,
            Standing::Good,
        ),
        one(
            Plan {
                label: "Selo eletrônico SE-S em nuvem",
                // Unsure: the number of the arc has one weak source.
                policy: "2.16.76.1.2.201.36",
                ..v12(legal("SELADA SINTETICA LTDA", V12_CNPJ_HOLDER, Octets))
            },
            keys::HOLDER_V12_CNPJ,
            Standing::Good,
        ),
        one(
            v12(natural("CURVA SINTETICA DE TESTE", P256_HOLDER, Utf8, ("2345678", "SSP SP"))),
            keys::HOLDER_P256,
            Standing::Good,
        ),
        one(
            v12(natural("CURVO SINTETICO DE TESTE", P384_HOLDER, Ia5, ("3456789", "DETRAN  RJ"))),
            keys::HOLDER_P384,
            Standing::Good,
        ),
        one(
            Plan {
                misnamed: Some("57721566401"),
                ..plain("CONTRADITA SINTETICA DE TESTE", DISAGREEING_HOLDER)
            },
            keys::HOLDER_DISAGREEING,
            Standing::Good,
        ),
        one(
            plain("REVOGADO SINTETICO DE TESTE", REVOKED_HOLDER),
            keys::HOLDER_REVOKED,
            Standing::Revoked,
        ),
    ]
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
        misnamed: None,
        kind: HolderKind::Cpf,
        generation: Generation::V10,
        label: "e-CPF A3 em nuvem gold",
        policy: "2.16.76.1.2.3.36",
        string,
        person: Person { birth: "01011980", cpf, identity_card, card_issuer },
    }
}

fn legal(name: &'static str, cnpj: &'static str, string: StringType) -> Plan {
    Plan {
        name,
        identification: cnpj,
        misnamed: None,
        kind: HolderKind::Cnpj,
        generation: Generation::V10,
        label: "e-CNPJ A3 em nuvem gold",
        policy: "2.16.76.1.2.3.36",
        string,
        person: Person {
            birth: "02021975",
            cpf: CPF_HOLDER,
            identity_card: "7654321",
            card_issuer: "SSP    RJ ",
        },
    }
}

fn v12(plan: Plan) -> Plan {
    Plan { generation: Generation::V12, ..plan }
}

/// The holders at a fixed moment.
#[cfg(test)]
pub(crate) fn minted() -> Vec<Arc<Holder>> {
    let locations = super::authority::Locations { base_url: "http://127.0.0.1:8080".to_owned() };
    let authorities = Authorities::mint(1_800_000_000, &locations).unwrap();
    mint(&authorities, 1_800_000_000).unwrap()
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
        let holders = minted();
        assert_eq!(holders.len(), 12);
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
            for certificate in &holder.certificates {
                let with_number = format!("{}:{}", holder.name, holder.identification);
                let legacy = certificate.generation() == Generation::V10
                    && holder.identification != DISAGREEING_HOLDER;
                let contains = |text: &str| {
                    let mut windows = certificate.der().windows(text.len());
                    windows.any(|window| window == text.as_bytes())
                };
                assert!(contains(holder.name) && contains(holder.identification));
                assert_eq!(contains(&with_number), legacy, "{}", holder.identification);
            }
        }
    }

    #[test]
    fn aliases_and_certificates_outlive_a_restart() {
        for (first, second) in minted().iter().zip(minted()) {
            for (first, second) in first.certificates.iter().zip(&second.certificates) {
                assert_eq!(first.alias(), second.alias());
                assert_eq!(first.der(), second.der());
            }
        }
    }
}
