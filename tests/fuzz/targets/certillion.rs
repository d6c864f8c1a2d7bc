//! What Certillion may answer to each exchange, and the body of an upload: the first byte chooses
//! which, the rest is what came, or what is sent.
#![no_main]

use core::fmt::Debug;

use libfuzzer_sys::fuzz_target;
use rubrica_core::certillion::{
    Application, Boundary, CERTILLION, CertificateDiscovery, ClientToken, DocumentDownload,
    DocumentUpload, FindPscAccounts, Item, Order, Progress, PscInfo, Service, SignatureRequest,
    Stage, Standard, Subject, TokenCommand, UserDiscovery, Validation,
};
use rubrica_core::document::Documents;
use rubrica_core::error::{Error, Misuse};
use rubrica_core::exchange::Exchange;
use rubrica_core::secret::SecretText;
use rubrica_fuzz::dice::Dice;
use rubrica_fuzz::reply::{self, is_identifier};
use rubrica_fuzz::setting::holder;
use serde_json::Value;

const TOKEN: SecretText<'static> = SecretText::new("a-token");

fuzz_target!(|data: &[u8]| {
    let mut dice = Dice::new(data);
    let service = Service::new(&CERTILLION).expect("https URLs");
    let secret = SecretText::new("client-secret");
    let application = &Application::new(service, "client-id", secret, "").expect("short fields");
    let exchange = dice.throw(10);
    if exchange == 0 {
        return upload(application, &mut dice);
    }
    let status = match dice.byte() {
        0..=200 => 200,
        byte => [201, 202, 204, 400, 401, 404, 429, 500, 502, 503, 504][usize::from(byte) % 11],
    };
    let reply = &reply::Reply::new(status, dice.rest());
    let token = Some(TOKEN);
    match exchange {
        1 => signatures(application, &["a"], reply),
        2 => signatures(application, &["a", "1", "b"], reply),
        3 => {
            let certificates = CertificateDiscovery { application, token: TOKEN, alias: Some("a") };
            read(&certificates, reply, |certificates| {
                for each in certificates.iter() {
                    assert!(each.alias().is_none_or(|alias| alias == "a"));
                    let _ = each.der(&mut [0; 64]);
                    let _ = each.issuer().and_then(|above| above.subject_dn());
                }
            });
        }
        4 => read(&FindPscAccounts { application, token, holder: holder() }, reply, |accounts| {
            let with = accounts.with_certificate().count();
            assert!(with <= accounts.iter().count());
        }),
        5 => read(&PscInfo { application, token }, reply, |list| {
            assert!(list.iter().all(|name| !name.is_empty()));
        }),
        6 => read(&UserDiscovery { application, token, holder: holder() }, reply, |user| {
            assert!(user.slots().all(|slot| !slot.alias.is_empty()));
        }),
        7 => {
            let subject = Subject::Stored { hash: "h" };
            let (document, pki_name) = (0, None);
            let judge = Validation { application, token: TOKEN, subject, document, pki_name };
            read(&judge, reply, |report| {
                let all = report.iter().all(|each| each.is_valid() == Some(true));
                assert_eq!(report.is_valid() == Some(true), all && report.iter().count() > 0);
            });
        }
        8 => read(&ClientToken { application, lifetime: None }, reply, |token| {
            assert!(token.token.expose().bytes().all(|byte| byte.is_ascii_graphic()));
        }),
        _ => others(application, reply),
    }
});

/// The exchanges of whose replies little is read.
fn others(application: &Application<'_>, reply: &reply::Reply) {
    let user_secret = SecretText::new("secret");
    let command = TokenCommand {
        application,
        token: TOKEN,
        operation: "x",
        scope: None,
        lifetime: None,
        user_id: "1",
        user_secret,
    };
    read(&command, reply, |_| ());
    let transaction = "1";
    let download =
        DocumentDownload { application, token: TOKEN, transaction, document: 0, most: 1 };
    read(&download, reply, |_| panic!("nothing was received"));
    let boundary = boundary(1);
    let upload = DocumentUpload {
        application,
        token: TOKEN,
        document: 0,
        length: 1,
        name: "a",
        media_type: None,
        boundary: &boundary,
    };
    read(&upload, reply, |uploaded| {
        assert!((1..=128).contains(&uploaded.hash.len()));
        assert!(uploaded.hash.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"'));
    });
}

/// Has a reply read, and looks at what must hold of every exchange.
fn read<E: Exchange>(exchange: &E, reply: &reply::Reply, check: impl FnOnce(E::Reply<'_>))
where
    for<'r> E::Reply<'r>: Debug,
{
    let mut reply = reply.clone();
    let (status, length) = (reply.status, reply.body.len());
    match exchange.reply(reply.response()) {
        Ok(reply) => {
            assert!(matches!(status, 200..=299), "success with {status}");
            assert!(format!("{reply:?}").len() < 4_096 + 16 * length);
            check(reply);
        }
        Err(error) => {
            assert!(!matches!(error, Error::Misuse(_)), "an answer is nobody's misuse");
            let words = error.to_string();
            assert!(words.len() < 400 && !words.contains(['\r', '\n', '\0']), "{words}");
            let _ = error.advice();
        }
    }
}

/// What a reply says of each document, as another reader of JSON sees it.
fn signatures(application: &Application<'_>, ids: &[&str], reply: &reply::Reply) {
    let items: Vec<_> = ids.iter().map(|id| Item::new(id, "a.pdf", 1)).collect();
    let order = Order {
        items: &items,
        standard: Standard::Pades,
        policy: None,
        detached: false,
        pki_name: None,
        certificate_alias: None,
    };
    let progress = vec![Progress { stage: Stage::Sent, ..Progress::default() }; items.len()];
    let exchange = SignatureRequest {
        application,
        token: TOKEN,
        order: &order,
        progress: &progress,
        stage: Stage::Sent,
        most: items.len(),
    };
    read(&exchange, reply, |mut signatures| {
        let json: Value = match serde_json::from_slice(&reply.body) {
            Err(error) if error.to_string().contains("number out of range") => return,
            json => json.expect("what we read is JSON"),
        };
        let entries = match json.get("signatures") {
            None | Some(Value::Null) => vec![&json],
            Some(list) => list.as_array().expect("an array").iter().collect(),
        };
        assert_eq!(entries.len(), ids.len());
        let named = entries.iter().filter(|entry| !entry["id"].is_null()).count();
        assert!(named == 0 || named == entries.len());
        for (place, id) in ids.iter().enumerate() {
            let own = match named {
                0 => entries[place],
                _ => {
                    let mut own = entries.iter().filter(|entry| is_identifier(&entry["id"], id));
                    let one = own.next().expect("an entry of its own");
                    assert!(own.next().is_none());
                    one
                }
            };
            let entry = signatures.entry(id).expect("an entry for each");
            let status = if own["status"].is_null() { &json["status"] } else { &own["status"] };
            assert_eq!(entry.check().is_ok(), is_valid(status), "{status}");
            if let Some(transaction) = entry.transaction() {
                let its = |value: &Value| {
                    let names = ["transaction_id", "transaction"];
                    names.iter().any(|name| is_transaction(&value[*name], transaction))
                };
                assert!(its(own) || (ids.len() == 1 && its(&json)));
            }
        }
    });
}

/// Whether a status says that a signature is valid.
fn is_valid(status: &Value) -> bool {
    match &status["code"] {
        Value::Number(code) => code.as_u64() == Some(140),
        Value::String(code) => {
            code.bytes().all(|byte| byte.is_ascii_digit()) && code.parse::<u64>() == Ok(140)
        }
        _ => false,
    }
}

/// Whether a value is this transaction. A number with a fraction is shown in more ways than one.
fn is_transaction(value: &Value, transaction: &str) -> bool {
    is_identifier(value, transaction) || value.as_f64().is_some_and(|_| !value.is_u64())
}

fn boundary(seed: u8) -> Boundary {
    Boundary::from_entropy(&core::array::from_fn(|place| seed.wrapping_add(place as u8)))
        .expect("bytes that differ")
}

/// A document in memory.
struct Memory<'d>(&'d [u8]);

impl Documents for Memory<'_> {
    type Error = ();

    fn begin(&mut self, _document: usize) -> Result<(), ()> {
        Ok(())
    }

    fn read(&mut self, out: &mut [u8]) -> Result<usize, ()> {
        let count = self.0.len().min(out.len());
        let (now, rest) = self.0.split_at(count);
        out[..count].copy_from_slice(now);
        self.0 = rest;
        Ok(count)
    }
}

/// Writes an upload, and finds in it what went in.
fn upload(application: &Application<'_>, dice: &mut Dice<'_>) {
    let boundary = boundary(dice.byte());
    let (name, media_type) = (dice.text(), Some(dice.text()).filter(|text| !text.is_empty()));
    let piece = 1 + usize::from(dice.byte());
    let document = dice.rest();
    let upload = DocumentUpload {
        application,
        token: TOKEN,
        document: 0,
        length: document.len() as u64,
        name,
        media_type,
        boundary: &boundary,
    };
    let mut buffer = [0; 4096];
    let request = match upload.request(&mut buffer) {
        Ok(request) => request,
        Err(error) => {
            return assert!(matches!(
                error,
                Error::Misuse(Misuse::EmptyDocument | Misuse::Field(_))
            ));
        }
    };
    let (mut body, mut out, mut source) = (Vec::new(), vec![0; piece], Memory(document));
    let mut reader = request.body.reader();
    while let count @ 1.. = reader.read(&mut out, &mut source).expect("a document in memory") {
        body.extend_from_slice(&out[..count]);
    }
    assert_eq!(body.len() as u64, request.body.length());
    let delimiter = boundary.as_str();
    let media_type = media_type.unwrap_or("application/octet-stream");
    let quoted = name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A");
    let head = format!(
        "--{delimiter}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{quoted}\"\r\n\
         Content-Type: {media_type}\r\n\r\n"
    );
    // No name and no type adds a line: four lines, then the document.
    assert_eq!(head.matches("\r\n").count(), 4);
    assert!(head.bytes().all(|byte| byte >= b' ' || matches!(byte, b'\r' | b'\n')));
    let tail = format!("\r\n--{delimiter}--\r\n");
    let inner = body.strip_prefix(head.as_bytes()).expect("the head");
    assert_eq!(inner.strip_suffix(tail.as_bytes()).expect("the tail"), document);
}
