//! The work: ask the holder, read the certificate, have the order signed.

use core::cell::RefCell;

use rubrica_core::codec::base64;
use rubrica_core::document::{Documents, Sink};
use rubrica_core::error::{Error as CoreError, PeerError};
use rubrica_core::exchange::Exchange;
use rubrica_core::flow::Flow;
use rubrica_core::identity::Holder;
use rubrica_core::language::Language;
use rubrica_core::oauth::grant::Grant;
use rubrica_core::oauth::scope::Scope;
use rubrica_core::prompt::Prompt;
use rubrica_core::psc::{
    Application, Authorization, CertificateDiscovery, Order, Push, PushSnapshot, Resolution,
    Signing, SigningSnapshot,
};
use rubrica_core::time::{Duration, Instant};
use rubrica_device::board::{Clock, Connector, Store, entropy, seed};
use rubrica_device::http::{Connection, Http, Limits, Reply, Target};
use rubrica_device::{Attendant, Buffers, Device, End, Error, run};
use rubrica_firmware::certificate;
use rubrica_firmware::keep::Keep;
use rubrica_firmware::network::Network;
use rubrica_firmware::paper::Paper;
use rubrica_firmware::random::Generator;
use rubrica_firmware::rsa::PublicKey;

use crate::desk::{Counter, Desk, Tray, Want};
use crate::emulated::{BoardClock, EmulatedFlash, Line};
use crate::print::say;

/// The holder, whom a terminal would ask for the number.
const HOLDER: &str = "111.444.777-35";

/// The longest time for the order, once it is begun.
const PATIENCE: Duration = Duration::from_secs(300);

/// The places in flash.
const PUSH: u8 = 0;
const SIGNING: u8 = 1;

/// Bytes of the longest certificate that is read.
const CERTIFICATE: usize = 2_560;

/// What is borne from the service. A document takes its time over a serial line.
const LIMITS: Limits<16> = Limits { patience: Duration::from_secs(900), ..Limits::with_headers() };

/// Everything that the work needs.
pub(crate) struct Office<'o> {
    pub(crate) application: &'o Application<'o>,
    pub(crate) network: Network<'o, Line>,
    pub(crate) random: &'o RefCell<Generator>,
    pub(crate) flash: &'o RefCell<EmulatedFlash>,
    pub(crate) key: &'o [u8; 16],
    pub(crate) request: &'o mut [u8],
    pub(crate) reply: &'o mut [u8],
}

/// A place in flash.
pub(crate) type Place<'o> = Keep<'o, EmulatedFlash>;

fn now() -> Instant {
    BoardClock.now()
}

// Each step has a frame of its own on the stack, so that the deepest of them does not stand on what the
// others have left behind: hence `inline(never)`.
impl<'o> Office<'o> {
    fn place(&self, number: u8) -> Place<'o> {
        Keep::new(self.flash, self.random, self.key, number)
    }

    /// Has an order of one document signed. What was begun before a loss of power goes on; `word` is
    /// the holder's on what is in doubt.
    #[inline(never)]
    pub(crate) fn sign(
        &mut self,
        order: &Order<'_>,
        mut paper: Paper,
        mut word: Option<&str>,
    ) -> Result<(), &'static str> {
        let mut desk = Desk { order, key: None, wants: None };
        let mut counter = Counter { place: self.place(PUSH), grant: None };
        loop {
            match self.work(&mut desk, &mut counter.grant, &mut paper, &mut word)? {
                End::Done => return Ok(()),
                End::Left if desk.wants.take().is_none() => return Ok(()),
                End::Left => {}
            }
            self.authorize(&mut counter)?;
            let reply = self.ask_for_certificates(&counter)?;
            self.read_key(reply, &counter, &mut desk)?;
            say(&[Prompt::Signing.text(Language::English)]);
        }
    }

    /// Carries the order on until it is done or waits for somebody: for the holder's word, or for the
    /// grant that the desk wants. It does not stay in memory: it is begun again from what was kept.
    #[inline(never)]
    fn work(
        &mut self,
        desk: &mut Desk<'_>,
        grant: &mut Option<Grant>,
        paper: &mut Paper,
        word: &mut Option<&str>,
    ) -> Result<End, &'static str> {
        let mut flow = None;
        self.order(desk.order, &mut flow)?;
        let flow = flow.as_mut().ok_or("there is no order")?;
        hand_over(grant, flow)?;
        loop {
            let end = self.run(flow, SIGNING, desk, paper, &mut Tray::default())?;
            if !matches!(desk.wants, Some(Want::Word)) {
                return Ok(end);
            }
            desk.wants = None;
            let resolution = match word.take() {
                Some("again") => Resolution::SignAgain,
                Some("abandon") => Resolution::Abandon,
                _ => {
                    say(&["Nothing is asked again without the holder's word."]);
                    return Ok(End::Left);
                }
            };
            self.resolve(flow, resolution)?;
        }
    }

    /// Takes the holder's word, which must outlive a loss of power as the doubt did.
    #[inline(never)]
    fn resolve(&self, flow: &mut Signing<'_>, resolution: Resolution) -> Result<(), &'static str> {
        let abandoned = flow.resolve(resolution, now()).map_err(|_| "nothing was in doubt")?;
        if abandoned.is_some() {
            say(&["The holder let it be."]);
        }
        self.place(SIGNING).save(&flow.snapshot(now())).map_err(|_| "the state cannot be kept")
    }

    /// An order's flow, begun or begun again.
    #[inline(never)]
    fn order<'f>(
        &self,
        order: &'f Order<'f>,
        flow: &mut Option<Signing<'f>>,
    ) -> Result<(), &'static str>
    where
        'o: 'f,
    {
        let seed = seed(&mut *self.random.borrow_mut()).unwrap_or_default();
        let made = match self.place(SIGNING).load::<SigningSnapshot>() {
            Err(_) => return Err("the saved order is damaged"),
            Ok(Some((snapshot, elapsed))) => {
                if snapshot.in_flight() > 0 {
                    say(&["A request for a signature left before the power was lost."]);
                }
                Signing::resume(self.application, order, snapshot, elapsed, PATIENCE, seed, now())
            }
            Ok(None) => Signing::new(self.application, order, PATIENCE, seed, now()),
        };
        *flow = Some(made.map_err(|_| "the order cannot be signed")?);
        Ok(())
    }

    /// Asks the holder. An authorization that was asked for before a loss of power is waited for.
    #[inline(never)]
    fn authorize(&mut self, counter: &mut Counter<'_>) -> Result<(), &'static str> {
        let mut flow = None;
        self.request(&mut flow)?;
        let flow = flow.as_mut().ok_or("there is no request")?;
        self.run(flow, PUSH, counter, &mut (), &mut ()).map(|_| ())
    }

    /// An authorization's flow, begun or begun again.
    #[inline(never)]
    fn request(&self, flow: &mut Option<Push<'o>>) -> Result<(), &'static str> {
        let authorization = Authorization {
            holder: Some(Holder::parse(HOLDER).map_err(|_| "the holder's number is wrong")?),
            scope: Scope::SingleSignature,
            lifetime: Some(300),
        };
        let made = match self.place(PUSH).load::<PushSnapshot>() {
            Err(_) => return Err("the saved request is damaged"),
            Ok(Some((snapshot, elapsed))) => {
                say(&["The holder was asked before the power was lost."]);
                Push::resume(self.application, authorization, snapshot, elapsed, now())
            }
            Ok(None) => {
                let patience = self.application.provider().limits.approval_window;
                let entropy =
                    entropy(&mut *self.random.borrow_mut()).map_err(|_| "there is no entropy")?;
                Push::new(self.application, authorization, &entropy, patience, now())
            }
        };
        *flow = Some(made.map_err(|_| "the authorization cannot be asked for")?);
        Ok(())
    }

    /// Runs a flow whose state is kept at a place.
    #[inline(never)]
    fn run<F: Flow, A: Attendant<F>, D: Documents, K: Sink>(
        &mut self,
        flow: &mut F,
        place: u8,
        attendant: &mut A,
        documents: &mut D,
        sink: &mut K,
    ) -> Result<End, &'static str> {
        let mut place = self.place(place);
        let mut device =
            Device { network: &mut self.network, clock: &mut BoardClock, store: &mut place };
        let buffers = Buffers { request: self.request, reply: self.reply };
        run(flow, &mut device, attendant, documents, sink, &LIMITS, buffers).map_err(|error| {
            match error {
                Error::Flow(CoreError::Peer(PeerError::Expired)) => "the time to approve ran out",
                Error::Flow(CoreError::Peer(PeerError::Denied)) => "the holder said no",
                Error::Flow(_) => "the service refused",
                Error::Exchange(_) => "the service cannot be reached",
                Error::Store(_) => "the state cannot be kept",
                _ => "it failed",
            }
        })
    }

    /// Fetches the holder's certificates; the reply's body is left in its buffer.
    #[inline(never)]
    fn ask_for_certificates(&mut self, counter: &Counter<'_>) -> Result<Reply, &'static str> {
        let discovery = self.discovery(counter)?;
        let request = discovery.request(self.request).map_err(|_| "the request does not fit")?;
        let target = Target::new(request.url).map_err(|_| "the URL is wrong")?;
        let mut stream = self
            .network
            .connect(target.host, target.port)
            .map_err(|_| "the service cannot be reached")?;
        let mut http =
            Http { clock: &mut BoardClock, documents: &mut (), sink: &mut (), limits: LIMITS };
        http.exchange(&mut stream, &request, Connection::Close, self.reply)
            .map_err(|_| "there are no certificates")
    }

    fn discovery<'d>(
        &self,
        counter: &'d Counter<'_>,
    ) -> Result<CertificateDiscovery<'d>, &'static str>
    where
        'o: 'd,
    {
        let grant = counter.grant.as_ref().ok_or("there is no authorization")?;
        Ok(CertificateDiscovery { application: self.application, grant, alias: None })
    }

    /// Reads the public key of the holder's certificate, as the service has it.
    #[inline(never)]
    fn read_key(
        &mut self,
        reply: Reply,
        counter: &Counter<'_>,
        desk: &mut Desk<'_>,
    ) -> Result<(), &'static str> {
        let certificates = self
            .discovery(counter)?
            .reply(reply.response(self.reply))
            .map_err(|_| "the certificates cannot be read")?;
        // The one that the holder authorised comes first.
        let certificate = certificates.iter().next().ok_or("there is no certificate")?;
        let text = certificate
            .pem
            .trim()
            .strip_prefix("-----BEGIN CERTIFICATE-----")
            .and_then(|text| text.strip_suffix("-----END CERTIFICATE-----"))
            .ok_or("the certificate is no PEM")?;
        let mut der = [0; CERTIFICATE];
        let der = base64::decode(text, &mut der).map_err(|_| "the certificate is no base64")?;
        let info = certificate::public_key_info(der).map_err(|_| "the certificate is no DER")?;
        let key = PublicKey::from_info(info.encoded);
        desk.key = Some(key.map_err(|_| "the certificate has another kind of key")?);
        Ok(())
    }
}

/// Gives the order the grant, if there is one.
#[inline(never)]
fn hand_over(grant: &mut Option<Grant>, flow: &mut Signing<'_>) -> Result<(), &'static str> {
    match grant.take() {
        Some(grant) => flow.authorize(grant, now()).map_err(|_| "the grant permits nothing"),
        None => Ok(()),
    }
}
