//! Signed documents on their way in.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use rubrica_core::document::Sink;

use crate::crash;
use crate::error::Error;
use crate::random;

/// Where the signed documents of an order go as they arrive: into memory for a document that is in
/// memory, else into a file of its own, so that memory does not grow with it.
#[derive(Debug)]
pub(crate) struct Inbox {
    /// By document.
    files: Vec<Option<PathBuf>>,
    open: Option<Open>,
    /// The document that was committed last.
    whole: Option<Arrived>,
}

/// A document that is arriving.
#[derive(Debug)]
enum Open {
    Memory(Vec<u8>),
    File(PathBuf, File),
}

/// A document that has arrived whole.
#[derive(Debug)]
pub(crate) enum Arrived {
    /// In memory.
    Memory(Vec<u8>),
    /// In its file, which is on the disk.
    File,
}

impl Inbox {
    pub(crate) const fn new(files: Vec<Option<PathBuf>>) -> Self {
        Self { files, open: None, whole: None }
    }

    /// Takes the document that was committed last.
    pub(crate) const fn take(&mut self) -> Option<Arrived> {
        self.whole.take()
    }
}

impl Sink for Inbox {
    type Error = io::Error;

    fn begin(&mut self, document: usize) -> io::Result<()> {
        self.abandon();
        let file = self.files.get(document).ok_or(io::ErrorKind::NotFound)?;
        self.open = Some(match file {
            None => Open::Memory(Vec::new()),
            Some(path) => Open::File(path.clone(), create(path)?),
        });
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.open {
            Some(Open::Memory(memory)) => memory.extend_from_slice(bytes),
            Some(Open::File(_, file)) => file.write_all(bytes)?,
            None => return Err(io::ErrorKind::NotFound.into()),
        }
        Ok(())
    }

    fn commit(&mut self) -> io::Result<()> {
        crash::point();
        self.whole = match &mut self.open {
            Some(Open::Memory(memory)) => Some(Arrived::Memory(core::mem::take(memory))),
            Some(Open::File(_, file)) => {
                file.sync_all()?;
                crash::point();
                Some(Arrived::File)
            }
            None => return Err(io::ErrorKind::NotFound.into()),
        };
        self.open = None;
        Ok(())
    }

    fn abandon(&mut self) {
        if let Some(Open::File(path, _)) = self.open.take() {
            remove(&path);
        }
    }
}

impl Drop for Inbox {
    fn drop(&mut self) {
        self.abandon();
    }
}

/// A name under which nothing is yet, and which says that it is not finished, in the first of these
/// folders in which a file can be made: nobody is asked to approve what could not be received.
pub(crate) fn name(folders: &[&Path]) -> Result<PathBuf, Error> {
    let number = u64::from_le_bytes(random::bytes()?);
    let mut refused = io::ErrorKind::NotFound.into();
    for folder in folders {
        let path = folder.join(format!(".rubrica-{number:016x}.part"));
        match create(&path) {
            Ok(_) => {
                remove(&path);
                return Ok(path);
            }
            Err(error) => refused = error,
        }
    }
    Err(Error::file("a signed document could not be received", refused))
}

/// Removes a file that may be gone already. One that cannot be removed stays under a name that says
/// what it is.
pub(crate) fn remove(path: &Path) {
    if let Err(error) = fs::remove_file(path)
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::warn!(%error, "a received document could not be removed");
    }
}

/// A new file that is its owner's alone, in place of what an earlier try left.
fn create(path: &Path) -> io::Result<File> {
    remove(path);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(name: &str) -> PathBuf {
        let folder =
            std::env::temp_dir().join(format!("rubrica-inbox-{name}-{}", std::process::id()));
        // What an earlier run left.
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        super::name(&[&folder]).unwrap()
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_passed_over_or_told_before_anyone_is_asked() {
        let path = path("folders");
        let folder = path.parent().unwrap();
        let missing = folder.join("missing");
        assert_eq!(super::name(&[&missing, folder]).unwrap().parent(), Some(folder));
        assert!(matches!(super::name(&[&missing]), Err(Error::File { .. })));
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn what_is_committed_stays_and_what_is_not_goes() {
        let path = path("goes");
        let mut inbox = Inbox::new(vec![None, Some(path.clone())]);
        inbox.begin(1).unwrap();
        inbox.write(b"half").unwrap();
        assert!(path.exists());
        inbox.abandon();
        assert!(!path.exists() && inbox.take().is_none());

        inbox.begin(1).unwrap();
        inbox.write(b"half").unwrap();
        inbox.begin(1).unwrap();
        inbox.write(b"who").unwrap();
        inbox.write(b"le").unwrap();
        inbox.commit().unwrap();
        assert!(matches!(inbox.take(), Some(Arrived::File)));
        drop(inbox);
        assert_eq!(fs::read(&path).unwrap(), b"whole");
        fs::remove_dir_all(path.parent().unwrap()).unwrap();
    }

    #[test]
    fn a_document_half_received_goes_with_the_program() {
        let path = path("half");
        let mut inbox = Inbox::new(vec![Some(path.clone())]);
        inbox.begin(0).unwrap();
        inbox.write(b"half").unwrap();
        drop(inbox);
        assert!(!path.exists());
        fs::remove_dir_all(path.parent().unwrap()).unwrap();
    }

    #[test]
    fn a_document_in_memory_is_received_in_memory() {
        let mut inbox = Inbox::new(vec![None]);
        assert!(inbox.commit().is_err());
        inbox.begin(0).unwrap();
        inbox.write(b"ab").unwrap();
        inbox.write(b"c").unwrap();
        inbox.commit().unwrap();
        assert!(matches!(inbox.take(), Some(Arrived::Memory(bytes)) if bytes == b"abc"));
        assert!(inbox.begin(1).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_received_document_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt;

        let path = path("private");
        let mut inbox = Inbox::new(vec![Some(path.clone())]);
        inbox.begin(0).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        fs::remove_dir_all(path.parent().unwrap()).unwrap();
    }
}
