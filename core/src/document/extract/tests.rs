//! Replies in pieces, and what comes of them.

use std::format;
use std::string::String;
use std::vec;
use std::vec::Vec;

use base64ct::{Base64, Encoding};

use super::*;
use crate::document::Digest;

const PLACE: Place<'_> = Place::Member { list: "signatures", member: "file", document: 3 };

/// Keeps what it is given.
#[derive(Debug, Default, PartialEq)]
struct Memory {
    begun: Vec<usize>,
    bytes: Vec<u8>,
}

impl Sink for Memory {
    type Error = ();

    fn begin(&mut self, document: usize) -> Result<(), ()> {
        self.begun.push(document);
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), ()> {
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn commit(&mut self) -> Result<(), ()> {
        Ok(())
    }

    fn abandon(&mut self) {}
}

/// One document in memory, that can be read once or again.
struct Source<'d, const ONCE: bool> {
    document: &'d [u8],
    place: usize,
    begun: Option<usize>,
}

impl<const ONCE: bool> Documents for Source<'_, ONCE> {
    type Error = ();

    const READ_ONCE: bool = ONCE;

    fn begin(&mut self, document: usize) -> Result<(), ()> {
        assert!(!ONCE);
        self.begun = Some(document);
        self.place = 0;
        Ok(())
    }

    fn read(&mut self, out: &mut [u8]) -> Result<usize, ()> {
        let rest = &self.document[self.place..];
        let count = rest.len().min(out.len()).min(100);
        out[..count].copy_from_slice(&rest[..count]);
        self.place += count;
        Ok(count)
    }
}

fn sent(document: &[u8]) -> Option<Sent> {
    let length = document.len() as u64;
    Some(Sent { document: 3, length, digest: Digest::of(document) })
}

/// What comes of a reply that arrives in pieces of a size.
fn extract<const ONCE: bool>(
    reply: &str,
    original: &[u8],
    size: usize,
) -> (Reception, String, Memory) {
    let mut source = Source::<ONCE> { document: original, place: 0, begun: None };
    let mut sink = Memory::default();
    let mut extractor = Extractor::new(PLACE, sent(original));
    let mut rest = Vec::new();
    for piece in reply.as_bytes().chunks(size) {
        let mut piece = piece.to_vec();
        let kept = extractor.push(&mut piece, &mut source, &mut sink).unwrap();
        rest.extend_from_slice(&piece[..kept]);
    }
    (extractor.finish(), String::from_utf8(rest).unwrap(), sink)
}

/// Base64 as VIDaaS sends it: broken into lines, the breaks escaped.
fn lines(document: &[u8]) -> String {
    let text = Base64::encode_string(document);
    let lines: Vec<&str> =
        text.as_bytes().chunks(76).map(|line| str::from_utf8(line).unwrap()).collect();
    lines.join("\\r\\n").replace('/', "\\/").replace('+', "\\u002B")
}

fn reply(text: &str) -> String {
    format!("{{\"signatures\":[{{\"id\":\"1\", \"file\" : \"{text}\",\"x\":[{{}}]}}],\"y\":\"\"}}")
}

#[test]
fn a_document_is_taken_out_at_any_chunking() {
    for length in [1_usize, 2, 3, 4, 56, 57, 58, 1_000, 20_000] {
        let original: Vec<u8> = (0..length).map(|byte| (byte * 7) as u8).collect();
        let signed = [&original[..], b"increment"].concat();
        for size in [1, 2, 3, 5, 7, 64, 1_000, 100_000] {
            for once in [false, true] {
                let text = reply(&lines(&signed));
                let (reception, rest, sink) = match once {
                    false => extract::<false>(&text, &original, size),
                    true => extract::<true>(&text, &original, size),
                };
                assert_eq!(
                    reception,
                    Reception::Document(Received {
                        document: 3,
                        length: signed.len() as u64,
                        origin: Origin::Appended
                    })
                );
                assert_eq!(rest, reply(""));
                assert_eq!(sink, Memory { begun: vec![3], bytes: signed.clone() });
            }
        }
    }
}

#[test]
fn s33_a_document_that_is_not_the_original_and_more_is_told_to_be_rewritten() {
    let original = vec![9; 5_000];
    let mut other = [&original[..], b"increment"].concat();
    other[4_999] = 8;
    for signed in [&other[..], &original[..4_999], b"x"] {
        let text = reply(&lines(signed));
        for (reception, ..) in
            [extract::<false>(&text, &original, 997), extract::<true>(&text, &original, 997)]
        {
            let Reception::Document(received) = reception else { panic!("{reception:?}") };
            assert_eq!(received.origin, Origin::Rewritten);
        }
    }
    let (reception, ..) = extract::<false>(&reply(&lines(&original)), &original, 997);
    assert!(matches!(reception, Reception::Document(Received { origin: Origin::Appended, .. })));
}

#[test]
fn an_original_that_shrank_is_not_the_one_that_was_sent() {
    let mut source = Source::<false> { document: b"12", place: 0, begun: None };
    let mut extractor = Extractor::new(PLACE, sent(b"123"));
    let mut text = reply(&Base64::encode_string(b"123")).into_bytes();
    extractor.push(&mut text, &mut source, &mut Memory::default()).unwrap();
    let Reception::Document(received) = extractor.finish() else { panic!() };
    assert_eq!((received.origin, source.begun), (Origin::Rewritten, Some(3)));
}

#[test]
fn what_is_no_base64_is_malformed_at_any_chunking() {
    for text in [
        "QUJ",
        "Q",
        "QQ=",
        "QR==",
        "QQ==QUJD",
        "QQ==\\r\\nQQ==",
        "QUJD=",
        "====",
        "QU-D",
        "QU\\u00e9D",
        "QU\\u0000D",
        "QUéD",
    ] {
        for size in [1, 2, 3, 4, 5, 1_000] {
            let (reception, ..) = extract::<false>(&reply(text), b"ABC", size);
            let invalid = Reception::Malformed(Flaw::Invalid(MEMBER));
            assert_eq!(reception, invalid, "{text} {size}");
        }
    }
}

#[test]
fn bad_strings_are_told_with_their_place() {
    let at = reply("").find("\",\"x").unwrap();
    for (text, fault, behind) in [
        ("QU\\xD", JsonFault::Escape, 3),
        ("QU\nD", JsonFault::Syntax, 2),
        ("QU\\ud83dD", JsonFault::Escape, 8),
    ] {
        for size in [1, 7, 1_000] {
            let (reception, ..) = extract::<false>(&reply(text), b"ABC", size);
            let flaw = Flaw::Json { fault, offset: at + behind };
            assert_eq!(reception, Reception::Malformed(flaw), "{text} {size}");
        }
    }
}

#[test]
fn a_second_document_is_no_answer_to_anything() {
    let twice = r#"{"signatures":[{"file":"QUJD"},{"file":"QUJD"}]}"#;
    let (reception, ..) = extract::<false>(twice, b"ABC", 5);
    assert_eq!(reception, Reception::Malformed(Flaw::Repeated(MEMBER)));
    let empty = r#"{"signatures":[{"file":""},{"file":"QUJD"},{"file":""}]}"#;
    let (reception, rest, _) = extract::<false>(empty, b"ABC", 5);
    assert!(matches!(reception, Reception::Document(_)));
    assert_eq!(rest, r#"{"signatures":[{"file":""},{"file":""},{"file":""}]}"#);
}

#[test]
fn a_reply_that_breaks_off_brings_nothing_and_is_kept_broken() {
    let whole = reply(&lines(&[5; 300]));
    let start = whole.find("BQ").unwrap();
    let end = whole.find("\",\"x").unwrap();
    for cut in start..=end {
        let (reception, rest, _) = extract::<false>(&whole[..cut], &[5; 300], 50);
        assert_eq!((reception, rest.as_str()), (Reception::Nothing, &whole[..start]));
    }
}

#[test]
fn s35_a_document_much_longer_than_the_original_is_refused() {
    for (length, is_taken) in [(3, true), (4, false)] {
        let mut extractor = Extractor::new(PLACE, sent(b"AAA"));
        extractor.length = Extractor::MOST_ADDED;
        let mut text = reply(&Base64::encode_string(&vec![b'A'; length])).into_bytes();
        extractor.push(&mut text, &mut (), &mut Memory::default()).unwrap();
        let is_document = matches!(extractor.finish(), Reception::Document(_));
        assert_eq!(is_document, is_taken);
    }
}

#[test]
fn s35_a_text_of_line_ends_alone_ends() {
    let mut extractor = Extractor::new(PLACE, sent(b"AAA"));
    let mut sink = Memory::default();
    let line_ends = "\\r\\n".repeat(512);
    let mut start = br#"{"signatures":[{"file":""#.to_vec();
    extractor.push(&mut start, &mut (), &mut sink).unwrap();
    for _ in 0..=65 {
        let mut piece = line_ends.clone().into_bytes();
        extractor.push(&mut piece, &mut (), &mut sink).unwrap();
    }
    assert_eq!(extractor.finish(), Reception::Malformed(Flaw::Invalid(MEMBER)));
}

#[test]
fn a_reply_is_kept_whole_where_no_documents_are_taken() {
    for place in [PLACE, Place::Body { document: 3, most: 2 }] {
        let mut extractor = Extractor::new(place, sent(b"AAA"));
        let mut text = reply("QUJD").into_bytes();
        assert_eq!(extractor.push(&mut text, &mut (), &mut ()), Ok(text.len()));
        assert_eq!(text, reply("QUJD").into_bytes());
        assert_eq!(extractor.finish(), Reception::Nothing);
    }
}

#[test]
fn a_reply_without_a_document_is_kept_as_it_is() {
    for text in [r#"{"signatures":[{"id":"1","raw_signature":"QUJD"}]}"#, "[1", "<html>", ""] {
        let (reception, rest, sink) = extract::<false>(text, b"ABC", 4);
        assert_eq!((reception, rest.as_str()), (Reception::Nothing, text));
        assert_eq!(sink, Memory::default());
    }
}
