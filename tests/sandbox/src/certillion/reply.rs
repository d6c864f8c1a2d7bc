//! The reply of signature, in the shape that the settings ask for.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Map, Value, json};

use super::certificates;
use super::settings::{Nesting, Settings, SignerMember, TransactionMember, TransactionShape};
use super::signing::Plan;
use super::state::Session;
use super::status::Status;
use super::{Asked, Certillion};
use crate::faults::Fault;
use crate::lock;
use crate::psc::spoiling;
use crate::random;
use crate::transport::response::Response;
use crate::transport::spool::Content;

/// What became of one document.
pub(crate) struct Entry {
    pub(crate) id: String,
    pub(crate) alias: String,
    pub(crate) status: (Status, Option<String>),
    pub(crate) uuid: String,
    pub(crate) number: u64,
    pub(crate) signature: Option<Content>,
}

impl Entry {
    fn status(&self, settings: &Settings) -> Value {
        self.status.0.object(self.status.1.as_deref(), settings.code_as_text)
    }

    fn transaction(&self, settings: &Settings) -> Value {
        transaction(settings, &self.uuid, self.number)
    }
}

pub(crate) fn response(
    certillion: &Certillion,
    session: &Session,
    plan: &Plan,
    entries: &[Entry],
    asked: Asked<'_>,
) -> Response {
    let Asked { settings, faults, .. } = asked;
    let name = match settings.transaction_member {
        TransactionMember::TransactionId => "transaction_id",
        TransactionMember::Transaction => "transaction",
    };
    let common = common(certillion, session, plan, asked);
    let in_entries = settings.members != Nesting::Top;
    let alone = entries.len() == 1;
    let same = entries.windows(2).all(|pair| pair[0].status.0 == pair[1].status.0);
    let mut elements: Vec<Value> = entries
        .iter()
        .map(|entry| {
            let mut members = Map::new();
            if settings.entry_ids {
                members.insert("id".to_owned(), json!(entry.id));
            }
            if settings.entry_aliases {
                members.insert("alias".to_owned(), json!(entry.alias));
            }
            if in_entries || !same {
                members.insert("status".to_owned(), entry.status(settings));
            }
            if in_entries || !alone {
                members.insert(name.to_owned(), entry.transaction(settings));
            }
            if in_entries {
                members.extend(common.clone());
            }
            let carried = settings.signature_member || plan.detached;
            if let Some(signature) = entry.signature.as_ref().filter(|_| carried) {
                // A file that went away meanwhile leaves an empty signature, which is none.
                let bytes = signature.to_vec().unwrap_or_default();
                members.insert("signature".to_owned(), json!(BASE64_STANDARD.encode(bytes)));
            }
            Value::Object(members)
        })
        .collect();
    spoiling::signatures(&mut elements, &mut String::new(), faults);
    if !elements.is_empty() {
        spoil_transactions(certillion, (&mut elements, entries.len()), name, asked);
    }

    let mut answer = Map::new();
    if settings.members != Nesting::Entry {
        answer.extend(common);
        let worst = entries.iter().max_by_key(|entry| entry.status.0.code);
        if let Some(entry) = worst.filter(|_| same) {
            answer.insert("status".to_owned(), entry.status(settings));
        }
        if let Some(entry) = entries.first().filter(|_| alone)
            && !faults.has(&Fault::MissingTransaction)
        {
            answer.insert(name.to_owned(), entry.transaction(settings));
        }
    }
    answer.insert("signatures".to_owned(), Value::Array(elements));
    Response::json(200, &Value::Object(answer))
}

/// The members that are the same for every document.
fn common(
    certillion: &Certillion,
    session: &Session,
    plan: &Plan,
    asked: Asked<'_>,
) -> Map<String, Value> {
    let settings = asked.settings;
    let mut members = Map::new();
    if let Some(policy) = plan.policy() {
        members.insert("policy_id".to_owned(), json!(policy.object_identifier()));
    }
    let certificate = &session.certificate;
    let described = certificates::describe(certillion, &session.holder, certificate, asked);
    members.insert("signer_certificate".to_owned(), described);
    let signer = match settings.signer_member {
        SignerMember::Indentifier => "signer_indentifier",
        SignerMember::Identifier => "signer_identifier",
    };
    members.insert(signer.to_owned(), json!(session.holder.identification));
    members
}

fn transaction(settings: &Settings, uuid: &str, number: u64) -> Value {
    match settings.transaction {
        TransactionShape::Uuid => json!(uuid),
        TransactionShape::Digits => json!(number.to_string()),
        TransactionShape::Number => json!(number),
    }
}

fn spoil_transactions(
    certillion: &Certillion,
    (elements, made): (&mut [Value], usize),
    name: &str,
    Asked { settings, faults, .. }: Asked<'_>,
) {
    for fault in faults.iter() {
        match fault {
            Fault::MissingTransaction => {
                for members in elements.iter_mut().filter_map(Value::as_object_mut) {
                    members.remove(name);
                }
            }
            Fault::SwappedTransactions => {
                let last = elements.len().saturating_sub(1);
                let first = elements[0][name].take();
                elements[0][name] = elements[last][name].take();
                elements[last][name] = first;
            }
            Fault::OtherTransaction => {
                let state = lock(&certillion.state);
                let mut others = state.transactions.iter().rev().skip(made);
                let other = others.next().map(|it| transaction(settings, &it.uuid, it.number));
                elements[0][name] = other.unwrap_or_else(|| json!(random::uuid()));
            }
            _ => {}
        }
    }
}
