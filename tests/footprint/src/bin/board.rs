//! The board alone: what every other image has besides what it is named after.
#![no_std]
#![no_main]

use rubrica_footprint as _;

#[unsafe(no_mangle)]
fn run() -> bool {
    true
}
