//! The loop that empties the outbox: a few deliveries at a time, every result
//! recorded, nothing lost when it stops at any point.

use std::collections::HashSet;
use std::error::Error;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use jiff::Timestamp;
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::courier::{Courier, DeliveryError};
use crate::options::{OptionsError, PlatformOptions};
use crate::outbox::{Failure, Message, Next, Outbox, OutboxError};

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

/// Delivers the messages of an outbox to one platform.
pub struct Deliverer<O> {
    outbox: O,
    courier: Courier,
    wake: Arc<Notify>,
}

/// A delivery that has come to an end.
struct Ended {
    id: String,
    recorded: Result<(), OutboxError>,
}

impl<O: Outbox> Deliverer<O> {
    /// A deliverer that does nothing until [`Deliverer::run`].
    ///
    /// # Errors
    /// [`OptionsError::Client`] when no HTTP client can be made, as on a system
    /// without certificates for an `https` platform.
    pub fn new(outbox: O, options: PlatformOptions) -> Result<Self, OptionsError> {
        Ok(Self { outbox, courier: Courier::new(options)?, wake: Arc::new(Notify::new()) })
    }

    /// The handle by which others say that something was queued.
    #[must_use]
    pub fn wake(&self) -> Wake {
        Wake(Arc::clone(&self.wake))
    }

    /// Delivers until `shutdown` resolves. Then nothing new is begun, what is
    /// under way gets the time of [`PlatformOptions::drain`], and what does not
    /// finish in it stays pending and is sent again at the next start.
    ///
    /// A failing outbox does not end the loop; it is logged and tried again.
    pub async fn run(self, shutdown: impl Future<Output = ()>) {
        let concurrency = self.courier.options().concurrency.max(1);
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
        if tokio::time::timeout(self.courier.options().drain, finish).await.is_err() {
            tracing::warn!(
                "feedback deliveries were cut off at shutdown; they are sent again at the next start"
            );
        }
    }

    /// One attempt with one message, up to the record of its result.
    async fn deliver(&self, message: Message) -> Ended {
        let attempt = message.attempts.saturating_add(1);
        let recorded = match self.courier.carry(&message).await {
            Ok(()) => {
                tracing::debug!(feedback = %message.id, attempt, "feedback delivered");
                self.outbox.delivered(&message.id, Timestamp::now()).await
            }
            Err(error) => {
                let at = Timestamp::now();
                let next = self.next(&error, attempt, at);
                let failure = Failure { at, error: chain(&error), next };
                if next == Next::Dead {
                    tracing::error!(feedback = %message.id, attempt, error = %failure.error, "feedback is dead");
                } else {
                    tracing::warn!(feedback = %message.id, attempt, error = %failure.error, "feedback not delivered");
                }
                self.outbox.failed(&message.id, failure).await
            }
        };
        Ended { id: message.id, recorded }
    }

    fn next(&self, error: &DeliveryError, attempt: u32, now: Timestamp) -> Next {
        if error.is_final() {
            return Next::Dead;
        }
        // Without randomness the longest wait of the step is as good as any.
        let jitter = getrandom::u64().unwrap_or(u64::MAX);
        match self.courier.options().backoff.wait(attempt, jitter, error.retry_after()) {
            None => Next::Dead,
            Some(wait) => Next::Retry { at: now.saturating_add(wait).unwrap_or(now) },
        }
    }
}

/// How long to sleep when the next message comes due at `next`.
fn sleep_until(next: Option<Timestamp>, now: Timestamp) -> Duration {
    next.map_or(LONGEST_SLEEP, |at| Duration::try_from(at.duration_since(now)).unwrap_or_default())
        .min(LONGEST_SLEEP)
}

fn rest_after(error: &OutboxError) -> Instant {
    tracing::error!(error = %chain(error), "feedback delivery rests");
    Instant::now() + REST
}

/// An error with its causes, in one line.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests;
