//! What to do about a code of the service's.

use crate::advice::Advice;

/// What to do about a code; `None` where nothing went wrong, and for a number that is not known.
///
/// The API page advises on the codes of single exchanges; the others follow from their meaning. It
/// is apart from the codes' texts, so that whoever reads refusals does not carry them.
pub(super) const fn advice(number: u16) -> Option<Advice> {
    Some(match number {
        // The token: another one is needed.
        209 | 249 | 250 | 501 | 807 => Advice::AuthorizeAgain,
        // What was contracted.
        210 | 212 | 218 | 802 => Advice::CheckQuota,
        220 | 222 => Advice::CheckCredentials,
        // The holder said no, or has to do something with a device, a card or a PIN.
        211 | 223 | 230 | 232 | 311 | 320 | 321 | 400 | 431 | 630..=633 | 640 | 661 => {
            Advice::AskHolder
        }
        // It passes by itself.
        300 | 301 | 610 => Advice::TryLater,
        414 | 430 => Advice::StartAgain,
        231 | 620 | 622 => Advice::OtherCertificate,
        600 | 603..=609 | 621 => Advice::RenewCertificate,
        200..=206 | 221 | 310 | 312 | 502 | 503 | 601 | 660 | 662 => Advice::FixRequest,
        702 | 710..=713 | 720..=723 | 801 => Advice::FixRequest,
        224 | 410..=413 | 420..=425 | 440 | 450..=452 | 500 => Advice::ContactProvider,
        602 | 650 | 700 | 701 | 800 | 803 => Advice::ContactProvider,
        _ => return None,
    })
}
