//! How much memory a document takes that is read from where it is.

#![allow(clippy::unwrap_used, reason = "a helper of tests fails as a test does")]

mod support;

use core::alloc::{GlobalAlloc, Layout};
use core::sync::atomic::{AtomicUsize, Ordering};
use std::alloc::System;

use rubrica_pdf::{
    Changes, Source, appended_signature, inspect, later_changes, prepare_update, signatures,
};
use support::sources::{dense_streams, dense_table, file, hollow};
use support::{options, samples, sign};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

static HELD: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

struct Counting;

fn grow(bytes: usize) {
    let held = HELD.fetch_add(bytes, Ordering::Relaxed) + bytes;
    MOST.fetch_max(held, Ordering::Relaxed);
}

#[expect(unsafe_code, reason = "an allocator cannot be written without")]
// SAFETY: every call is the system allocator's own, with the arguments that came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        grow(layout.size());
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller's promise is passed on.
        unsafe { System.dealloc(pointer, layout) }
    }
}

/// The most bytes that were held at once while `act` ran, beyond those before.
fn most<T>(act: impl FnOnce() -> T) -> usize {
    let before = HELD.load(Ordering::Relaxed);
    MOST.store(before, Ordering::Relaxed);
    let result = act();
    let most = MOST.load(Ordering::Relaxed);
    drop(result);
    most - before
}

struct Peaks {
    inspect: usize,
    signatures: usize,
    prepare: usize,
    added: usize,
    changes: usize,
}

fn peaks(
    name: &str,
    original: &dyn Source,
    length: u64,
    [signed, twice]: [&dyn Source; 2],
) -> Peaks {
    let first = signatures(signed).unwrap().remove(0);
    assert!(matches!(later_changes(twice, &first), Ok(Changes::Allowed(_))));
    let peaks = Peaks {
        inspect: most(|| inspect(original).unwrap()),
        signatures: most(|| signatures(signed).unwrap()),
        prepare: most(|| prepare_update(original, &options()).unwrap()),
        added: most(|| appended_signature(length, signed).unwrap()),
        changes: most(|| later_changes(twice, &first).unwrap()),
    };
    println!(
        "{name}: {} bytes long; most bytes held: inspect {}, signatures {}, prepare {}, added {}, \
         changes {}",
        length, peaks.inspect, peaks.signatures, peaks.prepare, peaks.added, peaks.changes
    );
    peaks
}

/// One test, for what another did at the same time would be counted too.
#[test]
fn memory_does_not_grow_with_the_document() {
    let small = samples::page().table();
    let signed = sign(&small, &options());
    let twice = sign(&signed, &options());
    let length = small.len() as u64;
    let of_small = peaks("small", &file(&small), length, [&file(&signed), &file(&twice)]);

    // Longer by 7 MB that are one stream.
    let large = hollow(7 << 20);
    let length = large.length().unwrap();
    let update = prepare_update(&large, &options()).unwrap().embed(support::ENDS_IN_ZEROS).unwrap();
    let signed = hollow(7 << 20).with_update(&update);
    let again = prepare_update(&signed, &options()).unwrap().embed(support::ENDS_IN_ZEROS).unwrap();
    let twice = hollow(7 << 20).with_update(&update).with_update(&again);
    let of_large = peaks("few large streams", &large, length, [&signed, &twice]);
    for (small, large) in [
        (of_small.inspect, of_large.inspect),
        (of_small.signatures, of_large.signatures),
        (of_small.prepare, of_large.prepare),
        (of_small.added, of_large.added),
        (of_small.changes, of_large.changes),
    ] {
        assert!(large < small + 16 * 1024, "{small} {large}");
    }

    // 50,000 objects: nothing of a table's rows is held.
    let table = dense_table(50_000);
    let signed = sign(&table, &options());
    let twice = sign(&signed, &options());
    let (length, files) = (table.len() as u64, [file(&signed), file(&twice)]);
    let of_table =
        peaks("50,000 in a table", &file(&table), length, files.each_ref().map(|it| it as _));
    assert!(of_table.added < of_small.added + 16 * 1024, "{}", of_table.added);
    assert!(of_table.changes < of_small.changes + 16 * 1024, "{}", of_table.changes);

    // Of a cross-reference stream they are: seven bytes for each object here, thrice while they are
    // inflated. The object streams are not.
    let stream = dense_streams(50_000);
    let signed = sign(&stream, &options());
    let twice = sign(&signed, &options());
    let (length, files) = (stream.len() as u64, [file(&signed), file(&twice)]);
    let of_stream =
        peaks("50,000 in streams", &file(&stream), length, files.each_ref().map(|it| it as _));
    assert!(of_stream.inspect < 22 * 50_000, "{}", of_stream.inspect);
    assert!(of_stream.changes < 44 * 50_000, "{}", of_stream.changes);
}
