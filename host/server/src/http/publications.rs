//! Publications: a decision was made public (R89, R90).

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use creditgate_affairs::publications::{self, Publication, Published};

use super::auth::Principal;
use super::body::{self, Json};
use super::problem::Problem;
use crate::clock;
use crate::host::Shared;

/// Reports that a decision was made public
///
/// Ends the duty that a check at issuance began. The limit is counted from the
/// day of the decision that is given here. Fields in `attributes` go into the
/// export of dual publicity (R91).
#[utoipa::path(
    post,
    path = "/v1/publications",
    tag = "duties",
    request_body = Publication,
    responses(
        (status = 200, description = "The duties that ended by it", body = Published),
    )
)]
pub(super) async fn report_publication(
    State(shared): State<Arc<Shared>>,
    Extension(principal): Extension<Arc<Principal>>,
    report: Json<Publication>,
) -> Result<Response, Problem> {
    let report = report.held_to(|report, faults| report.rules(faults, clock::today()))?;
    let (who, now) = (principal.who(), clock::now());
    let published = publications::report(&shared.store, &shared.in_force(), &who, report, now).await?;
    Ok(body::answer(StatusCode::OK, &published))
}
