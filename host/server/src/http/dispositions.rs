//! Dispositions: what a department did about the measures of a check.

use axum::Extension;
use creditgate_api::{Dispositions, DispositionsAccepted};
use creditgate_wire::request::disposition_report;

use super::access::AboutCheck;
use super::{About, Answer, Id, Problem};
use crate::clock;

/// Reports what was done about measures
///
/// The host records each report and sends it to the credit platform as feedback. The
/// host takes all reports of a call, or none.
#[utoipa::path(post, path = "/v1/checks/{id}/dispositions", tag = "checks")]
pub(super) async fn report_dispositions(
    (shared, who, Id(id), report): About<Id, Dispositions>,
) -> Result<(Extension<AboutCheck>, Answer<DispositionsAccepted, 202>), Problem> {
    let report = report.turned(|report| disposition_report(report, id.clone()))?;
    let feedback = shared.gate.report_dispositions(report, &who.caller, clock::now()).await?;
    shared.feedback_queued();
    Ok((Extension(AboutCheck(id)), Answer(DispositionsAccepted { feedback })))
}
