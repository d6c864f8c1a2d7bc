//! `POST oauth/document`: a document into the storage.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ring::digest::{self, Context};
use serde_json::json;

use super::asking::{self, refuse_query};
use super::refusal::Refusal;
use super::settings::DocumentHash;
use super::state::Document;
use super::status::Status;
use super::{Asked, Certillion, multipart};
use crate::counters::UploadRecord;
use crate::faults::Fault;
use crate::transport::response::Response;
use crate::transport::spool::{Content, Piece};
use crate::{lock, random};

pub(crate) fn handle(certillion: &Certillion, asked: Asked<'_>) -> Result<Response, Refusal> {
    let Asked { request, settings, faults, .. } = asked;
    refuse_query(certillion, request)?;
    if request.header("authorization").is_none() {
        // The API page's own guess for this 500.
        return Err(Refusal::new(500, Status::INTERNAL_ERROR, "no Authorization"));
    }
    let token = asking::token(certillion, asked)?;
    if request.header("accept").is_some_and(|value| !accepts_json(value)) {
        return Err(Refusal::new(406, Status::REQUEST_BAD_FORMAT, "the answer is JSON"));
    }
    let unreadable = |detail: String| Refusal::new(400, Status::REQUEST_BAD_DATA, detail);
    if request.header("content-length").is_none() {
        certillion.ground.counters.violated("an upload without Content-Length");
        return Err(Refusal::new(411, Status::REQUEST_WRONG_LENGTH, "no Content-Length"));
    }
    let boundary = multipart::boundary(request.header("content-type").unwrap_or_default());
    let boundary = boundary.map_err(|error| unreadable(error.to_string()))?;
    let Some(spool) = &request.spooled else {
        return Err(Refusal::new(500, Status::INTERNAL_ERROR, "the body was not kept"));
    };
    let whole = 0..spool.length();
    let mut context = Context::new(&digest::SHA256);
    let part = spool.reader(&whole).map_err(multipart::MultipartError::from);
    let part =
        part.and_then(|body| multipart::read(body, &boundary, |piece| context.update(piece)));
    let part = part.map_err(|error| unreadable(error.to_string()))?;
    if part.content.is_empty() {
        return Err(Refusal::new(500, Status::INTERNAL_ERROR, "the file is empty"));
    }
    let mut digest = [0; 32];
    digest.copy_from_slice(context.finish().as_ref());

    let opaque =
        settings.document_hash == DocumentHash::Opaque || faults.has(&Fault::OpaqueDocumentHash);
    let hash = if opaque { random::uuid() } else { BASE64_STANDARD.encode(digest) };
    certillion.ground.counters.uploaded(UploadRecord {
        application: token.client_id.clone(),
        hash: random::hexadecimal(&digest),
        bytes: part.content.end - part.content.start,
        file_name: part.file_name,
        media_type: part.media_type,
    });
    let content = Content::of(vec![Piece::File(spool.clone(), part.content)]);
    let document = Document { client_id: token.client_id, hash: hash.clone(), digest, content };
    lock(&certillion.state).keep_document(document, settings);

    let status = Status::REQUEST_OK.object(None, settings.code_as_text);
    let mut answer = json!({ "document_hash": hash, "status": status });
    if faults.has(&Fault::MissingDocumentHash)
        && let Some(members) = answer.as_object_mut()
    {
        members.remove("document_hash");
    }
    Ok(Response::json(200, &answer))
}

fn accepts_json(accept: &str) -> bool {
    let mut types = accept.split(',').map(|it| it.split(';').next().unwrap_or_default().trim());
    types.any(|media| matches!(media, "application/json" | "application/*" | "*/*"))
}
