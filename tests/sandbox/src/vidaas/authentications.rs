//! `GET /valid/api/v1/trusted-services/authentications`: the poll of a push (manual §3.1.2 c).
//!
//! That a pending push answers 304 is in no manual; programs that run against the service say so.

use serde_json::json;

use super::Vidaas;
use super::granting::hand_out;
use super::refusal::Refusal;
use super::settings::PushRefusal;
use crate::clock::milliseconds;
use crate::faults::{Drawn, Fault};
use crate::lock;
use crate::phone::Decision;
use crate::random;
use crate::transport::form::Form;
use crate::transport::request::Request;
use crate::transport::response::Response;

pub(crate) fn handle(
    vidaas: &Vidaas,
    request: &Request,
    faults: &Drawn,
) -> Result<Response, Refusal> {
    let query = Form::parse(&request.query)?;
    let code = query.filled("code").ok_or_else(|| Refusal::invalid_request("code is mandatory"))?;
    watch_pace(vidaas, code)?;
    let shape = faults.iter().find_map(|fault| match fault {
        Fault::Pending(shape) => Some(*shape),
        _ => None,
    });
    if let Some(shape) = shape {
        return Ok(shape.response());
    }
    answer(vidaas, code)
}

/// Counts polls that come too soon, and blocks the application that goes on with it.
fn watch_pace(vidaas: &Vidaas, code: &str) -> Result<(), Refusal> {
    let now = vidaas.ground.clock.unix_milliseconds();
    let mut state = lock(&vidaas.state);
    let authorization = state.authorizations.get_mut(code);
    let authorization = authorization
        .filter(|authorization| authorization.redirect_uri == super::authorize::PUSH)
        .ok_or_else(|| Refusal::new(404, "not_found", "the code is unknown"))?;
    let least = milliseconds(vidaas.settings.poll_interval)
        .saturating_sub(milliseconds(vidaas.settings.poll_tolerance));
    let early = authorization.last_poll.is_some_and(|last| now - last < least);
    authorization.last_poll = Some(now);
    let client_id = authorization.client_id.clone();
    if early {
        vidaas.ground.counters.polled_early();
        if let Some(registered) = state.applications.get_mut(&client_id) {
            registered.early_polls += 1;
            registered.blocked |=
                registered.early_polls >= vidaas.settings.early_polls_before_block;
        }
    }
    state.application(&client_id).map(|_| ())
}

fn answer(vidaas: &Vidaas, code: &str) -> Result<Response, Refusal> {
    let gone = || Refusal::new(404, "not_found", "the code is unknown");
    let authorization = lock(&vidaas.state).authorizations.get(code).cloned().ok_or_else(gone)?;
    let refused = |status, description| Err(Refusal::new(status, "access_denied", description));
    let pending = Ok(Response::empty(304));
    match (vidaas.ground.phone.decision(authorization.approval), vidaas.settings.push_refusal) {
        (Decision::Approved(alias), _) => {
            let mut state = lock(&vidaas.state);
            let make_token = random::opaque_token;
            let authorization_token =
                hand_out(vidaas, &mut state, code, alias.as_deref(), make_token)
                    .ok_or_else(gone)?;
            let application = state.application(&authorization.client_id)?;
            let redirect_state = authorization.state.as_deref().unwrap_or("NONE");
            let uri = application.redirect_uris.first().map_or("", String::as_str);
            let redirect_code = random::uuid();
            Ok(Response::json(
                200,
                &json!({
                    "authorizationToken": authorization_token,
                    "redirectUrl": format!("push://{uri}?code={redirect_code}&state={redirect_state}"),
                }),
            ))
        }
        (Decision::Denied, PushRefusal::AtOnce { status }) => refused(status, "the holder denied"),
        (
            Decision::Expired,
            PushRefusal::AtOnce { status } | PushRefusal::AtWindowEnd { status },
        ) => refused(status, "the authorization expired"),
        (Decision::Waiting | Decision::Denied | Decision::Expired, _) => pending,
    }
}
