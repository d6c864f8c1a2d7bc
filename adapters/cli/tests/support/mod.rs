//! The real binary in a folder of its own, against a sandbox of its own.

use core::sync::atomic::{AtomicU32, Ordering};
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use rubrica_sandbox::{Builder, CPF_HOLDER, Policy, Sandbox};
use serde_json::Value;

/// A document of one page.
pub const PDF: &[u8] =
    include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../pdf/tests/samples/one_page.pdf"));

/// A folder, a sandbox and a configuration that leads to it.
pub struct Bench {
    pub sandbox: Sandbox,
    folder: PathBuf,
}

impl Bench {
    /// With a phone that approves at once.
    pub fn new() -> Self {
        Self::with(Sandbox::builder().policy(Policy::ApproveAll))
    }

    pub fn with(builder: Builder) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let folder =
            std::env::temp_dir().join(format!("rubrica-cli-{}-{number}", std::process::id()));
        // What an earlier process of the same number left.
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        let sandbox = builder.start().unwrap();
        let bench = Self { sandbox, folder };
        let application = bench.sandbox.application();
        bench.write("tls-ca.pem", bench.sandbox.tls_ca_pem());
        let trust = [bench.sandbox.anchors_pem(), bench.sandbox.issuer_pem()].concat();
        bench.write("trust.pem", trust);
        bench.write("crls.pem", bench.sandbox.crls_pem());
        bench.write("secret", &application.client_secret);
        bench.restrict("secret");
        bench.write(
            "rubrica.toml",
            format!(
                "[profile.sandbox]\nprovider = \"vidaas\"\nbase_url = \"{}\"\n\
                 tls_ca = \"tls-ca.pem\"\nclient_id = \"{}\"\nclient_secret_file = \"secret\"\n\
                 redirect_uri = \"{}\"\ntrust = \"trust.pem\"\nrevocation = [\"crls.pem\"]\n",
                bench.sandbox.base_url(),
                application.client_id,
                application.redirect_uris[0],
            ),
        );
        bench
    }

    /// A file of the bench's folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, content).unwrap();
        path
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    /// The names of the files in the folder that are not the bench's own furniture, sorted.
    pub fn files(&self) -> Vec<String> {
        let mut files: Vec<String> = fs::read_dir(&self.folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| {
                !["tls-ca.pem", "trust.pem", "crls.pem", "secret", "rubrica.toml", "state"]
                    .contains(&name.as_str())
            })
            .collect();
        files.sort();
        files
    }

    #[cfg(unix)]
    fn restrict(&self, name: &str) {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(self.path(name), fs::Permissions::from_mode(0o600)).unwrap();
    }

    #[cfg(not(unix))]
    fn restrict(&self, _: &str) {}

    /// The binary in the bench's folder, with an environment that says nothing.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rubrica"));
        command
            .args(arguments)
            .current_dir(&self.folder)
            .env_clear()
            .env("RUBRICA_HOME", &self.folder)
            .env("RUBRICA_LANG", "en")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        Ran::from(self.command(arguments).output().unwrap())
    }

    /// Runs with something on standard input.
    pub fn run_with_input(&self, arguments: &[&str], input: &str) -> Ran {
        let mut child = self.command(arguments).stdin(Stdio::piped()).spawn().unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), input.as_bytes()).unwrap();
        Ran::from(child.wait_with_output().unwrap())
    }

    /// Runs `sign` with the holder of the sandbox, telling programs.
    pub fn sign(&self, arguments: &[&str]) -> Ran {
        self.run(&[&["sign", "--holder", CPF_HOLDER, "--json"], arguments].concat())
    }

    pub fn start(&self, arguments: &[&str]) -> Running {
        let mut child = self.command(arguments).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        Running { child, lines }
    }

    /// How often a document was signed at the service.
    pub fn signatures(&self) -> usize {
        self.sandbox.counters().signatures().len()
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// What a run of the binary came to.
#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub error: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            error: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Ran {
    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:?}");
        self
    }

    /// Every line of standard output as the JSON object that it must be.
    #[track_caller]
    pub fn objects(&self) -> Vec<Value> {
        self.out
            .lines()
            .map(|line| {
                let value: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"));
                assert!(value.is_object(), "{line}");
                value
            })
            .collect()
    }

    /// The events' names, with runs of `pending` as one.
    #[track_caller]
    pub fn events(&self) -> Vec<String> {
        let objects = self.objects();
        let names = objects.iter().map(|object| object["event"].as_str().unwrap().to_owned());
        let mut names: Vec<String> = names.collect();
        names.dedup_by(|one, other| one == "pending" && other == "pending");
        names
    }

    /// The only object with this event.
    #[track_caller]
    pub fn event(&self, name: &str) -> Value {
        let mut found = self.objects().into_iter().filter(|object| object["event"] == name);
        match (found.next(), found.next()) {
            (Some(object), None) => object,
            _ => panic!("not one {name}: {}", self.out),
        }
    }
}

/// A run that goes on.
pub struct Running {
    pub child: Child,
    lines: BufReader<ChildStdout>,
}

impl Running {
    /// Reads standard output up to a line with these words in it.
    pub fn wait_for(&mut self, words: &str) -> String {
        loop {
            let mut line = String::new();
            assert!(self.lines.read_line(&mut line).unwrap() > 0, "no {words}");
            if line.contains(words) {
                return line;
            }
        }
    }

    /// Sends a signal, by its name.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args(["-s", name, &self.child.id().to_string()]).status();
        assert!(sent.unwrap().success());
    }

    /// Waits for the end.
    pub fn end(mut self) -> Ran {
        let mut out = String::new();
        std::io::Read::read_to_string(&mut self.lines, &mut out).unwrap();
        let output = self.child.wait_with_output().unwrap();
        Ran { out, ..Ran::from(output) }
    }
}

/// Whether a text can be printed anywhere.
pub fn is_plain(text: &str) -> bool {
    !text.chars().any(|character| character.is_control() && character != '\n')
}

/// The name of a file as it stands in an event.
pub fn name(path: &Path) -> &str {
    path.to_str().unwrap()
}
