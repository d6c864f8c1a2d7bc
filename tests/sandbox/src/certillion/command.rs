//! `POST oauth/token-command`: the state and the revocation of a token, at two of the PSCs.
//!
//! Unsure: the API page lists neither the operations nor the reply. What is here is the sandbox's
//! own: `status` and `revoke` of the token in the Authorization; `create`, which would need the
//! requester's password at a PSC, is refused.

use serde::Deserialize;
use serde_json::{Value, json};

use super::asking::{self, refuse_query, required, scope};
use super::psc;
use super::refusal::Refusal;
use super::status::Status;
use super::{Asked, Certillion};
use crate::lock;
use crate::transport::response::Response;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    #[serde(rename = "lifetime")]
    _lifetime: Option<Value>,
    operation: Option<String>,
    psc: Option<String>,
    scope: Option<String>,
    user_id: Option<String>,
    user_secret: Option<String>,
}

pub(crate) fn handle(certillion: &Certillion, asked: Asked<'_>) -> Result<Response, Refusal> {
    refuse_query(certillion, asked.request)?;
    let now = certillion.ground.clock.unix_milliseconds();
    let mut state = lock(&certillion.state);
    let (name, token) = state.bearer(asked.request.header("authorization"), now)?;
    let (name, left) = (name.to_owned(), (token.expires - now) / 1000);
    let body: Body = asking::json(asked.request)?;
    let bad = |refusal: Refusal| Refusal::bad_data(refusal.description());
    let psc = required(&body.psc, "psc").map_err(bad)?;
    let psc = psc::usable(asked.settings, psc, asked.at_signer);
    let psc = psc.filter(|psc| matches!(*psc, "VAULTID" | "BIRDID"));
    let psc = psc.ok_or_else(|| Refusal::bad_data("only VAULTID and BIRDID have tokens here"))?;
    psc::admit(asked.settings, psc)?;
    required(&body.user_id, "user_id").map_err(bad)?;
    required(&body.user_secret, "user_secret").map_err(bad)?;
    if scope(body.scope.as_deref()).is_none() {
        return Err(Refusal::bad_data("the scope is unknown"));
    }
    let status = Status::REQUEST_OK.object(None, asked.settings.code_as_text);
    let answer = match required(&body.operation, "operation").map_err(bad)? {
        "status" => json!({ "status": status, "active": true, "expires_in": left }),
        "revoke" => {
            if let Some(token) = state.tokens.get_mut(&name) {
                token.revoked = true;
            }
            json!({ "status": status, "active": false })
        }
        _ => return Err(Refusal::bad_data("beyond the emulator: only status and revoke")),
    };
    Ok(Response::json(200, &answer))
}
