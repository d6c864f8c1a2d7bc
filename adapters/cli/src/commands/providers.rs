//! `rubrica providers`: whom the library knows, and how well.

use rubrica::certillion::Standard;
use rubrica::core::certillion::Profile;
use rubrica::core::psc::Format;
use rubrica::core::unsure::Unsure;
use rubrica::{Environment, Provider, ProviderTable};
use serde::Serialize;

use crate::arguments::Providers;
use crate::configuration::Configuration;
use crate::failure::Exit;
use crate::present::print_json;
use crate::present::terminal::{Terminal, plain};
use crate::present::text::Text;

#[derive(Serialize)]
#[serde(tag = "event", rename = "provider")]
struct Described<'p> {
    name: &'p str,
    display_name: &'p str,
    environments: Vec<Place<'p>>,
    push: bool,
    formats: Vec<&'static str>,
    documents_per_request: usize,
    /// None where no document can be sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    document_bytes: Option<u64>,
    unsure: Vec<Doubt<'p>>,
    /// Seconds that a holder has to approve.
    #[serde(skip)]
    window: u64,
}

#[derive(Serialize)]
struct Place<'p> {
    environment: &'static str,
    base_url: &'p str,
}

/// A value that no source settles.
#[derive(Serialize)]
struct Doubt<'p> {
    key: &'p str,
    note: &'p str,
}

pub(crate) fn run(arguments: &Providers, configuration: &Configuration) -> Exit {
    let text = Text::of(configuration.language);
    let show = |described: &Described<'_>| {
        if arguments.json {
            print_json(described);
        } else {
            print(described, text);
        }
    };
    for table in configuration.providers() {
        let table: ProviderTable = table;
        show(&describe(&table.view(), text));
    }
    show(&describe_certillion(&configuration.certillion().view(&[]), text));
    Exit::Done
}

fn describe<'p>(provider: &Provider<'p>, text: Text) -> Described<'p> {
    let places = Environment::ALL.into_iter().filter_map(|environment| {
        let base_url = provider.hosts.base_url(environment)?;
        Some(Place { environment: environment.as_str(), base_url })
    });
    Described {
        name: provider.name,
        display_name: provider.display_name,
        environments: places.collect(),
        push: provider.push.is_some(),
        formats: provider.formats.iter().map(|format: &Format| format.as_str()).collect(),
        documents_per_request: provider.limits.documents_per_request,
        document_bytes: provider.documents.then_some(provider.limits.document_bytes),
        unsure: doubts(provider.unsure, text),
        window: provider.limits.approval_window.as_secs(),
    }
}

/// Certillion, which stands in front of trust services and is chosen like one.
fn describe_certillion<'p>(profile: &Profile<'p>, text: Text) -> Described<'p> {
    let (environment, base_url) = (Environment::Production.as_str(), profile.base_url);
    Described {
        name: profile.name,
        display_name: profile.display_name,
        environments: vec![Place { environment, base_url }],
        push: false,
        formats: Standard::ALL.into_iter().map(Standard::as_str).collect(),
        documents_per_request: profile.limits.hashes_per_request,
        document_bytes: Some(profile.limits.document_bytes),
        unsure: doubts(profile.unsure, text),
        window: profile.limits.approval_window.as_secs(),
    }
}

fn doubts<'p>(unsure: &[Unsure<'p>], text: Text) -> Vec<Doubt<'p>> {
    let doubt = |unsure: &Unsure<'p>| Doubt { key: unsure.key, note: unsure.text(text.language()) };
    unsure.iter().map(doubt).collect()
}

fn print(described: &Described<'_>, text: Text) {
    let out = Terminal::stdout();
    let field = |name: String, value: &str| {
        let value = plain(value);
        out.line(format_args!("  {}  {value}", out.faint(format_args!("{name:>12}"))));
    };
    let title = match described.display_name {
        same if same == described.name => described.name.to_owned(),
        other => format!("{} · {other}", described.name),
    };
    out.line(out.strong(plain(&title)));
    let mut name = text.environments();
    for place in &described.environments {
        field(core::mem::take(&mut name), &format!("{:<14} {}", place.environment, place.base_url));
    }
    if described.environments.is_empty() {
        field(name, &text.no_environment());
    }
    field(text.ways(), if described.push { "push, qr" } else { "qr" });
    let mut name = text.formats();
    for formats in described.formats.chunks(4) {
        field(core::mem::take(&mut name), &formats.join(" "));
    }
    let (documents, window) = (described.documents_per_request, described.window);
    field(text.limits(), &text.limits_of(documents, window));
    if let Some(bytes) = described.document_bytes {
        field(String::new(), &text.document_limit(bytes / (1024 * 1024)));
    }
    let mut name = text.doubts();
    for doubt in &described.unsure {
        field(core::mem::take(&mut name), &format!("{}: {}", doubt.key, doubt.note));
    }
}
