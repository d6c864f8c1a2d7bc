//! An authorization by a page that the holder opens from a code on the display.

use core::ops::ControlFlow;

use rubrica_core::error::Error as CoreError;
use rubrica_core::oauth::grant::Grant;
use rubrica_core::oauth::scope::Scope;
use rubrica_core::psc::{
    Application, Authorization, Entropy, Redirect, RedirectEvent, Service, VIDAAS,
};
use rubrica_core::secret::SecretText;
use rubrica_core::time::{Duration, Instant};
use rubrica_device::board::{Clock, NoStore};
use rubrica_device::http::Limits;
use rubrica_device::qr::{Code, buffer_for};
use rubrica_device::{Attendant, Buffers, Device, End, Wake, run};

use crate::stage::{Log, Net, TOKEN, reply};
use crate::support::Ticks;

const BUFFER: usize = buffer_for(929).unwrap();

/// Draws the page's address, and then brings the browser back, once.
#[derive(Default)]
struct Display {
    size: i32,
    query: Option<String>,
    grant: Option<Grant>,
}

impl Attendant<Redirect<'_>> for Display {
    fn event(
        &mut self,
        _flow: &mut Redirect<'_>,
        event: RedirectEvent<'_>,
        _now: Instant,
    ) -> Result<ControlFlow<()>, CoreError> {
        if let RedirectEvent::OpenUrl { url, .. } = event {
            let (mut scratch, mut memory) = ([0; BUFFER], [0; BUFFER]);
            self.size = Code::new(url, &mut scratch, &mut memory).unwrap().size();
            let mut pairs = url.split(['?', '&']);
            let state = pairs.find_map(|pair| pair.strip_prefix("state=")).unwrap();
            self.query = Some(format!("code=a-code&state={state}"));
        }
        Ok(ControlFlow::Continue(()))
    }

    fn gain(&mut self, gain: Option<Grant>, _now: Instant) -> Result<ControlFlow<()>, CoreError> {
        self.grant = gain.or_else(|| self.grant.take());
        Ok(ControlFlow::Continue(()))
    }

    fn wait<'b, C: Clock>(
        &mut self,
        clock: &mut C,
        until: Instant,
        buffer: &'b mut [u8],
    ) -> Wake<'b> {
        let Some(query) = self.query.take() else {
            clock.sleep_until(until);
            return Wake::Timeout;
        };
        let place = &mut buffer[..query.len()];
        place.copy_from_slice(query.as_bytes());
        Wake::Redirect(core::str::from_utf8(place).unwrap())
    }
}

#[test]
fn a_code_on_the_display_brings_a_grant() {
    let log = Log::default();
    let mut net = Net::new(&log, [Ok(vec![reply(200, "", TOKEN)])]);
    let service = Service::new(&VIDAAS, "https://psc.example").unwrap();
    let secret = SecretText::new("canary-client-secret");
    let application =
        Application::new(service, "the application's id", secret, "https://app.example/back");
    let application = application.unwrap();
    let authorization =
        Authorization { holder: None, scope: Scope::SingleSignature, lifetime: Some(300) };
    let entropy = Entropy {
        verifier: core::array::from_fn(|place| place as u8),
        state: core::array::from_fn(|place| 255 - place as u8),
    };
    let (start, patience) = (Instant::from_millis(0), Duration::from_secs(120));
    let mut flow = Redirect::new(&application, authorization, &entropy, patience, start).unwrap();
    let mut display = Display::default();
    let (mut request, mut answer) = ([0xee; 2048], [0xee; 1024]);
    let end = run(
        &mut flow,
        &mut Device { network: &mut net, clock: &mut Ticks::default(), store: &mut NoStore },
        &mut display,
        &mut (),
        &mut (),
        &Limits::new(),
        Buffers { request: &mut request, reply: &mut answer },
    );
    assert_eq!(end, Ok(End::Done));
    assert_eq!(display.grant.unwrap().token(), "an-access-token");
    assert!(display.size > 21, "an address needs more than the smallest code");
    assert!(net.written().contains("code=a-code"));
    assert!(request.iter().chain(&answer).all(|&byte| byte == 0), "a secret is left behind");
}
