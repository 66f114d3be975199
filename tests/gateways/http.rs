//! When a request's body leaves, and when it surely does not.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use dues::gateway::http::{Http, Limits};
use dues::gateway::wire::{Ask, Sent, Wire};
use dues::ports::Secret;
use dues::problem::{Kind, Problem};

use crate::server::Talk;

const BODY: &[u8] = b"amount=66240&currency=usd";

fn too_late() -> Problem {
    Problem::refused("too_late", "the key is too old")
}

fn http(address: SocketAddr) -> Http {
    let limits = Limits {
        connect: Duration::from_secs(4),
        total: Duration::from_secs(5),
        listens: Duration::from_millis(10),
        answer_bytes: 1000,
    };
    Http::new(&format!("http://{address}"), limits).unwrap()
}

fn post(
    http: &Http,
    still_in_time: &(dyn Fn() -> Result<(), Problem> + Send + Sync),
) -> Result<Sent, Problem> {
    let secret = Secret::new("sk_test_1".into());
    let ask = Ask {
        path: "/v1/payment_intents",
        query: &[],
        headers: &[],
        bearer: &secret,
    };
    Ok(http.post(&ask, BODY, still_in_time)?)
}

/// The next connection; a test that waits for one in vain fails.
fn accept(listener: &TcpListener) -> TcpStream {
    listener.set_nonblocking(true).unwrap();
    let began = Instant::now();
    loop {
        if let Ok((stream, _)) = listener.accept() {
            stream.set_nonblocking(false).unwrap();
            return stream;
        }
        assert!(began.elapsed() < Duration::from_secs(4), "nobody came");
        thread::sleep(Duration::from_millis(5));
    }
}

/// Every byte that arrives after the head of a `POST`, on any connection.
fn bytes_of_bodies(received: &[Vec<u8>]) -> Vec<u8> {
    let heads = received.iter().filter(|bytes| bytes.starts_with(b"POST"));
    heads
        .flat_map(|bytes| {
            let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
            bytes[end.map_or(bytes.len(), |end| end + 4)..].to_vec()
        })
        .collect()
}

/// A listener so busy that the kernel drops new connections: dues waits in
/// `connect`, its time runs out, and only then is it let in.
#[test]
#[cfg(target_os = "linux")]
fn a_connection_that_stands_too_late_carries_no_request() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let mut crowd = Vec::new();
    while let Ok(one) = TcpStream::connect_timeout(&address, Duration::from_millis(200)) {
        crowd.push(one);
    }
    let received = Mutex::new(Vec::new());
    let began = Instant::now();

    let sent = thread::scope(|scope| {
        let received = &received;
        scope.spawn(move || {
            thread::sleep(Duration::from_millis(600));
            drop(crowd);
            listener.set_nonblocking(true).unwrap();
            while began.elapsed() < Duration::from_millis(3500) {
                let Ok((stream, _)) = listener.accept() else {
                    thread::sleep(Duration::from_millis(5));
                    continue;
                };
                stream.set_nonblocking(false).unwrap();
                scope.spawn(move || record(stream, received));
            }
        });
        post(&http(address), &|| {
            if began.elapsed() > Duration::from_millis(500) {
                return Err(too_late());
            }
            Ok(())
        })
    });

    assert_eq!(sent.err(), Some(too_late()));
    let received = received.into_inner().unwrap();
    assert!(BODY[..1].starts_with(&bytes_of_bodies(&received)));
}

/// Keeps what came.
fn record(mut stream: TcpStream, received: &Mutex<Vec<Vec<u8>>>) {
    stream
        .set_read_timeout(Some(Duration::from_secs(3)))
        .unwrap();
    let mut all = Vec::new();
    let mut piece = [0; 4096];
    while let Ok(length @ 1..) = stream.read(&mut piece) {
        all.extend_from_slice(&piece[..length]);
    }
    received.lock().unwrap().push(all);
}

/// The time runs out while the connection is made.
#[test]
fn a_request_that_is_too_late_does_not_leave() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let asked = AtomicUsize::new(0);
    let received = Mutex::new(Vec::new());

    let sent = thread::scope(|scope| {
        scope.spawn(|| record(accept(&listener), &received));
        post(&http(address), &|| {
            asked.fetch_add(1, Ordering::SeqCst);
            Err(too_late())
        })
    });

    assert_eq!(sent.err(), Some(too_late()));
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    let received = received.into_inner().unwrap();
    // At most one byte of a body that was announced as longer: nothing to act
    // upon. Often not even that, if the connection is cut before it is flushed.
    assert!(BODY[..1].starts_with(&bytes_of_bodies(&received)));
    let head = String::from_utf8_lossy(&received[0]).to_lowercase();
    let announced = format!("content-length: {}\r\n", BODY.len());
    assert!(head.is_empty() || head.contains(&announced), "{head}");
}

/// A gateway that is one answer ahead: behind each answer it sends another, a
/// "no" to nobody. On a connection of their own, no request ever hears it.
#[test]
fn an_answer_too_many_is_nobodys() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let taken = AtomicUsize::new(0);

    thread::scope(|scope| {
        let (listener, taken) = (&listener, &taken);
        scope.spawn(move || {
            for _ in 0..40 {
                let mut talk = Talk::new(accept(listener));
                scope.spawn(move || {
                    while let Some(mut request) = talk.head() {
                        assert!(talk.body(&mut request));
                        taken.fetch_add(usize::from(request.method == "POST"), Ordering::SeqCst);
                        talk.answer(200, &[], b"{}", None);
                        talk.answer(402, &[], b"{\"error\":1}", None);
                    }
                });
            }
        });
        let http = http(address);
        let secret = Secret::new("sk_test_1".into());
        let ask = Ask {
            path: "/v1/account",
            query: &[],
            headers: &[],
            bearer: &secret,
        };
        for _ in 0..20 {
            assert_eq!(http.get(&ask).unwrap().status, 200);
            // Time for the second answer to arrive, wherever it may.
            thread::sleep(Duration::from_millis(5));
            let Ok(Sent::Reply(reply)) = post(&http, &|| Ok(())) else {
                panic!("an answer was sent");
            };
            assert_eq!(reply.status, 200);
        }
    });

    assert_eq!(taken.load(Ordering::SeqCst), 20);
}

/// What is said on a connection before the request has left is no answer to it:
/// nothing leaves then, and nothing is concluded.
#[test]
fn what_was_said_before_the_request_left_is_no_answer() {
    const TRIES: usize = 20;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let taken = AtomicUsize::new(0);

    thread::scope(|scope| {
        let (listener, taken) = (&listener, &taken);
        scope.spawn(move || {
            for _ in 0..TRIES {
                let mut talk = Talk::new(accept(listener));
                talk.answer(402, &[], b"{\"error\":1}", None);
                if let Some(mut request) = talk.head()
                    && talk.body(&mut request)
                {
                    taken.fetch_add(1, Ordering::SeqCst);
                }
            }
        });
        // Longer than any scheduler keeps the server from speaking first.
        let http = http(address).with_limits(Limits {
            listens: Duration::from_secs(3),
            ..Limits::default()
        });
        for _ in 0..TRIES {
            let sent = post(&http, &|| Ok(()));

            let problem = sent.expect_err("what was waiting was taken for an answer");
            assert_eq!(problem.code(), "gateway_unreachable");
        }
    });

    assert_eq!(taken.load(Ordering::SeqCst), 0);
}

#[test]
fn a_body_that_leaves_arrives_whole_and_the_clock_is_asked_before() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let asked = AtomicUsize::new(0);

    let (sent, body) = thread::scope(|scope| {
        let server = scope.spawn(|| {
            loop {
                let stream = accept(&listener);
                let mut talk = Talk::new(stream.try_clone().unwrap());
                while let Some(mut request) = talk.head() {
                    assert!(talk.body(&mut request));
                    talk.answer(200, &[("Request-Id", "req_1")], b"{}", None);
                    if request.method == "POST" {
                        return request.body;
                    }
                }
            }
        });
        let sent = post(&http(address), &|| {
            asked.fetch_add(1, Ordering::SeqCst);
            Ok(())
        });
        (sent, server.join().unwrap())
    });

    assert_eq!(body, BODY);
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    let Ok(Sent::Reply(reply)) = sent else {
        panic!("an answer was sent");
    };
    assert_eq!((reply.status, reply.body.as_slice()), (200, &b"{}"[..]));
    assert_eq!(reply.header("request-id"), Some("req_1"));
}

/// Nobody listens: nothing of the request has left. Somebody who never speaks
/// may have read it.
#[test]
fn a_gateway_that_cannot_be_reached_was_sent_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);

    let refused = post(&http(address), &|| Ok(())).err().unwrap();

    assert_eq!(refused.kind(), Kind::Refused);
    assert_eq!(refused.code(), "gateway_unreachable");
    assert!(
        refused.message().ends_with("; nothing was sent"),
        "{refused}"
    );
    assert!(refused.advice().is_some());

    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let limits = Limits {
        connect: Duration::from_millis(200),
        total: Duration::from_millis(400),
        listens: Duration::from_millis(10),
        answer_bytes: 1000,
    };
    let http = http(silent.local_addr().unwrap()).with_limits(limits);

    let silence = post(&http, &|| Ok(()));

    assert!(matches!(silence, Ok(Sent::Lost(_))), "{silence:?}");
}

/// Whatever a gateway answers, wherever it does not end, and however slowly it
/// comes: the exchange is over in its time, and nothing grows meanwhile.
#[test]
fn an_answer_without_an_end_is_cut() {
    const OK: &[u8] = b"HTTP/1.1 200 OK\r\n";
    const CHUNKED: &[u8] = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    const AT_ONCE: Duration = Duration::ZERO;
    const SLOWLY: Duration = Duration::from_millis(20);
    let table: [(&[u8], &[u8], Duration); 14] = [
        (b"", b"HTTP/1.1 200 OK", AT_ONCE),
        (b"", b"HTTP/1.1 103 Early Hints\r\n\r\n", AT_ONCE),
        (b"", b"HTTP/1.1 103 Early Hints\r\n\r\n", SLOWLY),
        (b"", b"\r\n", AT_ONCE),
        (OK, b"a", AT_ONCE),
        (OK, b"a: b\r\n", AT_ONCE),
        (OK, b"a: b\r\n", SLOWLY),
        (b"HTTP/1.1 200 OK\r\n\r\n", b"x", AT_ONCE),
        (b"HTTP/1.1 200 OK\r\n\r\n", b"x", SLOWLY),
        (CHUNKED, b"1\r\nx\r\n", AT_ONCE),
        (CHUNKED, b"0", AT_ONCE),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;",
            b"x",
            AT_ONCE,
        ),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
            b"a: b\r\n",
            AT_ONCE,
        ),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
            b"a: b\r\n",
            SLOWLY,
        ),
    ];
    let before = most_memory();
    for (head, word, apart) in table {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let limits = Limits {
            connect: Duration::from_millis(800),
            total: Duration::from_secs(1),
            listens: Duration::from_millis(10),
            answer_bytes: 1000,
        };
        let address = listener.local_addr().unwrap();
        let http = Http::new(&format!("http://{address}"), limits).unwrap();
        // What was hung up on is asked for once more.
        thread::spawn(move || {
            for stream in listener.incoming().take(2).flatten() {
                endless(stream, head, word, apart);
            }
        });
        let secret = Secret::new("sk_test_1".into());
        let began = Instant::now();

        let answer = http.get(&Ask {
            path: "/v1/account",
            query: &[],
            headers: &[],
            bearer: &secret,
        });

        let shown = format!("{} {}", head.escape_ascii(), word.escape_ascii());
        assert!(answer.is_err(), "{shown}: {answer:?}");
        drop(http);
        // An unoptimised parser is slow; what matters is that it ends.
        assert!(began.elapsed() < Duration::from_secs(30), "{shown}");
    }
    let grew = most_memory() - before;
    assert!(grew < 64 * 1024, "{grew} KiB");
}

/// A charge whose answer has no end is one whose outcome is not known.
#[test]
fn a_charge_that_is_answered_without_an_end_is_lost_in_time() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let stream = accept(&listener);
        let mut talk = Talk::new(stream.try_clone().unwrap());
        while talk.head().is_some_and(|request| request.method == "GET") {
            talk.answer(404, &[], b"", None);
        }
        endless(
            stream,
            b"",
            b"HTTP/1.1 100 Continue\r\n\r\n",
            Duration::ZERO,
        );
    });
    let http = http(address);
    let began = Instant::now();

    let sent = post(&http, &|| Ok(()));
    drop(http);

    assert!(matches!(sent, Ok(Sent::Lost(_))), "{sent:?}");
    assert!(
        began.elapsed() < Duration::from_secs(30),
        "{:?}",
        began.elapsed()
    );
}

/// Answers with a head, and the same word again and again, so long apart.
fn endless(mut stream: TcpStream, head: &[u8], word: &[u8], apart: Duration) {
    let _ = stream.read(&mut [0; 4096]);
    let words = word.repeat(if apart.is_zero() { 10_000 } else { 1 });
    let mut heard = stream.write_all(head);
    while heard.is_ok() {
        heard = stream.write_all(&words);
        thread::sleep(apart);
    }
}

/// The most memory that this process ever had, in KiB.
fn most_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let figure = line.and_then(|line| line.split_whitespace().nth(1));
    figure.and_then(|figure| figure.parse().ok()).unwrap()
}

#[test]
fn an_address_is_https_or_a_loopback_address_in_digits() {
    let table = [
        ("https://api.stripe.com", true),
        ("https://localhost:8420", true),
        ("http://127.0.0.1:8420", true),
        ("http://127.8.9.10:1", true),
        ("http://[::1]:8420/", true),
        ("https://127.0.0.1:8420", true),
        ("http://localhost:8420", false),
        ("http://127.0.0.1.example.com", false),
        ("http://api.stripe.com", false),
        ("http://10.0.0.1", false),
        ("http://0.0.0.0:8420", false),
        ("http://[::ffff:127.0.0.1]:1", false),
        ("ftp://127.0.0.1", false),
        ("file:///etc/passwd", false),
        ("https://sk_test_CANARY@api.stripe.com", false),
        ("https://user:CANARY@api.stripe.com", false),
        ("https://api.stripe.com@evil.example", false),
        ("https://api.stripe.com/v1", false),
        ("https://api.stripe.com/?key=CANARY", false),
        ("https://api.stripe.com/#CANARY", false),
        ("api.stripe.com", false),
        ("", false),
    ];
    for (address, taken) in table {
        let http = Http::new(address, Limits::default());

        assert_eq!(http.is_ok(), taken, "{address}");
        if let Err(problem) = http {
            assert_eq!(problem.kind(), Kind::Setup, "{address}");
            assert!(!format!("{problem:?}").contains("CANARY"), "{address}");
        }
    }
}
