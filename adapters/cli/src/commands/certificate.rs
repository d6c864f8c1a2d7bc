//! `rubrica certificate`: what stands in a certificate.

mod described;
mod names;
mod people;
mod show;

use std::path::Path;

use rubrica::verify::{self as check, Rejection};
use rubrica::{Certificate, Login, Trust};

pub(super) use self::described::Described;
pub(super) use self::show::show;
use super::certificate_file::{self, unusable};
use super::personal::PersonalData;
use super::sign::Showing;
use crate::arguments;
use crate::configuration::{Configuration, Wishes};
use crate::failure::{Exit, Failure};
use crate::output;
use crate::pem::pem;
use crate::present::terminal::Terminal;
use crate::present::text::Text;
use crate::present::{presenter, print_json};

pub(crate) fn run(
    arguments: &arguments::Certificate,
    configuration: &Configuration,
) -> Result<Exit, Failure> {
    if let Some(out) = &arguments.out {
        // Before a holder is asked for what cannot be kept.
        output::check(out, arguments.force)?;
    }
    let presenter = presenter(arguments.json, configuration.language);
    let screen = Showing(&*presenter);
    let (certificates, standing) = match (&arguments.file, &arguments.holder) {
        (Some(file), _) => of_file(arguments, configuration, file)?,
        (None, holder) => {
            let holder = holder.as_deref().unwrap_or_default();
            of_holder(arguments, configuration, holder, &screen)?
        }
    };
    let data = PersonalData::asked(arguments.show_personal_data);
    let exit = standing.exit();
    let mut standing = Some(standing);
    let mut described = Vec::new();
    for certificate in &certificates {
        // The first one is judged; the others are there to lead it to a root.
        let described_one = Described::new(certificate, standing.take(), data);
        described.push(described_one.map_err(|rejection| match &arguments.file {
            Some(path) => unusable(path, &rejection),
            None => rubrica::Error::from(rejection).into(),
        })?);
    }
    if let (Some(out), Some(certificate)) = (&arguments.out, certificates.first()) {
        output::write_bytes(out, pem(certificate).as_bytes(), arguments.force)?;
    }
    for described in &described {
        if arguments.json {
            print_json(described);
        } else {
            show(described, &Terminal::stdout(), Text::of(configuration.language));
        }
    }
    Ok(exit)
}

/// What a certificate is worth.
#[derive(Clone, Debug)]
pub(super) enum Standing {
    /// It is good, and led to an anchor by these.
    Trusted(Vec<Certificate>),
    /// It is good but for its issuer, whom none of the library's roots vouches for.
    Unknown(Rejection),
    /// It is not good, or not in the eyes of who was asked.
    Refused(Rejection),
}

impl Standing {
    /// Of a certificate, by the anchors that are named, or else by those of the library and those
    /// that were added to them.
    fn of(
        certificate: &Certificate,
        chain: &[Certificate],
        configuration: &Configuration,
        named: Option<&Path>,
    ) -> Result<Self, Failure> {
        let anchors = configuration.anchors(named)?;
        let by_name = configuration.trust(named)?.is_some();
        let judged = check::certificate(certificate, chain, None, super::now(), Some(&anchors));
        Ok(match judged {
            Ok(Trust::Chained { path }) => Self::Trusted(path),
            Ok(_) => Self::Trusted(Vec::new()),
            Err(rejection @ Rejection::UnknownIssuer { .. }) if !by_name => {
                Self::Unknown(rejection)
            }
            Err(rejection) => Self::Refused(rejection),
        })
    }

    /// What the certificate of a holder who logged in is worth. Where no roots were named to the
    /// session, those of the library are asked.
    pub(super) fn of_login(
        login: &Login,
        configuration: &Configuration,
        named: Option<&Path>,
    ) -> Result<Self, Failure> {
        match &login.trust {
            Trust::Chained { path } => Ok(Self::Trusted(path.clone())),
            _ => Self::of(&login.certificate, &[], configuration, named),
        }
    }

    pub(super) const fn exit(&self) -> Exit {
        match self {
            Self::Trusted(_) | Self::Unknown(_) => Exit::Done,
            Self::Refused(_) => Exit::Verification,
        }
    }
}

type Found = (Vec<Certificate>, Standing);

fn of_file(
    arguments: &arguments::Certificate,
    configuration: &Configuration,
    path: &Path,
) -> Result<Found, Failure> {
    let certificates = certificate_file::certificates(path)?;
    let Some((first, chain)) = certificates.split_first() else {
        return Err(unusable(path, &Rejection::NotOneCertificate(0)));
    };
    let named = arguments.trust.trust.as_deref();
    let standing = Standing::of(first, chain, configuration, named)?;
    Ok((certificates, standing))
}

fn of_holder(
    arguments: &arguments::Certificate,
    configuration: &Configuration,
    holder: &str,
    screen: &Showing<'_>,
) -> Result<Found, Failure> {
    let holder = super::holder(holder)?;
    let named = arguments.trust.trust.as_deref();
    let wishes = Wishes {
        trust: named,
        timeout: arguments.patience.timeout,
        via: Some(arguments.via),
        ..Wishes::default()
    };
    let client = super::client(configuration, &wishes, screen.0)?;
    let mut screen = Showing(screen.0);
    let login = client.session(holder).via(arguments.via.into()).login(&mut screen)?;
    let standing = Standing::of_login(&login, configuration, named)?;
    Ok((vec![login.certificate], standing))
}
