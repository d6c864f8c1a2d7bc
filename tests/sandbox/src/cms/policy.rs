//! The signature policies of ICP-Brasil (DOC-ICP-15.03) that the service signs under.

use crate::pki::der;

/// A policy as `sigPolicyId` names it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Policy {
    object_identifier: &'static str,
    /// The policy's internal `signPolicyHash`, not the hash of its file (DOC-ICP-15.03 v9.1,
    /// note 2).
    hash: [u8; 32],
    uri: &'static str,
}

impl Policy {
    /// PA_AD_RB_v2_4, from 2025-06-12 to 2037-10-22.
    pub(crate) const CADES_AD_RB: Self = Self {
        object_identifier: "2.16.76.1.7.1.1.2.4",
        hash: [
            0x1f, 0x3c, 0x90, 0x4c, 0x44, 0xc3, 0x92, 0xfe, 0xef, 0x44, 0x7e, 0x21, 0xfa, 0xa7,
            0xa0, 0x4e, 0x85, 0xd9, 0xc0, 0x15, 0x33, 0x46, 0x32, 0x0f, 0x55, 0x7b, 0x70, 0x42,
            0xaf, 0x5d, 0xcf, 0x13,
        ],
        uri: "http://politicas.icpbrasil.gov.br/PA_AD_RB_v2_4.der",
    };

    /// PA_AD_RT_v2_4, from 2025-06-12 to 2037-10-22.
    pub(crate) const CADES_AD_RT: Self = Self {
        object_identifier: "2.16.76.1.7.1.2.2.4",
        hash: [
            0xfa, 0x59, 0xdc, 0xa6, 0xd9, 0xc0, 0xe8, 0x08, 0xeb, 0x73, 0x97, 0xb2, 0xde, 0x80,
            0x0c, 0xce, 0x5b, 0x0e, 0x4d, 0xa2, 0xc4, 0x2e, 0x2e, 0x5e, 0xf2, 0x49, 0x6a, 0x2c,
            0xe6, 0xba, 0xdc, 0xb7,
        ],
        uri: "http://politicas.icpbrasil.gov.br/PA_AD_RT_v2_4.der",
    };

    /// PA_PAdES_AD_RT_v1_3, from 2025-07-23 to 2037-10-22.
    pub(crate) const PADES_AD_RT: Self = Self {
        object_identifier: "2.16.76.1.7.1.12.1.3",
        hash: [
            0x21, 0xd6, 0xe8, 0xd9, 0xf8, 0x5e, 0x56, 0x26, 0xdc, 0x71, 0x30, 0x73, 0x37, 0xa7,
            0xca, 0xbd, 0x6f, 0xfe, 0xf8, 0xd0, 0x85, 0x03, 0x87, 0x46, 0x77, 0x5c, 0xf0, 0xce,
            0x6b, 0xa4, 0xd3, 0xb5,
        ],
        uri: "http://politicas.icpbrasil.gov.br/PA_PAdES_AD_RT_v1_3.der",
    };

    /// PA_PAdES_AD_RB_v1_3, from 2025-07-23 to 2037-10-22.
    pub(crate) const PADES_AD_RB: Self = Self {
        object_identifier: "2.16.76.1.7.1.11.1.3",
        hash: [
            0x23, 0xe4, 0xbe, 0x4b, 0x9b, 0x36, 0x21, 0x72, 0xe4, 0xeb, 0xb0, 0xe7, 0x2b, 0x86,
            0xa1, 0x33, 0xec, 0xe5, 0xaa, 0xd8, 0x43, 0xd8, 0x65, 0x1c, 0x6e, 0x38, 0xa0, 0xba,
            0x3f, 0x08, 0xfc, 0x60,
        ],
        uri: "http://politicas.icpbrasil.gov.br/PA_PAdES_AD_RB_v1_3.der",
    };

    /// PA_AD_RB_v2_5 of XML signatures, from 2025-06-12 to 2037-10-22.
    pub(crate) const XADES_AD_RB: Self = Self {
        object_identifier: "2.16.76.1.7.1.6.2.5",
        hash: [
            0xeb, 0xc3, 0x06, 0xb7, 0xe3, 0xf1, 0x00, 0xec, 0xa1, 0xea, 0x62, 0xf0, 0x88, 0x08,
            0x32, 0x06, 0xc6, 0xec, 0x5a, 0xc4, 0x0c, 0x3a, 0xe1, 0x8d, 0x42, 0x69, 0x51, 0xf6,
            0x56, 0xe1, 0xee, 0x18,
        ],
        uri: "http://politicas.icpbrasil.gov.br/PA_AD_RB_v2_5.xml",
    };

    /// PA_AD_RT_v2_5 of XML signatures, from 2025-06-12 to 2037-10-22.
    pub(crate) const XADES_AD_RT: Self = Self {
        object_identifier: "2.16.76.1.7.1.7.2.5",
        hash: [
            0x40, 0x07, 0xb8, 0x23, 0xcf, 0x6f, 0xd0, 0xf0, 0x0a, 0xb4, 0x34, 0xf9, 0x2c, 0x16,
            0xb4, 0xbd, 0xc7, 0xd7, 0x7d, 0x0a, 0xaa, 0x7e, 0x7c, 0xce, 0xe7, 0x9c, 0x84, 0x48,
            0xa7, 0xa3, 0x63, 0x89,
        ],
        uri: "http://politicas.icpbrasil.gov.br/PA_AD_RT_v2_5.xml",
    };

    /// The identifier in dotted form.
    pub(crate) fn object_identifier(&self) -> &'static str {
        self.object_identifier
    }

    /// The policy's internal hash, SHA-256.
    pub(crate) fn hash(&self) -> [u8; 32] {
        self.hash
    }

    /// Where the policy is published.
    pub(crate) fn uri(&self) -> &'static str {
        self.uri
    }

    /// SignaturePolicyId (RFC 5126 §5.8.1), with the one qualifier that is allowed.
    pub(crate) fn identifier(&self) -> Vec<u8> {
        // The hash algorithm goes without parameters (DOC-ICP-15.03 v9.1, note 3).
        let hash = der::sequence(&[&super::signed_data::sha256(), &der::octet_string(&self.hash)]);
        let qualifier = der::sequence(&[
            &der::object_identifier("1.2.840.113549.1.9.16.5.1"),
            &der::ia5_string(self.uri),
        ]);
        der::sequence(&[
            &der::object_identifier(self.object_identifier),
            &hash,
            &der::sequence(&[&qualifier]),
        ])
    }
}
