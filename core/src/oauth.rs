//! OAuth 2.0 as the trust services use it (RFC 6749 with RFC 7636), whatever the service.

pub mod grant;
pub mod pkce;
pub mod redirect;
pub mod refusal;
pub mod scope;
pub mod state;
