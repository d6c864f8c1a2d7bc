//! Getting the holder's permission, by push or in the browser.

use rubrica_core::error::Misuse;
use rubrica_core::flow::{Flow, Input};
use rubrica_core::oauth::grant::Grant;
use rubrica_core::psc::{Application, Authorization, Push, PushEvent, Redirect, RedirectEvent};
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

/// Asks the holder and waits for the answer.
pub(crate) fn authorize(
    driver: &Driver<'_>,
    application: &Application<'_>,
    redirect_uri: &str,
    authorization: Authorization,
    via: Via,
    patience: Duration,
    screen: &mut dyn Screen,
) -> Result<Grant, Error> {
    let entropy = random::entropy()?;
    let now = driver.now();
    let mut asking = Asking { screen, grant: None, listener: None, documents: (), sink: () };
    match via {
        Via::Push => {
            let mut flow = Push::new(application, authorization, &entropy, patience, now)?;
            driver.run(&mut flow, &mut asking)?;
        }
        Via::Redirect => {
            // Listening comes first: a browser may be back before anything else is done.
            let mut flow = Redirect::new(application, authorization, &entropy, patience, now)?;
            asking.listener = Some(Listener::bind(redirect_uri)?);
            driver.run(&mut flow, &mut asking)?;
        }
    }
    // A flow that ends without an error has given its grant.
    asking.grant.ok_or_else(|| core(Misuse::OutOfOrder))
}

struct Asking<'s> {
    screen: &'s mut dyn Screen,
    grant: Option<Grant>,
    listener: Option<Listener>,
    documents: (),
    sink: (),
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

impl<'c> Attendant<Redirect<'c>> for Asking<'_> {
    type Documents = ();
    type Sink = ();

    fn event(
        &mut self,
        driver: &Driver<'_>,
        _flow: &mut Redirect<'c>,
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

    fn before_once(&mut self, _driver: &Driver<'_>, _flow: &Redirect<'c>) -> Result<(), Error> {
        Ok(())
    }

    fn after_once(&mut self, _driver: &Driver<'_>, _flow: &Redirect<'c>) -> Result<(), Error> {
        Ok(())
    }

    fn documents(&mut self) -> (&mut (), &mut ()) {
        (&mut self.documents, &mut self.sink)
    }

    fn wait(
        &mut self,
        driver: &Driver<'_>,
        flow: &mut Redirect<'c>,
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
