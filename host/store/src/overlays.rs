//! What is known of entries here before the lists say it: kept in a table, and
//! held in memory, so that a check reads nothing for it.

use std::collections::HashMap;
use std::sync::Arc;

use arc_swap::ArcSwap;
use creditgate_credit::dossier::Evidence;
use creditgate_credit::entry::ListEntry;
use creditgate_credit::overlay::Overlay;
use creditgate_gate::ports;
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{Connection, params};
use tokio::sync::oneshot;

use crate::error::StoreError;
use crate::json_column::{parsed, written};
use crate::statements::Statements as _;
use crate::store::Store;
use crate::values;

const WHAT: &str = "an overlay";

/// Overlays in force by the id of their entry.
type ByEntry = HashMap<String, Vec<Overlay>>;

/// Every overlay in force, in memory. Clones share it.
#[derive(Clone, Default)]
pub(crate) struct Overlays {
    in_force: Arc<ArcSwap<ByEntry>>,
}

impl Overlays {
    /// Those a store holds.
    pub(crate) fn load(connection: &Connection) -> Result<Self, StoreError> {
        let overlays = Self::default();
        overlays.publish(in_force(connection)?);
        Ok(overlays)
    }

    fn publish(&self, in_force: ByEntry) {
        self.in_force.store(Arc::new(in_force));
    }
}

impl ports::Overlays for Store {
    fn lay_over(&self, evidence: &mut [Evidence], day: Date) {
        let in_force = self.overlays().in_force.load();
        if in_force.is_empty() {
            return;
        }
        for known in evidence {
            lay_over(&in_force, &mut known.by_identifier, day);
            lay_over(&in_force, &mut known.by_name, day);
        }
    }
}

fn lay_over(in_force: &ByEntry, entries: &mut [ListEntry], day: Date) {
    for entry in entries {
        for overlay in in_force.get(&entry.id).into_iter().flatten() {
            overlay.lay(entry, day);
        }
    }
}

impl Store {
    /// Runs `work` in a write transaction, and has what it did to overlays count
    /// from the moment it is durable, even if nobody waits for the result.
    pub(crate) async fn write_overlaid<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let (reply, result) = oneshot::channel();
        let overlays = self.overlays().clone();
        // Changes are made and answered one after the other: the last to be
        // published has seen all before it.
        self.post(
            move |connection| Ok((work(connection)?, in_force(connection)?)),
            move |outcome| {
                let outcome = outcome.map(|(value, in_force)| {
                    overlays.publish(in_force);
                    value
                });
                // Whoever asked may have gone away.
                drop(reply.send(outcome));
            },
        )?;
        result.await.unwrap_or(Err(StoreError::Closed))
    }

    /// What lies over an entry, oldest first.
    #[must_use]
    pub fn overlays_of(&self, entry: &str) -> Vec<Overlay> {
        self.overlays().in_force.load().get(entry).cloned().unwrap_or_default()
    }

    /// Lays something over an entry.
    ///
    /// # Errors
    /// When it cannot be kept.
    pub async fn lay(&self, entry: String, overlay: Overlay, at: Timestamp) -> Result<(), StoreError> {
        self.write_overlaid(move |connection| put(connection, &entry, &overlay, at)).await
    }
}

/// Lays an overlay over an entry, in place of the one of the same cause.
pub(crate) fn put(
    connection: &Connection,
    entry: &str,
    overlay: &Overlay,
    at: Timestamp,
) -> Result<(), StoreError> {
    end(connection, entry, &overlay.cause, at)?;
    let insert = "INSERT INTO overlays (entry, cause, document) VALUES (?1, ?2, ?3)";
    connection.run(insert, [entry, &overlay.cause, &written(WHAT, overlay)?])
}

/// Ends the overlay of this cause, if there is one.
pub(crate) fn end(
    connection: &Connection,
    entry: &str,
    cause: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    let update = "UPDATE overlays SET ended_at = ?3 WHERE entry = ?1 AND cause = ?2 AND ended_at IS NULL";
    connection.run(update, params![entry, cause, values::instant_to_sql(at)])
}

/// What lies over an entry, oldest first.
pub(crate) fn of_entry(connection: &Connection, entry: &str) -> Result<Vec<Overlay>, StoreError> {
    let select = "SELECT document FROM overlays WHERE entry = ?1 AND ended_at IS NULL ORDER BY seq";
    connection.documents(WHAT, select, [entry])
}

fn in_force(connection: &Connection) -> Result<ByEntry, StoreError> {
    let select = "SELECT entry, document FROM overlays WHERE ended_at IS NULL ORDER BY seq";
    let mut in_force = ByEntry::new();
    connection.each(select, [], |row| {
        let overlay = parsed(WHAT, &row.get::<_, String>(1)?)?;
        in_force.entry(row.get(0)?).or_default().push(overlay);
        Ok(())
    })?;
    Ok(in_force)
}

#[cfg(test)]
mod tests {
    use creditgate_affairs::entry_file::{EndOverlay, end_overlay};
    use creditgate_credit::overlay::OverlayEffect;
    use creditgate_gate::ports::{CreditSource, Overlays as _};
    use jiff::civil::date;

    use super::*;
    use crate::affairs::AffairError;
    use crate::samples::{COMPANY, at, entry, party};

    const NAME: &str = "示例食品有限公司";
    const TODAY: Date = date(2026, 11, 23);

    async fn seen(store: &Store) -> ListEntry {
        let mut evidence = store.evidence(&[party("p", NAME, &[COMPANY])]).await.unwrap();
        store.lay_over(&mut evidence, TODAY);
        evidence[0].by_identifier[0].clone()
    }

    fn suspended(cause: &str) -> Overlay {
        Overlay { cause: cause.to_owned(), from: TODAY, effect: OverlayEffect::Suspended }
    }

    #[tokio::test]
    async fn r098_an_overlay_counts_at_once_until_it_is_ended_and_over_a_restart() {
        let directory = tempfile::tempdir().unwrap();
        let open = || Store::within(&directory);
        let store = open();
        store.save_entries("test", vec![entry("e1", NAME, &[COMPANY])]).await.unwrap();
        assert!(!seen(&store).await.suspended);
        let lifted = Overlay { effect: OverlayEffect::Lifted { until: TODAY }, ..suspended("lifting:1") };
        store.lay("e1".into(), suspended("objection:o1"), at()).await.unwrap();
        store.lay("e2".into(), suspended("objection:o2"), at()).await.unwrap();
        assert!(seen(&store).await.suspended);
        drop(store);
        let store = open();
        let found = seen(&store).await;
        assert!(found.suspended);
        assert_eq!(found.attributes.last().unwrap().1, "objection:o1", "it says where it comes from");
        assert_eq!(store.overlays_of("e1").len(), 1);
        store.lay("e1".into(), lifted, at()).await.unwrap();
        assert!(seen(&store).await.lifted_on(TODAY));
        for (cause, code) in
            [("objection:o1", "overlay.objection_open"), ("lifting:1", "ok"), ("lifting:1", "overlay.none")]
        {
            let ending = EndOverlay { cause: cause.into(), reason: "示例".into() };
            let ended = match end_overlay(&store, "e1".into(), ending, at()).await {
                Ok(()) => "ok",
                Err(AffairError::Refused(refusal)) => refusal.code(),
                Err(AffairError::Store(error)) => error.code(),
            };
            assert_eq!(ended, code, "{cause}");
        }
        assert!(!seen(&store).await.lifted_on(TODAY));
    }

    #[tokio::test]
    async fn an_overlay_takes_the_place_of_the_one_of_the_same_cause() {
        let (store, _directory) = Store::temporary();
        for until in [date(2026, 12, 1), date(2026, 12, 31)] {
            let effect = OverlayEffect::Lifted { until };
            store
                .lay("e1".into(), Overlay { cause: "lifting:1".into(), from: TODAY, effect }, at())
                .await
                .unwrap();
        }
        let [laid] = store.overlays_of("e1").try_into().unwrap();
        assert_eq!(laid.effect, OverlayEffect::Lifted { until: date(2026, 12, 31) });
    }
}
