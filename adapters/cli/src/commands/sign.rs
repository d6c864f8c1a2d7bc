//! `rubrica sign`: documents in, signed documents out.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rubrica::core::error::{Error as CoreError, PeerError};
use rubrica::core::psc::Format;
use rubrica::{
    Client, Document, Error, Form, Holder, Job, Language, Notice, Outcome, Pending, Progress,
    Screen, StampLook,
};

use crate::arguments::{Look, Sign};
use crate::configuration::{Configuration, Wishes};
use crate::failure::{Exit, Failure};
use crate::output::{self, OutputError};
use crate::present::text::Text;
use crate::present::{Presenter, presenter};
use crate::secret;

pub(crate) fn run(arguments: &Sign, configuration: &Configuration) -> Result<Exit, Failure> {
    let presenter = &*presenter(arguments.json, configuration.language);
    let text = Text::of(configuration.language);
    let holder = super::holder(&arguments.asking.holder)?;
    let wishes = Wishes {
        trust: arguments.trust.trust.as_deref(),
        policy_files: &arguments.policies.policy_file,
        timeout: arguments.asking.timeout,
        via: Some(arguments.asking.via),
        tsa: arguments.tsa.as_deref(),
    };
    let client = super::client(configuration, &wishes, presenter)?;
    let offers_raw = client.settings().provider.view().formats.contains(&Format::Raw);
    let tasks = tasks(arguments, offers_raw)?;
    if client.settings().state_directory.is_none() {
        presenter.remark(&text.no_state());
    }
    refuse_interrupted(&client, &tasks)?;

    let groups = by_form(&tasks);
    if groups.len() > 1 {
        presenter.remark(&text.several_approvals(groups.len()));
    }
    let mut exit = Exit::Done;
    let mut stopped = false;
    for (form, group) in groups {
        if stopped {
            // What stopped one order would stop the next one too.
            for task in group {
                presenter.failed(Some(&task.file), &Failure::NotSent);
            }
            continue;
        }
        let order = Order { arguments, client: &client, holder, form, group: &group };
        let (so_far, error) = order.sign(presenter, text)?;
        stopped = error;
        exit = exit.and(so_far);
    }
    if stopped {
        for id in client.interrupted()? {
            if client.pending(&id).is_ok_and(|pending| of_tasks(&pending, &tasks).is_some()) {
                presenter.remark(&text.resume_with(id));
            }
        }
    }
    presenter.done();
    Ok(exit)
}

/// A document and where its result goes.
struct Task {
    file: PathBuf,
    out: PathBuf,
    form: Form,
}

/// The documents of one form.
struct Order<'o> {
    arguments: &'o Sign,
    client: &'o Client,
    holder: Holder,
    form: Form,
    group: &'o [&'o Task],
}

impl Order<'_> {
    /// Signs them, and tells besides whether the session stopped before its end.
    fn sign(&self, presenter: &dyn Presenter, text: Text) -> Result<(Exit, bool), Failure> {
        let Self { arguments, client, holder, form, group } = *self;
        let mut session = client.session(holder).via(arguments.asking.via.into());
        if let Some(scope) = arguments.scope {
            session = session.scope(scope);
        }
        if let Some(seconds) = arguments.asking.lifetime {
            session = session.lifetime(seconds);
        }
        if let Some(alias) = &arguments.alias {
            session = session.certificate_alias(alias);
        }
        let documents: Vec<Document> = group
            .iter()
            .map(|task| document(&task.file, &task.out))
            .collect::<Result<_, Failure>>()?;
        let job = Job {
            form,
            look: look(&arguments.look, holder.to_string(), text),
            signature_page: arguments.look.signature_page,
            policy: arguments.policy.clone(),
        };
        let places: Vec<Place<'_>> =
            group.iter().map(|task| Place { file: &task.file, out: &task.out }).collect();
        let mut delivery =
            Delivery::new(presenter, client, text.language(), places, arguments.force);
        let mut screen = Showing(presenter);
        if arguments.otp {
            let code = secret::ask(&text.ask_otp(holder))?;
            session
                .authorize_by_password(&[code.as_str()], None)
                .map_err(|error| Failure::of(error, client, text.language()))?;
        }
        let ended = session.sign_each(&documents, &job, &mut screen, &mut |index, _, outcome| {
            delivery.take(index, outcome)
        });
        let stopped = ended.is_err();
        Ok((delivery.end(ended.err()), stopped))
    }
}

/// Everything about files that can be wrong, before anybody is bothered.
fn tasks(arguments: &Sign, offers_raw: bool) -> Result<Vec<Task>, Failure> {
    if arguments.out.is_some() && arguments.files.len() > 1 {
        return Err(Failure::OneOut);
    }
    let mut tasks: Vec<Task> = Vec::new();
    for file in &arguments.files {
        let unreadable = |error| Failure::File { path: file.clone(), error };
        let kind = fs::metadata(file).map_err(unreadable)?.file_type();
        // Opening a pipe waits for whoever writes, and a device may never end. Of a folder the
        // reading below says what it is.
        if !kind.is_file() && !kind.is_dir() {
            return Err(Failure::NotOrdinary { path: file.clone() });
        }
        let is_pdf = is_pdf(file).map_err(unreadable)?;
        let form = match arguments.format {
            Some(format) => format.into(),
            None => match (is_pdf, offers_raw) {
                (true, true) => Form::PadesAdRb,
                (false, true) => Form::CadesAdRb,
                (true, false) => Form::Pdf,
                (false, false) => Form::Cms,
            },
        };
        let out = arguments
            .out
            .clone()
            .unwrap_or_else(|| output::default_path(file, form, arguments.out_dir.as_deref()));
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
        output::check(&out, arguments.force)?;
        // A document is read again when its signature is there.
        if is_same_file(file, &out) {
            return Err(OutputError::Exists { path: out }.into());
        }
        tasks.push(Task { file: file.clone(), out, form });
    }
    Ok(tasks)
}

fn is_pdf(file: &Path) -> io::Result<bool> {
    use std::io::Read;
    let mut head = Vec::new();
    fs::File::open(file)?.take(5).read_to_end(&mut head)?;
    Ok(head == b"%PDF-")
}

fn is_same_file(one: &Path, other: &Path) -> bool {
    matches!((fs::canonicalize(one), fs::canonicalize(other)), (Ok(one), Ok(other)) if one == other)
}

/// The documents of each form: one order each, since an order has one form.
fn by_form(tasks: &[Task]) -> Vec<(Form, Vec<&Task>)> {
    let mut groups: Vec<(Form, Vec<&Task>)> = Vec::new();
    for task in tasks {
        match groups.iter_mut().find(|(form, _)| *form == task.form) {
            Some((_, group)) => group.push(task),
            None => groups.push((task.form, vec![task])),
        }
    }
    groups
}

/// A document that says by itself where its result goes, should the session be interrupted.
fn document(file: &Path, out: &Path) -> Result<Document, Failure> {
    let absolute = |path: &Path| {
        std::path::absolute(path).map_err(|error| Failure::File { path: path.to_owned(), error })
    };
    let out = absolute(out)?;
    let document = Document::from_file(absolute(file)?).with_reference(out.to_string_lossy());
    // On the disk on which it will stay, it need not be copied.
    Ok(match out.parent() {
        Some(folder) => document.received_in(folder),
        None => document,
    })
}

fn look(look: &Look, holder: String, text: Text) -> rubrica::Look {
    let stamp = look.name.as_ref().filter(|_| look.stamp).map(|name| {
        let mut stamp = StampLook::new(name, text.language());
        stamp.holder = Some(holder);
        stamp.qr_url.clone_from(&look.stamp_url);
        stamp
    });
    rubrica::Look {
        reserve: look.reserve,
        filter: look.filter.map(Into::into),
        reason: look.reason.clone(),
        location: look.location.clone(),
        name: look.name.clone(),
        stamp,
    }
}

/// A document that an interrupted session may have signed is not signed again by accident.
fn refuse_interrupted(client: &Client, tasks: &[Task]) -> Result<(), Failure> {
    for id in client.interrupted()? {
        // A session that cannot be read is `resume`'s to tell of; one in use has its own process.
        let Ok(pending) = client.pending(&id) else { continue };
        if let Some(task) = of_tasks(&pending, tasks) {
            return Err(Failure::interrupted(task.file.clone(), &id));
        }
    }
    Ok(())
}

/// The first of the tasks whose outcome an interrupted session still owes.
fn of_tasks<'t>(pending: &Pending, tasks: &'t [Task]) -> Option<&'t Task> {
    let owed = pending.documents.iter().filter(|each| each.progress != Progress::Delivered);
    let mut paths = owed.filter_map(|document| document.path.as_deref());
    paths.find_map(|path| tasks.iter().find(|task| is_same_file(path, &task.file)))
}

/// The presenter as the library's screen.
pub(super) struct Showing<'p>(pub(super) &'p dyn Presenter);

impl Screen for Showing<'_> {
    fn show(&mut self, notice: Notice<'_>) {
        self.0.notice(notice);
    }
}

/// What a document is called, and where its result goes.
pub(super) struct Place<'t> {
    pub(super) file: &'t Path,
    pub(super) out: &'t Path,
}

/// Writes what is signed and tells what is not.
pub(super) struct Delivery<'p> {
    presenter: &'p dyn Presenter,
    client: &'p Client,
    language: Language,
    places: Vec<Place<'p>>,
    told: Vec<bool>,
    force: bool,
    exit: Exit,
    unwritten: Option<OutputError>,
}

impl<'p> Delivery<'p> {
    pub(super) fn new(
        presenter: &'p dyn Presenter,
        client: &'p Client,
        language: Language,
        places: Vec<Place<'p>>,
        force: bool,
    ) -> Self {
        let told = vec![false; places.len()];
        let (exit, unwritten) = (Exit::Done, None);
        Self { presenter, client, language, places, told, force, exit, unwritten }
    }

    /// Leaves out a document whose outcome was told before.
    pub(super) fn skip(&mut self, index: usize) {
        if let Some(told) = self.told.get_mut(index) {
            *told = true;
        }
    }

    /// Takes an outcome. One that cannot be written stops the session, which keeps it.
    pub(super) fn take(&mut self, index: usize, outcome: Outcome) -> io::Result<()> {
        let Some(place) = self.places.get(index) else { return Ok(()) };
        match outcome {
            Ok(signed) => {
                if let Err(error) = output::write(place.out, &signed.content, self.force) {
                    self.unwritten = Some(error);
                    return Err(io::Error::other("the result could not be written"));
                }
                self.presenter.signed(place.file, place.out, &signed.verified);
            }
            Err(error) => {
                let failure = Failure::of(error, self.client, self.language);
                self.presenter.failed(Some(place.file), &failure);
                self.exit = self.exit.and(failure.exit());
            }
        }
        self.skip(index);
        Ok(())
    }

    /// Tells of the documents that have no outcome because the session stopped, and gives what the
    /// shell is told of all.
    pub(super) fn end(&mut self, stopped: Option<Error>) -> Exit {
        let Some(error) = stopped else { return self.exit };
        // Documents in doubt have been told of; those after them never left.
        let is_doubt = matches!(error, Error::Core(CoreError::Peer(PeerError::InDoubt)));
        let cause = match self.unwritten.take() {
            Some(unwritten) => unwritten.into(),
            None => Failure::of(error, self.client, self.language),
        };
        let exit = self.exit.and(cause.exit());
        let failure = if is_doubt { Failure::NotSent } else { cause };
        for (place, told) in self.places.iter().zip(&self.told) {
            if !told {
                self.presenter.failed(Some(place.file), &failure);
            }
        }
        exit
    }
}
