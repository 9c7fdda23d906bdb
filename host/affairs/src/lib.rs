//! The affairs of entries and cases: what follows when somebody objects, applies for
//! repair, is ordered to put things right, promises something or is listed here, and
//! when a decision is made public or a typical case is reported.
//!
//! Every affair is one file that decides it: who may ask, what it rests on, what
//! becomes of it, and all that follows. A decision is a pure function of what is kept
//! ([`Stored`]) and what is asked. It says what follows as a value ([`Decided`]), and
//! whoever keeps affairs ([`AffairStore`]) calls it within a transaction and writes
//! what it says: all of it, or nothing. So nobody can change meanwhile what was
//! decided upon, and what was refused has left nothing behind.
//!
//! What must not be here: HTTP, SQL, the clock, and how a check is made.
//!
//! Read [`objections`] first.

pub mod commitments;
pub mod entry_file;
pub mod event;
pub mod local_lists;
pub mod objections;
pub mod publications;
pub mod repairs;
pub mod typical_cases;

mod decided;
mod ground;
mod person;
mod ports;
mod refusal;
mod who;

pub use decided::{Affected, Consequence, Decided, Message};
pub use person::{Holder, NotSecond, second_person};
pub use ports::{AffairStore, CaseCheck, Here, Stored};
pub use refusal::Refusal;
pub use who::{Power, Who};

use jiff::Timestamp;
use uuid::Uuid;

/// Longest reason, answer or requirement, in characters.
pub const LONGEST_TEXT: usize = 2000;
/// Longest id, code or number, in characters.
const LONGEST_CODE: usize = 200;

/// Who changes something, when and why.
#[derive(Debug, Clone)]
pub struct Change {
    /// Key id of who does it.
    pub actor: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

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
