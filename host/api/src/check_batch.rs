//! Many checks in one request: each is made, or not, for itself.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::answer::Answer;
use crate::problem::ProblemDocument;
use crate::request::CheckRequest;

/// Requests for checks.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CheckBatch {
    /// The requests, at most 1,000. Each is read for itself.
    #[cfg_attr(feature = "schema", schema(value_type = Vec<BatchedCheck>, min_items = 1, max_items = 1000))]
    pub checks: Vec<Box<RawValue>>,
}

/// A request for a check among others.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct BatchedCheck {
    /// What `Idempotency-Key` is to a check that is asked for alone: 1 to 128
    /// printable ASCII characters.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(min_length = 1, max_length = 128, pattern = "^[!-~]+$"))]
    pub idempotency_key: Option<String>,
    /// The request.
    #[cfg_attr(feature = "schema", schema(value_type = CheckRequest))]
    pub request: Box<RawValue>,
}

/// What came of each request.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CheckBatchResults {
    /// One result for each request, in the same order.
    pub results: Vec<BatchResult>,
}

/// What came of one request: an answer or a problem.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct BatchResult {
    /// The HTTP status the request would have had alone.
    pub status: u16,
    /// Whether the answer is that of an earlier check, made under the same
    /// idempotency key.
    pub replayed: bool,
    /// The check, recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<Answer<'static>>))]
    pub answer: Option<Box<RawValue>>,
    /// Why no check was made. The places of its faults lie below `request`, other
    /// than that of `idempotency_key`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<ProblemDocument>,
}
