//! What a signature refers to, and whether it is as it was.

use crate::{
    canonical::{self, Budget, Canonicalization, Digester, Part, Sink as _},
    digest::Digest,
    error::{Unverifiable, XmlError},
    fields::{DSIG, Fields, algorithm, bytes, fault, is},
    identifiers::Identifiers,
    read::Document,
    transforms::Transforms,
    verdict::{Breach, Flaw, Verdict},
    xades::XADES,
};

/// One `Reference` of a signature (XML Signature 1.1 §4.4.3).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reference {
    /// What it refers to.
    pub target: Target,
    /// Whether the signature itself is taken out of that.
    pub enveloped: bool,
    /// Whether every signature is taken out of that, so that others can be added and changed.
    pub unsigned: bool,
    /// Whether the comments in that are covered as well. Mostly they are not.
    pub comments: bool,
    /// The hash, where it is a known one.
    pub digest: Option<Digest>,
    /// Whether what it refers to is as it was when it was signed.
    pub verdict: Verdict,
}

/// What a reference is about.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Target {
    /// The whole document: every element.
    Document,
    /// One element and what is in it.
    Element {
        /// The identifier by which it is referred to.
        identifier: String,
        /// Its local name.
        name: String,
        /// The name of its namespace, empty for none.
        namespace: String,
        /// Where it begins, in bytes from the start of the document.
        at: usize,
        /// Whether it is the document element: then all is covered but what stands around it.
        root: bool,
    },
    /// The signed properties of XAdES of this signature.
    SignedProperties,
    /// Another part of this signature: an `Object` with what it envelops, something in one, or its
    /// `KeyInfo`.
    Part {
        /// The identifier by which it is referred to.
        identifier: String,
        /// Its local name.
        name: String,
        /// Where it begins, in bytes from the start of the document.
        at: usize,
    },
    /// The document that was sent, which the signature was made apart from. Only
    /// [`added_signature`](crate::added_signature) knows it.
    Sent {
        /// By which name it is referred to, if by any.
        uri: Option<String>,
    },
    /// Nothing that could be found. The verdict tells why.
    Unknown {
        /// The URI of the reference, if it has one.
        uri: Option<String>,
    },
}

/// What a document's references are read with.
pub(crate) struct Context<'d, 'x> {
    pub(crate) document: &'d Document<'x>,
    pub(crate) identifiers: &'d Identifiers<'d>,
    /// The `Signature` that they are of.
    pub(crate) signature: usize,
    /// All of them.
    pub(crate) signatures: &'d [usize],
    /// What references to the outside are to.
    pub(crate) sent: Option<&'d [u8]>,
}

/// What a reference leads to.
#[derive(Clone, Copy)]
enum Found<'d> {
    Document,
    Element(usize),
    Sent(&'d [u8]),
}

impl Reference {
    /// Reads and checks a `Reference`.
    pub(crate) fn read(
        context: &Context<'_, '_>,
        place: usize,
        budget: &mut Budget,
    ) -> Result<Self, XmlError> {
        let document = context.document;
        let mut fields = Fields::of(document, place)?;
        let transforms = Transforms::read(document, fields.optional(DSIG, "Transforms"))?;
        let method = fields.required(DSIG, "DigestMethod", "no digest method")?;
        let value = fields.required(DSIG, "DigestValue", "no digest")?;
        fields.finish()?;
        let digest = Digest::from_uri(algorithm(document, method)?);
        let value = bytes(document, value, 64)?;
        let uri = document.element(place).and_then(|element| document.attribute(element, "URI"));
        let found = context.dereference(uri);
        let target = match found {
            Ok(found) => context.target(found, uri),
            Err(_) => Target::Unknown { uri: uri.map(ToOwned::to_owned) },
        };
        let enveloped = transforms.as_ref().is_ok_and(|transforms| transforms.enveloped);
        let unsigned = transforms.as_ref().is_ok_and(|transforms| transforms.unsigned);
        let verdict = match (found, transforms, digest) {
            (Err(flaw), _, _) => Err(flaw),
            (_, Err(why), _) | (_, _, Err(why)) => Err(why.into()),
            (Ok(found), Ok(transforms), Ok(digest)) => {
                context.check(found, &transforms, digest, &value, budget)?
            }
        };
        let comments = matches!(verdict, Ok(true));
        let verdict = verdict.map(|_| ()).into();
        Ok(Self { target, enveloped, unsigned, comments, digest: digest.ok(), verdict })
    }
}

impl<'d> Context<'d, '_> {
    fn dereference(&self, uri: Option<&str>) -> Result<Found<'d>, Flaw> {
        let outside = |why: Unverifiable| self.sent.map(Found::Sent).ok_or_else(|| why.into());
        let Some(uri) = uri else { return outside(Unverifiable::Pointer) };
        if uri.is_empty() {
            return Ok(Found::Document);
        }
        let Some(identifier) = uri.strip_prefix('#') else {
            return outside(Unverifiable::External);
        };
        if identifier.is_empty() || identifier.contains(['(', '%']) {
            return Err(Unverifiable::Pointer.into());
        }
        Ok(Found::Element(self.identifiers.find(identifier)?))
    }

    fn target(&self, found: Found<'_>, uri: Option<&str>) -> Target {
        let document = self.document;
        let place = match found {
            Found::Document => return Target::Document,
            Found::Sent(_) => return Target::Sent { uri: uri.map(ToOwned::to_owned) },
            Found::Element(place) => place,
        };
        let uri = uri.unwrap_or_default();
        let identifier = uri.strip_prefix('#').unwrap_or_default().to_owned();
        let Some(element) = document.element(place) else {
            return Target::Unknown { uri: Some(uri.to_owned()) };
        };
        let name = element.name.local.to_owned();
        let namespace = document.uri(element.name.namespace).to_owned();
        let at = document.node(place).map_or(0, |node| node.at());
        if !self.is_inside(place) {
            let root = place == document.root();
            return Target::Element { identifier, name, namespace, at, root };
        }
        if self.signed_properties() == Some(place) {
            return Target::SignedProperties;
        }
        Target::Part { identifier, name, at }
    }

    /// Whether a node is part of the signature.
    fn is_inside(&self, place: usize) -> bool {
        let end = self.document.node(self.signature).map_or(0, |node| node.end());
        (self.signature..end).contains(&place)
    }

    /// The signed properties in an `Object` of the signature.
    fn signed_properties(&self) -> Option<usize> {
        let child = |parent, namespace, local| {
            self.document
                .children(parent)
                .map(|(place, _)| place)
                .filter(move |&place| is(self.document, place, namespace, local))
        };
        child(self.signature, DSIG, "Object")
            .flat_map(|object| child(object, XADES, "QualifyingProperties"))
            .flat_map(|properties| child(properties, XADES, "SignedProperties"))
            .next()
    }

    /// Whether what is found has the digest, and then whether it has it with its comments.
    fn check(
        &self,
        found: Found<'_>,
        transforms: &Transforms,
        digest: Digest,
        value: &[u8],
        budget: &mut Budget,
    ) -> Result<Result<bool, Flaw>, XmlError> {
        let without = match transforms {
            Transforms { unsigned: true, .. } => self.signatures,
            Transforms { enveloped: true, .. } => core::slice::from_ref(&self.signature),
            _ => &[],
        };
        let is_out = |place| {
            without.iter().any(|&it| {
                let end = self.document.node(it).map_or(it, |node| node.end());
                (it..end).contains(&place)
            })
        };
        let named = transforms.canonicalization.as_ref();
        let read;
        let (document, element) = match (found, named) {
            (Found::Sent(_), _) if !without.is_empty() => {
                return Ok(Err(Unverifiable::TransformOrder.into()));
            }
            (Found::Document, _) if is_out(self.document.root()) => {
                return Ok(Err(Breach::Nothing.into()));
            }
            (Found::Element(place), _) if is_out(place) => {
                return Ok(Err(Breach::Nothing.into()));
            }
            (Found::Element(place), _) => (self.document, Some(place)),
            (Found::Document, _) => (self.document, None),
            (Found::Sent(bytes), None) => {
                let mut digester = Digester::new(digest, budget);
                digester.put(bytes)?;
                let same = digester.finish() == value;
                return Ok(if same { Ok(true) } else { Err(Breach::Digest.into()) });
            }
            (Found::Sent(bytes), Some(_)) => {
                read = Document::read(bytes)?;
                (&read, None)
            }
        };
        let named = named.unwrap_or(&Canonicalization::INCLUSIVE);
        let part = Part { element, without };
        // What is referred to within a document has no comments (XML Signature 1.1 §4.4.3.3),
        // whatever the canonicalization would do with them. Not all signers know.
        let mut readings = vec![false];
        readings.extend(named.comments.then_some(true));
        for comments in readings {
            let method = Canonicalization { comments, ..named.clone() };
            let mut digester = Digester::new(digest, budget);
            match canonical::write(document, part, &method, &mut digester) {
                Ok(()) => {}
                Err(XmlError::Unverifiable(why @ Unverifiable::Base)) => {
                    return Ok(Err(why.into()));
                }
                Err(error) => return Err(error),
            }
            if digester.finish() == value {
                return Ok(Ok(comments));
            }
        }
        Ok(Err(Breach::Digest.into()))
    }
}

/// Reads the references of a `SignedInfo`, which has at least one and nothing else left.
pub(crate) fn all(
    context: &Context<'_, '_>,
    mut fields: Fields<'_, '_>,
    signed_info: usize,
    budget: &mut Budget,
) -> Result<Vec<Reference>, XmlError> {
    let mut references = Vec::new();
    while let Some(place) = fields.optional(DSIG, "Reference") {
        if references.len() >= crate::limits::REFERENCES {
            return Err(Unverifiable::TooLarge("references").into());
        }
        references.push(Reference::read(context, place, budget)?);
    }
    fields.finish()?;
    if references.is_empty() {
        return fault(context.document, signed_info, "a signature of nothing");
    }
    Ok(references)
}
