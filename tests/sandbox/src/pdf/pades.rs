//! A PAdES signature (ISO 32000-1 §12.8) in an update of its own.

use lopdf::{Dictionary, Document, LoadOptions, Object, ObjectId, StringFormat};
use ring::digest;

use super::syntax::text;
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
    let document = Document::load_mem_with_options(&original, LoadOptions::default())?;
    if document.is_encrypted() || document.was_encrypted() {
        return Err(PdfError::Encrypted);
    }
    if document.xref_recovery.is_some() || document.xref_start == 0 {
        return Err(PdfError::Broken);
    }
    let mut update = Update::new(&document);
    let signature = update.allocate();
    add_field(&document, &mut update, signature)?;
    if options.page {
        add_page(&document, &mut update, options)?;
    }
    let placeholder = Placeholder::new(options);
    let (mut out, place) = update.write(&original, (signature, &placeholder.bytes));
    let cms = placeholder.fill(&mut out, place, sign)?;
    Ok(Signed { document: out, cms })
}

/// The version in the header, another digit: still a PDF, no longer the same.
fn altered(original: &[u8]) -> Vec<u8> {
    let mut bytes = original.to_vec();
    if let Some(digit) = bytes.get_mut(7) {
        *digit = if *digit == b'6' { b'7' } else { b'6' };
    }
    bytes
}

/// The signature field, which is its own invisible widget on the first page.
fn add_field(
    document: &Document,
    update: &mut Update<'_>,
    signature: ObjectId,
) -> Result<(), PdfError> {
    let (_, page_id) = document.get_pages().pop_first().ok_or(PdfError::NoPage)?;
    let field = update.allocate();

    let mut page = update.dictionary(page_id)?;
    let mut annotations = update.array(&page, b"Annots");
    annotations.push(Object::Reference(field));
    page.set("Annots", Object::Array(annotations));
    update.put(page_id, &Object::Dictionary(page));

    let root = document.trailer.get(b"Root")?.as_reference()?;
    let mut catalog = update.dictionary(root)?;
    let form_id = catalog.get(b"AcroForm").and_then(Object::as_reference).ok();
    let mut form = match (form_id, catalog.get(b"AcroForm")) {
        (Some(id), _) => update.dictionary(id)?,
        (None, Ok(direct)) => direct.as_dict()?.clone(),
        (None, Err(_)) => Dictionary::new(),
    };
    let mut fields = update.array(&form, b"Fields");
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

    let mut widget = Dictionary::new();
    widget.set("Type", name_object("Annot"));
    widget.set("Subtype", name_object("Widget"));
    widget.set("FT", name_object("Sig"));
    widget.set("T", string(&name));
    widget.set("V", Object::Reference(signature));
    widget.set("P", Object::Reference(page_id));
    widget.set("F", Object::Integer(132));
    widget.set("Rect", Object::Array([0; 4].map(Object::Integer).to_vec()));
    update.put(field, &Object::Dictionary(widget));
    Ok(())
}

/// What `pdf_signature_page` asks for (VIDaaS manual v1.6 §3.2): a page at the end.
fn add_page(
    document: &Document,
    update: &mut Update<'_>,
    options: &Options<'_>,
) -> Result<(), PdfError> {
    let pages_id = document.catalog()?.get(b"Pages")?.as_reference()?;
    let (page, content, font) = (update.allocate(), update.allocate(), update.allocate());

    let mut pages = update.dictionary(pages_id)?;
    let mut kids = update.array(&pages, b"Kids");
    kids.push(Object::Reference(page));
    let count = pages.get(b"Count").and_then(Object::as_i64).unwrap_or_default();
    pages.set("Kids", Object::Array(kids));
    pages.set("Count", Object::Integer(count.saturating_add(1)));
    update.put(pages_id, &Object::Dictionary(pages));

    let mut typeface = Dictionary::new();
    typeface.set("Type", name_object("Font"));
    typeface.set("Subtype", name_object("Type1"));
    typeface.set("BaseFont", name_object("Helvetica"));
    update.put(font, &Object::Dictionary(typeface));
    let mut fonts = Dictionary::new();
    fonts.set("F1", Object::Reference(font));
    let mut resources = Dictionary::new();
    resources.set("Font", Object::Dictionary(fonts));

    let line = hexadecimal(format!("Assinado por {} (sem valor)", options.signer).as_bytes());
    update.put_stream(content, format!("BT /F1 14 Tf 72 720 Td <{line}> Tj ET").as_bytes());
    let mut added = Dictionary::new();
    added.set("Type", name_object("Page"));
    added.set("Parent", Object::Reference(pages_id));
    added.set("MediaBox", Object::Array([0, 0, 595, 842].map(Object::Integer).to_vec()));
    added.set("Resources", Object::Dictionary(resources));
    added.set("Contents", Object::Reference(content));
    update.put(page, &Object::Dictionary(added));
    Ok(())
}

fn name_object(name: &str) -> Object {
    Object::Name(name.as_bytes().to_vec())
}

fn string(text: &str) -> Object {
    Object::String(text.as_bytes().to_vec(), StringFormat::Literal)
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
        let mut bytes = Vec::new();
        text(&mut bytes, &format!("<</Type /Sig/Filter /{filter}/SubFilter /{sub_filter}"));
        text(&mut bytes, &format!("/Name <{}>", hexadecimal(options.signer.as_bytes())));
        text(
            &mut bytes,
            &format!(
                "/M (D:{:04}{:02}{:02}{:02}{:02}{:02}Z)",
                date.year, date.month, date.day, date.hour, date.minute, date.second
            ),
        );
        text(&mut bytes, "/ByteRange [0 ");
        let byte_range = (bytes.len(), 33);
        text(&mut bytes, &" ".repeat(byte_range.1));
        text(&mut bytes, "]/Contents ");
        let contents = bytes.len();
        text(&mut bytes, &format!("<{}>>>", "0".repeat(ROOM * 2)));
        Self { bytes, byte_range, contents }
    }

    /// Writes ByteRange and Contents into the document at whose `place` the dictionary stands.
    fn fill(
        &self,
        out: &mut [u8],
        place: usize,
        sign: impl Fn([u8; 32]) -> Vec<u8>,
    ) -> Result<Vec<u8>, PdfError> {
        let gap_start = place + self.contents;
        let gap_end = gap_start + ROOM * 2 + 2;
        let range = format!("{gap_start} {gap_end} {}", out.len().saturating_sub(gap_end));
        write_at(out, place + self.byte_range.0, &range, self.byte_range.1)?;

        let mut context = digest::Context::new(&digest::SHA256);
        context.update(out.get(..gap_start).ok_or(PdfError::Room)?);
        context.update(out.get(gap_end..).ok_or(PdfError::Room)?);
        let mut digest = [0; 32];
        digest.copy_from_slice(context.finish().as_ref());
        let cms = sign(digest);
        write_at(out, gap_start + 1, &hexadecimal(&cms), ROOM * 2)?;
        Ok(cms)
    }
}

/// Overwrites a part of the room that starts at `place`.
fn write_at(out: &mut [u8], place: usize, text: &str, room: usize) -> Result<(), PdfError> {
    let target = out.get_mut(place..place + text.len()).filter(|_| text.len() <= room);
    target.ok_or(PdfError::Room)?.copy_from_slice(text.as_bytes());
    Ok(())
}
