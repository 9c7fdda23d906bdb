//! The audit trail of administration: who did what to what, and when.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use crate::error::StoreError;
use crate::statements::Statements as _;
use crate::store::Store;
use crate::values;

/// Something an administrator did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEvent {
    /// When.
    pub at: Timestamp,
    /// Key id of who did it, or `cli` for the command line.
    pub actor: String,
    /// What was done, such as `release.activate`.
    pub action: String,
    /// What it was done to, such as a binding's id.
    pub subject: String,
    /// Particulars, for people.
    pub detail: String,
}

/// An event with its place in the trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRecord {
    /// Grows with every event.
    pub seq: i64,
    /// The event.
    pub event: AuditEvent,
}

/// Adds an event to the trail. Part of the caller's transaction.
pub(crate) fn insert(connection: &Connection, event: &AuditEvent) -> Result<(), StoreError> {
    let insert = "INSERT INTO audit (at, actor, action, subject, detail) VALUES (?1, ?2, ?3, ?4, ?5)";
    connection.run(
        insert,
        params![values::instant_to_sql(event.at), event.actor, event.action, event.subject, event.detail],
    )
}

impl Store {
    /// At most `limit` events, newest first; only those before `before` when it
    /// is given.
    ///
    /// # Errors
    /// When the trail cannot be read.
    pub fn audit(&self, before: Option<i64>, limit: u32) -> Result<Vec<AuditRecord>, StoreError> {
        self.read(|connection| {
            let select = "SELECT seq, at, actor, action, subject, detail FROM audit
                          WHERE seq < ?1 ORDER BY seq DESC LIMIT ?2";
            connection.rows(select, params![before.unwrap_or(i64::MAX), limit], |row| {
                let event = AuditEvent {
                    at: values::instant(row, 1)?,
                    actor: row.get(2)?,
                    action: row.get(3)?,
                    subject: row.get(4)?,
                    detail: row.get(5)?,
                };
                Ok(AuditRecord { seq: row.get(0)?, event })
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::at;

    #[tokio::test]
    async fn the_trail_is_read_backwards_page_by_page() {
        let (store, _directory) = Store::temporary();
        let event = |subject: &'static str| AuditEvent {
            at: at(),
            actor: "k1".to_owned(),
            action: "key.revoke".to_owned(),
            subject: subject.to_owned(),
            detail: String::new(),
        };
        for subject in ["a", "b", "c"] {
            store.write(move |connection| insert(connection, &event(subject))).await.unwrap();
        }
        let first = store.audit(None, 2).unwrap();
        let second = store.audit(Some(first[1].seq), 2).unwrap();
        let events: Vec<AuditEvent> = first.into_iter().chain(second).map(|record| record.event).collect();
        assert_eq!(events, ["c", "b", "a"].map(event));
    }
}
