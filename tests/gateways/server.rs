//! Just enough of an HTTP server to play a gateway, and to misbehave.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Request {
    pub method: String,
    pub path: String,
    pub query: Vec<(String, String)>,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, text)| text.as_str())
    }

    pub fn query(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(known, _)| known == name);
        found.map(|(_, text)| text.as_str())
    }
}

/// A connection and what was read ahead on it.
pub struct Talk(BufReader<TcpStream>);

impl Talk {
    pub fn new(stream: TcpStream) -> Self {
        Self(BufReader::new(stream))
    }

    /// The next request's head; its body is still on the wire. `None`: hung up.
    pub fn head(&mut self) -> Option<Request> {
        let first = self.line()?;
        let mut words = first.split(' ');
        let (method, target) = (words.next()?.to_owned(), words.next()?);
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut headers = Vec::new();
        loop {
            let line = self.line()?;
            if line.is_empty() {
                break;
            }
            let (name, text) = line.split_once(':')?;
            headers.push((name.to_owned(), text.trim().to_owned()));
        }
        Some(Request {
            method,
            path: path.to_owned(),
            query: read_form(query.as_bytes()),
            headers,
            body: Vec::new(),
        })
    }

    /// Reads the body that the head announced; false if it broke off.
    pub fn body(&mut self, request: &mut Request) -> bool {
        let length = request
            .header("content-length")
            .and_then(|text| text.parse::<u64>().ok())
            .unwrap_or(0);
        let read = (&mut self.0).take(length).read_to_end(&mut request.body);
        read.is_ok_and(|read| read as u64 == length)
    }

    /// Answers; the length in the header is `announced` bytes, if given.
    pub fn answer(
        &mut self,
        status: u16,
        headers: &[(&str, &str)],
        body: &[u8],
        announced: Option<usize>,
    ) {
        let length = announced.unwrap_or(body.len());
        let mut head = format!("HTTP/1.1 {status} Whatever\r\nContent-Length: {length}\r\n");
        for (name, text) in headers {
            head.push_str(&format!("{name}: {text}\r\n"));
        }
        head.push_str("\r\n");
        // A client that has hung up is one of the things that are played.
        let _ = self
            .0
            .get_mut()
            .write_all(&[head.as_bytes(), body].concat());
    }

    fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        match self.0.read_line(&mut line) {
            Ok(read) if read > 0 => Some(line.trim_end().to_owned()),
            _ => None,
        }
    }
}

/// A form or a query as names and values, in their order.
pub fn read_form(form: &[u8]) -> Vec<(String, String)> {
    form.split(|byte| *byte == b'&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let cut = pair.iter().position(|byte| *byte == b'=');
            let (name, value) = pair.split_at(cut.unwrap_or(pair.len()));
            (decode(name), decode(value.get(1..).unwrap_or_default()))
        })
        .collect()
}

fn decode(text: &[u8]) -> String {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some((first, after)) = rest.split_first() {
        let hex = (*first == b'%')
            .then(|| after.get(..2))
            .flatten()
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(match (hex, first) {
            (Some(byte), _) => byte,
            (None, b'+') => b' ',
            (None, byte) => *byte,
        });
        rest = if hex.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
