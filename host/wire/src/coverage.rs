//! The report on the promise of R3: every measure was taken or has a reason.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

use crate::time::{Day, Instant};

/// Which mandatory measures were taken, and which nobody reported on (R3).
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Completion {
    /// First day of the checks.
    pub since: Option<Day>,
    /// Last day of the checks.
    pub until: Option<Day>,
    /// By department.
    pub departments: Vec<DepartmentCompletion>,
    /// Mandatory measures that nobody reported on, the oldest first, at most
    /// 1,000.
    pub open: Vec<OpenMeasure>,
    /// How many more of these there are.
    pub open_left_off: u64,
}

/// The mandatory measures of a department. A measure that was shown at several
/// checkpoints of a case counts once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DepartmentCompletion {
    /// Department code.
    pub department: String,
    /// Measures shown.
    pub measures: u64,
    /// Carried out.
    pub executed: u64,
    /// Carried out in part.
    pub partly: u64,
    /// Not carried out, with a reason.
    pub not_executed: u64,
    /// Something else, with a reason.
    pub other: u64,
    /// Nobody reported on them.
    pub open: u64,
    /// Of these, shown up to 7 days ago.
    pub open_to_7_days: u64,
    /// Of these, shown 8 to 30 days ago.
    pub open_to_30_days: u64,
    /// Of these, shown longer ago.
    pub open_longer: u64,
}

/// A measure that nobody reported on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OpenMeasure {
    /// The last check that showed it.
    pub check_id: String,
    /// Case number.
    pub case_no: String,
    /// Department code.
    pub department: String,
    /// Item code.
    pub item: String,
    /// Checkpoint of the check.
    pub checkpoint: String,
    /// Instant of the check.
    pub checked_at: Instant,
    /// Id of the measure.
    pub measure: String,
    /// Days since it was first shown.
    pub days: u32,
}
