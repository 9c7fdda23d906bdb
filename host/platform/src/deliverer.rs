//! The loop that empties the outbox: a few deliveries at a time, every result
//! recorded, nothing lost when it stops at any point.

use std::collections::HashSet;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use creditgate_gate::chain;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use jiff::Timestamp;
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::carrier::{Carrier, DeliveryError};
use crate::outbox::{Message, Outbox, OutboxError};

/// The outbox is looked at this often even if nobody says that there is
/// something in it: another process may have written to it.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);
/// An outbox that fails is left alone for this long. Without it, a message that
/// is delivered and cannot be recorded would be sent again without pause.
const REST: Duration = Duration::from_secs(1);

/// Tells the deliverer that something was queued. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Wake(Arc<Notify>);

impl Wake {
    /// Has the outbox looked at now. Never blocks; several calls are as one.
    pub fn now(&self) {
        self.0.notify_one();
    }
}

/// Delivers the messages of an outbox to one receiver.
pub struct Deliverer<O, C> {
    outbox: O,
    carrier: C,
    wake: Arc<Notify>,
}

/// A delivery that has come to an end.
struct Ended {
    id: String,
    recorded: Result<(), OutboxError>,
}

impl<O: Outbox, C: Carrier> Deliverer<O, C> {
    /// A deliverer that does nothing until [`Deliverer::run`].
    #[must_use]
    pub fn new(outbox: O, carrier: C) -> Self {
        Self { outbox, carrier, wake: Arc::new(Notify::new()) }
    }

    /// The handle by which others say that something was queued.
    #[must_use]
    pub fn wake(&self) -> Wake {
        Wake(Arc::clone(&self.wake))
    }

    /// Delivers until `shutdown` resolves. Then nothing new is begun, what is
    /// under way gets the time of [`Pace::drain`](crate::Pace::drain), and what does not
    /// finish in it stays pending and is sent again at the next start.
    ///
    /// A failing outbox does not end the loop; it is logged and tried again.
    pub async fn run(&self, shutdown: impl Future<Output = ()>) {
        let concurrency = self.carrier.pace().concurrency.max(1);
        let mut shutdown = pin!(shutdown);
        let mut deliveries = FuturesUnordered::new();
        let mut under_way = HashSet::new();
        let mut next_look = Instant::now();
        let mut rest_until = Instant::now();
        loop {
            if under_way.len() < concurrency && rest_until <= Instant::now() {
                let now = Timestamp::now();
                let looked = tokio::select! {
                    biased;
                    () = &mut shutdown => break,
                    looked = self.outbox.due(now, concurrency) => looked,
                };
                match looked {
                    Ok(due) => {
                        next_look = Instant::now() + sleep_until(due.next, now);
                        let fresh =
                            due.messages.into_iter().filter(|message| !under_way.contains(&message.id));
                        let begun: Vec<Message> = fresh.take(concurrency - under_way.len()).collect();
                        for message in begun {
                            under_way.insert(message.id.clone());
                            deliveries.push(self.deliver(message));
                        }
                    }
                    Err(error) => {
                        rest_until = rest_after(&error);
                        next_look = rest_until;
                    }
                }
            }
            let room = under_way.len() < concurrency;
            tokio::select! {
                biased;
                () = &mut shutdown => break,
                Some(ended) = deliveries.next() => {
                    under_way.remove(&ended.id);
                    if let Err(error) = ended.recorded {
                        rest_until = rest_after(&error);
                        next_look = rest_until;
                    }
                }
                () = self.wake.notified(), if room => {}
                () = tokio::time::sleep_until(next_look), if room => {}
            }
        }
        let finish = async { while deliveries.next().await.is_some() {} };
        if tokio::time::timeout(self.carrier.pace().drain, finish).await.is_err() {
            tracing::warn!("deliveries were cut off at shutdown; they are sent again at the next start");
        }
    }

    /// One attempt with one message, up to the record of its result.
    async fn deliver(&self, message: Message) -> Ended {
        let attempt = message.attempts.saturating_add(1);
        let recorded = match self.carrier.carry(&message).await {
            Ok(()) => {
                tracing::debug!(topic = %message.topic, id = %message.id, attempt, "a message was delivered");
                self.outbox.delivered(&message.id, Timestamp::now()).await
            }
            Err(error) => {
                let again_at = self.again_at(&error, attempt);
                let error = chain(&error);
                if again_at.is_none() {
                    tracing::error!(topic = %message.topic, id = %message.id, attempt, error, "a message is given up");
                } else {
                    tracing::warn!(topic = %message.topic, id = %message.id, attempt, error, "a message was not delivered and will be sent again");
                }
                self.outbox.failed(&message.id, error, again_at).await
            }
        };
        Ended { id: message.id, recorded }
    }

    /// When to try again what failed; none to give it up.
    fn again_at(&self, error: &DeliveryError, attempt: u32) -> Option<Timestamp> {
        if error.is_final() {
            return None;
        }
        // Without randomness the longest wait of the step is as good as any.
        let jitter = getrandom::u64().unwrap_or(u64::MAX);
        let wait = self.carrier.pace().backoff.wait(attempt, jitter, error.retry_after())?;
        let now = Timestamp::now();
        Some(now.saturating_add(wait).unwrap_or(now))
    }
}

/// How long to sleep when the next message comes due at `next`.
fn sleep_until(next: Option<Timestamp>, now: Timestamp) -> Duration {
    next.map_or(LONGEST_SLEEP, |at| Duration::try_from(at.duration_since(now)).unwrap_or_default())
        .min(LONGEST_SLEEP)
}

fn rest_after(error: &OutboxError) -> Instant {
    tracing::error!(error = %chain(error), "deliveries rest, because the queue cannot be read or written");
    Instant::now() + REST
}

#[cfg(test)]
mod tests;
