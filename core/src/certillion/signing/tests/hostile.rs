//! Replies and states that nobody means well with.

use super::*;

#[test]
fn a_transaction_that_would_lead_elsewhere_is_none_and_keeps_no_other_document_back() {
    for transaction in [".", "..", ""] {
        let answer = || {
            let signed = |id: &str, transaction: &str| {
                format!(r#"{{"id":"{id}","transaction":"{transaction}","status":{{"code":140}}}}"#)
            };
            let entries = [signed("1", transaction), signed("2", "t2")].join(",");
            Answer::Json(200, format!(r#"{{"signatures":[{entries}]}}"#))
        };
        let service = once("/signature", 1, answer);
        let (run, progress) = run(2, false, &[Scope::MultiSignature], service);
        assert_eq!(run.steps.last().unwrap(), "t2");
        assert_eq!(stages(&progress), [DocumentStage::Failed, DocumentStage::Done]);
        assert_eq!(progress[0].transaction, "");
    }
}

#[test]
fn s10_a_token_for_one_signature_is_not_handed_on_when_its_request_is_cancelled() {
    let profile = profile();
    let application = application(&profile);
    let order = order(1, false);
    let patience = Duration::from_millis(PATIENCE);
    for (scope, is_left) in [(Scope::SingleSignature, false), (Scope::SignatureSession, true)] {
        let hash = "hash-a".try_into().unwrap();
        let stage = DocumentStage::Uploaded;
        let mut progress = vec![Progress { stage, hash, ..Progress::default() }];
        let mut flow =
            Signing::new(&application, &order, &mut progress, boundary(), patience, 7, at(0))
                .unwrap();
        flow.authorize(grant(scope, at(0)), at(0)).unwrap();
        assert!(matches!(flow.poll_output(&mut [0; 4096]), Ok(Output::Send(_))));
        let outcome = flow.handle_input(Input::Cancel, at(1)).map(|_| ());
        assert_eq!(outcome, Err(PeerError::InDoubt.into()));
        assert_eq!(flow.take_grant().is_some(), is_left);
    }
}

#[test]
fn what_was_asked_for_is_in_doubt_also_without_a_saved_flow() {
    let profile = profile();
    let application = application(&profile);
    let order = order(2, false);
    let patience = Duration::from_millis(PATIENCE);
    let mut progress = vec![Progress::default(); 2];
    progress[1].stage = DocumentStage::Sent;
    let mut flow =
        Signing::new(&application, &order, &mut progress, boundary(), patience, 7, at(0)).unwrap();
    let output = flow.poll_output(&mut []);
    assert!(matches!(output, Ok(Output::Event(SigningEvent::InDoubt))), "{output:?}");
}

#[test]
fn a_buffer_that_is_too_small_changes_nothing_also_when_a_token_has_expired() {
    let profile = profile();
    let application = application(&profile);
    let order = order(1, false);
    let patience = Duration::from_millis(PATIENCE);
    let mut progress = vec![Progress::default()];
    let mut flow =
        Signing::new(&application, &order, &mut progress, boundary(), patience, 7, at(0)).unwrap();
    flow.authorize(grant(Scope::SignatureSession, at(0)), at(0)).unwrap();
    let mut buffer = [0; 4096];
    assert!(matches!(flow.poll_output(&mut buffer), Ok(Output::Send(_))));
    let mut token = *br#"{"access_token":"app-token","expires_in":30}"#;
    flow.handle_input(Input::Response(Response::new(200, &mut token)), at(0)).unwrap();
    flow.handle_input(Input::Timeout, at(PATIENCE - 1)).unwrap();
    let before = format!("{flow:?}");
    assert!(flow.poll_output(&mut []).is_err());
    assert_eq!(format!("{flow:?}"), before);
}
