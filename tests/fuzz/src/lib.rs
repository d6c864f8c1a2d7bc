//! What the fuzz targets have in common.
//!
//! A target takes bytes and panics where a promise is broken; libFuzzer looks for bytes that break
//! one. `run` builds and runs them all.

pub mod base64;
pub mod dice;
pub mod flow;
pub mod memory;
pub mod multipart;
pub mod reply;
pub mod setting;
