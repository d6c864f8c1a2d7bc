//! Everything about Certillion that no source settles, in each way in which the emulated service can
//! have it: each by itself and all at once. Where the profile has to be told, the refusal comes with
//! a doubt that names the key.

use rubrica::certillion::{Client, Job, Standard};
use rubrica::core::certillion::{
    AliasPlace as Asked, Application, CERTILLION, CertificateDiscovery, PasswordAnswer,
    PasswordAuthorization, Profile, PscName, Service,
};
use rubrica::core::error::{Error as CoreError, PeerError, Refusal};
use rubrica::core::secret::SecretText;
use rubrica::{Document, Error, Fault, Scope};
use rubrica_sandbox::certillion::{
    AliasPlace, DateShape, DetachedDownload, DocumentHash, ErrorBody, Failures, Nesting,
    PdfFilters, PolicySpelling, PscList, Settings, SignerMember, TokenCredentials,
    TransactionMember, TransactionShape, ValidatePath, ValidationShape,
};
use rubrica_sandbox::{CPF_HOLDER, Sandbox};
use rubrica_tests::calls::{authorization, call};
use rubrica_tests::certillion::{
    client, content, contents, detached, jobs, sandbox, settings_with, sign_and_judge,
};
use rubrica_tests::host::{Holderside, documents, holder, judge_counters};

type Change = fn(&mut Settings);

/// What a client understands without being told. Each line is a way of its own; `true` stands at
/// those that can all be on at the same time.
const UNDERSTOOD: [(&str, bool, Change); 33] = [
    ("members in the entries", false, |it| it.members = Nesting::Entry),
    ("members at the top", false, |it| it.members = Nesting::Top),
    ("members in both places", true, |it| it.members = Nesting::Both),
    ("signer_indentifier", false, |it| it.signer_member = SignerMember::Indentifier),
    ("signer_identifier", true, |it| it.signer_member = SignerMember::Identifier),
    ("transaction_id", false, |it| it.transaction_member = TransactionMember::TransactionId),
    ("transaction", true, |it| it.transaction_member = TransactionMember::Transaction),
    ("a UUID", false, |it| it.transaction = TransactionShape::Uuid),
    ("digits", false, |it| it.transaction = TransactionShape::Digits),
    ("a number", true, |it| it.transaction = TransactionShape::Number),
    ("entries without ids", true, |it| it.entry_ids = false),
    ("entries without aliases", true, |it| it.entry_aliases = false),
    ("attached signatures in the reply too", true, |it| it.signature_member = true),
    ("failures in the entries", true, |it| it.failures = Failures::Entry),
    ("codes as text", true, |it| it.code_as_text = true),
    ("AD_RB", true, |it| it.policy_spelling = PolicySpelling::Underscore),
    ("detached and pki_name demanded", true, |it| it.members_required = true),
    ("manager_* alone", true, |it| it.token_credentials = TokenCredentials::Manager),
    ("redirect_uri demanded", true, |it| it.token_redirect_uri = true),
    ("no token_type", true, |it| it.token_type = false),
    ("dates as numbers", true, |it| it.dates = DateShape::EpochMilliseconds),
    ("errors in lower case", true, |it| it.grant_errors_upper_case = false),
    ("hashes that are none", true, |it| it.document_hash = DocumentHash::Opaque),
    ("downloads attached", false, |it| it.detached_download = DetachedDownload::Attached),
    ("no download of what is detached", true, |it| {
        it.detached_download = DetachedDownload::Refused;
    }),
    ("downloads called PDFs", false, |it| it.download_type = "application/pdf"),
    ("downloads called pages", true, |it| it.download_type = "text/html; charset=utf-8"),
    ("certificates alone in a CMS", true, |it| it.chain_in_cms = false),
    ("ICP-Brasil's own filters", true, |it| it.pdf_filters = PdfFilters::Pbad),
    ("Exclusive XML Canonicalization", true, |it| it.exclusive_canonicalization = true),
    ("certificates that are not looked at", true, |it| it.checks_certificates = false),
    ("short lives", true, |it| (it.default_lifetime, it.lifetime_ceiling) = (30, 60)),
    ("one document kept more than is sent", true, |it| it.documents_kept = 4),
];

/// What a client has to be told, by a table of the profile, and the key that the doubt names.
const TOLD: [(&str, Change, &str, &str); 3] = [
    (
        "AD-RB",
        |it| it.policy_spelling = PolicySpelling::Hyphen,
        "policy_spelling",
        "policy_spelling = 'hyphen'",
    ),
    (
        "all four credentials",
        |it| it.token_credentials = TokenCredentials::Both,
        "token_client_pair",
        "token_client_pair = true",
    ),
    (
        "two hashes in a request",
        |it| it.hashes_per_request = 2,
        "limits",
        "limits.hashes_per_request = 2",
    ),
];

/// Signs in every standard, one document and three.
fn sign(sandbox: &Sandbox, client: &Client, about: &str) {
    for job in jobs() {
        let counts: &[usize] = if job == Job::new(Standard::PadesIcpBr) { &[1, 3] } else { &[1] };
        for count in counts {
            let about = format!("{about} {count} {job:?}");
            sign_and_judge(sandbox, client, &job, &contents(&job, &about, *count));
        }
    }
    sign_and_judge(sandbox, client, &detached(), &contents(&detached(), about, 3));
}

#[test]
fn every_way_to_speak_is_understood_by_itself() {
    let sandbox = sandbox();
    let service = sandbox.certillion();
    let client = client(&sandbox);
    for (about, _, change) in UNDERSTOOD {
        let before = service.settings();
        service.change(change);
        println!("{about}");
        let job = Job::new(Standard::PadesIcpBr);
        sign_and_judge(&sandbox, &client, &job, &contents(&job, about, 2));
        sign_and_judge(&sandbox, &client, &detached(), &contents(&detached(), about, 1));
        service.change(|settings| *settings = before);
    }
}

#[test]
fn all_ways_to_speak_are_understood_at_once() {
    for members in [Nesting::Entry, Nesting::Top, Nesting::Both] {
        let sandbox = sandbox();
        let service = sandbox.certillion();
        for (_, _, change) in UNDERSTOOD.iter().filter(|(_, is_together, _)| *is_together) {
            service.change(change);
        }
        service.change(|settings| settings.members = members);
        sign(&sandbox, &client(&sandbox), &format!("{members:?}"));
    }
}

/// The refusal that every document of a run has, which it has whether the run or each document is
/// refused.
fn refusal(sandbox: &Sandbox, client: &Client, job: &Job, count: usize) -> (Refusal, Vec<String>) {
    let mut screen = Holderside::with_browser(sandbox);
    let mut session = client.session(holder(CPF_HOLDER)).scope(Scope::MultiSignature);
    let contents = contents(job, "refused", count);
    let outcomes = session.sign(&documents(&contents), job, &mut screen);
    let error = match outcomes {
        Err(error) => error,
        Ok(outcomes) => {
            let errors = outcomes.into_iter().map(|outcome| outcome.expect_err("refused"));
            errors.last().expect("one")
        }
    };
    let doubts = client.doubts(&error).iter().map(|doubt| doubt.key.to_owned()).collect();
    match error {
        Error::Core(CoreError::Peer(PeerError::Refused(refusal))) => (refusal, doubts),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_has_to_be_told_is_a_doubt_beside_the_refusal_and_signs_when_it_is_told() {
    let job = Job::new(Standard::PadesIcpBr);
    for (about, change, key, table) in TOLD {
        for errors in [ErrorBody::Json, ErrorBody::Html, ErrorBody::Empty] {
            let sandbox = sandbox();
            let service = sandbox.certillion();
            service.change(change);
            service.change(|settings| settings.errors = errors);
            let (refusal, doubts) = refusal(&sandbox, &client(&sandbox), &job, 3);
            assert!((400..=500).contains(&refusal.status), "{about}: {refusal:?}");
            assert!(doubts.iter().any(|doubt| doubt == key), "{about}: {doubts:?}");
            assert_eq!(sandbox.counters().signatures(), []);
            judge_counters(&sandbox);

            let told = Client::new(settings_with(&sandbox, table)).unwrap();
            let doubts = told.doubts(&Error::Core(PeerError::Refused(refusal).into()));
            assert!(doubts.iter().all(|doubt| doubt.key != key), "{about}");
            sign_and_judge(&sandbox, &told, &job, &contents(&job, about, 3));
        }
    }
}

#[test]
fn all_that_has_to_be_told_can_be_told_at_once() {
    let sandbox = sandbox();
    let service = sandbox.certillion();
    let mut table = String::new();
    for (_, change, _, line) in TOLD {
        service.change(change);
        table += &format!("{line}\n");
    }
    for (_, _, change) in UNDERSTOOD.iter().filter(|(about, is_together, _)| {
        *is_together && !matches!(*about, "AD_RB" | "manager_* alone")
    }) {
        service.change(change);
    }
    sign(&sandbox, &Client::new(settings_with(&sandbox, &table)).unwrap(), "all");
}

#[test]
fn what_was_told_wrongly_is_refused_too() {
    let sandbox = sandbox();
    let job = Job::new(Standard::Cades);
    for (change, table) in [
        (UNDERSTOOD[15].2, "policy_spelling = 'hyphen'"),
        (UNDERSTOOD[17].2, "token_client_pair = true"),
    ] {
        sandbox.certillion().change(change);
        let told = Client::new(settings_with(&sandbox, table)).unwrap();
        let (refusal, _) = refusal(&sandbox, &told, &job, 1);
        assert_eq!(refusal.status, 400, "{table}: {refusal:?}");
    }
    assert_eq!(sandbox.counters().signatures(), []);
}

#[test]
fn entries_without_ids_need_not_be_believed() {
    let sandbox = sandbox();
    sandbox.certillion().change(|settings| settings.entry_ids = false);
    let strict = Client::new(settings_with(&sandbox, "entries_in_order = false")).unwrap();
    let mut session = strict.session(holder(CPF_HOLDER));
    let job = Job::new(Standard::Cades);
    let documents = documents(&contents(&job, "strict", 2));
    let outcomes = session.sign(&documents, &job, &mut Holderside::with_browser(&sandbox));
    for outcome in outcomes.unwrap() {
        // They may have been signed.
        let error = outcome.unwrap_err();
        assert_eq!(error.fault(), Fault::InDoubt, "{error:?}");
    }
}

#[test]
fn a_refusal_is_one_whatever_its_body_is() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let service = sandbox.certillion();
    for (failures, errors, code_as_text, code) in [
        (Failures::Request, ErrorBody::Json, false, "713 WRONG_DOCUMENT_TYPE"),
        (Failures::Request, ErrorBody::Json, true, "713 WRONG_DOCUMENT_TYPE"),
        (Failures::Request, ErrorBody::Html, false, ""),
        (Failures::Request, ErrorBody::Empty, false, ""),
        (Failures::Entry, ErrorBody::Json, false, "713 WRONG_DOCUMENT_TYPE"),
        (Failures::Entry, ErrorBody::Html, true, "713 WRONG_DOCUMENT_TYPE"),
    ] {
        service.change(|settings| {
            (settings.failures, settings.errors) = (failures, errors);
            settings.code_as_text = code_as_text;
        });
        let mut session = client.session(holder(CPF_HOLDER));
        let documents = [Document::from_bytes("receita.xml", *b"no XML")];
        let mut screen = Holderside::with_browser(&sandbox);
        let outcomes = session.sign(&documents, &Job::new(Standard::Xades), &mut screen).unwrap();
        let Err(Error::Core(CoreError::Peer(PeerError::Refused(refusal)))) = &outcomes[0] else {
            panic!("{failures:?}, {errors:?}: {outcomes:?}")
        };
        assert_eq!(refusal.code.as_str(), code, "{failures:?}, {errors:?}");
        let http = if failures == Failures::Entry { 200 } else { 400 };
        assert_eq!(refusal.status, http, "{failures:?}, {errors:?}");
    }
    assert_eq!(sandbox.counters().signatures(), []);
}

#[test]
fn one_document_that_fails_leaves_the_others_signed() {
    for members in [Nesting::Entry, Nesting::Top, Nesting::Both] {
        let sandbox = sandbox();
        sandbox.certillion().change(|settings| {
            (settings.failures, settings.members) = (Failures::Entry, members);
        });
        let job = Job::new(Standard::Xades);
        let (first, last) = (content(&job, "first"), content(&job, "last"));
        let all = [first.clone(), b"no XML".to_vec(), last.clone()];
        let client = client(&sandbox);
        let mut session = client.session(holder(CPF_HOLDER));
        let mut screen = Holderside::with_browser(&sandbox);
        let outcomes = session.sign(&documents(&all), &job, &mut screen).unwrap();
        for (outcome, original) in [(&outcomes[0], &first), (&outcomes[2], &last)] {
            let bytes = outcome.as_ref().unwrap().clone().into_bytes().unwrap();
            rubrica_tests::certillion::judge(&sandbox, &job, original, CPF_HOLDER, &bytes);
        }
        let told = outcomes[1].as_ref().map(drop).map_err(Error::fault);
        assert_eq!(told, Err(rubrica::Fault::Service), "{members:?}");
        assert_eq!(sandbox.counters().signatures().len(), 2);
        judge_counters(&sandbox);
    }
}

#[test]
fn the_directory_is_read_in_every_shape() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let service = sandbox.certillion();
    for (shape, presence) in [
        (PscList::Names, ("S", "N")),
        (PscList::Objects, ("Y", "N")),
        (PscList::Wrapped, ("s", "n")),
    ] {
        service.change(|settings| (settings.psc_list, settings.presence) = (shape, presence));
        let names = client.pscs().unwrap().names;
        for name in ["VAULTID", "BIRDID", "NEOID"] {
            assert!(names.iter().any(|each| each == name), "{shape:?}: {names:?}");
        }
        let accounts = client.accounts(holder(CPF_HOLDER)).unwrap();
        let known = |psc: &str| accounts.iter().find(|each| each.psc == psc).unwrap().known;
        // A natural person has no account at this one.
        assert_eq!((known("BIRDID"), known("DSCLOUD")), (Some(true), Some(false)), "{presence:?}");
        let knows = |psc: &str| client.knows(psc, holder(CPF_HOLDER)).unwrap().known;
        assert_eq!((knows("BIRDID"), knows("DSCLOUD")), (Some(true), Some(false)), "{presence:?}");
    }
    judge_counters(&sandbox);
}

/// A PDF that the emulated service signed.
fn signed_pdf(sandbox: &Sandbox, client: &Client) -> Document {
    let job = Job::new(Standard::PadesIcpBr);
    let mut session = client.session(holder(CPF_HOLDER));
    let mut screen = Holderside::with_browser(sandbox);
    let documents = documents(&contents(&job, "to be validated", 1));
    let mut outcomes = session.sign(&documents, &job, &mut screen).unwrap();
    let bytes = outcomes.pop().unwrap().unwrap().into_bytes().unwrap();
    Document::from_bytes("signed.pdf", bytes)
}

#[test]
fn a_validation_is_asked_for_where_it_is_answered() {
    let sandbox = sandbox();
    let plain = client(&sandbox);
    let pdf = signed_pdf(&sandbox, &plain);
    let table = "paths.validate = '/oauth/signature/validate'";
    let under_oauth = Client::new(settings_with(&sandbox, table)).unwrap();
    for (path, answers) in [
        (ValidatePath::Plain, [true, false]),
        (ValidatePath::UnderOauth, [false, true]),
        (ValidatePath::Both, [true, true]),
    ] {
        sandbox.certillion().change(|settings| settings.validate_path = path);
        for (client, answers) in [&plain, &under_oauth].into_iter().zip(answers) {
            match client.validate(None, &pdf, None) {
                Ok(validation) => {
                    assert!(answers, "{path:?}");
                    assert_eq!(validation.is_valid(), Some(true), "{}", validation.raw);
                }
                Err(error) => {
                    assert!(!answers, "{path:?}: {error:?}");
                    let doubts = client.doubts(&error);
                    let is_told = doubts.iter().any(|doubt| doubt.key == "paths.validate");
                    assert_eq!(is_told, core::ptr::eq(client, &raw const plain), "{error:?}");
                }
            }
        }
    }
}

#[test]
fn a_validation_is_read_in_every_shape() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let pdf = signed_pdf(&sandbox, &client);
    for (shape, verdict) in [
        (ValidationShape::SnakeCase, Some(true)),
        (ValidationShape::SoapNames, Some(true)),
        (ValidationShape::StatusAlone, None),
    ] {
        sandbox.certillion().change(|settings| settings.validation = shape);
        let validation = client.validate(None, &pdf, None).unwrap();
        assert!(!validation.raw.is_empty(), "{shape:?}");
        if let Some(verdict) = verdict {
            assert_eq!(validation.is_valid(), Some(verdict), "{shape:?}: {}", validation.raw);
        }
    }
}

/// Asks for the holder's certificates with an alias that stands in this place.
fn certificates(sandbox: &Sandbox, place: Asked, alias: &str) -> Result<usize, CoreError> {
    let service = sandbox.certillion();
    let registered = service.application();
    let profile = Profile { alias_place: place, ..CERTILLION };
    let at = Service::at(&profile, service.base_url(), service.signer_base_url()).unwrap();
    let (secret, uri) = (SecretText::new(&registered.client_secret), &registered.redirect_uris[0]);
    let application = Application::new(at, &registered.client_id, secret, uri).unwrap();
    let application = application.through(PscName::BIRDID).allow_password_grant();
    let code = service.one_time_password(CPF_HOLDER).unwrap();
    let authorization = authorization(CPF_HOLDER, Scope::SignatureSession);
    let question = PasswordAuthorization {
        application: &application,
        authorization: &authorization,
        password: SecretText::new(&code),
        requester: None,
    };
    let token = call(sandbox, &question, |answer| match answer {
        PasswordAnswer::Granted(reply) => reply.token.expose().to_owned(),
        PasswordAnswer::NotImplemented => panic!("it has one"),
    });
    let token = token.unwrap();
    let question = CertificateDiscovery {
        application: &application,
        token: SecretText::new(&token),
        alias: Some(alias),
    };
    call(sandbox, &question, |certificates| certificates.iter().count())
}

#[test]
fn an_alias_stands_where_it_is_read() {
    let sandbox = sandbox();
    let known = sandbox.holder(CPF_HOLDER).unwrap().certificates[0].alias().to_owned();
    for dates in [DateShape::Iso8601, DateShape::EpochMilliseconds] {
        sandbox.certillion().change(|settings| settings.dates = dates);
        for (place, asked) in [
            (AliasPlace::Header, Asked::Header),
            (AliasPlace::Query, Asked::Query),
            (AliasPlace::Both, Asked::Header),
            (AliasPlace::Both, Asked::Query),
        ] {
            sandbox.certillion().change(|settings| settings.alias_place = place);
            assert_eq!(certificates(&sandbox, asked, &known), Ok(1), "{place:?}, {asked:?}");
            let unknown = certificates(&sandbox, asked, "another");
            assert!(unknown.is_err(), "{place:?}, {asked:?}: {unknown:?}");
        }
    }
    // In the query it is an unknown parameter where a header is read, and the profile says what to try.
    sandbox.certillion().change(|settings| settings.alias_place = AliasPlace::Header);
    let refused = certificates(&sandbox, Asked::Query, &known);
    assert!(matches!(refused, Err(CoreError::Peer(PeerError::Refused(_)))), "{refused:?}");
    assert!(CERTILLION.unsure.iter().any(|doubt| doubt.key == "alias_place"));
}
