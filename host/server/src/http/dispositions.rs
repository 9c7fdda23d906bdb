//! Dispositions: what a department did about the measures of a check.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use creditgate_api::{Dispositions, DispositionsAccepted};
use creditgate_wire::request::disposition_report;

use super::access::AboutCheck;
use super::auth::Who;
use super::body::{Accepted, Answer, Json};
use super::input::Id;
use super::problem::Problem;
use crate::clock;
use crate::host::Shared;

/// Reports what was done about measures
///
/// Each report is recorded and goes to the credit platform as feedback. All of
/// them are taken or none.
#[utoipa::path(post, path = "/v1/checks/{id}/dispositions", tag = "checks")]
pub(super) async fn report_dispositions(
    State(shared): State<Arc<Shared>>,
    who: Who,
    Id(id): Id,
    report: Json<Dispositions>,
) -> Result<(Extension<AboutCheck>, Accepted<DispositionsAccepted>), Problem> {
    let report = report.turned(|report| disposition_report(report, id.clone()))?;
    let feedback = shared.gate.report_dispositions(report, &who.caller, clock::now()).await?;
    shared.feedback_queued();
    Ok((Extension(AboutCheck(id)), Answer(DispositionsAccepted { feedback })))
}
