//! What a second person has to agree to.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

use crate::time::Instant;

/// A change that waits for a second person, or had one.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Approval {
    /// Its number.
    pub approval: i64,
    /// `bindings.weaken` or `lists.shrink`.
    pub kind: String,
    /// Of what: a source of list entries, or `bindings`.
    pub subject: String,
    /// How much would go, in one sentence.
    pub summary: String,
    /// The first hundred lines of what would go.
    pub going: Vec<String>,
    /// When it was asked for.
    pub asked_at: Instant,
    /// Key id of who asked.
    pub asked_by: String,
    /// When somebody agreed.
    pub approved_at: Option<Instant>,
    /// Key id of who agreed.
    pub approved_by: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// Until when it may be done.
    pub counts_until: Option<Instant>,
    /// When it was done.
    pub used_at: Option<Instant>,
    /// Key id of who did it.
    pub used_by: Option<String>,
}
