//! Finding checks: what is asked, and what is found.

use creditgate_credit::check::Status;
use creditgate_credit::time::{Day, Instant};
use creditgate_credit::verdict::Outcome;
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use crate::request::PartyIdentifier;

/// Which checks are looked for; what is absent does not select.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CheckSearch {
    /// Case number (办件编号).
    #[cfg_attr(feature = "schema", schema(max_length = 64))]
    pub case_no: Option<String>,
    /// A number of a party.
    pub subject: Option<PartyIdentifier>,
    /// First day of the checks.
    pub since: Option<Day>,
    /// Last day of the checks.
    pub until: Option<Day>,
    /// Department code.
    pub department: Option<String>,
    /// Item code (事项编码).
    pub item: Option<String>,
    /// Checkpoint.
    pub checkpoint: Option<String>,
    /// What was found.
    pub status: Option<Status>,
    /// Outcome, as it was answered.
    pub outcome: Option<Outcome>,
    /// Id of a list entry a party had, effective or in its history.
    pub entry: Option<String>,
    /// Number of the release that judged.
    #[cfg_attr(feature = "schema", schema(minimum = 1))]
    pub release: Option<i64>,
    /// Where to go on: `next` of the page before; the first page when absent.
    #[cfg_attr(feature = "schema", schema(max_length = 1000))]
    pub cursor: Option<String>,
    /// Most checks of the page; 100 when absent.
    #[cfg_attr(feature = "schema", schema(minimum = 1, maximum = 1000))]
    pub limit: Option<u32>,
}

/// A check that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct FoundCheck {
    /// Id of the check.
    #[cfg_attr(feature = "schema", schema(format = "uuid"))]
    pub check_id: String,
    /// Case number.
    pub case_no: String,
    /// Department code.
    pub department: String,
    /// Item code.
    pub item: String,
    /// Checkpoint.
    pub checkpoint: String,
    /// What was found.
    pub status: Status,
    /// Outcome, as it was answered.
    pub outcome: Outcome,
    /// Number of the release that judged; absent where none did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release: Option<i64>,
    /// Instant of the check.
    pub checked_at: Instant,
}

/// Checks that were found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct FoundChecks {
    /// The checks, newest first.
    pub checks: Vec<FoundCheck>,
    /// Where the next page begins, if there is one: to be given as `cursor`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}
