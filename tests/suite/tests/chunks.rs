//! How a reply is cut on its way must not matter: any pieces give what the whole gives.

use core::convert::Infallible;

use base64ct::{Base64, Encoding};
use proptest::prelude::*;
use rubrica_core::document::{
    Body, Digest, Documents, Extractor, Origin, Place, Reception, Sent, Sink,
};
use rubrica_core::exchange::{Effect, Exchange, Method, Request, Response};
use rubrica_core::psc::Signature;
use rubrica_device::ReplyError;
use rubrica_device::http::{Incoming, Limits};
use rubrica_tests::exchanges::upload;

const PLACE: Place<'_> =
    Place::Member { list: "signatures", member: "file_base64_signed", document: 0 };

/// The document that was sent.
#[derive(Clone, Debug)]
struct Original {
    bytes: Vec<u8>,
    place: usize,
}

impl Documents for Original {
    type Error = Infallible;

    fn begin(&mut self, _document: usize) -> Result<(), Infallible> {
        self.place = 0;
        Ok(())
    }

    fn read(&mut self, out: &mut [u8]) -> Result<usize, Infallible> {
        let rest = &self.bytes[self.place..];
        let count = rest.len().min(out.len());
        out[..count].copy_from_slice(&rest[..count]);
        self.place += count;
        Ok(count)
    }
}

impl Original {
    const fn new(bytes: Vec<u8>) -> Self {
        Self { bytes, place: 0 }
    }

    fn sent(&self) -> Sent {
        let digest = Digest::of(&self.bytes);
        Sent { document: 0, length: self.bytes.len() as u64, digest }
    }
}

/// What came of the signed document.
#[derive(Debug, Default, PartialEq)]
struct Memory {
    begun: usize,
    bytes: Vec<u8>,
}

impl Sink for Memory {
    type Error = Infallible;

    fn begin(&mut self, _document: usize) -> Result<(), Infallible> {
        self.begun += 1;
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Infallible> {
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn commit(&mut self) -> Result<(), Infallible> {
        Ok(())
    }

    fn abandon(&mut self) {}
}

/// A reply for one document, and the document that was sent for it.
#[derive(Clone, Debug)]
struct Reply {
    original: Vec<u8>,
    body: Vec<u8>,
}

/// A text of JSON in one of the ways in which it can be written.
fn written(text: &str, way: u8) -> String {
    match way {
        0 => text.to_owned(),
        1 => text.replace('/', "\\/").replace('+', "\\u002B").replace('=', "\\u003d"),
        _ => {
            let escaped = |each: char| format!("\\u{:04x}", u32::from(each));
            text.chars().map(escaped).collect()
        }
    }
}

fn reply() -> impl Strategy<Value = Reply> {
    let original = prop::collection::vec(any::<u8>(), 1..400);
    let added = prop::collection::vec(any::<u8>(), 0..200);
    let shape = (0..4_u8, 0..3_u8, 1..100_usize, "[ \n]{0,2}", any::<bool>());
    (original, added, shape).prop_map(|(original, added, shape)| {
        let (kind, way, line, gap, behind) = shape;
        let signed = match kind {
            0 => [&added[..], &original].concat(),
            _ => [&original[..], &added].concat(),
        };
        let text = Base64::encode_string(&signed);
        let lines: Vec<String> = text
            .as_bytes()
            .chunks(line * 4)
            .map(|line| written(str::from_utf8(line).unwrap(), way))
            .collect();
        let member = match kind {
            3 => "raw_signature",
            _ => "file_base64_signed",
        };
        let document = format!("\"{member}\"{gap}:{gap}\"{}\"", lines.join("\\r\\n"));
        let id = format!("\"id\":{gap}\"0\"");
        let entry = if behind { [id, document] } else { [document, id] };
        let entry = entry.join(&format!("{gap},"));
        let body = format!("{{\"certificate_alias\":\"MINE\",\"signatures\":[{{{entry}}}]{gap}}}");
        Reply { original, body: body.into_bytes() }
    })
}

/// Such a reply, whole, cut short, or with a byte that is another.
fn damaged() -> impl Strategy<Value = Reply> {
    (reply(), 0..4_u8, any::<prop::sample::Index>(), any::<u8>()).prop_map(
        |(mut reply, kind, place, byte)| {
            let place = place.index(reply.body.len());
            match kind {
                0 => reply.body.truncate(place),
                1 => reply.body[place] = byte,
                _ => {}
            }
            reply
        },
    )
}

/// Sizes of pieces; they come again and again.
fn sizes() -> impl Strategy<Value = Vec<usize>> {
    let one = prop_oneof![Just(1_usize), 1..8_usize, 1..400_usize];
    prop::collection::vec(one, 1..12)
}

fn pieces<'p>(bytes: &'p [u8], sizes: &'p [usize]) -> impl Iterator<Item = &'p [u8]> {
    let mut rest = bytes;
    sizes.iter().cycle().map_while(move |&size| {
        let (piece, after) = rest.split_at(size.min(rest.len()));
        rest = after;
        (!piece.is_empty()).then_some(piece)
    })
}

fn extract(reply: &Reply, sizes: &[usize]) -> (Reception, Vec<u8>, Memory) {
    let mut original = Original::new(reply.original.clone());
    let mut sink = Memory::default();
    let mut extractor = Extractor::new(PLACE, Some(original.sent()));
    let mut kept = Vec::new();
    for piece in pieces(&reply.body, sizes) {
        let mut piece = piece.to_vec();
        let count = extractor.push(&mut piece, &mut original, &mut sink).unwrap();
        kept.extend_from_slice(&piece[..count]);
    }
    (extractor.finish(), kept, sink)
}

/// Where a malformed document is left off depends on the pieces; that it is malformed does not.
fn comparable(outcome: (Reception, Vec<u8>, Memory)) -> Option<(Reception, Vec<u8>, Memory)> {
    (!matches!(outcome.0, Reception::Malformed(_))).then_some(outcome)
}

/// How the end of a body is told.
#[derive(Clone, Debug)]
enum Framing {
    Length,
    Chunked(Vec<usize>),
    Close,
}

fn framing() -> impl Strategy<Value = Framing> {
    prop_oneof![Just(Framing::Length), sizes().prop_map(Framing::Chunked), Just(Framing::Close)]
}

/// A reply as it goes over the wire.
fn wire(status: u16, body: &[u8], framing: &Framing) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status} Whatever\r\nRetry-After: 7\r\n");
    let mut wire = head.into_bytes();
    match framing {
        Framing::Length => {
            wire.extend(format!("Content-Length: {}\r\n\r\n", body.len()).bytes());
            wire.extend_from_slice(body);
        }
        Framing::Chunked(sizes) => {
            wire.extend_from_slice(b"Transfer-Encoding: chunked\r\n\r\n");
            for chunk in pieces(body, sizes) {
                wire.extend(format!("{:x}\r\n", chunk.len()).bytes());
                wire.extend_from_slice(chunk);
                wire.extend_from_slice(b"\r\n");
            }
            wire.extend_from_slice(b"0\r\n\r\n");
        }
        Framing::Close => {
            wire.extend_from_slice(b"\r\n");
            wire.extend_from_slice(body);
        }
    }
    wire
}

/// What a device makes of a reply: all that its flow would see, and what its sink has.
fn receive(
    wire: &[u8],
    original: &[u8],
    sizes: &[usize],
    document: bool,
) -> Result<(String, Memory), ReplyError> {
    let request = Request {
        method: Method::Post,
        url: "https://psc.example/",
        bearer: None,
        content_type: None,
        accept: "application/json",
        header: None,
        body: Body::Empty,
        document: document.then_some(PLACE),
        effect: Effect::Once,
    };
    let mut documents = Original::new(original.to_vec());
    let mut sink = Memory::default();
    let limits = Limits::new();
    let mut incoming: Incoming<'_> = Incoming::new(&limits, &request, Some(documents.sent()));
    let mut buffer = vec![0; 16 * 1024];
    let (mut rest, mut sizes) = (wire, sizes.iter().cycle());
    while let Some(room) = incoming.room(&mut buffer)? {
        let size = sizes.next().map_or(1, |&size| size.min(room.len()).min(rest.len()));
        let (piece, after) = rest.split_at(size);
        room[..size].copy_from_slice(piece);
        rest = after;
        incoming.take(piece.len(), &mut buffer, &mut documents, &mut sink)?;
    }
    let reply = incoming.reply();
    Ok((seen(reply.response(&mut buffer)), sink))
}

/// What the exchange reads out of a response, in words.
fn seen(response: Response<'_>) -> String {
    let malformed = matches!(response.document, Reception::Malformed(_));
    let headers = format!("{:?} {:?} {:?}", response.status, response.retry_after, response.date);
    let request = upload(&[400]);
    let read = match request.reply(response) {
        Ok(_) if malformed => panic!("a malformed document is taken"),
        Err(_) if malformed => "malformed".to_owned(),
        Err(error) => format!("{error:?}"),
        Ok(signatures) => {
            let each = |signature| match signature {
                Ok(Signature::Detached(text) | Signature::Document(text)) => {
                    let mut room = vec![0; 4096];
                    format!("{:?}", text.decode(&mut room))
                }
                other => format!("{other:?}"),
            };
            let all: Vec<_> = signatures.iter().map(|(_, signature)| each(signature)).collect();
            format!("{:?} {all:?}", signatures.certificate_alias())
        }
    };
    format!("{headers} {read}")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(250))]

    #[test]
    fn any_split_of_a_reply_gives_the_document_of_the_whole(
        reply in damaged(), sizes in sizes(),
    ) {
        let whole = comparable(extract(&reply, &[usize::MAX]));
        let split = comparable(extract(&reply, &sizes));
        prop_assert_eq!(whole, split);
    }

    /// And that is the signed document, which another reader of JSON and base64 finds too.
    #[test]
    fn s33_a_document_that_came_in_pieces_is_the_one_that_was_signed(
        reply in reply(), sizes in sizes(),
    ) {
        let (reception, kept, sink) = extract(&reply, &sizes);
        let theirs: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
        match theirs["signatures"][0]["file_base64_signed"].as_str() {
            None => {
                prop_assert_eq!(reception, Reception::Nothing);
                prop_assert_eq!(kept, reply.body);
            }
            Some(text) => {
                let signed = Base64::decode_vec(&text.replace("\r\n", "")).unwrap();
                let Reception::Document(received) = reception else {
                    return Err(TestCaseError::fail(format!("{reception:?}")));
                };
                let appended = signed.starts_with(&reply.original);
                prop_assert_eq!(received.origin == Origin::Appended, appended);
                prop_assert_eq!(received.length, signed.len() as u64);
                prop_assert_eq!(sink, Memory { begun: 1, bytes: signed });
            }
        }
    }

    #[test]
    fn any_split_of_a_reply_over_http_gives_what_the_whole_gives(
        reply in damaged(),
        status in prop_oneof![9 => Just(200_u16), 1 => prop::sample::select(vec![401, 429, 500])],
        framing in framing(),
        sizes in sizes(),
        document in any::<bool>(),
    ) {
        let wire = wire(status, &reply.body, &framing);
        let whole = receive(&wire, &reply.original, &[usize::MAX], document);
        let split = receive(&wire, &reply.original, &sizes, document);
        match (whole, split) {
            (Ok((whole, _)), Ok((split, _))) if whole.ends_with("malformed") => {
                prop_assert_eq!(whole, split);
            }
            (whole, split) => {
                prop_assert!(whole.is_ok(), "{:?}", whole);
                prop_assert_eq!(whole, split);
            }
        }
    }

    /// A connection that breaks off is never a reply that is whole, wherever it does; one whose end
    /// is told by nothing else is the JSON reader's to refuse.
    #[test]
    fn s25_a_reply_over_http_that_breaks_off_is_none(
        reply in reply(), framing in framing(), sizes in sizes(),
        place in any::<prop::sample::Index>(),
    ) {
        let wire = wire(200, &reply.body, &framing);
        let cut = &wire[..place.index(wire.len())];
        match receive(cut, &reply.original, &sizes, true) {
            Err(ReplyError::Peer(_)) => {}
            Ok((seen, _)) => {
                prop_assert!(matches!(framing, Framing::Close), "{}", seen);
                prop_assert!(seen.contains("Malformed") || seen.ends_with("malformed"), "{}", seen);
            }
            Err(other) => prop_assert!(false, "{:?}", other),
        }
    }
}
