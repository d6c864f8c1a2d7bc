//! Documents of any size go to Certillion and come back through the same memory of the client's.
//!
//! What the client's thread has at once is measured; the service's threads are others. Files are
//! sparse where they can be, and what arrives is compared by its hash.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use allocation_counter::AllocationInfo;
use rubrica::certillion::{Job, Standard, Verification};
use rubrica::{Content, Document};
use rubrica_sandbox::{CPF_HOLDER, Sandbox};
use rubrica_tests::certillion::{client, detached, sandbox};
use rubrica_tests::host::{Folder, Holderside, holder, judge_counters, pdf};

const MEGABYTE: u64 = 1024 * 1024;

/// Bytes that the client may have more for a large document than for a small one.
const MORE: u64 = 64 * 1024;

/// A document without content of its own: zeros, which are nowhere on the disk.
fn sparse(folder: &Folder, length: u64) -> PathBuf {
    let path = folder.path(&format!("{length}.bin"));
    File::create(&path).unwrap().set_len(length).unwrap();
    path
}

/// A PDF with an attachment of so many bytes, of which most are nowhere on the disk.
fn large_pdf(folder: &Folder, length: u64) -> PathBuf {
    let path = folder.path(&format!("{length}.pdf"));
    let small = pdf("An attachment");
    let table = small.windows(5).position(|window| window == b"xref\n").unwrap();
    let mut file = File::create(&path).unwrap();
    file.write_all(&small[..table]).unwrap();
    // One object more, which nothing refers to.
    writeln!(file, "6 0 obj\n<</Length {length}>>\nstream").unwrap();
    file.seek(SeekFrom::Current(i64::try_from(length).unwrap())).unwrap();
    file.write_all(b"\nendstream\nendobj\n").unwrap();
    let start = file.stream_position().unwrap();
    let lines: Vec<&[u8]> = small[table..].split_inclusive(|byte| *byte == b'\n').collect();
    file.write_all(b"xref\n0 7\n").unwrap();
    file.write_all(&lines[2..8].concat()).unwrap();
    writeln!(file, "{table:010} 00000 n ").unwrap();
    writeln!(file, "trailer\n<</Size 7/Root 1 0 R>>\nstartxref\n{start}\n%%EOF").unwrap();
    path
}

/// The SHA-256 of a file, in hexadecimal.
fn hash(path: &Path) -> String {
    let (mut file, mut piece) = (File::open(path).unwrap(), vec![0; 1 << 20]);
    let mut context = ring::digest::Context::new(&ring::digest::SHA256);
    loop {
        match file.read(&mut piece).unwrap() {
            0 => break,
            count => context.update(&piece[..count]),
        }
    }
    let digest = context.finish();
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What came of one document.
struct Came {
    memory: AllocationInfo,
    is_verified: bool,
    /// Bytes that came back.
    length: u64,
}

/// Signs one file, and measures the client.
fn sign(sandbox: &Sandbox, path: &Path, job: &Job) -> Came {
    let client = client(sandbox);
    let documents = [Document::from_file(path)];
    let mut screen = Holderside::with_browser(sandbox);
    let mut session = client.session(holder(CPF_HOLDER));
    let (mut is_verified, mut length) = (false, 0);
    let memory = allocation_counter::measure(|| {
        let ended = session.sign_each(&documents, job, &mut screen, &mut |_, _, outcome| {
            let signed = outcome.expect("signed");
            is_verified = matches!(signed.verification, Verification::Verified(_));
            length = match &signed.content {
                Content::Bytes(bytes) => bytes.len() as u64,
                Content::File(path) => fs::metadata(path)?.len(),
            };
            Ok(())
        });
        ended.expect("it runs");
    });
    let upload = sandbox.counters().uploads().pop().expect("it was uploaded");
    assert_eq!(upload.bytes, fs::metadata(path).unwrap().len());
    assert_eq!(upload.hash, hash(path), "what arrived is what was sent");
    judge_counters(sandbox);
    Came { memory, is_verified, length }
}

#[test]
fn a_document_is_uploaded_through_the_same_memory_whatever_its_size() {
    let (sandbox, folder) = (sandbox(), Folder::new());
    let mut peaks = Vec::new();
    for length in [1, 7 * MEGABYTE, 200 * MEGABYTE] {
        let came = sign(&sandbox, &sparse(&folder, length), &detached());
        assert!(came.is_verified, "{length}");
        peaks.push(came.memory.bytes_max);
    }
    println!("{peaks:?}");
    assert!(peaks.iter().all(|peak| *peak <= peaks[0] + MORE), "{peaks:?}");
}

#[test]
fn a_signed_pdf_comes_back_and_is_verified_in_the_same_memory_whatever_its_size() {
    let (sandbox, folder) = (sandbox(), Folder::new());
    let job = Job::new(Standard::PadesIcpBr);
    let mut peaks = Vec::new();
    for length in [1, 7 * MEGABYTE, 48 * MEGABYTE] {
        let came = sign(&sandbox, &large_pdf(&folder, length), &job);
        assert!(came.is_verified && came.length > length, "{length}");
        peaks.push(came.memory.bytes_max);
    }
    println!("{peaks:?}");
    assert!(peaks.iter().all(|peak| *peak <= peaks[0] + MORE), "{peaks:?}");
}

#[test]
fn what_is_too_large_to_be_verified_here_comes_back_whole_and_is_called_so() {
    let (sandbox, folder) = (sandbox(), Folder::new());
    let job = Job::new(Standard::Cades);
    let length = 80 * MEGABYTE;
    let small = sign(&sandbox, &sparse(&folder, 1), &job);
    assert!(small.is_verified);
    let large = sign(&sandbox, &sparse(&folder, length), &job);
    assert!(!large.is_verified && large.length > length);
    let peaks = [small.memory.bytes_max, large.memory.bytes_max];
    println!("{peaks:?}");
    assert!(peaks[1] <= peaks[0] + MORE, "{peaks:?}");
}
