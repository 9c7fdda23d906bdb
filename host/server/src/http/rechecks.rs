//! Checks to be made again, because an entry they had turned out otherwise
//! (R100).

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use creditgate_wire::act::RechecksBody;
use creditgate_wire::problem::ProblemBody;
use serde::Deserialize;

use super::auth::Principal;
use super::body;
use super::input;
use super::problem::Problem;
use crate::host::Shared;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RechecksQuery {
    #[serde(default)]
    done: bool,
}

/// Lists checks to be made again, oldest first
///
/// An entry that was before them was corrected, withdrawn or repaired, or they
/// passed over one that was confirmed later. A check at
/// the same checkpoint of the case, under a new idempotency key, takes the place
/// of the earlier one and does the task.
#[utoipa::path(
    get,
    path = "/v1/rechecks",
    tag = "disputes",
    params(("done" = Option<bool>, Query, description = "Those that were made again, too; only those that wait when absent")),
    responses(
        (status = 200, description = "The tasks; for a caller those of its departments", body = RechecksBody),
        (status = "default", description = "Why not", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list_rechecks(
    State(shared): State<Arc<Shared>>,
    Extension(principal): Extension<Arc<Principal>>,
    uri: Uri,
) -> Result<Response, Problem> {
    let query: RechecksQuery = input::query(&uri, "done (true or false)")?;
    let rechecks = shared.store.rechecks(principal.caller.departments.as_deref(), !query.done)?;
    Ok(body::answer(StatusCode::OK, &RechecksBody { rechecks }))
}
