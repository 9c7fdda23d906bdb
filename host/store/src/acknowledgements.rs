//! Which levels have a message to the credit platform (R105). The first level has
//! it once it is delivered; the others say so, one after the other.

use creditgate_credit::feedback_levels::{AcknowledgementError, FeedbackLevels};
use jiff::Timestamp;
use rusqlite::{Connection, params};

use crate::error::StoreError;
use crate::outbox::FeedbackState;
use crate::statements::Statements as _;
use crate::store::Store;
use crate::values;

/// A level says that it has a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledgement {
    /// Id of the message.
    pub feedback: String,
    /// Name of the level.
    pub level: String,
    /// Under what number the level has it.
    pub reference: String,
    /// When it had it.
    pub at: Timestamp,
}

/// What became of an acknowledgement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Acknowledged {
    /// It is kept; false if it was before.
    Kept(bool),
    /// It is refused.
    Refused(AcknowledgementError),
    /// There is no such message.
    UnknownFeedback,
}

impl Store {
    /// Keeps that a level has a message, if it is that level's turn.
    ///
    /// # Errors
    /// When the change cannot be kept.
    pub async fn acknowledge_feedback(
        &self,
        said: Acknowledgement,
        levels: FeedbackLevels,
        now: Timestamp,
        actor: String,
    ) -> Result<Acknowledged, StoreError> {
        self.write(move |connection| {
            let state: Option<String> =
                connection.value("SELECT state FROM outbox WHERE id = ?1", [&said.feedback])?;
            let Some(state) = state else { return Ok(Acknowledged::UnknownFeedback) };
            let before: Vec<(String, String)> = of_feedback(connection, &said.feedback)?
                .into_iter()
                .map(|earlier| (earlier.level, earlier.reference))
                .collect();
            let delivered = state == FeedbackState::Delivered.code();
            match levels.accept(&said.level, &said.reference, delivered, &before) {
                Err(error) => return Ok(Acknowledged::Refused(error)),
                Ok(false) => return Ok(Acknowledged::Kept(false)),
                Ok(true) => {}
            }
            let insert = "\
                INSERT INTO feedback_acknowledgements (feedback, level, reference, at, recorded_at, actor)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
            let row = params![
                said.feedback,
                said.level,
                said.reference,
                values::instant_to_sql(said.at),
                values::instant_to_sql(now),
                actor,
            ];
            connection.run(insert, row)?;
            Ok(Acknowledged::Kept(true))
        })
        .await
    }

    /// What levels said of each of these messages, in the order of the messages.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn acknowledgements<'a>(
        &self,
        feedback: impl IntoIterator<Item = &'a str>,
    ) -> Result<Vec<Vec<Acknowledgement>>, StoreError> {
        self.read(|connection| feedback.into_iter().map(|id| of_feedback(connection, id)).collect())
    }
}

fn of_feedback(connection: &Connection, id: &str) -> Result<Vec<Acknowledgement>, StoreError> {
    let select = "SELECT feedback, level, reference, at FROM feedback_acknowledgements
                  WHERE feedback = ?1 ORDER BY at";
    connection.rows(select, [id], |row| {
        Ok(Acknowledgement {
            feedback: row.get(0)?,
            level: row.get(1)?,
            reference: row.get(2)?,
            at: values::instant(row, 3)?,
        })
    })
}
