//! SafeID's `authorize-ca`: the holder trusts an application for a time, and the service tells the
//! application so by a call of its own, once.

use core::time::Duration;
use std::sync::Weak;
use std::thread;

use serde::Deserialize;
use serde_json::{Value, json};

use super::asking::{holder, json as read_json, lifetime};
use super::refusal::Refusal;
use super::settings::Settings;
use super::state::Trusted;
use super::token::expiry;
use super::{Delivery, Psc};
use crate::clock::{Date, milliseconds};
use crate::faults::{Drawn, Fault};
use crate::phone::{ApprovalId, Ask, Channel, Decision};
use crate::transport::request::Request;
use crate::transport::response::Response;
use crate::{lock, random};

/// How often the phone is looked at.
const LOOK: Duration = Duration::from_millis(10);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    client_id: String,
    login_hint: String,
    redirect_uri: Option<String>,
    state: String,
    lifetime: u64,
}

/// What the webhook will be about.
struct Call {
    client_id: String,
    identification: &'static str,
    uri: String,
    state: String,
    lifetime: u64,
    approval: ApprovalId,
    faults: Drawn,
}

pub(crate) fn authorize(
    psc: &Psc,
    request: &Request,
    settings: &Settings,
    faults: &Drawn,
) -> Result<Response, Refusal> {
    let body: Body = read_json(request)?;
    let application = lock(&psc.state).application(&body.client_id).cloned()?;
    let uri = match &body.redirect_uri {
        Some(uri) if application.redirect_uris.contains(uri) => Some(uri),
        Some(_) => return Err(Refusal::malformed("the redirect_uri is not registered")),
        None => application.redirect_uris.first(),
    };
    let uri = uri.cloned().unwrap_or_default();
    let holder = holder(psc, &body.login_hint)?;
    lifetime(settings, Some(body.lifetime), Some(holder.kind))?;
    let approval = psc.ground.phone.ask(Ask {
        channel: Channel::Push,
        application: application.name,
        holder: Some(holder.masked()),
        scope: "authorize-ca".to_owned(),
        lifetime: body.lifetime,
        window: milliseconds(settings.approval_window),
    });
    let call = Call {
        client_id: body.client_id,
        identification: holder.identification,
        uri,
        state: body.state,
        lifetime: body.lifetime,
        approval,
        faults: faults.clone(),
    };
    let weak = psc.myself.clone();
    let watching = thread::Builder::new()
        .name("sandbox-webhook".to_owned())
        .spawn(move || watch(&weak, &call));
    watching.map_err(|_| Refusal::new(500, "server_error", "no thread to watch the phone"))?;
    // The body of this answer is told nowhere.
    Ok(Response::json(200, &json!({})))
}

/// Waits for the holder's decision, or for the sandbox's end, then calls once.
fn watch(weak: &Weak<Psc>, call: &Call) {
    while let Some(psc) = weak.upgrade() {
        let body = match psc.ground.phone.decision(call.approval) {
            Decision::Waiting => {
                // Not held while asleep: the sandbox may end meanwhile.
                drop(psc);
                thread::sleep(LOOK);
                continue;
            }
            Decision::Approved(alias) => approved(&psc, call, alias.as_deref()),
            Decision::Denied => Some(json!({ "error": "user_denied", "state": call.state })),
            // Nothing tells what an expiry brings: nothing is sent.
            Decision::Expired => None,
        };
        if let Some(body) = body {
            deliver(&psc, call, body);
        }
        return;
    }
}

fn approved(psc: &Psc, call: &Call, alias: Option<&str>) -> Option<Value> {
    let holder = psc.ground.holder(call.identification)?.clone();
    let (holder, certificate) = psc.ground.choose(Some(&holder), alias)?;
    let expires = expiry(psc.ground.clock.unix_milliseconds(), call.lifetime);
    let identifier = random::hexadecimal(&random::bytes::<16>());
    let trusted = Trusted { client_id: call.client_id.clone(), holder, expires };
    lock(&psc.state).trusted.insert(identifier.clone(), trusted);
    Some(json!({
        "identifierCA": identifier,
        "state": call.state,
        "expirationDate": Date::from_unix(expires / 1000).iso_8601(),
        "serialNumber": certificate.serial_number(),
    }))
}

/// One delivery and no second: none is known of the real service.
fn deliver(psc: &Psc, call: &Call, mut body: Value) {
    for fault in call.faults.iter() {
        match fault {
            Fault::WrongState => body["state"] = json!(random::uuid()),
            Fault::MissingState => drop(body.as_object_mut().and_then(|it| it.remove("state"))),
            _ => {}
        }
    }
    let text = body.to_string();
    let headers = [("Content-Type", "application/json")];
    let answer = is_loopback(&call.uri)
        .then(|| psc.courier.request("POST", &call.uri, &headers, text.as_bytes()).ok())
        .flatten();
    let status = answer.map(|page| page.status);
    lock(&psc.deliveries).push(Delivery { url: call.uri.clone(), status });
}

/// The sandbox calls nobody outside its machine.
fn is_loopback(uri: &str) -> bool {
    let rest = uri.split_once("://").map(|(_, rest)| rest).unwrap_or_default();
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit_once(':').map_or(authority, |(host, _)| host);
    matches!(host, "127.0.0.1" | "localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_is_called() {
        assert!(is_loopback("http://127.0.0.1:8765/callback"));
        assert!(is_loopback("https://localhost/"));
        for uri in ["http://127.0.0.1.example/", "http://10.0.0.1/", "http://a@b/", "push://"] {
            assert!(!is_loopback(uri), "{uri}");
        }
    }
}
