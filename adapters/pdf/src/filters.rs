//! What a stream's `/Filter` hides, for the two kinds of stream that structure a file:
//! cross-reference streams and object streams.

use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress, inflate_flags};

use crate::error::PdfError;
use crate::limits;
use crate::object::{Dictionary, Object};
use crate::syntax::StreamData;
use crate::window::Bytes;

/// Decodes the data of a stream whose dictionary is `dictionary` and whose filter entries are
/// direct objects, to at most `limit` bytes. What is decoded is read chunk by chunk.
pub(crate) fn decode(
    dictionary: &Dictionary,
    bytes: &Bytes<'_>,
    data: StreamData,
    limit: usize,
) -> Result<Vec<u8>, PdfError> {
    let offset = data.start;
    let unsupported = |what| PdfError::Unsupported { what, offset: Some(offset) };
    let filter = single(dictionary.get("Filter"));
    let parameters = single(dictionary.get("DecodeParms").or_else(|| dictionary.get("DP")));
    let limit = limit.min(limits::MAX_INFLATED_BYTES);
    match filter {
        Some(None) => match usize::try_from(data.length) {
            Ok(length) if length <= limit => {
                let mut plain = Vec::with_capacity(length);
                bytes.each_chunk(data.start, data.length, |chunk| {
                    plain.extend_from_slice(chunk);
                    Ok::<_, PdfError>(())
                })?;
                Ok(plain)
            }
            _ => Err(PdfError::TooComplex { what: "a stream is too large" }),
        },
        Some(Some(Object::Name(name))) if name == b"FlateDecode" || name == b"Fl" => {
            let mut inflation = Inflation::new(limit, offset);
            bytes.each_chunk(data.start, data.length, |chunk| inflation.push(chunk))?;
            let inflated = inflation.finish()?;
            match parameters {
                Some(None) => Ok(inflated),
                Some(Some(Object::Dictionary(parameters))) => {
                    undo_predictor(parameters, inflated, offset)
                }
                _ => Err(unsupported("unusual filter parameters in a structural stream")),
            }
        }
        _ => Err(unsupported("an unusual filter in a structural stream")),
    }
}

/// The one filter (or its parameters), `Some(None)` for none, `None` for several.
fn single(entry: Option<&Object>) -> Option<Option<&Object>> {
    match entry {
        None | Some(Object::Null) => Some(None),
        Some(Object::Array(items)) => match items.as_slice() {
            [] | [Object::Null] => Some(None),
            [one] => Some(Some(one)),
            _ => None,
        },
        one => Some(one),
    }
}

/// A zlib stream (RFC 1950) that comes in pieces.
struct Inflation {
    state: Box<DecompressorOxide>,
    out: Vec<u8>,
    filled: usize,
    limit: usize,
    offset: u64,
    done: bool,
}

impl Inflation {
    fn new(limit: usize, offset: u64) -> Self {
        Self { state: Box::default(), out: Vec::new(), filled: 0, limit, offset, done: false }
    }

    /// Takes more in; what follows the end of the stream is passed over.
    fn push(&mut self, mut input: &[u8]) -> Result<(), PdfError> {
        const FLAGS: u32 = inflate_flags::TINFL_FLAG_PARSE_ZLIB_HEADER
            | inflate_flags::TINFL_FLAG_HAS_MORE_INPUT
            | inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
        while !self.done {
            let (status, read, written) =
                decompress(&mut self.state, input, &mut self.out, self.filled, FLAGS);
            input = input.get(read..).unwrap_or_default();
            self.filled = self.filled.saturating_add(written);
            match status {
                TINFLStatus::Done => self.done = true,
                TINFLStatus::NeedsMoreInput => return Ok(()),
                TINFLStatus::HasMoreOutput if self.out.len() < self.limit => {
                    let length = self.out.len().saturating_mul(2).max(1024).min(self.limit);
                    self.out.resize(length, 0);
                }
                TINFLStatus::HasMoreOutput => {
                    return Err(PdfError::TooComplex {
                        what: "a compressed stream inflates to too many bytes",
                    });
                }
                _ => return Err(self.damaged()),
            }
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Vec<u8>, PdfError> {
        if !self.done {
            return Err(self.damaged());
        }
        self.out.truncate(self.filled);
        Ok(self.out)
    }

    const fn damaged(&self) -> PdfError {
        PdfError::broken_at("a compressed stream is damaged", self.offset)
    }
}

/// ISO 32000-1 §7.4.4.4; the PNG predictors are those of RFC 2083 §6.
fn undo_predictor(
    parameters: &Dictionary,
    mut data: Vec<u8>,
    offset: u64,
) -> Result<Vec<u8>, PdfError> {
    let number = |key, default| match parameters.get(key) {
        None => Some(default),
        Some(object) => object.as_integer().and_then(|value| usize::try_from(value).ok()),
    };
    let unsupported = || PdfError::Unsupported {
        what: "an unusual predictor in a structural stream",
        offset: Some(offset),
    };
    match number("Predictor", 1) {
        Some(1) => return Ok(data),
        Some(10..=15) => {}
        _ => return Err(unsupported()),
    }
    if number("Colors", 1) != Some(1) || number("BitsPerComponent", 8) != Some(8) {
        return Err(unsupported());
    }
    let columns = number("Columns", 1)
        .filter(|columns| (1..=1024).contains(columns))
        .ok_or_else(unsupported)?;

    // In place: a row is written where it, or the one before it, was read.
    let mut previous = vec![0u8; columns];
    let (mut from, mut to) = (0usize, 0usize);
    while let Some(&kind) = data.get(from) {
        from = from.saturating_add(1);
        let (mut left, mut upper_left) = (0u8, 0u8);
        for up in &mut previous {
            let Some(&raw) = data.get(from) else { break };
            let predicted = match kind {
                0 => 0,
                1 => left,
                2 => *up,
                3 => u16::midpoint(u16::from(left), u16::from(*up)) as u8,
                4 => paeth(left, *up, upper_left),
                _ => return Err(PdfError::broken_at("a compressed stream is damaged", offset)),
            };
            let value = raw.wrapping_add(predicted);
            upper_left = *up;
            left = value;
            *up = value;
            if let Some(place) = data.get_mut(to) {
                *place = value;
            }
            (from, to) = (from.saturating_add(1), to.saturating_add(1));
        }
    }
    data.truncate(to);
    Ok(data)
}

fn paeth(left: u8, up: u8, upper_left: u8) -> u8 {
    let (a, b, c) = (i16::from(left), i16::from(up), i16::from(upper_left));
    let estimate = a + b - c;
    let (to_a, to_b, to_c) = ((estimate - a).abs(), (estimate - b).abs(), (estimate - c).abs());
    if to_a <= to_b && to_a <= to_c {
        left
    } else if to_b <= to_c {
        up
    } else {
        upper_left
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(dictionary: Dictionary, data: &[u8]) -> Result<Vec<u8>, PdfError> {
        let bytes = Bytes::open(&data)?;
        decode(&dictionary, &bytes, StreamData { start: 0, length: data.len() as u64 }, 1000)
    }

    fn flate(columns: i64) -> Dictionary {
        let parameters = Dictionary::default()
            .with("Predictor", Object::Integer(15))
            .with("Columns", Object::Integer(columns));
        Dictionary::default()
            .with("Filter", Object::Array(vec![Object::name("FlateDecode")]))
            .with("DecodeParms", Object::Array(vec![Object::Dictionary(parameters)]))
    }

    #[test]
    fn each_predictor_is_undone() {
        // RFC 2083 section 6: none, sub, up, average, Paeth, each over the row above.
        let rows = [[0, 1, 2, 3], [1, 10, 10, 10], [2, 1, 1, 1], [3, 10, 10, 10], [4, 5, 5, 5]];
        let data = miniz_oxide::deflate::compress_to_vec_zlib(&rows.concat(), 6);
        let expected = [
            [1, 2, 3],
            [10, 20, 30],
            [11, 21, 31],
            // 10 + 11/2, 10 + (15 + 21)/2, 10 + (28 + 31)/2
            [15, 28, 39],
            // 5 + 15; left 20, up 28, corner 15: nearest to 33 is 28; left 33, up 39, corner 28: 39
            [20, 33, 44],
        ];
        assert_eq!(decoded(flate(3), &data), Ok(expected.concat()));
        assert!(decoded(flate(4000), &data).is_err());
        let data = miniz_oxide::deflate::compress_to_vec_zlib(&[9, 1, 2, 3], 6);
        assert!(decoded(flate(3), &data).is_err());
    }

    #[test]
    fn other_filters_and_damaged_data_are_refused() {
        let filter = |name| Dictionary::default().with("Filter", Object::name(name));
        assert!(matches!(
            decoded(filter("LZWDecode"), b""),
            Err(PdfError::Unsupported { offset: Some(0), .. })
        ));
        let two = vec![Object::name("FlateDecode"), Object::name("FlateDecode")];
        let two = Dictionary::default().with("Filter", Object::Array(two));
        assert!(matches!(decoded(two, b""), Err(PdfError::Unsupported { .. })));
        assert!(matches!(decoded(filter("FlateDecode"), b"x"), Err(PdfError::Broken { .. })));
        let large = miniz_oxide::deflate::compress_to_vec_zlib(&[0; 1001], 6);
        assert!(matches!(decoded(filter("FlateDecode"), &large), Err(PdfError::TooComplex { .. })));
        assert!(matches!(
            decoded(Dictionary::default(), &[0; 1001]),
            Err(PdfError::TooComplex { .. })
        ));
        assert_eq!(decoded(Dictionary::default(), b"plain"), Ok(b"plain".to_vec()));
    }
}
