//! The steps of a signing, each one request.

/// A step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// The application's token.
    Token,
    /// The upload of a document.
    Upload(usize),
    /// The signatures of what is uploaded.
    Sign,
    /// The download of a signed document.
    Download(usize),
}
