//! A receiver of events: a small HTTP server in the test itself.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::wait::PATIENCE;

/// What a host of a test signs with.
pub const WEBHOOK_SECRET: &str = "0123456789abcdef0123456789abcdef";

/// A request as it came in.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// `Creditgate-Event`.
    pub event: String,
    /// `Creditgate-Delivery`.
    pub id: String,
    /// `Creditgate-Signature`.
    pub signature: String,
    /// The body, byte for byte.
    pub body: Vec<u8>,
}

impl Delivery {
    /// The body as JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }
}

/// A receiver on a free loopback port. What it received survives its being down.
pub struct TestReceiver {
    address: SocketAddr,
    seen: Arc<watch::Sender<Vec<Delivery>>>,
    status: Arc<watch::Sender<StatusCode>>,
    server: Option<JoinHandle<()>>,
}

impl TestReceiver {
    /// Starts one that takes everything.
    pub async fn start() -> Self {
        let mut receiver = Self {
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            seen: Arc::new(watch::Sender::new(Vec::new())),
            status: Arc::new(watch::Sender::new(StatusCode::NO_CONTENT)),
            server: None,
        };
        receiver.come_up().await;
        receiver
    }

    /// Where events are posted.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/events", self.address)
    }

    /// Answers every request with this status from now on.
    pub fn answer(&self, status: u16) {
        self.status.send_replace(StatusCode::from_u16(status).expect("a status"));
    }

    /// Stops listening and drops every connection.
    pub async fn go_down(&mut self) {
        let server = self.server.take().expect("a receiver that is up");
        server.abort();
        // Ends as cancelled; by then the port is free.
        let _ = server.await;
    }

    /// Listens again, on the same address.
    pub async fn come_up(&mut self) {
        let listener = TcpListener::bind(self.address).await.expect("the port");
        self.address = listener.local_addr().expect("an address");
        let state = (Arc::clone(&self.seen), Arc::clone(&self.status));
        let router = Router::new().route("/events", post(take)).with_state(state);
        self.server = Some(tokio::spawn(async move {
            axum::serve(listener, router).await.expect("a server");
        }));
    }

    /// Every request so far, also those it did not take.
    #[must_use]
    pub fn seen(&self) -> Vec<Delivery> {
        self.seen.borrow().clone()
    }

    /// Waits until its requests are as wanted, and gives them back.
    pub async fn until(&self, what: &str, wanted: impl Fn(&[Delivery]) -> bool) -> Vec<Delivery> {
        let mut seen = self.seen.subscribe();
        match tokio::time::timeout(PATIENCE, seen.wait_for(|seen| wanted(seen))).await {
            Ok(seen) => seen.expect("the receiver lives").clone(),
            Err(_) => panic!("waited {PATIENCE:?} in vain: {what}; {:?}", self.seen()),
        }
    }
}

impl Drop for TestReceiver {
    fn drop(&mut self) {
        if let Some(server) = &self.server {
            server.abort();
        }
    }
}

type Shared = (Arc<watch::Sender<Vec<Delivery>>>, Arc<watch::Sender<StatusCode>>);

async fn take(State((seen, status)): State<Shared>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let header =
        |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let delivery = Delivery {
        event: header("creditgate-event"),
        id: header("creditgate-delivery"),
        signature: header("creditgate-signature"),
        body: body.to_vec(),
    };
    // Before anybody can know of the request and change what comes next.
    let status = *status.borrow();
    seen.send_modify(|seen| seen.push(delivery));
    status
}
