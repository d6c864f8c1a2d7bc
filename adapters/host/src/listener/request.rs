//! What a request to the listener is.

use zeroize::Zeroizing;

use super::address::Address;

/// Headers that are read; a browser sends about twenty.
const MOST_HEADERS: usize = 64;

/// What is thought of a request.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Judgement {
    /// The redirect, with its query.
    Hit(Zeroizing<String>),
    /// Another path.
    Elsewhere,
    /// The path, but not `GET`.
    OtherMethod,
    /// For a host by another name: a page that had its name lead here.
    OtherHost,
    /// Not HTTP, or more of it than a redirect is.
    Bad,
    /// Longer than a redirect is.
    TooLong,
}

/// Judges a complete head.
pub(super) fn judge(head: &[u8], address: &Address) -> Judgement {
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    match request.parse(head) {
        Ok(httparse::Status::Complete(length)) if length == head.len() => {}
        // What follows the head is a body, or another request.
        _ => return Judgement::Bad,
    }
    let (Some(method), Some(target)) = (request.method, request.path) else {
        return Judgement::Bad;
    };
    let named = |name: &'static str| {
        request.headers.iter().filter(move |header| header.name.eq_ignore_ascii_case(name))
    };
    if named("Transfer-Encoding").next().is_some() {
        return Judgement::Bad;
    }
    if named("Content-Length").any(|header| header.value != b"0") {
        return Judgement::Bad;
    }
    let mut hosts = named("Host");
    match (hosts.next().map(|header| str::from_utf8(header.value)), hosts.next()) {
        (Some(Ok(host)), None) if address.is_host(host) => {}
        _ => return Judgement::OtherHost,
    }
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    if path != address.path() {
        return Judgement::Elsewhere;
    }
    if method != "GET" {
        return Judgement::OtherMethod;
    }
    Judgement::Hit(Zeroizing::new(query.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(head: &str) -> Judgement {
        let address = Address::parse("http://127.0.0.1:8765/cb").unwrap();
        judge(head.as_bytes(), &address)
    }

    fn get(line: &str, headers: &str) -> Judgement {
        judged(&format!("{line} HTTP/1.1\r\nHost: 127.0.0.1:8765\r\n{headers}\r\n"))
    }

    #[test]
    fn s12_the_registered_path_alone_is_a_hit() {
        let hit = |query: &str| Judgement::Hit(Zeroizing::new(query.to_owned()));
        assert_eq!(get("GET /cb?code=a&state=b", ""), hit("code=a&state=b"));
        assert_eq!(get("GET /cb?a?b", "Content-Length: 0\r\n"), hit("a?b"));
        assert_eq!(get("GET /cb", ""), hit(""));
        for target in ["/", "/cb/", "/CB?code=a", "/c%62?code=a", "/cb;a", "//cb", "/favicon.ico"] {
            assert_eq!(get(&format!("GET {target}"), ""), Judgement::Elsewhere, "{target}");
        }
        let absolute = "GET http://127.0.0.1:8765/cb?code=a";
        assert_eq!(get(absolute, ""), Judgement::Elsewhere);
    }

    #[test]
    fn s12_other_methods_are_not_hits() {
        for method in ["POST", "HEAD", "PUT", "OPTIONS", "DELETE", "get"] {
            assert_eq!(get(&format!("{method} /cb?code=a"), ""), Judgement::OtherMethod);
        }
    }

    #[test]
    fn s12_a_foreign_host_header_is_not_a_hit() {
        for hosts in [
            "",
            "Host: evil.example\r\n",
            "Host: evil.example:8765\r\n",
            "Host: 127.0.0.1\r\n",
            "Host: localhost:8765\r\n",
            "Host: 127.0.0.1:8765\r\nHost: 127.0.0.1:8765\r\n",
            "Host: 127.0.0.1:8765\r\nhost: evil.example\r\n",
        ] {
            let head = format!("GET /cb?code=a HTTP/1.1\r\n{hosts}\r\n");
            assert_eq!(judged(&head), Judgement::OtherHost, "{hosts}");
        }
    }

    #[test]
    fn s12_what_carries_more_than_a_redirect_is_bad() {
        assert_eq!(get("GET /cb?code=a", "Content-Length: 1\r\n"), Judgement::Bad);
        assert_eq!(get("GET /cb?code=a", "Transfer-Encoding: chunked\r\n"), Judgement::Bad);
        assert_eq!(judged("nonsense\r\n\r\n"), Judgement::Bad);
        assert_eq!(judged("GET /cb HTTP/1.1\r\nHost: 127.0.0.1:8765\r\n\r\nmore"), Judgement::Bad);
        let many = "X: y\r\n".repeat(MOST_HEADERS);
        assert_eq!(get("GET /cb?code=a", &many), Judgement::Bad);
    }
}
