//! What may become of documents, and what never may.

use std::collections::BTreeSet;

use rubrica_core::certillion::{Documents, Progress, Resolution, SigningGain, Stage};
use rubrica_core::error::{Error, PeerError};
use rubrica_core::flow::SendFailure;

use super::service::{Asked, may_tell, says_signed};
use crate::reply::Reply;

/// Codes that call a token invalid.
const UNAUTHORIZED: [u64; 4] = [209, 249, 250, 807];

/// What came of a request.
pub(super) type Answer = Result<Reply, SendFailure>;

/// Why documents may have moved.
#[derive(Clone, Copy, Debug)]
pub(super) enum Cause<'a> {
    /// A poll that gave out this request, if any.
    Polled(Option<&'a Asked>),
    /// What came of this request.
    Answered(&'a Asked, &'a Answer),
    /// The host's word.
    Resolved(Resolution),
    /// Anything else.
    Nothing,
}

/// What the host knows of the documents, some of which may be lost with a process.
#[derive(Clone, Debug)]
pub(super) struct Known {
    /// Whether the next request for signatures may name it.
    permitted: Vec<bool>,
    /// Whether the service has it and has not said that it has not.
    uploaded: Vec<bool>,
}

/// Looks at the progress after each call.
#[derive(Debug)]
pub(super) struct Watch {
    detached: bool,
    seen: Vec<Progress>,
    pub(super) known: Known,
    /// Documents whose entry said in so many words that they are signed, since the host's last word.
    signed: BTreeSet<usize>,
    /// Whether a grant was called invalid, and documents unknown, since the last signatures.
    refused: bool,
    forgotten: bool,
}

impl Watch {
    pub(super) fn new(documents: usize, detached: bool) -> Self {
        Self {
            detached,
            seen: vec![Progress::default(); documents],
            known: Known { permitted: vec![true; documents], uploaded: vec![false; documents] },
            signed: BTreeSet::new(),
            refused: false,
            forgotten: false,
        }
    }

    /// Another process goes on with what was saved.
    pub(super) fn restore(&mut self, known: Known, progress: &[Progress]) {
        self.known = known;
        self.seen = progress.to_vec();
        (self.refused, self.forgotten) = (false, false);
    }

    /// How far the documents were when they were last looked at.
    pub(super) fn seen(&self) -> &[Progress] {
        &self.seen
    }

    /// A request leaves.
    pub(super) fn leaves(&mut self, asked: &Asked) {
        match asked {
            Asked::Token => {}
            Asked::Upload(number) => {
                assert_eq!(self.seen[*number].stage, Stage::Waiting);
                assert!(!self.known.uploaded[*number], "{number} is uploaded again");
            }
            Asked::Sign(documents) => {
                for (number, _) in documents {
                    assert!(self.known.uploaded[*number], "{number} was never uploaded");
                    let permitted = core::mem::take(&mut self.known.permitted[*number]);
                    assert!(permitted, "{number} is asked to be signed again");
                    assert!(!self.signed.contains(number), "{number} is signed already");
                }
            }
            Asked::Download(number) => assert_eq!(self.seen[*number].stage, Stage::Signed),
        }
    }

    /// Looks at what a call did, and what it told.
    pub(super) fn look(
        &mut self,
        now: &[Progress],
        cause: Cause<'_>,
        gain: Option<&SigningGain<'_, '_>>,
    ) {
        if let Cause::Answered(Asked::Sign(documents), Ok(reply)) = cause
            && (200..300).contains(&reply.status)
        {
            let own = documents.iter().filter(|(_, id)| says_signed(&reply.body, id));
            self.signed.extend(own.map(|(number, _)| number));
        }
        let before = core::mem::replace(&mut self.seen, now.to_vec());
        assert_eq!(before.len(), now.len());
        let mut told = gain.map(told).unwrap_or_default();
        for (number, (old, new)) in before.iter().zip(now).enumerate() {
            let known = told.iter().position(|(told, _)| *told == number);
            let known = known.map(|place| told.swap_remove(place).1);
            if old.stage == new.stage {
                // What is left open may have become known by a transaction.
                let is_open = new.stage == Stage::Sent
                    && matches!(cause, Cause::Answered(Asked::Sign(_), Ok(_)));
                let same = old.hash == new.hash && (is_open || old == new);
                assert!(same, "{number} changed where it stood, by {cause:?}");
                assert_eq!(known, None, "{number} is told to have moved, by {cause:?}");
            } else {
                self.moved(number, old, new, cause);
                let is_told = matches!(
                    (old.stage, new.stage),
                    (Stage::Waiting, _) | (_, Stage::Signed | Stage::Done | Stage::Failed)
                );
                assert_eq!(known, is_told.then_some(new.stage), "{number}, by {cause:?}");
            }
        }
        assert!(told.is_empty(), "{told:?} are no documents");
        if matches!(gain, Some(SigningGain::Signed(_))) {
            (self.refused, self.forgotten) = (false, false);
        }
        if let Cause::Answered(Asked::Sign(documents), answer) = cause {
            self.signing_answered(documents, answer, now);
        }
    }

    /// A document moved; only some ways are open, each for a reason.
    fn moved(&mut self, number: usize, old: &Progress, new: &Progress, cause: Cause<'_>) {
        let place = (old.stage, new.stage);
        let hash_kept = old.hash == new.hash;
        let transaction_kept = old.transaction == new.transaction;
        let asked = match cause {
            Cause::Answered(Asked::Sign(documents), _) => {
                documents.iter().any(|(document, _)| *document == number)
            }
            _ => false,
        };
        let allowed = match (place, cause) {
            ((Stage::Waiting, Stage::Uploaded), Cause::Answered(Asked::Upload(own), Ok(_))) => {
                self.known.uploaded[number] = true;
                *own == number && transaction_kept && !new.hash.is_empty()
            }
            ((Stage::Waiting, Stage::Failed), Cause::Answered(Asked::Upload(own), Ok(_))) => {
                *own == number && hash_kept && transaction_kept
            }
            ((Stage::Uploaded, Stage::Sent), Cause::Polled(Some(Asked::Sign(documents)))) => {
                let own = documents.iter().any(|(document, _)| *document == number);
                own && hash_kept && transaction_kept
            }
            ((Stage::Sent, Stage::Uploaded), Cause::Resolved(Resolution::SignAgain)) => {
                self.known.permitted[number] = true;
                self.signed.remove(&number);
                hash_kept && transaction_kept
            }
            ((Stage::Sent, Stage::Failed), Cause::Resolved(Resolution::Abandon)) => {
                hash_kept && transaction_kept
            }
            ((Stage::Sent, Stage::Uploaded), Cause::Answered(_, _)) => {
                self.known.permitted[number] = true;
                asked && hash_kept && transaction_kept
            }
            ((Stage::Sent, Stage::Waiting), Cause::Answered(_, Ok(reply))) => {
                self.known.permitted[number] = true;
                self.known.uploaded[number] = false;
                asked && transaction_kept && may_tell(&reply.body, &[711])
            }
            ((Stage::Sent, Stage::Signed), Cause::Answered(_, Ok(_))) => {
                asked && hash_kept && !new.transaction.is_empty()
            }
            ((Stage::Sent, Stage::Done), Cause::Answered(_, Ok(_))) => {
                // Apart from its document, or not to be fetched.
                asked && hash_kept && (self.detached || transaction_kept)
            }
            ((Stage::Sent, Stage::Failed), Cause::Answered(_, Ok(_))) => asked && hash_kept,
            (
                (Stage::Signed, Stage::Done | Stage::Failed),
                Cause::Answered(Asked::Download(own), Ok(_)),
            ) => *own == number && hash_kept && transaction_kept,
            _ => false,
        };
        assert!(allowed, "{number}: {old:?} becomes {new:?}, by {cause:?}");
    }

    /// What the answer to a request for signatures must mean, whatever its body says.
    fn signing_answered(
        &mut self,
        documents: &[(usize, String)],
        answer: &Answer,
        now: &[Progress],
    ) {
        let mut stages: Vec<Stage> =
            documents.iter().map(|(number, _)| now[*number].stage).collect();
        let all = |stage| stages.iter().all(|each| *each == stage);
        match answer {
            Err(SendFailure::NotSent) => assert!(all(Stage::Uploaded)),
            Err(SendFailure::Unanswered) => assert!(all(Stage::Sent)),
            Ok(reply) if reply.status == 502 || reply.status >= 504 => {
                assert!(all(Stage::Sent));
            }
            Ok(reply) if reply.puts_off() => {
                let in_doubt = all(Stage::Sent) && reply.body.contains(&b'c');
                assert!(all(Stage::Uploaded) || in_doubt);
            }
            Ok(reply) => {
                if all(Stage::Uploaded) {
                    let may = reply.status == 401 || may_tell(&reply.body, &UNAUTHORIZED);
                    assert!(may, "asked again after {}", reply.status);
                    assert!(!core::mem::replace(&mut self.refused, true), "a second time");
                } else if all(Stage::Waiting) {
                    assert!(!core::mem::replace(&mut self.forgotten, true), "a second time");
                } else {
                    // Some signed and some not; but none is left to be asked for by itself.
                    stages.retain(|stage| matches!(stage, Stage::Uploaded | Stage::Waiting));
                    assert!(stages.is_empty());
                }
            }
        }
    }
}

/// What a gain tells of documents.
fn told(gain: &SigningGain<'_, '_>) -> Vec<(usize, Stage)> {
    match gain {
        SigningGain::Nothing => Vec::new(),
        SigningGain::Uploaded(number) => vec![(*number, Stage::Uploaded)],
        SigningGain::Received(received) => vec![(received.document, Stage::Done)],
        SigningGain::Failed { documents, .. } => {
            let documents: &Documents = documents;
            documents.iter().map(|number| (number, Stage::Failed)).collect()
        }
        SigningGain::Signed(batch) => batch
            .iter()
            .filter_map(|(number, outcome)| match outcome {
                // It stays where it is.
                Err(Error::Peer(PeerError::InDoubt)) => None,
                Err(_) => Some((number, Stage::Failed)),
                Ok(entry) if entry.signature.is_some() => Some((number, Stage::Done)),
                Ok(_) => Some((number, Stage::Signed)),
            })
            .collect(),
    }
}
