//! Random bytes that are stretched from a seed.

use core::convert::Infallible;

use rand_core::{CryptoRng, Error, RngCore, impls};
use rubrica_device::board::Random;
use sha2::{Digest, Sha256};
use zeroize::Zeroize;

/// A generator after Hash_DRBG's idea: each block is a hash of a key that changes with every call, so
/// that what was given out cannot be computed from what is left in memory.
///
/// It is as good as its seed: 32 bytes of a true random source, fresh at each start.
pub struct Generator([u8; 32]);

impl Generator {
    /// A generator with its seed.
    #[must_use]
    pub const fn new(seed: [u8; 32]) -> Self {
        Self(seed)
    }

    fn block(&self, purpose: u8, number: u32) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update([purpose]);
        hash.update(self.0);
        hash.update(number.to_be_bytes());
        hash.finalize().into()
    }
}

impl RngCore for Generator {
    fn next_u32(&mut self) -> u32 {
        impls::next_u32_via_fill(self)
    }

    fn next_u64(&mut self) -> u64 {
        impls::next_u64_via_fill(self)
    }

    fn fill_bytes(&mut self, out: &mut [u8]) {
        for (number, chunk) in (0..).zip(out.chunks_mut(32)) {
            let block = self.block(b'o', number);
            chunk.copy_from_slice(block.get(..chunk.len()).unwrap_or_default());
        }
        self.0 = self.block(b'k', 0);
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Error> {
        self.fill_bytes(out);
        Ok(())
    }
}

impl CryptoRng for Generator {}

impl Random for Generator {
    type Error = Infallible;

    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.fill_bytes(bytes);
        Ok(())
    }
}

impl Drop for Generator {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl core::fmt::Debug for Generator {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_were_given_out_do_not_come_again() {
        let mut generator = Generator::new([1; 32]);
        let mut first = [0; 80];
        generator.fill_bytes(&mut first);
        assert_ne!(first[..32], first[32..64]);
        let mut second = [0; 80];
        generator.fill_bytes(&mut second);
        assert_ne!(first, second);
        let mut other = [0; 80];
        Generator::new([2; 32]).fill_bytes(&mut other);
        assert_ne!(first, other);
    }
}
