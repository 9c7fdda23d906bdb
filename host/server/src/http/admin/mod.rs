//! Administration: what is deployed, what is known, who may call.
//!
//! Every change runs behind access control as a task of its own, is finished even if
//! the client goes away, and is written to the audit trail.

pub(super) mod affected;
pub(super) mod approvals;
pub(super) mod audit;
pub(super) mod backtests;
pub(super) mod calendar;
pub(super) mod catalogue;
pub(super) mod connectors;
pub(super) mod data;
pub(super) mod entries;
pub(super) mod entry_file;
pub(super) mod events;
pub(super) mod feedback;
pub(super) mod imports;
pub(super) mod keys;
pub(super) mod links;
pub(super) mod lists;
pub(super) mod plugins;
pub(super) mod policy;
pub(super) mod pulls;
pub(super) mod releases;
pub(super) mod reports;
pub(super) mod signers;
