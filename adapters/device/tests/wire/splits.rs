//! A reply means the same however it is cut.

use proptest::prelude::*;

use crate::support::{GET, Wire, exchange};

/// Something near to a head.
fn head() -> impl Strategy<Value = String> {
    let line = prop::sample::select(vec![
        "HTTP/1.1 200 OK",
        "HTTP/1.1 304 Not Modified",
        "HTTP/1.1 404 Not Found",
        "HTTP/1.0 200 OK",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK",
        "HTTP/1.1 9",
    ]);
    let header = prop::sample::select(vec![
        "Content-Length: 11",
        "Content-Length: 500",
        "Transfer-Encoding: chunked",
        "Connection: close",
        "Retry-After: 3",
        "Date: today",
        "X: \ty",
        "X:\n",
    ]);
    (line, prop::collection::vec(header, 0..4)).prop_map(|(line, headers)| {
        let headers: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
        format!("{line}\r\n{headers}\r\n")
    })
}

/// Something near to a body in chunks or without.
fn body() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "5\r\nhello\r\n",
        "b;ext\r\nhello world\r\n",
        "0\r\n\r\n",
        "0\r\nTrailer: x\r\n\r\n",
        "hello world",
        "HTTP/1.1 200 OK\r\n\r\n",
        "ffffffffffffffffff\r\n",
        "\r\n",
    ]);
    prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_split_of_any_reply_gives_the_outcome_of_the_whole(
        head in head(),
        body in body(),
        piece in 1_usize..40,
        buffer in 40_usize..300,
    ) {
        let reply = format!("{head}{body}");
        let whole = exchange(&mut Wire::new(reply.clone()), &GET, buffer);
        let split = exchange(&mut Wire { piece, ..Wire::new(reply) }, &GET, buffer);
        match (whole, split) {
            // What stands behind a reply is seen only where it came with its end.
            (Ok(mut whole), Ok(mut split)) => {
                whole.is_persistent = false;
                split.is_persistent = false;
                prop_assert_eq!(whole, split);
            }
            (whole, split) => prop_assert_eq!(whole, split),
        }
    }
}
