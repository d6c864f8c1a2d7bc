//! `rubrica resume`: what was interrupted is brought to its end.

use std::path::{Path, PathBuf};

use rubrica::verify::UnixTime;
use rubrica::{Error, JournalError, Pending, Progress, SessionId};
use serde::Serialize;

use super::service::Service;
use super::sign::{Delivery, Place, Showing};
use crate::arguments::{Resolution, Resume, Sessions};
use crate::configuration::{Configuration, Wishes};
use crate::failure::{Exit, Failure};
use crate::present::terminal::{Terminal, plain};
use crate::present::text::{Text, moment};
use crate::present::{Presenter, presenter, print_json};

pub(crate) fn run(arguments: &Resume, configuration: &Configuration) -> Result<Exit, Failure> {
    let sessions = &arguments.sessions;
    let presenter = &*presenter(sessions.json, configuration.language);
    let wishes = Wishes {
        trust: sessions.trust.trust.as_deref(),
        timeout: sessions.patience.timeout,
        tsa: arguments.tsa.as_deref(),
        ..Wishes::default()
    };
    let client = super::client(configuration, &wishes, presenter)?;
    resume(&client, sessions, presenter, Text::of(configuration.language))
}

/// Lists the sessions of a client of whichever service, or brings them to their end.
pub(super) fn resume(
    client: &impl Service,
    sessions: &Sessions,
    presenter: &dyn Presenter,
    text: Text,
) -> Result<Exit, Failure> {
    let ids = ids(client, sessions.id.as_deref())?;
    if ids.is_empty() && !sessions.json {
        Terminal::stdout().line(text.nothing_to_resume());
    }
    let mut exit = Exit::Done;
    for id in ids {
        exit = exit.and(match client.pending(&id) {
            // One that was not asked for by name is its own command's or profile's.
            Err(Error::Journal(JournalError::Foreign)) if sessions.id.is_none() => {
                presenter.remark(&text.foreign_session(id));
                Exit::Done
            }
            Err(error) => {
                let failure = Failure::from(error);
                presenter.failed(Some(Path::new(&id.to_string())), &failure);
                failure.exit()
            }
            Ok(pending) if sessions.list => {
                list(&pending, sessions.json, text);
                Exit::Done
            }
            Ok(pending) => go_on(client, &pending, sessions.resolution(), presenter, text),
        });
    }
    if !sessions.list {
        presenter.done();
    }
    Ok(exit)
}

fn ids(client: &impl Service, asked: Option<&str>) -> Result<Vec<SessionId>, Failure> {
    let ids = client.interrupted()?;
    let Some(asked) = asked else { return Ok(ids) };
    // The first digits of an id are enough where they name one.
    let mut matching = ids.into_iter().filter(|id| id.to_string().starts_with(asked));
    match (matching.next(), matching.next()) {
        (Some(id), None) if !asked.is_empty() => Ok(vec![id]),
        _ => Err(Failure::no_session(asked)),
    }
}

fn go_on<S: Service>(
    client: &S,
    pending: &Pending,
    resolution: Option<Resolution>,
    presenter: &dyn Presenter,
    text: Text,
) -> Exit {
    let files: Vec<(PathBuf, PathBuf)> = pending
        .documents
        .iter()
        .map(|document| {
            let file = document.path.clone().unwrap_or_else(|| PathBuf::from(&document.name));
            (file, PathBuf::from(&document.reference))
        })
        .collect();
    let places = files.iter().map(|(file, out)| Place { file, out }).collect();
    let mut delivery = Delivery::new(presenter, client, text.language(), places, false);
    for (index, document) in pending.documents.iter().enumerate() {
        if document.progress == Progress::Delivered {
            delivery.skip(index);
        }
    }
    let mut screen = Showing(presenter);
    let ended = client.resume(&pending.id, resolution, &mut screen, &mut |index, outcome| {
        delivery.take(index, outcome)
    });
    let exit = delivery.end(ended.err());
    if exit == Exit::InDoubt && resolution.is_none() {
        presenter.remark(&text.in_doubt_choices(S::RESUME, pending.id));
    }
    exit
}

#[derive(Serialize)]
#[serde(tag = "event", rename = "interrupted")]
struct Interrupted {
    id: String,
    saved_at: u64,
    holder: String,
    documents: Vec<InterruptedDocument>,
}

#[derive(Serialize)]
struct InterruptedDocument {
    file: String,
    out: String,
    progress: &'static str,
}

fn list(pending: &Pending, json: bool, text: Text) {
    let file = |document: &rubrica::PendingDocument| {
        let path = document.path.as_ref().map(|path| path.display().to_string());
        path.unwrap_or_else(|| document.name.clone())
    };
    if json {
        let documents = pending.documents.iter().map(|document| InterruptedDocument {
            file: file(document),
            out: document.reference.clone(),
            progress: match document.progress {
                Progress::Waiting => "waiting",
                Progress::InDoubt => "in_doubt",
                Progress::Signed => "signed",
                Progress::Answered => "answered",
                Progress::Delivered => "delivered",
            },
        });
        print_json(&Interrupted {
            id: pending.id.to_string(),
            saved_at: pending.saved_at,
            holder: pending.holder.to_string(),
            documents: documents.collect(),
        });
        return;
    }
    let out = Terminal::stdout();
    let saved = moment(UnixTime::from_seconds(pending.saved_at));
    out.line(out.strong(pending.id));
    out.line(out.faint(format_args!("  {}", text.session_of(pending.holder, saved))));
    for document in &pending.documents {
        let progress = match document.progress {
            Progress::Waiting => text.waiting(),
            Progress::InDoubt => out.bad(text.in_doubt()),
            Progress::Signed | Progress::Answered => text.answered(),
            Progress::Delivered => out.good(text.delivered()),
        };
        out.line(format_args!("  {} · {progress}", plain(&file(document))));
    }
}
