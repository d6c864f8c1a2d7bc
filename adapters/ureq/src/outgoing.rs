//! A request's body on its way out.

use std::io;

use rubrica_core::document::{Body, BodyError, BodyReader, Documents, Sent};
use zeroize::Zeroizing;

use crate::error::DocumentProblem;

/// Bytes that are read before anything is sent. A document that cannot be opened is found out while
/// nothing is in doubt yet; most requests are read whole.
const AHEAD: usize = 16 * 1024;

/// Reads a body out for ureq and keeps why it could not.
pub(crate) struct Outgoing<'a, D> {
    reader: BodyReader<'a>,
    documents: &'a mut D,
    /// Bytes that the reader still owes.
    owed: u64,
    ahead: Zeroizing<Vec<u8>>,
    /// How many of the bytes ahead have gone.
    gone: usize,
    pub(crate) problem: Option<DocumentProblem>,
}

impl<'a, D: Documents> Outgoing<'a, D> {
    /// Reads the first bytes.
    pub(crate) fn new(body: &Body<'a>, documents: &'a mut D) -> Result<Self, DocumentProblem> {
        let length = usize::try_from(body.length()).unwrap_or(usize::MAX).min(AHEAD);
        let mut ahead = Zeroizing::new(vec![0; length]);
        let mut outgoing = Self {
            reader: body.reader(),
            documents,
            owed: body.length(),
            ahead: Zeroizing::default(),
            gone: 0,
            problem: None,
        };
        let mut filled = 0;
        while let Some(room) = ahead.get_mut(filled..).filter(|room| !room.is_empty()) {
            match outgoing.pull(room)? {
                0 => break,
                count => filled += count,
            }
        }
        ahead.truncate(filled);
        outgoing.ahead = ahead;
        Ok(outgoing)
    }

    /// The document that went out last.
    pub(crate) const fn sent(&self) -> Option<Sent> {
        self.reader.sent()
    }

    /// Reads on. The last bytes are handed out only when nothing stands behind them, so that a
    /// document that has grown never makes a complete request.
    fn pull(&mut self, out: &mut [u8]) -> Result<usize, DocumentProblem> {
        let count = self.reader.read(out, self.documents).map_err(problem)?;
        self.owed = self.owed.saturating_sub(u64::try_from(count).unwrap_or(u64::MAX));
        if self.owed == 0
            && count > 0
            && self.reader.read(&mut [0], self.documents).map_err(problem)? > 0
        {
            return Err(DocumentProblem::Length);
        }
        Ok(count)
    }
}

impl<D: Documents> io::Read for Outgoing<'_, D> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let ahead = self.ahead.get(self.gone..).unwrap_or_default();
        if !ahead.is_empty() {
            let count = ahead.len().min(out.len());
            for (place, byte) in out.iter_mut().zip(ahead) {
                *place = *byte;
            }
            self.gone += count;
            return Ok(count);
        }
        self.pull(out).map_err(|problem| {
            self.problem = Some(problem);
            io::Error::other("document")
        })
    }
}

fn problem<E>(error: BodyError<E>) -> DocumentProblem {
    match error {
        BodyError::Source(_) => DocumentProblem::Unreadable,
        BodyError::Length => DocumentProblem::Length,
        BodyError::Digest => DocumentProblem::Changed,
    }
}
