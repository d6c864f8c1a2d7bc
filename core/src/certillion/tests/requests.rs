//! The bodies of the API page against what is written here.
//!
//! The page at hand is a translation: its quotation marks are typographic, names and placeholders
//! went along, and some bodies are cut off. They are repaired here and compared by their members.

use std::collections::BTreeMap;

use super::*;
use crate::codec::json::{self, Value};
use crate::error::Document;

/// Bodies as they stand on the page.
const CLIENT_TOKEN: &str = r#"{ “client_id”: "{CLIENT_ID}", “client_secret”: "{CLIENT_SECRET}", " Grant_type": "{GRANT_TYPE}", “lifetime”: "{LIFETIME}" }"#;
const FIND_PSC_ACCOUNTS: &str = r#"{ “client_id”: “{CLIENT_ID}”, “client_secret”: “ {CLIENT_SECRET}” , “user_cpf_cnpj”: "{CPF}","#;
const PWD_AUTHORIZE: &str = r#"{ “client_id”: «{ CLIENT_ID}», “client_secret”: «{CLIENT_SECRET}», “nombre de usuario”: «{USERNAME}», “contraseña”: «{PASSWORD}», “alcance”: «{SCOPE} «, “lifetime”:»{LIFETIME}», “psc»: «{PSC}» }"#;
const VALIDATE: &str =
    r#"{ “ firma”: "{SIGNATURE}", “contenido”: " {CONTENT}", “document_hash”: "{DOCUMENTO_HASH}","#;

/// The names of a body of the page, with what was translated in its wire form, and their
/// placeholders.
fn printed(body: &str) -> BTreeMap<String, String> {
    let body = body.replace(['“', '”', '«', '»'], "\"");
    let mut texts = body.split('"').skip(1).step_by(2).map(str::trim);
    let mut members = BTreeMap::new();
    while let (Some(name), Some(value)) = (texts.next(), texts.next()) {
        let name = match name {
            "nombre de usuario" => "username",
            "contraseña" => "password",
            "alcance" => "scope",
            "Grant_type" => "grant_type",
            "firma" => "signature",
            "contenido" => "content",
            name => name,
        };
        let value = value.replace([' ', '{', '}'], "");
        members.insert(name.to_string(), value);
    }
    members
}

/// The members of what is sent, as a JSON object or as a form.
fn members(sent: &Sent) -> BTreeMap<String, String> {
    if sent.content_type.as_deref() == Some("application/x-www-form-urlencoded") {
        let pairs = sent.text().split('&').filter_map(|pair| pair.split_once('='));
        return pairs.map(|(name, value)| (name.to_string(), value.to_string())).collect();
    }
    let mut body = sent.body.clone();
    let object = json::read_object(&mut body, Document::Token).unwrap();
    let text = |value| match value {
        Value::Text(text) | Value::Number(text) => text.to_string(),
        other => format!("{other:?}"),
    };
    object.iter().map(|(name, value)| (name.to_string(), text(value))).collect()
}

fn assert_names(sent: &Sent, page: &str, more: &[&str]) {
    let mut expected: Vec<_> = printed(page).into_keys().collect();
    expected.extend(more.iter().map(ToString::to_string));
    expected.sort();
    assert_eq!(members(sent).into_keys().collect::<Vec<_>>(), expected);
}

#[test]
fn the_bodies_of_the_page_are_repaired() {
    let names = |page| printed(page).into_iter().collect::<Vec<_>>();
    let pair = |name: &str, value: &str| (name.to_string(), value.to_string());
    assert_eq!(
        names(PWD_AUTHORIZE),
        [
            pair("client_id", "CLIENT_ID"),
            pair("client_secret", "CLIENT_SECRET"),
            pair("lifetime", "LIFETIME"),
            pair("password", "PASSWORD"),
            pair("psc", "PSC"),
            pair("scope", "SCOPE"),
            pair("username", "USERNAME"),
        ]
    );
}

#[test]
fn what_is_sent_has_the_members_of_the_page() {
    let application = application(&CERTILLION).allow_password_grant();
    let token = ClientToken { application: &application, lifetime: Some(300) };
    assert_names(&request_of(&token).unwrap(), CLIENT_TOKEN, &[]);

    let asked = authorization(Scope::SingleSignature);
    let password = PasswordAuthorization {
        application: &application,
        authorization: &asked,
        password: SecretText::new("123456"),
        requester: None,
    };
    assert_names(&request_of(&password).unwrap(), PWD_AUTHORIZE, &[]);

    // The page's body is cut off before it.
    let accounts =
        FindPscAccounts { application: &application, token: Some(TOKEN), holder: holder() };
    let sent = request_of(&accounts).unwrap();
    assert_names(&sent, FIND_PSC_ACCOUNTS, &["val_cpf_cnpj"]);
    assert_eq!(members(&sent)["user_cpf_cnpj"], "CPF");
    assert_eq!(members(&sent)["val_cpf_cnpj"], "11144477735");

    // The page shows `content` and `document_hash` in one body, and says that it is one or the other.
    let validation = |of| Validation {
        application: &application,
        token: TOKEN,
        subject: Subject::Detached { length: 3, of },
        document: 0,
        pki_name: None,
    };
    let documents = [b"abc".to_vec(), b"defg".to_vec()];
    let sent = |of| request_with(&validation(of), &documents).unwrap();
    let mut names = members(&sent(Original::File { length: 4 }));
    names.extend(members(&sent(Original::Stored { hash: "aGFzaA==" })));
    assert_eq!(
        names.into_keys().collect::<Vec<_>>(),
        printed(VALIDATE).into_keys().collect::<Vec<_>>()
    );
}

#[test]
fn every_exchange_goes_to_its_path() {
    let application = application(&CERTILLION).allow_password_grant();
    let prefix = "https://certillion.example/css/restful/application";
    let token = Some(TOKEN);
    let line = |sent: Result<Sent, Error>| sent.unwrap().line;
    let asked = authorization(Scope::SingleSignature);
    let password = PasswordAuthorization {
        application: &application,
        authorization: &asked,
        password: SecretText::new("123456"),
        requester: Some(Requester { id: "id", secret: SecretText::new("secret") }),
    };
    let maintenance = ClientMaintenance {
        application: &application,
        token: TOKEN,
        name: Some("Kiosk"),
        comments: None,
        email: Some("support@example.com"),
        redirect_uris: &["https://app.example/back"],
    };
    let command = TokenCommand {
        application: &application,
        token: TOKEN,
        operation: "CREATE",
        scope: Some(Scope::SignatureSession),
        lifetime: Some(600),
        user_id: "11222333000181",
        user_secret: SecretText::new("secret"),
    };
    let discovery = CertificateDiscovery { application: &application, token: TOKEN, alias: None };
    let download = DocumentDownload {
        application: &application,
        token: TOKEN,
        transaction: "77",
        document: 0,
        most: 10,
    };
    let holder = holder();
    for (line, expected) in [
        (
            line(request_of(&FindPscAccounts { application: &application, token, holder })),
            "POST /oauth/find-psc-accounts",
        ),
        (line(request_of(&PscInfo { application: &application, token })), "GET /oauth/psc-info"),
        (
            line(request_of(&UserDiscovery { application: &application, token, holder })),
            "POST /oauth/user-discovery",
        ),
        (line(request_of(&discovery)), "GET /certificate-discovery"),
        (line(request_of(&password)), "POST /oauth/pwd_authorize"),
        (line(request_of(&maintenance)), "POST /oauth/client_maintenance"),
        (line(request_of(&command)), "POST /oauth/token-command"),
        (line(request_of(&download)), "GET /oauth/document/77"),
    ] {
        let (method, path) = expected.split_once(' ').unwrap();
        assert_eq!(line, format!("{method} {prefix}{path}"));
    }
    assert_eq!(
        request_of(&command).unwrap().text(),
        r#"{"lifetime":600,"operation":"CREATE","psc":"VAULTID","scope":"signature_session","user_id":"11222333000181","user_secret":"secret"}"#
    );
    assert_eq!(
        request_of(&maintenance).unwrap().text(),
        format!(
            r#"{{"client_id":"{CLIENT_ID}","client_secret":"{CLIENT_SECRET}","email":"support@example.com","name":"Kiosk","redirect_uris":["https://app.example/back"]}}"#
        )
    );
    assert!(
        request_of(&password).unwrap().text().ends_with(r#""psc_id":"id","psc_secret":"secret"}"#)
    );
}

#[test]
fn a_name_that_turns_out_otherwise_is_replaced_by_the_profile() {
    let spellings = &[
        Spelling { word: "username", written: "user" },
        Spelling { word: "operation", written: "op\"" },
    ];
    let profile = Profile { spellings, ..CERTILLION };
    let application = application(&profile).allow_password_grant();
    let otp = OtpAuthorization {
        application: &application,
        holder: holder(),
        otp: SecretText::new("1"),
        lifetime: None,
    };
    assert!(request_of(&otp).unwrap().text().ends_with(r#","user":"11144477735"}"#));
    let command = TokenCommand {
        application: &application,
        token: TOKEN,
        operation: "X",
        scope: None,
        lifetime: None,
        user_id: "1",
        user_secret: SecretText::new("2"),
    };
    // Whatever stands in a configuration, what is sent is JSON.
    let sent = request_of(&command).unwrap();
    assert!(members(&sent).contains_key("op\""));
}

#[test]
fn s38_no_secret_is_shown() {
    let application = application(&CERTILLION).allow_password_grant();
    let command = TokenCommand {
        application: &application,
        token: SecretText::new("canary"),
        operation: "X",
        scope: None,
        lifetime: None,
        user_id: "1",
        user_secret: SecretText::new("canary"),
    };
    let discovery = FindPscAccounts {
        application: &application,
        token: Some(SecretText::new("canary")),
        holder: holder(),
    };
    let shown = format!("{command:?}{discovery:?}{application:?}");
    assert!(!shown.contains("canary") && !shown.contains(CLIENT_SECRET), "{shown}");
    assert!(!shown.contains("11144477735"), "{shown}");
}
