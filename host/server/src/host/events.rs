//! Events on their way: to the log, to the metrics, to the store, and from there
//! to the webhook.

use std::sync::Arc;

use creditgate_gate::event::Event;
use creditgate_gate::ports::Events;
use creditgate_platform::{Due, Failure, Message, Next, Outbox, OutboxError, Wake};
use creditgate_store::{EventState, NextAttempt, Store, StoreError, StoredEvent};
use creditgate_wire::event::EventBody;
use jiff::Timestamp;

use super::watch::Heart;
use crate::metrics::EventCounter;

/// Takes every event of the host.
pub(crate) struct EventLog {
    store: Store,
    state: EventState,
    heard: Heard,
}

/// Who hears of an event that is kept.
#[derive(Clone)]
struct Heard {
    counter: EventCounter,
    /// Where there is a webhook.
    webhook: Option<Wake>,
}

impl EventLog {
    pub(crate) fn new(store: Store, counter: EventCounter, webhook: Option<Wake>) -> Self {
        let state = if webhook.is_some() { EventState::Pending } else { EventState::None };
        let heard = Heard { counter, webhook };
        let hears = heard.clone();
        store.tell_events(state, move |events| hears.kept(events));
        Self { store, state, heard }
    }
}

impl Heard {
    /// Tells of events that are in the store.
    fn kept(&self, events: &[Event]) {
        for event in events {
            self.note(event);
        }
        if let Some(webhook) = &self.webhook {
            webhook.now();
        }
    }

    /// Logs and counts an event. Not the particulars: reasons are free text.
    fn note(&self, event: &Event) {
        let Event { id, name, actor, subject, .. } = event;
        tracing::info!(event = name, id, actor, subject, "event");
        self.counter.count(name);
    }
}

impl Events for EventLog {
    /// An event of a change that is under way is kept with it; any other by itself.
    fn emit(&self, event: Event) {
        let Some(event) = creditgate_store::tells(event) else { return };
        let (id, name) = (event.id.clone(), event.name);
        self.heard.note(&event);
        let webhook = self.heard.webhook.clone();
        let lost = move |error: StoreError| {
            let error = creditgate_gate::chain(&error);
            tracing::error!(event = name, id, error, "an event could not be kept; no one will be told");
        };
        let on_closed = lost.clone();
        let kept = self.store.post_event(event, self.state, move |result| match (result, webhook) {
            (Err(error), _) => lost(error),
            (Ok(()), Some(webhook)) => webhook.now(),
            (Ok(()), None) => {}
        });
        if let Err(error) = kept {
            on_closed(error);
        }
    }
}

/// The events in the store that wait for the webhook.
pub(crate) struct EventOutbox {
    store: Store,
    /// Beats whenever delivery looks for something to do.
    heart: Arc<Heart>,
}

impl EventOutbox {
    pub(crate) const fn new(store: Store, heart: Arc<Heart>) -> Self {
        Self { store, heart }
    }
}

/// An event as the webhook sends it and the list shows it.
pub(crate) fn body(event: &StoredEvent) -> EventBody {
    EventBody {
        id: event.id.clone(),
        name: event.name.clone(),
        at: event.at.into(),
        actor: event.actor.clone(),
        subject: event.subject.clone(),
        data: event.detail.clone(),
    }
}

fn message(event: StoredEvent) -> Result<Message, OutboxError> {
    let body = serde_json::to_string(&body(&event)).map_err(|error| OutboxError(error.into()))?;
    Ok(Message { id: event.id, topic: event.name, attempts: event.attempts, body })
}

fn failed(error: StoreError) -> OutboxError {
    OutboxError(Box::new(error))
}

impl Outbox for EventOutbox {
    async fn due(&self, now: Timestamp, limit: usize) -> Result<Due, OutboxError> {
        self.heart.beat();
        // One more than asked for, and also what is not due yet: the first that
        // is left over says when to look again.
        let rows = u32::try_from(limit).unwrap_or(u32::MAX).saturating_add(1);
        let mut pending = self.store.due_events(Timestamp::MAX, rows).map_err(failed)?;
        let due = pending.iter().take_while(|event| event.next_at <= now).count().min(limit);
        let next = pending.get(due).map(|event| event.next_at);
        pending.truncate(due);
        let messages = pending.into_iter().map(message).collect::<Result<_, _>>()?;
        Ok(Due { messages, next })
    }

    async fn delivered(&self, id: &str, at: Timestamp) -> Result<(), OutboxError> {
        self.store.event_delivered(id.to_owned(), at).await.map_err(failed)
    }

    async fn failed(&self, id: &str, failure: Failure) -> Result<(), OutboxError> {
        let next = match failure.next {
            Next::Retry { at } => NextAttempt::At(at),
            Next::Dead => NextAttempt::Never,
        };
        self.store.event_failed(id.to_owned(), failure.error, next).await.map_err(failed)
    }
}
