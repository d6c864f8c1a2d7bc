//! How much of an outside message is looked at before anything of it is believed (security line
//! S35).

/// Bytes of one certificate. Those of ICP-Brasil have around 2 KiB.
pub const CERTIFICATE_BYTES: usize = 16 * 1024;

/// Bytes of a CMS: a signer, a chain of three and a timestamp stay under 16 KiB.
pub const CMS_BYTES: usize = 64 * 1024;

/// Certificates inside one CMS.
pub const CMS_CERTIFICATES: usize = 16;

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
