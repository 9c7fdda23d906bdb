//! Applications for credit repair: each step is one transaction with the message
//! to the platform, and a repair that is granted ends the use of its entry
//! (R102).

use creditgate_credit::calendar::local_date;
use creditgate_credit::entry::ListEntry;
use creditgate_credit::lifecycle::StepKind;
use creditgate_credit::overlay::{Overlay, OverlayEffect};
use creditgate_credit::policy::Listing;
use creditgate_credit::repair::{RepairApplication, RepairState, unmet};
use creditgate_gate::event::{self, Event};
use creditgate_wire::feedback;
use creditgate_wire::repair::{RepairAnswerBody, RepairBody, RepairStepBody};
use rusqlite::{Connection, OptionalExtension, params};

use crate::dispute::{DisputeError, DisputeFilter, document, documents};
use crate::error::StoreError;
use crate::local_entries::EntryStep;
use crate::objections::Step;
use crate::rechecks::Affected;
use crate::registry::written;
use crate::store::Store;
use crate::{local_entries, outbox, overlays, rechecks, trail};

const WHAT: &str = "an application for repair";

impl Store {
    /// Takes in an application whose conditions are fulfilled under these rules,
    /// and passes it on.
    ///
    /// # Errors
    /// [`DisputeError::RepairConditions`] with all that is missing,
    /// [`DisputeError::RepairOpen`], or when it cannot be kept.
    pub async fn apply_for_repair(
        &self,
        repair: RepairBody,
        listing: Listing,
        step: Step,
    ) -> Result<RepairBody, DisputeError> {
        let entry =
            self.entry(&repair.entry)?.ok_or_else(|| DisputeError::UnknownEntry(repair.entry.clone()))?;
        self.dispute(move |connection| apply(connection, repair, entry, &listing, &step)).await
    }

    /// Takes in what the recogniser did. A repair that is granted ends the use of
    /// the entry at once, and the checks that had it are to be made again. An entry
    /// that is kept here takes the step itself; over any other lies an overlay,
    /// until its platform says so. All of it, with the events that tell of it, is one
    /// transaction.
    ///
    /// # Errors
    /// [`DisputeError`]; the application stays as it is.
    pub async fn answer_repair(
        &self,
        id: String,
        answer: RepairAnswerBody,
        step: Step,
    ) -> Result<RepairBody, DisputeError> {
        self.dispute(move |connection| take_answer(connection, &id, answer, step)).await
    }

    /// An application.
    ///
    /// # Errors
    /// [`DisputeError::UnknownRepair`], or when it cannot be read.
    pub fn repair(&self, id: &str) -> Result<RepairBody, DisputeError> {
        self.read(|connection| Ok(find(connection, id)))?
    }

    /// At most `limit` applications, newest first, behind the one with this id.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn repairs(
        &self,
        filter: &DisputeFilter,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<RepairBody>, StoreError> {
        self.read(|connection| {
            let select = "SELECT document FROM repairs
                 WHERE (?1 IS NULL OR department IN (SELECT value FROM json_each(?1)))
                   AND (?2 IS NULL OR entry = ?2) AND (?3 IS NULL OR state = ?3)
                   AND (?5 IS NULL OR seq < (SELECT seq FROM repairs WHERE id = ?5))
                 ORDER BY seq DESC LIMIT ?4";
            let parameters = params![filter.departments_json(), filter.entry, filter.state, limit, after];
            documents(connection, WHAT, select, parameters)
        })
    }
}

fn apply(
    connection: &Connection,
    mut repair: RepairBody,
    mut entry: ListEntry,
    listing: &Listing,
    step: &Step,
) -> Result<RepairBody, DisputeError> {
    let open: Option<String> = connection
        .prepare_cached("SELECT id FROM repairs WHERE entry = ?1 AND state IN ('applied', 'accepted')")?
        .query_row([&repair.entry], |row| row.get(0))
        .optional()?;
    if let Some(open) = open {
        return Err(DisputeError::RepairOpen(open));
    }
    let today = local_date(step.at);
    overlays::lay_all(connection, &mut entry, today)?;
    let asked = RepairApplication {
        today,
        applied_on: repair.applied_on.0,
        materials: &repair.materials,
        modes: &repair.modes,
    };
    let unmet = unmet(&entry, asked, listing);
    if !unmet.is_empty() {
        return Err(DisputeError::RepairConditions(unmet));
    }
    repair.feedback.push(step.feedback.clone());
    connection
        .prepare_cached(
            "INSERT INTO repairs (id, entry, department, state, document) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            repair.id,
            repair.entry,
            repair.department,
            repair.state.code(),
            written(WHAT, &repair)?,
        ])?;
    tell(connection, &repair, "", step)?;
    says(&repair);
    Ok(repair)
}

fn take_answer(
    connection: &Connection,
    id: &str,
    answer: RepairAnswerBody,
    step: Step,
) -> Result<RepairBody, DisputeError> {
    let mut repair = find(connection, id)?;
    if !repair.state.may_become(answer.result) {
        return Err(DisputeError::RepairStep { from: repair.state, to: answer.result });
    }
    repair.state = answer.result;
    repair.feedback.push(step.feedback.clone());
    repair.steps.push(RepairStepBody {
        state: answer.result,
        at: step.at.into(),
        with: step.actor.clone(),
        text: answer.text.clone(),
    });
    if answer.result == RepairState::Granted {
        let cause = format!("repair:{}", repair.id);
        let from = local_date(step.at);
        if !local_entries::repair(connection, &repair.entry, &taken(&answer, &step))? {
            let overlay = Overlay { cause: cause.clone(), from, effect: OverlayEffect::Repaired };
            overlays::put(connection, &repair.entry, overlay, step.at)?;
        }
        trail::tells_within(
            Event::new(event::ENTRY_REPAIRED, step.at, &step.actor, &repair.entry)
                .with("repair", &*repair.id),
        );
        rechecks::open(connection, Affected::HadIt, &repair.entry, &cause, step.at)?;
    }
    connection.prepare_cached("UPDATE repairs SET state = ?2, document = ?3 WHERE id = ?1")?.execute([
        &repair.id,
        repair.state.code(),
        &written(WHAT, &repair)?,
    ])?;
    tell(connection, &repair, &answer.text, &step)?;
    says(&repair);
    Ok(repair)
}

/// For the audit trail.
fn says(repair: &RepairBody) {
    trail::says(&*repair.id, format!("entry `{}`, {}", repair.entry, repair.state.code()));
}

/// The step of an entry kept here, for its history.
fn taken(answer: &RepairAnswerBody, step: &Step) -> EntryStep {
    EntryStep {
        step: StepKind::Repair.code().to_owned(),
        at: step.at,
        actor: step.actor.clone(),
        reason: answer.text.clone(),
    }
}

fn tell(connection: &Connection, repair: &RepairBody, text: &str, step: &Step) -> Result<(), StoreError> {
    let message = feedback::repair_json(repair, text, &step.feedback, step.at);
    outbox::insert(connection, &step.feedback, None, &message, step.at)
}

fn find(connection: &Connection, id: &str) -> Result<RepairBody, DisputeError> {
    document(connection, WHAT, "SELECT document FROM repairs WHERE id = ?1", id)?
        .ok_or_else(|| DisputeError::UnknownRepair(id.to_owned()))
}
