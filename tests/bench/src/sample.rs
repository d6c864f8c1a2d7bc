//! PDFs of any length.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use crate::Failure;
use crate::arguments::Arguments;
use crate::report::Report;

/// Bytes of the filling that are written together.
const PIECE: usize = 64 * 1024;

/// `rubrica-bench sample FILE BYTES`: a PDF to send.
pub(crate) fn run(arguments: &Arguments) -> Result<Report, Failure> {
    let length = arguments.count(1)? as u64;
    write(Path::new(arguments.required(0, "FILE")?), length)?;
    Ok(Report::new().with("bytes", length))
}

/// Writes a PDF of one empty page and exactly `length` bytes: what is missing is a stream that
/// nothing refers to, of bytes that do not repeat soon.
pub(crate) fn write(path: &Path, length: u64) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(PIECE, File::create(path)?);
    let mut written = 0_u64;
    let mut offsets = Vec::new();
    let mut put = |out: &mut BufWriter<File>, text: &str| {
        written += text.len() as u64;
        out.write_all(text.as_bytes()).map(|()| written)
    };
    let mut end = put(&mut out, "%PDF-1.7\n")?;
    for (number, object) in [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
    ]
    .into_iter()
    .enumerate()
    {
        offsets.push(end);
        end = put(&mut out, &format!("{} 0 obj\n{object}\nendobj\n", number + 1))?;
    }
    offsets.push(end);
    let after = |filling: u64| {
        let start = format!("4 0 obj\n<</Length {filling:012}>>stream\n");
        let table_at = end + start.len() as u64 + filling + "\nendstream\nendobj\n".len() as u64;
        let mut rest = "\nendstream\nendobj\nxref\n0 5\n0000000000 65535 f \n".to_owned();
        for offset in &offsets {
            rest.push_str(&format!("{offset:010} 00000 n \n"));
        }
        rest.push_str(&format!(
            "trailer\n<</Size 5/Root 1 0 R>>\nstartxref\n{table_at:012}\n%%EOF\n"
        ));
        (start, rest)
    };
    let (start, rest) = after(0);
    let frame = end + (start.len() + rest.len()) as u64;
    let filling = length.checked_sub(frame).ok_or(io::ErrorKind::InvalidInput)?;
    let (start, rest) = after(filling);
    out.write_all(start.as_bytes())?;
    let mut left = filling;
    let mut noise = 0x9e37_79b9_7f4a_7c15_u64;
    while left > 0 {
        noise ^= noise << 13;
        noise ^= noise >> 7;
        noise ^= noise << 17;
        let word = noise.to_le_bytes();
        let count = left.min(8);
        out.write_all(word.get(..count as usize).unwrap_or_default())?;
        left -= count;
    }
    out.write_all(rest.as_bytes())?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_has_its_length_and_can_be_signed() {
        let path = std::env::temp_dir().join(format!("rubrica-sample-{}.pdf", std::process::id()));
        for length in [1_000, 7 * 1024, 100_001] {
            write(&path, length).unwrap();
            let bytes = std::fs::read(&path).unwrap();
            assert_eq!(bytes.len() as u64, length);
            rubrica::pdf::inspect(&bytes).unwrap();
        }
        std::fs::remove_file(&path).unwrap();
        assert!(write(&path, 100).is_err());
    }
}
