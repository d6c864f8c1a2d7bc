//! RemoteID, the service of Certisign.
//!
//! No address of it is published: it comes with the commercial agreement, and so do the facts that
//! differ from the norm. A comparison of providers among programs in use calls its interface "OAuth2
//! + REST ITI (/v0/oauth/*)", which is all that is known.

use super::super::provider::{Hosts, Provider};
use super::generic::GENERIC;

/// The data of RemoteID.
pub const REMOTEID: Provider<'static> = Provider {
    name: "remoteid",
    display_name: "RemoteID",
    // Unsure: none is published.
    hosts: Hosts::NONE,
    ..GENERIC
};
