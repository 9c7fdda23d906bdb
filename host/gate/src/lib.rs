//! One check, eight steps: admit, bind, validate, gather, judge, settle, record,
//! answer.
//!
//! [`Gate::check`] in `check.rs` walks them; each step is one file. Beside the
//! walk live the routing snapshot with its deployments (`world`, `deploy`), what
//! is done with checks of the past (`recorded`, `replay`, `backtest`, `without`),
//! receipts, and what a department reports back (`dispositions`).
//!
//! What the gate needs from outside it says as traits in [`ports`]: a ledger, the
//! lists, a registry of deployments. It knows no HTTP, no SQL and no
//! JSON shape, and it has no clock: the time of a check comes in as an
//! argument.
//!
//! Read `check.rs` first.

mod admit;
mod answer;
mod backtest;
mod bind;
mod check;
mod check_error;
mod counts;
mod decision;
mod deploy;
mod differences;
mod dispositions;
mod duties;
mod error;
mod example;
mod examples;
mod feedback;
mod gather;
mod judge;
mod object;
mod passed;
mod places;
mod policies;
mod probe;
mod receipt;
mod record;
mod recorded;
mod release;
mod replay;
mod rollout;
mod settle;
mod shadow;
mod signature;
mod signer;
mod sources;
mod validate;
mod vendor_key;
mod without;
mod world;

pub mod ports;
pub mod request;

pub use answer::Checked;
pub use backtest::{
    BacktestTally, Candidate, ChangedCase, FateCounts, LikenessTally, MOST_CASES, MeasureCount,
};
pub use check::Gate;
pub use check_error::CheckError;
pub use counts::{Breach, CanaryCounts, CanaryWatch, ShadowCounts, ShadowWatch, SideCounts};
pub use creditgate_affairs::{Holder, NotSecond, event, new_id, second_person};
pub use creditgate_credit::check::{
    DispositionResult, Mode, PluginRef, Reason, RequestWarning, SettledMeasure, Status,
};
pub use creditgate_credit::disposition_details::{Attachment, DispositionDetails};
pub use decision::{Comparison, Decision, Fate, Likeness, MeasureChange};
pub use deploy::{
    ActivationScope, Alteration, ApprovalRule, Change, DeployError, Deployer, Order, Probe, PushReport,
    Running, StagingProblem, TrialCounts, TrialOrder, Wanted, Weakened, weakened,
};
pub use differences::Difference;
pub use dispositions::{DispositionError, DispositionReport, duty_of_report};
pub use error::{LedgerError, chain};
pub use example::{Example, Expected};
pub use examples::{ExampleDifference, ExampleError, ExampleRun};
pub use feedback::{FeedbackBody, OutgoingFeedback, ReportedDisposition};
pub use judge::{Judge, JudgeFuture};
pub use passed::{EarlierCheck, Lack, NotPassed, Passed};
pub use ports::QuerySource;
pub use receipt::{PublicReceiptKey, ReceiptClaims, ReceiptError, ReceiptKey, ReceiptKeys, VerifyingKeys};
pub use record::{CheckInputs, CheckRecord};
pub use recorded::{RecordedCall, RecordedCheck, RecordedError};
pub use release::{
    CanaryTerms, DifferenceCount, IllegalTransition, Release, ReleaseId, ReleaseState, ShadowDifference,
    Transition, Trial, TrialKind,
};
pub use replay::{Gap, Replay, ReplayResult};
pub use rollout::{Alarm, RolloutReceiver, RolloutSender, channel as rollout_channel};
pub use settle::Settled;
pub use shadow::ShadowJob;
pub use signature::{SignatureDocument, SignatureError, SignaturePolicy, verify};
pub use signer::{PublicKey, Revocation, Signer, SignerError};
pub use sources::{EvidenceGap, Found, LISTS, Question, SourceFault, SourceRemark};
pub use vendor_key::{VendorKey, VendorKeyError};
pub use world::{
    Binding, Pin, Route, RouteCanary, RouteRelease, RouteShadow, RouteState, World, calendar_edition,
};
