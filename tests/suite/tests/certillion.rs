//! Certillion from end to end: what is sent comes back signed, and is checked.

use rubrica::certillion::{Job, Policy, Standard};
use rubrica::{Document, Error, Fault, Holder};
use rubrica_sandbox::certillion::DOWNLOAD;
use rubrica_sandbox::{CPF_HOLDER, Rule, Sandbox};
use rubrica_tests::certillion::{client, sandbox, verified};
use rubrica_tests::host::{Folder, Holderside, contracts, documents, holder, judge_counters};

fn holder_of(_sandbox: &Sandbox) -> Holder {
    holder(CPF_HOLDER)
}

#[test]
fn a_pdf_goes_and_comes_back_signed() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let mut session = client.session(holder_of(&sandbox)).psc("BIRDID");
    let mut screen = Holderside::with_browser(&sandbox);
    let contents = contracts(3);
    let documents = documents(&contents);
    let outcomes = session.sign(&documents, &Job::new(Standard::Pades), &mut screen).unwrap();
    assert_eq!(screen.asked(), 1);
    for (outcome, content) in outcomes.iter().zip(&contents) {
        assert_eq!(verified(outcome).holder, Some(holder(CPF_HOLDER)));
        let bytes = outcome.as_ref().unwrap().clone().into_bytes().unwrap();
        assert!(bytes.starts_with(content) && bytes.len() > content.len());
    }
    let seen = sandbox.counters().snapshot();
    assert_eq!(seen.signatures.len(), 3);
    judge_counters(&sandbox);
}

#[test]
fn any_document_is_signed_as_cades_attached_and_detached() {
    for detached in [false, true] {
        let sandbox = sandbox();
        let client = client(&sandbox);
        let mut session = client.session(holder_of(&sandbox));
        let mut screen = Holderside::with_browser(&sandbox);
        let documents = [Document::from_bytes("nota.txt", *b"the document")];
        let job = Job { detached, policy: Some(Policy::AdRb), ..Job::new(Standard::Cades) };
        let outcomes = session.sign(&documents, &job, &mut screen).unwrap();
        assert_eq!(verified(&outcomes[0]).holder, Some(holder(CPF_HOLDER)));
        let bytes = outcomes[0].as_ref().unwrap().clone().into_bytes().unwrap();
        let contains = bytes.windows(12).any(|window| window == b"the document");
        assert_eq!(contains, !detached);
    }
}

#[test]
fn an_xml_document_goes_and_comes_back_signed() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let mut session = client.session(holder_of(&sandbox));
    let mut screen = Holderside::with_browser(&sandbox);
    let xml = *b"<?xml version=\"1.0\"?><receita><item n='1'>Dipirona</item></receita>";
    let documents = [Document::from_bytes("receita.xml", xml)];
    let outcomes = session.sign(&documents, &Job::new(Standard::Xades), &mut screen).unwrap();
    assert_eq!(verified(&outcomes[0]).holder, Some(holder(CPF_HOLDER)));
}

#[test]
fn what_is_signed_and_did_not_come_is_fetched_by_its_transaction() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let mut session = client.session(holder_of(&sandbox));
    let mut screen = Holderside::with_browser(&sandbox);
    let documents = [Document::from_bytes("nota.txt", *b"the document")];
    let lost = rubrica_sandbox::Fault::Answer {
        status: 404,
        headers: Vec::new(),
        body: String::new(),
        processed: false,
    };
    sandbox.faults().add(Rule::once(DOWNLOAD, lost));
    let outcomes = session.sign(&documents, &Job::new(Standard::Cades), &mut screen).unwrap();
    let Err(error @ Error::NotFetched { transaction, .. }) = &outcomes[0] else {
        panic!("{outcomes:?}")
    };
    assert_eq!(error.fault(), Fault::Service);
    let folder = Folder::new();
    let download = client.download(None, transaction, folder.path(".")).unwrap();
    let bytes = std::fs::read(download.path()).unwrap();
    assert!(bytes.windows(12).any(|window| window == b"the document"));
    assert_eq!(sandbox.counters().snapshot().signatures.len(), 1);
}
