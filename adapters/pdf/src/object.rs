//! The objects of a PDF: ISO 32000-1 §7.3.

/// An indirect object's number and generation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ObjectId {
    pub(crate) number: u32,
    pub(crate) generation: u16,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Object {
    Null,
    Boolean(bool),
    Integer(i64),
    /// A real number as it was written, so that it is written back the same.
    Real(Box<str>),
    Name(Vec<u8>),
    String(Vec<u8>),
    Array(Vec<Self>),
    Dictionary(Dictionary),
    Reference(ObjectId),
}

impl Object {
    pub(crate) fn name(name: &str) -> Self {
        Self::Name(name.as_bytes().to_vec())
    }

    pub(crate) fn real(value: f32) -> Self {
        Self::Real(number_text(value).into_boxed_str())
    }

    pub(crate) const fn as_integer(&self) -> Option<i64> {
        match self {
            Self::Integer(value) => Some(*value),
            _ => None,
        }
    }

    pub(crate) fn as_number(&self) -> Option<f32> {
        match self {
            Self::Integer(value) => Some(*value as f32),
            Self::Real(text) => text.parse().ok().filter(|value: &f32| value.is_finite()),
            _ => None,
        }
    }

    pub(crate) fn as_name(&self) -> Option<&[u8]> {
        match self {
            Self::Name(name) => Some(name),
            _ => None,
        }
    }

    pub(crate) fn as_string(&self) -> Option<&[u8]> {
        match self {
            Self::String(bytes) => Some(bytes),
            _ => None,
        }
    }

    pub(crate) fn as_array(&self) -> Option<&[Self]> {
        match self {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }

    /// Hands over each reference that is a part of this, with the key of the dictionary that it
    /// stands under, if any.
    pub(crate) fn each_reference<'o>(&'o self, mut each: impl FnMut(ObjectId, Option<&'o [u8]>)) {
        let mut pending = vec![(self, None)];
        while let Some((object, key)) = pending.pop() {
            match object {
                Self::Reference(id) => each(*id, key),
                Self::Array(items) => pending.extend(items.iter().map(|item| (item, key))),
                Self::Dictionary(dictionary) => {
                    let entries = dictionary.0.iter();
                    pending.extend(entries.map(|(key, value)| (value, Some(key.as_slice()))));
                }
                _ => {}
            }
        }
    }

    pub(crate) const fn as_reference(&self) -> Option<ObjectId> {
        match self {
            Self::Reference(id) => Some(*id),
            _ => None,
        }
    }
}

/// A dictionary that keeps the order of its keys. Of a key that was written twice, the last counts.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Dictionary(pub(crate) Vec<(Vec<u8>, Object)>);

impl Dictionary {
    pub(crate) fn get(&self, key: &str) -> Option<&Object> {
        self.0.iter().rev().find(|(k, _)| k == key.as_bytes()).map(|(_, value)| value)
    }

    pub(crate) fn set(&mut self, key: &str, value: Object) {
        let mut value = Some(value);
        self.0.retain_mut(|(k, old)| {
            if k != key.as_bytes() {
                return true;
            }
            match value.take() {
                Some(new) => {
                    *old = new;
                    true
                }
                None => false,
            }
        });
        if let Some(value) = value {
            self.0.push((key.as_bytes().to_vec(), value));
        }
    }

    pub(crate) fn remove(&mut self, key: &str) {
        self.0.retain(|(k, _)| k != key.as_bytes());
    }

    pub(crate) fn with(mut self, key: &str, value: Object) -> Self {
        self.set(key, value);
        self
    }

    pub(crate) fn has_type(&self, name: &str) -> bool {
        self.get("Type").and_then(Object::as_name) == Some(name.as_bytes())
    }
}

/// A number as content streams and objects want it: no exponent, at most three decimals.
pub(crate) fn number_text(value: f32) -> String {
    let text = format!("{value:.3}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s35_an_object_takes_little_memory() {
        // Times MAX_OBJECT_NODES, this is what one hostile object may cost.
        assert!(size_of::<Object>() <= 32);
    }

    #[test]
    fn a_key_that_was_written_twice_is_set_once() {
        let twice = |key: &str| (key.as_bytes().to_vec(), Object::Null);
        let mut dictionary = Dictionary(vec![twice("A"), twice("B"), twice("A")]);
        dictionary.set("A", Object::Integer(1));
        assert_eq!(dictionary.get("A"), Some(&Object::Integer(1)));
        assert_eq!(dictionary.0.len(), 2);
    }

    #[test]
    fn numbers_are_written_without_an_exponent() {
        for (value, text) in [
            (0.0, "0"),
            (-0.0, "0"),
            (1.0, "1"),
            (0.5, "0.5"),
            (1e-9, "0"),
            (14400.125, "14400.125"),
        ] {
            assert_eq!(number_text(value), text);
        }
    }
}
