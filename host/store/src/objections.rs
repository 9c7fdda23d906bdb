//! Objections: each step is one transaction with everything that follows from
//! it: the overlay, the message to the platform, the checks to be made again.

use creditgate_credit::calendar::local_date;
use creditgate_credit::duty::{DutyKind, NewDuty};
use creditgate_credit::entry::ListEntry;
use creditgate_credit::objection::{ObjectionGround, ObjectionResult, ObjectionStep, suspends};
use creditgate_credit::overlay::{EntryContent, Overlay, OverlayEffect};
use creditgate_gate::event::{self, Event};
use creditgate_wire::feedback;
use creditgate_wire::objection::{
    ObjectionAnswerBody, ObjectionBody, ObjectionDecisionBody, ObjectionNoticeBody,
};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use crate::dispute::{DisputeError, DisputeFilter, document, documents};
use crate::error::StoreError;
use crate::rechecks::Affected;
use crate::registry::written;
use crate::store::Store;
use crate::{duties, outbox, overlays, rechecks, trail};

const WHAT: &str = "an objection";

/// Who takes a step, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// When.
    pub at: Timestamp,
    /// Key id of who takes it.
    pub actor: String,
    /// Id for the feedback that follows, a UUID.
    pub feedback: String,
}

/// How many objections may be without a result at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenObjections {
    /// Raised with one key.
    pub of_key: u32,
    /// To one entry.
    pub to_entry: u32,
}

impl Store {
    /// Takes in an objection and notifies the provider: from then on its entry
    /// rests and the provider's time runs (R96 to R98): `verification`, where there
    /// is a limit. It does not rest where the same was found right before, unless
    /// [`ObjectionBody::suspend`] says so.
    ///
    /// # Errors
    /// [`DisputeError::ObjectionOpen`], [`DisputeError::TooManyObjections`], or when
    /// it cannot be kept.
    pub async fn raise_objection(
        &self,
        objection: ObjectionBody,
        verification: Option<NewDuty>,
        most: OpenObjections,
        step: Step,
    ) -> Result<ObjectionBody, DisputeError> {
        self.dispute(move |connection| {
            may_be_raised(connection, &objection, most)?;
            let raised = raise(connection, objection, &step)?;
            if let Some(duty) = &verification {
                duties::open(connection, duty, step.at)?;
            }
            Ok(raised)
        })
        .await
    }

    /// Takes in the provider's answer: the entry goes on, is corrected or used no
    /// more, and the checks it had a part in are to be made again (R99, R100); where
    /// it was right, those that passed over it meanwhile. All of it, with the events
    /// that tell of it, is one transaction.
    ///
    /// # Errors
    /// [`DisputeError`]; the objection stays as it is.
    pub async fn decide_objection(
        &self,
        id: String,
        answer: ObjectionAnswerBody,
        step: Step,
    ) -> Result<ObjectionBody, DisputeError> {
        let listed = self.entry(&self.objection(&id)?.entry)?;
        self.dispute(move |connection| decide(connection, &id, answer, listed.as_ref(), step)).await
    }

    /// Takes in that somebody was told the result.
    ///
    /// # Errors
    /// [`DisputeError`]; the objection stays as it is.
    pub async fn note_objection(
        &self,
        id: String,
        notice: ObjectionNoticeBody,
    ) -> Result<ObjectionBody, DisputeError> {
        self.dispute(move |connection| {
            let mut objection = find(connection, &id)?;
            let progress = objection.progress().after(ObjectionStep::Tell(notice.told))?;
            objection.notices.push(notice);
            let objection = objection.with_progress(progress);
            update(connection, &objection)?;
            says(&objection);
            Ok(objection)
        })
        .await
    }

    /// An objection.
    ///
    /// # Errors
    /// [`DisputeError::UnknownObjection`], or when it cannot be read.
    pub fn objection(&self, id: &str) -> Result<ObjectionBody, DisputeError> {
        let found = self.read(|connection| {
            document(connection, WHAT, "SELECT document FROM objections WHERE id = ?1", id)
        })?;
        found.ok_or_else(|| DisputeError::UnknownObjection(id.to_owned()))
    }

    /// At most `limit` objections, newest first, behind the one with this id.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn objections(
        &self,
        filter: &DisputeFilter,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<ObjectionBody>, StoreError> {
        self.read(|connection| {
            let select = "SELECT document FROM objections
                 WHERE (?1 IS NULL OR department IN (SELECT value FROM json_each(?1)))
                   AND (?2 IS NULL OR entry = ?2) AND (?3 IS NULL OR state = ?3)
                   AND (?5 IS NULL OR seq < (SELECT seq FROM objections WHERE id = ?5))
                 ORDER BY seq DESC LIMIT ?4";
            let parameters = params![filter.departments_json(), filter.entry, filter.state, limit, after];
            documents(connection, WHAT, select, parameters)
        })
    }
}

/// The cause of what an objection lays over its entry.
fn cause(objection: &ObjectionBody) -> String {
    format!("objection:{}", objection.id)
}

/// Refuses one more than may be open. Where somebody who answers for the lists has
/// the entry rest, those that are open and do not suspend it are no obstacle.
fn may_be_raised(
    connection: &Connection,
    objection: &ObjectionBody,
    most: OpenObjections,
) -> Result<(), DisputeError> {
    let select = "SELECT document FROM objections
                  WHERE entry = ?1 AND state IN ('received', 'notified') ORDER BY seq";
    let mut open: Vec<ObjectionBody> = documents(connection, WHAT, select, [&objection.entry])?;
    if objection.suspend == Some(true) {
        open.retain(|open| open.suspends);
    }
    if let Some(first) = open.first().filter(|_| open.len() >= most.to_entry as usize) {
        return Err(DisputeError::ObjectionOpen(first.id.clone()));
    }
    let of_key: u32 = connection
        .prepare_cached(
            "SELECT count(*) FROM objections
             WHERE document ->> '$.raised_with' = ?1 AND state IN ('received', 'notified')",
        )?
        .query_row([&objection.raised_with], |row| row.get(0))?;
    if of_key >= most.of_key {
        return Err(DisputeError::TooManyObjections(of_key));
    }
    Ok(())
}

/// The objection after which the same was found right of the entry.
fn confirmed_before(
    connection: &Connection,
    objection: &ObjectionBody,
) -> Result<Option<String>, StoreError> {
    let select = "SELECT id FROM objections
                  WHERE entry = ?1 AND document ->> '$.decision.result' = ?2
                    AND coalesce(document ->> '$.ground', ?4) = ?3
                  ORDER BY seq DESC LIMIT 1";
    let confirmed = ObjectionResult::Confirmed.code();
    let parameters = [&objection.entry, confirmed, objection.ground.code(), ObjectionGround::Other.code()];
    Ok(connection.prepare_cached(select)?.query_row(parameters, |row| row.get(0)).optional()?)
}

fn raise(
    connection: &Connection,
    objection: ObjectionBody,
    step: &Step,
) -> Result<ObjectionBody, DisputeError> {
    let progress = objection.progress().after(ObjectionStep::Notify)?;
    let mut objection = objection.with_progress(progress);
    objection.confirmed_before = confirmed_before(connection, &objection)?;
    objection.suspends = suspends(objection.confirmed_before.is_some(), objection.suspend);
    objection.notified_at = Some(step.at.into());
    objection.feedback = Some(step.feedback.clone());
    connection
        .prepare_cached(
            "INSERT INTO objections (id, entry, department, state, document) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            objection.id,
            objection.entry,
            objection.department,
            objection.state.code(),
            written(WHAT, &objection)?,
        ])?;
    if objection.suspends {
        let effect = OverlayEffect::Suspended;
        let overlay = Overlay { cause: cause(&objection), from: local_date(step.at), effect };
        overlays::put(connection, &objection.entry, overlay, step.at)?;
    }
    let message = feedback::objection_raised_json(&objection, &step.feedback, step.at);
    outbox::insert(connection, &step.feedback, objection.check_id.as_deref(), &message, step.at)?;
    says(&objection);
    Ok(objection)
}

fn decide(
    connection: &Connection,
    id: &str,
    answer: ObjectionAnswerBody,
    listed: Option<&ListEntry>,
    step: Step,
) -> Result<ObjectionBody, DisputeError> {
    let mut objection = find(connection, id)?;
    let progress = objection.progress().after(ObjectionStep::Decide(answer.result))?;
    let effect = effect_of(&objection, &answer, listed)?;
    overlays::end(connection, &objection.entry, &cause(&objection), step.at)?;
    if let Some(effect) = effect {
        let overlay = Overlay { cause: cause(&objection), from: local_date(step.at), effect };
        overlays::put(connection, &objection.entry, overlay, step.at)?;
    }
    trail::tells_within(
        Event::new(event::OBJECTION_DECIDED, step.at, &step.actor, &objection.id)
            .with("entry", &*objection.entry)
            .with("result", answer.result.code()),
    );
    let which = if answer.result.affects_decisions() { Affected::HadIt } else { Affected::PassedOverIt };
    rechecks::open(connection, which, &objection.entry, &cause(&objection), step.at)?;
    duties::finish(connection, DutyKind::Verification, &objection.id, step.at)?;
    objection.decision = Some(ObjectionDecisionBody {
        result: answer.result,
        corrections: answer.corrections,
        text: answer.text,
        decided_at: step.at.into(),
        decided_with: step.actor,
        feedback: step.feedback.clone(),
    });
    let objection = objection.with_progress(progress);
    update(connection, &objection)?;
    let message = feedback::objection_decided_json(&objection, &step.feedback, step.at);
    outbox::insert(connection, &step.feedback, objection.check_id.as_deref(), &message, step.at)?;
    says(&objection);
    Ok(objection)
}

/// For the audit trail.
fn says(objection: &ObjectionBody) {
    trail::says(&*objection.id, format!("entry `{}`, {}", objection.entry, objection.state.code()));
}

/// What lies over the entry from now on.
fn effect_of(
    objection: &ObjectionBody,
    answer: &ObjectionAnswerBody,
    listed: Option<&ListEntry>,
) -> Result<Option<OverlayEffect>, DisputeError> {
    Ok(match answer.result {
        ObjectionResult::Confirmed => None,
        ObjectionResult::Withdrawn => Some(OverlayEffect::Withdrawn),
        ObjectionResult::Corrected => {
            let unknown = || DisputeError::UnknownEntry(objection.entry.clone());
            let was = EntryContent::of(listed.ok_or_else(unknown)?);
            Some(OverlayEffect::Corrected { now: was.corrected(answer.corrections.clone().into()), was })
        }
    })
}

fn find(connection: &Connection, id: &str) -> Result<ObjectionBody, DisputeError> {
    document(connection, WHAT, "SELECT document FROM objections WHERE id = ?1", id)?
        .ok_or_else(|| DisputeError::UnknownObjection(id.to_owned()))
}

fn update(connection: &Connection, objection: &ObjectionBody) -> Result<(), DisputeError> {
    connection.prepare_cached("UPDATE objections SET state = ?2, document = ?3 WHERE id = ?1")?.execute([
        &objection.id,
        objection.state.code(),
        &written(WHAT, objection)?,
    ])?;
    Ok(())
}
