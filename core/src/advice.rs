//! What the operator does next, in words.

use crate::language::Language;

/// What to do about an error. Programs branch on it; [`Advice::text`] says it to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Advice {
    /// Send the same again after a while.
    TryLater,
    /// See whether the network and the service's address are right.
    CheckNetwork,
    /// Let the holder authorize again.
    AuthorizeAgain,
    /// Speak with the holder, then start again.
    AskHolder,
    /// Check client id, client secret and redirect URI.
    CheckCredentials,
    /// Give a larger buffer.
    EnlargeBuffer,
    /// Mend the request, the configuration or the code.
    FixRequest,
    /// Show it to the service's support.
    ContactProvider,
    /// Find out whether the service signed, then tell the flow.
    Resolve,
    /// Nothing is left of this run: start a new one.
    StartAgain,
    /// What was contracted with the service is used up: buy more, or wait.
    CheckQuota,
    /// The holder has no certificate there: choose another trust service.
    OtherCertificate,
    /// Something is wrong with the holder's certificate: renew or replace it.
    RenewCertificate,
}

impl Advice {
    /// The stable word for logs and machines.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::TryLater => "try_later",
            Self::CheckNetwork => "check_network",
            Self::AuthorizeAgain => "authorize_again",
            Self::AskHolder => "ask_holder",
            Self::CheckCredentials => "check_credentials",
            Self::EnlargeBuffer => "enlarge_buffer",
            Self::FixRequest => "fix_request",
            Self::ContactProvider => "contact_provider",
            Self::Resolve => "resolve",
            Self::StartAgain => "start_again",
            Self::CheckQuota => "check_quota",
            Self::OtherCertificate => "other_certificate",
            Self::RenewCertificate => "renew_certificate",
        }
    }

    /// The advice in words.
    #[must_use]
    pub const fn text(self, language: Language) -> &'static str {
        match self {
            Self::TryLater => {
                language.pick("Tente de novo daqui a pouco.", "Try again in a little while.")
            }
            Self::CheckNetwork => language.pick(
                "Verifique a rede e o endereço do serviço e tente de novo.",
                "Check the network and the service's address, then try again.",
            ),
            Self::AuthorizeAgain => language.pick(
                "Peça uma nova autorização ao titular.",
                "Ask the holder for a new authorization.",
            ),
            Self::AskHolder => language.pick(
                "Confirme com o titular e inicie outra vez.",
                "Speak with the holder and start again.",
            ),
            Self::CheckCredentials => language.pick(
                "Verifique client_id, client_secret e redirect_uri.",
                "Check client_id, client_secret and redirect_uri.",
            ),
            Self::EnlargeBuffer => {
                language.pick("Forneça uma área de memória maior.", "Give a larger buffer.")
            }
            Self::FixRequest => language.pick(
                "Corrija o pedido ou a configuração.",
                "Mend the request or the configuration.",
            ),
            Self::ContactProvider => language.pick(
                "Não use a resposta; mostre o erro ao suporte do serviço.",
                "Do not use the answer; show the error to the service's support.",
            ),
            Self::Resolve => language.pick(
                "Verifique com o titular ou o serviço se a assinatura foi feita antes de repetir.",
                "Find out from the holder or the service whether it was signed before repeating.",
            ),
            Self::StartAgain => language.pick("Inicie outra vez.", "Start again."),
            Self::CheckQuota => language.pick(
                "Verifique o que está contratado com o serviço: o limite foi atingido.",
                "Check what is contracted with the service: the limit has been reached.",
            ),
            Self::OtherCertificate => language.pick(
                "O titular não tem certificado neste serviço de confiança; escolha outro.",
                "The holder has no certificate with this trust service; choose another one.",
            ),
            Self::RenewCertificate => language.pick(
                "Há um problema com o certificado do titular; ele precisa renová-lo ou trocá-lo.",
                "Something is wrong with the holder's certificate; it has to be renewed or replaced.",
            ),
        }
    }
}
