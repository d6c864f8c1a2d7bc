//! What lists and answers say about one certificate, as far as they may be believed.

use core::cell::Cell;

use crate::{Anchors, Certificate, UnixTime, chain, limits, rejection::Rejection};

use super::{
    Crl, Ocsp,
    crl::Entry,
    ocsp::{Answer, Says},
    proof::{Proof, ProofKind, Reason, Unusable},
};

/// What is known about one certificate.
#[derive(Clone, Debug)]
pub(crate) enum Status {
    Good(Proof),
    /// Revoked, and what told it.
    Revoked(Entry, Proof),
    /// Nothing, and why each list and answer that seemed to be about it says nothing.
    Unknown(Vec<Unusable>),
}

/// Everything there is to tell.
#[derive(Clone, Debug)]
pub(crate) struct Register<'a> {
    pub(crate) crls: Vec<&'a Crl>,
    pub(crate) ocsps: Vec<&'a Ocsp>,
    /// Certificates among which an authority's other ones may be.
    pub(crate) pool: Vec<&'a Certificate>,
    pub(crate) anchors: &'a Anchors,
    pub(crate) now: UnixTime,
    /// Signatures that may still be checked.
    pub(crate) work: &'a Cell<usize>,
}

impl<'a> Register<'a> {
    /// What was true of `certificate`, which `issuer` issued, at `time`. `anchor` ends the chain of
    /// both.
    ///
    /// A certificate counts as revoked where any list or answer that may be believed says so, be
    /// it stale, because what was revoked stays revoked; only a hold is believed no longer than
    /// the rest.
    pub(crate) fn status(
        &self,
        certificate: &'a Certificate,
        issuer: &'a Certificate,
        anchor: &Certificate,
        time: UnixTime,
    ) -> Status {
        let mut gathered = Gathered::new(certificate, time, self.now);
        for list in self.crls.iter().filter(|it| it.issuer_der() == certificate.issuer_der()) {
            let believed = self.direct(list, issuer).or_else(|unusable| {
                // The authority's other key, where it keeps its list with that one.
                if unusable == Unusable::Signature {
                    self.by_another_key(list, issuer, anchor, time)
                } else {
                    Err(unusable)
                }
            });
            gathered.take_list(list, believed);
        }
        for ocsp in &self.ocsps {
            for answer in ocsp.answers.iter().filter(|it| it.is_about(certificate, issuer)) {
                gathered.take_answer(answer, self.answered(ocsp, answer, issuer));
            }
        }
        gathered.into_status()
    }

    /// As [`Self::status`], by nothing but lists that `issuer`'s own key signed: for what is asked
    /// about on the way to an answer.
    fn status_by_issuer(
        &self,
        certificate: &Certificate,
        issuer: &Certificate,
        time: UnixTime,
    ) -> Status {
        let mut gathered = Gathered::new(certificate, time, self.now);
        for list in self.crls.iter().filter(|it| it.issuer_der() == certificate.issuer_der()) {
            gathered.take_list(list, self.direct(list, issuer));
        }
        gathered.into_status()
    }

    /// Whether `issuer`, whose chain is good, signed the list and might.
    fn direct(&self, list: &Crl, issuer: &Certificate) -> Result<(), Unusable> {
        self.spend(1)?;
        signed(list.is_signed_by(issuer))?;
        if !issuer.key_usage().unwrap_or_default().crl_sign() {
            return Err(Unusable::NotForLists);
        }
        // RFC 5280 §6.3.3 (f): the list's issuer is validated as of the list.
        match issuer.is_usable(list.this_update) {
            Ok(()) => Ok(()),
            Err(_) => Err(Unusable::Signer),
        }
    }

    /// Whether another certificate of the issuer's name signed the list and might: one that chains
    /// to the same anchor, through authorities none of which is revoked.
    fn by_another_key(
        &self,
        list: &Crl,
        issuer: &Certificate,
        anchor: &Certificate,
        time: UnixTime,
    ) -> Result<(), Unusable> {
        let candidates = self
            .pool
            .iter()
            .copied()
            .chain(self.anchors.intermediates())
            .filter(|it| it.subject_der() == list.issuer_der() && *it != issuer)
            .take(limits::SAME_NAME);
        for candidate in candidates {
            if self.direct(list, candidate).is_err() {
                continue;
            }
            self.spend(limits::PATH_SIGNATURES)?;
            let Ok(path) = chain::find(candidate, &self.pool, self.anchors, time) else {
                continue;
            };
            let chain: Vec<&Certificate> =
                core::iter::once(candidate).chain(path.iter().copied()).collect();
            let good = chain.iter().zip(chain.iter().skip(1)).all(|(subject, issuer)| {
                matches!(self.status_by_issuer(subject, issuer, time), Status::Good(_))
            });
            if good && path.last() == Some(&anchor) {
                return Ok(());
            }
        }
        Err(Unusable::Signature)
    }

    /// Whether the issuer, or a responder that it authorized, gave this answer (RFC 6960 §4.2.2.2).
    fn answered(&self, ocsp: &Ocsp, answer: &Answer, issuer: &Certificate) -> Result<(), Unusable> {
        if let Some(defect) = ocsp.defect.as_ref().or(answer.defect.as_ref()) {
            return Err(defect.clone());
        }
        if ocsp.is_of(issuer) {
            self.spend(1)?;
            match signed(ocsp.is_signed_by(issuer)) {
                // A delegate may bear the issuer's name.
                Err(Unusable::Signature) => {}
                result => return result,
            }
        }
        let mut failure = Unusable::Signer;
        let delegates = ocsp.certificates.iter().chain(self.pool.iter().copied());
        for delegate in
            delegates.filter(|it| *it != issuer && ocsp.is_of(it)).take(limits::SAME_NAME)
        {
            match self.delegated(ocsp, delegate, issuer) {
                Ok(()) => return Ok(()),
                Err(other) => failure = other,
            }
        }
        Err(failure)
    }

    fn delegated(
        &self,
        ocsp: &Ocsp,
        delegate: &Certificate,
        issuer: &Certificate,
    ) -> Result<(), Unusable> {
        if delegate.issuer_der() != issuer.subject_der() {
            return Err(Unusable::Signer);
        }
        delegate.may_respond(ocsp.produced_at).map_err(Unusable::Responder)?;
        self.spend(2)?;
        signed(delegate.is_signed_by(issuer)).map_err(|_| Unusable::Signer)?;
        signed(ocsp.is_signed_by(delegate))?;
        let unrevoked = delegate.extensions().needs_no_revocation_check
            || matches!(self.status_by_issuer(delegate, issuer, ocsp.produced_at), Status::Good(_));
        if unrevoked { Ok(()) } else { Err(Unusable::ResponderRevocation) }
    }
}

impl Register<'_> {
    fn spend(&self, signatures: usize) -> Result<(), Unusable> {
        let left = self.work.get().checked_sub(signatures).ok_or(Unusable::Work)?;
        self.work.set(left);
        Ok(())
    }
}

fn signed(result: Result<(), Rejection>) -> Result<(), Unusable> {
    result.map_err(|rejection| match rejection {
        Rejection::Signature | Rejection::KeyMismatch => Unusable::Signature,
        _ => Unusable::Algorithm,
    })
}

/// What was found so far about one certificate.
struct Gathered<'a> {
    certificate: &'a Certificate,
    time: UnixTime,
    now: UnixTime,
    revoked: Option<(Entry, Proof)>,
    good: Option<Proof>,
    unusable: Vec<Unusable>,
}

impl<'a> Gathered<'a> {
    fn new(certificate: &'a Certificate, time: UnixTime, now: UnixTime) -> Self {
        Self { certificate, time, now, revoked: None, good: None, unusable: Vec::new() }
    }

    fn take_list(&mut self, list: &Crl, believed: Result<(), Unusable>) {
        let found = believed
            .and_then(|()| list.covers(self.certificate))
            .and_then(|()| list.find(self.certificate.serial()).map_err(|_| Unusable::Malformed));
        match found {
            Ok(entry) => {
                let proof = Proof {
                    kind: ProofKind::List,
                    this_update: list.this_update,
                    next_update: list.next_update,
                    revoked_later: None,
                };
                self.take(entry, proof, list.keeps_since);
            }
            Err(unusable) => self.unusable.push(unusable),
        }
    }

    fn take_answer(&mut self, answer: &Answer, believed: Result<(), Unusable>) {
        let entry = match (believed, answer.says) {
            (Err(unusable), _) => return self.unusable.push(unusable),
            (Ok(()), Says::Unknown) => return self.unusable.push(Unusable::Unknown),
            (Ok(()), Says::Good) => None,
            (Ok(()), Says::Revoked(entry)) => Some(entry),
        };
        let proof = Proof {
            kind: ProofKind::Answer,
            this_update: answer.this_update,
            next_update: answer.next_update,
            revoked_later: None,
        };
        self.take(entry, proof, None);
    }

    /// Weighs what one list or answer, which is believed, says.
    fn take(&mut self, entry: Option<Entry>, proof: Proof, keeps_since: Option<UnixTime>) {
        let reaches = self.reaches(&proof);
        match entry {
            Some(entry) if entry.since <= self.time => {
                match reaches {
                    Err(unusable) if entry.reason == Some(Reason::Hold) => {
                        self.unusable.push(unusable);
                    }
                    _ => {
                        let proof = Proof { revoked_later: Some(entry.since), ..proof };
                        self.revoked.get_or_insert((entry, proof));
                    }
                }
                return;
            }
            Some(later) => {
                let proof = Proof { revoked_later: Some(later.since), ..proof };
                return self.keep(reaches, proof);
            }
            None => {}
        }
        let expired = self.certificate.not_after();
        let still_listed = keeps_since.is_some_and(|since| since <= expired);
        if proof.this_update > expired && !still_listed {
            self.unusable.push(Unusable::AfterExpiry { from: proof.this_update });
            return;
        }
        self.keep(reaches, proof);
    }

    fn keep(&mut self, reaches: Result<(), Unusable>, proof: Proof) {
        match reaches {
            Err(unusable) => self.unusable.push(unusable),
            Ok(()) => {
                let newer = self.good.is_none_or(|known| known.this_update < proof.this_update);
                if newer {
                    self.good = Some(proof);
                }
            }
        }
    }

    /// Whether it is true for the time that counts: made after it, or not yet to be replaced then.
    fn reaches(&self, proof: &Proof) -> Result<(), Unusable> {
        let from = proof.this_update;
        if from.seconds() > self.now.seconds().saturating_add(limits::CLOCK_SKEW_SECONDS) {
            return Err(Unusable::Future { from });
        }
        let without_end = match proof.kind {
            ProofKind::List => from,
            ProofKind::Answer => {
                UnixTime::from_seconds(from.seconds().saturating_add(limits::OCSP_LIFETIME_SECONDS))
            }
        };
        let until = proof.next_update.unwrap_or(without_end);
        if from >= self.time || until >= self.time {
            Ok(())
        } else {
            Err(Unusable::Stale { until, at: self.time })
        }
    }

    fn into_status(self) -> Status {
        match (self.revoked, self.good) {
            (Some((entry, proof)), _) => Status::Revoked(entry, proof),
            (None, Some(proof)) => Status::Good(proof),
            (None, None) => Status::Unknown(self.unusable),
        }
    }
}
