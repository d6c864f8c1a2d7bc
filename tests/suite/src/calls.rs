//! The core's exchanges over the host's transport, one by one, at any PSC of a sandbox.

use rubrica::Conclusion;
use rubrica::core::document::Digest;
use rubrica::core::error::{Error, PeerError, Refusal};
use rubrica::core::exchange::Exchange;
use rubrica::core::oauth::grant::Grant;
use rubrica::core::oauth::scope::Scope;
use rubrica::core::psc::{
    Application, Authorization, Content, Format, Item, Order, Service, SignatureRequest,
};
use rubrica::core::secret::SecretText;
use rubrica_sandbox::Sandbox;
use rubrica_ureq::Transport;

use crate::host::holder;
use crate::psc::provider;
use crate::validation::{conclusions, validator};

fn transport(sandbox: &Sandbox) -> Transport {
    let settings = rubrica_ureq::Settings {
        extra_anchors_pem: Some(sandbox.tls_ca_pem().into()),
        ..rubrica_ureq::Settings::default()
    };
    Transport::new(&settings).expect("good settings")
}

/// Hands the application of a PSC beside VIDaaS over, with this secret in the place of its own.
///
/// # Panics
/// For a PSC that the sandbox does not have.
pub fn with_secret<T>(
    sandbox: &Sandbox,
    name: &str,
    secret: Option<&str>,
    then: impl FnOnce(&Application<'_>) -> T,
) -> T {
    let psc = sandbox.psc(name).expect("one of six");
    let provider = provider(name);
    let service = Service::new(&provider, psc.base_url()).expect("a URL");
    let registered = psc.application();
    let secret = SecretText::new(secret.unwrap_or(&registered.client_secret));
    let uri = &registered.redirect_uris[0];
    then(&Application::new(service, &registered.client_id, secret, uri).expect("good fields"))
}

/// Hands the application of a PSC beside VIDaaS over.
pub fn with<T>(sandbox: &Sandbox, name: &str, then: impl FnOnce(&Application<'_>) -> T) -> T {
    with_secret(sandbox, name, None, then)
}

/// One exchange, and what is read of its reply.
///
/// # Errors
/// The exchange's.
///
/// # Panics
/// Where there is no reply.
pub fn call<E: Exchange, T>(
    sandbox: &Sandbox,
    exchange: &E,
    read: impl for<'r> FnOnce(E::Reply<'r>) -> T,
) -> Result<T, Error> {
    let mut buffer = vec![0; 16 * 1024];
    let request = exchange.request(&mut buffer)?;
    let mut body = Vec::new();
    let sent = transport(sandbox).send(&request, &mut (), &mut (), &mut body);
    let reply = sent.expect("an answer");
    exchange.reply(reply.response(&mut body)).map(read)
}

/// The words of a refusal.
///
/// # Panics
/// For any other error.
#[must_use]
#[track_caller]
pub fn refusal(error: Error) -> Refusal {
    match error {
        Error::Peer(PeerError::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

/// What a holder is asked to authorize for ten minutes.
#[must_use]
pub fn authorization(number: &str, scope: Scope) -> Authorization {
    Authorization { holder: Some(holder(number)), scope, lifetime: Some(600) }
}

/// Signs with a grant, wherever it comes from, and has the CMS examined as a validator does.
///
/// # Errors
/// The service's.
///
/// # Panics
/// Where the signature is not valid.
pub fn sign(
    sandbox: &Sandbox,
    application: &Application<'_>,
    number: &str,
    grant: &Grant,
    content: &str,
) -> Result<(), Error> {
    let content = content.as_bytes().to_vec();
    let digest = Content::Digest(Digest::of(&content));
    let items = [Item { id: "1", alias: "contract.txt", content: digest }];
    let order = Order {
        items: &items,
        format: Format::Cms,
        padding: None,
        signature_page: false,
        certificate_alias: None,
    };
    let request =
        SignatureRequest { application, order: &order, items: 0..1, token: grant.token() };
    let cms = call(sandbox, &request, |signatures| {
        let (_, signature) = signatures.iter().next().expect("one");
        let encoded = signature.expect("an entry").encoded().expect("no sink took it");
        let mut bytes = vec![0; encoded.normalized_bound()];
        encoded.normalize(&mut bytes).expect("a CMS").to_vec()
    })?;
    let mut validator = validator(sandbox).holder(holder(number));
    let examined = validator.cms(&cms, Some(&content)).expect("a CMS");
    assert_eq!(conclusions(&examined), [Conclusion::Valid], "{examined:#?}");
    Ok(())
}
