//! OAuth 2.0 as the trust services use it (RFC 6749 with RFC 7636), whatever the service.

pub(crate) mod attempt;
pub mod authorization;
pub mod browser;
pub mod grant;
pub mod pkce;
pub mod redirect;
pub mod refusal;
pub(crate) mod registration;
pub mod scope;
pub mod server;
pub mod state;
pub mod token;
