//! The sizes of the types that a firmware keeps, on a machine of 32 bits.
#![no_std]
#![no_main]

use rubrica_core::certillion;
use rubrica_core::document::BodyReader;
use rubrica_core::error::Error;
use rubrica_core::oauth::grant::Grant;
use rubrica_core::psc::{Push, Redirect, Signing};
use rubrica_footprint::board::tell;

#[unsafe(no_mangle)]
fn run() -> bool {
    tell("Push", size_of::<Push<'_>>());
    tell("Redirect", size_of::<Redirect<'_>>());
    tell("Signing", size_of::<Signing<'_>>());
    tell("certillion::Signing", size_of::<certillion::Signing<'_>>());
    tell("certillion::Progress", size_of::<certillion::Progress>());
    tell("Grant", size_of::<Grant>());
    tell("BodyReader", size_of::<BodyReader<'_>>());
    tell("Error", size_of::<Error>());
    true
}
