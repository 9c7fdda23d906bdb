//! Checks of the past, run again.

use creditgate_wire::replay::ReplayBody;

use super::{Answer, Answered, Code, HostState, Id, Problem};

/// Runs a check again
///
/// The host runs the recorded check in the recorded component, on what was known that
/// day and under the rules of that day. The result must be the same; the answer names
/// each difference, or what is missing for a run.
#[utoipa::path(get, path = "/v1/checks/{id}/replay", tag = "checks")]
pub(super) async fn replay_check(shared: HostState, Id(id): Id) -> Answered<ReplayBody> {
    let recorded = shared
        .store
        .recorded(&id)?
        .ok_or_else(|| Problem::new(Code::CheckUnknown, format!("there is no check `{id}`")))?;
    Ok(Answer(ReplayBody::from(shared.deployer.replay(&recorded).await)))
}
