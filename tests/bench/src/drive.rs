//! Flows over a connection, as a program without the host library drives them.

use ring::rand::{SecureRandom, SystemRandom};
use rubrica::verify::{self, Certificate};
use rubrica_core::document::{Documents, Sink};
use rubrica_core::error::{Error, ResourceError};
use rubrica_core::exchange::Exchange;
use rubrica_core::flow::{Flow, Gain, Input, Output};
use rubrica_core::oauth::grant::Grant;
use rubrica_core::oauth::scope::Scope;
use rubrica_core::psc::{
    Application, Authorization, Batch, CertificateDiscovery, Entropy, Order, Push, Signing,
    SigningEvent,
};
use rubrica_core::time::{Duration, Instant};
use rubrica_ureq::{Settings, Transport};

use crate::Failure;
use crate::account::Account;

/// How long a flow may take. It ends a run that hangs.
const PATIENCE: Duration = Duration::from_secs(600);

/// A transport with its buffers and a clock.
pub(crate) struct Link {
    transport: Transport,
    start: std::time::Instant,
    buffer: Vec<u8>,
    body: Vec<u8>,
}

impl Link {
    pub(crate) fn new(account: &Account) -> Result<Self, Failure> {
        let settings = Settings {
            extra_anchors_pem: Some(account.tls_anchors.clone()),
            total_timeout: PATIENCE.into(),
            ..Settings::default()
        };
        Ok(Self {
            transport: Transport::new(&settings)?,
            start: std::time::Instant::now(),
            buffer: vec![0; 4096],
            body: Vec::new(),
        })
    }

    fn now(&self) -> Instant {
        clock(self.start)
    }

    /// A grant of this scope, by a push.
    pub(crate) fn log_in(
        &mut self,
        account: &Account,
        application: &Application<'_>,
        scope: Scope,
    ) -> Result<Grant, Failure> {
        let mut entropy = Entropy { verifier: [0; 32], state: [0; 32] };
        for bytes in [&mut entropy.verifier, &mut entropy.state] {
            SystemRandom::new().fill(bytes).map_err(|_| "no random numbers")?;
        }
        let authorization =
            Authorization { holder: Some(account.holder), scope, lifetime: Some(3600) };
        let mut push = Push::new(application, authorization, &entropy, PATIENCE, self.now())?;
        let mut granted = None;
        self.drive(
            &mut push,
            &mut (),
            &mut (),
            |_| Ok(()),
            |grant| {
                granted = grant.or_else(|| granted.take());
                Ok(())
            },
        )?;
        granted.ok_or_else(|| "the push ended without a grant".into())
    }

    /// The holder's first certificate, and all that came with it.
    pub(crate) fn certificates(
        &mut self,
        application: &Application<'_>,
        grant: &Grant,
    ) -> Result<Vec<Certificate>, Failure> {
        let question = CertificateDiscovery { application, grant, alias: None };
        let request = question.request(&mut self.buffer)?;
        let reply = self.transport.send(&request, &mut (), &mut (), &mut self.body)?;
        let found = question.reply(reply.response(&mut self.body))?;
        let first = found.iter().next().ok_or("the holder has no certificate")?;
        Ok(verify::certificates_from_pem(first.pem.as_bytes())?)
    }

    /// Signs an order with a grant; `take` is given each request's outcome.
    pub(crate) fn sign<D: Documents, S: Sink>(
        &mut self,
        application: &Application<'_>,
        order: &Order<'_>,
        grant: Grant,
        documents: &mut D,
        sink: &mut S,
        mut take: impl FnMut(&Batch<'_, '_>) -> Result<(), Failure>,
    ) -> Result<(), Failure>
    where
        S::Error: Into<Failure>,
    {
        let mut signing = Signing::new(application, order, PATIENCE, 1, self.now())?;
        signing.authorize(grant, self.now())?;
        self.drive(
            &mut signing,
            documents,
            sink,
            |event| match event {
                SigningEvent::Authorize => Err("the service wants another grant".into()),
                SigningEvent::InDoubt(_) => Err("it is not known whether it was signed".into()),
            },
            |batch| batch.as_ref().map_or(Ok(()), &mut take),
        )
    }

    fn drive<F: Flow, D: Documents, S: Sink>(
        &mut self,
        flow: &mut F,
        documents: &mut D,
        sink: &mut S,
        mut event: impl FnMut(F::Event<'_>) -> Result<(), Failure>,
        mut gain: impl FnMut(F::Gain<'_>) -> Result<(), Failure>,
    ) -> Result<(), Failure>
    where
        S::Error: Into<Failure>,
    {
        let Self { transport, start, buffer, body } = self;
        let now = || clock(*start);
        loop {
            let output = flow.poll_output(buffer);
            if let Err(Error::Resource(ResourceError::BufferTooSmall { needed })) = output {
                drop(output);
                *buffer = vec![0; needed];
                continue;
            }
            match output? {
                Output::Done => return Ok(()),
                Output::Event(told) => event(told)?,
                Output::Wait(until) => {
                    std::thread::sleep(until.saturating_since(now()).into());
                    gain(flow.handle_input(Input::Timeout, now())?)?;
                }
                Output::Send(request) => {
                    let reply =
                        transport.send(&request, documents, sink, body).inspect_err(|_| {
                            sink.abandon();
                        })?;
                    let brought = flow
                        .handle_input(Input::Response(reply.response(body)), now())
                        .inspect_err(|_| sink.abandon())?;
                    match brought.document() {
                        Some(_) => sink.commit().map_err(Into::into)?,
                        None => sink.abandon(),
                    }
                    gain(brought)?;
                }
            }
        }
    }
}

/// The core's time, counted from `start`.
fn clock(start: std::time::Instant) -> Instant {
    Instant::from_millis(u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX))
}
