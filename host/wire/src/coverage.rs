//! Reports on the two promises of R2 and R3: every case was checked, and every
//! measure was taken or has a reason.

use creditgate_credit::coverage::{CoverageCounts, CoverageTally, UncheckedCase};
use creditgate_gate::Mode;
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

use crate::time::{Day, Instant};

/// Which issued cases had their checks (R2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Coverage)]
pub struct CoverageBody {
    /// Cases counted.
    pub issued: u64,
    /// Cases that had every required check before they were issued.
    pub complete: u64,
    /// Cases that lack a check, those of unbound items among them.
    pub with_gap: u64,
    /// By department, item and checkpoint.
    pub checkpoints: Vec<CheckpointCoverageBody>,
    /// Items that are bound nowhere, so that nobody could check.
    pub unbound: Vec<UnboundItemBody>,
    /// Cases that were not simply checked, at most 1,000.
    pub cases: Vec<UncheckedCase>,
    /// How many more of these there are.
    pub cases_left_off: u64,
}

/// The cases of an item at a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = CheckpointCoverage)]
pub struct CheckpointCoverageBody {
    /// Department code.
    pub department: String,
    /// Item code.
    pub item: String,
    /// Checkpoint.
    pub checkpoint: String,
    /// Mode of its binding: one that is `off` asks for no check, one on `observe`
    /// shows none.
    pub mode: Mode,
    /// Cases issued.
    pub issued: u64,
    /// Checked before they were issued.
    pub checked: u64,
    /// Asked in time, and no check could say anything.
    pub could_not_check: u64,
    /// Checked only after they were issued.
    pub late: u64,
    /// Never checked.
    pub missing: u64,
}

/// Cases of an item that is bound nowhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = UnboundItem)]
pub struct UnboundItemBody {
    /// Department code.
    pub department: String,
    /// Item code.
    pub item: String,
    /// Cases issued.
    pub issued: u64,
}

impl CoverageBody {
    /// The report of a tally. `mode` knows the modes of bindings; one that went
    /// away meanwhile counts as off.
    #[must_use]
    pub fn new(tally: CoverageTally, mode: impl Fn(&(String, String, String)) -> Mode) -> Self {
        let checkpoints = tally.checkpoints.into_iter();
        let unbound = tally.unbound.into_iter();
        Self {
            issued: tally.issued,
            complete: tally.complete,
            with_gap: tally.with_gap,
            checkpoints: checkpoints.map(|(place, counts)| checkpoint(mode(&place), place, counts)).collect(),
            unbound: unbound
                .map(|((department, item), issued)| UnboundItemBody { department, item, issued })
                .collect(),
            cases: tally.unchecked,
            cases_left_off: tally.unchecked_left_off,
        }
    }
}

fn checkpoint(
    mode: Mode,
    (department, item, checkpoint): (String, String, String),
    counts: CoverageCounts,
) -> CheckpointCoverageBody {
    let CoverageCounts { issued, checked, could_not_check, late, missing } = counts;
    CheckpointCoverageBody {
        department,
        item,
        checkpoint,
        mode,
        issued,
        checked,
        could_not_check,
        late,
        missing,
    }
}

/// Which mandatory measures were taken, and which nobody reported on (R3).
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Completion)]
pub struct CompletionBody {
    /// First day of the checks.
    pub since: Option<Day>,
    /// Last day of the checks.
    pub until: Option<Day>,
    /// By department.
    pub departments: Vec<DepartmentCompletionBody>,
    /// Mandatory measures that nobody reported on, the oldest first, at most
    /// 1,000.
    pub open: Vec<OpenMeasureBody>,
    /// How many more of these there are.
    pub open_left_off: u64,
}

/// The mandatory measures of a department. A measure that was shown at several
/// checkpoints of a case counts once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = DepartmentCompletion)]
pub struct DepartmentCompletionBody {
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
#[schema(as = OpenMeasure)]
pub struct OpenMeasureBody {
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
