//! The certificates that come with a signature.

use crate::{
    error::{Unverifiable, XmlError},
    fields::{DSIG, Fields, bytes, is},
    limits,
    read::Document,
};

/// The certificates of every `X509Data` (XML Signature 1.1 §4.5.4) of `KeyInfo`, in their order.
/// Keys and names that stand there without one are not used.
pub(crate) fn certificates(
    document: &Document<'_>,
    key_info: usize,
) -> Result<Vec<Vec<u8>>, XmlError> {
    let mut found = Vec::new();
    for data in Fields::of(document, key_info)?.rest() {
        if !is(document, data, DSIG, "X509Data") {
            continue;
        }
        for item in Fields::of(document, data)?.rest() {
            if !is(document, item, DSIG, "X509Certificate") {
                continue;
            }
            if found.len() >= limits::CERTIFICATES {
                return Err(Unverifiable::TooLarge("certificates").into());
            }
            found.push(bytes(document, item, limits::CERTIFICATE_BYTES)?);
        }
    }
    Ok(found)
}
