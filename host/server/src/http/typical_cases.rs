//! The register of typical cases.

use creditgate_affairs::typical_cases::{self, TypicalCase, TypicalCaseAdded};

use super::{Answer, Answered, HostState, Json, Who};
use crate::clock;

/// Adds a typical case to the register
///
/// The case goes into the monthly export and must hold no identity number. The duty of
/// each of the department's divisions to report a case of this kind for that month
/// ends.
#[utoipa::path(post, path = "/v1/typical-cases", tag = "checks")]
pub(super) async fn add_typical_case(
    shared: HostState,
    who: Who,
    case: Json<TypicalCase>,
) -> Answered<TypicalCaseAdded, 201> {
    let case = case.held_to(|case, faults| case.rules(faults, clock::today()))?;
    let (here, who, now) = (shared.in_force(), who.who(), clock::now());
    Ok(Answer(typical_cases::add(&shared.store, &here, &who, case, now).await?))
}
