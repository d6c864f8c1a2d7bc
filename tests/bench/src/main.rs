//! One program that any other client can be measured beside.
//!
//! ```text
//! rubrica-bench machine N
//! rubrica-bench first BASE_URL CA_PEM
//! rubrica-bench roundtrip BASE_URL CA_PEM FILE [OUT]
//! rubrica-bench batch BASE_URL CA_PEM N
//! rubrica-bench pdfs BASE_URL CA_PEM N [cms|raw] [OUT_DIR]
//! rubrica-bench memory BASE_URL CA_PEM RUBRICA
//! rubrica-bench sample FILE BYTES
//! ```
//!
//! Each prints one JSON object as its last line. They use the library as a program of its user does:
//! TLS is verified, and so is every signature, unless an option says otherwise.

mod account;
mod allocations;
mod arguments;
mod batch;
mod cms;
mod command;
mod drive;
mod first;
mod machine;
mod memory;
mod pdfs;
mod report;
mod roundtrip;
mod sample;

use std::process::ExitCode;
use std::time::Instant;

use arguments::Arguments;

/// Whatever went wrong, to be told and not to be handled.
type Failure = Box<dyn core::error::Error>;

fn main() -> ExitCode {
    let begun = Instant::now();
    let outcome =
        Arguments::read(std::env::args().skip(1)).and_then(|arguments| match arguments.command() {
            "machine" => machine::run(&arguments),
            "first" => first::run(&arguments, begun),
            "roundtrip" => roundtrip::run(&arguments),
            "batch" => batch::run(&arguments),
            "pdfs" => pdfs::run(&arguments),
            "memory" => command::run(&arguments),
            "sample" => sample::run(&arguments),
            other => Err(format!("no such subcommand: {other}\n{}", arguments::USAGE).into()),
        });
    match outcome {
        Ok(report) => {
            println!("{report}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("rubrica-bench: {error}");
            ExitCode::FAILURE
        }
    }
}
