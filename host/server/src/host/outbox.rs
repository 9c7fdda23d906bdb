//! A queue of the store as delivery wants it.

use std::sync::Arc;

use creditgate_platform::{Due, Message, Outbox, OutboxError};
use creditgate_store::{Queue, Store, StoreError, Waiting};
use jiff::Timestamp;

use crate::watch::Heart;

/// A queue in the store.
pub(crate) struct StoreOutbox {
    store: Store,
    queue: Queue,
    /// Beats whenever delivery looks for something to do.
    heart: Arc<Heart>,
}

impl StoreOutbox {
    pub(crate) const fn new(store: Store, queue: Queue, heart: Arc<Heart>) -> Self {
        Self { store, queue, heart }
    }
}

fn failed(error: StoreError) -> OutboxError {
    OutboxError(Box::new(error))
}

impl Outbox for StoreOutbox {
    async fn due(&self, now: Timestamp, limit: usize) -> Result<Due, OutboxError> {
        self.heart.beat();
        let due = self.store.due(self.queue, now, limit).map_err(failed)?;
        let message = |Waiting { id, topic, body, attempts, .. }| Message { id, topic, attempts, body };
        Ok(Due { messages: due.messages.into_iter().map(message).collect(), next: due.next })
    }

    async fn delivered(&self, id: &str, at: Timestamp) -> Result<(), OutboxError> {
        self.store.delivered(self.queue, id.to_owned(), at).await.map_err(failed)
    }

    async fn failed(&self, id: &str, error: String, again_at: Option<Timestamp>) -> Result<(), OutboxError> {
        self.store.not_delivered(self.queue, id.to_owned(), error, again_at).await.map_err(failed)
    }
}
