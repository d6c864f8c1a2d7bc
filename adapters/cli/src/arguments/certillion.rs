//! `rubrica certillion` and what is below it.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use rubrica::certillion::{self, Policy};

use super::{Access, Asking, Destination, Sessions, Token, Trust};

/// `rubrica certillion`
#[derive(Debug, Args)]
pub(crate) struct Certillion {
    #[command(subcommand)]
    pub(crate) action: Action,
}

/// What Certillion is asked.
#[derive(Debug, Subcommand)]
pub(crate) enum Action {
    /// Signs documents: they are sent, and come back signed
    Sign(Box<Sign>),
    /// Goes on with sessions that were interrupted
    Resume(Resume),
    /// Asks which trust services know a holder
    Discover(Discover),
    /// Lists the trust services that are supported
    Pscs(Call),
    /// Asks the service whether the signatures of a file are good; the file is sent
    Validate(Validate),
    /// Fetches what was signed under a transaction once more
    Download(Download),
}

/// Where the service is, and as whom it is asked.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Service")]
pub(crate) struct Service {
    #[command(flatten)]
    pub(crate) access: Access,
    /// The service's address for CERTILLION_SIGNER; that of --base-url unless set
    #[arg(long, value_name = "URL")]
    pub(crate) signer_base_url: Option<String>,
}

/// What everything takes that only asks.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct Call {
    /// One JSON object a line on standard output, and nothing else
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) service: Service,
}

/// `rubrica certillion sign`
#[derive(Debug, Args)]
pub(crate) struct Sign {
    /// Documents
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) asking: Asking,
    /// The holder's trust service: VAULTID, BIRDID, …; the profile's unless set, or else VAULTID
    #[arg(long, value_name = "NAME")]
    pub(crate) psc: Option<String>,
    /// What becomes of the documents; unless set PADES for PDFs, XADES for XML, CADES for others
    #[arg(long, value_enum)]
    pub(crate) standard: Option<Standard>,
    /// Signature policy: AD-RB, AD-RT, AD-RV, AD-RC or AD-RA; unless set AD-RB, and none for PADES
    #[arg(long, value_name = "POLICY", value_parser = policy)]
    pub(crate) policy: Option<Policy>,
    /// Signatures stand apart from their documents, as FILE.p7s; not in PDFs
    #[arg(long)]
    pub(crate) detached: bool,
    /// Takes the holder's one-time code from standard input instead of asking in the browser; only
    /// with password_grant = true in the profile
    #[arg(long)]
    pub(crate) otp: bool,
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

/// What a signed PDF tells and shows.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "PDF")]
pub(crate) struct Look {
    /// Why the document is signed
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
    /// Where the document is signed
    #[arg(long, value_name = "TEXT")]
    pub(crate) location: Option<String>,
    /// How the signer can be reached
    #[arg(long, value_name = "TEXT")]
    pub(crate) contact: Option<String>,
    /// Shows the signature on a page, with this text; the service is said to write the holder's name
    /// for $CERT_CN_WO_CPF$ and the date for $SIGN_DATE$
    #[arg(long, value_name = "TEXT")]
    pub(crate) visible: Option<String>,
    /// The signature field in which it stands, instead of a page and a place
    #[arg(long, value_name = "NAME", requires = "visible", conflicts_with_all = [
        "visible_page", "visible_position", "visible_x", "visible_y", "visible_height",
        "visible_image", "visible_image_position",
    ])]
    pub(crate) visible_field: Option<String>,
    /// The page on which it stands; 1 unless set
    #[arg(long, value_name = "N", requires = "visible",
        value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) visible_page: Option<u32>,
    /// Where on the page: TOP_LEFT (unless set), TOP_CENTER; unsure: TOP_RIGHT, CENTER_LEFT, MIDDLE,
    /// CENTER_RIGHT, BOTTOM_LEFT, BOTTOM_CENTER, BOTTOM_RIGHT; any other word is passed on
    #[arg(long, value_name = "WORD", requires = "visible")]
    pub(crate) visible_position: Option<String>,
    /// Its distance from the left margin; 0 unless set
    #[arg(long, value_name = "N", requires = "visible")]
    pub(crate) visible_x: Option<u32>,
    /// Its distance from the bottom margin; 0 unless set
    #[arg(long, value_name = "N", requires = "visible")]
    pub(crate) visible_y: Option<u32>,
    /// Its width; 200 unless set
    #[arg(long, value_name = "N", requires = "visible")]
    pub(crate) visible_width: Option<u32>,
    /// Its height; 100 unless set
    #[arg(long, value_name = "N", requires = "visible")]
    pub(crate) visible_height: Option<u32>,
    /// A picture in it
    #[arg(long, value_name = "FILE", requires = "visible")]
    pub(crate) visible_image: Option<PathBuf>,
    /// Where the picture stands; unsure: LEFT (unless set), RIGHT, TOP, BOTTOM, BACKGROUND; any other
    /// word is passed on
    #[arg(long, value_name = "WORD", requires = "visible_image")]
    pub(crate) visible_image_position: Option<String>,
    /// Its font: HELVETICA (unless set), TIMES_ROMAN or COURIER; any other word is passed on
    #[arg(long, value_name = "WORD", requires = "visible")]
    pub(crate) visible_font: Option<String>,
    /// The size of its font; 10 unless set
    #[arg(long, value_name = "N", requires = "visible")]
    pub(crate) visible_font_size: Option<u32>,
}

/// `rubrica certillion resume`
#[derive(Debug, Args)]
pub(crate) struct Resume {
    #[command(flatten)]
    pub(crate) sessions: Sessions,
    #[command(flatten)]
    pub(crate) service: Service,
}

/// `rubrica certillion discover`
#[derive(Debug, Args)]
pub(crate) struct Discover {
    /// The holder's CPF or CNPJ
    #[arg(long, value_name = "CPF|CNPJ")]
    pub(crate) holder: String,
    /// Asks about this trust service alone, and shows the holder's certificates there
    #[arg(long, value_name = "NAME")]
    pub(crate) psc: Option<String>,
    /// Shows numbers of persons whole, also inside an alias
    #[arg(long)]
    pub(crate) show_personal_data: bool,
    #[command(flatten)]
    pub(crate) call: Call,
}

/// `rubrica certillion validate`
#[derive(Debug, Args)]
pub(crate) struct Validate {
    /// A signed PDF or a CMS (.p7m, .p7s)
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// The document that a detached signature is of
    #[arg(long, value_name = "FILE")]
    pub(crate) content: Option<PathBuf>,
    /// The trust service whose address is asked: CERTILLION_SIGNER has its own; the profile's unless
    /// set
    #[arg(long, value_name = "NAME")]
    pub(crate) psc: Option<String>,
    /// Shows numbers of persons whole, and the service's reply as it came
    #[arg(long)]
    pub(crate) show_personal_data: bool,
    #[command(flatten)]
    pub(crate) call: Call,
}

/// `rubrica certillion download`
#[derive(Debug, Args)]
pub(crate) struct Download {
    /// The transaction, as `sign` told it
    #[arg(value_name = "TRANSACTION")]
    pub(crate) transaction: String,
    /// The trust service through which it was signed: what CERTILLION_SIGNER signed is at another
    /// address; the profile's unless set
    #[arg(long, value_name = "NAME")]
    pub(crate) psc: Option<String>,
    /// Where it goes; a file of the transaction's name unless set
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Replaces a file that exists
    #[arg(long)]
    pub(crate) force: bool,
    #[command(flatten)]
    pub(crate) call: Call,
}

/// What becomes of a document, in the service's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Standard {
    /// A signed PDF
    #[value(name = "PADES")]
    Pades,
    /// A PDF signed under a policy of ICP-Brasil
    #[value(name = "PADES_ICP_BR")]
    PadesIcpBr,
    /// A CMS of any document, FILE.p7m, or FILE.p7s with --detached
    #[value(name = "CADES")]
    Cades,
    /// A signed XML document
    #[value(name = "XADES")]
    Xades,
}

impl From<Standard> for certillion::Standard {
    fn from(standard: Standard) -> Self {
        match standard {
            Standard::Pades => Self::Pades,
            Standard::PadesIcpBr => Self::PadesIcpBr,
            Standard::Cades => Self::Cades,
            Standard::Xades => Self::Xades,
        }
    }
}

fn policy(word: &str) -> Result<Policy, &'static str> {
    Policy::from_wire(word).ok_or("AD-RB, AD-RT, AD-RV, AD-RC or AD-RA")
}
