//! The object identifiers of CMS and CAdES that are written and looked for.

use crate::codec::der::ObjectIdentifier;

const fn of(body: &'static [u8]) -> ObjectIdentifier<'static> {
    ObjectIdentifier::from_body(body)
}

/// `id-data`, 1.2.840.113549.1.7.1 (RFC 5652 §4).
pub(super) const DATA: ObjectIdentifier<'_> = of(b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01");

/// `id-signedData`, 1.2.840.113549.1.7.2 (RFC 5652 §5.1).
pub(super) const SIGNED_DATA: ObjectIdentifier<'_> = of(b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02");

/// `id-contentType`, 1.2.840.113549.1.9.3 (RFC 5652 §11.1).
pub(super) const CONTENT_TYPE: ObjectIdentifier<'_> = of(b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x03");

/// `id-messageDigest`, 1.2.840.113549.1.9.4 (RFC 5652 §11.2).
pub(super) const MESSAGE_DIGEST: ObjectIdentifier<'_> = of(b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x04");

/// `id-signingTime`, 1.2.840.113549.1.9.5 (RFC 5652 §11.3).
pub(super) const SIGNING_TIME: ObjectIdentifier<'_> = of(b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x05");

/// `id-aa-timeStampToken`, 1.2.840.113549.1.9.16.2.14 (RFC 3161 appendix A).
pub(super) const TIME_STAMP_TOKEN: ObjectIdentifier<'_> =
    of(b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x0e");

/// `id-aa-ets-sigPolicyId`, 1.2.840.113549.1.9.16.2.15 (RFC 5126 §5.8.1).
pub(super) const SIGNATURE_POLICY: ObjectIdentifier<'_> =
    of(b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x0f");

/// `id-aa-signingCertificateV2`, 1.2.840.113549.1.9.16.2.47 (RFC 5035 §3).
pub(super) const SIGNING_CERTIFICATE_V2: ObjectIdentifier<'_> =
    of(b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x2f");

/// `id-spq-ets-uri`, 1.2.840.113549.1.9.16.5.1 (RFC 5126 §5.8.1).
pub(super) const POLICY_URI: ObjectIdentifier<'_> =
    of(b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x05\x01");

/// `id-ct-TSTInfo`, 1.2.840.113549.1.9.16.1.4 (RFC 3161 §2.4.2).
pub(super) const TIME_STAMP_INFO: ObjectIdentifier<'_> =
    of(b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x04");

/// `id-sha256`, 2.16.840.1.101.3.4.2.1 (RFC 5754 §2.2).
pub(super) const SHA_256: ObjectIdentifier<'_> = of(b"\x60\x86\x48\x01\x65\x03\x04\x02\x01");

/// `sha256WithRSAEncryption`, 1.2.840.113549.1.1.11 (RFC 5754 §3.2).
pub(super) const SHA_256_WITH_RSA: ObjectIdentifier<'_> =
    of(b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b");

/// `ecdsa-with-SHA256`, 1.2.840.10045.4.3.2 (RFC 5754 §3.3).
pub(super) const ECDSA_WITH_SHA_256: ObjectIdentifier<'_> = of(b"\x2a\x86\x48\xce\x3d\x04\x03\x02");
