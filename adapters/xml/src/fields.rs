//! The elements of a signature in the order of its schema.

use base64ct::{Base64, Encoding as _};

use crate::{
    error::XmlError,
    read::{Document, Kind, is_space, trim},
};

/// XML Signature.
pub(crate) const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";

/// Whether an element has this name.
pub(crate) fn is(document: &Document<'_>, place: usize, namespace: &str, local: &str) -> bool {
    document.element(place).is_some_and(|element| {
        element.name.local == local && document.uri(element.name.namespace) == namespace
    })
}

pub(crate) fn fault<T>(
    document: &Document<'_>,
    place: usize,
    what: &'static str,
) -> Result<T, XmlError> {
    let at = document.node(place).map_or(0, |node| node.at());
    Err(XmlError::Signature { what, at })
}

/// The elements in an element that holds nothing else, taken one after the other.
pub(crate) struct Fields<'d, 'x> {
    document: &'d Document<'x>,
    parent: usize,
    places: std::vec::IntoIter<usize>,
}

impl<'d, 'x> Fields<'d, 'x> {
    pub(crate) fn of(document: &'d Document<'x>, parent: usize) -> Result<Self, XmlError> {
        let mut places = Vec::new();
        for (place, node) in document.children(parent) {
            match &node.kind {
                Kind::Element(_) => places.push(place),
                Kind::Text(text) if !trim(text).is_empty() => {
                    return fault(document, parent, "text between elements");
                }
                _ => {}
            }
        }
        Ok(Self { document, parent, places: places.into_iter() })
    }

    /// The next element, if it has this name.
    pub(crate) fn optional(&mut self, namespace: &str, local: &str) -> Option<usize> {
        let next = *self.places.as_slice().first()?;
        if is(self.document, next, namespace, local) { self.places.next() } else { None }
    }

    /// The next element, which has to have this name.
    pub(crate) fn required(
        &mut self,
        namespace: &str,
        local: &str,
        fault_otherwise: &'static str,
    ) -> Result<usize, XmlError> {
        match self.optional(namespace, local) {
            Some(place) => Ok(place),
            None => fault(self.document, self.parent, fault_otherwise),
        }
    }

    pub(crate) fn finish(mut self) -> Result<(), XmlError> {
        match self.places.next() {
            None => Ok(()),
            Some(place) => fault(self.document, place, "an element that does not belong here"),
        }
    }

    /// All that were not taken yet.
    pub(crate) fn rest(self) -> impl Iterator<Item = usize> {
        self.places
    }
}

/// The text of an element that holds nothing else. A comment could make two readers read two
/// texts.
pub(crate) fn text(document: &Document<'_>, place: usize) -> Result<String, XmlError> {
    let mut whole = String::new();
    for (_, node) in document.children(place) {
        match &node.kind {
            Kind::Text(text) => whole.push_str(text),
            _ => return fault(document, place, "something else than text"),
        }
    }
    Ok(trim(&whole).to_owned())
}

/// What the text of an element encodes.
pub(crate) fn bytes(
    document: &Document<'_>,
    place: usize,
    bound: usize,
) -> Result<Vec<u8>, XmlError> {
    let text: String = text(document, place)?.chars().filter(|&it| !is_space(it)).collect();
    match Base64::decode_vec(&text) {
        Ok(bytes) if bytes.len() <= bound => Ok(bytes),
        Ok(_) => fault(document, place, "too many bytes of base64"),
        Err(_) => fault(document, place, "broken base64"),
    }
}

/// An attribute that has to be there.
pub(crate) fn attribute<'d>(
    document: &'d Document<'_>,
    place: usize,
    name: &str,
    fault_otherwise: &'static str,
) -> Result<&'d str, XmlError> {
    match document.element(place).and_then(|element| document.attribute(element, name)) {
        Some(value) => Ok(value),
        None => fault(document, place, fault_otherwise),
    }
}

/// The algorithm that an element names.
pub(crate) fn algorithm<'d>(document: &'d Document<'_>, place: usize) -> Result<&'d str, XmlError> {
    attribute(document, place, "Algorithm", "no algorithm")
}
