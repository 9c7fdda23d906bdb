//! The outbox: feedback for the credit platform, a queue of deliveries
//! ([`queue`](crate::queue)). Messages get in together with the check, the
//! disposition or the objection they belong to.

use creditgate_credit::duty::DutyKind;
use creditgate_credit::vocabulary;
use creditgate_wire::admin::FeedbackItem;
use creditgate_wire::time::Instant;
use jiff::Timestamp;
use rusqlite::{Connection, Row, params};

use crate::error::StoreError;
use crate::queue::{Queue, Undelivered};
use crate::statements::Statements as _;
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

pub(crate) const COLUMNS: &str =
    "seq, id, check_id, payload, state, attempts, next_at, last_error, created_at, delivered_at";

/// Puts a message into the outbox, due at once. Part of the caller's transaction.
pub(crate) fn insert(
    connection: &Connection,
    id: &str,
    check_id: Option<&str>,
    payload: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    let insert = "INSERT INTO outbox (id, check_id, payload, state, attempts, next_at, created_at)
                  VALUES (?1, ?2, ?3, 'pending', 0, ?4, ?4)";
    connection.run(insert, params![id, check_id, payload, values::instant_to_sql(at)])
}

/// The platform has a message: that ends the duty to have it there in time (R94), and
/// that about the entry it tells of (R37). Part of the caller's transaction.
pub(crate) fn told(connection: &Connection, id: &str, at: Timestamp) -> Result<(), StoreError> {
    duties::finish(connection, DutyKind::Record, id, at)?;
    let select = "SELECT payload ->> '$.entry.id' FROM outbox
                  WHERE id = ?1 AND payload ->> '$.kind' = 'list_entry'";
    let entry: Option<String> = connection.value(select, [id])?;
    if let Some(entry) = entry {
        duties::finish(connection, DutyKind::ListEntry, &entry, at)?;
    }
    Ok(())
}

impl Store {
    /// Makes a dead message pending again, due `now` and with all its tries.
    /// Answers whether there was such a message.
    ///
    /// # Errors
    /// When the change cannot be kept.
    pub async fn requeue_feedback(&self, id: String, now: Timestamp) -> Result<bool, StoreError> {
        self.write(move |connection| {
            let update = "UPDATE outbox SET state = 'pending', next_at = ?2, attempts = 0
                          WHERE id = ?1 AND state = 'dead'";
            let changed = connection.change(update, params![id, values::instant_to_sql(now)])?;
            Ok(changed == 1)
        })
        .await
    }

    /// At most `limit` messages, in one state or in any, oldest first, each with its
    /// place in the outbox; only those after the place `after` when it is given. Where
    /// they stand at each level is not said.
    ///
    /// # Errors
    /// When the outbox cannot be read.
    pub fn feedback(
        &self,
        state: Option<FeedbackState>,
        after: Option<i64>,
        limit: u32,
    ) -> Result<Vec<(i64, FeedbackItem)>, StoreError> {
        self.read(|connection| {
            let of_state = state.map(|state| format!("state = '{}' AND ", state.code())).unwrap_or_default();
            let select =
                format!("SELECT {COLUMNS} FROM outbox WHERE {of_state}seq > ?1 ORDER BY seq LIMIT ?2");
            connection.rows(&select, params![after.unwrap_or(0), limit], item)
        })
    }

    /// How many messages stand where. Cheap however many were delivered.
    ///
    /// # Errors
    /// When the outbox cannot be read.
    pub fn outbox_counts(&self) -> Result<OutboxCounts, StoreError> {
        let Undelivered { pending, dead } = self.undelivered(Queue::Feedback)?;
        // Rows are never deleted, so the last one tells how many there are, and the
        // delivered ones, which grow for ever, need no counting.
        let all: i64 =
            self.read(|connection| connection.scalar("SELECT coalesce(max(seq), 0) FROM outbox", []))?;
        let delivered = all.unsigned_abs().saturating_sub(pending + dead);
        Ok(OutboxCounts { pending, delivered, dead })
    }
}

fn item(row: &Row<'_>) -> Result<(i64, FeedbackItem), StoreError> {
    let state = values::coded(row, 4, FeedbackState::from_code, "the state of a message")?;
    let due = values::instant(row, 6)?;
    let item = FeedbackItem {
        id: row.get(1)?,
        check_id: row.get(2)?,
        state: state.code().to_owned(),
        attempts: row.get(5)?,
        next_at: (state == FeedbackState::Pending).then_some(Instant(due)),
        last_error: row.get(7)?,
        created_at: values::instant(row, 8)?.into(),
        delivered_at: values::optional_instant(row, 9)?.map(Instant),
        levels: Vec::new(),
    };
    Ok((row.get(0)?, item))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use creditgate_gate::ports::Ledger;
    use jiff::SignedDuration;

    use super::*;
    use crate::samples::{at, record};

    async fn store_with_messages(checks: &[&str]) -> (Store, tempfile::TempDir) {
        let (store, directory) = Store::temporary();
        for check in checks {
            store.append(Arc::new(record(check))).await.unwrap();
        }
        (store, directory)
    }

    fn due(store: &Store, now: Timestamp) -> Vec<String> {
        store.due(Queue::Feedback, now, 10).unwrap().messages.into_iter().map(|message| message.id).collect()
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
        let one = store.due(Queue::Feedback, at(), 1).unwrap();
        assert_eq!((one.messages.len(), one.next), (1, Some(at())), "the other is due as well");

        store.not_delivered(Queue::Feedback, first.clone(), "503".to_owned(), Some(later)).await.unwrap();
        assert_eq!(due(&store, at()), [second.as_str()], "not before its time");
        assert_eq!(store.due(Queue::Feedback, at(), 10).unwrap().next, Some(later));
        assert_eq!(due(&store, later), [second.as_str(), first.as_str()], "the longest due first");
        store.delivered(Queue::Feedback, second.clone(), later).await.unwrap();
        store.not_delivered(Queue::Feedback, first.clone(), "400".to_owned(), None).await.unwrap();
        assert_eq!(due(&store, later), [""; 0]);
        assert_eq!(counts(&store), [0, 1, 1]);

        let dead = store.feedback(Some(FeedbackState::Dead), None, 10).unwrap();
        assert_eq!((dead[0].1.attempts, dead[0].1.last_error.as_deref()), (2, Some("400")));
        let delivered = store.feedback(Some(FeedbackState::Delivered), None, 10).unwrap();
        assert_eq!(delivered[0].1.delivered_at, Some(later.into()));
    }

    #[tokio::test]
    async fn only_a_dead_message_can_be_requeued_and_starts_afresh() {
        let (store, _directory) = store_with_messages(&["c1"]).await;
        let id = "act-of-c1".to_owned();
        assert!(!store.requeue_feedback(id.clone(), at()).await.unwrap(), "it is pending");
        store.not_delivered(Queue::Feedback, id.clone(), "400".to_owned(), None).await.unwrap();
        let later = at() + SignedDuration::from_secs(60);
        assert!(store.requeue_feedback(id.clone(), later).await.unwrap());
        let [message] = store.due(Queue::Feedback, later, 10).unwrap().messages.try_into().unwrap();
        assert_eq!((message.attempts, message.next_at), (0, later));
        store.delivered(Queue::Feedback, id.clone(), later).await.unwrap();
        assert!(!store.requeue_feedback(id, later).await.unwrap(), "it is delivered");
        assert!(!store.requeue_feedback("unknown".to_owned(), later).await.unwrap());
    }

    #[tokio::test]
    async fn what_was_delivered_stays_delivered() {
        let (store, _directory) = store_with_messages(&["c1"]).await;
        let id = "act-of-c1".to_owned();
        store.delivered(Queue::Feedback, id.clone(), at()).await.unwrap();
        store.not_delivered(Queue::Feedback, id.clone(), "late".to_owned(), None).await.unwrap();
        assert_eq!(counts(&store), [0, 1, 0]);
    }

    #[tokio::test]
    async fn messages_are_listed_page_by_page() {
        let (store, _directory) = store_with_messages(&["c1", "c2", "c3"]).await;
        let first = store.feedback(Some(FeedbackState::Pending), None, 2).unwrap();
        let second = store.feedback(Some(FeedbackState::Pending), Some(first[1].0), 2).unwrap();
        let ids: Vec<&str> =
            first.iter().chain(&second).map(|(_, message)| message.check_id.as_deref().unwrap()).collect();
        assert_eq!(ids, ["c1", "c2", "c3"]);
    }
}
