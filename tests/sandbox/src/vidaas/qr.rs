//! The page with the QR code, on which the holder's browser waits (manual §3.1.1 b).

use qrcodegen::{QrCode, QrCodeEcc};

use super::Vidaas;
use super::granting::hand_out;
use super::refusal::Refusal;
use super::settings::CodeShape;
use super::state::Authorization;
use crate::lock;
use crate::phone::Decision;
use crate::psc::spoiling;
use crate::random;
use crate::transport::form::Form;
use crate::transport::request::Request;
use crate::transport::response::Response;

/// The page's own path: the manuals do not tell the real one.
pub(crate) const PATH: &str = "/valid/qrcode";

/// Where authorize sends the browser.
pub(crate) fn url(vidaas: &Vidaas, authorization: &str) -> String {
    format!("{}{PATH}?session={authorization}", vidaas.base_url)
}

pub(crate) fn handle(vidaas: &Vidaas, request: &Request) -> Result<Response, Refusal> {
    let query = Form::parse(&request.query)?;
    let session = query.filled("session").unwrap_or_default();
    let gone = || Refusal::Page { status: 404, html: page("", "<p>Sessão desconhecida.</p>") };
    let authorization = lock(&vidaas.state).authorizations.get(session).cloned();
    let authorization = authorization.ok_or_else(gone)?;
    match vidaas.ground.phone.decision(authorization.approval) {
        Decision::Approved(alias) => {
            let make_code = match vidaas.settings.code_shape {
                CodeShape::Token => random::opaque_token,
                CodeShape::Uuid => random::uuid,
            };
            let mut state = lock(&vidaas.state);
            let code = hand_out(vidaas, &mut state, session, alias.as_deref(), make_code);
            let code = code.ok_or_else(gone)?;
            Ok(Response::redirect(&redirect(vidaas, &authorization, "code", &code)))
        }
        Decision::Denied if vidaas.settings.redirect_on_denial => {
            Ok(Response::redirect(&redirect(vidaas, &authorization, "error", "user_denied")))
        }
        Decision::Expired => {
            Ok(Response::html(200, page("", "<p>O tempo para leitura do QR Code expirou.</p>")))
        }
        Decision::Waiting | Decision::Denied => {
            Ok(Response::html(200, waiting_page(vidaas, &authorization)))
        }
    }
}

/// The redirect back to the application, as the authorization's faults will have it.
fn redirect(
    vidaas: &Vidaas,
    authorization: &Authorization,
    name: &'static str,
    value: &str,
) -> String {
    let mut parameters = vec![(name, value.to_owned())];
    match &authorization.state {
        Some(state) => parameters.push(("state", state.clone())),
        None if vidaas.settings.state_none => parameters.push(("state", "NONE".to_owned())),
        None => {}
    }
    spoiling::redirect(&mut parameters, &authorization.faults);
    spoiling::with_query(&authorization.redirect_uri, &spoiling::query(&parameters))
}

fn waiting_page(vidaas: &Vidaas, authorization: &Authorization) -> String {
    let phone = format!("{}/phone?request={}", vidaas.base_url, authorization.approval);
    let code = QrCode::encode_text(&phone, QrCodeEcc::Medium);
    let drawing = code.map(|code| drawing(&code)).unwrap_or_default();
    page(
        "<meta http-equiv=\"refresh\" content=\"1\">",
        &format!(
            "<p>Leia o código com o celular, ou abra <a href=\"{phone}\" target=\"_blank\">o \
             celular emulado</a>.</p>{drawing}"
        ),
    )
}

/// The code as SVG, one square a module, with the quiet zone of four modules.
fn drawing(code: &QrCode) -> String {
    let size = code.size();
    let mut path = String::new();
    for (x, y) in (0..size).flat_map(|y| (0..size).map(move |x| (x, y))) {
        if code.get_module(x, y) {
            path.push_str(&format!("M{} {}h1v1h-1z", x + 4, y + 4));
        }
    }
    let side = size + 8;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" width=\"320\" \
         height=\"320\" role=\"img\" aria-label=\"QR Code\"><path fill=\"#fff\" \
         d=\"M0 0h{side}v{side}H0z\"/><path d=\"{path}\"/></svg>"
    )
}

fn page(head: &str, body: &str) -> String {
    format!(
        "<!DOCTYPE html><html lang=\"pt-BR\"><head><meta charset=\"utf-8\">{head}<title>QR Code \
         (serviço emulado)</title></head><body><h1>Serviço emulado, sem valor</h1>{body}</body>\
         </html>"
    )
}
