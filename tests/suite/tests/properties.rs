//! What holds for any input: codecs against independent ones, requests in any buffer, replies cut,
//! bent and made up.

use base64ct::{Base64, Encoding};
use der::{Decode, Encode};
use proptest::prelude::*;
use rubrica_core::codec::base64::{DecodeError, decode, decoded_bound, encoded_length, write};
use rubrica_core::codec::buffer::Buffer;
use rubrica_core::codec::der::{DerError, Element, Elements};
use rubrica_core::codec::percent::{Form, FormWriter};
use rubrica_core::document::{BodyError, Digest, Documents};
use rubrica_core::error::{Document, Error, PeerError, ResourceError};
use rubrica_core::exchange::Exchange;
use rubrica_core::oauth::redirect;
use rubrica_core::oauth::state::State;
use rubrica_tests::exchanges::{Ask, all, raw, upload};
use rubrica_tests::setting::entropy;

/// What `write` writes.
fn written(write: impl FnOnce(&mut Buffer<'_>)) -> String {
    let mut bytes = vec![0; 16 * 1024];
    let mut out = Buffer::new(&mut bytes);
    write(&mut out);
    String::from_utf8(out.finish([]).unwrap().1.to_vec()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn s08_any_values_come_back_from_a_form(values in prop::collection::vec(any::<String>(), 0..5)) {
        const NAMES: [&str; 5] = ["code", "state", "redirect_uri", "client_id", "scope"];
        let text = written(|out| {
            let mut form = FormWriter::new(out);
            for (name, value) in NAMES.iter().zip(&values) {
                form.pair(name, value);
            }
        });
        let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~%=&_".contains(&byte);
        prop_assert!(text.bytes().all(unreserved), "{}", text);
        let form = Form::new(&text, Document::Redirect);
        for (place, name) in NAMES.into_iter().enumerate() {
            let value = form.value::<1024>(name).unwrap();
            prop_assert_eq!(value.as_deref(), values.get(place).map(String::as_str));
        }
    }

    #[test]
    fn s39_no_query_makes_the_reader_of_redirects_panic(query in "[a-z=&%+0-9\u{e9}]{0,60}") {
        let state = State::from_entropy(&entropy(1).state).unwrap();
        let expected = redirect::Expected::new(&state, "https://psc.example");
        let _ = redirect::read(&query, &expected);
        let _ = redirect::read(&format!("{query}&state={}", state.as_str()), &expected);
    }

    #[test]
    fn base64_is_written_as_by_base64ct(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let text = written(|out| write(&bytes, out));
        prop_assert_eq!(text.len() as u64, encoded_length(bytes.len() as u64));
        prop_assert_eq!(text, Base64::encode_string(&bytes));
    }

    #[test]
    fn base64_is_read_whatever_white_space_stands_in_it(
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        gaps in prop::collection::vec(("[\r\n\t ]{0,3}", 1..80_usize), 0..8),
    ) {
        let mut text = Base64::encode_string(&bytes);
        let bound = decoded_bound(text.len());
        let mut place = 0;
        for (gap, step) in gaps {
            place += step;
            if place < text.len() {
                text.insert_str(place, &gap);
            }
        }
        let mut out = vec![0; bound];
        prop_assert_eq!(decode(&text, &mut out), Ok(&bytes[..]));
        let mut exact = vec![0; bytes.len()];
        prop_assert_eq!(decode(&text, &mut exact), Ok(&bytes[..]));
        if exact.pop().is_some() {
            prop_assert_eq!(decode(&text, &mut exact), Err(DecodeError::Output));
        }
    }

    /// Texts of base64's own alphabet, most of which are none; some go on after their padding.
    #[test]
    fn what_base64ct_refuses_is_refused(
        bytes in prop::collection::vec(any::<u8>(), 40..60),
        rest in "[A-D]{0,4}|AAAA",
        short in "[A-D/+=_-]{0,9}",
        whole in any::<bool>(),
    ) {
        let text = if whole { Base64::encode_string(&bytes) + &rest } else { short };
        let mut out = [0; 128];
        match Base64::decode_vec(&text) {
            Ok(bytes) => prop_assert_eq!(decode(&text, &mut out), Ok(&bytes[..])),
            Err(_) => prop_assert_eq!(decode(&text, &mut out), Err(DecodeError::Invalid)),
        }
    }

    #[test]
    fn elements_that_the_der_crate_writes_are_read(
        elements in prop::collection::vec(
            (
                prop::sample::select(vec![0x02_u8, 0x04, 0x05, 0x06, 0x0c, 0x30, 0x31, 0x80, 0xa0, 0xa3]),
                prop_oneof![
                    4 => prop::collection::vec(any::<u8>(), 0..140),
                    1 => prop::collection::vec(any::<u8>(), 250..300),
                ],
            ),
            0..4,
        ),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut encoded = Vec::new();
        for (tag, content) in &elements {
            let tag = der::Tag::from_der(&[*tag]).unwrap();
            encoded.extend(der::Any::new(tag, content.clone()).unwrap().to_der().unwrap());
        }
        let mut reader = Elements::new(&encoded);
        for (tag, content) in &elements {
            let element: Element<'_> = reader.read().unwrap().unwrap();
            prop_assert_eq!((element.tag, element.content), (*tag, &content[..]));
        }
        prop_assert_eq!(reader.read(), Ok(None));
        if !encoded.is_empty() {
            let cut = cut.index(encoded.len());
            let mut reader = Elements::new(&encoded[..cut]);
            let mut whole = 0;
            let ended = loop {
                match reader.read() {
                    Ok(Some(element)) => whole += element.encoded.len(),
                    ended => break ended,
                }
            };
            let expected = if whole == cut { Ok(None) } else { Err(DerError::End) };
            prop_assert_eq!(ended, expected);
        }
    }

    /// What we read out of any bytes, the der crate reads as well.
    #[test]
    fn s39_any_bytes_are_read_as_der_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        if let Ok(Some(element)) = Elements::new(&bytes).read() {
            prop_assert!(bytes.starts_with(element.encoded));
            prop_assert!(element.encoded.ends_with(element.content));
            if let Ok(any) = der::Any::from_der(element.encoded) {
                prop_assert_eq!(any.value(), element.content);
            }
        }
    }
}

/// Documents out of memory, in pieces of a given size.
struct Pieces<'d> {
    documents: &'d [Vec<u8>],
    rest: &'d [u8],
    piece: usize,
}

impl Documents for Pieces<'_> {
    type Error = ();

    fn begin(&mut self, document: usize) -> Result<(), ()> {
        self.rest = self.documents.get(document).ok_or(())?;
        Ok(())
    }

    fn read(&mut self, out: &mut [u8]) -> Result<usize, ()> {
        let count = self.rest.len().min(out.len()).min(self.piece);
        let (piece, rest) = self.rest.split_at(count);
        out[..count].copy_from_slice(piece);
        self.rest = rest;
        Ok(count)
    }
}

/// The body of a request for signatures of documents that are sent, in pieces of any size.
fn read_out(
    announced: &[u64],
    documents: &[Vec<u8>],
    piece: usize,
    out: usize,
) -> Result<Vec<u8>, BodyError<()>> {
    let exchange = upload(announced);
    let mut buffer = vec![0; 8192];
    let request = exchange.request(&mut buffer).unwrap();
    let mut source = Pieces { documents, rest: &[], piece };
    let (mut reader, mut all, mut out) = (request.body.reader(), Vec::new(), vec![0; out]);
    loop {
        match reader.read(&mut out, &mut source)? {
            0 => break,
            count => all.extend_from_slice(&out[..count]),
        }
    }
    assert_eq!(all.len() as u64, request.body.length());
    Ok(all)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn documents_stream_through_a_body_at_any_chunking(
        documents in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..3_000), 1..4),
        piece in 1..2_000_usize,
        out in 1..2_000_usize,
    ) {
        let lengths: Vec<u64> = documents.iter().map(|each| each.len() as u64).collect();
        let body = read_out(&lengths, &documents, piece, out).unwrap();
        let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
        for (document, entry) in documents.iter().zip(body["hashes"].as_array().unwrap()) {
            let content = Base64::encode_string(document);
            let hash = Base64::encode_string(Digest::of(document).as_bytes());
            prop_assert_eq!(entry["base64_content"].as_str(), Some(&content[..]));
            prop_assert_eq!(entry["hash"].as_str(), Some(&hash[..]));
            prop_assert_eq!(entry["alias"].as_str(), Some("contrato \"A\".pdf"));
            prop_assert_eq!(entry["pdf_signature_page"].as_str(), Some("true"));
        }
        prop_assert_eq!(body["hashes"].as_array().unwrap().len(), documents.len());
    }

    /// Even where base64 does not show the difference: two lengths of one group.
    #[test]
    fn a_document_of_another_length_is_told(
        announced in 1..2_000_u64,
        actual in 1..2_000_usize,
        out in 1..700_usize,
    ) {
        let sent = read_out(&[announced], &[vec![7; actual]], 500, out);
        prop_assert_eq!(sent.is_ok(), announced == actual as u64);
        if let Err(error) = sent {
            prop_assert_eq!(error, BodyError::Length);
        }
    }
}

#[test]
fn a_request_in_every_buffer_too_small_tells_the_size_that_is_needed() {
    let upload = upload(&[100, 7]);
    let raw = raw();
    let mut asks: Vec<(&str, Ask)> = vec![
        ("upload", Box::new(move |buffer| upload.request(buffer).map(|_| usize::MAX))),
        ("raw", Box::new(move |buffer| raw.request(buffer).map(|_| usize::MAX))),
    ];
    asks.extend(all().into_iter().map(|probe| (probe.name, probe.ask)));
    assert_eq!(asks.len(), 9);
    for (name, ask) in asks {
        let Err(Error::Resource(ResourceError::BufferTooSmall { needed })) = ask(&mut []) else {
            panic!("{name}")
        };
        let mut buffer = vec![0xa5; needed + 1];
        for size in 0..needed {
            let error = ask(&mut buffer[..size]).unwrap_err();
            assert_eq!(error, ResourceError::BufferTooSmall { needed }.into(), "{name} {size}");
            assert_eq!(buffer[size], 0xa5, "{name}: a byte beyond the buffer");
            buffer[..size].fill(0xa5);
        }
        let used = ask(&mut buffer[..needed]).unwrap();
        assert!(used == needed || used == usize::MAX, "{name}: {used} of {needed}");
    }
}

/// Two replies can be cut without being noticed, which is why the transport compares lengths: the
/// push's is a text whose code has no end, and a poll's that is empty means that the holder has not
/// answered.
#[test]
fn s25_a_reply_that_is_cut_anywhere_is_an_error() {
    for probe in all() {
        assert!((probe.read)(200, &mut probe.good.clone()).is_ok(), "{probe:?}");
        for length in 0..probe.good.len() {
            let result = (probe.read)(200, &mut probe.good[..length].to_vec());
            let unnoticed = match probe.name {
                "push" => length > "code=".len(),
                "authentication" => length == 0,
                _ => false,
            };
            assert_eq!(result.is_ok(), unnoticed, "{probe:?} cut at {length}: {result:?}");
            if let Err(error) = result {
                assert!(matches!(error, Error::Peer(PeerError::Malformed(_))), "{error:?}");
            }
        }
    }
}

#[test]
fn s39_a_bit_that_is_flipped_in_a_reply_never_panics() {
    for probe in all() {
        for place in 0..probe.good.len().min(700) {
            for bit in 0..8 {
                let mut body = probe.good.clone();
                body[place] ^= 1 << bit;
                let _ = (probe.read)(200, &mut body);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn s39_no_reply_makes_an_exchange_panic(
        status in prop_oneof![Just(200_u16), 100..600_u16, any::<u16>()],
        body in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        for probe in all() {
            let _ = (probe.read)(status, &mut body.clone());
        }
    }

    /// Replies whose members are the right ones, with any values.
    #[test]
    fn s39_no_values_make_an_exchange_panic(
        values in prop::collection::vec(
            prop::sample::select(vec![
                "null", "true", "-1", "1e999", "99999999999999999999", "\"\"", "\"S\"", "\"success\"",
                "\"Bearer\"", "[]", "[{}]", "[null]", "[[]]", "{}", "[{\"id\":1},{\"id\":\"1\"}]",
                "[{\"alias\":1,\"certificate\":\"\"}]", "[{\"slot_alias\":{}}]", "\"\\u0000\"",
            ]),
            12,
        ),
    ) {
        const NAMES: [&str; 12] = [
            "status", "slots", "certificates", "signatures", "certificate_alias", "access_token",
            "token_type", "expires_in", "scope", "authorizationToken", "client_id", "client_secret",
        ];
        let members: Vec<String> =
            NAMES.iter().zip(&values).map(|(name, value)| format!("\"{name}\":{value}")).collect();
        let body = format!("{{{}}}", members.join(",")).into_bytes();
        for probe in all() {
            let _ = (probe.read)(200, &mut body.clone());
        }
    }
}
