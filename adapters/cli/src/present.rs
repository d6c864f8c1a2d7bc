//! What people and programs are told.

mod human;
mod json;
pub(crate) mod progress;
pub(crate) mod qr;
pub(crate) mod terminal;
pub(crate) mod text;

use std::path::Path;

use rubrica::{Content, Language, Notice, Verified};

pub(crate) use self::human::Human;
pub(crate) use self::json::{Json, print as print_json};
use crate::failure::{Exit, Failure};

/// A signed document.
#[derive(Clone, Copy)]
pub(crate) struct SignedDocument<'s> {
    /// What is written.
    pub(crate) content: &'s Content,
    /// Who signed, and how it was checked; or why it could not be.
    pub(crate) verified: Result<&'s Verified, &'s str>,
    /// By which the service knows it.
    pub(crate) transaction: Option<&'s str>,
}

/// Who is told how a session goes.
pub(crate) trait Presenter {
    /// Something for the holder or the operator to see.
    fn notice(&self, notice: Notice<'_>);

    /// A document is signed and written.
    fn signed(&self, file: &Path, out: &Path, signed: &SignedDocument<'_>);

    /// A document is not signed, or with `None` the whole did not begin, for no one document's sake.
    fn failed(&self, file: Option<&Path>, failure: &Failure);

    /// Something that is worth knowing and changes nothing.
    fn remark(&self, words: &str);

    /// Nothing follows.
    fn done(&self);
}

/// The one that is asked for.
pub(crate) fn presenter(json: bool, language: Language) -> Box<dyn Presenter> {
    if json { Box::new(Json::new(language)) } else { Box::new(Human::new(language)) }
}

/// Tells why a command does not begin, or ends.
pub(crate) fn refuse(failure: &Failure, language: Language, json: bool) -> Exit {
    // People read the document's name in the message.
    let document = failure.document().filter(|_| json);
    presenter(json, language).failed(document, failure);
    failure.exit()
}
