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
