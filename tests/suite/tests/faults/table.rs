//! The matrix: each exchange, each way to go wrong, and what must come of it.

use rubrica::core::error::{Mismatch, PeerError};
use rubrica::verify::{Rejection, Unfit};
use rubrica::{Error, Fault as Whose, Form};
use rubrica_sandbox::vidaas::{
    APPLICATION, AUTHENTICATIONS, AUTHORIZE, CERTIFICATE_DISCOVERY, SIGNATURE, TOKEN,
    USER_DISCOVERY,
};
use rubrica_sandbox::{
    EXPIRED_HOLDER, Endpoint, ExpiresIn, Fault, Garbage, PendingShape, UNKNOWN_ROOT_HOLDER,
};
use rubrica_tests::{is, malformed, peer, refused};

use crate::cell::{Act, Cell, World};

/// Every shape of a body that is no answer.
const GARBAGE: [Garbage; 8] = [
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
const REFUSALS: [u16; 7] = [301, 302, 307, 308, 400, 405, 500];

/// An answer in the service's place, which did not see the request.
fn answer(status: u16) -> Fault {
    // A redirect leads to an endpoint that no cell but its own asks.
    let headers = match status {
        301..=308 => vec![("Location".to_owned(), "/v0/oauth/application".to_owned())],
        _ => Vec::new(),
    };
    Fault::Answer { status, headers, body: String::new(), processed: false }
}

fn answer_after_processing(status: u16) -> Fault {
    Fault::Answer { status, headers: Vec::new(), body: String::new(), processed: true }
}

fn answer_with_wait(status: u16, retry_after: &str) -> Fault {
    let headers = vec![("Retry-After".to_owned(), retry_after.to_owned())];
    let body = "To many requests".to_owned();
    Fault::Answer { status, headers, body, processed: false }
}

/// What passes by itself: the exchange is done again, and all is well.
fn passing(endpoint: Endpoint) -> Vec<Cell> {
    let cell = |name: &str, fault| Cell::new(name, endpoint, fault);
    vec![
        cell("429 without Retry-After", answer(429)),
        cell("429 with Retry-After in seconds", answer_with_wait(429, "1")),
        cell("429 with a date", answer_with_wait(429, "Sun, 06 Nov 1994 08:49:37 GMT")),
        cell("429 with nonsense", answer_with_wait(429, "soon")),
        cell("503", answer(503)),
        cell("503 with Retry-After", answer_with_wait(503, "1")),
        cell("408", answer(408)),
    ]
}

/// An exchange that may be repeated: what passes by itself, and what is lost on the way.
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
        cell("cut in the body", Fault::Truncate { bytes: 130 }),
        cell("endless body", Fault::Flood),
    ]);
    cells
}

pub(crate) fn authorize() -> Vec<Cell> {
    let cell = |name: &str, fault| Cell::new(name, AUTHORIZE, fault);
    let mut cells: Vec<Cell> =
        repeatable(AUTHORIZE).into_iter().map(|cell| cell.asked(1)).collect();
    for status in REFUSALS.into_iter().chain([401, 403, 404]) {
        let whole = cell(&status.to_string(), answer(status)).sent(1).asked(0);
        cells.push(match status {
            301 => whole.stops(Whose::Service, refused!(301)),
            302 => whole.stops(Whose::Service, refused!(302)),
            307 => whole.stops(Whose::Service, refused!(307)),
            308 => whole.stops(Whose::Service, refused!(308)),
            500 => whole.stops(Whose::Service, refused!(500)),
            _ => whole.stops(Whose::Service, refused!(400..500)),
        });
    }
    for garbage in GARBAGE {
        let whole = cell(&format!("{garbage:?}"), Fault::Garbage(garbage)).sent(1);
        cells.push(whole.stops(Whose::Service, malformed!(Authorization)));
    }
    let throttled = peer!(PeerError::Throttled { .. });
    let unavailable = peer!(PeerError::Unavailable { status: 503, .. });
    let too_large = is!(Error::Transport(rubrica_ureq::TransportError::BodyTooLarge { .. }));
    let lost = is!(Error::Transport(rubrica_ureq::TransportError::Interrupted));
    cells.extend([
        cell("429", answer(429)).always().patience(3).stops(Whose::Service, throttled),
        cell("503", answer(503)).always().patience(3).stops(Whose::Service, unavailable),
        cell("endless", Fault::Flood).always().patience(3).stops(Whose::Service, too_large),
        cell("reset", Fault::ResetBefore).always().patience(3).stops(Whose::Network, lost),
    ]);
    cells
}

/// The browser's way back. What is not the answer to this request does not end the wait.
pub(crate) fn redirect() -> Vec<Cell> {
    let expired = peer!(PeerError::Expired);
    let cell = |name: &str, fault| {
        let cell = Cell::new(name, AUTHORIZE, fault).by_redirect().patience(3);
        cell.stops(Whose::Holder, expired).asked(1).sent(1)
    };
    vec![
        cell("another state", Fault::WrongState),
        cell("no state", Fault::MissingState),
        cell("no code", Fault::MissingCode),
        cell("code and error", Fault::CodeAndError),
        cell("code and state twice", Fault::DuplicateParameter),
        cell("another issuer", Fault::WrongIssuer),
        // The browser is shown it; nobody comes back.
        cell("500 to the browser", answer(500)),
        cell("a page without end to the browser", Fault::Truncate { bytes: 40 }),
    ]
}

pub(crate) fn authentications() -> Vec<Cell> {
    let cell = |name: &str, fault| Cell::new(name, AUTHENTICATIONS, fault);
    let expired = peer!(PeerError::Expired);
    let mut cells: Vec<Cell> =
        repeatable(AUTHENTICATIONS).into_iter().map(|cell| cell.asked(1)).collect();
    for status in REFUSALS {
        let whole = cell(&status.to_string(), answer(status)).sent(1);
        cells.push(match status {
            301..=308 => whole.stops(Whose::Service, refused!(301..=308)),
            500 => whole.stops(Whose::Service, refused!(500)),
            _ => whole.stops(Whose::Service, refused!(400..500)),
        });
    }
    // What a service says when a push was denied, or ran out.
    for status in [403, 404, 410] {
        cells.push(cell(&status.to_string(), answer(status)).sent(1).stops(Whose::Holder, expired));
    }
    for garbage in GARBAGE {
        let whole = cell(&format!("{garbage:?}"), Fault::Garbage(garbage));
        cells.push(match garbage {
            // A 200 without a token is one of the shapes of "not yet".
            Garbage::Empty => whole.sent(2),
            _ => whole.sent(1).stops(Whose::Service, malformed!(Approval)),
        });
    }
    let pending = [
        PendingShape::NotModified,
        PendingShape::NotModifiedWithLength,
        PendingShape::Accepted,
        PendingShape::NoContent,
        PendingShape::OkWithoutToken,
    ];
    for shape in pending {
        let whole = || cell(&format!("{shape:?}"), Fault::Pending(shape));
        cells.push(whole().times(3).sent(4).asked(1));
        cells.push(whole().always().patience(2).stops(Whose::Holder, expired));
    }
    cells.extend([
        cell("429", answer(429)).always().patience(3).stops(Whose::Holder, expired),
        cell("503", answer(503)).always().patience(3).stops(Whose::Holder, expired),
        cell("reset", Fault::ResetBefore).always().patience(3).stops(Whose::Holder, expired),
        cell("empty", Fault::Garbage(Garbage::Empty))
            .always()
            .patience(2)
            .stops(Whose::Holder, expired),
    ]);
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
    for status in REFUSALS.into_iter().chain([401, 403]) {
        let whole = cell(&status.to_string(), answer(status)).sent(1);
        cells.push(match status {
            301..=308 => whole.stops(Whose::Service, refused!(301..=308)),
            500 => whole.stops(Whose::Service, refused!(500)),
            _ => whole.stops(Whose::Service, refused!(400..500)),
        });
    }
    for garbage in GARBAGE {
        let whole = cell(&format!("{garbage:?}"), Fault::Garbage(garbage)).sent(1);
        cells.push(whole.stops(Whose::Service, malformed!(Token)));
    }
    let expires = |name: &str, it| cell(name, Fault::ExpiresIn(it));
    let mismatch_type = peer!(PeerError::Mismatch(Mismatch::TokenType));
    let mismatch_scope = peer!(PeerError::Mismatch(Mismatch::Scope));
    let mismatch_holder = peer!(PeerError::Mismatch(Mismatch::Holder));
    let named = |name: &str, scope: &str| cell(name, Fault::Scope(scope.to_owned())).sent(1);
    cells.extend([
        cell("token_type mac", Fault::TokenType("mac".to_owned()))
            .sent(1)
            .stops(Whose::Service, mismatch_type),
        cell("no token_type", Fault::TokenType(String::new()))
            .sent(1)
            .stops(Whose::Service, malformed!(Token)),
        cell("token_type bEARER", Fault::TokenType("bEARER".to_owned())).sent(1),
        named("wider scope", "signature_session").stops(Whose::Service, mismatch_scope),
        named("another scope", "authentication_session").stops(Whose::Service, mismatch_scope),
        named("two scopes", "single_signature multi_signature")
            .stops(Whose::Service, mismatch_scope),
        expires("expires_in absent", ExpiresIn::Absent).sent(1),
        expires("expires_in 0", ExpiresIn::Seconds(0))
            .always()
            .sent(1)
            .asked(1)
            .stops(Whose::Service, malformed!(Token)),
        expires("expires_in huge", ExpiresIn::Seconds(u64::MAX)).sent(1),
        expires("expires_in one more than asked", ExpiresIn::LargerThanAsked).sent(1),
        expires("expires_in negative", ExpiresIn::Negative)
            .sent(1)
            .stops(Whose::Service, malformed!(Token)),
        expires("expires_in as text", ExpiresIn::Text).sent(1),
        cell("another person's", Fault::WrongIdentification)
            .sent(1)
            .stops(Whose::Service, mismatch_holder),
        cell("another person's", Fault::WrongIdentification)
            .by_redirect()
            .sent(1)
            .stops(Whose::Service, mismatch_holder),
        cell("429", answer(429)).always().stops(Whose::Service, peer!(PeerError::Throttled { .. })),
        cell("503", answer(503))
            .always()
            .stops(Whose::Service, peer!(PeerError::Unavailable { .. })),
    ]);
    cells
}

pub(crate) fn signature() -> Vec<Cell> {
    let cell = |name: &str, fault| Cell::new(name, SIGNATURE, fault);
    let in_doubt = peer!(PeerError::InDoubt);
    let ids = peer!(PeerError::Mismatch(Mismatch::Ids));
    let mut cells: Vec<Cell> =
        passing(SIGNATURE).into_iter().map(|cell| cell.sent(2).asked(1)).collect();
    cells.extend([
        cell("slow", Fault::Delay { milliseconds: 700 }).sent(1),
        cell("429", answer_with_wait(429, "1"))
            .always()
            .fails(Whose::Service, peer!(PeerError::Throttled { .. })),
        cell("503", answer_with_wait(503, "1"))
            .always()
            .fails(Whose::Service, peer!(PeerError::Unavailable { status: 503, .. })),
        // A token that is not good is asked for once more, and then no more.
        cell("401", answer(401)).sent(2).asked(2),
        cell("401", answer(401))
            .times(2)
            .sent(2)
            .asked(2)
            .fails(Whose::Service, peer!(PeerError::Unauthorized)),
    ]);
    for status in REFUSALS.into_iter().chain([403, 404, 413]) {
        let whole = cell(&status.to_string(), answer(status)).sent(1).asked(1);
        cells.push(match status {
            301..=308 => whole.fails(Whose::Service, refused!(301..=308)),
            500 => whole.fails(Whose::Service, refused!(500)),
            _ => whole.fails(Whose::Service, refused!(400..500)),
        });
    }
    // Nobody can tell whether it signed: it is not sent again.
    for (name, fault, made) in [
        ("502", answer(502), 0),
        ("502 after signing", answer_after_processing(502), 1),
        ("504", answer(504), 0),
        ("504 after signing", answer_after_processing(504), 1),
        ("reset before", Fault::ResetBefore, 0),
        ("reset after", Fault::ResetAfter, 1),
        ("no byte of the answer", Fault::Truncate { bytes: 0 }, 1),
        ("cut in the head", Fault::Truncate { bytes: 40 }, 1),
        ("cut in the body", Fault::Truncate { bytes: 500 }, 1),
        ("endless body", Fault::Flood, 1),
    ] {
        for (documents, form) in [(1, Form::Pdf), (3, Form::Cms), (1, Form::ServicePadesAdRb)] {
            let whole = cell(name, fault.clone()).documents(documents).form(form).sent(1).asked(1);
            cells.push(whole.fails(Whose::InDoubt, in_doubt).made(made));
        }
    }
    for garbage in GARBAGE {
        let whole = cell(&format!("{garbage:?}"), Fault::Garbage(garbage)).sent(1);
        cells.push(whole.fails(Whose::Service, malformed!(Signature)).made(1));
    }
    for (name, fault) in [
        ("wrong id", Fault::WrongId),
        ("duplicate id", Fault::DuplicateId),
        ("missing id", Fault::MissingId),
        ("extra id", Fault::ExtraId),
    ] {
        for documents in [1, 3] {
            let whole = cell(name, fault.clone()).documents(documents).form(Form::Cms).sent(1);
            cells.push(whole.fails(Whose::Service, ids).made(1));
        }
    }
    cells
}

/// Answers that can be read, and whose signatures are not good.
pub(crate) fn verification() -> Vec<Cell> {
    let cell = |name: &str, fault, form| Cell::new(name, SIGNATURE, fault).form(form).sent(1);
    let bad = is!(Error::Rejected(Rejection::Signature));
    let other_digest = is!(Error::Rejected(Rejection::MessageDigest));
    let other_holder = is!(Error::Rejected(Rejection::Holder { .. }));
    let expired = is!(Error::Rejected(Rejection::Unfit { unfit: Unfit::Expired { .. }, .. }));
    let unknown = is!(Error::Rejected(Rejection::UnknownIssuer { .. }));
    let made = |cell: Cell, told| cell.fails(Whose::Verification, told).made(1);
    let mut cells = Vec::new();
    let all = [
        Form::Pdf,
        Form::Cms,
        Form::ServiceCadesAdRb,
        Form::ServiceCadesAdRt,
        Form::ServicePadesAdRb,
    ];
    for form in all {
        cells.extend([
            made(cell("another key", Fault::WrongKey, form), bad),
            made(cell("a bit changed", Fault::TamperedSignature, form), bad),
            made(cell("another holder", Fault::WrongHolder, form), other_holder),
            made(cell("another digest", Fault::WrongDigest, form), other_digest),
            made(cell("expired", Fault::ExpiredCertificate, form), expired),
            made(cell("unknown root", Fault::UnknownRoot, form), unknown),
            cell("unknown root", Fault::UnknownRoot, form).without_trust(),
        ]);
    }
    for fault in [Fault::WrongKey, Fault::WrongHolder, Fault::WrongDigest, Fault::TamperedSignature]
    {
        cells.push(made(cell(&format!("{fault:?}"), fault, Form::Raw), bad));
    }
    let swapped = || cell("two change places", Fault::SwappedIds, Form::Cms);
    cells.push(made(swapped().documents(2), other_digest));
    let swapped = || cell("two change places", Fault::SwappedIds, Form::Raw);
    cells.push(made(swapped().documents(2), bad));

    let altered = is!(Error::Pdf(_) | Error::Unsigned);
    for form in [Form::ServicePadesAdRb, Form::ServicePadesAdRt] {
        cells.push(made(cell("altered document", Fault::AlteredDocument, form), altered));
        cells.push(cell("base64 without lines", Fault::BareBase64, form));
    }
    let other_certificate = peer!(PeerError::Mismatch(Mismatch::Certificate));
    for form in [Form::Pdf, Form::Raw] {
        let alias = || cell("another alias", Fault::WrongAlias, form);
        cells.push(alias());
        cells.push(alias().with_alias().fails(Whose::Service, other_certificate).made(1));
    }
    for (holder, told) in [(EXPIRED_HOLDER, expired), (UNKNOWN_ROOT_HOLDER, unknown)] {
        let mut whole =
            cell("a holder who has no good one", Fault::Delay { milliseconds: 1 }, Form::Pdf);
        whole.name += holder;
        whole.holder = holder;
        cells.push(made(whole, told));
    }
    cells
}

pub(crate) fn certificate_discovery() -> Vec<Cell> {
    let cell = |name: &str, fault| Cell::new(name, CERTIFICATE_DISCOVERY, fault).form(Form::Raw);
    let mut cells: Vec<Cell> = repeatable(CERTIFICATE_DISCOVERY)
        .into_iter()
        .map(|cell| cell.form(Form::Raw).asked(1))
        .collect();
    for status in REFUSALS.into_iter().chain([403, 404]) {
        let whole = cell(&status.to_string(), answer(status)).sent(1);
        cells.push(match status {
            301..=308 => whole.stops(Whose::Service, refused!(301..=308)),
            500 => whole.stops(Whose::Service, refused!(500)),
            _ => whole.stops(Whose::Service, refused!(400..500)),
        });
    }
    for garbage in GARBAGE {
        let whole = cell(&format!("{garbage:?}"), Fault::Garbage(garbage)).sent(1);
        cells.push(whole.stops(Whose::Service, malformed!(Certificates)));
    }
    let expired = is!(Error::Rejected(Rejection::Unfit { unfit: Unfit::Expired { .. }, .. }));
    let unknown = is!(Error::Rejected(Rejection::UnknownIssuer { .. }));
    let other_holder = is!(Error::Rejected(Rejection::Holder { .. }));
    let other_certificate = peer!(PeerError::Mismatch(Mismatch::Certificate));
    for act in [Act::Sign, Act::Login] {
        let named = |name: &str, fault| {
            let cell = cell(&format!("{name}, {act:?}"), fault).sent(1);
            if act == Act::Login { cell.act(act) } else { cell }
        };
        cells.extend([
            named("expired", Fault::ExpiredCertificate).stops(Whose::Verification, expired),
            named("unknown root", Fault::UnknownRoot).stops(Whose::Verification, unknown),
            named("another holder", Fault::WrongHolder).stops(Whose::Verification, other_holder),
            named("another alias", Fault::WrongAlias)
                .with_alias()
                .stops(Whose::Service, other_certificate),
            named("401", answer(401)).stops(Whose::Service, peer!(PeerError::Unauthorized)),
        ]);
    }
    cells
}

/// The exchanges outside of a session.
pub(crate) fn questions() -> Vec<Cell> {
    let mut cells = Vec::new();
    for cell in repeatable(USER_DISCOVERY) {
        cells.push(cell.act(Act::Discover));
    }
    for status in REFUSALS {
        let cell = |endpoint| Cell::new(status.to_string(), endpoint, answer(status)).sent(1);
        for (endpoint, act) in [(USER_DISCOVERY, Act::Discover), (APPLICATION, Act::Register)] {
            let told = match status {
                301..=308 => refused!(301..=308),
                500 => refused!(500),
                _ => refused!(400..500),
            };
            cells.push(cell(endpoint).act(act).stops(Whose::Service, told));
        }
    }
    for garbage in GARBAGE {
        let cell =
            |endpoint| Cell::new(format!("{garbage:?}"), endpoint, Fault::Garbage(garbage)).sent(1);
        let told = malformed!(Discovery);
        cells.push(cell(USER_DISCOVERY).act(Act::Discover).stops(Whose::Service, told));
        let told = malformed!(Registration);
        cells.push(cell(APPLICATION).act(Act::Register).stops(Whose::Service, told));
    }
    // A registration is not made twice on its own.
    let lost = is!(Error::Transport(rubrica_ureq::TransportError::Interrupted));
    for (name, fault) in [
        ("reset before", Fault::ResetBefore),
        ("reset after", Fault::ResetAfter),
        ("cut in the body", Fault::Truncate { bytes: 200 }),
    ] {
        let cell = Cell::new(name, APPLICATION, fault).act(Act::Register).sent(1);
        cells.push(cell.stops(Whose::Network, lost));
    }
    cells
}

/// No way to the service.
pub(crate) fn unreachable() -> Vec<Cell> {
    use rubrica_ureq::TransportError;
    let mut cells = Vec::new();
    for act in [Act::Sign, Act::Login, Act::Discover, Act::Register] {
        let cell = |name: &str| {
            let nothing = Fault::Delay { milliseconds: 0 };
            Cell::new(format!("{name}, {act:?}"), TOKEN, nothing).act(act).patience(3).sent(0)
        };
        let unreachable = is!(Error::Transport(TransportError::Unreachable { .. }));
        let untrusted = is!(Error::Transport(TransportError::Certificate { .. }));
        cells.extend([
            cell("nobody listens")
                .world(World::NobodyListens)
                .asked(0)
                .stops(Whose::Network, unreachable),
            cell("a TLS authority that is not known")
                .world(World::UnknownAuthority)
                .asked(0)
                .stops(Whose::Network, untrusted),
        ]);
    }
    cells
}
