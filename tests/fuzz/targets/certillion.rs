//! What Certillion may answer to each exchange, and the body of an upload: the first byte chooses
//! which, the rest is what came, or what is sent.
#![no_main]

use core::fmt::Debug;

use libfuzzer_sys::fuzz_target;
use rubrica_core::certillion::{
    Application, Boundary, CERTILLION, Certificate, CertificateDiscovery, ClientMaintenance,
    ClientToken, DocumentDownload, DocumentUpload, Entry, FindPscAccounts, Item, Order,
    OtpAuthorization, PasswordAnswer, PasswordAuthorization, Progress, PscInfo, Service,
    SignatureRequest, Stage, Standard, Subject, TokenCommand, TokenReply, TokenRequest,
    UserDiscovery, Validation,
};
use rubrica_core::document::Documents;
use rubrica_core::error::{Error, Misuse, PeerError};
use rubrica_core::exchange::Exchange;
use rubrica_core::identity::Holder;
use rubrica_core::oauth::pkce::Verifier;
use rubrica_core::oauth::scope::Scope;
use rubrica_core::oauth::server::Redemption;
use rubrica_core::secret::{Secret, SecretText};
use rubrica_core::time::Duration;
use rubrica_fuzz::dice::Dice;
use rubrica_fuzz::reply::{self, is_identifier};
use rubrica_fuzz::setting::{self, authorization, holder};
use serde_json::Value;

const TOKEN: SecretText<'static> = SecretText::new("a-token");

fuzz_target!(|data: &[u8]| {
    let mut dice = Dice::new(data);
    let service = Service::new(&CERTILLION).expect("https URLs");
    let secret = SecretText::new("client-secret");
    let application = &Application::new(service, "client-id", secret, "").expect("short fields");
    let exchange = dice.throw(13);
    if exchange == 0 {
        return upload(application, &mut dice);
    }
    let reply = &thrown(&mut dice);
    let token = Some(TOKEN);
    match exchange {
        1 => signatures(application, &["a"], reply),
        2 => signatures(application, &["a", "1", "b"], reply),
        3 => {
            let certificates = CertificateDiscovery { application, token: TOKEN, alias: Some("a") };
            read(&certificates, reply, |certificates| {
                let Some(json) = json(reply) else { return };
                let all = json["certificates"].as_array().expect("an array");
                assert!(certificates.iter().count() <= all.len());
                for each in certificates.iter() {
                    assert!(each.alias().is_none_or(|alias| alias == "a"));
                    certificate(&each, &json);
                }
            });
        }
        4 => read(&FindPscAccounts { application, token, holder: holder() }, reply, |accounts| {
            let Some(json) = json(reply) else { return };
            let all = json["pscs"].as_array().expect("an array");
            assert_eq!(accounts.iter().count(), all.len());
            let mut with = accounts.with_certificate();
            for (ours, theirs) in accounts.iter().zip(all) {
                assert_eq!(theirs["psc"], ours.psc);
                assert_eq!(ours.has_certificate, yes_or_no(&theirs["status"]));
                if ours.has_certificate == Some(true) {
                    assert_eq!(with.next(), Some(ours.psc));
                }
            }
            assert_eq!(with.next(), None);
        }),
        5 => read(&PscInfo { application, token }, reply, |list| {
            let Some(json) = json(reply) else { return };
            for name in list.iter() {
                assert!(!name.is_empty());
                stands_in(&json, Some(name));
            }
        }),
        6 => read(&UserDiscovery { application, token, holder: holder() }, reply, |user| {
            let Some(json) = json(reply) else { return };
            assert_eq!(user.has_certificate(), yes_or_no(&json["status"]));
            for slot in user.slots() {
                assert!(!slot.alias.is_empty());
                stands_in(&json, Some(slot.alias));
                stands_in(&json, Some(slot.label).filter(|label| !label.is_empty()));
            }
        }),
        7 => {
            let subject = Subject::Stored { hash: "h" };
            let (document, pki_name) = (0, None);
            let judge = Validation { application, token: TOKEN, subject, document, pki_name };
            read(&judge, reply, |report| {
                let all = report.iter().all(|each| each.is_valid() == Some(true));
                assert_eq!(report.is_valid() == Some(true), all && report.iter().count() > 0);
                let Some(json) = json(reply) else { return };
                for each in report.iter() {
                    let texts = [each.signing_time(), each.legal_identifier(), each.policy_id()];
                    texts.into_iter().for_each(|text| stands_in(&json, text));
                    each.reasons().for_each(|reason| stands_in(&json, Some(reason)));
                }
            });
        }
        8 => read(&ClientToken { application, lifetime: None }, reply, |it| {
            let (token, lifetime) = (it.token, it.lifetime);
            check_token(&TokenReply { token, lifetime, identification: None }, None, reply);
        }),
        9 => others(application, reply),
        10 => {
            let authorization = &authorization(Scope::MultiSignature);
            let redemption = Redemption {
                code: &Secret::new("code", "code").expect("a short code"),
                verifier: &Verifier::from_entropy(&setting::entropy().verifier).expect("entropy"),
                redirect_uri: "https://app.example/x",
                authorization,
            };
            read(&TokenRequest { application, redemption }, reply, |token| {
                check_token(&token, Some(Scope::MultiSignature), reply);
            });
        }
        11 => {
            let (holder, otp) = (holder(), SecretText::new("123456"));
            let typed = OtpAuthorization { application, holder, otp, lifetime: None };
            read(&typed, reply, |token| {
                check_token(&token, Some(Scope::SignatureSession), reply);
            });
        }
        _ => {
            let authorization = &authorization(Scope::SingleSignature);
            let (password, requester) = (SecretText::new("123456"), None);
            let typed = PasswordAuthorization { application, authorization, password, requester };
            read(&typed, reply, |answer| match answer {
                PasswordAnswer::Granted(token) => {
                    check_token(&token, Some(Scope::SingleSignature), reply);
                }
                PasswordAnswer::NotImplemented => assert_eq!(reply.status, 501),
            });
        }
    }
});

/// What came.
fn thrown(dice: &mut Dice<'_>) -> reply::Reply {
    let status = match dice.byte() {
        0..=200 => 200,
        byte @ 201..=240 => {
            let known =
                [201, 202, 204, 400, 401, 403, 404, 408, 425, 429, 500, 501, 502, 503, 504, 0, 304];
            known[usize::from(byte) % known.len()]
        }
        _ => u16::from_le_bytes([dice.byte(), dice.byte()]),
    };
    let (mut retry_after, mut date) = (None, None);
    if status != 200 {
        retry_after = Some(dice.text().to_owned()).filter(|text| !text.is_empty());
        date = Some(dice.text().to_owned()).filter(|text| !text.is_empty());
    }
    reply::Reply { retry_after, date, ..reply::Reply::new(status, dice.rest()) }
}

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
    read(&command, reply, |told| {
        assert_eq!(format!("{told:?}"), "[redacted]", "a token may be in it");
        let _ = told.raw();
    });
    let maintenance = ClientMaintenance {
        application,
        token: TOKEN,
        name: None,
        comments: None,
        email: None,
        redirect_uris: &[],
    };
    read(&maintenance, reply, |()| ());
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
            // With 501 a way is told not to be there, which is an answer.
            assert!(matches!(status, 200..=299 | 501), "success with {status}");
            assert!(format!("{reply:?}").len() < 4_096 + 16 * length);
            check(reply);
        }
        Err(error) => {
            assert!(!matches!(error, Error::Misuse(_)), "an answer is nobody's misuse");
            let of_body = matches!(
                error,
                Error::Resource(_) | Error::Peer(PeerError::Malformed(_) | PeerError::Mismatch(_))
            );
            assert!(!of_body || matches!(status, 200..=299), "{error} with {status}");
            let words = error.to_string();
            assert!(words.len() < 400 && !words.contains(['\r', '\n', '\0']), "{words}");
            let _ = error.advice();
        }
    }
}

/// A reply as another reader reads it; none where that one judges a number by its size.
fn json(reply: &reply::Reply) -> Option<Value> {
    match serde_json::from_slice(&reply.body) {
        Err(error) if error.to_string().contains("number out of range") => None,
        json => Some(json.expect("what we read is JSON")),
    }
}

/// A text that is told stands somewhere in the reply.
fn stands_in(json: &Value, text: Option<&str>) {
    let Some(text) = text else { return };
    let mut open = vec![json];
    while let Some(value) = open.pop() {
        match value {
            Value::Array(list) => open.extend(list),
            Value::Object(members) => open.extend(members.values()),
            value if is_transaction(value, text) => return,
            _ => {}
        }
    }
    panic!("{text:?} was never said");
}

/// The words of a trust service for whether it knows somebody.
fn yes_or_no(status: &Value) -> Option<bool> {
    match status {
        Value::Bool(status) => Some(*status),
        Value::String(word) if ["S", "s", "Y", "y"].contains(&word.as_str()) => Some(true),
        Value::String(word) if ["N", "n"].contains(&word.as_str()) => Some(false),
        _ => None,
    }
}

/// A certificate says only what the reply says.
fn certificate(certificate: &Certificate<'_>, json: &Value) {
    let mut next = Some(*certificate);
    while let Some(each) = next {
        let texts = [
            each.alias(),
            each.serial_number(),
            each.subject_dn(),
            each.issuer_dn(),
            each.not_before(),
            each.not_after(),
            each.certificate(),
        ];
        texts.into_iter().for_each(|text| stands_in(json, text));
        let (_, _) = (each.status(), each.der(&mut [0; 64]));
        next = each.issuer();
    }
}

/// A token is the reply's, and is what was asked for.
fn check_token(token: &TokenReply, scope: Option<Scope>, reply: &reply::Reply) {
    assert!(token.token.expose().bytes().all(|byte| byte.is_ascii_graphic()));
    assert!(token.lifetime > Duration::ZERO);
    assert!(token.lifetime <= Duration::from_secs(30 * 24 * 60 * 60));
    let Some(json) = json(reply) else { return };
    assert_eq!(json["access_token"], token.token.expose());
    let kind = &json["token_type"];
    assert!(
        kind.is_null() || kind.as_str().is_some_and(|kind| kind.eq_ignore_ascii_case("bearer"))
    );
    if let Some(scope) = scope {
        let told = json["scope"].as_str();
        assert!(told.is_none_or(|told| told.eq_ignore_ascii_case(scope.as_str())));
        let told = json["authorized_identification"].as_str();
        let is_own = |told: &str| Holder::parse(told).ok() == Some(holder());
        assert!(told.is_none_or(is_own));
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
        let Some(json) = json(reply) else { return };
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
            told(&entry, &json);
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

/// An entry says only what the reply says, and shows nobody.
fn told(entry: &Entry<'_>, json: &Value) {
    let texts = [entry.signature(), entry.signer(), entry.policy_id(), entry.transaction()];
    texts.into_iter().for_each(|text| stands_in(json, text));
    if let Some(its) = entry.certificate() {
        certificate(&its, json);
    }
    let shown = format!("{entry:?}");
    let is_shown = |signer: &str| shown.contains(signer) && signer.len() > 10;
    let transaction = entry.transaction().unwrap_or_default();
    assert!(!entry.signer().is_some_and(|it| is_shown(it) && !transaction.contains(it)));
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
