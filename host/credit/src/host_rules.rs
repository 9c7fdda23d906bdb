//! Versions of the host's own rules.
//!
//! A record names the version it was made under, and running it again holds it to
//! that version: a rule that came later says nothing of what was decided before.

use std::sync::Arc;

use crate::policy::{Policy, WindowCount};
use crate::vocabulary;

vocabulary! {
    /// A version, the oldest first.
    pub enum HostRules {
        /// Of records that name none: a refusal rests on any basis in force, entries
        /// that name no end have none, what is over spoils the clean window by the last
        /// day of its effect, and an entry that rests outranks no reward.
        First = "1",
        /// A refusal rests on a measure of its entry or on a statutory material; the
        /// policy gives entries an end that name none, and says by which day what is
        /// over counts. A party of whom it is in doubt who it is, is never clear. An
        /// entry that rests outranks rewards, and the host names it in the explanation.
        Second = "2",
    }
}

impl HostRules {
    /// What checks are made under.
    pub const CURRENT: Self = Self::Second;

    /// The policy as these rules read it: values they did not know are as the host
    /// acted before there were any.
    #[must_use]
    pub fn reading(self, policy: Arc<Policy>) -> Arc<Policy> {
        if self >= Self::Second {
            return policy;
        }
        let mut policy = Arc::unwrap_or_clone(policy);
        policy.clean_window_counts = WindowCount::Effect;
        Arc::new(policy)
    }
}
