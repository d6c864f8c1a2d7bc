//! One scenario's sandbox, folder of emulated memory, and story.

use core::fmt::Write as _;
use core::net::SocketAddr;
use core::sync::atomic::{AtomicBool, Ordering};
use core::time::Duration;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use rubrica_sandbox::{Policy, Sandbox, vidaas};

use crate::bridge::Bridge;
use crate::machine::Machine;

/// Where everything that happens is kept together.
pub(crate) struct Stage {
    pub(crate) sandbox: Arc<Sandbox>,
    image: PathBuf,
    folder: PathBuf,
    has_pipes: bool,
    story: String,
}

/// How a run ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// The image does.
    Itself,
    /// The power is cut when the image has printed a line that begins so.
    CutAtLine(&'static str),
    /// The power is cut when the service has signed, before its answer reaches the image.
    CutAtSignature,
}

impl Stage {
    /// A fresh sandbox, and a board that was never switched on.
    pub(crate) fn set(image: &Path, name: &str) -> Result<Self, String> {
        let has_pipes = name == "document";
        let image = fs::canonicalize(image).map_err(|error| format!("the image: {error}"))?;
        let folder = std::env::temp_dir().join(format!("rubrica-{name}-{}", std::process::id()));
        let sandbox = Sandbox::builder()
            .policy(Policy::ApproveAfter(Duration::from_millis(1_500)))
            // With its chain, the CMS that stands beside a signed document would not fit into the
            // image's memory for a reply.
            .vidaas(|settings| settings.chain_in_cms = false)
            .credentials("firmware", "firmware-secret")
            .start()
            .map_err(|error| error.to_string())?;
        let stage =
            Self { sandbox: Arc::new(sandbox), image, folder, has_pipes, story: String::new() };
        stage.furnish().map_err(|error| error.to_string())?;
        Ok(stage)
    }

    fn furnish(&self) -> std::io::Result<()> {
        fs::create_dir(&self.folder)?;
        fs::write(self.folder.join("device-key"), random::<16>()?)
    }

    /// Switches the board on with these arguments, until it ends or the power is cut.
    pub(crate) fn boot(&mut self, arguments: &[&str], ending: Ending) -> Result<(), String> {
        let seed = random::<32>().map_err(|error| error.to_string())?;
        fs::write(self.folder.join("seed"), seed).map_err(|error| error.to_string())?;
        let cut = Arc::new(AtomicBool::new(false));
        let gate = {
            let (cut, sandbox) = (Arc::clone(&cut), Arc::clone(&self.sandbox));
            let before = sandbox.counters().signatures().len();
            move || {
                let signed = sandbox.counters().signatures().len() > before;
                let must_cut = ending == Ending::CutAtSignature && signed;
                cut.fetch_or(must_cut, Ordering::Relaxed);
                !must_cut
            }
        };
        let (address, gate) = (self.address()?, Arc::new(gate));
        let bridge = Bridge::start(address, gate.clone()).map_err(|error| error.to_string())?;
        if self.has_pipes {
            Bridge::start_pipes(&self.folder, address, gate).map_err(|error| error.to_string())?;
        }
        let mut machine = Machine::start(&self.image, &self.folder, bridge.port(), arguments)
            .map_err(|error| error.to_string())?;
        self.tell(&format!("== the board is switched on: {}", arguments.join(" ")));
        let status = match ending {
            Ending::Itself => Some(machine.finish()?),
            Ending::CutAtLine(line) => {
                machine.wait_for(line)?;
                None
            }
            Ending::CutAtSignature => {
                machine.wait_until(|| cut.load(Ordering::Relaxed))?;
                None
            }
        };
        for line in machine.cut() {
            if !line.starts_with('#') {
                self.tell(&line);
            }
        }
        self.tell(&match status {
            Some(status) => format!("== the image ended with {}", status.code().unwrap_or(-1)),
            None => "== the power was cut".to_owned(),
        });
        Ok(())
    }

    /// Lets the holder approve what waits on the phone.
    pub(crate) fn approve(&mut self) -> Result<(), String> {
        let waiting = self.sandbox.phone().next_pending(Duration::from_secs(10));
        let waiting = waiting.ok_or("nothing waits on the phone")?;
        self.sandbox.phone().approve(waiting.id);
        self.tell("== the holder approved");
        Ok(())
    }

    /// Tells what the service counted so far.
    pub(crate) fn count(&mut self) {
        // The thread that serves a request may still be at its end.
        thread::sleep(Duration::from_millis(100));
        let counters = self.sandbox.counters();
        let authorizations = counters.requests(vidaas::AUTHORIZE);
        let signatures = counters.signatures();
        let mut text = format!(
            "== the service was asked for {authorizations} authorization(s), and signed {} time(s)",
            signatures.len()
        );
        for record in signatures {
            let _ = write!(text, "\n==   {} {}", record.format, record.hash);
        }
        let (early, violations) = (counters.early_polls(), counters.violations());
        if early > 0 || !violations.is_empty() {
            let _ = write!(text, "\n==   {early} early polls, violations: {violations:?}");
        }
        self.tell(&text);
    }

    /// What happened, in lines.
    pub(crate) fn into_story(self) -> String {
        self.story.clone()
    }

    fn tell(&mut self, line: &str) {
        if line.starts_with("==") {
            println!("    {line}");
        }
        self.story.push_str(line);
        self.story.push('\n');
    }

    fn address(&self) -> Result<SocketAddr, String> {
        let authority = self.sandbox.base_url().trim_start_matches("https://");
        authority.parse().map_err(|_| "the sandbox has no address".to_owned())
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        // What cannot be removed lies in a folder for temporary files.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Bytes of the host's own generator.
fn random<const N: usize>() -> std::io::Result<[u8; N]> {
    let mut bytes = [0; N];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes)
}
