//! What can go wrong on a host, and whose fault it is.

use rubrica_core::advice::Advice;
use rubrica_core::cades::{CadesError, PolicyError};
use rubrica_core::error::{Misuse, PeerError};
use rubrica_core::identity::certificate::CertificateError;
use rubrica_core::language::Language;
use rubrica_pdf::PdfError;
use rubrica_ureq::{SettingsError, TransportError};
use rubrica_verify::Rejection;
use rubrica_xml::{Breach, XmlError};

use crate::journal::JournalError;
use crate::listener::ListenerError;

/// Anything that keeps a document from being signed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The holder, the service, or the way it was asked.
    #[error(transparent)]
    Core(#[from] rubrica_core::error::Error),
    /// The service could not be spoken to.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The transport cannot be set up.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The PDF cannot be signed, or what came back does not go into it.
    #[error(transparent)]
    Pdf(#[from] PdfError),
    /// What came back is not what was asked for. It was not used.
    #[error("the signature was refused: {0}")]
    Rejected(#[from] Rejection),
    /// No signature policy can be used for what was asked.
    #[error("{0}")]
    Policy(PolicyError),
    /// The holder's certificate cannot be read.
    #[error("the holder's certificate cannot be read: {0}")]
    Certificate(CertificateError),
    /// The signature cannot be put together.
    #[error("the signature cannot be put together: {0}")]
    Assembly(#[from] CadesError),
    /// A time stamp is needed, and no server for it was named.
    #[error("a time stamp is needed, and no server was named for it")]
    NoTimeStampServer,
    /// The server gave no time stamp that can be used.
    #[error("no time stamp: {0}")]
    TimeStamp(Box<Self>),
    /// The XML that came back is not the document that was sent with a signature more, or is no XML.
    #[error("the signed XML was refused: {0}")]
    Xml(#[from] XmlError),
    /// The XML signature that came back does not hold.
    #[error("the XML signature was refused: {0}")]
    XmlSignature(Breach),
    /// The signed document has no signature in it.
    #[error("the signed document carries no signature of its own")]
    Unsigned,
    /// None of the holder's certificates can be the one that signs.
    #[error("the service has no usable certificate of this holder")]
    NoCertificate,
    /// The document changed between preparing and signing.
    #[error("the document has changed since it was prepared")]
    Changed,
    /// The provider did not answer within the time that it was given.
    #[error("no answer in time")]
    Unanswered,
    /// The document was signed, and billed, and could not be fetched: it can be fetched by its
    /// transaction.
    #[error("signed, and not fetched: {error}; transaction {transaction}")]
    NotFetched {
        /// By what the service knows the signature.
        transaction: String,
        /// Why it could not be fetched.
        error: Box<Self>,
    },
    /// The session ended before this document's turn.
    #[error("not attempted: the session ended before")]
    NotAttempted,
    /// There was no signature for this document before the session was interrupted.
    #[error("failed before the interruption: {0}")]
    FailedBefore(String),
    /// The journal refuses.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The address that the browser comes back to cannot be listened on.
    #[error(transparent)]
    Listener(#[from] ListenerError),
    /// The system has no random numbers to give.
    #[error("the system's random number generator failed")]
    Random,
    /// A file cannot be read or written.
    #[error("{what}: {error}")]
    File {
        /// Which file, and what for.
        what: String,
        /// What the system says.
        error: std::io::Error,
    },
}

impl Error {
    /// An error about a file, named by `what`.
    pub(crate) fn file(what: impl Into<String>, error: std::io::Error) -> Self {
        Self::File { what: what.into(), error }
    }

    /// Whose fault it is.
    #[must_use]
    pub fn fault(&self) -> Fault {
        match self {
            Self::Core(rubrica_core::error::Error::Peer(error)) => match error {
                PeerError::Denied | PeerError::Expired | PeerError::Cancelled => Fault::Holder,
                PeerError::InDoubt => Fault::InDoubt,
                PeerError::Unreachable => Fault::Network,
                _ => Fault::Service,
            },
            Self::Core(rubrica_core::error::Error::Resource(_)) => Fault::Service,
            Self::Core(rubrica_core::error::Error::Misuse(
                Misuse::EmptyDocument | Misuse::DocumentTooLarge,
            )) => Fault::Document,
            Self::Core(_) | Self::Settings(_) | Self::Listener(_) => Fault::Configuration,
            Self::Transport(error) => match error.fault() {
                rubrica_ureq::Fault::Configuration => Fault::Configuration,
                rubrica_ureq::Fault::Document => Fault::Document,
                rubrica_ureq::Fault::Service => Fault::Service,
                rubrica_ureq::Fault::Storage => Fault::Machine,
                _ => Fault::Network,
            },
            Self::Unanswered => Fault::Network,
            Self::Rejected(_) | Self::Xml(_) | Self::XmlSignature(_) | Self::Unsigned => {
                Fault::Verification
            }
            Self::Pdf(error) => match error.fault() {
                rubrica_pdf::Fault::Signature => Fault::Verification,
                rubrica_pdf::Fault::Options => Fault::Configuration,
                rubrica_pdf::Fault::Storage => Fault::Machine,
                _ => Fault::Document,
            },
            Self::Policy(_) | Self::NoTimeStampServer => Fault::Configuration,
            Self::Certificate(_) | Self::Assembly(_) => Fault::Verification,
            Self::TimeStamp(error) => match error.fault() {
                // The holder's signature was made; only the stamp is missing.
                Fault::InDoubt => Fault::Network,
                fault => fault,
            },
            Self::NoCertificate | Self::FailedBefore(_) => Fault::Service,
            Self::NotFetched { error, .. } => error.fault(),
            Self::NotAttempted => Fault::Holder,
            Self::Changed => Fault::Document,
            Self::Journal(_) | Self::Random | Self::File { .. } => Fault::Machine,
        }
    }

    /// What the operator does next, in words.
    #[must_use]
    pub fn advice(&self, language: Language) -> &'static str {
        match self {
            Self::Core(error) => error.advice().text(language),
            Self::Transport(error) => match error.fault() {
                rubrica_ureq::Fault::Configuration => Advice::FixRequest.text(language),
                rubrica_ureq::Fault::Service => Advice::ContactProvider.text(language),
                rubrica_ureq::Fault::Document => language.pick(
                    "Verifique se o documento pode ser lido e não muda durante o envio.",
                    "Check that the document can be read and does not change while it is sent.",
                ),
                rubrica_ureq::Fault::Trust => language.pick(
                    "Verifique o relógio, o endereço e as autoridades confiáveis; não prossiga sem isso.",
                    "Check the clock, the address and the trusted authorities; do not go on without.",
                ),
                rubrica_ureq::Fault::Storage => machine(language),
                _ => Advice::CheckNetwork.text(language),
            },
            Self::Unanswered => Advice::CheckNetwork.text(language),
            Self::Settings(_) | Self::Listener(_) => Advice::FixRequest.text(language),
            Self::Rejected(Rejection::UnknownIssuer { .. }) => language.pick(
                "Acrescente às âncoras de confiança a autoridade que emitiu o certificado, se for da ICP-Brasil.",
                "Add the authority that issued the certificate to the trust anchors, if it is ICP-Brasil's.",
            ),
            Self::Rejected(_) | Self::Xml(_) | Self::XmlSignature(_) | Self::Unsigned => language.pick(
                "Não use o documento; nada foi gravado. Mostre o erro ao suporte do serviço.",
                "Do not use the document; nothing was written. Show the error to the service's support.",
            ),
            Self::Pdf(error) if error.fault() == rubrica_pdf::Fault::Options => {
                Advice::FixRequest.text(language)
            }
            Self::Pdf(error) if error.fault() == rubrica_pdf::Fault::Storage => machine(language),
            Self::Pdf(_) => language.pick(
                "Corrija ou exporte de novo o PDF e tente outra vez.",
                "Mend the PDF, or export it again, and try once more.",
            ),
            Self::Policy(PolicyError::Root { .. }) => language.pick(
                "Peça uma política mais nova, ou nenhuma: o certificado é de uma raiz mais nova.",
                "Ask for a newer policy, or for none: the certificate is of a newer root.",
            ),
            Self::Policy(_) | Self::Assembly(_) => language.pick(
                "Verifique a data, a política pedida e a chave do certificado.",
                "Check the date, the policy that was asked for, and the certificate's key.",
            ),
            Self::NoTimeStampServer => language.pick(
                "Indique o servidor de carimbo do tempo, ou peça AD-RB.",
                "Name the time-stamp server, or ask for AD-RB.",
            ),
            Self::TimeStamp(error) => error.advice(language),
            Self::NotFetched { .. } => language.pick(
                "Guarde a transação: o documento assinado pode ser buscado por ela outra vez.",
                "Keep the transaction: the signed document can be fetched by it once more.",
            ),
            Self::Certificate(_) => Advice::ContactProvider.text(language),
            Self::NoCertificate => language.pick(
                "Confirme com o titular se o certificado dele está neste serviço e é válido.",
                "Ask the holder whether the certificate is kept by this service and is valid.",
            ),
            Self::NotAttempted | Self::FailedBefore(_) => Advice::StartAgain.text(language),
            Self::Changed => language.pick(
                "Não altere o documento durante a assinatura; inicie outra vez.",
                "Do not change the document while it is being signed; start again.",
            ),
            Self::Journal(_) => language.pick(
                "O diário desta sessão não pode ser usado; verifique se a assinatura foi feita.",
                "This session's journal cannot be used; find out whether the signature was made.",
            ),
            Self::Random | Self::File { .. } => machine(language),
        }
    }
}

const fn machine(language: Language) -> &'static str {
    language.pick(
        "Verifique o computador: disco, permissões e nomes de arquivo.",
        "Check this machine: disk, permissions and file names.",
    )
}

/// An error of the core's as one of the host's.
pub(crate) fn core(error: impl Into<rubrica_core::error::Error>) -> Error {
    Error::Core(error.into())
}

/// Whose fault an error is: what a program branches on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fault {
    /// The holder denied, let it expire, or the host gave up on the holder's behalf.
    Holder,
    /// The service refused or misbehaved.
    Service,
    /// What came back was checked and is not good.
    Verification,
    /// It is not known whether the service signed.
    InDoubt,
    /// The service cannot be reached.
    Network,
    /// The calling program or its configuration.
    Configuration,
    /// The document.
    Document,
    /// This machine: disk, permissions, random numbers.
    Machine,
}

impl Fault {
    /// The stable word for logs and machines.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Holder => "holder",
            Self::Service => "service",
            Self::Verification => "verification",
            Self::InDoubt => "in_doubt",
            Self::Network => "network",
            Self::Configuration => "configuration",
            Self::Document => "document",
            Self::Machine => "machine",
        }
    }
}
