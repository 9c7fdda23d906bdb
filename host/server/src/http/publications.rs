//! Publications: a decision was made public (R89, R90).

use creditgate_affairs::publications::{self, Publication, Published};

use super::{Answer, Answered, HostState, Json, Who};
use crate::clock;

/// Reports that a decision was made public
///
/// The report ends the duty that a check at issuance began. The host counts the limit
/// from the day of the decision that the report gives. Fields in `attributes` go into
/// the export of dual publicity (R91).
#[utoipa::path(post, path = "/v1/publications", tag = "duties")]
pub(super) async fn report_publication(
    shared: HostState,
    who: Who,
    report: Json<Publication>,
) -> Answered<Published> {
    let report = report.held_to(|report, faults| report.rules(faults, clock::today()))?;
    let (here, who, now) = (shared.in_force(), who.who(), clock::now());
    Ok(Answer(publications::report(&shared.store, &here, &who, report, now).await?))
}
