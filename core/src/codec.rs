//! Bytes in, bytes out: the encodings that the services speak.

pub mod base64;
pub mod buffer;
pub mod der;
pub mod hex;
pub mod http_date;
pub mod json;
pub mod percent;
