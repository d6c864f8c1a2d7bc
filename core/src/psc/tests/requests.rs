//! What goes out to each provider, byte for byte.

use super::*;
use crate::error::Misuse;
use crate::oauth::pkce::Verifier;

const HEX: &str = "16aba5393ad72c0041f5600ad3c2c52ec437a2f0c7fc08fadfc3c0fe9641d7a3";
const BASE64: &str = "FqulOTrXLABB9WAK08LFLsQ3ovDH/Aj638PA/pZB16M=";
const OID: &str = "2.16.840.1.101.3.4.2.1";

/// The body of a request for one signature.
fn signature(provider: &Provider<'_>, format: Format) -> String {
    let (application, items) = (application(provider), [item("dummy assinatura")]);
    let order = Order { padding: Some(Padding::Pkcs1V15), ..order(&items, format) };
    let order = if format == Format::Raw { order } else { Order { padding: None, ..order } };
    order.check(provider).unwrap();
    let request =
        SignatureRequest { application: &application, order: &order, items: 0..1, token: "token" };
    request_of(&request).unwrap().body
}

fn hashes(hash: &str, format: &str, padding: &str) -> String {
    std::format!(
        r#""hashes":[{{"id":"dummy assinatura","alias":"dummy.pdf","hash":"{hash}","hash_algorithm":"{OID}","signature_format":"{format}"{padding}}}]"#
    )
}

#[test]
fn a_digest_goes_out_as_the_provider_wants_it() {
    let padding = r#","padding_method":"PKCS1V1_5""#;
    for (provider, hash, padding, before) in [
        (VIDAAS, BASE64, padding, ""),
        (BIRDID, HEX, "", r#""include_chain":true,"#),
        (VAULTID, HEX, "", r#""include_chain":true,"#),
        (SAFEID, BASE64, "", ""),
        (SERPROID, BASE64, "", ""),
        (REMOTEID, BASE64, "", ""),
        (GENERIC, BASE64, "", ""),
    ] {
        let raw = std::format!("{{{}}}", hashes(hash, "RAW", padding));
        assert_eq!(signature(&provider, Format::Raw), raw, "{}", provider.name);
        let cms = std::format!("{{{before}{}}}", hashes(hash, "CMS", ""));
        assert_eq!(signature(&provider, Format::Cms), cms, "{}", provider.name);
    }
}

#[test]
fn where_sources_contradict_the_configuration_has_the_last_word() {
    let provider = Provider { hash_encoding: HashEncoding::Base64, ..BIRDID };
    let raw = std::format!("{{{}}}", hashes(BASE64, "RAW", ""));
    assert_eq!(signature(&provider, Format::Raw), raw);
    let told = |key| BIRDID.unsure.iter().any(|unsure| unsure.key == key);
    assert!(told("hash_encoding") && told("token_body") && told("authorize_query"));
    for provider in ALL {
        for unsure in provider.unsure {
            // What is told is what to try.
            assert!(unsure.portuguese.contains("Tente") || unsure.portuguese.contains("Informe"));
            assert!(unsure.english.contains("Try") || unsure.english.contains("Name"));
        }
    }
}

/// The token request of an application of `provider`.
fn token(provider: &Provider<'_>) -> Sent {
    let verifier = Verifier::from_entropy(&entropy().verifier).unwrap();
    request_of(&TokenRequest {
        application: &application(provider),
        code: &Secret::new("a+b", "code").unwrap(),
        verifier: &verifier,
        redirect_uri: REDIRECT_URI,
        scope: Scope::SingleSignature,
        holder: None,
    })
    .unwrap()
}

#[test]
fn a_code_is_redeemed_by_form_or_by_json() {
    let form = "grant_type=authorization_code&client_id=4c9fb552-0387-4e5f-8727-6676fa88dce1\
                &client_secret=Ny2n3hq67gQEFvH7&code=a%2Bb\
                &redirect_uri=http%3A%2F%2F127.0.0.1%3A8765%2Fcallback\
                &code_verifier=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
    for (provider, path) in [
        (VIDAAS, "/v0/oauth/token"),
        (BIRDID, "/v0/oauth/token"),
        (VAULTID, "/v0/oauth/token"),
        (SAFEID, "/Service/Microservice/OAuth/api/v0/oauth/token"),
        (SERPROID, "/oauth/v0/oauth/token"),
        (REMOTEID, "/v0/oauth/token"),
        (GENERIC, "/v0/oauth/token"),
    ] {
        let sent = token(&provider);
        assert_eq!(sent.line, std::format!("POST {BASE_URL}{path}"));
        assert_eq!(sent.content_type.as_deref(), Some("application/x-www-form-urlencoded"));
        assert_eq!(sent.body, form);
    }
    let sent = token(&Provider { token_body: BodyEncoding::Json, ..BIRDID });
    assert_eq!(sent.content_type.as_deref(), Some("application/json;charset=UTF-8"));
    assert_eq!(
        sent.body,
        r#"{"grant_type":"authorization_code","client_id":"4c9fb552-0387-4e5f-8727-6676fa88dce1","client_secret":"Ny2n3hq67gQEFvH7","code":"a+b","redirect_uri":"http://127.0.0.1:8765/callback","code_verifier":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"}"#
    );
}

/// The query of the authorization's page.
fn authorize(provider: &Provider<'_>) -> String {
    let challenge = Verifier::from_entropy(&entropy().verifier).unwrap().challenge();
    let (application, authorization) =
        (application(provider), authorization(Scope::SignatureSession));
    let mut buffer = [0; 1024];
    authorize_url(&application, &authorization, &challenge, &state(), &mut buffer)
        .unwrap()
        .to_string()
}

#[test]
fn a_holder_is_named_and_more_is_asked_where_the_provider_wants_it() {
    assert!(!authorize(&VIDAAS).contains("login_hint"));
    let state = state();
    for (provider, path) in [(BIRDID, "/v0/oauth"), (SERPROID, "/oauth/v0/oauth")] {
        let url = authorize(&provider);
        assert!(url.starts_with(&std::format!("{BASE_URL}{path}/authorize?client_id=")));
        assert!(url.contains("&login_hint=11144477735&lifetime=900&"));
        assert!(url.ends_with(&std::format!("&state={}", state.as_str())));
    }
    let url = authorize(&Provider { authorize_query: "integration=true", ..BIRDID });
    assert!(url.ends_with(&std::format!("&state={}&integration=true", state.as_str())));
}

#[test]
fn certificates_are_asked_for_in_every_dialect() {
    let grant = grant(Scope::AuthenticationSession);
    let ask = |certificates, alias| {
        let provider = Provider { certificates, ..SAFEID };
        let application = application(&provider);
        let exchange = CertificateDiscovery { application: &application, grant: &grant, alias };
        request_of(&exchange).map(|sent| sent.line)
    };
    let url = std::format!(
        "GET {BASE_URL}/Service/Microservice/OAuth/api/v0/oauth/certificate-discovery"
    );
    let query = "from_authorization=true";
    let plain = CertificateDialect::default();
    let more = CertificateDialect { query, ..plain };
    assert_eq!(ask(plain, None).unwrap(), url);
    assert_eq!(ask(plain, Some("a b")).unwrap(), std::format!("{url}?certificate_alias=a%20b"));
    assert_eq!(ask(more, None).unwrap(), std::format!("{url}?{query}"));
    assert_eq!(ask(more, Some("a")).unwrap(), std::format!("{url}?certificate_alias=a&{query}"));
    let needed = CertificateDialect { alias_required: true, ..plain };
    assert_eq!(ask(needed, None), Err(Misuse::Field("certificate_alias").into()));
    assert!(ask(needed, Some("a")).is_ok());
}

#[test]
fn identifiers_go_out_as_numbers_where_that_is_wanted() {
    let provider = Provider { ids: Ids::Number, ..BIRDID };
    let application = application(&provider);
    let items = [item("1"), item("20")];
    let order = order(&items, Format::Raw);
    order.check(&provider).unwrap();
    let request =
        SignatureRequest { application: &application, order: &order, items: 0..2, token: "token" };
    let body = request_of(&request).unwrap().body;
    assert!(body.starts_with(r#"{"hashes":[{"id":1,"alias":"#), "{body}");
    assert!(body.contains(r#"},{"id":20,"alias":"#), "{body}");
    for id in ["01", "a", "-1", "1.5", "1e3"] {
        let items = [item(id)];
        let order = Order { items: &items, ..order };
        assert_eq!(order.check(&provider), Err(Misuse::Field("id").into()), "{id}");
        assert_eq!(order.check(&BIRDID), Ok(()));
    }
    let items = [item("0")];
    assert_eq!(Order { items: &items, ..order }.check(&provider), Ok(()));
}

/// The extensions of VIDaaS are told before anything is sent to a provider that knows none of them.
#[test]
fn what_a_provider_does_not_know_is_refused_before_anything_is_sent() {
    let document = Content::Document { length: 3, digest: None };
    let uploads = [Item { id: "1", alias: "a.pdf", content: document }];
    for provider in ALL.into_iter().filter(|provider| provider.name != "vidaas") {
        let upload = order(&uploads, Format::Cms);
        let refused = Misuse::NotOffered("base64_content");
        assert_eq!(upload.check(&provider), Err(refused.into()), "{}", provider.name);
        let items = [item("1")];
        let pades = order(&items, Format::PadesAdRb);
        assert_eq!(pades.check(&provider), Err(Misuse::NotOffered("PAdES_AD_RB").into()));
        let pss = Order { padding: Some(Padding::Pss), ..order(&items, Format::Raw) };
        assert_eq!(pss.check(&provider), Err(Misuse::NotOffered("PSS").into()));
    }
    let page = Order { signature_page: true, ..order(&uploads, Format::PadesAdRb) };
    assert_eq!(page.check(&VIDAAS), Ok(()));
    let provider = Provider { signature_page: false, ..VIDAAS };
    assert_eq!(page.check(&provider), Err(Misuse::Field("pdf_signature_page").into()));
}

#[test]
fn every_provider_has_its_own_name_and_no_doubtful_host() {
    for (place, provider) in ALL.iter().enumerate() {
        assert!(ALL.iter().take(place).all(|earlier| earlier.name != provider.name));
        for environment in Environment::ALL {
            let hosts = [Some(provider.hosts), provider.portal.map(|portal| portal.hosts)];
            for url in hosts.into_iter().flatten().filter_map(|hosts| hosts.base_url(environment)) {
                assert_eq!(Service::new(provider, url).unwrap().base_url(), url);
                for doubtful in
                    ["psc.safeweb", "certificado.safeweb", "sign.bird", "apiv2", "hml.bird"]
                {
                    assert!(!url.contains(doubtful), "{url}");
                }
            }
        }
    }
    for provider in [REMOTEID, GENERIC] {
        assert!(Environment::ALL.into_iter().all(|each| provider.hosts.base_url(each).is_none()));
    }
}

#[test]
fn what_signing_does_not_need_is_not_offered_by_what_is_for_signing() {
    let provider = SAFEID.for_signing();
    let application = application(&provider);
    let discovery = UserDiscovery { application: &application, holder: holder() };
    assert_eq!(request_of(&discovery), Err(Misuse::NotOffered("user-discovery").into()));
    assert!(provider.unsure.is_empty());
    assert_eq!(signature(&provider, Format::Raw), signature(&SAFEID, Format::Raw));
    assert_eq!(token(&provider), token(&SAFEID));
}
