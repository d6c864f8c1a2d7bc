//! What an approval turns into: the code that the token endpoint takes.

use std::sync::Arc;

use super::Vidaas;
use super::state::{Authorization, Grant, State};
use crate::pki::holder::{CPF_HOLDER, Holder, HolderCertificate};

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
    let (holder, certificate) = choose(vidaas, authorization, certificate_alias)?;
    let grant = authorization.grant.get_or_insert_with(|| Grant {
        code: make_code(),
        handed_out: vidaas.clock.unix_milliseconds(),
        holder,
        certificate,
        exchanged: false,
        token: None,
    });
    let code = grant.code.clone();
    state.codes.insert(code.clone(), id.to_owned());
    Some(code)
}

/// Whose certificate an approval is for: the chosen one, else the first of the hinted holder,
/// else the first of the sandbox's own choice of a holder.
fn choose(
    vidaas: &Vidaas,
    authorization: &Authorization,
    alias: Option<&str>,
) -> Option<(Arc<Holder>, Arc<HolderCertificate>)> {
    let candidates: Vec<&Arc<Holder>> = match &authorization.hint {
        Some(holder) => vec![holder],
        None => vidaas.holders.iter().collect(),
    };
    let chosen = alias.and_then(|alias| {
        candidates.iter().find_map(|holder| Some((*holder, holder.certificate(alias)?)))
    });
    let default = || {
        let holder = authorization.hint.as_ref().or_else(|| vidaas.holder(CPF_HOLDER))?;
        Some((holder, holder.certificates.first()?))
    };
    let (holder, certificate) = chosen.or_else(default)?;
    Some((Arc::clone(holder), Arc::clone(certificate)))
}
