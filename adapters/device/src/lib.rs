//! Carries the core's flows over any embedded-io stream, without std and without alloc.
//!
//! A firmware brings a few small traits ([`board`]): something that opens TLS connections, a clock, a
//! generator of random numbers, a place in flash. [`run`] drives any flow of the core with them. What
//! is said on the way is HTTP/1.1 ([`http`]), written for a peer that may be anybody.
//!
//! ```
//! use core::ops::ControlFlow;
//! use rubrica_core::error::Error;
//! use rubrica_core::identity::Holder;
//! use rubrica_core::oauth::grant::Grant;
//! use rubrica_core::oauth::scope::Scope;
//! use rubrica_core::psc::{Application, Authorization, Push, PushEvent, Service, VIDAAS};
//! use rubrica_core::secret::SecretText;
//! use rubrica_core::time::{Duration, Instant};
//! use rubrica_device::board::{self, Clock, Connector, NoStore, Random};
//! use rubrica_device::http::Limits;
//! use rubrica_device::{Attendant, Buffers, Device, End, run};
//! # use rubrica_device::embedded_io::{ErrorKind, ErrorType, Read, Write};
//!
//! /// Opens TLS connections to the service.
//! struct Radio {
//!     // ...
//! #   replies: Vec<&'static str>,
//! }
//!
//! impl Connector for Radio {
//!     type Error = ErrorKind;
//!     type Stream<'c> = Session<'c>;
//!
//!     fn connect(&mut self, host: &str, port: u16) -> Result<Session<'_>, ErrorKind> {
//!         // TCP, and then TLS with a verified peer.
//! #       assert_eq!((host, port), ("psc.example", 443));
//! #       Ok(Session { radio: self, reply: &[] })
//!     }
//! }
//! # // A service that answers each request, whole, with the next of its replies.
//! # struct Session<'c> { radio: &'c mut Radio, reply: &'static [u8] }
//! # impl ErrorType for Session<'_> { type Error = ErrorKind; }
//! # impl Read for Session<'_> {
//! #     fn read(&mut self, out: &mut [u8]) -> Result<usize, ErrorKind> {
//! #         self.reply.read(out).map_err(|never| match never {})
//! #     }
//! # }
//! # impl Write for Session<'_> {
//! #     fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> { Ok(bytes.len()) }
//! #     fn flush(&mut self) -> Result<(), ErrorKind> {
//! #         self.reply = self.radio.replies.remove(0).as_bytes();
//! #         Ok(())
//! #     }
//! # }
//!
//! /// Counts milliseconds.
//! struct Timer(Instant);
//!
//! impl Clock for Timer {
//!     fn now(&mut self) -> Instant {
//!         self.0
//!     }
//!
//!     fn sleep_until(&mut self, moment: Instant) {
//!         self.0 = moment; // here a firmware sleeps
//!     }
//! }
//!
//! /// The hardware's generator.
//! struct Noise;
//!
//! impl Random for Noise {
//!     type Error = core::convert::Infallible;
//!
//!     fn fill(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
//!         // ...
//! #       for (place, byte) in (0..).zip(bytes) { *byte = place; }
//!         Ok(())
//!     }
//! }
//!
//! /// Shows the holder what to do, and keeps what comes.
//! struct Terminal(Option<Grant>);
//!
//! impl Attendant<Push<'_>> for Terminal {
//!     fn event(
//!         &mut self,
//!         _flow: &mut Push<'_>,
//!         event: PushEvent,
//!         _now: Instant,
//!     ) -> Result<ControlFlow<()>, Error> {
//!         println!("{event:?}"); // "approve on your phone"
//!         Ok(ControlFlow::Continue(()))
//!     }
//!
//!     fn gain(&mut self, gain: Option<Grant>, _now: Instant) -> Result<ControlFlow<()>, Error> {
//!         self.0 = gain.or_else(|| self.0.take());
//!         Ok(ControlFlow::Continue(()))
//!     }
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let mut radio = Radio { replies: vec![
//! #     "HTTP/1.1 200 OK\r\nContent-Length: 41\r\n\r\ncode=d402d71c-0918-43ca-a07d-62597f559497",
//! #     "HTTP/1.1 304 Not Modified\r\n\r\n",
//! #     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n18\r\n{\"authorizationToken\":\"a\r\n3\r\nb\"}\r\n0\r\n\r\n",
//! #     "HTTP/1.1 200 OK\r\n\r\n{\"access_token\":\"an-access-token\",\"token_type\":\"Bearer\",\"expires_in\":900}",
//! # ] };
//! let mut timer = Timer(Instant::from_millis(0));
//! let service = Service::new(&VIDAAS, "https://psc.example")?;
//! let secret = SecretText::new("the application's secret");
//! let application = Application::new(service, "the application's id", secret, "")?;
//! let authorization = Authorization {
//!     holder: Some(Holder::parse("111.444.777-35")?),
//!     scope: Scope::SingleSignature,
//!     lifetime: Some(300),
//! };
//! let entropy = board::entropy(&mut Noise)?;
//! let patience = Duration::from_secs(120);
//! let mut flow = Push::new(&application, authorization, &entropy, patience, timer.now())?;
//!
//! let mut terminal = Terminal(None);
//! let (mut request, mut reply) = ([0; 2048], [0; 1024]);
//! let end = run(
//!     &mut flow,
//!     // An authorization can be asked for again; a signing needs a store that keeps its state.
//!     &mut Device { network: &mut radio, clock: &mut timer, store: &mut NoStore },
//!     &mut terminal,
//!     &mut (), // no documents out
//!     &mut (), // and none back
//!     &Limits::new(),
//!     Buffers { request: &mut request, reply: &mut reply },
//! )?;
//! assert_eq!(end, End::Done);
//! assert_eq!(terminal.0.unwrap().token(), "an-access-token");
//! # Ok(())
//! # }
//! ```
//!
//! # Memory
//! All of it is the caller's, and all that held a message is overwritten at the end of a run.
//!
//! | what | bytes | what sets it |
//! |---|---|---|
//! | [`Buffers::request`] | 2048 | URL, token and body of a request, but for documents; each digest after the first takes its identifier, its name and about 180 more |
//! | [`Buffers::reply`] | 1024, or the longest head | head or body of a reply, whichever is longer, but for a document; one more where a body comes in chunks. A bare signature of RSA 2048 takes 344 and its identifier. A CMS takes as much as its certificates: 8192 do for one, also where it stands beside a signed PDF |
//! | header slots, on the stack | 16 × [`Limits`](http::Limits)`<HEADERS>`, 512 unless set | while a head is read |
//! | a document that is sent or received | 0 | it passes through the reply's buffer; the larger that is, the fewer reads and writes |
//! | a QR code | 2 × [`qr::buffer_for`] | the length of its text; 458 characters take 2 × 673 |
//!
//! A buffer that is too small is told with the size that is needed: the request's before anything is
//! sent, the reply's when it is too late. A signature whose reply does not fit is in doubt.
//!
//! # What is certain about a request
//! [`ExchangeError::failure`] says whether a request can have been seen. A peer that answers before it
//! has taken the whole request is not heard while a write blocks: when the write fails, the reply is
//! looked for all the same.
//!
//! # With an executor
//! Nothing in a flow blocks, and nothing in [`http::Outgoing`] and [`http::Incoming`] does: a host with
//! an executor drives the same contract, and awaits where [`run`] waits.
//!
//! ```
//! use rubrica_core::exchange::{Effect, Request};
//! use rubrica_core::flow::{Flow, Input, Output, SendFailure};
//! use rubrica_core::time::Instant;
//! use rubrica_device::http::{Connection, Incoming, Limits, Outgoing, Reply};
//! # use core::future::poll_fn;
//! # use core::task::{Context, Poll, Waker};
//! # use rubrica_core::identity::Holder;
//! # use rubrica_core::oauth::scope::Scope;
//! # use rubrica_core::psc::{Application, Authorization, Entropy, Push, Service, VIDAAS};
//! # use rubrica_core::secret::SecretText;
//! # use rubrica_core::time::Duration;
//! #
//! # /// A line that is never ready at once.
//! # struct Line { replies: Vec<&'static [u8]>, is_ready: bool }
//! # impl Line {
//! #     async fn ready(&mut self) {
//! #         poll_fn(|context: &mut Context<'_>| {
//! #             self.is_ready = !self.is_ready;
//! #             context.waker().wake_by_ref();
//! #             if self.is_ready { Poll::Pending } else { Poll::Ready(()) }
//! #         }).await
//! #     }
//! #     async fn write(&mut self, bytes: &[u8]) -> Result<usize, ()> {
//! #         self.ready().await;
//! #         Ok(bytes.len().min(10))
//! #     }
//! #     async fn read(&mut self, out: &mut [u8]) -> Result<usize, ()> {
//! #         self.ready().await;
//! #         let reply = self.replies.first_mut().ok_or(())?;
//! #         let count = reply.len().min(out.len()).min(7);
//! #         let (now, rest) = reply.split_at(count);
//! #         out[..count].copy_from_slice(now);
//! #         *reply = rest;
//! #         if rest.is_empty() { self.replies.remove(0); }
//! #         Ok(count)
//! #     }
//! # }
//! # async fn sleep_until(_: Instant) {}
//!
//! /// One exchange over an asynchronous line. Whoever opened it knows that nothing was sent before.
//! async fn exchange(
//!     line: &mut Line,
//!     request: &Request<'_>,
//!     buffer: &mut [u8],
//! ) -> Result<Reply, SendFailure> {
//!     let unanswered = |_| SendFailure::Unanswered;
//!     let mut outgoing =
//!         Outgoing::new(request, Connection::Close).map_err(|_| SendFailure::NotSent)?;
//!     loop {
//!         // From here on the peer may have seen something.
//!         let count =
//!             outgoing.read(buffer, &mut ()).map_err(|_| SendFailure::Unanswered)?;
//!         if count == 0 {
//!             break;
//!         }
//!         let mut rest = &buffer[..count];
//!         while !rest.is_empty() {
//!             let taken = line.write(rest).await.map_err(unanswered)?;
//!             rest = &rest[taken..];
//!         }
//!     }
//!     let mut incoming = Incoming::new(&Limits::new(), request, outgoing.sent());
//!     while let Some(room) = incoming.room(buffer).map_err(|_| SendFailure::Unanswered)? {
//!         let count = line.read(room).await.map_err(unanswered)?;
//!         incoming
//!             .take(count, buffer, &mut (), &mut ())
//!             .map_err(|_| SendFailure::Unanswered)?;
//!     }
//!     Ok(incoming.reply())
//! }
//!
//! # let (mut line, mut clock) = (Line { is_ready: false, replies: vec![
//! #     b"HTTP/1.1 200 OK\r\nContent-Length: 41\r\n\r\ncode=d402d71c-0918-43ca-a07d-62597f559497",
//! #     b"HTTP/1.1 304 Not Modified\r\n\r\n",
//! #     b"HTTP/1.1 200 OK\r\nContent-Length: 27\r\n\r\n{\"authorizationToken\":\"ab\"}",
//! #     b"HTTP/1.1 200 OK\r\nContent-Length: 65\r\n\r\n{\"access_token\":\"a-token\",\"token_type\":\"Bearer\",\"expires_in\":900}",
//! # ] }, Instant::from_millis(0));
//! # let service = Service::new(&VIDAAS, "https://psc.example")?;
//! # let application = Application::new(service, "id", SecretText::new("secret"), "")?;
//! # let authorization = Authorization {
//! #     holder: Holder::parse("111.444.777-35").ok(), scope: Scope::SingleSignature, lifetime: None,
//! # };
//! # let entropy = Entropy {
//! #     verifier: core::array::from_fn(|place| place as u8),
//! #     state: core::array::from_fn(|place| 255 - place as u8),
//! # };
//! # let mut flow = Push::new(&application, authorization, &entropy, Duration::from_secs(120), clock)?;
//! let work = async {
//!     let (mut request_buffer, mut buffer) = ([0; 2048], [0; 1024]);
//!     loop {
//!         let input = match flow.poll_output(&mut request_buffer)? {
//!             Output::Send(request) => {
//!                 assert_eq!(request.effect, Effect::Safe); // else its state is saved first
//!                 let reply = exchange(&mut line, &request, &mut buffer).await;
//!                 let input = match &reply {
//!                     Ok(reply) => Input::Response(reply.response(&mut buffer)),
//!                     Err(failure) => Input::Failed(*failure),
//!                 };
//!                 if let Some(grant) = flow.handle_input(input, clock)? {
//!                     return Ok::<_, rubrica_core::error::Error>(grant);
//!                 }
//!                 continue;
//!             }
//!             Output::Wait(until) => {
//!                 sleep_until(until).await;
//!                 clock = until;
//!                 Input::Timeout
//!             }
//!             Output::Event(_) => continue,
//!             Output::Done => unreachable!("it gives its grant before"),
//!         };
//!         flow.handle_input(input, clock)?;
//!     }
//! };
//!
//! // Any executor will do; this is the least of them.
//! let mut work = core::pin::pin!(work);
//! let mut context = Context::from_waker(Waker::noop());
//! let grant = loop {
//!     if let Poll::Ready(grant) = work.as_mut().poll(&mut context) {
//!         break grant?;
//!     }
//! };
//! assert_eq!(grant.token(), "a-token");
//! # Ok::<(), rubrica_core::error::Error>(())
//! ```
#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(not(test), warn(clippy::indexing_slicing))]

#[cfg(test)]
extern crate std;

pub mod board;
mod driver;
mod error;
pub mod http;
pub mod qr;
pub mod sink;
pub mod source;

pub use embedded_io;

pub use driver::{Attendant, Buffers, Device, End, Wake, run};
pub use error::{DocumentProblem, Error, ExchangeError, Misbehaviour, ReplyError, Unsendable};
