//! Where a redirect URI leads to.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// A place on this machine's loopback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address {
    /// As it stands in the URI, in lower case.
    host: &'static str,
    port: u16,
    path: String,
    sockets: Vec<SocketAddr>,
}

impl Address {
    /// Reads a redirect URI; the error says what keeps it from being received here.
    pub(super) fn parse(uri: &str) -> Result<Self, &'static str> {
        let rest = match uri.split_once("://") {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => rest,
            _ => return Err("it does not begin with http://"),
        };
        if uri.len() > 512 {
            return Err("it is longer than 512 bytes");
        }
        if !rest.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err("it contains characters that no URI has");
        }
        if rest.contains(['?', '#']) {
            return Err("it has a query or a fragment");
        }
        let (authority, path) = match rest.find('/') {
            Some(place) => rest.split_at(place),
            None => (rest, "/"),
        };
        let (host, port) = authority.rsplit_once(':').ok_or("it names no port")?;
        let (host, ips): (_, &[IpAddr]) = match host.to_ascii_lowercase().as_str() {
            "127.0.0.1" => ("127.0.0.1", &[IpAddr::V4(Ipv4Addr::LOCALHOST)]),
            "[::1]" => ("[::1]", &[IpAddr::V6(Ipv6Addr::LOCALHOST)]),
            "localhost" => {
                let both = &[IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
                ("localhost", both)
            }
            _ => return Err("its host is not 127.0.0.1, [::1] or localhost"),
        };
        if !port.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err("its port is not a number from 1 to 65535");
        }
        let port = match port.parse() {
            Ok(port) if port != 0 => port,
            _ => return Err("its port is not a number from 1 to 65535"),
        };
        let sockets = ips.iter().map(|&ip| SocketAddr::new(ip, port)).collect();
        Ok(Self { host, port, path: path.to_owned(), sockets })
    }

    pub(super) fn sockets(&self) -> &[SocketAddr] {
        &self.sockets
    }

    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// Whether this is the `Host` that a browser on its way here sends (RFC 9110 §7.2). The port
    /// may be left out where it is HTTP's own.
    pub(super) fn is_host(&self, host: &str) -> bool {
        let (name, port) = match host.rsplit_once(':') {
            Some((name, port)) if !port.contains(']') => (name, port),
            _ => (host, "80"),
        };
        name.eq_ignore_ascii_case(self.host) && port == self.port.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s12_only_loopback_is_listened_on() {
        for (uri, sockets, path) in [
            ("http://127.0.0.1:8765/cb", vec!["127.0.0.1:8765"], "/cb"),
            ("http://[::1]:8765/a/b", vec!["[::1]:8765"], "/a/b"),
            ("HTTP://LocalHost:1", vec!["127.0.0.1:1", "[::1]:1"], "/"),
        ] {
            let address = Address::parse(uri).unwrap();
            let expected: Vec<SocketAddr> =
                sockets.iter().map(|socket| socket.parse().unwrap()).collect();
            assert_eq!((address.sockets(), address.path()), (expected.as_slice(), path), "{uri}");
        }
        for uri in [
            "",
            "push://",
            "http://",
            "https://127.0.0.1:8765/cb",
            "http://127.0.0.1/cb",
            "http://127.0.0.1:/cb",
            "http://127.0.0.1:0/cb",
            "http://127.0.0.1:+80/cb",
            "http://127.0.0.1:65536/cb",
            "http://127.0.0.2:8765/cb",
            "http://0.0.0.0:8765/cb",
            "http://127.1:8765/cb",
            "http://[::]:8765/cb",
            "http://[::ffff:127.0.0.1]:8765/cb",
            "http://192.168.0.7:8765/cb",
            "http://localhost.example:8765/cb",
            "http://user@127.0.0.1:8765/cb",
            "http://127.0.0.1:8765/cb?a=b",
            "http://127.0.0.1:8765/cb#a",
            "http://127.0.0.1:8765/c b",
            "http://127.0.0.1:8765/\u{e7}",
        ] {
            assert!(Address::parse(uri).is_err(), "{uri}");
        }
    }

    #[test]
    fn s12_a_host_is_the_registered_one() {
        let address = Address::parse("http://localhost:8765/cb").unwrap();
        assert!(address.is_host("localhost:8765"));
        assert!(address.is_host("LOCALHOST:8765"));
        for host in ["localhost", "localhost:80", "127.0.0.1:8765", "localhost:08765", "a:8765", ""]
        {
            assert!(!address.is_host(host), "{host}");
        }
        let address = Address::parse("http://[::1]:80/").unwrap();
        assert!(address.is_host("[::1]"));
        assert!(address.is_host("[::1]:80"));
        assert!(!address.is_host("[::1]:8080"));
    }
}
