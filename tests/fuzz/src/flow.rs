//! What every flow has in common: how it is polled, interrupted and ended.

pub mod approval;
pub mod certillion;
pub mod signing;
pub mod torn;

use core::fmt::Debug;

use rubrica_core::error::{Error, Misuse, ResourceError};
use rubrica_core::exchange::Request;
use rubrica_core::flow::{Flow, Input, Output, SendFailure};
use rubrica_core::time::{Duration, Elapsed, Instant};

use crate::dice::Dice;
use crate::setting::BASE_URL;

/// Bytes that are enough for every request of the flows here.
const BUFFER: usize = 16 * 1024;

/// How often a flow may be polled in a run, but for what each byte of the dice may ask for.
const POLLS: usize = 4_000;

/// The moment so many milliseconds after the clock began.
const fn at(milliseconds: u64) -> Instant {
    Instant::from_millis(milliseconds)
}

/// Buffers of a host that sometimes offers too little.
struct Buffers {
    small: Vec<u8>,
    large: Vec<u8>,
}

impl Buffers {
    fn new() -> Self {
        Self::of(BUFFER)
    }

    /// Buffers of so many bytes.
    fn of(room: usize) -> Self {
        Self { small: vec![0; room], large: vec![0; room] }
    }

    /// Polls, at times with a buffer that is too small first: that must change nothing, and what is
    /// said to be enough must be enough.
    fn poll<'b, F: Flow + Debug>(
        &'b mut self,
        flow: &mut F,
        dice: &mut Dice<'_>,
    ) -> Output<'b, F::Event<'b>> {
        let mut room = self.large.len();
        if dice.throw(8) == 1 {
            let size = usize::from(dice.byte()) * 4;
            let before = format!("{flow:?}");
            match flow.poll_output(&mut self.small[..size]) {
                Ok(output) => return output,
                Err(Error::Resource(ResourceError::BufferTooSmall { needed })) => {
                    assert!(needed > size, "{needed} bytes are needed and {size} do not do");
                    assert_eq!(format!("{flow:?}"), before, "an error that changed the state");
                    room = needed;
                }
                Err(error) => panic!("{error:?}"),
            }
        }
        match flow.poll_output(&mut self.large[..room]) {
            Ok(output) => output,
            Err(error) => panic!("{error:?} with {room} bytes"),
        }
    }
}

/// What holds of every request.
fn check_request(request: &Request<'_>, secrets: &[&str]) {
    let rest = request.url.strip_prefix(BASE_URL).expect("the service's own address");
    assert!(rest.starts_with('/'));
    assert!(request.url.bytes().all(|byte| byte.is_ascii_graphic()), "{}", request.url);
    assert!(secrets.iter().all(|secret| !request.url.contains(secret)), "a secret in a URL");
    if let Some(bearer) = request.bearer {
        assert!(bearer.bytes().all(|byte| byte.is_ascii_graphic()), "{bearer:?}");
        assert!(!request.url.contains(bearer), "a token in a URL");
    }
}

/// Nothing brings a flow back that has ended.
fn check_end<F: Flow + Debug>(flow: &mut F, now: u64) {
    for moment in [now, u64::MAX] {
        for input in [
            Input::Cancel,
            Input::Failed(SendFailure::NotSent),
            Input::Failed(SendFailure::Unanswered),
            Input::Redirect(""),
        ] {
            let error = flow.handle_input(input, at(moment)).err().expect("an error");
            assert_eq!(error, Misuse::OutOfOrder.into());
        }
        let _ = flow.handle_input(Input::Timeout, at(moment));
        assert!(matches!(flow.poll_output(&mut []), Ok(Output::Done)), "done and not done");
    }
}

/// What the clock of the next process says of the time in between.
fn elapsed(dice: &mut Dice<'_>) -> Elapsed {
    match dice.throw(3) {
        0 => Elapsed::Known(Duration::ZERO),
        1 => Elapsed::Known(Duration::from_millis(delay(dice))),
        _ => Elapsed::Unknown,
    }
}

/// A span from nothing to a time that no clock reaches, in milliseconds.
fn delay(dice: &mut Dice<'_>) -> u64 {
    match dice.throw(10) {
        9 => u64::from(dice.byte()) << (dice.byte() % 56),
        throw => [0, 1, 40, 999, 1_000, 30_000, 70_000, 400_000, 0][usize::from(throw)],
    }
}

/// The saved state, as a host would write it.
fn save<F: Flow>(flow: &F, now: u64) -> Vec<u8> {
    postcard::to_stdvec(&flow.snapshot(at(now))).expect("a snapshot that can be saved")
}
