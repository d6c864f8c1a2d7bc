//! The page `/phone`, on which a person approves or denies. It works without scripts, and with
//! curl: `POST /phone/approve` and `POST /phone/deny` with `request=ID`, and for an approval
//! `certificate=ALIAS` if another than the first is meant.

use core::fmt::Write;
use std::sync::Arc;

use super::{Channel, PendingRequest, Phone};
use crate::faults::Drawn;
use crate::transport::form::Form;
use crate::transport::request::Request;
use crate::transport::response::Response;
use crate::transport::{Endpoint, Service};

const PAGE: Endpoint = Endpoint::new("phone/page");
const DECISION: Endpoint = Endpoint::new("phone/decision");

/// The phone as a service beside the emulated ones.
pub(crate) struct PhonePage {
    pub(crate) phone: Arc<Phone>,
}

impl Service for PhonePage {
    fn endpoints(&self) -> &'static [Endpoint] {
        const ENDPOINTS: [Endpoint; 2] = [PAGE, DECISION];
        &ENDPOINTS
    }

    fn endpoint(&self, path: &str) -> Option<Endpoint> {
        match path {
            "/" | "/phone" => Some(PAGE),
            "/phone/approve" | "/phone/deny" => Some(DECISION),
            _ => None,
        }
    }

    fn handle(&self, endpoint: Endpoint, request: &Request, _faults: &Drawn) -> Response {
        match (endpoint, request.method.as_str()) {
            (PAGE, "GET" | "HEAD") => Response::html(200, self.page()),
            (PAGE, _) => Response::method_not_allowed("GET"),
            (_, "POST") => self.decide(request),
            _ => Response::method_not_allowed("POST"),
        }
    }
}

impl PhonePage {
    fn decide(&self, request: &Request) -> Response {
        let body = String::from_utf8_lossy(&request.body);
        let form = match Form::parse(&body) {
            Ok(form) => form,
            Err(error) => return Response::text(400, error.to_string()),
        };
        let Some(id) = form.get("request").and_then(|id| id.parse().ok()) else {
            return Response::text(400, "request is mandatory");
        };
        let decided = match (request.path.as_str(), form.filled("certificate")) {
            ("/phone/deny", _) => self.phone.deny(id),
            (_, Some(alias)) => self.phone.approve_with(id, alias),
            (_, None) => self.phone.approve(id),
        };
        if decided {
            Response::text(303, "").with_header("Location", "/phone")
        } else {
            Response::text(409, "the request does not wait any more")
        }
    }

    fn page(&self) -> String {
        let mut list = String::new();
        let pending = self.phone.pending();
        for request in &pending {
            write_request(&mut list, request);
        }
        if pending.is_empty() {
            list.push_str("<p>Nenhum pedido pendente.</p>");
        }
        format!(
            "<!DOCTYPE html><html lang=\"pt-BR\"><head><meta charset=\"utf-8\"><meta \
             name=\"viewport\" content=\"width=device-width\"><meta http-equiv=\"refresh\" \
             content=\"2; url=/phone\"><title>Celular emulado</title><style>body{{font:1.1em \
             sans-serif;max-width:28em;margin:2em auto;padding:0 1em}}article{{border:1px solid \
             #999;border-radius:.5em;padding:1em;margin:1em 0}}button{{font:inherit;padding:.5em \
             1em;margin-right:1em}}form{{display:inline}}</style></head><body><h1>Celular \
             emulado</h1>{list}</body></html>"
        )
    }
}

fn write_request(list: &mut String, request: &PendingRequest) {
    let channel = match request.channel {
        Channel::Qr => "QR Code",
        Channel::Push => "notificação",
    };
    let holder = request.holder.as_deref().unwrap_or("qualquer titular");
    // Writing to a String does not fail.
    let _ = write!(
        list,
        "<article><p><strong>{}</strong> pede <code>{}</code> por {} s, por {channel}, a {}.</p>",
        escape(&request.application),
        escape(&request.scope),
        request.lifetime,
        escape(holder),
    );
    for (action, label) in [("approve", "Aprovar"), ("deny", "Negar")] {
        let _ = write!(
            list,
            "<form method=\"post\" action=\"/phone/{action}\"><input type=\"hidden\" \
             name=\"request\" value=\"{}\"><button>{label}</button></form>",
            request.id
        );
    }
    list.push_str("</article>");
}

/// What an application calls itself is not to become markup.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            other => escaped.push(other),
        }
    }
    escaped
}
