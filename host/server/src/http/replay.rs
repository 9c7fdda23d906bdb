//! Checks of the past, run again.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use creditgate_wire::replay::ReplayBody;

use super::body;
use super::input::PathText;
use super::openapi::UuidText;
use super::problem::{Code, Problem};
use crate::host::Shared;

/// Runs a check again
///
/// The recorded check in the recorded component, on what was known that day,
/// under the rules of that day: it must say the same, or the answer names where
/// it does not, or what is missing to try.
#[utoipa::path(
    get,
    path = "/v1/checks/{id}/replay",
    tag = "checks",
    params(("id" = inline(UuidText), Path, description = "Id of the check")),
    responses(
        (status = 200, description = "What came of it", body = ReplayBody),
    )
)]
pub(super) async fn replay_check(
    State(shared): State<Arc<Shared>>,
    id: PathText,
) -> Result<Response, Problem> {
    let id = id.uuid()?;
    let recorded = shared
        .store
        .recorded(&id)?
        .ok_or_else(|| Problem::new(Code::CheckUnknown, format!("there is no check `{id}`")))?;
    Ok(body::answer(StatusCode::OK, &ReplayBody::from(shared.deployer.replay(&recorded).await)))
}
