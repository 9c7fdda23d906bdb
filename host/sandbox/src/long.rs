//! Where calls go that are not done at once, whatever the class of their guest:
//! shares say who may run, the lane runs them.

use crate::engine::SandboxOptions;
use crate::error::SandboxError;
use crate::lane::Lane;
use crate::share::{Shares, Terms};

/// What long calls need.
pub(crate) struct Long {
    pub(crate) shares: Shares,
    pub(crate) lane: Lane,
}

impl Long {
    /// Starts the threads. All departments together leave half of the small
    /// guests' slots to calls that are done at once; large guests, none of which
    /// is, may take all of theirs.
    ///
    /// # Errors
    ///
    /// The threads do not start.
    pub(crate) fn start(options: &SandboxOptions) -> Result<Self, SandboxError> {
        let long = &options.long;
        let terms = Terms {
            calls: long.calls_per_department,
            queued: long.queued_per_department,
            longest_wait: long.queue_wait,
        };
        let small = (options.small.concurrent_calls / 2).max(1);
        let of_all = small.saturating_add(options.large.concurrent_calls);
        Ok(Self {
            shares: Shares::new(terms, of_all),
            lane: Lane::start(long.threads).map_err(SandboxError::Lane)?,
        })
    }
}
