//! An outbox in memory and a platform on a free port, for tests.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::outbox::{Due, Message, Outbox, OutboxError};

/// No test waits longer than this for what it waits for.
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    Pending(Timestamp),
    Delivered,
    Dead,
}

#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) attempts: u32,
    pub(crate) fate: Fate,
    pub(crate) errors: Vec<String>,
}

/// An outbox whose rows a test can wait on.
#[derive(Clone)]
pub(crate) struct MemoryOutbox {
    rows: Arc<watch::Sender<BTreeMap<String, Row>>>,
    /// Writes that still fail.
    failing_writes: Arc<Mutex<u32>>,
}

impl MemoryOutbox {
    pub(crate) fn holding(ids: &[&str]) -> Self {
        let outbox = Self {
            rows: Arc::new(watch::Sender::new(BTreeMap::new())),
            failing_writes: Arc::new(Mutex::new(0)),
        };
        ids.iter().for_each(|id| outbox.queue(id));
        outbox
    }

    pub(crate) fn queue(&self, id: &str) {
        let row = Row { attempts: 0, fate: Fate::Pending(Timestamp::now()), errors: Vec::new() };
        self.rows.send_modify(|rows| {
            rows.insert(id.to_owned(), row);
        });
    }

    pub(crate) fn fail_next_writes(&self, count: u32) {
        *self.failing_writes.lock().unwrap() = count;
    }

    pub(crate) fn row(&self, id: &str) -> Row {
        self.rows.borrow()[id].clone()
    }

    /// Waits until this row is as wanted, and returns it.
    pub(crate) async fn until(&self, id: &str, wanted: impl Fn(&Row) -> bool) -> Row {
        let mut rows = self.rows.subscribe();
        let found = tokio::time::timeout(PATIENCE, rows.wait_for(|rows| wanted(&rows[id]))).await;
        match found {
            Ok(rows) => rows.unwrap()[id].clone(),
            Err(_) => panic!("row {id} never came to that: {:?}", self.row(id)),
        }
    }

    fn write(&self, id: &str, change: impl FnOnce(&mut Row)) -> Result<(), OutboxError> {
        let mut failing = self.failing_writes.lock().unwrap();
        if *failing > 0 {
            *failing -= 1;
            return Err(OutboxError("the disk is full".into()));
        }
        self.rows.send_modify(|rows| change(rows.get_mut(id).unwrap()));
        Ok(())
    }
}

impl Outbox for MemoryOutbox {
    async fn due(&self, now: Timestamp, limit: usize) -> Result<Due, OutboxError> {
        let rows = self.rows.borrow();
        let pending = |row: &Row| match row.fate {
            Fate::Pending(at) => Some(at),
            Fate::Delivered | Fate::Dead => None,
        };
        let next = rows.values().filter_map(pending).filter(|at| *at > now).min();
        let mut due: Vec<_> =
            rows.iter().filter(|(_, row)| pending(row).is_some_and(|at| at <= now)).collect();
        due.sort_by_key(|(_, row)| pending(row));
        let message = |(id, row): (&String, &Row)| Message {
            id: id.clone(),
            topic: "feedback".to_owned(),
            attempts: row.attempts,
            body: format!(r#"{{"feedback_id":"{id}"}}"#),
        };
        Ok(Due { messages: due.into_iter().take(limit).map(message).collect(), next })
    }

    async fn delivered(&self, id: &str, _at: Timestamp) -> Result<(), OutboxError> {
        self.write(id, |row| row.fate = Fate::Delivered)
    }

    async fn failed(&self, id: &str, error: String, again_at: Option<Timestamp>) -> Result<(), OutboxError> {
        self.write(id, |row| {
            row.attempts += 1;
            row.errors.push(error);
            row.fate = again_at.map_or(Fate::Dead, Fate::Pending);
        })
    }
}

/// How the platform treats one request. Requests beyond the script are accepted.
#[derive(Debug, Clone)]
pub(crate) enum Manner {
    Accept,
    /// Never answers.
    Hang,
    Answer(u16, &'static str),
    /// 503 with `Retry-After` in seconds.
    Later(u64),
}

/// A request as the platform saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) key: String,
    pub(crate) authorization: Option<String>,
    /// `Creditgate-Event`, `-Delivery` and `-Signature`, where it has them.
    pub(crate) webhook: Option<[String; 3]>,
    pub(crate) body: String,
}

/// A real HTTP server that plays the platform.
pub(crate) struct Platform {
    pub(crate) address: SocketAddr,
    shared: Arc<Shared>,
    server: tokio::task::JoinHandle<()>,
}

struct Shared {
    script: Mutex<VecDeque<Manner>>,
    seen: watch::Sender<Vec<Seen>>,
}

impl Platform {
    pub(crate) async fn start(script: &[Manner]) -> Self {
        Self::start_at("127.0.0.1:0".parse().unwrap(), script).await
    }

    pub(crate) async fn start_at(address: SocketAddr, script: &[Manner]) -> Self {
        let shared = Arc::new(Shared {
            script: Mutex::new(script.iter().cloned().collect()),
            seen: watch::Sender::new(Vec::new()),
        });
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().route("/feedback", post(take)).with_state(Arc::clone(&shared));
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { address, shared, server }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/feedback", self.address)
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.shared.seen.borrow().clone()
    }

    /// Waits until this many requests have come in.
    pub(crate) async fn until_seen(&self, count: usize) {
        let mut seen = self.shared.seen.subscribe();
        tokio::time::timeout(PATIENCE, seen.wait_for(|seen| seen.len() >= count)).await.unwrap().unwrap();
    }
}

impl Drop for Platform {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn take(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: String) -> Response {
    let header = |name: &str| headers.get(name).map(|value| value.to_str().unwrap().to_owned());
    let key = header("idempotency-key").unwrap_or_default();
    let webhook = header("creditgate-event").zip(header("creditgate-delivery"));
    let webhook =
        webhook.zip(header("creditgate-signature")).map(|((event, id), signature)| [event, id, signature]);
    shared.seen.send_modify(|seen| {
        seen.push(Seen { key: key.clone(), authorization: header("authorization"), webhook, body });
    });
    let manner = shared.script.lock().unwrap().pop_front().unwrap_or(Manner::Accept);
    match manner {
        Manner::Accept => format!(r#"{{"accepted":"{key}"}}"#).into_response(),
        Manner::Hang => std::future::pending().await,
        Manner::Answer(status, body) => (StatusCode::from_u16(status).unwrap(), body).into_response(),
        Manner::Later(seconds) => {
            (StatusCode::SERVICE_UNAVAILABLE, [("retry-after", seconds.to_string())], "").into_response()
        }
    }
}
