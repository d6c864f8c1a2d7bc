//! Bytes too many for memory: a request's body in a temporary file, and contents put together of
//! parts of such files.

use core::ops::Range;
use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::sync::Arc;

use crate::random;

/// A temporary file, removed when nothing refers to it any more. It stays when the process is
/// killed.
#[derive(Debug)]
pub(crate) struct Spool {
    path: PathBuf,
    length: u64,
}

impl Spool {
    /// A new file, readable by its owner alone, with what `fill` writes into it.
    pub(crate) fn fill<T>(
        fill: impl FnOnce(&mut dyn Write) -> io::Result<T>,
    ) -> io::Result<(Self, T)> {
        let name = format!("rubrica-sandbox-{}-{}", std::process::id(), random::uuid());
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let path = std::env::temp_dir().join(name);
        let mut file = options.open(&path)?;
        // From here on the file is removed, whatever happens.
        let mut spool = Self { path, length: 0 };
        let result = fill(&mut file)?;
        spool.length = file.metadata()?.len();
        Ok((spool, result))
    }

    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// Reads a part of the file.
    pub(crate) fn reader(&self, part: &Range<u64>) -> io::Result<impl Read + use<>> {
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(part.start))?;
        let length = part.end.saturating_sub(part.start);
        Ok(BufReader::with_capacity(64 * 1024, file).take(length))
    }
}

impl Drop for Spool {
    fn drop(&mut self) {
        // A temporary folder that was emptied meanwhile is no concern.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// A stretch of bytes, in memory or in a file.
#[derive(Clone, Debug)]
pub(crate) enum Piece {
    Bytes(Vec<u8>),
    File(Arc<Spool>, Range<u64>),
}

impl Piece {
    fn length(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::File(_, part) => part.end.saturating_sub(part.start),
        }
    }
}

/// Pieces that follow each other, read as one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Content {
    pieces: Vec<Piece>,
}

impl Content {
    pub(crate) fn of(pieces: Vec<Piece>) -> Self {
        Self { pieces }
    }

    pub(crate) fn length(&self) -> u64 {
        self.pieces.iter().map(Piece::length).sum()
    }

    pub(crate) fn reader(&self) -> io::Result<impl Read + use<>> {
        let mut whole: Box<dyn Read> = Box::new(io::empty());
        for piece in &self.pieces {
            whole = match piece {
                Piece::Bytes(bytes) => Box::new(whole.chain(io::Cursor::new(bytes.clone()))),
                Piece::File(spool, part) => Box::new(whole.chain(spool.reader(part)?)),
            };
        }
        Ok(whole)
    }

    /// The same with bytes before it and after it.
    #[must_use]
    pub(crate) fn between(self, before: Vec<u8>, after: Vec<u8>) -> Self {
        let mut pieces = vec![Piece::Bytes(before)];
        pieces.extend(self.pieces);
        pieces.push(Piece::Bytes(after));
        Self { pieces }
    }

    /// Everything in memory, for what cannot be read otherwise.
    pub(crate) fn to_vec(&self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::with_capacity(usize::try_from(self.length()).unwrap_or_default());
        self.reader()?.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// The first `length` bytes of it.
    #[must_use]
    pub(crate) fn start(&self, length: u64) -> Self {
        let mut left = length;
        let mut pieces = Vec::new();
        for piece in &self.pieces {
            let taken = piece.length().min(left);
            left -= taken;
            pieces.push(match piece {
                Piece::Bytes(bytes) => {
                    let taken = usize::try_from(taken).unwrap_or(usize::MAX);
                    Piece::Bytes(bytes.get(..taken).unwrap_or(bytes).to_vec())
                }
                Piece::File(spool, part) => {
                    Piece::File(Arc::clone(spool), part.start..part.start + taken)
                }
            });
        }
        Self { pieces }
    }
}

impl From<Vec<u8>> for Content {
    fn from(bytes: Vec<u8>) -> Self {
        Self { pieces: vec![Piece::Bytes(bytes)] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_read_as_one_and_the_file_goes_with_the_last_of_them() {
        let (spool, ()) = Spool::fill(|file| file.write_all(b"0123456789")).unwrap();
        let path = spool.path.clone();
        assert_eq!(spool.length(), 10);
        let content = Content::of(vec![
            Piece::Bytes(b"ab".to_vec()),
            Piece::File(Arc::new(spool), 2..5),
            Piece::Bytes(b"c".to_vec()),
        ]);
        assert_eq!(content.length(), 6);
        assert_eq!(content.to_vec().unwrap(), b"ab234c");
        assert_eq!(content.start(4).to_vec().unwrap(), b"ab23");
        assert_eq!(content.start(9).to_vec().unwrap(), b"ab234c");
        assert!(path.exists());
        drop(content);
        assert!(!path.exists());
    }
}
