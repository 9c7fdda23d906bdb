//! Editions of the measures catalogue and their way to publication (R65).
//!
//! A draft may be replaced by another import. From its first review on, what an
//! edition says never changes: records name the edition they were judged by.

use creditgate_credit::catalogue::Catalogue;
use creditgate_credit::catalogue::state::{
    EditionState, EditionStep, ReviewResult, ReviewRule, TakenStep, after,
};
use creditgate_gate::NotSecond;
use jiff::Timestamp;
use rusqlite::{Connection, Row, params};

use crate::error::StoreError;
use crate::json_column::{Saved, parsed, written};
use crate::keys;
use crate::statements::Statements as _;
use crate::store::Store;
use crate::trail;
use crate::values;

/// An edition with where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEdition {
    /// What it says.
    pub catalogue: Catalogue,
    /// Where it is; never [`EditionState::Superseded`], which follows from the day.
    pub state: EditionState,
    /// Who imported it as it is; empty for editions from before there were states.
    pub imported_by: String,
    /// What was done with it, oldest first.
    pub steps: Vec<TakenStep>,
}

/// A step that somebody wants to take with an edition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepOrder {
    /// Name of the edition.
    pub edition: String,
    /// The step.
    pub step: EditionStep,
    /// Which reviews are asked for.
    pub rule: ReviewRule,
    /// When.
    pub at: Timestamp,
    /// Who takes it.
    pub actor: String,
    /// What they say.
    pub comment: String,
}

const SELECT: &str = "SELECT edition, document, state, imported_by FROM catalogues";

impl Store {
    /// Every edition, by name.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn editions(&self) -> Result<Vec<StoredEdition>, StoreError> {
        self.read(|connection| editions(connection, &[SELECT, " ORDER BY edition"].concat(), []))
    }

    /// The edition of this name.
    ///
    /// # Errors
    /// [`StoreError::UnknownEdition`], or when it cannot be read.
    pub fn edition(&self, name: &str) -> Result<StoredEdition, StoreError> {
        self.read(|connection| {
            let found = editions(connection, &[SELECT, " WHERE edition = ?1"].concat(), [name])?;
            found.into_iter().next().ok_or_else(|| StoreError::UnknownEdition(name.to_owned()))
        })
    }

    /// Saves editions as drafts, all or none. A draft of the same name is
    /// replaced.
    ///
    /// # Errors
    /// [`StoreError::VersionChanged`] where an edition has other contents and is
    /// no draft any more, or when nothing could be kept.
    pub async fn save_catalogues(
        &self,
        catalogues: Vec<Catalogue>,
        actor: &str,
        at: Timestamp,
    ) -> Result<Saved, StoreError> {
        let actor = actor.to_owned();
        self.write(move |connection| {
            let mut saved = Saved::default();
            for catalogue in &catalogues {
                let select = "SELECT document FROM catalogues WHERE edition = ?1";
                let stored = connection.document("a catalogue", select, [&catalogue.edition])?;
                if !saved.counts(stored.as_ref(), catalogue) {
                    continue;
                }
                if stored.is_some() && place(connection, &catalogue.edition)?.0 != EditionState::Draft {
                    let version = catalogue.edition.clone();
                    return Err(StoreError::VersionChanged { kind: "catalogue", version });
                }
                save_draft(connection, catalogue, &actor, at)?;
            }
            Ok(saved)
        })
        .await
    }

    /// Takes a step with an edition, and says where it is then.
    ///
    /// # Errors
    /// [`StoreError::UnknownEdition`], [`StoreError::EditionStep`] when the step
    /// cannot be taken, or when nothing could be kept.
    pub async fn step_edition(&self, order: StepOrder) -> Result<EditionState, StoreError> {
        self.write(move |connection| {
            let (state, imported_by) = place(connection, &order.edition)?;
            // Who publishes may be anybody; who reviews may not have imported it.
            let own = match keys::second_person(connection, &imported_by, &order.actor)? {
                Err(why) if matches!(order.step, EditionStep::Review { .. }) => match why {
                    NotSecond::Same => true,
                    why => return Err(why.into()),
                },
                _ => false,
            };
            let state = after(state, order.step, order.rule, own)?;
            let update = "UPDATE catalogues SET state = ?2 WHERE edition = ?1";
            connection.run(update, [order.edition.as_str(), state.code()])?;
            let result = match order.step {
                EditionStep::Review { result, .. } => Some(result),
                EditionStep::Publication => None,
            };
            let step = TakenStep {
                step: order.step.code().to_owned(),
                result,
                state,
                at: order.at,
                actor: order.actor,
                comment: order.comment,
            };
            note(connection, &order.edition, &step)?;
            trail::says(order.edition, format!("{}: {}", order.step.code(), state.code()));
            Ok(state)
        })
        .await
    }
}

/// Where an edition is, and who imported it.
fn place(connection: &Connection, edition: &str) -> Result<(EditionState, String), StoreError> {
    let select = "SELECT state, imported_by FROM catalogues WHERE edition = ?1";
    let found = connection.row(select, [edition], |row| Ok((state(row, 0)?, row.get(1)?)))?;
    found.ok_or_else(|| StoreError::UnknownEdition(edition.to_owned()))
}

fn state(row: &Row<'_>, index: usize) -> Result<EditionState, StoreError> {
    values::coded(row, index, EditionState::from_code, "the state of an edition")
}

fn save_draft(
    connection: &Connection,
    catalogue: &Catalogue,
    actor: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    let document = written("a catalogue", catalogue)?;
    let insert = "\
        INSERT INTO catalogues (edition, document, state, imported_by) VALUES (?1, ?2, 'draft', ?3)
        ON CONFLICT (edition) DO UPDATE SET document = excluded.document, imported_by = excluded.imported_by";
    connection.run(insert, [catalogue.edition.as_str(), &document, actor])?;
    let step = TakenStep {
        step: "import".to_owned(),
        result: None,
        state: EditionState::Draft,
        at,
        actor: actor.to_owned(),
        comment: String::new(),
    };
    note(connection, &catalogue.edition, &step)
}

fn note(connection: &Connection, edition: &str, step: &TakenStep) -> Result<(), StoreError> {
    let insert = "INSERT INTO catalogue_steps (edition, step, result, state, at, actor, comment)
                  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let row = params![
        edition,
        step.step,
        step.result.map_or("", ReviewResult::code),
        step.state.code(),
        values::instant_to_sql(step.at),
        step.actor,
        step.comment,
    ];
    connection.run(insert, row)
}

fn editions(
    connection: &Connection,
    statement: &str,
    parameters: impl rusqlite::Params,
) -> Result<Vec<StoredEdition>, StoreError> {
    connection.rows(statement, parameters, |row| {
        let name: String = row.get(0)?;
        Ok(StoredEdition {
            catalogue: parsed("a catalogue", &row.get::<_, String>(1)?)?,
            state: state(row, 2)?,
            imported_by: row.get(3)?,
            steps: steps(connection, &name)?,
        })
    })
}

fn steps(connection: &Connection, edition: &str) -> Result<Vec<TakenStep>, StoreError> {
    let select =
        "SELECT step, result, state, at, actor, comment FROM catalogue_steps WHERE edition = ?1 ORDER BY seq";
    connection.rows(select, [edition], |row| {
        Ok(TakenStep {
            step: row.get(0)?,
            result: ReviewResult::from_code(&row.get::<_, String>(1)?),
            state: state(row, 2)?,
            at: values::instant(row, 3)?,
            actor: row.get(4)?,
            comment: row.get(5)?,
        })
    })
}

#[cfg(test)]
mod tests;
