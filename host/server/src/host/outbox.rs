//! The store's outbox as delivery wants it.

use std::sync::Arc;

use creditgate_platform::{Due, Failure, Message, Next, Outbox, OutboxError};
use creditgate_store::{NextAttempt, Store, StoreError};
use jiff::Timestamp;

use super::watch::Heart;

/// The outbox in the store.
pub(crate) struct StoreOutbox {
    store: Store,
    /// Beats whenever delivery looks for something to do.
    heart: Arc<Heart>,
}

impl StoreOutbox {
    pub(crate) const fn new(store: Store, heart: Arc<Heart>) -> Self {
        Self { store, heart }
    }
}

fn failed(error: StoreError) -> OutboxError {
    OutboxError(Box::new(error))
}

impl Outbox for StoreOutbox {
    async fn due(&self, now: Timestamp, limit: usize) -> Result<Due, OutboxError> {
        self.heart.beat();
        // One more than asked for, and also what is not due yet: the first that
        // is left over says when to look again.
        let rows = u32::try_from(limit).unwrap_or(u32::MAX).saturating_add(1);
        let mut pending = self.store.due_feedback(Timestamp::MAX, rows).map_err(failed)?;
        let due = pending.iter().take_while(|message| message.next_at <= now).count().min(limit);
        let next = pending.get(due).map(|message| message.next_at);
        pending.truncate(due);
        let messages = pending
            .into_iter()
            .map(|message| Message {
                id: message.id,
                topic: "feedback".to_owned(),
                attempts: message.attempts,
                body: message.payload,
            })
            .collect();
        Ok(Due { messages, next })
    }

    async fn delivered(&self, id: &str, at: Timestamp) -> Result<(), OutboxError> {
        self.store.feedback_delivered(id.to_owned(), at).await.map_err(failed)
    }

    async fn failed(&self, id: &str, failure: Failure) -> Result<(), OutboxError> {
        let next = match failure.next {
            Next::Retry { at } => NextAttempt::At(at),
            Next::Dead => NextAttempt::Never,
        };
        self.store.feedback_failed(id.to_owned(), failure.error, next).await.map_err(failed)
    }
}
