//! The one way out to the web: asks, and says honestly whether it asked.
//!
//! It follows no redirect, and repeats nothing by itself but a question that
//! changes nothing. A failure is an error only while the body was still here;
//! from the moment its bytes may leave, whatever goes wrong is [`Sent::Lost`].
//!
//! What holds about the moment of leaving, in `post`:
//!
//! 1. A connection is opened first, TLS included, by asking for `/` without
//!    a secret. A gateway that cannot be reached is found out here, when
//!    nothing of the request has left.
//! 2. The caller is asked whether it is still in time; if not, nothing of the
//!    request has left.
//! 3. The request goes out on that connection. Should it have died, or been
//!    taken by another thread, a new one is made, and that may take long. So
//!    the body is held back by a [`Gate`]: its first byte goes ahead, and only
//!    when the connection has fetched that byte is the caller asked again. If
//!    it is too late then, the connection is cut: headers and one byte of a
//!    longer body have left, which is no request that anyone could act upon.
//!
//! What does not hold: between the second question and the wire lie a system
//! call and the kernel's buffer. A machine that is put to sleep just there
//! wakes with an old connection, and what the kernel then sends the gateway
//! has long hung up on.

use std::fmt;
use std::io::Read;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use reqwest::Url;
use reqwest::blocking::{Body, Client, RequestBuilder, Response};
use reqwest::header::{AUTHORIZATION, HeaderValue};
use reqwest::redirect::Policy;

use crate::domain::untrusted;
use crate::problem::Problem;

use super::gate::Gate;
use super::wire::{Ask, Reply, Sent, StillInTime, Wire};

/// How long to wait and how much to read.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// For a connection to stand, TLS included; less than `total`, or a
    /// gateway that cannot be reached looks like one that fell silent.
    pub connect: Duration,
    /// For a whole exchange.
    pub total: Duration,
    /// The longest answer that is read.
    pub answer_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            total: Duration::from_mins(1),
            answer_bytes: 1024 * 1024,
        }
    }
}

const TRY_LATER: &str = "Check the network and the gateway's status page, then try again.";

/// A client of one gateway.
pub struct Http {
    base: Url,
    loopback: bool,
    limits: Limits,
    client: Mutex<Option<Client>>,
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Http({})", self.base)
    }
}

impl Http {
    /// A client for the gateway at `base`: a scheme, a host, perhaps a port.
    ///
    /// # Errors
    ///
    /// Exit 3 for an address that is not https, unless it is a loopback
    /// address in digits (a name could be made to point elsewhere), or that
    /// has a user name, a path or a query.
    pub fn new(base: &str, limits: Limits) -> Result<Self, Problem> {
        // The address may hold a password: it is named by its fault only.
        let refuse = |fact: &str| {
            Problem::setup("bad_endpoint", format!("the gateway's address {fact}"))
                .hint("Write it as `https://host` or, for a test server, `http://127.0.0.1:PORT`.")
        };
        let url = Url::parse(base).map_err(|_| refuse("is not a web address"))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refuse("has a user name or password in it"));
        }
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err(refuse("has more to it than a host and a port"));
        }
        let loopback = url
            .host_str()
            .and_then(|host| host.trim_matches(['[', ']']).parse::<IpAddr>().ok())
            .is_some_and(|address| address.is_loopback());
        match url.scheme() {
            "https" => {}
            "http" if loopback => {}
            _ => return Err(refuse("is neither https nor a loopback address in digits")),
        }
        Ok(Self {
            base: url,
            loopback,
            limits,
            client: Mutex::new(None),
        })
    }

    /// The same client with other limits; only tests are in such a hurry.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        Self {
            limits,
            client: Mutex::new(None),
            ..self
        }
    }

    /// Makes a connection stand, TLS included, and leaves it in the pool.
    /// Any answer will do, even a refusal.
    fn open(&self, client: &Client) -> Result<(), Problem> {
        let request = client.get(self.base.clone()).timeout(self.limits.total);
        ask_again_if_hung_up(request)
            .map_err(why)
            // Only a connection whose answer was read to its end is used again.
            .and_then(|response| self.read(response))
            .map_err(|why| self.nothing_sent(&why))?;
        Ok(())
    }

    /// The client, made when first needed: making one reads every
    /// certificate the system trusts.
    fn client(&self) -> Result<Client, Problem> {
        let mut kept = self.client.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = kept.as_ref() {
            return Ok(client.clone());
        }
        let mut builder = Client::builder()
            .user_agent(concat!("dues/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .connect_timeout(self.limits.connect)
            .timeout(self.limits.total)
            .pool_max_idle_per_host(64)
            .https_only(!self.loopback || self.base.scheme() == "https");
        if self.loopback {
            builder = builder.no_proxy();
        }
        let client = builder.build().map_err(|error| {
            Problem::setup(
                "no_certificates",
                format!(
                    "no secure connection can be made: {}; nothing was sent",
                    why(error)
                ),
            )
            .hint(
                "Install the system's list of certificate authorities (the package \
                 `ca-certificates`) or set SSL_CERT_FILE to one.",
            )
        })?;
        *kept = Some(client.clone());
        Ok(client)
    }

    fn url(&self, ask: &Ask<'_>) -> Url {
        let mut url = self.base.clone();
        url.set_path(ask.path);
        if !ask.query.is_empty() {
            url.query_pairs_mut().extend_pairs(ask.query);
        }
        url
    }

    fn addressed(&self, request: RequestBuilder, ask: &Ask<'_>) -> Result<RequestBuilder, Problem> {
        let mut bearer = HeaderValue::try_from(format!("Bearer {}", ask.bearer.expose()))
            .map_err(|_| Problem::setup("bad_secret", "the gateway's key has a stray character"))?;
        bearer.set_sensitive(true);
        let request = ask
            .headers
            .iter()
            .fold(request, |request, (name, text)| {
                request.header(*name, *text)
            })
            .header(AUTHORIZATION, bearer)
            .timeout(self.limits.total);
        // A header that cannot be sent shows only when the request is built.
        match request.try_clone().map(RequestBuilder::build) {
            Some(Ok(_)) => Ok(request),
            _ => Err(Problem::bug("a request that cannot be written")),
        }
    }

    /// The whole answer, or why there is none.
    fn read(&self, response: Response) -> Result<Reply, String> {
        let status = response.status().as_u16();
        let headers = response
            .headers()
            .iter()
            .filter_map(|(name, text)| Some((name.to_string(), text.to_str().ok()?.to_owned())))
            .collect();
        let most = self.limits.answer_bytes;
        let mut body = Vec::new();
        response
            .take(most as u64 + 1)
            .read_to_end(&mut body)
            .map_err(|error| format!("its answer broke off ({})", error.kind()))?;
        if body.len() > most {
            return Err(format!("its answer is longer than {most} bytes"));
        }
        Ok(Reply {
            status,
            headers,
            body,
        })
    }

    fn host(&self) -> &str {
        self.base.host_str().unwrap_or("the gateway")
    }

    fn nothing_sent(&self, why: &str) -> Problem {
        let host = self.host();
        let fact = format!("{host} could not be reached: {why}; nothing was sent");
        Problem::refused("gateway_unreachable", fact).hint(TRY_LATER)
    }
}

impl Wire for Http {
    fn get(&self, ask: &Ask<'_>) -> Result<Reply, Problem> {
        let client = self.client()?;
        let request = self.addressed(client.get(self.url(ask)), ask)?;
        ask_again_if_hung_up(request)
            .map_err(why)
            .and_then(|response| self.read(response))
            .map_err(|why| {
                let fact = format!("{} could not be asked: {why}", self.host());
                Problem::refused("gateway_unreachable", fact).hint(TRY_LATER)
            })
    }

    /// `still_in_time` is asked when a connection stands, and once more just
    /// before the body leaves; see the top of this file for what that proves.
    fn post(
        &self,
        ask: &Ask<'_>,
        body: &[u8],
        still_in_time: StillInTime<'_>,
    ) -> Result<Sent, Problem> {
        if body.len() < 2 {
            return Err(Problem::bug("a request without a body"));
        }
        let client = self.client()?;
        let request = self.addressed(client.post(self.url(ask)), ask)?;
        self.open(&client)?;
        still_in_time()?;

        let (gate, keeper) = Gate::before(body);
        let request = request.body(Body::sized(gate, body.len() as u64));
        let (heard, passed) = thread::scope(|scope| {
            let sending = scope.spawn(|| match request.send() {
                Ok(response) => self.read(response),
                Err(error) => Err(why(error)),
            });
            let passed = keeper.watch(still_in_time);
            let heard = sending
                .join()
                .unwrap_or_else(|_| Err("dues stumbled while it waited".to_owned()));
            (heard, passed)
        });
        let passed = passed?;
        match heard {
            Ok(reply) => Ok(Sent::Reply(reply)),
            Err(why) if passed => Ok(Sent::Lost(format!(
                "{} gave no whole answer: {why}",
                self.host()
            ))),
            Err(why) => Err(self.nothing_sent(&why)),
        }
    }
}

/// Asks what changes nothing. A connection that was kept may have been closed
/// by the other side meanwhile; then a new one is made, once.
fn ask_again_if_hung_up(request: RequestBuilder) -> Result<Response, reqwest::Error> {
    let again = request.try_clone();
    match (request.send(), again) {
        (Err(error), Some(again))
            if !(error.is_connect() || error.is_timeout() || error.is_builder()) =>
        {
            again.send()
        }
        (sent, _) => sent,
    }
}

/// Why an exchange failed, without its address.
fn why(error: reqwest::Error) -> String {
    let error = error.without_url();
    if error.is_timeout() {
        return "it took too long".to_owned();
    }
    let mut cause: &dyn std::error::Error = &error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    untrusted::visible(&cause.to_string())
}
