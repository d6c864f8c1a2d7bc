//! `rubrica certillion resume`: what was interrupted is brought to its end.

use crate::arguments::certillion::Resume;
use crate::commands::resume::resume;
use crate::configuration::Configuration;
use crate::configuration::certillion::Wishes;
use crate::failure::{Exit, Failure};
use crate::present::presenter;
use crate::present::text::Text;

pub(super) fn run(arguments: &Resume, configuration: &Configuration) -> Result<Exit, Failure> {
    let sessions = &arguments.sessions;
    let presenter = &*presenter(sessions.json, configuration.language);
    let wishes = Wishes {
        trust: sessions.trust.trust.as_deref(),
        timeout: sessions.patience.timeout,
        // Whether a session still needs the holder is known when it goes on.
        redirect: false,
    };
    let doubtful = &["policy_spelling", "token_client_pair", "spellings", "limits"];
    let asked = super::client(configuration, &wishes, doubtful, presenter)?;
    resume(&asked, sessions, presenter, Text::of(configuration.language))
}
