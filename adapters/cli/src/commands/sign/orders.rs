//! Orders one after another, each of the documents of one kind.

use rubrica::{Document, Error};

use super::delivery::{Delivery, Place};
use super::tasks::{Task, by_kind, of_tasks, refuse_interrupted};
use crate::commands::service::Service;
use crate::failure::{Exit, Failure};
use crate::present::Presenter;
use crate::present::text::Text;

/// Everything that one command signs.
pub(crate) struct Orders<'o, S, K> {
    pub(crate) client: &'o S,
    pub(crate) tasks: &'o [Task<K>],
    /// Whether files that exist are replaced.
    pub(crate) force: bool,
    /// Whether one approval is for all orders.
    pub(crate) at_once: bool,
    pub(crate) presenter: &'o dyn Presenter,
    pub(crate) text: Text,
}

impl<S: Service, K: Copy + PartialEq> Orders<'_, S, K> {
    /// Signs the documents of every kind. `begin` gives a session, whose error keeps the rest from
    /// beginning; `sign` signs the documents of one kind in it and hands over what becomes of them,
    /// and an error of its stops it.
    pub(crate) fn sign<T>(
        &self,
        begin: impl Fn() -> Result<T, Failure>,
        sign: impl Fn(&mut T, K, &[Document], &mut Delivery<'_, S>) -> Result<(), Error>,
    ) -> Result<Exit, Failure> {
        let Self { client, tasks, presenter, text, .. } = *self;
        if !client.has_state() {
            presenter.remark(&text.no_state());
        }
        refuse_interrupted(client, tasks)?;

        let groups = by_kind(tasks);
        if groups.len() > 1 && !self.at_once {
            presenter.remark(&text.several_approvals(groups.len()));
        }
        let mut exit = Exit::Done;
        let mut stopped = false;
        let mut kept = None;
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
            let places =
                group.iter().map(|task| Place { file: &task.file, out: &task.out }).collect();
            let mut delivery =
                Delivery::new(presenter, client, text.language(), places, self.force);
            let mut session = match kept.take() {
                Some(session) => session,
                None => begin()?,
            };
            let ended = sign(&mut session, kind, &documents, &mut delivery);
            kept = self.at_once.then_some(session);
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
}
