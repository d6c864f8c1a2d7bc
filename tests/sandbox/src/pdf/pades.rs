//! A PAdES signature (ISO 32000-1 §12.8) in an update of its own.

use ring::digest;

use super::appearance::{Visible, numbers};
use super::document::Document;
use super::object::{Dictionary, Object, ObjectId};
use super::update::Update;
use super::{PdfError, Signed};
use crate::clock::Date;
use crate::random::hexadecimal;

/// Bytes of CMS that `/Contents` has room for: a chain of three takes a third of it.
const ROOM: usize = 16 * 1024;

/// What is signed, and how the document tells of it.
pub(crate) struct Options<'o> {
    /// Who signs, for `/Name` and the page.
    pub(crate) signer: &'o str,
    /// Unix seconds, for `/M`.
    pub(crate) time: i64,
    /// Whether a page that tells of the signature is added at the end.
    pub(crate) page: bool,
    /// Entries of the signature dictionary beside those that every signature has.
    pub(crate) entries: &'o [(&'static str, &'o str)],
    /// Where and how the signature is seen; `None` for an invisible one.
    pub(crate) visible: Option<&'o Visible>,
    /// `/Filter` and `/SubFilter`.
    pub(crate) filters: (&'o str, &'o str),
    /// Whether a byte of the document is changed first: a fault.
    pub(crate) alter: bool,
}

/// Signs; `sign` makes the CMS over the digest of the ByteRange.
pub(crate) fn sign(
    original: &[u8],
    options: &Options<'_>,
    sign: impl Fn([u8; 32]) -> Vec<u8>,
) -> Result<Signed, PdfError> {
    let original = if options.alter { altered(original) } else { original.to_vec() };
    let (tail, cms) = append(&original, options, sign)?;
    Ok(Signed { document: [original, tail].concat(), cms })
}

/// Signs; gives what is to follow the document, and the CMS in it. The document is not changed
/// first, whatever the options say.
pub(crate) fn append(
    original: &[u8],
    options: &Options<'_>,
    sign: impl Fn([u8; 32]) -> Vec<u8>,
) -> Result<(Vec<u8>, Vec<u8>), PdfError> {
    let document = Document::load(original)?;
    let mut update = Update::new(&document);
    let signature = update.allocate();
    add_field(&document, &mut update, signature, options.visible)?;
    if options.page {
        add_page(&document, &mut update, options)?;
    }
    let placeholder = Placeholder::new(options);
    let (mut tail, place) = update.write(original, (signature, &placeholder.bytes));
    let cms = placeholder.fill(original, (&mut tail, place), sign)?;
    Ok((tail, cms))
}

/// The version in the header, another digit: still a PDF, no longer the same.
pub(crate) fn altered(original: &[u8]) -> Vec<u8> {
    let mut bytes = original.to_vec();
    if let Some(digit) = bytes.get_mut(7) {
        *digit = if *digit == b'6' { b'7' } else { b'6' };
    }
    bytes
}

/// The signature field, which is its own widget: an invisible one is on the first page.
fn add_field(
    document: &Document<'_>,
    update: &mut Update<'_>,
    signature: ObjectId,
    visible: Option<&Visible>,
) -> Result<(), PdfError> {
    let page_id = match visible {
        Some(visible) => document.page(visible.page)?,
        None => document.first_page()?,
    };
    let field = update.allocate();

    let mut page = document.dictionary(page_id)?;
    let mut annotations = document.array(&page, "Annots")?;
    annotations.push(Object::Reference(field));
    page.set("Annots", Object::Array(annotations));
    update.put(page_id, &Object::Dictionary(page));

    let root = document.root()?;
    let mut catalog = document.dictionary(root)?;
    let form_id = catalog.get("AcroForm").and_then(Object::as_reference);
    let form = catalog.get("AcroForm").map(|form| document.resolve(form)).transpose()?;
    let mut form = form.as_ref().and_then(Object::as_dictionary).cloned().unwrap_or_default();
    let mut fields = document.array(&form, "Fields")?;
    let name = format!("Assinatura emulada {}", fields.len() + 1);
    fields.push(Object::Reference(field));
    form.set("Fields", Object::Array(fields));
    form.set("SigFlags", Object::Integer(3));
    if let Some(id) = form_id {
        update.put(id, &Object::Dictionary(form));
    } else {
        catalog.set("AcroForm", Object::Dictionary(form));
        update.put(root, &Object::Dictionary(catalog));
    }

    let mut widget = Dictionary::default();
    widget.set("Type", Object::name("Annot"));
    widget.set("Subtype", Object::name("Widget"));
    widget.set("FT", Object::name("Sig"));
    widget.set("T", Object::text(&name));
    widget.set("V", Object::Reference(signature));
    widget.set("P", Object::Reference(page_id));
    widget.set("F", Object::Integer(132));
    match visible {
        Some(visible) => {
            widget.set("Rect", numbers(visible.rectangle(document, page_id)));
            widget.set("AP", Object::Dictionary(visible.add(update)?));
        }
        None => widget.set("Rect", Object::integers(&[0, 0, 0, 0])),
    }
    update.put(field, &Object::Dictionary(widget));
    Ok(())
}

/// What `pdf_signature_page` asks for (VIDaaS manual v1.6 §3.2): a page at the end.
fn add_page(
    document: &Document<'_>,
    update: &mut Update<'_>,
    options: &Options<'_>,
) -> Result<(), PdfError> {
    let pages_id = document.pages()?;
    let (page, content, font) = (update.allocate(), update.allocate(), update.allocate());

    let mut pages = document.dictionary(pages_id)?;
    let mut kids = document.array(&pages, "Kids")?;
    kids.push(Object::Reference(page));
    let count = pages.get("Count").and_then(Object::as_usize).unwrap_or_default();
    pages.set("Kids", Object::Array(kids));
    pages.set("Count", Object::Integer(i64::try_from(count).unwrap_or_default().saturating_add(1)));
    update.put(pages_id, &Object::Dictionary(pages));

    let mut typeface = Dictionary::default();
    typeface.set("Type", Object::name("Font"));
    typeface.set("Subtype", Object::name("Type1"));
    typeface.set("BaseFont", Object::name("Helvetica"));
    update.put(font, &Object::Dictionary(typeface));
    let mut fonts = Dictionary::default();
    fonts.set("F1", Object::Reference(font));
    let mut resources = Dictionary::default();
    resources.set("Font", Object::Dictionary(fonts));

    let line = hexadecimal(format!("Assinado por {} (sem valor)", options.signer).as_bytes());
    update.put_stream(
        content,
        Dictionary::default(),
        format!("BT /F1 14 Tf 72 720 Td <{line}> Tj ET").as_bytes(),
    );
    let mut added = Dictionary::default();
    added.set("Type", Object::name("Page"));
    added.set("Parent", Object::Reference(pages_id));
    added.set("MediaBox", Object::integers(&[0, 0, 595, 842]));
    added.set("Resources", Object::Dictionary(resources));
    added.set("Contents", Object::Reference(content));
    update.put(page, &Object::Dictionary(added));
    Ok(())
}

/// The signature dictionary with room for what is known only at the end.
struct Placeholder {
    bytes: Vec<u8>,
    /// Where the numbers of `/ByteRange` go, and how many characters there are for them.
    byte_range: (usize, usize),
    /// Where the `<` of `/Contents` is.
    contents: usize,
}

impl Placeholder {
    fn new(options: &Options<'_>) -> Self {
        let (filter, sub_filter) = options.filters;
        let date = Date::from_unix(options.time);
        let moment = format!(
            "D:{:04}{:02}{:02}{:02}{:02}{:02}Z",
            date.year, date.month, date.day, date.hour, date.minute, date.second
        );
        let mut bytes = format!(
            "<</Type /Sig/Filter /{filter}/SubFilter /{sub_filter}/Name <{}>/M ({moment})",
            hexadecimal(options.signer.as_bytes())
        )
        .into_bytes();
        for (name, text) in options.entries {
            bytes.extend(format!("/{name} ").bytes());
            Object::words(text).write(&mut bytes);
        }
        bytes.extend_from_slice(b"/ByteRange [0 ");
        let byte_range = (bytes.len(), 33);
        bytes.resize(bytes.len() + byte_range.1, b' ');
        bytes.extend_from_slice(b"]/Contents ");
        let contents = bytes.len();
        bytes.push(b'<');
        bytes.resize(bytes.len() + ROOM * 2, b'0');
        bytes.extend_from_slice(b">>>");
        Self { bytes, byte_range, contents }
    }

    /// Writes ByteRange and Contents into what follows the document, where the dictionary stands at
    /// a place.
    fn fill(
        &self,
        original: &[u8],
        (tail, place): (&mut [u8], usize),
        sign: impl Fn([u8; 32]) -> Vec<u8>,
    ) -> Result<Vec<u8>, PdfError> {
        let gap_start = place + self.contents;
        let gap_end = gap_start + ROOM * 2 + 2;
        let before = original.len();
        let rest = tail.len().saturating_sub(gap_end);
        let range = format!("{} {} {rest}", before + gap_start, before + gap_end);
        write_at(tail, place + self.byte_range.0, &range, self.byte_range.1)?;

        let mut context = digest::Context::new(&digest::SHA256);
        context.update(original);
        context.update(tail.get(..gap_start).ok_or(PdfError::Room)?);
        context.update(tail.get(gap_end..).ok_or(PdfError::Room)?);
        let mut digest = [0; 32];
        digest.copy_from_slice(context.finish().as_ref());
        let cms = sign(digest);
        write_at(tail, gap_start + 1, &hexadecimal(&cms), ROOM * 2)?;
        Ok(cms)
    }
}

/// Overwrites a part of the room that starts at `place`.
fn write_at(out: &mut [u8], place: usize, text: &str, room: usize) -> Result<(), PdfError> {
    let target = out.get_mut(place..place + text.len()).filter(|_| text.len() <= room);
    target.ok_or(PdfError::Room)?.copy_from_slice(text.as_bytes());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPTIONS: Options<'static> = Options {
        signer: "FULANA",
        time: 0,
        page: true,
        entries: &[],
        visible: None,
        filters: ("Adobe.PPKLite", "ETSI.CAdES.detached"),
        alter: false,
    };

    fn sample() -> Vec<u8> {
        let head = "%PDF-1.7\n1 0 obj\n<</Pages 2 0 R>>\nendobj\n";
        let second = head.len();
        let pages = "2 0 obj\n<</Kids [3 0 R]/Count 1>>\nendobj\n";
        let third = second + pages.len();
        let page = "3 0 obj\n<</Type /Page/Parent 2 0 R>>\nendobj\n";
        let start = third + page.len();
        format!(
            "{head}{pages}{page}xref\n0 4\n0000000000 65535 f\r\n0000000009 00000 n\r\n{second:010} \
             00000 n\r\n{third:010} 00000 n\r\ntrailer\n<</Size 4/Root 1 0 R>>\nstartxref\n{start}\n\
             %%EOF\n"
        )
        .into_bytes()
    }

    #[test]
    fn what_is_cut_or_changed_anywhere_is_signed_or_refused() {
        let sample = sample();
        let signed = |bytes: &[u8]| sign(bytes, &OPTIONS, |digest| digest.to_vec());
        assert!(signed(&sample).unwrap().document.starts_with(&sample));
        for place in 0..sample.len() {
            if let Ok(signed) = signed(&sample[..place]) {
                assert!(signed.document.starts_with(&sample[..place]));
            }
            for change in [b'9', b'<', b'(', 0] {
                let mut other = sample.clone();
                other[place] = change;
                if let Ok(signed) = signed(&other) {
                    assert!(signed.document.starts_with(&other));
                }
            }
        }
    }

    #[test]
    fn a_signature_too_large_for_its_room_is_refused() {
        let signed = sign(&sample(), &OPTIONS, |_| vec![0; ROOM + 1]);
        assert!(matches!(signed, Err(PdfError::Room)));
    }
}
