//! SerproID, which was NeoID, the service of Serpro.
//!
//! Sources: the vendor documentation of NeoID and SerproID ("vendor"); programs in use, of the federal
//! attorneys' among them ("programs in use").

use super::super::format::{Format, Padding};
use super::super::provider::{
    BodyEncoding, CertificateDialect, Denial, HashEncoding, Hosts, Ids, Limits, Paths, Provider,
};
use super::super::wrapping::Wrapping;
use crate::oauth::refusal::ErrorDialect;

/// The data of SerproID.
///
/// The token of a `signature_session` for which no lifetime is asked lives for 15 minutes (programs in
/// use).
pub const SERPROID: Provider<'static> = Provider {
    name: "serproid",
    display_name: "SerproID",
    // Vendor. The addresses of NeoID's time have another prefix, `/psc/v0/oauth`.
    hosts: Hosts {
        production: Some("https://serproid.serpro.gov.br"),
        homologation: Some("https://hom.serproid.serpro.gov.br"),
        demonstration: None,
    },
    // Vendor. `/oauth/v1/oauth` is another interface.
    prefix: "/oauth/v0/oauth",
    // Vendor.
    paths: Paths::NORM,
    push: None,
    portal: None,
    async_signature: None,
    issuer: None,
    issuer_required: false,
    // Norm: optional.
    redirect_login_hint: true,
    // Programs in use: it sometimes comes so.
    encoded_redirect: true,
    // Norm.
    denial: Denial::Redirect(Denial::CUSTOMARY),
    authorize_query: "",
    // Vendor.
    token_body: BodyEncoding::Form,
    // Vendor.
    hash_encoding: HashEncoding::Base64,
    ids: Ids::Text,
    // Norm.
    formats: &[Format::Raw, Format::Cms],
    paddings: &[Padding::Pkcs1V15],
    padding_method: false,
    documents: false,
    signature_page: false,
    include_chain: None,
    signed_document: None,
    // Programs in use: a CMS in armour (`PKCS7`), a bare signature in base64url. Unsure: BER.
    wrapping: Wrapping { url_alphabet: true, armour: true, hex: false, ber: true },
    certificates: CertificateDialect { alias_required: false, query: "" },
    password: None,
    // Programs in use, against the test environment.
    errors: ErrorDialect::SERPRO,
    limits: Limits::CUSTOMARY,
    unsure: &[],
};
