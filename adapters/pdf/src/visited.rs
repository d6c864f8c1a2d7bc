//! Which objects were come by.

use std::collections::BTreeSet;

use crate::limits;
use crate::object::ObjectId;

/// A set of objects: a bit for each number up to the highest, since almost all objects are of
/// generation 0.
#[derive(Debug, Default)]
pub(crate) struct Visited {
    numbers: Vec<u64>,
    others: BTreeSet<ObjectId>,
}

impl Visited {
    /// Enters an object; whether it is new.
    pub(crate) fn insert(&mut self, id: ObjectId) -> bool {
        if id.generation != 0 || id.number > limits::MAX_OBJECT_NUMBER {
            return self.others.insert(id);
        }
        let index = (id.number / u64::BITS) as usize;
        if index >= self.numbers.len() {
            self.numbers.resize(index.saturating_add(1), 0);
        }
        let bit = 1u64 << (id.number % u64::BITS);
        let Some(word) = self.numbers.get_mut(index) else { return false };
        let new = *word & bit == 0;
        *word |= bit;
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_identity_is_new_once() {
        let mut visited = Visited::default();
        for number in [0, 63, 64, 8_388_607, 8_388_608, u32::MAX] {
            for generation in [0, 1] {
                let id = ObjectId { number, generation };
                assert!(visited.insert(id), "{id:?}");
                assert!(!visited.insert(id), "{id:?}");
            }
        }
    }
}
