//! Which namespaces a canonical form declares where.

use super::Mode;
use crate::read::{Document, Element, Namespace};

/// The declarations that were written for the elements around, inner ones last.
#[derive(Default)]
pub(super) struct Rendered<'w>(Vec<(&'w str, &'w str)>);

impl<'w> Rendered<'w> {
    /// What [`Self::truncate`] takes to forget all that comes from here on.
    pub(super) fn mark(&self) -> usize {
        self.0.len()
    }

    pub(super) fn truncate(&mut self, mark: usize) {
        self.0.truncate(mark);
    }

    /// The declarations to be written for an element, in their order. `apex` is the first of all.
    pub(super) fn enter(
        &mut self,
        document: &'w Document<'_>,
        place: usize,
        element: &Element<'_>,
        mode: &Mode,
        apex: bool,
    ) -> Vec<(&'w str, &'w str)> {
        // What is asked for; inner declarations first, so that they are what a prefix stands for.
        let mut asked: Vec<(&'w str, &'w str)> = Vec::new();
        if let Mode::Exclusive { .. } = mode {
            let names = document.attributes(element).iter().map(|it| it.name);
            let own = document.element(place).map(|it| it.name);
            asked.extend(
                own.into_iter()
                    .chain(names.filter(|name| !name.prefix.is_empty()))
                    .filter(|name| name.namespace != Namespace::Xml)
                    .map(|name| (name.prefix, document.uri(name.namespace))),
            );
        }
        let listed = |prefix: &str| match mode {
            Mode::Exclusive { prefixes } => prefixes.iter().any(|it| it == prefix),
            _ => true,
        };
        let mut outer = Some(place);
        while let Some(at) = outer {
            if let Some(element) = document.element(at) {
                let own = document.declarations(element).iter();
                asked.extend(
                    own.map(|it| (it.prefix, &*it.uri))
                        .filter(|&(prefix, _)| prefix != "xml" && listed(prefix)),
                );
            }
            outer = document.node(at).and_then(|node| node.parent()).filter(|_| apex);
        }
        // Stable, so that the innermost of each prefix stays the first of its prefix.
        asked.sort_by_key(|&(prefix, _)| prefix);
        asked.dedup_by_key(|(prefix, _)| *prefix);
        asked.retain(|&(prefix, uri)| self.find(prefix) != uri);
        self.0.extend(&asked);
        asked
    }

    /// What a prefix stands for in what was written, empty where for nothing.
    fn find(&self, prefix: &str) -> &'w str {
        let found = self.0.iter().rev().find(|(rendered, _)| *rendered == prefix);
        found.map_or("", |&(_, uri)| uri)
    }
}
