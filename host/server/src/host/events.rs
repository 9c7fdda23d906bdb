//! Events on their way: to the log, to the metrics, to the store, and from there
//! to the webhook.

use creditgate_gate::event::Event;
use creditgate_gate::ports::Events;
use creditgate_platform::{Due, Failure, Message, Next, Outbox, OutboxError, Wake};
use creditgate_store::{EventState, NextAttempt, Store, StoreError, StoredEvent};
use creditgate_wire::event::EventBody;
use jiff::Timestamp;

use crate::metrics::EventCounter;

/// Takes every event of the host.
pub(crate) struct EventLog {
    store: Store,
    counter: EventCounter,
    /// Where there is a webhook.
    webhook: Option<Wake>,
}

impl EventLog {
    pub(crate) const fn new(store: Store, counter: EventCounter, webhook: Option<Wake>) -> Self {
        Self { store, counter, webhook }
    }

    /// How an event is to be kept that goes into the store with what it tells of.
    pub(crate) const fn state(&self) -> EventState {
        if self.webhook.is_some() { EventState::Pending } else { EventState::None }
    }

    /// Tells of events that are in the store already.
    pub(crate) fn kept(&self, events: &[Event]) {
        for event in events {
            self.note(event);
        }
        if let (Some(webhook), false) = (&self.webhook, events.is_empty()) {
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
    fn emit(&self, event: Event) {
        let (id, name) = (event.id.clone(), event.name);
        self.note(&event);
        let state = self.state();
        let webhook = self.webhook.clone();
        let lost = move |error: StoreError| {
            let error = creditgate_gate::chain(&error);
            tracing::error!(event = name, id, error, "an event could not be kept; no one will be told");
        };
        let on_closed = lost.clone();
        let kept = self.store.post_event(event, state, move |result| match (result, webhook) {
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
}

impl EventOutbox {
    pub(crate) const fn new(store: Store) -> Self {
        Self { store }
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
