//! Makes room for a signature in a PDF, fills it, and reads signatures back.
//!
//! The document never has to leave the machine: [`prepare`] adds everything that a signature needs
//! by an incremental update and gives the digest to be signed, and [`Prepared::embed`] puts the CMS
//! that came back into its place.
//!
//! ```
//! use rubrica_pdf::{SignatureOptions, SigningTime, inspect, prepare, signatures};
//!
//! # fn main() -> Result<(), rubrica_pdf::PdfError> {
//! # let document = include_bytes!("../tests/samples/one_page.pdf");
//! # let sign = |_: [u8; 32]| [0x30, 0x03, 0x02, 0x01, 0x00];
//! // What cannot be signed is refused before anyone is asked to approve.
//! assert_eq!(inspect(document)?.pages, 1);
//!
//! let mut options = SignatureOptions::new(SigningTime::from_unix_seconds(1_795_297_672)?);
//! options.reason = Some("Aprovação".to_owned());
//! let prepared = prepare(document, &options)?;
//! let cms = sign(prepared.digest());
//! let signed = prepared.embed(&cms)?;
//!
//! assert!(signed.starts_with(document));
//! assert_eq!(signatures(&signed)?[0].contents, cms);
//! # Ok(())
//! # }
//! ```
//!
//! A document that a service signed by itself is held against the original by [`added_signature`],
//! and what was added after each of its signatures is judged by [`later_changes`].
//!
//! A document need not be in memory: everything but [`prepare`] takes a [`Source`], such as a
//! [`File`](std::fs::File), and [`prepare_update`] gives what has to be written after one.
//!
//! # How a document is read
//! Object by object, as each is needed, within the bounds of [`limits`], and strictly: where the
//! cross-references are wrong, readers guess, each in its own way, and what is signed must not
//! depend on a guess. A general PDF library loads a whole file at once and repairs it, which is
//! right for showing it; a file of 45 KB can make one take gigabytes.
//!
//! # What it takes in memory
//! Where the document is in memory, it is read there. Where it is not, it is read through windows of
//! 4 KiB, and from one end to the other in pieces of 8 KiB; page contents, images and fonts are
//! never read but to be hashed or compared. What is held then does not grow with the document's
//! length, but with this:
//!
//! - cross-reference tables: 24 bytes for each run of consecutive numbers; the rows stay in the file.
//!   Rows that are not twenty bytes long, as they should be, take 7 bytes each;
//! - cross-reference streams: their rows as they are inflated, mostly 5 to 7 bytes for each object,
//!   three times that for a moment;
//! - object streams: the last 64 KiB of those that were inflated, and all that had to be inflated
//!   twice, up to [`limits::MAX_INFLATED_BYTES_IN_ALL`];
//! - the object that is being read: about 32 bytes for each of its parts, which counts where one
//!   node has all the pages of a long document, or one array all its fields;
//! - about 100 bytes for each object that later revisions change, when that is judged;
//! - a bit for each object number, up to the highest of a page or a field;
//! - the signatures: their contents, each twice while they are compared.
//!
//! Measured as the most bytes held at once, in a test of this crate: a document of 7 MB that is one
//! stream, and one of 50,000 objects in a table, take 10 KB to [`inspect`], 61 KB to read a signature
//! of 16 KiB, 51 KB to [`prepare_update`], 69 KB to find what was added, and 91 KB to judge what a
//! second signature changed, as one of 723 bytes does; 50,000 objects in object streams take 0.9 MB.
//!
//! # What is written
//! An incremental update (ISO 32000-1 §7.5.6) with a signature dictionary, a signature field that
//! is its own widget, the page's annotations, the form, and where needed the catalog; then a
//! cross-reference section of the kind that the document's last one is. The same document and the
//! same [`SignatureOptions`] give the same bytes.
#![warn(clippy::indexing_slicing)]

mod addition;
mod appearance;
mod changes;
mod date;
mod der;
mod error;
mod filters;
mod form;
mod helvetica;
mod inspect;
pub mod limits;
mod object;
mod object_streams;
mod options;
mod pages;
mod permissions;
mod placeholder;
mod prepare;
mod qr;
mod reading;
mod runs;
mod serialize;
mod signatures;
mod source;
mod stamp;
mod syntax;
mod text;
mod update;
mod visited;
mod window;
mod xref;

pub use addition::{added_signature, appended_signature};
pub use changes::{Change, Changes, Finding, later_changes};
pub use date::SigningTime;
pub use error::{Fault, PdfError};
pub use inspect::{Certification, Inspection, inspect};
pub use options::{SignatureOptions, SubFilter};
pub use prepare::{Prepared, PreparedUpdate, prepare, prepare_update};
pub use signatures::{
    Coverage, EmbeddedSignature, FieldContent, SignatureField, Written, signature_fields,
    signatures,
};
pub use source::Source;
pub use stamp::{Corner, Stamp, StampLanguage, StampPage};
