//! The trust services behind the service, by the names that it gives them.

use core::fmt;

use crate::error::{Error, Misuse};

/// The name of a trust service (PSC), as the service writes it.
///
/// The names below are those of the API page and of the vendor's overview. What the service offers
/// today is told by [`super::PscInfo`]; any name of the right shape is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PscName<'a>(&'a str);

impl<'a> PscName<'a> {
    /// Bytes of the longest name.
    pub const LENGTH: usize = 32;

    /// VaultID; the one that is meant where none is named.
    pub const VAULTID: Self = Self("VAULTID");
    /// BirdID.
    pub const BIRDID: Self = Self("BIRDID");
    /// RemoteID.
    pub const REMOTEID: Self = Self("REMOTEID");
    /// NeoID, also called SerproID.
    pub const NEOID: Self = Self("NEOID");
    /// SafeID.
    pub const SAFEID: Self = Self("SAFEID");
    /// VIDaaS.
    pub const VIDAAS: Self = Self("VIDAAS");
    /// DSCloud (the vendor's overview).
    pub const DSCLOUD: Self = Self("DSCLOUD");
    /// The holder's own certificate of type A1 or A3, by the vendor's application on the holder's
    /// device. It is asked at another host, and is in no list that the service gives.
    pub const CERTILLION_SIGNER: Self = Self("CERTILLION_SIGNER");

    /// The names that are known.
    pub const KNOWN: [Self; 8] = [
        Self::VAULTID,
        Self::BIRDID,
        Self::REMOTEID,
        Self::NEOID,
        Self::SAFEID,
        Self::VIDAAS,
        Self::DSCLOUD,
        Self::CERTILLION_SIGNER,
    ];

    /// A name: 1 to 32 capitals, digits and underscores.
    ///
    /// # Errors
    /// [`Misuse::Field`] for anything else.
    pub const fn new(name: &'a str) -> Result<Self, Error> {
        let mut rest = name.as_bytes();
        if rest.is_empty() || rest.len() > Self::LENGTH {
            return Err(Error::Misuse(Misuse::Field("psc")));
        }
        while let [first, after @ ..] = rest {
            if !matches!(first, b'A'..=b'Z' | b'0'..=b'9' | b'_') {
                return Err(Error::Misuse(Misuse::Field("psc")));
            }
            rest = after;
        }
        Ok(Self(name))
    }

    /// The name.
    #[must_use]
    pub const fn as_str(self) -> &'a str {
        self.0
    }

    /// Whether it is the holder's own certificate, by the vendor's application.
    #[must_use]
    pub fn is_signer(self) -> bool {
        self.0 == Self::CERTILLION_SIGNER.0
    }
}

impl fmt::Display for PscName<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_capitals_digits_and_underscores() {
        for name in PscName::KNOWN {
            assert_eq!(PscName::new(name.as_str()), Ok(name));
        }
        assert_eq!(PscName::new("NEW_PSC_2").map(PscName::as_str), Ok("NEW_PSC_2"));
        let long = "A".repeat(33);
        for bad in ["", "vidaas", "A B", "A&psc=B", "É", "A\r\n", &long] {
            assert_eq!(PscName::new(bad), Err(Misuse::Field("psc").into()), "{bad}");
        }
    }
}
