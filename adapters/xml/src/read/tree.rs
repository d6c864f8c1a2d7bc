//! The parts of a document in the order in which they stand, each of them knowing where it ends.

use core::ops::Range;
use std::borrow::Cow;

/// What the prefix `xml` is bound to.
pub(crate) const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// A namespace, by the declaration that a name refers to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Namespace {
    None,
    Xml,
    Declared(u32),
}

#[derive(Clone, Copy)]
pub(crate) struct Name<'x> {
    /// Empty where there is none.
    pub(crate) prefix: &'x str,
    pub(crate) local: &'x str,
    pub(crate) namespace: Namespace,
}

pub(crate) struct Attribute<'x> {
    pub(crate) name: Name<'x>,
    pub(crate) value: Cow<'x, str>,
}

pub(crate) struct Declaration<'x> {
    /// Empty for the default namespace.
    pub(crate) prefix: &'x str,
    /// Empty for none.
    pub(crate) uri: Cow<'x, str>,
}

pub(crate) struct Element<'x> {
    pub(crate) name: Name<'x>,
    pub(super) attributes: [u32; 2],
    pub(super) declarations: [u32; 2],
}

pub(crate) enum Kind<'x> {
    Element(Element<'x>),
    Text(Cow<'x, str>),
    Comment(Cow<'x, str>),
    Instruction { target: &'x str, data: Cow<'x, str> },
}

pub(crate) struct Node<'x> {
    pub(crate) kind: Kind<'x>,
    /// Where it begins, in bytes from the start.
    pub(super) at: u32,
    /// The first node that is neither this one nor inside it.
    pub(super) end: u32,
    /// The element that it is in.
    pub(super) parent: Option<u32>,
}

impl Node<'_> {
    pub(crate) fn at(&self) -> usize {
        self.at as usize
    }

    pub(crate) fn end(&self) -> usize {
        self.end as usize
    }

    pub(crate) fn parent(&self) -> Option<usize> {
        self.parent.map(|parent| parent as usize)
    }
}

/// A document that was read. Nodes are known by their place in it.
#[derive(Default)]
pub(crate) struct Document<'x> {
    pub(super) nodes: Vec<Node<'x>>,
    pub(super) attributes: Vec<Attribute<'x>>,
    pub(super) declarations: Vec<Declaration<'x>>,
    pub(super) root: usize,
}

impl<'x> Document<'x> {
    pub(crate) fn nodes(&self) -> &[Node<'x>] {
        &self.nodes
    }

    pub(crate) fn node(&self, place: usize) -> Option<&Node<'x>> {
        self.nodes.get(place)
    }

    /// The document element.
    pub(crate) fn root(&self) -> usize {
        self.root
    }

    pub(crate) fn element(&self, place: usize) -> Option<&Element<'x>> {
        match &self.node(place)?.kind {
            Kind::Element(element) => Some(element),
            _ => None,
        }
    }

    pub(crate) fn elements(&self) -> impl Iterator<Item = (usize, &Element<'x>)> {
        self.nodes.iter().enumerate().filter_map(|(place, node)| match &node.kind {
            Kind::Element(element) => Some((place, element)),
            _ => None,
        })
    }

    /// The nodes of an element, without those inside them.
    pub(crate) fn children(&self, parent: usize) -> impl Iterator<Item = (usize, &Node<'x>)> {
        let end = self.node(parent).map_or(0, Node::end);
        let mut next = parent.saturating_add(1);
        core::iter::from_fn(move || {
            let node = self.node(next).filter(|_| next < end)?;
            let place = next;
            next = node.end();
            Some((place, node))
        })
    }

    pub(crate) fn attributes(&self, element: &Element<'_>) -> &[Attribute<'x>] {
        self.attributes.get(range(element.attributes)).unwrap_or_default()
    }

    /// The namespaces that an element declares itself.
    pub(crate) fn declarations(&self, element: &Element<'_>) -> &[Declaration<'x>] {
        self.declarations.get(range(element.declarations)).unwrap_or_default()
    }

    /// The name of a namespace, empty for none.
    pub(crate) fn uri(&self, namespace: Namespace) -> &str {
        match namespace {
            Namespace::None => "",
            Namespace::Xml => XML,
            Namespace::Declared(place) => {
                self.declarations.get(place as usize).map_or("", |declaration| &declaration.uri)
            }
        }
    }

    /// What a prefix stands for in an element, by the declarations there and around it.
    pub(crate) fn declared(&self, place: usize, prefix: &str) -> Option<&str> {
        let mut next = Some(place);
        while let Some(place) = next {
            let own = self.element(place).map_or(&[][..], |element| self.declarations(element));
            if let Some(found) = own.iter().find(|it| it.prefix == prefix) {
                return Some(&found.uri);
            }
            next = self.node(place)?.parent();
        }
        None
    }

    /// The value of an attribute without a prefix.
    pub(crate) fn attribute(&self, element: &Element<'_>, name: &str) -> Option<&str> {
        self.attributes(element)
            .iter()
            .find(|it| it.name.namespace == Namespace::None && it.name.local == name)
            .map(|attribute| &*attribute.value)
    }
}

pub(super) fn range([start, end]: [u32; 2]) -> Range<usize> {
    start as usize..end as usize
}
