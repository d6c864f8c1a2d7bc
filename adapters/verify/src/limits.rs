//! How much of an outside message is looked at before anything of it is believed (security line
//! S35).

/// Bytes of one certificate. Those of ICP-Brasil have around 2 KiB.
pub const CERTIFICATE_BYTES: usize = 16 * 1024;

/// Bytes of a CMS: a signer, a chain of three and a timestamp stay under 16 KiB.
pub const CMS_BYTES: usize = 64 * 1024;

/// Certificates inside one CMS.
pub const CMS_CERTIFICATES: usize = 16;

/// Bytes of a CMS in somebody's file, which may hold the whole content and evidence with it.
pub const FILE_BYTES: usize = 64 * 1024 * 1024;

/// Certificates inside one CMS of somebody's file, which may hold the chains of several signers.
pub const FILE_CERTIFICATES: usize = 64;

/// Attributes, signed or unsigned, of one signer.
pub const ATTRIBUTES: usize = 32;

/// Extensions of one certificate.
pub const EXTENSIONS: usize = 32;

/// Entries of one list inside a certificate or an attribute: names, policies, digest algorithms.
pub const ENTRIES: usize = 64;

/// Bytes of a text that holds certificates in PEM. The whole of ICP-Brasil takes half a megabyte.
pub const PEM_BYTES: usize = 4 * 1024 * 1024;

/// Certificates in a PEM text.
pub const PEM_CERTIFICATES: usize = 1024;

/// Certificates between a signer and its anchor. ICP-Brasil has two.
pub const PATH_CERTIFICATES: usize = 6;

/// Signatures checked while a path is searched, so that a bundle of look-alikes cannot take for
/// ever.
pub const PATH_SIGNATURES: usize = 64;

/// Bytes of one revocation list.
pub const CRL_BYTES: usize = 16 * 1024 * 1024;

/// Entries of one revocation list, each of which is read when the list is, and walked when a
/// certificate is looked up.
pub const CRL_ENTRIES: usize = 512 * 1024;

/// Bytes of one OCSP answer, with the responder's chain.
pub const OCSP_BYTES: usize = 256 * 1024;

/// Certificates that one OCSP answer is about.
pub const OCSP_ANSWERS: usize = 64;

/// Revocation lists, and OCSP answers, that are looked at for one signature.
pub const EVIDENCE: usize = 256;

/// Bytes of an address inside a certificate.
pub const ADDRESS_BYTES: usize = 2048;

/// Seconds for which an OCSP answer without `nextUpdate` is taken as fresh: a day. RFC 6960
/// §4.2.2.1 says only that newer information is to be had all the time.
pub const OCSP_LIFETIME_SECONDS: u64 = 24 * 60 * 60;

/// Seconds by which a list, an answer or a time stamp may be ahead of the caller's clock.
pub const CLOCK_SKEW_SECONDS: u64 = 5 * 60;

/// Signers of one CMS in somebody's file.
pub const SIGNERS: usize = 16;

/// Time stamps over one signature.
pub const TIME_STAMPS: usize = 8;

/// Signatures of lists and answers that are checked in one examination, chains of their signers
/// included.
pub const EXAMINATION_SIGNATURES: usize = 1024;

/// Certificates of one name that are tried as the signer of one list or answer.
pub const SAME_NAME: usize = 4;

/// Files of signature policies that a user brings.
pub const POLICY_FILES: usize = 64;
