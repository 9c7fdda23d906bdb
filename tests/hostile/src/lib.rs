//! Plug-ins and workbooks that mean harm, and the harness that holds a whole host
//! against them.
//!
//! A case is a few lines in `cases/*.toml`: what the plug-in tries, the plug-in
//! itself as WebAssembly text, and what has to come of it ([`Case`]). [`Yard`]
//! takes each through the real interface of a real host, as its vendor and its
//! callers would. A [`Workbook`] is made in `workbooks.rs` and handed in as an
//! administrator would a list that somebody sent; [`storm`] runs all of them at once beside honest callers.
//!
//! What must not be here: compiled components, and a plug-in that is an example
//! to anybody.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "all of this is test code: what cannot be set up must end the test, with the reason"
)]

mod bombs;
mod case;
mod clients;
mod component;
pub mod storm;
mod text;
mod workbooks;
mod yard;

pub use case::{Case, End, cases};
pub use clients::HostileClient;
pub use workbooks::{Workbook, workbooks};
pub use yard::Yard;
