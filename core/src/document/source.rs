//! Where the documents come from that are sent.

/// Where the documents of a request come from. They are read in the order of their numbers, each
/// from its start to its end.
pub trait Documents {
    /// Why a document cannot be read.
    type Error;

    /// Whether a document can be begun once only, such as one that comes over a serial line. A
    /// signed document is then compared with what was sent by its digest, and a request that must be
    /// sent again fails. Others are begun again for either.
    const READ_ONCE: bool = false;

    /// Whether there are documents at all. A program without any holds nothing that would send them:
    /// a body that carries one fails with [`BodyError::Length`](super::BodyError::Length).
    const ANY: bool = true;

    /// Begins the document with this number, counted from 0 over all documents of the flow. A
    /// request that is sent again begins its documents again.
    ///
    /// # Errors
    /// Whatever keeps it from being read.
    fn begin(&mut self, document: usize) -> Result<(), Self::Error>;

    /// Reads some of the document that was begun last; 0 bytes is its end.
    ///
    /// # Errors
    /// Whatever keeps it from being read.
    fn read(&mut self, out: &mut [u8]) -> Result<usize, Self::Error>;
}

/// No documents: for requests without any.
impl Documents for () {
    type Error = core::convert::Infallible;

    const ANY: bool = false;

    fn begin(&mut self, _document: usize) -> Result<(), Self::Error> {
        Ok(())
    }

    fn read(&mut self, _out: &mut [u8]) -> Result<usize, Self::Error> {
        Ok(0)
    }
}
