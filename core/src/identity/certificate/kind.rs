//! The kinds of certificates that ICP-Brasil knows, by the policies under which they are issued
//! (DOC-ICP-04 v8.1, table 3).

use crate::codec::der::ObjectIdentifier;

/// The arc of certificate policies, 2.16.76.1.2.
const ARC: &[u8] = b"\x60\x4c\x01\x02";

/// A kind of certificate.
///
/// `A` is for signatures and `S` for secrecy, numbered by how the key is kept; `T` is for time
/// stamps. Res. CG ICP-Brasil 211/2024 ends A1, A2 and S1 to S4, keeps A3 and A4 for natural persons
/// alone, and gives legal persons seals (`SE`) and applications authentication (`AE`), each in
/// software (`-S`) or in hardware (`-H`). A seal is no expression of its holder's will.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CertificateKind {
    /// Signature; the key in software.
    A1,
    /// Signature; the key in hardware, made in software.
    A2,
    /// Signature; the key made and kept in hardware.
    A3,
    /// Signature; as A3, with longer keys.
    A4,
    /// Secrecy; as A1.
    S1,
    /// Secrecy; as A2.
    S2,
    /// Secrecy; as A3.
    S3,
    /// Secrecy; as A4.
    S4,
    /// Time stamps; as A3.
    T3,
    /// Time stamps; as A4.
    T4,
    /// Fiscal printers.
    CfeSat,
    /// Metrological objects.
    OmBr,
    /// Electronic seal, in software.
    SeS,
    /// Electronic seal, in hardware.
    SeH,
    /// Authentication of applications, in software.
    AeS,
    /// Authentication of applications, in hardware.
    AeH,
}

/// One row of the table of kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CertificateType {
    /// The kind.
    pub kind: CertificateKind,
    /// The number behind 2.16.76.1.2, which one more follows: the authority's own.
    pub arc: u16,
    /// The norm's name for it.
    pub name: &'static str,
    /// Whether the number is in the norm's table. Those that are not have one source: programs in
    /// use.
    pub certain: bool,
}

impl CertificateType {
    const fn certain(kind: CertificateKind, arc: u16, name: &'static str) -> Self {
        Self { kind, arc, name, certain: true }
    }

    const fn unsure(kind: CertificateKind, arc: u16, name: &'static str) -> Self {
        Self { kind, arc, name, certain: false }
    }
}

impl CertificateKind {
    /// All kinds, in the order of [`CertificateKind`] (DOC-ICP-04 v8.1, table 3).
    ///
    /// Unsure: the numbers of the four of Res. CG ICP-Brasil 211/2024.
    pub const TABLE: [CertificateType; 16] = [
        CertificateType::certain(Self::A1, 1, "A1"),
        CertificateType::certain(Self::A2, 2, "A2"),
        CertificateType::certain(Self::A3, 3, "A3"),
        CertificateType::certain(Self::A4, 4, "A4"),
        CertificateType::certain(Self::S1, 101, "S1"),
        CertificateType::certain(Self::S2, 102, "S2"),
        CertificateType::certain(Self::S3, 103, "S3"),
        CertificateType::certain(Self::S4, 104, "S4"),
        CertificateType::certain(Self::T3, 303, "T3"),
        CertificateType::certain(Self::T4, 304, "T4"),
        CertificateType::certain(Self::CfeSat, 500, "A CF-e-SAT"),
        CertificateType::certain(Self::OmBr, 550, "OM-BR"),
        CertificateType::unsure(Self::SeS, 201, "SE-S"),
        CertificateType::unsure(Self::SeH, 202, "SE-H"),
        CertificateType::unsure(Self::AeS, 401, "AE-S"),
        CertificateType::unsure(Self::AeH, 402, "AE-H"),
    ];

    /// The kind that a policy is of: `2.16.76.1.2.k.n`, where `k` tells the kind and `n` the
    /// authority.
    #[must_use]
    pub fn of_policy(policy: ObjectIdentifier<'_>) -> Option<Self> {
        let (arc, _) = policy.grandchild_of(ARC)?;
        Self::TABLE.into_iter().find(|row| u32::from(row.arc) == arc).map(|row| row.kind)
    }

    /// The norm's name for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::TABLE.into_iter().find(|row| row.kind == self).map_or("", |row| row.name)
    }

    /// Whether it is for signatures that express its holder's will.
    #[must_use]
    pub const fn signs(self) -> bool {
        matches!(self, Self::A1 | Self::A2 | Self::A3 | Self::A4)
    }

    /// Whether it is a seal: it tells origin and integrity, and no will (Res. CG ICP-Brasil
    /// 211/2024).
    #[must_use]
    pub const fn seals(self) -> bool {
        matches!(self, Self::SeS | Self::SeH)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_tells_the_kind() {
        let kind = |body| CertificateKind::of_policy(ObjectIdentifier::from_body(body));
        assert_eq!(kind(b"\x60\x4c\x01\x02\x03\x24"), Some(CertificateKind::A3));
        assert_eq!(kind(b"\x60\x4c\x01\x02\x65\x01"), Some(CertificateKind::S1));
        assert_eq!(kind(b"\x60\x4c\x01\x02\x81\x4a\x81\x00"), Some(CertificateKind::SeH));
        assert_eq!(kind(b"\x60\x4c\x01\x02\x82\x2f\x01"), Some(CertificateKind::T3));
        assert_eq!(kind(b"\x60\x4c\x01\x02\x83\x74\x01"), Some(CertificateKind::CfeSat));
        for none in [
            &b"\x60\x4c\x01\x02\x03"[..],
            b"\x60\x4c\x01\x02\x03\x01\x01",
            b"\x60\x4c\x01\x02\x0b\x01",
            b"\x60\x4c\x01\x01\x03\x01",
            b"\x60\x4c\x01\x02",
            b"\x60\x4c\x01\x02\xff\xff\xff\xff\xff\xff\x03\x01",
        ] {
            assert_eq!(kind(none), None, "{none:?}");
        }
    }

    #[test]
    fn every_kind_has_one_row_and_a_name() {
        for row in CertificateKind::TABLE {
            assert_eq!(row.kind.name(), row.name);
            let same = CertificateKind::TABLE.iter().filter(|other| other.arc == row.arc);
            assert_eq!(same.count(), 1);
        }
    }
}
