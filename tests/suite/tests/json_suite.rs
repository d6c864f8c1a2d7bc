//! JSONTestSuite through our reader, and our reader against serde_json.

use std::collections::BTreeMap;

use proptest::prelude::*;
use rubrica_core::codec::json::{MAX_DEPTH, MAX_MEMBERS, Value, read};
use rubrica_core::error::{Document, Error, Flaw, JsonFault, Malformed, PeerError};

/// A case: its name and its bytes.
struct Case {
    name: String,
    input: Vec<u8>,
}

/// The cases. See `vectors/README.md`.
fn cases() -> Vec<Case> {
    include_str!("../vectors/json_test_suite.jsonl")
        .lines()
        .map(|line| {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            let text = |name: &str| line[name].as_str().unwrap_or_default();
            let times = usize::try_from(line["times"].as_u64().unwrap_or(0)).unwrap();
            let input = text("input").to_owned() + &text("repeat").repeat(times) + text("then");
            Case { name: text("name").to_owned(), input: input.into_bytes() }
        })
        .collect()
}

fn fault(input: &[u8]) -> Result<(), JsonFault> {
    match read(&mut input.to_vec(), Document::Token) {
        Ok(_) => Ok(()),
        Err(Error::Peer(PeerError::Malformed(Malformed {
            document: Document::Token,
            flaw: Flaw::Json { fault, offset },
        }))) => {
            assert!(offset <= input.len(), "a place beyond the end");
            Err(fault)
        }
        Err(other) => panic!("another error: {other:?}"),
    }
}

/// Texts that RFC 8259 takes and we refuse, each with the reason.
const EXCEPTIONS: [(&str, JsonFault); 2] = [
    // Two readers of one reply must not see two values: the RFC leaves to each reader which of two
    // equal names counts (§4), S9 does not.
    ("y_object_duplicated_key.json", JsonFault::Duplicate),
    ("y_object_duplicated_key_and_value.json", JsonFault::Duplicate),
];

#[test]
fn every_text_that_must_be_accepted_is_but_for_the_exceptions() {
    let mut count = 0;
    for Case { name, input } in cases().iter().filter(|case| case.name.starts_with("y_")) {
        let exception = EXCEPTIONS.iter().find(|(each, _)| each == name);
        assert_eq!(fault(input).err(), exception.map(|(_, fault)| *fault), "{name}");
        count += 1;
    }
    assert_eq!(count, 95);
}

#[test]
fn every_text_that_must_be_refused_is() {
    let mut count = 0;
    for Case { name, input } in cases().iter().filter(|case| case.name.starts_with("n_")) {
        assert!(fault(input).is_err(), "{name}");
        count += 1;
    }
    assert_eq!(count, 188);
}

/// What the RFC leaves open is pinned here, so that a change is seen: numbers of any size pass as they
/// are written, half a surrogate pair and broken UTF-8 do not.
#[test]
fn what_is_left_open_is_decided() {
    let mut count = 0;
    for Case { name, input } in cases().iter().filter(|case| case.name.starts_with("i_")) {
        let broken = with_broken_utf8(input);
        let accepted = name.starts_with("i_number_");
        match &broken {
            Some(broken) => assert_eq!(fault(broken), Err(JsonFault::Utf8), "{name}"),
            None => assert_eq!(fault(input).is_ok(), accepted, "{name}"),
        }
        count += 1;
    }
    assert_eq!(count, 35);
}

/// The input with each U+FFFD, which the collection has in the place of a byte that is no UTF-8, as
/// such a byte; `None` when there is none.
fn with_broken_utf8(input: &[u8]) -> Option<Vec<u8>> {
    let replacement = "\u{fffd}".as_bytes();
    let mut out = Vec::new();
    let mut rest = input;
    while let Some((first, after)) = rest.split_first() {
        if let Some(after) = rest.strip_prefix(replacement) {
            out.push(0xff);
            rest = after;
        } else {
            out.push(*first);
            rest = after;
        }
    }
    (out.len() != input.len()).then_some(out)
}

#[test]
fn broken_utf8_is_refused_in_every_case_that_has_it() {
    let broken: Vec<_> = cases().iter().filter_map(|case| with_broken_utf8(&case.input)).collect();
    assert!(broken.len() > 15, "{}", broken.len());
    for input in broken {
        assert_eq!(fault(&input), Err(JsonFault::Utf8));
    }
}

#[test]
fn s35_depth_and_members_end_at_their_bounds_and_not_before() {
    let arrays = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    assert_eq!(fault(arrays(MAX_DEPTH).as_bytes()), Ok(()));
    assert_eq!(fault(arrays(MAX_DEPTH + 1).as_bytes()), Err(JsonFault::Depth));
    let objects = |depth: usize| "{\"a\":".repeat(depth) + "1" + &"}".repeat(depth);
    assert_eq!(fault(objects(MAX_DEPTH).as_bytes()), Ok(()));
    assert_eq!(fault(objects(MAX_DEPTH + 1).as_bytes()), Err(JsonFault::Depth));
    let members = |count: usize| {
        let members: Vec<_> = (0..count).map(|each| format!("\"{each}\":{each}")).collect();
        format!("{{{}}}", members.join(","))
    };
    assert_eq!(fault(members(MAX_MEMBERS).as_bytes()), Ok(()));
    assert_eq!(fault(members(MAX_MEMBERS + 1).as_bytes()), Err(JsonFault::Members));
}

#[test]
fn s09_equal_names_are_refused_however_they_are_written() {
    for text in [
        r#"{"a":1,"a":1}"#,
        r#"{"a":1,"\u0061":2}"#,
        r#"{"x":{"a":1,"b":[{"a":1}],"a":1}}"#,
        r#"{"":1,"":2}"#,
        r#"{"😀":1,"\ud83d\ude00":2}"#,
    ] {
        assert_eq!(fault(text.as_bytes()), Err(JsonFault::Duplicate), "{text}");
    }
    for text in [r#"{"a":{"a":1},"b":{"a":1}}"#, r#"[{"a":1},{"a":1}]"#, r#"{"a":"a","A":1}"#] {
        assert_eq!(fault(text.as_bytes()), Ok(()), "{text}");
    }
}

/// A JSON value, and how each of its strings and gaps is to be written.
#[derive(Clone, Debug)]
enum Tree {
    Null,
    Bool(bool),
    Number(String),
    Text(Vec<Written>),
    Array(Vec<Self>),
    Object(Vec<(Vec<Written>, Self)>),
}

/// A character and the way in which it is written.
#[derive(Clone, Copy, Debug)]
struct Written {
    character: char,
    way: u8,
}

impl Written {
    fn write(self, out: &mut String) {
        let escaped = |units: &[u16], upper: bool, out: &mut String| {
            for unit in units {
                let digits = format!("{unit:04x}");
                out.push_str("\\u");
                out.push_str(&if upper { digits.to_uppercase() } else { digits });
            }
        };
        let mut units = [0; 2];
        let units = self.character.encode_utf16(&mut units);
        match (self.way, self.character) {
            (0, character) if character >= ' ' && !matches!(character, '"' | '\\') => {
                out.push(character);
            }
            (1, '"') => out.push_str("\\\""),
            (1, '\\') => out.push_str("\\\\"),
            (1, '/') => out.push_str("\\/"),
            (1, '\u{8}') => out.push_str("\\b"),
            (1, '\u{c}') => out.push_str("\\f"),
            (1, '\n') => out.push_str("\\n"),
            (1, '\r') => out.push_str("\\r"),
            (1, '\t') => out.push_str("\\t"),
            (way, _) => escaped(units, way == 2, out),
        }
    }
}

fn written() -> impl Strategy<Value = Written> {
    let character = prop_oneof![
        4 => any::<char>(),
        4 => prop::char::range(' ', '~'),
        2 => prop::sample::select(vec!['"', '\\', '/', '\u{8}', '\u{c}', '\n', '\r', '\t', '\0']),
        1 => prop::char::range('\u{10000}', '\u{10ffff}'),
    ];
    (character, 0..4_u8).prop_map(|(character, way)| Written { character, way })
}

fn tree() -> impl Strategy<Value = Tree> {
    let leaf = prop_oneof![
        Just(Tree::Null),
        any::<bool>().prop_map(Tree::Bool),
        "-?(0|[1-9][0-9]{0,17})".prop_map(Tree::Number),
        prop::collection::vec(written(), 0..24).prop_map(Tree::Text),
    ];
    leaf.prop_recursive(6, 48, 8, |inner| {
        let member = (prop::collection::vec(written(), 0..6), inner.clone());
        prop_oneof![
            prop::collection::vec(inner, 0..8).prop_map(Tree::Array),
            prop::collection::vec(member, 0..8).prop_map(Tree::Object),
        ]
    })
}

fn name_of(name: &[Written]) -> String {
    name.iter().map(|each| each.character).collect()
}

impl Tree {
    /// Writes it, with white space that depends on `gap`. Objects keep the first of equal names.
    fn write(&self, gap: &str, out: &mut String) {
        let text = |text: &[Written], out: &mut String| {
            out.push('"');
            text.iter().for_each(|each| each.write(out));
            out.push('"');
        };
        out.push_str(gap);
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Self::Number(number) => out.push_str(number),
            Self::Text(value) => text(value, out),
            Self::Array(items) => {
                out.push('[');
                for (place, item) in items.iter().enumerate() {
                    out.push_str(if place == 0 { "" } else { "," });
                    item.write(gap, out);
                }
                out.push(']');
            }
            Self::Object(members) => {
                out.push('{');
                out.push_str(gap);
                let mut seen = BTreeMap::new();
                for (name, value) in members {
                    if seen.insert(name_of(name), ()).is_some() {
                        continue;
                    }
                    out.push_str(if seen.len() == 1 { "" } else { "," });
                    out.push_str(gap);
                    text(name, out);
                    out.push_str(gap);
                    out.push(':');
                    value.write(gap, out);
                }
                out.push('}');
            }
        }
        out.push_str(gap);
    }
}

/// Our value in the other reader's terms.
fn translate(value: Value<'_>) -> serde_json::Value {
    match value {
        Value::Null => serde_json::Value::Null,
        Value::Bool(value) => value.into(),
        Value::Number(text) => serde_json::from_str(text).unwrap(),
        Value::Text(text) => text.into(),
        Value::Array(array) => array.iter().map(translate).collect(),
        Value::Object(object) => {
            object.iter().map(|(name, value)| (name.to_owned(), translate(value))).collect()
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_text_gives_the_value_that_serde_json_reads(tree in tree(), gap in "[ \t\r\n]{0,2}") {
        let mut text = String::new();
        tree.write(&gap, &mut text);
        let expected: serde_json::Value = serde_json::from_str(&text).unwrap();
        let mut body = text.into_bytes();
        let value = read(&mut body, Document::Token).unwrap();
        prop_assert_eq!(translate(value), expected);
    }

    /// Texts that are nearly JSON: one byte of a good one is another, or is gone. Where serde_json
    /// takes what we refuse, it is for one of our bounds.
    #[test]
    fn a_damaged_text_is_refused_where_serde_json_refuses_it(
        tree in tree(),
        place in any::<prop::sample::Index>(),
        byte in prop::option::of(any::<u8>()),
    ) {
        let mut text = String::new();
        tree.write("", &mut text);
        let mut body = text.into_bytes();
        let place = place.index(body.len());
        match byte {
            Some(byte) => body[place] = byte,
            None => drop(body.remove(place)),
        }
        let expected = serde_json::from_slice::<serde_json::Value>(&body);
        match (fault(&body), expected) {
            (Ok(()), Ok(expected)) => {
                let mut body = body;
                let value = read(&mut body, Document::Token).unwrap();
                prop_assert_eq!(translate(value), expected);
            }
            (Err(_), Err(_)) => {}
            (Err(fault), Ok(_)) => prop_assert_eq!(fault, JsonFault::Duplicate),
            (Ok(()), Err(error)) => {
                // Only of a number's size do we not judge.
                prop_assert!(error.to_string().contains("number out of range"), "{}", error);
            }
        }
    }

    #[test]
    fn s39_no_bytes_make_the_reader_panic(mut bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&mut bytes, Document::Token);
    }

    /// Bytes out of JSON's own alphabet get further into the reader than any bytes do.
    #[test]
    fn s39_no_row_of_tokens_makes_the_reader_panic(
        tokens in prop::collection::vec(
            prop::sample::select(vec![
                "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "d83d", "\\ude00", "0", "-", ".",
                "e", "1", "true", "null", " ", "\"a\"", "\u{a0}", "\0",
            ]),
            0..40,
        ),
    ) {
        let text = tokens.concat();
        let ours = fault(text.as_bytes());
        if serde_json::from_str::<serde_json::Value>(&text).is_err() {
            prop_assert!(ours.is_err(), "{}", text);
        }
    }
}
