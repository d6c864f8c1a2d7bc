//! The examples that the manuals print, through our writers and readers.
//!
//! Where an example and this library differ, the test says in what and why.

use rubrica_core::document::Digest;
use rubrica_core::error::{Document, Error, Flaw, JsonFault, Malformed, Mismatch, PeerError};
use rubrica_core::exchange::{Effect, Exchange, Method};
use rubrica_core::identity::{Holder, IdentityError};
use rubrica_core::oauth::grant::Grant;
use rubrica_core::oauth::pkce::Verifier;
use rubrica_core::oauth::redirect;
use rubrica_core::oauth::scope::Scope;
use rubrica_core::oauth::state::State;
use rubrica_core::psc::{
    Application, Approval, Authentication, Authorization, AuthorizePush, CertificateDiscovery,
    Content, Format, Item, Order, Registration, Service, SignatureRequest, TokenReply,
    TokenRequest, UserDiscovery, VIDAAS, authorize_url,
};
use rubrica_core::secret::{Secret, SecretText};
use rubrica_core::time::Duration;
use rubrica_tests::capture::{Reply, Sent, parameter, raw_pairs};
use rubrica_tests::setting::{CLIENT_ID, CPF, application, at, entropy, holder, service};

macro_rules! vector {
    ($name:literal) => {
        include_str!(concat!("../vectors/", $name))
    };
}

/// The client secret of the examples.
const EXAMPLE_SECRET: &str = "Ny2n3hq67gQEFvH7";

/// The holder of the examples: nobody, since the check digits do not match.
const EXAMPLE_CPF: &str = "12345678901";

/// The verifier of the examples, and of RFC 7636 appendix B.
const EXAMPLE_VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/// The bytes of that verifier (RFC 7636 appendix B).
const APPENDIX_B: [u8; 32] = [
    116, 24, 223, 180, 151, 153, 224, 37, 79, 250, 96, 125, 216, 173, 187, 186, 22, 212, 37, 77,
    105, 214, 191, 240, 91, 88, 5, 88, 83, 132, 141, 121,
];

fn example_application() -> Application<'static> {
    let secret = SecretText::new(EXAMPLE_SECRET);
    Application::new(service(), CLIENT_ID, secret, "http://valid.com.br").unwrap()
}

fn example_verifier() -> Verifier {
    Verifier::from_entropy(&APPENDIX_B).unwrap()
}

fn state() -> State {
    State::from_entropy(&entropy(1).state).unwrap()
}

fn json_fault(error: Error) -> Option<JsonFault> {
    match error {
        Error::Peer(PeerError::Malformed(Malformed { flaw: Flaw::Json { fault, .. }, .. })) => {
            Some(fault)
        }
        _ => None,
    }
}

/// A text without the white space between its tokens.
fn compact(json: &str) -> String {
    let (mut inside, mut out) = (false, String::new());
    for character in json.chars() {
        inside ^= character == '"';
        if inside || character != ' ' {
            out.push(character);
        }
    }
    out
}

/// The page's examples with the white space that JSON knows.
fn plain_spaces(text: &str) -> String {
    text.replace('\u{a0}', " ")
}

#[test]
fn registration_request() {
    let registration = Registration {
        service: service(),
        name: "App Demo",
        comments: "App Demo Observação",
        redirect_uris: &["https://valid.com.br"],
        email: "demo@valid.com",
    };
    let mut buffer = [0; 1024];
    let sent = Sent::plain(&registration.request(&mut buffer).unwrap());
    assert_eq!(sent.text(), compact(vector!("registration_request.json")));
    assert_eq!(sent.method, Method::Post);
    assert_eq!(sent.url, "https://psc.example/v0/oauth/application");
    assert_eq!(sent.content_type.as_deref(), Some("application/json;charset=UTF-8"));
    assert_eq!(sent.effect, Effect::Once);
}

#[test]
fn registration_reply() {
    let registration = Registration {
        service: service(),
        name: "App Demo",
        comments: "App Demo",
        redirect_uris: &["https://valid.com.br/"],
        email: "demo@valid.com",
    };
    let mut reply = Reply::ok(vector!("registration_reply.json"));
    let credentials = registration.reply(reply.response()).unwrap();
    assert_eq!(credentials.client_id, CLIENT_ID);
    assert_eq!(credentials.client_secret.expose(), EXAMPLE_SECRET);
}

/// With a CPF that can exist in place of the example's.
#[test]
fn discovery_request() {
    assert_eq!(Holder::parse(EXAMPLE_CPF), Err(IdentityError::CheckDigits));
    let application = example_application();
    let mut buffer = [0; 1024];
    let question = UserDiscovery { application: &application, holder: holder() };
    let sent = Sent::plain(&question.request(&mut buffer).unwrap());
    let expected = compact(vector!("discovery_request.json")).replace(EXAMPLE_CPF, CPF);
    assert_eq!(sent.text(), expected);
    assert_eq!(sent.url, "https://psc.example/v0/oauth/user-discovery");
    assert_eq!(sent.bearer, None);
}

#[test]
fn discovery_of_a_known_holder() {
    let question = UserDiscovery { application: application(), holder: holder() };
    let mut reply = Reply::ok(vector!("discovery_known.json"));
    let slots = question.reply(reply.response()).unwrap();
    assert!(slots.is_known());
    let slots: Vec<_> = slots.iter().map(|slot| (slot.alias, slot.label)).collect();
    let label = "e-CPF A3 em nuvem gold";
    assert_eq!(
        slots,
        [
            ("a4c2b5bc-ee20-492a-9908-45d892f2e808", label),
            ("8e8353d5-e786-4822-9666-603bd966ee58", label)
        ]
    );
}

#[test]
fn discovery_of_an_unknown_holder() {
    let question = UserDiscovery { application: application(), holder: holder() };
    let mut reply = Reply::ok(vector!("discovery_unknown.json"));
    let slots = question.reply(reply.response()).unwrap();
    assert!(!slots.is_known());
    assert_eq!(slots.iter().count(), 0);
}

/// The page's example has a line break inside each `slot_alias`, where the column of a table ended.
/// That is an artefact of the copy and no JSON; joined, it is the manual's example.
#[test]
fn the_pages_broken_slot_alias_is_refused_and_accepted_when_joined() {
    let question = UserDiscovery { application: application(), holder: holder() };
    let printed = plain_spaces(vector!("page_discovery_known.json"));
    let error = question.reply(Reply::ok(&printed).response()).err().unwrap();
    assert_eq!(json_fault(error), Some(JsonFault::Syntax));

    let mut joined = Reply::ok(printed.replace("-\n", "-"));
    let mut manual = Reply::ok(vector!("discovery_known.json"));
    let aliases: Vec<_> = question
        .reply(joined.response())
        .unwrap()
        .iter()
        .map(|slot| slot.alias.to_owned())
        .collect();
    let slots = question.reply(manual.response()).unwrap();
    assert!(slots.iter().map(|slot| slot.alias).eq(aliases.iter().map(String::as_str)));
    assert_eq!(aliases.len(), 2);
}

/// A no-break space is white space to a reader of pages and none to JSON (RFC 8259 §2).
#[test]
fn a_no_break_space_is_refused_between_tokens_and_kept_inside_a_string() {
    let exchange = SignatureExample::new();
    let printed = vector!("page_signature_reply.json");
    assert!(printed.contains('\u{a0}'));
    let mut reply = Reply::ok(printed);
    let error = exchange.request().reply(reply.response()).err().unwrap();
    assert_eq!(json_fault(error), Some(JsonFault::Syntax));
    assert!(exchange.request().reply(Reply::ok(plain_spaces(printed)).response()).is_ok());

    let question = UserDiscovery { application: application(), holder: holder() };
    let inside = vector!("discovery_known.json").replace("e-CPF A3", "e-CPF\u{a0}A3");
    let mut reply = Reply::ok(inside);
    let slots = question.reply(reply.response()).unwrap();
    assert_eq!(slots.iter().next().unwrap().label, "e-CPF\u{a0}A3 em nuvem gold");
}

/// The challenge on the page lost its hyphen to the end of a line: it has 42 characters and belongs
/// to no verifier. The manual's is RFC 7636's.
#[test]
fn s02_the_examples_challenge_is_the_one_of_rfc_7636_appendix_b() {
    let query = vector!("authorize_redirect.txt").split_once('?').unwrap().1;
    let challenge = parameter(query, "code_challenge").unwrap();
    assert_eq!(example_verifier().challenge().as_str(), challenge);
    assert_eq!(example_verifier().expose(), EXAMPLE_VERIFIER);
    assert_eq!(parameter(query, "code_challenge_method").unwrap(), "S256");

    let misprint = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstwcM";
    assert_eq!(misprint.len(), 42);
    assert_eq!(challenge.replace("w-c", "wc"), misprint);
}

/// The example differs from what is written here in three things: it does not percent-encode
/// `redirect_uri`, which a query needs (RFC 3986 §3.4); it sends no `state`, without which any
/// answer could be pushed on the application (RFC 6749 §10.12); and it sends a `login_hint`, of which
/// the same section says "deixar em branco".
#[test]
fn authorize_by_redirect() {
    let application = example_application();
    let authorization = Authorization {
        holder: Some(holder()),
        scope: Scope::SignatureSession,
        lifetime: Some(900),
    };
    let mut buffer = [0; 1024];
    let challenge = example_verifier().challenge();
    let url =
        authorize_url(&application, &authorization, &challenge, &state(), &mut buffer).unwrap();
    let (path, query) = url.split_once('?').unwrap();
    assert_eq!(path, "https://psc.example/v0/oauth/authorize");

    let example = vector!("authorize_redirect.txt").split_once('?').unwrap().1;
    for name in [
        "client_id",
        "code_challenge",
        "code_challenge_method",
        "response_type",
        "scope",
        "lifetime",
        "redirect_uri",
    ] {
        let expected = parameter(example, name);
        assert!(expected.is_some(), "{name}");
        assert_eq!(parameter(query, name), expected, "{name}");
    }
    assert!(raw_pairs(query).contains(&("redirect_uri", "http%3A%2F%2Fvalid.com.br")));
    assert!(raw_pairs(example).contains(&("redirect_uri", "http://valid.com.br")));
    assert_eq!(parameter(query, "state").as_deref(), Some(state().as_str()));
    assert_eq!(parameter(example, "state"), None);
    assert_eq!(parameter(query, "login_hint"), None);
    assert_eq!(raw_pairs(query).len(), 8);
}

/// Differs from the example in the encoding of `push://`, in the `state`, and in a CPF that can exist.
#[test]
fn authorize_by_push() {
    let application = example_application();
    let authorization = Authorization {
        holder: Some(holder()),
        scope: Scope::SignatureSession,
        lifetime: Some(900),
    };
    let (challenge, state) = (&example_verifier().challenge(), &state());
    let exchange = AuthorizePush {
        application: &application,
        authorization: &authorization,
        challenge,
        state,
    };
    let mut buffer = [0; 1024];
    let sent = Sent::plain(&exchange.request(&mut buffer).unwrap());
    let (path, query) = sent.path_and_query();
    assert_eq!((sent.method, path), (Method::Get, "https://psc.example/v0/oauth/authorize"));

    let example = vector!("authorize_push.txt").split_once('?').unwrap().1;
    for (name, value) in raw_pairs(example) {
        let expected = if name == "login_hint" { CPF } else { value };
        let name: &'static str = Box::leak(name.to_owned().into_boxed_str());
        assert_eq!(parameter(query, name).as_deref(), Some(expected), "{name}");
    }
    assert!(raw_pairs(query).contains(&("redirect_uri", "push%3A%2F%2F")));
    assert_eq!(parameter(query, "state").as_deref(), Some(state.as_str()));
    assert_eq!(raw_pairs(query).len(), raw_pairs(example).len() + 1);
}

/// The example's answer has `state=NONE`: its request had none. Ours always has one, and an answer
/// without it is another request's.
#[test]
fn s04_the_answer_of_the_redirect_example_is_refused_for_its_state() {
    let query = vector!("redirect.txt").split_once('?').unwrap().1;
    let error = redirect::read(query, &redirect::Expected::new(&state(), "https://psc.example"))
        .unwrap_err();
    assert_eq!(error, PeerError::Mismatch(Mismatch::State).into());

    let ours = query.replace("state=NONE", &format!("state={}", state().as_str()));
    let code =
        redirect::read(&ours, &redirect::Expected::new(&state(), "https://psc.example")).unwrap();
    assert_eq!(Some(code.expose()), parameter(query, "code").as_deref());
    assert_eq!(code.expose().split('.').count(), 5);
}

#[test]
fn push_reply() {
    let authorization = Authorization { holder: Some(holder()), ..Authorization::default() };
    let (challenge, state) = (&example_verifier().challenge(), &state());
    let exchange = AuthorizePush {
        application: application(),
        authorization: &authorization,
        challenge,
        state,
    };
    let mut reply = Reply::ok(vector!("push_reply.txt"));
    let code = exchange.reply(reply.response()).unwrap();
    assert_eq!(code.expose(), "d402d71c-0918-43ca-a07d-62597f559497");
}

#[test]
fn approval_request() {
    let code = Secret::new("d402d71c-0918-43ca-a07d-62597f559497", "code").unwrap();
    let exchange = Authentication { application: application(), code: &code };
    let mut buffer = [0; 512];
    let sent = Sent::plain(&exchange.request(&mut buffer).unwrap());
    assert_eq!(
        sent.url,
        vector!("approval_request.txt").replace("<URI-base>", "https://psc.example")
    );
    assert_eq!((sent.method, sent.body.len()), (Method::Get, 0));
}

fn approve(text: &str) -> Result<String, Error> {
    let code = Secret::new("d402d71c-0918-43ca-a07d-62597f559497", "code").unwrap();
    let exchange = Authentication { application: application(), code: &code };
    match exchange.reply(Reply::ok(text).response())? {
        Approval::Granted(code) => Ok(code.expose().to_owned()),
        Approval::Pending => panic!("pending"),
    }
}

#[test]
fn approval_reply() {
    let code = approve(vector!("approval_reply.json")).unwrap();
    assert_eq!(code.len(), 309);
    assert!(code.starts_with("eyJlbmMiOiJBMTI4Q0JDLUhTMjU2IiwiYWxnIjoiZGlyIn0.."));
}

/// The page's example has line breaks inside its strings and lost a hyphen to one of them.
#[test]
fn the_pages_broken_approval_is_refused_and_accepted_when_joined() {
    let printed = vector!("page_approval_reply.json");
    assert_eq!(json_fault(approve(printed).unwrap_err()), Some(JsonFault::Syntax));
    let joined = approve(&printed.replace('\n', "")).unwrap();
    let manual = approve(vector!("approval_reply.json")).unwrap();
    assert_eq!(joined.len(), 308);
    assert_eq!(joined, manual.replace("di-gW4_", "digW4_"));
}

/// The example shows as JSON (with its secret unquoted, so that it is none) what its own heading
/// calls `application/x-www-form-urlencoded`. It also leaves out `redirect_uri`, which must be there
/// when the authorization had one (RFC 6749 §4.1.3).
#[test]
fn token_request() {
    let printed = vector!("token_request.json");
    assert!(serde_json::from_str::<serde_json::Value>(printed).is_err());
    let quoted = printed.replace(EXAMPLE_SECRET, &format!("\"{EXAMPLE_SECRET}\""));
    let example: serde_json::Value = serde_json::from_str(&quoted).unwrap();

    let application = example_application();
    let (code, verifier) =
        (Secret::new("<authorization code>", "code").unwrap(), example_verifier());
    let exchange = TokenRequest {
        application: &application,
        code: &code,
        verifier: &verifier,
        redirect_uri: "http://valid.com.br",
        scope: Scope::SignatureSession,
        holder: None,
    };
    let mut buffer = [0; 1024];
    let sent = Sent::plain(&exchange.request(&mut buffer).unwrap());
    assert_eq!(sent.url, "https://psc.example/v0/oauth/token");
    assert_eq!(sent.content_type.as_deref(), Some("application/x-www-form-urlencoded"));
    for name in ["grant_type", "client_id", "client_secret", "code", "code_verifier"] {
        assert_eq!(parameter(sent.text(), name).as_deref(), example[name].as_str(), "{name}");
    }
    assert_eq!(parameter(sent.text(), "redirect_uri").as_deref(), Some("http://valid.com.br"));
    assert_eq!(raw_pairs(sent.text()).len(), 6);
    assert!(sent.text().contains("code=%3Cauthorization%20code%3E"));
}

fn redeem(text: &str, scope: Scope, holder: Option<Holder>) -> Result<TokenReply, Error> {
    let (code, verifier) = (Secret::new("code", "code").unwrap(), example_verifier());
    TokenRequest {
        application: application(),
        code: &code,
        verifier: &verifier,
        redirect_uri: "push://",
        scope,
        holder,
    }
    .reply(Reply::ok(text).response())
}

/// The example's holder cannot exist: it is taken for untold, and for another one where a holder was
/// asked for.
#[test]
fn token_reply() {
    let text = vector!("token_reply.json");
    let reply = redeem(text, Scope::SignatureSession, None).unwrap();
    assert_eq!(reply.token.expose().len(), 309);
    assert_eq!(reply.lifetime, Duration::from_secs(900));
    assert_eq!(reply.identification, None);

    let told = text.replace(EXAMPLE_CPF, CPF);
    let reply = redeem(&told, Scope::SignatureSession, Some(holder())).unwrap();
    assert_eq!(reply.identification, Some(holder()));
    assert_eq!(
        redeem(text, Scope::SignatureSession, Some(holder())).unwrap_err(),
        PeerError::Mismatch(Mismatch::Holder).into()
    );
}

#[test]
fn s09_the_token_example_is_refused_where_another_scope_was_asked_for() {
    for scope in [Scope::SingleSignature, Scope::MultiSignature, Scope::AuthenticationSession] {
        assert_eq!(
            redeem(vector!("token_reply.json"), scope, None).unwrap_err(),
            PeerError::Mismatch(Mismatch::Scope).into()
        );
    }
}

/// The page's token lost the same hyphen at the end of a line.
#[test]
fn the_pages_token_reply_is_json_once_its_spaces_are() {
    let printed = vector!("page_token_reply.json");
    let error = redeem(printed, Scope::SignatureSession, None).unwrap_err();
    assert_eq!(json_fault(error), Some(JsonFault::Syntax));
    let reply = redeem(&plain_spaces(printed), Scope::SignatureSession, None).unwrap();
    let manual = redeem(vector!("token_reply.json"), Scope::SignatureSession, None).unwrap();
    assert_eq!(reply.token.expose(), manual.token.expose().replace("HZJk-a9", "HZJka9"));
}

/// The digest of the signature's example.
const EXAMPLE_DIGEST: [u8; 32] = [
    0x16, 0xab, 0xa5, 0x39, 0x3a, 0xd7, 0x2c, 0x00, 0x41, 0xf5, 0x60, 0x0a, 0xd3, 0xc2, 0xc5, 0x2e,
    0xc4, 0x37, 0xa2, 0xf0, 0xc7, 0xfc, 0x08, 0xfa, 0xdf, 0xc3, 0xc0, 0xfe, 0x96, 0x41, 0xd7, 0xa3,
];

const EXAMPLE_ITEM: Item<'static> = Item {
    id: "dummy assinatura",
    alias: "dummy.pdf",
    content: Content::Digest(Digest::from_bytes(EXAMPLE_DIGEST)),
};

struct SignatureExample {
    order: Order<'static>,
}

impl SignatureExample {
    const fn new() -> Self {
        let order = Order {
            items: &[EXAMPLE_ITEM],
            format: Format::Raw,
            padding: None,
            signature_page: false,
            certificate_alias: None,
        };
        Self { order }
    }

    fn request(&self) -> SignatureRequest<'_> {
        let order = &self.order;
        SignatureRequest { application: application(), order, items: 0..1, token: "token" }
    }
}

#[test]
fn signature_request() {
    let example = SignatureExample::new();
    let mut buffer = [0; 1024];
    let request = example.request();
    let sent = Sent::plain(&request.request(&mut buffer).unwrap());
    assert_eq!(sent.text(), compact(vector!("signature_request.json")));
    assert_eq!(sent.url, "https://psc.example/v0/oauth/signature");
    assert_eq!(sent.bearer.as_deref(), Some("token"));
    assert_eq!(sent.effect, Effect::Once);
}

/// "my signature base64" is a place for base64 and no base64: its entry is found, its bytes are not.
#[test]
fn signature_reply() {
    let example = SignatureExample::new();
    let request = example.request();
    let mut reply = Reply::ok(vector!("signature_reply.json"));
    let signatures = request.reply(reply.response()).unwrap();
    assert_eq!(signatures.certificate_alias(), Some("CERTIFICADO TESTE"));
    let (number, signature) = signatures.iter().next().unwrap();
    assert_eq!(number, 0);
    let expected = PeerError::Malformed(Malformed {
        document: Document::Signature,
        flaw: Flaw::Invalid("raw_signature"),
    });
    assert_eq!(signature.unwrap().encoded().unwrap().decode(&mut [0; 64]), Err(expected.into()));
    assert_eq!(signatures.iter().count(), 1);
}

/// The manual's certificate is a real person's: this one was made for the test, in the same shape.
#[test]
fn certificate_discovery() {
    let token = Secret::new("token", "token").unwrap();
    let lifetime = Duration::from_secs(900);
    let grant = Grant::new(token, Scope::SignatureSession, lifetime, None, at(0));
    let alias = "28938fd0-954d-4cff-8f69-a159b70e3d1f";
    let exchange =
        CertificateDiscovery { application: application(), grant: &grant, alias: Some(alias) };
    let mut buffer = [0; 512];
    let sent = Sent::plain(&exchange.request(&mut buffer).unwrap());
    let url =
        format!("https://psc.example/v0/oauth/certificate-discovery?certificate_alias={alias}");
    assert_eq!((sent.method, sent.url, sent.bearer.as_deref()), (Method::Get, url, Some("token")));

    let mut reply = Reply::ok(vector!("certificates_reply.json"));
    let certificates: Vec<_> = exchange.reply(reply.response()).unwrap().iter().collect();
    assert_eq!(certificates.len(), 1);
    assert_eq!(certificates[0].alias, alias);
    let lines: Vec<&str> = certificates[0].pem.split("\r\n").collect();
    assert_eq!(lines.first(), Some(&"-----BEGIN CERTIFICATE-----"));
    assert_eq!(lines[lines.len() - 2..], ["-----END CERTIFICATE-----", ""]);
    assert!(!certificates[0].pem.contains('\\'));

    let exchange = CertificateDiscovery { alias: Some("another"), ..exchange };
    let mut reply = Reply::ok(vector!("certificates_reply.json"));
    assert_eq!(
        exchange.reply(reply.response()).err(),
        Some(PeerError::Mismatch(Mismatch::Certificate).into())
    );
}

/// Manual §1.1 and the page.
#[test]
fn the_addresses_are_the_printed_ones() {
    use rubrica_core::psc::Environment;
    for (environment, host) in [
        (Environment::Production, "https://certificado.vidaas.com.br"),
        (Environment::Homologation, "https://hml-certificado.vidaas.com.br"),
        (Environment::Demonstration, "https://demo-certificado.vidaas.com.br"),
    ] {
        assert_eq!(VIDAAS.hosts.base_url(environment), Some(host));
        assert!(Service::new(&VIDAAS, host).is_ok());
    }
}
