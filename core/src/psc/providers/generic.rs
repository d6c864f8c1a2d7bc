//! A provider that keeps to the norm and of which nothing else is known.
//!
//! Source: DOC-ICP-17.01 §6.4, as SafeID's collection of requests and NeoID's documentation have it.

use super::super::format::{Format, Padding};
use super::super::provider::{
    BodyEncoding, CertificateDialect, Denial, HashEncoding, Hosts, Ids, Limits, Paths, Provider,
};
use super::super::wrapping::Wrapping;
use crate::oauth::refusal::ErrorDialect;
use crate::unsure::Unsure;

/// A provider of the norm at a base URL that the configuration gives.
pub const GENERIC: Provider<'static> = Provider {
    name: "generic",
    display_name: "DOC-ICP-17.01",
    hosts: Hosts::NONE,
    // Norm: the URI-base carries the version.
    prefix: "/v0/oauth",
    paths: Paths::NORM,
    push: None,
    portal: None,
    async_signature: None,
    issuer: None,
    issuer_required: false,
    // Norm: optional, a filter by CPF or CNPJ.
    redirect_login_hint: true,
    encoded_redirect: false,
    // Norm: `user_denied`; RFC 6749's word beside it.
    denial: Denial::Redirect(Denial::CUSTOMARY),
    authorize_query: "",
    // Norm: form.
    token_body: BodyEncoding::Form,
    // Unsure: two families of providers differ.
    hash_encoding: HashEncoding::Base64,
    ids: Ids::Text,
    // Norm: these two.
    formats: &[Format::Raw, Format::Cms],
    // Norm: `RAW` is the result of the operation "RSA/DSA" over the digest, without a word on the
    // padding; programs in use get PKCS#1 v1.5.
    paddings: &[Padding::Pkcs1V15],
    padding_method: false,
    documents: false,
    signature_page: false,
    include_chain: None,
    signed_document: None,
    wrapping: Wrapping::ANY,
    certificates: CertificateDialect { alias_required: false, query: "" },
    password: None,
    errors: ErrorDialect::ANY,
    limits: Limits::CUSTOMARY,
    unsure: &[Unsure {
        key: "hash_encoding",
        portuguese: "Não se sabe se este PSC quer o hash em base64 ou em hexadecimal; foi enviado em \
                     base64. Tente hash_encoding = \"hex\".",
        english: "It is not known whether this PSC wants the hash in base64 or in hexadecimal; base64 \
                  was sent. Try hash_encoding = \"hex\".",
    }],
};
