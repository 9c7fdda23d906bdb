//! The JSON form of everything that enters, leaves or is kept: one struct for
//! each shape, with conversions from and to the types of `gate` and `credit`.
//!
//! Here live request and answer bodies, the stored record, feedback, the rows of
//! lists, catalogue, policy and bindings with their import from JSON lines and
//! CSV, and the bodies of the administration. What must not be here: a decision
//! about a case, HTTP, SQL, files and the clock.
//!
//! Conventions, the same everywhere:
//! - names are those of the Rust fields; closed vocabularies are machine names
//!   ([`code`]); dates are `YYYY-MM-DD`, instants RFC 3339 at +08:00 ([`time`]);
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
pub mod binding;
pub mod calendar;
pub mod catalogue;
pub mod charset;
pub mod connector;
pub mod coverage;
pub mod decision;
pub mod event;
pub mod example;
pub mod feedback;
#[cfg(test)]
mod golden;
pub mod import;
mod json;
pub mod link;
pub mod local_entry;
pub mod policy;
pub mod publication;
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
