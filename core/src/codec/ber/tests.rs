use std::vec;
use std::vec::Vec;

use super::*;

fn brought(ber: &[u8]) -> Result<Vec<u8>, BerError> {
    let mut bytes = vec![0xaa; der_bound(ber.len())];
    bytes[..ber.len()].copy_from_slice(ber);
    let length = into_der(&mut bytes, ber.len())?;
    bytes.truncate(length);
    Ok(bytes)
}

/// An element in DER.
fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let (octets, count) = length_octets(content.len());
    [&[tag], &octets[..count], content].concat()
}

#[test]
fn indefinite_lengths_become_definite_ones() {
    let ber = [0x30, 0x80, 0x02, 0x01, 0x05, 0xa0, 0x80, 0x04, 0x00, 0x00, 0x00, 0x00, 0x00];
    assert_eq!(brought(&ber).unwrap(), [0x30, 0x07, 0x02, 0x01, 0x05, 0xa0, 0x02, 0x04, 0x00]);
}

/// Two zeros are an end only where an element could begin.
#[test]
fn zeros_in_a_content_end_nothing() {
    let ber = [0x30, 0x80, 0x04, 0x04, 0, 0, 0, 0, 0x05, 0x00, 0x00, 0x00];
    assert_eq!(brought(&ber).unwrap(), [0x30, 0x08, 0x04, 0x04, 0, 0, 0, 0, 0x05, 0x00]);
}

#[test]
fn the_pieces_of_an_octet_string_are_joined() {
    let ber =
        [0x24, 0x80, 0x04, 0x02, 1, 2, 0x24, 0x05, 0x04, 0x01, 3, 0x04, 0x00, 0x04, 0x01, 4, 0, 0];
    assert_eq!(brought(&ber).unwrap(), [0x04, 0x04, 1, 2, 3, 4]);
    assert_eq!(brought(&[0x24, 0x80, 0, 0]).unwrap(), [0x04, 0x00]);
    assert_eq!(brought(&[0x24, 0x03, 0x02, 0x01, 5]), Err(BerError::Tag(2)));
}

#[test]
fn lengths_longer_than_need_be_are_shortened() {
    let ber = [0x30, 0x84, 0, 0, 0, 4, 0x04, 0x81, 0x01, 7];
    assert_eq!(brought(&ber).unwrap(), [0x30, 0x03, 0x04, 0x01, 7]);
}

#[test]
fn what_is_no_ber_is_refused_with_its_place() {
    let deep = [0x30, 0x80].repeat(MAX_DEPTH + 1);
    for (ber, error) in [
        (&[][..], BerError::End(0)),
        (&[0x30], BerError::End(1)),
        (&[0x30, 0x80, 0x05, 0x00], BerError::End(4)),
        (&[0x30, 0x80, 0x05, 0x00, 0x00], BerError::Tag(4)),
        (&[0x30, 0x03, 0x05, 0x00], BerError::End(0)),
        (&[0x30, 0x02, 0x04, 0x01, 0x00], BerError::End(2)),
        (&[0x04, 0x80, 0, 0], BerError::Length(0)),
        (&[0x04, 0x85, 1, 0, 0, 0, 0], BerError::Length(1)),
        (&[0x04, 0xff], BerError::End(2)),
        (&[0x1f, 0x01, 0x00], BerError::Tag(0)),
        (&[0x2c, 0x80, 0x00, 0x00], BerError::Tag(0)),
        (&[0x05, 0x00, 0x05, 0x00], BerError::Trailing(2)),
        // The two zeros of an end are beyond what the outer element holds.
        (&[0x30, 0x03, 0x30, 0x80, 0x00, 0x00], BerError::Tag(4)),
        (&deep, BerError::Depth(deep.len())),
    ] {
        assert_eq!(brought(ber), Err(error), "{ber:02x?}");
    }
    assert_eq!(into_der(&mut [0x05], 2), Err(BerError::End(1)));
}

#[test]
fn the_deepest_that_is_taken_is_taken() {
    let mut ber = [0x30, 0x80].repeat(MAX_DEPTH);
    ber.extend([0, 0].repeat(MAX_DEPTH));
    let der = (0..MAX_DEPTH).fold(Vec::new(), |inner, _| element(0x30, &inner));
    assert_eq!(brought(&ber).unwrap(), der);
}

/// A generator of numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    /// An element in DER, and the same in BER of some kind or other.
    fn element(&mut self, depth: usize) -> (Vec<u8>, Vec<u8>) {
        if depth == 0 || self.roll(3) == 0 {
            let length = match self.roll(8) {
                0 => 120 + self.roll(20),
                1 => 250 + self.roll(20),
                _ => self.roll(20),
            };
            let content: Vec<u8> = (0..length).map(|_| self.roll(4) as u8).collect();
            let tag = [0x02, 0x04, 0x06, 0x0c, 0x80, 0x83][self.roll(6) as usize];
            let der = element(tag, &content);
            let ber = match tag {
                OCTET_STRING if self.roll(2) == 0 => {
                    let pieces: Vec<Vec<u8>> =
                        content.chunks(7).map(|piece| element(OCTET_STRING, piece)).collect();
                    self.wrapped(OCTET_STRINGS, &pieces.concat())
                }
                _ => self.long(tag, &content),
            };
            return (der, ber);
        }
        let (mut der, mut ber) = (Vec::new(), Vec::new());
        for _ in 0..self.roll(5) {
            let (inner_der, inner_ber) = self.element(depth - 1);
            der.extend(inner_der);
            ber.extend(inner_ber);
        }
        let tag = [0x30, 0x31, 0xa0, 0xa3][self.roll(4) as usize];
        (element(tag, &der), self.wrapped(tag, &ber))
    }

    /// An element of elements with an indefinite length, mostly.
    fn wrapped(&mut self, tag: u8, content: &[u8]) -> Vec<u8> {
        match self.roll(3) {
            0 => self.long(tag, content),
            _ => [&[tag, 0x80], content, &[0, 0]].concat(),
        }
    }

    /// An element with a length of more octets than it needs, at times.
    fn long(&mut self, tag: u8, content: &[u8]) -> Vec<u8> {
        match self.roll(2) {
            0 => element(tag, content),
            _ => {
                let octets = (content.len() as u32).to_be_bytes();
                [&[tag, 0x85, 0], &octets[..], content].concat()
            }
        }
    }
}

#[test]
fn der_that_was_made_ber_comes_back() {
    let mut dice = Dice(7);
    for _ in 0..2_000 {
        let (der, ber) = dice.element(6);
        assert_eq!(brought(&ber).unwrap(), der, "{ber:02x?}");
        assert_eq!(brought(&der).unwrap(), der);
    }
}

/// Elements of 64 KiB and more are the only ones that grow, and the bound has room for them.
#[test]
fn large_elements_grow_within_the_bound() {
    for size in [65_535, 65_536, 200_000] {
        let octets = element(OCTET_STRING, &vec![7; size]);
        let (mut der, mut ber) = (octets.clone(), octets);
        for _ in 1..MAX_DEPTH {
            der = element(0x30, &der);
            ber = [&[0x30, 0x80], &ber[..], &[0, 0]].concat();
        }
        assert_eq!(brought(&ber).unwrap(), der, "{size}");
        let mut tight = ber.clone();
        let result = into_der(&mut tight, ber.len());
        if der.len() > ber.len() {
            assert_eq!(result, Err(BerError::Room));
        } else {
            assert_eq!(result, Ok(der.len()));
        }
    }
}

#[test]
fn s35_damage_at_any_place_ends_well() {
    let mut dice = Dice(9);
    for _ in 0..200 {
        let (_, ber) = dice.element(5);
        for place in 0..ber.len() {
            let mut damaged = ber.clone();
            damaged[place] ^= 1 << dice.roll(8);
            let _ = brought(&damaged);
            let _ = brought(&ber[..place]);
        }
    }
}

/// A signed message that OpenSSL streamed, with a certificate and a key made for it, and what OpenSSL
/// writes of it when it does not stream.
#[test]
fn a_streamed_message_becomes_the_one_that_is_not() {
    let (ber, der) = (include_bytes!("cms.ber"), include_bytes!("cms.der"));
    assert!(ber.starts_with(&[0x30, 0x80]));
    assert_eq!(brought(ber).unwrap(), der);
    assert_eq!(brought(der).unwrap(), der);
}
