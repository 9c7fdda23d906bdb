//! Bodies of the calls about connectors.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How a connector is doing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Connector {
    /// The name bindings call it by.
    pub name: String,
    /// Queries sent since the host began.
    pub asked: u64,
    /// Those of them that failed.
    pub failed: u64,
    /// Answers kept.
    pub kept: u64,
    /// Whether the platform failed so often that it is left alone for a while.
    pub left_alone: bool,
    /// Bindings that need it.
    pub bindings: Vec<String>,
}
