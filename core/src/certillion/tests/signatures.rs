//! Replies to the request for signatures.

use super::*;
use crate::error::{Document, Flaw, Malformed, Mismatch};

/// An order of documents with these identifiers, all of them sent, and what a reply makes of it.
fn with_reply<T>(
    profile: &Profile<'_>,
    ids: &[&str],
    body: &str,
    look: impl FnOnce(Result<Signatures<'_>, Error>) -> T,
) -> T {
    let application = application(profile);
    let items: Vec<_> = ids.iter().map(|id| Item::new(id, "a.pdf", 10)).collect();
    let order = Order {
        items: &items,
        standard: Standard::Pades,
        policy: None,
        detached: false,
        pki_name: Some(Order::ICP_BR),
        certificate_alias: None,
    };
    let progress = std::vec![Progress { stage: Stage::Sent, ..Progress::default() }; items.len()];
    let request = SignatureRequest {
        application: &application,
        token: TOKEN,
        order: &order,
        progress: &progress,
        stage: Stage::Sent,
        most: 20,
    };
    look(request.reply(response(200, &mut body.as_bytes().to_vec())))
}

/// What each document's entry says: its check, and its transaction.
type Told = Vec<(Result<(), Error>, Option<String>)>;

fn read_by(profile: &Profile<'_>, ids: &[&str], body: &str) -> Result<Told, Error> {
    with_reply(profile, ids, body, |reply| {
        let mut signatures = reply?;
        let entries = ids.iter().map(|id| {
            let entry = signatures.entry(id).unwrap();
            (entry.check(), entry.transaction().map(ToString::to_string))
        });
        Ok(entries.collect())
    })
}

fn read(ids: &[&str], body: &str) -> Result<Told, Error> {
    read_by(&CERTILLION, ids, body)
}

fn signed(transaction: &str) -> (Result<(), Error>, Option<String>) {
    (Ok(()), Some(transaction.to_string()))
}

const VALID: &str = r#""status":{"code":140,"name":"SIGNATURE_VALID","detail":"d"}"#;

#[test]
fn s31_every_document_has_its_entry_whatever_their_order() {
    let body = format!(
        r#"{{"signatures":[{{"id":"b","transaction_id":"t2",{VALID}}},{{"id":"a","transaction_id":"t1",{VALID}}},{{"id":3,"transaction_id":7,{VALID}}}]}}"#
    );
    let expected = std::vec![signed("t1"), signed("t2"), signed("7")];
    assert_eq!(read(&["a", "b", "3"], &body), Ok(expected));
}

#[test]
fn s31_a_double_a_missing_and_a_foreign_entry_are_refused() {
    let mismatch = || Err(PeerError::Mismatch(Mismatch::Ids).into());
    let body = |ids: &[&str]| {
        let entries: Vec<_> = ids.iter().map(|id| format!(r#"{{"id":"{id}",{VALID}}}"#)).collect();
        format!(r#"{{"signatures":[{}]}}"#, entries.join(","))
    };
    for ids in [
        &["a"][..],
        &["a", "a"],
        &["a", "c"],
        &["a", "b", "c"],
        &["a", "b", "b"],
        &["A", "B"],
        &["a", " b"],
        &[],
    ] {
        assert_eq!(read(&["a", "b"], &body(ids)), mismatch(), "{ids:?}");
    }
    // The reply itself is the entry, of another document.
    assert_eq!(read(&["a"], &format!(r#"{{"id":"b",{VALID}}}"#)), mismatch());
    // Some tell whose they are, and some do not.
    let mixed = format!(r#"{{"signatures":[{{"id":"a",{VALID}}},{{{VALID}}}]}}"#);
    assert_eq!(read(&["a", "b"], &mixed), mismatch());
    let wrong = format!(r#"{{"signatures":[{{"id":["a"],{VALID}}}]}}"#);
    let flaw = Malformed { document: Document::Signature, flaw: Flaw::WrongType("id") };
    assert_eq!(read(&["a"], &wrong), Err(PeerError::Malformed(flaw).into()));
}

#[test]
fn entries_that_do_not_say_whose_they_are_are_taken_as_the_profile_says() {
    let body = format!(
        r#"{{"signatures":[{{"transaction":"t1",{VALID}}},{{"transaction":"t2",{VALID}}}]}}"#
    );
    assert_eq!(read(&["a", "b"], &body), Ok(std::vec![signed("t1"), signed("t2")]));
    let mismatch = || Err(PeerError::Mismatch(Mismatch::Ids).into());
    assert_eq!(read(&["a", "b", "c"], &body), mismatch());
    assert_eq!(read(&["a"], &body), mismatch());
    let strict = Profile { entries_in_order: false, ..CERTILLION };
    assert_eq!(read_by(&strict, &["a", "b"], &body), mismatch());
}

#[test]
fn both_spellings_of_everything_are_read_at_both_levels() {
    let members = [
        (r#""transaction_id":"tx""#, r#""signer_identifier":"11144477735""#),
        (r#""transaction":"tx""#, r#""signer_indentifier":"11144477735""#),
        (
            r#""transaction_id":null,"transaction":"tx""#,
            r#""signer_identifier":"","signer_indentifier":"11144477735""#,
        ),
    ];
    let certificate =
        r#""signer_certificate":{"alias":"A1","dn_subject":"CN=x","certificate":"QUJD"}"#;
    for (transaction, signer) in members {
        let told = format!(
            r#"{VALID},{transaction},{signer},{certificate},"policy_id":"2.16.76.1.7.1.11.1","signature":"c2ln""#
        );
        for body in [
            format!(r#"{{"signatures":[{{"id":"a",{told}}}]}}"#),
            format!(r#"{{"signatures":[{{"id":"a"}}],{told}}}"#),
            format!(r#"{{{told},"signatures":[{{}}]}}"#),
            format!("{{{told}}}"),
            format!(r#"{{"id":"a",{told}}}"#),
        ] {
            with_reply(&CERTILLION, &["a"], &body, |reply| {
                let entry = reply.unwrap().entry("a").unwrap();
                assert_eq!(entry.check(), Ok(()), "{body}");
                assert_eq!(entry.transaction(), Some("tx"), "{body}");
                assert_eq!(entry.signer(), Some("11144477735"), "{body}");
                assert_eq!(entry.policy_id(), Some("2.16.76.1.7.1.11.1"));
                assert_eq!(entry.signature(), Some("c2ln"));
                let certificate = entry.certificate().unwrap();
                assert_eq!(certificate.subject_dn(), Some("CN=x"));
                assert_eq!(certificate.der(&mut [0; 8]), Ok(&b"ABC"[..]));
                assert!(!format!("{entry:?}{certificate:?}").contains("11144477735"));
            });
        }
    }
}

#[test]
fn one_transaction_of_several_documents_is_none_of_theirs() {
    let body = format!(
        r#"{{"transaction_id":"tx","signature":"c2ln",{VALID},"signatures":[{{"id":"a"}},{{"id":"b"}}]}}"#
    );
    assert_eq!(read(&["a", "b"], &body), Ok(std::vec![(Ok(()), None), (Ok(()), None)]));
}

#[test]
fn only_140_is_a_signature() {
    let body = |code: &str| {
        format!(
            r#"{{"signatures":[{{"id":"a","status":{{"code":{code},"name":"N","detail":"d"}}}}]}}"#
        )
    };
    let check = |code: &str| read(&["a"], &body(code)).unwrap().remove(0).0;
    assert_eq!(check("140"), Ok(()));
    assert_eq!(check(r#""140""#), Ok(()));
    // Accepted, and not said to be signed.
    for code in ["100", "110", "130", "199", "0", "301"] {
        assert_eq!(check(code), Err(PeerError::InDoubt.into()), "{code}");
    }
    assert_eq!(check("400"), Err(PeerError::Denied.into()));
    assert_eq!(check("250"), Err(PeerError::Unauthorized.into()));
    assert_eq!(check("700").unwrap_err().advice().code(), "contact_provider");
    assert_eq!(check("9999"), Err(refused(200, "9999 N", "d")));
}

#[test]
fn an_entry_that_tells_nothing_is_no_signature() {
    let malformed =
        |flaw| PeerError::Malformed(Malformed { document: Document::Signature, flaw }).into();
    let untold = || Err(malformed(Flaw::Missing("status")));
    for body in [
        r#"{"signatures":[{"id":"a"}]}"#,
        r#"{"signatures":[{"id":"a","status":140}]}"#,
        r#"{"signatures":[{"id":"a","status":{"name":"SIGNATURE_VALID"}}]}"#,
        r#"{"signatures":[{"id":"a","status":{"code":140.0}}]}"#,
        r#"{"signatures":[{"id":"a","status":{"code":true}}]}"#,
    ] {
        assert_eq!(read(&["a"], body).unwrap()[0].0, untold(), "{body}");
    }
    // What it says itself, even if it cannot be read, is not made good by the reply's.
    let body = format!(r#"{{{VALID},"signatures":[{{"id":"a","status":"ERROR"}}]}}"#);
    assert_eq!(read(&["a"], &body).unwrap()[0].0, untold());
    let body = format!(r#"{{{VALID},"signatures":[{{"id":"a","status":{{"code":700}}}}]}}"#);
    assert_eq!(read(&["a"], &body).unwrap()[0].0, Err(refusal_of_700()));
    // Several documents and no list.
    let body = format!("{{{VALID}}}");
    assert_eq!(read(&["a", "b"], &body), Err(malformed(Flaw::Missing("signatures"))));
    let body = r#"{"signatures":["a"]}"#;
    assert_eq!(read(&["a"], body), Err(malformed(Flaw::WrongType("signatures"))));
}

fn refusal_of_700() -> Error {
    let advice = crate::advice::Advice::ContactProvider;
    PeerError::Refused(Refusal { advice, ..Refusal::new(200, "700", "") }).into()
}

#[test]
fn a_success_without_signatures_may_be_a_refusal() {
    for list in ["", r#","signatures":[]"#, r#","signatures":null"#] {
        let body = format!(r#"{{"status":{{"code":"9999","name":"N","detail":"d"}}{list}}}"#);
        assert_eq!(read(&["a", "b"], &body), Err(refused(200, "9999 N", "d")), "{list}");
        let body = format!(r#"{{"status":{{"code":301,"name":"TIMEOUT"}}{list}}}"#);
        assert_eq!(read(&["a", "b"], &body), Err(PeerError::InDoubt.into()), "{list}");
    }
    // One of several failed, and the reply says so too: each has its own word.
    let body = format!(
        r#"{{"status":{{"code":700}},"signatures":[{{"id":"a","transaction":1,{VALID}}},{{"id":"b"}}]}}"#
    );
    let expected = std::vec![signed("1"), (Err(refusal_of_700()), None)];
    assert_eq!(read(&["a", "b"], &body), Ok(expected));
}

#[test]
fn many_entries_are_read_in_any_order() {
    let ids: Vec<_> = (0..20).map(|id| id.to_string()).collect();
    let ids: Vec<_> = ids.iter().map(String::as_str).collect();
    let entry = |id: &&str| format!(r#"{{"id":"{id}","transaction":"t{id}",{VALID}}}"#);
    let expected: Vec<_> = ids.iter().map(|id| signed(&format!("t{id}"))).collect();
    let mut entries: Vec<_> = ids.iter().map(entry).collect();
    for turn in 0..ids.len() {
        entries.rotate_left(turn);
        entries.swap(0, 7);
        let body = format!(r#"{{"signatures":[{}]}}"#, entries.join(","));
        assert_eq!(read(&ids, &body), Ok(expected.clone()));
    }
}
