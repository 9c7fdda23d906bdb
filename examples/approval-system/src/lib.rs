//! A small approval system: takes applications through intake, review and
//! issuance and asks creditgate at each of these checkpoints.
//!
//! It is what a department's own system looks like from creditgate's side, and
//! talks to it over HTTP only, in the types of `creditgate-api`: no other crate of
//! the host may be used here (a test reads the example city with the host's own
//! parsers). A case is read by [`Case`], asked about by [`Client`], and taken through
//! its checkpoints by [`take_through`]. No number of a person is ever printed.

mod case;
mod client;
mod process;

pub use case::{Case, CaseError, Expected, Supplied};
pub use client::{Client, ClientError};
pub use process::{CaseLog, Ending, Step, take_through};
