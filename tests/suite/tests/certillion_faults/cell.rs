//! One cell of the matrix: what goes wrong where, and what must come of it.

use core::time::Duration;

use rubrica::Fault as Whose;
use rubrica::certillion::{Job, Standard};
use rubrica_sandbox::{Endpoint, Fault};
use rubrica_tests::matrix::Told;

/// What must come of it.
#[derive(Clone, Copy)]
pub(crate) enum Expect {
    /// Every document is signed.
    Good,
    /// The order stops with this error before anything is handed over, and can be gone on with.
    Stops(Whose, Told),
    /// Every document has this error, and the order is over.
    Fails(Whose, Told),
    /// One document has this error, the others are signed.
    One(usize, Whose, Told),
    /// It is not known what was signed: the order waits for the host's word.
    Doubt,
    /// Of one document it is not known; the others are signed and here.
    DoubtOfOne(usize),
}

/// Where the client thinks that the service is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum World {
    /// Where it is.
    Good,
    /// Where it is, under a TLS authority that the client does not know.
    UnknownAuthority,
}

/// One cell.
pub(crate) struct Cell {
    pub(crate) name: String,
    pub(crate) endpoint: Endpoint,
    pub(crate) fault: Fault,
    /// How many requests it hits; `None` for all.
    pub(crate) times: Option<u32>,
    pub(crate) job: Job,
    pub(crate) documents: usize,
    pub(crate) trust: bool,
    pub(crate) world: World,
    pub(crate) patience: Duration,
    pub(crate) expect: Expect,
    /// Signatures that the service made, over all documents, before the fault went away.
    pub(crate) made: usize,
    /// Requests that the fault's endpoint saw until then.
    pub(crate) sent: Option<u64>,
    /// How often the holder was asked until then.
    pub(crate) asked: Option<usize>,
    /// Uploads of each document in all.
    pub(crate) uploads: Option<usize>,
    /// What the service may complain of.
    pub(crate) violations: &'static [&'static str],
    /// Whether the one document that fails was signed, so that its transaction is told.
    pub(crate) unfetched: bool,
}

impl Cell {
    /// A fault that hits one request, while two documents are signed as CAdES.
    pub(crate) fn new(name: impl Into<String>, endpoint: Endpoint, fault: Fault) -> Self {
        let name = format!("{}: {}", endpoint.name(), name.into());
        Self {
            name,
            endpoint,
            fault,
            times: Some(1),
            job: Job::new(Standard::Cades),
            documents: 2,
            trust: true,
            world: World::Good,
            patience: Duration::from_secs(15),
            expect: Expect::Good,
            made: 2,
            sent: None,
            asked: Some(1),
            uploads: Some(1),
            violations: &[],
            unfetched: false,
        }
    }

    pub(crate) fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self.name += &format!(", {times} times");
        self
    }

    pub(crate) fn always(mut self) -> Self {
        self.times = None;
        self.name += ", always";
        self
    }

    pub(crate) fn job(mut self, job: &Job) -> Self {
        self.name += &format!(", {:?}", job.standard);
        if job.detached {
            self.name += " detached";
        }
        self.job = job.clone();
        self
    }

    /// So many documents; all of them are signed unless something else is said after this.
    pub(crate) fn documents(mut self, documents: usize) -> Self {
        self.name += &format!(", {documents} documents");
        (self.documents, self.made) = (documents, documents);
        self
    }

    pub(crate) fn without_trust(mut self) -> Self {
        self.trust = false;
        self.name += ", no anchors";
        self
    }

    pub(crate) fn world(mut self, world: World) -> Self {
        self.world = world;
        self
    }

    pub(crate) fn patience(mut self, seconds: u64) -> Self {
        self.patience = Duration::from_secs(seconds);
        self
    }

    /// It stops before anything is signed.
    pub(crate) fn stops(mut self, whose: Whose, told: Told) -> Self {
        (self.expect, self.made) = (Expect::Stops(whose, told), 0);
        self
    }

    /// Nothing is signed.
    pub(crate) fn fails(mut self, whose: Whose, told: Told) -> Self {
        (self.expect, self.made) = (Expect::Fails(whose, told), 0);
        self
    }

    /// One document is not signed.
    pub(crate) fn one(mut self, place: usize, whose: Whose, told: Told) -> Self {
        self.expect = Expect::One(place, whose, told);
        self.made = self.documents - 1;
        self
    }

    /// One document is signed like the others, and cannot be fetched.
    pub(crate) fn unfetched(mut self, place: usize, whose: Whose, told: Told) -> Self {
        (self.expect, self.made) = (Expect::One(place, whose, told), self.documents);
        self.unfetched = true;
        self
    }

    /// It is not known, and was not signed.
    pub(crate) fn doubt(mut self) -> Self {
        (self.expect, self.made) = (Expect::Doubt, 0);
        self
    }

    /// It is not known of one document, which was not signed.
    pub(crate) fn doubt_of(mut self, place: usize) -> Self {
        (self.expect, self.made) = (Expect::DoubtOfOne(place), self.documents - 1);
        self
    }

    pub(crate) fn made(mut self, made: usize) -> Self {
        self.made = made;
        self
    }

    pub(crate) fn sent(mut self, sent: u64) -> Self {
        self.sent = Some(sent);
        self
    }

    pub(crate) fn asked(mut self, asked: usize) -> Self {
        self.asked = Some(asked);
        self
    }

    /// How often each document is uploaded; `None` where that differs.
    pub(crate) fn uploads(mut self, uploads: Option<usize>) -> Self {
        self.uploads = uploads;
        self
    }

    pub(crate) fn complains(mut self, violations: &'static [&'static str]) -> Self {
        self.violations = violations;
        self
    }
}
