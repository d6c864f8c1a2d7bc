//! Which of ICP-Brasil's roots a certificate hangs under.

use core::fmt;

use crate::codec::der::ObjectIdentifier;
use crate::identity::certificate::{Attribute, Certificate, Name, Text};

/// What the names of the roots begin with. `Brasileira v12` follows, or another word before the
/// number where a root for tests is called by it.
const NAME: &str = "Autoridade Certificadora Raiz ";

const UNIT: ObjectIdentifier<'_> = Attribute::ORGANIZATIONAL_UNIT;

/// The number of a root of ICP-Brasil: 5 is the root v5, of 2016.
///
/// It is read from names, which prove nothing: anybody can write one. It serves to choose a policy
/// and to refuse one, never to trust.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RootGeneration(u16);

impl RootGeneration {
    /// The root v5, of 2016 to 2029.
    pub const V5: Self = Self(5);

    /// The root v12, of 2024 to 2037: the first that policies of before 2025 do not know.
    pub const V12: Self = Self(12);

    /// The root of this number.
    #[must_use]
    pub const fn new(number: u16) -> Self {
        Self(number)
    }

    /// Its number.
    #[must_use]
    pub const fn number(self) -> u16 {
        self.0
    }

    /// The root that has this name; `None` for any other's name, and for the root of 2001, which
    /// had no number.
    #[must_use]
    pub fn of_name(name: &Name<'_>) -> Option<Self> {
        of_text(&name.common_name()?)
    }

    /// The root that one of these certificates is, or is issued by; else the one that a subject or
    /// an issuer names as an organizational unit, as the authorities below a root do and as some
    /// holders' certificates do.
    ///
    /// A holder's certificate alone mostly does not tell it, since authorities stand between: give
    /// what is known of the chain.
    pub fn of_chain<'c, 'd: 'c>(
        chain: impl IntoIterator<Item = &'c Certificate<'d>>,
    ) -> Option<Self> {
        let mut unit = None;
        for certificate in chain {
            for name in [certificate.subject(), certificate.issuer()] {
                if let Some(root) = Self::of_name(&name) {
                    return Some(root);
                }
                let units = name.attributes().filter(|part| part.kind == UNIT);
                unit = unit.or_else(|| units.filter_map(|part| of_text(&part.text)).next());
            }
        }
        unit
    }
}

/// The root that a text names.
fn of_text(text: &Text<'_>) -> Option<RootGeneration> {
    let (_, number) = text.as_str()?.strip_prefix(NAME)?.rsplit_once(' ')?;
    let digits = number.strip_prefix('v')?;
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| plain).map(RootGeneration)
}

impl fmt::Display for RootGeneration {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "v{}", self.0)
    }
}

impl fmt::Debug for RootGeneration {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}
