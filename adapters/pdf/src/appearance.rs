//! How the stamp looks: its text fitted to its box, and the drawing.

use core::fmt::Write as _;

use crate::error::PdfError;
use crate::helvetica::Font;
use crate::object::{Dictionary, Object, number_text};
use crate::options::SignatureOptions;
use crate::qr;
use crate::serialize;
use crate::stamp::{Stamp, StampLanguage};
use crate::text;

/// From one baseline to the next, in sizes of the line.
const LEADING: f32 = 1.22;
/// How far letters reach above their baseline, in sizes of the line.
const ASCENT: f32 = 0.74;
/// The largest and the smallest scale of the text, and the step between those that are tried.
const LARGEST: f32 = 1.3;
const SMALLEST: f32 = 0.5;
const STEP: f32 = 0.05;
/// Down to this scale the text is shrunk rather than a word broken or a name set in three lines.
const COMFORTABLE: f32 = 0.7;

/// One text of the stamp before it is fitted.
struct Paragraph {
    text: String,
    font: Font,
    size: f32,
    /// 0 is black, 1 is white.
    gray: f32,
    /// Space before it, in points at scale 1.
    before: f32,
}

struct Line<'p> {
    text: String,
    paragraph: &'p Paragraph,
    before: f32,
}

/// Where things are in the stamp, in points from its bottom left.
struct Layout {
    /// The QR code's bottom left corner and its side.
    code: Option<([f32; 2], f32)>,
    /// The text's left, bottom, width and height.
    text: [f32; 4],
}

impl Layout {
    /// The QR code stands left of the text, or above it where the stamp is higher than wide.
    fn new(stamp: &Stamp) -> Self {
        let (width, height) = stamp.size;
        let margin = (width.min(height) * 0.1).clamp(3.0, 9.0);
        let inner = [margin + 1.0, margin * 0.7, width - 2.0 * margin - 1.0, height - 1.4 * margin];
        let [left, bottom, inner_width, inner_height] = inner;
        if stamp.qr_url.is_none() {
            Self { code: None, text: inner }
        } else if height > width {
            let side = (width - 1.2 * margin).min(height * 0.45);
            let corner = [(width - side) / 2.0, height - 0.6 * margin - side];
            let text_height = corner[1] - bottom;
            Self { code: Some((corner, side)), text: [left, bottom, inner_width, text_height] }
        } else {
            let side = (height - 1.2 * margin).min(width * 0.4);
            let corner = [margin * 0.6, (height - side) / 2.0];
            let left = margin * 1.2 + side;
            let text = [left, bottom, width - left - margin, inner_height];
            Self { code: Some((corner, side)), text }
        }
    }
}

/// The form XObject that draws the stamp (ISO 32000-1 §8.10): dictionary and content.
pub(crate) fn appearance(
    stamp: &Stamp,
    options: &SignatureOptions,
    matrix: [f32; 6],
) -> Result<(Dictionary, Vec<u8>), PdfError> {
    let (width, height) = stamp.size;
    let layout = Layout::new(stamp);
    let mut content = String::new();
    frame(&mut content, width, height);
    if let (Some(address), Some((corner, side))) = (&stamp.qr_url, layout.code) {
        content.push_str("0.1 g\n");
        qr::draw(&mut content, address, corner, side)?;
    }
    let paragraphs = paragraphs(stamp, options);
    let [text_left, text_bottom, text_width, text_height] = layout.text;
    let (lines, scale) = fit(&paragraphs, [text_width, text_height]);
    let mut top = text_bottom + f32::midpoint(text_height, extent(&lines, scale));
    for line in &lines {
        let size = line.paragraph.size * scale;
        top -= line.before * scale;
        let _ = writeln!(
            content,
            "BT {} g /{} {} Tf {} {} Td <{}> Tj ET",
            number_text(line.paragraph.gray),
            line.paragraph.font.resource(),
            number_text(size),
            number_text(text_left),
            number_text(top - size * ASCENT),
            hexadecimal(&line.text),
        );
        top -= size * LEADING;
    }

    let font = |font: Font| {
        Object::Dictionary(
            Dictionary::default()
                .with("Type", Object::name("Font"))
                .with("Subtype", Object::name("Type1"))
                .with("BaseFont", Object::name(font.base_font()))
                .with("Encoding", Object::name("WinAnsiEncoding")),
        )
    };
    let fonts = Dictionary::default()
        .with(Font::Regular.resource(), font(Font::Regular))
        .with(Font::Bold.resource(), font(Font::Bold));
    let resources = Dictionary::default().with("Font", Object::Dictionary(fonts));
    let dictionary = Dictionary::default()
        .with("Type", Object::name("XObject"))
        .with("Subtype", Object::name("Form"))
        .with("BBox", Object::Array([0.0, 0.0, width, height].map(Object::real).to_vec()))
        .with("Matrix", Object::Array(matrix.map(Object::real).to_vec()))
        .with("Resources", Object::Dictionary(resources));
    Ok((dictionary, content.into_bytes()))
}

/// A white ground with a thin grey border and rounded corners.
fn frame(content: &mut String, width: f32, height: f32) {
    let (line, radius) = (0.5, (height * 0.06).min(4.0));
    let [left, bottom] = [line / 2.0, line / 2.0];
    let [right, top] = [width - left, height - bottom];
    // The handle that makes a Bézier curve a quarter of a circle, measured from the corner.
    let handle = radius * 0.4477;
    let n = number_text;
    let _ = writeln!(content, "q 1 g 0.72 G {line} w");
    let _ = writeln!(
        content,
        "{} {} m {} {} l",
        n(left + radius),
        n(bottom),
        n(right - radius),
        n(bottom)
    );
    let mut corner = |[a, b]: [f32; 2], [c, d]: [f32; 2], [e, f]: [f32; 2]| {
        let _ = writeln!(content, "{} {} {} {} {} {} c", n(a), n(b), n(c), n(d), n(e), n(f));
    };
    corner([right - handle, bottom], [right, bottom + handle], [right, bottom + radius]);
    corner([right, bottom + radius], [right, top - radius], [right, top - radius]);
    corner([right, top - handle], [right - handle, top], [right - radius, top]);
    corner([right - radius, top], [left + radius, top], [left + radius, top]);
    corner([left + handle, top], [left, top - handle], [left, top - radius]);
    corner([left, top - radius], [left, bottom + radius], [left, bottom + radius]);
    corner([left, bottom + handle], [left + handle, bottom], [left + radius, bottom]);
    content.push_str("b Q\n");
}

fn paragraphs(stamp: &Stamp, options: &SignatureOptions) -> Vec<Paragraph> {
    let (signed_by, reason, location) = match stamp.language {
        StampLanguage::Portuguese => ("Assinado digitalmente por", "Motivo: ", "Local: "),
        StampLanguage::English => ("Digitally signed by", "Reason: ", "Location: "),
    };
    let detail = |text: String, before| Paragraph {
        text,
        font: Font::Regular,
        size: 7.0,
        gray: 0.25,
        before,
    };
    let mut paragraphs = vec![
        Paragraph {
            text: signed_by.to_owned(),
            font: Font::Regular,
            size: 6.2,
            gray: 0.42,
            before: 0.0,
        },
        Paragraph {
            text: stamp.signer.clone(),
            font: Font::Bold,
            size: 9.6,
            gray: 0.08,
            before: 0.6,
        },
    ];
    paragraphs.extend(stamp.holder.clone().map(|holder| detail(holder, 1.2)));
    paragraphs.push(detail(date(stamp.language, options), 0.4));
    let labelled = |label: &str, text: &Option<String>| {
        text.as_ref().filter(|text| !text.trim().is_empty()).map(|text| format!("{label}{text}"))
    };
    paragraphs.extend(labelled(reason, &options.reason).map(|text| detail(text, 0.4)));
    paragraphs.extend(labelled(location, &options.location).map(|text| detail(text, 0.4)));
    paragraphs
}

fn date(language: StampLanguage, options: &SignatureOptions) -> String {
    let (year, month, day, hour, minute, second) = options.signed_at.civil();
    match language {
        StampLanguage::Portuguese => {
            format!(
                "{day:02}/{month:02}/{year} {hour:02}:{minute:02}:{second:02} (UTC\u{2212}3, Bras\u{ed}lia)"
            )
        }
        StampLanguage::English => {
            format!(
                "{year}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02} (UTC\u{2212}3, Bras\u{ed}lia)"
            )
        }
    }
}

/// The largest text that fits in `room`, width and height; what does not fit at all is cut off with
/// an ellipsis.
fn fit(paragraphs: &[Paragraph], room: [f32; 2]) -> (Vec<Line<'_>>, f32) {
    let mut scale = LARGEST;
    loop {
        let mut comfortable = true;
        let mut lines = Vec::new();
        for paragraph in paragraphs {
            let (texts, whole) = balanced(paragraph, scale, room[0]);
            comfortable &= whole && (paragraph.font != Font::Bold || texts.len() <= 2);
            lines.extend(texts.into_iter().enumerate().map(|(index, text)| Line {
                text,
                paragraph,
                before: if index == 0 { paragraph.before } else { 0.0 },
            }));
        }
        let fits = extent(&lines, scale) <= room[1];
        if fits && (comfortable || scale < COMFORTABLE) {
            return (lines, scale);
        }
        if scale - STEP < SMALLEST {
            shorten(&mut lines, scale, room);
            return (lines, scale);
        }
        scale -= STEP;
    }
}

/// Drops the last lines until the rest fits, and ends it with an ellipsis.
fn shorten(lines: &mut Vec<Line<'_>>, scale: f32, room: [f32; 2]) {
    let mut shortened = false;
    while lines.len() > 1 && extent(lines, scale) > room[1] {
        lines.pop();
        shortened = true;
    }
    if let Some(last) = lines.last_mut().filter(|_| shortened) {
        let size = last.paragraph.size * scale;
        last.text.push('\u{2026}');
        while last.text.chars().count() > 1 && last.paragraph.font.width(&last.text, size) > room[0]
        {
            last.text.pop();
            last.text.pop();
            last.text.push('\u{2026}');
        }
    }
}

/// The height of the lines, from the top of the first to the bottom of the last.
fn extent(lines: &[Line<'_>], scale: f32) -> f32 {
    lines.iter().map(|line| (line.before + line.paragraph.size * LEADING) * scale).sum()
}

/// The paragraph in as few lines as [`wrap`] makes of it; a name's are about equally long.
fn balanced(paragraph: &Paragraph, scale: f32, room: f32) -> (Vec<String>, bool) {
    let mut best = wrap(paragraph, scale, room);
    if paragraph.font != Font::Bold {
        return best;
    }
    for narrower in 1..10u8 {
        let tried = wrap(paragraph, scale, room * (1.0 - 0.05 * f32::from(narrower)));
        if tried.0.len() > best.0.len() || !tried.1 {
            break;
        }
        best = tried;
    }
    best
}

/// The paragraph in lines that are not wider than `room`, and whether every word stayed whole.
fn wrap(paragraph: &Paragraph, scale: f32, room: f32) -> (Vec<String>, bool) {
    let fits = |text: &str| paragraph.font.width(text, paragraph.size * scale) <= room;
    let (mut lines, mut line, mut whole) = (Vec::new(), String::new(), true);
    for word in paragraph.text.split_whitespace() {
        let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
        if fits(&longer) {
            line = longer;
            continue;
        }
        if !line.is_empty() {
            lines.push(core::mem::take(&mut line));
        }
        for character in word.chars() {
            line.push(character);
            if !fits(&line) && line.chars().count() > 1 {
                line.pop();
                lines.push(core::mem::take(&mut line));
                line.push(character);
                whole = false;
            }
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    (lines, whole)
}

fn hexadecimal(text: &str) -> String {
    let codes: Vec<u8> = text.chars().map(text::to_win_ansi).collect();
    let mut digits = Vec::with_capacity(codes.len() * 2);
    serialize::write_hexadecimal(&mut digits, &codes);
    digits.into_iter().map(char::from).collect()
}
