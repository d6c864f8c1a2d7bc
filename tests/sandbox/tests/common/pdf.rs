//! A PDF to sign, and the parts of one that is signed.

#![allow(dead_code, reason = "each test file uses its part")]

/// A document of one page with a cross-reference table.
pub fn sample() -> Vec<u8> {
    let content = "BT /F1 24 Tf 72 700 Td (Contrato) Tj ET";
    let objects = [
        "<</Type /Catalog /Pages 2 0 R>>".to_owned(),
        "<</Type /Pages /Kids [3 0 R] /Count 1>>".to_owned(),
        "<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources <</Font \
         <</F1 5 0 R>>>>>>"
            .to_owned(),
        format!("<</Length {}>>\nstream\n{content}\nendstream", content.len()),
        "<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>".to_owned(),
    ];
    let mut pdf = "%PDF-1.7\n%\u{e2}\u{e3}\n".as_bytes().to_vec();
    let mut table = String::from("xref\n0 6\n0000000000 65535 f\r\n");
    for (index, object) in objects.iter().enumerate() {
        table.push_str(&format!("{:010} 00000 n\r\n", pdf.len()));
        pdf.extend(format!("{} 0 obj\n{object}\nendobj\n", index + 1).bytes());
    }
    let start = pdf.len();
    let trailer = format!("trailer\n<</Size 6 /Root 1 0 R>>\nstartxref\n{start}\n%%EOF");
    pdf.extend(table.bytes().chain(trailer.bytes()));
    pdf
}

/// The two parts that the last ByteRange covers, joined, and the CMS between them.
pub fn covered(document: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let text = String::from_utf8_lossy(document);
    let last = text.rfind("/ByteRange [").unwrap();
    // Lossy decoding moves places; the numbers themselves are exact.
    let numbers = &text[last + 12..last + 12 + text[last + 12..].find(']').unwrap()];
    let numbers: Vec<usize> =
        numbers.split_whitespace().map(|number| number.parse().unwrap()).collect();
    assert_eq!(numbers.len(), 4);
    let (start, length, end, rest) = (numbers[0], numbers[1], numbers[2], numbers[3]);
    assert_eq!((start, end + rest), (0, document.len()), "all but Contents is covered");
    let hexadecimal = &document[length + 1..end - 1];
    assert_eq!((document[length], document[end - 1]), (b'<', b'>'));
    let bytes: Vec<u8> = hexadecimal
        .chunks(2)
        .map(|pair| u8::from_str_radix(core::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect();
    assert_eq!(bytes[..2], [0x30, 0x82]);
    let cms = bytes[..4 + usize::from(bytes[2]) * 256 + usize::from(bytes[3])].to_vec();
    ([&document[..length], &document[end..]].concat(), cms)
}
