//! Entries of lists that are kept here, as administrators propose, see and move
//! them.

use creditgate_affairs::local_lists::Proposed;
use creditgate_api::FieldProblemBody;
use creditgate_credit::application::Attributes;
use creditgate_credit::attributes;
use creditgate_credit::entry::{
    EntryState, EntryStatus, EntryText, ListEntry, Particulars, ParticularsText, Severity, number_field,
};
use creditgate_credit::fault::FieldProblem;
use creditgate_credit::identifier::{IdentifierText, Strictness};
use creditgate_credit::lifecycle::{ProposalState, RepairProof, Step, StepKind};
use creditgate_credit::list_type::ListType;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

use crate::time::{Day, Instant};

/// Proposes an entry. Name, family and field are those of its list.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Proposal)]
pub struct ProposalBody {
    /// Jurisdiction whose policy the entry follows (GB/T 2260).
    pub division: String,
    /// Code of the list; its list type must be known.
    pub list: String,
    /// Severity, where the list has one.
    pub severity: Option<Severity>,
    /// Name of the subject.
    pub subject_name: String,
    /// The subject's numbers.
    pub subject_identifiers: Vec<IdentifierText>,
    /// Facts found.
    pub facts: String,
    /// Recognising authority.
    pub authority: String,
    /// Legal basis of the recognition.
    pub basis: String,
    /// Day of recognition; today when absent.
    pub recognised_on: Option<Day>,
    /// Last day of validity.
    pub valid_until: Option<Day>,
    /// It is announced first, and triggers nothing until it is confirmed (R33).
    #[serde(default)]
    pub preliminary: bool,
    /// What else the recogniser says.
    #[serde(default, skip_serializing_if = "Particulars::is_empty")]
    pub particulars: ParticularsText,
    /// Extras; `subject_kind` says `natural_person` where no citizen's number does.
    #[serde(default, with = "attributes", skip_serializing_if = "Vec::is_empty")]
    #[schema(inline, value_type = attributes::Described)]
    pub attributes: Attributes,
    /// Id of the watch entry of the same subject whose place it takes (R45).
    pub escalates: Option<String>,
    /// Why; kept with the step.
    #[schema(min_length = 1, pattern = r"\S")]
    pub reason: String,
}

impl Proposed for ProposalBody {
    fn division(&self) -> &str {
        &self.division
    }

    fn list(&self) -> &str {
        &self.list
    }

    fn escalates(&self) -> Option<&str> {
        self.escalates.as_deref()
    }

    fn entry(
        self,
        id: String,
        list: &ListType,
        today: Date,
        strictness: Strictness,
    ) -> Result<(ListEntry, Vec<FieldProblem>), Vec<FieldProblem>> {
        let status = if self.preliminary { EntryStatus::Preliminary } else { EntryStatus::Effective };
        let row = EntryText {
            id,
            list: list.code.clone(),
            list_name: list.name.clone(),
            kind: list.kind,
            field: list.field.clone(),
            severity: self.severity,
            subject_name: self.subject_name,
            subject_identifiers: self.subject_identifiers,
            facts: self.facts,
            authority: self.authority,
            basis: self.basis,
            recognised_on: self.recognised_on.map_or(today, |day| day.0),
            valid_until: self.valid_until.map(|day| day.0),
            status,
            ended_on: None,
            suspended: false,
            particulars: self.particulars,
            attributes: self.attributes,
        };
        row.accepted(strictness, number_field)
    }
}

/// A step of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EntryStep)]
pub struct StepBody {
    /// Which step. To escalate is to propose the black entry, with `escalates`.
    pub step: StepKind,
    /// Why; kept with the step.
    #[schema(min_length = 1, pattern = r"\S")]
    pub reason: String,
    /// For `repair`: the subject made a public credit commitment.
    #[serde(default)]
    pub public_commitment: bool,
    /// For `repair`: the duties of the decision are performed.
    #[serde(default)]
    pub duties_performed: bool,
    /// For `set_watch`: the last day on the watch list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub watch_until: Option<Day>,
}

impl StepBody {
    /// The step.
    ///
    /// # Errors
    /// What is missing for it.
    pub fn step(&self) -> Result<Step, FieldProblem> {
        Ok(match self.step {
            StepKind::Confirm => Step::Confirm,
            StepKind::Reject => Step::Reject,
            StepKind::Withdraw => Step::Withdraw,
            StepKind::StandardChanged => Step::StandardChanged,
            StepKind::Remove => Step::Remove,
            StepKind::Warn => Step::Warn,
            StepKind::Repair => Step::Repair(RepairProof {
                public_commitment: self.public_commitment,
                duties_performed: self.duties_performed,
            }),
            StepKind::SetWatch => {
                let missing = || FieldProblem::new("watch_until", "field.missing", "must say the last day");
                Step::SetWatch(self.watch_until.ok_or_else(missing)?.0)
            }
            StepKind::Escalate => {
                let message = "is taken by proposing the black entry with `escalates`";
                return Err(FieldProblem::new("step", "step.by_proposal", message));
            }
        })
    }
}

/// An entry with where it stands and what was done with it. Numbers are masked,
/// and so are the names of natural persons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = LocalEntry)]
pub struct LocalEntryBody {
    /// The entry.
    pub entry: EntryText,
    /// What it is today.
    pub state: EntryState,
    /// Whether it is public today (R38, R92).
    pub public: bool,
    /// How it is kept here; absent where it is kept elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept: Option<KeptBody>,
    /// What its recogniser still has to say, such as `particulars.watch_until`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pending: Vec<String>,
    /// Remarks on a proposal that did not prevent it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<FieldProblemBody>,
    /// Everything that was done with it, oldest first; of one entry alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<StepTakenBody>,
}

/// How an entry is kept here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Kept)]
pub struct KeptBody {
    /// Jurisdiction whose policy it follows.
    pub division: String,
    /// Where its proposal stands.
    pub proposal: ProposalState,
    /// Id of the watch entry whose place it takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalates: Option<String>,
    /// When it was proposed.
    pub proposed_at: Instant,
    /// Key id of who proposed it.
    pub proposed_by: String,
}

/// A step that was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = StepTaken)]
pub struct StepTakenBody {
    /// Which step: `propose`, `approve`, `expire`, or one of those that can be
    /// asked for.
    pub step: String,
    /// When.
    pub at: Instant,
    /// Key id of who took it; `host` where nobody did.
    pub actor: String,
    /// Why.
    pub reason: String,
}

/// Entries that are kept here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = LocalEntries)]
pub struct LocalEntriesBody {
    /// The entries, the newest proposal first.
    pub entries: Vec<LocalEntryBody>,
    /// Where the next page begins, if there is one: to be given as `cursor`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{self, CITIZEN_ID, USCC};

    #[test]
    fn r039_an_entry_is_shown_with_numbers_and_names_of_persons_masked() {
        let mut entry = samples::entries().remove(0);
        entry.subject_name = "欧阳示例".to_owned();
        let shown = serde_json::to_string(&entry.shown()).unwrap();
        assert!(!shown.contains(CITIZEN_ID), "{shown}");
        assert!(shown.contains(USCC), "the number of an organisation is public: {shown}");
        assert!(shown.contains("欧***") && !shown.contains("欧阳"), "{shown}");
        for number in &entry.particulars.representative_identifiers {
            assert!(number.masked() == number.value() || !shown.contains(number.value()), "{shown}");
        }
    }

    #[test]
    fn a_step_that_lacks_something_says_what() {
        let step = |kind: StepKind| StepBody {
            step: kind,
            reason: "示例".to_owned(),
            public_commitment: true,
            duties_performed: false,
            watch_until: None,
        };
        for kind in StepKind::ALL {
            let code = match kind {
                StepKind::SetWatch => Some("field.missing"),
                StepKind::Escalate => Some("step.by_proposal"),
                _ => None,
            };
            let read = step(*kind).step();
            assert_eq!(read.as_ref().err().map(|fault| fault.code), code, "{kind:?}");
            if let Ok(read) = read {
                assert_eq!(read.kind(), *kind);
            }
        }
    }
}
