//! What a department did about the measures of a check.

use creditgate_credit::application::Attributes;
use creditgate_credit::attributes;
use creditgate_credit::check::DispositionResult;
use creditgate_credit::disposition_details::DispositionDetails;
use creditgate_credit::time::Instant;
use serde::{Deserialize, Serialize};

/// What a department did about measures of a check (R3, R7).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Dispositions {
    /// One for each measure reported on; at least one.
    pub dispositions: Vec<Disposition>,
}

/// What was done about one measure.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Disposition {
    /// Id of a measure of the check.
    pub measure: String,
    /// What became of it.
    #[cfg_attr(feature = "schema", schema(value_type = DispositionResult))]
    pub result: String,
    /// Needed for everything but `executed`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[cfg_attr(feature = "schema", schema(max_length = 2000))]
    pub reason: String,
    /// What was done, in words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[cfg_attr(feature = "schema", schema(max_length = 2000))]
    pub action: String,
    /// Who did it.
    #[cfg_attr(feature = "schema", schema(min_length = 1, max_length = 100, pattern = r"\S"))]
    pub officer: String,
    /// When; the time of the report when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<Instant>))]
    pub executed_at: Option<String>,
    /// What else belongs to the feedback record.
    #[serde(default, skip_serializing_if = "DispositionDetails::is_empty")]
    pub details: DispositionDetails,
    /// Extras for the credit platform.
    #[serde(default, with = "attributes", skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schema(inline, value_type = attributes::Described))]
    pub attributes: Attributes,
}

/// The feedback a report was turned into.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct DispositionsAccepted {
    /// Ids of the messages to the credit platform, in the order reported.
    pub feedback: Vec<String>,
}
