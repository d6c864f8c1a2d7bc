//! VIDaaS, the service of Valid Certificadora.
//!
//! Sources: "Manual de Integração com VIDaaS – Certificado em Nuvem" v1.6 ("manual"), and Valid's
//! page for developers ("page"). What neither says is marked; it comes from programs in use and can
//! be replaced by configuration like all the rest.

use super::super::format::{Format, Padding};
use super::super::provider::{
    BodyEncoding, CertificateDialect, Denial, HashEncoding, Hosts, Ids, Limits, Paths, Provider,
    PushDialect,
};
use super::super::wrapping::Wrapping;
use crate::oauth::refusal::ErrorDialect;
use crate::pacing::Rate;
use crate::time::Duration;
use crate::unsure::Unsure;

/// The data of VIDaaS.
pub const VIDAAS: Provider<'static> = Provider {
    name: "vidaas",
    display_name: "VIDaaS",
    // Manual §1.1; the demonstration host stands on the page alone.
    hosts: Hosts {
        production: Some("https://certificado.vidaas.com.br"),
        homologation: Some("https://hml-certificado.vidaas.com.br"),
        demonstration: Some("https://demo-certificado.vidaas.com.br"),
    },
    // Manual, on all paths but the poll's.
    prefix: "/v0/oauth",
    // Manual §2, §3.1.1, §3.1.3, §3.2, §3.3 and §3.4 have what an application needs; the rest is the
    // norm's. Of the signature's path the manual also has a plural, in §5 and in prose only. Unsure:
    // the revocation is in programs in use alone.
    paths: Paths { revoke: Some("/revoke"), ..Paths::NORM },
    push: Some(PushDialect {
        // Manual §3.1.2 b.
        redirect_uri: "push://",
        // Manual §3.1.2 c: outside `/v0/oauth`.
        authentications: "/valid/api/v1/trusted-services/authentications",
        // Programs in use: 304 with an empty body, in production; no manual tells it. Unsure: the
        // other two, which programs in use guess.
        pending: &[304, 202, 204],
        // Unsure: no source tells how a denied or expired push is answered. Programs in use rely on
        // a deadline of their own; a status that says "no such thing" is taken for the end.
        gone: &[403, 404, 410],
    }),
    portal: None,
    async_signature: None,
    // Unsure: neither source shows an `iss`.
    issuer: None,
    issuer_required: false,
    // Manual §3.1.1 c: "deixar em branco"; the page calls it optional.
    redirect_login_hint: false,
    encoded_redirect: false,
    // Manual §3.1.1: the page waits for two minutes and shows its own end.
    denial: Denial::Silent,
    authorize_query: "",
    // Manual §3.1.3: `application/x-www-form-urlencoded`; its example is shown as JSON.
    token_body: BodyEncoding::Form,
    // Manual §3.2: base64.
    hash_encoding: HashEncoding::Base64,
    // Manual §3.2, in its example.
    ids: Ids::Text,
    // Manual §3.2 note 1; `RAW` stands in its text and in its example.
    formats: &[
        Format::Raw,
        Format::RawData,
        Format::RawDigestedData,
        Format::Cms,
        Format::CadesAdRt,
        Format::CadesAdRb,
        Format::PadesAdRt,
        Format::PadesAdRb,
    ],
    // Unsure: the manual names no member for it; programs in use read this one.
    signed_document: Some("file_base64_signed"),
    // Manual §3.2 note 2.
    paddings: &[Padding::None, Padding::Pkcs1V15, Padding::Pss],
    // Manual §3.2 note 2.
    padding_method: true,
    // Manual §3.2: `base64_content` and `pdf_signature_page`.
    documents: true,
    signature_page: true,
    include_chain: None,
    // Manual §3.2: base64 with line ends. Unsure: whether a CMS is DER.
    wrapping: Wrapping { ber: true, ..Wrapping::PLAIN },
    // Unsure: manual §3.4 calls `certificate_alias` mandatory; programs in use leave it out.
    certificates: CertificateDialect { alias_required: false, query: "" },
    password: None,
    // Unsure: no source shows an error's body; RFC 6749's, and what programs in use look at.
    errors: ErrorDialect {
        codes: "error code",
        texts: "error_description message msg Message detail title",
        in_array: false,
        in_success: false,
    },
    limits: Limits {
        // Manual §5: 100 requests per second and application.
        authorize: Rate { count: 100, period: Duration::from_secs(1) },
        // Manual §5: 100 requests per minute and CPF or CNPJ.
        signature_requests: Rate { count: 100, period: Duration::from_secs(60) },
        // Manual §5: 5,000 signatures per minute and application.
        signatures: Rate { count: 5_000, period: Duration::from_secs(60) },
        // Manual §5: 20 documents in a batch.
        documents_per_request: 20,
        // Manual §3.2: "no máximo 7 MB". Unsure: whether a megabyte has 10⁶ or 2²⁰ bytes.
        document_bytes: 7 * 1024 * 1024,
        // Manual §3.1.2 c: "no mínimo 1 segundo", or the application may be blocked.
        poll_interval: Duration::from_secs(1),
        // Manual §3.1.1: the page with the QR code waits for two minutes. Unsure: that a push does.
        approval_window: Duration::from_secs(120),
        // Manual §3.1.1 c: seven days for a natural person, thirty for a legal one.
        lifetime_cpf: 7 * 24 * 60 * 60,
        lifetime_cnpj: 30 * 24 * 60 * 60,
    },
    unsure: &[
        Unsure {
            key: "paths.signature",
            portuguese: "O manual chama o serviço de /signature e, noutra seção, de /signatures. \
                         Tente paths.signature = \"/signatures\".",
            english: "The manual calls the service /signature and, in another section, /signatures. \
                      Try paths.signature = \"/signatures\".",
        },
        Unsure {
            key: "redirect_login_hint",
            portuguese: "No QR code o login_hint não é enviado, como manda o manual; o exemplo dele o \
                         envia. Tente redirect_login_hint = true.",
            english: "With a QR code login_hint is not sent, as the manual says; its example sends \
                      it. Try redirect_login_hint = true.",
        },
        Unsure {
            key: "certificates.alias_required",
            portuguese: "O manual chama certificate_alias de obrigatório; há programas que o omitem. \
                         Informe o certificado pelo alias.",
            english: "The manual calls certificate_alias mandatory; programs in use leave it out. \
                      Name the certificate by its alias.",
        },
    ],
};
