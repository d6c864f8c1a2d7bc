//! Replies of a service that means harm: whatever comes, every exchange answers.

use super::*;

/// Numbers that look random and are the same every time.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound.max(1) as u64) as usize
    }
}

/// Bodies that the exchanges read, one of every kind.
const BODIES: [&str; 7] = [
    r#"{"access_token":"t","token_type":"Bearer","expires_in":300,"scope":"single_signature"}"#,
    r#"{"document_hash":"47DEQpj8HBSa","status":{"code":100,"name":"REQUEST_OK","detail":"d"}}"#,
    r#"{"signatures":[{"id":"a","status":{"code":140,"name":"N"},"transaction_id":1,"signer_certificate":{"certificate":"QUJD"}}]}"#,
    r#"{"pscs":[{"psc":"VIDAAS","status":"S"},{"psc":"NEOID","status":"N"}]}"#,
    r#"{"certificates":[{"alias":"a","subject_dn":"x","issuer_certificate":{"certificate":"QUJD"}}]}"#,
    r#"{"signatures":[{"valid":true,"invalid_reason":["x"]}],"status":{"code":"205"}}"#,
    r#"{"error":"invalid_grant","error_description":"d","status":{"code":620,"name":"N"}}"#,
];

/// Reads a reply with every exchange, and all that can be asked of what came.
fn read_everywhere(status: u16, body: &[u8]) {
    let application = application(&CERTILLION).allow_password_grant();
    let token = Some(TOKEN);
    let bytes = || body.to_vec();
    let _ = ClientToken { application: &application, lifetime: None }
        .reply(response(status, &mut bytes()));
    let boundary = Boundary::from_entropy(&core::array::from_fn(|place| place as u8)).unwrap();
    let upload = DocumentUpload {
        application: &application,
        token: TOKEN,
        document: 0,
        length: 1,
        name: "a",
        media_type: None,
        boundary: &boundary,
    };
    let _ = upload.reply(response(status, &mut bytes()));
    let accounts = FindPscAccounts { application: &application, token, holder: holder() };
    if let Ok(reply) = accounts.reply(response(status, &mut bytes())) {
        let _ = (reply.iter().count(), format!("{reply:?}"));
    }
    let info = PscInfo { application: &application, token };
    if let Ok(reply) = info.reply(response(status, &mut bytes())) {
        let _ = reply.iter().count();
    }
    let user = UserDiscovery { application: &application, token, holder: holder() };
    if let Ok(reply) = user.reply(response(status, &mut bytes())) {
        let _ = (reply.has_certificate(), reply.slots().count());
    }
    let certificates =
        CertificateDiscovery { application: &application, token: TOKEN, alias: Some("a") };
    if let Ok(reply) = certificates.reply(response(status, &mut bytes())) {
        for each in reply.iter() {
            let _ = (each.der(&mut [0; 8]), each.issuer().map(|above| above.subject_dn()));
        }
    }
    let validation = Validation {
        application: &application,
        token: TOKEN,
        subject: Subject::Stored { hash: "h" },
        document: 0,
        pki_name: None,
    };
    if let Ok(reply) = validation.reply(response(status, &mut bytes())) {
        let _ = (reply.is_valid(), reply.iter().map(|each| each.reasons().count()).sum::<usize>());
    }
    read_signatures(&application, status, body);
}

fn read_signatures(application: &Application<'_>, status: u16, body: &[u8]) {
    for ids in [&["a"][..], &["a", "b"]] {
        let items: Vec<_> = ids.iter().map(|id| Item::new(id, "a.pdf", 10)).collect();
        let order = Order {
            items: &items,
            standard: Standard::Pades,
            policy: None,
            detached: false,
            pki_name: None,
            certificate_alias: None,
        };
        let progress = std::vec![Progress { stage: Stage::Sent, ..Progress::default() }; ids.len()];
        let request = SignatureRequest {
            application,
            token: TOKEN,
            order: &order,
            progress: &progress,
            stage: Stage::Sent,
            most: 20,
        };
        if let Ok(mut signatures) = request.reply(response(status, &mut body.to_vec())) {
            for id in ids {
                // What was accepted has an entry for each.
                let entry = signatures.entry(id).unwrap();
                let told = (entry.check(), entry.signer(), entry.signature(), entry.policy_id());
                let _ = (told, entry.certificate().map(|each| each.alias()), format!("{entry:?}"));
            }
        }
    }
}

#[test]
fn s39_no_reply_makes_an_exchange_panic() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let pieces = [
        "\"",
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "null",
        "-1",
        "140",
        "99999999999999999999",
        "\\u0000",
        "\\ud800",
        "\"status\":{\"code\":140}",
        "\u{1}",
        "é",
        "\"id\":\"a\"",
        "true",
        "1e9",
    ];
    for round in 0..3_000 {
        let mut body = BODIES[round % BODIES.len()].as_bytes().to_vec();
        for _ in 0..=random.below(4) {
            let place = random.below(body.len() + 1);
            match random.below(4) {
                0 => body.truncate(place),
                1 => {
                    let piece = pieces[random.below(pieces.len())].bytes();
                    body.splice(place..place, piece);
                }
                2 if place < body.len() => {
                    body.remove(place);
                }
                _ if place < body.len() => body[place] = random.below(256) as u8,
                _ => {}
            }
        }
        let status = [200, 200, 200, 201, 400, 401, 404, 500][random.below(8)];
        read_everywhere(status, &body);
    }
}

#[test]
fn s35_deep_and_wide_replies_are_refused() {
    let deep = "[".repeat(100_000);
    let wide =
        format!("{{{}}}", (0..100).map(|n| format!("\"m{n}\":0")).collect::<Vec<_>>().join(","));
    let nested = format!(r#"{{"signatures":{}{}}}"#, "[".repeat(40), "]".repeat(40));
    for body in [deep.as_bytes(), wide.as_bytes(), nested.as_bytes()] {
        read_everywhere(200, body);
        read_everywhere(400, body);
    }
}

#[test]
fn s05_a_name_that_stands_there_twice_is_refused() {
    let application = application(&CERTILLION);
    let token = ClientToken { application: &application, lifetime: None };
    let mut body = br#"{"access_token":"a","access_token":"b"}"#.to_vec();
    assert!(token.reply(response(200, &mut body)).is_err());
}
