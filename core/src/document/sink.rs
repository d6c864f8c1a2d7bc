//! Where a document goes that comes back signed.

/// Takes a signed document as it arrives.
///
/// What was written is not a document before [`Sink::commit`]: the reply that brings it may break
/// off, or may turn out to be the answer to something else. After [`Sink::begin`] exactly one of
/// [`Sink::commit`] and [`Sink::abandon`] follows, unless the program ends before.
pub trait Sink {
    /// Why it cannot take the document.
    type Error;

    /// Whether it takes documents at all. A program that takes none holds nothing that would take
    /// them out: a reply that brings one is kept whole, and needs the memory for it.
    const ANY: bool = true;

    /// A document begins: the signed form of the one with this number, counted from 0 over all
    /// documents of the flow.
    ///
    /// # Errors
    /// Whatever keeps it from being taken.
    fn begin(&mut self, document: usize) -> Result<(), Self::Error>;

    /// Takes all of the next bytes.
    ///
    /// # Errors
    /// Whatever keeps them from being taken.
    fn write(&mut self, bytes: &[u8]) -> Result<(), Self::Error>;

    /// The document is whole, and is the answer to what was asked. Its signature is not verified.
    ///
    /// # Errors
    /// Whatever keeps it from being kept.
    fn commit(&mut self) -> Result<(), Self::Error>;

    /// What came is no document, and must not be left behind as one.
    fn abandon(&mut self);
}

/// Takes no documents: for requests whose replies bring none.
impl Sink for () {
    type Error = core::convert::Infallible;

    const ANY: bool = false;

    fn begin(&mut self, _document: usize) -> Result<(), Self::Error> {
        Ok(())
    }

    fn write(&mut self, _bytes: &[u8]) -> Result<(), Self::Error> {
        Ok(())
    }

    fn commit(&mut self) -> Result<(), Self::Error> {
        Ok(())
    }

    fn abandon(&mut self) {}
}
