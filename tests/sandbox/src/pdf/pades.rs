//! PAdES.

use super::{PdfError, Signed};

pub(crate) struct Options {
    pub(crate) page: Option<String>,
    pub(crate) alter: bool,
}

pub(crate) fn sign(
    _document: &[u8],
    options: &Options,
    _sign: impl Fn([u8; 32]) -> Vec<u8>,
) -> Result<Signed, PdfError> {
    let _ = (&options.page, options.alter);
    Err(PdfError::Unavailable)
}
