//! BirdID, the service of Soluti for everybody.
//!
//! Sources: the vendor documentation of Soluti's cloud ("vendor"), which is one for BirdID and
//! VaultID; the vendor's sample program ("sample"); programs in use; and the norm.

use super::super::format::{Format, Padding};
use super::super::provider::{
    BodyEncoding, CertificateDialect, Denial, HashEncoding, Hosts, Ids, Limits, PasswordFactor,
    Paths, Portal, Provider,
};
use super::super::wrapping::Wrapping;
use crate::oauth::refusal::ErrorDialect;
use crate::unsure::Unsure;

/// The data of BirdID.
pub const BIRDID: Provider<'static> = Provider {
    name: "birdid",
    display_name: "BirdID",
    // Vendor: "ambientes".
    hosts: Hosts {
        production: Some("https://api.birdid.com.br"),
        homologation: Some("https://apihom.birdid.com.br"),
        demonstration: None,
    },
    // Vendor. The sample still has `/oauth` without `/v0`.
    prefix: "/v0/oauth",
    // Vendor and norm. Unsure: the revocation is in programs in use alone.
    paths: Paths { revoke: Some("/revoke"), ..Paths::NORM },
    push: None,
    // Vendor: "QR Code e Push".
    portal: Some(Portal {
        hosts: Hosts {
            production: Some("https://portalapi.birdid.com.br"),
            homologation: Some("https://portalapihom.birdid.com.br"),
            demonstration: None,
        },
        start: "/oauth/start",
    }),
    // Vendor: "Assinatura via Push", at the base URL and not behind the prefix.
    async_signature: Some("/async-signature"),
    issuer: None,
    issuer_required: false,
    // Vendor: optional, with zeros in front up to 11 or 14 characters, as a holder's number always is.
    redirect_login_hint: true,
    encoded_redirect: false,
    // Norm and programs in use.
    denial: Denial::Redirect(Denial::CUSTOMARY),
    // Unsure: the sample sends `integration=true`, and nothing says what for.
    authorize_query: "",
    // Unsure: programs in use send a form, the sample JSON.
    token_body: BodyEncoding::Form,
    // Vendor: "Os hashes estarão em hexadecimal". Unsure: one program in use sends base64.
    hash_encoding: HashEncoding::Hex,
    // Unsure: one sample has a number.
    ids: Ids::Text,
    // Vendor: "RAW (ASN1 PKCS#1 v1.5), CMS-detached".
    formats: &[Format::Raw, Format::Cms],
    paddings: &[Padding::Pkcs1V15],
    padding_method: false,
    // Vendor: only digests can be sent.
    documents: false,
    signature_page: false,
    // Vendor. It is sent with a CMS alone, which has a place for a chain.
    include_chain: Some(true),
    signed_document: None,
    // Unsure: whether signatures come in hexadecimal as digests go.
    wrapping: Wrapping::ANY,
    certificates: CertificateDialect { alias_required: false, query: "" },
    // Vendor: the code of the application, which programs in use have with six digits.
    password: Some(PasswordFactor::OneTimeCode { digits: 6 }),
    // Vendor, of another interface of the same house; the norm's beside it.
    errors: ErrorDialect::PROBLEM,
    // The lifetimes are the vendor's: 7 days for a natural person, 30 for a legal one.
    limits: Limits::CUSTOMARY,
    unsure: &[
        Unsure {
            key: "hash_encoding",
            portuguese: "O hash foi enviado em hexadecimal, como manda a documentação do fornecedor; \
                         há programa que o envia em base64. Tente hash_encoding = \"base64\".",
            english: "The hash was sent in hexadecimal, as the vendor's documentation says; some \
                      program sends base64. Try hash_encoding = \"base64\".",
        },
        Unsure {
            key: "token_body",
            portuguese: "O pedido de token foi enviado como formulário; o exemplo do fornecedor \
                         envia JSON. Tente token_body = \"json\".",
            english: "The token request was sent as a form; the vendor's sample sends JSON. Try \
                      token_body = \"json\".",
        },
        Unsure {
            key: "authorize_query",
            portuguese: "O exemplo do fornecedor acrescenta integration=true à autorização. Tente \
                         authorize_query = \"integration=true\".",
            english: "The vendor's sample adds integration=true to the authorization. Try \
                      authorize_query = \"integration=true\".",
        },
        Unsure {
            key: "ids",
            portuguese: "Os identificadores foram enviados como texto; um exemplo os tem como \
                         número. Tente ids = \"number\".",
            english: "Identifiers were sent as texts; one sample has a number. Try ids = \
                      \"number\".",
        },
    ],
};
