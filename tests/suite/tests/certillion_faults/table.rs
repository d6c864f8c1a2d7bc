//! The matrix, but for the request for signatures: each request, each way to go wrong, and what must
//! come of it.

use rubrica::Error;
use rubrica::Fault as Whose;
use rubrica::certillion::Job;
use rubrica::core::error::{Mismatch, PeerError};
use rubrica_sandbox::certillion::{AUTHORIZE, CLIENT_TOKEN, DOCUMENT, DOWNLOAD, PAGE, TOKEN};
use rubrica_sandbox::{Endpoint, ExpiresIn, Fault, Garbage};
use rubrica_tests::certillion::jobs;
use rubrica_tests::matrix::Told;
use rubrica_tests::{is, malformed, peer, refused};

use crate::cell::{Cell, World};

/// Every shape of a body that is no answer.
pub(crate) const GARBAGE: [Garbage; 8] = [
    Garbage::Html,
    Garbage::Empty,
    Garbage::InvalidUtf8,
    Garbage::DeepJson,
    Garbage::DuplicateKeys,
    Garbage::CutJson,
    Garbage::Null,
    Garbage::NoBreakSpaces,
];

/// Statuses that no waiting mends. A redirect is one of them: it is not followed.
pub(crate) const REFUSALS: [u16; 10] = [301, 302, 307, 308, 400, 403, 404, 405, 413, 500];

/// An answer in the service's place, which did not see the request.
pub(crate) fn answer(status: u16) -> Fault {
    // A redirect leads to an endpoint that no cell asks.
    let headers = match status {
        301..=308 => vec![("Location".to_owned(), "/v0/oauth/application".to_owned())],
        _ => Vec::new(),
    };
    Fault::Answer { status, headers, body: String::new(), processed: false }
}

/// A refusal in the service's words.
pub(crate) fn status(http: u16, code: u16) -> Fault {
    let headers = vec![("Content-Type".to_owned(), "application/json".to_owned())];
    let body =
        format!("{{\"status\":{{\"code\":{code},\"name\":\"NAME\",\"detail\":\"detail\"}}}}");
    Fault::Answer { status: http, headers, body, processed: false }
}

fn answer_with_wait(status: u16, retry_after: &str) -> Fault {
    let headers = vec![("Retry-After".to_owned(), retry_after.to_owned())];
    let body = "Too many requests".to_owned();
    Fault::Answer { status, headers, body, processed: false }
}

/// The refusal that a status is.
pub(crate) fn refusal(status: u16) -> Told {
    match status {
        301..=308 => refused!(301..=308),
        500 => refused!(500),
        _ => refused!(400..500),
    }
}

/// What passes by itself: the request is sent again, and all is well.
pub(crate) fn passing(endpoint: Endpoint) -> Vec<Cell> {
    let cell = |name: &str, fault| Cell::new(name, endpoint, fault);
    vec![
        cell("429 without Retry-After", answer(429)),
        cell("429 with Retry-After in seconds", answer_with_wait(429, "1")),
        cell("429 with nonsense", answer_with_wait(429, "soon")),
        cell("503", answer(503)),
        cell("503 with Retry-After", answer_with_wait(503, "1")),
        cell("408", answer(408)),
    ]
}

/// A request that may be repeated: what passes by itself, and what is lost on the way.
fn repeatable(endpoint: Endpoint) -> Vec<Cell> {
    let cell = |name: &str, fault| Cell::new(name, endpoint, fault);
    let mut cells = passing(endpoint);
    cells.extend([
        cell("502", answer(502)),
        cell("504", answer(504)),
        cell("slow", Fault::Delay { milliseconds: 700 }),
        cell("reset before", Fault::ResetBefore),
        cell("reset after", Fault::ResetAfter),
        cell("no byte of the answer", Fault::Truncate { bytes: 0 }),
        cell("cut in the head", Fault::Truncate { bytes: 40 }),
        cell("cut in the body", Fault::Truncate { bytes: 200 }),
    ]);
    cells
}

pub(crate) fn client_token() -> Vec<Cell> {
    let cell = |name: &str, fault| Cell::new(name, CLIENT_TOKEN, fault);
    let mut cells = repeatable(CLIENT_TOKEN);
    cells.push(cell("endless body", Fault::Flood));
    for status in REFUSALS.into_iter().chain([401]) {
        let whole = cell(&status.to_string(), answer(status)).sent(1).asked(0);
        cells.push(whole.stops(Whose::Service, refusal(status)));
    }
    for garbage in GARBAGE {
        let whole = cell(&format!("{garbage:?}"), Fault::Garbage(garbage)).sent(1).asked(0);
        cells.push(whole.stops(Whose::Service, malformed!(Token)));
    }
    let mismatch = peer!(PeerError::Mismatch(Mismatch::TokenType));
    cells.extend([
        cell("401 in its words", status(401, 220))
            .sent(1)
            .asked(0)
            .stops(Whose::Service, refused!(401)),
        cell("token_type mac", Fault::TokenType("mac".to_owned()))
            .sent(1)
            .asked(0)
            .stops(Whose::Service, mismatch),
        cell("expires_in absent", Fault::ExpiresIn(ExpiresIn::Absent)),
        cell("expires_in as text", Fault::ExpiresIn(ExpiresIn::Text)),
        cell("expires_in huge", Fault::ExpiresIn(ExpiresIn::Seconds(u64::MAX))),
        cell("expires_in negative", Fault::ExpiresIn(ExpiresIn::Negative))
            .sent(1)
            .asked(0)
            .stops(Whose::Service, malformed!(Token)),
        cell("expires_in 0", Fault::ExpiresIn(ExpiresIn::Seconds(0)))
            .sent(1)
            .asked(0)
            .stops(Whose::Service, malformed!(Token)),
    ]);
    cells
}

pub(crate) fn upload() -> Vec<Cell> {
    let cell = |name: &str, fault| Cell::new(name, DOCUMENT, fault);
    let mut cells: Vec<Cell> =
        repeatable(DOCUMENT).into_iter().map(|cell| cell.uploads(None)).collect();
    cells.push(cell("endless body", Fault::Flood).uploads(None));
    for status in REFUSALS {
        let whole = cell(&status.to_string(), answer(status)).sent(2).uploads(None);
        cells.push(whole.one(0, Whose::Service, refusal(status)));
    }
    for garbage in GARBAGE {
        let whole = cell(&format!("{garbage:?}"), Fault::Garbage(garbage)).sent(2);
        cells.push(whole.one(0, Whose::Service, malformed!(Upload)));
    }
    let unauthorized = peer!(PeerError::Unauthorized);
    cells.extend([
        // A token that is not good is asked for once more, and then no more.
        cell("401", answer(401)).sent(3),
        cell("401 in its words", status(401, 250)).sent(3),
        cell("401", answer(401)).times(2).sent(2).asked(0).stops(Whose::Service, unauthorized),
        cell("accesses exhausted", status(401, 218)).sent(2).uploads(None).one(
            0,
            Whose::Service,
            refused!(401),
        ),
        cell("500 for all", answer(500))
            .always()
            .sent(2)
            .asked(0)
            .uploads(Some(0))
            .fails(Whose::Service, refused!(500)),
        cell("no document_hash", Fault::MissingDocumentHash).sent(2).one(
            0,
            Whose::Service,
            malformed!(Upload),
        ),
        cell("a document_hash that is none", Fault::OpaqueDocumentHash).sent(2),
        cell("success that is an error", status(200, 711)).sent(2).uploads(None).one(
            0,
            Whose::Service,
            refused!(200),
        ),
    ]);
    cells
}

/// The browser's way back. What is not the answer to this request does not end the wait.
pub(crate) fn redirect() -> Vec<Cell> {
    let expired = peer!(PeerError::Expired);
    let cell = |name: &str, endpoint, fault| {
        Cell::new(name, endpoint, fault).patience(2).stops(Whose::Holder, expired)
    };
    let mut cells = vec![
        cell("another state", AUTHORIZE, Fault::WrongState),
        cell("no state", AUTHORIZE, Fault::MissingState),
        cell("no code", AUTHORIZE, Fault::MissingCode),
        cell("code and error", AUTHORIZE, Fault::CodeAndError),
        cell("code and state twice", AUTHORIZE, Fault::DuplicateParameter),
        cell("another issuer", AUTHORIZE, Fault::WrongIssuer),
    ];
    // The browser is shown it; nobody comes back.
    for endpoint in [AUTHORIZE, PAGE] {
        cells.extend([
            cell("500 to the browser", endpoint, answer(500)),
            cell("404 to the browser", endpoint, answer(404)),
            cell("reset", endpoint, Fault::ResetAfter),
            cell("a page that is cut", endpoint, Fault::Truncate { bytes: 40 }),
            cell("a page that is none", endpoint, Fault::Garbage(Garbage::InvalidUtf8)),
        ]);
    }
    cells
}

pub(crate) fn token() -> Vec<Cell> {
    let cell = |name: &str, fault| Cell::new(name, TOKEN, fault);
    let mut cells = passing(TOKEN);
    cells.extend([
        cell("502", answer(502)),
        cell("504", answer(504)),
        cell("slow", Fault::Delay { milliseconds: 700 }),
        cell("reset before", Fault::ResetBefore).sent(2),
    ]);
    // A second try tells that the code was used: nothing was signed, and the holder is asked anew.
    for (name, fault) in [
        ("reset after", Fault::ResetAfter),
        ("no byte of the answer", Fault::Truncate { bytes: 0 }),
        ("cut in the body", Fault::Truncate { bytes: 300 }),
        ("endless body", Fault::Flood),
    ] {
        let used = &["an authorization code was exchanged twice"];
        let whole = cell(name, fault).sent(2).complains(used);
        cells.push(whole.stops(Whose::Service, refused!(400)));
    }
    for status in REFUSALS.into_iter().chain([401]) {
        let whole = cell(&status.to_string(), answer(status)).sent(1);
        cells.push(whole.stops(Whose::Service, refusal(status)));
    }
    for garbage in GARBAGE {
        let whole = cell(&format!("{garbage:?}"), Fault::Garbage(garbage)).sent(1);
        cells.push(whole.stops(Whose::Service, malformed!(Token)));
    }
    let expires = |name: &str, it| cell(name, Fault::ExpiresIn(it)).sent(1);
    let named = |name: &str, scope: &str| {
        let mismatch = peer!(PeerError::Mismatch(Mismatch::Scope));
        cell(name, Fault::Scope(scope.to_owned())).sent(1).stops(Whose::Service, mismatch)
    };
    cells.extend([
        cell("token_type mac", Fault::TokenType("mac".to_owned()))
            .sent(1)
            .stops(Whose::Service, peer!(PeerError::Mismatch(Mismatch::TokenType))),
        cell("token_type bEARER", Fault::TokenType("bEARER".to_owned())).sent(1),
        named("wider scope", "signature_session"),
        named("narrower scope", "single_signature"),
        named("another scope", "authentication_session"),
        named("two scopes", "single_signature multi_signature"),
        expires("expires_in absent", ExpiresIn::Absent),
        expires("expires_in huge", ExpiresIn::Seconds(u64::MAX)),
        expires("expires_in one more than asked", ExpiresIn::LargerThanAsked),
        expires("expires_in as text", ExpiresIn::Text),
        expires("expires_in negative", ExpiresIn::Negative)
            .stops(Whose::Service, malformed!(Token)),
        expires("expires_in 0", ExpiresIn::Seconds(0)).stops(Whose::Service, malformed!(Token)),
        cell("another person's", Fault::WrongIdentification)
            .sent(1)
            .stops(Whose::Service, peer!(PeerError::Mismatch(Mismatch::Holder))),
    ]);
    cells
}

pub(crate) fn download() -> Vec<Cell> {
    let cell = |name: &str, fault| Cell::new(name, DOWNLOAD, fault);
    // All of it was signed, whatever becomes of the download.
    let mut cells: Vec<Cell> = repeatable(DOWNLOAD).into_iter().map(|cell| cell.made(2)).collect();
    for status in REFUSALS.into_iter().filter(|status| *status < 500) {
        let whole = cell(&status.to_string(), answer(status)).sent(2);
        cells.push(whole.unfetched(0, Whose::Service, refusal(status)));
    }
    // What is signed is not given up for the service's own trouble.
    cells.push(cell("500", answer(500)).sent(3));
    let unauthorized = peer!(PeerError::Unauthorized);
    cells.extend([
        cell("endless body", Fault::Flood).sent(2).unfetched(
            0,
            Whose::Service,
            malformed!(Download),
        ),
        cell("not ready", answer(202)).sent(3),
        cell("nothing yet", answer(204)).sent(3),
        cell("401", answer(401)).sent(3),
        cell("401", answer(401)).times(2).sent(2).stops(Whose::Service, unauthorized).made(2),
        cell("no such transaction", status(404, 310)).sent(2).unfetched(
            0,
            Whose::Service,
            refused!(404),
        ),
    ]);

    // What is no document is found out when it is verified.
    let is_bad = is!(Error::Rejected(_) | Error::Pdf(_) | Error::Xml(_) | Error::Unsigned);
    let of = |job: &Job, fault: Fault| {
        let whole = cell(&format!("{fault:?}"), fault.clone()).job(job).sent(2);
        match fault {
            Fault::EmptyDocument | Fault::Garbage(Garbage::Empty) => {
                whole.unfetched(0, Whose::Service, malformed!(Download))
            }
            _ => whole.one(0, Whose::Verification, is_bad).made(2),
        }
    };
    for job in jobs().iter().filter(|job| !job.detached) {
        for fault in [Fault::CutDocument, Fault::OtherDocument, Fault::EmptyDocument] {
            cells.push(of(job, fault));
        }
    }
    cells.extend(GARBAGE.map(|garbage| of(&jobs()[1], Fault::Garbage(garbage))));
    cells
}

/// No way to the service.
pub(crate) fn unreachable() -> Vec<Cell> {
    use rubrica_ureq::TransportError;
    let cell = |name: &str, world, told| {
        let nothing = Fault::Delay { milliseconds: 0 };
        let cell = Cell::new(name, CLIENT_TOKEN, nothing).world(world);
        cell.sent(0).asked(0).stops(Whose::Network, told)
    };
    vec![cell(
        "a TLS authority that is not known",
        World::UnknownAuthority,
        is!(Error::Transport(TransportError::Certificate { .. })),
    )]
}
