//! The namespaces that are in force while a document is read.

use super::tree::{Namespace, XML};
use crate::{
    error::{Unverifiable, XmlError, malformed},
    limits,
};

/// What `xmlns` itself is bound to (Namespaces in XML 1.0 §3).
const XMLNS: &str = "http://www.w3.org/2000/xmlns/";

/// Prefixes and the declarations that they stand for, inner ones last.
#[derive(Default)]
pub(super) struct Scope<'x>(Vec<(&'x str, Namespace)>);

impl<'x> Scope<'x> {
    pub(super) fn count(&self) -> usize {
        self.0.len()
    }

    pub(super) fn push(&mut self, prefix: &'x str, declared: Namespace) -> Result<(), XmlError> {
        if self.0.len() >= limits::NAMESPACES {
            return Err(Unverifiable::TooLarge("namespaces").into());
        }
        self.0.push((prefix, declared));
        Ok(())
    }

    /// Forgets all but this many.
    pub(super) fn truncate(&mut self, count: usize) {
        self.0.truncate(count);
    }

    /// What a prefix stands for. The empty one may stand for nothing.
    pub(super) fn find(&self, prefix: &str, at: usize) -> Result<Namespace, XmlError> {
        if prefix == "xml" {
            return Ok(Namespace::Xml);
        }
        match self.0.iter().rev().find(|(declared, _)| *declared == prefix) {
            Some(&(_, namespace)) => Ok(namespace),
            None if prefix.is_empty() => Ok(Namespace::None),
            None => Err(malformed("a prefix that is not declared", at)),
        }
    }
}

/// Whether a declaration is allowed (Namespaces in XML 1.0 §3, §5).
pub(super) fn check(prefix: &str, uri: &str, at: usize) -> Result<(), XmlError> {
    let fault = match prefix {
        "xmlns" => Some("a declaration of xmlns"),
        "xml" if uri != XML => Some("another namespace for xml"),
        "xml" => None,
        _ if uri == XML => Some("another prefix for the namespace of xml"),
        _ if uri == XMLNS => Some("a prefix for the namespace of xmlns"),
        "" => None,
        _ if uri.is_empty() => Some("a prefix for no namespace"),
        _ => None,
    };
    match fault {
        Some(what) => Err(malformed(what, at)),
        None if uri.is_empty() || has_scheme(uri) => Ok(()),
        None => Err(Unverifiable::RelativeNamespace.into()),
    }
}

/// Whether a URI begins with a scheme (RFC 3986 §3.1).
fn has_scheme(uri: &str) -> bool {
    uri.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.chars().all(|it| it.is_ascii_alphanumeric() || matches!(it, '+' | '-' | '.'))
    })
}
