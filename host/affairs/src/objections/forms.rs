//! Objections as they are raised, kept and shown (R95 to R99).

use creditgate_credit::objection::{
    ObjectionGround, ObjectionProgress, ObjectionResult, ObjectionState, RaisedBy, Told,
};
use creditgate_credit::overlay::Corrections;
use creditgate_credit::time::{Day, Instant};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

/// An objection to be raised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewObjection {
    /// Id of the entry that is doubted.
    #[schema(min_length = 1, max_length = 200, pattern = r"\S")]
    pub entry: String,
    /// The check that met it. The entry of a caller's objection stands in the evidence
    /// of this check, or of a check of this case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check_id: Option<String>,
    /// The case it came up in, where no check is named.
    #[serde(
        default,
        deserialize_with = "creditgate_credit::case_number::optional",
        skip_serializing_if = "Option::is_none"
    )]
    pub case_no: Option<String>,
    /// Administrative division whose rule says how long the verification may
    /// take; that of the check when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub division: Option<String>,
    /// Who doubts it.
    pub raised_by: RaisedBy,
    /// What kind of thing is said to be wrong; `other` when absent. Once it was
    /// confirmed, the entry does not rest for the same ground again by itself.
    #[serde(default = "other")]
    pub ground: ObjectionGround,
    /// Whether the entry rests until there is a result, whatever was confirmed
    /// before. For publishers and administrators alone; it is kept in the record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspend: Option<bool>,
    /// What is said to be wrong. It goes to the provider: no name of who reported,
    /// and no identity number.
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S")]
    pub reason: String,
    /// How to reach whoever raised it. Only administrators ever see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
}

const fn other() -> ObjectionGround {
    ObjectionGround::Other
}

const fn yes() -> bool {
    true
}

/// What a provider answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ObjectionAnswer {
    /// What the verification came to.
    pub result: ObjectionResult,
    /// What was corrected; for `corrected` alone, and then at least one.
    #[serde(default, skip_serializing_if = "Corrections::is_empty")]
    pub corrections: Corrections,
    /// The provider's words.
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S")]
    pub text: String,
}

/// That somebody was told the result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ObjectionNotice {
    /// Who was told.
    #[schema(inline)]
    pub told: Told,
    /// On which day.
    pub on: Day,
    /// How, such as `letter` or `at the window`.
    #[schema(min_length = 1, max_length = 200, pattern = r"\S")]
    pub how: String,
}

/// The result of an objection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ObjectionDecision {
    /// What the verification came to.
    pub result: ObjectionResult,
    /// What was corrected.
    #[serde(default, skip_serializing_if = "Corrections::is_empty")]
    pub corrections: Corrections,
    /// The provider's words.
    pub text: String,
    /// When it was taken in.
    pub decided_at: Instant,
    /// Key id of who took it in.
    pub decided_with: String,
    /// Id of the feedback that tells the platform.
    pub feedback: String,
}

/// An objection and how far it has come.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Objection {
    /// Id: a time-ordered UUID.
    pub id: String,
    /// Id of the entry that is doubted.
    pub entry: String,
    /// Code of its list, where the entry is in the lists here.
    pub list: Option<String>,
    /// Who recognised it, where the entry is in the lists here.
    pub authority: Option<String>,
    /// Department of the case, where there is one.
    pub department: Option<String>,
    /// The case it came up in.
    pub case_no: Option<String>,
    /// The check that met it.
    pub check_id: Option<String>,
    /// Who doubts it.
    pub raised_by: RaisedBy,
    /// What kind of thing is said to be wrong.
    #[serde(default = "other")]
    pub ground: ObjectionGround,
    /// The entry rests because of it until there is a result.
    #[serde(default = "yes")]
    pub suspends: bool,
    /// The objection after which the same ground was confirmed: the entry does not
    /// rest again by itself.
    pub confirmed_before: Option<String>,
    /// What a publisher or an administrator said of whether it rests.
    pub suspend: Option<bool>,
    /// What is said to be wrong.
    pub reason: String,
    /// How to reach whoever raised it; for administrators alone.
    pub contact: Option<String>,
    /// When it was raised.
    pub raised_at: Instant,
    /// Key id of who raised it.
    pub raised_with: String,
    /// Policy whose limit counts, `division@version`.
    pub policy: String,
    /// Where it stands.
    pub state: ObjectionState,
    /// When the provider was notified: from then its time runs.
    pub notified_at: Option<Instant>,
    /// Id of the feedback that notifies the provider.
    pub feedback: Option<String>,
    /// Last day for the provider's answer; absent where the policy has no limit.
    pub due_on: Option<Day>,
    /// The day may change: the calendar of its year is not official yet.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub due_provisional: bool,
    /// The result.
    pub decision: Option<ObjectionDecision>,
    /// Who has still to be told the result.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(inline)]
    pub to_tell: Vec<Told>,
    /// Who was told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<ObjectionNotice>,
}

impl Objection {
    /// How far it has come, as the domain counts.
    #[must_use]
    pub fn progress(&self) -> ObjectionProgress {
        let told = |who: Told| self.notices.iter().any(|notice| notice.told == who);
        ObjectionProgress {
            raised_by: self.raised_by,
            notified: self.notified_at.is_some(),
            result: self.decision.as_ref().map(|decision| decision.result),
            party_told: told(Told::Party),
            reporter_told: told(Told::Reporter),
        }
    }

    /// Writes down where it stands now.
    #[must_use]
    pub fn with_progress(mut self, progress: ObjectionProgress) -> Self {
        self.state = progress.state();
        self.to_tell = progress.to_tell().collect();
        self
    }
}

/// Objections, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Objections {
    /// The objections.
    pub objections: Vec<Objection>,
    /// Where the next page begins, if there is one: to be given as `cursor`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}
