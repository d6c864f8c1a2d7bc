//! The forms of signatures and their paddings (VIDaaS manual v1.6 §3.2).

/// A form in which a signature is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// The bare result of the private key's operation over the digest.
    Raw,
    /// VIDaaS's other word for it. Unsure: no source tells the difference from [`Format::Raw`].
    RawData,
    /// Unsure: no source tells what is done with the digest.
    RawDigestedData,
    /// PKCS#7, detached, with contentType, signingTime (the service's clock), messageDigest and
    /// signingCertificateV2 signed.
    Cms,
    /// CAdES with the policy AD-RT: a time stamp is in it.
    CadesAdRt,
    /// CAdES with the policy AD-RB.
    CadesAdRb,
    /// A signed PDF with the policy AD-RT. The document is sent.
    PadesAdRt,
    /// A signed PDF with the policy AD-RB. The document is sent.
    PadesAdRb,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 8] = [
        Self::Raw,
        Self::RawData,
        Self::RawDigestedData,
        Self::Cms,
        Self::CadesAdRt,
        Self::CadesAdRb,
        Self::PadesAdRt,
        Self::PadesAdRb,
    ];

    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Raw => "RAW",
            Self::RawData => "RAW_DATA",
            Self::RawDigestedData => "RAW_DIGESTED_DATA",
            Self::Cms => "CMS",
            Self::CadesAdRt => "CAdES_AD_RT",
            Self::CadesAdRb => "CAdES_AD_RB",
            Self::PadesAdRt => "PAdES_AD_RT",
            Self::PadesAdRb => "PAdES_AD_RB",
        }
    }

    /// Whether it cannot be made of a digest alone.
    #[must_use]
    pub const fn needs_document(self) -> bool {
        matches!(self, Self::PadesAdRt | Self::PadesAdRb)
    }

    /// Whether it is the bare result of the key, to which a padding belongs.
    #[must_use]
    pub const fn is_raw(self) -> bool {
        matches!(self, Self::Raw | Self::RawData | Self::RawDigestedData)
    }
}

/// How a digest is brought to the length of the key (VIDaaS manual v1.6 §3.2 note 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Padding {
    /// Unsure: no source tells what is signed then.
    None,
    /// RSASSA-PKCS1-v1_5 (RFC 8017 §8.2); the service adds the DigestInfo.
    Pkcs1V15,
    /// RSASSA-PSS (RFC 8017 §8.1).
    Pss,
}

impl Padding {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "NONE",
            Self::Pkcs1V15 => "PKCS1V1_5",
            Self::Pss => "PSS",
        }
    }
}
