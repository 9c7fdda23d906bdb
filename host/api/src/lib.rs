//! What a caller of the HTTP interface sends and gets: a request for a check and its
//! answer, many of them at once, the search, what was done about measures, receipts
//! and problem documents. One struct for each shape, named as in the description of
//! the interface; a client writes requests and reads answers with it, the host does
//! the reverse.
//!
//! What must not be here: anything that needs the gate, the sandbox or a runtime. A
//! client that depends on this crate compiles in seconds.
//!
//! ```
//! use creditgate_api::{Answer, CheckRequest, Party, PartyIdentifier};
//! use creditgate_credit::verdict::Outcome;
//!
//! let request = CheckRequest {
//!     checkpoint: "review".to_owned(),
//!     department: "market-regulation".to_owned(),
//!     item: "food-licence".to_owned(),
//!     case_no: "SX-2026-0042".to_owned(),
//!     operator: "officer-7".to_owned(),
//!     parties: vec![Party {
//!         role: "applicant".to_owned(),
//!         kind: "legal_person".to_owned(),
//!         name: "甲食品有限公司".to_owned(),
//!         identifiers: vec![PartyIdentifier {
//!             kind: "uscc".to_owned(),
//!             value: "91110000600037341L".to_owned(),
//!         }],
//!         ..Party::default()
//!     }],
//!     ..CheckRequest::default()
//! };
//! // The body of `POST /v1/checks`.
//! let body = serde_json::to_string(&request)?;
//! # assert!(body.starts_with(r#"{"checkpoint":"review""#));
//! # let body = r#"{"check_id":"0199aaaa-0000-7000-8000-000000000001","case_no":"SX-2026-0042",
//! #   "department":"market-regulation","item":"food-licence","checkpoint":"review","status":"clear",
//! #   "outcome":"proceed","mode":"enforce","enforced":true,"reasons":[],"warnings":[],"matches":[],
//! #   "hints":[],"measures":[],"grounds":[],"advice":[],"explanation":"未发现","policy":"370811@1",
//! #   "catalogue":"2026","checked_at":"2026-08-03T09:30:00.000+08:00","receipt":"a.b.c"}"#;
//!
//! // The body of its answer.
//! let answer: Answer<'static> = serde_json::from_str(body)?;
//! assert!(answer.enforced && answer.outcome == Outcome::Proceed);
//! assert_eq!(answer.receipt.as_deref(), Some("a.b.c"));
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! Read [`CheckRequest`] and [`Answer`] first.

mod answer;
mod check_batch;
mod check_search;
mod dispositions;
mod import_report;
mod problem;
mod receipt;
mod request;

pub use answer::{Answer, Case, Entry, Match, MeasureBody, Relation};
pub use check_batch::{BatchResult, BatchedCheck, CheckBatch, CheckBatchResults};
pub use check_search::{CheckSearch, FoundCheck, FoundChecks};
pub use dispositions::{Disposition, Dispositions, DispositionsAccepted};
pub use import_report::{Conflict, ImportProblem, ImportReport, ListReport};
pub use problem::{FieldProblemBody, ProblemDocument};
pub use receipt::{
    JsonWebKey, JsonWebKeySet, ReceiptClaims, ReceiptToVerify, ReceiptVerification, RotatedReceiptKey,
};
pub use request::{CheckRequest, CreditReport, Material, Party, PartyIdentifier};
