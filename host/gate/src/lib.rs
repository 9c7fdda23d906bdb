//! One check, seven steps: admit, bind, gather, judge, settle, record, answer.
//!
//! [`Gate::check`] in `check.rs` walks them; each step is one file. Beside the
//! walk live the routing snapshot with its deployments (`world`, `deploy`), what
//! is done with checks of the past (`recorded`, `replay`), receipts, and what a department reports back (`dispositions`).
//!
//! What the gate needs from outside it says as traits in [`ports`]: a ledger, a
//! credit source, a registry of deployments. It knows no HTTP, no SQL and no
//! JSON shape, and it has no clock: the time of a check comes in as an
//! argument.
//!
//! Read `check.rs` first.

mod admit;
mod answer;
mod bind;
mod check;
mod deploy;
mod differences;
mod dispositions;
mod error;
mod gather;
mod judge;
mod probe;
mod receipt;
mod record;
mod recorded;
mod replay;
mod settle;
mod world;

pub mod ports;
pub mod request;

pub use admit::RequestWarning;
pub use answer::Checked;
pub use check::Gate;
pub use deploy::{ActivationScope, Change, DeployError, Deployer, PushReport, StagingProblem};
pub use differences::Difference;
pub use dispositions::{DispositionError, DispositionReport, DispositionResult, ReportedDisposition};
pub use error::{CheckError, FieldProblem, chain};
pub use judge::{Judge, JudgeFuture};
pub use receipt::{ReceiptClaims, ReceiptError, ReceiptKey, VerifyingKeys};
pub use record::{CheckRecord, EvidenceGap, FeedbackBody, OutgoingFeedback, PluginRef};
pub use recorded::{RecordedCall, RecordedCheck, RecordedError};
pub use replay::{Gap, Replay, ReplayResult};
pub use settle::{Reason, Settled, SettledMeasure, Status};
pub use world::{Binding, Mode, Route, RouteState, World};
