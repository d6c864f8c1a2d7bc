//! The matrix of the request for signatures, which is sent once, and of what it brings.

use rubrica::Error;
use rubrica::Fault as Whose;
use rubrica::certillion::{Job, Standard};
use rubrica::core::error::PeerError;
use rubrica::verify::{Rejection, Unfit};
use rubrica_sandbox::Fault;
use rubrica_sandbox::certillion::SIGNATURE;
use rubrica_tests::certillion::{detached, jobs};
use rubrica_tests::{is, malformed, peer, refused};

use crate::cell::Cell;
use crate::table::{GARBAGE, REFUSALS, answer, passing, refusal, status};

fn cell(name: &str, fault: Fault) -> Cell {
    Cell::new(name, SIGNATURE, fault)
}

fn answer_after_processing(status: u16) -> Fault {
    Fault::Answer { status, headers: Vec::new(), body: String::new(), processed: true }
}

pub(crate) fn request() -> Vec<Cell> {
    let mut cells: Vec<Cell> = passing(SIGNATURE).into_iter().map(|cell| cell.sent(2)).collect();
    let unauthorized = peer!(PeerError::Unauthorized);
    cells.extend([
        cell("slow", Fault::Delay { milliseconds: 700 }).sent(1),
        // A grant that is not good is asked for once more, and then no more.
        cell("401", answer(401)).sent(2).asked(2),
        cell("401 in its words", status(401, 250)).sent(2).asked(2),
        cell("401", answer(401)).times(2).sent(2).asked(2).fails(Whose::Service, unauthorized),
        cell("accesses exhausted", status(401, 218)).sent(1).fails(Whose::Service, refused!(401)),
        cell("declined", status(400, 400)).sent(1).fails(Whose::Holder, peer!(PeerError::Denied)),
        cell("no certificate", status(400, 620)).sent(1).fails(Whose::Service, refused!(400)),
        // What was uploaded and is not there goes once more.
        cell("forgotten", status(400, 711)).sent(2).uploads(Some(2)).asked(2),
        cell("forgotten", status(400, 711))
            .times(2)
            .sent(2)
            .uploads(Some(2))
            .asked(2)
            .fails(Whose::Service, refused!(400)),
        cell("a code that no table has", status(400, 299))
            .sent(1)
            .fails(Whose::Service, refused!(400)),
        cell("success that is an error", status(200, 702))
            .sent(1)
            .fails(Whose::Service, refused!(200)),
    ]);
    for status in REFUSALS {
        let whole = cell(&status.to_string(), answer(status)).sent(1);
        cells.push(whole.fails(Whose::Service, refusal(status)));
    }
    // Nobody can tell whether it signed: it is not sent again.
    for (name, fault, made) in [
        ("502", answer(502), 0),
        ("502 after signing", answer_after_processing(502), 1),
        ("504", answer(504), 0),
        ("504 after signing", answer_after_processing(504), 1),
        ("504 after signing, in its words", Fault::TimeoutAfterSigning, 1),
        ("500 with a code that leaves it open", status(500, 301), 0),
        ("503 with a code that leaves it open", status(503, 110), 0),
        ("reset before", Fault::ResetBefore, 0),
        ("reset after", Fault::ResetAfter, 1),
        ("no byte of the answer", Fault::Truncate { bytes: 0 }, 1),
        ("cut in the head", Fault::Truncate { bytes: 40 }, 1),
        ("cut in the body", Fault::Truncate { bytes: 500 }, 1),
        ("endless body", Fault::Flood, 1),
    ] {
        for documents in [1, 3] {
            let whole = cell(name, fault.clone()).documents(documents).sent(1);
            cells.push(whole.doubt().made(made * documents));
        }
    }
    for job in jobs() {
        let whole = cell("reset after", Fault::ResetAfter).job(&job).sent(1);
        cells.push(whole.doubt().made(2));
    }
    for garbage in GARBAGE {
        let whole = cell(&format!("{garbage:?}"), Fault::Garbage(garbage)).sent(1);
        cells.push(whole.doubt().made(2));
    }
    cells
}

/// Replies that can be read, of success, which is not that of each document.
pub(crate) fn entries() -> Vec<Cell> {
    let mut cells = Vec::new();
    // What is not the answer to what was asked says not that nothing was signed.
    for (name, fault) in [
        ("wrong id", Fault::WrongId),
        ("duplicate id", Fault::DuplicateId),
        ("missing id", Fault::MissingId),
        ("extra id", Fault::ExtraId),
    ] {
        for documents in [1, 3] {
            let whole = cell(name, fault.clone()).documents(documents).sent(1);
            cells.push(whole.doubt().made(documents));
        }
    }
    // 140 alone says that it is signed.
    for code in [100, 110, 130, 141, 301] {
        let of = |entry| cell(&format!("status {code}"), Fault::EntryStatus { code, entry });
        cells.push(of(None).sent(1).doubt());
        for place in [0, 2] {
            cells.push(of(Some(place)).documents(3).sent(1).doubt_of(place));
        }
    }
    for (code, whose, told) in [
        (200, Whose::Service, refused!(200)),
        (205, Whose::Service, refused!(200)),
        (223, Whose::Holder, peer!(PeerError::Denied)),
        (250, Whose::Service, peer!(PeerError::Unauthorized)),
        (400, Whose::Holder, peer!(PeerError::Denied)),
        (600, Whose::Service, refused!(200)),
        (620, Whose::Service, refused!(200)),
        (700, Whose::Service, refused!(200)),
        (711, Whose::Service, refused!(200)),
        (713, Whose::Service, refused!(200)),
        (999, Whose::Service, refused!(200)),
        (u16::MAX, Whose::Service, refused!(200)),
    ] {
        let of = |entry| cell(&format!("status {code}"), Fault::EntryStatus { code, entry });
        cells.push(of(None).sent(1).fails(whose, told));
        for place in [0, 2] {
            cells.push(of(Some(place)).documents(3).sent(1).one(place, whose, told));
        }
    }
    let missing = || cell("no transaction", Fault::MissingTransaction).sent(1);
    let unknown = || cell("a transaction that does not exist", Fault::OtherTransaction).sent(1);
    let malformed = malformed!(Signature);
    cells.extend([
        missing().fails(Whose::Service, malformed).made(2),
        missing().documents(1).fails(Whose::Service, malformed).made(1),
        // What stands apart from its document came with the reply, and needs no download.
        missing().job(&detached()),
        unknown().unfetched(0, Whose::Service, refused!(404)),
        unknown().job(&detached()),
    ]);
    for job in jobs() {
        // Each is good, and none is its document's.
        let is_bad = is!(Error::Rejected(_) | Error::Pdf(_) | Error::Xml(_) | Error::Unsigned);
        let swapped = |fault: Fault| cell(&format!("{fault:?}"), fault).job(&job).sent(1);
        let ids = swapped(Fault::SwappedIds);
        cells.push(ids.fails(Whose::Verification, is_bad).made(2));
        let transactions = swapped(Fault::SwappedTransactions);
        cells.push(match job.detached {
            true => transactions,
            false => transactions.fails(Whose::Verification, is_bad).made(2),
        });
    }
    cells
}

/// Replies that can be read, and whose signatures are not good.
pub(crate) fn verification() -> Vec<Cell> {
    let bad = is!(Error::Rejected(Rejection::Signature));
    let other_digest = is!(Error::Rejected(Rejection::MessageDigest) | Error::XmlSignature(_));
    let other_holder = is!(Error::Rejected(Rejection::Holder { .. }));
    let expired = is!(Error::Rejected(Rejection::Unfit { unfit: Unfit::Expired { .. }, .. }));
    let unknown = is!(Error::Rejected(Rejection::UnknownIssuer { .. }));
    let altered = is!(Error::Rejected(Rejection::MessageDigest)
        | Error::Pdf(_)
        | Error::Xml(_)
        | Error::Unsigned);
    let mut cells = Vec::new();
    for job in jobs() {
        let made = |name: &str, fault, told| {
            let whole = cell(name, fault).documents(1).job(&job).sent(1);
            whole.fails(Whose::Verification, told).made(1)
        };
        cells.extend([
            made("another key", Fault::WrongKey, bad),
            made("a bit changed", Fault::TamperedSignature, bad),
            made("another holder", Fault::WrongHolder, other_holder),
            made("another digest", Fault::WrongDigest, other_digest),
            made("expired", Fault::ExpiredCertificate, expired),
            made("unknown root", Fault::UnknownRoot, unknown),
            made("altered document", Fault::AlteredDocument, altered),
            cell("unknown root", Fault::UnknownRoot).job(&job).without_trust(),
        ]);
    }
    // One that is bad leaves the others.
    let of = |name: &str, fault| {
        let job = Job::new(Standard::PadesIcpBr);
        cell(name, fault).documents(3).job(&job).sent(1).made(3)
    };
    cells
        .push(of("another key, of three", Fault::WrongKey).fails(Whose::Verification, bad).made(3));
    cells
}
