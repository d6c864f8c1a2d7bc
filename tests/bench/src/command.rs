//! `memory`: what the `rubrica` command takes for a document of seven kilobytes, of seven megabytes,
//! and of hundreds.
//!
//! The high-water mark is read from `/proc/PID/status` while the command runs, over and over, so that
//! the last reading is the one before its end. The other way, the `ru_maxrss` that `wait4` gives, is
//! less exact: it begins with what the parent had when it started the child, and it is taken from
//! counters that each processor keeps for itself and adds up only now and then (Linux 6.2 and later),
//! where `status` adds them up for every reader.

use core::time::Duration;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::arguments::Arguments;
use crate::report::Report;
use crate::{Failure, memory, sample};

/// Bytes of the small document.
const SMALL: u64 = 7 * 1024;

/// Bytes of the large document: what VIDaaS takes at most (manual v1.6 §3.2).
const LARGE: u64 = 7 * 1024 * 1024;

/// Runs with each document; the median is told.
const RUNS: usize = 5;

/// The time between two readings.
const PAUSE: Duration = Duration::from_micros(200);

/// `rubrica-bench memory BASE_URL CA_PEM RUBRICA [--large MEGABYTES]`
pub(crate) fn run(arguments: &Arguments) -> Result<Report, Failure> {
    let folder = Folder::new()?;
    let bench = Bench {
        command: arguments.required(2, "RUBRICA")?.to_owned(),
        configuration: folder.configuration(arguments)?,
        holder: arguments.option("holder", "11144477735").to_owned(),
        folder: folder.0.clone(),
    };
    let small = bench.median(SMALL)?;
    let large = bench.median(LARGE)?;
    let mut report = Report::new()
        .with("small_kb", small)
        .with("large_kb", large)
        .with("delta_kb", difference(large, small));
    if let Some(megabytes) = arguments.number::<u64>("large")? {
        let huge = bench.once(megabytes * 1_000_000)?;
        report = report.with("huge_kb", huge).with("huge_delta_kb", difference(huge, small));
    }
    Ok(report)
}

fn difference(one: u64, other: u64) -> i64 {
    i64::try_from(one).unwrap_or(i64::MAX) - i64::try_from(other).unwrap_or(i64::MAX)
}

struct Bench {
    command: String,
    configuration: PathBuf,
    holder: String,
    folder: PathBuf,
}

impl Bench {
    fn median(&self, length: u64) -> Result<u64, Failure> {
        let mut runs = Vec::new();
        for _ in 0..RUNS {
            runs.push(self.once(length)?);
        }
        runs.sort_unstable();
        eprintln!("{length} bytes: {runs:?} kB");
        Ok(runs.get(RUNS / 2).copied().unwrap_or_default())
    }

    /// The high-water mark of one run.
    fn once(&self, length: u64) -> Result<u64, Failure> {
        let document = self.folder.join("document.pdf");
        let signed = self.folder.join("signed.pdf");
        sample::write(&document, length)?;
        let mut child = Command::new(&self.command)
            .arg("sign")
            .arg(&document)
            .args(["--format", "PAdES_AD_RB", "--holder", &self.holder, "--force", "--json"])
            .arg("--config")
            .arg(&self.configuration)
            .arg("--out")
            .arg(&signed)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .map_err(|error| format!("{}: {error}", self.command))?;
        let process = child.id().to_string();
        let mut most = None;
        let status = loop {
            if let Some(status) = child.try_wait()? {
                break status;
            }
            // A process that has ended and was not waited for has no memory to tell of.
            most = memory::of_process(&process).or(most);
            std::thread::sleep(PAUSE);
        };
        if !status.success() {
            return Err(format!("{} ended with {status}", self.command).into());
        }
        let (sent, received) = (fs::read(&document)?, fs::read(&signed)?);
        if received.len() <= sent.len() || !received.starts_with(&sent) {
            return Err("the signed document is not the one that was sent".into());
        }
        most.ok_or_else(|| "/proc does not tell the memory of a process".into())
    }
}

/// A folder that goes with its owner.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Result<Self, Failure> {
        let path = std::env::temp_dir().join(format!("rubrica-bench-{}", std::process::id()));
        fs::create_dir_all(&path)?;
        Ok(Self(path))
    }

    /// The command's configuration for the service of the arguments.
    fn configuration(&self, arguments: &Arguments) -> Result<PathBuf, Failure> {
        let absolute = |path: &str| std::path::absolute(Path::new(path));
        let secret = self.0.join("client-secret");
        fs::write(&secret, arguments.option("client-secret", "bench"))?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(&secret, fs::Permissions::from_mode(0o600))?;
        }
        let path = self.0.join("rubrica.toml");
        fs::write(
            &path,
            format!(
                "[profile.bench]\nprovider = \"vidaas\"\nbase_url = \"{}\"\ntls_ca = {:?}\n\
                 client_id = \"{}\"\nclient_secret_file = {:?}\nstate_directory = {:?}\n\
                 document_bytes = 1073741824\n",
                arguments.required(0, "BASE_URL")?,
                absolute(arguments.required(1, "CA_PEM")?)?,
                arguments.option("client-id", "bench"),
                secret,
                self.0.join("state"),
            ),
        )?;
        Ok(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left behind is in the temporary folder.
        drop(fs::remove_dir_all(&self.0));
    }
}
