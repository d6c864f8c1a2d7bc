//! What the holder is shown, in words.

use crate::language::Language;

/// A step at which the holder has something to do or to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Prompt {
    /// Scan the code, or open the page, and approve.
    OpenUrl,
    /// A notification is on the phone: approve it there.
    ApproveOnPhone,
    /// Still waiting for the approval.
    Pending,
    /// Approved; the work goes on without the holder.
    Approved,
    /// The documents are being sent.
    Sending,
    /// The signatures are being made.
    Signing,
    /// All is done.
    Done,
    /// The holder said no.
    Denied,
    /// The time ran out.
    Expired,
    /// The service does not answer as it should.
    Unavailable,
}

impl Prompt {
    /// The words, short enough for a terminal's display of two lines of 40 characters.
    #[must_use]
    pub const fn text(self, language: Language) -> &'static str {
        match self {
            Self::OpenUrl => language.pick(
                "Leia o QR Code com o celular e autorize no aplicativo.",
                "Scan the QR code with your phone and approve in the app.",
            ),
            Self::ApproveOnPhone => language.pick(
                "Enviamos uma notificação ao seu celular. Autorize no aplicativo.",
                "We sent a notification to your phone. Approve it in the app.",
            ),
            Self::Pending => {
                language.pick("Aguardando a sua autorização…", "Waiting for your approval…")
            }
            Self::Approved => language.pick("Autorizado.", "Approved."),
            Self::Sending => language.pick("Enviando…", "Sending…"),
            Self::Signing => language.pick("Assinando…", "Signing…"),
            Self::Done => language.pick("Pronto.", "Done."),
            Self::Denied => language.pick("A autorização foi recusada.", "The request was denied."),
            Self::Expired => language.pick(
                "O tempo para autorizar terminou. Inicie outra vez.",
                "The time to approve ran out. Please start again.",
            ),
            Self::Unavailable => language.pick(
                "O serviço de assinatura não está respondendo. Tente mais tarde.",
                "The signing service is not answering. Please try later.",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_prompt_fits_a_small_display_in_both_languages() {
        for prompt in [
            Prompt::OpenUrl,
            Prompt::ApproveOnPhone,
            Prompt::Pending,
            Prompt::Approved,
            Prompt::Sending,
            Prompt::Signing,
            Prompt::Done,
            Prompt::Denied,
            Prompt::Expired,
            Prompt::Unavailable,
        ] {
            for language in [Language::Portuguese, Language::English] {
                assert!(prompt.text(language).chars().count() <= 80, "{prompt:?}");
            }
        }
    }
}
