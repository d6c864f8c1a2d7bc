//! A time stamp over a signature (RFC 3161, RFC 5126 §6.1.1): the one thing that proves when a
//! signature was made.

use core::cell::Cell;

use der::{
    Decode, Tag,
    asn1::{GeneralizedTime, ObjectIdentifier},
};

use crate::{
    Certificate, UnixTime, certificate,
    cursor::{AlgorithmIdentifier, Element, constructed, only_sequence},
    limits,
    rejection::{Attribute, Piece, Rejection},
    signature,
    signed_data::{Bounds, SignedData, SignerInfo},
    unfit::Whose,
};

use super::{
    finding::TimeStamp,
    inside::Inside,
    ledger::{Ledger, Missing, Subject, Trouble, Verdict},
    question::{Content, Question},
    trust::{Court, Role},
};

/// `id-ct-TSTInfo` (RFC 3161 §2.4.2).
const TST_INFO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");

/// What must have passed for a time stamp to prove its time.
const NEEDED: [Subject; 7] = [
    Subject::Message,
    Subject::Content,
    Subject::Attributes,
    Subject::SignerCertificate,
    Subject::Signature,
    Subject::Use,
    Subject::Chain,
];

/// Examines one token.
///
/// The authority's certificates are judged now, or when the token is known to have existed, and not
/// at the time that the token states: a key that has expired or was compromised since could state
/// any time.
pub(super) fn examine(
    token: &[u8],
    over: &Content<'_>,
    question: &Question<'_>,
    around: &Inside,
    work: &Cell<usize>,
) -> TimeStamp {
    let mut ledger = Ledger::default();
    let mut stamp = TimeStamp {
        verdict: Verdict::Indeterminate(Vec::new()),
        checks: Vec::new(),
        time: None,
        authority: None,
        path: Vec::new(),
    };
    let read = ledger.check(Subject::Message, Token::read(token));
    if let Some(token) = read {
        token.examine(&mut stamp, &mut ledger, over, question, around, work);
    }
    stamp.verdict = ledger.verdict(&NEEDED, stamp.path.len());
    stamp.checks = ledger.into_checks();
    stamp
}

/// A token, read and not yet believed.
struct Token<'a> {
    signed_data: SignedData<'a>,
    signer: SignerInfo<'a>,
    /// `TSTInfo`, which is signed.
    content: &'a [u8],
    info: Info<'a>,
}

/// What is used of `TSTInfo` (RFC 3161 §2.4.2).
struct Info<'a> {
    imprint_algorithm: AlgorithmIdentifier<'a>,
    imprint: &'a [u8],
    time: UnixTime,
}

impl<'a> Token<'a> {
    fn read(token: &'a [u8]) -> Result<Self, Rejection> {
        let signed_data = SignedData::read(token, Bounds::TIME_STAMP)?;
        if signed_data.content_type != TST_INFO {
            return Err(Rejection::Content(signed_data.content_type));
        }
        let signer = signed_data.only_signer()?;
        let content = signed_data.content.ok_or(Rejection::TimeStampImprint)?;
        let info = Info::read(content)?;
        Ok(Self { signed_data, signer, content, info })
    }

    fn examine(
        &self,
        stamp: &mut TimeStamp,
        ledger: &mut Ledger,
        over: &Content<'_>,
        question: &Question<'_>,
        around: &Inside,
        work: &Cell<usize>,
    ) {
        stamp.time = Some(self.info.time);
        ledger.check(Subject::Attributes, self.check_attributes());
        ledger.check(Subject::Content, self.check_content(over, question.at));

        let own = Inside::read(&self.signed_data, &self.signer);
        let inside = [&own, around];
        let court = Court::new(question, &inside, work);
        let Some(authority) =
            ledger.check(Subject::SignerCertificate, self.authority(court.pool()))
        else {
            return;
        };
        stamp.authority = Some(authority.clone());
        ledger.check(Subject::Signature, self.check_signature(authority));
        let role = Role::TimeStamp(self.info.time);
        let path = court.judge(ledger, authority, role, question.judged_at());
        stamp.path = path.into_iter().cloned().collect();
    }

    fn check_attributes(&self) -> Result<(), Trouble> {
        let attributes = self.signer.attributes()?;
        let content_type = attributes.content_type()?;
        if content_type != TST_INFO {
            return Err(Rejection::ContentType(content_type).into());
        }
        attributes.signing_time()?;
        Ok(())
    }

    /// Whether the token is over what it should be, the authority's signature over the token, and its
    /// time not yet to come.
    fn check_content(&self, over: &Content<'_>, now: UnixTime) -> Result<(), Trouble> {
        let digest = self.signer.digest()?;
        if self.signer.attributes()?.message_digest()? != digest.of(self.content).as_ref() {
            return Err(Rejection::OtherContent.into());
        }
        let imprint = crate::algorithm::digest(&self.info.imprint_algorithm)?;
        let digest = over.digest(imprint)?.ok_or(Missing::Content)?;
        if digest != self.info.imprint {
            return Err(Rejection::TimeStampImprint.into());
        }
        let time = self.info.time;
        if time.seconds() > now.seconds().saturating_add(limits::CLOCK_SKEW_SECONDS) {
            return Err(Rejection::TimeStampFuture { time, at: now }.into());
        }
        Ok(())
    }

    /// The certificate that the token names, by `signingCertificateV2` or, as RFC 3161 had it, by
    /// `signingCertificate`.
    fn authority<'c>(&self, pool: &[&'c Certificate]) -> Result<&'c Certificate, Trouble> {
        let mut found: Result<&Certificate, Trouble> = Err(Rejection::SignerMissing.into());
        for named in pool.iter().copied().filter(|it| self.signer.names(it)) {
            let binding = self.signer.attributes()?.bind(named);
            found = match binding {
                Ok(binding) if binding.by_second || binding.by_first => return Ok(named),
                Ok(_) => Err(Rejection::AttributeMissing(Attribute::SigningCertificateV2).into()),
                Err(rejection) => Err(rejection.into()),
            };
        }
        found
    }

    fn check_signature(&self, authority: &Certificate) -> Result<(), Trouble> {
        let unfit = |unfit| Rejection::Unfit { whose: Whose::TimeStamp, unfit };
        authority.key().strong().map_err(unfit)?;
        signature::verify(
            &authority.public_key()?,
            self.signer.algorithm()?,
            &self.signer.attributes()?.signed_bytes(),
            self.signer.signature,
        )?;
        Ok(())
    }
}

impl<'a> Info<'a> {
    fn read(content: &'a [u8]) -> Result<Self, Rejection> {
        let mut fields = only_sequence(content, Piece::TimeStamp)?;
        let version = fields.expect(Tag::Integer)?;
        if version.decode::<u8>()? != 1 {
            return Err(version.unexpected_value());
        }
        fields.object_identifier()?;
        let mut imprint = fields.enter(Tag::Sequence)?;
        let imprint_algorithm = AlgorithmIdentifier::read(&mut imprint)?;
        let hashed = imprint.expect(Tag::OctetString)?.value();
        imprint.finish()?;
        fields.expect(Tag::Integer)?;
        let time = generalized_time(&fields.expect(Tag::GeneralizedTime)?)?;
        // Accuracy, ordering, nonce and the authority's name: nothing is concluded from them.
        fields.optional(Tag::Sequence)?;
        fields.optional(Tag::Boolean)?;
        fields.optional(Tag::Integer)?;
        fields.optional(constructed(0))?;
        let extensions = fields.optional(constructed(1))?;
        fields.finish()?;
        if let Some(extensions) = extensions {
            for element in extensions.open()?.rest(limits::EXTENSIONS)? {
                let (oid, critical, _) = crate::extensions::extension(&element)?;
                if critical {
                    return Err(Rejection::TimeStampExtension(oid));
                }
            }
        }
        Ok(Self { imprint_algorithm, imprint: hashed, time })
    }
}

/// `GeneralizedTime` with or without a fraction of a second, which is dropped (RFC 3161 §2.4.2).
fn generalized_time(element: &Element<'_>) -> Result<UnixTime, Rejection> {
    let value = element.value();
    let Some(point) = value.iter().position(|&byte| byte == b'.') else {
        return certificate::time(element);
    };
    let (whole, fraction) = value.split_at(point);
    let sound = match fraction {
        [b'.', digits @ .., b'Z'] => {
            !digits.is_empty()
                && digits.iter().all(u8::is_ascii_digit)
                && digits.last() != Some(&b'0')
        }
        _ => false,
    };
    // The same without the fraction, whose length is always 15.
    let whole = [&[0x18, 15], whole, b"Z"].concat();
    match GeneralizedTime::from_der(&whole) {
        Ok(time) if sound => Ok(time.to_date_time().into()),
        _ => Err(element.unexpected_value()),
    }
}

/// The time that the time stamps prove, or why they do not.
pub(super) fn proven_time(stamps: &[TimeStamp]) -> Result<Option<UnixTime>, Trouble> {
    let mut missing = None;
    let mut earliest: Option<UnixTime> = None;
    for stamp in stamps {
        match &stamp.verdict {
            Verdict::Valid => {
                let time = stamp.time;
                earliest = earliest.into_iter().chain(time).min();
            }
            Verdict::Invalid(rejection) => {
                return Err(Rejection::TimeStamp(Box::new(rejection.clone())).into());
            }
            Verdict::Indeterminate(what) => {
                let what = what.first().cloned().unwrap_or(Missing::Anchors);
                missing.get_or_insert_with(|| Missing::TimeStamp(Box::new(what)));
            }
        }
    }
    match (earliest, missing) {
        (Some(time), _) => Ok(Some(time)),
        (None, Some(missing)) => Err(missing.into()),
        (None, None) => Ok(None),
    }
}
