//! An AD-RB signature assembled around a RAW one, for a certificate that is played.
#![no_std]
#![no_main]

use core::hint::black_box;

use rubrica_core::cades::{Family, Level, POLICIES, SignedAttributes, SignedData, Wanted, choose};
use rubrica_core::document::Digest;
use rubrica_core::identity::Certificate;
use rubrica_footprint as _;

/// That of somebody who does not exist, whose key is lost; beside the image, where it is not weighed.
#[unsafe(link_section = ".played")]
static CERTIFICATE: [u8; include_bytes!("../../played/certificate.der").len()] =
    *include_bytes!("../../played/certificate.der");

/// 21 November 2026.
const NOW: u64 = 1_795_219_200;

static mut SIGNATURE: [u8; 4096] = [0; 4096];

#[unsafe(no_mangle)]
fn run() -> bool {
    // SAFETY: this is called once.
    sign(unsafe { &mut *&raw mut SIGNATURE }).unwrap_or(false)
}

fn sign(out: &mut [u8]) -> Option<bool> {
    let certificate = Certificate::parse(black_box(&CERTIFICATE)).ok()?;
    let holder = certificate.holder().ok()?;
    let wanted =
        Wanted { family: Family::Pades, level: Level::Basic, at: black_box(NOW), root: None };
    let policy = choose(&POLICIES, wanted).ok()?;
    let document = Digest::of(black_box(b"what is signed"));
    let attributes = SignedAttributes::new(document, &certificate, Some(policy), None).ok()?;
    // The service's part.
    let signature = black_box([attributes.digest().as_bytes()[0]; 256]);
    let signed = SignedData::new(&attributes, &signature).ok()?;
    let written = signed.write(out).ok()?.len();
    Some(holder.holder.kind() == "CPF" && written == signed.encoded_length())
}
