//! A flow's state in flash, where a loss of power does not reach it.
//!
//! There are two sectors for each state, written in turn: while one is written the other still holds
//! the state before, and a half-written one does not open. A record is a head, which tells its number
//! and when it was written, and the state sealed with AES-128-GCM; the head and the place are bound to
//! it.
//!
//! | bytes | |
//! |---|---|
//! | 4 | the record's number, one more than the other sector's |
//! | 8 | seconds of the real-time clock when it was written |
//! | 2 | bytes of the state; 0 when there is none |
//! | 12 | nonce, random |
//! | n | the state, sealed |
//! | 16 | tag |
//!
//! # What a real device must bring
//! A key of its own that its flash does not hold (a secure element, fuses, a key store with read-out
//! protection), and, against somebody who writes an old sector back, a counter that only goes up, of
//! which the record's number has to be no less. The emulated board has neither: its key is a file.

use core::cell::RefCell;

use aes_gcm::aead::{AeadInPlace, KeyInit};
use aes_gcm::{Aes128Gcm, Nonce, Tag};
use rand_core::RngCore;
use rubrica_core::time::Elapsed;
use rubrica_device::board::Store;
use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroize;

use crate::random::Generator;

const HEAD: usize = 26;
const NONCE: usize = 14;
const TAG: usize = 16;

/// Bytes of the longest state: that of a push that waits for its token.
pub const STATE: usize = 1_536;

/// Bytes that a sector needs.
pub const SECTOR: usize = HEAD + STATE + TAG;

/// Memory that outlives a loss of power, in sectors.
pub trait Flash {
    /// Reads a sector from its start, and says how many bytes of it there are.
    fn read(&mut self, sector: usize, out: &mut [u8]) -> usize;

    /// Writes a sector from its start, and says whether it could.
    fn write(&mut self, sector: usize, bytes: &[u8]) -> bool;

    /// Seconds of a clock that goes on without the program.
    fn seconds(&mut self) -> u64;
}

/// Why a state was not kept, or cannot be had back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeepError {
    /// It is longer than [`STATE`].
    TooLong,
    /// The flash does not take it.
    Flash,
    /// Something is there that this device did not write, or not here: it is not believed.
    Damaged,
}

/// The place of one flow's state.
pub struct Keep<'k, F> {
    flash: &'k RefCell<F>,
    random: &'k RefCell<Generator>,
    key: &'k [u8; 16],
    place: u8,
}

/// A record that opens.
struct Found {
    sector: usize,
    number: u32,
    seconds: u64,
    length: usize,
}

impl<'k, F: Flash> Keep<'k, F> {
    /// A place, which is the number of a pair of sectors.
    pub const fn new(
        flash: &'k RefCell<F>,
        random: &'k RefCell<Generator>,
        key: &'k [u8; 16],
        place: u8,
    ) -> Self {
        Self { flash, random, key, place }
    }

    /// The state, and how long ago it was kept; `None` when there is none.
    ///
    /// # Errors
    /// [`KeepError::Damaged`] when there is something that is no state.
    pub fn load<T: DeserializeOwned>(&self) -> Result<Option<(T, Elapsed)>, KeepError> {
        let mut buffer = [0; SECTOR];
        let Some(found) = self.newest(&mut buffer)?.filter(|found| found.length > 0) else {
            return Ok(None);
        };
        // The other sector may have been read last.
        self.open(found.sector, &mut buffer).ok_or(KeepError::Damaged)?;
        let state = buffer.get(HEAD..HEAD + found.length).unwrap_or_default();
        let value = postcard::from_bytes(state).map_err(|_| KeepError::Damaged);
        buffer.zeroize();
        let elapsed = Elapsed::between(found.seconds, self.flash.borrow_mut().seconds());
        Ok(Some((value?, elapsed)))
    }

    fn newest(&self, buffer: &mut [u8; SECTOR]) -> Result<Option<Found>, KeepError> {
        let first = usize::from(self.place) * 2;
        let mut newest: Option<Found> = None;
        let mut is_blank = true;
        for sector in [first, first + 1] {
            let found = self.open(sector, buffer);
            is_blank &= buffer.iter().all(|&byte| byte == 0);
            if let Some(found) = found
                && newest.as_ref().is_none_or(|newest| newest.number < found.number)
            {
                newest = Some(found);
            }
        }
        if newest.is_none() && !is_blank { Err(KeepError::Damaged) } else { Ok(newest) }
    }

    /// Reads a sector and opens its record in place. What lies behind the sector's end reads as zero.
    fn open(&self, sector: usize, buffer: &mut [u8; SECTOR]) -> Option<Found> {
        buffer.fill(0);
        self.flash.borrow_mut().read(sector, buffer);
        let (head, rest) = buffer.split_first_chunk_mut::<HEAD>()?;
        let number = u32::from_be_bytes(*head.first_chunk()?);
        let seconds = u64::from_be_bytes(*head[4..].first_chunk()?);
        let length = usize::from(u16::from_be_bytes(*head[12..].first_chunk()?));
        let (state, rest) = rest.split_at_mut_checked(length)?;
        let tag = Tag::from(*rest.first_chunk::<TAG>()?);
        let nonce = Nonce::from_slice(&head[NONCE..]);
        Aes128Gcm::new(self.key.into())
            .decrypt_in_place_detached(nonce, &self.bound(head), state, &tag)
            .ok()?;
        Some(Found { sector, number, seconds, length })
    }

    /// What is not sealed and must not be changed either.
    fn bound(&self, head: &[u8; HEAD]) -> [u8; NONCE + 1] {
        let mut bound = [self.place; NONCE + 1];
        bound[..NONCE].copy_from_slice(&head[..NONCE]);
        bound
    }

    /// Seals the first `length` bytes behind the head, and writes them to the older sector.
    fn write(&mut self, buffer: &mut [u8; SECTOR], length: usize) -> Result<(), KeepError> {
        let mut scratch = [0; SECTOR];
        let newest = self.newest(&mut scratch).unwrap_or_default();
        scratch.zeroize();
        let first = usize::from(self.place) * 2;
        let (sector, number) = match newest {
            Some(newest) => (first + (newest.sector + 1) % 2, newest.number.wrapping_add(1)),
            None => (first, 1),
        };
        let (head, rest) = buffer.split_first_chunk_mut::<HEAD>().ok_or(KeepError::TooLong)?;
        head[..4].copy_from_slice(&number.to_be_bytes());
        head[4..12].copy_from_slice(&self.flash.borrow_mut().seconds().to_be_bytes());
        let told = u16::try_from(length).map_err(|_| KeepError::TooLong)?;
        head[12..14].copy_from_slice(&told.to_be_bytes());
        self.random.borrow_mut().fill_bytes(&mut head[NONCE..]);
        let (state, rest) = rest.split_at_mut_checked(length).ok_or(KeepError::TooLong)?;
        let tag = Aes128Gcm::new(self.key.into())
            .encrypt_in_place_detached(Nonce::from_slice(&head[NONCE..]), &self.bound(head), state)
            .map_err(|_| KeepError::TooLong)?;
        rest.get_mut(..TAG).ok_or(KeepError::TooLong)?.copy_from_slice(&tag);
        let record = buffer.get(..HEAD + length + TAG).ok_or(KeepError::TooLong)?;
        if self.flash.borrow_mut().write(sector, record) { Ok(()) } else { Err(KeepError::Flash) }
    }
}

impl<F: Flash> Store for Keep<'_, F> {
    type Error = KeepError;

    fn save<T: Serialize>(&mut self, snapshot: &T) -> Result<(), KeepError> {
        let mut buffer = [0; SECTOR];
        let room = buffer.get_mut(HEAD..HEAD + STATE).unwrap_or_default();
        let length = postcard::to_slice(snapshot, room).map(|state| state.len());
        let written = match length {
            Ok(length) => self.write(&mut buffer, length),
            Err(_) => Err(KeepError::TooLong),
        };
        buffer.zeroize();
        written
    }

    fn clear(&mut self) -> Result<(), KeepError> {
        self.write(&mut [0; SECTOR], 0)
    }
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use rubrica_core::time::Duration;

    use super::*;

    /// Flash whose power fails after so many more bytes.
    struct Memory {
        sectors: [Vec<u8>; 4],
        power: usize,
        now: u64,
    }

    impl Flash for Memory {
        fn read(&mut self, sector: usize, out: &mut [u8]) -> usize {
            let bytes = &self.sectors[sector];
            out[..bytes.len()].copy_from_slice(bytes);
            bytes.len()
        }

        fn write(&mut self, sector: usize, bytes: &[u8]) -> bool {
            let written = bytes.len().min(self.power);
            self.power -= written;
            if written > 0 {
                self.sectors[sector] = bytes[..written].to_vec();
            }
            written == bytes.len()
        }

        fn seconds(&mut self) -> u64 {
            self.now
        }
    }

    fn memory() -> RefCell<Memory> {
        let sectors = [const { Vec::new() }; 4];
        RefCell::new(Memory { sectors, power: usize::MAX, now: 1_000 })
    }

    fn random() -> RefCell<Generator> {
        RefCell::new(Generator::new([3; 32]))
    }

    const KEY: [u8; 16] = [5; 16];

    #[test]
    fn the_last_state_is_the_one_that_is_had_back_with_its_age() {
        let (memory, random) = (memory(), random());
        let mut keep = Keep::new(&memory, &random, &KEY, 1);
        assert_eq!(keep.load::<u32>().unwrap(), None);
        for state in 0..5_u32 {
            keep.save(&state).unwrap();
            memory.borrow_mut().now += 7;
            let age = Elapsed::Known(Duration::from_secs(7));
            assert_eq!(keep.load::<u32>().unwrap(), Some((state, age)));
        }
        memory.borrow_mut().now = 0;
        assert_eq!(keep.load::<u32>().unwrap(), Some((4, Elapsed::Unknown)));
        keep.clear().unwrap();
        assert_eq!(keep.load::<u32>().unwrap(), None);
    }

    #[test]
    fn power_that_fails_anywhere_in_a_write_leaves_the_state_before() {
        let random = random();
        for power in 0..HEAD + TAG + 5 {
            let memory = memory();
            let mut keep = Keep::new(&memory, &random, &KEY, 0);
            keep.save(&1_000_001_u32).unwrap();
            keep.save(&1_000_002_u32).unwrap();
            memory.borrow_mut().power = power;
            let kept = keep.save(&1_000_003_u32);
            let (state, _) = keep.load::<u32>().unwrap().unwrap();
            assert_eq!(state, if kept.is_ok() { 1_000_003 } else { 1_000_002 }, "{power}");
            memory.borrow_mut().power = usize::MAX;
            keep.save(&1_000_004_u32).unwrap();
            assert_eq!(keep.load::<u32>().unwrap().unwrap().0, 1_000_004, "{power}");
        }
    }

    #[test]
    fn s37_what_another_device_wrote_or_somebody_changed_is_refused() {
        let (memory, random) = (memory(), random());
        let mut keep = Keep::new(&memory, &random, &KEY, 0);
        keep.save(&[9_u8; 32]).unwrap();
        let good = memory.borrow().sectors[0].clone();
        assert!(!good.windows(9).any(|bytes| bytes == [9; 9]), "it is sealed");
        let stranger = Keep::new(&memory, &random, &[6; 16], 0);
        assert_eq!(stranger.load::<[u8; 32]>().unwrap_err(), KeepError::Damaged);
        for bit in 0..good.len() * 8 {
            memory.borrow_mut().sectors[0][bit / 8] ^= 1 << (bit % 8);
            assert_eq!(keep.load::<[u8; 32]>().unwrap_err(), KeepError::Damaged, "bit {bit}");
            memory.borrow_mut().sectors[0].clone_from(&good);
        }
        memory.borrow_mut().sectors[2] = good;
        let elsewhere = Keep::new(&memory, &random, &KEY, 1);
        assert_eq!(elsewhere.load::<[u8; 32]>().unwrap_err(), KeepError::Damaged);
    }

    #[test]
    fn a_state_that_is_too_long_is_told() {
        let (memory, random) = (memory(), random());
        let mut keep = Keep::new(&memory, &random, &KEY, 0);
        let long = core::str::from_utf8(&[b'a'; STATE]).unwrap();
        assert_eq!(keep.save(&long), Err(KeepError::TooLong));
        assert_eq!(keep.load::<u8>().unwrap(), None);
    }
}
