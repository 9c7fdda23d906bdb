//! The JSON form of what enters, leaves or is kept, where it is another than that of
//! a type of `gate` or `credit`: one struct for each shape.
//!
//! Here live requests as they are read and answers as they follow from a record, the
//! record, feedback, bindings, the import from JSON lines and CSV, and the bodies of
//! the administration. What must not be here: a decision
//! about a case, HTTP, SQL, files and the clock.
//!
//! Conventions, the same everywhere:
//! - names are those of the Rust fields; closed vocabularies are machine names
//!   ([`creditgate_credit::vocabulary`]); dates are `YYYY-MM-DD`, instants RFC 3339 at +08:00 ([`time`]);
//! - what is absent is left out, never `null`;
//! - what comes in may hold no unknown field, and what is said about a fault
//!   never repeats the value at fault, because it may be an identity number
//!   ([`read`]).
//!
//! Read [`request`] and [`answer`] first.

pub mod act;
pub mod admin;
pub mod affected;
pub mod answer;
pub mod approval;
pub mod backtest;
pub mod calendar;
pub mod catalogue;
pub mod charset;
pub mod connector;
pub mod coverage;
pub mod event;
pub mod example;
pub mod feedback;
#[cfg(test)]
mod golden;
pub mod import;
mod json;
pub mod link;
pub mod local_entry;
pub mod pages;
pub mod policy;
pub mod pull;
pub mod read;
pub mod receipt;
pub mod record;
pub mod release;
pub mod replay;
pub mod report;
pub mod request;
#[cfg(test)]
mod samples;
pub mod signers;
pub mod task;

pub use creditgate_credit::{attributes, time};
