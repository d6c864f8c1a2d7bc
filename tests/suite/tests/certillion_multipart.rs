//! The form in which a document is uploaded: what we write, parsers that are not ours read back byte
//! for byte. One is written here from RFC 2046 and RFC 7578, one is Python's, and one the emulated
//! service's.

use core::fmt::Write as _;
use std::process::Command;

use proptest::prelude::*;
use rubrica::Document;
use rubrica_core::certillion::{
    Application, Boundary, CERTILLION, DocumentUpload, Profile, Service, Spelling,
};
use rubrica_core::document::Documents;
use rubrica_core::error::{Error, Misuse};
use rubrica_core::exchange::{ContentType, Exchange};
use rubrica_core::secret::SecretText;
use rubrica_sandbox::CPF_HOLDER;
use rubrica_tests::certillion::{client, detached, sandbox, verified};
use rubrica_tests::host::{Folder, Holderside, holder, judge_counters, sha256};

/// A document that comes in pieces of whatever length.
struct Pieces<'d> {
    rest: &'d [u8],
    lengths: core::iter::Cycle<std::vec::IntoIter<usize>>,
}

impl Documents for Pieces<'_> {
    type Error = core::convert::Infallible;

    fn begin(&mut self, document: usize) -> Result<(), Self::Error> {
        assert_eq!(document, 7);
        Ok(())
    }

    fn read(&mut self, out: &mut [u8]) -> Result<usize, Self::Error> {
        let most = self.lengths.next().expect("there is one").min(out.len());
        let (piece, rest) = self.rest.split_at(most.min(self.rest.len()));
        out[..piece.len()].copy_from_slice(piece);
        self.rest = rest;
        Ok(piece.len())
    }
}

/// A body as it goes over the wire, with the value of its header.
struct Written {
    content_type: String,
    body: Vec<u8>,
}

/// How a document is uploaded.
struct Upload<'d> {
    field: &'d str,
    name: &'d str,
    content: &'d [u8],
    entropy: [u8; 16],
    /// Bytes that are asked for at a time, and that the document gives at a time.
    lengths: (Vec<usize>, Vec<usize>),
}

impl<'d> Upload<'d> {
    fn of(name: &'d str, content: &'d [u8]) -> Self {
        let entropy = core::array::from_fn(|place| 3 * place as u8);
        Self { field: "file", name, content, entropy, lengths: (vec![997], vec![4096]) }
    }

    fn write(self) -> Result<Written, Error> {
        let spellings = [Spelling { word: "file", written: self.field }];
        let profile = Profile { spellings: &spellings, ..CERTILLION };
        let service = Service::new(&profile)?;
        let secret = SecretText::new("secret");
        let uri = "http://127.0.0.1:8765/callback";
        let application = Application::new(service, "client", secret, uri)?;
        let boundary = Boundary::from_entropy(&self.entropy)?;
        let exchange = DocumentUpload {
            application: &application,
            token: SecretText::new("token"),
            document: 7,
            length: self.content.len() as u64,
            name: self.name,
            media_type: Some("application/pdf"),
            boundary: &boundary,
        };
        let mut buffer = vec![0; 4096];
        let request = exchange.request(&mut buffer)?;
        let Some(ContentType::Multipart(content_type)) = request.content_type else {
            panic!("{:?}", request.content_type)
        };
        let (asked, given) = self.lengths;
        let mut document = Pieces { rest: self.content, lengths: given.into_iter().cycle() };
        let (mut reader, mut body) = (request.body.reader(), Vec::new());
        for most in asked.into_iter().cycle() {
            let mut piece = vec![0; most];
            match reader.read(&mut piece, &mut document).expect("the document is whole") {
                0 => break,
                count => body.extend(&piece[..count]),
            }
        }
        assert_eq!(body.len() as u64, request.body.length(), "the length is told beforehand");
        Ok(Written { content_type: content_type.to_owned(), body })
    }
}

/// A part as it is read back.
#[derive(Debug, PartialEq, Eq)]
struct Part {
    field: String,
    name: String,
    media_type: String,
    content: Vec<u8>,
}

/// Reads a body of one part (RFC 2046 §5.1.1, RFC 7578 §4), whose names are as browsers write them.
fn parse(written: &Written) -> Part {
    let boundary = written.content_type.strip_prefix("multipart/form-data; boundary=").unwrap();
    assert!(
        (1..=70).contains(&boundary.len()) && boundary.bytes().all(|it| it.is_ascii_alphanumeric())
    );
    let first = format!("--{boundary}\r\n");
    let rest = written.body.strip_prefix(first.as_bytes()).expect("it begins with the boundary");
    let end = find(rest, b"\r\n\r\n").expect("a head");
    let head = core::str::from_utf8(&rest[..end]).expect("UTF-8");
    let (mut field, mut name, mut media_type) = (None, None, None);
    for line in head.split("\r\n") {
        assert!(!line.contains(['\r', '\n']));
        let (header, value) = line.split_once(": ").expect("a header");
        match header {
            "Content-Disposition" => {
                let value = value.strip_prefix("form-data; name=\"").expect("a form's field");
                let (first, rest) = value.split_once("\"; filename=\"").expect("a file's name");
                field = Some(unescape(first));
                name = Some(unescape(rest.strip_suffix('"').expect("a quotation mark")));
            }
            "Content-Type" => media_type = Some(value.to_owned()),
            other => panic!("{other}"),
        }
    }
    let content = &rest[end + 4..];
    let delimiter = format!("\r\n--{boundary}");
    let end = find(content, delimiter.as_bytes()).expect("the boundary once more");
    assert_eq!(&content[end + delimiter.len()..], b"--\r\n", "it is the last part");
    Part {
        field: field.expect("a field"),
        name: name.expect("a name"),
        media_type: media_type.expect("a type"),
        content: content[..end].to_vec(),
    }
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|window| window == wanted)
}

/// What the three escapes of browsers stand for.
fn unescape(text: &str) -> String {
    assert!(!text.contains('"'));
    text.replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n")
}

fn names() -> impl Strategy<Value = String> {
    let picked = prop::collection::vec(
        prop_oneof![
            any::<char>(),
            prop::sample::select(vec![
                '"', '\\', '\r', '\n', '%', ';', '=', ' ', '\'', 'ç', '契', '🖋'
            ]),
        ],
        1..60,
    );
    picked
        .prop_map(|all| all.into_iter().collect::<String>())
        .prop_filter("it can be sent", |name| {
            name.len() <= 255 && !name.chars().any(|it| it.is_control() && !"\r\n".contains(it))
        })
}

/// Bytes, among them what looks like a boundary.
fn contents(boundary: &str) -> impl Strategy<Value = Vec<u8>> + use<> {
    let delimiter = format!("--{boundary}").into_bytes();
    let likely: Vec<Vec<u8>> = [
        "\r\n".to_owned(),
        "--".to_owned(),
        "\r\n--".to_owned(),
        "\r\n\r\n".to_owned(),
        format!("x--{boundary}"),
        format!("\r\n-{boundary}--\r\n"),
        format!("\r\n--{}", &boundary[..31]),
        format!("\r\n--{}x", &boundary[..31]),
        "\u{1}\u{2}\u{3}\0".to_owned(),
    ]
    .map(String::into_bytes)
    .to_vec();
    let pieces = prop_oneof![
        prop::sample::select(likely),
        prop::collection::vec(any::<u8>(), 0..40),
        prop::collection::vec(any::<u8>(), 900..5000),
    ];
    prop::collection::vec(pieces, 1..12)
        .prop_map(|pieces| pieces.concat())
        .prop_filter("it is a document, and not one that knows its boundary", move |content| {
            !content.is_empty() && !begins_a_line(content, &delimiter)
        })
}

/// Whether a text stands at the start of a line, however lines end.
fn begins_a_line(content: &[u8], text: &[u8]) -> bool {
    let lines = content.split(|byte| matches!(byte, b'\r' | b'\n'));
    lines.into_iter().any(|line| line.starts_with(text))
}

/// Entropy with its boundary, and a document about it.
fn uploads() -> impl Strategy<Value = ([u8; 16], Vec<u8>)> {
    let entropy =
        any::<[u8; 16]>().prop_filter("it is random", |it| it.iter().any(|b| *b != it[0]));
    entropy.prop_flat_map(|entropy| {
        let boundary = Boundary::from_entropy(&entropy).expect("it is random");
        (Just(entropy), contents(boundary.as_str()))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_back(
        name in names(),
        (entropy, content) in uploads(),
        asked in prop::collection::vec(1_usize..3000, 1..8),
        given in prop::collection::vec(1_usize..3000, 1..8),
    ) {
        let lengths = (asked, given);
        let upload = Upload { entropy, lengths, ..Upload::of(&name, &content) };
        let part = parse(&upload.write().expect("all of it can be sent"));
        // A name that has an escape in it cannot be told from one that was escaped.
        prop_assert_eq!(part.name, unescape(&name.replace('"', "%22")));
        prop_assert_eq!(part.field, "file");
        prop_assert_eq!(part.media_type, "application/pdf");
        prop_assert!(part.content == content);
    }
}

#[test]
fn the_field_can_have_another_name() {
    let upload = Upload { field: "arquivo", ..Upload::of("contrato.pdf", b"%PDF-") };
    assert_eq!(parse(&upload.write().unwrap()).field, "arquivo");
}

#[test]
fn what_no_form_can_hold_is_refused() {
    for (name, content, misuse) in [
        ("a.pdf", &b""[..], Misuse::EmptyDocument),
        ("", b"x", Misuse::Field("alias")),
        ("a\0b", b"x", Misuse::Field("alias")),
        ("a\u{1}b", b"x", Misuse::Field("alias")),
        ("\u{85}", b"x", Misuse::Field("alias")),
        (&"x".repeat(256), b"x", Misuse::Field("alias")),
    ] {
        let refused = Upload::of(name, content).write().map(|it| it.content_type);
        assert_eq!(refused, Err(misuse.into()), "{name:?}");
    }
}

/// Names and contents that are awkward, to be judged elsewhere too.
fn awkward() -> Vec<(&'static str, Vec<u8>)> {
    let boundary = Boundary::from_entropy(&Upload::of("", b"").entropy).unwrap();
    let boundary = boundary.as_str();
    vec![
        ("contrato.pdf", b"%PDF-1.7".to_vec()),
        ("Contrato de locação nº 1.pdf", b"\r\n".to_vec()),
        ("o \"primeiro\".txt", b"\n\r\r\n\n".to_vec()),
        ("two\r\nlines.txt", format!("\r\n--{}\r\n", &boundary[1..]).into_bytes()),
        ("契約書 🖋.txt", format!("\n --{boundary}\n").into_bytes()),
        ("a; filename=b", (0..=255).collect()),
        ("%22 is no mark.txt", vec![0; 10_000]),
        ("x", b"x".to_vec()),
    ]
}

/// Python's parser of mail, which reads forms as well.
#[test]
fn python_reads_the_same() {
    let folder = Folder::new();
    let mut expected = String::new();
    for (place, (name, content)) in awkward().into_iter().enumerate() {
        let Written { content_type, body } = Upload::of(name, &content).write().unwrap();
        let head = format!("Content-Type: {content_type}\r\n\r\n");
        let _ = folder.write(&format!("{place}"), [head.as_bytes(), &body].concat());
        let hexadecimal = |bytes: &[u8]| {
            bytes.iter().fold(String::new(), |mut text, byte| {
                write!(text, "{byte:02x}").expect("a string takes all");
                text
            })
        };
        let escaped = name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A");
        let (name, content) = (hexadecimal(escaped.as_bytes()), hexadecimal(&content));
        writeln!(expected, "{place} file {name} application/pdf {content}").unwrap();
    }
    let python = std::env::var("PYHANKO_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let output = Command::new(python)
        .args(["-c", include_str!("certillion_multipart/read.py")])
        .arg(folder.path(""))
        .output();
    let output = match output {
        Ok(output) => output,
        Err(error) => {
            let required = std::env::var("RUBRICA_JUDGES").is_ok_and(|word| word == "required");
            assert!(!required, "the judge Python is missing: {error}");
            eprintln!("SKIPPED: the judge Python is not installed");
            return;
        }
    };
    let told = String::from_utf8_lossy(&output.stdout);
    assert_eq!(told, expected, "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn the_service_reads_the_same() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let folder = Folder::new();
    let all = awkward();
    let documents: Vec<Document> = all
        .iter()
        .enumerate()
        .map(|(place, (name, content))| match place % 2 {
            0 => Document::from_bytes(*name, content.clone()),
            _ => Document::from_file(folder.write(name, content)),
        })
        .collect();
    let mut session = client.session(holder(CPF_HOLDER));
    let mut screen = Holderside::with_browser(&sandbox);
    let outcomes = session.sign(&documents, &detached(), &mut screen).unwrap();
    assert!(outcomes.iter().all(|outcome| verified(outcome).holder.is_some()));
    let uploads = sandbox.counters().uploads();
    assert_eq!(uploads.len(), all.len());
    for ((upload, document), (_, content)) in uploads.iter().zip(&documents).zip(&all) {
        // Control characters are taken from names before they are shown to anybody.
        let name = document.name();
        assert!(!name.contains(['\r', '\n']));
        let digest = sha256(content).iter().fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").expect("a string takes all");
            text
        });
        assert_eq!((&upload.hash, upload.bytes), (&digest, content.len() as u64), "{name}");
        assert_eq!(
            unescape(&upload.file_name.replace('"', "%22")),
            unescape(&name.replace('"', "%22"))
        );
        assert_eq!(upload.media_type, "application/octet-stream");
    }
    judge_counters(&sandbox);
}
