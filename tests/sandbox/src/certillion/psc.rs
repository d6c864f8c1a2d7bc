//! The PSCs that Certillion stands before, and who has an account where.

use super::refusal::Refusal;
use super::settings::Settings;
use super::status::Status;
use crate::pki::holder::{Holder, HolderKind};

/// The PSC that Certillion's own application serves.
pub(crate) const SIGNER: &str = "CERTILLION_SIGNER";

/// What authorize takes when no PSC was named.
pub(crate) const DEFAULT: &str = "VAULTID";

/// The PSCs, the last of which answers at the second host alone and is not in the lists.
pub const PSCS: [&str; 8] =
    ["VAULTID", "BIRDID", "REMOTEID", "NEOID", "SAFEID", "VIDAAS", "DSCLOUD", SIGNER];

/// Those that find-psc-accounts and psc-info tell of.
pub(crate) fn listed() -> impl Iterator<Item = &'static str> {
    PSCS.into_iter().filter(|psc| *psc != SIGNER)
}

/// A PSC that exists, works, and is of the host that was asked. `None` otherwise.
pub(crate) fn usable(settings: &Settings, name: &str, at_signer: bool) -> Option<&'static str> {
    let known = PSCS.into_iter().find(|psc| *psc == name)?;
    let works = !settings.disabled_pscs.iter().any(|disabled| disabled == known);
    (works && (known == SIGNER) == at_signer).then_some(known)
}

/// Whether a holder has an account at a PSC.
pub(crate) fn has_account(settings: &Settings, holder: &Holder, psc: &str) -> bool {
    let without = |(who, where_): &(String, String)| *who == holder.identification && where_ == psc;
    let kind = match psc {
        "NEOID" => Some(HolderKind::Cpf),
        "DSCLOUD" => Some(HolderKind::Cnpj),
        _ => None,
    };
    kind.is_none_or(|kind| kind == holder.kind) && !settings.without_account.iter().any(without)
}

/// Refuses what is of a PSC whose accesses are exhausted, or that does not answer in time.
pub(crate) fn admit(settings: &Settings, psc: &str) -> Result<(), Refusal> {
    let among = |list: &[String]| list.iter().any(|it| it == psc);
    if among(&settings.exhausted_pscs) {
        let detail = "the accesses contracted at the PSC are exhausted";
        return Err(Refusal::new(401, Status::USERS_EXCEEDED_MAXIMUM_ALLOWED, detail));
    }
    if among(&settings.slow_pscs) {
        return Err(Refusal::new(504, Status::TIMEOUT, "the PSC did not answer in time"));
    }
    Ok(())
}
