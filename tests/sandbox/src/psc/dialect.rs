//! The PSCs beside VIDaaS, as data. Each departs from the norm in what its documentation, or
//! programs that run against it, tell.

use super::operation::{Endpoints, Operation, endpoints};
use super::settings::{
    AliasShape, Denial, ErrorBody, HashEncoding, Listing, PasswordShape, Settings, TokenBody,
    Wrapping,
};

/// What tells one PSC from another.
pub(crate) struct Dialect {
    /// Its name in paths and endpoints.
    pub(crate) name: &'static str,
    /// Its name in `aud` of a registration by JWT.
    pub(crate) title: &'static str,
    /// The path before the services' names.
    pub(crate) prefix: &'static str,
    pub(crate) endpoints: &'static Endpoints,
    /// What it offers beside the norm's services.
    pub(crate) extras: &'static [Operation],
    pub(crate) settings: fn() -> Settings,
}

const SOLUTI_EXTRAS: &[Operation] =
    &[Operation::Revoke, Operation::Start, Operation::AsyncSignature];

/// The PSCs that [`Sandbox::psc`](crate::Sandbox::psc) knows.
pub(crate) static DIALECTS: [Dialect; 6] = [
    Dialect {
        name: "birdid",
        title: "BirdID",
        prefix: "/v0/oauth",
        endpoints: &endpoints!("birdid"),
        extras: SOLUTI_EXTRAS,
        settings: soluti,
    },
    Dialect {
        name: "vaultid",
        title: "VaultID",
        prefix: "/v0/oauth",
        endpoints: &endpoints!("vaultid"),
        extras: SOLUTI_EXTRAS,
        settings: soluti,
    },
    Dialect {
        name: "safeid",
        title: "SafeID",
        prefix: "/Service/Microservice/OAuth/api/v0/oauth",
        endpoints: &endpoints!("safeid"),
        extras: &[Operation::AuthorizeCa],
        settings: safeid,
    },
    Dialect {
        name: "serproid",
        title: "SerproID",
        prefix: "/oauth/v0/oauth",
        endpoints: &endpoints!("serproid"),
        extras: &[],
        settings: serproid,
    },
    Dialect {
        // Certisign publishes no host and no dialect: the norm's is taken.
        name: "remoteid",
        title: "RemoteID",
        prefix: "/v0/oauth",
        endpoints: &endpoints!("remoteid"),
        extras: &[],
        settings: Settings::default,
    },
    Dialect {
        name: "norm",
        title: "PSC",
        prefix: "/v0/oauth",
        endpoints: &endpoints!("norm"),
        extras: &[],
        settings: Settings::default,
    },
];

impl Dialect {
    /// Whether the PSC offers a service.
    pub(crate) fn offers(&self, operation: Operation) -> bool {
        let extra = matches!(
            operation,
            Operation::Revoke
                | Operation::AuthorizeCa
                | Operation::Start
                | Operation::AsyncSignature
        );
        !extra || self.extras.contains(&operation)
    }

    /// The service at a path, the PSC's name included.
    pub(crate) fn operation(&self, path: &str) -> Option<Operation> {
        let path = path.strip_prefix('/')?.strip_prefix(self.name)?;
        let operation = match path {
            "/page" => Operation::Page,
            "/portal/oauth/start" => Operation::Start,
            // Unsure which of the two the documentation means with its base.
            "/async-signature" => Operation::AsyncSignature,
            _ => {
                let segment = path.strip_prefix(self.prefix)?.strip_prefix('/')?;
                let named = |it: &&Operation| it.segment() == segment;
                let hidden = |it: &Operation| matches!(it, Operation::Page | Operation::Start);
                *Operation::ALL.iter().find(named).filter(|it| !hidden(it))?
            }
        };
        self.offers(operation).then_some(operation)
    }
}

/// BirdID and VaultID (vendor documentation of Soluti, and its sample for the body of the token).
fn soluti() -> Settings {
    Settings {
        token_body: TokenBody::Both,
        hash_encoding: HashEncoding::Hexadecimal,
        include_chain: true,
        chain_in_cms: false,
        authorize_extras: &["integration"],
        errors: ErrorBody::Problem,
        alias: AliasShape::NameAndNumber,
        listing: Listing::ByToken,
        password: Some(PasswordShape::OneTimePassword),
        ..Settings::default()
    }
}

/// SafeID (its collection of requests, and programs in use).
fn safeid() -> Settings {
    Settings {
        discovery_extras: &["from_authorization"],
        errors: ErrorBody::Member("Message"),
        cms_indefinite: true,
        password: Some(PasswordShape::AuthorizationThenPin),
        ..Settings::default()
    }
}

/// SerproID, also called NeoID (Serpro's documentation, and programs in use).
fn serproid() -> Settings {
    Settings {
        errors: ErrorBody::Serpro,
        malformed_status: 412,
        raw_wrapping: Wrapping::Base64Url,
        cms_wrapping: Wrapping::Pem,
        ..Settings::default()
    }
}

impl Settings {
    /// Turns on everything odd that was seen of any PSC and that a client is to survive: base64 in
    /// another shape, numbers for ids, indefinite lengths, a callback encoded as a whole, the scope
    /// told again. What would make a right client fail is left as it is.
    pub fn turn_quirks_on(&mut self) {
        self.cms_indefinite = self.cms_wrapping != Wrapping::Pem;
        self.raw_wrapping = match self.raw_wrapping {
            Wrapping::Base64Url => Wrapping::Base64UrlUnpadded,
            _ if self.hash_encoding == HashEncoding::Hexadecimal => Wrapping::Hexadecimal,
            _ => Wrapping::Base64Lines,
        };
        if self.cms_wrapping != Wrapping::Pem {
            self.cms_wrapping = Wrapping::Base64UrlUnpadded;
        }
        self.numeric_ids = true;
        self.encoded_callback = self.malformed_status == 412;
        self.scope_always = true;
        self.denial = Denial::AccessDenied;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lead_to_the_services_that_a_psc_offers() {
        let at = |name: &str, path: &str| {
            DIALECTS.iter().find(|it| it.name == name).unwrap().operation(path)
        };
        assert_eq!(at("birdid", "/birdid/v0/oauth/token"), Some(Operation::Token));
        assert_eq!(at("birdid", "/birdid/portal/oauth/start"), Some(Operation::Start));
        assert_eq!(at("birdid", "/birdid/v0/oauth/authorize-ca"), None);
        assert_eq!(at("birdid", "/birdid/v0/oauth/page"), None);
        assert_eq!(at("birdid", "/vaultid/v0/oauth/token"), None);
        let safeid = "/safeid/Service/Microservice/OAuth/api/v0/oauth/authorize-ca";
        assert_eq!(at("safeid", safeid), Some(Operation::AuthorizeCa));
        assert_eq!(
            at("serproid", "/serproid/oauth/v0/oauth/signature"),
            Some(Operation::Signature)
        );
        assert_eq!(at("serproid", "/serproid/v0/oauth/signature"), None);
        assert_eq!(at("norm", "/norm/v0/oauth/revoke"), None);
        assert_eq!(at("vaultid", "/vaultid/v0/oauth/revoke"), Some(Operation::Revoke));
    }
}
