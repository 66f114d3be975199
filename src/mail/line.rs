//! The line to a mail server, in the open or over TLS.
//!
//! A server may say anything, at any pace, and without end. So a line is given
//! up at one moment, however busy it is by then, and an answer has the size
//! that an answer may have. Neither rests on anything the server does.

use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use rustls::client::Resumption;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, StreamOwned};
use rustls_platform_verifier::Verifier;

/// The most bytes of one answer, all its lines together.
const MOST_OF_AN_ANSWER: u64 = 32 * 1024;

/// A server's answer: a code, and what it says to people, line by line.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) code: u16,
    pub(super) lines: Vec<String>,
}

/// A standing line.
pub(super) struct Line(BufReader<Way>);

enum Way {
    Open(Until),
    Private(Box<StreamOwned<ClientConnection, Until>>),
}

/// A socket that is given up at a moment.
struct Until {
    socket: TcpStream,
    end: Instant,
}

/// Whom a server's certificate is held against: the system's authorities,
/// and the ones of a company's own.
pub(super) fn trust(own: &[CertificateDer<'static>]) -> Result<Arc<ClientConfig>, rustls::Error> {
    let crypto = Arc::new(aws_lc_rs::default_provider());
    let verifier = Verifier::new_with_extra_roots(own.iter().cloned(), Arc::clone(&crypto))?;
    let mut config = ClientConfig::builder_with_provider(crypto)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    config.resumption = Resumption::disabled();
    Ok(Arc::new(config))
}

/// The certificates in a PEM text; `None` if one is none, or there is none.
pub(super) fn certificates(pem: &[u8]) -> Option<Vec<CertificateDer<'static>>> {
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    read.ok().filter(|read| !read.is_empty())
}

impl Line {
    /// Reaches for the server until `end`.
    pub(super) fn to(host: &str, port: u16, end: Instant) -> io::Result<Self> {
        let mut last = io::Error::new(ErrorKind::NotFound, "its name leads nowhere");
        for address in addresses(host, port, end)? {
            match TcpStream::connect_timeout(&address, left(end)?) {
                Ok(socket) => return Ok(Self(BufReader::new(Way::Open(Until { socket, end })))),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    /// The same line over TLS. What came in the open is no part of it, so a
    /// server, or someone in between, that has said more already is left.
    pub(super) fn secured(self, host: &str, trust: &Arc<ClientConfig>) -> io::Result<Self> {
        if !self.0.buffer().is_empty() {
            return Err(io::Error::other("it spoke on before TLS stood"));
        }
        let Way::Open(mut until) = self.0.into_inner() else {
            return Err(io::Error::other("it is secured already"));
        };
        let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
        let mut tls = ClientConnection::new(Arc::clone(trust), name).map_err(io::Error::other)?;
        while tls.is_handshaking() {
            tls.complete_io(&mut until)?;
        }
        let way = Way::Private(Box::new(StreamOwned::new(tls, until)));
        Ok(Self(BufReader::new(way)))
    }

    /// Gives the line another end.
    pub(super) fn lasts_until(&mut self, end: Instant) {
        self.0.get_mut().until().end = end;
    }

    /// Our own address on this line, as a server is greeted with it.
    pub(super) fn own_address(&mut self) -> io::Result<String> {
        let address = self.0.get_mut().until().socket.local_addr()?;
        Ok(match address {
            SocketAddr::V4(address) => format!("[{}]", address.ip()),
            SocketAddr::V6(address) => format!("[IPv6:{}]", address.ip()),
        })
    }

    pub(super) fn say(&mut self, bytes: &[u8]) -> io::Result<()> {
        let way = self.0.get_mut();
        way.write_all(bytes)?;
        way.flush()
    }

    /// One whole answer, of however many lines (RFC 5321, 4.2).
    pub(super) fn answer(&mut self) -> io::Result<Answer> {
        let mut rest = (&mut self.0).take(MOST_OF_AN_ANSWER);
        let mut answer = Answer {
            code: 0,
            lines: Vec::new(),
        };
        loop {
            let mut line = Vec::new();
            rest.read_until(b'\n', &mut line)?;
            if !line.ends_with(b"\n") {
                return Err(match rest.limit() {
                    0 => io::Error::other("its answer does not end"),
                    _ => ErrorKind::UnexpectedEof.into(),
                });
            }
            let line = String::from_utf8_lossy(&line);
            let line = line.trim_end_matches(['\r', '\n']);
            let (code, goes_on, text) = taken_apart(line)
                .filter(|(code, ..)| answer.lines.is_empty() || *code == answer.code)
                .ok_or_else(|| no_smtp(line))?;
            answer.code = code;
            answer.lines.push(text.to_owned());
            if !goes_on {
                return Ok(answer);
            }
        }
    }
}

/// A line of an answer: its code, whether another line follows, its text.
fn taken_apart(line: &str) -> Option<(u16, bool, &str)> {
    let code = line.get(..3)?;
    let is_code = code.bytes().all(|byte| byte.is_ascii_digit()) && ("200".."600").contains(&code);
    let goes_on = match line.as_bytes().get(3) {
        None | Some(b' ') => false,
        Some(b'-') => true,
        Some(_) => return None,
    };
    let code = code.parse().ok().filter(|_| is_code)?;
    Some((code, goes_on, line.get(4..).unwrap_or_default()))
}

fn no_smtp(line: &str) -> io::Error {
    let begins: String = line.chars().take(60).collect();
    io::Error::new(ErrorKind::InvalidData, format!("no SMTP: {begins}"))
}

/// The system looks names up in its own time, so it does that by itself.
fn addresses(host: &str, port: u16, end: Instant) -> io::Result<Vec<SocketAddr>> {
    let (send, found) = mpsc::channel();
    let host = host.to_owned();
    thread::spawn(move || {
        let found = (host.as_str(), port).to_socket_addrs();
        // Past the end nobody listens any more.
        let _ = send.send(found.map(Iterator::collect));
    });
    found.recv_timeout(left(end)?).map_err(|_| too_late())?
}

fn left(end: Instant) -> io::Result<Duration> {
    let left = end.saturating_duration_since(Instant::now());
    (!left.is_zero()).then_some(left).ok_or_else(too_late)
}

fn too_late() -> io::Error {
    ErrorKind::TimedOut.into()
}

impl Way {
    fn until(&mut self) -> &mut Until {
        match self {
            Self::Open(until) => until,
            Self::Private(tls) => &mut tls.sock,
        }
    }
}

impl Read for Way {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Open(until) => until.read(buffer),
            Self::Private(tls) => tls.read(buffer),
        }
    }
}

impl Write for Way {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Open(until) => until.write(bytes),
            Self::Private(tls) => tls.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Open(until) => until.flush(),
            Self::Private(tls) => tls.flush(),
        }
    }
}

impl Read for Until {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.socket.set_read_timeout(Some(left(self.end)?))?;
        self.socket.read(buffer).map_err(in_time)
    }
}

impl Write for Until {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.socket.set_write_timeout(Some(left(self.end)?))?;
        self.socket.write(bytes).map_err(in_time)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.socket.flush()
    }
}

/// A socket whose time is over says that it would block.
fn in_time(error: io::Error) -> io::Error {
    match error.kind() {
        ErrorKind::WouldBlock => too_late(),
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_an_answer_is_taken_apart() {
        let table = [
            ("250 ok", Some((250, false, "ok"))),
            ("250-SIZE 42", Some((250, true, "SIZE 42"))),
            ("250", Some((250, false, ""))),
            ("250-", Some((250, true, ""))),
            ("199 early", None),
            ("600 late", None),
            ("25", None),
            ("2500", None),
            ("250_ok", None),
            ("+50 ok", None),
            ("äöü", None),
            ("", None),
        ];
        for (line, expected) in table {
            assert_eq!(taken_apart(line), expected, "{line}");
        }
    }
}
