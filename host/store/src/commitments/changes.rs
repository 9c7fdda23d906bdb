//! Steps of a commitment, each in one transaction with what follows from it: the
//! duty, the feedback to the platform, the event.

use creditgate_credit::commitment::{CommitmentStep, is_late};
use creditgate_credit::duty::DutyKind;
use creditgate_gate::new_id;
use creditgate_wire::commitment::StepDetailBody;
use creditgate_wire::feedback::{CommitmentFeedback, commitment_json};
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{Connection, params};

use super::{StoredCommitment, find};
use crate::error::StoreError;
use crate::store::Store;
use crate::{duties, outbox, trail, values};

/// A step to take.
#[derive(Debug, Clone)]
pub struct CommitmentChange {
    /// Id of the commitment.
    pub id: String,
    /// The step.
    pub step: CommitmentStep,
    /// Day on which it happened.
    pub day: Date,
    /// Key id of who reports it.
    pub actor: String,
    /// When.
    pub at: Timestamp,
    /// Particulars; whether it is late is found here.
    pub detail: StepDetailBody,
}

impl Store {
    /// Takes a step. Gives back the commitment as it is then; none where it is not there, or the step
    /// cannot be taken from where it stands.
    ///
    /// # Errors
    /// When nothing could be kept.
    pub async fn change_commitment(
        &self,
        change: CommitmentChange,
    ) -> Result<Option<StoredCommitment>, StoreError> {
        self.write(move |connection| {
            let Some(commitment) = find(connection, &change.id)? else { return Ok(None) };
            if !take(connection, &commitment, change)? {
                return Ok(None);
            }
            let changed = find(connection, &commitment.id)?;
            if let Some(changed) = &changed {
                trail::says(&*changed.id, changed.standing.state.code());
            }
            Ok(changed)
        })
        .await
    }
}

/// Notes that the last day of a commitment has passed, and reports it to the
/// platform. Answers whether it was open.
pub(crate) fn fall_due(
    connection: &Connection,
    id: &str,
    day: Date,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let Some(commitment) = find(connection, id)? else { return Ok(false) };
    let change = CommitmentChange {
        id: id.to_owned(),
        step: CommitmentStep::FallDue,
        day,
        actor: "host".to_owned(),
        at,
        detail: StepDetailBody::default(),
    };
    take(connection, &commitment, change)
}

fn take(
    connection: &Connection,
    commitment: &StoredCommitment,
    mut change: CommitmentChange,
) -> Result<bool, StoreError> {
    let Some(standing) = commitment.standing.after(change.step) else { return Ok(false) };
    let until = change.detail.until.map_or(commitment.due_on, |until| until.0);
    change.detail.late = change.step == CommitmentStep::Fulfil && is_late(commitment.due_on, change.day);
    connection
        .prepare_cached("UPDATE commitments SET state = ?2, repaired = ?3, due_on = ?4 WHERE id = ?1")?
        .execute(params![commitment.id, standing.state.code(), standing.repaired, until.to_string()])?;
    let detail = serde_json::to_string(&change.detail)
        .map_err(|_| StoreError::Damaged { what: "a step of a commitment" })?;
    connection
        .prepare_cached(
            "INSERT INTO commitment_steps (commitment, step, day, at, actor, detail)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            commitment.id,
            change.step.code(),
            change.day.to_string(),
            values::instant_to_sql(change.at),
            change.actor,
            detail
        ])?;
    follow(connection, commitment, &change)?;
    Ok(true)
}

/// What a step means for the duty and the platform.
fn follow(
    connection: &Connection,
    commitment: &StoredCommitment,
    change: &CommitmentChange,
) -> Result<(), StoreError> {
    let (kind, id) = (DutyKind::Commitment, commitment.id.as_str());
    match change.step {
        CommitmentStep::Fulfil => {
            duties::finish_on(connection, kind, id, change.day, change.at)?;
        }
        CommitmentStep::Extend => {
            let until = change.detail.until.map_or(commitment.due_on, |until| until.0);
            duties::postpone(connection, kind, id, until)?;
        }
        CommitmentStep::Breach => {
            duties::cancel(connection, kind, id, change.at)?;
            report(connection, commitment, change)?;
        }
        CommitmentStep::FallDue => report(connection, commitment, change)?,
        CommitmentStep::Sign | CommitmentStep::Repair => {}
    }
    Ok(())
}

/// Queues the feedback on a commitment that was not kept.
fn report(
    connection: &Connection,
    commitment: &StoredCommitment,
    change: &CommitmentChange,
) -> Result<(), StoreError> {
    let Some(standing) = commitment.standing.after(change.step) else { return Ok(()) };
    let id = new_id(change.at);
    let payload = commitment_json(&CommitmentFeedback {
        id: &id,
        commitment: &commitment.id,
        case_no: &commitment.case_no,
        department: &commitment.department,
        item: &commitment.item,
        checkpoint: &commitment.checkpoint,
        at: change.at,
        subject: &commitment.subject,
        state: standing.state,
        made_on: commitment.made_on,
        due_on: commitment.due_on,
        missing: &commitment.missing,
        reason: change.detail.reason.as_deref().unwrap_or_default(),
        facts: change.detail.facts.as_deref().unwrap_or_default(),
    });
    outbox::insert(connection, &id, Some(&commitment.id), &payload, change.at)
}
