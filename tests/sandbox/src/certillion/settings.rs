//! What of Certillion can be tuned: everything that its documentation leaves open or that two
//! sources tell differently, and the limits that no source tells.

use core::time::Duration;

pub use crate::vidaas::PdfFilters;

/// How the emulated Certillion is to be. The defaults are the reading with the most evidence;
/// everything can be changed while the sandbox runs.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Settings {
    // The reply of signature.
    /// Where the members that the API page names stand. Unsure: it shows no nesting.
    pub members: Nesting,
    /// How the holder's CPF or CNPJ is called: the API page prints `signer_indentifier`.
    pub signer_member: SignerMember,
    /// How the transaction is called. Unsure: the API page speaks of the "transaction field".
    pub transaction_member: TransactionMember,
    /// What a transaction looks like.
    pub transaction: TransactionShape,
    /// Whether an entry tells its `id`.
    pub entry_ids: bool,
    /// Whether an entry tells its `alias`.
    pub entry_aliases: bool,
    /// Whether an entry of an attached signature carries it in `signature` too. One of a detached
    /// signature always does.
    pub signature_member: bool,
    /// What becomes of a request of which one document cannot be signed.
    pub failures: Failures,
    /// Whether `status.code` is a string of digits instead of a number, everywhere.
    pub code_as_text: bool,

    // What requests may say.
    /// The spelling of `signature_policy`.
    pub policy_spelling: PolicySpelling,
    /// Whether `detached` and `pki_name` must be said.
    pub members_required: bool,
    /// What authenticates an application at token.
    pub token_credentials: TokenCredentials,
    /// Whether token wants the `redirect_uri` that authorize was given; else it may be absent or
    /// empty, as one program in use sends it.
    pub token_redirect_uri: bool,
    /// Where signature/validate answers.
    pub validate_path: ValidatePath,
    /// Where certificate-discovery reads `certificate_alias`.
    pub alias_place: AliasPlace,
    /// Whether find-psc-accounts may be called without an Authorization.
    pub accounts_without_token: bool,

    // What replies look like.
    /// What says in find-psc-accounts and user-discovery that there is a certificate, and that
    /// there is none.
    pub presence: (&'static str, &'static str),
    /// How psc-info lists the PSCs. Unsure: no source shows its reply.
    pub psc_list: PscList,
    /// Whether the token reply has `token_type`.
    pub token_type: bool,
    /// How dates are written.
    pub dates: DateShape,
    /// How errors look.
    pub errors: ErrorBody,
    /// Whether `error` of the services that grant tokens is in capitals, as the API page's table
    /// has it.
    pub grant_errors_upper_case: bool,
    /// What `document_hash` is.
    pub document_hash: DocumentHash,
    /// How signature/validate tells its verdict. Unsure: no source shows its reply.
    pub validation: ValidationShape,
    /// What signature/validate does with a signature that is not valid.
    pub validation_failures: ValidationFailures,
    /// What a detached signature's transaction gives for download.
    pub detached_download: DetachedDownload,
    /// The media type of a downloaded signature.
    pub download_type: &'static str,

    // What the service does.
    /// Whether certificates that are expired, revoked or under an unknown root sign nothing.
    /// Without, they sign, for a client to find out.
    pub checks_certificates: bool,
    /// Whether a CMS carries the authorities above the holder's certificate.
    pub chain_in_cms: bool,
    /// What a signed PDF calls its signature.
    pub pdf_filters: PdfFilters,
    /// Whether XML is signed under Exclusive XML Canonicalization instead of Canonical XML 1.0.
    pub exclusive_canonicalization: bool,
    /// PSCs that are disabled or that Certillion cannot reach.
    pub disabled_pscs: Vec<String>,
    /// PSCs whose contracted accesses are exhausted: 401 with 218.
    pub exhausted_pscs: Vec<String>,
    /// PSCs that do not answer Certillion in time: 504.
    pub slow_pscs: Vec<String>,
    /// PSCs that answer pwd_authorize; the others answer 501. Unsure: no source lists them.
    pub password_pscs: Vec<String>,
    /// CPF or CNPJ and PSC: holders who have no account there, beside those of a natural person at
    /// DSCLOUD and of a legal person at NEOID, who have none anyway.
    pub without_account: Vec<(String, String)>,

    // Limits.
    /// Hashes in one request. Unsure: no source tells the number.
    pub hashes_per_request: usize,
    /// Documents kept; past it, the oldest is forgotten.
    pub documents_kept: usize,
    /// Transactions kept, with what they signed; past it, the oldest is forgotten.
    pub transactions_kept: usize,
    /// Bytes of documents kept, and as many of what was signed; past it, the oldest is forgotten.
    pub bytes_kept: u64,
    /// How long an authorization waits for the holder. Unsure: 120 s as VIDaaS.
    pub approval_window: Duration,
    /// How long a code can be exchanged. Unsure: 60 s.
    pub code_lifetime: Duration,
    /// How long an OTP can be used. Unsure: 30 s.
    pub one_time_password_lifetime: Duration,
    /// Seconds that a token lives when no `lifetime` was asked.
    pub default_lifetime: u64,
    /// The most seconds that a token lives, whatever was asked: `lifetime` is only a wish. Unsure:
    /// 7 days as DOC-ICP-17.01 has it.
    pub lifetime_ceiling: u64,
}

impl Default for Settings {
    fn default() -> Self {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Self {
            members: Nesting::Entry,
            signer_member: SignerMember::Indentifier,
            transaction_member: TransactionMember::TransactionId,
            transaction: TransactionShape::Uuid,
            entry_ids: true,
            entry_aliases: true,
            signature_member: false,
            failures: Failures::Request,
            code_as_text: false,
            policy_spelling: PolicySpelling::Both,
            members_required: false,
            token_credentials: TokenCredentials::ManagerOrBoth,
            token_redirect_uri: false,
            validate_path: ValidatePath::Both,
            alias_place: AliasPlace::Both,
            accounts_without_token: false,
            presence: ("S", "N"),
            psc_list: PscList::Names,
            token_type: true,
            dates: DateShape::Iso8601,
            errors: ErrorBody::Json,
            grant_errors_upper_case: true,
            document_hash: DocumentHash::Sha256,
            validation: ValidationShape::SnakeCase,
            validation_failures: ValidationFailures::Refusal,
            detached_download: DetachedDownload::Detached,
            download_type: "application/octet-stream",
            checks_certificates: true,
            chain_in_cms: true,
            pdf_filters: PdfFilters::Etsi,
            exclusive_canonicalization: false,
            disabled_pscs: Vec::new(),
            exhausted_pscs: Vec::new(),
            slow_pscs: Vec::new(),
            password_pscs: names(&["VAULTID", "BIRDID"]),
            without_account: Vec::new(),
            hashes_per_request: 100,
            documents_kept: 1000,
            transactions_kept: 1000,
            bytes_kept: 4 * 1024 * 1024 * 1024,
            approval_window: Duration::from_secs(120),
            code_lifetime: Duration::from_secs(60),
            one_time_password_lifetime: Duration::from_secs(30),
            default_lifetime: 300,
            lifetime_ceiling: 604_800,
        }
    }
}

impl Settings {
    /// Turns every reply into another of its readings that a client is to survive. What would make
    /// a right client fail is left as it is.
    pub fn turn_quirks_on(&mut self) {
        self.members = Nesting::Top;
        self.signer_member = SignerMember::Identifier;
        self.transaction_member = TransactionMember::Transaction;
        self.transaction = TransactionShape::Number;
        self.signature_member = true;
        self.code_as_text = true;
        self.psc_list = PscList::Wrapped;
        self.token_type = false;
        self.dates = DateShape::EpochMilliseconds;
        self.errors = ErrorBody::Html;
        self.document_hash = DocumentHash::Opaque;
        self.validation = ValidationShape::SoapNames;
        self.validation_failures = ValidationFailures::Reply;
    }
}

/// Where `policy_id`, `signer_certificate`, the holder's CPF or CNPJ, `status` and the transaction
/// stand in the reply of signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nesting {
    /// In each entry of `signatures`, as the older SOAP interface of the same product has them.
    Entry,
    /// Beside `signatures`. The transactions of several documents, and statuses that differ, stay
    /// in the entries all the same, since one member cannot tell them.
    Top,
    /// In both places.
    Both,
}

/// The name of the member with the holder's CPF or CNPJ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignerMember {
    /// `signer_indentifier`, as the API page prints it.
    Indentifier,
    /// `signer_identifier`.
    Identifier,
}

/// The name of the member with the transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransactionMember {
    /// `transaction_id`.
    TransactionId,
    /// `transaction`.
    Transaction,
}

/// The value of the member with the transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransactionShape {
    /// A UUID.
    Uuid,
    /// Digits in a string.
    Digits,
    /// A number.
    Number,
}

/// What becomes of a request of which one document cannot be signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failures {
    /// The request is refused, and nothing is signed.
    Request,
    /// 200; the entry has the status, and the others are signed.
    Entry,
}

/// The spelling of `signature_policy`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicySpelling {
    /// `AD_RB`.
    Underscore,
    /// `AD-RB`.
    Hyphen,
    /// Either.
    Both,
}

/// What authenticates an application at token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenCredentials {
    /// `manager_id` and `manager_secret`; `client_id` and `client_secret` are unknown parameters.
    Manager,
    /// `manager_id` and `manager_secret`; `client_id` and `client_secret` may stand beside them.
    ManagerOrBoth,
    /// All four.
    Both,
}

/// Where signature/validate answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValidatePath {
    /// `/signature/validate`, as the API page has it.
    Plain,
    /// `/oauth/signature/validate`.
    UnderOauth,
    /// Both.
    Both,
}

/// Where certificate-discovery reads `certificate_alias`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AliasPlace {
    /// A header field; in the query it is an unknown parameter.
    Header,
    /// The query; a header field is overlooked.
    Query,
    /// Either.
    Both,
}

/// How psc-info lists the PSCs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PscList {
    /// `["VAULTID", …]`.
    Names,
    /// `[{"psc": "VAULTID"}, …]`.
    Objects,
    /// `{"pscs": [{"psc": "VAULTID"}, …]}`.
    Wrapped,
}

/// How dates are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateShape {
    /// `2026-11-22T04:00:00Z`.
    Iso8601,
    /// Milliseconds since 1970, a number.
    EpochMilliseconds,
}

/// How errors look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorBody {
    /// `{"status": {"code", "name", "detail"}}`, or `error` with its description and URI where
    /// tokens are granted.
    Json,
    /// A page.
    Html,
    /// Nothing.
    Empty,
}

/// What `document_hash` is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentHash {
    /// Base64 of the document's SHA-256.
    Sha256,
    /// Another string: a client is to give back what it was given.
    Opaque,
}

/// How signature/validate tells its verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValidationShape {
    /// `{"signatures": [{"valid": true, …}]}`, the members of the older SOAP interface in snake
    /// case.
    SnakeCase,
    /// `{"Signatures": [{"Valid": true, …}]}`, as the older SOAP interface spells them.
    SoapNames,
    /// `{"status": {…}}` alone.
    StatusAlone,
}

/// What signature/validate does with a signature that is not valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValidationFailures {
    /// 400 with 205, as the API page's table reads.
    Refusal,
    /// 200 with the reasons, as the older SOAP interface has it.
    Reply,
}

/// What a detached signature's transaction gives for download.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DetachedDownload {
    /// The detached signature.
    Detached,
    /// The signature with its content: the API page says that downloads are attached.
    Attached,
    /// 400: the standard does not support the download.
    Refused,
}
