//! Fetching what is missing to conclude: lists of revoked certificates, OCSP answers, issuers.

use core::net::IpAddr;
use std::collections::BTreeSet;

use rubrica_ureq::{FetchError, Fetcher};
use rubrica_verify::{
    Certificate, Evidence, Finding, Missing, RevocationSources, TimeStamp, Verdict, Whose,
    ocsp_request,
};

/// Addresses that are asked for one validator.
const ADDRESSES: usize = 48;

/// Fetches from where certificates say that something is.
///
/// Whoever made a certificate chose its addresses. Every one is asked once, no redirect is followed,
/// sizes and times are bounded by the fetcher's settings, and what comes is believed for its own
/// signature alone.
#[derive(Debug)]
pub struct Online {
    fetcher: Fetcher,
    private_addresses: bool,
    asked: BTreeSet<String>,
    fetched: Vec<Fetched>,
}

/// An address that was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fetched {
    /// The address.
    pub address: String,
    /// Why nothing came of it.
    pub problem: Option<FetchProblem>,
}

/// Why nothing came of an address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FetchProblem {
    /// It could not be fetched.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// It was fetched and is not what it should be.
    #[error(transparent)]
    Unusable(#[from] rubrica_verify::Rejection),
    /// It leads to this machine or into a private network, and that was not asked for.
    #[error("it leads into a private network")]
    Private,
}

impl Online {
    /// With this fetcher, from public addresses only.
    #[must_use]
    pub const fn new(fetcher: Fetcher) -> Self {
        Self { fetcher, private_addresses: false, asked: BTreeSet::new(), fetched: Vec::new() }
    }

    /// Also asks this machine and private networks, where they are named by their numbers or as
    /// `localhost`: for tests, and for authorities of one's own. A name that only resolves to such an
    /// address is not found out.
    #[must_use]
    pub const fn with_private_addresses(mut self) -> Self {
        self.private_addresses = true;
        self
    }

    pub(super) fn fetched(&self) -> &[Fetched] {
        &self.fetched
    }

    /// Fetches what findings miss and tells whether there is anything new.
    pub(super) fn fetch_missing(&mut self, findings: &[Finding], evidence: &mut Evidence) -> bool {
        let mut is_new = false;
        for finding in findings {
            let signer = finding.signer.as_ref();
            is_new |= self.fetch(&of_verdict(&finding.verdict), signer, &finding.path, evidence);
            for TimeStamp { verdict, authority, path, .. } in &finding.time_stamps {
                is_new |= self.fetch(&of_verdict(verdict), authority.as_ref(), path, evidence);
            }
        }
        is_new
    }

    /// The same for a time stamp by itself.
    pub(super) fn fetch_for_stamp(&mut self, stamp: &TimeStamp, evidence: &mut Evidence) -> bool {
        let TimeStamp { verdict, authority, path, .. } = stamp;
        self.fetch(&of_verdict(verdict), authority.as_ref(), path, evidence)
    }

    fn fetch(
        &mut self,
        missing: &[&Missing],
        end: Option<&Certificate>,
        path: &[Certificate],
        evidence: &mut Evidence,
    ) -> bool {
        let mut is_new = false;
        for missing in missing {
            match missing {
                Missing::Issuer { sources, .. } => {
                    is_new |= sources.iter().any(|source| {
                        self.ask(source, None, |bytes| evidence.add_certificates(bytes).map(|_| ()))
                    });
                }
                Missing::Revocation { whose, sources, .. } => {
                    let pair = certificate_and_issuer(whose, end, path);
                    is_new |= self.fetch_revocation(sources, pair, evidence);
                }
                _ => {}
            }
        }
        is_new
    }

    /// A list is worth more than an answer: it serves other certificates too.
    fn fetch_revocation(
        &mut self,
        sources: &RevocationSources,
        pair: Option<(&Certificate, &Certificate)>,
        evidence: &mut Evidence,
    ) -> bool {
        let listed = sources
            .lists
            .iter()
            .any(|list| self.ask(list, None, |bytes| evidence.add_crl(bytes).map(|_| ())));
        let question = || pair.and_then(|(one, issuer)| ocsp_request(one, issuer).ok());
        listed
            || question().is_some_and(|question| {
                sources.responders.iter().any(|responder| {
                    self.ask(responder, Some(&question), |bytes| {
                        evidence.add_ocsp(bytes).map(|_| ())
                    })
                })
            })
    }

    /// Asks an address that was not asked before, and tells whether something came of it.
    fn ask(
        &mut self,
        address: &str,
        question: Option<&[u8]>,
        mut take: impl FnMut(&[u8]) -> Result<(), rubrica_verify::Rejection>,
    ) -> bool {
        // A responder has as many answers as there are certificates.
        let key =
            question.map_or_else(|| address.to_owned(), |asked| format!("{address} {asked:?}"));
        if self.asked.len() >= ADDRESSES || !self.asked.insert(key) {
            return false;
        }
        let fetched = if !self.private_addresses && is_private(address) {
            Err(FetchProblem::Private)
        } else {
            question
                .map_or_else(
                    || self.fetcher.get(address),
                    |asked| self.fetcher.ask_ocsp(address, asked),
                )
                .map_err(FetchProblem::from)
                .and_then(|bytes| Ok(take(&bytes)?))
        };
        let is_new = fetched.is_ok();
        self.fetched.push(Fetched { address: address.to_owned(), problem: fetched.err() });
        is_new
    }
}

fn of_verdict(verdict: &Verdict) -> Vec<&Missing> {
    match verdict {
        Verdict::Indeterminate(missing) => missing.iter().collect(),
        _ => Vec::new(),
    }
}

/// The certificate that is meant, and the one above it.
fn certificate_and_issuer<'c>(
    whose: &Whose,
    end: Option<&'c Certificate>,
    path: &'c [Certificate],
) -> Option<(&'c Certificate, &'c Certificate)> {
    match whose {
        Whose::Signer | Whose::TimeStamp => end.zip(path.first()),
        Whose::Authority(name) => path
            .windows(2)
            .filter_map(|pair| Some((pair.first()?, pair.get(1)?)))
            .find(|(authority, _)| authority.display_name() == &**name),
        _ => None,
    }
}

/// Whether an address names this machine or a private network by itself.
fn is_private(address: &str) -> bool {
    let Some((_, rest)) = address.split_once("://") else { return true };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    match host.parse() {
        Ok(IpAddr::V4(ip)) => {
            ip.is_loopback()
                || ip.is_private()
                || ip.is_link_local()
                || ip.is_unspecified()
                || ip.is_broadcast()
        }
        Ok(IpAddr::V6(ip)) => {
            ip.is_loopback()
                || ip.is_unspecified()
                || ip.is_unique_local()
                || ip.is_unicast_link_local()
                || ip.to_ipv4_mapped().is_some()
        }
        Err(_) => {
            let host = host.trim_end_matches('.').to_ascii_lowercase();
            let last = host.rsplit('.').next().unwrap_or_default();
            // A number in another spelling than an address has: some resolvers take it for one.
            let is_number =
                last.starts_with("0x") || last.bytes().all(|byte| byte.is_ascii_digit());
            last == "localhost" || is_number
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_addresses_are_known_by_themselves() {
        for private in [
            "http://127.0.0.1/x.crl",
            "http://localhost:8080/",
            "https://LOCALHOST./",
            "http://10.1.2.3/",
            "http://192.168.0.1:80/a",
            "http://169.254.169.254/latest",
            "http://[::1]/",
            "http://[fd00::1]:80/",
            "http://[::ffff:10.0.0.1]/",
            "http://user@127.0.0.1/",
            "http://0x7f.1/",
            "http://2130706433/",
            "no address",
        ] {
            assert!(is_private(private), "{private}");
        }
        for public in [
            "http://acraiz.icpbrasil.gov.br/LCRacraizv5.crl",
            "http://200.1.2.3/x",
            "https://ocsp.example:8080/a?b",
            "http://[2001:db8::1]/",
        ] {
            assert!(!is_private(public), "{public}");
        }
    }
}
