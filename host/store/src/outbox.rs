//! The outbox: feedback on its way to the credit platform.
//!
//! ```text
//! pending ──delivered──▶ delivered
//!    │  ▲
//!    │  └──requeued──┐
//!    └──given up──▶ dead
//! ```
//!
//! Messages get in together with the check, the disposition or the objection they belong to
//! ([`queue`]) and are never deleted. A message stays pending until its delivery
//! is recorded, so it may arrive twice, and never not at all; its id is the
//! idempotency key towards the platform.

use creditgate_credit::duty::DutyKind;
use creditgate_credit::vocabulary;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::error::StoreError;
use crate::store::Store;
use crate::{duties, values};

vocabulary! {
    /// Where a message stands.
    pub enum FeedbackState {
        /// To be sent, or to be sent again.
        Pending = "pending",
        /// The platform has taken it.
        Delivered = "delivered",
        /// Given up; an administrator can requeue it.
        Dead = "dead",
    }
}

/// A message as the outbox holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuedFeedback {
    /// Grows with every message.
    pub seq: i64,
    /// Id, unique.
    pub id: String,
    /// The check it belongs to; none where it is about an entry alone.
    pub check_id: Option<String>,
    /// What is sent: JSON. Holds identity numbers.
    pub payload: String,
    /// Where it stands.
    pub state: FeedbackState,
    /// How often it was tried without success since it was queued or requeued.
    pub attempts: u32,
    /// When it is due.
    pub next_at: Timestamp,
    /// Why the last try failed.
    pub last_error: Option<String>,
    /// When it was queued.
    pub created_at: Timestamp,
    /// When the platform took it.
    pub delivered_at: Option<Timestamp>,
}

/// What follows a try that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NextAttempt {
    /// Try again, not before this instant.
    At(Timestamp),
    /// Give up.
    Never,
}

/// How many messages stand where.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OutboxCounts {
    /// To be sent.
    pub pending: u64,
    /// Taken by the platform.
    pub delivered: u64,
    /// Given up.
    pub dead: u64,
}

const COLUMNS: &str =
    "seq, id, check_id, payload, state, attempts, next_at, last_error, created_at, delivered_at";

/// Puts a message into the outbox, due at once. Part of the caller's transaction.
pub(crate) fn queue(
    connection: &Connection,
    id: &str,
    check_id: Option<&str>,
    payload: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "INSERT INTO outbox (id, check_id, payload, state, attempts, next_at, created_at)
             VALUES (?1, ?2, ?3, 'pending', 0, ?4, ?4)",
        )?
        .execute(params![id, check_id, payload, values::instant_to_sql(at)])?;
    Ok(())
}

/// The entry kept here that a message tells of.
fn entry_told(connection: &Connection, id: &str) -> Result<Option<String>, StoreError> {
    Ok(connection
        .prepare_cached(
            "SELECT payload ->> '$.entry.id' FROM outbox
             WHERE id = ?1 AND payload ->> '$.kind' = 'list_entry'",
        )?
        .query_row([id], |row| row.get(0))
        .optional()?)
}

impl Store {
    /// At most `limit` pending messages that are due, the longest due first.
    ///
    /// # Errors
    /// When the outbox cannot be read.
    pub fn due_feedback(&self, now: Timestamp, limit: u32) -> Result<Vec<QueuedFeedback>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM outbox WHERE state = 'pending' AND next_at <= ?1
                 ORDER BY next_at LIMIT ?2"
            ))?;
            collect(statement.query(params![values::instant_to_sql(now), limit])?)
        })
    }

    /// Records that the platform has taken a message, which ends the duty to have
    /// it there in time (R94), or the entry it tells of (R37).
    ///
    /// # Errors
    /// When the change cannot be kept.
    pub async fn feedback_delivered(&self, id: String, at: Timestamp) -> Result<(), StoreError> {
        self.write(move |connection| {
            connection
                .prepare_cached(
                    "UPDATE outbox SET state = 'delivered', delivered_at = ?2
                     WHERE id = ?1 AND state = 'pending'",
                )?
                .execute(params![id, values::instant_to_sql(at)])?;
            duties::finish(connection, DutyKind::Record, &id, at)?;
            if let Some(entry) = entry_told(connection, &id)? {
                duties::finish(connection, DutyKind::ListEntry, &entry, at)?;
            }
            Ok(())
        })
        .await
    }

    /// Records that a try failed, why, and what follows. `error` must hold no
    /// identity number.
    ///
    /// # Errors
    /// When the change cannot be kept.
    pub async fn feedback_failed(
        &self,
        id: String,
        error: String,
        next: NextAttempt,
    ) -> Result<(), StoreError> {
        let (state, next_at) = match next {
            NextAttempt::At(instant) => (FeedbackState::Pending, Some(values::instant_to_sql(instant))),
            NextAttempt::Never => (FeedbackState::Dead, None),
        };
        self.write(move |connection| {
            connection
                .prepare_cached(
                    "UPDATE outbox SET state = ?2, next_at = coalesce(?3, next_at),
                            attempts = attempts + 1, last_error = ?4
                     WHERE id = ?1 AND state = 'pending'",
                )?
                .execute(params![id, state.code(), next_at, error])?;
            Ok(())
        })
        .await
    }

    /// Makes a dead message pending again, due `now` and with all its tries.
    /// Answers whether there was such a message.
    ///
    /// # Errors
    /// When the change cannot be kept.
    pub async fn requeue_feedback(&self, id: String, now: Timestamp) -> Result<bool, StoreError> {
        self.write(move |connection| {
            let changed = connection
                .prepare_cached(
                    "UPDATE outbox SET state = 'pending', next_at = ?2, attempts = 0
                     WHERE id = ?1 AND state = 'dead'",
                )?
                .execute(params![id, values::instant_to_sql(now)])?;
            Ok(changed == 1)
        })
        .await
    }

    /// At most `limit` messages, in one state or in any, oldest first; only those after
    /// `after` (a [`QueuedFeedback::seq`]) when it is given.
    ///
    /// # Errors
    /// When the outbox cannot be read.
    pub fn feedback(
        &self,
        state: Option<FeedbackState>,
        after: Option<i64>,
        limit: u32,
    ) -> Result<Vec<QueuedFeedback>, StoreError> {
        self.read(|connection| {
            let of_state = state.map(|state| format!("state = '{}' AND ", state.code())).unwrap_or_default();
            let mut statement = connection.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM outbox WHERE {of_state}seq > ?1 ORDER BY seq LIMIT ?2"
            ))?;
            collect(statement.query(params![after.unwrap_or(0), limit])?)
        })
    }

    /// How many messages stand where. Cheap however many were delivered.
    ///
    /// # Errors
    /// When the outbox cannot be read.
    pub fn outbox_counts(&self) -> Result<OutboxCounts, StoreError> {
        self.read(|connection| {
            // Rows are never deleted, so the last one tells how many there are,
            // and the delivered ones, which grow for ever, need no counting.
            let mut statement = connection.prepare_cached(
                "SELECT (SELECT count(*) FROM outbox WHERE state = 'pending'),
                        (SELECT count(*) FROM outbox WHERE state = 'dead'),
                        (SELECT coalesce(max(seq), 0) FROM outbox)",
            )?;
            let [pending, dead, all]: [i64; 3] =
                statement.query_row([], |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?]))?;
            let count = i64::unsigned_abs;
            Ok(OutboxCounts {
                pending: count(pending),
                delivered: count(all - pending - dead),
                dead: count(dead),
            })
        })
    }
}

fn collect(mut rows: rusqlite::Rows<'_>) -> Result<Vec<QueuedFeedback>, StoreError> {
    let mut messages = Vec::new();
    while let Some(row) = rows.next()? {
        messages.push(message(row)?);
    }
    Ok(messages)
}

fn message(row: &Row<'_>) -> Result<QueuedFeedback, StoreError> {
    Ok(QueuedFeedback {
        seq: row.get(0)?,
        id: row.get(1)?,
        check_id: row.get(2)?,
        payload: row.get(3)?,
        state: values::coded(row, 4, FeedbackState::from_code, "the state of a message")?,
        attempts: row.get(5)?,
        next_at: values::instant(row, 6)?,
        last_error: row.get(7)?,
        created_at: values::instant(row, 8)?,
        delivered_at: values::optional_instant(row, 9)?,
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use creditgate_gate::ports::Ledger;
    use jiff::SignedDuration;

    use super::*;
    use crate::samples::{at, record};
    use crate::store::StoreOptions;

    async fn store_with_messages(checks: &[&str]) -> (Store, tempfile::TempDir) {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(&directory.path().join("store.db"), &StoreOptions::default()).unwrap();
        for check in checks {
            store.append(Arc::new(record(check))).await.unwrap();
        }
        (store, directory)
    }

    fn due(store: &Store, now: Timestamp) -> Vec<String> {
        store.due_feedback(now, 10).unwrap().into_iter().map(|message| message.id).collect()
    }

    fn counts(store: &Store) -> [u64; 3] {
        let counts = store.outbox_counts().unwrap();
        [counts.pending, counts.delivered, counts.dead]
    }

    #[tokio::test]
    async fn a_message_is_due_until_it_is_delivered_or_given_up() {
        let (store, _directory) = store_with_messages(&["c1", "c2"]).await;
        let (first, second) = ("act-of-c1".to_owned(), "act-of-c2".to_owned());
        let later = at() + SignedDuration::from_secs(60);
        assert_eq!(due(&store, at() - SignedDuration::from_secs(1)), [""; 0]);
        assert_eq!(due(&store, at()), [first.as_str(), second.as_str()]);

        store.feedback_failed(first.clone(), "503".to_owned(), NextAttempt::At(later)).await.unwrap();
        assert_eq!(due(&store, at()), [second.as_str()], "not before its time");
        assert_eq!(due(&store, later), [second.as_str(), first.as_str()], "the longest due first");
        store.feedback_delivered(second.clone(), later).await.unwrap();
        store.feedback_failed(first.clone(), "400".to_owned(), NextAttempt::Never).await.unwrap();
        assert_eq!(due(&store, later), [""; 0]);
        assert_eq!(counts(&store), [0, 1, 1]);

        let dead = store.feedback(Some(FeedbackState::Dead), None, 10).unwrap();
        assert_eq!((dead[0].attempts, dead[0].last_error.as_deref()), (2, Some("400")));
        let delivered = store.feedback(Some(FeedbackState::Delivered), None, 10).unwrap();
        assert_eq!(delivered[0].delivered_at, Some(later));
    }

    #[tokio::test]
    async fn only_a_dead_message_can_be_requeued_and_starts_afresh() {
        let (store, _directory) = store_with_messages(&["c1"]).await;
        let id = "act-of-c1".to_owned();
        assert!(!store.requeue_feedback(id.clone(), at()).await.unwrap(), "it is pending");
        store.feedback_failed(id.clone(), "400".to_owned(), NextAttempt::Never).await.unwrap();
        let later = at() + SignedDuration::from_secs(60);
        assert!(store.requeue_feedback(id.clone(), later).await.unwrap());
        let [message] = store.due_feedback(later, 10).unwrap().try_into().unwrap();
        assert_eq!((message.state, message.attempts, message.next_at), (FeedbackState::Pending, 0, later));
        store.feedback_delivered(id.clone(), later).await.unwrap();
        assert!(!store.requeue_feedback(id, later).await.unwrap(), "it is delivered");
        assert!(!store.requeue_feedback("unknown".to_owned(), later).await.unwrap());
    }

    #[tokio::test]
    async fn what_was_delivered_stays_delivered() {
        let (store, _directory) = store_with_messages(&["c1"]).await;
        let id = "act-of-c1".to_owned();
        store.feedback_delivered(id.clone(), at()).await.unwrap();
        store.feedback_failed(id.clone(), "late".to_owned(), NextAttempt::Never).await.unwrap();
        assert_eq!(counts(&store), [0, 1, 0]);
    }

    #[tokio::test]
    async fn messages_are_listed_page_by_page() {
        let (store, _directory) = store_with_messages(&["c1", "c2", "c3"]).await;
        let first = store.feedback(Some(FeedbackState::Pending), None, 2).unwrap();
        let second = store.feedback(Some(FeedbackState::Pending), Some(first[1].seq), 2).unwrap();
        let ids: Vec<&str> =
            first.iter().chain(&second).map(|message| message.check_id.as_deref().unwrap()).collect();
        assert_eq!(ids, ["c1", "c2", "c3"]);
    }
}
