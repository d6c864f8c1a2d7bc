//! Orders one after another, each of the documents of one kind.

use rubrica::{Document, Error};

use super::delivery::{Delivery, Place};
use super::tasks::{Task, by_kind, of_tasks, refuse_interrupted};
use crate::commands::service::Service;
use crate::failure::{Exit, Failure};
use crate::present::Presenter;
use crate::present::text::Text;

/// Signs the documents of every kind: `sign` is given each kind with its documents, and hands over
/// what becomes of them. An error of its own keeps the rest from beginning, one of its session's
/// stops it.
pub(crate) fn run<S: Service, K: Copy + PartialEq>(
    client: &S,
    tasks: &[Task<K>],
    force: bool,
    presenter: &dyn Presenter,
    text: Text,
    mut sign: impl FnMut(K, &[Document], &mut Delivery<'_, S>) -> Result<Result<(), Error>, Failure>,
) -> Result<Exit, Failure> {
    if !client.has_state() {
        presenter.remark(&text.no_state());
    }
    refuse_interrupted(client, tasks)?;

    let groups = by_kind(tasks);
    if groups.len() > 1 {
        presenter.remark(&text.several_approvals(groups.len()));
    }
    let mut exit = Exit::Done;
    let mut stopped = false;
    for (kind, group) in groups {
        if stopped {
            // What stopped one order would stop the next one too.
            for task in group {
                presenter.failed(Some(&task.file), &Failure::NotSent { resume: S::RESUME });
            }
            continue;
        }
        let documents =
            group.iter().map(|task| task.document()).collect::<Result<Vec<_>, Failure>>()?;
        let places = group.iter().map(|task| Place { file: &task.file, out: &task.out }).collect();
        let mut delivery = Delivery::new(presenter, client, text.language(), places, force);
        let ended = sign(kind, &documents, &mut delivery)?;
        stopped = ended.is_err();
        exit = exit.and(delivery.end(ended.err()));
    }
    if stopped {
        for id in client.interrupted()? {
            if client.pending(&id).is_ok_and(|pending| of_tasks(&pending, tasks).is_some()) {
                presenter.remark(&text.resume_with(S::RESUME, id));
            }
        }
    }
    presenter.done();
    Ok(exit)
}
