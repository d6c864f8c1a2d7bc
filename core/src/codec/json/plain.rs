//! Runs of plain characters in a string. Tokens, signatures and documents are long and plain, so
//! that as many bytes as a word has are looked at together.

use core::cell::Cell;

const ONES: usize = usize::MAX / 0xff;
const HIGHS: usize = ONES << 7;

/// How many bytes there are before the first quotation mark, backslash or byte below `floor`, which
/// is at most 0x80.
pub(crate) fn plain_length(bytes: &[Cell<u8>], floor: u8) -> usize {
    let mut length = 0_usize;
    let (words, rest) = bytes.as_chunks::<{ size_of::<usize>() }>();
    for cells in words {
        let word = usize::from_le_bytes(cells.each_ref().map(Cell::get));
        let special = special_bytes(word, floor);
        if special != 0 {
            let place = usize::try_from(special.trailing_zeros() / 8).unwrap_or(0);
            return length.wrapping_add(place);
        }
        length = length.wrapping_add(cells.len());
    }
    let is_plain = |byte: u8| !matches!(byte, b'"' | b'\\') && byte >= floor;
    let plain = rest.iter().take_while(|byte| is_plain(byte.get())).count();
    length.wrapping_add(plain)
}

/// Copies `length` bytes within a text from one place to an earlier one, front to back.
pub(crate) fn copy_down(bytes: &[Cell<u8>], from: usize, to: usize, length: usize) {
    if from == to {
        return;
    }
    let source = bytes.get(from..).unwrap_or_default();
    let target = bytes.get(to..).unwrap_or_default();
    for (to, from) in target.iter().zip(source).take(length) {
        to.set(from.get());
    }
}

/// The high bit of each byte that is a quotation mark, a backslash or below `floor`. A borrow may
/// add bits above the lowest one set, never below it, and the lowest is the one asked for.
const fn special_bytes(word: usize, floor: u8) -> usize {
    let quotes = word ^ ONES.wrapping_mul(b'"' as usize);
    let escapes = word ^ ONES.wrapping_mul(b'\\' as usize);
    let quotes = quotes.wrapping_sub(ONES) & !quotes;
    let escapes = escapes.wrapping_sub(ONES) & !escapes;
    let low = word.wrapping_sub(ONES.wrapping_mul(floor as usize)) & !word;
    (quotes | escapes | low) & HIGHS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_special_bytes_are_found_at_every_place() {
        for floor in [b' ', b'!'] {
            for byte in 0..=255_u8 {
                for place in 0..20 {
                    let mut text = [b'x'; 20];
                    text[place] = byte;
                    let is_special = matches!(byte, b'"' | b'\\') || byte < floor;
                    let expected = if is_special { place } else { 20 };
                    let cells = Cell::from_mut(&mut text[..]).as_slice_of_cells();
                    assert_eq!(plain_length(cells, floor), expected, "{byte} at {place}");
                }
            }
        }
    }
}
