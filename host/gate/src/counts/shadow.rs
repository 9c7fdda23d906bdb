//! What is counted of a shadow.

use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The counting of one shadow.
#[derive(Debug)]
pub struct ShadowWatch {
    trial: i64,
    checks: AtomicU64,
    different: AtomicU64,
    failed: AtomicU64,
    dropped: AtomicU64,
}

/// What was counted of a shadow since it began or the host started.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ShadowCounts {
    /// Checks it judged too.
    pub checks: u64,
    /// Those on which it disagrees.
    pub different: u64,
    /// Those on which it came to no verdict.
    pub failed: u64,
    /// Checks it could not keep up with.
    pub dropped: u64,
}

impl ShadowWatch {
    pub(crate) const fn new(trial: i64) -> Self {
        Self {
            trial,
            checks: AtomicU64::new(0),
            different: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            dropped: AtomicU64::new(0),
        }
    }

    /// Number of the trial.
    #[must_use]
    pub const fn trial(&self) -> i64 {
        self.trial
    }

    /// What was counted so far.
    #[must_use]
    pub fn counts(&self) -> ShadowCounts {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        ShadowCounts {
            checks: read(&self.checks),
            different: read(&self.different),
            failed: read(&self.failed),
            dropped: read(&self.dropped),
        }
    }

    pub(crate) fn judged(&self, came_to_a_verdict: bool, differs: bool) {
        self.checks.fetch_add(1, Ordering::Relaxed);
        self.failed.fetch_add(u64::from(!came_to_a_verdict), Ordering::Relaxed);
        self.different.fetch_add(u64::from(differs), Ordering::Relaxed);
    }

    pub(crate) fn dropped(&self) {
        self.dropped.fetch_add(1, Ordering::Relaxed);
    }
}
