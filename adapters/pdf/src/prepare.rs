//! A document made ready to be signed, and signed.

use core::fmt;

use sha2::{Digest as _, Sha256};

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
use crate::stamp::StampPage;
use crate::text;
use crate::update::Update;

/// The flags of the field's widget (ISO 32000-1 §12.5.3): print, locked.
const PRINT_AND_LOCKED: i64 = 4 | 128;

/// A document with room for a signature: everything is in place but the signature itself.
///
/// It holds the whole document once.
#[derive(Clone)]
pub struct Prepared {
    file: Vec<u8>,
    placeholder: Placeholder,
    capacity: usize,
}

/// Makes room for a signature in `original`, by an incremental update: the original bytes are an
/// exact prefix of the result, so the signatures that are in it stay valid.
///
/// # Errors
/// What [`inspect`](crate::inspect) refuses; a stamp on a document whose certification does not
/// allow one ([`PdfError::Certified`]) or that does not fit its page; options beyond
/// [`limits`].
pub fn prepare(original: &[u8], options: &SignatureOptions) -> Result<Prepared, PdfError> {
    check(options)?;
    let room = options.reserve.saturating_mul(2).saturating_add(64 * 1024);
    readable(original.len().saturating_add(room))?;
    let document = Document::open(original)?;
    let signable = Signable::read(&document)?;
    if options.stamp.is_some() && signable.certification == Some(Certification::Forms) {
        return Err(PdfError::Certified { level: 2 });
    }
    let number = match options.stamp.as_ref().map(|stamp| stamp.page) {
        None => 1,
        Some(StampPage::Number(number)) => number,
        Some(StampPage::Last) => signable.pages.count(),
    };
    let page = signable.pages.page(&document, number)?;

    let mut update = Update::new(&document, room);
    let signature = update.allocate()?;
    let field = update.allocate()?;
    let placeholder = update.raw(signature, |out| Placeholder::write(out, options))?;
    let widget = widget(&mut update, options, &signable, &page, signature)?;
    update.object(field, &Object::Dictionary(widget))?;
    annotate(&mut update, &document, &page, field)?;
    enter_in_form(&mut update, &document, &signable, options, field)?;

    let mut file = update.finish()?;
    readable(file.len())?;
    placeholder.fill_range(&mut file);
    Ok(Prepared { file, placeholder, capacity: options.reserve })
}

impl Prepared {
    /// The SHA-256 digest to be signed: of everything but the contents' place.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        let contents = &self.placeholder.contents;
        let mut digest = Sha256::new();
        digest.update(self.file.get(..contents.start).unwrap_or_default());
        digest.update(self.file.get(contents.end..).unwrap_or_default());
        digest.finalize().into()
    }

    /// The byte range that the digest covers: the start and length of two parts. Between them
    /// stands the contents' place with its delimiters.
    #[must_use]
    pub const fn byte_range(&self) -> [u64; 4] {
        self.placeholder.range(self.file.len())
    }

    /// How many bytes of DER there is room for.
    #[must_use]
    pub const fn capacity(&self) -> usize {
        self.capacity
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
        let not_der = |what| PdfError::SignatureNotDer { what };
        if cms_der.is_empty() {
            return Err(not_der("it is empty"));
        }
        if cms_der.starts_with(b"-----BEGIN") {
            return Err(not_der("it is armoured as PEM"));
        }
        if cms_der.first() != Some(&0x30) {
            return Err(not_der("it does not begin with a SEQUENCE"));
        }
        if der::is_indefinite(cms_der) {
            return Err(not_der("it is BER of indefinite length; encode it again as DER"));
        }
        match der::element_length(cms_der) {
            Some(length) if length == cms_der.len() => {}
            Some(_) => return Err(not_der("bytes follow it")),
            None => return Err(not_der("it is truncated or malformed")),
        }
        if cms_der.len() > self.capacity {
            return Err(PdfError::SignatureTooLarge {
                needed: cms_der.len(),
                reserved: self.capacity,
            });
        }
        let mut digits = Vec::with_capacity(cms_der.len().saturating_mul(2));
        serialize::write_hexadecimal(&mut digits, cms_der);
        let start = self.placeholder.contents.start.saturating_add(1);
        if let Some(place) = self.file.get_mut(start..start.saturating_add(digits.len())) {
            place.copy_from_slice(&digits);
        }
        Ok(self.file)
    }
}

impl fmt::Debug for Prepared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Never the document itself: it may be anyone's secret.
        f.debug_struct("Prepared")
            .field("length", &self.file.len())
            .field("byte_range", &self.byte_range())
            .field("capacity", &self.capacity)
            .finish()
    }
}

/// What was signed must be readable again.
const fn readable(length: usize) -> Result<(), PdfError> {
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
    document: &Document<'_>,
    page: &Page,
    field: ObjectId,
) -> Result<(), PdfError> {
    match appended(document, &page.dictionary, "Annots", field)? {
        (Some(id), annotations) => update.object(id, &annotations),
        (None, annotations) => {
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
    field: ObjectId,
) -> Result<(), PdfError> {
    let mut catalog = signable.catalog.clone();
    if options.sub_filter == SubFilter::EtsiCadesDetached && signable.version < (2, 0) {
        declare_cades(document, &mut catalog)?;
    }
    let form = signable.form.as_ref();
    let mut dictionary = form.map_or_else(Dictionary::default, |form| form.dictionary.clone());
    match appended(document, &dictionary, "Fields", field)? {
        (Some(id), fields) => update.object(id, &fields)?,
        (None, fields) => dictionary.set("Fields", fields),
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

/// The array under `key` with a reference to `field` appended, and the object that holds it when it
/// is not a direct part of `dictionary`.
fn appended(
    document: &Document<'_>,
    dictionary: &Dictionary,
    key: &str,
    field: ObjectId,
) -> Result<(Option<ObjectId>, Object), PdfError> {
    let (holder, found) = match dictionary.get(key) {
        Some(object) => document.resolve_with_holder(object)?,
        None => (None, Object::Null),
    };
    let (holder, mut items) = match found {
        Object::Array(items) => (holder, items),
        Object::Null => (None, Vec::new()),
        _ => return Err(PdfError::broken("an array was expected among annotations or fields")),
    };
    items.push(Object::Reference(field));
    Ok((holder, Object::Array(items)))
}
