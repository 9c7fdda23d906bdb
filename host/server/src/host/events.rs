//! Events on their way: to the log, to the metrics, to the store, and from there
//! to the webhook.

use creditgate_gate::event::Event;
use creditgate_gate::ports::Events;
use creditgate_platform::Wake;
use creditgate_store::{EventState, Store, StoreError};
use prometheus_client::metrics::counter::Counter;

use crate::metrics::By;

/// Takes every event of the host.
pub(crate) struct EventLog {
    store: Store,
    state: EventState,
    heard: Heard,
}

/// Who hears of an event that is kept.
#[derive(Clone)]
struct Heard {
    counter: By<Counter>,
    /// Where there is a webhook.
    webhook: Option<Wake>,
}

impl EventLog {
    pub(crate) fn new(store: Store, counter: By<Counter>, webhook: Option<Wake>) -> Self {
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
        tracing::info!(event = &**name, id, actor, subject, "event");
        self.counter.of(name.to_string()).inc();
    }
}

impl Events for EventLog {
    /// An event of a change that is under way is kept with it; any other by itself.
    fn emit(&self, event: Event) {
        let Some(event) = creditgate_store::tells(event) else { return };
        let (id, name) = (event.id.clone(), event.name.clone());
        self.heard.note(&event);
        let webhook = self.heard.webhook.clone();
        let lost = move |error: StoreError| {
            let error = creditgate_gate::chain(&error);
            tracing::error!(event = &*name, id, error, "an event could not be kept; no one will be told");
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
