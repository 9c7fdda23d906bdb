//! The credit domain: what is known of a party, what follows from it by the
//! catalogue, and the words in which a plug-in answers.
//!
//! Here live identifiers, parties, list entries and their life cycle, the
//! measures catalogue, jurisdiction policy, working days, the dossier and the
//! verdict. Everything is a pure function of its arguments: no I/O, no clock,
//! no randomness, no wasm. Time comes in as a date, data as values. What is
//! kept or sent has its form on the wire with it (`serde`); identity numbers have
//! none by themselves (`identifier::clear`). Bodies of calls and other shapes live in
//! `creditgate-api` and `creditgate-wire`.
//!
//! Read [`dossier`] first: it is where the other modules meet.

pub mod application;
pub mod attributes;
pub mod calendar;
pub mod case_number;
pub mod catalogue;
pub mod check;
pub mod commitment;
pub mod coverage;
pub mod day;
pub mod deadline;
pub mod derived;
pub mod disposition_details;
pub mod dossier;
pub mod duty;
pub mod entry;
pub mod exit;
pub mod fault;
pub mod feedback_levels;
pub mod host_rules;
pub mod identifier;
pub mod instant;
pub mod json;
pub mod licence_record;
pub mod lifecycle;
pub mod link;
pub mod list_type;
mod merge;
pub mod name;
pub mod objection;
mod or_none;
pub mod overlay;
pub mod policy;
pub mod rectification;
pub mod repair;
pub mod standing;
pub mod term;
pub mod text;
pub mod time;
pub mod verdict;
pub mod vocabulary;

#[cfg(any(test, feature = "samples"))]
pub mod samples;
