//! `/sandbox/…`: the knobs for programs in another process, in JSON. Only a sandbox has these.
//!
//! - `GET /sandbox/counters`: a [`Snapshot`](crate::Snapshot).
//! - `POST /sandbox/faults`: `{"endpoint": "vidaas/token", "fault": "reset_after", "after": 0,
//!   "times": 1}`; without `times` the fault stays. Answers `{"rule": 0}`.
//! - `DELETE /sandbox/faults`: removes all.
//! - `GET /sandbox/phone`: the pending requests.
//! - `POST /sandbox/policy`: `{"policy": "approve_all"}`; also `ask`, `deny_all`, `ignore` and
//!   `{"approve_after": MILLISECONDS}`.
//! - `GET /sandbox/pscs`: the PSCs beside VIDaaS with their base URLs and applications.
//! - `GET /sandbox/certillion`: Certillion's two base URLs and its application.
//! - `POST /sandbox/quirks`: `{"psc": "safeid"}` turns that PSC's quirks on; `certillion` is one
//!   here and in the next.
//! - `POST /sandbox/password`: `{"psc": "birdid", "identification": "11144477735"}` draws what the
//!   holder would type, for one use; `certillion` draws an OTP. Answers `{"password": "…"}`.
//! - `POST /sandbox/clock`: `{"advance_milliseconds": 1000}`.

use core::time::Duration;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::json;

use crate::certillion::{self, Certillion};
use crate::clock::Clock;
use crate::counters::Counters;
use crate::faults::{Drawn, Fault, Faults, Rule};
use crate::phone::{Phone, Policy};
use crate::psc::{Psc, Settings};
use crate::transport::request::Request;
use crate::transport::response::Response;
use crate::transport::{Endpoint, Service};

const CONTROL: Endpoint = Endpoint::new("sandbox/control");

pub(crate) struct Control {
    pub(crate) clock: Clock,
    pub(crate) counters: Arc<Counters>,
    pub(crate) faults: Arc<Faults>,
    pub(crate) phone: Arc<Phone>,
    pub(crate) pscs: Vec<Arc<Psc>>,
    pub(crate) certillion: Arc<Certillion>,
    /// Endpoints that a fault may be for.
    pub(crate) endpoints: Vec<Endpoint>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FaultBody {
    endpoint: String,
    fault: Fault,
    #[serde(default)]
    after: u32,
    times: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicyBody {
    policy: PolicyName,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum PolicyName {
    Ask,
    ApproveAll,
    ApproveAfter(u64),
    DenyAll,
    Ignore,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct QuirksBody {
    psc: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PasswordBody {
    psc: String,
    identification: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClockBody {
    advance_milliseconds: u64,
}

impl Service for Control {
    fn endpoints(&self) -> &'static [Endpoint] {
        &[]
    }

    fn endpoint(&self, path: &str) -> Option<Endpoint> {
        path.starts_with("/sandbox/").then_some(CONTROL)
    }

    fn handle(&self, _endpoint: Endpoint, request: &Request, _faults: &Drawn) -> Response {
        let answer = match (request.method.as_str(), request.path.as_str()) {
            ("GET", "/sandbox/counters") => Ok(json!(self.counters.snapshot())),
            ("GET", "/sandbox/phone") => Ok(json!({ "pending": self.phone.pending() })),
            ("POST", "/sandbox/faults") => self.add_fault(&request.body),
            ("DELETE", "/sandbox/faults") => {
                self.faults.clear();
                Ok(json!({}))
            }
            ("POST", "/sandbox/policy") => self.set_policy(&request.body),
            ("GET", "/sandbox/pscs") => Ok(self.list_pscs()),
            ("GET", "/sandbox/certillion") => Ok(self.show_certillion()),
            ("POST", "/sandbox/quirks") => self.turn_quirks_on(&request.body),
            ("POST", "/sandbox/password") => self.draw_password(&request.body),
            ("POST", "/sandbox/clock") => self.advance(&request.body),
            _ => return Response::json(404, &json!({ "error": "no such control" })),
        };
        match answer {
            Ok(body) => Response::json(200, &body),
            Err(error) => Response::json(400, &json!({ "error": error })),
        }
    }
}

impl Control {
    fn add_fault(&self, body: &[u8]) -> Result<serde_json::Value, String> {
        let body: FaultBody = serde_json::from_slice(body).map_err(|error| error.to_string())?;
        let endpoint = self.endpoints.iter().find(|it| it.name() == body.endpoint);
        let Some(endpoint) = endpoint else {
            let names: Vec<&str> = self.endpoints.iter().map(|it| it.name()).collect();
            return Err(format!("no such endpoint; there are {}", names.join(", ")));
        };
        let mut rule = Rule::always(*endpoint, body.fault).after(body.after);
        if let Some(times) = body.times {
            rule = rule.times(times);
        }
        Ok(json!({ "rule": self.faults.add(rule).number() }))
    }

    fn set_policy(&self, body: &[u8]) -> Result<serde_json::Value, String> {
        let body: PolicyBody = serde_json::from_slice(body).map_err(|error| error.to_string())?;
        self.phone.set_policy(match body.policy {
            PolicyName::Ask => Policy::Ask,
            PolicyName::ApproveAll => Policy::ApproveAll,
            PolicyName::ApproveAfter(delay) => Policy::ApproveAfter(Duration::from_millis(delay)),
            PolicyName::DenyAll => Policy::DenyAll,
            PolicyName::Ignore => Policy::Ignore,
        });
        Ok(json!({}))
    }

    fn list_pscs(&self) -> serde_json::Value {
        let list = self.pscs.iter().map(|psc| {
            let application = psc.application();
            json!({
                "name": psc.name(),
                "base_url": psc.base_url(),
                "client_id": application.client_id,
                "client_secret": application.client_secret,
                "redirect_uris": application.redirect_uris,
            })
        });
        json!({ "pscs": list.collect::<Vec<_>>() })
    }

    fn show_certillion(&self) -> serde_json::Value {
        let application = self.certillion.application();
        json!({
            "base_url": self.certillion.base_url(),
            "signer_base_url": self.certillion.signer_base_url(),
            "client_id": application.client_id,
            "client_secret": application.client_secret,
            "redirect_uris": application.redirect_uris,
        })
    }

    fn psc(&self, name: &str) -> Result<&Psc, String> {
        let psc = self.pscs.iter().find(|psc| psc.name() == name);
        psc.map(Arc::as_ref).ok_or_else(|| format!("no such PSC: {name}"))
    }

    fn turn_quirks_on(&self, body: &[u8]) -> Result<serde_json::Value, String> {
        let body: QuirksBody = serde_json::from_slice(body).map_err(|error| error.to_string())?;
        if body.psc == "certillion" {
            self.certillion.change(certillion::Settings::turn_quirks_on);
        } else {
            self.psc(&body.psc)?.change(Settings::turn_quirks_on);
        }
        Ok(json!({}))
    }

    fn draw_password(&self, body: &[u8]) -> Result<serde_json::Value, String> {
        let body: PasswordBody = serde_json::from_slice(body).map_err(|error| error.to_string())?;
        let password = if body.psc == "certillion" {
            self.certillion.one_time_password(&body.identification)
        } else {
            self.psc(&body.psc)?.password(&body.identification)
        };
        let password = password.ok_or("no such holder, or no such password")?;
        Ok(json!({ "password": password }))
    }

    fn advance(&self, body: &[u8]) -> Result<serde_json::Value, String> {
        let body: ClockBody = serde_json::from_slice(body).map_err(|error| error.to_string())?;
        self.clock.advance(Duration::from_millis(body.advance_milliseconds));
        Ok(json!({}))
    }
}
