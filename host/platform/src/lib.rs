//! The way to credit platforms: feedback goes out over HTTP, at least once.
//!
//! Here live the client, the reading of a platform's answers and the loop that
//! retries. What is queued, and what is remembered of each attempt, lives in
//! the ledger, behind [`Outbox`]; what a message says is settled before it gets
//! here, and is never looked into or logged. Start with [`Deliverer::run`].

mod answer;
mod backoff;
mod courier;
mod deliverer;
mod options;
mod outbox;
#[cfg(test)]
mod testing;

pub use backoff::Backoff;
pub use courier::DeliveryError;
pub use deliverer::{Deliverer, Wake};
pub use options::{BearerToken, Endpoint, OptionsError, PlatformOptions};
pub use outbox::{Due, Failure, Message, Next, Outbox, OutboxError};
