//! Many checks in one request: each is made, or not, for itself.

use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};
use serde_with::skip_serializing_none;

use crate::answer::Answer;
use crate::problem::ProblemDocument;
use crate::request::CheckRequest;

/// Requests for checks.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CheckBatch {
    /// The requests, at most 1,000. Each is read for itself.
    #[cfg_attr(feature = "schema", schema(value_type = Vec<BatchedCheck>, min_items = 1, max_items = 1000))]
    pub checks: Vec<Box<RawValue>>,
}

impl CheckBatch {
    /// A batch of these requests.
    ///
    /// # Errors
    /// When a form cannot be written as JSON.
    pub fn new(checks: &[BatchedCheck]) -> serde_json::Result<Self> {
        Ok(Self { checks: checks.iter().map(to_raw_value).collect::<Result<_, _>>()? })
    }
}

/// A request for a check among others.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct BatchedCheck {
    /// What `Idempotency-Key` is to a check that is asked for alone: 1 to 128
    /// printable ASCII characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(min_length = 1, max_length = 128, pattern = "^[!-~]+$"))]
    pub idempotency_key: Option<String>,
    /// The request.
    #[cfg_attr(feature = "schema", schema(value_type = CheckRequest))]
    pub request: Box<RawValue>,
}

impl BatchedCheck {
    /// A request under this key.
    ///
    /// # Errors
    /// When the form cannot be written as JSON.
    pub fn new(idempotency_key: Option<String>, request: &CheckRequest) -> serde_json::Result<Self> {
        Ok(Self { idempotency_key, request: to_raw_value(request)? })
    }
}

/// What came of each request.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CheckBatchResults {
    /// One result for each request, in the same order.
    pub results: Vec<BatchResult>,
}

/// What came of one request: an answer or a problem.
#[skip_serializing_none]
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct BatchResult {
    /// The HTTP status the request would have had alone.
    pub status: u16,
    /// Whether the answer is that of an earlier check, made under the same
    /// idempotency key.
    pub replayed: bool,
    /// The check, recorded.
    #[cfg_attr(feature = "schema", schema(value_type = Option<Answer<'static>>))]
    pub answer: Option<Box<RawValue>>,
    /// Why no check was made. The places of its faults lie below `request`, other
    /// than that of `idempotency_key`.
    pub problem: Option<ProblemDocument>,
}

impl BatchResult {
    /// The answer, where the check was made.
    ///
    /// # Errors
    /// When the answer is not of the form this version knows.
    pub fn read_answer(&self) -> serde_json::Result<Option<Answer<'static>>> {
        self.answer.as_deref().map(|answer| serde_json::from_str(answer.get())).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_is_written_as_the_host_reads_it() {
        let request = CheckRequest { case_no: "C-1".to_owned(), ..CheckRequest::default() };
        let checks = [BatchedCheck::new(Some("k".to_owned()), &request).unwrap()];
        let text = serde_json::to_string(&CheckBatch::new(&checks).unwrap()).unwrap();
        let read: CheckBatch = serde_json::from_str(&text).unwrap();
        let check: BatchedCheck = serde_json::from_str(read.checks[0].get()).unwrap();
        assert_eq!(check.idempotency_key.as_deref(), Some("k"));
        assert_eq!(serde_json::from_str::<CheckRequest>(check.request.get()).unwrap(), request);
    }
}
