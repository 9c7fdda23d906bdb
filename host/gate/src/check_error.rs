//! Why a request got no check. What goes wrong inside a check is not here: it
//! becomes `could_not_check` and is recorded.

use creditgate_credit::fault::FieldProblem;
use creditgate_credit::policy::MissingValue;

use crate::error::LedgerError;
use crate::passed::NotPassed;

/// Why there is no check.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// The request is malformed; every fault is listed.
    #[error("the request has {} fault(s)", .0.len())]
    Invalid(Vec<FieldProblem>),
    /// The caller's key does not cover the department.
    #[error("this key may not ask for department `{0}`")]
    DepartmentNotAllowed(String),
    /// No binding has this department.
    #[error("department `{0}` has no binding here")]
    UnknownDepartment(String),
    /// The department has no binding for this item.
    #[error("department `{department}` has no binding for item `{item}`")]
    UnknownItem {
        /// The department.
        department: String,
        /// The item.
        item: String,
    },
    /// The item is not bound at this checkpoint.
    #[error("item `{item}` is not bound at checkpoint `{checkpoint}`; it is at: {}", known.join(", "))]
    UnknownCheckpoint {
        /// The item.
        item: String,
        /// The checkpoint.
        checkpoint: String,
        /// Checkpoints of this item that are bound.
        known: Vec<String>,
    },
    /// The jurisdiction has no policy for the day.
    #[error("no policy of division `{0}` is in force today; import one")]
    NoPolicy(String),
    /// The jurisdiction's policy leaves open what a rule needs.
    #[error(transparent)]
    PolicyIncomplete(#[from] MissingValue),
    /// No edition of the catalogue is in force.
    #[error("no edition of the measures catalogue is in force today; import one")]
    NoCatalogue,
    /// The request names a division the binding is not for.
    #[error("division `{division}` does not lie in `{jurisdiction}`, which the binding is for")]
    DivisionOutside {
        /// The division named.
        division: String,
        /// The binding's division.
        jurisdiction: String,
    },
    /// The binding insists on earlier checks of the case (R2).
    #[error("case `{case_no}` has not passed: {}", listed(missing))]
    ReceiptsMissing {
        /// The case.
        case_no: String,
        /// The checkpoints it has not passed.
        missing: Vec<NotPassed>,
    },
    /// The idempotency key was used with another body.
    #[error("this idempotency key was used before with a different request")]
    IdempotencyConflict,
    /// Too many checks at once.
    #[error("all plug-in slots are busy; try again shortly")]
    Busy,
    /// The department has as many checks under way as it may.
    #[error("department `{0}` has as many checks under way as it may; try again shortly")]
    DepartmentFull(String),
    /// The department's plug-ins compute for so long that no more of them may run.
    #[error("plug-ins of department `{0}` that take long have its whole share; try again shortly")]
    ShareTaken(String),
    /// The record could not be made durable, so nothing is answered.
    #[error("the check could not be recorded")]
    Ledger(#[from] LedgerError),
}

impl CheckError {
    /// Stable code on the wire.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "request.invalid",
            Self::DepartmentNotAllowed(_) => "department.not_allowed",
            Self::UnknownDepartment(_) => "department.unknown",
            Self::UnknownItem { .. } => "item.unknown",
            Self::UnknownCheckpoint { .. } => "checkpoint.unknown",
            Self::NoPolicy(_) => "policy.none_in_force",
            Self::PolicyIncomplete(_) => "policy.value_missing",
            Self::NoCatalogue => "catalogue.none_in_force",
            Self::DivisionOutside { .. } => "division.outside",
            Self::ReceiptsMissing { .. } => "receipts.missing",
            Self::IdempotencyConflict => "idempotency.conflict",
            Self::Busy => "host.busy",
            Self::DepartmentFull(_) | Self::ShareTaken(_) => "department.busy",
            Self::Ledger(_) => "ledger.unavailable",
        }
    }
}

fn listed(missing: &[NotPassed]) -> String {
    missing.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
