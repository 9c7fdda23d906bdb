//! A small credit platform: takes feedback over HTTP, keeps each message once,
//! and misbehaves on request, so that senders can be tested against it.
//!
//! It stands where a city's real platform stands and knows nothing of the host
//! that sends to it: no crate of the host may be used here. [`router`] is the
//! whole HTTP side; what was received lives in [`Received`], faults in
//! [`Faults`].

mod faults;
mod http;
mod mask;
mod received;

pub use faults::{FaultMode, Faults};
pub use http::{Platform, router};
pub use received::{Kept, Received, ReceivedError};
