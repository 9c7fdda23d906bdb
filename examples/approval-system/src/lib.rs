//! A small approval system: takes applications through intake, review and
//! issuance and asks creditgate at each of these checkpoints.
//!
//! It is what a department's own system looks like from creditgate's side, and
//! talks to it over HTTP only: no crate of the host may be used here (a test reads
//! the example city with the host's own parsers). A case is
//! read by [`Case`], asked about by [`Client`], and taken through its
//! checkpoints by [`take_through`]. No number of a person is ever printed.

mod answer;
mod case;
mod client;
mod process;

pub use answer::{Advice, Answer, Commitment, Measure, MeasureDisposition, PluginName, Reason};
pub use case::{Case, CaseError, Expected, Supplied};
pub use client::{Client, ClientError, FieldFault, Problem};
pub use process::{CaseLog, Ending, Step, take_through};
