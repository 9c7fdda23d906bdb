//! Clients that send or read slowly, or stop in the middle: they are cut, they
//! hold nobody up, and nothing is begun for them. Over TCP, by hand.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::load::{LONG, serving};
use super::wire::{problem, rest, told};
use super::*;
use crate::host::Shared;

fn ms(number: u64) -> NonZeroU64 {
    NonZeroU64::new(number).unwrap()
}

fn post(path: &str, key: &str, length: usize, body: &str) -> Vec<u8> {
    format!(
        "POST {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {key}\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

async fn until(what: &str, met: impl Fn() -> bool) {
    let waited = async {
        while !met() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(LONG, waited).await.unwrap_or_else(|_| panic!("{what}"));
}

async fn in_flight(shared: &Shared, wanted: i64) {
    until("requests in flight", || shared.metrics.in_flight.get() == wanted).await;
}

/// One request over a connection of its own.
async fn asks(address: SocketAddr, request: &[u8]) -> String {
    let mut request = String::from_utf8(request.to_vec()).unwrap();
    request = request.replacen("host: x\r\n", "host: x\r\nconnection: close\r\n", 1);
    told(address, request.as_bytes(), false).await
}

#[tokio::test]
async fn a_body_that_stops_coming_or_ends_early_is_refused_at_once() {
    let host = TestHost::with_city(|config| config.http.idle_timeout_ms = ms(100)).await;
    let key = host.key("caller", None).await;
    let publisher = host.key("publisher", None).await;
    let shared = Arc::clone(&host.host.shared);
    let (address, _stop, _server) = serving(host).await;
    let started = Instant::now();
    for (path, key) in [
        ("/v1/checks", &key),
        ("/v1/objections", &key),
        ("/v1/admin/lists?format=jsonl&file=f", &publisher),
        ("/v1/admin/bindings?format=jsonl&file=f", &publisher),
    ] {
        let half = post(path, key, 1000, "{\"half\":");
        problem(&told(address, &half, false).await, 408, "request.slow");
        problem(&told(address, &half, true).await, 400, "request.incomplete");
        let chunks =
            String::from_utf8(half).unwrap().replace("content-length: 1000", "transfer-encoding: chunked");
        let (head, _) = chunks.split_once("\r\n\r\n").unwrap();
        let broken = format!("{head}\r\n\r\n4\r\n{{\"a\"\r\nno length\r\n");
        problem(&told(address, broken.as_bytes(), false).await, 400, "request.malformed_body");
        let unended = format!("{head}\r\n\r\n4\r\n{{\"a\"\r\n");
        problem(&told(address, unended.as_bytes(), true).await, 400, "request.incomplete");
    }
    assert!(started.elapsed() < Duration::from_secs(8), "and not after ten seconds: {:?}", started.elapsed());
    in_flight(&shared, 0).await;
}

#[tokio::test]
async fn a_body_that_trickles_is_cut_when_its_time_is_over() {
    let host = TestHost::with_city(|config| {
        config.http.idle_timeout_ms = ms(10_000);
        config.http.request_timeout_ms = ms(200);
    })
    .await;
    let key = host.key("caller", None).await;
    let (address, _stop, _server) = serving(host).await;
    let client = TcpStream::connect(address).await.unwrap();
    let (mut read, mut write) = client.into_split();
    write.write_all(&post("/v1/objections", &key, 1_000_000, "")).await.unwrap();
    let trickle = tokio::spawn(async move {
        while write.write_all(b" ").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    });
    let mut answer = vec![0; 4096];
    let length = tokio::time::timeout(LONG, tokio::io::AsyncReadExt::read(&mut read, &mut answer));
    let length = length.await.expect("an answer").unwrap();
    problem(std::str::from_utf8(&answer[..length]).unwrap(), 408, "request.slow");
    trickle.abort();
}

#[tokio::test]
async fn a_client_that_does_not_take_its_answers_is_cut() {
    let host = TestHost::empty(|config| config.http.idle_timeout_ms = ms(200)).await;
    let shared = Arc::clone(&host.host.shared);
    let (address, _stop, _server) = serving(host).await;
    let mut client = TcpStream::connect(address).await.unwrap();
    // More than the network holds on its way.
    let asked = 200;
    let requests = "GET /openapi.json HTTP/1.1\r\nhost: x\r\n\r\n".repeat(asked);
    client.write_all(requests.as_bytes()).await.unwrap();
    until("it is served", || shared.metrics.connections.get() == 1).await;
    until("it is cut", || shared.metrics.connections.get() == 0).await;
    let mut answers = Vec::new();
    // What was on its way may come, or the connection be gone at once.
    let _ = tokio::io::AsyncReadExt::read_to_end(&mut client, &mut answers).await;
    let ended = String::from_utf8_lossy(&answers).matches("HTTP/1.1 200 OK").count();
    assert!(ended < asked, "{ended} answers were kept for it");
}

#[tokio::test]
async fn an_upload_that_stalls_holds_up_no_import_and_leaves_nothing() {
    let host = TestHost::with_city(|config| config.http.idle_timeout_ms = ms(120_000)).await;
    let publisher = host.key("publisher", None).await;
    let shared = Arc::clone(&host.host.shared);
    let (address, _stop, _server) = serving(host).await;
    let path = "/v1/admin/lists?format=jsonl&source=stalled&file=f";
    let mut stalled = TcpStream::connect(address).await.unwrap();
    stalled.write_all(&post(path, &publisher, LISTS.len() + 1, LISTS)).await.unwrap();
    in_flight(&shared, 1).await;

    let path = "/v1/admin/lists?format=jsonl&source=other&file=f";
    let another = LISTS.replace("\"e1\"", "\"e2\"");
    let import = post(path, &publisher, another.len(), &another);
    let import = asks(address, &import);
    let answer = tokio::time::timeout(LONG, import).await.expect("it does not wait");
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    drop(stalled);
    in_flight(&shared, 0).await;
    let sources = shared.store.list_sources().unwrap();
    assert!(sources.iter().all(|source| source.source != "stalled"), "{sources:?}");
}

#[tokio::test]
async fn a_key_that_takes_all_its_places_takes_nobody_elses() {
    let host = TestHost::with_city(|config| {
        config.http.max_in_flight = NonZeroU32::new(8).unwrap();
        config.http.max_requests_per_key = NonZeroU32::new(3);
        config.http.max_requests_per_department = NonZeroU32::new(4);
        config.http.idle_timeout_ms = ms(120_000);
        config.http.request_timeout_ms = ms(120_000);
    })
    .await;
    let flooding = host.key("caller", Some(&["housing"])).await;
    let sibling = host.key("caller", Some(&["housing"])).await;
    let honest = host.key("caller", Some(&[DEPARTMENT])).await;
    let shared = Arc::clone(&host.host.shared);
    let (address, _stop, _server) = serving(host).await;
    let hold = async |key: &str, wanted: i64| {
        let mut client = TcpStream::connect(address).await.unwrap();
        client.write_all(&post("/v1/checks", key, 1000, "{")).await.unwrap();
        in_flight(&shared, wanted).await;
        client
    };
    let mut held = Vec::new();
    for number in 1..=3 {
        held.push(hold(&flooding, number).await);
    }
    // Every call of the key counts, not checks alone.
    for path in ["/v1/checks", "/v1/objections"] {
        problem(&asks(address, &post(path, &flooding, 2, "{}")).await, 503, "key.busy");
    }
    let tasks = format!("GET /v1/tasks HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {flooding}\r\n\r\n");
    problem(&asks(address, tasks.as_bytes()).await, 503, "key.busy");
    held.push(hold(&sibling, 4).await);
    problem(&asks(address, &post("/v1/checks", &sibling, 2, "{}")).await, 503, "department.busy");

    let check = check().to_string();
    for _ in 0..5 {
        let answer = asks(address, &post("/v1/checks", &honest, check.len(), &check)).await;
        assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    }
    drop(held);
    in_flight(&shared, 0).await;
    let answer = asks(address, &post("/v1/checks", &sibling, 2, "{}")).await;
    problem(&answer, 422, "request.invalid");
}

#[tokio::test]
async fn who_is_not_known_takes_no_place_and_is_not_waited_for() {
    let host = TestHost::with_city(|config| config.http.max_in_flight = NonZeroU32::MIN).await;
    let honest = host.key("caller", None).await;
    let vendor = host.key("vendor", None).await;
    let (address, _stop, _server) = serving(host).await;
    let mut held = Vec::new();
    for (key, status, code) in
        [("", 401, "auth.invalid"), ("cg_no_key", 401, "auth.invalid"), (vendor.as_str(), 403, "auth.role")]
    {
        let mut client = TcpStream::connect(address).await.unwrap();
        client.write_all(&post("/v1/checks", key, 1_000_000, "{")).await.unwrap();
        problem(&rest(&mut client).await, status, code);
        held.push(client);
    }
    let check = check().to_string();
    let answer = asks(address, &post("/v1/checks", &honest, check.len(), &check)).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
}

#[tokio::test]
async fn a_caller_asks_about_no_more_than_a_document_and_others_about_a_file() {
    let host = TestHost::with_city(|config| {
        config.http.body_limit_bytes = std::num::NonZeroUsize::new(2000).unwrap();
    })
    .await;
    let row = |number: usize| {
        let case_no = format!("2026-{number}");
        json!({"case_no": case_no, "department": DEPARTMENT, "item": "food-licence", "issued_on": "2026-01-05"})
    };
    let rows = (0..40).map(|number| format!("{}\n", row(number))).collect::<String>();
    for (role, departments, status) in [("caller", Some(&[DEPARTMENT][..]), 413), ("auditor", None, 200)] {
        let key = host.key(role, departments).await;
        let answer = host.send(Method::POST, "/v1/coverage?format=jsonl", &key, &rows).await;
        assert_eq!(answer.status.as_u16(), status, "{role}: {}", answer.text);
    }
}
