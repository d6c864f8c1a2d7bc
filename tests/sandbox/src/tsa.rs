//! A time-stamp authority over HTTPS (RFC 3161 §3.4): `POST /tsa` with
//! `application/timestamp-query`. It stamps SHA-256 alone, under a policy of its own.

use std::sync::Arc;

use crate::clock::Clock;
use crate::cms::time_stamp::{Stamp, TimeStampAuthority};
use crate::cms::time_stamp_query::{Query, Refusal};
use crate::counters::Counters;
use crate::faults::{Drawn, Fault};
use crate::pki::der;
use crate::random;
use crate::transport::request::Request;
use crate::transport::response::Response;
use crate::transport::{Endpoint, Service};

/// `POST /tsa`.
pub const STAMP: Endpoint = Endpoint::new("tsa/stamp");

pub(crate) struct TimeStampService {
    pub(crate) stamps: Arc<TimeStampAuthority>,
    pub(crate) clock: Clock,
    pub(crate) counters: Arc<Counters>,
}

impl TimeStampService {
    fn answer(&self, body: &[u8], faults: &Drawn) -> Result<Vec<u8>, u8> {
        let refused = faults.iter().find_map(|fault| match fault {
            Fault::StampRefused { failure } => Some(*failure),
            _ => None,
        });
        if let Some(failure) = refused {
            return Err(failure);
        }
        let query = Query::of(body).map_err(Refusal::failure)?;
        let another = |bytes: [u8; 32]| random::sha256(&bytes);
        let stamp = Stamp {
            digest: if faults.has(&Fault::WrongDigest) {
                another(query.digest)
            } else {
                query.digest
            },
            time: self.clock.unix_seconds(),
            nonce: if faults.has(&Fault::WrongNonce) {
                Some(der::integer(&random::bytes::<8>()))
            } else {
                query.nonce
            },
            certificates: query.certificates,
            usage: !faults.has(&Fault::NoTimeStampingUsage),
            tampered: faults.has(&Fault::TamperedSignature),
        };
        let token = self.stamps.stamp(&stamp);
        self.counters.stamped();
        Ok(der::sequence(&[&der::sequence(&[&der::integer(&[0])]), &token]))
    }
}

impl Service for TimeStampService {
    fn endpoints(&self) -> &'static [Endpoint] {
        const ENDPOINTS: [Endpoint; 1] = [STAMP];
        &ENDPOINTS
    }

    fn endpoint(&self, path: &str) -> Option<Endpoint> {
        (path == "/tsa").then_some(STAMP)
    }

    fn handle(&self, _endpoint: Endpoint, request: &Request, faults: &Drawn) -> Response {
        if request.method != "POST" {
            return Response::method_not_allowed("POST");
        }
        if !request.has_content_type("application/timestamp-query") {
            return Response::text(415, "Unsupported Media Type");
        }
        let answer = self.answer(&request.body, faults).unwrap_or_else(rejection);
        Response::bytes("application/timestamp-reply", answer)
    }
}

/// TimeStampResp with status rejection and one bit of PKIFailureInfo (RFC 3161 §2.4.2).
fn rejection(failure: u8) -> Vec<u8> {
    let place = usize::from(failure / 8);
    let mut bits = vec![0; place + 1];
    bits[place] = 0x80 >> (failure % 8);
    let text = der::sequence(&[&der::utf8_string("refused by the sandbox")]);
    let info = der::bit_string_unused(7 - failure % 8, &bits);
    der::sequence(&[&der::sequence(&[&der::integer(&[2]), &text, &info])])
}
