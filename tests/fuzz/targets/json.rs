//! Our JSON reader beside serde_json, and our writer before it.
//!
//! They take the same texts and read the same values, with the differences that `codec::json`
//! documents: a name that stands twice, too many levels or members are refused here, and a number is
//! not judged by its size.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rubrica_core::codec::buffer::Buffer;
use rubrica_core::codec::json::{self, Value, Writer};
use rubrica_core::error::{Document, Error, Flaw, JsonFault, Malformed, PeerError};

fuzz_target!(|data: &[u8]| {
    read(data);
    if let Ok(text) = core::str::from_utf8(data) {
        write(text);
    }
});

fn read(data: &[u8]) {
    let mut body = data.to_vec();
    let ours = json::read(&mut body, Document::Token);
    let theirs = serde_json::from_slice::<serde_json::Value>(data);
    match (ours, theirs) {
        (Ok(ours), Ok(theirs)) => {
            look_up(ours, &theirs);
            assert_eq!(translate(ours), theirs);
        }
        (Err(error), theirs) => {
            let Error::Peer(PeerError::Malformed(Malformed {
                document: Document::Token,
                flaw: Flaw::Json { fault, offset },
            })) = error
            else {
                panic!("another error: {error:?}");
            };
            assert!(offset <= data.len(), "a place beyond the end");
            let bounded =
                matches!(fault, JsonFault::Duplicate | JsonFault::Depth | JsonFault::Members);
            assert!(theirs.is_err() || bounded, "{fault:?} where serde_json reads {theirs:?}");
        }
        (Ok(_), Err(error)) => {
            assert!(error.to_string().contains("number out of range"), "{error}");
        }
    }
}

/// Our value in the other reader's terms.
fn translate(value: Value<'_>) -> serde_json::Value {
    match value {
        Value::Null => serde_json::Value::Null,
        Value::Bool(value) => value.into(),
        Value::Number(text) => serde_json::from_str(text).expect("a number as it was written"),
        Value::Text(text) => text.into(),
        Value::Array(array) => array.iter().map(translate).collect(),
        Value::Object(object) => {
            object.iter().map(|(name, value)| (name.to_owned(), translate(value))).collect()
        }
    }
}

/// Every member is found by its name.
fn look_up(ours: Value<'_>, theirs: &serde_json::Value) {
    if let (Value::Object(object), Some(members)) = (ours, theirs.as_object()) {
        assert_eq!(object.iter().count(), members.len());
        for (name, member) in members {
            let found = object.member(name).map_or(serde_json::Value::Null, translate);
            assert_eq!(&found, member);
        }
        assert!(object.member("no such name").is_none() || members.contains_key("no such name"));
        let _ = (object.text("a"), object.text_or_number("a"), object.optional_number("a"));
        if let Ok(Some(objects)) = object.optional_objects("a") {
            assert_eq!(Some(objects.count()), members["a"].as_array().map(Vec::len));
        }
    }
}

fn write(text: &str) {
    let mut bytes = vec![0; 6 * text.len() + 16];
    let mut out = Buffer::new(&mut bytes);
    Writer::new(&mut out).open_object().pair("a", text).close_object();
    let written = out.finish([]).expect("no character takes more than six bytes").1;
    let read: serde_json::Value = serde_json::from_slice(written).expect("what we write is JSON");
    assert_eq!(read, serde_json::json!({ "a": text }));
}
