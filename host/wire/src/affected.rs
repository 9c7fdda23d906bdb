//! The checks that had a list entry before them, and what they would have come
//! to without it.

use creditgate_credit::catalogue::{Direction, Nature};
use creditgate_credit::verdict::Outcome;
use creditgate_gate::{Comparison, DispositionResult, Status};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

use crate::replay::ReplayGap;
use crate::time::Instant;

/// The checks that had an entry before them, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Affected {
    /// Id of the entry.
    pub entry: String,
    /// The checks.
    pub checks: Vec<AffectedCheck>,
    /// Where the next page begins, if there is one: to be given as `cursor`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// A check that had an entry before it.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AffectedCheck {
    /// The check.
    pub check_id: String,
    /// Its case.
    pub case_no: String,
    /// Department code.
    pub department: String,
    /// Item code.
    pub item: String,
    /// Checkpoint.
    pub checkpoint: String,
    /// Instant of the check.
    pub checked_at: Instant,
    /// What was found.
    pub status: Status,
    /// What was answered.
    pub outcome: Outcome,
    /// Whether the entry was effective that day; otherwise it was in the party's
    /// history alone.
    pub effective: bool,
    /// The measures that followed from the entry, and what was done about each:
    /// for a red entry that was wrong, the benefits to take back (R100).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub measures: Vec<AffectedMeasure>,
    /// What the check would have come to without the entry, where that was asked.
    pub without: Option<Comparison>,
    /// What keeps the check from being run again without the entry.
    pub not_reconstructible: Option<ReplayGap>,
}

/// A measure that followed from an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AffectedMeasure {
    /// Id of the measure within the check.
    pub id: String,
    /// The catalogue's code.
    pub code: String,
    /// Whether it had to be taken.
    pub nature: Nature,
    /// Whether it favoured or burdened.
    pub direction: Direction,
    /// Content.
    pub content: String,
    /// What the department reported last; absent while it has not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disposition: Option<AffectedDisposition>,
}

/// What a department reported on a measure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AffectedDisposition {
    /// What became of it.
    pub result: DispositionResult,
    /// Why not, or not wholly.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// What was done, in words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub action: String,
    /// When it was reported.
    pub reported_at: Instant,
}
