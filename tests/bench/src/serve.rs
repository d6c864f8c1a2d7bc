//! The service that the bench runs against when there is no other: the sandbox, whose phone approves
//! at once and whose limits do not limit.
//!
//! ```text
//! rubrica-bench-serve DIR [PORT]
//! ```
//!
//! It writes `tls-ca.pem`, what a client trusts for TLS, and `trust.pem`, the authorities above the
//! holders' certificates, into `DIR`, prints its base URL and the path of the former, and serves
//! until it is killed. The application is `bench` with the secret `bench`, and the holder is any of the
//! sandbox's.
//!
//! RSA with PKCS #1 v1.5 gives one signature for one digest. The sandbox keeps the last, so that a
//! batch of one digest, as `batch` orders it, measures the client and not how fast the sandbox signs.

use core::time::Duration;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use rubrica_sandbox::{Policy, Sandbox};

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (folder, port) = (arguments.next(), arguments.next());
    let Some(folder) = folder else {
        eprintln!("rubrica-bench-serve DIR [PORT]");
        return ExitCode::FAILURE;
    };
    let port = port.map_or(Ok(0), |port| port.parse());
    let served = port.map_err(Into::into).and_then(|port| serve(Path::new(&folder), port));
    match served {
        Ok((_sandbox, ready)) => {
            println!("{ready}");
            loop {
                std::thread::park();
            }
        }
        Err(error) => {
            eprintln!("rubrica-bench-serve: {error}");
            ExitCode::FAILURE
        }
    }
}

fn serve(folder: &Path, port: u16) -> Result<(Sandbox, String), Box<dyn core::error::Error>> {
    let sandbox = Sandbox::builder()
        .port(port)
        .credentials("bench", "bench")
        .policy(Policy::ApproveAll)
        // A document of 200 MB in base64, and what stands around it.
        .body_limit(512 * 1024 * 1024)
        .vidaas(|settings| {
            settings.document_limit = 256 * 1024 * 1024;
            settings.documents_per_request = 100_000;
            settings.authorize_per_second = usize::MAX;
            settings.signature_requests_per_minute = usize::MAX;
            settings.signatures_per_minute = usize::MAX;
            settings.poll_interval = Duration::ZERO;
        })
        .start()?;
    fs::create_dir_all(folder)?;
    let write = |name: &str, text: &str| -> std::io::Result<PathBuf> {
        let path = std::path::absolute(folder.join(name))?;
        fs::write(&path, text)?;
        Ok(path)
    };
    let ca = write("tls-ca.pem", sandbox.tls_ca_pem())?;
    write("trust.pem", &[sandbox.anchors_pem(), sandbox.issuer_pem()].concat())?;
    let ready = format!("{} {}", sandbox.base_url(), ca.display());
    Ok((sandbox, ready))
}
