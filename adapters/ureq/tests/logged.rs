//! A program whose logger takes everything.

use rubrica_core::document::Body;
use rubrica_core::exchange::{Effect, Method, Request};
use rubrica_core::flow::SendFailure;
use rubrica_ureq::{Fault, Settings, Transport, TransportError};

struct Everything;

impl log::Log for Everything {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, _: &log::Record<'_>) {}

    fn flush(&self) {}
}

#[test]
fn s38_nothing_is_sent_while_the_log_would_record_it() {
    log::set_logger(&Everything).unwrap();
    let request = Request {
        method: Method::Get,
        url: "https://psc.invalid/?code=canary",
        bearer: Some("canary"),
        content_type: None,
        accept: "application/json",
        header: None,
        body: Body::Empty,
        document: None,
        effect: Effect::Safe,
    };
    let transport = Transport::new(&Settings::default()).unwrap();
    let send = |level| {
        log::set_max_level(level);
        transport.send(&request, &mut (), &mut (), &mut Vec::new()).unwrap_err()
    };
    let error = send(log::LevelFilter::Trace);
    assert_eq!(error, TransportError::Logged);
    assert_eq!(error.failure(), SendFailure::NotSent);
    assert_eq!(error.fault(), Fault::Configuration);
    assert_ne!(send(log::LevelFilter::Debug), TransportError::Logged);
}
