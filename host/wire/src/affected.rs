//! The checks that had a list entry before them, and what they would have come
//! to without it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::code::{OutcomeCode, StatusCode};
use crate::decision::ComparisonBody;
use crate::replay::GapBody;
use crate::time::Instant;

/// The checks that had an entry before them, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Affected)]
pub struct AffectedBody {
    /// Id of the entry.
    pub entry: String,
    /// The checks, at most 1,000.
    pub checks: Vec<AffectedCheckBody>,
    /// Where there are more: to be given as `after` for the next ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<i64>,
}

/// A check that had an entry before it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = AffectedCheck)]
pub struct AffectedCheckBody {
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
    #[schema(inline)]
    pub checked_at: Instant,
    /// What was found.
    #[schema(inline)]
    pub status: StatusCode,
    /// What was answered.
    #[schema(inline)]
    pub outcome: OutcomeCode,
    /// Whether the entry was effective that day; otherwise it was in the party's
    /// history alone.
    pub effective: bool,
    /// What the check would have come to without the entry, where that was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub without: Option<ComparisonBody>,
    /// What keeps the check from being run again without the entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_reconstructible: Option<GapBody>,
}
