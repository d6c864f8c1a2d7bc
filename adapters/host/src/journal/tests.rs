//! The journal against changed, foreign and older files, crashes and other processes.

use core::sync::atomic::{AtomicU32, Ordering};
use std::fs;
use std::path::PathBuf;

use super::*;

/// A directory of its own for each test, gone with it.
struct Place(PathBuf);

impl Place {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "rubrica-journal-{}-{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        Self(std::env::temp_dir().join(name))
    }

    fn journal(&self) -> Journal {
        Journal::open(&self.0).unwrap()
    }

    fn file(&self, id: SessionId) -> PathBuf {
        self.0.join(format!("{id}.session"))
    }

    /// The names of all files.
    fn names(&self) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(&self.0)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn written(journal: &Journal, contents: &[&[u8]]) -> SessionId {
    let mut session = journal.create().unwrap();
    for content in contents {
        session.write(content).unwrap();
    }
    session.id()
}

fn refusal(journal: &Journal, id: SessionId) -> JournalError {
    journal.resume(&id).map(|_| ()).unwrap_err()
}

#[test]
fn a_session_is_resumed_with_its_last_content() {
    let place = Place::new();
    let id = written(&place.journal(), &[b"first", b"second"]);
    let journal = place.journal();
    assert_eq!(journal.list().unwrap(), [id]);
    let (mut session, content) = journal.resume(&id).unwrap();
    assert_eq!(content.as_slice(), b"second");
    session.write(b"third").unwrap();
    drop(session);
    let (session, content) = journal.resume(&id).unwrap();
    assert_eq!(content.as_slice(), b"third");
    session.remove().unwrap();
    assert!(matches!(refusal(&journal, id), JournalError::NotFound));
    assert!(journal.list().unwrap().is_empty());
    assert_eq!(place.names(), ["key", "ledger", "lock"]);
}

#[test]
fn a_content_may_be_empty_and_not_too_large() {
    let place = Place::new();
    let journal = place.journal();
    let id = written(&journal, &[b""]);
    let (mut session, content) = journal.resume(&id).unwrap();
    assert!(content.is_empty());
    let large = vec![0; Journal::MOST_BYTES + 1];
    assert!(matches!(session.write(&large), Err(JournalError::TooLarge { .. })));
    drop(session);
    assert!(journal.resume(&id).is_ok());
}

#[test]
fn s37_a_file_tells_nothing_of_its_content() {
    let place = Place::new();
    let id = written(&place.journal(), &[b"canary-canary-canary"]);
    let sealed = fs::read(place.file(id)).unwrap();
    assert!(!sealed.windows(6).any(|window| window == b"canary"));
    let again = written(&place.journal(), &[b"canary-canary-canary"]);
    assert_ne!(sealed[50..], fs::read(place.file(again)).unwrap()[50..]);
}

#[test]
fn s37_every_bit_of_a_sealed_file_counts() {
    let place = Place::new();
    let journal = place.journal();
    let id = written(&journal, &[b"token", b"token and signature"]);
    let sealed = fs::read(place.file(id)).unwrap();
    for bit in 0..8 * sealed.len() {
        let mut changed = sealed.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        fs::write(place.file(id), changed).unwrap();
        assert!(
            matches!(
                (bit / 8, refusal(&journal, id)),
                (8, JournalError::Version)
                    | (10..34, JournalError::Foreign)
                    | (0..8 | 9 | 34.., JournalError::Corrupt)
            ),
            "bit {bit}"
        );
    }
    fs::write(place.file(id), sealed).unwrap();
    assert!(journal.resume(&id).is_ok());
}

#[test]
fn s37_a_file_of_another_length_is_refused() {
    let place = Place::new();
    let journal = place.journal();
    let id = written(&journal, &[b"token and signature"]);
    let sealed = fs::read(place.file(id)).unwrap();
    for length in 0..sealed.len() {
        fs::write(place.file(id), &sealed[..length]).unwrap();
        assert!(matches!(refusal(&journal, id), JournalError::Corrupt | JournalError::Foreign));
    }
    for more in [1, 16, 10_000] {
        fs::write(place.file(id), [sealed.as_slice(), &vec![0; more]].concat()).unwrap();
        assert!(matches!(refusal(&journal, id), JournalError::Corrupt));
    }
}

#[test]
fn s37_a_file_of_another_session_or_key_is_foreign() {
    let (place, other) = (Place::new(), Place::new());
    let (journal, others) = (place.journal(), other.journal());
    let first = written(&journal, &[b"first"]);
    let second = written(&journal, &[b"second"]);
    fs::copy(place.file(first), place.file(second)).unwrap();
    assert!(matches!(refusal(&journal, second), JournalError::Foreign));
    let foreign = written(&others, &[b"foreign"]);
    fs::copy(other.file(foreign), place.file(second)).unwrap();
    assert!(matches!(refusal(&journal, second), JournalError::Foreign));
    // The same session under another key: the directory was copied, and the key was not.
    fs::copy(place.file(first), other.file(first)).unwrap();
    assert!(matches!(refusal(&others, first), JournalError::Foreign));
    fs::copy(place.0.join("ledger"), other.0.join("ledger")).unwrap();
    assert!(matches!(Journal::open(&other.0), Err(JournalError::Ledger)));
}

#[test]
fn s37_the_ledger_is_not_a_session() {
    let place = Place::new();
    let journal = place.journal();
    let id = written(&journal, &[b"first"]);
    fs::copy(place.0.join("ledger"), place.file(id)).unwrap();
    assert!(matches!(refusal(&journal, id), JournalError::Corrupt));
    let id = written(&journal, &[b"second"]);
    fs::copy(place.file(id), place.0.join("ledger")).unwrap();
    assert!(matches!(refusal(&journal, id), JournalError::Ledger));
}

#[test]
fn s37_an_older_content_is_refused() {
    let place = Place::new();
    let journal = place.journal();
    let mut session = journal.create().unwrap();
    let id = session.id();
    session.write(b"before the signature").unwrap();
    let older = fs::read(place.file(id)).unwrap();
    session.write(b"after the signature").unwrap();
    drop(session);
    let newer = fs::read(place.file(id)).unwrap();
    fs::write(place.file(id), &older).unwrap();
    assert!(matches!(refusal(&journal, id), JournalError::RolledBack));
    fs::write(place.file(id), newer).unwrap();
    let (session, _) = journal.resume(&id).unwrap();
    session.remove().unwrap();
    fs::write(place.file(id), older).unwrap();
    assert!(matches!(refusal(&journal, id), JournalError::RolledBack));
    assert!(matches!(refusal(&place.journal(), id), JournalError::RolledBack));
    journal.forget(&id).unwrap();
    assert!(journal.list().unwrap().is_empty());
}

#[test]
fn s37_a_ledger_that_is_changed_or_gone_is_refused() {
    let place = Place::new();
    let journal = place.journal();
    let id = written(&journal, &[b"content"]);
    let ledger = place.0.join("ledger");
    let sealed = fs::read(&ledger).unwrap();
    for byte in (0..sealed.len()).filter(|&byte| byte != 8) {
        let mut changed = sealed.clone();
        changed[byte] ^= 1;
        fs::write(&ledger, changed).unwrap();
        assert!(matches!(refusal(&journal, id), JournalError::Ledger), "byte {byte}");
    }
    fs::remove_file(&ledger).unwrap();
    assert!(matches!(refusal(&journal, id), JournalError::Ledger));
    assert!(matches!(Journal::open(&place.0), Err(JournalError::Ledger)));
    fs::write(&ledger, sealed).unwrap();
    assert!(journal.resume(&id).is_ok());
}

/// Each step of a write, with the power going off before the next.
#[test]
fn s37_a_crash_at_any_point_leaves_the_old_content_or_the_new() {
    let place = Place::new();
    let journal = place.journal();
    let id = written(&journal, &[b"old"]);
    let ledger = fs::read(place.0.join("ledger")).unwrap();
    let old = fs::read(place.file(id)).unwrap();
    let sealed = journal.store.seal.seal(Kind::Session, &id, 2, b"new").unwrap();
    let beside = place.0.join(format!("{id}.new"));
    // Some of the new file was written beside the old one.
    for length in [0, 1, sealed.len() - 1, sealed.len()] {
        fs::write(&beside, &sealed[..length]).unwrap();
        let (_, content) = place.journal().resume(&id).unwrap();
        assert_eq!(content.as_slice(), b"old");
    }
    // What is left there is in nobody's way.
    let (mut session, _) = place.journal().resume(&id).unwrap();
    session.write(b"other").unwrap();
    drop(session);
    assert!(!beside.exists());
    // It was renamed, and the ledger is one behind.
    fs::write(place.file(id), &sealed).unwrap();
    fs::write(place.0.join("ledger"), ledger).unwrap();
    let (_, content) = place.journal().resume(&id).unwrap();
    assert_eq!(content.as_slice(), b"new");
    // From then on the older one is refused.
    fs::write(place.file(id), old).unwrap();
    assert!(matches!(refusal(&journal, id), JournalError::RolledBack));
}

#[test]
fn a_crash_while_beginning_or_removing_leaves_nothing_for_ever() {
    let place = Place::new();
    let journal = place.journal();
    // Begun, and no content yet.
    let begun = journal.create().unwrap();
    // Another process that opens the journal meanwhile leaves it alone.
    let _other = place.journal();
    let id = begun.id();
    drop(begun);
    assert!(matches!(refusal(&journal, id), JournalError::NotFound));
    // Removed, and the ledger not told yet.
    let removed = written(&journal, &[b"content"]);
    fs::remove_file(place.file(removed)).unwrap();
    let journal = place.journal();
    assert_eq!(place.names(), ["key", "ledger", "lock"]);
    let ledger = Ledger::read(&journal.store.directory, &journal.store.seal).unwrap();
    assert!(ledger.ids().is_empty());
}

#[test]
fn a_session_that_was_begun_survives_the_opening_of_its_journal() {
    let place = Place::new();
    let journal = place.journal();
    let mut session = journal.create().unwrap();
    let _other = place.journal();
    session.write(b"content").unwrap();
    let id = session.id();
    drop(session);
    assert!(place.journal().resume(&id).is_ok());
}

#[test]
fn s37_a_crash_while_the_journal_is_made_leaves_no_half_of_it() {
    let place = Place::new();
    drop(place.journal());
    // The key is the last to be written.
    fs::remove_file(place.0.join("key")).unwrap();
    let id = written(&place.journal(), &[b"content"]);
    // Without its key a session is not given up in silence.
    let key = fs::read(place.0.join("key")).unwrap();
    fs::remove_file(place.0.join("key")).unwrap();
    assert!(matches!(Journal::open(&place.0), Err(JournalError::KeyMissing)));
    for length in [0, 31, 33] {
        fs::write(place.0.join("key"), vec![7; length]).unwrap();
        private(&place.0.join("key"));
        assert!(matches!(Journal::open(&place.0), Err(JournalError::KeyCorrupt)), "{length}");
    }
    fs::write(place.0.join("key"), key).unwrap();
    assert!(place.journal().resume(&id).is_ok());
}

#[cfg(unix)]
fn private(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

#[cfg(not(unix))]
fn private(_path: &Path) {}

#[cfg(unix)]
#[test]
fn s37_the_key_and_all_files_are_their_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new();
    let _session = written(&place.journal(), &[b"content"]);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&place.0), 0o700);
    for name in place.names() {
        assert_eq!(mode(&place.0.join(&name)), 0o600, "{name}");
    }
    let key = place.0.join("key");
    for exposed in [0o640, 0o604, 0o620, 0o666] {
        fs::set_permissions(&key, fs::Permissions::from_mode(exposed)).unwrap();
        assert!(matches!(
            Journal::open(&place.0),
            Err(JournalError::KeyExposed { mode }) if mode == exposed
        ));
    }
    fs::set_permissions(&key, fs::Permissions::from_mode(0o400)).unwrap();
    assert!(Journal::open(&place.0).is_ok());
    fs::set_permissions(&place.0, fs::Permissions::from_mode(0o777)).unwrap();
    assert!(matches!(Journal::open(&place.0), Err(JournalError::DirectoryExposed { mode: 0o777 })));
    fs::set_permissions(&place.0, fs::Permissions::from_mode(0o750)).unwrap();
    fs::remove_file(&key).unwrap();
    std::os::unix::fs::symlink(place.0.join("ledger"), &key).unwrap();
    assert!(matches!(Journal::open(&place.0), Err(JournalError::KeyCorrupt)));
}

#[test]
fn a_session_is_one_processs_at_a_time() {
    let place = Place::new();
    let (journal, other) = (place.journal(), place.journal());
    let id = written(&journal, &[b"content"]);
    let held = journal.resume(&id).unwrap();
    assert!(matches!(refusal(&other, id), JournalError::Busy));
    assert!(matches!(other.forget(&id), Err(JournalError::Busy)));
    drop(held);
    assert!(other.resume(&id).is_ok());
}

#[test]
fn many_sessions_share_one_ledger() {
    let place = Place::new();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let journal = place.journal();
                for round in 0..5_u8 {
                    let id = written(&journal, &[&[round], &[round, round]]);
                    let (session, content) = journal.resume(&id).unwrap();
                    assert_eq!(content.as_slice(), [round, round]);
                    if round % 2 == 0 {
                        session.remove().unwrap();
                    }
                }
            });
        }
    });
    let journal = place.journal();
    let ids = journal.list().unwrap();
    assert_eq!(ids.len(), 8);
    for id in ids {
        journal.forget(&id).unwrap();
    }
    assert_eq!(place.names(), ["key", "ledger", "lock"]);
}

#[test]
fn a_name_that_is_no_session_is_passed_over() {
    let place = Place::new();
    let journal = place.journal();
    for name in ["note.session", "README", "00.session", &format!("{}.session", "A".repeat(32))] {
        fs::write(place.0.join(name), "x").unwrap();
    }
    assert!(journal.list().unwrap().is_empty());
}
