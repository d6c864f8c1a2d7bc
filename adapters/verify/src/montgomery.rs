//! Powers modulo an odd number, by Montgomery's multiplication (P. Montgomery, "Modular
//! Multiplication without Trial Division", 1985; the method is CIOS of Koç, Acar and Kaliski, 1996).
//!
//! num-bigint has a power of its own that takes every exponent for 64 bits long and so five times as
//! long for the 17 bits of 65537, with which nearly all certificates' keys are opened. Nothing here
//! is secret, and nothing depends on how long it takes.

use num_bigint::BigUint;

/// `base` to the power of `exponent` modulo `modulus`, big-endian, in whole words: never shorter than
/// the modulus.
///
/// `modulus` and `exponent` are odd, the exponent is not 1, and `base` is less than the modulus.
pub(crate) fn power(base: &BigUint, exponent: u64, modulus: &BigUint) -> Vec<u8> {
    let modulus = Modulus::new(modulus.to_u64_digits());
    let words = modulus.words.len();
    let plain = padded(base, words);
    // In Montgomery's form: the base shifted by the length of the modulus.
    let shift = words.saturating_mul(64);
    #[expect(clippy::arithmetic_side_effects, reason = "an odd modulus is not zero")]
    let lifted = padded(&((base << shift) % modulus.number()), words);
    let mut power = lifted.clone();
    let mut product = vec![0; words];
    let below_top = 63_u32.saturating_sub(exponent.leading_zeros());
    for bit in (0..below_top).rev() {
        modulus.multiply(&power, &power, &mut product);
        core::mem::swap(&mut power, &mut product);
        // The last bit is set, and the plain base takes the number out of Montgomery's form.
        let factor = if bit == 0 { &plain } else { &lifted };
        if exponent & (1 << bit) != 0 {
            modulus.multiply(&power, factor, &mut product);
            core::mem::swap(&mut power, &mut product);
        }
    }
    power.iter().rev().flat_map(|word| word.to_be_bytes()).collect()
}

fn padded(number: &BigUint, words: usize) -> Vec<u64> {
    let mut digits = number.to_u64_digits();
    digits.resize(words, 0);
    digits
}

/// An odd modulus, least word first.
struct Modulus {
    words: Vec<u64>,
    /// What makes the least word −1 modulo 2⁶⁴ when multiplied with it.
    inverse: u64,
}

impl Modulus {
    fn new(words: Vec<u64>) -> Self {
        let least = words.first().copied().unwrap_or(1);
        // Newton's iteration: an odd number is its own inverse modulo 8, and each step doubles the
        // bits that are right.
        let mut inverse = least;
        for _ in 0..5 {
            let error = 2_u64.wrapping_sub(least.wrapping_mul(inverse));
            inverse = inverse.wrapping_mul(error);
        }
        Self { words, inverse: inverse.wrapping_neg() }
    }

    fn number(&self) -> BigUint {
        let bytes: Vec<u8> = self.words.iter().flat_map(|word| word.to_le_bytes()).collect();
        BigUint::from_bytes_le(&bytes)
    }

    /// The product of two numbers less than the modulus, divided by 2⁶⁴ to the number of words.
    fn multiply(&self, one: &[u64], other: &[u64], product: &mut [u64]) {
        product.fill(0);
        // What stands above the product's words; it is never more than 1.
        let mut top = 0_u64;
        for &word in one {
            let carry = add_multiple(product, word, other);
            let (sum, first) = top.overflowing_add(carry);
            // A multiple of the modulus that makes the least word zero, which then goes.
            let least = product.first().copied().unwrap_or_default();
            let carry = add_multiple(product, least.wrapping_mul(self.inverse), &self.words);
            let (sum, second) = sum.overflowing_add(carry);
            product.copy_within(1.., 0);
            if let Some(last) = product.last_mut() {
                *last = sum;
            }
            top = u64::from(first | second);
        }
        let is_less = product.iter().rev().lt(self.words.iter().rev());
        if top != 0 || !is_less {
            let mut borrow = false;
            for (place, &word) in product.iter_mut().zip(&self.words) {
                let (difference, first) = place.overflowing_sub(word);
                let (difference, second) = difference.overflowing_sub(u64::from(borrow));
                *place = difference;
                borrow = first | second;
            }
        }
    }
}

/// Adds `number` times `factor` to `sum` and gives the carry.
fn add_multiple(sum: &mut [u64], factor: u64, number: &[u64]) -> u64 {
    let mut carry = 0_u64;
    for (place, &word) in sum.iter_mut().zip(number) {
        // At most (2⁶⁴ − 1)² + 2 (2⁶⁴ − 1), which is 2¹²⁸ − 1.
        let wide = u128::from(factor)
            .wrapping_mul(u128::from(word))
            .wrapping_add(u128::from(*place))
            .wrapping_add(u128::from(carry));
        *place = (wide & u128::from(u64::MAX)) as u64;
        carry = (wide >> 64) as u64;
    }
    carry
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers of so many bytes, some of them with long runs of ones and zeros.
    fn numbers(bytes: usize) -> impl FnMut() -> BigUint {
        let mut noise = 0x9e37_79b9_7f4a_7c15_u64;
        move || {
            let mut next = || {
                noise ^= noise << 13;
                noise ^= noise >> 7;
                noise ^= noise << 17;
                noise
            };
            let style = next() % 4;
            let byte = |_| match (style, next()) {
                (0, _) => 0xff,
                (1, noise) if noise % 8 != 0 => 0x00,
                (2, noise) if noise % 8 != 0 => 0xff,
                (_, noise) => noise as u8,
            };
            BigUint::from_bytes_be(&(0..bytes).map(byte).collect::<Vec<u8>>())
        }
    }

    #[test]
    fn powers_are_those_of_another_implementation() {
        for bytes in [1, 7, 8, 9, 16, 31, 64, 255, 256, 257, 512] {
            let mut number = numbers(bytes);
            for exponent in [3, 5, 7, 17, 65_537, 0x1_0000_0001, 0x1_ffff_ffff] {
                for _ in 0..8 {
                    let modulus = number() | BigUint::from(1_u8);
                    let two = BigUint::from(2_u8);
                    if modulus <= two {
                        continue;
                    }
                    for base in [&number() % &modulus, &modulus - 1_u8, BigUint::ZERO, two] {
                        let expected = base.modpow(&BigUint::from(exponent), &modulus);
                        let power = power(&base, exponent, &modulus);
                        assert_eq!(power.len() % 8, 0);
                        assert_eq!(
                            BigUint::from_bytes_be(&power),
                            expected,
                            "{base} ^ {exponent} % {modulus}"
                        );
                    }
                }
            }
        }
    }
}
