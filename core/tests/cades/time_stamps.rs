//! The question for a time stamp, and its answers.

use rubrica_core::cades::{TimeStampQuery, TimeStampToken};
use rubrica_core::codec::der::{DerError, Misread};
use rubrica_core::document::{Body, Digest};
use rubrica_core::error::{Document, Error, Flaw, Malformed, Mismatch, Misuse, PeerError, Refusal};
use rubrica_core::exchange::{ContentType, Effect, Exchange, Method, Response};

use crate::support::{element, oid, sequence, token, token_at};

const URL: &str = "https://act.example/carimbo?conta=1";

const SIGNATURE: &[u8] = &[0x77; 256];

const NONCE: [u8; 8] = [0x81, 2, 3, 4, 5, 6, 7, 8];

fn query(nonce: [u8; 8]) -> TimeStampQuery<'static> {
    TimeStampQuery::new(URL, SIGNATURE, nonce).unwrap()
}

/// The answer that grants a token.
pub(crate) fn granted(token: Vec<u8>) -> Vec<u8> {
    sequence(&[sequence(&[element(2, [0])]), token])
}

fn reply(mut body: Vec<u8>) -> Result<Vec<u8>, Error> {
    let token = query(NONCE).reply(Response::new(200, &mut body))?;
    Ok(token.encoded().to_vec())
}

#[test]
fn a_question_is_the_same_made_in_another_way() {
    let nonces: [([u8; 8], &[u8]); 3] = [
        (NONCE, &[0, 0x81, 2, 3, 4, 5, 6, 7, 8]),
        ([0, 0, 0x7f, 4, 5, 6, 7, 8], &[0x7f, 4, 5, 6, 7, 8]),
        ([0, 0, 0, 0, 0, 0, 0, 0x80], &[0, 0x80]),
    ];
    for (nonce, encoded) in nonces {
        let mut buffer = [0; 256];
        let request = query(nonce).request(&mut buffer).unwrap();
        let imprint = element(4, Digest::of(SIGNATURE).as_bytes());
        let expected = sequence(&[
            element(2, [1]),
            sequence(&[sequence(&[oid("2.16.840.1.101.3.4.2.1")]), imprint]),
            element(2, encoded),
            element(1, [0xff]),
        ]);
        let Body::Bytes(body) = request.body else { unreachable!() };
        assert_eq!(body, expected);
        assert_eq!((request.method, request.url), (Method::Post, URL));
        assert_eq!(request.content_type, Some(ContentType::TimeStampQuery));
        assert_eq!(request.accept, "application/timestamp-reply");
        assert_eq!(request.effect, Effect::Once);
    }
}

#[test]
fn s18_a_question_goes_over_https_with_a_nonce_that_is_one() {
    let new = |url, nonce| TimeStampQuery::new(url, SIGNATURE, nonce).map(|_| ()).unwrap_err();
    assert_eq!(new("http://act.example/", NONCE), Misuse::InsecureUrl.into());
    for url in ["https://", "https:///x", "https://a@b/", "https://a/#b", "https://a b/"] {
        assert_eq!(new(url, NONCE), Misuse::Field("time stamp URL").into());
    }
    assert_eq!(new(URL, [7; 8]), Misuse::Entropy.into());
}

#[test]
fn a_token_is_given_exactly_as_it_came() {
    let nonce = [vec![0], NONCE.to_vec()].concat();
    let sent = token(Digest::of(SIGNATURE), &nonce);
    assert_eq!(reply(granted(sent.clone())), Ok(sent.clone()));
    let with_mods = sequence(&[sequence(&[element(2, [1])]), sent.clone()]);
    assert_eq!(reply(with_mods), Ok(sent.clone()));
    let read = TimeStampToken::parse(&sent).unwrap();
    assert_eq!((read.time(), read.serial()), (1_795_219_200, &[0x5e][..]));
    assert_eq!(read.policy().to_string(), "2.16.76.1.6.9999");
    assert_eq!(read.nonce(), Some(&NONCE[..]));
}

#[test]
fn a_token_of_something_else_is_no_answer() {
    let nonce = [vec![0], NONCE.to_vec()].concat();
    let mismatch = Err(PeerError::Mismatch(Mismatch::TimeStamp).into());
    assert_eq!(reply(granted(token(Digest::of(b"else"), &nonce))), mismatch);
    let digest = Digest::of(SIGNATURE);
    assert_eq!(reply(granted(token(digest, &[1, 2, 3]))), mismatch);
    let negative = reply(granted(token(digest, &NONCE))).unwrap_err();
    let Error::Peer(PeerError::Malformed(malformed)) = negative else { unreachable!() };
    assert_eq!(malformed.document, Document::TimeStamp);
    let Flaw::Der(misread) = malformed.flaw else { unreachable!() };
    assert_eq!((misread.piece, misread.reason), ("nonce", DerError::Value));
    let time = reply(granted(token_at(digest, &nonce, "20261321000000Z"))).unwrap_err();
    assert!(time.to_string().starts_with("time stamp reply: genTime, byte "), "{time}");
}

#[test]
fn a_refusal_is_told_in_the_authoritys_words() {
    let refused = |status: u8, parts: &[Vec<u8>]| {
        let status = [vec![element(2, [status])], parts.to_vec()].concat();
        reply(sequence(&[sequence(&status)])).unwrap_err()
    };
    let refusal =
        |code, text| -> Error { PeerError::Refused(Refusal::new(200, code, text)).into() };
    assert_eq!(refused(2, &[]), refusal("rejection", ""));
    assert_eq!(refused(3, &[]), refusal("waiting", ""));
    let words = sequence(&[element(0x0c, "sem saldo: CPF 11144477735")]);
    let bad_request = element(3, [5, 0x20]);
    let told = refused(2, &[words, bad_request]);
    assert_eq!(told, refusal("badRequest", "sem saldo: CPF ******"));
    let system = element(3, [6, 0, 0, 0, 0x40]);
    assert_eq!(refused(2, &[system]), refusal("systemFailure", ""));
    assert_eq!(refused(9, &[element(3, [])]), refusal("", ""));
    let missing = reply(sequence(&[sequence(&[element(2, [0])])])).unwrap_err();
    let misread = Misread { piece: "timeStampToken", place: 7, reason: DerError::Missing };
    let malformed = Malformed { document: Document::TimeStamp, flaw: Flaw::Der(misread) };
    assert_eq!(missing, PeerError::Malformed(malformed).into());
}

#[test]
fn a_status_of_http_is_a_refusal_whatever_the_body_is() {
    let status = |status| {
        let mut body = b"<html>".to_vec();
        query(NONCE).reply(Response::new(status, &mut body)).map(|_| ()).unwrap_err()
    };
    assert!(matches!(status(503), Error::Peer(PeerError::Unavailable { .. })));
    assert!(
        matches!(status(401), Error::Peer(PeerError::Refused(refusal)) if refusal.status == 401)
    );
    assert!(matches!(status(200), Error::Peer(PeerError::Malformed(_))));
}
