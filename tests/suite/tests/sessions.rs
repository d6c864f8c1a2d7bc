//! The host crate's sessions against the emulated service: real HTTPS, real RSA, a holder who
//! approves, denies or does nothing.

use core::time::Duration;
use std::thread;

use rubrica::{
    Anchors, Client, Document, Error, Fault, Form, Holder, Job, Look, Outcome, Scope, Session,
    Signed, StampLook, Trust, Via,
};
use rubrica_sandbox::{
    ALPHANUMERIC_CNPJ_HOLDER, CNPJ_HOLDER, CPF_HOLDER, EXPIRED_HOLDER, Fault as Trouble, Policy,
    Rule, Sandbox, TWO_CERTIFICATES_HOLDER, UNKNOWN_ROOT_HOLDER, vidaas,
};
use rubrica_tests::host::{
    self, Holderside, builder, builder_for_redirects, client, contracts, documents, judge,
    judge_counters, pdf, pdf_with, pdf_with_stream, sandbox,
};

/// Every form, in the order of [`Form`].
const FORMS: [Form; 7] = [
    Form::Pdf,
    Form::Cms,
    Form::Raw,
    Form::ServiceCadesAdRb,
    Form::ServiceCadesAdRt,
    Form::ServicePadesAdRb,
    Form::ServicePadesAdRt,
];

fn job(form: Form) -> Job {
    Job { form, ..Job::default() }
}

/// Every outcome, each of which must be good.
fn all(outcomes: Vec<Outcome>) -> Vec<Signed> {
    outcomes.into_iter().map(|outcome| outcome.expect("signed")).collect()
}

/// Signs documents and judges every one of them and the service's counts.
fn sign_and_judge(
    sandbox: &Sandbox,
    session: &mut Session<'_>,
    number: &str,
    contents: &[Vec<u8>],
    job: &Job,
    screen: &mut Holderside,
) -> Vec<Signed> {
    let outcomes = session.sign(&documents(contents), job, screen).expect("a session");
    let signed = all(outcomes);
    assert_eq!(signed.len(), contents.len());
    for (signed, content) in signed.iter().zip(contents) {
        let digest = judge(sandbox, job.form, content, number, signed);
        assert_eq!(sandbox.counters().signatures_of(&digest), 1);
        assert!(matches!(signed.verified.trust, Trust::Chained { .. }));
        if matches!(job.form, Form::Pdf | Form::ServicePadesAdRb | Form::ServicePadesAdRt)
            && !job.signature_page
        {
            let bytes = signed.clone().into_bytes().expect("the result");
            assert!(bytes.starts_with(content), "the original is the beginning");
        }
    }
    judge_counters(sandbox);
    signed
}

#[test]
fn every_form_is_signed_after_a_push() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    for (place, form) in FORMS.into_iter().enumerate() {
        let contents = [pdf(&format!("Form {place}"))];
        let mut session = client.session(host::holder(CPF_HOLDER));
        let mut screen = Holderside::new();
        sign_and_judge(&sandbox, &mut session, CPF_HOLDER, &contents, &job(form), &mut screen);
        assert_eq!(screen.asked(), 1, "{form:?}");
        assert!(screen.notices.contains(&"Approved".to_owned()), "{:?}", screen.notices);
    }
}

#[test]
fn every_form_is_signed_after_a_redirect() {
    let (builder, _) = builder_for_redirects();
    let sandbox = builder.start().unwrap();
    let client = client(&sandbox);
    for (place, form) in FORMS.into_iter().enumerate() {
        let contents = [pdf(&format!("Form {place}"))];
        let mut session = client.session(host::holder(CPF_HOLDER)).via(Via::Redirect);
        let mut screen = Holderside::with_browser(&sandbox);
        sign_and_judge(&sandbox, &mut session, CPF_HOLDER, &contents, &job(form), &mut screen);
        let visits = screen.visits();
        assert_eq!(visits.len(), 1, "{form:?}");
        assert_eq!(visits[0].as_ref().unwrap().status, 200, "the browser sees a last page");
    }
}

#[test]
fn a_document_that_is_no_pdf_is_signed_detached() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let contents = [b"no PDF at all".to_vec(), Vec::new(), vec![0; 300_000]];
    for form in [Form::Cms, Form::ServiceCadesAdRb] {
        let contents: Vec<Vec<u8>> = contents
            .iter()
            .map(|each| [each.as_slice(), form.format().as_str().as_bytes()].concat())
            .collect();
        let mut session = client.session(host::holder(CPF_HOLDER));
        let mut screen = Holderside::new();
        sign_and_judge(&sandbox, &mut session, CPF_HOLDER, &contents, &job(form), &mut screen);
    }
}

#[test]
fn a_page_can_be_added_by_the_service() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    for form in [Form::ServicePadesAdRb, Form::ServicePadesAdRt] {
        let job = Job { form, signature_page: true, ..Job::default() };
        let contents = [pdf(form.format().as_str())];
        let mut session = client.session(host::holder(CPF_HOLDER));
        let mut screen = Holderside::new();
        sign_and_judge(&sandbox, &mut session, CPF_HOLDER, &contents, &job, &mut screen);
    }
}

#[test]
fn companies_sign_too_with_and_without_letters_in_their_number() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    for number in [CNPJ_HOLDER, ALPHANUMERIC_CNPJ_HOLDER] {
        for form in [Form::Pdf, Form::Raw] {
            let contents = [pdf(&format!("{number} {form:?}"))];
            let mut session = client.session(host::holder(number));
            let mut screen = Holderside::new();
            sign_and_judge(&sandbox, &mut session, number, &contents, &job(form), &mut screen);
        }
    }
}

#[test]
fn s34_the_certificate_that_was_asked_for_is_the_one_that_signs() {
    let sandbox = builder().policy(Policy::Ask).start().unwrap();
    let holder = sandbox.holder(TWO_CERTIFICATES_HOLDER).unwrap();
    let client = client(&sandbox);
    for (place, certificate) in holder.certificates.iter().enumerate() {
        for form in [Form::Pdf, Form::Raw] {
            thread::scope(|scope| {
                scope.spawn(|| {
                    let request = sandbox.phone().next_pending(Duration::from_secs(20)).unwrap();
                    assert!(sandbox.phone().approve_with(request.id, certificate.alias()));
                });
                let contents = [pdf(&format!("Certificate {place}, {form:?}"))];
                let mut session = client
                    .session(host::holder(TWO_CERTIFICATES_HOLDER))
                    .certificate_alias(certificate.alias());
                let mut screen = Holderside::new();
                let number = TWO_CERTIFICATES_HOLDER;
                let signed = sign_and_judge(
                    &sandbox,
                    &mut session,
                    number,
                    &contents,
                    &job(form),
                    &mut screen,
                );
                assert_eq!(signed[0].verified.signer.der(), certificate.der());
            });
        }
    }
}

#[test]
fn a_raw_signature_finds_its_certificate_among_several() {
    let sandbox = builder().policy(Policy::Ask).start().unwrap();
    let second = &sandbox.holder(TWO_CERTIFICATES_HOLDER).unwrap().certificates[1];
    let client = client(&sandbox);
    thread::scope(|scope| {
        scope.spawn(|| {
            let request = sandbox.phone().next_pending(Duration::from_secs(20)).unwrap();
            assert!(sandbox.phone().approve_with(request.id, second.alias()));
        });
        let number = TWO_CERTIFICATES_HOLDER;
        let mut session = client.session(host::holder(number));
        let contents = [pdf("Raw")];
        let mut screen = Holderside::new();
        let signed =
            sign_and_judge(&sandbox, &mut session, number, &contents, &job(Form::Raw), &mut screen);
        assert_eq!(signed[0].verified.signer.der(), second.der());
    });
}

#[test]
fn attributes_that_name_one_certificate_are_not_signed_by_another() {
    let sandbox = builder().policy(Policy::Ask).start().unwrap();
    let certificates = &sandbox.holder(TWO_CERTIFICATES_HOLDER).unwrap().certificates;
    let second = &certificates[1];
    let client = client(&sandbox);
    let sign = || {
        thread::scope(|scope| {
            scope.spawn(|| {
                let request = sandbox.phone().next_pending(Duration::from_secs(20)).unwrap();
                assert!(sandbox.phone().approve_with(request.id, second.alias()));
            });
            let mut session = client.session(host::holder(TWO_CERTIFICATES_HOLDER));
            let documents = [Document::from_bytes("a.pdf", pdf("Attributes"))];
            let outcomes =
                session.sign(&documents, &job(Form::PadesAdRb), &mut Holderside::new()).unwrap();
            outcomes.into_iter().next().unwrap()
        })
    };
    let signed = sign().unwrap();
    assert_eq!(signed.verified.signer.der(), second.der());
    assert_eq!(sandbox.counters().signatures().len(), 1);

    // Where the service lists all and the holder chose another than the first, it is asked for the
    // first by name, and refuses before it signs.
    let listed: Vec<String> = certificates
        .iter()
        .map(|each| {
            let pem = each.pem().replace('\r', "").replace('\n', "\\r\\n");
            format!(r#"{{"alias":"{}","certificate":"{pem}"}}"#, each.alias())
        })
        .collect();
    let body = format!(r#"{{"status":"S","certificates":[{}]}}"#, listed.join(","));
    sandbox.faults().add(Rule::always(
        vidaas::CERTIFICATE_DISCOVERY,
        Trouble::Answer { status: 200, headers: Vec::new(), body, processed: false },
    ));
    sign().unwrap_err();
    assert_eq!(sandbox.counters().signatures().len(), 1, "another would be billed in vain");
    judge_counters(&sandbox);
}

#[test]
fn s34_a_bare_signature_leads_to_the_root_by_the_chain_that_came_with_its_certificate() {
    let sandbox = sandbox();
    let leaf = &sandbox.holder(CPF_HOLDER).unwrap().certificates[0];
    let pem = format!("{}{}", leaf.pem(), sandbox.issuer_pem()).replace('\r', "");
    let body = format!(
        r#"{{"status":"S","certificates":[{{"alias":"{}","certificate":"{}"}}]}}"#,
        leaf.alias(),
        pem.replace('\n', "\\r\\n")
    );
    sandbox.faults().add(Rule::always(
        vidaas::CERTIFICATE_DISCOVERY,
        Trouble::Answer { status: 200, headers: Vec::new(), body, processed: false },
    ));
    let mut settings = host::settings(&sandbox);
    settings.trust = Some(Anchors::from_pem(sandbox.anchors_pem().as_bytes()).unwrap());
    let client = Client::new(settings).unwrap();
    let mut session = client.session(host::holder(CPF_HOLDER));
    let contents = [pdf("Chain")];
    let mut screen = Holderside::new();
    let job = job(Form::Raw);
    sign_and_judge(&sandbox, &mut session, CPF_HOLDER, &contents, &job, &mut screen);
}

/// Scope asked for, form, documents; approvals and signature requests that come of it.
#[test]
fn s19_the_least_scope_and_the_fewest_approvals() {
    use Scope::{MultiSignature, SignatureSession, SingleSignature};
    let table = [
        (None, Form::Cms, 1, "single_signature", 1, 1),
        (None, Form::Cms, 3, "multi_signature", 1, 1),
        (None, Form::Cms, 20, "multi_signature", 1, 1),
        (None, Form::Cms, 21, "signature_session", 1, 2),
        (None, Form::ServicePadesAdRb, 3, "signature_session", 1, 3),
        (Some(SingleSignature), Form::Cms, 3, "single_signature", 3, 3),
        (Some(MultiSignature), Form::Cms, 1, "multi_signature", 1, 1),
        (Some(MultiSignature), Form::Cms, 21, "multi_signature", 2, 2),
        (Some(SignatureSession), Form::Cms, 1, "signature_session", 1, 1),
        (Some(SignatureSession), Form::Cms, 3, "signature_session", 1, 1),
        (Some(SignatureSession), Form::Cms, 21, "signature_session", 1, 2),
    ];
    for (scope, form, count, expected, approvals, requests) in table {
        let sandbox = builder().policy(Policy::Ask).start().unwrap();
        let client = client(&sandbox);
        thread::scope(|threads| {
            threads.spawn(|| {
                for _ in 0..approvals {
                    let asked = sandbox.phone().next_pending(Duration::from_secs(20)).unwrap();
                    assert_eq!(asked.scope, expected);
                    assert!(sandbox.phone().approve(asked.id));
                }
            });
            let mut session = client.session(host::holder(CPF_HOLDER));
            if let Some(scope) = scope {
                session = session.scope(scope);
            }
            let mut screen = Holderside::new();
            let contents = contracts(count);
            sign_and_judge(&sandbox, &mut session, CPF_HOLDER, &contents, &job(form), &mut screen);
            assert_eq!(screen.asked(), approvals, "{scope:?} {count}");
        });
        assert_eq!(sandbox.counters().requests(vidaas::SIGNATURE), requests, "{scope:?} {count}");
        assert_eq!(sandbox.counters().signatures().len(), count);
    }
}

#[test]
fn a_session_s_approval_serves_a_second_call() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let mut session = client.session(host::holder(CPF_HOLDER)).scope(Scope::SignatureSession);
    let mut screen = Holderside::new();
    for text in ["First", "Second"] {
        let contents = [pdf(text)];
        let job = Job { form: Form::Pdf, ..Job::default() };
        sign_and_judge(&sandbox, &mut session, CPF_HOLDER, &contents, &job, &mut screen);
    }
    assert_eq!(screen.asked(), 1);
    assert_eq!(sandbox.counters().requests(vidaas::AUTHORIZE), 1);
}

#[test]
fn s28_a_session_s_token_that_expired_between_two_calls_is_not_sent() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let mut session =
        client.session(host::holder(CPF_HOLDER)).scope(Scope::SignatureSession).lifetime(2);
    let mut screen = Holderside::new();
    for text in ["First", "Second"] {
        let contents = [pdf(text)];
        let job = Job { form: Form::Pdf, ..Job::default() };
        sign_and_judge(&sandbox, &mut session, CPF_HOLDER, &contents, &job, &mut screen);
        // The token is taken as expired after three quarters of its life; this is longer by far.
        thread::sleep(Duration::from_millis(2_500));
    }
    assert_eq!(screen.asked(), 2);
    let answers = sandbox.counters().snapshot().answers;
    assert_eq!(answers["vidaas/signature"].get(&401), None);
}

#[test]
fn a_login_tells_who_the_holder_is_and_signs_nothing() {
    let (builder, _) = builder_for_redirects();
    let sandbox = builder.start().unwrap();
    let client = client(&sandbox);
    for via in [Via::Push, Via::Redirect] {
        for number in [CPF_HOLDER, CNPJ_HOLDER, ALPHANUMERIC_CNPJ_HOLDER] {
            // By redirect without a hint, the sandbox's phone is the CPF holder's.
            if via == Via::Redirect && number != CPF_HOLDER {
                continue;
            }
            let mut screen = Holderside::with_browser(&sandbox);
            let mut session = client.session(host::holder(number)).via(via);
            let login = session.login(&mut screen).unwrap();
            assert_eq!(
                login.certificate.der(),
                sandbox.holder(number).unwrap().certificates[0].der()
            );
            assert!(matches!(login.trust, Trust::Chained { .. }));
        }
    }
    assert!(sandbox.counters().signatures().is_empty());
    judge_counters(&sandbox);
}

#[test]
fn s34_a_login_with_a_certificate_that_is_not_good_is_refused() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    for number in [EXPIRED_HOLDER, UNKNOWN_ROOT_HOLDER] {
        let mut session = client.session(host::holder(number));
        let error = session.login(&mut Holderside::new()).unwrap_err();
        assert_eq!(error.fault(), Fault::Verification, "{error}");
    }
    judge_counters(&sandbox);
}

#[test]
fn discovery_knows_who_has_certificates() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let known = client.discover(host::holder(TWO_CERTIFICATES_HOLDER)).unwrap();
    let holder = sandbox.holder(TWO_CERTIFICATES_HOLDER).unwrap();
    let slots = holder.certificates.iter().map(|it| (it.alias().to_owned(), it.label().to_owned()));
    assert!(known.known);
    assert_eq!(known.slots, slots.collect::<Vec<_>>());

    let unknown = client.discover(Holder::parse("390.533.447-05").unwrap()).unwrap();
    assert!(!unknown.known && unknown.slots.is_empty());
    judge_counters(&sandbox);
}

#[test]
fn a_registration_gives_credentials_that_work() {
    let sandbox = sandbox();
    let mut settings = host::settings(&sandbox);
    settings.client_id.clear();
    settings.client_secret.clear();
    let uris = ["http://127.0.0.1:9/callback"];
    let given =
        Client::register(&settings, "A kiosk", "At the desk", &uris, "desk@rubrica.invalid")
            .unwrap();
    settings.client_id = given.client_id;
    settings.client_secret = given.client_secret;
    let client = Client::new(settings).unwrap();
    let mut session = client.session(host::holder(CPF_HOLDER));
    let contents = [pdf("Registered")];
    let mut screen = Holderside::new();
    let job = Job { form: Form::Pdf, ..Job::default() };
    sign_and_judge(&sandbox, &mut session, CPF_HOLDER, &contents, &job, &mut screen);
}

/// Documents that no signature is asked for, each with the reason.
fn bad() -> Vec<(&'static str, Vec<u8>)> {
    let good = pdf("Good");
    vec![
        ("encrypted", pdf_with("Secret", "/Encrypt<</Filter/Standard/V 1/R 2>>")),
        ("cut", good[..good.len() / 2].to_vec()),
        ("text", b"not a PDF".to_vec()),
        ("empty", Vec::new()),
        ("header alone", b"%PDF-1.7\n".to_vec()),
    ]
}

#[test]
fn bad_documents_fail_and_the_good_ones_among_them_are_signed() {
    for form in [Form::Pdf, Form::ServicePadesAdRb] {
        let sandbox = sandbox();
        let client = client(&sandbox);
        let good = [pdf("Good one"), pdf_with_stream("Good two")];
        let mut mixed = vec![Document::from_bytes("first.pdf", good[0].clone())];
        mixed.extend(bad().into_iter().map(|(name, bytes)| Document::from_bytes(name, bytes)));
        mixed.push(Document::from_file("/nowhere/at/all.pdf"));
        mixed.push(Document::from_bytes("last.pdf", good[1].clone()));
        let mut screen = Holderside::new();
        let mut session = client.session(host::holder(CPF_HOLDER));
        let mut order = Vec::new();
        let mut signed = Vec::new();
        session
            .sign_each(&mixed, &job(form), &mut screen, &mut |index, document, outcome| {
                assert_eq!(document.name(), mixed[index].name());
                order.push(index);
                match outcome {
                    Ok(good) => signed.push(good.into_memory()?),
                    Err(Error::File { .. }) => assert_eq!(index, mixed.len() - 2),
                    Err(error) => {
                        assert_eq!(error.fault(), Fault::Document, "{}: {error}", document.name());
                    }
                }
                Ok(())
            })
            .unwrap();
        // What is refused is told before the holder is asked.
        assert_eq!(order, [1, 2, 3, 4, 5, 6, 0, 7]);
        for (signed, original) in signed.iter().zip(&good) {
            let digest = judge(&sandbox, form, original, CPF_HOLDER, signed);
            assert_eq!(sandbox.counters().signatures_of(&digest), 1);
        }
        assert_eq!((signed.len(), screen.asked()), (2, 1));
        assert_eq!(sandbox.counters().signatures().len(), 2);
        judge_counters(&sandbox);
    }
}

#[test]
fn nobody_is_asked_when_no_document_can_be_signed() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    for form in [Form::Pdf, Form::ServicePadesAdRt] {
        let documents: Vec<Document> =
            bad().into_iter().map(|(name, bytes)| Document::from_bytes(name, bytes)).collect();
        let mut screen = Holderside::new();
        let mut session = client.session(host::holder(CPF_HOLDER));
        let outcomes = session.sign(&documents, &job(form), &mut screen).unwrap();
        assert_eq!(outcomes.len(), documents.len());
        assert!(outcomes.iter().all(Result::is_err));
        assert!(session.sign(&[], &job(form), &mut screen).unwrap().is_empty());
        assert_eq!(screen.notices, [""; 0]);
    }
    assert!(sandbox.counters().snapshot().requests.is_empty(), "nothing was sent");
}

#[test]
fn s33_a_second_signature_leaves_the_first_one_good() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let stamped = Look {
        reason: Some("Concordância".to_owned()),
        stamp: Some(StampLook::new("FULANA SINTETICA DE TESTE", rubrica::Language::Portuguese)),
        ..Look::default()
    };
    for original in [pdf("Table"), pdf_with_stream("Stream")] {
        let mut once = Vec::new();
        let mut bytes = original.clone();
        for (number, form, look) in [
            (CPF_HOLDER, Form::Pdf, stamped.clone()),
            (CNPJ_HOLDER, Form::Pdf, Look::default()),
            (ALPHANUMERIC_CNPJ_HOLDER, Form::ServicePadesAdRb, Look::default()),
        ] {
            let mut session = client.session(host::holder(number));
            let job = Job { form, look, ..Job::default() };
            let mut screen = Holderside::new();
            let signed =
                sign_and_judge(&sandbox, &mut session, number, &[bytes], &job, &mut screen);
            bytes = signed.into_iter().next().unwrap().into_bytes().unwrap();
            once.push((number, bytes.len()));
        }
        let signatures = rubrica::pdf::signatures(&bytes).unwrap();
        assert_eq!(signatures.len(), 3);
        let anchors = host::anchors(&sandbox);
        for (signature, (number, length)) in signatures.iter().zip(once) {
            let expected = rubrica::verify::Expected {
                digest: signature.digest(&bytes[..length]).unwrap(),
                holder: Some(host::holder(number)),
                at: rubrica::verify::UnixTime::from(std::time::SystemTime::now()),
                anchors: Some(&anchors),
            };
            rubrica::verify::cms(&signature.contents, &expected).unwrap();
            assert_eq!(signature.digest(&bytes).unwrap(), expected.digest);
        }
    }
}

#[test]
fn s22_polls_keep_the_second_that_the_manual_asks_for() {
    let approval = Duration::from_millis(2_500);
    let sandbox = Sandbox::builder().policy(Policy::ApproveAfter(approval)).start().unwrap();
    let mut settings = host::settings(&sandbox);
    settings.provider = rubrica::VIDAAS.into();
    let client = Client::new(settings).unwrap();
    let mut session = client.session(host::holder(CPF_HOLDER));
    let contents = contracts(1);
    let job = Job { form: Form::Pdf, ..Job::default() };
    let mut screen = Holderside::new();
    sign_and_judge(&sandbox, &mut session, CPF_HOLDER, &contents, &job, &mut screen);
    assert!((1..=3).contains(&sandbox.counters().requests(vidaas::AUTHENTICATIONS)));
}
