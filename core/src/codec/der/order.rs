//! The order of a `SET OF` (X.690 §11.6).

use core::cmp::Ordering;

/// The places of some elements, in the ascending order of those elements.
///
/// Elements that are equal keep their order. There are few of them, so that nothing is gained by a
/// sort that is cleverer than looking for the next.
pub(crate) struct Ascending<C> {
    count: u8,
    given: u32,
    compare: C,
}

impl<C: Fn(u8, u8) -> Ordering> Ascending<C> {
    /// The order of `count` elements, which are at most 32, by what compares two of their places.
    pub(crate) const fn new(count: u8, compare: C) -> Self {
        Self { count, given: 0, compare }
    }
}

impl<C: Fn(u8, u8) -> Ordering> Iterator for Ascending<C> {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        let waiting = |&place: &u8| self.given & bit(place) == 0;
        let least = (0..self.count).filter(waiting).reduce(|least, place| {
            if (self.compare)(place, least).is_lt() { place } else { least }
        })?;
        self.given |= bit(least);
        Some(least)
    }
}

const fn bit(place: u8) -> u32 {
    1_u32.wrapping_shl(place as u32)
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::*;

    #[test]
    fn places_come_in_the_order_of_their_elements() {
        let elements: [&[u8]; 6] = [b"b", b"a", b"ab", b"b", b"", b"aa"];
        let order = Ascending::new(6, |one: u8, other: u8| {
            elements[usize::from(one)].cmp(elements[usize::from(other)])
        });
        assert_eq!(order.collect::<Vec<_>>(), [4, 1, 5, 2, 0, 3]);
        assert_eq!(Ascending::new(0, |_, _| Ordering::Equal).next(), None);
    }
}
