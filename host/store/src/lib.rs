//! The store: one SQLite file that holds the ledger of checks, list entries, the
//! registry of plug-ins, the outbox of feedback, API keys and the audit trail.
//!
//! [`Store`] implements what the gate asks for ([`Ledger`], [`CreditSource`],
//! [`Registry`]) and adds what the server's administration needs. Whatever
//! changes something resolves once it is durable: the file is in WAL mode with
//! `synchronous = FULL`, and one writer thread commits the changes that wait
//! together as one transaction (`writer`). Reads go to a few read-only
//! connections (`reader`) and never wait for the writer.
//!
//! Lists that are imported as a whole are files of their own beside it
//! (`snapshot`).
//!
//! What must never be here: a decision about a case, HTTP, and a JSON shape of
//! its own: documents are kept in the forms of `creditgate-wire`.
//!
//! Read `migrations/0001_initial.sql` first, then `writer`, then `ledger`.
//!
//! [`Ledger`]: creditgate_gate::ports::Ledger
//! [`CreditSource`]: creditgate_gate::ports::CreditSource
//! [`Registry`]: creditgate_gate::ports::Registry

mod acknowledgements;
mod affairs;
mod affected;
mod approvals;
mod audit;
mod backtests;
mod calendars;
mod catalogues;
mod chain;
mod checkpoint;
mod commitments;
mod coverage;
mod documents;
mod duties;
mod error;
mod events;
mod evidence;
mod exits;
mod json_column;
mod keys;
mod known;
mod ledger;
mod links;
mod list_types;
mod lists;
mod local_entries;
mod outbox;
mod overlays;
mod past;
mod policies;
mod publications;
mod pulls;
mod queue;
mod reader;
mod receipt_keys;
mod rechecks;
mod registry;
mod releases;
#[cfg(test)]
mod samples;
mod schema;
mod search;
mod signers;
mod snapshot;
mod statements;
mod statistics;
mod store;
mod supersession;
mod trail;
mod typical_cases;
mod values;
mod vitals;
mod writer;

pub use acknowledgements::{Acknowledged, Acknowledgement};
pub use affairs::AffairError;
pub use approvals::{AgreeError, Agreed, ApprovalKind, Asked, Loss};
pub use backtests::FinishedBacktest;
pub use calendars::ImportedTable;
pub use catalogues::{StepOrder, StoredEdition};
pub use chain::{Head, HeadError, LedgerFault, Verification};
pub use commitments::CommitmentFilter;
pub use coverage::{ReportSpan, ShownMeasure};
pub use documents::{Affair, AffairFilter};
pub use duties::{DutyFilter, StoredDuty};
pub use error::StoreError;
pub use events::EventState;
pub use json_column::Saved;
pub use keys::{ApiKey, Revoked};
pub use local_entries::LOCAL_SOURCE;
pub use outbox::{FeedbackState, OutboxCounts};
pub use past::PastChecks;
pub use pulls::{PullBatch, PullState};
pub use queue::{Due, Queue, Undelivered, Waiting};
pub use receipt_keys::receipt_keys_of;
pub use search::CheckFilter;
pub use snapshot::{
    GoingEntry, ImportMode, ListChanges, ListFinding, ListImport, ListLoss, PreparedEntry, ReadyImport,
};
pub use statistics::{Counts, ObjectionCounts, RepairCounts};
pub use store::{Store, StoreOptions};
pub use supersession::Supersession;
pub use trail::{Change, Ordered, by_itself, carry_out, says, tells};
pub use vitals::StoreHealth;
