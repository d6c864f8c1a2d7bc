//! Where this machine keeps the command's files.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The folder of the configuration, and what lies in it.
#[derive(Debug)]
pub(crate) struct Folders {
    home: Option<PathBuf>,
}

impl Folders {
    /// The folder of `RUBRICA_HOME`, of the configuration file that is named, or else the system's
    /// customary one: `$XDG_CONFIG_HOME/rubrica` or `~/.config/rubrica`, on macOS
    /// `~/Library/Application Support/rubrica`, on Windows `%APPDATA%\rubrica`.
    pub(crate) fn find(configuration: Option<&Path>) -> Self {
        let beside = |path: &Path| match path.parent() {
            Some(parent) if parent.as_os_str().is_empty() => PathBuf::from("."),
            Some(parent) => parent.to_owned(),
            None => PathBuf::from("."),
        };
        let home = variable("RUBRICA_HOME")
            .map(PathBuf::from)
            .or_else(|| configuration.map(beside))
            .or_else(|| customary().map(|folder| folder.join("rubrica")));
        Self { home }
    }

    /// The configuration file.
    pub(crate) fn configuration(&self) -> Option<PathBuf> {
        self.home.as_ref().map(|home| home.join("rubrica.toml"))
    }

    /// The folder of the roots that were added to those of the library.
    pub(crate) fn trust(&self) -> Option<PathBuf> {
        self.home.as_ref().map(|home| home.join("trust"))
    }

    /// The folder of interrupted sessions.
    pub(crate) fn state(&self) -> Option<PathBuf> {
        self.home.as_ref().map(|home| home.join("state"))
    }
}

fn customary() -> Option<PathBuf> {
    let home = || variable("HOME").map(PathBuf::from);
    if cfg!(windows) {
        variable("APPDATA").map(PathBuf::from)
    } else if cfg!(target_os = "macos") {
        home().map(|home| home.join("Library/Application Support"))
    } else {
        let xdg = variable("XDG_CONFIG_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
        xdg.or_else(|| home().map(|home| home.join(".config")))
    }
}

fn variable(name: &str) -> Option<OsString> {
    env::var_os(name).filter(|value| !value.is_empty())
}
