//! Where the application's secret comes from: a file, the environment, or the system's keyring.
//! Never the command line, which other users of the machine can read.

use core::time::Duration;
use std::env;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;

use zeroize::Zeroizing;

/// Bytes of a secret that are read.
const LIMIT: u64 = 4 * 1024;

/// Bytes of a line that is asked for.
const LINE: usize = 256;

/// How long the keyring may take: somebody may have to unlock it first.
const KEYRING_PATIENCE: Duration = Duration::from_secs(60);

/// A place of a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// A file with the secret and nothing else.
    File(PathBuf),
    /// An environment variable.
    Environment(String),
    /// An entry of the system's keyring.
    Keyring(String),
}

/// Why there is no secret.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SecretError {
    #[error("{}: {error}", path.display())]
    File { path: PathBuf, error: io::Error },
    #[error("{} can be read by others: `chmod 600` it", path.display())]
    Exposed { path: PathBuf },
    #[error("the environment variable {0} holds no secret")]
    Environment(String),
    #[error("{0} holds nothing but white space, or more than one line")]
    Shape(String),
    #[error("the keyring has no entry `{0}`, or it stays locked")]
    Keyring(String),
    #[error("`{0}` is needed to read the keyring and cannot be run")]
    NoTool(&'static str),
    #[error("the keyring of this system cannot be read; use a file or the environment")]
    NoKeyring,
}

/// Asks on standard error for a line of standard input, and gives it without its end.
pub(crate) fn ask(question: &str) -> Result<Zeroizing<String>, SecretError> {
    eprint!("{question} ");
    let shape = || SecretError::Shape("standard input".to_owned());
    // Byte by byte: a buffered reader would keep what it read in memory of its own.
    let mut line = Zeroizing::new(Vec::with_capacity(LINE));
    let mut byte = [0];
    let mut input = io::stdin().lock();
    while input.read(&mut byte).is_ok_and(|count| count == 1) && byte != [b'\n'] {
        if line.len() == LINE {
            return Err(shape());
        }
        line.push(byte[0]);
    }
    let text = core::str::from_utf8(&line).map_err(|_| shape())?.trim();
    if text.is_empty() { Err(shape()) } else { Ok(Zeroizing::new(text.to_owned())) }
}

impl Source {
    /// Reads the secret. `warn` is told when others can read it too.
    pub(crate) fn read(
        &self,
        warn: &mut dyn FnMut(SecretError),
    ) -> Result<Zeroizing<String>, SecretError> {
        let (words, place) = match self {
            Self::File(path) => {
                if is_exposed(path) {
                    warn(SecretError::Exposed { path: path.clone() });
                }
                let failed = |error| SecretError::File { path: path.clone(), error };
                let bytes =
                    Zeroizing::new(crate::output::read_bounded(path, LIMIT).map_err(failed)?);
                (text(&bytes).map_err(failed)?, path.display().to_string())
            }
            Self::Environment(name) => {
                let words = env::var(name).map_err(|_| SecretError::Environment(name.clone()))?;
                (Zeroizing::new(words), name.clone())
            }
            Self::Keyring(entry) => (keyring(entry)?, format!("keyring `{entry}`")),
        };
        let secret = words.trim();
        if secret.is_empty() || secret.contains(char::is_control) {
            return Err(SecretError::Shape(place));
        }
        Ok(Zeroizing::new(secret.to_owned()))
    }
}

fn text(bytes: &[u8]) -> io::Result<Zeroizing<String>> {
    core::str::from_utf8(bytes)
        .map(|text| Zeroizing::new(text.to_owned()))
        .map_err(|_| io::ErrorKind::InvalidData.into())
}

#[cfg(unix)]
fn is_exposed(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_exposed(_: &Path) -> bool {
    false
}

/// Asks the system's own tool: the libraries for it would bring D-Bus and an executor with them.
fn keyring(entry: &str) -> Result<Zeroizing<String>, SecretError> {
    let (tool, arguments): (_, &[&str]) = if cfg!(target_os = "macos") {
        ("security", &["find-generic-password", "-s", "rubrica", "-w", "-a", entry])
    } else if cfg!(unix) {
        ("secret-tool", &["lookup", "service", "rubrica", "account", entry])
    } else {
        return Err(SecretError::NoKeyring);
    };
    let mut child = Command::new(tool)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|_| SecretError::NoTool(tool))?;
    let absent = || SecretError::Keyring(entry.to_owned());
    let output = child.stdout.take().ok_or_else(absent)?;
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Zeroizing::new(Vec::new());
        let read = output.take(LIMIT).read_to_end(&mut bytes);
        // Nobody listens any more when it took too long.
        let _ = sender.send(read.map(|_| bytes));
    });
    let bytes = receiver.recv_timeout(KEYRING_PATIENCE);
    if bytes.is_err() {
        // Either it ends now or it has ended by itself.
        let _ = child.kill();
    }
    let succeeded = child.wait().is_ok_and(|status| status.success());
    match bytes {
        Ok(Ok(bytes)) if succeeded => text(&bytes).map_err(|_| absent()),
        _ => Err(absent()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_gives_its_one_line() {
        let path = env::temp_dir().join(format!("rubrica-secret-{}", std::process::id()));
        fs::write(&path, "s3cret\r\n").unwrap();
        let mut warnings = 0;
        let read = Source::File(path.clone()).read(&mut |_| warnings += 1).unwrap();
        assert_eq!(*read, "s3cret");
        fs::write(&path, "two\nlines").unwrap();
        let read = Source::File(path.clone()).read(&mut |_| ());
        assert!(matches!(read, Err(SecretError::Shape(_))));
        fs::write(&path, " \n").unwrap();
        let read = Source::File(path.clone()).read(&mut |_| ());
        assert!(matches!(read, Err(SecretError::Shape(_))));
        fs::remove_file(path).unwrap();
    }
}
