//! The platform's HTTP side.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::faults::{FaultMode, FaultOrder, Faults};
use crate::mask::mask;
use crate::query;
use crate::received::{Kept, Message, Received};
use crate::records::{Record, Records};

/// Longer than anybody waits.
pub(crate) const LATE: Duration = Duration::from_secs(60);

/// What a running platform holds.
#[derive(Debug, Default)]
pub struct Platform {
    received: Mutex<Received>,
    faults: Faults,
    pub(crate) query_faults: Faults,
    pub(crate) records: Records,
}

impl Platform {
    /// A platform that goes on with these messages.
    #[must_use]
    pub fn new(received: Received) -> Self {
        Self { received: Mutex::new(received), ..Self::default() }
    }

    pub(crate) fn received(&self) -> MutexGuard<'_, Received> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The routes: `POST` and `GET /feedback`, `GET /stats`, `POST /faults`; for
/// queries `POST /records`, `POST /query-faults`, and the calls of both shapes.
pub fn router(platform: Arc<Platform>) -> Router {
    Router::new()
        .route("/feedback", post(take).get(list))
        .route("/stats", get(stats))
        .route("/faults", post(order_fault))
        .route("/records", post(add_records))
        .route("/query-faults", post(order_query_fault))
        .route("/taizhou/redblack", post(query::taizhou_redblack))
        .route("/taizhou/changes", post(query::taizhou_changes))
        .route("/taizhou/feedback", post(query::taizhou_feedback))
        .route("/chongqing/getRedBlackPage", post(query::chongqing_page))
        .route("/chongqing/commitRedBlackBack", post(query::chongqing_commit))
        .with_state(platform)
}

/// Takes one message. Answers `{"accepted": id}` for a new one and for one that
/// was here before; a message without key or content is refused with 400, one
/// under the id of another with 422.
async fn take(State(platform): State<Arc<Platform>>, headers: HeaderMap, body: String) -> Response {
    let fault = platform.faults.take();
    match fault {
        FaultMode::None | FaultMode::Slow | FaultMode::OtherSubject | FaultMode::WrongSignature => {}
        FaultMode::Down => return broken_connection(),
        FaultMode::Error => return failing(),
        FaultMode::Garbage => return Html("<html><body>系统维护中</body></html>").into_response(),
    }
    let answer = keep(&platform, &headers, &body);
    if fault == FaultMode::Slow {
        tokio::time::sleep(LATE).await;
    }
    answer
}

fn keep(platform: &Platform, headers: &HeaderMap, body: &str) -> Response {
    let id = headers.get("idempotency-key").and_then(|value| value.to_str().ok()).unwrap_or_default();
    if id.is_empty() {
        return refusal(StatusCode::BAD_REQUEST, "the header Idempotency-Key is missing");
    }
    let feedback = match serde_json::from_str::<Value>(body) {
        Ok(feedback) if feedback.is_object() => feedback,
        Ok(_) => return refusal(StatusCode::BAD_REQUEST, "the body is not a JSON object"),
        Err(error) => return refusal(StatusCode::BAD_REQUEST, &format!("the body is not JSON: {error}")),
    };
    // One short line for each message: not worth a thread of its own.
    match platform.received().keep(Message { id: id.to_owned(), feedback }) {
        Ok(Kept::New | Kept::Duplicate) => Json(json!({ "accepted": id })).into_response(),
        Ok(Kept::Conflict) => {
            refusal(StatusCode::UNPROCESSABLE_ENTITY, "another message was received under this id")
        }
        Err(_) => refusal(StatusCode::INTERNAL_SERVER_ERROR, "the message cannot be kept"),
    }
}

/// Everything received, oldest first, numbers of natural persons masked.
async fn list(State(platform): State<Arc<Platform>>) -> Json<Vec<Message>> {
    let mut messages = platform.received().messages().to_vec();
    messages.iter_mut().for_each(|message| mask(&mut message.feedback));
    Json(messages)
}

async fn stats(State(platform): State<Arc<Platform>>) -> Json<Value> {
    let received = platform.received();
    Json(json!({
        "received": received.messages().len(),
        "duplicates": received.duplicates(),
        "queries": platform.records.queries(),
    }))
}

async fn order_fault(
    State(platform): State<Arc<Platform>>,
    Json(order): Json<FaultOrder>,
) -> Json<FaultOrder> {
    platform.faults.order(order);
    Json(order)
}

async fn order_query_fault(
    State(platform): State<Arc<Platform>>,
    Json(order): Json<FaultOrder>,
) -> Json<FaultOrder> {
    platform.query_faults.order(order);
    Json(order)
}

async fn add_records(State(platform): State<Arc<Platform>>, Json(records): Json<Vec<Record>>) -> StatusCode {
    platform.records.add(records);
    StatusCode::NO_CONTENT
}

pub(crate) fn failing() -> Response {
    refusal(StatusCode::INTERNAL_SERVER_ERROR, "a fault on purpose")
}

/// An answer whose body fails, so that the server drops the connection.
pub(crate) fn broken_connection() -> Response {
    let failure = std::io::Error::new(std::io::ErrorKind::ConnectionAborted, "down on purpose");
    Body::from_stream(futures_util::stream::iter([Err::<Vec<u8>, _>(failure)])).into_response()
}

fn refusal(status: StatusCode, message: &str) -> Response {
    (status, Json(json!({ "error": message }))).into_response()
}
