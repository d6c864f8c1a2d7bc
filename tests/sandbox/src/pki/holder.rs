//! The synthetic people and companies whose keys the emulated services hold.

use std::sync::Arc;

use super::authority::{Authorities, Generation};
use super::certificate::Certificate;
use super::der;
use super::plan::Plan;
use super::signing_key::SigningKey;
use crate::random;

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
    /// Within its dates, under that root, and revoked a day ago.
    Revoked,
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
        self.certificates.iter().filter(move |certificate| certificate.is_in_date(now))
    }
}

/// One certificate of a holder, with its key.
#[derive(Debug)]
pub struct HolderCertificate {
    pub(super) alias: String,
    pub(super) label: &'static str,
    pub(super) standing: Standing,
    pub(super) certificate: Certificate,
    pub(super) not_after: i64,
    pub(super) key: Arc<SigningKey>,
    pub(super) plan: Plan,
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

    /// Which root the certificate is shaped after. One of an unknown root has the shape of v10.
    #[must_use]
    pub fn generation(&self) -> Generation {
        self.plan.generation
    }

    pub(crate) fn key(&self) -> &SigningKey {
        &self.key
    }

    /// Whether it is within its dates.
    pub(crate) fn is_in_date(&self, now: i64) -> bool {
        self.not_after > now
    }

    /// The serial number in uppercase hexadecimal, as SafeID names a slot.
    #[must_use]
    pub fn serial_number(&self) -> String {
        let (_, number, _) = der::read(&self.certificate.serial).unwrap_or_default();
        random::hexadecimal(number).to_uppercase()
    }

    /// The certificates above this one, the issuer first.
    pub(crate) fn chain(&self, authorities: &Authorities) -> Vec<Vec<u8>> {
        match self.standing {
            Standing::UnknownRoot => vec![authorities.unknown.certificate.der.clone()],
            _ => authorities.hierarchy(self.plan.generation).chain(),
        }
    }

    /// The same subject and key in another certificate, for the faults that need one.
    pub(crate) fn reissued(&self, authorities: &Authorities, standing: Standing, now: i64) -> Self {
        self.plan.issue(Arc::clone(&self.key), authorities, standing, now)
    }
}

/// IssuerAndSerialNumber (RFC 5652 §10.2.4).
pub(crate) fn issuer_and_serial(certificate: &Certificate) -> Vec<u8> {
    der::sequence(&[&certificate.issuer, &certificate.serial])
}

#[cfg(test)]
mod tests {
    use crate::pki::people::minted;

    #[test]
    fn s38_a_masked_identification_does_not_show_the_whole() {
        let holders = minted();
        let masked: Vec<String> = holders.iter().map(|holder| holder.masked()).collect();
        assert!(masked.contains(&"***.444.777-**".to_owned()), "{masked:?}");
        assert!(masked.contains(&"12.***.***/01DE-**".to_owned()), "{masked:?}");
    }
}
