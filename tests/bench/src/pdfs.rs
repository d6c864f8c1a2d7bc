//! `pdfs`: many PDFs signed by their digests, with one approval.
//!
//! Each document is made ready (its own bytes, a place for the signature, a digest), its digest is
//! signed by the service, and the signature, verified, is put into its place. With `raw` what is
//! signed by the service is the digest of the CMS's attributes, and the CMS is made here.

use core::time::Duration;
use std::fs;
use std::path::Path;
use std::time::{Instant, SystemTime};

use rubrica::pdf::{self, SignatureOptions, SigningTime};
use rubrica::verify::{self, Expected, UnixTime};
use rubrica_core::document::Digest;
use rubrica_core::oauth::scope::Scope;
use rubrica_core::psc::{Content, Format, Item, Order, Padding, Signature};

use crate::account::Account;
use crate::arguments::Arguments;
use crate::cms::Signer;
use crate::drive::Link;
use crate::first::milliseconds;
use crate::report::Report;
use crate::{Failure, memory};

/// A contract of one page, unless another document is named.
const CONTRACT: &[u8] = include_bytes!("../../../examples/contract.pdf");

/// A document with room for its signature.
struct Document {
    prepared: pdf::Prepared,
    digest: [u8; 32],
    /// The attributes of a CMS that is made here.
    attributes: Option<Vec<u8>>,
}

/// `rubrica-bench pdfs BASE_URL CA_PEM N [cms|raw] [OUT_DIR] [--pdf FILE]`
pub(crate) fn run(arguments: &Arguments) -> Result<Report, Failure> {
    let account = Account::read(arguments)?;
    let count = arguments.count(2)?;
    let (format, padding) = match arguments.optional(3).unwrap_or("cms") {
        "cms" => (Format::Cms, None),
        "raw" => (Format::Raw, Some(Padding::Pkcs1V15)),
        other => return Err(format!("neither cms nor raw: {other}").into()),
    };
    let original = match arguments.option("pdf", "") {
        "" => CONTRACT.to_vec(),
        path => fs::read(path).map_err(|error| format!("{path}: {error}"))?,
    };
    let application = account.application()?;
    let mut link = Link::new(&account)?;
    let grant = link.log_in(&account, &application, Scope::SignatureSession)?;
    let signer = match format {
        Format::Raw => Some(Signer::new(&link.certificates(&application, &grant)?)?),
        _ => None,
    };
    let now = UnixTime::from(SystemTime::now());

    let begun = Instant::now();
    let mut documents = Vec::with_capacity(count);
    for number in 1..=count {
        let mut options =
            SignatureOptions::new(SigningTime::from_unix_seconds(now.seconds().try_into()?)?);
        // So that no two documents have one digest.
        options.reason = Some(format!("document {number} of {count}"));
        let prepared = pdf::prepare(&original, &options)?;
        let digest = prepared.digest();
        let attributes = signer.as_ref().map(|signer| signer.attributes(&digest));
        documents.push(Document { prepared, digest, attributes });
    }
    let prepare = begun.elapsed();

    let begun = Instant::now();
    let ids: Vec<String> = (1..=count).map(|number| number.to_string()).collect();
    let items: Vec<Item<'_>> = ids
        .iter()
        .zip(&documents)
        .map(|(id, document)| Item {
            id,
            alias: "contract.pdf",
            content: Content::Digest(match &document.attributes {
                Some(attributes) => Digest::of(attributes),
                None => Digest::from_bytes(document.digest),
            }),
        })
        .collect();
    let order =
        Order { items: &items, format, padding, signature_page: false, certificate_alias: None };
    let mut signatures: Vec<Vec<u8>> = Vec::with_capacity(count);
    link.sign(&application, &order, grant, &mut (), &mut (), |batch| {
        for (_, signature) in batch.outcome.as_ref().map_err(|error| *error)?.iter() {
            let Signature::Detached(signature) = signature? else {
                return Err("a document came back, and no signature".into());
            };
            let mut bytes = vec![0; signature.decoded_bound()];
            let length = signature.decode(&mut bytes)?.len();
            bytes.truncate(length);
            signatures.push(bytes);
        }
        Ok(())
    })?;
    let service = begun.elapsed();

    if signatures.len() != count {
        return Err(format!("{} signatures instead of {count}", signatures.len()).into());
    }
    let mut embed = Duration::ZERO;
    for (number, (document, signature)) in documents.into_iter().zip(signatures).enumerate() {
        let begun = Instant::now();
        let cms = match (&signer, &document.attributes) {
            (Some(signer), Some(attributes)) => signer.assemble(attributes, &signature),
            _ => signature,
        };
        let expected = Expected {
            digest: document.digest,
            holder: Some(account.holder),
            at: now,
            anchors: account.trust.as_ref(),
        };
        verify::cms(&cms, &expected)?;
        let signed = document.prepared.embed(&cms)?;
        embed += begun.elapsed();
        if let Some(folder) = arguments.optional(4) {
            let path = Path::new(folder).join(format!("{}.pdf", number + 1));
            fs::write(&path, signed).map_err(|error| format!("{}: {error}", path.display()))?;
        }
    }
    let each = |total: Duration| milliseconds(total) / count as f64;
    Ok(Report::new()
        .with("ms_per_pdf", each(prepare + service + embed))
        .with("prepare_ms_per_pdf", each(prepare))
        .with("service_ms_per_pdf", each(service))
        .with("embed_ms_per_pdf", each(embed))
        .with("hwm_kb", memory::high_water_mark())
        .with("n", count))
}
