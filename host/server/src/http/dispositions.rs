//! Dispositions: what a department did about the measures of a check.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use creditgate_api::{Dispositions, DispositionsAccepted};
use creditgate_wire::request::disposition_report;

use super::access::AboutCheck;
use super::auth::Principal;
use super::body;
use super::body::Json;
use super::input::PathText;
use super::openapi::UuidText;
use super::problem::Problem;
use crate::clock;
use crate::host::Shared;

/// Reports what was done about measures
///
/// Each report is recorded and goes to the credit platform as feedback. All of
/// them are taken or none.
#[utoipa::path(
    post,
    path = "/v1/checks/{id}/dispositions",
    tag = "checks",
    params(("id" = inline(UuidText), Path, description = "Id of the check")),
    request_body = Dispositions,
    responses(
        (status = 202, description = "Recorded, and on the way to the platform", body = DispositionsAccepted),
    )
)]
pub(super) async fn report_dispositions(
    State(shared): State<Arc<Shared>>,
    Extension(principal): Extension<Arc<Principal>>,
    id: PathText,
    report: Json<Dispositions>,
) -> Result<Response, Problem> {
    let id = id.uuid()?;
    let report = report.turned(|report| disposition_report(report, id.clone()))?;
    let feedback = shared.gate.report_dispositions(report, &principal.caller, clock::now()).await?;
    shared.feedback_queued();
    let mut response = body::answer(StatusCode::ACCEPTED, &DispositionsAccepted { feedback });
    response.extensions_mut().insert(AboutCheck(id));
    Ok(response)
}
