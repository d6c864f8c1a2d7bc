//! The page tree: ISO 32000-1 §7.7.3.

use crate::error::PdfError;
use crate::limits;
use crate::object::{Dictionary, Object, ObjectId};
use crate::reading::Document;
use crate::stamp::StampPage;
use crate::visited::Visited;

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
    count: u32,
    wanted: StampPage,
    found: Option<Found>,
}

/// The page that was looked for.
#[derive(Debug)]
struct Found {
    id: ObjectId,
    dictionary: Dictionary,
    inherited: Inherited,
}

/// What a page has of its own, or of the nearest node above it.
#[derive(Debug, Clone, Default)]
struct Inherited {
    media_box: Option<Object>,
    crop_box: Option<Object>,
    rotation: Option<Object>,
}

/// A node of the tree whose kids are being walked.
struct Node {
    kids: std::vec::IntoIter<ObjectId>,
    inherited: Inherited,
}

impl Pages {
    /// Walks the tree from the catalog, and keeps one page.
    ///
    /// # Errors
    /// A tree that loops, holds a page twice, has none, or has too many.
    pub(crate) fn read(
        document: &Document<'_>,
        catalog: &Dictionary,
        wanted: StampPage,
    ) -> Result<Self, PdfError> {
        let mut count = 0u32;
        let mut found = None;
        walk(document, catalog, |id, dictionary, above| {
            count = count.saturating_add(1);
            if wanted == StampPage::Last || wanted == StampPage::Number(count) {
                let inherited = above.over(&dictionary);
                found = Some(Found { id, dictionary, inherited });
            }
        })?;
        if count == 0 {
            return Err(PdfError::broken("there are no pages"));
        }
        Ok(Self { count, wanted, found })
    }

    pub(crate) const fn count(&self) -> u32 {
        self.count
    }

    /// The page that was wanted.
    pub(crate) fn page(self, document: &Document<'_>) -> Result<Page, PdfError> {
        let Some(Found { id, dictionary, inherited }) = self.found else {
            let page = match self.wanted {
                StampPage::Number(number) => number,
                StampPage::Last => self.count,
            };
            return Err(PdfError::NoSuchPage { page, pages: self.count });
        };
        let resolved = |entry: &Option<Object>| {
            entry.as_ref().map_or(Ok(Object::Null), |object| document.resolve(object))
        };
        let media = rectangle(document, &resolved(&inherited.media_box)?)?;
        let crop = rectangle(document, &resolved(&inherited.crop_box)?)?;
        let rotation = resolved(&inherited.rotation)?.as_integer().unwrap_or(0).rem_euclid(360);
        Ok(Page {
            id,
            visible: media
                .map(|media| crop.and_then(|crop| intersection(crop, media)).unwrap_or(media)),
            rotation: u16::try_from(rotation / 90 * 90).unwrap_or(0),
            dictionary,
        })
    }
}

impl Inherited {
    /// What a page of this dictionary has under a node that has this.
    fn over(&self, page: &Dictionary) -> Self {
        let own =
            |key: &str, above: &Option<Object>| page.get(key).cloned().or_else(|| above.clone());
        Self {
            media_box: own("MediaBox", &self.media_box),
            crop_box: own("CropBox", &self.crop_box),
            rotation: own("Rotate", &self.rotation),
        }
    }
}

/// Goes through the pages in their order, and hands over each with its dictionary.
pub(crate) fn each_page(
    document: &Document<'_>,
    catalog: &Dictionary,
    mut each: impl FnMut(ObjectId, &Dictionary),
) -> Result<(), PdfError> {
    walk(document, catalog, |id, dictionary, _| each(id, &dictionary))
}

fn walk(
    document: &Document<'_>,
    catalog: &Dictionary,
    mut each: impl FnMut(ObjectId, Dictionary, &Inherited),
) -> Result<(), PdfError> {
    let root = catalog
        .get("Pages")
        .and_then(Object::as_reference)
        .ok_or_else(|| PdfError::broken("the catalog names no pages"))?;
    let mut visited = Visited::default();
    let (mut count, mut waiting) = (0usize, 1usize);
    let mut nodes = vec![Node { kids: vec![root].into_iter(), inherited: Inherited::default() }];
    while let Some(node) = nodes.last_mut() {
        let Some(id) = node.kids.next() else {
            nodes.pop();
            continue;
        };
        waiting = waiting.saturating_sub(1);
        if !visited.insert(id) {
            return Err(PdfError::broken("the page tree has a loop, or a page twice"));
        }
        count = count.saturating_add(1);
        if count > limits::MAX_PAGES {
            return Err(PdfError::TooComplex { what: "there are too many pages" });
        }
        let dictionary = match document.object(id)? {
            Object::Dictionary(dictionary) => dictionary,
            // Readers pass over a page that is missing from the file.
            Object::Null if count > 1 => continue,
            _ => return Err(PdfError::broken("the page tree has something that is no page")),
        };
        let Object::Array(kids) = document.entry(&dictionary, "Kids")? else {
            each(id, dictionary, &node.inherited);
            continue;
        };
        waiting = waiting.saturating_add(kids.len());
        if waiting > limits::MAX_PAGES {
            return Err(PdfError::TooComplex { what: "there are too many pages" });
        }
        let above = &node.inherited;
        let inherited = Inherited {
            media_box: small(&dictionary, "MediaBox").or_else(|| above.media_box.clone()),
            crop_box: small(&dictionary, "CropBox").or_else(|| above.crop_box.clone()),
            rotation: small(&dictionary, "Rotate").or_else(|| above.rotation.clone()),
        };
        drop(dictionary);
        let kids: Option<Vec<ObjectId>> = kids.iter().map(Object::as_reference).collect();
        let kids =
            kids.ok_or_else(|| PdfError::broken("the page tree has a page without identity"))?;
        nodes.push(Node { kids: kids.into_iter(), inherited });
    }
    Ok(())
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
