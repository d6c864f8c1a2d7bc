//! Downloads.

use super::*;
use crate::document::{Origin, Place, Received, Reception};
use crate::error::{Flaw, Malformed, Mismatch, Misuse};

fn download<'a>(application: &'a Application<'a>, transaction: &'a str) -> DocumentDownload<'a> {
    DocumentDownload { application, token: TOKEN, transaction, document: 3, most: 1_000 }
}

#[test]
fn the_whole_reply_is_the_document() {
    let application = application(&CERTILLION);
    let download = download(&application, "8a6d-77");
    let mut buffer = [0; 512];
    let request = download.request(&mut buffer).unwrap();
    assert_eq!(request.document, Some(Place::Body { document: 3, most: 1_000 }));
    assert_eq!(request.accept, "*/*");
    assert_eq!(request.bearer, Some("a-token"));
    let received = Received { document: 3, length: 9, origin: Origin::Rewritten };
    let read = |status, document| {
        let mut body = Vec::new();
        download.reply(Response { document, ..response(status, &mut body) })
    };
    assert_eq!(read(200, Reception::Document(received)), Ok(received));
    let other = Reception::Document(Received { document: 2, ..received });
    assert_eq!(read(200, other), Err(PeerError::Mismatch(Mismatch::Ids).into()));
    let flaw = |flaw| {
        let document = crate::error::Document::Download;
        Err(PeerError::Malformed(Malformed { document, flaw }).into())
    };
    assert_eq!(read(200, Reception::Nothing), flaw(Flaw::Missing("document")));
    let malformed = Flaw::Invalid("signed document");
    assert_eq!(read(200, Reception::Malformed(malformed)), flaw(malformed));
    for status in [202, 204] {
        let unavailable = PeerError::Unavailable { status, retry_after: None };
        assert_eq!(read(status, Reception::Nothing), Err(unavailable.into()));
    }
    // A part of it is none of it.
    assert_eq!(read(206, Reception::Nothing), Err(refused(206, "", "")));
    assert_eq!(read(404, Reception::Nothing), Err(refused(404, "", "")));
}

#[test]
fn a_transaction_is_one_name_in_the_path() {
    let application = application(&CERTILLION);
    let path = |transaction| {
        request_of(&download(&application, transaction)).map(|sent| {
            let (_, path) = sent.line.split_once("/oauth/document/").unwrap();
            path.to_string()
        })
    };
    assert_eq!(path("123").as_deref(), Ok("123"));
    assert_eq!(path("../token?x=1#y z").as_deref(), Ok("..%2Ftoken%3Fx%3D1%23y%20z"));
    let long = "1".repeat(65);
    for bad in ["", ".", "..", &long] {
        assert_eq!(path(bad), Err(Misuse::Field("transaction").into()), "{bad}");
    }
}
