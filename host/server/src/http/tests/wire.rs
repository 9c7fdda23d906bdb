//! What is refused before it is a request is a problem document too. Over TCP, by
//! hand.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::load::{LONG, serving};
use super::*;

/// What comes back until the host closes the connection. `all` says that the
/// client sends no more, and lets the host know.
pub(super) async fn told(address: SocketAddr, bytes: &[u8], all: bool) -> String {
    let mut client = TcpStream::connect(address).await.unwrap();
    client.write_all(bytes).await.unwrap();
    if all {
        client.shutdown().await.unwrap();
    }
    rest(&mut client).await
}

pub(super) async fn rest(client: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    tokio::time::timeout(LONG, client.read_to_end(&mut answer)).await.expect("it is closed").unwrap();
    String::from_utf8(answer).unwrap()
}

/// Holds an answer to be a problem with this status and code, whole.
pub(super) fn problem(answer: &str, status: u16, code: &str) {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {answer:?}"));
    assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
    assert!(head.contains("content-type: application/problem+json"), "{answer}");
    assert!(head.contains(&format!("content-length: {}", body.len())), "{answer}");
    let body: Value = serde_json::from_str(body).unwrap_or_else(|_| panic!("one document: {answer}"));
    assert_eq!((&body["code"], &body["status"]), (&json!(code), &json!(status)), "{answer}");
}

#[tokio::test]
async fn what_the_http_layer_refuses_is_a_problem_document() {
    let host = TestHost::empty(|_| {}).await;
    let shared = std::sync::Arc::clone(&host.host.shared);
    let (address, _stop, _server) = serving(host).await;
    let fields = |number: usize| (0..number).map(|number| format!("x-{number}: y\r\n")).collect::<String>();
    let get = |target: &str, more: &str| format!("GET {target} HTTP/1.1\r\nhost: x\r\n{more}\r\n");
    let long = |bytes: usize| ["/", &"a".repeat(bytes)].concat();
    let post = |more: &str| format!("POST /v1/checks HTTP/1.1\r\nhost: x\r\n{more}\r\n");
    let cases = [
        ("no request line", "nonsense\r\n\r\n".to_owned(), 400, "request.malformed"),
        ("a version there is not", "GET / HTTP/9.9\r\nhost: x\r\n\r\n".to_owned(), 400, "request.malformed"),
        ("a field without a name", get("/healthz", ": y\r\n"), 400, "request.malformed"),
        ("a NUL in a field", get("/healthz", "x: a\0b\r\n"), 400, "request.malformed"),
        (
            "no host",
            "GET /healthz HTTP/1.1\r\nconnection: close\r\n\r\n".to_owned(),
            400,
            "request.malformed",
        ),
        ("two hosts", get("/healthz", "host: y\r\nconnection: close\r\n"), 400, "request.malformed"),
        ("two lengths", post("content-length: 1\r\ncontent-length: 2\r\n"), 400, "request.malformed"),
        ("a length that is none", post("content-length: many\r\n"), 400, "request.malformed"),
        ("a length below nothing", post("content-length: -1\r\n"), 400, "request.malformed"),
        ("another coding", post("transfer-encoding: gzip\r\n"), 400, "request.malformed"),
        ("many fields", get("/healthz", &fields(101)), 431, "request.header_too_large"),
        (
            "a large field",
            get("/healthz", &format!("x: {}\r\n", "y".repeat(40_000))),
            431,
            "request.header_too_large",
        ),
        (
            "a field without end",
            format!("GET / HTTP/1.1\r\nx: {}", "y".repeat(200_000)),
            431,
            "request.header_too_large",
        ),
        ("a long target", get(&long(9_000), "connection: close\r\n"), 414, "request.target_too_long"),
        ("a target of 70,000", get(&long(70_000), ""), 414, "request.target_too_long"),
        ("a target without end", format!("GET {}", long(500_000)), 414, "request.target_too_long"),
        ("HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(), 505, "request.http_version"),
    ];
    for (what, request, status, code) in cases {
        let mut client = TcpStream::connect(address).await.unwrap();
        // The host may have seen enough before all of it is sent.
        let _ = client.write_all(request.as_bytes()).await;
        println!("{what}");
        problem(&rest(&mut client).await, status, code);
    }
    let counted = shared.metrics.encode().unwrap();
    assert!(counted.contains("http_responses_total{route=\"(none)\",status=\"431\"}"), "{counted}");
}

#[tokio::test]
async fn what_was_asked_before_is_answered_before_a_request_that_is_none() {
    let host = TestHost::empty(|_| {}).await;
    let (address, _stop, _server) = serving(host).await;
    let both = "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\nnonsense\r\n\r\n";
    let answer = told(address, both.as_bytes(), false).await;
    let at = answer.rfind("HTTP/1.1 ").unwrap();
    assert!(
        answer[..at].starts_with("HTTP/1.1 200 OK") && answer[..at].ends_with("{\"status\":\"ok\"}"),
        "{answer}"
    );
    problem(&answer[at..], 400, "request.malformed");
}

#[tokio::test]
async fn a_header_that_does_not_come_is_told_so_and_one_that_was_not_begun_is_not() {
    let wait = NonZeroU64::new(50).unwrap();
    let host = TestHost::empty(|config| config.http.header_timeout_ms = wait).await;
    let (address, _stop, _server) = serving(host).await;
    problem(&told(address, BEGINS, false).await, 408, "request.slow");
    problem(&told(address, BEGINS, true).await, 400, "request.incomplete");
    assert_eq!(told(address, b"", false).await, "", "it may be an answer to what is on its way");
}

/// A whole request, and the start of one.
const ASKS: &[u8] = b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n";
const BEGINS: &[u8] = b"GET /healthz HTTP/1.1\r\nhost:";

#[tokio::test]
async fn a_header_on_a_kept_connection_has_its_time_from_its_first_byte() {
    let wait = NonZeroU64::new(200).unwrap();
    let host = TestHost::empty(|config| config.http.header_timeout_ms = wait).await;
    let (address, _stop, _server) = serving(host).await;
    let mut client = TcpStream::connect(address).await.unwrap();
    let began = Instant::now();
    // Longer together than one header may take.
    while began.elapsed() < Duration::from_millis(2 * wait.get()) {
        client.write_all(ASKS).await.unwrap();
        let mut answer = Vec::new();
        while !answer.ends_with(b"{\"status\":\"ok\"}") {
            assert!(client.read_buf(&mut answer).await.unwrap() > 0, "the connection is kept");
        }
    }
    client.write_all(BEGINS).await.unwrap();
    problem(&rest(&mut client).await, 408, "request.slow");
}

#[tokio::test]
async fn a_kept_connection_has_its_own_time_and_ends_without_a_word() {
    let (header, kept) = (NonZeroU64::new(50).unwrap(), NonZeroU64::new(1_000).unwrap());
    let host = TestHost::empty(|config| {
        config.http.header_timeout_ms = header;
        config.http.kept_timeout_ms = kept;
    })
    .await;
    let (address, _stop, _server) = serving(host).await;
    let mut client = TcpStream::connect(address).await.unwrap();
    let began = Instant::now();
    client.write_all(ASKS).await.unwrap();
    let answers = rest(&mut client).await;
    assert!(answers.starts_with("HTTP/1.1 200 OK") && answers.matches("HTTP/1.1").count() == 1, "{answers}");
    assert!(began.elapsed() >= Duration::from_millis(kept.get()), "not after the time for a header");
}

#[tokio::test]
async fn an_address_with_too_many_connections_is_turned_away_and_told_why() {
    let host = TestHost::empty(|config| config.http.max_connections_per_address = NonZeroU32::new(1)).await;
    let shared = std::sync::Arc::clone(&host.host.shared);
    let (address, _stop, _server) = serving(host).await;
    let first = TcpStream::connect(address).await.unwrap();
    let connections = async |wanted: i64| {
        let reached = async {
            while shared.metrics.connections.get() != wanted {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(LONG, reached).await.unwrap();
    };
    connections(1).await;
    problem(&told(address, b"", false).await, 503, "host.busy");
    drop(first);
    connections(0).await;
    let answer = told(address, b"GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n", false).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
}

#[tokio::test]
async fn a_client_is_told_when_its_connection_ends_because_its_body_was_not_read() {
    let (address, _stop, _server) = serving(TestHost::empty(|_| {}).await).await;
    let post = "POST /v1/checks HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n";
    // Refused for want of a key, before the body is there.
    let answer = told(address, format!("{post}\r\n").as_bytes(), false).await;
    problem(&answer, 401, "auth.missing");
    assert!(answer.contains("connection: close\r\n"), "{answer}");
    let answer = told(address, b"GET /v1/cases/x HTTP/1.1\r\nhost: x\r\n\r\n", true).await;
    assert!(!answer.contains("connection: close"), "there was none to read: {answer}");
}
