//! The flow on a virtual clock, against a service that is a closure.

mod hostile;

use std::string::{String, ToString};
use std::vec::Vec;
use std::{format, vec};

use super::*;
use crate::certillion::{CERTILLION, Item, Policy, Profile, Service, Standard};
use crate::document::{Origin, Received, Reception};
use crate::exchange::Response;
use crate::oauth::grant::Grant;

const BASE_URL: &str = "https://certillion.example";
const PATIENCE: u64 = 600_000;
const REFUSED_TOKEN: &str = r#"{"status":{"code":250,"name":"INVALID_ACCESS_TOKEN","detail":""}}"#;

fn at(milliseconds: u64) -> Instant {
    Instant::from_millis(milliseconds)
}

fn profile() -> Profile<'static> {
    Profile {
        limits: super::super::Limits { hashes_per_request: 2, ..CERTILLION.limits },
        ..CERTILLION
    }
}

fn application<'a>(profile: &'a Profile<'a>) -> Application<'a> {
    let service = Service::at(profile, BASE_URL, BASE_URL).unwrap();
    let secret = SecretText::new("secret");
    Application::new(service, "id", secret, "http://127.0.0.1/").unwrap()
}

const ITEMS: [Item<'static>; 3] =
    [Item::new("1", "a.txt", 3), Item::new("2", "b.txt", 3), Item::new("3", "c.txt", 3)];

fn order(documents: usize, detached: bool) -> Order<'static> {
    Order {
        items: &ITEMS[..documents],
        standard: Standard::Cades,
        policy: Some(Policy::AdRb),
        detached,
        pki_name: None,
        certificate_alias: None,
    }
}

fn boundary() -> Boundary {
    Boundary::from_entropy(&core::array::from_fn(|place| place as u8)).unwrap()
}

fn grant(scope: Scope, now: Instant) -> Grant {
    let token = Secret::new("user-token", "token").unwrap();
    Grant::new(token, scope, Duration::from_secs(300), None, now)
}

/// What the service answers.
enum Answer {
    Json(u16, String),
    Document,
    Unanswered,
    NotSent,
}

/// The service that does all it is asked for.
fn good(line: &str, body: &str) -> Answer {
    let token = r#"{"access_token":"app-token","token_type":"Bearer","expires_in":300}"#;
    match line.rsplit('/').next().unwrap() {
        "client_token" => Answer::Json(200, token.to_string()),
        "document" => Answer::Json(200, format!(r#"{{"document_hash":"{}"}}"#, hash_of(body))),
        "signature" => {
            let entries: Vec<String> = ids(body)
                .iter()
                .map(|id| {
                    format!(
                        r#"{{"id":"{id}","transaction_id":"t{id}","status":{{"code":140}},"signature":"QUJD"}}"#
                    )
                })
                .collect();
            Answer::Json(200, format!(r#"{{"signatures":[{}]}}"#, entries.join(",")))
        }
        _ => Answer::Document,
    }
}

fn hash_of(body: &str) -> String {
    let name = body.split("filename=\"").nth(1).unwrap().split('"').next().unwrap();
    format!("hash-{}", &name[..1])
}

fn ids(body: &str) -> Vec<String> {
    body.split(r#""id":""#).skip(1).map(|rest| rest[..1].to_string()).collect()
}

/// What a run came to.
struct Run {
    /// The last part of each request's path, with the identifiers that a signature was asked for.
    steps: Vec<String>,
    /// What each gain said.
    gains: Vec<String>,
    /// What ended the flow before its end.
    error: Option<Error>,
    now: u64,
}

impl Run {
    fn new() -> Self {
        Self { steps: Vec::new(), gains: Vec::new(), error: None, now: 0 }
    }

    /// Drives a flow until it ends, is in doubt, or needs a grant that there is none for.
    fn drive(
        &mut self,
        flow: &mut Signing<'_>,
        grants: &mut Vec<Scope>,
        mut service: impl FnMut(&str, &str) -> Answer,
    ) {
        let mut buffer = vec![0; 4096];
        for _ in 0..1_000 {
            let now = at(self.now);
            let (line, body, document) = match flow.poll_output(&mut buffer).unwrap() {
                Output::Done => return,
                Output::Wait(until) => {
                    self.now = until.as_millis();
                    match flow.handle_input(Input::Timeout, until) {
                        Ok(gain) => self.note(&gain),
                        Err(error) => self.error = Some(error),
                    }
                    continue;
                }
                Output::Event(SigningEvent::InDoubt) => {
                    self.steps.push("in doubt".to_string());
                    return;
                }
                Output::Event(SigningEvent::Authorize) => {
                    self.steps.push("authorize".to_string());
                    if grants.is_empty() {
                        return;
                    }
                    flow.authorize(grant(grants.remove(0), now), now).unwrap();
                    continue;
                }
                Output::Send(request) => {
                    let mut body = Vec::new();
                    let mut reader = request.body.reader();
                    let mut piece = [0; 64];
                    loop {
                        match reader.read(&mut piece, &mut Source(3)).unwrap() {
                            0 => break,
                            count => body.extend_from_slice(&piece[..count]),
                        }
                    }
                    let body = String::from_utf8(body).unwrap();
                    let document = request.document.map(|place| place.document());
                    (request.url.to_string(), body, document)
                }
            };
            let last = line.rsplit('/').next().unwrap();
            let asked: String = ids(&body).concat();
            self.steps.push(if asked.is_empty() {
                last.to_string()
            } else {
                format!("sign {asked}")
            });
            let mut text;
            let input = match service(&line, &body) {
                Answer::Json(status, json) => {
                    text = json.into_bytes();
                    Input::Response(Response::new(status, &mut text))
                }
                Answer::Document => {
                    let received = Received {
                        document: document.unwrap(),
                        length: 5,
                        origin: Origin::Rewritten,
                    };
                    let document = Reception::Document(received);
                    Input::Response(Response { document, ..Response::new(200, &mut []) })
                }
                Answer::Unanswered => Input::Failed(SendFailure::Unanswered),
                Answer::NotSent => Input::Failed(SendFailure::NotSent),
            };
            match flow.handle_input(input, now) {
                Ok(gain) => self.note(&gain),
                Err(error) => self.error = Some(error),
            }
        }
        unreachable!("the flow does not end: {:?}", self.steps);
    }

    fn note(&mut self, gain: &SigningGain<'_, '_>) {
        match gain {
            SigningGain::Nothing => {}
            SigningGain::Uploaded(document) => self.gains.push(format!("uploaded {document}")),
            SigningGain::Received(received) => {
                self.gains.push(format!("received {}", received.document));
            }
            SigningGain::Signed(batch) => {
                for (document, outcome) in batch.iter() {
                    self.gains.push(match outcome {
                        Ok(entry) => format!("signed {document} {:?}", entry.signature),
                        Err(error) => format!("failed {document}: {error}"),
                    });
                }
            }
            SigningGain::Failed { documents, error } => {
                for document in documents.iter() {
                    self.gains.push(format!("failed {document}: {error}"));
                }
            }
        }
    }
}

/// Documents of the same bytes.
struct Source(usize);

impl crate::document::Documents for Source {
    type Error = ();

    fn begin(&mut self, _document: usize) -> Result<(), ()> {
        self.0 = 3;
        Ok(())
    }

    fn read(&mut self, out: &mut [u8]) -> Result<usize, ()> {
        let count = self.0.min(out.len());
        out[..count].fill(b'x');
        self.0 -= count;
        Ok(count)
    }
}

/// Runs an order of so many documents.
fn run(
    documents: usize,
    detached: bool,
    grants: &[Scope],
    service: impl FnMut(&str, &str) -> Answer,
) -> (Run, Vec<Progress>) {
    let profile = profile();
    let application = application(&profile);
    let order = order(documents, detached);
    let mut progress = vec![Progress::default(); documents];
    let patience = Duration::from_millis(PATIENCE);
    let mut flow =
        Signing::new(&application, &order, &mut progress, boundary(), patience, 7, at(0)).unwrap();
    let mut run = Run::new();
    run.drive(&mut flow, &mut grants.to_vec(), service);
    (run, progress)
}

fn stages(progress: &[Progress]) -> Vec<DocumentStage> {
    progress.iter().map(|each| each.stage).collect()
}

/// A service that is good but for one answer: the `nth` of the requests whose path ends so.
fn once(
    path: &'static str,
    nth: usize,
    mut other: impl FnMut() -> Answer,
) -> impl FnMut(&str, &str) -> Answer {
    let mut count = 0;
    move |line, body| {
        if line.ends_with(path) {
            count += 1;
            if count == nth {
                return other();
            }
        }
        good(line, body)
    }
}

fn refused(status: u16, code: u16) -> Answer {
    Answer::Json(status, format!(r#"{{"status":{{"code":{code},"name":"X","detail":""}}}}"#))
}

#[test]
fn all_is_sent_before_the_holder_is_asked_and_all_signed_before_anything_is_fetched() {
    let (run, progress) = run(2, false, &[Scope::MultiSignature], good);
    let steps = ["client_token", "document", "document", "authorize", "sign 12", "t1", "t2"];
    assert_eq!(run.steps, steps);
    let gains =
        ["uploaded 0", "uploaded 1", "signed 0 None", "signed 1 None", "received 0", "received 1"];
    assert_eq!(run.gains, gains);
    assert_eq!(stages(&progress), [DocumentStage::Done; 2]);
    assert_eq!(progress[1].hash, "hash-b");
    assert_eq!(progress[1].transaction, "t2");
}

#[test]
fn what_is_signed_is_fetched_before_the_holder_is_asked_once_more() {
    let (run, _) = run(3, false, &[Scope::SingleSignature; 3], good);
    let steps = [
        "client_token",
        "document",
        "document",
        "document",
        "authorize",
        "sign 1",
        "t1",
        "authorize",
        "sign 2",
        "t2",
        "authorize",
        "sign 3",
        "t3",
    ];
    assert_eq!(run.steps, steps);
    let (run, _) = self::run(3, false, &[Scope::SignatureSession], good);
    assert_eq!(run.steps[3..], ["document", "authorize", "sign 12", "sign 3", "t1", "t2", "t3"]);
}

#[test]
fn a_detached_signature_that_came_with_the_reply_is_not_fetched() {
    let (run, progress) = run(1, true, &[Scope::SingleSignature], good);
    assert_eq!(run.steps, ["client_token", "document", "authorize", "sign 1"]);
    assert_eq!(run.gains, ["uploaded 0", "signed 0 Some(\"QUJD\")"]);
    assert_eq!(stages(&progress), [DocumentStage::Done]);
}

#[test]
fn a_document_that_is_refused_keeps_no_other_back() {
    let upload = once("/document", 1, || refused(400, 205));
    let (run, progress) = run(2, false, &[Scope::SingleSignature], upload);
    assert_eq!(run.steps, ["client_token", "document", "document", "authorize", "sign 2", "t2"]);
    assert_eq!(stages(&progress), [DocumentStage::Failed, DocumentStage::Done]);
    let download = once("/t1", 1, || refused(404, 310));
    let (_, progress) = self::run(2, false, &[Scope::MultiSignature], download);
    assert_eq!(stages(&progress), [DocumentStage::Failed, DocumentStage::Done]);
}

#[test]
fn an_entry_is_signed_by_the_code_140_and_by_nothing_else() {
    for (entry, stage) in [
        (r#""status":{"code":140}"#, DocumentStage::Signed),
        (r#""status":{"code":"140"}"#, DocumentStage::Signed),
        (r#""status":{"code":100}"#, DocumentStage::Sent),
        (r#""status":{"code":110}"#, DocumentStage::Sent),
        (r#""status":{"code":301}"#, DocumentStage::Sent),
        (r#""status":{"code":400}"#, DocumentStage::Failed),
        (r#""status":{"code":12345}"#, DocumentStage::Failed),
        (r#""policy_id":"x""#, DocumentStage::Sent),
    ] {
        let answer = || {
            let entry = format!(r#"{{"signatures":[{{"id":"1","transaction":7,{entry}}}]}}"#);
            Answer::Json(200, entry)
        };
        let mut stages = Vec::new();
        let service = once("/signature", 1, answer);
        let (run, progress) = run(1, false, &[Scope::SingleSignature], service);
        stages.extend(run.gains.iter().filter(|gain| gain.starts_with("signed")).cloned());
        assert_eq!(stages.len(), usize::from(stage == DocumentStage::Signed), "{entry}");
        let last = if stage == DocumentStage::Signed { DocumentStage::Done } else { stage };
        assert_eq!(progress[0].stage, last, "{entry}");
        // What is not signed keeps its transaction too.
        assert_eq!(progress[0].transaction, "7", "{entry}");
    }
}

#[test]
fn a_request_that_may_have_signed_is_never_sent_again_by_itself() {
    for lost in [
        || Answer::Unanswered,
        || Answer::Json(504, String::new()),
        || Answer::Json(502, "<html>".to_string()),
        || refused(504, 301),
    ] {
        let (run, progress) =
            run(2, false, &[Scope::SignatureSession], once("/signature", 1, lost));
        assert_eq!(run.steps.last().unwrap(), "in doubt");
        assert_eq!(run.steps.iter().filter(|step| step.starts_with("sign")).count(), 1);
        assert_eq!(stages(&progress), [DocumentStage::Sent; 2]);
    }
}

#[test]
fn what_was_not_sent_or_is_put_off_goes_again_and_ends_in_the_end() {
    for lost in [
        || Answer::NotSent,
        || Answer::Json(503, String::new()),
        || Answer::Json(429, String::new()),
    ] {
        let (run, progress) = run(1, false, &[Scope::SingleSignature], once("/signature", 1, lost));
        assert_eq!(run.steps[2..], ["authorize", "sign 1", "sign 1", "t1"]);
        assert_eq!(stages(&progress), [DocumentStage::Done]);
    }
    for path in ["client_token", "/document", "/t1"] {
        let always = |line: &str, body: &str| match line.ends_with(path) {
            true => Answer::Unanswered,
            false => good(line, body),
        };
        let (run, progress) = run(1, false, &[Scope::SingleSignature], always);
        assert_eq!(run.error, Some(PeerError::Unreachable.into()), "{path}");
        let last = path.trim_start_matches('/');
        assert_eq!(run.steps.iter().filter(|step| *step == last).count(), usize::from(TRIES));
        // What was done stays done.
        assert!(!stages(&progress).contains(&DocumentStage::Failed), "{path}");
    }
}

#[test]
fn a_token_that_is_refused_is_asked_for_again_once() {
    let mut calls = 0;
    let (run, _) = run(1, false, &[Scope::SingleSignature], |line, body| {
        calls += usize::from(line.ends_with("/document"));
        match line.ends_with("/document") && calls == 1 {
            true => Answer::Json(401, REFUSED_TOKEN.to_string()),
            false => good(line, body),
        }
    });
    assert_eq!(run.steps[..4], ["client_token", "document", "client_token", "document"]);
    let (run, _) = self::run(1, false, &[], |line, body| match line.ends_with("/document") {
        true => Answer::Json(401, REFUSED_TOKEN.to_string()),
        false => good(line, body),
    });
    assert_eq!(run.steps, ["client_token", "document", "client_token", "document"]);
    assert_eq!(run.error, Some(PeerError::Unauthorized.into()));
}

#[test]
fn a_grant_that_is_refused_is_asked_for_again_once() {
    let refusal = || Answer::Json(401, REFUSED_TOKEN.to_string());
    let grants = [Scope::SignatureSession; 3];
    let (run, progress) = run(1, false, &grants, once("/signature", 1, refusal));
    assert_eq!(run.steps[2..], ["authorize", "sign 1", "authorize", "sign 1", "t1"]);
    assert_eq!(stages(&progress), [DocumentStage::Done]);
    let (run, progress) =
        self::run(1, false, &grants, |line, body| match line.ends_with("/signature") {
            true => Answer::Json(401, REFUSED_TOKEN.to_string()),
            false => good(line, body),
        });
    assert_eq!(run.steps[2..], ["authorize", "sign 1", "authorize", "sign 1"]);
    assert_eq!(stages(&progress), [DocumentStage::Failed]);
}

#[test]
fn s10_a_token_for_one_signature_is_used_once_whatever_comes_back() {
    let service = once("/signature", 1, || refused(400, 702));
    let (run, _) = run(2, false, &[Scope::SingleSignature; 2], service);
    let asked =
        |run: &Run, word: &str| run.steps.iter().filter(|step| step.starts_with(word)).count();
    assert_eq!((asked(&run, "authorize"), asked(&run, "sign")), (2, 2));
    // What cannot be read may have been signed.
    for body in ["{}", "no JSON", r#"{"signatures":[{"id":"9","status":{"code":140}}]}"#] {
        let service = once("/signature", 1, || Answer::Json(200, body.to_string()));
        let (run, progress) = self::run(2, false, &[Scope::SingleSignature; 2], service);
        assert_eq!((asked(&run, "authorize"), asked(&run, "sign")), (1, 1), "{body}");
        assert_eq!(run.steps.last().unwrap(), "in doubt", "{body}");
        assert_eq!(stages(&progress), [DocumentStage::Sent, DocumentStage::Uploaded]);
    }
}

#[test]
fn what_is_signed_is_fetched_before_the_host_is_asked_about_what_is_open() {
    let answer = || {
        let open = r#"{"id":"1","status":{"code":110}}"#;
        let signed = r#"{"id":"2","transaction":"t2","status":{"code":140}}"#;
        Answer::Json(200, format!(r#"{{"signatures":[{open},{signed}]}}"#))
    };
    let service = once("/signature", 1, answer);
    let (run, progress) = run(3, false, &[Scope::SignatureSession], service);
    assert_eq!(run.steps[4..], ["authorize", "sign 12", "t2", "in doubt"]);
    assert_eq!(
        stages(&progress),
        [DocumentStage::Sent, DocumentStage::Done, DocumentStage::Uploaded]
    );
}

#[test]
fn a_download_is_not_given_up_for_the_services_own_trouble() {
    let (run, progress) = run(
        1,
        false,
        &[Scope::SingleSignature],
        once("/t1", 1, || Answer::Json(500, String::new())),
    );
    assert_eq!(run.steps[3..], ["sign 1", "t1", "t1"]);
    assert_eq!(stages(&progress), [DocumentStage::Done]);
    let always = |line: &str, body: &str| match line.ends_with("/t1") {
        true => Answer::Json(500, String::new()),
        false => good(line, body),
    };
    let (run, progress) = self::run(1, false, &[Scope::SingleSignature], always);
    assert!(matches!(run.error, Some(Error::Peer(PeerError::Refused(_)))), "{:?}", run.error);
    assert_eq!(stages(&progress), [DocumentStage::Signed]);
}

#[test]
fn a_signature_that_cannot_be_fetched_is_taken_as_it_came() {
    let answer = || {
        let entry = r#"{"id":"1","signature":"QUJD","status":{"code":140}}"#;
        Answer::Json(200, format!(r#"{{"signatures":[{entry}]}}"#))
    };
    let service = once("/signature", 1, answer);
    let (run, progress) = run(1, false, &[Scope::SingleSignature], service);
    assert_eq!(run.gains.last().unwrap(), "signed 0 Some(\"QUJD\")");
    assert_eq!(stages(&progress), [DocumentStage::Done]);
}

#[test]
fn what_the_service_forgot_is_sent_again_once() {
    let forgotten = || refused(400, 711);
    let (run, progress) =
        run(1, false, &[Scope::SignatureSession], once("/signature", 1, forgotten));
    assert_eq!(run.steps[2..], ["authorize", "sign 1", "document", "sign 1", "t1"]);
    assert_eq!(stages(&progress), [DocumentStage::Done]);
    let (run, progress) = self::run(1, false, &[Scope::SignatureSession], |line, body| match line
        .ends_with("/signature")
    {
        true => refused(400, 711),
        false => good(line, body),
    });
    assert_eq!(run.steps[2..], ["authorize", "sign 1", "document", "sign 1"]);
    assert_eq!(stages(&progress), [DocumentStage::Failed]);
}

/// A saved run that was broken off at this step, gone on with by another process.
fn resumed(
    stage: DocumentStage,
    resolution: Option<Resolution>,
    elapsed: Elapsed,
) -> (Run, Vec<Progress>) {
    let profile = profile();
    let application = application(&profile);
    let order = order(1, false);
    let patience = Duration::from_millis(PATIENCE);
    let (hash, transaction) = ("hash-a".try_into().unwrap(), "t1".try_into().unwrap());
    let mut progress = vec![Progress { stage, hash, transaction }];
    let mut saved = vec![Progress::default()];
    let mut flow =
        Signing::new(&application, &order, &mut saved, boundary(), patience, 7, at(0)).unwrap();
    flow.authorize(grant(Scope::SignatureSession, at(0)), at(0)).unwrap();
    let snapshot = flow.snapshot(at(0));
    let mut flow = Signing::resume(
        &application,
        &order,
        &mut progress,
        snapshot,
        elapsed,
        boundary(),
        patience,
        7,
        at(0),
    )
    .unwrap();
    let mut run = Run::new();
    let mut grants = vec![Scope::SingleSignature];
    run.drive(&mut flow, &mut grants, good);
    if let Some(resolution) = resolution {
        let gain = flow.resolve(resolution, at(0)).unwrap();
        run.note(&gain);
        run.drive(&mut flow, &mut grants, good);
    }
    (run, progress)
}

#[test]
fn another_process_does_only_what_is_left() {
    let soon = Elapsed::Known(Duration::from_secs(5));
    let (run, _) = resumed(DocumentStage::Waiting, None, soon);
    assert_eq!(run.steps, ["client_token", "document", "sign 1", "t1"]);
    let (run, _) = resumed(DocumentStage::Uploaded, None, soon);
    assert_eq!(run.steps, ["sign 1", "client_token", "t1"]);
    let (run, _) = resumed(DocumentStage::Signed, None, soon);
    assert_eq!(run.steps, ["client_token", "t1"]);
    let (run, _) = resumed(DocumentStage::Done, None, soon);
    assert_eq!(run.steps, [""; 0]);
    // A token of which it is not known how old it is is not used.
    let (run, _) = resumed(DocumentStage::Uploaded, None, Elapsed::Unknown);
    assert_eq!(run.steps, ["authorize", "sign 1", "client_token", "t1"]);
}

#[test]
fn what_is_in_doubt_waits_for_the_hosts_word() {
    let soon = Elapsed::Known(Duration::from_secs(5));
    let (run, progress) = resumed(DocumentStage::Sent, None, soon);
    assert_eq!(run.steps, ["in doubt"]);
    assert_eq!(stages(&progress), [DocumentStage::Sent]);
    let (run, progress) = resumed(DocumentStage::Sent, Some(Resolution::SignAgain), soon);
    assert_eq!(run.steps, ["in doubt", "sign 1", "client_token", "t1"]);
    assert_eq!(stages(&progress), [DocumentStage::Done]);
    let (run, progress) = resumed(DocumentStage::Sent, Some(Resolution::Abandon), soon);
    assert_eq!(run.steps, ["in doubt"]);
    assert_eq!(run.gains, [format!("failed 0: {}", PeerError::InDoubt)]);
    assert_eq!(stages(&progress), [DocumentStage::Failed]);
}

#[test]
fn a_saved_flow_is_another_orders_or_another_applications_to_nobody() {
    let profile = profile();
    let patience = Duration::from_millis(PATIENCE);
    let own = application(&profile);
    let other = own.through(super::super::PscName::BIRDID);
    let (one, two) = (order(1, false), order(1, true));
    let mut progress = vec![Progress::default()];
    for (application, order, fits) in
        [(&own, &one, true), (&own, &two, false), (&other, &one, false)]
    {
        let mut saved = vec![Progress::default()];
        let snapshot = Signing::new(&own, &one, &mut saved, boundary(), patience, 7, at(0))
            .unwrap()
            .snapshot(at(0));
        let flow = Signing::resume(
            application,
            order,
            &mut progress,
            snapshot,
            Elapsed::Unknown,
            boundary(),
            patience,
            7,
            at(0),
        );
        assert_eq!(flow.is_ok(), fits);
    }
    let mut longer = vec![Progress::default(); 2];
    let flow = Signing::new(&own, &one, &mut longer, boundary(), patience, 7, at(0));
    assert_eq!(flow.err(), Some(Misuse::Snapshot.into()));
}

#[test]
fn an_answer_is_not_waited_for_for_ever_and_a_cancellation_ends_all() {
    let profile = profile();
    let application = application(&profile);
    let order = order(1, false);
    let patience = Duration::from_millis(PATIENCE);
    let mut buffer = vec![0; 4096];
    for signing in [false, true] {
        let stage = if signing { DocumentStage::Uploaded } else { DocumentStage::Waiting };
        for cancel in [false, true] {
            let hash = "hash-a".try_into().unwrap();
            let mut progress = vec![Progress { stage, hash, ..Progress::default() }];
            let mut flow =
                Signing::new(&application, &order, &mut progress, boundary(), patience, 7, at(0))
                    .unwrap();
            flow.authorize(grant(Scope::SignatureSession, at(0)), at(0)).unwrap();
            assert!(matches!(flow.poll_output(&mut buffer), Ok(Output::Send(_))));
            let input = if cancel { Input::Cancel } else { Input::Timeout };
            let outcome = flow.handle_input(input, at(PATIENCE)).map(|_| ());
            let expected = match (signing, cancel) {
                (true, true) => Err(PeerError::InDoubt.into()),
                (true, false) => Ok(()),
                (false, true) => Err(PeerError::Cancelled.into()),
                (false, false) => Err(PeerError::Expired.into()),
            };
            assert_eq!(outcome, expected);
            // What was out may have signed.
            let left = if signing { DocumentStage::Sent } else { DocumentStage::Waiting };
            assert_eq!(stages(flow.progress()), [left]);
        }
    }
}
