//! Uploads, read back by a parser that knows nothing of how they are written.

use super::*;
use crate::error::{Flaw, Misuse, ResourceError};

fn boundary() -> Boundary {
    Boundary::from_entropy(&core::array::from_fn(|place| place as u8)).unwrap()
}

fn upload<'a>(
    application: &'a Application<'a>,
    boundary: &'a Boundary,
    name: &'a str,
    length: u64,
) -> DocumentUpload<'a> {
    let token = TOKEN;
    DocumentUpload { application, token, document: 0, length, name, media_type: None, boundary }
}

/// One part of a body: its headers in lower case, and what it holds.
struct Part {
    headers: Vec<(String, String)>,
    content: Vec<u8>,
}

/// Finds a run of bytes.
fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

/// Reads `multipart/form-data` as RFC 2046 §5.1.1 and RFC 7578 have it.
fn parse(content_type: &str, body: &[u8]) -> Vec<Part> {
    let boundary = content_type.strip_prefix("multipart/form-data; boundary=").unwrap();
    assert!((1..=70).contains(&boundary.len()));
    assert!(boundary.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    let delimiter = format!("\r\n--{boundary}").into_bytes();
    // The first delimiter needs no line end before it.
    let body = [b"\r\n", body].concat();
    let mut rest = &body[find(&body, &delimiter).unwrap() + delimiter.len()..];
    let mut parts = Vec::new();
    while let Some(part) = rest.strip_prefix(b"\r\n") {
        let end = find(part, &delimiter).unwrap();
        let head = find(part, b"\r\n\r\n").unwrap();
        let headers = core::str::from_utf8(&part[..head]).unwrap().split("\r\n").map(|line| {
            let (name, value) = line.split_once(": ").unwrap();
            (name.to_lowercase(), value.to_string())
        });
        parts.push(Part { headers: headers.collect(), content: part[head + 4..end].to_vec() });
        rest = &part[end + delimiter.len()..];
    }
    assert_eq!(rest, b"--\r\n");
    parts
}

/// The value of a parameter of `Content-Disposition`, as browsers write it.
fn parameter(value: &str, name: &str) -> Option<String> {
    let start = value.find(&format!("; {name}=\""))? + name.len() + 4;
    let (quoted, _) = value[start..].split_once('"')?;
    Some(quoted.replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n"))
}

#[test]
fn a_document_of_any_bytes_is_read_back_byte_for_byte() {
    let application = application(&CERTILLION);
    let boundary = boundary();
    let like_a_boundary = format!("\r\n--{}\r\n\r\n", &boundary.as_str()[..31]).into_bytes();
    let marks: Vec<u8> = (0..=255).collect();
    for document in [b"x".to_vec(), like_a_boundary, marks, std::vec![0x04; 70_000]] {
        let upload = upload(&application, &boundary, "contrato.pdf", document.len() as u64);
        let documents = [document];
        let mut buffer = [0; 1024];
        let request = upload.request(&mut buffer).unwrap();
        let mut bodies = Vec::new();
        for size in [1, 2, 3, 7, 64, 1_000, 100_000] {
            let sent = sent_in(&request, &documents, size);
            let parts = parse(sent.content_type.as_deref().unwrap(), &sent.body);
            let [part] = &parts[..] else { unreachable!("one part") };
            assert_eq!(part.content, documents[0]);
            bodies.push(sent.body);
        }
        assert!(bodies.iter().all(|body| *body == bodies[0]));
    }
}

#[test]
fn a_part_says_which_file_it_is() {
    let application = application(&CERTILLION);
    let boundary = boundary();
    for (name, media_type) in [
        ("contrato.pdf", Some("application/pdf")),
        ("declaração de ação \"x\".xml", None),
        ("a\r\nContent-Type: text/html\r\n\r\nb", None),
        ("../../etc/passwd; filename=\\", Some("text/plain; charset=utf-8")),
    ] {
        let upload = DocumentUpload { media_type, ..upload(&application, &boundary, name, 3) };
        let sent = request_with(&upload, &[b"abc".to_vec()]).unwrap();
        assert_eq!(sent.line, format!("POST {BASE_URL}/css/restful/application/oauth/document"));
        assert_eq!(sent.bearer.as_deref(), Some("a-token"));
        let parts = parse(sent.content_type.as_deref().unwrap(), &sent.body);
        let [Part { headers, content }] = &parts[..] else { unreachable!("one part") };
        assert_eq!(content, b"abc");
        let names: Vec<_> = headers.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["content-disposition", "content-type"]);
        assert!(headers[0].1.starts_with("form-data; "));
        assert_eq!(parameter(&headers[0].1, "name").as_deref(), Some("file"));
        assert_eq!(parameter(&headers[0].1, "filename").as_deref(), Some(name));
        assert_eq!(headers[1].1, media_type.unwrap_or("application/octet-stream"));
    }
}

#[test]
fn what_cannot_be_uploaded_is_refused_before_it_is() {
    let application = application(&CERTILLION);
    let boundary = boundary();
    let good = upload(&application, &boundary, "a.pdf", 1);
    let refusal = |upload: DocumentUpload<'_>| request_of(&upload).unwrap_err();
    let too_large = CERTILLION.limits.document_bytes + 1;
    assert_eq!(refusal(DocumentUpload { length: 0, ..good }), Misuse::EmptyDocument.into());
    assert_eq!(
        refusal(DocumentUpload { length: too_large, ..good }),
        Misuse::DocumentTooLarge.into()
    );
    let long = "é".repeat(128);
    for name in ["", "a\u{1}b", "a\u{4}", "a\0", &long] {
        let refusal = refusal(DocumentUpload { name, ..good });
        assert_eq!(refusal, Misuse::Field("alias").into(), "{name}");
    }
    for media_type in ["", "pdf", "a/b\r\nx: y", "a/b\u{1}", "a/é"] {
        let media_type = Some(media_type);
        let refusal = refusal(DocumentUpload { media_type, ..good });
        assert_eq!(refusal, Misuse::Field("media_type").into(), "{media_type:?}");
    }
}

#[test]
fn a_buffer_that_is_too_small_is_told_what_it_needs() {
    let application = application(&CERTILLION);
    let boundary = boundary();
    let upload = upload(&application, &boundary, "a.pdf", 1);
    let mut buffer = [0; 1024];
    let Err(Error::Resource(ResourceError::BufferTooSmall { needed })) =
        upload.request(&mut buffer[..10])
    else {
        unreachable!("it fits")
    };
    assert!(upload.request(&mut buffer[..needed - 1]).is_err());
    assert!(upload.request(&mut buffer[..needed]).is_ok());
}

#[test]
fn the_hash_is_kept_as_it_came_if_it_can_go_where_it_goes() {
    let application = application(&CERTILLION);
    let boundary = boundary();
    let read = |status, body: &str| {
        let upload = upload(&application, &boundary, "a.pdf", 1);
        let mut body = body.as_bytes().to_vec();
        upload.reply(response(status, &mut body)).map(|reply| reply.hash.to_string())
    };
    let hash = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    let reply =
        |hash: &str, status: &str| format!(r#"{{"document_hash":"{hash}","status":{status}}}"#);
    let ok = r#"{"code":100,"name":"REQUEST_OK","detail":""}"#;
    assert_eq!(read(200, &reply(hash, ok)).as_deref(), Ok(hash));
    assert_eq!(read(201, &reply(hash, "null")).as_deref(), Ok(hash));
    // Whatever the HTTP status says.
    let code = r#"{"code":"713","name":"WRONG_DOCUMENT_TYPE","detail":"d"}"#;
    assert_eq!(read(200, &reply(hash, code)), Err(refused(200, "713 WRONG_DOCUMENT_TYPE", "d")));
    let flaw = |flaw| {
        let document = crate::error::Document::Upload;
        Err(PeerError::Malformed(crate::error::Malformed { document, flaw }).into())
    };
    assert_eq!(read(200, r#"{"status":{"code":100}}"#), flaw(Flaw::Missing("document_hash")));
    for bad in ["a b", "a\\u000ab", "a\\\"b", "a\\u0001", "é"] {
        let reply = reply(bad, ok);
        assert_eq!(read(200, &reply), flaw(Flaw::Invalid("document_hash")), "{bad}");
    }
    let long = "A".repeat(129);
    let too_long = ResourceError::TooLong { what: "document_hash", bound: HASH };
    assert_eq!(read(200, &reply(&long, ok)), Err(too_long.into()));
}
