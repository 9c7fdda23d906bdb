//! Commitments as they are reported on, kept and shown (R82, R83).

use creditgate_credit::commitment::{CommitmentStanding, CommitmentStep};
use creditgate_credit::dossier::CommitmentState;
use creditgate_credit::time::{Day, Instant};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

/// The party has signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CommitmentSignature)]
pub struct Signature {
    /// Day of the signature.
    pub signed_on: Day,
    /// Where the signed document is kept, such as its number in the archive.
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S")]
    pub document: String,
    /// SHA-256 of the text that was signed, in hexadecimal: refused where it is
    /// not the text the check asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text_hash: Option<String>,
}

/// What was missing has been supplied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CommitmentFulfilment)]
pub struct Fulfilment {
    /// Day on which everything was there. After the last day it counts as late.
    pub fulfilled_on: Day,
    /// Codes of the materials.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub materials: Vec<String>,
    /// The officer who took them.
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S")]
    pub by: String,
    /// Where the proof is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
}

/// The department grants more time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CommitmentExtension)]
pub struct Extension {
    /// The new last day, after the one before and not past.
    pub until: Day,
    /// Why.
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S")]
    pub reason: String,
}

/// The commitment was false, or the department finds that it was not kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CommitmentBreach)]
pub struct Breach {
    /// What is found.
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S")]
    pub reason: String,
    /// The facts it rests on; goes to the platform.
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S")]
    pub facts: String,
}

/// The party's credit is repaired.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CommitmentRepair)]
pub struct CreditRepair {
    /// Day of the decision on the repair.
    pub repaired_on: Day,
    /// Number of the decision.
    pub document: String,
}

/// Particulars of a step; each is there where the step has it. Kept in this form.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = CommitmentStepDetail)]
pub struct StepDetail {
    /// Codes of the materials that were supplied.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub materials: Vec<String>,
    /// The officer.
    pub by: Option<String>,
    /// Document it rests on.
    pub document: Option<String>,
    /// The new last day.
    pub until: Option<Day>,
    /// Why.
    pub reason: Option<String>,
    /// The facts.
    pub facts: Option<String>,
    /// It came after the last day.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub late: bool,
}

/// Something that happened to a commitment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = CommitmentStep)]
pub struct StepTaken {
    /// `signed`, `fulfilled`, `extended`, `overdue`, `breached` or `repaired`.
    #[schema(value_type = String)]
    pub step: CommitmentStep,
    /// Day on which it happened.
    pub day: Day,
    /// When it was recorded.
    pub at: Instant,
    /// Key id of who reported it; `host` for the host itself.
    pub actor: String,
    /// Particulars.
    #[serde(flatten)]
    pub detail: StepDetail,
}

/// A commitment a check asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Commitment {
    /// Id: that of the check.
    pub id: String,
    /// Department code.
    pub department: String,
    /// Item code.
    pub item: String,
    /// Checkpoint of the check; empty for one of an older creditgate.
    #[serde(skip)]
    pub checkpoint: String,
    /// Division of the case; empty for one of an older creditgate.
    #[serde(skip)]
    pub division: String,
    /// Case number.
    pub case_no: String,
    /// Handle of the party within the case.
    pub party: String,
    /// The party in the form of feedback; empty where it was not kept. Holds identity
    /// numbers, and is never shown.
    #[serde(skip)]
    pub subject: String,
    /// SHA-256 of the text to be signed, in hexadecimal.
    pub text_hash: String,
    /// Codes of the materials to be supplied.
    pub missing: Vec<String>,
    /// Day of the check.
    pub made_on: Day,
    /// Last day.
    pub due_on: Day,
    /// `open`, `fulfilled`, `overdue` or `breached`.
    #[schema(value_type = String)]
    pub state: CommitmentState,
    /// It was fulfilled after its last day.
    pub late: bool,
    /// Its breach was repaired: later checks do not see it.
    pub repaired: bool,
    /// What happened to it, in order.
    pub steps: Vec<StepTaken>,
}

impl Commitment {
    /// Where it stands, as the domain counts.
    #[must_use]
    pub const fn standing(&self) -> CommitmentStanding {
        CommitmentStanding { state: self.state, repaired: self.repaired }
    }

    /// With these steps: the last fulfilment says whether it came late.
    #[must_use]
    pub fn with_steps(mut self, steps: Vec<StepTaken>) -> Self {
        let fulfilled = steps.iter().rfind(|step| step.step == CommitmentStep::Fulfil);
        self.late = fulfilled.is_some_and(|step| step.detail.late);
        self.steps = steps;
        self
    }
}

/// Commitments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Commitments {
    /// The commitments, the first due first.
    pub commitments: Vec<Commitment>,
    /// Where the next page begins, if there is one: to be given as `cursor`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}
