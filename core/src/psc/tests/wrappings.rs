//! What signatures are wrapped in.

use super::super::wrapping::{Content, unwrap};
use super::*;
use crate::codec::base64;
use crate::codec::buffer::Buffer;
use crate::codec::hex;
use crate::error::{PeerError, ResourceError};

const BER: &[u8] = include_bytes!("../../codec/ber/cms.ber");
const DER: &[u8] = include_bytes!("../../codec/ber/cms.der");

fn text(write: impl FnOnce(&mut Buffer<'_>)) -> String {
    let mut bytes = [0; 4096];
    let mut buffer = Buffer::new(&mut bytes);
    write(&mut buffer);
    String::from_utf8(buffer.finish([]).unwrap().1.to_vec()).unwrap()
}

fn base64_of(bytes: &[u8]) -> String {
    text(|out| base64::write(bytes, out))
}

fn raw() -> Vec<u8> {
    (0..=255).map(|byte: u8| byte.wrapping_mul(73).wrapping_add(5)).collect()
}

/// The reply of `provider` to an order of one signature, normalized.
fn normalized(provider: &Provider<'_>, format: Format, raw_signature: &str) -> Option<Vec<u8>> {
    let application = application(provider);
    let items = [item("1")];
    let order = order(&items, format);
    let request =
        SignatureRequest { application: &application, order: &order, items: 0..1, token: "token" };
    let escaped = raw_signature.replace('\r', "\\r").replace('\n', "\\n").replace('\t', "\\t");
    let body = std::format!(r#"{{"signatures":[{{"id":"1","raw_signature":"{escaped}"}}]}}"#);
    let mut body = body.into_bytes();
    let signatures = request.reply(response(200, &mut body)).unwrap();
    let (_, signature) = signatures.iter().next().unwrap();
    let encoded = signature.unwrap().encoded().unwrap();
    let mut out = std::vec![0; encoded.normalized_bound()];
    encoded.normalize(&mut out).ok().map(<[u8]>::to_vec)
}

fn lines(text: &str, end: &str) -> String {
    let lines: Vec<&str> =
        text.as_bytes().chunks(64).map(|line| core::str::from_utf8(line).unwrap()).collect();
    lines.join(end) + end
}

/// Every wrapping that was seen, and the providers that may use it.
#[test]
fn a_message_comes_out_of_every_wrapping_that_the_provider_may_use() {
    let der = base64_of(DER);
    let url = text(|out| base64::write_url(DER, out));
    let digits = text(|out| hex::write(DER, out));
    let armoured = |label: &str, bytes: &[u8], end: &str| {
        let inner = lines(&base64_of(bytes), end);
        std::format!("-----BEGIN {label}-----{end}{inner}-----END {label}-----{end}")
    };
    let all = ["vidaas", "birdid", "vaultid", "safeid", "serproid", "remoteid", "generic"];
    let loose = &all[1..];
    let hexadecimal = ["birdid", "vaultid", "safeid", "remoteid", "generic"];
    for (wrapped, takers) in [
        (der.clone(), &all[..]),
        (lines(&der, "\r\n"), &all),
        (lines(&der, "\n"), &all),
        (std::format!(" {der}\t"), &all),
        (base64_of(BER), &all),
        (url.clone(), loose),
        (der.trim_end_matches('=').to_string(), loose),
        (lines(&url, "\r\n"), loose),
        (armoured("PKCS7", DER, "\n"), loose),
        (armoured("PKCS7", BER, "\r\n"), loose),
        (armoured("CMS", DER, "\r\n"), loose),
        (digits.clone(), &hexadecimal),
        (digits.to_ascii_uppercase(), &hexadecimal),
        (lines(&digits, "\n"), &hexadecimal),
        (text(|out| hex::write(BER, out)), &hexadecimal),
    ] {
        for provider in ALL {
            let expected = takers.contains(&provider.name).then(|| DER.to_vec());
            let got = normalized(&provider, Format::Cms, &wrapped);
            assert_eq!(got, expected, "{}: {}", provider.name, &wrapped[..20]);
        }
    }
}

#[test]
fn a_bare_signature_comes_out_of_every_wrapping_too() {
    let raw = raw();
    let url = text(|out| base64::write_url(&raw, out));
    for wrapped in [base64_of(&raw), url, text(|out| hex::write(&raw, out))] {
        assert_eq!(normalized(&GENERIC, Format::Raw, &wrapped).unwrap(), raw);
    }
    // RSA of 3,072 bits in hexadecimal would be base64 of RSA of 4,608.
    let long = raw.iter().chain(&raw[..128]).copied().collect::<Vec<u8>>();
    let digits = text(|out| hex::write(&long, out));
    assert_eq!(normalized(&GENERIC, Format::Raw, &digits).unwrap(), long);
}

#[test]
fn s30_a_bare_signature_has_a_length_that_one_can_have() {
    for (length, is_plausible) in
        [(0, false), (20, false), (63, false), (64, true), (72, true), (104, true), (128, false)]
            .into_iter()
            .chain([
                (139, true),
                (200, false),
                (256, true),
                (384, true),
                (512, true),
                (1025, false),
            ])
    {
        let bytes = std::vec![0x5a; length];
        let wrapped = base64_of(&bytes);
        let mut out = [0; 2048];
        let result = unwrap(&wrapped, Wrapping::PLAIN, Content::Raw, &mut out);
        assert_eq!(result.is_ok(), is_plausible, "{length}");
    }
}

#[test]
fn what_is_no_message_is_refused_and_never_taken_for_one() {
    let cut = &DER[..DER.len() - 1];
    let more = [DER, &[0]].concat();
    let text = base64_of(b"<html>what a gateway says</html>");
    let half = std::format!("-----BEGIN PKCS7-----\n{}", base64_of(DER));
    for wrapped in [base64_of(cut), base64_of(&more), text, half, "%%%%".into(), "zz".into()] {
        for provider in ALL {
            assert_eq!(normalized(&provider, Format::Cms, &wrapped), None, "{wrapped}");
        }
    }
}

#[test]
fn a_buffer_that_is_too_small_is_told_and_the_bound_is_enough() {
    let wrapped = base64_of(BER);
    for size in [0, 10, BER.len() - 1] {
        let mut out = std::vec![0; size];
        let error = unwrap(&wrapped, Wrapping::ANY, Content::Cms, &mut out).unwrap_err();
        assert!(
            matches!(error, Error::Resource(ResourceError::BufferTooSmall { .. })),
            "{error:?}"
        );
    }
    let mut out = std::vec![0; BER.len()];
    assert_eq!(unwrap(&wrapped, Wrapping::ANY, Content::Cms, &mut out), Ok(DER.len()));
}

/// `decode` is for what is base64 alone, whatever the provider is.
#[test]
fn what_is_plain_is_decoded_without_the_rest() {
    let raw = raw();
    let encode = |text| Encoded { text, wrapping: Wrapping::ANY, content: Content::Raw };
    let plain = base64_of(&raw);
    assert_eq!(encode(&plain).decode(&mut [0; 256]).unwrap(), raw);
    let url = text(|out| base64::write_url(&raw, out));
    assert!(matches!(
        encode(&url).decode(&mut [0; 300]),
        Err(Error::Peer(PeerError::Malformed(_)))
    ));
}

#[test]
fn s31_identifiers_come_back_as_texts_or_as_numbers_and_are_all_there() {
    let application = application(&BIRDID);
    let items = [item("1"), item("2")];
    let order = order(&items, Format::Raw);
    let request =
        SignatureRequest { application: &application, order: &order, items: 0..2, token: "token" };
    let read = |body: &str| {
        let mut body = body.as_bytes().to_vec();
        request.reply(response(200, &mut body)).map(|signatures| signatures.iter().count())
    };
    let entry = |id: &str| std::format!(r#"{{"id":{id},"raw_signature":"QQ=="}}"#);
    let reply = |ids: &[&str]| {
        let entries: Vec<String> = ids.iter().map(|id| entry(id)).collect();
        std::format!(r#"{{"signatures":[{}]}}"#, entries.join(","))
    };
    assert_eq!(read(&reply(&["1", "2"])), Ok(2));
    assert_eq!(read(&reply(&["\"2\"", "1"])), Ok(2));
    let mismatch = Err(Error::from(PeerError::Mismatch(crate::error::Mismatch::Ids)));
    for ids in
        [&["1"][..], &["1", "1"], &["1", "3"], &["1", "2", "3"], &["\"01\"", "2"], &["1.0", "2"]]
    {
        assert_eq!(read(&reply(ids)), mismatch, "{ids:?}");
    }
}

/// SafeID answers 200 to what it does not sign.
#[test]
fn s29_a_success_without_signatures_is_a_refusal_where_the_provider_refuses_so() {
    let items = [item("1")];
    let order = order(&items, Format::Raw);
    let read = |provider: &Provider<'_>, body: &str| {
        let application = application(provider);
        let request =
            SignatureRequest { application: &application, order: &order, items: 0..1, token: "t" };
        let mut body = body.as_bytes().to_vec();
        request.reply(response(200, &mut body)).map(|_| ()).unwrap_err()
    };
    let body = r#"{"status":"error","message":"Esta solicitação não está ativa ou foi revogada"}"#;
    let Error::Peer(PeerError::Refused(refusal)) = read(&SAFEID, body) else {
        unreachable!("no refusal")
    };
    assert_eq!(refusal.status, 200);
    assert_eq!(refusal.text.as_str(), "Esta solicitação não está ativa ou foi revogada");
    assert!(matches!(read(&VIDAAS, body), Error::Peer(PeerError::Malformed(_))));
    assert!(matches!(read(&SAFEID, "<html>"), Error::Peer(PeerError::Malformed(_))));
    // An empty list is a list.
    assert!(matches!(read(&SAFEID, r#"{"signatures":[]}"#), Error::Peer(PeerError::Mismatch(_))));
}
