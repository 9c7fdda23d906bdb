//! The affairs of entries, cases and duties: what follows when somebody objects,
//! applies, promises, publishes or lists, step by step.
//!
//! Every affair is one file that decides it. A decision is a pure function of what
//! is kept and what is asked; it says what is kept then and everything that follows.
//! The store calls it inside its transaction and writes what it says.
//!
//! What must not be here: HTTP, SQL, the clock, and how a check is made.

pub mod event;
mod person;

pub use person::{Holder, NotSecond, second_person};

use jiff::Timestamp;
use uuid::Uuid;

/// A new id, unique and time-ordered.
#[must_use]
pub fn new_id(at: Timestamp) -> String {
    Uuid::new_v7(uuid_time(at)).to_string()
}

/// An instant as a time-ordered id has it.
#[must_use]
pub fn uuid_time(at: Timestamp) -> uuid::Timestamp {
    let seconds = u64::try_from(at.as_second()).unwrap_or(0);
    let nanoseconds = u32::try_from(at.subsec_nanosecond()).unwrap_or(0);
    uuid::Timestamp::from_unix(uuid::NoContext, seconds, nanoseconds)
}
