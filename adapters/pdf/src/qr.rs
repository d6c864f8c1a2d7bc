//! A QR code drawn with rectangles, so that it is sharp at any size.

use core::fmt::Write as _;

use qrcodegen::{QrCode, QrCodeEcc};

use crate::error::PdfError;
use crate::object::number_text;

/// The longest address that is drawn, in bytes: more would be too fine to be read from a page.
const MAX_BYTES: usize = 300;

/// The blank margin that a reader needs, in modules: ISO/IEC 18004 asks for four, and the white
/// ground of the stamp gives the rest of them.
const MARGIN: i32 = 2;

/// Appends to a content stream a QR code of `address` in the square at `left`, `bottom`, `side`
/// wide, all in points.
pub(crate) fn draw(
    content: &mut String,
    address: &str,
    [left, bottom]: [f32; 2],
    side: f32,
) -> Result<(), PdfError> {
    let code = code(address)?;
    let module = side / (code.size() + 2 * MARGIN) as f32;
    let _ = write!(content, "q {} 0 0 {} ", number(module), number(module));
    let _ = writeln!(content, "{} {} cm", number_text(left), number_text(bottom));
    // All rectangles in one path: filled one by one, their seams would shimmer.
    for row in 0..code.size() {
        let mut column = 0;
        while column < code.size() {
            let length = (column..code.size()).take_while(|&x| code.get_module(x, row)).count();
            let length = i32::try_from(length).unwrap_or(0);
            if length > 0 {
                let (x, y) = (column + MARGIN, code.size() - 1 - row + MARGIN);
                let _ = writeln!(content, "{x} {y} {length} 1 re");
            }
            column += length + 1;
        }
    }
    content.push_str("f Q\n");
    Ok(())
}

/// Refuses an address that cannot be drawn.
pub(crate) fn code(address: &str) -> Result<QrCode, PdfError> {
    if address.is_empty() || address.len() > MAX_BYTES {
        return Err(PdfError::Options { what: "the QR code's address is empty or too long" });
    }
    QrCode::encode_text(address, QrCodeEcc::Medium)
        .map_err(|_| PdfError::Options { what: "the QR code's address is too long" })
}

/// The size of a module is multiplied by up to 100, so it needs more decimals than a coordinate.
fn number(value: f32) -> String {
    format!("{value:.6}")
}
