//! What the crates of a process tell: events and log lines of all levels, kept to be searched.

use core::fmt::{self, Write as _};
use core::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, Once, PoisonError};

/// What every crate in this process told.
static TOLD: Mutex<String> = Mutex::new(String::new());

/// Whether the logger takes what ureq writes of its bytes.
pub(crate) static TAKES_BYTES: AtomicBool = AtomicBool::new(false);

fn tell(text: &str) {
    let mut told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
    told.push_str(text);
    told.push('\n');
}

struct Events;

impl tracing::Subscriber for Events {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        let mut text = String::from(span.metadata().name());
        span.record(&mut Fields(&mut text));
        tell(&text);
        tracing::span::Id::from_u64(1)
    }

    fn record(&self, _: &tracing::span::Id, values: &tracing::span::Record<'_>) {
        let mut text = String::new();
        values.record(&mut Fields(&mut text));
        tell(&text);
    }

    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        let mut text = format!("event of {}:", event.metadata().target());
        event.record(&mut Fields(&mut text));
        tell(&text);
    }

    fn enter(&self, _: &tracing::span::Id) {}

    fn exit(&self, _: &tracing::span::Id) {}
}

struct Fields<'t>(&'t mut String);

impl tracing::field::Visit for Fields<'_> {
    fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn fmt::Debug) {
        write!(self.0, " {field}={value:?}").expect("a string takes all");
    }
}

struct Lines;

impl log::Log for Lines {
    fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
        // At this level, from here, the HTTP library writes its bytes; the transport then sends
        // nothing, as its own test below has it.
        let bytes = metadata.level() == log::Level::Trace && metadata.target().ends_with("::util");
        !bytes || TAKES_BYTES.load(Ordering::SeqCst)
    }

    fn log(&self, record: &log::Record<'_>) {
        if self.enabled(record.metadata()) {
            tell(&format!("line of {}: {}", record.target(), record.args()));
        }
    }

    fn flush(&self) {}
}

/// Hears every event and line of this process from now on.
pub(crate) fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        tracing::subscriber::set_global_default(Events).expect("the first");
        log::set_logger(&Lines).expect("the first");
        log::set_max_level(log::LevelFilter::Trace);
    });
}

/// One run at a time: what is told is one heap.
pub(crate) fn alone() -> std::sync::MutexGuard<'static, ()> {
    static RUN: Mutex<()> = Mutex::new(());
    RUN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// All that was told.
pub(crate) fn told() -> String {
    TOLD.lock().unwrap_or_else(PoisonError::into_inner).clone()
}
