//! Documents out of readers and into writers.

use embedded_io::{ErrorKind, ErrorType, Read, Seek, SeekFrom, Write};
use rubrica_core::document::{Documents, Sink};
use rubrica_device::sink::{SinkError, State, WriteTo};
use rubrica_device::source::{ReadAgain, ReadOnce, SourceError};

/// A file of so many bytes at most, taken in small pieces.
#[derive(Debug)]
struct File {
    bytes: Vec<u8>,
    place: u64,
    room: usize,
    is_flushed: bool,
}

impl File {
    fn new(bytes: &[u8], place: u64, room: usize) -> Self {
        Self { bytes: bytes.into(), place, room, is_flushed: false }
    }
}

impl ErrorType for File {
    type Error = ErrorKind;
}

impl Read for File {
    fn read(&mut self, out: &mut [u8]) -> Result<usize, ErrorKind> {
        let rest = self.bytes.get(self.place as usize..).ok_or(ErrorKind::Other)?;
        let count = rest.len().min(out.len()).min(3);
        out[..count].copy_from_slice(&rest[..count]);
        self.place += count as u64;
        Ok(count)
    }
}

impl Seek for File {
    fn seek(&mut self, to: SeekFrom) -> Result<u64, ErrorKind> {
        self.place = match to {
            SeekFrom::Start(place) => place,
            SeekFrom::Current(by) => self.place.checked_add_signed(by).ok_or(ErrorKind::Other)?,
            SeekFrom::End(_) => return Err(ErrorKind::Unsupported),
        };
        Ok(self.place)
    }
}

impl Write for File {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        let count = bytes.len().min(3).min(self.room - self.bytes.len());
        self.bytes.extend_from_slice(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> Result<(), ErrorKind> {
        self.is_flushed = true;
        Ok(())
    }
}

fn read<D: Documents>(documents: &mut D) -> Result<Vec<u8>, D::Error> {
    let (mut all, mut piece) = (Vec::new(), [0; 5]);
    loop {
        match documents.read(&mut piece)? {
            0 => return Ok(all),
            count => all.extend_from_slice(&piece[..count]),
        }
    }
}

fn reads_once<D: Documents>(_: &D) -> bool {
    D::READ_ONCE
}

#[test]
fn a_file_is_read_again_from_where_its_document_begins() {
    let mut source = ReadAgain::numbered(4, File::new(b"head:document", 5, 0)).unwrap();
    assert!(!reads_once(&source));
    for _ in 0..2 {
        source.begin(4).unwrap();
        assert_eq!(read(&mut source).unwrap(), b"document");
    }
    assert_eq!(source.begin(0), Err(SourceError::Missing));
    assert!(matches!(
        ReadAgain::new(File::new(b"", 9, 0)).unwrap().read(&mut [0]),
        Err(SourceError::Reader(_))
    ));
}

#[test]
fn a_line_is_read_once() {
    let mut source = ReadOnce::new(File::new(b"document", 0, 0));
    assert!(reads_once(&source));
    assert_eq!(source.begin(1), Err(SourceError::Missing));
    source.begin(0).unwrap();
    // Nothing of it is gone yet.
    source.begin(0).unwrap();
    assert_eq!(read(&mut source).unwrap(), b"document");
    assert_eq!(source.begin(0), Err(SourceError::Spent));
}

#[test]
fn a_writer_is_told_whole_only_when_it_is() {
    let mut sink = WriteTo::new(File::new(b"", 0, 100));
    sink.begin(0).unwrap();
    sink.write(b"signed document").unwrap();
    assert_eq!(sink.state(), State::Begun);
    assert_eq!(sink.begin(1), Err(SinkError::Occupied));
    sink.commit().unwrap();
    sink.abandon();
    assert_eq!(sink.state(), State::Whole);
    assert_eq!(sink.begin(1), Err(SinkError::Occupied));
    let file = sink.into_inner();
    assert!(file.is_flushed);
    assert_eq!(file.bytes, b"signed document");
}

#[test]
fn a_writer_that_is_full_is_not_tried_for_ever() {
    let mut sink = WriteTo::new(File::new(b"", 0, 7));
    sink.abandon();
    assert_eq!(sink.state(), State::Empty, "nothing came that could be abandoned");
    sink.begin(0).unwrap();
    assert_eq!(sink.write(b"signed document"), Err(SinkError::Full));
    sink.abandon();
    assert_eq!(sink.state(), State::Abandoned);
}
