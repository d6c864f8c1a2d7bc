//! What is ordered, and how it is written.

use super::*;
use crate::error::Misuse;

fn order<'a>(items: &'a [Item<'a>], standard: Standard) -> Order<'a> {
    Order {
        items,
        standard,
        policy: Some(Policy::AdRb),
        detached: false,
        pki_name: Some(Order::ICP_BR),
        certificate_alias: None,
    }
}

fn uploaded(hash: &str) -> Progress {
    let hash = heapless::String::try_from(hash).unwrap();
    Progress { stage: Stage::Uploaded, hash, ..Progress::default() }
}

fn body(profile: &Profile<'_>, order: &Order<'_>, progress: &[Progress]) -> Result<String, Error> {
    let application = application(profile);
    let request = SignatureRequest {
        application: &application,
        token: TOKEN,
        order,
        progress,
        stage: Stage::Uploaded,
        most: 20,
    };
    request_of(&request).map(|sent| sent.text().to_string())
}

#[test]
fn an_order_is_written_with_every_document_that_is_uploaded() {
    let items = [
        Item::new("1", "a.pdf", 10),
        Item::new("2", "ação.pdf", 10),
        Item { hash_algorithm: Some("2.16.840.1.101.3.4.2.1"), ..Item::new("3", "c.pdf", 10) },
    ];
    let order = Order { certificate_alias: Some("A1"), ..order(&items, Standard::PadesIcpBr) };
    let progress = [
        uploaded("aGFzaDE="),
        Progress { stage: Stage::Waiting, ..Progress::default() },
        uploaded("aGFzaDM="),
    ];
    assert_eq!(
        body(&CERTILLION, &order, &progress).unwrap(),
        concat!(
            r#"{"signature_standard":"PADES_ICP_BR","certificate_alias":"A1","#,
            r#""signature_policy":"AD_RB","pki_name":"ICP_BR","detached":false,"hashes":["#,
            r#"{"id":"1","alias":"a.pdf","hash":"aGFzaDE="},"#,
            r#"{"id":"3","alias":"c.pdf","hash":"aGFzaDM=","#,
            r#""hash_algorithm":"2.16.840.1.101.3.4.2.1"}]}"#
        )
    );
    let application = application(&CERTILLION);
    let request = |stage, most| SignatureRequest {
        application: &application,
        token: TOKEN,
        order: &order,
        progress: &progress,
        stage,
        most,
    };
    let mut buffer = [0; 1024];
    let uploaded = request(Stage::Uploaded, 1);
    assert_eq!(uploaded.documents().map(|(place, ..)| place).collect::<Vec<_>>(), [0]);
    let sent = uploaded.request(&mut buffer).unwrap();
    assert_eq!(sent.effect, crate::exchange::Effect::Once);
    assert_eq!(sent.bearer, Some("a-token"));
    // Nothing to ask for, and what has no hash.
    assert_eq!(request_of(&request(Stage::Done, 20)), Err(Misuse::EmptyDocument.into()));
    assert_eq!(request_of(&request(Stage::Waiting, 20)), Err(Misuse::OutOfOrder.into()));
}

#[test]
fn a_policy_is_written_in_the_profiles_spelling_and_read_in_both() {
    let items = [Item::new("1", "a.p7s", 10)];
    let hyphen = Profile { policy_spelling: PolicySpelling::Hyphen, ..CERTILLION };
    for policy in Policy::ALL {
        let order = Order { policy: Some(policy), ..order(&items, Standard::Cades) };
        let word = policy.as_str(PolicySpelling::Underscore);
        let written = body(&CERTILLION, &order, &[uploaded("h")]).unwrap();
        assert!(written.contains(&format!(r#""signature_policy":"{word}""#)), "{written}");
        let other = word.replace('_', "-");
        let written = body(&hyphen, &order, &[uploaded("h")]).unwrap();
        assert!(written.contains(&format!(r#""signature_policy":"{other}""#)), "{written}");
        assert_eq!(Policy::from_wire(word), Some(policy));
        assert_eq!(Policy::from_wire(&other), Some(policy));
    }
    assert_eq!(Policy::from_wire("AD RB"), None);
    for standard in Standard::ALL {
        assert_eq!(Standard::from_wire(standard.as_str()), Some(standard));
    }
}

#[test]
fn options_are_written_as_the_page_lists_them() {
    let visible = VisibleSignature {
        image_data: Some("iVBORw0KGgo="),
        image_position: Some(ImagePosition::Background),
        image_zoom: Some(150),
        page_number: Some(2),
        position_on_page: Some(PagePosition::Other("MIDDLE_LEFT")),
        distance_x: Some(5),
        text_font: Some(TextFont::Courier),
        visual_rotation: Some(Rotation::Quarter),
        ..VisibleSignature::new("$CERT_CN_WO_CPF$\n\"x\"")
    };
    let pdf = PdfOptions {
        contact_info: Some("c"),
        location: Some("São Paulo"),
        name: None,
        reason: Some("r"),
        visible: Some(visible),
    };
    let options = Options { digest_method: Some(DigestMethod::Sha512), pdf: Some(pdf), xml: None };
    let items = [Item { options: Some(&options), ..Item::new("1", "a.pdf", 10) }];
    let pades = Order { policy: None, ..order(&items, Standard::Pades) };
    pades.check(&CERTILLION).unwrap();
    let spellings = &[Spelling { word: "distance_x", written: "pos_x" }];
    let profile = Profile { spellings, ..CERTILLION };
    let written = body(&profile, &pades, &[uploaded("h")]).unwrap();
    assert!(
        written.ends_with(concat!(
            r#""signature_standard_options":{"digest_method":"SHA512","pdf_options":{"#,
            r#""contact_info":"c","location":"São Paulo","reason":"r","#,
            r#""visible_signature_options":{"text":"$CERT_CN_WO_CPF$\u000a\"x\"","#,
            r#""pos_x":5,"page_number":2,"image_data":"iVBORw0KGgo=","image_zoom":1.50,"#,
            r#""image_position":"BACKGROUND","position_on_page":"MIDDLE_LEFT","#,
            r#""text_font":"COURIER","visual_rotation":"ROTATION_90"}}}}]}"#
        )),
        "{written}"
    );
    let xml = XmlOptions {
        add_key_val: Some(true),
        add_subject_name: Some(false),
        attribute_id_name: Some("Id"),
        elements_name: &["infNFe"],
        remove_signature_id: Some(false),
        ..XmlOptions::default()
    };
    let options = Options { xml: Some(xml), ..Options::default() };
    let items = [Item { options: Some(&options), ..Item::new("1", "a.xml", 10) }];
    let xades = Order { detached: true, ..order(&items, Standard::Xades) };
    xades.check(&CERTILLION).unwrap();
    let written = body(&CERTILLION, &xades, &[uploaded("h")]).unwrap();
    assert!(
        written.ends_with(concat!(
            r#""signature_standard_options":{"xml_options":{"add_key_val":true,"#,
            r#""add_subject_name":false,"attribute_id_name":"Id","elements_name":["infNFe"],"#,
            r#""remove_signature_id":false}}}]}"#
        )),
        "{written}"
    );
}

#[test]
fn hundredths_are_a_json_number() {
    for (zoom, written) in [(0, "0.00"), (5, "0.05"), (100, "1.00"), (1_234, "12.34")] {
        let visible = VisibleSignature { image_zoom: Some(zoom), ..VisibleSignature::new("t") };
        let pdf = PdfOptions { visible: Some(visible), ..PdfOptions::default() };
        let options = Options { pdf: Some(pdf), ..Options::default() };
        let items = [Item { options: Some(&options), ..Item::new("1", "a.pdf", 10) }];
        let body = body(&CERTILLION, &order(&items, Standard::Pades), &[uploaded("h")]).unwrap();
        assert!(body.contains(&format!(r#""image_zoom":{written}}}"#)), "{body}");
    }
}

/// What is wrong with an order of one document.
fn misuse(item: Item<'_>, change: impl FnOnce(&mut Order<'_>)) -> Result<(), Error> {
    let items = [item];
    let mut order = order(&items, Standard::Cades);
    change(&mut order);
    order.check(&CERTILLION)
}

#[test]
fn what_the_service_would_refuse_is_refused_here() {
    let good = Item::new("1", "a.bin", 10);
    let field = |name| Err(Misuse::Field(name).into());
    assert_eq!(misuse(good, |_| ()), Ok(()));
    assert_eq!(misuse(good, |order| order.items = &[]), Err(Misuse::EmptyDocument.into()));
    let empty = Item { length: 0, ..good };
    assert_eq!(misuse(empty, |_| ()), Err(Misuse::EmptyDocument.into()));
    let large = Item { length: u64::MAX, ..good };
    assert_eq!(misuse(large, |_| ()), Err(Misuse::DocumentTooLarge.into()));
    assert_eq!(misuse(Item { id: "", ..good }, |_| ()), field("id"));
    assert_eq!(misuse(Item { alias: "a\nb", ..good }, |_| ()), field("alias"));
    assert_eq!(misuse(Item { media_type: Some("x"), ..good }, |_| ()), field("media_type"));
    for standard in [Standard::Cades, Standard::Xades, Standard::PadesIcpBr] {
        let without = |order: &mut Order<'_>| (order.standard, order.policy) = (standard, None);
        assert_eq!(misuse(good, without), field("signature_policy"));
    }
    let detached = |order: &mut Order<'_>| {
        (order.standard, order.detached) = (Standard::Pades, true);
    };
    assert_eq!(misuse(good, detached), field("detached"));
    assert_eq!(
        misuse(good, |order| order.certificate_alias = Some("")),
        field("certificate_alias")
    );
    let twice = [good, Item { alias: "b", ..good }];
    let order = order(&twice, Standard::Cades);
    assert_eq!(order.check(&CERTILLION), Err(Misuse::DuplicateId.into()));
}

#[test]
fn options_belong_to_their_standard_and_are_whole() {
    let good = Item::new("1", "a.bin", 10);
    let check = |standard, options: &Options<'_>| {
        Item { options: Some(options), ..good }.check(standard, &CERTILLION)
    };
    let field = |name| Err(Misuse::Field(name).into());
    let pdf = |pdf| Options { pdf: Some(pdf), ..Options::default() };
    let xml = |xml| Options { xml: Some(xml), ..Options::default() };
    assert_eq!(check(Standard::Cades, &pdf(PdfOptions::default())), field("pdf_options"));
    assert_eq!(check(Standard::Pades, &xml(XmlOptions::default())), field("xml_options"));
    let visible = |visible| pdf(PdfOptions { visible: Some(visible), ..PdfOptions::default() });
    let text = VisibleSignature::new("t");
    // Without a text the service would ignore all the rest.
    assert_eq!(check(Standard::Pades, &visible(VisibleSignature::new(""))), field("text"));
    for image in ["", "abc", "ab\"=", "data:image/png;base64,AAAA"] {
        let visible = visible(VisibleSignature { image_data: Some(image), ..text });
        assert_eq!(check(Standard::Pades, &visible), field("image_data"), "{image}");
    }
    let page = visible(VisibleSignature { page_number: Some(0), ..text });
    assert_eq!(check(Standard::Pades, &page), field("page_number"));
    let rotation = Some(Rotation::Other(""));
    let word = visible(VisibleSignature { visual_rotation: rotation, ..text });
    assert_eq!(check(Standard::Pades, &word), field("visual_rotation"));
    let both =
        XmlOptions { attribute_id_name: Some("Id"), elements_id: &["a"], ..XmlOptions::default() };
    assert_eq!(check(Standard::Xades, &xml(both)), field("elements_id"));
    let many = [""; 1];
    let names = XmlOptions { elements_name: &many, ..XmlOptions::default() };
    assert_eq!(check(Standard::Xades, &xml(names)), field("elements_name"));
}

#[test]
fn orders_that_differ_in_anything_have_other_fingerprints() {
    let application = application(&CERTILLION);
    let text = VisibleSignature::new("t");
    let visible = [
        text,
        VisibleSignature { distance_x: Some(1), ..text },
        VisibleSignature { distance_y: Some(1), ..text },
        VisibleSignature { text_alignment: Some(TextAlignment::Left), ..text },
        VisibleSignature { image_position: Some(ImagePosition::Left), ..text },
    ];
    let mut options: Vec<_> = visible
        .map(|visible| {
            let pdf = PdfOptions { visible: Some(visible), ..PdfOptions::default() };
            Options { pdf: Some(pdf), ..Options::default() }
        })
        .to_vec();
    let reason = PdfOptions { reason: Some("t"), ..PdfOptions::default() };
    options.push(Options { pdf: Some(reason), ..Options::default() });
    options.push(Options { digest_method: Some(DigestMethod::Sha256), ..Options::default() });
    let ids = XmlOptions { elements_id: &["a", "b"], ..XmlOptions::default() };
    let names = XmlOptions { elements_name: &["a", "b"], ..XmlOptions::default() };
    let one = XmlOptions { elements_id: &["ab"], ..XmlOptions::default() };
    for xml in [ids, names, one] {
        options.push(Options { xml: Some(xml), ..Options::default() });
    }
    let good = Item::new("1", "a", 10);
    let mut items = std::vec![
        good,
        Item { id: "2", ..good },
        Item { alias: "b", ..good },
        Item { length: 11, ..good },
        Item { media_type: Some("a/b"), ..good },
        Item { hash_algorithm: Some("a/b"), ..good },
    ];
    items.extend(options.iter().map(|options| Item { options: Some(options), ..good }));
    let mut seen: Vec<_> = items
        .iter()
        .map(|item| order(core::slice::from_ref(item), Standard::Pades).fingerprint(&application))
        .collect();
    let items = [good];
    let base = order(&items, Standard::Pades);
    for order in [
        Order { standard: Standard::Cades, ..base },
        Order { policy: None, ..base },
        Order { detached: true, ..base },
        Order { pki_name: None, ..base },
        Order { certificate_alias: Some("A1"), ..base },
    ] {
        seen.push(order.fingerprint(&application));
    }
    seen.push(base.fingerprint(&application.through(PscName::BIRDID)));
    for (place, fingerprint) in seen.iter().enumerate() {
        assert!(!seen[..place].contains(fingerprint), "{place}");
    }
    assert_eq!(seen[0], base.fingerprint(&application));
}

#[test]
fn one_signature_is_one_document() {
    assert_eq!(Order::most_per_request(&CERTILLION, Scope::SingleSignature), 1);
    assert_eq!(Order::most_per_request(&CERTILLION, Scope::MultiSignature), 20);
}
