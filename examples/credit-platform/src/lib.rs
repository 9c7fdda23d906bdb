//! A small credit platform: takes feedback over HTTP, keeps each message once,
//! answers queries in the shapes of two cities' platforms, and misbehaves on request, so that senders can be tested against it.
//!
//! It stands where a city's real platform stands and knows nothing of the host
//! that sends to it: no crate of the host may be used here. [`router`] is the
//! whole HTTP side; what was received lives in [`Received`], faults in
//! [`Faults`].

mod faults;
mod http;
mod mask;
mod query;
mod received;
mod records;

pub use faults::{FaultMode, Faults};
pub use http::{Platform, router};
pub use query::{APP_KEY, SECRET};
pub use received::{Kept, Received, ReceivedError};
pub use records::{Record, Records};
