//! What Certillion has beside signing: accounts, one-time passwords, what is registered, tokens.

#![allow(clippy::unwrap_used, unreachable_pub, reason = "tests, and the helpers that they share")]

mod common;

use core::time::Duration;

use common::certillion::{CertillionClient, order};
use common::json_of;
use rubrica_sandbox::{
    ALPHANUMERIC_CNPJ_HOLDER, CNPJ_HOLDER, CPF_HOLDER, EXPIRED_HOLDER, Page, Policy, Sandbox,
};
use serde_json::json;

const CONTENT: &[u8] = b"Um contrato.\r\n";

fn sandbox() -> Sandbox {
    Sandbox::builder().policy(Policy::ApproveAll).start().unwrap()
}

/// Status and code of a refusal.
fn refusal(page: &Page) -> (u16, u64) {
    let body = json_of(page);
    assert!(body["status"]["name"].is_string() && body["status"]["detail"].is_string(), "{body}");
    (page.status, body["status"]["code"].as_u64().unwrap())
}

#[test]
fn accounts_are_found_by_cpf_or_cnpj() {
    let sandbox = sandbox();
    let client = CertillionClient::new(&sandbox);
    let application = sandbox.certillion().application();
    let own = client.client_token();
    let body = |kind: &str, value: &str| {
        json!({
            "client_id": application.client_id, "client_secret": application.client_secret,
            "user_cpf_cnpj": kind, "val_cpf_cnpj": value,
        })
    };
    let find = |kind, value| client.post_json("/oauth/find-psc-accounts", &own, &body(kind, value));
    let present = |page: &Page| -> Vec<String> {
        let reply = json_of(page);
        let pscs = reply["pscs"].as_array().unwrap();
        assert_eq!(pscs.len(), 7);
        let here = pscs.iter().filter(|psc| psc["status"] == "S");
        here.map(|psc| psc["psc"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(
        present(&find("CPF", CPF_HOLDER)),
        ["VAULTID", "BIRDID", "REMOTEID", "NEOID", "SAFEID", "VIDAAS"]
    );
    assert!(present(&find("CNPJ", ALPHANUMERIC_CNPJ_HOLDER)).contains(&"DSCLOUD".to_owned()));
    assert!(present(&find("CPF", "39053344705")).is_empty());
    assert!(present(&find("CPF", EXPIRED_HOLDER)).is_empty());
    assert_eq!(refusal(&find("CPF", "")), (400, 200));
    assert_eq!(refusal(&find("CPF", "111.444.777-35")), (400, 201));
    assert_eq!(refusal(&find("RG", CPF_HOLDER)), (500, 224));
    let mut wrong = body("CPF", CPF_HOLDER);
    wrong["client_secret"] = json!("x");
    assert_eq!(refusal(&client.post_json("/oauth/find-psc-accounts", &own, &wrong)), (401, 220));
    let right = body("CPF", CPF_HOLDER);
    assert_eq!(refusal(&client.post_json("/oauth/find-psc-accounts", "", &right)), (401, 209));

    let token = client.token(&[]);
    let page = client.post_json("/oauth/find-psc-accounts", &token, &right);
    assert_eq!(refusal(&page), (401, 250), "a client token is wanted");
    sandbox.certillion().change(|settings| settings.accounts_without_token = true);
    assert_eq!(client.post_json("/oauth/find-psc-accounts", "", &right).status, 200);

    let discover = |psc: &str| {
        let mut body = body("CPF", CPF_HOLDER);
        body["psc"] = json!(psc);
        client.post_json("/oauth/user-discovery", "", &body)
    };
    let reply = json_of(&discover("VIDAAS"));
    assert_eq!(reply["status"], "S");
    let certificate = &sandbox.holder(CPF_HOLDER).unwrap().certificates[0];
    assert_eq!(reply["slots"][0]["slot_alias"], certificate.alias());
    assert_eq!(json_of(&discover("DSCLOUD")), json!({ "status": "N" }));
    assert_eq!(refusal(&discover("NONE")), (400, 201));
    assert_eq!(refusal(&discover("")), (500, 224));
    sandbox.certillion().change(|settings| {
        settings.disabled_pscs = vec!["VIDAAS".to_owned()];
        settings.without_account = vec![(CPF_HOLDER.to_owned(), "VAULTID".to_owned())];
    });
    assert_eq!(refusal(&discover("VIDAAS")), (400, 201));
    assert_eq!(present(&find("CPF", CPF_HOLDER)), ["BIRDID", "REMOTEID", "NEOID", "SAFEID"]);
}

#[test]
fn one_time_passwords_grant_tokens_where_the_psc_has_them() {
    let sandbox = sandbox();
    let certillion = sandbox.certillion();
    let application = certillion.application();
    let client = CertillionClient::new(&sandbox);
    let signer = CertillionClient::at_signer(&sandbox);
    let draw = || certillion.one_time_password(CPF_HOLDER).unwrap();
    let pwd = |psc: &str, password: &str| {
        let body = json!({
            "client_id": application.client_id, "client_secret": application.client_secret,
            "username": CPF_HOLDER, "password": password, "scope": "single_signature",
            "lifetime": "60", "psc": psc,
        });
        client.post_json("/oauth/pwd_authorize", "", &body)
    };
    let password = draw();
    let reply = json_of(&pwd("BIRDID", &password));
    assert_eq!(reply["expires_in"], 60);
    assert_eq!(reply["authorized_identification"], CPF_HOLDER);
    assert_eq!(refusal(&pwd("BIRDID", &password)), (401, 220), "for one use");
    assert_eq!(refusal(&pwd("VIDAAS", &draw())), (501, 312));
    assert_eq!(refusal(&pwd("NONE", &draw())), (400, 205));
    let late = draw();
    sandbox.clock().advance(Duration::from_secs(30));
    assert_eq!(refusal(&pwd("BIRDID", &late)), (401, 220));

    let otp = |client: &CertillionClient<'_>, otp: &str, scope: &str| {
        let body = json!({
            "client_id": application.client_id, "client_secret": application.client_secret,
            "username": CPF_HOLDER, "otp": otp, "scope": scope, "lifetime": 60,
        });
        client.post_json("/oauth/otp_authorize", "", &body)
    };
    assert_eq!(refusal(&otp(&client, &draw(), "signature_session")), (500, 224));
    assert_eq!(refusal(&otp(&signer, &draw(), "single_signature")), (500, 224));
    assert_eq!(refusal(&otp(&signer, "000", "signature_session")), (401, 220));
    let reply = json_of(&otp(&signer, &draw(), "signature_session"));
    let token = reply["access_token"].as_str().unwrap();

    // A token of CERTILLION_SIGNER is of its host alone; documents are known at both.
    let own = client.client_token();
    let hash = client.upload(&own, "a", CONTENT);
    let order = order("CADES", Some("AD_RB"), &[("1", &hash)]);
    assert_eq!(refusal(&client.sign_page(token, &order)), (401, 250));
    let reply = signer.sign(token, &order);
    client.download(&own, &reply["signatures"][0]["transaction_id"]);
    let elsewhere = client.token(&[]);
    assert_eq!(refusal(&signer.sign_page(&elsewhere, &order)), (401, 250));
    let location = signer.callback(&[("psc", "CERTILLION_SIGNER")]);
    assert!(location.contains("?code="));
    assert_eq!(signer.authorize(&[]).status, 404);
}

#[test]
fn maintenance_and_token_commands() {
    let sandbox = sandbox();
    let client = CertillionClient::new(&sandbox);
    let application = sandbox.certillion().application();
    let own = client.client_token();
    let change = |token: &str, uri: &str| {
        let body = json!({
            "client_id": application.client_id, "client_secret": application.client_secret,
            "comments": "", "email": "a@rubrica.invalid", "name": "New", "redirect_uris": [uri],
        });
        client.post_json("/oauth/client_maintenance", token, &body)
    };
    assert_eq!(refusal(&change("x", "https://a.rubrica.invalid/b")), (401, 250));
    assert_eq!(refusal(&change(&own, "push://")), (400, 205));
    assert_eq!(change(&own, "https://a.rubrica.invalid/b?c=d").status, 200);
    let location = client.callback(&[]);
    assert!(location.starts_with("https://a.rubrica.invalid/b?c=d&code="), "{location}");
    let page = client.post_json("/oauth/client_maintenance", &own, &json!([]));
    assert_eq!(refusal(&page), (400, 205));

    let token = client.client_token();
    let command = |operation: &str, psc: &str| {
        let body = json!({
            "operation": operation, "psc": psc, "user_id": CNPJ_HOLDER, "user_secret": "x",
            "scope": "signature_session", "lifetime": 60,
        });
        client.post_json("/oauth/token-command", &token, &body)
    };
    assert_eq!(refusal(&command("status", "VIDAAS")), (400, 205));
    assert_eq!(refusal(&command("create", "VAULTID")), (400, 205));
    assert_eq!(json_of(&command("status", "VAULTID"))["active"], true);
    assert_eq!(json_of(&command("revoke", "VAULTID"))["active"], false);
    assert_eq!(refusal(&command("status", "VAULTID")), (401, 250));
}

#[test]
fn a_psc_that_is_slow_is_told_by_504() {
    let sandbox = sandbox();
    let client = CertillionClient::new(&sandbox);
    let application = sandbox.certillion().application();
    let own = client.client_token();
    let hash = client.upload(&own, "a", CONTENT);
    let token = client.token(&[("scope", "signature_session")]);
    sandbox.certillion().change(|settings| settings.slow_pscs = vec!["VIDAAS".to_owned()]);
    let order = order("CADES", Some("AD_RB"), &[("1", &hash)]);
    assert_eq!(refusal(&client.sign_page(&token, &order)), (504, 301));
    assert_eq!(refusal(&client.get("/certificate-discovery", &token)), (504, 301));
    let body = json!({
        "client_id": application.client_id, "client_secret": application.client_secret,
        "user_cpf_cnpj": "CPF", "val_cpf_cnpj": CPF_HOLDER,
    });
    assert_eq!(refusal(&client.post_json("/oauth/find-psc-accounts", &own, &body)), (504, 301));
    assert!(sandbox.counters().signatures().is_empty());
    sandbox.certillion().change(|settings| settings.slow_pscs.clear());
    client.sign(&token, &order);
}
