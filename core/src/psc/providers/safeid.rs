//! SafeID, the service of Safeweb.
//!
//! Sources: the vendor's collection of requests ("vendor"), which is the norm nearly word for word;
//! notes of a program in use, made against the service ("notes").

use super::super::format::{Format, Padding};
use super::super::provider::{
    BodyEncoding, CertificateDialect, Denial, HashEncoding, Hosts, Ids, Limits, PasswordFactor,
    Paths, Provider,
};
use super::super::wrapping::Wrapping;
use crate::oauth::refusal::ErrorDialect;
use crate::unsure::Unsure;

/// The data of SafeID.
///
/// Every attempt at a signature is billed, a refused one too (notes). A wrong environment and a wrong
/// client id give the same message, and a wrong client id shows the holder a page from which no
/// redirect comes (notes): [`crate::psc::ClientToken`] tells beforehand.
pub const SAFEID: Provider<'static> = Provider {
    name: "safeid",
    display_name: "SafeID",
    // Vendor.
    hosts: Hosts {
        production: Some("https://pscsafeweb.safewebpss.com.br"),
        homologation: Some("https://pscsafeweb-homologacao.safewebpss.com.br"),
        demonstration: None,
    },
    // Vendor.
    prefix: "/Service/Microservice/OAuth/api/v0/oauth",
    // Vendor.
    paths: Paths { authorize_ca: Some("/authorize-ca"), ..Paths::NORM },
    push: None,
    portal: None,
    async_signature: None,
    issuer: None,
    issuer_required: false,
    // Vendor: optional.
    redirect_login_hint: true,
    encoded_redirect: false,
    // Vendor: `user_denied`. A trusted application's denial comes by webhook.
    denial: Denial::Redirect(Denial::CUSTOMARY),
    authorize_query: "",
    // Vendor.
    token_body: BodyEncoding::Form,
    // Vendor.
    hash_encoding: HashEncoding::Base64,
    ids: Ids::Text,
    // Vendor. Signatures of uploaded documents have exchanges of their own, which are not spoken here.
    formats: &[Format::Raw, Format::Cms],
    paddings: &[Padding::Pkcs1V15],
    padding_method: false,
    documents: false,
    signature_page: false,
    include_chain: None,
    signed_document: None,
    // Notes: BER with indefinite lengths; base64url, no padding, armour. Unsure: hexadecimal.
    wrapping: Wrapping::ANY,
    // Unsure: the vendor also knows `from_authorization=true`, and says no more of it.
    certificates: CertificateDialect { alias_required: false, query: "" },
    // Notes.
    password: Some(PasswordFactor::AuthorizationAndPin),
    // Notes.
    errors: ErrorDialect::SAFEWEB,
    limits: Limits::CUSTOMARY,
    unsure: &[Unsure {
        key: "certificates.query",
        portuguese: "A coleção do fornecedor também pede certificados com from_authorization=true. \
                     Tente certificates.query = \"from_authorization=true\".",
        english: "The vendor's collection also asks for certificates with from_authorization=true. \
                  Try certificates.query = \"from_authorization=true\".",
    }],
};
