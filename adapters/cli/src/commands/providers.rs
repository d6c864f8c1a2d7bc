//! `rubrica providers`: whom the library knows, and how well.

use rubrica::core::psc::Format;
use rubrica::{Environment, Language, Provider};
use serde::Serialize;

use crate::arguments::Providers;
use crate::configuration::PROVIDERS;
use crate::present::print_json;
use crate::present::terminal::Terminal;
use crate::present::text::Text;

#[derive(Serialize)]
#[serde(tag = "event", rename = "provider")]
struct Described {
    name: &'static str,
    environments: Vec<Place>,
    push: bool,
    formats: Vec<&'static str>,
    documents_per_request: usize,
    document_bytes: u64,
    sources: String,
}

#[derive(Serialize)]
struct Place {
    environment: &'static str,
    base_url: &'static str,
}

pub(crate) fn run(arguments: &Providers, language: Language) {
    let text = Text::of(language);
    for provider in PROVIDERS {
        let described = describe(&provider, text);
        if arguments.json {
            print_json(&described);
        } else {
            print(&described, &provider, text);
        }
    }
}

fn describe(provider: &Provider<'static>, text: Text) -> Described {
    let places = Environment::ALL.into_iter().filter_map(|environment| {
        let base_url = provider.hosts.base_url(environment)?;
        Some(Place { environment: environment.as_str(), base_url })
    });
    Described {
        name: provider.name,
        environments: places.collect(),
        push: provider.push.is_some(),
        formats: provider.formats.iter().map(|format: &Format| format.as_str()).collect(),
        documents_per_request: provider.limits.documents_per_request,
        document_bytes: provider.limits.document_bytes,
        sources: text.vidaas_sources(),
    }
}

fn print(described: &Described, provider: &Provider<'_>, text: Text) {
    let out = Terminal::stdout();
    let field = |name: String, value: &str| {
        out.line(format_args!("  {}  {value}", out.faint(format_args!("{name:>12}"))));
    };
    out.line(out.strong(described.name));
    let mut name = text.environments();
    for place in &described.environments {
        field(core::mem::take(&mut name), &format!("{:<14} {}", place.environment, place.base_url));
    }
    field(text.ways(), if described.push { "push, qr" } else { "qr" });
    let mut name = text.formats();
    for formats in described.formats.chunks(4) {
        field(core::mem::take(&mut name), &formats.join(" "));
    }
    let limits = &provider.limits;
    let megabytes = limits.document_bytes / (1024 * 1024);
    let window = limits.approval_window.as_secs();
    field(text.limits(), &text.limits_of(limits.documents_per_request, megabytes, window));
    field(text.sources(), &described.sources);
}
