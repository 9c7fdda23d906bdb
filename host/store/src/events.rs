//! Events, and where the delivery of each to the webhook stands.
//!
//! ```text
//! none                    there was no webhook when it happened
//! pending ──delivered──▶ delivered
//!    └──given up──▶ dead
//! ```
//!
//! Rows are never deleted. An event stays pending until its delivery is
//! recorded, so it may arrive twice, and never not at all.

use std::collections::BTreeMap;

use creditgate_credit::vocabulary;
use creditgate_gate::event::Event;
use jiff::Timestamp;
use rusqlite::{Connection, Row, params};

use crate::error::StoreError;
use crate::outbox::NextAttempt;
use crate::store::Store;
use crate::values;

vocabulary! {
    /// Where the delivery of an event stands.
    pub enum EventState {
        /// Nobody is to be told.
        None = "none",
        /// To be sent, or to be sent again.
        Pending = "pending",
        /// The receiver has taken it.
        Delivered = "delivered",
        /// Given up.
        Dead = "dead",
    }
}

/// An event as the store holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEvent {
    /// Grows with every event.
    pub seq: i64,
    /// Id, unique.
    pub id: String,
    /// What has happened.
    pub name: String,
    /// When.
    pub at: Timestamp,
    /// Key id of who did it.
    pub actor: String,
    /// What it happened to.
    pub subject: String,
    /// Particulars.
    pub detail: BTreeMap<String, String>,
    /// Where its delivery stands.
    pub state: EventState,
    /// How often it was tried without success.
    pub attempts: u32,
    /// When it is due, where it is pending.
    pub next_at: Timestamp,
    /// Why the last try failed.
    pub last_error: Option<String>,
    /// When the receiver took it.
    pub delivered_at: Option<Timestamp>,
}

const COLUMNS: &str =
    "seq, id, name, at, actor, subject, detail, state, attempts, next_at, last_error, delivered_at";

impl Store {
    /// Keeps an event without waiting for it; `state` is [`EventState::Pending`]
    /// where it is to be delivered, else [`EventState::None`]. `done` is called
    /// on the writer's thread once the event is durable or could not be kept,
    /// and must be quick.
    ///
    /// # Errors
    /// [`StoreError::Closed`]; `done` is not called then.
    pub fn post_event(
        &self,
        event: Event,
        state: EventState,
        done: impl FnOnce(Result<(), StoreError>) + Send + 'static,
    ) -> Result<(), StoreError> {
        self.post(move |connection| insert(connection, event, state), done)
    }

    /// At most `limit` pending events that are due, the longest due first.
    ///
    /// # Errors
    /// When the events cannot be read.
    pub fn due_events(&self, now: Timestamp, limit: u32) -> Result<Vec<StoredEvent>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM events WHERE state = 'pending' AND next_at <= ?1
                 ORDER BY next_at, seq LIMIT ?2"
            ))?;
            collect(statement.query(params![values::instant_to_sql(now), limit])?)
        })
    }

    /// Records that the receiver has taken an event.
    ///
    /// # Errors
    /// When the change cannot be kept.
    pub async fn event_delivered(&self, id: String, at: Timestamp) -> Result<(), StoreError> {
        self.write(move |connection| {
            connection
                .prepare_cached(
                    "UPDATE events SET state = 'delivered', delivered_at = ?2
                     WHERE id = ?1 AND state = 'pending'",
                )?
                .execute(params![id, values::instant_to_sql(at)])?;
            Ok(())
        })
        .await
    }

    /// Records that a try failed, why, and what follows.
    ///
    /// # Errors
    /// When the change cannot be kept.
    pub async fn event_failed(&self, id: String, error: String, next: NextAttempt) -> Result<(), StoreError> {
        let (state, next_at) = match next {
            NextAttempt::At(instant) => (EventState::Pending, Some(values::instant_to_sql(instant))),
            NextAttempt::Never => (EventState::Dead, None),
        };
        self.write(move |connection| {
            connection
                .prepare_cached(
                    "UPDATE events SET state = ?2, next_at = coalesce(?3, next_at),
                            attempts = attempts + 1, last_error = ?4
                     WHERE id = ?1 AND state = 'pending'",
                )?
                .execute(params![id, state.code(), next_at, error])?;
            Ok(())
        })
        .await
    }

    /// At most `limit` events, newest first; only those of one name, and only
    /// those before `before` (a [`StoredEvent::seq`]), where these are given.
    ///
    /// # Errors
    /// When the events cannot be read.
    pub fn events(
        &self,
        name: Option<&str>,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        self.read(|connection| {
            let named = if name.is_some() { "name = ?3 AND" } else { "?3 IS NULL AND" };
            let mut statement = connection.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM events WHERE {named} seq < ?1 ORDER BY seq DESC LIMIT ?2"
            ))?;
            collect(statement.query(params![before.unwrap_or(i64::MAX), limit, name])?)
        })
    }

    /// How many events are pending, and how many are dead.
    ///
    /// # Errors
    /// When the events cannot be read.
    pub fn undelivered_events(&self) -> Result<(u64, u64), StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT (SELECT count(*) FROM events WHERE state = 'pending'),
                        (SELECT count(*) FROM events WHERE state = 'dead')",
            )?;
            let [pending, dead]: [i64; 2] = statement.query_row([], |row| Ok([row.get(0)?, row.get(1)?]))?;
            Ok((pending.unsigned_abs(), dead.unsigned_abs()))
        })
    }
}

/// Keeps an event. Part of the caller's transaction.
pub(crate) fn insert(connection: &Connection, event: Event, state: EventState) -> Result<(), StoreError> {
    let detail: BTreeMap<String, String> = event.detail.into_iter().collect();
    connection
        .prepare_cached(
            "INSERT INTO events (id, name, at, actor, subject, detail, state, attempts, next_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, ?3)",
        )?
        .execute(params![
            event.id,
            event.name,
            values::instant_to_sql(event.at),
            event.actor,
            event.subject,
            serde_json::json!(detail).to_string(),
            state.code(),
        ])?;
    Ok(())
}

fn collect(mut rows: rusqlite::Rows<'_>) -> Result<Vec<StoredEvent>, StoreError> {
    let mut events = Vec::new();
    while let Some(row) = rows.next()? {
        events.push(stored(row)?);
    }
    Ok(events)
}

fn stored(row: &Row<'_>) -> Result<StoredEvent, StoreError> {
    let detail: String = row.get(6)?;
    Ok(StoredEvent {
        seq: row.get(0)?,
        id: row.get(1)?,
        name: row.get(2)?,
        at: values::instant(row, 3)?,
        actor: row.get(4)?,
        subject: row.get(5)?,
        detail: serde_json::from_str(&detail)
            .map_err(|_| StoreError::Damaged { what: "the particulars of an event" })?,
        state: values::coded(row, 7, EventState::from_code, "the state of an event")?,
        attempts: row.get(8)?,
        next_at: values::instant(row, 9)?,
        last_error: row.get(10)?,
        delivered_at: values::optional_instant(row, 11)?,
    })
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use creditgate_gate::event::{COMPONENT_PUSHED, RELEASE_ACTIVATED};
    use jiff::SignedDuration;

    use super::*;
    use crate::samples::at;
    use crate::store::StoreOptions;

    fn open() -> (Store, tempfile::TempDir) {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(&directory.path().join("store.db"), &StoreOptions::default()).unwrap();
        (store, directory)
    }

    /// Keeps an event and waits until that is durable; gives back its id.
    fn keep(store: &Store, name: &'static str, subject: &str, state: EventState) -> String {
        let event = Event::new(name, at(), "k1", subject).with("digest", "sha256:00");
        let id = event.id.clone();
        let (told, tells) = channel();
        store.post_event(event, state, move |result| told.send(result).unwrap()).unwrap();
        tells.recv().unwrap().unwrap();
        id
    }

    fn subjects(events: &[StoredEvent]) -> Vec<&str> {
        events.iter().map(|event| event.subject.as_str()).collect()
    }

    #[tokio::test]
    async fn events_are_listed_newest_first_by_name_and_page_by_page() {
        let (store, _directory) = open();
        for (name, subject) in
            [(RELEASE_ACTIVATED, "b1"), (COMPONENT_PUSHED, "c1"), (RELEASE_ACTIVATED, "b2")]
        {
            keep(&store, name, subject, EventState::None);
        }
        let all = store.events(None, None, 10).unwrap();
        assert_eq!(subjects(&all), ["b2", "c1", "b1"]);
        assert_eq!(all[0].detail, BTreeMap::from([("digest".to_owned(), "sha256:00".to_owned())]));
        assert_eq!((all[0].at, all[0].actor.as_str()), (at(), "k1"));
        assert_eq!(subjects(&store.events(None, Some(all[1].seq), 10).unwrap()), ["b1"]);
        assert_eq!(subjects(&store.events(Some(RELEASE_ACTIVATED), None, 10).unwrap()), ["b2", "b1"]);
        assert_eq!(subjects(&store.events(Some(RELEASE_ACTIVATED), None, 1).unwrap()), ["b2"]);
        assert!(store.due_events(Timestamp::MAX, 10).unwrap().is_empty(), "nobody is to be told");
    }

    #[tokio::test]
    async fn an_event_is_due_until_it_is_delivered_or_given_up() {
        let (store, _directory) = open();
        let [first, second] = ["b1", "b2"].map(|b| keep(&store, RELEASE_ACTIVATED, b, EventState::Pending));
        let later = at() + SignedDuration::from_secs(60);
        assert_eq!(subjects(&store.due_events(at(), 10).unwrap()), ["b1", "b2"]);
        store.event_failed(first.clone(), "503".to_owned(), NextAttempt::At(later)).await.unwrap();
        assert_eq!(subjects(&store.due_events(at(), 10).unwrap()), ["b2"], "not before its time");
        assert_eq!(store.undelivered_events().unwrap(), (2, 0));
        store.event_delivered(second.clone(), later).await.unwrap();
        store.event_failed(first, "410".to_owned(), NextAttempt::Never).await.unwrap();
        store.event_failed(second, "late".to_owned(), NextAttempt::Never).await.unwrap();
        assert_eq!(store.undelivered_events().unwrap(), (0, 1));
        let [delivered, dead] = store.events(None, None, 10).unwrap().try_into().unwrap();
        assert_eq!((delivered.state, delivered.delivered_at), (EventState::Delivered, Some(later)));
        assert_eq!(
            (dead.state, dead.attempts, dead.last_error.as_deref()),
            (EventState::Dead, 2, Some("410"))
        );
    }

    #[tokio::test]
    async fn an_event_that_was_accepted_survives_closing() {
        let (store, directory) = open();
        let event = Event::new(RELEASE_ACTIVATED, at(), "k1", "b1");
        store.post_event(event, EventState::Pending, |_| ()).unwrap();
        store.close();
        let event = Event::new(RELEASE_ACTIVATED, at(), "k1", "b2");
        assert_eq!(store.post_event(event, EventState::Pending, |_| ()).unwrap_err().code(), "store.closed");
        drop(store);
        let store = Store::open(&directory.path().join("store.db"), &StoreOptions::default()).unwrap();
        assert_eq!(subjects(&store.due_events(at(), 10).unwrap()), ["b1"]);
    }
}
