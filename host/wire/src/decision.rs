//! Two decisions on one case, side by side: for backtests and for the checks an
//! entry took part in.
//!
//! No identity number is in it: parties are named by their handles.

use creditgate_credit::verdict::Outcome;
use creditgate_gate::{Comparison, Decision, Fate, MeasureChange, Status};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a check came to, or would come to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Decision)]
pub struct DecisionBody {
    /// What was found.
    #[schema(inline)]
    pub status: Status,
    /// What should happen.
    #[schema(inline)]
    pub outcome: Outcome,
    /// Why the outcome is not the plug-in's, or why there is none; empty where it
    /// is. At most 500 characters.
    pub reason: String,
    /// What the officer reads; at most 500 characters.
    pub explanation: String,
}

impl From<Decision> for DecisionBody {
    fn from(decision: Decision) -> Self {
        Self {
            status: decision.status,
            outcome: decision.outcome,
            reason: decision.reason,
            explanation: decision.explanation,
        }
    }
}

/// A measure of which two decisions make different things.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = MeasureChange)]
pub struct MeasureChangeBody {
    /// Id within the case.
    pub id: String,
    /// What the recorded decision made of it.
    #[schema(inline)]
    pub recorded: Fate,
    /// What the other decision makes of it.
    #[schema(inline)]
    pub now: Fate,
}

impl From<MeasureChange> for MeasureChangeBody {
    fn from(change: MeasureChange) -> Self {
        Self { id: change.id, recorded: change.recorded, now: change.now }
    }
}

/// A recorded decision and another one on the same case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Comparison)]
pub struct ComparisonBody {
    /// `identical`; `reworded`: the same status, outcome and measures in other
    /// words; `changed`; or `failed`: could not be checked any more.
    pub likeness: String,
    /// The recorded decision.
    pub recorded: DecisionBody,
    /// The other decision.
    pub now: DecisionBody,
    /// Measures of which they make different things.
    pub measures: Vec<MeasureChangeBody>,
}

impl From<Comparison> for ComparisonBody {
    fn from(comparison: Comparison) -> Self {
        Self {
            likeness: comparison.likeness.code().to_owned(),
            recorded: comparison.recorded.into(),
            now: comparison.now.into(),
            measures: comparison.measures.into_iter().map(MeasureChangeBody::from).collect(),
        }
    }
}

/// How often a measure met each fate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = FateCounts)]
pub struct FateCountsBody {
    /// Applied here and now.
    pub applied: u64,
    /// Applied later.
    pub deferred: u64,
    /// Not applied, as the law allows.
    pub exempted: u64,
    /// It applied, and the plug-in did not say what becomes of it.
    pub undisposed: u64,
    /// It did not apply to the case.
    pub absent: u64,
}

impl FateCountsBody {
    /// The counts this function gives for each fate.
    #[must_use]
    pub fn of(count: impl Fn(Fate) -> u64) -> Self {
        Self {
            applied: count(Fate::Applied),
            deferred: count(Fate::Deferred),
            exempted: count(Fate::Exempted),
            undisposed: count(Fate::Undisposed),
            absent: count(Fate::Absent),
        }
    }
}
