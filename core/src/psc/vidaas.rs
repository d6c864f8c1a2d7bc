//! VIDaaS, the service of Valid Certificadora.
//!
//! Sources: "Manual de Integração com VIDaaS – Certificado em Nuvem" v1.6 ("manual"), and Valid's
//! page for developers ("page"). What neither says is marked; it comes from programs in use and can
//! be replaced by configuration like all the rest.

use super::format::{Format, Padding};
use super::provider::{Hosts, Limits, Paths, Provider, PushDialect};
use crate::pacing::Rate;
use crate::time::Duration;

/// The data of VIDaaS.
pub const VIDAAS: Provider<'static> = Provider {
    name: "vidaas",
    // Manual §1.1; the demonstration host stands on the page alone.
    hosts: Hosts {
        production: Some("https://certificado.vidaas.com.br"),
        homologation: Some("https://hml-certificado.vidaas.com.br"),
        demonstration: Some("https://demo-certificado.vidaas.com.br"),
    },
    // Manual §2, §3.1.1, §3.1.3, §3.2, §3.3 and §3.4. Of the signature's path the manual also has a
    // plural, in §5 and in prose only.
    paths: Paths {
        application: "/v0/oauth/application",
        user_discovery: "/v0/oauth/user-discovery",
        authorize: "/v0/oauth/authorize",
        token: "/v0/oauth/token",
        signature: "/v0/oauth/signature",
        certificate_discovery: "/v0/oauth/certificate-discovery",
    },
    push: Some(PushDialect {
        // Manual §3.1.2 b.
        redirect_uri: "push://",
        // Manual §3.1.2 c: outside `/v0/oauth`.
        authentications: "/valid/api/v1/trusted-services/authentications",
        // Unsure: no source tells how a denied or expired push is answered. Programs in use rely on
        // a deadline of their own; a status that says "no such thing" is taken for the end.
        gone: &[403, 404, 410],
    }),
    // Unsure: neither source shows an `iss`.
    issuer: None,
    // Manual §3.1.1 c: "deixar em branco"; the page calls it optional.
    redirect_login_hint: false,
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
    signed_document: "file_base64_signed",
    // Manual §3.2 note 2.
    paddings: &[Padding::None, Padding::Pkcs1V15, Padding::Pss],
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
};
