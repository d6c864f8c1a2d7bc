//! Nothing is sent twice.

use rubrica_core::exchange::Effect;
use rubrica_core::flow::SendFailure;
use rubrica_ureq::TransportError;

use super::server::Server;
use super::{get, post, send, transport};

#[test]
fn requests_that_may_be_repeated_share_a_connection() {
    let server = Server::start(|mut connection| {
        while connection.next().is_some() {
            connection.answer("{}");
        }
    });
    let transport = transport();
    for _ in 0..5 {
        send(&transport, &get(&server.url("/"))).unwrap();
    }
    assert_eq!((server.connections(), server.requests()), (1, 5));
}

#[test]
fn a_request_that_may_be_sent_once_has_its_own_connection() {
    let server = Server::start(|mut connection| {
        while connection.next().is_some() {
            connection.answer("{}");
        }
    });
    let transport = transport();
    send(&transport, &get(&server.url("/"))).unwrap();
    for _ in 0..3 {
        send(&transport, &post(&server.url("/"), b"{}", Effect::Once)).unwrap();
    }
    assert_eq!((server.connections(), server.requests()), (4, 4));
}

#[test]
fn a_connection_that_was_closed_while_idle_is_not_used() {
    let server = Server::start(|mut connection| {
        connection.request();
        connection.answer("{}");
        connection.close();
    });
    let transport = transport();
    for _ in 0..3 {
        send(&transport, &get(&server.url("/"))).unwrap();
        // Until the close has come.
        std::thread::sleep(core::time::Duration::from_millis(50));
    }
    assert_eq!((server.connections(), server.requests()), (3, 3));
}

#[test]
fn a_lost_reply_is_not_asked_for_again() {
    for effect in [Effect::Safe, Effect::Once] {
        let server = Server::start(|mut connection| {
            let first = connection.request();
            if first.head.starts_with("GET") {
                connection.answer("{}");
                connection.request();
            }
            connection.reset();
        });
        let transport = transport();
        // So that a connection is kept, which is then lost under the request.
        send(&transport, &get(&server.url("/"))).unwrap();
        let error = send(&transport, &post(&server.url("/"), b"{}", effect)).unwrap_err();
        assert_eq!(error, TransportError::Interrupted);
        assert_eq!(error.failure(), SendFailure::Unanswered);
        assert_eq!(server.requests(), 2, "{effect:?}");
    }
}
