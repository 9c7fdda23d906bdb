//! Events: kept with what they tell of, listed, and delivered to the webhook where
//! there is one ([`queue`](crate::queue)).

use std::borrow::Cow;

use creditgate_credit::vocabulary;
use creditgate_gate::event::Event;
use creditgate_wire::event::{EventDelivery, EventItem};
use creditgate_wire::time::Instant;
use rusqlite::{Connection, Row, params};

use crate::error::StoreError;
use crate::json_column::parsed;
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
    /// those before `before` (a [`EventItem::seq`]), where these are given.
    ///
    /// # Errors
    /// When the events cannot be read.
    pub fn events(
        &self,
        name: Option<&str>,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<EventItem>, StoreError> {
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
    let insert = "INSERT INTO events (id, name, at, actor, subject, detail, state, attempts, next_at)
                  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, ?3)";
    let row = params![
        event.id,
        event.name,
        values::instant_to_sql(event.at),
        event.actor,
        event.subject,
        serde_json::json!(event.data).to_string(),
        state.code(),
    ];
    connection.run(insert, row)
}

/// The event of a row.
pub(crate) fn event(row: &Row<'_>) -> Result<Event, StoreError> {
    Ok(Event {
        id: row.get(1)?,
        name: Cow::Owned(row.get(2)?),
        at: values::instant(row, 3)?,
        actor: row.get(4)?,
        subject: row.get(5)?,
        data: parsed("the particulars of an event", &row.get::<_, String>(6)?)?,
    })
}

fn stored(row: &Row<'_>) -> Result<EventItem, StoreError> {
    let state = values::coded(row, 7, EventState::from_code, "the state of an event")?;
    let due = values::instant(row, 9)?;
    let delivery = EventDelivery {
        state: state.code().to_owned(),
        attempts: row.get(8)?,
        next_at: (state == EventState::Pending).then_some(Instant(due)),
        last_error: row.get(10)?,
        delivered_at: values::optional_instant(row, 11)?.map(Instant),
    };
    Ok(EventItem { seq: row.get(0)?, event: event(row)?, delivery })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::mpsc::channel;

    use creditgate_gate::event::{COMPONENT_PUSHED, RELEASE_ACTIVATED};
    use jiff::{SignedDuration, Timestamp};

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

    fn subjects(events: &[EventItem]) -> Vec<&str> {
        events.iter().map(|item| item.event.subject.as_str()).collect()
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
        assert_eq!(all[0].event.data, BTreeMap::from([("digest".to_owned(), "sha256:00".to_owned())]));
        assert_eq!((all[0].event.at, all[0].event.actor.as_str()), (at(), "k1"));
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
        let body = |message: Waiting| serde_json::from_str::<Event>(&message.body).unwrap();
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
        let (delivered, dead) = (delivered.delivery, dead.delivery);
        assert_eq!((delivered.state.as_str(), delivered.delivered_at), ("delivered", Some(later.into())));
        assert_eq!(
            (dead.state.as_str(), dead.attempts, dead.last_error.as_deref()),
            ("dead", 2, Some("410"))
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
