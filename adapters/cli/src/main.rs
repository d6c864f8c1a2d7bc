//! The `rubrica` command: signs documents with cloud-held ICP-Brasil keys.
//!
//! `rubrica demo` shows all of it, against an emulated service. What the commands do is the crate
//! `rubrica`'s; here are their options, their words and their files.
#![forbid(unsafe_code)]

mod arguments;
mod commands;
mod configuration;
mod failure;
mod help;
mod interrupt;
mod output;
mod pem;
mod present;
mod secret;

use std::env;
use std::ffi::OsString;
use std::process::ExitCode;

use clap::FromArgMatches;

use crate::arguments::Arguments;
use crate::failure::{Exit, Failure};

fn main() -> ExitCode {
    let words: Vec<OsString> = env::args_os().collect();
    let language = configuration::early_language(option(&words, "--lang").as_deref());
    let parsed = help::command(language)
        .try_get_matches_from(&words)
        .and_then(|matches| Arguments::from_arg_matches(&matches));
    let json = words.iter().any(|word| word == "--json");
    let exit = match parsed {
        Ok(Arguments { common, command }) => commands::run(&common, command)
            .unwrap_or_else(|failure| present::refuse(&failure, language, json)),
        Err(error) if !error.use_stderr() => {
            // Help and version; a closed pipe is the reader's wish.
            let _ = error.print();
            Exit::Done
        }
        Err(error) if json => {
            present::refuse(&Failure::Usage(first_paragraph(&error)), language, json)
        }
        Err(error) => {
            let _ = error.print();
            Exit::Usage
        }
    };
    exit.into()
}

/// What the parser of the command line has to say, in one line and without its advice.
fn first_paragraph(error: &clap::Error) -> String {
    let words = error.to_string();
    let lines = words.lines().take_while(|line| !line.is_empty()).map(str::trim);
    let line = lines.collect::<Vec<_>>().join(" ");
    line.strip_prefix("error: ").unwrap_or(&line).to_owned()
}

/// The value of an option, before the command line is understood.
fn option(words: &[OsString], name: &str) -> Option<String> {
    let mut words = words.iter().filter_map(|word| word.to_str());
    while let Some(word) = words.next() {
        match word.strip_prefix(name) {
            Some("") => return words.next().map(str::to_owned),
            Some(rest) if rest.starts_with('=') => return rest.get(1..).map(str::to_owned),
            _ => {}
        }
    }
    None
}
