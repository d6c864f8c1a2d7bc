//! Canonical forms: the bytes that are hashed and signed.
//!
//! Canonical XML 1.0 and 1.1 and Exclusive XML Canonicalization 1.0, with comments or without, of a
//! whole document or of one element and what is in it, less some elements in it. Other sets of
//! nodes, which only XPath can choose, are not signed by anyone whose signatures are accepted here.

mod namespaces;
mod output;

pub(crate) use output::{Budget, Digester, Limited, Sink};

use crate::{
    error::{Unverifiable, XmlError, malformed},
    identifiers::Identifiers,
    limits,
    read::{Document, Element, Kind, Name, Namespace},
};
use namespaces::Rendered;

/// A canonicalization algorithm.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Canonicalization {
    /// How namespaces are treated.
    pub mode: Mode,
    /// Whether comments are part of the form.
    pub comments: bool,
}

/// How a canonicalization treats the namespaces that are in force where what is signed begins.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Mode {
    /// Canonical XML 1.0: all of them are part of the form, and so are the attributes of the prefix
    /// `xml`.
    Inclusive10,
    /// Canonical XML 1.1: as before, but for `xml:id`.
    Inclusive11,
    /// Exclusive XML Canonicalization 1.0: those that names use, and of these prefixes all, as the
    /// `PrefixList` of `InclusiveNamespaces` tells. The default namespace is the empty prefix.
    Exclusive {
        /// The prefixes of the list.
        prefixes: Vec<String>,
    },
}

impl Canonicalization {
    /// Canonical XML 1.0 without comments: what applies where a reference names no other.
    pub const INCLUSIVE: Self = Self { mode: Mode::Inclusive10, comments: false };

    /// The algorithm of a URI (XML Signature 1.1 §6.5), without a list of prefixes.
    pub(crate) fn from_uri(uri: &str) -> Option<Self> {
        let exclusive = Mode::Exclusive { prefixes: Vec::new() };
        let (mode, comments) = match uri {
            "http://www.w3.org/TR/2001/REC-xml-c14n-20010315" => (Mode::Inclusive10, false),
            "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments" => {
                (Mode::Inclusive10, true)
            }
            "http://www.w3.org/2006/12/xml-c14n11" => (Mode::Inclusive11, false),
            "http://www.w3.org/2006/12/xml-c14n11#WithComments" => (Mode::Inclusive11, true),
            "http://www.w3.org/2001/10/xml-exc-c14n#" => (exclusive, false),
            "http://www.w3.org/2001/10/xml-exc-c14n#WithComments" => (exclusive, true),
            _ => return None,
        };
        Some(Self { mode, comments })
    }
}

/// The canonical form of a document, or of the one element in it that has an identifier.
///
/// # Errors
/// [`XmlError`]: where the document cannot be read, or has no such element or several.
pub fn canonical_form(
    xml: &[u8],
    identifier: Option<&str>,
    method: &Canonicalization,
) -> Result<Vec<u8>, XmlError> {
    let document = Document::read(xml)?;
    let element = match identifier {
        Some(identifier) => Some(
            Identifiers::of(&document)
                .find(identifier)
                .map_err(|_| malformed("not one element of the identifier", 0))?,
        ),
        None => None,
    };
    let mut sink = Limited::new(limits::COMPARED_BYTES, "bytes of canonical form");
    write(&document, Part { element, without: &[] }, method, &mut sink)?;
    Ok(sink.bytes)
}

/// Which part of a document.
#[derive(Clone, Copy)]
pub(crate) struct Part<'p> {
    /// The element, or else the whole document.
    pub(crate) element: Option<usize>,
    /// Elements that are left out with all that is in them, wherever they are.
    pub(crate) without: &'p [usize],
}

impl Part<'_> {
    pub(crate) const DOCUMENT: Self = Self { element: None, without: &[] };

    pub(crate) fn element(element: usize) -> Self {
        Self { element: Some(element), without: &[] }
    }
}

/// Writes the canonical form of a part.
pub(crate) fn write<S: Sink>(
    document: &Document<'_>,
    part: Part<'_>,
    method: &Canonicalization,
    sink: &mut S,
) -> Result<(), XmlError> {
    let (mut place, end) = match part.element {
        Some(element) => (element, document.node(element).map_or(element, |node| node.end())),
        None => (0, document.nodes().len()),
    };
    let mut writer = Writer { document, method, sink, rendered: Rendered::default(), open: vec![] };
    let apex = part.element.unwrap_or_else(|| document.root());
    while place < end {
        let Some(node) = document.node(place) else { break };
        writer.close(place)?;
        if part.without.contains(&place) {
            place = node.end();
            continue;
        }
        let outside = part.element.is_none() && node.parent().is_none();
        match &node.kind {
            Kind::Element(element) => {
                writer.sink.begins(place);
                writer.start(place, element, place == apex)?;
                let rendered = writer.rendered.mark();
                writer.open.push(Open { place, end: node.end(), rendered, name: element.name });
            }
            Kind::Text(text) => writer.escaped(text, text_reference)?,
            Kind::Comment(_) if !method.comments => {}
            Kind::Comment(text) => {
                writer.outside(outside, place, |it| it.strings(&["<!--", text, "-->"]))?;
            }
            Kind::Instruction { target, data } => {
                let space = if data.is_empty() { "" } else { " " };
                writer
                    .outside(outside, place, |it| it.strings(&["<?", target, space, data, "?>"]))?;
            }
        }
        place = place.saturating_add(1);
    }
    writer.close(end)
}

struct Writer<'w, 'x, S> {
    document: &'w Document<'x>,
    method: &'w Canonicalization,
    sink: &'w mut S,
    rendered: Rendered<'w>,
    open: Vec<Open<'x>>,
}

/// An element whose end was not written yet.
struct Open<'x> {
    place: usize,
    end: usize,
    /// How many namespaces were rendered inside it.
    rendered: usize,
    name: Name<'x>,
}

impl<'w, 'x, S: Sink> Writer<'w, 'x, S> {
    fn strings(&mut self, strings: &[&str]) -> Result<(), XmlError> {
        strings.iter().try_for_each(|each| self.sink.put(each.as_bytes()))
    }

    /// Writes something that, outside the document element, is on a line of its own.
    fn outside(
        &mut self,
        outside: bool,
        place: usize,
        write: impl FnOnce(&mut Self) -> Result<(), XmlError>,
    ) -> Result<(), XmlError> {
        if outside && place > self.document.root() {
            self.strings(&["\n"])?;
        }
        write(self)?;
        if outside && place < self.document.root() {
            self.strings(&["\n"])?;
        }
        Ok(())
    }

    /// Writes the end tags of elements that end before this place.
    fn close(&mut self, place: usize) -> Result<(), XmlError> {
        while let Some(open) = self.open.pop_if(|open| open.end <= place) {
            self.rendered.truncate(self.open.last().map_or(0, |outer| outer.rendered));
            self.name("</", open.name)?;
            self.strings(&[">"])?;
            self.sink.ends(open.place);
        }
        Ok(())
    }

    fn name(&mut self, before: &str, name: Name<'_>) -> Result<(), XmlError> {
        let colon = if name.prefix.is_empty() { "" } else { ":" };
        self.strings(&[before, name.prefix, colon, name.local])
    }

    fn start(&mut self, place: usize, element: &Element<'x>, apex: bool) -> Result<(), XmlError> {
        self.name("<", element.name)?;
        let new = self.rendered.enter(self.document, place, element, &self.method.mode, apex);
        for (prefix, uri) in new {
            let colon = if prefix.is_empty() { "" } else { ":" };
            self.strings(&[" xmlns", colon, prefix, "=\""])?;
            self.escaped(uri, attribute_reference)?;
            self.strings(&["\""])?;
        }
        let mut attributes: Vec<_> = self
            .document
            .attributes(element)
            .iter()
            .map(|it| (self.document.uri(it.name.namespace), it.name.local, it.name, &*it.value))
            .collect();
        if apex {
            for (local, value) in self.inherited(place, element)? {
                let name = Name { prefix: "xml", local, namespace: Namespace::Xml };
                attributes.push((self.document.uri(Namespace::Xml), local, name, value));
            }
        }
        attributes.sort_unstable_by_key(|&(uri, local, _, _)| (uri, local));
        for (_, _, name, value) in attributes {
            self.name(" ", name)?;
            self.strings(&["=\""])?;
            self.escaped(value, attribute_reference)?;
            self.strings(&["\""])?;
        }
        self.strings(&[">"])
    }

    /// The attributes of the prefix `xml` that are in force outside the part, and not hidden by its
    /// first element (Canonical XML 1.0 §2.4, 1.1 §2.4).
    fn inherited(
        &self,
        place: usize,
        element: &Element<'x>,
    ) -> Result<Vec<(&'w str, &'w str)>, XmlError> {
        if matches!(self.method.mode, Mode::Exclusive { .. }) {
            return Ok(Vec::new());
        }
        let of_xml = |name: &Name<'_>| name.namespace == Namespace::Xml;
        let own: Vec<&str> = self
            .document
            .attributes(element)
            .iter()
            .filter(|it| of_xml(&it.name))
            .map(|it| it.name.local)
            .collect();
        let mut found: Vec<(&'w str, &'w str)> = Vec::new();
        let mut outer = self.document.node(place).and_then(|node| node.parent());
        while let Some(ancestor) = outer {
            if let Some(element) = self.document.element(ancestor) {
                for attribute in self.document.attributes(element) {
                    let local = attribute.name.local;
                    let new = of_xml(&attribute.name)
                        && !own.contains(&local)
                        && !found.iter().any(|(known, _)| *known == local);
                    match (local, &self.method.mode) {
                        _ if !of_xml(&attribute.name) => {}
                        ("base", Mode::Inclusive11) => return Err(Unverifiable::Base.into()),
                        ("lang" | "space", Mode::Inclusive11) | (_, Mode::Inclusive10) if new => {
                            found.push((local, &attribute.value));
                        }
                        _ => {}
                    }
                }
            }
            outer = self.document.node(ancestor).and_then(|node| node.parent());
        }
        Ok(found)
    }

    fn escaped(
        &mut self,
        text: &str,
        reference: fn(u8) -> Option<&'static str>,
    ) -> Result<(), XmlError> {
        let mut rest = text;
        // None of them is a letter or a digit, nor part of a character outside ASCII.
        let special = |byte: &u8| matches!(byte, b'&' | b'<' | b'>' | b'"' | b'\t' | b'\n' | b'\r');
        let mut clean = 0;
        while let Some(place) = rest.as_bytes().iter().skip(clean).position(special) {
            let place = clean.saturating_add(place);
            let Some((before, after)) = rest.split_at_checked(place) else { break };
            let (byte, after) = after.split_at_checked(1).unwrap_or_default();
            match byte.bytes().next().and_then(reference) {
                Some(reference) => {
                    self.strings(&[before, reference])?;
                    (rest, clean) = (after, 0);
                }
                None => clean = place.saturating_add(1),
            }
        }
        self.strings(&[rest])
    }
}

/// What stands for a character in a text (Canonical XML 1.0 §2.3).
fn text_reference(byte: u8) -> Option<&'static str> {
    match byte {
        b'&' => Some("&amp;"),
        b'<' => Some("&lt;"),
        b'>' => Some("&gt;"),
        b'\r' => Some("&#xD;"),
        _ => None,
    }
}

/// What stands for a character in an attribute's value.
fn attribute_reference(byte: u8) -> Option<&'static str> {
    match byte {
        b'&' => Some("&amp;"),
        b'<' => Some("&lt;"),
        b'"' => Some("&quot;"),
        b'\t' => Some("&#x9;"),
        b'\n' => Some("&#xA;"),
        b'\r' => Some("&#xD;"),
        _ => None,
    }
}
