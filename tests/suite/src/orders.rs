//! Orders of documents that differ in their digests alone.

use rubrica_core::document::Digest;
use rubrica_core::psc::{Content, Format, Item, Order};

/// The digest of the document with this number.
pub fn digest(number: usize) -> Digest {
    Digest::of(format!("document {number}").as_bytes())
}

/// An order of so many digests with the identifiers `0`, `1` and so on, for as long as the tests run.
pub fn order(count: usize) -> &'static Order<'static> {
    let items: Vec<Item<'static>> = (0..count)
        .map(|number| Item {
            id: number.to_string().leak(),
            alias: format!("document {number}.pdf").leak(),
            content: Content::Digest(digest(number)),
        })
        .collect();
    Box::leak(Box::new(Order {
        items: items.leak(),
        format: Format::Cms,
        padding: None,
        signature_page: false,
        certificate_alias: None,
    }))
}
