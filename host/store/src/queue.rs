//! Deliveries: what has to reach somebody outside, tried until its receiver has it.
//!
//! ```text
//! pending ──delivered──▶ delivered
//!    │  ▲
//!    │  └──requeued──┐
//!    └──given up──▶ dead
//! ```
//!
//! Two tables are such queues: feedback to the credit platform, and events to the
//! webhook. A row gets in together with what it tells of, and is never deleted. It
//! stays pending until its delivery is recorded, so it may arrive twice, and never
//! not at all; its id is how the receiver knows it again.

use jiff::Timestamp;
use rusqlite::{Row, params};

use crate::error::StoreError;
use crate::json_column::written;
use crate::statements::Statements as _;
use crate::store::Store;
use crate::{events, outbox, values};

/// A queue of deliveries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Queue {
    /// Feedback, to the credit platform.
    Feedback,
    /// Events, to the webhook.
    Events,
}

/// A message that waits to be delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Id, unique.
    pub id: String,
    /// What kind of message it is: `feedback`, or an event's name.
    pub topic: String,
    /// What is sent: JSON. Feedback holds identity numbers.
    pub body: String,
    /// How often it was tried without success since it was queued or requeued.
    pub attempts: u32,
    /// When it is due.
    pub next_at: Timestamp,
}

/// What of a queue is due at an instant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Due {
    /// Messages whose time has come, the longest due first.
    pub messages: Vec<Waiting>,
    /// When the next of the others comes due; none when there is no other.
    pub next: Option<Timestamp>,
}

/// How many messages of a queue have not reached their receiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Undelivered {
    /// To be sent, or to be sent again.
    pub pending: u64,
    /// Given up.
    pub dead: u64,
}

impl Queue {
    const fn table(self) -> &'static str {
        match self {
            Self::Feedback => "outbox",
            Self::Events => "events",
        }
    }

    const fn columns(self) -> &'static str {
        match self {
            Self::Feedback => outbox::COLUMNS,
            Self::Events => events::COLUMNS,
        }
    }

    fn waiting(self, row: &Row<'_>) -> Result<Waiting, StoreError> {
        Ok(match self {
            Self::Feedback => Waiting {
                id: row.get(1)?,
                topic: "feedback".to_owned(),
                body: row.get(3)?,
                attempts: row.get(5)?,
                next_at: values::instant(row, 6)?,
            },
            Self::Events => {
                let event = events::event(row)?;
                Waiting {
                    body: written("an event", &event)?,
                    id: event.id,
                    topic: event.name.into_owned(),
                    attempts: row.get(8)?,
                    next_at: values::instant(row, 9)?,
                }
            }
        })
    }
}

impl Store {
    /// At most `limit` of the messages due at `now`, and when the next of the others
    /// comes due.
    ///
    /// # Errors
    /// When the queue cannot be read.
    pub fn due(&self, queue: Queue, now: Timestamp, limit: usize) -> Result<Due, StoreError> {
        // Also what is not due yet, and one more than asked for: the first that is left
        // over says when to look again.
        let rows = u32::try_from(limit).unwrap_or(u32::MAX).saturating_add(1);
        let mut messages = self.read(|connection| {
            let select = format!(
                "SELECT {} FROM {} WHERE state = 'pending' ORDER BY next_at, seq LIMIT ?1",
                queue.columns(),
                queue.table()
            );
            connection.rows(&select, [rows], |row| queue.waiting(row))
        })?;
        let due = messages.iter().take_while(|message| message.next_at <= now).count().min(limit);
        let next = messages.get(due).map(|message| message.next_at);
        messages.truncate(due);
        Ok(Due { messages, next })
    }

    /// Records that the receiver has taken a message, and what that ends.
    ///
    /// # Errors
    /// When the change cannot be kept.
    pub async fn delivered(&self, queue: Queue, id: String, at: Timestamp) -> Result<(), StoreError> {
        self.write(move |connection| {
            let sql = format!(
                "UPDATE {} SET state = 'delivered', delivered_at = ?2 WHERE id = ?1 AND state = 'pending'",
                queue.table()
            );
            connection.run(&sql, params![id, values::instant_to_sql(at)])?;
            match queue {
                Queue::Feedback => outbox::told(connection, &id, at),
                Queue::Events => Ok(()),
            }
        })
        .await
    }

    /// Records that a try failed and why, and when to try again; without an instant
    /// the message is given up. `error` must hold no identity number.
    ///
    /// # Errors
    /// When the change cannot be kept.
    pub async fn not_delivered(
        &self,
        queue: Queue,
        id: String,
        error: String,
        again_at: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        self.write(move |connection| {
            let sql = format!(
                "UPDATE {} SET state = iif(?2 IS NULL, 'dead', 'pending'), next_at = coalesce(?2, next_at),
                        attempts = attempts + 1, last_error = ?3
                 WHERE id = ?1 AND state = 'pending'",
                queue.table()
            );
            let again_at = again_at.map(values::instant_to_sql);
            connection.run(&sql, params![id, again_at, error])
        })
        .await
    }

    /// How many messages are pending, and how many are dead.
    ///
    /// # Errors
    /// When the queue cannot be read.
    pub fn undelivered(&self, queue: Queue) -> Result<Undelivered, StoreError> {
        self.read(|connection| {
            let count = |state| {
                let counted: i64 = connection.scalar(&count_of(queue, state), [])?;
                Ok::<_, StoreError>(counted.unsigned_abs())
            };
            Ok(Undelivered { pending: count("pending")?, dead: count("dead")? })
        })
    }
}

/// Counts the messages in a state. The state stands in the text: the index of these rows
/// alone serves no value that is bound, and without it all that was ever sent is read.
fn count_of(queue: Queue, state: &str) -> String {
    format!("SELECT count(*) FROM {} WHERE state = '{state}'", queue.table())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_undelivered_is_counted_without_what_was_delivered() {
        let (store, _directory) = Store::temporary();
        for (queue, state, index) in [
            (Queue::Feedback, "pending", "outbox_pending"),
            (Queue::Feedback, "dead", "outbox_dead"),
            (Queue::Events, "pending", "events_pending"),
            (Queue::Events, "dead", "events_dead"),
        ] {
            let plan = store.plan(&count_of(queue, state), []);
            assert!(plan.contains(&format!("INDEX {index}")), "{plan}");
        }
    }
}
