//! An order with a PSC being worked on: who signs it, and what came for its documents.

use rubrica_core::document::Digest;
use rubrica_core::error::{Error as CoreError, Mismatch, PeerError};
use rubrica_core::oauth::grant::Grant;
use rubrica_core::oauth::scope::Scope;
use rubrica_core::psc::{
    Application, Batch, Content as Ordered, Format, Item, Resolution, Signature, SigningSnapshot,
};
use rubrica_verify::{Certificate, Expected, KeyKind, Trust};

use crate::baseline::{Asked, Signer};
use crate::clock;
use crate::docket::Docket;
use crate::driver::Driver;
use crate::error::Error;
use crate::form::Form;
use crate::journal::content;
use crate::outcome::Signed;
use crate::piece::{self, Piece, State};
use crate::recipe::Recipe;
use crate::record::{DocumentRecord, Record};
use crate::session::{Candidate, Session};

/// What a PSC's order keeps of a document.
pub(crate) struct Own {
    /// By which the service's answer is matched.
    pub(crate) id: String,
    /// What the key signs, where that is not the document's digest.
    pub(crate) signed: Option<Digest>,
}

impl Own {
    /// The document at this place in the order.
    pub(crate) fn new(place: usize) -> Self {
        Self { id: piece::id(place), signed: None }
    }
}

impl Piece<Own> {
    /// What is ordered.
    pub(crate) fn item(&self, form: Form) -> Item<'_> {
        Item { id: &self.own.id, alias: &self.document.name, content: self.content(form) }
    }

    /// What is sent of it.
    pub(crate) fn content(&self, form: Form) -> Ordered {
        self.own.signed.map_or_else(|| self.prepared.content(form), Ordered::Digest)
    }
}

/// An order being worked on.
pub(crate) struct Work<'w, 'c> {
    pub(crate) session: &'w mut Session<'c>,
    pub(crate) recipe: Recipe,
    pub(crate) scope: Scope,
    pub(crate) docket: Docket<'w, Own, Signed>,
    /// What bare signatures are verified with: chains, then the holder's own.
    certificates: Vec<Certificate>,
    /// The host's word on what was in doubt at the start, until it is used.
    pub(crate) resolution: Option<Resolution>,
}

impl<'w, 'c> Work<'w, 'c> {
    pub(crate) fn new(
        session: &'w mut Session<'c>,
        recipe: Recipe,
        scope: Scope,
        docket: Docket<'w, Own, Signed>,
    ) -> Self {
        Self { session, recipe, scope, docket, certificates: Vec::new(), resolution: None }
    }

    /// Goes on with the certificates that a journal holds.
    pub(crate) fn with_certificates(mut self, certificates: Vec<Certificate>) -> Self {
        self.certificates = certificates;
        self
    }

    /// Writes the journal.
    pub(crate) fn save(&mut self, flow: SigningSnapshot) -> Result<(), Error> {
        let record = Record {
            version: content::PSC,
            saved_at: clock::wall().seconds(),
            service: self.session.client.service_record(),
            holder: self.session.holder,
            via: self.session.via,
            scope: self.scope,
            lifetime: self.session.lifetime,
            certificate_alias: self.session.certificate_alias.clone(),
            recipe: self.recipe.clone(),
            documents: self.docket.pieces.iter().map(DocumentRecord::of).collect(),
            certificates: self.certificates.iter().map(|each| each.der().to_vec()).collect(),
            flow,
        };
        self.docket.save(self.session.client.journal.as_ref(), &record)
    }

    /// As [`Work::hand_over`]; where that stops half-way, the journal learns how far it came, so that
    /// nothing is handed over, or stamped, again. A journal that cannot learn it hands over twice.
    pub(crate) fn hand_over_from(&mut self, flow: SigningSnapshot) -> Result<(), Error> {
        let handed = self.hand_over();
        if handed.is_err() {
            // The reason why it stopped says more than why that could not be kept.
            let _ = self.save(flow);
        }
        handed
    }

    /// Hands over what has come: answers, checked and put together with their documents, and the
    /// reasons why there is none.
    pub(crate) fn hand_over(&mut self) -> Result<(), Error> {
        let Self { session, recipe, docket, certificates, .. } = self;
        let client = session.client;
        let stamp = |signature: &[u8]| client.time_stamp(signature);
        docket.hand_over(|piece, answer| {
            let Piece { document, prepared, .. } = piece;
            let expected = Expected {
                digest: *prepared.digest.as_bytes(),
                holder: Some(session.holder),
                at: clock::wall(),
                anchors: client.settings.trust.as_ref(),
            };
            let (content, verified) =
                recipe.finish(document, prepared, answer, certificates, &stamp, expected)?;
            Ok(Signed { content, verified })
        })
    }

    /// Whether the documents from a place on that wait are those that were prepared.
    pub(crate) fn check_unchanged(&self, first: usize) -> Result<(), Error> {
        let waiting = |piece: &&Piece<Own>| piece.state == State::Waiting;
        for piece in self.docket.pieces.iter().skip(first).filter(waiting) {
            if self.recipe.prepare(&piece.document)? != piece.prepared {
                return Err(Error::Changed);
            }
        }
        Ok(())
    }

    /// Asks who will sign, which what is signed tells, where signatures are put together here; the
    /// session keeps the grant that it takes.
    pub(crate) fn learn_signer(
        &mut self,
        driver: &Driver<'_>,
        application: &Application<'_>,
    ) -> Result<(), Error> {
        let mut held = self.session.grant.take().filter(|grant| !grant.is_expired(driver.now()));
        loop {
            let was_held = held.is_some();
            let grant = match held.take() {
                Some(grant) => grant,
                None => {
                    self.session.authorize(driver, application, self.scope, self.docket.screen)?
                }
            };
            match self.learn_certificates(driver, application, &grant) {
                // It was revoked.
                Err(Error::Core(CoreError::Peer(PeerError::Unauthorized))) if was_held => {}
                learned => {
                    learned?;
                    self.session.grant = Some(grant);
                    return Ok(());
                }
            }
        }
    }

    /// Fixes what the key will sign in the place of each document's digest, where signatures are put
    /// together here and their signer is known.
    pub(crate) fn fix_digests(&mut self) -> Result<(), Error> {
        let Some(baseline) = &self.recipe.baseline else { return Ok(()) };
        let signer = Signer::of(&self.certificates)?;
        for piece in &mut self.docket.pieces {
            piece.own.signed = Some(baseline.digest(piece.prepared.digest, signer)?);
        }
        Ok(())
    }

    /// Asks for the certificates that the signatures will be verified with, where they do not bring
    /// their own: a bare signature names none, and a token that it spends cannot ask afterwards.
    pub(crate) fn learn_certificates(
        &mut self,
        driver: &Driver<'_>,
        application: &Application<'_>,
        grant: &Grant,
    ) -> Result<(), Error> {
        if self.recipe.form.format() != Format::Raw || !self.certificates.is_empty() {
            return Ok(());
        }
        let mut found = self.session.certificates(driver, application, grant)?;
        // No service is known to tell how it writes a bare signature on a curve: one that could not be
        // verified is not asked for, and not billed.
        let is_rsa = |each: &Candidate| matches!(each.certificate.key(), KeyKind::Rsa { .. });
        found.retain(is_rsa);
        if found.is_empty() {
            return Err(Error::NoCertificate);
        }
        if let Some((family, level)) = self.recipe.form.assembled() {
            let is_one_of_several = found.len() > 1;
            let chosen = found.into_iter().next().ok_or(Error::NoCertificate)?;
            // What is signed names this certificate: another one's signature would be billed in vain.
            if is_one_of_several && self.session.certificate_alias.is_none() {
                self.session.certificate_alias = Some(chosen.alias);
            }
            // What leads to an anchor goes into the CMS; else what came with the certificate.
            let mut certificates = match chosen.trust {
                Trust::Chained { path } => path,
                _ => chosen.chain,
            };
            certificates.retain(|authority| *authority != chosen.certificate);
            certificates.push(chosen.certificate);
            let settings = &self.session.client.settings;
            let asked = Asked {
                family,
                level,
                policy: self.recipe.policy.as_deref(),
                at: self.recipe.signed_at,
                more: &settings.policies,
            };
            self.recipe.baseline = Some(asked.choose(Signer::of(&certificates)?)?);
            self.certificates = certificates;
        } else {
            // The holder's own come last: where none fits, it is they whose error is told.
            let chains = found.iter().flat_map(|each| &each.chain);
            let own = found.iter().map(|each| &each.certificate);
            self.certificates = chains.chain(own).cloned().collect();
        }
        Ok(())
    }

    /// Notes what came for some documents. It is handed over when the journal has it.
    pub(crate) fn take(&mut self, batch: &Batch<'_, '_>) {
        match &batch.outcome {
            Ok(signatures) => {
                for (place, signature) in signatures.iter() {
                    match signature.and_then(|each| self.answer(each)) {
                        Ok(answer) => self.docket.note(place, answer),
                        Err(error) => self.fail(place, error),
                    }
                }
            }
            Err(error) => batch.items.clone().for_each(|place| self.fail(place, *error)),
        }
    }

    /// An answer, as the journal keeps it.
    fn answer(&mut self, signature: Signature<'_>) -> Result<State, CoreError> {
        match signature {
            Signature::Detached(encoded) | Signature::Document(encoded) => {
                let mut bytes = vec![0; encoded.normalized_bound()];
                let length = encoded.normalize(&mut bytes)?.len();
                bytes.truncate(length);
                Ok(State::Answered(bytes))
            }
            // The driver has committed whatever the flow calls received.
            Signature::Received(_) => {
                self.docket.arrived().ok_or_else(|| PeerError::Mismatch(Mismatch::Document).into())
            }
        }
    }

    fn fail(&mut self, place: usize, error: CoreError) {
        let error = match error {
            // What this side's own check of a signed document would say.
            CoreError::Peer(PeerError::Mismatch(Mismatch::Document)) => Error::Unsigned,
            error => error.into(),
        };
        self.docket.fail(place, error);
    }
}
