//! What certificates point at: CRLs, the authorities' certificates and OCSP, over plain HTTP as
//! ICP-Brasil's are, and over HTTPS beside the services.
//!
//! - `GET /crl/SLUG.crl`: a CRL in DER, of `root-v10`, `issuer-v10`, `root-v12`, `issuer-v12` or
//!   `root-unknown`.
//! - `GET /certificates/SLUG.cer`: the authority's certificate in DER.
//! - `POST /ocsp/SLUG`: OCSP for the certificates of that authority.

use std::sync::Arc;

use crate::clock::Clock;
use crate::faults::{Drawn, Fault};
use crate::pki::authority::{Authorities, Authority, Generation};
use crate::pki::crl::{self, Revoked};
use crate::pki::holder::{Holder, Standing};
use crate::pki::ocsp::{Failure, Request as OcspRequest, Responder, Status};
use crate::transport::request::Request;
use crate::transport::response::Response;
use crate::transport::{Endpoint, Service};

/// `GET /crl/…`.
pub const CRL: Endpoint = Endpoint::new("pki/crl");
/// `GET /certificates/…`.
pub const CERTIFICATE: Endpoint = Endpoint::new("pki/certificate");
/// `POST /ocsp/…`.
pub const OCSP: Endpoint = Endpoint::new("pki/ocsp");

const DAY: i64 = 86_400;

/// The authorities' publications.
pub(crate) struct Revocation {
    authorities: Arc<Authorities>,
    clock: Clock,
    /// The slug of the issuer, the serial number in DER, and since when it is revoked.
    issued: Vec<(&'static str, Vec<u8>, Option<i64>)>,
}

impl Revocation {
    pub(crate) fn new(
        authorities: &Arc<Authorities>,
        clock: Clock,
        holders: &[Arc<Holder>],
        others: &[&[u8]],
    ) -> Self {
        let revoked_since = clock.unix_seconds() - DAY;
        let mut issued = Vec::new();
        for certificate in holders.iter().flat_map(|holder| &holder.certificates) {
            let issuer = match (certificate.standing(), certificate.generation()) {
                (Standing::UnknownRoot, _) => &authorities.unknown,
                (_, Generation::V10) => &authorities.v10.issuer,
                (_, Generation::V12) => &authorities.v12.issuer,
            };
            let since = (certificate.standing() == Standing::Revoked).then_some(revoked_since);
            issued.push((issuer.slug, certificate.certificate().serial.clone(), since));
        }
        for hierarchy in [&authorities.v10, &authorities.v12] {
            let serial = hierarchy.issuer.certificate.serial.clone();
            issued.push((hierarchy.root.slug, serial, None));
        }
        issued.extend(
            others.iter().map(|serial| (authorities.v10.issuer.slug, serial.to_vec(), None)),
        );
        Self { authorities: Arc::clone(authorities), clock, issued }
    }

    /// The CRLs of both hierarchies in DER, each root before its issuer.
    pub(crate) fn crls(&self) -> Vec<Vec<u8>> {
        let Authorities { v10, v12, .. } = &*self.authorities;
        let authorities = [&v10.root, &v10.issuer, &v12.root, &v12.issuer];
        authorities.into_iter().map(|authority| self.crl(authority, &Drawn::default())).collect()
    }

    fn crl(&self, authority: &Authority, faults: &Drawn) -> Vec<u8> {
        let revoked: Vec<Revoked> = self
            .issued
            .iter()
            .filter(|(slug, ..)| *slug == authority.slug)
            .filter_map(|(_, serial, since)| {
                since.map(|time| Revoked { serial: serial.clone(), time })
            })
            .collect();
        let signer = if faults.has(&Fault::WrongSigner) {
            self.another(authority).signer()
        } else {
            authority.signer()
        };
        crl::encode(authority, &signer, &revoked, self.window(faults))
    }

    fn ocsp(&self, authority: &Authority, body: &[u8], faults: &Drawn) -> Vec<u8> {
        let Some(request) = OcspRequest::of(body) else {
            return Failure::MalformedRequest.response();
        };
        let delegator =
            if faults.has(&Fault::WrongSigner) { self.another(authority) } else { authority };
        // Minted here and not at start, which is to be quick; the key is the same for all.
        let Ok(responder) = Responder::mint(delegator, self.clock.unix_seconds()) else {
            return Failure::MalformedRequest.response();
        };
        let status = |certificate: &crate::pki::ocsp::CertificateId| {
            let known = self
                .issued
                .iter()
                .find(|(slug, serial, _)| *slug == authority.slug && *serial == certificate.serial);
            match known.filter(|_| certificate.is_of(authority)) {
                Some((_, _, Some(since))) => Status::Revoked(*since),
                Some((_, _, None)) => Status::Good,
                None => Status::Unknown,
            }
        };
        responder.respond(&request, status, self.window(faults))
    }

    /// thisUpdate and nextUpdate: an hour ago and in a week, or long ago for a fault.
    fn window(&self, faults: &Drawn) -> (i64, i64) {
        let now = self.clock.unix_seconds();
        if faults.has(&Fault::StaleRevocation) {
            (now - 30 * DAY, now - 23 * DAY)
        } else {
            (now - 3600, now + 7 * DAY)
        }
    }

    /// An authority that did not issue what `authority` did.
    fn another(&self, authority: &Authority) -> &Authority {
        let [first, second] = [&self.authorities.unknown, &self.authorities.v12.issuer];
        if authority.slug == first.slug { second } else { first }
    }

    fn authority(&self, slug: &str) -> Option<&Authority> {
        self.authorities.all().into_iter().find(|authority| authority.slug == slug)
    }

    /// The authority that a path is about.
    fn named(&self, path: &str) -> Option<(Endpoint, &Authority)> {
        let (endpoint, name) = if let Some(name) = path.strip_prefix("/crl/") {
            (CRL, name.strip_suffix(".crl")?)
        } else if let Some(name) = path.strip_prefix("/certificates/") {
            (CERTIFICATE, name.strip_suffix(".cer")?)
        } else {
            (OCSP, path.strip_prefix("/ocsp/")?)
        };
        Some((endpoint, self.authority(name)?))
    }
}

impl Service for Revocation {
    fn endpoints(&self) -> &'static [Endpoint] {
        const ENDPOINTS: [Endpoint; 3] = [CRL, CERTIFICATE, OCSP];
        &ENDPOINTS
    }

    fn endpoint(&self, path: &str) -> Option<Endpoint> {
        self.named(path).map(|(endpoint, _)| endpoint)
    }

    fn handle(&self, endpoint: Endpoint, request: &Request, faults: &Drawn) -> Response {
        let Some((_, authority)) = self.named(&request.path) else {
            return Response::text(404, "Not Found");
        };
        let allowed = if endpoint == OCSP { "POST" } else { "GET" };
        if request.method != allowed {
            return Response::method_not_allowed(allowed);
        }
        match endpoint {
            CRL => Response::bytes("application/pkix-crl", self.crl(authority, faults)),
            CERTIFICATE => {
                Response::bytes("application/pkix-cert", authority.certificate.der.clone())
            }
            _ if !request.has_content_type("application/ocsp-request") => {
                Response::text(415, "Unsupported Media Type")
            }
            _ => {
                let answer = self.ocsp(authority, &request.body, faults);
                Response::bytes("application/ocsp-response", answer)
            }
        }
    }
}
