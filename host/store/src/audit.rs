//! The audit trail of administration: who did what to what, and when.

use creditgate_wire::admin::AuditEvent;
use rusqlite::{Connection, params};

use crate::error::StoreError;
use crate::statements::Statements as _;
use crate::store::Store;
use crate::values;

/// Adds an event to the trail, which gives it its place. Part of the caller's
/// transaction.
pub(crate) fn insert(connection: &Connection, event: &AuditEvent) -> Result<(), StoreError> {
    let insert = "INSERT INTO audit (at, actor, action, subject, detail) VALUES (?1, ?2, ?3, ?4, ?5)";
    connection.run(
        insert,
        params![values::instant_to_sql(event.at.0), event.actor, event.action, event.subject, event.detail],
    )
}

impl Store {
    /// At most `limit` events, newest first; only those before `before` when it
    /// is given.
    ///
    /// # Errors
    /// When the trail cannot be read.
    pub fn audit(&self, before: Option<i64>, limit: u32) -> Result<Vec<AuditEvent>, StoreError> {
        self.read(|connection| {
            let select = "SELECT seq, at, actor, action, subject, detail FROM audit
                          WHERE seq < ?1 ORDER BY seq DESC LIMIT ?2";
            connection.rows(select, params![before.unwrap_or(i64::MAX), limit], |row| {
                Ok(AuditEvent {
                    seq: row.get(0)?,
                    at: values::instant(row, 1)?.into(),
                    actor: row.get(2)?,
                    action: row.get(3)?,
                    subject: row.get(4)?,
                    detail: row.get(5)?,
                })
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
            seq: 0,
            at: at().into(),
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
        let placed = first.into_iter().chain(second);
        let events: Vec<AuditEvent> = placed.map(|event| AuditEvent { seq: 0, ..event }).collect();
        assert_eq!(events, ["c", "b", "a"].map(event));
    }
}
