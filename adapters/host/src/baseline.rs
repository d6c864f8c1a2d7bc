//! ICP-Brasil's AD-RB and AD-RT (DOC-ICP-15.03), put together here from a bare signature.

use rubrica_core::cades::{
    self, Algorithms, AssemblyError, CadesError, Family, Level, POLICIES, Policy, PolicyError,
    PolicyFile, PolicyFileError, RootGeneration, SignedAttributes, SignedData, TimeStampToken,
    Wanted,
};
use rubrica_core::codec::der::ObjectIdentifier;
use rubrica_core::document::Digest;
use rubrica_core::identity;
use rubrica_verify::Certificate;
use serde::{Deserialize, Serialize};

use crate::error::Error;

/// Policies that want other names in a PDF's signature dictionary than the ones that are written:
/// `PBAD_PAdES2` and `PBAD.PAdES2`, as their files say. Version 1.3 went back to the old ones.
const OTHER_NAMES: [&str; 2] = ["2.16.76.1.7.1.11.1.2", "2.16.76.1.7.1.12.1.2"];

/// A signature policy that the table of the library does not have, read from its file.
///
/// ITI publishes policies as `PA_….der` under `http://politicas.icpbrasil.gov.br/`.
#[derive(Clone, Debug)]
pub struct PolicyDocument {
    file: Vec<u8>,
    uri: String,
}

impl PolicyDocument {
    /// Reads a policy's file. Its internal hash is computed, and compared with the one that it tells.
    /// `uri` is where it is published: it goes into every signature.
    ///
    /// # Errors
    /// [`PolicyFileError`] with the piece and the place that is wrong.
    pub fn read(file: impl Into<Vec<u8>>, uri: impl Into<String>) -> Result<Self, PolicyFileError> {
        let document = Self { file: file.into(), uri: uri.into() };
        document.policy()?;
        Ok(document)
    }

    /// The policy.
    ///
    /// # Errors
    /// None that [`PolicyDocument::read`] has not told.
    pub fn policy(&self) -> Result<Policy<'_>, PolicyFileError> {
        PolicyFile::parse(&self.file)?.policy(&self.uri)
    }
}

/// What a signature that is put together says of itself. It is fixed before the key is asked, and
/// saved with the session, so that the same is said after an interruption.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Baseline {
    /// The content octets of the policy's object identifier.
    object_identifier: Vec<u8>,
    hash: Digest,
    uri: String,
    is_pades: bool,
    is_stamped: bool,
    /// Least bits of the keys that the policy allows.
    rsa: Option<u16>,
    elliptic: Option<u16>,
    /// Seconds since 1970: the signer's word. No policy for PDFs allows it.
    signing_time: Option<u64>,
}

/// Who signs, with whatever leads from there to a root.
#[derive(Clone, Copy)]
pub(crate) struct Signer<'s> {
    pub(crate) certificate: &'s Certificate,
    pub(crate) chain: &'s [Certificate],
}

/// Which policy is asked for.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) family: Family,
    pub(crate) level: Level,
    /// By its object identifier; `None` for the newest.
    pub(crate) policy: Option<&'a str>,
    /// In seconds since 1970.
    pub(crate) at: u64,
    pub(crate) more: &'a [PolicyDocument],
}

impl Asked<'_> {
    /// What can be told before the signer is known.
    pub(crate) fn check(&self) -> Result<(), Error> {
        self.find(None, |_| ()).map_err(Error::Policy)
    }

    /// The policy for a signer.
    pub(crate) fn choose(&self, signer: Signer<'_>) -> Result<Baseline, Error> {
        let chain = signer.read_chain()?;
        let root = RootGeneration::of_chain(&chain);
        self.find(root, |policy| Baseline::new(policy, self.at)).map_err(Error::Policy)
    }

    fn find<T>(
        &self,
        root: Option<RootGeneration>,
        take: impl FnOnce(&Policy<'_>) -> T,
    ) -> Result<T, PolicyError> {
        let more: Vec<Policy<'_>> =
            self.more.iter().filter_map(|document| document.policy().ok()).collect();
        let wanted = Wanted { family: self.family, level: self.level, at: self.at, root };
        let can_be_written = |policy: &&Policy<'_>| {
            !OTHER_NAMES.contains(&policy.object_identifier.to_string().as_str())
        };
        let known = POLICIES.iter().chain(&more).filter(can_be_written);
        let Some(named) = self.policy else {
            return cades::choose(known, wanted).map(take);
        };
        // Of a policy that stands in both, the file's word is the newer one.
        let policy = more
            .iter()
            .chain(&POLICIES)
            .filter(can_be_written)
            .find(|policy| policy.object_identifier.to_string() == named)
            .filter(|policy| (policy.family, policy.level) == (self.family, self.level))
            .ok_or(PolicyError::Unknown)?;
        policy.check(self.at, root)?;
        Ok(take(policy))
    }
}

impl<'s> Signer<'s> {
    /// The signer and the chain of what was learnt, where the signer stands last.
    pub(crate) fn of(certificates: &'s [Certificate]) -> Result<Self, Error> {
        let (certificate, chain) = certificates.split_last().ok_or(Error::NoCertificate)?;
        Ok(Self { certificate, chain })
    }

    fn read(&self) -> Result<identity::Certificate<'s>, Error> {
        identity::Certificate::parse(self.certificate.der()).map_err(Error::Certificate)
    }

    fn read_chain(&self) -> Result<Vec<identity::Certificate<'s>>, Error> {
        let mut chain = vec![self.read()?];
        for authority in self.chain {
            chain.push(identity::Certificate::parse(authority.der()).map_err(Error::Certificate)?);
        }
        Ok(chain)
    }
}

impl Baseline {
    fn new(policy: &Policy<'_>, at: u64) -> Self {
        let is_pades = policy.family == Family::Pades;
        Self {
            object_identifier: policy.object_identifier.body().to_vec(),
            hash: policy.hash,
            uri: policy.uri.to_owned(),
            is_pades,
            is_stamped: policy.level == Level::TimeStamped,
            rsa: policy.algorithms.rsa,
            elliptic: policy.algorithms.elliptic,
            signing_time: (!is_pades).then_some(at),
        }
    }

    /// The policy, which was in force when it was chosen.
    fn policy(&self) -> Policy<'_> {
        Policy {
            object_identifier: ObjectIdentifier::from_body(&self.object_identifier),
            hash: self.hash,
            uri: &self.uri,
            from: 0,
            to: u64::MAX,
            revoked: None,
            family: if self.is_pades { Family::Pades } else { Family::Cades },
            level: if self.is_stamped { Level::TimeStamped } else { Level::Basic },
            newest_root: None,
            algorithms: Algorithms { rsa: self.rsa, elliptic: self.elliptic },
        }
    }

    /// Whether a time stamp belongs to it.
    pub(crate) const fn is_stamped(&self) -> bool {
        self.is_stamped
    }

    /// What the key signs in the place of a document's digest.
    pub(crate) fn digest(&self, content: Digest, signer: Signer<'_>) -> Result<Digest, Error> {
        let certificate = signer.read()?;
        let policy = self.policy();
        let attributes =
            SignedAttributes::new(content, &certificate, Some(&policy), self.signing_time)?;
        Ok(attributes.digest())
    }

    /// The CMS, of a signature that was verified.
    pub(crate) fn assemble(
        &self,
        content: Digest,
        signer: Signer<'_>,
        signature: &[u8],
        time_stamp: Option<&[u8]>,
    ) -> Result<Vec<u8>, Error> {
        let chain = signer.read_chain()?;
        let [certificate, chain @ ..] = chain.as_slice() else {
            return Err(Error::NoCertificate);
        };
        let policy = self.policy();
        let attributes =
            SignedAttributes::new(content, certificate, Some(&policy), self.signing_time)?;
        let mut signed = SignedData::new(&attributes, signature)?.with_chain(chain)?;
        if let Some(token) = time_stamp {
            let token = TimeStampToken::parse(token).map_err(CadesError::from)?;
            signed = signed.with_time_stamp(token)?;
        }
        let mut cms = vec![0; signed.encoded_length()];
        let length = signed.write(&mut cms)?.len();
        cms.truncate(length);
        Ok(cms)
    }
}

impl From<AssemblyError> for Error {
    fn from(error: AssemblyError) -> Self {
        match error {
            AssemblyError::Cades(error) => error.into(),
            AssemblyError::Buffer(error) => Self::Core(error),
            // Both kinds there are; a new one is an assembly's all the same.
            _ => Self::Unsigned,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const JULY_2025: u64 = 1_751_328_000;

    fn chosen(policy: Option<&str>, at: u64) -> Result<String, PolicyError> {
        let (family, level) = (Family::Pades, Level::Basic);
        let asked = Asked { family, level, policy, at, more: &[] };
        asked.find(None, |policy| policy.name().to_owned())
    }

    #[test]
    fn a_policy_that_wants_other_names_in_the_pdf_is_not_signed_under() {
        // Version 1.2 is in force then, and 1.3 is not yet.
        assert_eq!(chosen(None, JULY_2025).unwrap(), "PA_PAdES_AD_RB_v1_1");
        let named = Some("2.16.76.1.7.1.11.1.2");
        assert_eq!(chosen(named, JULY_2025), Err(PolicyError::Unknown));
        assert_eq!(chosen(None, JULY_2025 + 60 * 86_400).unwrap(), "PA_PAdES_AD_RB_v1_3");
    }

    #[test]
    fn a_policy_is_of_the_form_that_it_is_asked_for() {
        assert_eq!(chosen(Some("2.16.76.1.7.1.1.2.4"), JULY_2025), Err(PolicyError::Unknown));
        assert_eq!(chosen(Some("1.2.3"), JULY_2025), Err(PolicyError::Unknown));
        let old = chosen(Some("2.16.76.1.7.1.11.1.1"), JULY_2025);
        assert_eq!(old.unwrap(), "PA_PAdES_AD_RB_v1_1");
    }
}
