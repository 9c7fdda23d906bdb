//! What an approval system asks, before anything of it is verified.

use creditgate_credit::application::{Attributes, Material, PartyRole, Report, SubjectKind};
use creditgate_credit::fault::FieldProblem;
use creditgate_credit::identifier::IdentifierKind;
use jiff::civil::Date;

/// Who calls: an API key and what it may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Id of the key, never the key itself.
    pub key: String,
    /// Departments it may ask for; `None` means every department.
    pub departments: Option<Vec<String>>,
}

impl Caller {
    /// Whether the caller may ask for this department.
    #[must_use]
    pub fn may_ask_for(&self, department: &str) -> bool {
        self.departments.as_ref().is_none_or(|allowed| allowed.iter().any(|name| name == department))
    }
}

/// The caller's promise that two requests with this key are the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idempotency {
    /// The caller's key; 1 to 128 printable ASCII characters.
    pub key: String,
    /// SHA-256 of the request body: the same key with another body is a mistake.
    pub body_hash: [u8; 32],
}

/// A party as the caller describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartyInput {
    /// Handle within the case; `p1`, `p2`, … by position when absent.
    pub id: Option<String>,
    /// The part it plays.
    pub role: PartyRole,
    /// Handle of the party it acts for.
    pub acts_for: Option<String>,
    /// Kind of subject.
    pub kind: SubjectKind,
    /// Full name.
    pub name: String,
    /// Kind and text of each number, as typed.
    pub identifiers: Vec<(IdentifierKind, String)>,
    /// The caller's extras.
    pub attributes: Attributes,
}

/// One request for a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckRequest {
    /// Present when the caller may repeat the request.
    pub idempotency: Option<Idempotency>,
    /// Department code.
    pub department: String,
    /// Item code.
    pub item: String,
    /// Checkpoint.
    pub checkpoint: String,
    /// Case number.
    pub case_no: String,
    /// The officer on whose behalf the query is made (R117).
    pub operator: String,
    /// Jurisdiction; the binding's own when absent.
    pub division: Option<String>,
    /// Day of filing; the day of the check when absent.
    pub filed_on: Option<Date>,
    /// Everyone concerned.
    pub parties: Vec<PartyInput>,
    /// Materials with their state.
    pub materials: Vec<Material>,
    /// Credit reports handed in.
    pub reports: Vec<Report>,
    /// The form as a JSON object in text.
    pub form: String,
    /// Receipts of the case's earlier checkpoints.
    pub receipts: Vec<String>,
    /// The caller's extras.
    pub attributes: Attributes,
    /// What was wrong with the request when it was read, where stand-ins are now. A
    /// request with faults is refused, with these and what else is wrong.
    pub faults: Vec<FieldProblem>,
}
