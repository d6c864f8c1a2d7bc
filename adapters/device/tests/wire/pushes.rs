//! Authorizations by push, run over peers out of a script.

use std::rc::Rc;

use embedded_io::ErrorKind;
use rubrica_core::error::PeerError;
use rubrica_core::identity::Holder;
use rubrica_core::oauth::grant::Grant;
use rubrica_core::oauth::scope::Scope;
use rubrica_core::psc::{Authorization, Entropy, Push};
use rubrica_core::time::{Duration, Instant};
use rubrica_device::board::{NoStore, Unsaved};
use rubrica_device::http::Limits;
use rubrica_device::{Buffers, Device, End, Error, ExchangeError, run};

use crate::stage::{CODE, Log, Net, Outcome, Pusher, application, push_replies, reply};
use crate::support::Ticks;

/// Runs a push over these connections.
fn push<const N: usize>(
    connections: [Result<Vec<String>, ErrorKind>; N],
    limits: &Limits,
) -> (Outcome<Unsaved>, Vec<String>, Option<Grant>, String) {
    push_with(connections, limits, false)
}

/// The same, by a holder who may press the key to give up.
fn push_with<const N: usize>(
    connections: [Result<Vec<String>, ErrorKind>; N],
    limits: &Limits,
    cancels: bool,
) -> (Outcome<Unsaved>, Vec<String>, Option<Grant>, String) {
    let log = Log::default();
    let mut net = Net::new(&log, connections);
    let mut pusher = Pusher { log: Rc::clone(&log), grant: None, cancels };
    let application = application();
    let authorization = Authorization {
        holder: Some(Holder::parse("111.444.777-35").unwrap()),
        scope: Scope::SingleSignature,
        lifetime: Some(300),
    };
    let entropy = Entropy {
        verifier: core::array::from_fn(|place| place as u8),
        state: core::array::from_fn(|place| 255 - place as u8),
    };
    let start = Instant::from_millis(0);
    let patience = Duration::from_secs(120);
    let mut flow = Push::new(&application, authorization, &entropy, patience, start).unwrap();
    let (mut request, mut answer) = ([0xee; 2048], [0xee; 1024]);
    let end = run(
        &mut flow,
        &mut Device { network: &mut net, clock: &mut Ticks::default(), store: &mut NoStore },
        &mut pusher,
        &mut (),
        &mut (),
        limits,
        Buffers { request: &mut request, reply: &mut answer },
    );
    assert!(request.iter().chain(&answer).all(|&byte| byte == 0), "a secret is left behind");
    let log = log.take();
    (end, log, pusher.grant, net.written())
}

#[test]
fn a_push_goes_over_one_connection() {
    let (end, log, grant, _) = push([Ok(push_replies())], &Limits::new());
    assert_eq!(end, Ok(End::Done));
    assert_eq!(grant.unwrap().token(), "an-access-token");
    let expected = [
        "connect psc.example:443",
        "ask /v0/oauth/authorize",
        "ApproveOnPhone",
        "ask /valid/api/v1/trusted-services/authentications",
        "Pending",
        "ask /valid/api/v1/trusted-services/authentications",
        "Pending",
        "ask /valid/api/v1/trusted-services/authentications",
        "Approved",
        "ask /v0/oauth/token",
        "grant",
        "close",
    ];
    assert_eq!(log, expected);
}

#[test]
fn s7_a_secret_travels_in_no_request_line() {
    let (_, _, _, written) = push([Ok(push_replies())], &Limits::new());
    assert!(written.contains("canary-client-secret"), "the token request carries it");
    for line in written.lines().filter(|line| line.ends_with(" HTTP/1.1")) {
        assert!(!line.contains("canary"), "{line}");
    }
}

#[test]
fn a_connection_that_was_idle_for_long_is_not_trusted() {
    let limits = Limits { idle: Duration::ZERO, ..Limits::new() };
    let each = push_replies().into_iter().map(|reply| Ok(vec![reply]));
    let connections: [_; 5] = each.collect::<Vec<_>>().try_into().unwrap();
    let (end, log, ..) = push(connections, &limits);
    assert_eq!(end, Ok(End::Done));
    assert_eq!(log.iter().filter(|what| what.starts_with("connect")).count(), 5);
}

#[test]
fn a_connection_that_the_service_closes_is_not_used_again() {
    let mut replies = push_replies();
    let rest = replies.split_off(1);
    replies[0] = reply(200, "Connection: close\r\n", CODE);
    let (end, log, ..) = push([Ok(replies), Ok(rest)], &Limits::new());
    assert_eq!(end, Ok(End::Done));
    let close = log.iter().position(|what| what == "close").unwrap();
    assert_eq!(log[close + 1], "ApproveOnPhone", "it is closed before anything is waited for");
}

#[test]
fn a_connection_that_is_gone_after_all_costs_one_try() {
    let mut first = push_replies();
    let rest = first.split_off(2);
    let (end, log, ..) = push([Ok(first), Ok(rest)], &Limits::new());
    assert_eq!(end, Ok(End::Done));
    assert_eq!(log.iter().filter(|what| what.starts_with("connect")).count(), 2);
}

#[test]
fn a_service_that_cannot_be_reached_is_told_by_the_networks_own_error() {
    let (end, log, ..) = push([const { Err(ErrorKind::ConnectionRefused) }; 32], &Limits::new());
    assert_eq!(end, Err(Error::Exchange(ExchangeError::Connect(ErrorKind::ConnectionRefused))));
    assert!(log.len() > 1, "a single try is no try");
}

#[test]
fn a_refusal_is_the_flows_error() {
    let denied = reply(400, "", r#"{"error":"user_denied"}"#);
    let (end, ..) = push([Ok(vec![reply(200, "", CODE), denied])], &Limits::new());
    assert_eq!(end, Err(Error::Flow(PeerError::Denied.into())));
}

#[test]
fn a_holder_can_give_up() {
    let (end, log, ..) = push_with([Ok(push_replies())], &Limits::new(), true);
    assert_eq!(end, Err(Error::Flow(PeerError::Cancelled.into())));
    assert_eq!(log.iter().filter(|what| what.starts_with("ask")).count(), 1);
    assert_eq!(log.last().unwrap(), "close");
}
