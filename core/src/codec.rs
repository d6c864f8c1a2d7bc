//! Bytes in, bytes out: the encodings that the services speak.

pub mod base64;
pub(crate) mod base_url;
pub mod ber;
pub mod buffer;
pub(crate) mod cut;
pub(crate) mod decimal;
pub mod der;
pub mod hex;
pub mod http_date;
pub mod json;
pub mod pem;
pub mod percent;
