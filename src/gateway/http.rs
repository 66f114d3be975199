//! The one way out to the web: asks, and says honestly whether it asked.
//!
//! It follows no redirect, and repeats nothing by itself. A failure is an error
//! only while the body was still here; from the moment its bytes may leave,
//! whatever goes wrong is [`Sent::Lost`].
//!
//! Each request has a connection of its own, used once: what is read on it can
//! be the answer to nothing else. On a connection that is kept, an answer too
//! many would be taken for that of the next request, and a stray "no" for a no
//! to money that was taken.
//!
//! What holds about the moment of leaving, in `post`:
//!
//! 1. The connection is made, TLS included, and carries the head of the request.
//!    The body is held back by a [`Gate`]: its first byte goes ahead, and when
//!    the connection has fetched that byte, dues listens for a moment. What was
//!    waiting there is no answer to a request that has not left: then nothing
//!    more leaves.
//! 2. The caller is asked whether it is still in time; if not, the connection is
//!    cut: headers and one byte of a longer body have left, which is no request
//!    that anyone could act upon.
//!
//! What does not hold: between that question and the wire lie a system
//! call and the kernel's buffer. A machine that is put to sleep just there
//! wakes with an old connection, and what the kernel then sends the gateway
//! has long hung up on.

use std::fmt;
use std::net::IpAddr;
use std::pin::pin;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Body, Client, RequestBuilder, Response, Url};
use tokio::time::timeout;

use crate::domain::outside::Said;
use crate::ports::{NotAsked, Refusal};
use crate::problem::{Deed, Problem};

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
    /// How long dues listens before a body leaves: what was waiting on its
    /// connection has been read by then.
    pub listens: Duration,
    /// The longest answer that is read.
    pub answer_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            total: Duration::from_mins(1),
            listens: Duration::from_millis(10),
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

    /// Refuses a host that would pass for the gateway's own to whoever reads
    /// it in a hurry: `api.stripe.com.evil.example`, or one with letters that
    /// only look like its own. A test server need not look like it.
    ///
    /// # Errors
    ///
    /// Exit 3.
    pub fn refuse_a_look_alike(&self, own: &str) -> Result<(), Problem> {
        let host = self.base.host_str().unwrap_or_default();
        let own = own.trim_start_matches("https://");
        let domain = own.split_once('.').map_or(own, |(_, domain)| domain);
        let letters = |text: &str| text.replace(|letter: char| !letter.is_alphanumeric(), "");
        let is_own = host == own;
        let is_spelled_alike = letters(host).contains(&letters(domain));
        let is_encoded = host.split('.').any(|label| label.starts_with("xn--"));
        if is_own || !is_spelled_alike && !is_encoded {
            return Ok(());
        }
        Err(Problem::setup(
            "bad_endpoint",
            format!("the gateway's address looks like {own}, and is not it"),
        )
        .hint("Whoever runs that server would get the key. Take the endpoint out of the configuration, and make a new key if this one was sent there."))
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
            .pool_max_idle_per_host(0)
            .https_only(!self.loopback || self.base.scheme() == "https");
        if self.loopback {
            builder = builder.no_proxy();
        }
        let client = builder.build().map_err(|error| {
            Problem::setup(
                "no_certificates",
                format!("no secure connection can be made: {}", why(error)),
            )
            .nothing_was(Deed::Sent)
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
    async fn read(&self, mut response: Response) -> Result<Reply, String> {
        let status = response.status().as_u16();
        let headers = response
            .headers()
            .iter()
            .filter_map(|(name, text)| Some((name.to_string(), text.to_str().ok()?.to_owned())))
            .collect();
        let most = self.limits.answer_bytes;
        let mut body = Vec::new();
        while let Some(piece) = response
            .chunk()
            .await
            .map_err(|error| format!("its answer broke off ({})", why(error)))?
        {
            body.extend_from_slice(&piece);
            if body.len() > most {
                return Err(format!("its answer is longer than {most} bytes"));
            }
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

    fn nothing_sent(&self, why: &str) -> NotAsked {
        let host = self.host();
        let mut nothing = unreachable(format!("{host} could not be reached: {why}"));
        nothing.problem = nothing.problem.nothing_was(Deed::Sent);
        nothing
    }
}

impl Wire for Http {
    fn get(&self, ask: &Ask<'_>) -> Result<Reply, NotAsked> {
        let client = self.client()?;
        let request = self.addressed(client.get(self.url(ask)), ask)?;
        let answer = alone(async {
            let response = request.send().await.map_err(why)?;
            self.read(response).await
        })?;
        answer.map_err(|why| unreachable(format!("{} could not be asked: {why}", self.host())))
    }

    /// See the top of this file for what the moment of leaving proves.
    fn post(
        &self,
        ask: &Ask<'_>,
        body: &[u8],
        still_in_time: StillInTime<'_>,
    ) -> Result<Sent, NotAsked> {
        if body.len() < 2 {
            return Err(Problem::bug("a request without a body").into());
        }
        let client = self.client()?;
        let request = self.addressed(client.post(self.url(ask)), ask)?;
        let (gate, mut keeper) = Gate::before(body);
        let request = request.body(Body::wrap(gate));
        alone(async {
            let mut answer = pin!(request.send());
            let early = tokio::select! {
                biased;
                early = &mut answer => Some(early),
                true = keeper.is_asked() => timeout(self.limits.listens, &mut answer).await.ok(),
            };
            match early {
                None => {}
                Some(Ok(_)) => return Err(self.nothing_sent("it answered before it was asked")),
                Some(Err(error)) => return Err(self.nothing_sent(&why(error))),
            }
            still_in_time()?;
            keeper.open();
            let heard = match answer.await {
                Ok(response) => self.read(response).await,
                Err(error) => Err(why(error)),
            };
            Ok(match heard {
                Ok(reply) => Sent::Reply(reply),
                Err(why) => Sent::Lost(format!("{} gave no whole answer: {why}", self.host())),
            })
        })?
    }
}

fn unreachable(fact: String) -> NotAsked {
    let problem = Problem::refused("gateway_unreachable", fact).hint(TRY_LATER);
    NotAsked::new(Refusal::Unreachable, problem)
}

/// Runs one exchange to its end, on this thread. What it leaves behind, such as
/// a name that is still being looked up, is not waited for.
fn alone<T>(exchange: impl Future<Output = T>) -> Result<T, Problem> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| {
            Problem::refused(
                "out_of_resources",
                format!("this machine lets dues open no connection: {error}"),
            )
            .nothing_was(Deed::Sent)
            .hint("Close other programs, then try again.")
        })?;
    let ended = runtime.block_on(exchange);
    runtime.shutdown_background();
    Ok(ended)
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
    Said::new(&cause.to_string()).into()
}
