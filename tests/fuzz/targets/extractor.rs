//! A signed document out of a reply, at any chunking, beside serde_json and base64 on the whole.
//!
//! The input chooses the chunks, the original and the reply. In the reply a `$` stands for the
//! original in base64 and a `~` for the original with something appended, both in lines as VIDaaS
//! breaks them: no fuzzer would guess them.
#![no_main]

use base64ct::{Base64, Encoding};
use libfuzzer_sys::fuzz_target;
use rubrica_core::codec::json;
use rubrica_core::document::{Digest, Extractor, Origin, Place, Reception, Sent};
use rubrica_core::error::{Document, Flaw, JsonFault};
use rubrica_fuzz::base64;
use rubrica_fuzz::dice::Dice;
use rubrica_fuzz::memory::{Memory, Source};
use serde_json::Value;

const PLACE: Place<'_> =
    Place::Member { list: "signatures", member: "file_base64_signed", document: 3 };

fuzz_target!(|data: &[u8]| {
    let mut dice = Dice::new(data);
    let (once, sent) = (dice.throw(2) == 1, dice.throw(4) != 3);
    let (chunks, original) = (dice.bytes(), dice.bytes());
    let reply = expand(dice.rest(), original);
    let run = |chunks| match once {
        true => extract::<true>(&reply, original, sent, chunks),
        false => extract::<false>(&reply, original, sent, chunks),
    };
    let whole = run(&[]);
    let pieces = run(chunks);
    assert_same(&whole, &pieces);
    check(&reply, &whole, sent.then_some(original));
});

/// What came of a reply.
struct Outcome {
    reception: Reception,
    kept: Vec<u8>,
    sink: Memory,
}

fn expand(template: &[u8], original: &[u8]) -> Vec<u8> {
    let lines = |bytes: &[u8]| {
        let text = Base64::encode_string(bytes).replace('/', "\\/");
        let lines: Vec<_> = text.as_bytes().chunks(76).collect();
        lines.join(&b"\\r\\n"[..])
    };
    let mut reply = Vec::new();
    for &byte in template {
        match byte {
            b'$' => reply.extend(lines(original)),
            b'~' => reply.extend(lines(&[original, b"%%EOF"].concat())),
            byte => reply.push(byte),
        }
    }
    reply
}

fn extract<const ONCE: bool>(reply: &[u8], original: &[u8], sent: bool, chunks: &[u8]) -> Outcome {
    let sent = sent.then(|| Sent {
        document: 3,
        length: original.len() as u64,
        digest: Digest::of(original),
    });
    let mut source = Source::<ONCE>::new(original, chunks.len());
    let mut sink = Memory::default();
    let mut extractor = Extractor::new(PLACE, sent);
    let mut sizes = chunks.iter().cycle().map(|&size| usize::from(size) + 1);
    let (mut rest, mut kept) = (reply, Vec::new());
    while !rest.is_empty() {
        let size = sizes.next().unwrap_or(rest.len());
        let (piece, after) = rest.split_at(size.min(rest.len()));
        let mut piece = piece.to_vec();
        let count = extractor.push(&mut piece, &mut source, &mut sink).expect("nothing fails");
        kept.extend_from_slice(&piece[..count]);
        rest = after;
    }
    Outcome { reception: extractor.finish(), kept, sink }
}

fn assert_same(whole: &Outcome, pieces: &Outcome) {
    // Of two flaws the one that is met first depends on the pieces, and so does how much of a
    // document that is none reaches the sink, which abandons it.
    if let (Reception::Malformed(_), Reception::Malformed(_)) = (whole.reception, pieces.reception)
    {
        assert!(whole.kept.starts_with(&pieces.kept) || pieces.kept.starts_with(&whole.kept));
        return;
    }
    assert_eq!(whole.reception, pieces.reception);
    assert_eq!(whole.kept, pieces.kept);
    assert_eq!(whole.sink, pieces.sink);
}

fn check(reply: &[u8], outcome: &Outcome, original: Option<&[u8]>) {
    let Outcome { reception, kept, sink } = outcome;
    assert!(kept.len() <= reply.len());
    assert!(sink.begun.is_empty() || sink.begun == [3]);
    let theirs = serde_json::from_slice::<Value>(reply);
    // Documents that are not empty, as another reader finds them.
    let texts: Vec<String> = theirs.iter().flat_map(texts).collect();
    let strict = json::read(&mut kept.clone(), Document::Signature).is_ok();
    match *reception {
        Reception::Malformed(Flaw::Json { fault, offset }) => {
            assert!(offset <= reply.len());
            let bounded = matches!(fault, JsonFault::Depth | JsonFault::Members);
            assert!(theirs.is_err() || bounded, "{fault:?} where serde_json reads {theirs:?}");
        }
        Reception::Malformed(_) => {
            let repeated = texts.len() > 1 || twice(reply);
            let undecodable = texts.iter().any(|text| base64::decode(text).is_none());
            assert!(theirs.is_err() || repeated || undecodable, "{reception:?}");
        }
        Reception::Nothing if strict => {
            // A number that another reader finds too large, or nothing at all.
            if let Ok(mut theirs) = theirs {
                assert!(texts.is_empty(), "a document that was not seen");
                empty(&mut theirs);
                let kept: Value = serde_json::from_slice(kept).expect("it is strict");
                assert_eq!(kept, theirs);
            }
            assert!(sink.begun.is_empty());
        }
        Reception::Nothing => {}
        Reception::Document(received) => {
            assert_eq!(received.document, 3);
            assert_eq!(received.length, sink.bytes.len() as u64);
            let begins = original.is_some_and(|original| sink.bytes.starts_with(original));
            assert_eq!(received.origin == Origin::Appended, begins);
            if let (true, Ok(mut theirs)) = (strict, theirs) {
                let [text] = &texts[..] else { panic!("{} documents", texts.len()) };
                assert_eq!(base64::decode(text).as_ref(), Some(&sink.bytes));
                empty(&mut theirs);
                let kept: Value = serde_json::from_slice(kept).expect("it is strict");
                assert_eq!(kept, theirs);
            }
        }
    }
}

/// The texts that stand where a document may, white space alone counted as none.
fn texts(reply: &Value) -> impl Iterator<Item = String> {
    let entries = reply["signatures"].as_array().cloned().unwrap_or_default();
    entries.into_iter().filter_map(|entry| {
        let text = entry["file_base64_signed"].as_str()?.to_owned();
        let bare = text.contains(|each| !matches!(each, '\r' | '\n' | ' ' | '\t'));
        bare.then_some(text)
    })
}

/// Empties them.
fn empty(reply: &mut Value) {
    let entries = reply.get_mut("signatures").and_then(Value::as_array_mut);
    for entry in entries.into_iter().flatten() {
        if let Some(text) = entry.get_mut("file_base64_signed").filter(|text| text.is_string()) {
            *text = "".into();
        }
    }
}

/// Whether a name may stand twice in an object, of which serde_json tells the last.
fn twice(reply: &[u8]) -> bool {
    json::read(&mut reply.to_vec(), Document::Signature).is_err()
}
