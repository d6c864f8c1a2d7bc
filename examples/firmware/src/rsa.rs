//! Whether a bare RSA signature is good: RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 §8.2.2), without alloc.
//!
//! Only what is public goes through here, so nothing needs to take the same time for all values. Keys of
//! 2048 to 4096 bits, which are those of ICP-Brasil's holders (DOC-ICP-01.01).

use rubrica_core::codec::der::{Elements, INTEGER, SEQUENCE};
use rubrica_core::document::Digest;

/// 32-bit digits of the longest modulus.
const DIGITS: usize = 128;

/// 32-bit digits of the shortest modulus.
const LEAST_DIGITS: usize = 64;

/// Bytes of the longest signature.
pub const SIGNATURE: usize = DIGITS * 4;

/// `BIT STRING`.
const BIT_STRING: u8 = 0x03;

/// The AlgorithmIdentifier of rsaEncryption with its NULL (RFC 8017 appendix A.1).
const ALGORITHM: [u8; 15] =
    [0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];

/// What stands before a SHA-256 digest in a DigestInfo (RFC 8017 §9.2, note 1).
const DIGEST_INFO: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
    0x00, 0x04, 0x20,
];

/// A number in 32-bit digits, the lowest first.
type Number = [u32; DIGITS];

/// Why there is no key, or no good signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RsaError {
    /// The key is no RSA key of 2048 to 4096 bits with an odd exponent of at most 32 bits.
    Key,
    /// The signature has another length than the modulus, or does not verify.
    Signature,
}

/// A public key.
#[derive(Clone, Debug)]
pub struct PublicKey {
    modulus: Number,
    digits: usize,
    exponent: u32,
}

impl PublicKey {
    /// Reads a SubjectPublicKeyInfo in DER.
    ///
    /// # Errors
    /// [`RsaError::Key`].
    pub fn from_info(info: &[u8]) -> Result<Self, RsaError> {
        Self::read(info).ok_or(RsaError::Key)
    }

    fn read(info: &[u8]) -> Option<Self> {
        let info = Elements::new(info).expect(SEQUENCE).ok()?;
        let mut fields = Elements::new(info.content);
        if fields.expect(SEQUENCE).ok()?.encoded != ALGORITHM {
            return None;
        }
        let bits = fields.expect(BIT_STRING).ok()?.content.strip_prefix(&[0])?;
        let key = Elements::new(bits).expect(SEQUENCE).ok()?;
        let mut numbers = Elements::new(key.content);
        let modulus = numbers.expect(INTEGER).ok()?.content.strip_prefix(&[0])?;
        let exponent = numbers.expect(INTEGER).ok()?.content;
        let is_whole = modulus.len() % 4 == 0 && modulus.first()? & 0x80 != 0;
        let digits = modulus.len() / 4;
        if !is_whole || !(LEAST_DIGITS..=DIGITS).contains(&digits) || modulus.last()? & 1 == 0 {
            return None;
        }
        if exponent.len() > 4 || exponent.first()? & 0x80 != 0 {
            return None;
        }
        let exponent = exponent.iter().fold(0_u32, |number, &byte| (number << 8) | u32::from(byte));
        if exponent < 3 || exponent & 1 == 0 {
            return None;
        }
        Some(Self { modulus: number(modulus), digits, exponent })
    }

    /// Whether `signature` is this key's over `digest`.
    ///
    /// # Errors
    /// [`RsaError::Signature`].
    pub fn verify(&self, digest: &Digest, signature: &[u8]) -> Result<(), RsaError> {
        if signature.len() != self.digits * 4 {
            return Err(RsaError::Signature);
        }
        let value = number(signature);
        if !is_below(&value, &self.modulus) {
            return Err(RsaError::Signature);
        }
        let message = self.power(&value);
        // The lowest byte is compared first: the digest and its name from their end, the padding, and
        // the two bytes at the start.
        let expected = (digest.as_bytes().iter().rev())
            .chain(DIGEST_INFO.iter().rev())
            .copied()
            .chain([0])
            .chain(core::iter::repeat(0xff))
            .take(signature.len() - 2)
            .chain([1, 0]);
        let found = message.iter().flat_map(|digit| digit.to_le_bytes()).take(signature.len());
        if expected.eq(found) { Ok(()) } else { Err(RsaError::Signature) }
    }

    /// `value` to the power of the exponent, modulo the modulus.
    fn power(&self, value: &Number) -> Number {
        let base = self.product(value, &self.square_of_radix());
        let mut power = base;
        // The highest bit of the exponent is the base itself.
        for place in (0..self.exponent.ilog2()).rev() {
            power = self.product(&power, &power);
            if self.exponent >> place & 1 == 1 {
                power = self.product(&power, &base);
            }
        }
        let mut one = [0; DIGITS];
        one[0] = 1;
        self.product(&power, &one)
    }

    /// The square of 2 to the power of 32 times the digits, modulo the modulus: by doubling 1.
    fn square_of_radix(&self) -> Number {
        let mut number = [0; DIGITS];
        number[0] = 1;
        for _ in 0..self.digits * 64 {
            let mut carry = 0;
            for digit in number.iter_mut().take(self.digits) {
                (*digit, carry) = (*digit << 1 | carry, *digit >> 31);
            }
            if carry == 1 || !is_below(&number, &self.modulus) {
                self.subtract(&mut number);
            }
        }
        number
    }

    /// Takes the modulus from `number`; what the highest digit lacks is the caller's carry.
    fn subtract(&self, number: &mut Number) {
        let mut borrow = false;
        for (digit, modulus) in number.iter_mut().zip(&self.modulus).take(self.digits) {
            let (less, first) = digit.overflowing_sub(*modulus);
            let (less, second) = less.overflowing_sub(u32::from(borrow));
            (*digit, borrow) = (less, first | second);
        }
    }

    /// Montgomery's product: `a` times `b` over the radix, modulo the modulus (Handbook of Applied
    /// Cryptography, 14.36).
    fn product(&self, a: &Number, b: &Number) -> Number {
        let inverse = inverse(self.modulus[0]).wrapping_neg();
        let mut sum = [0_u32; DIGITS];
        let mut top = 0_u32;
        for &digit in a.iter().take(self.digits) {
            let first = sum[0].wrapping_add(digit.wrapping_mul(b[0]));
            let times = first.wrapping_mul(inverse);
            // Two carries, because both products together do not fit 64 bits.
            let (mut carry, mut reduced) = (0_u64, 0_u64);
            let mut low = 0;
            for place in 0..self.digits {
                let part = u64::from(sum[place]) + u64::from(digit) * u64::from(b[place]) + carry;
                carry = part >> 32;
                let part = (part & 0xffff_ffff)
                    + u64::from(times) * u64::from(self.modulus[place])
                    + reduced;
                reduced = part >> 32;
                if place > 0 {
                    sum[place - 1] = part as u32;
                } else {
                    low = part as u32;
                }
            }
            debug_assert_eq!(low, 0);
            let high = u64::from(top) + carry + reduced;
            sum[self.digits - 1] = high as u32;
            top = (high >> 32) as u32;
        }
        if top != 0 || !is_below(&sum, &self.modulus) {
            self.subtract(&mut sum);
        }
        sum
    }
}

/// The inverse of an odd number modulo 2³²: each of Newton's steps doubles the bits that are right.
fn inverse(odd: u32) -> u32 {
    let mut inverse = odd;
    for _ in 0..4 {
        inverse = inverse.wrapping_mul(2_u32.wrapping_sub(odd.wrapping_mul(inverse)));
    }
    inverse
}

/// At most [`SIGNATURE`] bytes, of which the first are the highest.
fn number(bytes: &[u8]) -> Number {
    let mut number = [0; DIGITS];
    for (digit, chunk) in number.iter_mut().zip(bytes.rchunks(4)) {
        *digit = chunk.iter().fold(0, |digit, &byte| digit << 8 | u32::from(byte));
    }
    number
}

fn is_below(a: &Number, b: &Number) -> bool {
    a.iter().rev().lt(b.iter().rev())
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::*;

    const VECTORS: [(&[u8], &[u8]); 3] = [
        (
            include_bytes!("../vectors/rsa-2048.spki"),
            include_bytes!("../vectors/rsa-2048.signature"),
        ),
        (
            include_bytes!("../vectors/rsa-3072.spki"),
            include_bytes!("../vectors/rsa-3072.signature"),
        ),
        (
            include_bytes!("../vectors/rsa-4096.spki"),
            include_bytes!("../vectors/rsa-4096.signature"),
        ),
    ];

    #[test]
    fn s32_what_openssl_signed_verifies() {
        for (info, signature) in VECTORS {
            let key = PublicKey::from_info(info).unwrap();
            assert_eq!(key.verify(&Digest::of(b"rubrica"), signature), Ok(()));
        }
    }

    #[test]
    fn s32_a_signature_that_was_changed_anywhere_does_not() {
        let digest = Digest::of(b"rubrica");
        for (info, signature) in VECTORS {
            let key = PublicKey::from_info(info).unwrap();
            assert_eq!(key.verify(&Digest::of(b"another"), signature), Err(RsaError::Signature));
            for place in (0..signature.len()).step_by(37) {
                let mut other = signature.to_vec();
                other[place] ^= 1;
                assert_eq!(key.verify(&digest, &other), Err(RsaError::Signature), "{place}");
            }
            for bytes in [&signature[1..], &[signature, &[0]].concat(), &[]] {
                assert_eq!(key.verify(&digest, bytes), Err(RsaError::Signature));
            }
            let high = std::vec![0xff; signature.len()];
            assert_eq!(key.verify(&digest, &high), Err(RsaError::Signature));
            for small in [0, 1] {
                let mut value = std::vec![0; signature.len()];
                *value.last_mut().unwrap() = small;
                assert_eq!(key.verify(&digest, &value), Err(RsaError::Signature));
            }
        }
    }

    #[test]
    fn s30_s35_keys_that_are_short_cut_or_of_another_kind_are_refused() {
        let short = include_bytes!("../vectors/rsa-1024.spki");
        assert_eq!(PublicKey::from_info(short).err(), Some(RsaError::Key));
        let (info, _) = VECTORS[0];
        for length in 0..info.len() {
            assert_eq!(PublicKey::from_info(&info[..length]).err(), Some(RsaError::Key));
        }
        let mut other: Vec<u8> = info.to_vec();
        other[14] ^= 1;
        assert_eq!(PublicKey::from_info(&other).err(), Some(RsaError::Key), "the algorithm");
        let mut even: Vec<u8> = info.to_vec();
        let last = even.len() - 6;
        even[last] &= 0xfe;
        assert_eq!(PublicKey::from_info(&even).err(), Some(RsaError::Key), "an even modulus");
    }
}
