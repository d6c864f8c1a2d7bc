//! What every emulated PSC stands on: one clock, one phone, one set of holders.

use std::sync::Arc;

use crate::clock::Clock;
use crate::cms::time_stamp::TimeStampAuthority;
use crate::counters::Counters;
use crate::faults::{Drawn, Fault};
use crate::phone::Phone;
use crate::pki::authority::Authorities;
use crate::pki::holder::{Holder, HolderCertificate, Standing};
use crate::pki::people::CPF_HOLDER;

/// The parts of the sandbox that its services share.
#[derive(Clone)]
pub(crate) struct Ground {
    pub(crate) clock: Clock,
    pub(crate) phone: Arc<Phone>,
    pub(crate) counters: Arc<Counters>,
    pub(crate) authorities: Arc<Authorities>,
    pub(crate) stamps: Arc<TimeStampAuthority>,
    pub(crate) holders: Vec<Arc<Holder>>,
}

impl Ground {
    pub(crate) fn holder(&self, identification: &str) -> Option<&Arc<Holder>> {
        self.holders.iter().find(|holder| holder.identification == identification)
    }

    /// A holder of the same kind if there is one: the likeliest mistake to slip through.
    pub(crate) fn someone_else(&self, holder: &Arc<Holder>) -> Arc<Holder> {
        let others = || self.holders.iter().filter(|it| it.identification != holder.identification);
        let alike = others().find(|other| other.kind == holder.kind);
        Arc::clone(alike.or_else(|| others().next()).unwrap_or(holder))
    }

    pub(crate) fn certificate_of_someone_else(
        &self,
        holder: &Arc<Holder>,
    ) -> Arc<HolderCertificate> {
        let other = self.someone_else(holder);
        Arc::clone(other.certificates.first().expect("every holder has a certificate"))
    }

    /// Whose certificate an approval is for: the chosen one, else the first of the hinted holder,
    /// else the first of the sandbox's own choice of a holder.
    pub(crate) fn choose(
        &self,
        hint: Option<&Arc<Holder>>,
        alias: Option<&str>,
    ) -> Option<(Arc<Holder>, Arc<HolderCertificate>)> {
        let candidates: Vec<&Arc<Holder>> = match hint {
            Some(holder) => vec![holder],
            None => self.holders.iter().collect(),
        };
        let chosen = alias.and_then(|alias| {
            candidates.iter().find_map(|holder| Some((*holder, holder.certificate(alias)?)))
        });
        let default = || {
            let holder = hint.or_else(|| self.holder(CPF_HOLDER))?;
            Some((holder, holder.certificates.first()?))
        };
        let (holder, certificate) = chosen.or_else(default)?;
        Some((Arc::clone(holder), Arc::clone(certificate)))
    }

    /// A certificate in PEM as certificate-discovery lists it, after the faults.
    pub(crate) fn listed_pem(
        &self,
        holder: &Arc<Holder>,
        certificate: &HolderCertificate,
        faults: &Drawn,
    ) -> String {
        let now = self.clock.unix_seconds();
        let reissued = |standing| certificate.reissued(&self.authorities, standing, now).pem();
        faults.iter().fold(certificate.pem(), |pem, fault| match fault {
            Fault::WrongHolder => self.certificate_of_someone_else(holder).pem(),
            Fault::ExpiredCertificate => reissued(Standing::Expired),
            Fault::UnknownRoot => reissued(Standing::UnknownRoot),
            _ => pem,
        })
    }
}
