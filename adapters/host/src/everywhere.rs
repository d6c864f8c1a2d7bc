//! Asking several providers at once which of them knows a holder.

use core::time::Duration;
use std::sync::Arc;
use std::sync::mpsc;
use std::thread;
use std::time::Instant;

use rubrica_core::error::Misuse;
use rubrica_core::identity::Holder;

use crate::client::{Client, Discovery};
use crate::error::{Error, core};

/// The most providers that are asked at once: more than ICP-Brasil has.
pub const PROVIDERS_AT_ONCE: usize = 32;

/// A provider that is asked.
#[derive(Debug)]
pub struct Inquiry {
    /// Whom to ask.
    pub client: Client,
    /// How long its answer is waited for.
    pub deadline: Duration,
}

/// Asks every provider at the same time whether it knows a holder, and gives the answers in the
/// order of the questions.
///
/// One that is slow, down or refuses keeps back no other's answer: it has an error of its own, after
/// its own deadline [`Error::Unanswered`]. Its connections are broken off then.
///
/// # Errors
/// [`Misuse::Field`] for more than [`PROVIDERS_AT_ONCE`] providers.
pub fn discover_everywhere(
    inquiries: Vec<Inquiry>,
    holder: Holder,
) -> Result<Vec<Result<Discovery, Error>>, Error> {
    if inquiries.len() > PROVIDERS_AT_ONCE {
        return Err(core(Misuse::Field("providers")));
    }
    let begun = Instant::now();
    let asked: Vec<_> = inquiries
        .into_iter()
        .map(|Inquiry { client, deadline }| {
            let client = Arc::new(client);
            let (answer, answers) = mpsc::channel();
            let asking = Arc::clone(&client);
            // Nobody may be waiting for the answer any more.
            thread::spawn(move || drop(answer.send(asking.discover(holder))));
            (client, answers, deadline)
        })
        .collect();
    let wait = |(client, answers, deadline): (Arc<Client>, mpsc::Receiver<_>, Duration)| {
        answers.recv_timeout(deadline.saturating_sub(begun.elapsed())).unwrap_or_else(|_| {
            client.break_off();
            Err(Error::Unanswered)
        })
    };
    Ok(asked.into_iter().map(wait).collect())
}
