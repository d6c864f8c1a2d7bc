//! A signing with Certillion, its host, its service and its holder.

mod exchange;
mod host;
mod office;
mod request;
mod service;
mod torn;
mod watch;

pub use torn::torn;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use rubrica_core::certillion::{
    Application, Boundary, Order, Progress, Signing, SigningEvent, SigningSnapshot,
};
use rubrica_core::error::Error;
use rubrica_core::flow::Output;
use rubrica_core::oauth::scope::Scope;
use rubrica_core::time::{Duration, Elapsed};

use self::office::Papers;
use self::service::Service;
use self::watch::{Cause, Known, Watch};
use super::{Buffers, POLLS, at, save};
use crate::dice::Dice;

/// How long a process works on an order, in milliseconds.
const PATIENCE: u64 = 600_000;

/// Bytes that are enough for every request.
const BUFFER: usize = 96 * 1024;

/// Signs an order of documents.
pub fn signing(mut dice: Dice<'_>) {
    let profile = office::profile(&mut dice);
    let application = office::application(&mut dice, &profile);
    let papers = Papers::thrown(&mut dice);
    let items = papers.items();
    let order = papers.order(&items);
    let mut progress = vec![Progress::default(); items.len()];
    let patience = Duration::from_millis(PATIENCE);
    let flow = Signing::new(&application, &order, &mut progress, boundary(), patience, 7, at(0));
    assert_eq!(flow.is_ok(), papers.is_good());
    match flow {
        Ok(flow) => {
            let saved = Saved {
                snapshot: save(&flow, 0),
                progress: pack(flow.progress()),
                known: Watch::new(items.len(), order.detached).known,
                lives: BTreeMap::new(),
            };
            drop(flow);
            Desk::new(dice, &application, &order, saved).run();
        }
        Err(error) => assert!(matches!(error, Error::Misuse(_)), "{error:?}"),
    }
}

fn boundary() -> Boundary {
    Boundary::from_entropy(&core::array::from_fn(|place| place as u8 * 13)).expect("bytes")
}

fn pack(progress: &[Progress]) -> Vec<u8> {
    postcard::to_stdvec(progress).expect("progress that can be saved")
}

/// What a host has written down.
#[derive(Clone)]
struct Saved {
    snapshot: Vec<u8>,
    progress: Vec<u8>,
    known: Known,
    /// How long the holder's tokens still live, in milliseconds.
    lives: BTreeMap<String, u64>,
}

/// The host, and all around it.
struct Desk<'d, 'o> {
    dice: Dice<'d>,
    application: &'o Application<'o>,
    order: &'o Order<'o>,
    service: Service,
    watch: Watch,
    saved: Saved,
    polls: usize,
    now: u64,
    deadline: u64,
    not_before: u64,
    /// When the requests for signatures of the last minute left.
    left: VecDeque<u64>,
    /// The application's tokens, and when each dies; `None` once one came that cannot be judged.
    own_tokens: Option<BTreeMap<String, u64>>,
    /// The holder's tokens: how many there were, when each dies, what each permits, and those that
    /// must not be sent again.
    tokens: usize,
    dies: BTreeMap<String, u64>,
    scopes: BTreeMap<String, Scope>,
    spent: BTreeSet<String>,
    error: Option<Error>,
}

/// How a process ends.
enum End {
    /// Another one goes on.
    Interrupted,
    Over,
}

impl<'d, 'o> Desk<'d, 'o> {
    fn new(
        dice: Dice<'d>,
        application: &'o Application<'o>,
        order: &'o Order<'o>,
        saved: Saved,
    ) -> Self {
        Self {
            polls: POLLS + 8 * dice.left(),
            dice,
            application,
            order,
            service: Service::default(),
            watch: Watch::new(order.items.len(), order.detached),
            saved,
            now: 0,
            deadline: 0,
            not_before: 0,
            left: VecDeque::new(),
            own_tokens: Some(BTreeMap::new()),
            tokens: 0,
            dies: BTreeMap::new(),
            scopes: BTreeMap::new(),
            spent: BTreeSet::new(),
            error: None,
        }
    }

    fn run(mut self) {
        let mut buffers = Buffers::of(BUFFER);
        let mut elapsed = Elapsed::Known(Duration::ZERO);
        loop {
            let mut progress: Vec<Progress> =
                postcard::from_bytes(&self.saved.progress).expect("what was saved");
            let snapshot: SigningSnapshot =
                postcard::from_bytes(&self.saved.snapshot).expect("what was saved");
            self.begin(&progress, elapsed);
            let (application, order, now) = (self.application, self.order, at(self.now));
            let mut flow = Signing::resume(
                application,
                order,
                &mut progress,
                snapshot,
                elapsed,
                boundary(),
                Duration::from_millis(PATIENCE),
                9,
                now,
            )
            .expect("our own");
            match self.process(&mut flow, &mut buffers) {
                End::Over => return,
                End::Interrupted => elapsed = super::elapsed(&mut self.dice),
            }
        }
    }

    /// A process begins, on a clock of its own.
    fn begin(&mut self, progress: &[Progress], elapsed: Elapsed) {
        self.now = 17;
        self.deadline = self.now + PATIENCE;
        self.not_before = 0;
        self.left.clear();
        self.own_tokens = Some(BTreeMap::new());
        self.error = None;
        self.watch.restore(self.saved.known.clone(), progress);
        self.dies.clear();
        if let Elapsed::Known(span) = elapsed {
            for (token, life) in &self.saved.lives {
                let left = life.saturating_sub(span.as_millis());
                self.dies.insert(token.clone(), self.now.saturating_add(left));
            }
        }
    }

    fn process(&mut self, flow: &mut Signing<'_>, buffers: &mut Buffers) -> End {
        while self.polls > 0 {
            self.polls -= 1;
            match buffers.poll(flow, &mut self.dice) {
                Output::Done => return self.end(flow),
                Output::Send(request) => {
                    let left = self.leave(flow, &request);
                    if self.answer(flow, &left) {
                        return self.interrupted(flow);
                    }
                }
                Output::Event(event) => {
                    if self.pauses(flow) {
                        return self.interrupted(flow);
                    }
                    match event {
                        SigningEvent::Authorize => self.authorize(flow),
                        SigningEvent::InDoubt => self.resolve(flow),
                    }
                }
                Output::Wait(until) => {
                    if self.pauses(flow) {
                        return self.interrupted(flow);
                    }
                    self.wait(flow, until.as_millis());
                }
            }
        }
        panic!("the flow does not end");
    }

    /// Notes what would be saved now.
    fn save(&mut self, flow: &Signing<'_>) {
        let lives =
            self.dies.iter().map(|(token, dies)| (token.clone(), dies - self.now.min(*dies)));
        self.saved = Saved {
            snapshot: save(flow, self.now),
            progress: pack(flow.progress()),
            known: self.watch.known.clone(),
            lives: lives.collect(),
        };
    }

    /// Nothing leaves; tells whether the process is broken off.
    fn pauses(&mut self, flow: &Signing<'_>) -> bool {
        self.watch.look(flow.progress(), Cause::Polled(None), None);
        self.dice.throw(16) == 1
    }

    /// The process is broken off; what it did last may not have been saved.
    fn interrupted(&mut self, flow: &Signing<'_>) -> End {
        if self.dice.throw(2) == 0 {
            self.save(flow);
        }
        End::Interrupted
    }
}
