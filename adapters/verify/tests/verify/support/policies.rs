//! The attribute that names a signature policy.

use rubrica_core::cades::{POLICIES, Policy};

use super::{
    der::{algorithm, element, octets, oid, sequence},
    keys::SHA256,
};

pub(crate) const SIGNATURE_POLICY: &str = "1.2.840.113549.1.9.16.2.15";

/// A policy of the table, by the name of its file.
pub(crate) fn policy(name: &str) -> &'static Policy<'static> {
    POLICIES.iter().find(|policy| policy.name() == name).unwrap()
}

/// `SignaturePolicyId`.
pub(crate) fn named(number: &str, hash_algorithm: &str, hash: &[u8]) -> Vec<u8> {
    let address = element(0x16, "http://politicas.icpbrasil.gov.br/PA.der");
    let qualifier = sequence(&[&oid("1.2.840.113549.1.9.16.5.1"), &address]);
    sequence(&[
        &oid(number),
        &sequence(&[&algorithm(hash_algorithm), &octets(hash)]),
        &sequence(&[&qualifier]),
    ])
}

/// `SignaturePolicyId` of a policy of the table.
pub(crate) fn naming(name: &str) -> Vec<u8> {
    let policy = policy(name);
    named(&policy.object_identifier.to_string(), SHA256, policy.hash.as_bytes())
}
