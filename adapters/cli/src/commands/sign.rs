//! `rubrica sign`: documents in, signed documents out.

mod delivery;
mod orders;
mod tasks;

use rubrica::core::psc::Format;
use rubrica::{Client, Form, Holder, Job, Session, StampLook};

pub(crate) use self::delivery::{Delivery, Place, Showing};
pub(crate) use self::orders::Orders;
pub(crate) use self::tasks::{is_pdf, tasks};
use crate::arguments::{Look, Sign};
use crate::configuration::{Configuration, Wishes};
use crate::failure::{Exit, Failure};
use crate::present::presenter;
use crate::present::text::Text;
use crate::secret;

pub(crate) fn run(arguments: &Sign, configuration: &Configuration) -> Result<Exit, Failure> {
    let presenter = &*presenter(arguments.json, configuration.language);
    let text = Text::of(configuration.language);
    let holder = super::holder(&arguments.asking.holder)?;
    let wishes = Wishes {
        trust: arguments.trust.trust.as_deref(),
        policy_files: &arguments.policies.policy_file,
        timeout: arguments.asking.patience.timeout,
        via: Some(arguments.via),
        tsa: arguments.tsa.as_deref(),
    };
    let client = super::client(configuration, &wishes, presenter)?;
    let offers_raw = client.settings().provider.view().formats.contains(&Format::Raw);
    let tasks = tasks(&arguments.files, &arguments.destination, |_, head| {
        let form = match (arguments.format, is_pdf(head), offers_raw) {
            (Some(format), ..) => format.into(),
            (None, true, true) => Form::PadesAdRb,
            (None, false, true) => Form::CadesAdRb,
            (None, true, false) => Form::Pdf,
            (None, false, false) => Form::Cms,
        };
        (form, form.into())
    })?;
    let (force, at_once) = (arguments.destination.force, arguments.token.is_for_all(arguments.otp));
    let orders = Orders { client: &client, tasks: &tasks, force, at_once, presenter, text };
    let begin = || session(arguments, &client, holder, text);
    orders.sign(begin, |session, form, documents, delivery| {
        let job = Job {
            form,
            look: look(&arguments.look, holder.to_string(), text),
            signature_page: arguments.look.signature_page,
            policy: arguments.policy.clone(),
        };
        session.sign_each(documents, &job, &mut Showing(presenter), &mut |index, _, outcome| {
            delivery.take(index, outcome)
        })
    })
}

/// The holder's session, with the holder's one-time code where it is to be taken.
fn session<'c>(
    arguments: &Sign,
    client: &'c Client,
    holder: Holder,
    text: Text,
) -> Result<Session<'c>, Failure> {
    let mut session = client.session(holder).via(arguments.via.into());
    if let Some(scope) = arguments.token.scope {
        session = session.scope(scope);
    }
    if let Some(seconds) = arguments.asking.lifetime {
        session = session.lifetime(seconds);
    }
    if let Some(alias) = &arguments.token.alias {
        session = session.certificate_alias(alias);
    }
    if arguments.otp {
        let code = secret::ask(&text.ask_otp(holder))?;
        session
            .authorize_by_password(&[code.as_str()], None)
            .map_err(|error| Failure::of(error, client, text.language()))?;
    }
    Ok(session)
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
