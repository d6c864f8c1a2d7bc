//! VaultID, the service of Soluti for companies: the interface of BirdID at other addresses.

use super::super::provider::{Hosts, Portal, Provider};
use super::birdid::BIRDID;

/// The data of VaultID.
pub const VAULTID: Provider<'static> = Provider {
    name: "vaultid",
    display_name: "VaultID",
    // Vendor documentation: "ambientes". Its environment "develop" is no demonstration.
    hosts: Hosts {
        production: Some("https://apicloudid.vaultid.com.br"),
        homologation: Some("https://apicloudid.hom.vaultid.com.br"),
        demonstration: None,
    },
    // Vendor documentation: "QR Code e Push".
    portal: Some(Portal {
        hosts: Hosts {
            production: Some("https://portalapicloudid.vaultid.com.br"),
            homologation: Some("https://portalapicloudid.hom.vaultid.com.br"),
            demonstration: None,
        },
        start: "/oauth/start",
    }),
    ..BIRDID
};
