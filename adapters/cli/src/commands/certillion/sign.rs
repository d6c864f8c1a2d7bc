//! `rubrica certillion sign`: documents are sent, and come back signed.

use std::path::Path;

use rubrica::Holder;
use rubrica::certillion::{self, Job, Session, Standard, Visible};
use rubrica::core::certillion::VisibleSignature;

use super::Asked;

use crate::arguments::certillion::{Look, Sign};
use crate::commands::sign::{Orders, Showing, is_pdf, tasks};
use crate::configuration::Configuration;
use crate::configuration::certillion::Wishes;
use crate::failure::{Exit, Failure};
use crate::output::{Naming, read_bounded};
use crate::present::presenter;
use crate::present::text::Text;
use crate::secret;

/// Bytes of a picture that are read: as many as stand in base64 in the longest that can be sent.
const PICTURE: u64 = VisibleSignature::IMAGE as u64 / 4 * 3;

pub(super) fn run(arguments: &Sign, configuration: &Configuration) -> Result<Exit, Failure> {
    let presenter = &*presenter(arguments.json, configuration.language);
    let text = Text::of(configuration.language);
    let holder = super::super::holder(&arguments.asking.holder)?;
    let wishes = Wishes {
        trust: arguments.trust.trust.as_deref(),
        timeout: arguments.asking.patience.timeout,
        redirect: !arguments.otp,
    };
    let psc = configuration.psc(arguments.psc.as_deref());
    let asked = super::client(configuration, &wishes, &doubtful(arguments, psc), presenter)?;
    let tasks = tasks(&arguments.files, &arguments.destination, |file, head| {
        let standard = arguments.standard.map_or_else(|| customary(file, head), Into::into);
        (standard, naming(standard, arguments.detached))
    })?;
    let look = look(&arguments.look)?;
    let is_any = |is_its: fn(Standard) -> bool| tasks.iter().any(|task| is_its(task.kind));
    if look != certillion::Look::default() && !is_any(Standard::is_pdf) {
        return Err(Failure::NoPdf);
    }
    if arguments.detached && !is_any(|standard| !standard.is_pdf()) {
        return Err(Failure::DetachedPdf);
    }

    let (force, at_once) = (arguments.destination.force, arguments.token.is_for_all(arguments.otp));
    let orders = Orders { client: &asked, tasks: &tasks, force, at_once, presenter, text };
    let begin = || session(arguments, psc, &asked, holder, text);
    orders.sign(begin, |session, standard, documents, delivery| {
        let mut job = Job::new(standard);
        job.policy = arguments.policy.or(job.policy);
        if standard.is_pdf() {
            job.look = look.clone();
        } else {
            job.detached = arguments.detached;
        }
        session.sign_each(documents, &job, &mut Showing(presenter), &mut |index, _, outcome| {
            delivery.take(index, outcome)
        })
    })
}

/// What is not settled about the service and is a part of what is asked.
fn doubtful(arguments: &Sign, psc: Option<&str>) -> Vec<&'static str> {
    let mut doubtful = vec!["policy_spelling", "token_client_pair", "limits"];
    if arguments.look.visible.is_some() || arguments.look.location.is_some() {
        doubtful.push("spellings");
    }
    doubtful.extend(super::client::address_doubt(psc));
    doubtful
}

/// The holder's session, with the holder's one-time code where it is to be taken.
fn session<'c>(
    arguments: &Sign,
    psc: Option<&str>,
    asked: &'c Asked,
    holder: Holder,
    text: Text,
) -> Result<Session<'c>, Failure> {
    let mut session = asked.client.session(holder);
    if let Some(name) = psc {
        session = session.psc(name);
    }
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
            .authorize_by_code(&code)
            .map_err(|error| Failure::of(error, asked, text.language()))?;
    }
    Ok(session)
}

/// What becomes of a document of which nothing is said.
fn customary(file: &Path, head: &[u8]) -> Standard {
    if is_pdf(head) {
        Standard::Pades
    } else if is_xml(file, head) {
        Standard::Xades
    } else {
        Standard::Cades
    }
}

/// Whether a document is XML: it says so at its start, or it is called so and begins like a tag.
fn is_xml(file: &Path, head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let extension = file.extension().unwrap_or_default();
    head.starts_with(b"<?xml") || (extension.eq_ignore_ascii_case("xml") && head.starts_with(b"<"))
}

/// How a result is named: a CMS with its document in it is a `.p7m`, one without a `.p7s`.
const fn naming(standard: Standard, is_detached: bool) -> Naming {
    match standard {
        Standard::Pades | Standard::PadesIcpBr => Naming::Instead("-signed.pdf"),
        Standard::Xades => Naming::Instead("-signed.xml"),
        Standard::Cades if is_detached => Naming::After(".p7s"),
        Standard::Cades => Naming::After(".p7m"),
    }
}

fn look(look: &Look) -> Result<certillion::Look, Failure> {
    let read = |path: &std::path::PathBuf| {
        read_bounded(path, PICTURE).map_err(|error| Failure::File { path: path.clone(), error })
    };
    let image = look.visible_image.as_ref().map(read).transpose()?;
    let visible = look.visible.as_ref().map(|text| Visible {
        text: text.clone(),
        field: look.visible_field.clone(),
        page: look.visible_page,
        position: look.visible_position.clone(),
        x: look.visible_x,
        y: look.visible_y,
        width: look.visible_width,
        height: look.visible_height,
        image,
        image_position: look.visible_image_position.clone(),
        font: look.visible_font.clone(),
        font_size: look.visible_font_size,
        ..Visible::default()
    });
    Ok(certillion::Look {
        reason: look.reason.clone(),
        location: look.location.clone(),
        contact_info: look.contact.clone(),
        visible,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_signed_as_what_it_is() {
        for (name, head, standard) in [
            ("a.pdf", &b"%PDF-1.7"[..], Standard::Pades),
            ("a.xml", b"%PDF-1.7", Standard::Pades),
            ("a", b"<?xml version='1.0'?>", Standard::Xades),
            ("a", b"\xef\xbb\xbf<?xml", Standard::Xades),
            ("NOTA.XML", b"\r\n <nota/>", Standard::Xades),
            ("a.html", b"<html>", Standard::Cades),
            ("a.xml", b"nota", Standard::Cades),
            ("a.xml", b"", Standard::Cades),
        ] {
            assert_eq!(customary(Path::new(name), head), standard, "{name}");
        }
    }

    #[test]
    fn a_result_is_named_after_what_it_is() {
        use crate::output::default_path;
        for (standard, is_detached, expected) in [
            (Standard::PadesIcpBr, false, "a/nota-signed.pdf"),
            (Standard::Cades, false, "a/nota.xml.p7m"),
            (Standard::Cades, true, "a/nota.xml.p7s"),
            (Standard::Xades, false, "a/nota-signed.xml"),
        ] {
            let path = default_path(Path::new("a/nota.xml"), naming(standard, is_detached), None);
            assert_eq!(path, Path::new(expected));
        }
    }
}
