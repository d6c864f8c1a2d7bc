//! `rubrica certificate`: what it tells of a certificate, and what it keeps to itself.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    unreachable_pub,
    dead_code,
    reason = "tests and their helpers"
)]

mod support;

use rubrica_sandbox::{
    ALPHANUMERIC_CNPJ_HOLDER, CNPJ_HOLDER, CPF_HOLDER, DISAGREEING_HOLDER, EXPIRED_HOLDER,
    P256_HOLDER, P384_HOLDER, TWO_CERTIFICATES_HOLDER, UNKNOWN_ROOT_HOLDER, V12_CNPJ_HOLDER,
    V12_CPF_HOLDER, vidaas,
};
use serde_json::{Value, json};
use support::{Bench, is_plain};

/// The DER of a holder's certificate: of the first, unless another is asked for.
fn der(bench: &Bench, holder: &str, place: usize) -> Vec<u8> {
    bench.sandbox.holder(holder).unwrap().certificates[place].der().to_vec()
}

/// What is told of a holder's certificate in a file, judged by both roots of the sandbox.
fn described(bench: &Bench, holder: &str, place: usize, more: &[&str]) -> Value {
    bench.write("one.der", der(bench, holder, place));
    bench.write("all.pem", bench.sandbox.roots_pem() + &bench.sandbox.intermediates_pem());
    let words = ["certificate", "one.der", "--trust", "all.pem", "--json"];
    bench.run(&[&words[..], more].concat()).exits(0).event("certificate")
}

#[test]
fn a_holders_certificate_is_shown_and_kept() {
    let bench = Bench::new();
    let ran = bench.run(&["certificate", "--holder", CPF_HOLDER, "--out", "f.pem"]).exits(0);
    assert!(ran.out.contains("RSA 2048"), "{}", ran.out);
    let fulana = &bench.sandbox.holder(CPF_HOLDER).unwrap().certificates[0];
    let pem = String::from_utf8(bench.read("f.pem")).unwrap();
    assert!(pem == fulana.pem().replace('\r', ""), "{pem}");
    // Nobody is asked for what cannot be kept.
    let asked = bench.sandbox.counters().requests(vidaas::AUTHORIZE);
    bench.run(&["certificate", "--holder", CPF_HOLDER, "--out", "f.pem"]).exits(2);
    assert_eq!(bench.sandbox.counters().requests(vidaas::AUTHORIZE), asked);
}

#[test]
fn login_and_certificate_tell_the_same() {
    let bench = Bench::new();
    bench.write("f.der", der(&bench, CPF_HOLDER, 0));
    let of_file = bench.run(&["certificate", "f.der", "--json"]).exits(0);
    let of_file = of_file.event("certificate");
    for command in ["certificate", "login"] {
        let ran = bench.run(&[command, "--holder", CPF_HOLDER, "--json"]).exits(0);
        assert_eq!(ran.event("certificate"), of_file, "{command}");
    }
}

#[test]
fn programs_are_told_everything() {
    let bench = Bench::new();
    let told = described(&bench, CPF_HOLDER, 0, &["--show-personal-data"]);
    assert_eq!(told["name"], "FULANA SINTETICA DE TESTE");
    let subject = told["subject"].as_array().unwrap();
    assert_eq!(subject[0], json!({ "oid": "2.5.4.6", "name": "C", "value": "BR" }));
    assert_eq!(subject.iter().filter(|attribute| attribute["name"] == "OU").count(), 6);
    let name = "FULANA SINTETICA DE TESTE:11144477735";
    assert_eq!(subject.last().unwrap()["value"], name);
    assert_eq!(told["issuer"][3]["value"], "AC SINTETICA de Teste RFB v5");
    let serial = bench.sandbox.holder(CPF_HOLDER).unwrap().certificates[0].serial_number();
    assert_eq!(told["serial"], serial.to_lowercase());
    assert_eq!(told["fingerprint"].as_str().unwrap().len(), 64);
    assert_eq!(told["valid_now"], true);
    assert_eq!(told["key"], json!({ "algorithm": "RSA", "bits": 2048 }));
    assert_eq!(told["key_usage"], json!(["digitalSignature", "nonRepudiation", "keyEncipherment"]));
    assert_eq!(told["extended_key_usage"][1]["name"], "emailProtection");
    assert_eq!(told["basic_constraints"], json!({ "authority": false }));
    assert_eq!(told["policies"], json!(["2.16.76.1.2.3.36"]));
    assert_eq!(told["kind"]["name"], "A3");
    assert_eq!(told["kind"]["certain"], true);
    assert_eq!(told["kind"]["purpose"], "signature");
    assert_eq!(told["holder"], CPF_HOLDER);
    assert_eq!(told["identification"], json!({ "type": "CPF", "place": "alternative_name" }));
    assert_eq!(told["mail"], json!(["titular.11144477735@rubrica.invalid"]));
    for (addresses, end) in
        [("revocation_lists", ".crl"), ("ocsp", "issuer-v10"), ("issuer_certificates", ".cer")]
    {
        let address = told[addresses][0].as_str().unwrap();
        assert!(address.starts_with("http://") && address.ends_with(end), "{address}");
    }
    assert_eq!(told["chain"], "trusted");
    assert_eq!(told["path"][0], "AC SINTETICA de Teste RFB v5");
    assert_eq!(told["path"].as_array().unwrap().len(), 2);
    // All of it zeros, as in most certificates.
    for absent in ["voter", "person_social_security", "other_names", "error", "missing"] {
        assert!(told.get(absent).is_none(), "{absent}: {told}");
    }
}

#[test]
fn a_person_is_read_in_every_length_and_string_type() {
    let bench = Bench::new();
    let card = |holder, place| {
        let told = described(&bench, holder, place, &["--show-personal-data"]);
        let person = &told["person"];
        assert_eq!((&person["cpf"], &person["birth"]), (&json!(holder), &json!("1980-01-01")));
        [person["identity_card"].clone(), person["identity_card_issuer"].clone()]
    };
    // 45, 51 and 55 characters; OCTET STRING, PrintableString, UTF8String, IA5String.
    assert_eq!(card(CPF_HOLDER, 0), [Value::Null, Value::Null]);
    assert_eq!(card(TWO_CERTIFICATES_HOLDER, 0), ["1234567", "SSP SP"]);
    assert_eq!(card(TWO_CERTIFICATES_HOLDER, 1), ["1234567", "DETRAN  SP"]);
    assert_eq!(card(P256_HOLDER, 0), ["2345678", "SSP SP"]);
    assert_eq!(card(P384_HOLDER, 0), ["3456789", "DETRAN  RJ"]);
}

#[test]
fn a_company_is_told_from_who_is_responsible_for_it() {
    let bench = Bench::new();
    for holder in [CNPJ_HOLDER, ALPHANUMERIC_CNPJ_HOLDER] {
        let told = described(&bench, holder, 0, &["--show-personal-data"]);
        assert_eq!((&told["holder"], &told["company"]), (&json!(holder), &json!(holder)));
        assert_eq!(told["identification"]["type"], "CNPJ");
        assert_eq!(told["responsible_name"], "RESPONSAVEL SINTETICO DA SILVA");
        assert_eq!(told["responsible"]["cpf"], CPF_HOLDER);
        assert_eq!(told["responsible"]["birth"], "1975-02-02");
        assert!(told.get("person").is_none(), "{told}");
    }
}

#[test]
fn certificates_of_the_root_v12_and_elliptic_keys_are_shown() {
    let bench = Bench::new();
    let told = described(&bench, V12_CPF_HOLDER, 0, &["--show-personal-data"]);
    let subject = told["subject"].as_array().unwrap();
    assert_eq!(subject.last().unwrap()["name"], "serialNumber");
    assert_eq!(subject.last().unwrap()["value"], V12_CPF_HOLDER);
    assert!(told["path"][1].as_str().unwrap().ends_with("v12"), "{told}");

    let told = described(&bench, V12_CNPJ_HOLDER, 0, &[]);
    assert_eq!(told["kind"]["name"], "SE-S");
    assert_eq!(told["kind"]["purpose"], "seal");
    assert_eq!(told["kind"]["certain"], false);
    let ran = bench.run(&["certificate", "one.der", "--trust", "all.pem"]).exits(0);
    assert!(ran.out.contains("! The kind is unsure"), "{}", ran.out);

    let told = described(&bench, P256_HOLDER, 0, &[]);
    assert_eq!(told["key"], json!({ "algorithm": "EC", "bits": 256, "curve": "P-256" }));
    assert_eq!(told["key_usage"], json!(["digitalSignature", "nonRepudiation"]));
    let told = described(&bench, P384_HOLDER, 0, &[]);
    assert_eq!(told["key"]["curve"], "P-384");
}

#[test]
fn a_disagreement_about_the_holder_is_told() {
    let bench = Bench::new();
    let told = described(&bench, DISAGREEING_HOLDER, 0, &[]);
    let disagreement = json!({ "holder": "***.215.664-**", "place": "common_name" });
    assert_eq!(told["identification"]["disagreement"], disagreement);
    let ran = bench.run(&["certificate", "one.der", "--lang", "pt-BR"]).exits(0);
    let warning = "! O certificado também diz ***.215.664-**, do nome comum (CN) do titular.";
    assert!(ran.out.contains(warning), "{}", ran.out);
    assert!(described(&bench, CPF_HOLDER, 0, &[])["identification"].get("disagreement").is_none());
}

#[test]
fn s38_numbers_of_persons_are_hidden_unless_they_are_asked_for() {
    let bench = Bench::new();
    for holder in bench.sandbox.holders() {
        for certificate in &holder.certificates {
            bench.write("one.der", certificate.der());
            for format in [&[][..], &["--json"], &["--lang", "pt-BR"]] {
                let show = |more: &[&str]| {
                    let words =
                        [&["certificate", "one.der", "--config", "/dev/null"], format, more];
                    let ran = bench.run(&words.concat());
                    assert!(is_plain(&ran.out), "{}", ran.out);
                    ran.out
                };
                let (hidden, shown) = (show(&[]), show(&["--show-personal-data"]));
                let mail = format!("titular.{}@", holder.identification.to_lowercase());
                // The responsible person's, and the one that is said in the wrong place.
                let numbers = [holder.identification, CPF_HOLDER, "57721566401"];
                let personal = [&numbers[..], &["1980-01", "1975-02", "1234567", &mail]];
                for canary in personal.concat() {
                    assert!(!hidden.contains(canary), "{canary}: {hidden}");
                }
                assert!(hidden.contains(holder.name), "{hidden}");
                assert!(shown.contains(holder.identification), "{shown}");
                assert!(shown.contains(&mail), "{shown}");
            }
        }
    }
}

#[test]
fn every_certificate_of_a_bundle_is_shown_and_the_first_is_judged() {
    let bench = Bench::new();
    let pem = |holder: &str| bench.sandbox.holder(holder).unwrap().certificates[0].pem();
    let words = "subject: words that tools write\n";
    let bundle = [words, &pem(CPF_HOLDER), words, bench.sandbox.issuer_pem(), &pem(EXPIRED_HOLDER)];
    bench.write("bundle.pem", bundle.concat());
    bench.write("root.pem", bench.sandbox.anchors_pem());
    // The bundle itself leads to the root.
    let ran = bench.run(&["certificate", "bundle.pem", "--json", "--trust", "root.pem"]).exits(0);
    let told = ran.objects();
    assert_eq!(told.len(), 3);
    let names: Vec<_> = told.iter().map(|each| each["name"].as_str().unwrap()).collect();
    assert_eq!(names[0], "FULANA SINTETICA DE TESTE");
    assert_eq!(names[2], "VENCIDA SINTETICA DE TESTE");
    assert_eq!(told[0]["chain"], "trusted");
    for other in &told[1..] {
        assert!(other.get("chain").is_none() && other.get("error").is_none(), "{other}");
    }
    assert_eq!(told[1]["basic_constraints"]["authority"], true);
    assert!(told[1].get("kind").is_none(), "an authority is of no kind: {}", told[1]);
    assert_eq!(told[2]["valid_now"], false);
    let ran = bench.run(&["certificate", "bundle.pem", "--trust", "root.pem"]).exits(0);
    for name in names {
        assert!(ran.out.contains(name), "{}", ran.out);
    }
    assert!(ran.out.contains("! no longer valid"), "{}", ran.out);
}

#[test]
fn what_is_not_good_or_not_known_is_told_apart() {
    let bench = Bench::new();
    let judged = |holder: &str, more: &[&str], code| {
        bench.write("one.der", der(&bench, holder, 0));
        let ran = bench.run(&[&["certificate", "one.der", "--json"], more].concat()).exits(code);
        ran.event("certificate")
    };
    let expired = judged(EXPIRED_HOLDER, &[], 5);
    assert_eq!(expired["chain"], "refused");
    assert!(expired["error"].as_str().unwrap().contains("valid until"), "{expired}");
    let stranger = judged(UNKNOWN_ROOT_HOLDER, &[], 5);
    assert!(stranger["error"].as_str().unwrap().contains("DESCONHECIDA"), "{stranger}");
    // Where nobody says whom to trust, the library's roots do not vouch, and do not refuse.
    let other = judged(CPF_HOLDER, &["--config", "/dev/null"], 0);
    assert_eq!(other["chain"], "unknown");
    assert!(other["missing"].as_str().unwrap().contains("not known"), "{other}");
    let ran = bench.run(&["certificate", "one.der", "--config", "/dev/null"]).exits(0);
    assert!(ran.out.contains("? AC SINTETICA de Teste RFB v5 is not known"), "{}", ran.out);
    judged(EXPIRED_HOLDER, &["--config", "/dev/null"], 5);
}

#[test]
fn a_malformed_certificate_is_told_by_its_piece_and_its_place() {
    let bench = Bench::new();
    let whole = der(&bench, CPF_HOLDER, 0);
    let place = |bytes: &[u8]| whole.windows(bytes.len()).position(|it| it == bytes).unwrap();
    let changed = |place: usize, byte| {
        let mut changed = whole.clone();
        changed[place] = byte;
        changed
    };
    let person = place(b"\x06\x05\x60\x4c\x01\x03\x01") + 7;
    let usage = place(b"\x55\x1d\x0f");
    let not_before = place(b"\x17\x0d");
    for (malformed, piece, at) in [
        (whole[..whole.len() - 1].to_vec(), "Certificate", Some(0)),
        ([&whole[..], &[0]].concat(), "Certificate", Some(whole.len())),
        (changed(person, 0x05), "otherName 2.16.76.1.3.1", Some(person)),
        (changed(not_before + 2, b'x'), "notBefore", Some(not_before)),
        (changed(usage + 2, 0x13), "extension", None),
        (vec![0x30], "Certificate", Some(0)),
        (vec![0x30; 20_000], "Certificate", Some(0)),
    ] {
        bench.write("bad.der", malformed);
        let ran = bench.run(&["certificate", "bad.der"]).exits(2);
        let words = match at {
            Some(at) => format!("the certificate's {piece}, byte {at}: "),
            None => format!("the certificate's {piece}, byte "),
        };
        assert!(ran.error.contains(&words), "{words}: {}", ran.error);
        let ran = bench.run(&["certificate", "bad.der", "--json"]).exits(2);
        assert!(ran.event("failed")["error"].as_str().unwrap().contains(&words), "{}", ran.out);
        // Wherever else a certificate is read.
        let verify = ["verify", "bad.der", "--content", "bad.der", "--certificate", "bad.der"];
        for command in [&verify[..], &["trust", "add", "bad.der"]] {
            let ran = bench.run(command).exits(2);
            assert!(ran.error.contains(&words), "{words}: {}", ran.error);
        }
    }
}

#[test]
fn a_bundle_tells_which_of_its_certificates_is_malformed() {
    let bench = Bench::new();
    let good = bench.sandbox.holder(CPF_HOLDER).unwrap().certificates[0].pem();
    let wrapped = |content: &str| {
        format!("-----BEGIN CERTIFICATE-----\n{content}\n-----END CERTIFICATE-----\n")
    };
    for (bundle, words) in [
        // SEQUENCE { BOOLEAN TRUE }
        (
            [&good[..], &wrapped("MAMBAf8=")].concat(),
            "certificate 2 of the file: the certificate's ",
        ),
        ([&good[..], &wrapped("no=base64")].concat(), "block 2, counted from 1"),
        (good[..good.len() / 2].to_owned(), "block 1, counted from 1"),
        (good.replace("CERTIFICATE", "PRIVATE KEY"), "holds 0 certificates"),
        ("no certificate at all".to_owned(), "holds 0 certificates"),
        (String::new(), "holds 0 certificates"),
    ] {
        bench.write("bad.pem", bundle);
        let ran = bench.run(&["certificate", "bad.pem"]).exits(2);
        assert!(ran.error.contains(words), "{words}: {}", ran.error);
        assert!(ran.out.is_empty(), "nothing of it is shown: {}", ran.out);
    }
    bench.write("long.pem", vec![b'\n'; 4 * 1024 * 1024 + 1]);
    bench.run(&["certificate", "long.pem"]).exits(2);
    bench.run(&["certificate", "nowhere.pem"]).exits(2);
}

/// A certificate with other bytes in some place. Its signature is wrong then, which nobody asks for
/// where no issuer is known.
fn replaced(der: &[u8], old: &[u8], new: &[u8]) -> Vec<u8> {
    assert_eq!(old.len(), new.len());
    let place = der.windows(old.len()).position(|it| it == old).unwrap();
    [&der[..place], new, &der[place + old.len()..]].concat()
}

#[test]
fn s38_every_other_name_is_told_by_its_name_and_hidden() {
    let bench = Bench::new();
    let whole = der(&bench, CPF_HOLDER, 0);
    let told = |der: &[u8], more: &[&str]| {
        bench.write("one.der", der);
        let words = ["certificate", "one.der", "--json", "--config", "/dev/null"];
        bench.run(&[&words[..], more].concat()).exits(0).event("certificate")
    };
    let show = &["--show-personal-data"][..];
    let person = [b"01011980", &b"11144477735"[..]].concat();
    let zeros = [&person[..], &[b'0'; 11]].concat();
    let changed = replaced(&whole, &zeros, &[&person[..], b"12012345678"].concat());
    assert_eq!(told(&changed, show)["person"]["social_security"], "12012345678");
    assert_eq!(told(&changed, &[])["person"]["social_security"], "***********");

    // .5: 12 digits, zone and section; no city.
    let field = b"\x60\x4c\x01\x03\x05\xa0\x15\x04\x13";
    let zeros = [&field[..], &[b'0'; 19]].concat();
    let changed = replaced(&whole, &zeros, &[&field[..], b"1234567890120340567"].concat());
    let voter = json!({ "number": "123456789012", "zone": "034", "section": "0567" });
    assert_eq!(told(&changed, show)["voter"], voter);
    let hidden = json!({ "number": "************", "zone": "***", "section": "****" });
    assert_eq!(told(&changed, &[])["voter"], hidden);
    let ran = bench.run(&["certificate", "one.der", "--config", "/dev/null", "--lang", "pt-BR"]);
    let words = "título eleitoral  ************, zona ***, seção ****";
    assert!(ran.out.contains(words), "{}", ran.out);

    // .6, and in its place every other field that is a number or a text.
    let zeros = [&b"\x60\x4c\x01\x03\x06\xa0\x0e\x04\x0c"[..], &[b'0'; 12]].concat();
    for (number, name, hidden) in [
        (6, "person_social_security", "************"),
        (7, "company_social_security", "************"),
        (9, "civil_identity", "************"),
        (10, "fiscal_printer", "************"),
        (11, "civil_servant", "************"),
        (12, "metrological", "************"),
        (8, "corporate_name", "************"),
        (2, "responsible_name", "************"),
    ] {
        let field = [b"\x60\x4c\x01\x03", &[number][..], b"\xa0\x0e\x04\x0c123456789012"].concat();
        let changed = replaced(&whole, &zeros, &field);
        assert_eq!(told(&changed, show)[name], "123456789012");
        assert_eq!(told(&changed, &[])[name], hidden);
        let ran = bench.run(&["certificate", "one.der", "--config", "/dev/null"]).exits(0);
        assert!(ran.out.contains(hidden) && !ran.out.contains("123456789012"), "{}", ran.out);
    }

    // One that is not known, and one that stands there twice.
    for number in [13, 1] {
        let field = [b"\x60\x4c\x01\x03", &[number][..], b"\xa0\x0e\x04\x0c123456789012"].concat();
        let changed = replaced(&whole, &zeros, &field);
        let oid = format!("2.16.76.1.3.{number}");
        let other = json!([{ "oid": oid, "value": "123456789012" }]);
        assert_eq!(told(&changed, show)["other_names"], other);
        assert_eq!(told(&changed, &[])["other_names"][0]["value"], "************");
    }
    // Two that name the holder, of which one is too short: who it is cannot be told.
    let doubtful = told(&bench.read("one.der"), &[]);
    assert!(doubtful.get("holder").is_none(), "{doubtful}");
    assert!(doubtful["unidentified"].as_str().unwrap().contains("2.16.76.1.3.1"), "{doubtful}");
    let ran = bench.run(&["certificate", "one.der", "--config", "/dev/null"]).exits(0);
    assert!(ran.out.contains("! Who the holder is cannot be told"), "{}", ran.out);
}
