//! What of the service can be tuned, with the manual's values as the defaults.

use core::time::Duration;

/// The limits of VIDaaS and the answers to what its manuals leave open.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Settings {
    /// Bytes of one decoded document: 7 MB (manual §3.2), read as 7 × 1024 × 1024.
    pub document_limit: usize,
    /// Documents in one signature request: 20 (manual §5).
    pub documents_per_request: usize,
    /// Calls of authorize in one second by one application: 100 (manual §5).
    pub authorize_per_second: usize,
    /// Signature requests in one minute for one CPF or CNPJ: 100 (manual §5).
    pub signature_requests_per_minute: usize,
    /// Signatures in one minute by one application: 5,000 (manual §5).
    pub signatures_per_minute: usize,
    /// `Retry-After` on the 429 of the limits above; the manual tells of none.
    pub retry_after: Option<String>,
    /// How long an authorization waits for the holder: 2 minutes (manual §3.1.1). The manual says
    /// it of the QR code; the same is taken for a push.
    pub approval_window: Duration,
    /// How long a code, or the `authorizationToken` of a push, can be exchanged: "short" (manual
    /// §3.1.1 b); 60 s here, counted from the moment it was handed out.
    pub code_lifetime: Duration,
    /// Seconds that a token lives when no `lifetime` was asked: the manual's sample says 900.
    pub default_lifetime: u64,
    /// The ceiling of `lifetime` for a natural person: 7 days (manual §3.1.1 c).
    pub natural_person_lifetime: u64,
    /// The ceiling of `lifetime` for a legal person: 30 days (manual §3.1.1 c).
    pub legal_person_lifetime: u64,
    /// The least time between two polls of one push: 1 s (manual §3.1.2 c).
    pub poll_interval: Duration,
    /// How much sooner a poll may arrive without being counted, because the interval is kept by
    /// the client and measured here, behind two schedulers.
    pub poll_tolerance: Duration,
    /// Early polls after which the application is blocked (manual §3.1.2 c: "sujeitas ao
    /// bloqueio"); the number is not told.
    pub early_polls_before_block: u64,
    /// What the poll answers after a denial: not told anywhere.
    pub push_refusal: PushRefusal,
    /// Whether a denied QR code redirects with `error=user_denied`, as DOC-ICP-17.01 §6.4 has it.
    /// VIDaaS does not redirect (manual §3.1.1 b).
    pub redirect_on_denial: bool,
    /// What the `code` of a QR code looks like: the two texts show different shapes.
    pub code_shape: CodeShape,
    /// `state=NONE` in the redirect when no state was sent, as the manual's sample shows.
    pub state_none: bool,
    /// Whether a CMS carries the issuer and the root beside the holder's certificate; the manuals
    /// do not tell.
    pub chain_in_cms: bool,
    /// What a signed PDF calls its signature: the manuals do not tell.
    pub pdf_filters: PdfFilters,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            document_limit: 7 * 1024 * 1024,
            documents_per_request: 20,
            authorize_per_second: 100,
            signature_requests_per_minute: 100,
            signatures_per_minute: 5000,
            retry_after: None,
            approval_window: Duration::from_secs(120),
            code_lifetime: Duration::from_secs(60),
            default_lifetime: 900,
            natural_person_lifetime: 604_800,
            legal_person_lifetime: 2_592_000,
            poll_interval: Duration::from_secs(1),
            poll_tolerance: Duration::from_millis(100),
            early_polls_before_block: 3,
            push_refusal: PushRefusal::AtWindowEnd { status: 404 },
            redirect_on_denial: false,
            code_shape: CodeShape::Token,
            state_none: true,
            chain_in_cms: true,
            pdf_filters: PdfFilters::Etsi,
        }
    }
}

/// When and how the poll of a push that was denied stops answering 304.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PushRefusal {
    /// As soon as the holder denies, and at the end of the window when nobody answers.
    AtOnce {
        /// The status, with a JSON error.
        status: u16,
    },
    /// 304 until the window ends, whatever the holder did: what the QR page does.
    AtWindowEnd {
        /// The status, with a JSON error.
        status: u16,
    },
    /// 304 for ever: the deadline is the client's own.
    Never,
}

/// The shape of a QR code's `code`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeShape {
    /// 309 bytes in the form of a JWE, as the manual's sample.
    Token,
    /// A UUID, as the sample of the developers' page.
    Uuid,
}

/// `/Filter` and `/SubFilter` of a signed PDF.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PdfFilters {
    /// `Adobe.PPKLite` and `ETSI.CAdES.detached`: readable by general readers.
    Etsi,
    /// `PBAD_PAdES` and `PBAD.PAdES`: ICP-Brasil's own (DOC-ICP-15.03, table A.18).
    Pbad,
}

impl PdfFilters {
    pub(crate) fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Etsi => ("Adobe.PPKLite", "ETSI.CAdES.detached"),
            Self::Pbad => ("PBAD_PAdES", "PBAD.PAdES"),
        }
    }
}
