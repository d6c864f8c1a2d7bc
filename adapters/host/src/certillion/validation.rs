//! The service's judgement of a signature.

use rubrica_core::certillion::{Order, Original, Subject, Validated, Validation as Question};
use rubrica_core::exchange::Exchange;

use super::client::Client;
use crate::document::Document;
use crate::error::Error;
use crate::upload::Uploads;

/// The service's judgement of a file.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Validation {
    /// What it says of each signature, as far as it can be made out: the reply is documented nowhere.
    pub signatures: Vec<ValidatedSignature>,
    /// The reply.
    pub raw: String,
}

/// The service's judgement of one signature.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ValidatedSignature {
    /// Whether it is valid; `None` where that is not told.
    pub valid: Option<bool>,
    /// Why it is not.
    pub reasons: Vec<String>,
    /// When it was made, as the service writes it.
    pub signing_time: Option<String>,
    /// The signature policy.
    pub policy: Option<String>,
    /// The signer's CPF or CNPJ.
    pub signer: Option<String>,
}

impl Validation {
    /// Whether every signature is called valid; `None` where that is not told.
    #[must_use]
    pub fn is_valid(&self) -> Option<bool> {
        if self.signatures.iter().any(|each| each.valid == Some(false)) {
            return Some(false);
        }
        let all = self.signatures.iter().all(|each| each.valid == Some(true));
        (all && !self.signatures.is_empty()).then_some(true)
    }
}

impl core::fmt::Debug for Validation {
    /// Never the reply, which may name the signers.
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter
            .debug_struct("Validation")
            .field("signatures", &self.signatures)
            .finish_non_exhaustive()
    }
}

impl core::fmt::Debug for ValidatedSignature {
    /// Never the signer, nor the service's words, which may name one.
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter
            .debug_struct("ValidatedSignature")
            .field("valid", &self.valid)
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Asks the service whether the signatures of a file are good: of a signed PDF, of a CMS with its
    /// document in it, or of one apart from `original`. The files are sent. It is the service's word:
    /// [`crate::Validator`] judges here, and sends nothing.
    ///
    /// `psc` is the trust service whose address is asked, and `None` the profile's:
    /// `CERTILLION_SIGNER` has another one. Unsure: whether both judge what the other signed.
    ///
    /// # Errors
    /// The service's, the way to it, or a file that cannot be read.
    pub fn validate(
        &self,
        psc: Option<&str>,
        signature: &Document,
        original: Option<&Document>,
    ) -> Result<Validation, Error> {
        let length = signature.digest()?.length;
        let subject = match original {
            None => Subject::Attached { length },
            Some(original) => {
                let of = Original::File { length: original.digest()?.length };
                Subject::Detached { length, of }
            }
        };
        let files = core::iter::once(signature).chain(original).cloned().collect();
        self.with_token(psc, |application, token| {
            let pki_name = Some(Order::ICP_BR);
            let question = Question { application, token, subject, document: 0, pki_name };
            let mut body = Vec::new();
            let mut uploads = Uploads::new(files);
            let reply = self.driver().call_with(&question, &mut uploads, &mut (), &mut body)?;
            // Reading overwrites it.
            let raw = String::from_utf8_lossy(&body).into_owned();
            let report = question.reply(reply.response(&mut body))?;
            let signatures = report.iter().map(|each| owned(&each)).collect();
            Ok(Validation { signatures, raw })
        })
    }
}

fn owned(judged: &Validated<'_>) -> ValidatedSignature {
    let owned = |text: &str| text.to_owned();
    ValidatedSignature {
        valid: judged.is_valid(),
        reasons: judged.reasons().map(owned).collect(),
        signing_time: judged.signing_time().map(owned),
        policy: judged.policy_id().map(owned),
        signer: judged.legal_identifier().map(owned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s38_a_signer_is_not_shown() {
        let canary = || "11144477735".to_owned();
        let signature = ValidatedSignature {
            valid: Some(false),
            reasons: vec![canary()],
            signing_time: None,
            policy: Some("2.16.76.1.7.1".to_owned()),
            signer: Some(canary()),
        };
        let shown = format!("{:?}", Validation { signatures: vec![signature], raw: canary() });
        assert!(!shown.contains(&canary()), "{shown}");
        assert!(shown.contains("Some(false)"), "{shown}");
    }
}
