//! The register of typical cases.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use creditgate_affairs::typical_cases::{self, TypicalCase, TypicalCaseAdded};

use super::auth::Principal;
use super::body::{self, Json};
use super::problem::Problem;
use crate::clock;
use crate::host::Shared;

/// Adds a typical case to the register
///
/// For the monthly export. What it says must hold no identity number. The duty of
/// each division of the department to report one of its kind in that month ends.
#[utoipa::path(
    post,
    path = "/v1/typical-cases",
    tag = "checks",
    request_body = TypicalCase,
    responses(
        (status = 201, description = "It was added", body = TypicalCaseAdded),
    )
)]
pub(super) async fn add_typical_case(
    State(shared): State<Arc<Shared>>,
    Extension(principal): Extension<Arc<Principal>>,
    said: Json<TypicalCase>,
) -> Result<Response, Problem> {
    let case = said.held_to(|said, faults| said.rules(faults, clock::today()))?;
    let (who, now) = (principal.who(), clock::now());
    let added = typical_cases::add(&shared.store, &shared.in_force(), &who, case, now).await?;
    Ok(body::answer(StatusCode::CREATED, &added))
}
