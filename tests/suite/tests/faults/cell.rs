//! One cell of the matrix: what goes wrong where, and what must come of it.

use core::time::Duration;

use rubrica::{Fault as Whose, Form, Via};
use rubrica_sandbox::{CPF_HOLDER, Endpoint, Fault};
use rubrica_tests::matrix::Told;

/// What must come of it.
#[derive(Clone, Copy)]
pub(crate) enum Expect {
    /// Every document is signed, or the question answered.
    Good,
    /// The session ends with this error.
    Stops(Whose, Told),
    /// The session goes to its end, and every document has this error.
    Fails(Whose, Told),
}

/// What the client does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    Sign,
    Login,
    Discover,
    Register,
}

/// Where the client thinks that the service is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum World {
    /// Where it is.
    Good,
    /// Where nobody listens.
    NobodyListens,
    /// Where it is, under a TLS authority that the client does not know.
    UnknownAuthority,
}

/// One cell.
pub(crate) struct Cell {
    pub(crate) name: String,
    /// At which PSC, by the sandbox's name for it.
    pub(crate) psc: &'static str,
    /// The endpoint of VIDaaS that stands for every PSC's, the fault, and how often.
    pub(crate) rule: (Endpoint, Fault, Option<u32>),
    pub(crate) act: Act,
    pub(crate) world: World,
    pub(crate) via: Via,
    pub(crate) form: Form,
    pub(crate) holder: &'static str,
    pub(crate) documents: usize,
    pub(crate) alias: bool,
    pub(crate) trust: bool,
    pub(crate) patience: Duration,
    pub(crate) expect: Expect,
    /// Signatures that the service made over each document.
    pub(crate) made: usize,
    /// Requests that the fault's endpoint saw.
    pub(crate) sent: Option<u64>,
    /// How often the holder was asked.
    pub(crate) asked: Option<usize>,
    /// What the service may complain of.
    pub(crate) violations: &'static [&'static str],
}

impl Cell {
    /// A fault that hits one request, while a document is signed by push.
    pub(crate) fn new(name: impl Into<String>, endpoint: Endpoint, fault: Fault) -> Self {
        Self {
            name: format!("{}: {}", endpoint.name(), name.into()),
            psc: "vidaas",
            rule: (endpoint, fault, Some(1)),
            act: Act::Sign,
            world: World::Good,
            via: Via::Push,
            form: Form::Pdf,
            holder: CPF_HOLDER,
            documents: 1,
            alias: false,
            trust: true,
            patience: Duration::from_secs(15),
            expect: Expect::Good,
            made: 1,
            sent: None,
            asked: None,
            violations: &[],
        }
    }

    pub(crate) fn always(mut self) -> Self {
        self.rule.2 = None;
        self.name += ", always";
        self
    }

    pub(crate) fn times(mut self, times: u32) -> Self {
        self.rule.2 = Some(times);
        self.name += &format!(", {times} times");
        self
    }

    pub(crate) fn act(mut self, act: Act) -> Self {
        self.act = act;
        self.made = 0;
        self
    }

    pub(crate) fn world(mut self, world: World) -> Self {
        self.world = world;
        self
    }

    pub(crate) fn by_redirect(mut self) -> Self {
        self.via = Via::Redirect;
        self
    }

    pub(crate) fn form(mut self, form: Form) -> Self {
        self.name += &format!(", {form:?}");
        self.form = form;
        self
    }

    pub(crate) fn documents(mut self, documents: usize) -> Self {
        self.documents = documents;
        self.name += &format!(", {documents} documents");
        self
    }

    pub(crate) fn with_alias(mut self) -> Self {
        self.alias = true;
        self.name += ", alias asked";
        self
    }

    pub(crate) fn without_trust(mut self) -> Self {
        self.trust = false;
        self.name += ", no anchors";
        self
    }

    pub(crate) fn patience(mut self, seconds: u64) -> Self {
        self.patience = Duration::from_secs(seconds);
        self
    }

    pub(crate) fn stops(mut self, whose: Whose, told: Told) -> Self {
        self.expect = Expect::Stops(whose, told);
        self.made = 0;
        self
    }

    pub(crate) fn fails(mut self, whose: Whose, told: Told) -> Self {
        self.expect = Expect::Fails(whose, told);
        self.made = 0;
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

    pub(crate) fn complains(mut self, violations: &'static [&'static str]) -> Self {
        self.violations = violations;
        self
    }
}
