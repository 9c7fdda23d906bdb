//! What delivery needs from the ledger.

use std::future::Future;

use jiff::Timestamp;

/// A message that waits to be delivered.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// Id, by which the receiver knows a message it had before.
    pub id: String,
    /// What kind of message it is, such as `feedback` or an event's name.
    /// Printable ASCII.
    pub topic: String,
    /// Attempts made so far.
    pub attempts: u32,
    /// The message as JSON. Feedback names a subject, so it is never logged.
    pub body: String,
}

impl std::fmt::Debug for Message {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Message")
            .field("id", &self.id)
            .field("topic", &self.topic)
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}

/// What waits in the outbox at an instant.
#[derive(Debug, Clone, Default)]
pub struct Due {
    /// Messages whose time has come, the longest waiting first.
    pub messages: Vec<Message>,
    /// When the next of the others comes due; none when there is no other.
    pub next: Option<Timestamp>,
}

/// The outbox could not be read or written.
#[derive(Debug, thiserror::Error)]
#[error("the outbox failed")]
pub struct OutboxError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// A durable queue of outgoing messages.
///
/// Looking at it takes nothing out: a message stays pending until
/// [`Outbox::delivered`], or a last [`Outbox::failed`], is recorded, so a crash at
/// any point sends it again. One [`Deliverer`](crate::Deliverer) works an outbox.
pub trait Outbox: Send + Sync {
    /// At most `limit` of the messages due at `now`, and when the next of the
    /// others comes due.
    ///
    /// # Errors
    /// When the outbox cannot be read.
    fn due(&self, now: Timestamp, limit: usize) -> impl Future<Output = Result<Due, OutboxError>> + Send;

    /// Records that the receiver has the message.
    ///
    /// # Errors
    /// When the outbox cannot be written.
    fn delivered(&self, id: &str, at: Timestamp) -> impl Future<Output = Result<(), OutboxError>> + Send;

    /// Records a failed attempt, which counts, why it failed, and when the message
    /// comes due again; without an instant it waits for an administrator. The reason
    /// holds nothing of the message.
    ///
    /// # Errors
    /// When the outbox cannot be written.
    fn failed(
        &self,
        id: &str,
        error: String,
        again_at: Option<Timestamp>,
    ) -> impl Future<Output = Result<(), OutboxError>> + Send;
}
