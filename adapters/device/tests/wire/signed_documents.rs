//! Documents that are sent and come back signed, over peers out of a script.

use rubrica_core::psc::{Content, Format, Item};
use rubrica_device::{DocumentProblem, End, Error, ExchangeError};

use crate::signings::{Signed, sign};
use crate::stage::{Paper, Tray, reply};

fn document() -> Vec<u8> {
    (0..20_000_u32).map(|place| (place % 251) as u8).collect()
}

/// A reply that brings a signed document of many times the reply's buffer.
fn signed_reply(document: &[u8], id: &str) -> String {
    let text = base64(document);
    let body = format!(r#"{{"signatures":[{{"file_base64_signed":"{text}","id":"{id}"}}]}}"#);
    let (first, second) = body.split_at(body.len() / 3);
    format!(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{first}\r\n{:X}\r\n{second}\r\n0\r\n\r\n",
        first.len(),
        second.len()
    )
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let mut word = 0;
        for place in 0..3 {
            word = word << 8 | u32::from(group.get(place).copied().unwrap_or(0));
        }
        for place in 0..4 {
            let letter = LETTERS[(word >> (18 - 6 * place)) as usize & 63];
            text.push(if place > group.len() { '=' } else { char::from(letter) });
        }
    }
    text
}

fn sign_document(reply: Option<String>, paper: &mut Paper, tray: &mut Tray) -> Signed {
    let length = document().len() as u64;
    let content = Content::Document { length, digest: None };
    let items = [Item { id: "1", alias: "a.pdf", content }];
    let connections = [Ok(reply.into_iter().collect())];
    sign(&items, Format::PadesAdRb, connections, false, paper, tray)
}

#[test]
fn a_document_of_many_buffers_goes_out_and_comes_back_signed() {
    let mut paper = Paper { bytes: document(), ..Paper::default() };
    let mut tray = Tray::default();
    let mut signed = document();
    signed.extend_from_slice(b"%%EOF signed");
    let done = sign_document(Some(signed_reply(&signed, "1")), &mut paper, &mut tray);
    assert_eq!(done.end, Ok(End::Done));
    assert_eq!((done.signer.received, done.signer.errors), (1, vec![]));
    assert!(tray.bytes == signed, "the document is not the one that was sent back");
    assert_eq!(tray.ends, ["commit"]);
    assert_eq!(paper.begun, 2, "once to be sent, once to be compared");
    assert!(done.written.contains(&base64(&document())));
}

#[test]
fn s31_a_document_that_is_not_the_answer_is_abandoned() {
    let mut rewritten = document();
    rewritten[7] ^= 1;
    for reply in [
        Some(signed_reply(&document(), "2")),
        Some(signed_reply(&rewritten, "1")),
        Some(signed_reply(&document(), "1").replace("\r\n0\r\n\r\n", "")),
        Some(reply(500, "", "{}")),
        None,
    ] {
        let mut paper = Paper { bytes: document(), ..Paper::default() };
        let mut tray = Tray::default();
        let done = sign_document(reply, &mut paper, &mut tray);
        assert_eq!((done.signer.received, tray.ends), (0, vec!["abandon"]), "{:?}", done.end);
    }
}

#[test]
fn a_sink_that_is_full_leaves_the_signature_in_doubt() {
    let mut paper = Paper { bytes: document(), ..Paper::default() };
    let mut tray = Tray { is_full: true, ..Tray::default() };
    let done = sign_document(Some(signed_reply(&document(), "1")), &mut paper, &mut tray);
    assert_eq!(done.end, Ok(End::Left));
    assert_eq!(done.log.last().unwrap(), "doubt 0..1");
    assert_eq!(tray.ends, ["abandon"]);
}

#[test]
fn a_document_that_cannot_be_opened_sends_nothing_and_is_not_tried_again() {
    let mut paper = Paper { is_missing: true, ..Paper::default() };
    let done = sign_document(None, &mut paper, &mut Tray::default());
    let problem = DocumentProblem::Unreadable;
    let expected = Error::Exchange(ExchangeError::Document { problem, begun: false });
    assert_eq!(done.end, Err(expected));
    assert_eq!(done.written, "");
    assert_eq!(done.log.last().unwrap(), "save", "it is no longer under way");
}

#[test]
fn a_document_of_another_length_never_makes_a_complete_request() {
    for length in [0, 5_000, 19_999, 20_001, 40_000] {
        let mut bytes = document();
        bytes.resize(length, 0);
        let mut paper = Paper { bytes, ..Paper::default() };
        let done = sign_document(None, &mut paper, &mut Tray::default());
        assert!(!done.written.ends_with("]}"), "{length}");
        assert_eq!(done.signer.failures, [DocumentProblem::Length.to_string()], "{length}");
    }
}
