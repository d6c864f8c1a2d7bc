//! Documents that are not in memory, and the ways in which reading them can fail.

use core::cell::Cell;
use std::fs::File;
use std::io::{self, ErrorKind, Write as _};

use rubrica_pdf::Source;

/// A document that is read in short pieces, is interrupted now and then, and may fail.
pub(crate) struct Pieces<'a> {
    bytes: &'a [u8],
    longest: usize,
    /// The length that it tells, each time that it is asked.
    lengths: Cell<[u64; 2]>,
    /// How many readings go well.
    pub(crate) left: Cell<usize>,
    kind: ErrorKind,
}

impl<'a> Pieces<'a> {
    pub(crate) fn new(bytes: &'a [u8], longest: usize) -> Self {
        let lengths = Cell::new([bytes.len() as u64; 2]);
        let left = Cell::new(usize::MAX);
        Self { bytes, longest, lengths, left, kind: ErrorKind::Other }
    }

    /// Tells `first` as its length when it is first asked, and `then` from then on.
    pub(crate) fn with_lengths(self, first: u64, then: u64) -> Self {
        self.lengths.set([first, then]);
        self
    }

    /// Fails in this way after so many readings.
    pub(crate) fn failing_after(mut self, readings: usize, kind: ErrorKind) -> Self {
        self.left.set(readings);
        self.kind = kind;
        self
    }
}

impl Source for Pieces<'_> {
    fn length(&self) -> io::Result<u64> {
        let [first, then] = self.lengths.get();
        self.lengths.set([then, then]);
        Ok(first)
    }

    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<usize> {
        match self.left.get() {
            0 => return Err(self.kind.into()),
            left => self.left.set(left - 1),
        }
        if self.left.get() % 7 == 3 {
            return Err(ErrorKind::Interrupted.into());
        }
        let count = self.longest.min(out.len());
        self.bytes.read_at(offset, &mut out[..count])
    }
}

/// The document in a file that has no name any more.
pub(crate) fn file(bytes: &[u8]) -> File {
    let name = format!("rubrica-pdf-{}-{:?}", std::process::id(), std::thread::current().id());
    let path = std::env::temp_dir().join(name);
    let mut file =
        File::options().create(true).truncate(true).read(true).write(true).open(&path).unwrap();
    file.write_all(bytes).unwrap();
    // Where a file that is open cannot be removed, the next one replaces it.
    let _ = std::fs::remove_file(&path);
    file
}

/// A document most of which is one stream that is nowhere stored.
pub(crate) struct Hollow {
    head: Vec<u8>,
    hollow: u64,
    tail: Vec<u8>,
}

/// A document of one page, with a stream of this length.
pub(crate) fn hollow(length: u64) -> Hollow {
    let mut head = b"%PDF-1.7\n".to_vec();
    let mut rows = "0000000000 65535 f\r\n".to_owned();
    for body in [
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Count 1/Kids[3 0 R]/MediaBox[0 0 595 842]>>".to_owned(),
        "<</Type/Page/Parent 2 0 R/Contents 4 0 R>>".to_owned(),
        format!("<</Length {length}>>\nstream\n"),
    ] {
        rows += &format!("{:010} 00000 n\r\n", head.len());
        let number = rows.len() / 20 - 1;
        let end = if number == 4 { "" } else { "\nendobj\n" };
        head.extend(format!("{number} 0 obj\n{body}{end}").bytes());
    }
    let end = "\nendstream\nendobj\n";
    let start = head.len() as u64 + length + end.len() as u64;
    let tail = format!(
        "{end}xref\n0 5\n{rows}trailer\n<</Size 5/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n"
    );
    Hollow { head, hollow: length, tail: tail.into_bytes() }
}

impl Source for Hollow {
    fn length(&self) -> io::Result<u64> {
        Ok(self.head.len() as u64 + self.hollow + self.tail.len() as u64)
    }

    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<usize> {
        let after = self.head.len() as u64 + self.hollow;
        if offset < self.head.len() as u64 {
            return self.head.read_at(offset, out);
        }
        if offset >= after {
            return self.tail.read_at(offset - after, out);
        }
        let count = out.len().min(usize::try_from(after - offset).unwrap_or(usize::MAX));
        out[..count].fill(b'x');
        Ok(count)
    }
}
