//! `rubrica sandbox`, and what its phone does.

use std::path::PathBuf;

use clap::Args;

/// `rubrica sandbox`
#[derive(Debug, Args)]
pub(crate) struct Sandbox {
    /// Port of 127.0.0.1; one that is free unless set
    #[arg(long, value_name = "N")]
    pub(crate) port: Option<u16>,
    /// What the phone does: ask (on the page /phone), yes, no, off, or a number of seconds
    /// after which it approves
    #[arg(long, value_name = "WHAT", default_value = "ask", value_parser = approve)]
    pub(crate) approve: Approve,
    /// Folder for its certificates, secret and configuration
    #[arg(long, value_name = "DIR", default_value = "rubrica-sandbox")]
    pub(crate) dir: PathBuf,
    /// Writes the configuration here as well
    #[arg(long, value_name = "FILE")]
    pub(crate) write_config: Option<PathBuf>,
    /// Where browsers come back to; registered with the emulated service
    #[arg(long, value_name = "URI", default_value = rubrica_sandbox::DEFAULT_REDIRECT_URI)]
    pub(crate) redirect_uri: String,
}

/// What the emulated phone does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Approve {
    /// A person decides on the page `/phone`.
    Ask,
    /// It approves at once.
    Yes,
    /// It denies at once.
    No,
    /// It is off.
    Off,
    /// It approves after so many seconds.
    After(u32),
}

fn approve(word: &str) -> Result<Approve, &'static str> {
    match word {
        "ask" => Ok(Approve::Ask),
        "yes" => Ok(Approve::Yes),
        "no" => Ok(Approve::No),
        "off" => Ok(Approve::Off),
        seconds => seconds
            .parse()
            .map(Approve::After)
            .map_err(|_| "ask, yes, no, off or a number of seconds"),
    }
}
