//! The server's certificate, from a test authority of its own, and the TLS settings.

use std::sync::Arc;

use ring::signature::KeyPair;
use rustls::ServerConfig;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::error::StartError;
use crate::pki::authority::YEAR;
use crate::pki::certificate::{
    Attribute, Certificate, Name, Signer, Template, basic_constraints, ecdsa_key,
    ecdsa_public_key_info, extended_key_usage, extension, key_usage,
};
use crate::pki::{der, keys};

const KEY_CERT_SIGN: u8 = 0x04;
const DIGITAL_SIGNATURE: u8 = 0x80;
const SERVER_AUTH: &str = "1.3.6.1.5.5.7.3.1";

/// What the server presents, and what a client must trust to accept it.
pub(crate) struct Identity {
    pub(crate) config: Arc<ServerConfig>,
    pub(crate) authority: Certificate,
}

/// Mints the authority and the server certificate, valid for `localhost`, 127.0.0.1 and ::1.
pub(crate) fn identity(now: i64) -> Result<Identity, StartError> {
    let authority_key = ecdsa_key(keys::TLS_CA)?;
    let server_key = ecdsa_key(keys::TLS_SERVER)?;
    let signer = Signer::Ecdsa(&authority_key);
    let authority_name = name("Rubrica sandbox TLS test authority");
    let template = |subject: Name, key, extensions| Template {
        subject,
        issuer: authority_name.clone(),
        not_before: now - 86_400,
        not_after: now + YEAR,
        public_key_info: ecdsa_public_key_info(key),
        public_key: key.public_key().as_ref().to_vec(),
        extensions,
    };
    let authority = Certificate::sign(
        &template(
            authority_name.clone(),
            &authority_key,
            vec![basic_constraints(true), key_usage(KEY_CERT_SIGN)],
        ),
        &signer,
    );
    let server = Certificate::sign(
        &template(
            name("localhost"),
            &server_key,
            vec![
                basic_constraints(false),
                key_usage(DIGITAL_SIGNATURE),
                extended_key_usage(false, &[SERVER_AUTH]),
                extension("2.5.29.17", false, &loopback_names()),
            ],
        ),
        &signer,
    );
    let mut config =
        ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(
                vec![CertificateDer::from(server.der)],
                PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(keys::TLS_SERVER.to_vec())),
            )?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Identity { config: Arc::new(config), authority })
}

fn name(common_name: &str) -> Name {
    vec![
        (Attribute::Organization, "Rubrica sandbox, for tests only".to_owned()),
        (Attribute::CommonName, common_name.to_owned()),
    ]
}

/// GeneralNames: dNSName is `[2]`, iPAddress is `[7]` (RFC 5280 §4.2.1.6).
fn loopback_names() -> Vec<u8> {
    der::sequence(&[
        &der::implicit(2, b"localhost"),
        &der::implicit(7, &[127, 0, 0, 1]),
        &der::implicit(7, &[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]),
    ])
}
