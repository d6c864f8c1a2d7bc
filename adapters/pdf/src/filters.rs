//! What a stream's `/Filter` hides, for the two kinds of stream that structure a file:
//! cross-reference streams and object streams.

use crate::error::PdfError;
use crate::limits;
use crate::object::{Dictionary, Object};

/// Decodes the data of a stream whose dictionary is `dictionary` and whose filter entries are
/// direct objects, to at most `limit` bytes.
pub(crate) fn decode(
    dictionary: &Dictionary,
    data: &[u8],
    limit: usize,
    offset: usize,
) -> Result<Vec<u8>, PdfError> {
    let unsupported = |what| PdfError::Unsupported { what, offset: Some(offset as u64) };
    let filter = single(dictionary.get("Filter"));
    let parameters = single(dictionary.get("DecodeParms").or_else(|| dictionary.get("DP")));
    let limit = limit.min(limits::MAX_INFLATED_BYTES);
    match filter {
        Some(None) if data.len() <= limit => Ok(data.to_vec()),
        Some(None) => Err(PdfError::TooComplex { what: "a stream is too large" }),
        Some(Some(Object::Name(name))) if name == b"FlateDecode" || name == b"Fl" => {
            let inflated = inflate(data, limit, offset)?;
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

fn inflate(data: &[u8], limit: usize, offset: usize) -> Result<Vec<u8>, PdfError> {
    use miniz_oxide::inflate::{TINFLStatus, decompress_to_vec_zlib_with_limit};
    decompress_to_vec_zlib_with_limit(data, limit).map_err(|error| match error.status {
        TINFLStatus::HasMoreOutput => {
            PdfError::TooComplex { what: "a compressed stream inflates to too many bytes" }
        }
        _ => PdfError::broken_at("a compressed stream is damaged", offset),
    })
}

/// ISO 32000-1 §7.4.4.4; the PNG predictors are those of RFC 2083 §6.
fn undo_predictor(
    parameters: &Dictionary,
    data: Vec<u8>,
    offset: usize,
) -> Result<Vec<u8>, PdfError> {
    let number = |key, default| match parameters.get(key) {
        None => Some(default),
        Some(object) => object.as_integer().and_then(|value| usize::try_from(value).ok()),
    };
    let unsupported = || PdfError::Unsupported {
        what: "an unusual predictor in a structural stream",
        offset: Some(offset as u64),
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

    let mut previous = vec![0u8; columns];
    let mut out = Vec::with_capacity(data.len());
    for row in data.chunks(columns.saturating_add(1)) {
        let Some((&kind, row)) = row.split_first() else { break };
        let (mut left, mut upper_left) = (0u8, 0u8);
        for (&raw, up) in row.iter().zip(previous.iter_mut()) {
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
            out.push(value);
        }
    }
    Ok(out)
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
        decode(&dictionary, data, 1000, 0)
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
