//! How often measures met each fate, in one decision and in another.

use creditgate_gate::Fate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

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
