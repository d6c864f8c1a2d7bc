//! The fixed test keys of the `keys` folder: public, hence worthless.

macro_rules! key {
    ($file:literal) => {
        include_bytes!(concat!("../../keys/", $file, ".p8"))
    };
}

pub(crate) const ROOT: &[u8] = key!("root");
pub(crate) const ISSUER: &[u8] = key!("issuer");
pub(crate) const ROOT_V12: &[u8] = key!("root_v12");
pub(crate) const ISSUER_V12: &[u8] = key!("issuer_v12");
pub(crate) const UNKNOWN_ROOT: &[u8] = key!("unknown_root");
pub(crate) const HOLDER_CPF: &[u8] = key!("holder_cpf");
pub(crate) const HOLDER_CNPJ: &[u8] = key!("holder_cnpj");
pub(crate) const HOLDER_CNPJ_ALPHANUMERIC: &[u8] = key!("holder_cnpj_alphanumeric");
pub(crate) const HOLDER_CPF_FIRST: &[u8] = key!("holder_cpf_first");
pub(crate) const HOLDER_CPF_SECOND: &[u8] = key!("holder_cpf_second");
pub(crate) const HOLDER_EXPIRED: &[u8] = key!("holder_expired");
pub(crate) const HOLDER_UNKNOWN_ROOT: &[u8] = key!("holder_unknown_root");
pub(crate) const HOLDER_V12_CPF: &[u8] = key!("holder_v12_cpf");
pub(crate) const HOLDER_V12_CNPJ: &[u8] = key!("holder_v12_cnpj");
pub(crate) const HOLDER_P256: &[u8] = key!("holder_p256");
pub(crate) const HOLDER_P384: &[u8] = key!("holder_p384");
pub(crate) const HOLDER_DISAGREEING: &[u8] = key!("holder_disagreeing");
pub(crate) const HOLDER_REVOKED: &[u8] = key!("holder_revoked");
pub(crate) const WEB_SERVER: &[u8] = key!("web_server");
pub(crate) const OCSP: &[u8] = key!("ocsp");
pub(crate) const TIME_STAMP: &[u8] = key!("time_stamp");
pub(crate) const TLS_CA: &[u8] = key!("tls_ca");
pub(crate) const TLS_SERVER: &[u8] = key!("tls_server");
