//! The page tree: ISO 32000-1 §7.7.3.

use std::collections::BTreeSet;

use crate::error::PdfError;
use crate::limits;
use crate::object::{Dictionary, Object, ObjectId};
use crate::reading::Document;

/// A page, and of what it inherits from the tree the parts that a stamp needs.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) id: ObjectId,
    pub(crate) dictionary: Dictionary,
    /// The visible part in the page's own coordinates: left, bottom, right, top; nothing when the
    /// page has no valid boundaries.
    pub(crate) visible: Option<[f32; 4]>,
    /// How far the page is turned clockwise when it is shown, in degrees: 0, 90, 180 or 270.
    pub(crate) rotation: u16,
}

/// The page tree of a document, walked once.
#[derive(Debug)]
pub(crate) struct Pages {
    /// Each page with the nodes above it, from the root down, as indices into `nodes`.
    pages: Vec<(ObjectId, Option<usize>)>,
    nodes: Vec<Node>,
}

#[derive(Debug)]
struct Node {
    parent: Option<usize>,
    media_box: Option<Object>,
    crop_box: Option<Object>,
    rotation: Option<Object>,
}

impl Pages {
    /// Walks the tree from the catalog.
    ///
    /// # Errors
    /// A tree that loops, holds a page twice, has none, or has too many.
    pub(crate) fn read(document: &Document<'_>, catalog: &Dictionary) -> Result<Self, PdfError> {
        let root = catalog
            .get("Pages")
            .and_then(Object::as_reference)
            .ok_or_else(|| PdfError::broken("the catalog names no pages"))?;
        let mut tree = Self { pages: Vec::new(), nodes: Vec::new() };
        let mut visited = BTreeSet::new();
        let mut pending: Vec<(ObjectId, Option<usize>)> = vec![(root, None)];
        while let Some((id, parent)) = pending.pop() {
            if !visited.insert(id) {
                return Err(PdfError::broken("the page tree has a loop, or a page twice"));
            }
            if visited.len() > limits::MAX_PAGES {
                return Err(PdfError::TooComplex { what: "there are too many pages" });
            }
            let dictionary = match document.object(id)? {
                Object::Dictionary(dictionary) => dictionary,
                // Readers pass over a page that is missing from the file.
                Object::Null if parent.is_some() => continue,
                _ => return Err(PdfError::broken("the page tree has something that is no page")),
            };
            let Object::Array(kids) = document.entry(&dictionary, "Kids")? else {
                tree.pages.push((id, parent));
                continue;
            };
            let node = tree.nodes.len();
            tree.nodes.push(Node {
                parent,
                media_box: small(&dictionary, "MediaBox"),
                crop_box: small(&dictionary, "CropBox"),
                rotation: small(&dictionary, "Rotate"),
            });
            if pending.len().saturating_add(kids.len()) > limits::MAX_PAGES {
                return Err(PdfError::TooComplex { what: "there are too many pages" });
            }
            for kid in kids.iter().rev() {
                let kid = kid
                    .as_reference()
                    .ok_or_else(|| PdfError::broken("the page tree has a page without identity"))?;
                pending.push((kid, Some(node)));
            }
        }
        if tree.pages.is_empty() {
            return Err(PdfError::broken("there are no pages"));
        }
        Ok(tree)
    }

    pub(crate) fn count(&self) -> u32 {
        u32::try_from(self.pages.len()).unwrap_or(u32::MAX)
    }

    /// The pages' identities, in their order.
    pub(crate) fn ids(&self) -> impl Iterator<Item = ObjectId> {
        self.pages.iter().map(|&(id, _)| id)
    }

    /// The page of this number, counted from 1.
    pub(crate) fn page(&self, document: &Document<'_>, number: u32) -> Result<Page, PdfError> {
        let index = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
        let &(id, parent) = index
            .and_then(|index| self.pages.get(index))
            .ok_or_else(|| PdfError::NoSuchPage { page: number, pages: self.count() })?;
        let Object::Dictionary(dictionary) = document.object(id)? else {
            return Err(PdfError::broken("a page is missing"));
        };
        let inherited = |key: &str, of_node: fn(&Node) -> Option<&Object>| {
            let own = dictionary.get(key);
            let found = own.or_else(|| self.above(parent).find_map(of_node));
            found.map_or(Ok(Object::Null), |object| document.resolve(object))
        };
        let media = rectangle(document, &inherited("MediaBox", |node| node.media_box.as_ref())?)?;
        let crop = rectangle(document, &inherited("CropBox", |node| node.crop_box.as_ref())?)?;
        let rotation = inherited("Rotate", |node| node.rotation.as_ref())?;
        let rotation = rotation.as_integer().unwrap_or(0).rem_euclid(360);
        Ok(Page {
            id,
            visible: media
                .map(|media| crop.and_then(|crop| intersection(crop, media)).unwrap_or(media)),
            rotation: u16::try_from(rotation / 90 * 90).unwrap_or(0),
            dictionary,
        })
    }

    fn above(&self, parent: Option<usize>) -> impl Iterator<Item = &Node> {
        let node = move |index: usize| self.nodes.get(index);
        core::iter::successors(parent.and_then(node), move |below| below.parent.and_then(node))
    }
}

/// An entry that is a number, a reference, or a short array of them; all that is worth keeping.
fn small(dictionary: &Dictionary, key: &str) -> Option<Object> {
    let simple = |object: &Object| {
        matches!(object, Object::Integer(_) | Object::Real(_) | Object::Reference(_))
    };
    dictionary
        .get(key)
        .filter(|object| match object {
            Object::Array(items) => items.len() <= 4 && items.iter().all(simple),
            object => simple(object),
        })
        .cloned()
}

fn rectangle(document: &Document<'_>, object: &Object) -> Result<Option<[f32; 4]>, PdfError> {
    let Object::Array(items) = object else { return Ok(None) };
    let mut numbers = [0.0; 4];
    if items.len() != numbers.len() {
        return Ok(None);
    }
    for (number, item) in numbers.iter_mut().zip(items) {
        match document.resolve(item)?.as_number() {
            Some(value) => *number = value,
            None => return Ok(None),
        }
    }
    let [a, b, c, d] = numbers;
    let [left, bottom, right, top] = [a.min(c), b.min(d), a.max(c), b.max(d)];
    Ok((right - left > 0.0 && top - bottom > 0.0).then_some([left, bottom, right, top]))
}

fn intersection(one: [f32; 4], other: [f32; 4]) -> Option<[f32; 4]> {
    let [left, bottom] = [one[0].max(other[0]), one[1].max(other[1])];
    let [right, top] = [one[2].min(other[2]), one[3].min(other[3])];
    (right > left && top > bottom).then_some([left, bottom, right, top])
}
