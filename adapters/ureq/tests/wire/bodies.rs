//! What goes out and what comes back.

use std::sync::mpsc;

use rubrica_core::document::{Digest, Documents, Reception};
use rubrica_core::exchange::{Effect, Exchange as _};
use rubrica_core::flow::SendFailure;
use rubrica_core::psc::{
    Application, Content, Format, Item, Order, Service, SignatureRequest, VIDAAS,
};
use rubrica_core::secret::SecretText;
use rubrica_ureq::{DocumentProblem, Reply, TransportError};

use super::server::{Received, Server};
use super::{answered, get, post, send, transport};

/// A server that answers `{}` to everything and tells what it got.
fn listening() -> (Server, mpsc::Receiver<Received>) {
    let (tell, told) = mpsc::channel();
    let server = Server::start(move |mut connection| {
        while let Some(received) = connection.next() {
            tell.send(received).unwrap();
            connection.answer("{}");
        }
    });
    (server, told)
}

#[test]
fn a_request_goes_out_as_it_is_written() {
    let (server, told) = listening();
    send(&transport(), &post(&server.url("/v0/token?a=b"), b"{\"a\":1}", Effect::Once)).unwrap();
    let received = told.recv().unwrap();
    assert!(received.head.starts_with("POST /v0/token?a=b HTTP/1.1\r\n"));
    assert_eq!(received.body, b"{\"a\":1}");
    let version = concat!("rubrica/", env!("CARGO_PKG_VERSION"));
    for (name, value) in [
        ("user-agent", version),
        ("content-length", "7"),
        ("content-type", "application/json;charset=UTF-8"),
        ("accept", "application/json"),
        ("authorization", "Bearer canary-token"),
        ("host", &server.address.to_string()),
    ] {
        assert_eq!(received.header(name), Some(value));
    }
    assert_eq!(received.header("accept-encoding"), None);
    assert_eq!(received.header("transfer-encoding"), None);
    assert_eq!(received.header("expect"), None);
}

#[test]
fn an_empty_body_has_its_length_too() {
    let (server, told) = listening();
    send(&transport(), &post(&server.url("/"), b"", Effect::Once)).unwrap();
    assert_eq!(told.recv().unwrap().header("content-length"), Some("0"));
    send(&transport(), &get(&server.url("/"))).unwrap();
    let received = told.recv().unwrap();
    assert!(received.head.starts_with("GET / HTTP/1.1\r\n"));
    assert_eq!(received.header("content-length"), None);
    assert_eq!(received.header("authorization"), None);
}

/// A document that is made while it is read.
struct Made {
    length: u64,
    given: u64,
    fails_at: u64,
}

impl Documents for Made {
    type Error = ();

    fn begin(&mut self, _document: usize) -> Result<(), ()> {
        self.given = 0;
        Ok(())
    }

    fn read(&mut self, out: &mut [u8]) -> Result<usize, ()> {
        let mut count = 0;
        for place in out.iter_mut().take(1_000) {
            if self.given == self.fails_at {
                return Err(());
            }
            if self.given == self.length {
                break;
            }
            *place = (self.given % 251) as u8;
            self.given += 1;
            count += 1;
        }
        Ok(count)
    }
}

/// Sends a document that was announced with so many bytes.
fn upload(
    announced: u64,
    document: &mut Made,
) -> (Result<Reply, TransportError>, Server, mpsc::Receiver<Received>) {
    let (server, told) = listening();
    let url = server.url("");
    let service = Service::new(&VIDAAS, &url).unwrap();
    let application =
        Application::new(service, "client", SecretText::new("secret"), "push://").unwrap();
    let items = [Item {
        id: "1",
        alias: "contract.pdf",
        content: Content::Document { length: announced, digest: None },
    }];
    let order = Order {
        items: &items,
        format: Format::PadesAdRb,
        padding: None,
        signature_page: false,
        certificate_alias: None,
    };
    let exchange =
        SignatureRequest { application: &application, order: &order, items: 0..1, token: "token" };
    let mut buffer = [0; 4096];
    let request = exchange.request(&mut buffer).unwrap();
    let result = transport().send(&request, document, &mut (), &mut Vec::new());
    (result, server, told)
}

#[test]
fn a_document_of_5_mb_streams_with_its_exact_length() {
    let length = 5_000_000;
    let mut document = Made { length, given: 0, fails_at: u64::MAX };
    let (result, _server, told) = upload(length, &mut document);
    assert_eq!(result.unwrap().status, 200);
    let received = told.recv().unwrap();
    assert_eq!(received.header("content-length"), Some(received.body.len().to_string().as_str()));
    assert_eq!(received.header("transfer-encoding"), None);
    let bytes: Vec<u8> = (0..length).map(|place| (place % 251) as u8).collect();
    let text = String::from_utf8(received.body).unwrap();
    let (_, after) = text.split_once("\"base64_content\":\"").unwrap();
    let (content, after) = after.split_once('"').unwrap();
    assert_eq!(content.len(), 4 * bytes.len().div_ceil(3));
    assert!(content.starts_with("AAECAwQF"));
    let hash = base64(Digest::of(&bytes).as_bytes());
    assert!(after.contains(&format!("\"hash\":\"{hash}\"")));
    assert!(content.ends_with(&base64(&bytes[bytes.len() - 2..])));
    assert!(text.ends_with("}]}"));
}

/// Base64 for what is short.
fn base64(bytes: &[u8]) -> String {
    const SYMBOLS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let bits = (0..3).fold(0, |bits, at| {
            bits << 8 | usize::from(group.get(at).copied().unwrap_or_default())
        });
        for place in 0..4 {
            let symbol = SYMBOLS[bits >> (18 - 6 * place) & 63];
            text.push(if place > group.len() { '=' } else { char::from(symbol) });
        }
    }
    text
}

#[test]
fn a_document_that_cannot_be_opened_is_found_out_before_anything_is_sent() {
    // The last is read whole beforehand, and is longer by whole groups: what was announced can be
    // filled with it.
    for (announced, length, fails_at, problem) in [
        (5_000_000, 5_000_000, 0, DocumentProblem::Unreadable),
        (5_000_000, 5_000_000, 1_000, DocumentProblem::Unreadable),
        (5_000_000, 3_000, u64::MAX, DocumentProblem::Length),
        (3_000, 2_700, u64::MAX, DocumentProblem::Length),
        (3_000, 3_300, u64::MAX, DocumentProblem::Length),
    ] {
        let mut document = Made { length, given: 0, fails_at };
        let (result, server, _told) = upload(announced, &mut document);
        let error = result.unwrap_err();
        assert_eq!(error, TransportError::Document { problem, begun: false });
        assert_eq!(error.failure(), SendFailure::NotSent);
        assert_eq!(server.connections(), 0);
    }
}

#[test]
fn a_document_that_fails_later_never_makes_a_complete_request() {
    for (length, fails_at, problem) in [
        (5_000_000, 4_999_999, DocumentProblem::Unreadable),
        (4_999_000, u64::MAX, DocumentProblem::Length),
        (5_000_300, u64::MAX, DocumentProblem::Length),
    ] {
        let mut document = Made { length, given: 0, fails_at };
        let (result, _server, told) = upload(5_000_000, &mut document);
        let error = result.unwrap_err();
        assert_eq!(error, TransportError::Document { problem, begun: true });
        assert_eq!(error.failure(), SendFailure::Unanswered);
        assert!(told.try_recv().is_err());
    }
}

#[test]
fn s17_a_redirect_is_a_reply() {
    for status in [301, 302, 303, 307, 308] {
        let elsewhere = Server::start(|mut connection| {
            connection.request();
            connection.answer("elsewhere");
        });
        let location = elsewhere.url("/stolen");
        let server = Server::start(move |mut connection| {
            while connection.next().is_some() {
                connection.write(
                    format!(
                        "HTTP/1.1 {status} Moved\r\nLocation: {location}\r\nContent-Length: 4\r\n\r\nhere"
                    )
                    .as_bytes(),
                );
            }
        });
        let transport = transport();
        let url = server.url("/token");
        let request = post(&url, b"{}", Effect::Once);
        let (reply, body) = send(&transport, &request).unwrap();
        assert_eq!((reply.status, body.as_slice()), (status, &b"here"[..]));
        let (reply, _) = send(&transport, &get(&server.url("/poll"))).unwrap();
        assert_eq!(reply.status, status);
        assert_eq!(elsewhere.connections(), 0);
    }
}

#[test]
fn every_status_is_a_reply_with_its_headers() {
    for status in [200, 202, 400, 401, 404, 429, 500, 503] {
        let (reply, body) = answered(format!(
            "HTTP/1.1 {status} Some\r\nRetry-After: 7\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\
             Content-Length: 2\r\n\r\n{{}}"
        ))
        .unwrap();
        let retry_after = Some("7".to_owned());
        let date = Some("Sun, 06 Nov 1994 08:49:37 GMT".to_owned());
        assert_eq!(reply, Reply { status, retry_after, date, document: Reception::Nothing });
        assert_eq!(body, b"{}");
        let mut body = body;
        assert_eq!(reply.response(&mut body).wait().map(|wait| wait.as_secs()), Some(7));
    }
}

#[test]
fn a_reply_that_has_no_body_is_not_waited_for() {
    for head in [
        "HTTP/1.1 304 Not Modified\r\n\r\n",
        "HTTP/1.1 304 Not Modified\r\nContent-Length: 100\r\n\r\n",
        "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    ] {
        let server = Server::start(move |mut connection| {
            // Kept open: a client that waits for a body waits for ever.
            while connection.next().is_some() {
                connection.write(head.as_bytes());
            }
        });
        let transport = transport();
        let (_, body) = send(&transport, &get(&server.url("/"))).unwrap();
        assert!(body.is_empty());
        assert!(send(&transport, &get(&server.url("/"))).is_ok());
        assert_eq!(server.connections(), 1, "{head}");
    }
}

#[test]
fn a_chunked_reply_is_put_together() {
    let (_, body) = answered(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\
         3\r\n{\"a\r\n4;x=y\r\n\":1}\r\n0\r\nTrailer: t\r\n\r\n",
    )
    .unwrap();
    assert_eq!(body, b"{\"a\":1}");
}

#[test]
fn a_reply_may_end_with_its_connection() {
    let (_, body) = answered("HTTP/1.1 200 OK\r\n\r\n{\"a\":1}").unwrap();
    assert_eq!(body, b"{\"a\":1}");
}

#[test]
fn a_reply_takes_the_place_of_what_was_there() {
    let (server, _told) = listening();
    let mut body = b"an older and longer reply".to_vec();
    transport().send(&get(&server.url("/")), &mut (), &mut (), &mut body).unwrap();
    assert_eq!(body, b"{}");
}
