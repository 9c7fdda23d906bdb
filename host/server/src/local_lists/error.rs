//! Why an entry of a list kept here was not changed.

use creditgate_credit::fault::FieldProblem;
use creditgate_credit::lifecycle::{ProposalState, StepError};
use creditgate_gate::NotSecond;
use creditgate_gate::ports::SourceError;
use creditgate_store::StoreError;

/// Why an entry was not changed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LocalListError {
    /// What was asked has faults.
    #[error("the proposal has {} fault(s)", .0.len())]
    Invalid(Vec<FieldProblem>),
    /// The step cannot be taken from where the entry is.
    #[error("entry `{id}` stays as it is")]
    Step {
        /// Id of the entry.
        id: String,
        /// Why.
        source: StepError,
    },
    /// Nobody knows the entry.
    #[error("there is no entry `{0}`")]
    Unknown(String),
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
    Conflict {
        /// Id of the entry in the way.
        entry: String,
        /// Code of its list.
        list: String,
    },
    /// The jurisdiction has no policy today.
    #[error("no policy of division `{0}` is in force today; import one")]
    NoPolicy(String),
    /// The lists cannot be read.
    #[error("the lists cannot be read")]
    Source(#[from] SourceError),
    /// The store fails.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl LocalListError {
    /// Stable code.
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "request.invalid",
            Self::Step { source, .. } => source.code(),
            Self::Unknown(_) => "entry.unknown",
            Self::NotLocal(_) => "entry.not_local",
            Self::NotApproved(_) => "entry.not_approved",
            Self::Decided { .. } => "entry.decided",
            Self::Own { .. } => "entry.own",
            Self::NotSecond(why) => why.code(),
            Self::Conflict { .. } => "entry.conflict",
            Self::NoPolicy(_) => "policy.none_in_force",
            Self::Source(_) => "ledger.unavailable",
            Self::Store(error) => error.code(),
        }
    }
}
