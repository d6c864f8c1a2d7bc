//! A reply over HTTP/1.1, at any chunking.
//!
//! The input chooses the chunks, the size of the buffer and the reply. The same bytes give the same
//! reply however they arrive and however large the buffer is, if it is large enough.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rubrica_core::document::{Body, Place, Reception};
use rubrica_core::exchange::{Effect, Method, Request};
use rubrica_device::ReplyError;
use rubrica_device::http::{Incoming, Limits};
use rubrica_fuzz::dice::Dice;
use rubrica_fuzz::memory::Memory;

const PLACE: Place<'_> =
    Place::Member { list: "signatures", member: "file_base64_signed", document: 0 };

/// Bounds that a fuzzer's inputs can reach.
const LIMITS: Limits<8> = Limits { head: 1_024, line: 256, body: 4_096, ..Limits::with_headers() };

/// More than any reply here needs.
const LARGE: usize = 64 * 1024;

fuzz_target!(|data: &[u8]| {
    let mut dice = Dice::new(data);
    let document = (dice.throw(2) == 1).then_some(PLACE);
    let room = usize::from(dice.byte()) * 16 + 1;
    let (chunks, reply) = (dice.bytes(), dice.rest());
    let whole = receive(document, reply, &[], LARGE);
    let pieces = receive(document, reply, chunks, LARGE);
    match (&whole, &pieces) {
        (Ok(whole), Ok(pieces)) => assert_eq!(whole, pieces),
        // What is too long may be known to be it before, or after, it is known to be broken.
        (Err(ReplyError::Peer(_)), Err(ReplyError::Peer(_))) => {}
        _ => panic!("{whole:?} in one piece, {pieces:?} in pieces"),
    }
    let cramped = receive(document, reply, chunks, room);
    match (&whole, &cramped) {
        (_, Err(ReplyError::Resource { needed })) => assert!(*needed > 0),
        (Ok(whole), Ok(cramped)) if cramped.status < 300 => assert_eq!(whole, cramped),
        // Of an error's body the status is what matters, and it is dropped where it does not fit;
        // what is broken in it is then not seen.
        (Ok(whole), Ok(cramped)) => {
            assert_eq!(whole.status, cramped.status);
            assert!(cramped.body.is_empty() || cramped.body == whole.body);
        }
        (Err(_), Ok(cramped)) => assert!(cramped.status >= 300, "{whole:?}, {cramped:?}"),
        (Err(_), Err(_)) => {}
        (Ok(_), Err(error)) => panic!("{error:?} for want of room"),
    }
});

/// A reply, as far as it must not depend on how it came: whether the connection is kept does, since
/// what follows a reply is seen or not.
#[derive(Debug, PartialEq)]
struct Received {
    status: u16,
    retry_after: Option<String>,
    date: Option<String>,
    body: Vec<u8>,
    reception: Option<Reception>,
    document: Option<Memory>,
}

fn receive(
    document: Option<Place<'_>>,
    reply: &[u8],
    chunks: &[u8],
    size: usize,
) -> Result<Received, ReplyError> {
    let request = Request {
        method: Method::Get,
        url: "https://psc.example/",
        bearer: None,
        content_type: None,
        accept: "*/*",
        header: None,
        body: Body::Empty,
        document,
        effect: Effect::Safe,
    };
    let mut buffer = vec![0; size];
    let mut sink = Memory::default();
    let mut incoming = Incoming::new(&LIMITS, &request, None);
    let mut sizes = chunks.iter().cycle().map(|&size| usize::from(size) + 1);
    let (mut rest, mut rounds) = (reply, 0);
    while let Some(room) = incoming.room(&mut buffer)? {
        assert!(!room.is_empty(), "no room for the next byte");
        let wanted = sizes.next().unwrap_or(rest.len()).min(rest.len());
        let (piece, after) = rest.split_at(wanted.min(room.len()));
        room[..piece.len()].copy_from_slice(piece);
        incoming.take(piece.len(), &mut buffer, &mut (), &mut sink)?;
        rest = after;
        rounds += 1;
        assert!(rounds <= reply.len() + 2, "no end in sight");
    }
    let reply = incoming.reply();
    let response = reply.response(&mut buffer);
    assert!((100..1_000).contains(&response.status));
    assert!(response.body.len() as u64 <= LIMITS.body);
    let malformed = matches!(response.document, Reception::Malformed(_));
    Ok(Received {
        status: response.status,
        retry_after: response.retry_after.map(str::to_owned),
        date: response.date.map(str::to_owned),
        body: if malformed { Vec::new() } else { response.body.to_vec() },
        // Of two flaws the one that is met first depends on the pieces.
        reception: (!malformed).then_some(response.document),
        document: (!malformed).then_some(sink),
    })
}
