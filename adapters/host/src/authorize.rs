//! Getting the holder's permission, by push or in the browser.

use rubrica_core::error::Misuse;
use rubrica_core::flow::{Flow, Input};
use rubrica_core::oauth::authorization::Authorization;
use rubrica_core::oauth::browser::{Redirect, RedirectEvent};
use rubrica_core::oauth::grant::Grant;
use rubrica_core::oauth::server::AuthorizationServer;
use rubrica_core::psc::{Application, Push, PushEvent};
use rubrica_core::time::{Duration, Instant};

use crate::driver::{Attendant, Driver};
use crate::error::{Error, core};
use crate::listener::{Listener, Verdict};
use crate::random;
use crate::screen::{Notice, Screen};

/// How the holder is asked.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize,
)]
pub enum Via {
    /// By a notification on the phone.
    #[default]
    Push,
    /// By a page that the holder opens, mostly by scanning a QR code.
    Redirect,
}

/// Asks the holder in one of the ways of a PSC and waits for the answer.
pub(crate) fn authorize(
    driver: &Driver<'_>,
    application: &Application<'_>,
    authorization: Authorization,
    via: Via,
    patience: Duration,
    screen: &mut dyn Screen,
) -> Result<Grant, Error> {
    match via {
        Via::Push => {
            let (entropy, now) = (random::entropy()?, driver.now());
            let mut flow = Push::new(application, authorization, &entropy, patience, now)?;
            let mut asking = Asking::new(screen);
            driver.run(&mut flow, &mut asking)?;
            asking.granted()
        }
        Via::Redirect => authorize_in_browser(driver, application, authorization, patience, screen),
    }
}

/// Shows the holder a page of the service's and waits for the browser to come back.
pub(crate) fn authorize_in_browser<S: AuthorizationServer>(
    driver: &Driver<'_>,
    server: &S,
    authorization: Authorization,
    patience: Duration,
    screen: &mut dyn Screen,
) -> Result<Grant, Error> {
    let (entropy, now) = (random::entropy()?, driver.now());
    let mut flow = Redirect::new(server, authorization, &entropy, patience, now)?;
    let mut asking = Asking::new(screen);
    // Listening comes first: a browser may be back before anything else is done.
    asking.listener = Some(Listener::bind(server.redirect_uri())?);
    driver.run(&mut flow, &mut asking)?;
    asking.granted()
}

struct Asking<'s> {
    screen: &'s mut dyn Screen,
    grant: Option<Grant>,
    listener: Option<Listener>,
    documents: (),
    sink: (),
}

impl<'s> Asking<'s> {
    fn new(screen: &'s mut dyn Screen) -> Self {
        Self { screen, grant: None, listener: None, documents: (), sink: () }
    }

    /// The grant: a flow that ends without an error has given it.
    fn granted(self) -> Result<Grant, Error> {
        self.grant.ok_or_else(|| core(Misuse::OutOfOrder))
    }
}

impl Attendant<Push<'_>> for Asking<'_> {
    type Documents = ();
    type Sink = ();

    fn event(
        &mut self,
        driver: &Driver<'_>,
        _flow: &mut Push<'_>,
        event: PushEvent,
    ) -> Result<(), Error> {
        self.screen.show(match event {
            PushEvent::ApproveOnPhone { until } => {
                Notice::ApproveOnPhone { until: driver.clock.at(until) }
            }
            PushEvent::Pending => Notice::Pending,
            PushEvent::Approved => Notice::Approved,
        });
        Ok(())
    }

    fn gain(&mut self, gain: Option<Grant>) -> Result<(), Error> {
        if gain.is_some() {
            self.grant = gain;
        }
        Ok(())
    }

    // Nothing is signed or billed before the grant: a session that dies here starts again.
    fn before_once(&mut self, _driver: &Driver<'_>, _flow: &Push<'_>) -> Result<(), Error> {
        Ok(())
    }

    fn after_once(&mut self, _driver: &Driver<'_>, _flow: &Push<'_>) -> Result<(), Error> {
        Ok(())
    }

    fn documents(&mut self) -> (&mut (), &mut ()) {
        (&mut self.documents, &mut self.sink)
    }
}

impl<'c, S: AuthorizationServer> Attendant<Redirect<'c, S>> for Asking<'_> {
    type Documents = ();
    type Sink = ();

    fn event(
        &mut self,
        driver: &Driver<'_>,
        _flow: &mut Redirect<'c, S>,
        event: RedirectEvent<'_>,
    ) -> Result<(), Error> {
        self.screen.show(match event {
            RedirectEvent::OpenUrl { url, until } => {
                Notice::OpenUrl { url, until: driver.clock.at(until) }
            }
            RedirectEvent::Approved => Notice::Approved,
        });
        Ok(())
    }

    fn gain(&mut self, gain: Option<Grant>) -> Result<(), Error> {
        if gain.is_some() {
            self.grant = gain;
        }
        Ok(())
    }

    fn before_once(&mut self, _driver: &Driver<'_>, _flow: &Redirect<'c, S>) -> Result<(), Error> {
        Ok(())
    }

    fn after_once(&mut self, _driver: &Driver<'_>, _flow: &Redirect<'c, S>) -> Result<(), Error> {
        Ok(())
    }

    fn documents(&mut self) -> (&mut (), &mut ()) {
        (&mut self.documents, &mut self.sink)
    }

    fn wait(
        &mut self,
        driver: &Driver<'_>,
        flow: &mut Redirect<'c, S>,
        until: Instant,
    ) -> Result<(), Error> {
        let Some(mut listener) = self.listener.take() else {
            driver.sleep_until(until);
            flow.handle_input(Input::Timeout, driver.now())?;
            return Ok(());
        };
        let mut ended = None;
        let cancelled = || driver.cancellation.is_cancelled();
        listener.wait(driver.clock.at(until), &cancelled, &mut |query| {
            match flow.handle_input(Input::Redirect(query), driver.now()) {
                Ok(_) => Verdict::Accepted,
                // Whether the flow goes on waiting, only it can tell.
                Err(error) if flow.is_over() => {
                    ended = Some(error);
                    Verdict::Accepted
                }
                Err(_) => Verdict::Refused,
            }
        })?;
        match ended {
            Some(error) => Err(error.into()),
            None if cancelled() => Ok(()),
            None => {
                // Too late, or the code is there: both are the flow's to say.
                flow.handle_input(Input::Timeout, driver.now())?;
                Ok(())
            }
        }
    }
}
