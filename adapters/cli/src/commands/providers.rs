//! `rubrica providers`: whom the library knows, and how well.

use rubrica::core::psc::Format;
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
    for table in configuration.providers() {
        let table: ProviderTable = table;
        let provider = table.view();
        let described = describe(&provider, text);
        if arguments.json {
            print_json(&described);
        } else {
            print(&described, &provider, text);
        }
    }
    Exit::Done
}

fn describe<'p>(provider: &Provider<'p>, text: Text) -> Described<'p> {
    let places = Environment::ALL.into_iter().filter_map(|environment| {
        let base_url = provider.hosts.base_url(environment)?;
        Some(Place { environment: environment.as_str(), base_url })
    });
    let doubt = |unsure: &rubrica::core::unsure::Unsure<'p>| Doubt {
        key: unsure.key,
        note: unsure.text(text.language()),
    };
    Described {
        name: provider.name,
        display_name: provider.display_name,
        environments: places.collect(),
        push: provider.push.is_some(),
        formats: provider.formats.iter().map(|format: &Format| format.as_str()).collect(),
        documents_per_request: provider.limits.documents_per_request,
        document_bytes: provider.documents.then_some(provider.limits.document_bytes),
        unsure: provider.unsure.iter().map(doubt).collect(),
    }
}

fn print(described: &Described<'_>, provider: &Provider<'_>, text: Text) {
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
    let limits = &provider.limits;
    let window = limits.approval_window.as_secs();
    field(text.limits(), &text.limits_of(limits.documents_per_request, window));
    if let Some(bytes) = described.document_bytes {
        field(String::new(), &text.document_limit(bytes / (1024 * 1024)));
    }
    let mut name = text.doubts();
    for doubt in &described.unsure {
        field(core::mem::take(&mut name), &format!("{}: {}", doubt.key, doubt.note));
    }
}
