//! Bodies of the calls about pulls of lists.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

use crate::time::Instant;

/// How a pull stands.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Pull)]
pub struct PullBody {
    /// Its name in the configuration.
    pub name: String,
    /// The connector it asks.
    pub connector: String,
    /// The source its entries are of.
    pub source: String,
    /// How often it runs, in seconds.
    pub every_seconds: u64,
    /// The newest change that was taken in, by the platform's clock.
    pub mark: Option<Instant>,
    /// When it last ran.
    pub tried_at: Option<Instant>,
    /// When it last succeeded.
    pub done_at: Option<Instant>,
    /// Failures since then.
    pub failures: u32,
    /// Why it failed.
    pub last_error: Option<String>,
    /// Entries received in all.
    pub received: u64,
}

/// What a pull did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = PullReport)]
pub struct PullReportBody {
    /// Its name.
    pub name: String,
    /// Entries that are new.
    pub added: u64,
    /// Entries that took the place of another version of themselves.
    pub changed: u64,
    /// Entries that were there already, the same.
    pub unchanged: u64,
    /// Records that could not be read; they are asked for again.
    pub refused: Vec<RefusedRecord>,
    /// How far it came, by the platform's clock; as before when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<Instant>,
}

/// A record that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RefusedRecord {
    /// Position in the answer, from 1.
    pub record: u64,
    /// Field of the entry.
    pub field: String,
    /// What is wrong. Holds no identity number.
    pub problem: String,
}
