//! A place in memory for one value at a time, whatever the value borrows.
//!
//! A TLS session is more than a kilobyte, and whoever hands it on by value has it on the stack two or
//! three times. In a slot it stays where it is, and what is handed on is a reference that owns it.

#![expect(unsafe_code, reason = "a value is put into raw memory, and dropped there")]

use core::mem::MaybeUninit;
use core::ops::{Deref, DerefMut};

/// Room for a value of at most `WORDS` times eight bytes.
pub struct Slot<const WORDS: usize>(MaybeUninit<[u64; WORDS]>);

impl<const WORDS: usize> Slot<WORDS> {
    /// An empty slot.
    #[must_use]
    pub const fn new() -> Self {
        Self(MaybeUninit::uninit())
    }

    /// Puts a value here, until what is given back is dropped. One that does not fit does not compile.
    pub fn put<T>(&mut self, value: T) -> Placed<'_, T> {
        const {
            assert!(size_of::<T>() <= size_of::<[u64; WORDS]>(), "the slot is too small");
            assert!(align_of::<T>() <= align_of::<u64>(), "the slot is not aligned for it");
        }
        let place = self.0.as_mut_ptr().cast::<MaybeUninit<T>>();
        // SAFETY: size and alignment were checked above, and the slot is borrowed for as long as the
        // reference lives.
        Placed(unsafe { &mut *place }.write(value))
    }
}

impl<const WORDS: usize> Default for Slot<WORDS> {
    fn default() -> Self {
        Self::new()
    }
}

/// A value in a slot. It is dropped with this.
pub struct Placed<'s, T>(&'s mut T);

impl<T> Deref for Placed<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.0
    }
}

impl<T> DerefMut for Placed<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.0
    }
}

impl<T> Drop for Placed<'_, T> {
    fn drop(&mut self) {
        // SAFETY: the value was written when this was made, nobody else has a reference to it, and the
        // slot does not read it again.
        unsafe { core::ptr::drop_in_place(self.0) }
    }
}

#[cfg(test)]
mod tests {
    use core::cell::Cell;

    use super::*;

    struct Counted<'c>(&'c Cell<u32>);

    impl Drop for Counted<'_> {
        fn drop(&mut self) {
            self.0.set(self.0.get() + 1);
        }
    }

    #[test]
    fn a_value_is_dropped_once_and_makes_room_for_the_next() {
        let drops = Cell::new(0);
        let mut slot = Slot::<2>::new();
        let placed = slot.put(Counted(&drops));
        assert_eq!(placed.0.0.get(), 0);
        drop(placed);
        assert_eq!(drops.get(), 1);
        let mut number = slot.put(7_u64);
        *number += 1;
        assert_eq!(*number, 8);
    }
}
