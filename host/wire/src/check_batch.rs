//! Many checks in one request: each is made, or not, for itself.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::answer::AnswerBody;
use crate::problem::ProblemBody;
use crate::request::CheckRequestBody;

/// Requests for checks.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CheckBatch)]
pub struct CheckBatchBody {
    /// The requests, at most 1,000. Each is read for itself.
    #[schema(value_type = Vec<BatchedCheckBody>, min_items = 1, max_items = 1000)]
    pub checks: Vec<Box<RawValue>>,
}

/// A request for a check among others.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BatchedCheck)]
pub struct BatchedCheckBody {
    /// What `Idempotency-Key` is to a check that is asked for alone: 1 to 128
    /// printable ASCII characters.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 128, pattern = "^[!-~]+$")]
    pub idempotency_key: Option<String>,
    /// The request.
    #[schema(value_type = CheckRequestBody)]
    pub request: Box<RawValue>,
}

/// What came of each request.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CheckBatchResults)]
pub struct CheckBatchResultsBody {
    /// One result for each request, in the same order.
    pub results: Vec<BatchResultBody>,
}

/// What came of one request: an answer or a problem.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BatchResult)]
pub struct BatchResultBody {
    /// The HTTP status the request would have had alone.
    pub status: u16,
    /// Whether the answer is that of an earlier check, made under the same
    /// idempotency key.
    pub replayed: bool,
    /// The check, recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<AnswerBody<'static>>)]
    pub answer: Option<Box<RawValue>>,
    /// Why no check was made. The places of its faults lie below `request`, other
    /// than that of `idempotency_key`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<ProblemBody>,
}
