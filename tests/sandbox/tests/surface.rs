//! What a person and another process see: the phone page, the control surface, and plain HTTP.

#![allow(clippy::unwrap_used, unreachable_pub, reason = "tests, and the helpers that they share")]

mod common;

use core::time::Duration;
use std::time::Instant;

use common::{Client, FORM, Folder, JSON, json_of, judge};
use rubrica_sandbox::{Policy, Sandbox, StartError, vidaas};
use serde_json::json;

#[test]
fn a_person_approves_and_denies_on_the_phone_page() {
    let sandbox = Sandbox::builder()
        .application_name("App <script>")
        .vidaas(|settings| {
            settings.poll_interval = Duration::ZERO;
            settings.push_refusal = vidaas::PushRefusal::AtOnce { status: 410 };
        })
        .start()
        .unwrap();
    let client = Client::new(&sandbox);
    assert!(client.get("/phone").text().contains("Nenhum pedido"));
    for (action, status) in [("approve", 200), ("deny", 410)] {
        let code = client.push(&[]);
        let page = client.get("/phone").text();
        assert!(page.contains("App &lt;script&gt;") && page.contains("***.444.777-**"), "{page}");
        assert!(!page.contains("11144477735"));
        let id = sandbox.phone().pending()[0].id;
        let url = client.url(&format!("/phone/{action}"));
        let body = format!("request={id}");
        let decide = || client.browser.request("POST", &url, &[FORM], body.as_bytes()).unwrap();
        assert_eq!(decide().status, 303);
        assert_eq!(decide().status, 409);
        assert_eq!(client.poll(&code).status, status);
    }
}

#[test]
fn another_process_sets_faults_and_reads_counters() {
    let sandbox = Sandbox::start().unwrap();
    let client = Client::new(&sandbox);
    let rule = json!({
        "endpoint": "vidaas/token",
        "fault": { "answer": { "status": 429, "headers": [["Retry-After", "2"]] } },
        "times": 1,
    });
    assert_eq!(json_of(&client.post_json("/sandbox/faults", &rule)), json!({ "rule": 0 }));
    assert_eq!(client.post_json("/v0/oauth/token", &json!({})).status, 429);
    assert_eq!(client.post_json("/v0/oauth/token", &json!({})).status, 415);
    let counters = json_of(&client.get("/sandbox/counters"));
    assert_eq!(counters["requests"]["vidaas/token"], 2);
    assert_eq!(counters["answers"]["vidaas/token"], json!({ "415": 1, "429": 1 }));

    for fault in
        [json!("reset_after"), json!({ "garbage": "deep_json" }), json!({ "pending": "accepted" })]
    {
        let rule = json!({ "endpoint": "vidaas/authorize", "fault": fault });
        assert_eq!(client.post_json("/sandbox/faults", &rule).status, 200, "{rule}");
    }
    let url = client.url("/sandbox/faults");
    assert_eq!(client.browser.request("DELETE", &url, &[JSON], b"").unwrap().status, 200);
    assert_eq!(client.authorize(&[]).status, 200);
    for bad in [
        json!({ "endpoint": "vidaas/nothing", "fault": "reset_after" }),
        json!({ "endpoint": "vidaas/token", "fault": "no_such" }),
        json!({ "endpoint": "vidaas/token", "fault": "reset_after", "unknown": 1 }),
    ] {
        assert_eq!(client.post_json("/sandbox/faults", &bad).status, 400, "{bad}");
    }

    let pscs = json_of(&client.get("/sandbox/pscs"));
    assert_eq!(pscs["pscs"][0]["name"], "birdid");
    assert_eq!(pscs["pscs"][0]["base_url"], format!("{}/birdid", sandbox.base_url()));
    let ask = json!({ "psc": "birdid", "identification": "11144477735" });
    let password = json_of(&client.post_json("/sandbox/password", &ask));
    assert_eq!(password["password"].as_str().unwrap().len(), 6);
    assert_eq!(client.post_json("/sandbox/quirks", &json!({ "psc": "serproid" })).status, 200);
    assert!(sandbox.psc("serproid").unwrap().settings().encoded_callback);
    assert_eq!(client.post_json("/sandbox/quirks", &json!({ "psc": "nobody" })).status, 400);

    let certillion = json_of(&client.get("/sandbox/certillion"));
    assert_eq!(certillion["base_url"], format!("{}/certillion", sandbox.base_url()));
    assert_eq!(certillion["signer_base_url"], format!("{}/certillion-ws", sandbox.base_url()));
    assert_eq!(certillion["client_id"], sandbox.certillion().application().client_id);
    let ask = json!({ "psc": "certillion", "identification": "11144477735" });
    let password = json_of(&client.post_json("/sandbox/password", &ask));
    assert_eq!(password["password"].as_str().unwrap().len(), 6);
    let quirks = json!({ "psc": "certillion" });
    assert_eq!(client.post_json("/sandbox/quirks", &quirks).status, 200);
    assert!(sandbox.certillion().settings().code_as_text);
    let fault = json!({ "entry_status": { "code": 400, "entry": 1 } });
    let rule = json!({ "endpoint": "certillion/signature", "fault": fault });
    assert_eq!(client.post_json("/sandbox/faults", &rule).status, 200);

    assert_eq!(json_of(&client.get("/sandbox/phone"))["pending"][0]["channel"], "push");
    let policy = json!({ "policy": { "approve_after": 5000 } });
    assert_eq!(client.post_json("/sandbox/policy", &policy).status, 200);
    assert_eq!(sandbox.phone().pending().len(), 1);
    let time = json!({ "advance_milliseconds": 5000 });
    assert_eq!(client.post_json("/sandbox/clock", &time).status, 200);
    assert_eq!(sandbox.phone().pending().len(), 0);
}

#[test]
fn curl_speaks_to_it_under_both_names() {
    let sandbox = Sandbox::builder().policy(Policy::ApproveAll).start().unwrap();
    let folder = Folder::new();
    let authority = folder.write("ca.pem", sandbox.tls_ca_pem());
    let port = sandbox.base_url().rsplit(':').next().unwrap();
    for host in ["127.0.0.1", "localhost"] {
        let url = format!("https://{host}:{port}/phone");
        // Twice in one call: the second goes over the connection that the first left open.
        let arguments = ["-sS", "--ipv4", "--cacert", &authority, &url, &url];
        let Some((fetched, text)) = judge("curl", &arguments) else { return };
        assert!(fetched && text.matches("Celular emulado</h1>").count() == 2, "{text}");
    }
    let url = format!("https://127.0.0.1:{port}/phone");
    let Some((fetched, text)) = judge("curl", &["-sS", &url]) else { return };
    assert!(!fetched && text.contains("certificate"), "an authority that nobody knows: {text}");
}

#[test]
fn bodies_are_bounded_chunked_and_announced() {
    let sandbox = Sandbox::builder().body_limit(4096).start().unwrap();
    let client = Client::new(&sandbox);
    let url = client.url("/v0/oauth/user-discovery");
    let large = vec![b' '; 4097];
    let page = client.browser.request("POST", &url, &[JSON], &large).unwrap();
    assert_eq!(page.status, 413);

    let folder = Folder::new();
    let authority = folder.write("ca.pem", sandbox.tls_ca_pem());
    let body = folder.write("body.json", format!("{}{{}}", " ".repeat(2000)));
    let body = format!("@{body}");
    for header in ["Transfer-Encoding: chunked", "Expect: 100-continue"] {
        let arguments = [
            "-sS",
            "--cacert",
            &authority,
            "--data-binary",
            &body,
            "-H",
            header,
            "-H",
            "Content-Type: application/json",
            &url,
        ];
        let Some((_, text)) = judge("curl", &arguments) else { return };
        assert!(text.contains("missing field `client_id`"), "{header}: {text}");
    }
}

#[test]
fn unknown_paths_are_404_and_a_bad_redirect_uri_does_not_start() {
    let sandbox = Sandbox::start().unwrap();
    let client = Client::new(&sandbox);
    for path in ["/v0/oauth", "/v0/oauth/signatures", "/v0/oauth/token/", "/favicon.ico"] {
        assert_eq!(client.get(path).status, 404, "{path}");
    }
    let refused = Sandbox::builder().redirect_uris(["push://"]).start();
    assert!(matches!(refused.err(), Some(StartError::RedirectUri(uri)) if uri == "push://"));
}

#[test]
fn authorize_is_limited_by_the_second() {
    // The window is a second of the sandbox's clock, which three requests on loopback may exceed on
    // a busy machine: those that did are made again, and those that did not must meet the limit.
    for _ in 0..30 {
        let sandbox = Sandbox::builder()
            .vidaas(|settings| settings.authorize_per_second = 2)
            .start()
            .unwrap();
        let client = Client::new(&sandbox);
        let start = Instant::now();
        client.push(&[]);
        client.push(&[]);
        let third = client.authorize(&[]);
        if start.elapsed() >= Duration::from_secs(1) {
            continue;
        }
        assert_eq!(third.status, 429);
        assert_eq!(third.text(), "To many requests");
        assert!(third.header("retry-after").is_none());
        sandbox.clock().advance(Duration::from_secs(1));
        client.push(&[]);
        return;
    }
    panic!("three requests never fitted into a second");
}

#[test]
fn more_clients_than_connections_wait_their_turn() {
    let sandbox = Sandbox::builder().connections(2).start().unwrap();
    let clients: Vec<_> = (0..8)
        .map(|_| {
            let (browser, url) = (sandbox.browser(), format!("{}/phone", sandbox.base_url()));
            std::thread::spawn(move || browser.request("GET", &url, &[], b"").unwrap().status)
        })
        .collect();
    for client in clients {
        assert_eq!(client.join().unwrap(), 200);
    }
}

#[test]
fn a_dropped_sandbox_stops_and_leaves_its_port() {
    let sandbox = Sandbox::start().unwrap();
    let url = format!("{}/phone", sandbox.base_url());
    let port = sandbox.base_url().rsplit(':').next().unwrap().parse().unwrap();
    let browser = sandbox.browser();
    assert_eq!(browser.request("GET", &url, &[], b"").unwrap().status, 200);
    assert!(matches!(Sandbox::builder().port(port).start().err(), Some(StartError::Listen(_))));
    drop(sandbox);
    assert!(browser.request("GET", &url, &[], b"").is_err());
    let again = Sandbox::builder().port(port).start().unwrap();
    assert_eq!(again.browser().request("GET", &url, &[], b"").unwrap().status, 200);
}
