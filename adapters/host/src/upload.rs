//! Documents on their way into a request.

use std::fs::File;
use std::io::{self, BufReader, Read};

use rubrica_core::document::Documents;

use crate::document::{Document, Source};

/// The documents of an order, read once each, in pieces. A document that is sent again is read again
/// from its start.
#[derive(Debug)]
pub(crate) struct Uploads {
    documents: Vec<Document>,
    open: Option<Open>,
}

/// The document that was begun last.
#[derive(Debug)]
enum Open {
    File(BufReader<File>),
    /// A document in memory, and how far it has been read.
    Bytes(usize, usize),
}

impl Uploads {
    pub(crate) const fn new(documents: Vec<Document>) -> Self {
        Self { documents, open: None }
    }
}

impl Documents for Uploads {
    type Error = io::Error;

    fn begin(&mut self, document: usize) -> io::Result<()> {
        let source = &self.documents.get(document).ok_or(io::ErrorKind::NotFound)?.source;
        self.open = Some(match source {
            Source::File(path) => Open::File(BufReader::new(File::open(path)?)),
            Source::Bytes(_) => Open::Bytes(document, 0),
        });
        Ok(())
    }

    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let Self { documents, open } = self;
        match open {
            Some(Open::File(file)) => file.read(out),
            Some(Open::Bytes(document, place)) => {
                let Some(Document { source: Source::Bytes(bytes), .. }) = documents.get(*document)
                else {
                    return Err(io::ErrorKind::NotFound.into());
                };
                let count = bytes.get(*place..).unwrap_or_default().read(out)?;
                *place = place.saturating_add(count);
                Ok(count)
            }
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }
}
