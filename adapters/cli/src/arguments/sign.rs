//! `rubrica sign`, and how a holder is asked.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use rubrica::{Form, PdfFilter, Scope};

use super::{Destination, Policies, Service, Trust};

/// `rubrica sign`
#[derive(Debug, Args)]
pub(crate) struct Sign {
    /// Documents
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) asking: Asking,
    /// How the holder is asked
    #[arg(long, value_enum, default_value_t = Via::Push)]
    pub(crate) via: Via,
    /// What becomes of the documents; unless set pades-ad-rb for PDFs and cades-ad-rb for others
    /// where the provider makes bare signatures, else pades and cms
    #[arg(long, value_enum)]
    pub(crate) format: Option<Format>,
    /// Signature policy for pades-ad-* and cades-ad-*, by its object identifier; the newest one
    /// in force unless set
    #[arg(long, value_name = "OID")]
    pub(crate) policy: Option<String>,
    /// Takes the holder's one-time code from standard input instead of asking on the phone; only
    /// with password_grant = true in the profile
    #[arg(long, conflicts_with = "via")]
    pub(crate) otp: bool,
    #[command(flatten)]
    pub(crate) policies: Policies,
    /// Time-stamp server (RFC 3161) for pades-ad-rt and cades-ad-rt, https://…
    #[arg(long, value_name = "URL")]
    pub(crate) tsa: Option<String>,
    #[command(flatten)]
    pub(crate) token: Token,
    #[command(flatten)]
    pub(crate) destination: Destination,
    #[command(flatten)]
    pub(crate) trust: Trust,
    /// One JSON object a line on standard output, and nothing else
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) look: Look,
    #[command(flatten)]
    pub(crate) service: Service,
}

impl Token {
    /// Whether one token is for every order. For a one-time code it is unless a scope is said.
    pub(crate) fn is_for_all(&self, for_code: bool) -> bool {
        match self.scope {
            Some(scope) => scope == Scope::SignatureSession,
            None => for_code,
        }
    }
}

/// What a signed PDF tells and shows.
#[derive(Debug, Args)]
#[command(next_help_heading = "PDF")]
pub(crate) struct Look {
    /// Why the document is signed
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
    /// Where the document is signed
    #[arg(long, value_name = "TEXT")]
    pub(crate) location: Option<String>,
    /// The signer's name, in the signature and on the stamp
    #[arg(long, value_name = "TEXT")]
    pub(crate) name: Option<String>,
    /// Puts a visible stamp on the last page; it needs --name
    #[arg(long, requires = "name")]
    pub(crate) stamp: bool,
    /// Address that the stamp's QR code leads to
    #[arg(long, value_name = "URL", requires = "stamp")]
    pub(crate) stamp_url: Option<String>,
    /// What the PDF calls its signature: etsi, pbad or adobe
    #[arg(long, value_enum, value_name = "NAME")]
    pub(crate) filter: Option<Filter>,
    /// Bytes kept free for the signature; 16384 unless set, with a time stamp 32768
    #[arg(long, value_name = "BYTES")]
    pub(crate) reserve: Option<usize>,
    /// Lets the service add a page; PAdES_AD_RB and PAdES_AD_RT only
    #[arg(long)]
    pub(crate) signature_page: bool,
}

/// What a PDF calls its signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Filter {
    /// Adobe.PPKLite, ETSI.CAdES.detached
    Etsi,
    /// `PBAD_PAdES`, PBAD.PAdES
    Pbad,
    /// Adobe.PPKLite, adbe.pkcs7.detached
    Adobe,
}

impl From<Filter> for PdfFilter {
    fn from(filter: Filter) -> Self {
        match filter {
            Filter::Etsi => Self::Etsi,
            Filter::Pbad => Self::Pbad,
            Filter::Adobe => Self::Adobe,
        }
    }
}

/// What becomes of a document, in the words of the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, ValueEnum)]
pub(crate) enum Format {
    /// A PDF with ICP-Brasil's policy AD-RB; only a digest leaves this machine
    PadesAdRb,
    /// The same with a time stamp of --tsa
    PadesAdRt,
    /// A detached CAdES with ICP-Brasil's policy AD-RB, FILE.p7s; only a digest leaves this machine
    CadesAdRb,
    /// The same with a time stamp of --tsa
    CadesAdRt,
    /// A signed PDF without a signature policy; only its digest leaves this machine
    Pades,
    /// A detached CMS, FILE.p7s; only the digest leaves this machine
    Cms,
    /// The bare signature, FILE.sig; only the digest leaves this machine
    Raw,
    /// A PDF that the service signs, policy AD-RB; the document is sent
    #[value(name = "PAdES_AD_RB")]
    ServicePadesAdRb,
    /// The same with a time stamp
    #[value(name = "PAdES_AD_RT")]
    ServicePadesAdRt,
    /// A detached CAdES of the service, policy AD-RB, FILE.p7s; only the digest leaves this machine
    #[value(name = "CAdES_AD_RB")]
    ServiceCadesAdRb,
    /// The same with a time stamp
    #[value(name = "CAdES_AD_RT")]
    ServiceCadesAdRt,
}

impl From<Format> for Form {
    fn from(format: Format) -> Self {
        match format {
            Format::PadesAdRb => Self::PadesAdRb,
            Format::PadesAdRt => Self::PadesAdRt,
            Format::CadesAdRb => Self::CadesAdRb,
            Format::CadesAdRt => Self::CadesAdRt,
            Format::Pades => Self::Pdf,
            Format::Cms => Self::Cms,
            Format::Raw => Self::Raw,
            Format::ServicePadesAdRb => Self::ServicePadesAdRb,
            Format::ServicePadesAdRt => Self::ServicePadesAdRt,
            Format::ServiceCadesAdRb => Self::ServiceCadesAdRb,
            Format::ServiceCadesAdRt => Self::ServiceCadesAdRt,
        }
    }
}

/// Who is asked, and for how long.
#[derive(Clone, Debug, Args)]
pub(crate) struct Asking {
    /// The holder's CPF or CNPJ
    #[arg(long, value_name = "CPF|CNPJ")]
    pub(crate) holder: String,
    #[command(flatten)]
    pub(crate) patience: Patience,
    /// How long the token lives; the service's default unless set
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) lifetime: Option<u64>,
}

/// How long a holder is waited for.
#[derive(Clone, Debug, Args)]
pub(crate) struct Patience {
    /// How long the holder has to approve; the service's window unless set
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(crate) timeout: Option<u64>,
}

/// What a token is for.
#[derive(Clone, Debug, Args)]
pub(crate) struct Token {
    /// Scope of the token: single_signature, multi_signature or signature_session; the least that
    /// is enough unless set
    #[arg(long, value_name = "SCOPE", value_parser = signing_scope)]
    pub(crate) scope: Option<Scope>,
    /// Which of the holder's certificates signs
    #[arg(long, value_name = "ALIAS")]
    pub(crate) alias: Option<String>,
}

/// How the holder is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Via {
    /// By a notification on the phone
    Push,
    /// By a QR code that the phone scans
    Qr,
}

impl From<Via> for rubrica::Via {
    fn from(via: Via) -> Self {
        match via {
            Via::Push => Self::Push,
            Via::Qr => Self::Redirect,
        }
    }
}

fn signing_scope(word: &str) -> Result<Scope, &'static str> {
    Scope::from_wire(word)
        .filter(|&scope| scope != Scope::AuthenticationSession)
        .ok_or("single_signature, multi_signature or signature_session")
}
