//! `first`: one signature in a process that does nothing else.

use core::time::Duration;
use std::time::{Instant, SystemTime};

use rubrica::{Client, Document, Form, Job, Notice, Settings};
use rustix::time::{ClockId, clock_gettime};

use crate::account::Account;
use crate::arguments::Arguments;
use crate::report::Report;
use crate::{Failure, memory};

/// The moment at which the process was asked for, in nanoseconds.
const SPAWNED_AT: &str = "PEERS_T0_NS";

/// Later than any monotonic clock and earlier than any calendar: 2001 as nanoseconds since 1970.
const CALENDAR: u128 = 1_000_000_000_000_000_000;

/// `rubrica-bench first BASE_URL CA_PEM`, in a process that began its work at `begun`.
pub(crate) fn run(arguments: &Arguments, begun: Instant) -> Result<Report, Failure> {
    let account = Account::read(arguments)?;
    let mut settings = Settings::new(
        account.provider,
        account.base_url,
        account.client_id,
        account.client_secret.as_str(),
    );
    settings.tls_anchors = Some(account.tls_anchors);
    settings.trust = account.trust;
    let client = Client::new(settings)?;
    let mut session = client.session(account.holder);
    let job = Job { form: Form::Raw, ..Job::default() };
    let document = Document::from_bytes("peers", *b"peers");
    // One document asks for `single_signature`, which is spent by it.
    let outcomes = session.sign(&[document], &job, &mut |_: Notice<'_>| {})?;
    for outcome in outcomes {
        outcome?;
    }
    let in_process = begun.elapsed();
    let since_spawn = since_spawn();
    Ok(Report::new()
        .with("in_process_ms", milliseconds(in_process))
        .with("since_spawn_ms", since_spawn.map(milliseconds))
        .with("hwm_kb", memory::high_water_mark()))
}

/// The time since [`SPAWNED_AT`], whichever of the two clocks it was read from.
fn since_spawn() -> Option<Duration> {
    let then: u128 = std::env::var(SPAWNED_AT).ok()?.trim().parse().ok()?;
    let now = if then > CALENDAR {
        SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok()?.as_nanos()
    } else {
        let now = clock_gettime(ClockId::Monotonic);
        Duration::new(now.tv_sec.try_into().ok()?, now.tv_nsec.try_into().ok()?).as_nanos()
    };
    Some(Duration::from_nanos(now.checked_sub(then)?.try_into().ok()?))
}

/// A span in milliseconds.
pub(crate) fn milliseconds(span: Duration) -> f64 {
    span.as_secs_f64() * 1_000.0
}
