//! Files that are written whole or not at all, and never over another.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use rubrica::{Content, Fault, Form};

/// Why a file is not written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OutputError {
    #[error("{} exists already", path.display())]
    Exists { path: PathBuf },
    #[error("{} exists already, and a secret replaces nothing", path.display())]
    SecretExists { path: PathBuf },
    #[error("two documents would go to {}", path.display())]
    Twice { path: PathBuf },
    #[error("{}: {error}", path.display())]
    Write { path: PathBuf, error: io::Error },
    #[error("{}: {error}", path.display())]
    Place { path: PathBuf, error: io::Error },
    #[error("{} holds files of somebody else's", path.display())]
    Foreign { path: PathBuf },
}

impl OutputError {
    pub(crate) const fn fault(&self) -> Fault {
        match self {
            Self::Write { .. } => Fault::Machine,
            _ => Fault::Configuration,
        }
    }
}

/// How a result is named after its document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Naming {
    /// `NAME-signed.pdf`: this stands in the place of the document's extension.
    Instead(&'static str),
    /// `FILE.p7s`: this stands after the document's whole name.
    After(&'static str),
}

impl From<Form> for Naming {
    fn from(form: Form) -> Self {
        match form {
            form if form.is_pdf() => Self::Instead("-signed.pdf"),
            Form::Raw => Self::After(".sig"),
            _ => Self::After(".p7s"),
        }
    }
}

/// Where a document's result goes unless it is told: beside it, or in this folder.
pub(crate) fn default_path(file: &Path, naming: Naming, folder: Option<&Path>) -> PathBuf {
    let whole = file.file_name().unwrap_or(file.as_os_str());
    let (stays, added) = match naming {
        Naming::Instead(ending) => (file.file_stem().unwrap_or(whole), ending),
        Naming::After(suffix) => (whole, suffix),
    };
    let mut name = stays.to_owned();
    name.push(added);
    folder.map_or_else(|| file.with_file_name(&name), |folder| folder.join(&name))
}

/// Refuses a place that cannot be written, before anything is done for it.
pub(crate) fn check(path: &Path, force: bool) -> Result<(), OutputError> {
    match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_dir() => {
            let error = io::ErrorKind::IsADirectory.into();
            return Err(OutputError::Place { path: path.to_owned(), error });
        }
        Ok(_) if !force => return Err(OutputError::Exists { path: path.to_owned() }),
        _ => {}
    }
    match Temporary::create(path) {
        Ok(_) => Ok(()),
        Err(OutputError::Write { path, error }) => Err(OutputError::Place { path, error }),
        Err(other) => Err(other),
    }
}

/// Writes a result whole. Without `force` nothing that exists is replaced, unless it is the very
/// same: a session that was interrupted hands over twice what it cannot know to be written.
pub(crate) fn write(path: &Path, content: &Content, force: bool) -> Result<(), OutputError> {
    match content {
        Content::Bytes(bytes) => write_bytes(path, bytes, force),
        Content::File(file) => place_file(path, file, force),
    }
}

/// Like [`write`], for what is in memory.
pub(crate) fn write_bytes(path: &Path, bytes: &[u8], force: bool) -> Result<(), OutputError> {
    let failed = |error| OutputError::Write { path: path.to_owned(), error };
    let mut temporary = Temporary::create(path)?;
    temporary.file.write_all(bytes).and_then(|()| temporary.file.sync_all()).map_err(failed)?;
    temporary.place(path, force, || is_same(path, bytes))
}

/// Gives a file that was received another name, and copies it where it cannot have two.
fn place_file(path: &Path, received: &Path, force: bool) -> Result<(), OutputError> {
    let failed = |error| OutputError::Write { path: path.to_owned(), error };
    let mut temporary = Temporary::create(path)?;
    let linked = temporary
        .file
        .metadata()
        // It was its owner's alone while it was not finished.
        .and_then(|ordinary| fs::set_permissions(received, ordinary.permissions()))
        .and_then(|()| fs::remove_file(&temporary.path))
        .and_then(|()| fs::hard_link(received, &temporary.path));
    if linked.is_err() {
        temporary = Temporary::create(path)?;
        File::open(received)
            .and_then(|mut received| io::copy(&mut received, &mut temporary.file))
            .and_then(|_| temporary.file.sync_all())
            .map_err(failed)?;
    }
    temporary.place(path, force, || are_same(path, received).unwrap_or(false))
}

/// Refuses a place that cannot take a secret, before there is one.
pub(crate) fn check_secret(path: &Path) -> Result<(), OutputError> {
    check(path, false).map_err(|error| match error {
        OutputError::Exists { path } => OutputError::SecretExists { path },
        other => other,
    })
}

/// Writes a file that only its owner can read.
pub(crate) fn write_secret(path: &Path, secret: &str) -> Result<(), OutputError> {
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::AlreadyExists => OutputError::SecretExists { path: path.to_owned() },
        _ => OutputError::Write { path: path.to_owned(), error },
    };
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(path).map_err(failed)?;
    file.write_all(secret.as_bytes())
        .and_then(|()| file.write_all(b"\n"))
        .and_then(|()| file.sync_all())
        .map_err(failed)
}

/// Reads a file of no more than so many bytes.
pub(crate) fn read_bounded(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(bytes)
}

/// The first bytes of a file, enough to tell what it is.
pub(crate) fn head(path: &Path) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    File::open(path)?.take(512).read_to_end(&mut head)?;
    Ok(head)
}

/// A folder that a command fills again each time it runs. It is known by a file in it, so that
/// nobody else's files are replaced.
#[derive(Debug)]
pub(crate) struct Workshop(PathBuf);

/// Marks a folder as one of ours.
const MARK: &str = ".rubrica-workshop";

impl Workshop {
    /// A folder that is new, empty, or one of ours.
    pub(crate) fn open(path: &Path) -> Result<Self, OutputError> {
        let failed = |error| OutputError::Write { path: path.to_owned(), error };
        fs::create_dir_all(path).map_err(failed)?;
        let mark = path.join(MARK);
        if !mark.exists() {
            if fs::read_dir(path).map_err(failed)?.next().is_some() {
                return Err(OutputError::Foreign { path: path.to_owned() });
            }
            fs::write(mark, "This folder's files are replaced when the command runs again.\n")
                .map_err(failed)?;
        }
        Ok(Self(path.to_owned()))
    }

    /// The path of a file in it.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Writes a result, over the one of the last time.
    pub(crate) fn keep(&self, name: &str, content: &Content) -> Result<PathBuf, OutputError> {
        let path = self.path(name);
        write(&path, content, true)?;
        Ok(path)
    }

    /// Writes a file, over the one of the last time.
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> Result<PathBuf, OutputError> {
        let path = self.path(name);
        write_bytes(&path, bytes, true)?;
        Ok(path)
    }

    /// Writes a file that only its owner can read, over the one of the last time.
    pub(crate) fn write_secret(&self, name: &str, secret: &str) -> Result<PathBuf, OutputError> {
        let path = self.path(name);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(OutputError::Write { path, error });
            }
            _ => write_secret(&path, secret)?,
        }
        Ok(path)
    }
}

/// Whether two files hold the same, of whatever length.
fn are_same(one: &Path, other: &Path) -> io::Result<bool> {
    let (one, other) = (File::open(one)?, File::open(other)?);
    if one.metadata()?.len() != other.metadata()?.len() {
        return Ok(false);
    }
    let (mut one, mut other) = (BufReader::new(one), BufReader::new(other));
    loop {
        let (left, right) = (one.fill_buf()?, other.fill_buf()?);
        let count = left.len().min(right.len());
        if left.get(..count) != right.get(..count) {
            return Ok(false);
        }
        if count == 0 {
            return Ok(left.len() == right.len());
        }
        one.consume(count);
        other.consume(count);
    }
}

fn is_same(path: &Path, bytes: &[u8]) -> bool {
    read_bounded(path, bytes.len() as u64).is_ok_and(|there| there == bytes)
}

/// A file beside the one that it will become; gone when it did not.
struct Temporary {
    path: PathBuf,
    file: File,
}

impl Temporary {
    fn create(target: &Path) -> Result<Self, OutputError> {
        let failed = |error| OutputError::Write { path: target.to_owned(), error };
        let Some(name) = target.file_name() else {
            return Err(failed(io::ErrorKind::InvalidFilename.into()));
        };
        for attempt in 0..16_u32 {
            let mut temporary = std::ffi::OsString::from(".");
            temporary.push(name);
            temporary.push(format!(".{}-{attempt}.part", std::process::id()));
            let path = target.with_file_name(temporary);
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(file) => return Ok(Self { path, file }),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(failed(error)),
            }
        }
        Err(failed(io::ErrorKind::AlreadyExists.into()))
    }

    /// Becomes the file, in place of one that is there by force alone, or when it is the same.
    fn place(
        &self,
        path: &Path,
        force: bool,
        is_there: impl Fn() -> bool,
    ) -> Result<(), OutputError> {
        let failed = |error| OutputError::Write { path: path.to_owned(), error };
        let exists = || OutputError::Exists { path: path.to_owned() };
        if force {
            return self.rename(path).map_err(failed);
        }
        // A link, unlike a renaming, fails where there is a file already.
        match fs::hard_link(&self.path, path) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                if is_there() {
                    Ok(())
                } else {
                    Err(exists())
                }
            }
            // A file system without links.
            Err(_) if !path.exists() => self.rename(path).map_err(failed),
            Err(_) if is_there() => Ok(()),
            Err(_) => Err(exists()),
        }
    }

    fn rename(&self, target: &Path) -> io::Result<()> {
        fs::rename(&self.path, target)
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // Gone already where it was renamed.
        let _ = fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder of its own for each test.
    fn folder(name: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("rubrica-{name}-{}", std::process::id()));
        // What an earlier run left.
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        path
    }

    #[test]
    fn results_go_beside_their_documents_unless_told() {
        let at = |form: Form| default_path(Path::new("a/contrato.pdf"), form.into(), None);
        assert_eq!(at(Form::Pdf), Path::new("a/contrato-signed.pdf"));
        assert_eq!(at(Form::Cms), Path::new("a/contrato.pdf.p7s"));
        assert_eq!(at(Form::Raw), Path::new("a/contrato.pdf.sig"));
        let elsewhere = default_path(Path::new("a/b.txt"), Form::Cms.into(), Some(Path::new("c")));
        assert_eq!(elsewhere, Path::new("c/b.txt.p7s"));
    }

    #[test]
    fn a_file_that_exists_is_replaced_by_force_alone() {
        let folder = folder("output");
        let path = folder.join("a.pdf");
        let bytes = |bytes: &[u8]| Content::Bytes(bytes.to_vec());
        write(&path, &bytes(b"one"), false).unwrap();
        write(&path, &bytes(b"one"), false).unwrap();
        assert!(matches!(write(&path, &bytes(b"two"), false), Err(OutputError::Exists { .. })));
        assert!(matches!(check(&path, false), Err(OutputError::Exists { .. })));
        assert_eq!(fs::read(&path).unwrap(), b"one");
        write(&path, &bytes(b"two"), true).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1, "no temporary file stays");
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_file_that_was_received_is_placed_like_bytes() {
        let folder = folder("received");
        let (path, one, two) = (folder.join("a.pdf"), folder.join(".one"), folder.join(".two"));
        fs::write(&one, b"one").unwrap();
        fs::write(&two, b"two").unwrap();
        let file = |path: &PathBuf| Content::File(path.clone());
        write(&path, &file(&one), false).unwrap();
        write(&path, &file(&one), false).unwrap();
        assert!(matches!(write(&path, &file(&two), false), Err(OutputError::Exists { .. })));
        assert_eq!(fs::read(&path).unwrap(), b"one");
        write(&path, &file(&two), true).unwrap();
        fs::remove_file(&two).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::read(&one).unwrap(), b"one");
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 2, "no temporary file stays");
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_workshop_never_takes_somebody_elses_folder() {
        let folder = folder("workshop");
        Workshop::open(&folder).unwrap().write("a", b"1").unwrap();
        Workshop::open(&folder).unwrap().write("a", b"2").unwrap();
        fs::remove_file(folder.join(MARK)).unwrap();
        assert!(matches!(Workshop::open(&folder), Err(OutputError::Foreign { .. })));
        fs::remove_dir_all(folder).unwrap();
    }
}
