//! What a caller of the HTTP interface sends and gets: a request for a check and its
//! answer, many of them at once, the search, what was done about measures, receipts
//! and problem documents. One struct for each shape, named as in the description of
//! the interface; a client writes requests and reads answers with it, the host does
//! the reverse.
//!
//! What must not be here: anything that needs the gate, the sandbox or a runtime. A
//! client that depends on this crate compiles in seconds.
//!
//! Read [`CheckRequest`] and [`Answer`] first.

mod answer;
mod check_batch;
mod check_search;
mod disposition_details;
mod dispositions;
mod import_report;
mod json;
mod problem;
mod receipt;
mod request;

pub use answer::{Answer, Case, Entry, Match, MeasureBody, Relation};
pub use check_batch::{BatchResult, BatchedCheck, CheckBatch, CheckBatchResults};
pub use check_search::{CheckSearch, FoundCheck, FoundChecks};
pub use disposition_details::{AttachmentBody, DetailsBody};
pub use dispositions::{Disposition, Dispositions, DispositionsAccepted};
pub use import_report::{Conflict, ImportProblem, ImportReport, ListReport};
pub use json::{JsonObject, NotAnObject};
pub use problem::{FieldProblemBody, ProblemDocument};
pub use receipt::{
    JsonWebKey, JsonWebKeySet, ReceiptClaims, ReceiptToVerify, ReceiptVerification, RotatedReceiptKey,
};
pub use request::{CheckRequest, CreditReport, Material, Party, PartyIdentifier};
