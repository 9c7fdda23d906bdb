//! Commitments: what is reported of them, and where they stand (R82, R83).

use creditgate_affairs::commitments::{
    self, Breach, Commitment, Commitments, CreditRepair, Fulfilment, Report, Signature,
};
use creditgate_credit::commitment::CommitmentStep;
use creditgate_credit::dossier::CommitmentState;
use creditgate_credit::time::Day;
use creditgate_store::CommitmentFilter;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use utoipa::IntoParams;

use super::tasks;
use super::{About, Answer, Answered, HostState, Id, Paged, Who};
use crate::clock;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct CommitmentsQuery {
    /// Only those in this state
    #[param(inline)]
    state: Option<CommitmentState>,
    /// Only those of this department
    department: Option<String>,
}

/// Lists commitments
///
/// Lists commitments, the first due first. A caller sees the commitments of its
/// departments.
#[utoipa::path(get, path = "/v1/commitments", tag = "duties")]
pub(super) async fn list_commitments(
    shared: HostState,
    who: Who,
    Paged { query, page }: Paged<CommitmentsQuery>,
) -> Answered<Commitments> {
    let filter =
        CommitmentFilter { departments: tasks::departments(&who, query.department)?, state: query.state };
    let after: Option<(Day, String)> = page.after()?;
    let after = after.map(|(day, id)| (day.0, id));
    let commitments = shared.store.commitments(&filter, after.as_ref(), page.probe())?;
    let (commitments, next) = page.cut(commitments, |last| (last.due_on, last.id.clone()));
    Ok(Answer(Commitments { commitments, next }))
}

/// Reads a commitment
///
/// Answers the commitment with everything that happened to it. The id of a commitment
/// is the id of the check that asked for it.
#[utoipa::path(get, path = "/v1/commitments/{id}", tag = "duties")]
pub(super) async fn get_commitment(shared: HostState, who: Who, Id(id): Id) -> Answered<Commitment> {
    Ok(Answer(commitments::read(&shared.store, &who.who(), &id)?))
}

/// Reports that a commitment was signed
///
/// The report names the signed document. Where the report gives the hash of the signed
/// text, that hash must be the hash of the text for which the check asked.
#[utoipa::path(post, path = "/v1/commitments/{id}/signature", tag = "duties")]
pub(super) async fn sign_commitment(said: About<Id, Signature>) -> Answered<Commitment> {
    reported(said).await
}

/// Reports that a commitment was fulfilled
///
/// After the last day the commitment is fulfilled late, and the answer says so.
#[utoipa::path(post, path = "/v1/commitments/{id}/fulfilment", tag = "duties")]
pub(super) async fn fulfil_commitment(said: About<Id, Fulfilment>) -> Answered<Commitment> {
    reported(said).await
}

/// Grants more time for a commitment
///
/// An overdue commitment is open again until the new day.
#[utoipa::path(post, path = "/v1/commitments/{id}/extension", tag = "duties")]
pub(super) async fn extend_commitment(said: About<Id, commitments::Extension>) -> Answered<Commitment> {
    reported(said).await
}

/// Reports that a commitment was false or not kept
///
/// The finding goes to the credit platform, and later checks of the party see the
/// breach until it is repaired.
#[utoipa::path(post, path = "/v1/commitments/{id}/breach", tag = "duties")]
pub(super) async fn breach_commitment(said: About<Id, Breach>) -> Answered<Commitment> {
    reported(said).await
}

/// Reports that the credit of a party was repaired after a breach
///
/// Later checks do not see the breach any more.
#[utoipa::path(post, path = "/v1/commitments/{id}/repair", tag = "duties")]
pub(super) async fn repair_commitment(said: About<Id, CreditRepair>) -> Answered<Commitment> {
    reported(said).await
}

/// Takes in a report, held to what is known of its commitment.
async fn reported<R: Report + DeserializeOwned>(
    (shared, who, Id(id), said): About<Id, R>,
) -> Answered<Commitment> {
    let (who, today) = (who.who(), clock::today());
    let commitment = commitments::read(&shared.store, &who, &id)?;
    let said = said.held_to(|said, faults| said.rules(&commitment, today, faults))?;
    let changed = commitments::report(&shared.store, &who, id, said, clock::now()).await?;
    if R::STEP == CommitmentStep::Breach {
        shared.feedback_queued();
    }
    Ok(Answer(changed))
}
