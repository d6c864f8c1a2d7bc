//! The emulated board.

use core::time::Duration;
use std::io::{self, BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Instant;

/// Longer than any run takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(300);

/// A board that runs an image. It is switched off when it is dropped.
pub(crate) struct Machine {
    child: Child,
    lines: Receiver<String>,
    output: Vec<String>,
    off_at: Instant,
}

impl Machine {
    /// Switches the board on. Its files are in `folder`, its serial line goes to `port`.
    pub(crate) fn start(
        image: &Path,
        folder: &Path,
        port: u16,
        arguments: &[&str],
    ) -> io::Result<Self> {
        let mut semihosting = "enable=on,target=native,arg=firmware".to_owned();
        for argument in arguments {
            semihosting.push_str(",arg=");
            semihosting.push_str(argument);
        }
        let mut child = Command::new("qemu-system-arm")
            .args(["-machine", "mps2-an386", "-cpu", "cortex-m4", "-display", "none"])
            .args(["-monitor", "none", "-semihosting-config", &semihosting])
            .args(["-serial", &format!("tcp:127.0.0.1:{port},nodelay=on")])
            .arg("-kernel")
            .arg(image)
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| io::Error::new(error.kind(), format!("qemu-system-arm: {error}")))?;
        let (sender, lines) = mpsc::channel();
        if let Some(stdout) = child.stdout.take() {
            thread::spawn(move || {
                let lines = BufReader::new(stdout).lines().map_while(Result::ok);
                for line in lines {
                    if sender.send(line).is_err() {
                        return;
                    }
                }
            });
        }
        Ok(Self { child, lines, output: Vec::new(), off_at: Instant::now() + PATIENCE })
    }

    /// Waits for a line that begins with this.
    pub(crate) fn wait_for(&mut self, beginning: &str) -> Result<(), String> {
        loop {
            match self.next_line()? {
                Some(line) if line.starts_with(beginning) => return Ok(()),
                Some(_) => {}
                None => return Err(format!("the image ended before \"{beginning}\"")),
            }
        }
    }

    /// Waits until something has happened outside.
    pub(crate) fn wait_until(&self, happened: impl Fn() -> bool) -> Result<(), String> {
        while !happened() {
            if Instant::now() > self.off_at {
                return Err("it did not happen".to_owned());
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    /// Waits for the image's end and gives its exit status.
    pub(crate) fn finish(&mut self) -> Result<ExitStatus, String> {
        while self.next_line()?.is_some() {}
        self.child.wait().map_err(|error| error.to_string())
    }

    /// Cuts the power, and gives what the image printed.
    pub(crate) fn cut(mut self) -> Vec<String> {
        self.switch_off();
        while let Ok(Some(_)) = self.next_line() {}
        core::mem::take(&mut self.output)
    }

    fn switch_off(&mut self) {
        // One that is off already is no failure.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    fn next_line(&mut self) -> Result<Option<String>, String> {
        let left = self.off_at.saturating_duration_since(Instant::now());
        match self.lines.recv_timeout(left) {
            Ok(line) => {
                println!("    {line}");
                self.output.push(line.clone());
                Ok(Some(line))
            }
            Err(RecvTimeoutError::Disconnected) => Ok(None),
            Err(RecvTimeoutError::Timeout) => Err("the image came to no end".to_owned()),
        }
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        self.switch_off();
    }
}
