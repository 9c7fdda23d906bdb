//! Entries of lists that are kept here, as they are proposed, kept and moved.

use creditgate_credit::application::Attributes;
use creditgate_credit::attributes;
use creditgate_credit::entry::{
    EntryStatus, EntryText, ListEntry, Particulars, ParticularsText, Severity, number_field,
};
use creditgate_credit::fault::FieldProblem;
use creditgate_credit::identifier::{IdentifierText, Strictness};
use creditgate_credit::lifecycle::{ProposalState, RepairProof, Step, StepKind};
use creditgate_credit::list_type::ListType;
use creditgate_credit::time::{Day, Instant};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

use crate::Change;

/// Proposes an entry. Name, family and field are those of its list.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Proposal {
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

impl Proposal {
    /// The entry under a new id, with remarks on its numbers.
    ///
    /// # Errors
    /// Every fault of it.
    pub(super) fn entry(
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
pub struct NewStep {
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

impl NewStep {
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

/// An entry of a list that is kept here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalEntry {
    /// The entry: as it stands on its list, or as it was proposed.
    pub entry: ListEntry,
    /// How it is kept.
    pub kept: Kept,
}

/// How an entry is kept here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Kept {
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
pub struct EntryStep {
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

impl EntryStep {
    pub(super) fn new(step: &str, Change { actor, reason, at }: Change) -> Self {
        Self { step: step.to_owned(), at: at.into(), actor, reason }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_that_lacks_something_says_what() {
        let step = |kind: StepKind| NewStep {
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
