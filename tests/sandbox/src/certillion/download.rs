//! `GET oauth/document/{transaction}`: what was signed, as it is.

use super::asking::{self, refuse_query};
use super::refusal::Refusal;
use super::state::Outcome;
use super::status::Status;
use super::{Asked, Certillion};
use crate::counters::DownloadRecord;
use crate::faults::Fault;
use crate::transport::response::Response;
use crate::transport::spool::Content;
use crate::{lock, random};

pub(crate) fn handle(certillion: &Certillion, asked: Asked<'_>) -> Result<Response, Refusal> {
    let Asked { faults, settings, .. } = asked;
    refuse_query(certillion, asked.request)?;
    let token = asking::token(certillion, asked)?;
    let name = asked.path.rsplit('/').next().unwrap_or_default();
    let (digest, result, another) = {
        let state = lock(&certillion.state);
        let own = state.transaction(name).filter(|it| it.client_id == token.client_id);
        let missing = || Refusal::new(404, Status::TRANSACTION_NOT_FOUND, "no such transaction");
        let own = own.ok_or_else(missing)?;
        let others = state.transactions.iter().filter(|it| it.uuid != own.uuid);
        let another = others.rev().find_map(|it| match &it.result {
            Outcome::Signed(content) => Some(content.clone()),
            _ => None,
        });
        (own.digest, own.result.clone(), another)
    };
    let content = match result {
        Outcome::Signed(content) => content,
        Outcome::NotDownloadable => {
            let detail = "the signature standard does not support the download";
            return Err(Refusal::bad_data(detail));
        }
        Outcome::Failed => {
            let detail = "there is no valid signature to download";
            return Err(Refusal::new(400, Status::SIGNATURE_INVALID, detail));
        }
    };
    certillion.ground.counters.downloaded(DownloadRecord {
        application: token.client_id,
        transaction: name.to_owned(),
        hash: random::hexadecimal(&digest),
    });
    let content = faults.iter().fold(content, |content, fault| match fault {
        Fault::CutDocument => content.start(content.length() / 2),
        Fault::EmptyDocument => Content::default(),
        Fault::OtherDocument => {
            another.clone().unwrap_or_else(|| Content::from(b"another document".to_vec()))
        }
        _ => content,
    });
    Ok(Response::content(settings.download_type, content))
}
