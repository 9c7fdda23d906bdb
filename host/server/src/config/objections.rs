//! How many objections may be without a result. An objection takes its entry out of
//! every check until the provider has answered.

use std::num::NonZeroU32;

use creditgate_store::OpenObjections;
use serde::Deserialize;

use super::count;

/// `[objections]`: how many may be without a result at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ObjectionsConfig {
    /// Raised with one key.
    pub open_of_key: NonZeroU32,
    /// To one entry.
    pub open_to_entry: NonZeroU32,
}

impl Default for ObjectionsConfig {
    fn default() -> Self {
        Self { open_of_key: count(100), open_to_entry: count(1) }
    }
}

impl ObjectionsConfig {
    /// As the store counts.
    pub(crate) fn most_open(&self) -> OpenObjections {
        OpenObjections { of_key: self.open_of_key.get(), to_entry: self.open_to_entry.get() }
    }
}
