//! A document made ready to be signed, and signed.

use core::fmt;

use sha2::Digest as _;

use crate::appearance;
use crate::der;
use crate::error::PdfError;
use crate::inspect::{Certification, Signable};
use crate::limits;
use crate::object::{Dictionary, Object, ObjectId};
use crate::options::{SignatureOptions, SubFilter};
use crate::pages::Page;
use crate::placeholder::Placeholder;
use crate::reading::Document;
use crate::serialize;
use crate::source::Source;
use crate::stamp::StampPage;
use crate::text;
use crate::update::{Update, Written};

/// The flags of the field's widget (ISO 32000-1 §12.5.3): print, locked.
const PRINT_AND_LOCKED: i64 = 4 | 128;

/// A document with room for a signature: everything is in place but the signature itself.
///
/// It holds the whole document once.
#[derive(Clone)]
pub struct Prepared {
    original: Vec<u8>,
    update: PreparedUpdate,
}

/// What has to follow a document for it to have room for a signature: everything is in place but
/// the signature itself.
///
/// It holds about twice the [`reserve`](SignatureOptions::reserve) and, of the document, only the
/// objects that are changed: the catalog, a page, the form. The document itself stays where it is
/// and must not change before the update was written behind it.
#[derive(Clone)]
pub struct PreparedUpdate {
    update: Vec<u8>,
    original_length: u64,
    digest: [u8; 32],
    placeholder: Placeholder,
    capacity: usize,
}

/// Makes room for a signature in `original`, by an incremental update: the original bytes are an
/// exact prefix of the result, so the signatures that are in it stay valid.
///
/// # Errors
/// What [`inspect`](crate::inspect) refuses; a stamp on a document whose certification does not
/// allow one ([`PdfError::Certified`]) or that does not fit its page; a certification of a document
/// that is signed already; options beyond [`limits`].
pub fn prepare(original: &[u8], options: &SignatureOptions) -> Result<Prepared, PdfError> {
    let update = prepare_update(original, options)?;
    let mut copy = Vec::with_capacity(original.len().saturating_add(update.update.len()));
    copy.extend_from_slice(original);
    Ok(Prepared { original: copy, update })
}

/// Like [`prepare`], for a document that is not in memory: gives only what has to be written after
/// it. The document is read from one end to the other once, and here and there besides.
///
/// # Errors
/// As [`prepare`], and when the document cannot be read from its source.
pub fn prepare_update<S: Source + ?Sized>(
    original: &S,
    options: &SignatureOptions,
) -> Result<PreparedUpdate, PdfError> {
    updated(&original, options)
}

fn updated(source: &dyn Source, options: &SignatureOptions) -> Result<PreparedUpdate, PdfError> {
    check(options)?;
    let room = options.reserve.saturating_mul(2).saturating_add(8 * 1024);
    let document = Document::open(source)?;
    let length = document.bytes.length();
    readable(length.saturating_add(room as u64))?;
    let wanted = options.stamp.as_ref().map_or(StampPage::Number(1), |stamp| stamp.page);
    let (signable, pages) = Signable::read(&document, wanted)?;
    if options.stamp.is_some() && signable.certification == Some(Certification::Forms) {
        return Err(PdfError::Certified { level: 2 });
    }
    if options.certify.is_some() && !signable.may_be_certified(&document)? {
        return Err(PdfError::Options {
            what: "only the first signature of a document can certify it",
        });
    }
    let page = pages.page(&document)?;
    let annotations = document.array(&page.dictionary, "Annots")?;

    let mut update = Update::new(&document, room)?;
    let signature = update.allocate()?;
    let field = update.allocate()?;
    let placeholder = update.raw(signature, |out| Placeholder::write(out, options))?;
    let widget = widget(&mut update, options, &signable, &page, signature)?;
    update.object(field, &Object::Dictionary(widget))?;
    annotate(&mut update, &page, annotations, field)?;
    enter_in_form(&mut update, &document, &signable, options, [signature, field])?;

    let Written { content, out: mut update } = update.finish()?;
    document.bytes.unchanged()?;
    readable(length.saturating_add(update.len() as u64))?;
    placeholder.fill_range(length, &mut update);
    let contents = &placeholder.contents;
    let digest = content
        .chain_update(update.get(..contents.start).unwrap_or_default())
        .chain_update(update.get(contents.end..).unwrap_or_default())
        .finalize()
        .into();
    let capacity = options.reserve;
    Ok(PreparedUpdate { update, original_length: length, digest, placeholder, capacity })
}

impl Prepared {
    /// The SHA-256 digest to be signed: of everything but the contents' place.
    #[must_use]
    pub const fn digest(&self) -> [u8; 32] {
        self.update.digest()
    }

    /// The byte range that the digest covers: the start and length of two parts. Between them
    /// stands the contents' place with its delimiters.
    #[must_use]
    pub const fn byte_range(&self) -> [u64; 4] {
        self.update.byte_range()
    }

    /// How many bytes of DER there is room for.
    #[must_use]
    pub const fn capacity(&self) -> usize {
        self.update.capacity()
    }

    /// Puts the signature in its place and gives the signed document.
    ///
    /// The signature is not verified here: that it is over [`Self::digest`], and by whom, is for
    /// the caller to check before.
    ///
    /// # Errors
    /// [`PdfError::SignatureTooLarge`] when it does not fit, [`PdfError::SignatureNotDer`] when it
    /// is not exactly one DER SEQUENCE.
    pub fn embed(mut self, cms_der: &[u8]) -> Result<Vec<u8>, PdfError> {
        self.original.append(&mut self.update.embed(cms_der)?);
        Ok(self.original)
    }
}

impl PreparedUpdate {
    /// The SHA-256 digest to be signed: of the document and the update, but for the contents'
    /// place.
    #[must_use]
    pub const fn digest(&self) -> [u8; 32] {
        self.digest
    }

    /// The byte range that the digest covers: the start and length of two parts of the document
    /// with its update. Between them stands the contents' place with its delimiters.
    #[must_use]
    pub const fn byte_range(&self) -> [u64; 4] {
        self.placeholder.range(self.original_length, self.update.len())
    }

    /// How many bytes of DER there is room for.
    #[must_use]
    pub const fn capacity(&self) -> usize {
        self.capacity
    }

    /// The length of the document that was prepared, in bytes: where the update belongs.
    #[must_use]
    pub const fn original_length(&self) -> u64 {
        self.original_length
    }

    /// Puts the signature in its place and gives the bytes that follow the original in the signed
    /// document.
    ///
    /// The signature is not verified here: that it is over [`Self::digest`], and by whom, is for
    /// the caller to check before.
    ///
    /// # Errors
    /// [`PdfError::SignatureTooLarge`] when it does not fit, [`PdfError::SignatureNotDer`] when it
    /// is not exactly one DER SEQUENCE.
    pub fn embed(mut self, cms_der: &[u8]) -> Result<Vec<u8>, PdfError> {
        check_der(cms_der)?;
        if cms_der.len() > self.capacity {
            return Err(PdfError::SignatureTooLarge {
                needed: cms_der.len(),
                reserved: self.capacity,
            });
        }
        let mut digits = Vec::with_capacity(cms_der.len().saturating_mul(2));
        serialize::write_hexadecimal(&mut digits, cms_der);
        let start = self.placeholder.contents.start.saturating_add(1);
        if let Some(place) = self.update.get_mut(start..start.saturating_add(digits.len())) {
            place.copy_from_slice(&digits);
        }
        Ok(self.update)
    }
}

impl fmt::Debug for Prepared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Never the document itself: it may be anyone's secret.
        f.debug_tuple("Prepared").field(&self.update).finish()
    }
}

impl fmt::Debug for PreparedUpdate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Nor what is repeated of it.
        f.debug_struct("PreparedUpdate")
            .field("length", &self.update.len())
            .field("byte_range", &self.byte_range())
            .field("capacity", &self.capacity)
            .finish()
    }
}

fn check_der(cms: &[u8]) -> Result<(), PdfError> {
    let not_der = |what| Err(PdfError::SignatureNotDer { what });
    if cms.is_empty() {
        return not_der("it is empty");
    }
    if cms.starts_with(b"-----BEGIN") {
        return not_der("it is armoured as PEM");
    }
    if cms.first() != Some(&0x30) {
        return not_der("it does not begin with a SEQUENCE");
    }
    if der::is_indefinite(cms) {
        return not_der("it is BER of indefinite length; encode it again as DER");
    }
    match der::element_length(cms) {
        Some(length) if length == cms.len() => Ok(()),
        Some(_) => not_der("bytes follow it"),
        None => not_der("it is truncated or malformed"),
    }
}

/// What was signed must be readable again.
const fn readable(length: u64) -> Result<(), PdfError> {
    if length > limits::MAX_DOCUMENT_BYTES {
        return Err(PdfError::TooLarge { length });
    }
    Ok(())
}

fn check(options: &SignatureOptions) -> Result<(), PdfError> {
    if options.reserve == 0 || options.reserve > limits::MAX_RESERVE {
        return Err(PdfError::Options { what: "the reserve is 0 or larger than 1 MiB" });
    }
    let texts = [&options.reason, &options.location, &options.name, &options.contact];
    if texts.into_iter().flatten().any(|text| text.chars().count() > limits::MAX_TEXT) {
        return Err(PdfError::Options { what: "a text is longer than 1024 characters" });
    }
    options.stamp.as_ref().map_or(Ok(()), |stamp| stamp.check())
}

/// The signature field, which is its own widget (ISO 32000-1 §12.5.6.19, §12.7.4.5).
fn widget(
    update: &mut Update<'_>,
    options: &SignatureOptions,
    signable: &Signable,
    page: &Page,
    signature: ObjectId,
) -> Result<Dictionary, PdfError> {
    let mut widget = Dictionary::default()
        .with("Type", Object::name("Annot"))
        .with("Subtype", Object::name("Widget"))
        .with("FT", Object::name("Sig"))
        .with("T", Object::String(text::encode(&signable.field_name)))
        .with("F", Object::Integer(PRINT_AND_LOCKED))
        .with("P", Object::Reference(page.id))
        .with("V", Object::Reference(signature));
    let Some(stamp) = &options.stamp else {
        return Ok(widget.with("Rect", Object::Array([0; 4].map(Object::Integer).to_vec())));
    };
    let (rectangle, matrix) = stamp.place(page)?;
    let (dictionary, content) = appearance::appearance(stamp, options, matrix)?;
    let id = update.allocate()?;
    update.stream(id, dictionary, &content)?;
    widget.set("Rect", Object::Array(rectangle.map(Object::real).to_vec()));
    let appearances = Dictionary::default().with("N", Object::Reference(id));
    widget.set("AP", Object::Dictionary(appearances));
    Ok(widget)
}

/// Puts the widget on its page: in the page's own array of annotations, or in the object that
/// holds it.
fn annotate(
    update: &mut Update<'_>,
    page: &Page,
    (holder, annotations): (Option<ObjectId>, Vec<Object>),
    field: ObjectId,
) -> Result<(), PdfError> {
    let annotations = appended(annotations, field);
    match holder {
        Some(id) => update.object(id, &annotations),
        None => {
            let page_with = page.dictionary.clone().with("Annots", annotations);
            update.object(page.id, &Object::Dictionary(page_with))
        }
    }
}

/// Enters the field in the form, which is made when there is none, and declares in the catalog what
/// must be declared.
fn enter_in_form(
    update: &mut Update<'_>,
    document: &Document<'_>,
    signable: &Signable,
    options: &SignatureOptions,
    [signature, field]: [ObjectId; 2],
) -> Result<(), PdfError> {
    let mut catalog = signable.catalog.clone();
    if options.certify.is_some() {
        let permissions = document.dictionary(&catalog, "Perms")?.unwrap_or_default();
        let permissions = permissions.with("DocMDP", Object::Reference(signature));
        catalog.set("Perms", Object::Dictionary(permissions));
    }
    if options.sub_filter == SubFilter::EtsiCadesDetached && signable.version < (2, 0) {
        declare_cades(document, &mut catalog)?;
    }
    let form = signable.form.as_ref();
    let mut dictionary = form.map_or_else(Dictionary::default, |form| form.dictionary.clone());
    let (holder, fields) = document.array(&dictionary, "Fields")?;
    let fields = appended(fields, field);
    match holder {
        Some(id) => update.object(id, &fields)?,
        None => dictionary.set("Fields", fields),
    }
    // SignaturesExist and AppendOnly: ISO 32000-1 §12.7.2, table 219.
    let flags = document.entry(&dictionary, "SigFlags")?.as_integer().unwrap_or(0);
    dictionary.set("SigFlags", Object::Integer(flags | 3));
    match form.map(|form| (form.id, &form.dictionary)) {
        Some((Some(_), unchanged)) if *unchanged == dictionary => {}
        Some((Some(id), _)) => update.object(id, &Object::Dictionary(dictionary))?,
        Some((None, _)) => catalog.set("AcroForm", Object::Dictionary(dictionary)),
        None => {
            let id = update.allocate()?;
            update.object(id, &Object::Dictionary(dictionary))?;
            catalog.set("AcroForm", Object::Reference(id));
        }
    }
    if catalog == signable.catalog {
        return Ok(());
    }
    update.object(signable.catalog_id, &Object::Dictionary(catalog))
}

/// Declares that the document uses the extension `ESIC` of PDF 1.7, which CAdES signatures are
/// below PDF 2.0 (ISO 32000-1 §7.12, ETSI EN 319 142-1).
fn declare_cades(document: &Document<'_>, catalog: &mut Dictionary) -> Result<(), PdfError> {
    let mut extensions = document.dictionary(catalog, "Extensions")?.unwrap_or_default();
    if extensions.get("ESIC").is_none() {
        let extension = Dictionary::default()
            .with("BaseVersion", Object::name("1.7"))
            .with("ExtensionLevel", Object::Integer(1));
        extensions.set("ESIC", Object::Dictionary(extension));
        catalog.set("Extensions", Object::Dictionary(extensions));
    }
    Ok(())
}

/// The array with a reference to `field` appended.
fn appended(mut items: Vec<Object>, field: ObjectId) -> Object {
    items.push(Object::Reference(field));
    Object::Array(items)
}
