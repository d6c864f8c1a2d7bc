//! A QR code in a terminal.

use qrcodegen::{QrCode, QrCodeEcc};

/// Modules of white around a code (ISO/IEC 18004 §9.1), where the terminal is wide enough.
const QUIET: i32 = 4;

/// The least that phones get along with.
const LEAST_QUIET: i32 = 2;

/// Black on white, of the colours that no theme changes.
const COLOURS: &str = "\x1b[38;5;16;48;5;231m";

const NO_COLOURS: &str = "\x1b[0m";

/// Draws a code for a terminal of so many columns; `None` where the text is too long for a code, or
/// the code too wide for the terminal.
///
/// Two modules stand above each other in a character. Both colours are set, black and white beyond
/// any theme, so that the code reads alike on dark and on light.
pub(crate) fn draw(text: &str, columns: usize) -> Option<String> {
    let code = QrCode::encode_text(text, QrCodeEcc::Low).ok()?;
    let columns = i32::try_from(columns).unwrap_or(i32::MAX);
    let quiet = ((columns - code.size()) / 2).min(QUIET);
    if quiet < LEAST_QUIET {
        return None;
    }
    let across = -quiet..code.size() + quiet;
    let margin = " ".repeat(usize::try_from((columns - code.size()) / 2 - quiet).ok()?.min(2));
    let mut drawing = String::new();
    for y in across.clone().step_by(2) {
        drawing.push_str(&margin);
        drawing.push_str(COLOURS);
        for x in across.clone() {
            // Outside of the code everything is white.
            drawing.push(match (code.get_module(x, y), code.get_module(x, y + 1)) {
                (false, false) => ' ',
                (true, false) => '▀',
                (false, true) => '▄',
                (true, true) => '█',
            });
        }
        drawing.push_str(NO_COLOURS);
        drawing.push('\n');
    }
    Some(drawing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_address_fits_eighty_columns() {
        let url =
            format!("https://certificado.vidaas.com.br/v0/oauth/authorize?{}", "x".repeat(330));
        let drawing = draw(&url, 80).unwrap();
        for line in drawing.lines() {
            let shown = line.replace(COLOURS, "").replace(NO_COLOURS, "");
            assert!(shown.chars().count() <= 80, "{line:?}");
        }
    }

    #[test]
    fn what_does_not_fit_is_not_drawn() {
        assert_eq!(draw("https://example.invalid", 20), None);
        assert_eq!(draw(&"x".repeat(4_000), 1_000), None);
    }

    #[test]
    fn the_quiet_zone_is_white() {
        let drawing = draw("a", 80).unwrap();
        // Two lines are four modules.
        for line in drawing.lines().take(2) {
            assert!(line.contains(&" ".repeat(21 + 8)), "{line:?}");
        }
    }
}
