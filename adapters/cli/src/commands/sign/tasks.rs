//! Documents and where their results go.

use std::fs;
use std::path::{Path, PathBuf};

use rubrica::{Document, Pending, Progress};

use crate::arguments::Destination;
use crate::commands::service::Service;
use crate::failure::Failure;
use crate::output::{self, Naming, OutputError};

/// A document, what becomes of it, and where its result goes.
#[derive(Debug)]
pub(crate) struct Task<K> {
    pub(crate) file: PathBuf,
    pub(crate) out: PathBuf,
    pub(crate) kind: K,
}

/// Everything about files that can be wrong, before anybody is bothered. `choose` tells what becomes
/// of a document by its path and its first bytes.
pub(crate) fn tasks<K>(
    files: &[PathBuf],
    destination: &Destination,
    choose: impl Fn(&Path, &[u8]) -> (K, Naming),
) -> Result<Vec<Task<K>>, Failure> {
    if destination.out.is_some() && files.len() > 1 {
        return Err(Failure::OneOut);
    }
    let mut tasks: Vec<Task<K>> = Vec::new();
    for file in files {
        let unreadable = |error| Failure::File { path: file.clone(), error };
        let kind = fs::metadata(file).map_err(unreadable)?.file_type();
        // Opening a pipe waits for whoever writes, and a device may never end. Of a folder the
        // reading below says what it is.
        if !kind.is_file() && !kind.is_dir() {
            return Err(Failure::NotOrdinary { path: file.clone() });
        }
        let (kind, naming) = choose(file, &output::head(file).map_err(unreadable)?);
        let named = || output::default_path(file, naming, destination.out_dir.as_deref());
        let out = destination.out.clone().unwrap_or_else(named);
        if tasks.iter().any(|task| task.out == out) {
            return Err(OutputError::Twice { path: out }.into());
        }
        // The journal keeps both as text.
        for path in [file, &out] {
            let absolute = std::path::absolute(path).map_err(unreadable)?;
            if absolute.to_str().is_none() {
                return Err(Failure::Name { path: path.clone() });
            }
        }
        output::check(&out, destination.force)?;
        // A document is read again when its signature is there.
        if is_same_file(file, &out) {
            return Err(OutputError::Exists { path: out }.into());
        }
        tasks.push(Task { file: file.clone(), out, kind });
    }
    Ok(tasks)
}

/// Whether a document's first bytes are a PDF's.
pub(crate) fn is_pdf(head: &[u8]) -> bool {
    head.starts_with(b"%PDF-")
}

/// The documents of each kind: one order each, since an order has one kind.
pub(super) fn by_kind<K: Copy + PartialEq>(tasks: &[Task<K>]) -> Vec<(K, Vec<&Task<K>>)> {
    let mut groups: Vec<(K, Vec<&Task<K>>)> = Vec::new();
    for task in tasks {
        match groups.iter_mut().find(|(kind, _)| *kind == task.kind) {
            Some((_, group)) => group.push(task),
            None => groups.push((task.kind, vec![task])),
        }
    }
    groups
}

impl<K> Task<K> {
    /// The document, which says by itself where its result goes, should the session be interrupted.
    pub(super) fn document(&self) -> Result<Document, Failure> {
        let absolute = |path: &Path| {
            let failed = |error| Failure::File { path: path.to_owned(), error };
            std::path::absolute(path).map_err(failed)
        };
        let out = absolute(&self.out)?;
        let document =
            Document::from_file(absolute(&self.file)?).with_reference(out.to_string_lossy());
        // On the disk on which it will stay, it need not be copied.
        Ok(match out.parent() {
            Some(folder) => document.received_in(folder),
            None => document,
        })
    }
}

/// A document that an interrupted session may have signed is not signed again by accident.
pub(super) fn refuse_interrupted<S: Service, K>(
    client: &S,
    tasks: &[Task<K>],
) -> Result<(), Failure> {
    for id in client.interrupted()? {
        // A session that cannot be read is `resume`'s to tell of; one in use has its own process.
        let Ok(pending) = client.pending(&id) else { continue };
        if let Some(task) = of_tasks(&pending, tasks) {
            return Err(Failure::interrupted::<S>(task.file.clone(), &id));
        }
    }
    Ok(())
}

/// The first of the tasks whose outcome an interrupted session still owes.
pub(super) fn of_tasks<'t, K>(pending: &Pending, tasks: &'t [Task<K>]) -> Option<&'t Task<K>> {
    let owed = pending.documents.iter().filter(|each| each.progress != Progress::Delivered);
    let mut paths = owed.filter_map(|document| document.path.as_deref());
    paths.find_map(|path| tasks.iter().find(|task| is_same_file(path, &task.file)))
}

fn is_same_file(one: &Path, other: &Path) -> bool {
    matches!((fs::canonicalize(one), fs::canonicalize(other)), (Ok(one), Ok(other)) if one == other)
}
