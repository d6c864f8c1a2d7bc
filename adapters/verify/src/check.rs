//! The checks in their order, and what is known once all of them are passed.

use rubrica_core::identity::Holder;

use crate::{
    Anchors, Certificate, UnixTime,
    algorithm::SignatureAlgorithm,
    ber, chain,
    digest::Digest,
    rejection::Rejection,
    rsa_digest::{self, Padding},
    signature,
    signed_data::{Bounds, DATA, SignedData},
    unfit::{Unfit, Whose},
};

/// What a signature is asked to be.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// The SHA-256 digest of the document, computed here and not by whoever made the signature.
    pub digest: [u8; 32],
    /// Who was to sign. `None` where anybody might.
    pub holder: Option<Holder>,
    /// When the certificates are to be valid.
    pub at: UnixTime,
    /// Who is trusted to begin a chain. `None` leaves the chain unchecked, and [`Trust::NotAsked`]
    /// says so.
    pub anchors: Option<&'a Anchors>,
}

/// A signature that passed every check that was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verified {
    /// The certificate that made it.
    pub signer: Certificate,
    /// Its holder, where the certificate names one. The one asked, where one was.
    pub holder: Option<Holder>,
    /// When the signer says it was made; nobody else vouches for it. A raw signature says nothing.
    pub signing_time: Option<UnixTime>,
    /// How it was made.
    pub algorithm: SignatureAlgorithm,
    /// Whom the certificate is trusted by.
    pub trust: Trust,
}

/// How far a certificate is trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trust {
    /// Anchors were given, and one of them was reached. Revocation is not checked.
    Chained {
        /// The authorities in between, nearest to the signer first, and the anchor last.
        path: Vec<Certificate>,
    },
    /// No anchors were given: the certificate is whatever it says it is.
    NotAsked,
}

impl Trust {
    /// The anchor that was reached.
    #[must_use]
    pub fn anchor(&self) -> Option<&Certificate> {
        match self {
            Self::Chained { path } => path.last(),
            Self::NotAsked => None,
        }
    }
}

/// Checks a detached CMS in DER over the document whose digest is expected.
///
/// A CMS that carries its content is accepted where the content has that digest. The CMS must name
/// its certificate by `signingCertificateV2`, as VIDaaS's does (manual v1.6 §3.2); the
/// certificates in it fill gaps of the chain and are never anchors.
///
/// # Errors
/// [`Rejection`]: the first check that fails.
pub fn cms(cms: &[u8], expected: &Expected<'_>) -> Result<Verified, Rejection> {
    check(&SignedData::read(cms, Bounds::ANSWER)?, expected, &sha256_only)
}

/// Checks a CMS that may bring its whole content and the evidence of its validation with it, such as
/// a `.p7m`: up to [`limits::FILE_BYTES`](crate::limits::FILE_BYTES) in DER or BER. All else is as
/// with [`cms`].
///
/// # Errors
/// [`Rejection`]: the first check that fails.
pub fn whole_cms(cms: &[u8], expected: &Expected<'_>) -> Result<Verified, Rejection> {
    whole_cms_by_any_hash(cms, expected, &sha256_only)
}

/// The same, where the signer may have used another hash of [`Digest`] than SHA-256: `hashed` is
/// then asked for the document's hash by that one, computed here as [`Expected::digest`] is.
///
/// # Errors
/// [`Rejection`]: the first check that fails; and those of `hashed`.
pub fn whole_cms_by_any_hash<E: From<Rejection>>(
    cms: &[u8],
    expected: &Expected<'_>,
    hashed: &dyn Fn(Digest) -> Result<Vec<u8>, E>,
) -> Result<Verified, E> {
    let read = SignedData::read(cms, Bounds::FILE);
    if read.as_ref().is_ok_and(SignedData::is_der) {
        return check(&read?, expected, hashed);
    }
    // Some makers write BER. What they signed, the attributes and the content's bytes, is the same
    // in DER.
    match ber::file_in_der(cms) {
        Some(der) => check(&SignedData::read(&der, Bounds::FILE)?, expected, hashed),
        None => check(&read?, expected, hashed),
    }
}

/// Where nothing was computed but SHA-256, nothing else can be compared with it.
fn sha256_only(digest: Digest) -> Result<Vec<u8>, Rejection> {
    Err(Rejection::DigestAlgorithm(digest.oid()))
}

fn check<E: From<Rejection>>(
    signed_data: &SignedData<'_>,
    expected: &Expected<'_>,
    hashed: &dyn Fn(Digest) -> Result<Vec<u8>, E>,
) -> Result<Verified, E> {
    let signer_info = signed_data.only_signer()?;
    let digest = signer_info.digest()?;
    let attributes = signer_info.attributes()?;
    if !attributes.is_in_order() {
        return Err(Rejection::AttributeOrder.into());
    }
    let algorithm = signer_info.algorithm()?;
    signed_data.lists(digest)?;

    if signed_data.content_type != DATA {
        return Err(Rejection::Content(signed_data.content_type).into());
    }
    let content_type = attributes.content_type()?;
    if content_type != DATA {
        return Err(Rejection::ContentType(content_type).into());
    }
    let document = match digest {
        Digest::Sha256 => expected.digest.to_vec(),
        other => hashed(other)?,
    };
    if attributes.message_digest()? != document {
        return Err(Rejection::MessageDigest.into());
    }
    if let Some(content) = signed_data.content
        && digest.of(content).as_ref() != document
    {
        return Err(Rejection::OtherContent.into());
    }
    let signing_time = attributes.signing_time()?;

    let (signer, others) = signed_data.split(&signer_info)?;
    signer.key().strong().map_err(of_signer)?;
    signature::verify(
        &signer.public_key()?,
        algorithm,
        &attributes.signed_bytes(),
        signer_info.signature,
    )?;
    let trust = trusted(signer, &others, expected.holder, expected.at, expected.anchors)?;
    Ok(Verified {
        signer: signer.clone(),
        holder: signer.holder().ok(),
        signing_time,
        algorithm,
        trust,
    })
}

/// The content that a CMS carries with it, unless it is detached. Nothing of it is checked: its
/// digest is what [`cms`] is then asked about.
///
/// # Errors
/// [`Rejection`] where the message cannot be read.
pub fn content(cms: &[u8]) -> Result<Option<&[u8]>, Rejection> {
    Ok(SignedData::read(cms, Bounds::FILE)?.content)
}

/// Checks a raw RSA signature over the expected digest: `RAW` of DOC-ICP-17.01 §6.4, the result of
/// the RSA operation and nothing else. Elliptic curves are refused, because no service is known to
/// make such.
///
/// `chain` fills gaps between the certificate and the anchors.
///
/// # Errors
/// [`Rejection`]: the first check that fails.
pub fn raw(
    signature: &[u8],
    signer: &Certificate,
    chain: &[Certificate],
    padding: Padding,
    expected: &Expected<'_>,
) -> Result<Verified, Rejection> {
    signer.key().strong().map_err(of_signer)?;
    let key = signer.public_key()?;
    rsa_digest::verify(&key, padding, Digest::Sha256, &expected.digest, signature)?;
    let others: Vec<_> = chain.iter().collect();
    let trust = trusted(signer, &others, expected.holder, expected.at, expected.anchors)?;
    Ok(Verified {
        signer: signer.clone(),
        holder: signer.holder().ok(),
        signing_time: None,
        algorithm: match padding {
            Padding::Pkcs1v15 => SignatureAlgorithm::RsaPkcs1(Digest::Sha256),
            Padding::Pss => SignatureAlgorithm::RsaPss(Digest::Sha256),
        },
        trust,
    })
}

/// Checks a signature over bytes that are in memory, such as the canonical `SignedInfo` of an XML
/// signature. They take the place of [`Expected::digest`], which is not looked at. ECDSA's value is
/// in DER (RFC 3279 §2.2.3).
///
/// `chain` fills gaps between the certificate and the anchors.
///
/// # Errors
/// [`Rejection`]: the first check that fails.
pub fn signature_over(
    message: &[u8],
    signature: &[u8],
    algorithm: SignatureAlgorithm,
    signer: &Certificate,
    chain: &[Certificate],
    expected: &Expected<'_>,
) -> Result<Verified, Rejection> {
    signer.key().strong().map_err(of_signer)?;
    signature::verify(&signer.public_key()?, algorithm, message, signature)?;
    let others: Vec<_> = chain.iter().collect();
    let trust = trusted(signer, &others, expected.holder, expected.at, expected.anchors)?;
    Ok(Verified {
        signer: signer.clone(),
        holder: signer.holder().ok(),
        signing_time: None,
        algorithm,
        trust,
    })
}

/// Checks a certificate before anything is signed with it: made for signing, valid at the time,
/// its holder the one asked, chained to the anchors where they are given.
///
/// `chain` fills gaps between the certificate and the anchors.
///
/// # Errors
/// [`Rejection`]: the first check that fails.
pub fn certificate(
    signer: &Certificate,
    chain: &[Certificate],
    holder: Option<Holder>,
    at: UnixTime,
    anchors: Option<&Anchors>,
) -> Result<Trust, Rejection> {
    trusted(signer, &chain.iter().collect::<Vec<_>>(), holder, at, anchors)
}

fn trusted(
    signer: &Certificate,
    others: &[&Certificate],
    holder: Option<Holder>,
    at: UnixTime,
    anchors: Option<&Anchors>,
) -> Result<Trust, Rejection> {
    signer.may_sign(at).map_err(of_signer)?;
    if let Some(expected) = holder {
        let found = signer.holder()?;
        if found != expected {
            return Err(Rejection::Holder { expected, found });
        }
    }
    Ok(match anchors {
        None => Trust::NotAsked,
        Some(anchors) => {
            let path = chain::find(signer, others, anchors, at)?;
            Trust::Chained { path: path.into_iter().cloned().collect() }
        }
    })
}

fn of_signer(unfit: Unfit) -> Rejection {
    Rejection::Unfit { whose: Whose::Signer, unfit }
}
