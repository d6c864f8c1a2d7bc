//! `batch`: many bare signatures with one approval.

use std::time::{Instant, SystemTime};

use rubrica::verify::{self, Expected, Padding, UnixTime};
use rubrica_core::document::Digest;
use rubrica_core::oauth::scope::Scope;
use rubrica_core::psc::{self, Content, Format, Item, Order, Signature};

use crate::Failure;
use crate::account::Account;
use crate::arguments::Arguments;
use crate::drive::Link;
use crate::first::milliseconds;
use crate::report::Report;

/// `rubrica-bench batch BASE_URL CA_PEM N [--unverified] [--per-request COUNT]`
///
/// The clock runs from the order, with the token at hand, to the last signature, decoded and verified.
pub(crate) fn run(arguments: &Arguments) -> Result<Report, Failure> {
    let account = Account::read(arguments)?;
    let count = arguments.count(2)?;
    let verified = !arguments.flag("unverified");
    let application = account.application()?;
    let mut link = Link::new(&account)?;
    let grant = link.log_in(&account, &application, Scope::SignatureSession)?;
    let certificates = link.certificates(&application, &grant)?;
    let (signer, chain) = certificates.split_first().ok_or("the holder has no certificate")?;

    let digest = Digest::of(b"peers");
    let ids: Vec<String> = (1..=count).map(|number| number.to_string()).collect();
    let item = |id| Item { id, alias: "peers", content: Content::Digest(digest) };
    let items: Vec<Item<'_>> = ids.iter().map(|id| item(id)).collect();
    let order = Order {
        items: &items,
        format: Format::Raw,
        padding: Some(psc::Padding::Pkcs1V15),
        signature_page: false,
        certificate_alias: None,
    };
    let expected = Expected {
        digest: *digest.as_bytes(),
        holder: Some(account.holder),
        at: UnixTime::from(SystemTime::now()),
        anchors: account.trust.as_ref(),
    };
    let mut signed = 0;
    let begun = Instant::now();
    link.sign(&application, &order, grant, &mut (), &mut (), |batch| {
        let mut bytes = [0; 1024];
        for (_, signature) in batch.outcome.as_ref().map_err(|error| *error)?.iter() {
            let Signature::Detached(signature) = signature? else {
                return Err("a document came back, and no signature".into());
            };
            let signature = signature.decode(&mut bytes)?;
            if verified {
                verify::raw(signature, signer, chain, Padding::Pkcs1v15, &expected)?;
            }
            signed += 1;
        }
        Ok(())
    })?;
    let taken = begun.elapsed();
    if signed != count {
        return Err(format!("{signed} signatures instead of {count}").into());
    }
    Ok(Report::new()
        .with("n", count)
        .with("ms", milliseconds(taken))
        .with("signatures_per_s", count as f64 / taken.as_secs_f64())
        .with("per_request", account.provider.limits.documents_per_request)
        .with("verified", verified))
}
