//! Cloud signatures of ICP-Brasil without I/O, without alloc and without std.
//!
//! In Brazil a legally valid signature can be made with a key that a trust service keeps in its cloud:
//! an application sends a document's digest, the holder approves on a phone, a signature comes back.
//! This crate knows what is said on the way, and leaves the saying to its caller.
//!
//! # Two layers
//! An [`exchange::Exchange`] is one request and how to read its reply. A [`flow::Flow`] is a state
//! machine over exchanges, time and the holder's actions: [`psc::Push`] and [`psc::Redirect`] get the
//! holder's permission, [`psc::Signing`] turns it into signatures.
//!
//! # The loop
//! A driver polls a flow until it waits, does what it asks, and hands back what happened. This is all
//! of it, for a push and with a service that is played by two closures:
//!
//! ```
//! use rubrica_core::exchange::{Effect, Request, Response};
//! use rubrica_core::flow::{Flow, Input, Output};
//! use rubrica_core::identity::Holder;
//! use rubrica_core::oauth::scope::Scope;
//! use rubrica_core::psc::{Application, Authorization, Entropy, Push, Service, VIDAAS};
//! use rubrica_core::secret::SecretText;
//! use rubrica_core::time::{Duration, Instant};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let mut polls = 0;
//! # // What the service answers: a status and a body.
//! # let mut send = |request: &Request<'_>| -> (u16, Vec<u8>) {
//! #     let body: &[u8] = match request.url.split('?').next().unwrap() {
//! #         url if url.ends_with("/authorize") => b"code=d402d71c-0918-43ca-a07d-62597f559497",
//! #         url if url.ends_with("/authentications") => {
//! #             polls += 1;
//! #             if polls < 3 { return (304, Vec::new()) }
//! #             br#"{"authorizationToken":"an-authorization-token"}"#
//! #         }
//! #         _ => br#"{"access_token":"an-access-token","token_type":"Bearer","expires_in":900}"#,
//! #     };
//! #     (200, body.to_vec())
//! # };
//! # let mut clock = Instant::from_millis(0);
//! let service = Service::new(&VIDAAS, "https://hml-certificado.vidaas.com.br")?;
//! let secret = SecretText::new("the application's secret");
//! let application = Application::new(service, "the application's id", secret, "")?;
//! let authorization = Authorization {
//!     holder: Some(Holder::parse("111.444.777-35")?),
//!     scope: Scope::SingleSignature,
//!     lifetime: Some(300),
//! };
//! # let (random, more_random) = (std::array::from_fn(|i| i as u8), std::array::from_fn(|i| 255 - i as u8));
//! let entropy = Entropy { verifier: random, state: more_random };
//! let patience = Duration::from_secs(120);
//! let mut flow = Push::new(&application, authorization, &entropy, patience, clock)?;
//!
//! let mut buffer = [0; 2048];
//! let grant = 'granted: loop {
//!     let input = match flow.poll_output(&mut buffer)? {
//!         Output::Send(request) => {
//!             if request.effect == Effect::Once {
//!                 // Seal flow.snapshot(clock) and write it to a disk before going on.
//!             }
//!             let (status, mut body) = send(&request);
//!             let response = Response::new(status, &mut body);
//!             if let Some(grant) = flow.handle_input(Input::Response(response), clock)? {
//!                 break 'granted grant;
//!             }
//!             continue;
//!         }
//!         Output::Event(event) => {
//!             println!("{event:?}"); // "approve on your phone"
//!             continue;
//!         }
//!         Output::Wait(until) => {
//!             clock = until; // here a driver sleeps
//!             Input::Timeout
//!         }
//!         Output::Done => unreachable!("a push that ends has given its grant or an error"),
//!     };
//!     flow.handle_input(input, clock)?;
//! };
//! assert_eq!(grant.token(), "an-access-token");
//! # Ok(())
//! # }
//! ```
//!
//! # What the caller brings
//! - **Buffers.** Requests are written into them and replies are read in place. One that is too small is
//!   answered with [`error::ResourceError::BufferTooSmall`], which tells the size that is needed. They
//!   hold secrets for a while: overwrite them.
//! - **Time**, as a monotonic [`time::Instant`] of milliseconds, and **entropy**, 64 bytes for each
//!   authorization. There are no globals.
//! - **A journal**, if a signature must never be made twice: see [`flow`] and [`psc::Signing`].
//!
//! # What the caller is promised
//! No panic on any bytes from outside, no recursion, no allocation, no unbounded loop; a deadline on
//! every flow; errors that say whose fault it is ([`error::Error`]) and what to do
//! ([`error::Error::advice`]); secrets that do not print.
#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(not(test), warn(clippy::indexing_slicing, clippy::arithmetic_side_effects))]
#![allow(clippy::large_enum_variant, reason = "the core has no heap to box anything into")]

#[cfg(test)]
extern crate std;

pub mod advice;
pub mod cades;
pub mod certillion;
pub mod codec;
pub mod document;
pub mod error;
pub mod exchange;
pub mod flow;
pub mod identity;
pub mod language;
pub mod oauth;
pub mod pacing;
pub mod prompt;
pub mod psc;
pub mod secret;
pub mod time;
pub mod unsure;
