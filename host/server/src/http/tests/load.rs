//! Too much, too slow, too large, and stopping.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::Method;
use futures_util::stream;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, oneshot};

use super::*;

/// Nothing here takes this long unless it hangs.
pub(super) const LONG: Duration = Duration::from_secs(20);

/// A body that says when it is asked for, and comes when it is let go.
fn held_body(text: String) -> (Body, Arc<Notify>, oneshot::Sender<()>) {
    let asked = Arc::new(Notify::new());
    let (release, released) = oneshot::channel();
    let notify = Arc::clone(&asked);
    let body = Body::from_stream(stream::once(async move {
        notify.notify_one();
        let _ = released.await;
        Ok::<_, std::io::Error>(Bytes::from(text))
    }));
    (body, asked, release)
}

#[tokio::test]
async fn a_host_that_is_full_says_so_at_once() {
    let host = TestHost::with_city(|config| config.http.max_in_flight = NonZeroU32::MIN).await;
    let [key, other] = [host.key("caller", None).await, host.key("caller", None).await];
    let (body, asked, release) = held_body(check().to_string());
    let mut first = request(Method::POST, "/v1/checks", body);
    authorize(&mut first, &key);
    let first = tokio::spawn(host.router.clone().oneshot(first));
    asked.notified().await;

    let second = host.send(Method::POST, "/v1/checks", &other, &check().to_string()).await;
    second.refused(503, "host.busy");
    assert_eq!(second.headers["retry-after"], "1");
    let health = host.send(Method::GET, "/healthz", "", "").await;
    assert_eq!(health.status.as_u16(), 200, "health does not queue behind work");

    release.send(()).unwrap();
    assert_eq!(first.await.unwrap().unwrap().status().as_u16(), 200);
    host.send(Method::POST, "/v1/checks", &key, &check().to_string()).await.expect(200);
}

#[tokio::test]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let host = TestHost::empty(|config| config.http.request_timeout_ms = NonZeroU64::MIN).await;
    let (body, _asked, _release) = held_body(String::new());
    let mut request = request(Method::POST, "/v1/checks", body);
    request.extensions_mut().insert(LocalOperator::default());
    host.answer(request).await.refused(408, "request.slow");
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_announced_or_not() {
    let limit = NonZeroUsize::new(1000).unwrap();
    let host = TestHost::empty(|config| config.http.body_limit_bytes = limit).await;
    let chunk = || Ok::<_, std::io::Error>(Bytes::from(vec![b' '; 600]));
    let bodies = [Body::from(vec![b' '; 1001]), Body::from_stream(stream::iter([chunk(), chunk()]))];
    for body in bodies {
        let mut request = request(Method::POST, "/v1/checks", body);
        request.extensions_mut().insert(LocalOperator::default());
        let answer = host.answer(request).await;
        answer.refused(413, "request.too_large");
        assert!(answer.text.contains("1000 bytes"), "{}", answer.text);
    }
}

/// A host that serves on a free port, and how to stop it.
pub(super) async fn serving(
    host: TestHost,
) -> (std::net::SocketAddr, oneshot::Sender<()>, tokio::task::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let server = tokio::spawn(async move {
        let TestHost { host, _folder: folder, .. } = host;
        host.serve(listener, async {
            let _ = stopped.await;
        })
        .await;
        drop(folder);
    });
    (address, stop, server)
}

#[tokio::test]
async fn a_request_that_was_accepted_is_answered_though_the_host_stops() {
    let host = TestHost::with_city(|_| {}).await;
    let key = host.key("caller", None).await;
    let shared = Arc::clone(&host.host.shared);
    let (address, stop, server) = serving(host).await;
    let body = check().to_string();
    let head = format!(
        "POST /v1/checks HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {key}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n",
        body.len()
    );
    let mut client = TcpStream::connect(address).await.unwrap();
    client.write_all(head.as_bytes()).await.unwrap();
    let in_flight = async {
        while shared.metrics.in_flight.get() == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(LONG, in_flight).await.unwrap();

    stop.send(()).unwrap();
    let refused = async { while TcpStream::connect(address).await.is_ok() {} };
    tokio::time::timeout(LONG, refused).await.expect("new connections are refused");
    client.write_all(body.as_bytes()).await.unwrap();
    let mut answer = String::new();
    tokio::time::timeout(LONG, client.read_to_string(&mut answer)).await.unwrap().unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    assert!(answer.contains("could_not_check"), "{answer}");
    tokio::time::timeout(LONG, server).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_client_that_sends_its_header_too_slowly_is_let_go() {
    let wait = NonZeroU64::new(50).unwrap();
    let host = TestHost::empty(|config| config.http.header_timeout_ms = wait).await;
    let (address, _stop, _server) = serving(host).await;
    let mut client = TcpStream::connect(address).await.unwrap();
    client.write_all(b"GET /healthz HTTP/1.1\r\nhost:").await.unwrap();
    let mut answer = Vec::new();
    let closed = tokio::time::timeout(LONG, client.read_to_end(&mut answer)).await;
    closed.expect("the connection is closed").unwrap();
}

#[tokio::test]
async fn a_host_that_stops_is_not_ready() {
    let host = TestHost::with_city(|_| {}).await;
    let ready = host.send(Method::GET, "/readyz", "", "").await.expect(200);
    assert_eq!((&ready["serving"], &ready["unavailable"]), (&json!(0), &json!(2)));
    host.host.shared.stopping.store(true, std::sync::atomic::Ordering::Relaxed);
    assert_eq!(host.send(Method::GET, "/readyz", "", "").await.code(), "host.stopping");
    host.local(Method::GET, "/v1/admin/keys", "").await.refused(503, "host.stopping");
}
