//! Ctrl-C: the first one asks for an end, the second one makes it.

use core::sync::atomic::{AtomicBool, Ordering};
use std::process;

use rubrica::{Cancellation, Language};

use crate::present::text::Text;

/// What shells take for the end by an interrupt.
const KILLED: i32 = 130;

/// Cancels at the first Ctrl-C. A request that may be signing is waited for.
pub(crate) fn cancel(cancellation: Cancellation, language: Language) {
    on_interrupt(move || {
        // A broken pipe is no reason not to end.
        use std::io::Write;
        let _ = writeln!(std::io::stderr(), "{}", Text::of(language).cancelling());
        cancellation.cancel();
    });
}

/// Does something at the first Ctrl-C; the second ends the process.
pub(crate) fn on_interrupt(mut first: impl FnMut() + Send + 'static) {
    static ASKED: AtomicBool = AtomicBool::new(false);
    let handler = move || {
        if ASKED.swap(true, Ordering::SeqCst) {
            process::exit(KILLED);
        }
        first();
    };
    // Where no handler can be set, Ctrl-C ends the process, which loses nothing either.
    let _ = ctrlc::set_handler(handler);
}
