//! Walks DER element by element and keeps the exact bytes of each.
//!
//! Signatures are made over bytes, so what was signed is never decoded and encoded again. The walk
//! is as deep as the code that calls it: nothing here recurses.

use core::ops::Range;

use der::{
    AnyRef, Choice, Decode, DecodeValue, ErrorKind, Reader, SliceReader, Tag, TagNumber, Tagged,
    asn1::ObjectIdentifier,
};

use crate::rejection::{Defect, Piece, Rejection};

/// One element: tag, length and value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Element<'a> {
    any: AnyRef<'a>,
    /// The element's bytes from its tag on.
    pub(crate) whole: &'a [u8],
    /// What the element is part of, for errors.
    piece: Piece,
    /// Where the element starts in that piece.
    place: usize,
}

impl<'a> Element<'a> {
    pub(crate) fn tag(&self) -> Tag {
        self.any.tag()
    }

    pub(crate) fn value(&self) -> &'a [u8] {
        self.any.value()
    }

    /// The value as `T`, which fills it to the last byte.
    pub(crate) fn decode<T>(&self) -> Result<T, Rejection>
    where
        T: Choice<'a> + DecodeValue<'a, Error = der::Error>,
    {
        self.any.decode_as::<T>().map_err(|error| self.malformed(error.kind()))
    }

    /// A walk over the elements inside this one.
    pub(crate) fn open(&self) -> Result<Cursor<'a>, Rejection> {
        let header = self.whole.len().saturating_sub(self.value().len());
        Cursor::at(self.value(), self.piece, self.place.saturating_add(header))
    }

    /// A walk inside this element, which is a `SEQUENCE`.
    pub(crate) fn sequence(&self) -> Result<Cursor<'a>, Rejection> {
        if self.tag() == Tag::Sequence {
            self.open()
        } else {
            Err(self.unexpected_tag(Tag::Sequence))
        }
    }

    fn unexpected_tag(&self, expected: Tag) -> Rejection {
        self.malformed(ErrorKind::TagUnexpected { expected: Some(expected), actual: self.tag() })
    }

    /// The one element inside this one, which bears this tag.
    pub(crate) fn only(&self, tag: Tag) -> Result<Self, Rejection> {
        let mut inside = self.open()?;
        let element = inside.expect(tag)?;
        inside.finish()?;
        Ok(element)
    }

    /// Where the element stands in the piece that it is part of.
    pub(crate) fn range(&self) -> Range<usize> {
        self.place..self.place.saturating_add(self.whole.len())
    }

    pub(crate) fn malformed(&self, kind: ErrorKind) -> Rejection {
        Rejection::malformed(self.piece, self.place, kind)
    }

    /// A refusal of this element's value, which is well formed and yet cannot stand here.
    pub(crate) fn unexpected_value(&self) -> Rejection {
        self.malformed(ErrorKind::Value { tag: self.tag() })
    }
}

/// A place in a run of elements.
#[derive(Clone, Debug)]
pub(crate) struct Cursor<'a> {
    reader: SliceReader<'a>,
    piece: Piece,
    base: usize,
}

impl<'a> Cursor<'a> {
    /// Starts at the first byte of `piece`.
    pub(crate) fn new(bytes: &'a [u8], piece: Piece) -> Result<Self, Rejection> {
        Self::at(bytes, piece, 0)
    }

    /// Starts at a place inside `piece`, where `bytes` stand.
    pub(crate) fn at(bytes: &'a [u8], piece: Piece, base: usize) -> Result<Self, Rejection> {
        let reader = SliceReader::new(bytes)
            .map_err(|error| Rejection::malformed(piece, base, error.kind()))?;
        Ok(Self { reader, piece, base })
    }

    /// Where the next element starts in the piece.
    fn place(&self) -> usize {
        self.base.saturating_add(usize::try_from(self.reader.position()).unwrap_or(usize::MAX))
    }

    pub(crate) fn is_finished(&self) -> bool {
        self.reader.is_finished()
    }

    /// The next element, whatever it is.
    pub(crate) fn next(&mut self) -> Result<Element<'a>, Rejection> {
        let place = self.place();
        let malformed = |error: der::Error| Rejection::malformed(self.piece, place, error.kind());
        let whole = self.reader.tlv_bytes().map_err(malformed)?;
        let any = AnyRef::from_der(whole).map_err(malformed)?;
        Ok(Element { any, whole, piece: self.piece, place })
    }

    /// The next element, which bears this tag.
    pub(crate) fn expect(&mut self, tag: Tag) -> Result<Element<'a>, Rejection> {
        let element = self.next()?;
        if element.tag() == tag {
            Ok(element)
        } else {
            Err(element
                .malformed(ErrorKind::TagUnexpected { expected: Some(tag), actual: element.tag() }))
        }
    }

    /// The next element if it bears this tag.
    pub(crate) fn optional(&mut self, tag: Tag) -> Result<Option<Element<'a>>, Rejection> {
        let mut ahead = self.clone();
        if ahead.is_finished() {
            return Ok(None);
        }
        let element = ahead.next()?;
        if element.tag() != tag {
            return Ok(None);
        }
        *self = ahead;
        Ok(Some(element))
    }

    /// The walk inside the next element, which bears this tag.
    pub(crate) fn enter(&mut self, tag: Tag) -> Result<Self, Rejection> {
        self.expect(tag)?.open()
    }

    pub(crate) fn object_identifier(&mut self) -> Result<ObjectIdentifier, Rejection> {
        self.expect(Tag::ObjectIdentifier)?.decode()
    }

    /// The remaining elements, of which there are at most `limit`.
    pub(crate) fn rest(&mut self, limit: usize) -> Result<Vec<Element<'a>>, Rejection> {
        let mut elements = Vec::new();
        while !self.is_finished() {
            if elements.len() == limit {
                return Err(Rejection::TooMany { piece: self.piece, limit });
            }
            elements.push(self.next()?);
        }
        Ok(elements)
    }

    /// Nothing may follow.
    pub(crate) fn finish(self) -> Result<(), Rejection> {
        if self.is_finished() {
            return Ok(());
        }
        let place = self.place();
        let count = usize::try_from(self.reader.remaining_len()).unwrap_or(usize::MAX);
        Err(Rejection::TrailingBytes { piece: self.piece, place, count })
    }
}

/// Opens a message that is one `SEQUENCE` and nothing else.
pub(crate) fn only_sequence(bytes: &[u8], piece: Piece) -> Result<Cursor<'_>, Rejection> {
    let mut outer = Cursor::new(bytes, piece)?;
    let inner = outer.enter(Tag::Sequence)?;
    outer.finish()?;
    Ok(inner)
}

/// `[number]`, constructed: an explicit tag, or an implicit one over a structure.
pub(crate) const fn constructed(number: u32) -> Tag {
    Tag::ContextSpecific { constructed: true, number: TagNumber(number) }
}

/// `[number]`, primitive: an implicit tag over a plain value.
pub(crate) const fn primitive(number: u32) -> Tag {
    Tag::ContextSpecific { constructed: false, number: TagNumber(number) }
}

/// `AlgorithmIdentifier ::= SEQUENCE { algorithm OBJECT IDENTIFIER, parameters ANY OPTIONAL }`
/// (RFC 5280 §4.1.1.2).
#[derive(Clone, Copy, Debug)]
pub(crate) struct AlgorithmIdentifier<'a> {
    pub(crate) oid: ObjectIdentifier,
    pub(crate) parameters: Option<Element<'a>>,
    pub(crate) whole: &'a [u8],
}

impl<'a> AlgorithmIdentifier<'a> {
    pub(crate) fn read(cursor: &mut Cursor<'a>) -> Result<Self, Rejection> {
        Self::from_element(&cursor.expect(Tag::Sequence)?)
    }

    pub(crate) fn from_element(element: &Element<'a>) -> Result<Self, Rejection> {
        let mut inner = element.sequence()?;
        let oid = inner.object_identifier()?;
        let parameters = if inner.is_finished() { None } else { Some(inner.next()?) };
        inner.finish()?;
        Ok(Self { oid, parameters, whole: element.whole })
    }

    /// Whether the parameters are absent or `NULL`, which are the two forms in use for RSA and
    /// hashes (RFC 5754 §2, DOC-ICP-15.03 note 3).
    pub(crate) fn has_no_parameters(&self) -> bool {
        self.parameters.is_none_or(|parameters| parameters.whole == [0x05, 0x00])
    }
}

impl Rejection {
    /// What `der` found wrong, at a place of a piece.
    pub(crate) fn malformed(piece: Piece, place: usize, kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::IndefiniteLength => Self::IndefiniteLength { piece, place },
            kind => Self::Malformed { piece, place, defect: Defect(kind) },
        }
    }
}
