//! Events: kept with what they tell of, listed, and delivered to the webhook where
//! there is one ([`queue`](crate::queue)).

use std::collections::BTreeMap;

use creditgate_credit::vocabulary;
use creditgate_gate::event::Event;
use creditgate_wire::event::EventBody;
use jiff::Timestamp;
use rusqlite::{Connection, Row, params};

use crate::error::StoreError;
use crate::statements::Statements as _;
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

pub(crate) const COLUMNS: &str =
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
            let select =
                format!("SELECT {COLUMNS} FROM events WHERE {named} seq < ?1 ORDER BY seq DESC LIMIT ?2");
            connection.rows(&select, params![before.unwrap_or(i64::MAX), limit, name], stored)
        })
    }
}

/// Keeps an event. Part of the caller's transaction.
pub(crate) fn insert(connection: &Connection, event: Event, state: EventState) -> Result<(), StoreError> {
    let detail: BTreeMap<String, String> = event.detail.into_iter().collect();
    let insert = "INSERT INTO events (id, name, at, actor, subject, detail, state, attempts, next_at)
                  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, ?3)";
    let row = params![
        event.id,
        event.name,
        values::instant_to_sql(event.at),
        event.actor,
        event.subject,
        serde_json::json!(detail).to_string(),
        state.code(),
    ];
    connection.run(insert, row)
}

pub(crate) fn stored(row: &Row<'_>) -> Result<StoredEvent, StoreError> {
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

/// An event as the webhook sends it and the list shows it.
impl From<&StoredEvent> for EventBody {
    fn from(event: &StoredEvent) -> Self {
        Self {
            id: event.id.clone(),
            name: event.name.clone(),
            at: event.at.into(),
            actor: event.actor.clone(),
            subject: event.subject.clone(),
            data: event.detail.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use creditgate_gate::event::{COMPONENT_PUSHED, RELEASE_ACTIVATED};
    use jiff::SignedDuration;

    use super::*;
    use crate::queue::{Due, Queue, Undelivered, Waiting};
    use crate::samples::at;

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
        let (store, _directory) = Store::temporary();
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
        assert_eq!(
            store.due(Queue::Events, Timestamp::MAX, 10).unwrap(),
            Due::default(),
            "nobody is to be told"
        );
    }

    /// Subjects of the events that are due for the webhook.
    fn due(store: &Store, now: Timestamp) -> Vec<String> {
        let due = store.due(Queue::Events, now, 10).unwrap();
        let body = |message: Waiting| serde_json::from_str::<EventBody>(&message.body).unwrap();
        due.messages.into_iter().map(|message| body(message).subject).collect()
    }

    #[tokio::test]
    async fn an_event_is_due_until_it_is_delivered_or_given_up() {
        let (store, _directory) = Store::temporary();
        let [first, second] = ["b1", "b2"].map(|b| keep(&store, RELEASE_ACTIVATED, b, EventState::Pending));
        let later = at() + SignedDuration::from_secs(60);
        assert_eq!(due(&store, at()), ["b1", "b2"]);
        store.not_delivered(Queue::Events, first.clone(), "503".to_owned(), Some(later)).await.unwrap();
        assert_eq!(due(&store, at()), ["b2"], "not before its time");
        assert_eq!(store.undelivered(Queue::Events).unwrap(), Undelivered { pending: 2, dead: 0 });
        store.delivered(Queue::Events, second.clone(), later).await.unwrap();
        store.not_delivered(Queue::Events, first, "410".to_owned(), None).await.unwrap();
        store.not_delivered(Queue::Events, second, "late".to_owned(), None).await.unwrap();
        assert_eq!(store.undelivered(Queue::Events).unwrap(), Undelivered { pending: 0, dead: 1 });
        let [delivered, dead] = store.events(None, None, 10).unwrap().try_into().unwrap();
        assert_eq!((delivered.state, delivered.delivered_at), (EventState::Delivered, Some(later)));
        assert_eq!(
            (dead.state, dead.attempts, dead.last_error.as_deref()),
            (EventState::Dead, 2, Some("410"))
        );
    }

    #[tokio::test]
    async fn an_event_that_was_accepted_survives_closing() {
        let (store, directory) = Store::temporary();
        let event = Event::new(RELEASE_ACTIVATED, at(), "k1", "b1");
        store.post_event(event, EventState::Pending, |_| ()).unwrap();
        store.close();
        let event = Event::new(RELEASE_ACTIVATED, at(), "k1", "b2");
        assert_eq!(store.post_event(event, EventState::Pending, |_| ()).unwrap_err().code(), "store.closed");
        drop(store);
        let store = Store::within(&directory);
        assert_eq!(due(&store, at()), ["b1"]);
    }
}
