//! A form of one file, read by another hand than the one that wrote it (RFC 2046 §5.1.1, RFC 7578).

/// The file of a form.
#[derive(Debug, PartialEq, Eq)]
pub struct File<'b> {
    /// The form's field.
    pub field: &'b str,
    /// The file's name, as it stands between its quotation marks.
    pub name: &'b str,
    /// Its media type.
    pub media_type: &'b str,
    /// Its bytes.
    pub content: &'b [u8],
}

/// Reads a body whose `Content-Type` is this.
///
/// # Panics
/// Where it is no form of one file and nothing else.
#[must_use]
pub fn read<'b>(content_type: &str, body: &'b [u8]) -> File<'b> {
    let boundary = content_type.strip_prefix("multipart/form-data; boundary=").expect("a form");
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"'()+_,-./:=?".contains(&byte);
    assert!((1..=70).contains(&boundary.len()) && boundary.bytes().all(allowed), "{boundary}");
    let opening = format!("--{boundary}\r\n");
    let part = body.strip_prefix(opening.as_bytes()).expect("a first part");
    let (head, rest) = split(part, b"\r\n\r\n").expect("the end of the part's head");
    let (content, after) = split(rest, format!("\r\n--{boundary}").as_bytes()).expect("an end");
    assert_eq!(after, b"--\r\n", "something behind the only part");

    let head = core::str::from_utf8(head).expect("text");
    let (mut field, mut name, mut media_type) = (None, None, None);
    for line in head.split("\r\n") {
        assert!(!line.contains(['\r', '\n']), "half a line end in a head");
        let (header, value) = line.split_once(": ").expect("a header");
        match header.to_ascii_lowercase().as_str() {
            "content-disposition" => {
                let mut rest = value.strip_prefix("form-data").expect("a part of a form");
                while let Some(parameter) = rest.strip_prefix("; ") {
                    let (key, quoted) = parameter.split_once("=\"").expect("a quoted parameter");
                    let (value, after) = quoted.split_once('"').expect("its end");
                    let place = match key {
                        "name" => &mut field,
                        "filename" => &mut name,
                        key => panic!("a parameter of the name {key}"),
                    };
                    assert!(place.replace(value).is_none(), "{key} stands there twice");
                    rest = after;
                }
                assert_eq!(rest, "");
            }
            "content-type" => assert!(media_type.replace(value).is_none()),
            header => panic!("a header of the name {header}"),
        }
    }
    let told = "told of every part";
    File {
        field: field.expect(told),
        name: name.expect(told),
        media_type: media_type.expect(told),
        content,
    }
}

fn split<'b>(bytes: &'b [u8], at: &[u8]) -> Option<(&'b [u8], &'b [u8])> {
    let place = bytes.windows(at.len()).position(|part| part == at)?;
    Some((&bytes[..place], &bytes[place + at.len()..]))
}
