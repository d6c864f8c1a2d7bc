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

impl Hollow {
    pub(crate) fn with_update(mut self, update: &[u8]) -> Self {
        self.tail.extend_from_slice(update);
        self
    }
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

/// A document of one page and so many objects beside it, with one cross-reference table.
pub(crate) fn dense_table(count: usize) -> Vec<u8> {
    let mut out = b"%PDF-1.7\n".to_vec();
    let mut rows = "0000000000 65535 f\r\n".to_owned();
    let page = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Count 1/Kids[3 0 R]/MediaBox[0 0 595 842]>>",
        "<</Type/Page/Parent 2 0 R>>",
    ];
    let beside = core::iter::repeat_n("<</Kind/Beside/Value 1>>", count);
    for (index, body) in page.into_iter().chain(beside).enumerate() {
        rows += &format!("{:010} 00000 n\r\n", out.len());
        out.extend(format!("{} 0 obj\n{body}\nendobj\n", index + 1).bytes());
    }
    let (size, start) = (count + 4, out.len());
    let end = format!("trailer\n<</Size {size}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n");
    out.extend(format!("xref\n0 {size}\n{rows}{end}").bytes());
    out
}

/// The same with the objects in object streams of 200, and a cross-reference stream.
pub(crate) fn dense_streams(count: usize) -> Vec<u8> {
    let mut out = b"%PDF-1.7\n".to_vec();
    let page = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Count 1/Kids[3 0 R]/MediaBox[0 0 595 842]>>",
        "<</Type/Page/Parent 2 0 R>>",
    ];
    let beside = core::iter::repeat_n("<</Kind/Beside/Value 1>>", count);
    let bodies: Vec<&str> = page.into_iter().chain(beside).collect();
    let mut rows = vec![0, 0, 0, 0, 0, 0xff, 0xff];
    for container in 0..bodies.len().div_ceil(200) {
        for index in 0..200.min(bodies.len() - 200 * container) {
            rows.push(2);
            rows.extend(((bodies.len() + 1 + container) as u32).to_be_bytes());
            rows.extend((index as u16).to_be_bytes());
        }
    }
    let stream = |out: &mut Vec<u8>, number: usize, entries: &str, data: &[u8]| {
        let data = super::samples::deflate(data);
        let head = format!(
            "{number} 0 obj\n<<{entries}/Filter/FlateDecode/Length {}>>\nstream\n",
            data.len()
        );
        out.extend([head.as_bytes(), &data, b"\nendstream\nendobj\n"].concat());
    };
    for (container, bodies_of_one) in bodies.chunks(200).enumerate() {
        rows.push(1);
        rows.extend((out.len() as u32).to_be_bytes());
        rows.extend([0, 0]);
        let (mut index, mut data) = (String::new(), String::new());
        for (place, body) in bodies_of_one.iter().enumerate() {
            index += &format!("{} {} ", 200 * container + place + 1, data.len());
            data += body;
        }
        let entries = format!("/Type/ObjStm/N {}/First {}", bodies_of_one.len(), index.len());
        stream(&mut out, bodies.len() + 1 + container, &entries, (index + &data).as_bytes());
    }
    let (size, start) = (rows.len() / 7, out.len());
    let entries = format!("/Type/XRef/Size {size}/W[1 4 2]/Root 1 0 R");
    stream(&mut out, size, &entries, &rows);
    out.extend(format!("startxref\n{start}\n%%EOF\n").bytes());
    out
}
