//! Where a provider is.

/// An environment of a provider.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Environment {
    /// Signatures of legal effect.
    #[default]
    Production,
    /// For the tests of integrators ("homologação").
    Homologation,
    /// For demonstrations.
    Demonstration,
}

impl Environment {
    /// Every environment.
    pub const ALL: [Self; 3] = [Self::Production, Self::Homologation, Self::Demonstration];

    /// The word of a configuration.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Homologation => "homologation",
            Self::Demonstration => "demonstration",
        }
    }
}

/// Base URLs by environment, without a slash at the end.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hosts<'a> {
    /// For signatures of legal effect.
    pub production: Option<&'a str>,
    /// For tests.
    pub homologation: Option<&'a str>,
    /// For demonstrations.
    pub demonstration: Option<&'a str>,
}

impl<'a> Hosts<'a> {
    /// None that is published: the base URL comes from the configuration.
    pub const NONE: Self = Self { production: None, homologation: None, demonstration: None };

    /// The base URL of an environment, where there is one.
    #[must_use]
    pub const fn base_url(&self, environment: Environment) -> Option<&'a str> {
        match environment {
            Environment::Production => self.production,
            Environment::Homologation => self.homologation,
            Environment::Demonstration => self.demonstration,
        }
    }
}
