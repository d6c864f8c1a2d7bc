//! The signature policies of ICP-Brasil that are known.
//!
//! From ITI's policy files, as published at politicas.icpbrasil.gov.br: object identifier, internal
//! hash, dates, algorithms and roots, all of them tested against the files. Revocations are those of
//! ITI's list of approved policies (LPA) for CAdES that is to be renewed by 10 September 2025. The
//! files of AD-RC and AD-RA are not at hand: these rows are from a computation over them elsewhere.
//!
//! The policies of 2008 and the versions 1.1 of 2011 are left out: their hashes are SHA-1 (S30).

use super::policy::{Algorithms, Family, Level, Policy};
use super::root::RootGeneration;
use crate::codec::der::ObjectIdentifier;
use crate::codec::http_date::days_since_1970;
use crate::document::Digest;

/// The roots that the policies of before 2025 may be used with. Their files name v2 and v5, and ITI's
/// validator is known to reject v12 with them. Of those between, v10 certifies TLS servers and v11
/// code, and nobody who signs documents.
const BEFORE_V12: Option<RootGeneration> = Some(RootGeneration::new(11));

const RSA: Algorithms = Algorithms { rsa: Some(2_048), elliptic: None };

const RSA_AND_CURVES: Algorithms = Algorithms { rsa: Some(2_048), elliptic: Some(256) };

/// 23 March 2012, 02:59:59 UTC.
const REVOKED_2012: u64 = day(2012, 3, 23) + 10_799;

const REVOKED_2017: u64 = day(2017, 2, 26);

/// The first second of a day, in Unix seconds.
const fn day(year: u32, month: u32, day: u32) -> u64 {
    (days_since_1970(year, month.wrapping_sub(1), day) as u64).wrapping_mul(86_400)
}

/// The policies that are known: CAdES before PAdES, by level, the oldest first.
///
/// PA_PAdES_AD_RB_v1_2 and PA_PAdES_AD_RT_v1_2 want a signature dictionary with the filter
/// `PBAD_PAdES2` and the subfilter `PBAD.PAdES2`; the versions 1.3, six weeks later, want
/// `PBAD_PAdES` and `PBAD.PAdES` as all others do.
pub static POLICIES: [Policy<'static>; 20] = [
    // 2.16.76.1.7.1.1.2
    Policy {
        object_identifier: ObjectIdentifier::from_body(b"\x60\x4c\x01\x07\x01\x01\x02"),
        hash: Digest::from_bytes([
            0x53, 0x11, 0xe6, 0xce, 0x55, 0x66, 0x5c, 0x87, 0xf6, 0x08, 0x5e, 0xf1, 0x1c, 0x82,
            0xfa, 0x3f, 0xb1, 0x34, 0x1c, 0xad, 0xe7, 0x98, 0x1e, 0xd9, 0xf5, 0x1d, 0x3e, 0x56,
            0xde, 0x5f, 0x6a, 0xad,
        ]),
        uri: "http://politicas.icpbrasil.gov.br/PA_AD_RB_v2_0.der",
        from: day(2011, 12, 26),
        to: day(2023, 6, 21),
        revoked: Some(REVOKED_2012),
        family: Family::Cades,
        level: Level::Basic,
        newest_root: BEFORE_V12,
        algorithms: RSA,
    },
    // 2.16.76.1.7.1.1.2.1
    Policy {
        object_identifier: ObjectIdentifier::from_body(b"\x60\x4c\x01\x07\x01\x01\x02\x01"),
        hash: Digest::from_bytes([
            0xdd, 0x57, 0xc9, 0x8a, 0x43, 0x13, 0xbc, 0x13, 0x98, 0xce, 0x65, 0x43, 0xd3, 0x80,
            0x24, 0x58, 0x95, 0x7c, 0xf7, 0x16, 0xae, 0x32, 0x94, 0xec, 0x4d, 0x8c, 0x26, 0x25,
            0x12, 0x91, 0xe6, 0xc1,
        ]),
        uri: "http://politicas.icpbrasil.gov.br/PA_AD_RB_v2_1.der",
        from: day(2012, 3, 7),
        to: day(2023, 6, 21),
        revoked: Some(REVOKED_2017),
        family: Family::Cades,
        level: Level::Basic,
        newest_root: BEFORE_V12,
        algorithms: RSA,
    },
    // 2.16.76.1.7.1.1.2.2
    Policy {
        object_identifier: ObjectIdentifier::from_body(b"\x60\x4c\x01\x07\x01\x01\x02\x02"),
        hash: Digest::from_bytes([
            0x0f, 0x6f, 0xa2, 0xc6, 0x28, 0x19, 0x81, 0x71, 0x6c, 0x95, 0xc7, 0x98, 0x99, 0x03,
            0x98, 0x44, 0x52, 0x3b, 0x1c, 0x61, 0xc2, 0xc9, 0x62, 0x28, 0x9c, 0xda, 0xc7, 0x81,
            0x1f, 0xee, 0xe2, 0x9e,
        ]),
        uri: "http://politicas.icpbrasil.gov.br/PA_AD_RB_v2_2.der",
        from: day(2016, 4, 27),
        to: day(2029, 3, 2),
        revoked: None,
        family: Family::Cades,
        level: Level::Basic,
        newest_root: BEFORE_V12,
        algorithms: RSA,
    },
    // 2.16.76.1.7.1.1.2.3
    Policy {
        object_identifier: ObjectIdentifier::from_body(b"\x60\x4c\x01\x07\x01\x01\x02\x03"),
        hash: Digest::from_bytes([
            0xb1, 0x6e, 0x88, 0xbb, 0xf7, 0x73, 0x22, 0xa6, 0x79, 0x95, 0xb7, 0x90, 0x78, 0x77,
            0x8e, 0xd3, 0xd0, 0xea, 0x7c, 0x88, 0x58, 0x7b, 0x6f, 0x6d, 0x51, 0x8b, 0x71, 0x5e,
            0x8f, 0x76, 0xa3, 0xd5,
        ]),
        uri: "http://politicas.icpbrasil.gov.br/PA_AD_RB_v2_3.der",
        from: day(2018, 5, 14),
        to: day(2029, 3, 2),
        revoked: None,
        family: Family::Cades,
        level: Level::Basic,
        newest_root: BEFORE_V12,
        algorithms: RSA,
    },
    // 2.16.76.1.7.1.1.2.4
    Policy {
        object_identifier: ObjectIdentifier::from_body(b"\x60\x4c\x01\x07\x01\x01\x02\x04"),
        hash: Digest::from_bytes([
            0x1f, 0x3c, 0x90, 0x4c, 0x44, 0xc3, 0x92, 0xfe, 0xef, 0x44, 0x7e, 0x21, 0xfa, 0xa7,
            0xa0, 0x4e, 0x85, 0xd9, 0xc0, 0x15, 0x33, 0x46, 0x32, 0x0f, 0x55, 0x7b, 0x70, 0x42,
            0xaf, 0x5d, 0xcf, 0x13,
        ]),
        uri: "http://politicas.icpbrasil.gov.br/PA_AD_RB_v2_4.der",
        from: day(2025, 6, 12),
        to: day(2037, 10, 22),
        revoked: None,
        family: Family::Cades,
        level: Level::Basic,
        newest_root: None,
        algorithms: RSA_AND_CURVES,
    },
    // 2.16.76.1.7.1.2.2
    Policy {
        object_identifier: ObjectIdentifier::from_body(b"\x60\x4c\x01\x07\x01\x02\x02"),
        hash: Digest::from_bytes([
            0xd5, 0xad, 0x96, 0xd4, 0x31, 0x21, 0x76, 0x69, 0xe8, 0x6d, 0x83, 0x25, 0x85, 0xf2,
            0xae, 0x25, 0x2f, 0x99, 0x82, 0xf8, 0xd0, 0xb3, 0x4b, 0x04, 0xba, 0x2b, 0xc9, 0x6c,
            0x0a, 0xbc, 0x09, 0xe6,
        ]),
        uri: "http://politicas.icpbrasil.gov.br/PA_AD_RT_v2_0.der",
        from: day(2011, 12, 26),
        to: day(2023, 6, 21),
        revoked: Some(REVOKED_2012),
        family: Family::Cades,
        level: Level::TimeStamped,
        newest_root: BEFORE_V12,
        algorithms: RSA,
    },
    // 2.16.76.1.7.1.2.2.1
    Policy {
        object_identifier: ObjectIdentifier::from_body(b"\x60\x4c\x01\x07\x01\x02\x02\x01"),
        hash: Digest::from_bytes([
            0x21, 0x7d, 0x8e, 0x68, 0xb5, 0xda, 0xfc, 0xa6, 0xbc, 0x72, 0xfe, 0x61, 0x0e, 0x3e,
            0xc9, 0xf9, 0xcb, 0x9f, 0x7d, 0x75, 0xb0, 0x99, 0x09, 0x1c, 0x24, 0x10, 0x6f, 0x48,
            0xa6, 0x52, 0x7a, 0x0f,
        ]),
        uri: "http://politicas.icpbrasil.gov.br/PA_AD_RT_v2_1.der",
        from: day(2012, 3, 7),
        to: day(2023, 6, 21),
        revoked: Some(REVOKED_2017),
        family: Family::Cades,
        level: Level::TimeStamped,
        newest_root: BEFORE_V12,
        algorithms: RSA,
    },
    // 2.16.76.1.7.1.2.2.2
    Policy {
        object_identifier: ObjectIdentifier::from_body(b"\x60\x4c\x01\x07\x01\x02\x02\x02"),
        hash: Digest::from_bytes([
            0x2f, 0xc2, 0x8c, 0x61, 0x55, 0xa0, 0x57, 0x45, 0x58, 0xd9, 0x2c, 0x67, 0x4d, 0x47,
            0x15, 0x8c, 0xda, 0xdb, 0x11, 0x44, 0xea, 0xae, 0xaf, 0xda, 0x1c, 0xd7, 0x6d, 0xba,
            0x96, 0x7a, 0x67, 0x74,
        ]),
        uri: "http://politicas.icpbrasil.gov.br/PA_AD_RT_v2_2.der",
        from: day(2016, 4, 27),
        to: day(2029, 3, 2),
        revoked: None,
        family: Family::Cades,
        level: Level::TimeStamped,
        newest_root: BEFORE_V12,
        algorithms: RSA,
    },
    // 2.16.76.1.7.1.2.2.3
    Policy {
        object_identifier: ObjectIdentifier::from_body(b"\x60\x4c\x01\x07\x01\x02\x02\x03"),
        hash: Digest::from_bytes([
            0x80, 0xdf, 0xe8, 0x1e, 0x2a, 0x8a, 0xe7, 0x62, 0xcd, 0x36, 0x02, 0x53, 0x72, 0x29,
            0x22, 0x33, 0x2e, 0xe1, 0x01, 0x64, 0xd9, 0x92, 0x15, 0x6d, 0x84, 0x7c, 0x47, 0xc8,
            0xfb, 0x87, 0x9c, 0xd2,
        ]),
        uri: "http://politicas.icpbrasil.gov.br/PA_AD_RT_v2_3.der",
        from: day(2018, 5, 14),
        to: day(2029, 3, 2),
        revoked: None,
        family: Family::Cades,
        level: Level::TimeStamped,
        newest_root: BEFORE_V12,
        algorithms: RSA,
    },
    // 2.16.76.1.7.1.2.2.4
    Policy {
        object_identifier: ObjectIdentifier::from_body(b"\x60\x4c\x01\x07\x01\x02\x02\x04"),
        hash: Digest::from_bytes([
            0xfa, 0x59, 0xdc, 0xa6, 0xd9, 0xc0, 0xe8, 0x08, 0xeb, 0x73, 0x97, 0xb2, 0xde, 0x80,
            0x0c, 0xce, 0x5b, 0x0e, 0x4d, 0xa2, 0xc4, 0x2e, 0x2e, 0x5e, 0xf2, 0x49, 0x6a, 0x2c,
            0xe6, 0xba, 0xdc, 0xb7,
        ]),
        uri: "http://politicas.icpbrasil.gov.br/PA_AD_RT_v2_4.der",
        from: day(2025, 6, 12),
        to: day(2037, 10, 22),
        revoked: None,
        family: Family::Cades,
        level: Level::TimeStamped,
        newest_root: None,
        algorithms: RSA_AND_CURVES,
    },
    // 2.16.76.1.7.1.11.1
    Policy {
        object_identifier: ObjectIdentifier::from_body(b"\x60\x4c\x01\x07\x01\x0b\x01"),
        hash: Digest::from_bytes([
            0x50, 0x1d, 0x69, 0xb4, 0xb7, 0x1f, 0xc6, 0xe5, 0x73, 0x23, 0xc2, 0xc7, 0x41, 0x31,
            0xa9, 0xc8, 0xc6, 0x24, 0x09, 0xbe, 0x37, 0x8b, 0xa7, 0x88, 0xdc, 0x28, 0x85, 0x55,
            0x61, 0x1b, 0x9e, 0x58,
        ]),
        uri: "http://politicas.icpbrasil.gov.br/PA_PAdES_AD_RB_v1_0.der",
        from: day(2015, 8, 25),
        to: day(2029, 3, 2),
        revoked: None,
        family: Family::Pades,
        level: Level::Basic,
        newest_root: BEFORE_V12,
        algorithms: RSA,
    },
    // 2.16.76.1.7.1.11.1.1
    Policy {
        object_identifier: ObjectIdentifier::from_body(b"\x60\x4c\x01\x07\x01\x0b\x01\x01"),
        hash: Digest::from_bytes([
            0x44, 0xfc, 0x58, 0x16, 0xeb, 0x2d, 0x70, 0x5d, 0x8c, 0x8f, 0x02, 0x2a, 0x7f, 0x93,
            0xb3, 0xfb, 0x49, 0xed, 0xfa, 0xe1, 0xa7, 0xb9, 0x14, 0x9e, 0xf6, 0xfa, 0xb8, 0x33,
            0xe9, 0xbb, 0x63, 0xf8,
        ]),
        uri: "http://politicas.icpbrasil.gov.br/PA_PAdES_AD_RB_v1_1.der",
        from: day(2018, 5, 14),
        to: day(2029, 3, 2),
        revoked: None,
        family: Family::Pades,
        level: Level::Basic,
        newest_root: BEFORE_V12,
        algorithms: RSA,
    },
    // 2.16.76.1.7.1.11.1.2
    Policy {
        object_identifier: ObjectIdentifier::from_body(b"\x60\x4c\x01\x07\x01\x0b\x01\x02"),
        hash: Digest::from_bytes([
            0xbf, 0x22, 0x35, 0x8c, 0x96, 0x3b, 0x52, 0x97, 0x1f, 0x18, 0xc8, 0x22, 0xd8, 0x52,
            0x9c, 0x51, 0x63, 0xfe, 0x55, 0xfa, 0x8e, 0xed, 0x10, 0x68, 0xd3, 0x27, 0xad, 0xc6,
            0xbc, 0x08, 0x2e, 0xe2,
        ]),
        uri: "http://politicas.icpbrasil.gov.br/PA_PAdES_AD_RB_v1_2.der",
        from: day(2025, 6, 12),
        to: day(2037, 10, 22),
        revoked: None,
        family: Family::Pades,
        level: Level::Basic,
        newest_root: None,
        algorithms: RSA_AND_CURVES,
    },
    // 2.16.76.1.7.1.11.1.3
    Policy {
        object_identifier: ObjectIdentifier::from_body(b"\x60\x4c\x01\x07\x01\x0b\x01\x03"),
        hash: Digest::from_bytes([
            0x23, 0xe4, 0xbe, 0x4b, 0x9b, 0x36, 0x21, 0x72, 0xe4, 0xeb, 0xb0, 0xe7, 0x2b, 0x86,
            0xa1, 0x33, 0xec, 0xe5, 0xaa, 0xd8, 0x43, 0xd8, 0x65, 0x1c, 0x6e, 0x38, 0xa0, 0xba,
            0x3f, 0x08, 0xfc, 0x60,
        ]),
        uri: "http://politicas.icpbrasil.gov.br/PA_PAdES_AD_RB_v1_3.der",
        from: day(2025, 7, 23),
        to: day(2037, 10, 22),
        revoked: None,
        family: Family::Pades,
        level: Level::Basic,
        newest_root: None,
        algorithms: RSA_AND_CURVES,
    },
    // 2.16.76.1.7.1.12.1
    Policy {
        object_identifier: ObjectIdentifier::from_body(b"\x60\x4c\x01\x07\x01\x0c\x01"),
        hash: Digest::from_bytes([
            0xce, 0xfb, 0xba, 0x01, 0x47, 0x07, 0x7b, 0xd2, 0x16, 0xeb, 0x04, 0xd2, 0xb2, 0x5c,
            0x56, 0xc3, 0xd4, 0xac, 0x60, 0xdb, 0xbe, 0x08, 0xcd, 0xd6, 0x97, 0xd2, 0xdc, 0xd0,
            0x02, 0x9b, 0x56, 0xe8,
        ]),
        uri: "http://politicas.icpbrasil.gov.br/PA_PAdES_AD_RT_v1_0.der",
        from: day(2015, 8, 25),
        to: day(2029, 3, 2),
        revoked: None,
        family: Family::Pades,
        level: Level::TimeStamped,
        newest_root: BEFORE_V12,
        algorithms: RSA,
    },
    // 2.16.76.1.7.1.12.1.1
    Policy {
        object_identifier: ObjectIdentifier::from_body(b"\x60\x4c\x01\x07\x01\x0c\x01\x01"),
        hash: Digest::from_bytes([
            0xfa, 0x1d, 0x44, 0xe7, 0x6a, 0xd9, 0x1e, 0x2f, 0x6c, 0xd4, 0x71, 0xb6, 0x98, 0x7e,
            0x9c, 0x0f, 0x1c, 0x70, 0xd4, 0xb7, 0x0d, 0xa0, 0x95, 0x6e, 0x7b, 0xec, 0xf4, 0xdc,
            0x79, 0x2c, 0x0c, 0x1f,
        ]),
        uri: "http://politicas.icpbrasil.gov.br/PA_PAdES_AD_RT_v1_1.der",
        from: day(2018, 5, 14),
        to: day(2029, 3, 2),
        revoked: None,
        family: Family::Pades,
        level: Level::TimeStamped,
        newest_root: BEFORE_V12,
        algorithms: RSA,
    },
    // 2.16.76.1.7.1.12.1.2
    Policy {
        object_identifier: ObjectIdentifier::from_body(b"\x60\x4c\x01\x07\x01\x0c\x01\x02"),
        hash: Digest::from_bytes([
            0x19, 0xe0, 0xbe, 0x31, 0xd9, 0x1a, 0x6f, 0xfa, 0x69, 0x4b, 0xbe, 0x0e, 0x9b, 0x35,
            0xe4, 0xbc, 0x2f, 0x87, 0x7f, 0x62, 0xdc, 0x6a, 0xc7, 0xa7, 0x83, 0x3a, 0xda, 0x63,
            0x45, 0xe1, 0x5a, 0xf8,
        ]),
        uri: "http://politicas.icpbrasil.gov.br/PA_PAdES_AD_RT_v1_2.der",
        from: day(2025, 6, 12),
        to: day(2037, 10, 22),
        revoked: None,
        family: Family::Pades,
        level: Level::TimeStamped,
        newest_root: None,
        algorithms: RSA_AND_CURVES,
    },
    // 2.16.76.1.7.1.12.1.3
    Policy {
        object_identifier: ObjectIdentifier::from_body(b"\x60\x4c\x01\x07\x01\x0c\x01\x03"),
        hash: Digest::from_bytes([
            0x21, 0xd6, 0xe8, 0xd9, 0xf8, 0x5e, 0x56, 0x26, 0xdc, 0x71, 0x30, 0x73, 0x37, 0xa7,
            0xca, 0xbd, 0x6f, 0xfe, 0xf8, 0xd0, 0x85, 0x03, 0x87, 0x46, 0x77, 0x5c, 0xf0, 0xce,
            0x6b, 0xa4, 0xd3, 0xb5,
        ]),
        uri: "http://politicas.icpbrasil.gov.br/PA_PAdES_AD_RT_v1_3.der",
        from: day(2025, 7, 23),
        to: day(2037, 10, 22),
        revoked: None,
        family: Family::Pades,
        level: Level::TimeStamped,
        newest_root: None,
        algorithms: RSA_AND_CURVES,
    },
    // 2.16.76.1.7.1.13.1.4
    Policy {
        object_identifier: ObjectIdentifier::from_body(b"\x60\x4c\x01\x07\x01\x0d\x01\x04"),
        hash: Digest::from_bytes([
            0x71, 0x2f, 0x18, 0xa9, 0xf0, 0x16, 0x3c, 0x1e, 0x90, 0xda, 0x6f, 0xf0, 0xb7, 0x16,
            0x55, 0x43, 0x37, 0x8a, 0x18, 0xa0, 0xf0, 0x6d, 0x3c, 0xb2, 0x16, 0x68, 0x06, 0x7c,
            0xac, 0x22, 0x9b, 0xd2,
        ]),
        uri: "http://politicas.icpbrasil.gov.br/PA_PAdES_AD_RC_v1_4.der",
        from: day(2025, 7, 23),
        to: day(2037, 10, 22),
        revoked: None,
        family: Family::Pades,
        level: Level::Complete,
        newest_root: None,
        algorithms: RSA_AND_CURVES,
    },
    // 2.16.76.1.7.1.14.1.4
    Policy {
        object_identifier: ObjectIdentifier::from_body(b"\x60\x4c\x01\x07\x01\x0e\x01\x04"),
        hash: Digest::from_bytes([
            0xff, 0xa9, 0xfd, 0x47, 0x48, 0x12, 0xf6, 0xce, 0x63, 0xd6, 0x25, 0x67, 0x9c, 0x9e,
            0xf2, 0x35, 0xa6, 0x54, 0x7b, 0x01, 0x7b, 0xe9, 0x41, 0xb2, 0xc0, 0x94, 0xaa, 0x86,
            0x8e, 0x67, 0xe1, 0x23,
        ]),
        uri: "http://politicas.icpbrasil.gov.br/PA_PAdES_AD_RA_v1_4.der",
        from: day(2025, 7, 23),
        to: day(2037, 10, 22),
        revoked: None,
        family: Family::Pades,
        level: Level::Archival,
        newest_root: None,
        algorithms: RSA_AND_CURVES,
    },
];
