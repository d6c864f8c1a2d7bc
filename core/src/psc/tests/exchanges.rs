//! The exchanges beside authorization and signature.

use std::format;

use super::*;
use crate::document::Digest;
use crate::error::{Mismatch, Misuse, PeerError, ResourceError};
use crate::exchange::Effect;

const EMAIL: &str = "suporte@aplicacao.example";

fn application_token() -> ApplicationToken {
    let token = Secret::new("app-token", "token").unwrap();
    ApplicationToken { token, lifetime: Duration::from_secs(7_200) }
}

#[test]
fn an_applications_own_token_is_no_grant() {
    let application = application(&SERPROID);
    let exchange = ClientToken { application: &application };
    let sent = request_of(&exchange).unwrap();
    assert_eq!(sent.line, format!("POST {BASE_URL}/oauth/v0/oauth/client_token"));
    assert_eq!(sent.content_type.as_deref(), Some("application/x-www-form-urlencoded"));
    assert_eq!(
        sent.body,
        "grant_type=client_credentials&client_id=4c9fb552-0387-4e5f-8727-6676fa88dce1\
         &client_secret=Ny2n3hq67gQEFvH7"
    );
    let mut body = br#"{"access_token":"x","token_type":"bearer","expires_in":7200}"#.to_vec();
    let reply = exchange.reply(response(200, &mut body)).unwrap();
    assert_eq!((reply.token.expose(), reply.lifetime), ("x", Duration::from_secs(7_200)));
    let mut body = br#"{"error":"invalid_client"}"#.to_vec();
    let error = exchange.reply(response(401, &mut body)).unwrap_err();
    assert_eq!(error.advice(), crate::advice::Advice::CheckCredentials);
}

fn maintenance<'a>(
    application: &'a Application<'a>,
    token: &'a ApplicationToken,
) -> ClientMaintenance<'a> {
    ClientMaintenance {
        application,
        token,
        client_secret: None,
        name: Some("Nome da Aplicação"),
        comments: None,
        redirect_uris: &["https://www.aplicacao.example/callback"],
        email: EMAIL,
    }
}

#[test]
fn a_registration_is_changed_by_put() {
    let (application, token) = (application(&SERPROID), application_token());
    let exchange = maintenance(&application, &token);
    let sent = request_of(&exchange).unwrap();
    assert_eq!(sent.line, format!("PUT {BASE_URL}/oauth/v0/oauth/client_maintenance"));
    assert_eq!(sent.bearer.as_deref(), Some("app-token"));
    assert_eq!(
        sent.body,
        r#"{"client_id":"4c9fb552-0387-4e5f-8727-6676fa88dce1","name":"Nome da Aplicação","redirect_uris":["https://www.aplicacao.example/callback"],"email":"suporte@aplicacao.example"}"#
    );
    let secret = Some(SecretText::new("another-secret"));
    let all = ClientMaintenance {
        client_secret: secret,
        name: None,
        comments: Some("c"),
        redirect_uris: &[],
        ..exchange
    };
    assert_eq!(
        request_of(&all).unwrap().body,
        r#"{"client_id":"4c9fb552-0387-4e5f-8727-6676fa88dce1","client_secret":"another-secret","comments":"c","email":"suporte@aplicacao.example"}"#
    );
    assert!(!format!("{all:?}").contains("another-secret"));
    for (bad, field) in [
        (ClientMaintenance { email: "nobody", ..exchange }, "email"),
        (ClientMaintenance { name: Some(""), ..exchange }, "name"),
        (ClientMaintenance { comments: Some(""), ..exchange }, "comments"),
        (ClientMaintenance { redirect_uris: &["nowhere"], ..exchange }, "redirect_uris"),
        (
            ClientMaintenance { client_secret: Some(SecretText::new("")), ..exchange },
            "client_secret",
        ),
    ] {
        assert_eq!(request_of(&bad), Err(Misuse::Field(field).into()));
    }
}

#[test]
fn a_change_is_of_this_application() {
    let (application, token) = (application(&SERPROID), application_token());
    let exchange = maintenance(&application, &token);
    let read = |status, body: &str| {
        let mut body = body.as_bytes().to_vec();
        exchange.reply(response(status, &mut body))
    };
    assert_eq!(read(200, &format!(r#"{{"client_id":"{CLIENT_ID}"}}"#)), Ok(()));
    assert_eq!(read(200, "{}"), Ok(()));
    assert_eq!(read(204, ""), Ok(()));
    let other = read(200, r#"{"client_id":"x"}"#);
    assert_eq!(other, Err(PeerError::Mismatch(Mismatch::Application).into()));
    assert_eq!(read(401, ""), Err(PeerError::Unauthorized.into()));
    assert!(matches!(read(412, r#"{"code":"X"}"#), Err(Error::Peer(PeerError::Refused(_)))));
}

fn by_certificate<'a>(service: Service<'a>, x5c: &'a [&'a str]) -> CertificateRegistration<'a> {
    CertificateRegistration {
        service,
        x5c,
        name: "Nome",
        comments: "Descrição",
        host: "www.aplicacao.example",
        redirect_uris: &["https://www.aplicacao.example/callback"],
        audience: "SerproID",
        email: EMAIL,
    }
}

#[test]
fn a_registration_by_certificate_is_signed_by_its_caller() {
    use base64ct::{Base64UrlUnpadded, Encoding};
    let service = application(&SERPROID).service();
    let registration = by_certificate(service, &["MIIB", "MIIC"]);
    let (mut scratch, mut out) = ([0; 512], [0; 512]);
    let input = registration.signing_input(&mut scratch, &mut out).unwrap();
    let (header, claims) = input.split_once('.').unwrap();
    let decoded = |text| String::from_utf8(Base64UrlUnpadded::decode_vec(text).unwrap()).unwrap();
    assert_eq!(decoded(header), r#"{"alg":"RS256","x5c":["MIIB","MIIC"]}"#);
    assert_eq!(
        decoded(claims),
        r#"{"name":"Nome","comments":"Descrição","host":"www.aplicacao.example","redirect_uris":["https://www.aplicacao.example/callback"],"aud":"SerproID","email":"suporte@aplicacao.example"}"#
    );
    // What the caller's key signs is this digest.
    let _ = Digest::of(input.as_bytes());
    let signature = [0xfb; 256];
    let signed = SignedRegistration { service, signing_input: input, signature: &signature };
    let sent = request_of(&signed).unwrap();
    assert_eq!(sent.line, format!("POST {BASE_URL}/oauth/v0/oauth/application_cert"));
    assert_eq!(sent.content_type.as_deref(), Some("application/jwt"));
    let encoded = Base64UrlUnpadded::encode_string(&signature);
    assert_eq!(sent.body, format!("{input}.{encoded}"));
    let mut buffer = [0; 2048];
    assert_eq!(signed.request(&mut buffer).unwrap().effect, Effect::Once);

    let mut body =
        br#"{"status":"success","message":"ok","client_id":"a","client_secret":"b"}"#.to_vec();
    let credentials = signed.reply(response(200, &mut body)).unwrap();
    assert_eq!((credentials.client_id, credentials.client_secret.expose()), ("a", "b"));

    for (scratch, out) in [(10, 512), (512, 10), (512, 200)] {
        let (mut scratch, mut out) = (std::vec![0; scratch], std::vec![0; out]);
        let error = registration.signing_input(&mut scratch, &mut out).unwrap_err();
        assert!(matches!(error, Error::Resource(ResourceError::BufferTooSmall { .. })));
    }
}

#[test]
fn a_registration_by_certificate_is_of_its_own_host() {
    let service = application(&SERPROID).service();
    let good = by_certificate(service, &["MIIB"]);
    let check = |registration: CertificateRegistration<'_>| {
        registration.signing_input(&mut [0; 1024], &mut [0; 1024]).map(|_| ())
    };
    assert_eq!(check(good), Ok(()));
    for uri in [
        "https://www.aplicacao.example:8443/x",
        "https://www.aplicacao.example",
        "https://www.aplicacao.example?x=1",
    ] {
        assert_eq!(check(CertificateRegistration { redirect_uris: &[uri], ..good }), Ok(()));
    }
    for uri in [
        "http://www.aplicacao.example/x",
        "https://www.aplicacao.example.evil/x",
        "https://www.aplicacao.example@evil.example/",
        "https://other.example/x",
        "https://www.aplicacao.example/x#y",
    ] {
        assert_eq!(
            check(CertificateRegistration { redirect_uris: &[uri], ..good }),
            Err(Misuse::Field("redirect_uris").into()),
            "{uri}"
        );
    }
    for (bad, field) in [
        (CertificateRegistration { x5c: &[], ..good }, "x5c"),
        (CertificateRegistration { audience: "", ..good }, "aud"),
        (CertificateRegistration { host: "a/b", ..good }, "host"),
    ] {
        assert_eq!(check(bad), Err(Misuse::Field(field).into()));
    }
    let short = SignedRegistration { service, signing_input: "a.b", signature: &[0; 128] };
    assert_eq!(request_of(&short), Err(Misuse::Field("signature").into()));
}

#[test]
fn a_trusted_application_is_asked_for_and_answered_by_webhook() {
    let application = application(&SAFEID);
    let (authorization, state) = (authorization(Scope::SingleSignature), state());
    let exchange = TrustedAuthorization {
        application: &application,
        authorization: &authorization,
        state: &state,
        redirect_uri: Some("https://aplicacao.example/webhook"),
    };
    let sent = request_of(&exchange).unwrap();
    assert_eq!(
        sent.line,
        format!("POST {BASE_URL}/Service/Microservice/OAuth/api/v0/oauth/authorize-ca")
    );
    assert_eq!(
        sent.body,
        format!(
            r#"{{"client_id":"{CLIENT_ID}","login_hint":"11144477735","redirect_uri":"https://aplicacao.example/webhook","state":"{}","lifetime":900}}"#,
            state.as_str()
        )
    );
    assert_eq!(exchange.reply(response(200, &mut [])), Ok(()));
    assert_eq!(exchange.reply(response(200, &mut b"{}".to_vec())), Ok(()));
    let refused = exchange.reply(response(200, &mut br#"{"error":"invalid_client"}"#.to_vec()));
    assert!(matches!(refused, Err(Error::Peer(PeerError::Refused(_)))));
    let birdid = super::application(&BIRDID);
    let nowhere = TrustedAuthorization { application: &birdid, ..exchange };
    assert_eq!(request_of(&nowhere), Err(Misuse::NotOffered("authorize-ca").into()));

    let mut body = format!(
        r#"{{"identifierCA":"id-1","state":"{}","expirationDate":"2026-12-01T00:00:00","serialNumber":77}}"#,
        state.as_str()
    )
    .into_bytes();
    let approval = TrustedApproval::read(&mut body, &state).unwrap();
    assert_eq!(approval.identifier.expose(), "id-1");
    assert_eq!(approval.serial_number, "77");
    assert_eq!(approval.expiration_date, "2026-12-01T00:00:00");
    assert!(!format!("{approval:?}").contains("id-1"));
}

/// What anybody can post to a webhook.
#[test]
fn s04_a_webhook_is_believed_by_its_state_alone() {
    let state = state();
    let read = |members: &str, state_member: &str| {
        let mut body = format!("{{{members}{state_member}}}").into_bytes();
        TrustedApproval::read(&mut body, &state).map(|_| ()).unwrap_err()
    };
    let ours = format!(r#","state":"{}""#, state.as_str());
    let approval = r#""identifierCA":"i","expirationDate":"e","serialNumber":"s""#;
    let mismatch = Error::from(PeerError::Mismatch(Mismatch::State));
    for foreign in ["", r#","state":"""#, r#","state":"NONE""#, r#","state":null"#] {
        assert_eq!(read(approval, foreign), mismatch, "{foreign}");
        assert_eq!(read(r#""error":"user_denied""#, foreign), mismatch);
    }
    assert_eq!(read(r#""error":"user_denied""#, &ours), PeerError::Denied.into());
    assert!(matches!(read(r#""error":"x""#, &ours), Error::Peer(PeerError::Refused(_))));
    for malformed in [
        &format!(r#"{approval},"error":"user_denied""#),
        r#""error":7"#,
        r#""identifierCA":"i""#,
        r#""identifierCA":"","expirationDate":"e","serialNumber":"s""#,
    ] {
        let error = read(malformed, &ours);
        assert!(matches!(error, Error::Peer(PeerError::Malformed(_))), "{malformed}");
    }
    let twice = format!("{ours}{ours}");
    assert!(matches!(read(approval, &twice), Error::Peer(PeerError::Malformed(_))));
}

#[test]
fn a_login_begins_at_the_portal() {
    let application = application(&BIRDID);
    let portal = Service::new(&BIRDID, "https://portal.example").unwrap();
    let authorization =
        Authorization { holder: None, scope: Scope::AuthenticationSession, lifetime: Some(36_000) };
    let exchange = PortalLogin {
        application: &application,
        portal,
        authorization: &authorization,
        callback_url: "https://minha-aplicacao.example/auth/callback",
    };
    let sent = request_of(&exchange).unwrap();
    assert_eq!(sent.line, "POST https://portal.example/oauth/start");
    assert_eq!(
        sent.body,
        r#"{"client_id":"4c9fb552-0387-4e5f-8727-6676fa88dce1","client_secret":"Ny2n3hq67gQEFvH7","scope":"authentication_session","callback_url":"https://minha-aplicacao.example/auth/callback","lifetime":36000}"#
    );
    let named = Authorization { holder: Some(holder()), ..authorization };
    let named = PortalLogin { authorization: &named, ..exchange };
    assert!(request_of(&named).unwrap().body.contains(r#""username":"11144477735","scope""#));

    let mut body = br#"{"challenge":42,"client_name":"App","short_token":"st","ws_token":null,
        "can_notify":true,"notified":"false","qr_code":"qr","environment":"hom","auth_ttl":120}"#
        .to_vec();
    let start = exchange.reply(response(201, &mut body)).unwrap();
    assert_eq!((start.challenge, start.short_token.expose()), ("42", "st"));
    assert!(start.can_notify && !start.notified && start.ws_token.is_none());
    assert!(!format!("{start:?}").contains("qr\""));
    let mut body = b"{}".to_vec();
    assert_eq!(exchange.reply(response(200, &mut body)).unwrap().qr_code, "");
    assert_eq!(
        request_of(&PortalLogin { application: &super::application(&SAFEID), ..exchange }),
        Err(Misuse::NotOffered("oauth/start").into())
    );
}

#[test]
fn a_signature_by_notification_goes_out_with_what_the_caller_adds() {
    let application = application(&VAULTID);
    let exchange = AsyncSignature {
        application: &application,
        holder: holder(),
        message: "Contrato \"7\"",
        members: r#""hashes":[]"#,
    };
    let sent = request_of(&exchange).unwrap();
    assert_eq!(sent.line, format!("POST {BASE_URL}/async-signature"));
    assert_eq!(
        sent.body,
        r#"{"client_id":"4c9fb552-0387-4e5f-8727-6676fa88dce1","client_secret":"Ny2n3hq67gQEFvH7","username":"11144477735","message":"Contrato \"7\"","hashes":[]}"#
    );
    let alone = AsyncSignature { members: "", ..exchange };
    assert!(request_of(&alone).unwrap().body.ends_with(r#""message":"Contrato \"7\""}"#));
    assert!(!format!("{exchange:?}").contains("Contrato"));
    let mut buffer = [0; 1024];
    assert_eq!(exchange.request(&mut buffer).unwrap().effect, Effect::Once);
    for message in ["", "a\nb", &"a".repeat(257)] {
        let bad = AsyncSignature { message, ..exchange };
        assert_eq!(request_of(&bad), Err(Misuse::Field("message").into()));
    }
    assert!(exchange.reply(response(202, &mut [])).unwrap().is_none());
    let mut body = br#"{"tcn":"1"}"#.to_vec();
    let reply = exchange.reply(response(200, &mut body)).unwrap().unwrap();
    assert_eq!(reply.text("tcn"), Ok("1"));
}

#[test]
fn s20_a_token_is_revoked_where_the_provider_offers_it_and_forgotten_everywhere() {
    let grant = grant(Scope::SignatureSession);
    let vidaas = application(&VIDAAS);
    let exchange = Revocation { application: &vidaas, grant: &grant };
    let sent = request_of(&exchange).unwrap();
    assert_eq!(sent.line, format!("POST {BASE_URL}/v0/oauth/revoke"));
    // The token goes in the body, and neither into the URL nor into a header.
    assert_eq!(sent.bearer, None);
    assert_eq!(
        sent.body,
        "client_id=4c9fb552-0387-4e5f-8727-6676fa88dce1&client_secret=Ny2n3hq67gQEFvH7&token=token"
    );
    let json = Provider { token_body: BodyEncoding::Json, ..VIDAAS };
    let json = application(&json);
    assert!(
        request_of(&Revocation { application: &json, ..exchange })
            .unwrap()
            .body
            .ends_with(r#","token":"token"}"#)
    );
    for provider in [SAFEID, SERPROID, GENERIC] {
        let application = application(&provider);
        assert_eq!(
            request_of(&Revocation { application: &application, ..exchange }),
            Err(Misuse::NotOffered("revoke").into())
        );
    }
    assert_eq!(exchange.reply(response(200, &mut [])), Ok(()));
    assert_eq!(exchange.reply(response(204, &mut [])), Ok(()));
    assert!(exchange.reply(response(404, &mut [])).is_err());
}
