//! One verdict for each signature, as a validator gives it.
//!
//! [`crate::cms`] and [`crate::raw`] ask about what a service answered a moment ago: the first
//! check that fails ends them. Here somebody brings a signature of any age and maker, and wants to
//! know everything about it: what is known to be good, what is known to be bad, and what is
//! missing to know. There is no way to a [`Verdict::Valid`] but through every check.

mod content;
mod finding;
mod inside;
mod ledger;
mod policy_identifier;
mod question;
mod rules;
mod signer;
mod time_stamp;
mod trust;

pub use finding::{Finding, JudgedAt, KnownPolicy, PolicyIdentifier, TimeStamp};
pub use ledger::{Check, Missing, Outcome, Subject, Verdict};
pub use question::{Content, Demand, Profile, Question};

use core::cell::Cell;

use crate::{
    Certificate, SignatureAlgorithm, ber, limits,
    rejection::{Piece, Rejection},
    signed_data::{Bounds, SignedData},
};

use inside::Inside;
use signer::Examination;

/// Examines every signature of a CMS: a `.p7s` with its content or without, or what stands in the
/// `/Contents` of a PDF's signature, without the zeros that fill it up.
///
/// # Errors
/// [`Rejection`] where the message cannot be read as a CMS with signers. What is wrong with one
/// signer is that signer's [`Verdict::Invalid`].
pub fn examine(cms: &[u8], question: &Question<'_>) -> Result<Vec<Finding>, Rejection> {
    let read = read(cms);
    if read.as_ref().is_ok_and(|signed_data| signed_data.is_der()) {
        return findings(&read?, question, false);
    }
    // Some makers write BER. What they signed, the attributes and the content's bytes, is the same
    // in DER.
    match ber::file_in_der(cms) {
        Some(der) => findings(&self::read(&der)?, question, true),
        None => findings(&read?, question, false),
    }
}

/// Examines a time stamp over the question's content: what stands in the `/Contents` of a PDF's
/// document time stamp (SubFilter `ETSI.RFC3161`), or a token in a file.
///
/// A time stamp that is valid proves that the content existed at its time, and so did every
/// signature in it: see [`Question::existed_at`]. The holder, the profile and the policy that are
/// asked for do not concern it.
#[must_use]
pub fn examine_time_stamp(token: &[u8], question: &Question<'_>) -> TimeStamp {
    let work = Cell::new(limits::EXAMINATION_SIGNATURES);
    let around = Inside::default();
    let examined =
        |token: &[u8]| time_stamp::examine(token, &question.content, question, &around, &work);
    match ber::file_in_der(token) {
        Some(der) if SignedData::read(token, Bounds::TIME_STAMP).is_err() => examined(&der),
        _ => examined(token),
    }
}

fn read(cms: &[u8]) -> Result<SignedData<'_>, Rejection> {
    let signed_data = SignedData::read(cms, Bounds::FILE)?;
    match signed_data.signers.len() {
        0 => Err(Rejection::Signers(0)),
        1..=limits::SIGNERS => Ok(signed_data),
        _ => Err(Rejection::TooMany { piece: Piece::Cms, limit: limits::SIGNERS }),
    }
}

fn findings(
    signed_data: &SignedData<'_>,
    question: &Question<'_>,
    was_ber: bool,
) -> Result<Vec<Finding>, Rejection> {
    let work = Cell::new(limits::EXAMINATION_SIGNATURES);
    let examined = signed_data.signers.iter().map(|signer| {
        let finding = Examination::new(question, &work).of_cms(signed_data, signer);
        Finding { was_ber, ..finding }
    });
    Ok(examined.collect())
}

/// Examines a raw signature: the result of the key's operation and nothing else, as `RAW` of
/// DOC-ICP-17.01 §6.4.
///
/// RSA is checked over a document in memory or over its digest, ECDSA over a document in memory
/// only. The question's profile and policy demand do not concern it, for a raw signature names
/// nothing; a policy that is demanded is one that is not named.
#[must_use]
pub fn examine_raw(
    signature: &[u8],
    signer: &Certificate,
    algorithm: SignatureAlgorithm,
    question: &Question<'_>,
) -> Finding {
    let work = Cell::new(limits::EXAMINATION_SIGNATURES);
    Examination::new(question, &work).of_raw(signature, signer, algorithm)
}
