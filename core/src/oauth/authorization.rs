//! What a holder is asked to authorize, and the randomness that one authorization takes.

use core::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop};

use super::scope::Scope;
use crate::error::{Error, Misuse};
use crate::identity::Holder;

/// What the holder is asked to authorize.
#[derive(Clone, Copy, Debug, Default)]
pub struct Authorization {
    /// Whose certificate. Push needs it; a redirect lets whoever approves choose.
    pub holder: Option<Holder>,
    /// For what.
    pub scope: Scope,
    /// For how long, in seconds; `None` leaves it to the service.
    pub lifetime: Option<u64>,
}

impl Authorization {
    /// Refuses a lifetime of nothing, or of more seconds than the holder's kind is given.
    pub(crate) fn check(&self, longest_cpf: u64, longest_cnpj: u64) -> Result<(), Error> {
        let ceiling = match self.holder {
            Some(Holder::Cpf(_)) => longest_cpf,
            Some(Holder::Cnpj(_)) | None => longest_cnpj,
        };
        match self.lifetime {
            Some(lifetime) if lifetime == 0 || lifetime > ceiling => Err(Misuse::Lifetime.into()),
            _ => Ok(()),
        }
    }
}

/// Random bytes for one authorization, drawn by the caller from a source fit for keys.
///
/// Not `Clone`: bytes that serve twice are not random. It is overwritten when dropped.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct Entropy {
    /// For the PKCE verifier.
    pub verifier: [u8; 32],
    /// For the `state`.
    pub state: [u8; 32],
}

impl fmt::Debug for Entropy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ceiling_of_a_lifetime_depends_on_the_holders_kind() {
        let check = |holder: Option<&str>, lifetime| {
            let holder = holder.map(|text| Holder::parse(text).unwrap());
            let scope = Scope::SignatureSession;
            Authorization { holder, scope, lifetime: Some(lifetime) }.check(604_800, 2_592_000)
        };
        assert_eq!(check(Some("11144477735"), 604_800), Ok(()));
        assert_eq!(check(Some("11144477735"), 604_801), Err(Misuse::Lifetime.into()));
        assert_eq!(check(Some("12ABC34501DE35"), 2_592_000), Ok(()));
        assert_eq!(check(Some("12ABC34501DE35"), 2_592_001), Err(Misuse::Lifetime.into()));
        assert_eq!(check(None, 0), Err(Misuse::Lifetime.into()));
    }
}
