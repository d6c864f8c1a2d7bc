//! What an approval turns into: the code that the token endpoint takes.

use super::Vidaas;
use super::state::{Grant, State};

/// The code of an approved authorization: made by the first call, the same for every other, since
/// the answer to the first may have been lost.
pub(crate) fn hand_out(
    vidaas: &Vidaas,
    state: &mut State,
    id: &str,
    certificate_alias: Option<&str>,
    make_code: fn() -> String,
) -> Option<String> {
    let authorization = state.authorizations.get_mut(id)?;
    let (holder, certificate) =
        vidaas.ground.choose(authorization.hint.as_ref(), certificate_alias)?;
    let grant = authorization.grant.get_or_insert_with(|| Grant {
        code: make_code(),
        handed_out: vidaas.ground.clock.unix_milliseconds(),
        holder,
        certificate,
        exchanged: false,
        token: None,
    });
    let code = grant.code.clone();
    state.codes.insert(code.clone(), id.to_owned());
    Some(code)
}
