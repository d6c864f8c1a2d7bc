//! One connection: TLS or none, requests in turn, and the faults that concern the wire.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use core::time::Duration;

use rustls::{ServerConnection, StreamOwned};
use socket2::SockRef;

use super::request::Request;
use super::response::{Response, reason};
use super::server::Shared;
use super::spool::Spool;
use crate::clock::Date;
use crate::faults::{Drawn, Wire};

const HEAD_LIMIT: usize = 32 * 1024;
const HEADER_LIMIT: usize = 64;

type Stream = BufReader<Channel>;

/// What the bytes go through.
enum Channel {
    Tls(Box<StreamOwned<ServerConnection, TcpStream>>),
    Plain(TcpStream),
}

impl Channel {
    fn close(&mut self) -> io::Result<()> {
        if let Self::Tls(stream) = self {
            stream.conn.send_close_notify();
        }
        self.flush()
    }
}

impl Read for Channel {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Tls(stream) => stream.read(buffer),
            Self::Plain(stream) => stream.read(buffer),
        }
    }
}

impl Write for Channel {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Tls(stream) => stream.write(bytes),
            Self::Plain(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Tls(stream) => stream.flush(),
            Self::Plain(stream) => stream.flush(),
        }
    }
}

/// How a connection goes on after a response.
enum Next {
    KeepAlive,
    Close,
    /// Cut without a word: TCP reset, no TLS close_notify.
    Reset,
}

/// Serves until the peer closes, an error, a fault that cuts, or the server's end.
pub(crate) fn serve(stream: TcpStream, shared: &Shared) {
    let Ok(copy) = stream.try_clone() else { return };
    let next = talk(stream, shared).unwrap_or(Next::Close);
    if matches!(next, Next::Reset) {
        // Without a linger time, closing sends RST; a peer already gone needs none.
        let _ = SockRef::from(&copy).set_linger(Some(Duration::ZERO));
    }
}

fn talk(stream: TcpStream, shared: &Shared) -> io::Result<Next> {
    stream.set_read_timeout(Some(shared.limits.idle))?;
    stream.set_write_timeout(Some(shared.limits.idle))?;
    stream.set_nodelay(true)?;
    let channel = match &shared.tls {
        Some(tls) => {
            let session = ServerConnection::new(Arc::clone(tls)).map_err(io::Error::other)?;
            Channel::Tls(Box::new(StreamOwned::new(session, stream)))
        }
        None => Channel::Plain(stream),
    };
    let mut stream = BufReader::new(channel);
    while !shared.is_stopping() {
        let (next, answered) = match read_request(&mut stream, shared)? {
            Received::Nothing => return Ok(Next::Close),
            Received::Refused(status) => {
                let response = Response::text(status, reason(status));
                write_response(&mut stream, &response, None, false, shared)?;
                (Next::Close, true)
            }
            Received::Request(request) => answer(&mut stream, &request, shared)?,
        };
        match next {
            Next::KeepAlive => {}
            Next::Close => {
                if answered {
                    stream.get_mut().close()?;
                }
                return Ok(Next::Close);
            }
            Next::Reset => return Ok(Next::Reset),
        }
    }
    Ok(Next::Close)
}

/// Handles a request; the flag tells whether the response went out whole.
fn answer(stream: &mut Stream, request: &Request, shared: &Shared) -> io::Result<(Next, bool)> {
    let Some((service, endpoint)) = shared.route(&request.path) else {
        let response = Response::text(404, "Not Found");
        return respond(stream, request, &response, &Drawn::default(), shared);
    };
    let faults = shared.faults.draw(endpoint);
    shared.counters.received(endpoint);
    if let Some(delay) = faults.delay() {
        shared.pause(delay);
    }
    if faults.resets_before() {
        return Ok((Next::Reset, false));
    }
    let response = match faults.answer(false) {
        Some(response) => response,
        None => {
            let response = service.handle(endpoint, request, &faults);
            faults.answer(true).unwrap_or(response)
        }
    };
    shared.counters.answered(endpoint, response.status);
    if faults.resets_after() {
        return Ok((Next::Reset, false));
    }
    respond(stream, request, &response, &faults, shared)
}

fn respond(
    stream: &mut Stream,
    request: &Request,
    response: &Response,
    faults: &Drawn,
    shared: &Shared,
) -> io::Result<(Next, bool)> {
    let wants_close =
        request.header("connection").is_some_and(|value| value.eq_ignore_ascii_case("close"));
    let head_only = request.method == "HEAD";
    match write_response(stream, response, faults.wire(), head_only, shared)? {
        Next::KeepAlive if wants_close => Ok((Next::Close, true)),
        Next::Reset => Ok((Next::Reset, false)),
        next => Ok((next, true)),
    }
}

fn write_response(
    stream: &mut Stream,
    response: &Response,
    wire: Option<Wire>,
    head_only: bool,
    shared: &Shared,
) -> io::Result<Next> {
    use core::fmt::Write as _;

    let bodyless = head_only || matches!(response.status, 100..=199 | 204 | 304);
    let mut head = format!("HTTP/1.1 {} {}\r\n", response.status, reason(response.status));
    let date = Date::from_unix(shared.clock.unix_seconds());
    // Writing to a String does not fail.
    let _ = write!(head, "Date: {date}\r\nServer: rubrica-sandbox\r\nCache-Control: no-store\r\n");
    for (name, value) in &response.headers {
        let _ = write!(head, "{name}: {value}\r\n");
    }
    match wire {
        Some(Wire::Flood | Wire::Drip) => head.push_str("Connection: close\r\n"),
        _ if matches!(response.status, 204 | 304) => {}
        _ => {
            let _ = write!(head, "Content-Length: {}\r\n", response.length());
        }
    }
    head.push_str("\r\n");
    let length = if bodyless { 0 } else { response.length() };
    let body = response.body.as_slice().chain(response.rest.reader()?);
    let out = stream.get_mut();
    match wire {
        None => {
            out.write_all(head.as_bytes())?;
            io::copy(&mut body.take(length), out)?;
            out.flush()?;
            Ok(Next::KeepAlive)
        }
        Some(Wire::Truncate(bytes)) => {
            let whole = head.as_bytes().chain(body.take(length));
            io::copy(&mut whole.take(bytes as u64), out)?;
            out.flush()?;
            // A cut and not a reset, which could overtake what was just written.
            Ok(Next::Close)
        }
        Some(Wire::Flood) => {
            out.write_all(head.as_bytes())?;
            endless(
                out,
                body.take(length.saturating_sub(1)),
                &[b' '; 16 * 1024],
                Duration::ZERO,
                shared,
            )
        }
        Some(Wire::Drip) => {
            out.write_all(head.as_bytes())?;
            endless(
                out,
                body.take(length.saturating_sub(1)),
                b" ",
                Duration::from_millis(50),
                shared,
            )
        }
    }
}

/// Writes `start`, a body without its last byte, and then filler until the peer or the server has
/// enough.
fn endless(
    out: &mut impl Write,
    mut start: impl Read,
    filler: &[u8],
    pause: Duration,
    shared: &Shared,
) -> io::Result<Next> {
    io::copy(&mut start, out)?;
    while !shared.is_stopping() {
        out.write_all(filler)?;
        out.flush()?;
        if !pause.is_zero() {
            shared.pause(pause);
        }
    }
    Ok(Next::Reset)
}

enum Received {
    /// The peer closed between requests.
    Nothing,
    /// Not HTTP, or too much of it: the status to answer before closing.
    Refused(u16),
    Request(Request),
}

fn read_request(stream: &mut Stream, shared: &Shared) -> io::Result<Received> {
    let Some(head) = read_head(stream)? else { return Ok(Received::Nothing) };
    if !head.ends_with(b"\r\n\r\n") {
        return Ok(Received::Refused(431));
    }
    let mut headers = [httparse::EMPTY_HEADER; HEADER_LIMIT];
    let mut parsed = httparse::Request::new(&mut headers);
    if !matches!(parsed.parse(&head), Ok(httparse::Status::Complete(_))) {
        return Ok(Received::Refused(400));
    }
    let (Some(method), Some(target)) = (parsed.method, parsed.path) else {
        return Ok(Received::Refused(400));
    };
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut request = Request {
        method: method.to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        headers: parsed.headers.iter().map(decode_header).collect(),
        body: Vec::new(),
        spooled: None,
    };
    if request.header("host").is_none() {
        return Ok(Received::Refused(400));
    }
    let expects =
        request.header("expect").is_some_and(|value| value.eq_ignore_ascii_case("100-continue"));
    let spools = shared.route(&request.path).is_some_and(|(service, it)| service.spools(it));
    let limit = if spools { shared.limits.upload } else { shared.limits.body };
    let length = match (request.header("transfer-encoding"), request.header("content-length")) {
        (None, None) => Some(0),
        (None, Some(length)) => match length.trim().parse::<usize>() {
            Ok(length) if length <= limit => Some(length),
            Ok(_) => return Ok(Received::Refused(413)),
            Err(_) => return Ok(Received::Refused(400)),
        },
        (Some(coding), None) if coding.eq_ignore_ascii_case("chunked") => None,
        (Some(_), _) => return Ok(Received::Refused(501)),
    };
    if expects {
        stream.get_mut().write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
        stream.get_mut().flush()?;
    }
    if spools {
        let (spool, read) = Spool::fill(|file| read_body(stream, file, length, limit))?;
        request.spooled = Some(Arc::new(spool));
        return Ok(read.map_or_else(Received::Refused, |()| Received::Request(request)));
    }
    let read = read_body(stream, &mut request.body, length, limit)?;
    Ok(read.map_or_else(Received::Refused, |()| Received::Request(request)))
}

/// Reads a body of an announced length, or in chunks; gives the status to refuse it with.
fn read_body(
    stream: &mut Stream,
    out: &mut (impl Write + ?Sized),
    length: Option<usize>,
    limit: usize,
) -> io::Result<Result<(), u16>> {
    match length {
        Some(length) => read_exactly(stream, out, length).map(Ok),
        None => read_chunks(stream, out, limit),
    }
}

fn read_exactly(
    stream: &mut Stream,
    out: &mut (impl Write + ?Sized),
    length: usize,
) -> io::Result<()> {
    if io::copy(&mut stream.by_ref().take(length as u64), out)? < length as u64 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(())
}

fn decode_header(header: &httparse::Header<'_>) -> (String, String) {
    (header.name.to_owned(), String::from_utf8_lossy(header.value).into_owned())
}

/// Reads to the empty line, or to the limit.
fn read_head(stream: &mut Stream) -> io::Result<Option<Vec<u8>>> {
    let mut head = Vec::new();
    loop {
        let room = HEAD_LIMIT.saturating_sub(head.len());
        let read = stream.by_ref().take(room as u64).read_until(b'\n', &mut head)?;
        if read == 0 && head.is_empty() {
            return Ok(None);
        }
        // Some clients send an empty line between requests (RFC 9112 §2.2).
        if head == b"\r\n" {
            head.clear();
        }
        if read == 0 || head.ends_with(b"\r\n\r\n") {
            return Ok(Some(head));
        }
    }
}

/// Reads a chunked body (RFC 9112 §7.1); trailers are read and dropped.
fn read_chunks(
    stream: &mut Stream,
    out: &mut (impl Write + ?Sized),
    limit: usize,
) -> io::Result<Result<(), u16>> {
    let mut left = limit;
    loop {
        let line = read_line(stream)?;
        let digits = line.split(';').next().unwrap_or_default().trim();
        let Ok(length) = usize::from_str_radix(digits, 16) else { return Ok(Err(400)) };
        if length == 0 {
            while !read_line(stream)?.is_empty() {}
            return Ok(Ok(()));
        }
        if length > left {
            return Ok(Err(413));
        }
        left -= length;
        read_exactly(stream, out, length)?;
        if !read_line(stream)?.is_empty() {
            return Ok(Err(400));
        }
    }
}

fn read_line(stream: &mut Stream) -> io::Result<String> {
    let mut line = Vec::new();
    if stream.by_ref().take(1024).read_until(b'\n', &mut line)? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned())
}
