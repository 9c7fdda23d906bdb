//! What the whole host is held to, one file for each part.
//!
//! Every line of the list of bad input has its test here, in which the error
//! names the thing, and nothing is lost or half done.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends there")]

mod approval;
mod architecture;
mod backtest;
mod catalogue;
mod checks;
mod circles;
mod confinement;
mod connectors;
mod contract;
mod coverage;
mod delivery;
mod deployment;
mod derived;
mod disputes;
mod duties;
mod events;
mod examples;
mod fairness;
mod guests;
mod hostile;
mod identifiers;
mod identity;
mod interface;
mod large_guests;
mod ledger;
mod lists;
mod local_lists;
mod policy;
mod privacy;
mod readme;
mod replay;
mod reports;
mod requests;
mod restart;
mod rollout;
mod signals;
mod signatures;
mod store;
mod swap;
mod traceability;
