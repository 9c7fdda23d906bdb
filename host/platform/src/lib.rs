//! The way to other systems, over HTTP: credit platforms are asked at check time
//! ([`connector`]), feedback goes to them and events to a webhook, at least once.
//!
//! Of the way out live here the client, the two carriers ([`Courier`], [`WebhookCourier`]) with
//! the reading of their receivers' answers, and the loop that retries. What is queued, and what is remembered of each attempt, lives in
//! the ledger, behind [`Outbox`]; what a message says is settled before it gets
//! here, and is never looked into or logged. Start with [`Deliverer::run`].

mod answer;
mod backoff;
mod carrier;
pub mod connector;
mod courier;
mod deliverer;
mod exchange;
mod options;
mod outbox;
mod signature;
#[cfg(test)]
mod testing;
mod webhook;

pub use backoff::Backoff;
pub use carrier::{Carrier, DeliveryError, Pace};
pub use courier::Courier;
pub use deliverer::{Deliverer, Wake};
pub use options::{BearerToken, DeliveryOptions, Endpoint, OptionsError, PlatformOptions};
pub use outbox::{Due, Message, Outbox, OutboxError};
pub use signature::WebhookSecret;
pub use webhook::{WebhookCourier, WebhookOptions};
