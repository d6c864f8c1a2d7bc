//! Errors: whose fault, what to do, and in which words.

use std::collections::BTreeSet;

use rubrica_core::advice::Advice;
use rubrica_core::error::{
    Document, Error, Flaw, JsonFault, Malformed, Mismatch, Misuse, PeerError, Refusal,
    ResourceError,
};
use rubrica_core::language::Language;
use rubrica_core::time::Duration;

fn refusal(status: u16) -> Error {
    PeerError::Refused(Refusal::new(status, "", "")).into()
}

/// A refusal by a service that says itself what helps.
fn advising(code: &str, advice: Advice) -> (Error, Advice) {
    let refusal = Refusal { advice, ..Refusal::new(400, code, "") };
    (PeerError::Refused(refusal).into(), advice)
}

/// One error of each kind with what helps against it.
fn all() -> Vec<(Error, Advice)> {
    let retry_after = Some(Duration::from_secs(7));
    let document = Document::Token;
    let peer = |error: PeerError| Error::from(error);
    vec![
        (peer(PeerError::Denied), Advice::AskHolder),
        (peer(PeerError::Expired), Advice::AskHolder),
        (peer(PeerError::Throttled { retry_after }), Advice::TryLater),
        (peer(PeerError::Unavailable { status: 503, retry_after }), Advice::TryLater),
        (peer(PeerError::Unreachable), Advice::CheckNetwork),
        (peer(PeerError::Unauthorized), Advice::AuthorizeAgain),
        (peer(PeerError::InDoubt), Advice::Resolve),
        (peer(PeerError::Cancelled), Advice::StartAgain),
        (refusal(400), Advice::FixRequest),
        (refusal(401), Advice::CheckCredentials),
        (refusal(403), Advice::CheckCredentials),
        (refusal(404), Advice::FixRequest),
        (refusal(500), Advice::TryLater),
        advising("218", Advice::CheckQuota),
        advising("620", Advice::OtherCertificate),
        advising("605", Advice::RenewCertificate),
        (
            peer(PeerError::Malformed(Malformed {
                document,
                flaw: Flaw::Json { fault: JsonFault::Depth, offset: 16 },
            })),
            Advice::ContactProvider,
        ),
        (
            peer(PeerError::Malformed(Malformed { document, flaw: Flaw::Missing("scope") })),
            Advice::ContactProvider,
        ),
        (peer(PeerError::Mismatch(Mismatch::Ids)), Advice::ContactProvider),
        (ResourceError::BufferTooSmall { needed: 9 }.into(), Advice::EnlargeBuffer),
        (ResourceError::TooLong { what: "code", bound: 9 }.into(), Advice::ContactProvider),
        (Misuse::Snapshot.into(), Advice::StartAgain),
        (Misuse::OutOfOrder.into(), Advice::FixRequest),
        (Misuse::Lifetime.into(), Advice::FixRequest),
    ]
}

#[test]
fn every_error_advises_what_helps() {
    for (error, advice) in all() {
        assert_eq!(error.advice(), advice, "{error:?}");
    }
}

#[test]
fn every_error_says_something_of_its_own_in_one_line() {
    let texts: BTreeSet<String> = all().iter().map(|(error, _)| error.to_string()).collect();
    assert_eq!(texts.len(), all().len());
    for text in texts {
        assert!(text.len() > 8 && !text.contains('\n') && !text.ends_with('.'), "{text}");
    }
}

#[test]
fn faults_name_the_document_the_kind_and_the_place() {
    let error: Error = PeerError::Malformed(Malformed {
        document: Document::Signature,
        flaw: Flaw::Json { fault: JsonFault::Duplicate, offset: 41 },
    })
    .into();
    assert_eq!(error.to_string(), "signature reply: duplicate name at byte 41");
}

#[test]
fn every_advice_has_its_word_and_its_texts() {
    let advices: Vec<Advice> = all().into_iter().map(|(_, advice)| advice).collect();
    let codes: BTreeSet<&str> = advices.iter().map(|advice| advice.code()).collect();
    let distinct: BTreeSet<String> = advices.iter().map(|each| format!("{each:?}")).collect();
    assert_eq!(codes.len(), distinct.len());
    // All that there are.
    assert_eq!(codes.len(), 13);
    for advice in advices {
        assert!(advice.code().bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'));
        let texts = [Language::Portuguese, Language::English].map(|each| advice.text(each));
        assert_ne!(texts[0], texts[1]);
        assert!(texts.iter().all(|text| text.ends_with('.')));
    }
}
