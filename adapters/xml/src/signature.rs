//! The signatures of a document.

use crate::{
    algorithm::SignatureAlgorithm,
    canonical::{self, Budget, Limited, Part},
    error::{Unverifiable, XmlError},
    fields::{self, DSIG, Fields, is},
    identifiers::Identifiers,
    key_info, limits,
    read::Document,
    reference::{self, Context, Reference},
    transforms,
    verdict::Verdict,
    xades::Xades,
};

/// A signature as it stands in a document.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct XmlSignature {
    /// Its identifier.
    pub identifier: Option<String>,
    /// Where it begins, in bytes from the start of the document.
    pub at: usize,
    /// Whether it stands inside another signature, whose own properties or contents it may be of.
    pub nested: bool,
    /// What it refers to. Only what is referred to is signed.
    pub references: Vec<Reference>,
    /// What the signature's value is over, unless the algorithms are not known.
    pub signed_info: Result<SignedInfo, Unverifiable>,
    /// The signature's value.
    pub value: Vec<u8>,
    /// The certificates of `KeyInfo` in DER, the signer's first where [`Xades`] tells which it is,
    /// and otherwise in their order. Nothing vouches for them.
    pub certificates: Vec<Vec<u8>>,
    /// What XAdES adds, where it is used.
    pub xades: Option<Xades>,
}

/// The bytes that a signature's value is over: the canonical `SignedInfo`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SignedInfo {
    /// The bytes.
    pub canonical: Vec<u8>,
    /// How they are signed.
    pub algorithm: SignatureAlgorithm,
    /// Their hash, by the algorithm's.
    pub digest: Vec<u8>,
}

impl XmlSignature {
    /// What is said of all that can be told without a key: every reference, and the properties of
    /// XAdES.
    ///
    /// What holds is signed by the certificate whose key made [`XmlSignature::value`] over
    /// [`SignedInfo::canonical`], and by none as long as that was not checked.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let signed_info = match &self.signed_info {
            Ok(_) => Verdict::Holds,
            Err(why) => Verdict::Unverifiable(*why),
        };
        let references = self.references.iter().map(|reference| reference.verdict);
        let xades = self.xades.iter().flat_map(|xades| [xades.signed, xades.certificate]);
        references.chain(xades).fold(signed_info, Verdict::and)
    }
}

impl SignedInfo {
    /// The value of an ECDSA signature, which XML writes as two numbers of the same length (RFC 9231
    /// §2.3.6), as the DER that verifiers take (RFC 3279 §2.2.3). `None` where it is not so long.
    #[must_use]
    pub fn ecdsa_der(value: &[u8]) -> Option<Vec<u8>> {
        let half = value.len() / 2;
        // P-521, the longest curve, has numbers of 66 bytes; then all lengths fit in one byte but
        // the outermost.
        if !value.len().is_multiple_of(2) || !(1..=66).contains(&half) {
            return None;
        }
        let (r, s) = value.split_at_checked(half)?;
        let mut content = Vec::new();
        for number in [r, s] {
            let zeros = number.iter().take_while(|&&byte| byte == 0).count();
            let digits = number.get(zeros..).unwrap_or_default();
            // A number that would look negative, and zero, begin with a zero.
            let pad = digits.first().is_none_or(|first| first & 0x80 != 0);
            let length = digits.len().saturating_add(pad.into());
            content.extend([0x02, u8::try_from(length).ok()?]);
            content.extend(pad.then_some(0));
            content.extend_from_slice(digits);
        }
        let length = u8::try_from(content.len()).ok()?;
        let mut der = vec![0x30];
        der.extend((length >= 0x80).then_some(0x81));
        der.push(length);
        der.extend(content);
        Some(der)
    }
}

/// Reads every signature of a document, in the order in which they begin, and checks what each
/// refers to. A document without one gives none.
///
/// # Errors
/// [`XmlError`]: where the document or the form of a signature is broken or beyond what is read
/// here. What is wrong with a reference, or cannot be told of it, is said there.
pub fn signatures(xml: &[u8]) -> Result<Vec<XmlSignature>, XmlError> {
    let document = Document::read(xml)?;
    let mut budget = Budget::new();
    all(&document, None, &mut budget)
}

/// Reads every signature, references to the outside being to what was sent.
pub(crate) fn all(
    document: &Document<'_>,
    sent: Option<&[u8]>,
    budget: &mut Budget,
) -> Result<Vec<XmlSignature>, XmlError> {
    let places = places(document)?;
    let identifiers = Identifiers::of(document);
    let mut signatures = Vec::new();
    let mut end = 0;
    for &place in &places {
        let nested = place < end;
        if !nested {
            end = document.node(place).map_or(end, |node| node.end());
        }
        let context = Context {
            document,
            identifiers: &identifiers,
            signature: place,
            signatures: &places,
            sent,
        };
        signatures.push(read(&context, nested, budget)?);
    }
    Ok(signatures)
}

/// Where the signatures of a document are.
pub(crate) fn places(document: &Document<'_>) -> Result<Vec<usize>, XmlError> {
    let places: Vec<usize> = document
        .elements()
        .map(|(place, _)| place)
        .filter(|&place| is(document, place, DSIG, "Signature"))
        .take(limits::SIGNATURES.saturating_add(1))
        .collect();
    if places.len() > limits::SIGNATURES {
        return Err(Unverifiable::TooLarge("signatures").into());
    }
    Ok(places)
}

fn read(
    context: &Context<'_, '_>,
    nested: bool,
    budget: &mut Budget,
) -> Result<XmlSignature, XmlError> {
    let (document, place) = (context.document, context.signature);
    let mut fields = Fields::of(document, place)?;
    let signed_info = fields.required(DSIG, "SignedInfo", "no SignedInfo")?;
    let value = fields.required(DSIG, "SignatureValue", "no value")?;
    let key_info = fields.optional(DSIG, "KeyInfo");
    let mut objects = Vec::new();
    while let Some(object) = fields.optional(DSIG, "Object") {
        objects.push(object);
    }
    fields.finish()?;

    let mut fields = Fields::of(document, signed_info)?;
    let canonicalization =
        fields.required(DSIG, "CanonicalizationMethod", "no canonicalization")?;
    let method = fields.required(DSIG, "SignatureMethod", "no signature algorithm")?;
    let references = reference::all(context, fields, signed_info, budget)?;
    let signed_info = signed_bytes(document, signed_info, canonicalization, method)?;
    let mut certificates = match key_info {
        Some(key_info) => key_info::certificates(document, key_info)?,
        None => Vec::new(),
    };
    let xades = Xades::read(context, &objects, &references, &mut certificates)?;
    let element = document.element(place);
    Ok(XmlSignature {
        identifier: element.and_then(|it| document.attribute(it, "Id")).map(ToOwned::to_owned),
        at: document.node(place).map_or(0, |node| node.at()),
        nested,
        references,
        signed_info,
        value: fields::bytes(document, value, limits::VALUE_BYTES)?,
        certificates,
        xades,
    })
}

fn signed_bytes(
    document: &Document<'_>,
    signed_info: usize,
    canonicalization: usize,
    method: usize,
) -> Result<Result<SignedInfo, Unverifiable>, XmlError> {
    let canonicalization = match transforms::canonicalization(document, canonicalization)? {
        Ok(canonicalization) => canonicalization,
        Err(why) => return Ok(Err(why)),
    };
    let algorithm = match SignatureAlgorithm::from_uri(fields::algorithm(document, method)?) {
        Ok(algorithm) => algorithm,
        Err(why) => return Ok(Err(why)),
    };
    if Fields::of(document, method)?.rest().next().is_some() {
        return Ok(Err(Unverifiable::SignatureParameters));
    }
    let mut sink = Limited::new(limits::SIGNED_INFO_BYTES, "bytes of SignedInfo");
    let part = Part::element(signed_info);
    match canonical::write(document, part, &canonicalization, &mut sink) {
        Ok(()) => {}
        Err(XmlError::Unverifiable(why @ Unverifiable::Base)) => return Ok(Err(why)),
        Err(error) => return Err(error),
    }
    let digest = algorithm.digest().of(&sink.bytes);
    Ok(Ok(SignedInfo { canonical: sink.bytes, algorithm, digest }))
}
