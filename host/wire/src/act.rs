//! Dishonest acts met in an application (R55), and checks to be made again
//! (R100).

use creditgate_credit::verdict::Outcome;
use creditgate_credit::vocabulary;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::time::Instant;

vocabulary! {
    /// What an approval system may report: recognition stays with the authority.
    pub enum ActKind {
        /// 提供虚假材料.
        FalseMaterial = "false_material",
        /// 伪造文书.
        ForgedDocument = "forged_document",
        /// 作出虚假承诺.
        FalseCommitment = "false_commitment",
    }
}

/// A dishonest act to be reported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAct {
    /// The check whose application it was met in.
    pub check_id: String,
    /// Case number; must be that of the check.
    #[serde(deserialize_with = "creditgate_credit::case_number::given")]
    pub case_no: String,
    /// Handle of the party in that application.
    pub party: String,
    /// What was done.
    pub kind: ActKind,
    /// Facts, without identity numbers.
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S")]
    pub facts: String,
}

/// A check to be made again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Recheck {
    /// The check that had the entry.
    pub check_id: String,
    /// Its case.
    pub case_no: String,
    /// Department code.
    pub department: String,
    /// Item code.
    pub item: String,
    /// Checkpoint.
    pub checkpoint: String,
    /// What was answered.
    pub outcome: Outcome,
    /// The entry that turned out otherwise.
    pub entry: String,
    /// What showed it, such as `objection:<id>`; `source` where the source of the
    /// entry no longer has it rest.
    pub cause: String,
    /// Since when it waits.
    pub opened_at: Instant,
    /// The later check of the same case, item and checkpoint; absent while there
    /// is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done_by: Option<String>,
}
