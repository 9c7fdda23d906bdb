//! Why something about an affair is refused. Nothing of it is kept then.

use creditgate_credit::commitment::CommitmentStep;
use creditgate_credit::dossier::CommitmentState;
use creditgate_credit::fault::FieldProblem;
use creditgate_credit::lifecycle::{ProposalState, StepError};
use creditgate_credit::objection::ObjectionFault;
use creditgate_credit::rectification::TalkFault;
use creditgate_credit::repair::{RepairState, UnmetCondition};

use crate::person::NotSecond;

/// Why something is refused.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// What was asked has faults.
    #[error("the request has {} fault(s)", .0.len())]
    Invalid(Vec<FieldProblem>),
    /// A department's system has to name a check or a case.
    #[error("name the check, or the case, in whose evidence the entry stands")]
    CaseMissing,
    /// No such check.
    #[error("there is no check `{0}`")]
    UnknownCheck(String),
    /// The check is of another case than the one named.
    #[error("the check is of another case")]
    OtherCase,
    /// No check was made of the case.
    #[error("nobody has asked for a check of this case")]
    UnknownCase,
    /// What it is about is another department's.
    #[error("this key may not ask for department `{}`", .0.as_deref().unwrap_or("-"))]
    OtherDepartment(Option<String>),
    /// The case is other departments'.
    #[error("this key is not for the case's departments")]
    OtherDepartments,
    /// The decision that was made public is another department's.
    #[error("the decision is another department's")]
    OthersDecision,
    /// The department of a typical case had no check of its case.
    #[error("department `{0}` had no check of the case")]
    NoCheckOfCase(String),
    /// For no decision of the check or case is publicity owed.
    #[error(
        "for no decision of this check or case is publicity owed: it was reported before, or no check at \
         issuance let it proceed"
    )]
    PublicityNotOwed,
    /// The entry is none of those before the check or the case.
    #[error("entry `{entry}` does not stand in the evidence of {of}, matched by a party's numbers")]
    NotInEvidence {
        /// Id of the entry.
        entry: String,
        /// `the check` or `a check of the case`.
        of: &'static str,
    },
    /// The jurisdiction has no policy today.
    #[error("no policy is in force in `{0}` today")]
    NoPolicy(String),
    /// No checkpoint of the department is bound.
    #[error("no checkpoint of department `{0}` is bound")]
    UnknownDepartment(String),
    /// Neither the lists nor any check has this entry.
    #[error("there is no entry `{0}` in the lists, and no check had it")]
    UnknownEntry(String),
    /// The lists do not have this entry.
    #[error("there is no entry `{0}`")]
    NotListed(String),
    /// The step cannot be taken from where the entry is.
    #[error("entry `{id}` stays as it is")]
    EntryStep {
        /// Id of the entry.
        id: String,
        /// Why.
        source: StepError,
    },
    /// The entry is another's.
    #[error(
        "entry `{0}` is not kept here: who recognised it changes it, and its platform says so with the next import"
    )]
    NotLocal(String),
    /// The proposal waits for somebody's agreement.
    #[error(
        "entry `{0}` is only proposed: somebody else has to approve it first; until then it can be rejected"
    )]
    NotApproved(String),
    /// The proposal was decided on.
    #[error("the proposal of entry `{id}` is {} already", state.code())]
    Decided {
        /// Id of the entry.
        id: String,
        /// How.
        state: ProposalState,
    },
    /// A second person has to agree (R40).
    #[error(
        "entry `{id}` was proposed by `{proposer}`; somebody else has to agree to it, not the same person with \
         another key"
    )]
    Own {
        /// Id of the entry.
        id: String,
        /// Key id of who proposed it.
        proposer: String,
    },
    /// Who agrees is not a second person (R40).
    #[error(transparent)]
    NotSecond(#[from] NotSecond),
    /// The subject of a red entry stands on a list that outranks it (R35).
    #[error("the subject stands on {list} as entry `{entry}`; it cannot be listed as a good example")]
    Outranked {
        /// Id of the entry in the way.
        entry: String,
        /// Code of its list.
        list: String,
    },
    /// No check asked for this commitment.
    #[error("no check with the id `{0}` asked for a commitment")]
    UnknownCommitment(String),
    /// Another text was signed than the one with this hash.
    #[error("the check asked for the text with the hash {0}")]
    OtherText(String),
    /// The commitment cannot take this step.
    #[error("a commitment that is `{}` cannot be `{}`", from.code(), step.code())]
    CommitmentStep {
        /// What it is.
        from: CommitmentState,
        /// What it was to be.
        step: CommitmentStep,
    },
    /// No such objection.
    #[error("there is no objection `{0}`")]
    UnknownObjection(String),
    /// Whether the entry rests is not for a department to say.
    #[error("only a publisher or an administrator says whether the entry rests")]
    SuspendReserved,
    /// The entry is under verification already.
    #[error("the entry is under verification already, by objection `{0}`")]
    ObjectionOpen(String),
    /// The key has as many objections without a result as it may.
    #[error("{0} objections raised with this key have no result yet, which is as many as may be open")]
    TooManyObjections(u32),
    /// The objection cannot take this step.
    #[error(transparent)]
    Objection(#[from] ObjectionFault),
    /// No such application for repair.
    #[error("there is no application for repair `{0}`")]
    UnknownRepair(String),
    /// An application for the entry is being dealt with.
    #[error("repair of the entry is applied for already: `{0}`")]
    RepairOpen(String),
    /// Repair cannot be applied for.
    #[error("repair cannot be applied for: {}", texts(.0))]
    RepairConditions(Vec<UnmetCondition>),
    /// The application cannot become this.
    #[error("an application that is `{}` cannot become `{}`", from.code(), to.code())]
    RepairStep {
        /// What it is.
        from: RepairState,
        /// What it was to become.
        to: RepairState,
    },
    /// There is an order that was not carried out.
    #[error("an order for this entry is open; say first what came of it")]
    RectificationOpen,
    /// There is no order to carry out.
    #[error("nothing was ordered to be put right for this entry, or it was done")]
    NothingOrdered,
    /// There is no ground for a talk.
    #[error(transparent)]
    Talk(#[from] TalkFault),
    /// Nothing of that cause lies over the entry.
    #[error("nothing lies over the entry for the cause `{0}`")]
    NoOverlay(String),
    /// An objection suspends the entry.
    #[error("an objection suspends the entry until it has a result")]
    OverlaySuspends,
}

fn texts(unmet: &[UnmetCondition]) -> String {
    unmet.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

impl Refusal {
    /// Stable code on the wire.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "request.invalid",
            Self::CaseMissing => "case.missing",
            Self::UnknownCheck(_) => "check.unknown",
            Self::OtherCase => "case.other",
            Self::UnknownCase => "case.unknown",
            Self::OtherDepartment(_)
            | Self::OtherDepartments
            | Self::OthersDecision
            | Self::NoCheckOfCase(_) => "department.not_allowed",
            Self::PublicityNotOwed => "publication.not_owed",
            Self::NotInEvidence { .. } => "entry.not_in_evidence",
            Self::NoPolicy(_) => "policy.none_in_force",
            Self::UnknownDepartment(_) => "department.unknown",
            Self::UnknownEntry(_) | Self::NotListed(_) => "entry.unknown",
            Self::EntryStep { source, .. } => source.code(),
            Self::NotLocal(_) => "entry.not_local",
            Self::NotApproved(_) => "entry.not_approved",
            Self::Decided { .. } => "entry.decided",
            Self::Own { .. } => "entry.own",
            Self::NotSecond(why) => why.code(),
            Self::Outranked { .. } => "entry.conflict",
            Self::UnknownCommitment(_) => "commitment.unknown",
            Self::OtherText(_) => "commitment.other_text",
            Self::CommitmentStep { .. } => "commitment.illegal_step",
            Self::UnknownObjection(_) => "objection.unknown",
            Self::SuspendReserved => "objection.suspend_reserved",
            Self::ObjectionOpen(_) => "objection.open",
            Self::TooManyObjections(_) => "objection.too_many",
            Self::Objection(fault) => fault.code(),
            Self::UnknownRepair(_) => "repair.unknown",
            Self::RepairOpen(_) => "repair.open",
            Self::RepairConditions(_) => "repair.conditions",
            Self::RepairStep { .. } => "repair.illegal_step",
            Self::RectificationOpen => "rectification.open",
            Self::NothingOrdered => "rectification.none",
            Self::Talk(fault) => fault.code(),
            Self::NoOverlay(_) => "overlay.none",
            Self::OverlaySuspends => "overlay.objection_open",
        }
    }
}
