//! Why a component or a decision about releases was refused.

use creditgate_credit::check::Mode;
use creditgate_manifest::SettingProblem;
use creditgate_sandbox::{CallError, LoadError, ValidateError};
use jiff::Timestamp;

use crate::error::LedgerError;
use crate::examples::ExampleError;
use crate::release::{IllegalTransition, ReleaseId};
use crate::signature::SignatureError;
use creditgate_affairs::NotSecond;

/// What is wrong with a component that is kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Alteration {
    /// Its bytes are not those of its digest.
    #[error("its bytes have the digest `{0}`")]
    Bytes(String),
    /// No signature with it is one that was taken in.
    #[error("{0}")]
    Signature(#[from] SignatureError),
}

/// Why a component or an activation was refused. Nothing has changed then.
#[derive(Debug, thiserror::Error)]
pub enum DeployError {
    /// The component cannot be loaded.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// Its signature is missing or not accepted.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// The component does not stand the trial.
    #[error("{plugin} {version} does not pass at {place}: {problem}")]
    Staging {
        /// Plug-in name.
        plugin: String,
        /// Version.
        version: String,
        /// The hook or binding on trial.
        place: String,
        /// What went wrong.
        problem: Box<StagingProblem>,
    },
    /// Its own examples are against it.
    #[error("{plugin} {version} does not pass its examples")]
    Example {
        /// Plug-in name.
        plugin: String,
        /// Version.
        version: String,
        /// Which, and why.
        #[source]
        problem: ExampleError,
    },
    /// No component has this digest.
    #[error("no component has the digest `{0}`; push it first")]
    UnknownDigest(String),
    /// What the store holds of a component is not what was pushed.
    #[error("component `{digest}` was altered in the store: {problem}; push it again, or restore the store")]
    Altered {
        /// The digest it is kept under.
        digest: String,
        /// What is wrong with it.
        problem: Alteration,
    },
    /// Several components begin with this digest, or could.
    #[error("`{0}` is too short to name one component; give at least six digits of its digest, or more")]
    AmbiguousDigest(String),
    /// No binding has this id.
    #[error("there is no binding `{0}`")]
    UnknownBinding(String),
    /// No binding names this plug-in.
    #[error("no binding names the plug-in `{0}`; import one first")]
    NoBinding(String),
    /// The binding names another plug-in.
    #[error("binding `{binding}` is for plug-in `{expected}`, not for `{found}`")]
    OtherPlugin {
        /// The binding.
        binding: String,
        /// The plug-in it names.
        expected: String,
        /// The plug-in of the component.
        found: String,
    },
    /// The binding is of another department than the component.
    #[error(
        "binding `{binding}` is of the department `{expected}`, and plug-in `{plugin}` is of the department \
         `{found}`; a component serves the bindings of its own department only"
    )]
    OtherDepartment {
        /// The binding.
        binding: String,
        /// Its department.
        expected: String,
        /// The plug-in.
        plugin: String,
        /// The department of the plug-in.
        found: String,
    },
    /// Another department had the name first.
    #[error(
        "the name `{plugin}` belongs to the department `{owner}`, which used it first; give the plug-in of \
         `{department}` another name"
    )]
    NameTaken {
        /// The name.
        plugin: String,
        /// The department that has it.
        owner: String,
        /// The department that asks for it.
        department: String,
    },
    /// The key is for other departments.
    #[error("this key is not for the department `{0}`, which the component is for")]
    NotForDepartment(String),
    /// There is no earlier release.
    #[error("binding `{0}` has no earlier release to go back to")]
    NothingToRollBack(String),
    /// No release has this number.
    #[error("there is no release {0}")]
    UnknownRelease(ReleaseId),
    /// The release is somewhere else on its way.
    #[error("release {release}: {problem}")]
    Illegal {
        /// The release.
        release: ReleaseId,
        /// From where to where.
        problem: IllegalTransition,
    },
    /// Nobody but its maker has agreed to it.
    #[error(
        "release {release} was not approved, and binding `{binding}` is in mode `{}`; somebody other than \
         {maker} has to approve it first",
        mode.code()
    )]
    NotApproved {
        /// The release.
        release: ReleaseId,
        /// The first binding that asks for it.
        binding: String,
        /// Its mode.
        mode: Mode,
        /// Key id of who brought the release.
        maker: String,
    },
    /// It was not held against the past.
    #[error(
        "release {release} was not backtested on the whole past of binding `{binding}` in the last {days} days \
         with these very settings; run `creditgate backtest` first"
    )]
    NotBacktested {
        /// The release.
        release: ReleaseId,
        /// The first binding that lacks it.
        binding: String,
        /// For how long a backtest counts.
        days: u32,
    },
    /// Its maker wants to approve it.
    #[error(
        "release {release} was brought by {maker}; somebody else has to approve it, not the same person with \
         another key"
    )]
    OwnRelease {
        /// The release.
        release: ReleaseId,
        /// Key id of who brought it.
        maker: String,
    },
    /// Who wants to approve it is not a second person.
    #[error("release {release}: {why}")]
    NotSecond {
        /// The release.
        release: ReleaseId,
        /// Why not.
        why: NotSecond,
    },
    /// A trial runs at a binding.
    #[error(
        "release {release} is on trial at binding `{binding}`; end that trial first, or activate that release"
    )]
    TrialRuns {
        /// The binding.
        binding: String,
        /// The release on trial.
        release: ReleaseId,
    },
    /// There is nothing to compare a trial with.
    #[error("binding `{0}` has no release in force; activate one instead of trying it")]
    NothingInForce(String),
    /// There is no such trial.
    #[error("release {0} is not on trial")]
    NotOnTrial(ReleaseId),
    /// Somebody else changed releases in between.
    #[error("releases were changed by somebody else meanwhile; look at them again and decide anew")]
    ChangedMeanwhile,
    /// Somebody else is changing releases right now.
    #[error("somebody else is changing releases right now; look at them again in a moment and decide anew")]
    BeingChanged,
    /// The instant lies in the past.
    #[error("a release cannot come into force at {0}, which is past")]
    InThePast(Timestamp),
    /// The registry failed.
    #[error("the deployment could not be recorded")]
    Registry(#[from] LedgerError),
}

/// What went wrong in a trial.
#[derive(Debug, thiserror::Error)]
pub enum StagingProblem {
    /// The binding's settings are no JSON object.
    #[error("the settings are not a JSON object")]
    SettingsNotAnObject,
    /// The settings do not fit the manifest's schema.
    #[error("the settings do not fit the manifest: {}", list(.0))]
    Settings(Vec<SettingProblem>),
    /// The plug-in refuses the settings.
    #[error(transparent)]
    Validate(#[from] ValidateError),
    /// The component does not serve the checkpoint.
    #[error("the component does not serve checkpoint `{checkpoint}`; it serves: {}", served.join(", "))]
    HookMissing {
        /// The checkpoint.
        checkpoint: String,
        /// What it serves.
        served: Vec<String>,
    },
    /// The probe call failed.
    #[error("the probe call failed: {0}")]
    Probe(CallError),
}

fn list(problems: &[SettingProblem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

impl DeployError {
    /// The call of the plug-in that did not come to its end, where that is what went
    /// wrong.
    #[must_use]
    pub fn call(&self) -> Option<&CallError> {
        match self {
            Self::Staging { problem, .. } => match &**problem {
                StagingProblem::Probe(call) | StagingProblem::Validate(ValidateError::Call(call)) => {
                    Some(call)
                }
                _ => None,
            },
            Self::Example { problem: ExampleError::NoRoom(call), .. } => Some(call),
            _ => None,
        }
    }

    /// Whether the host had no room for a call. That says nothing about the
    /// component, which may be tried again a moment later.
    #[must_use]
    pub fn is_for_want_of_room(&self) -> bool {
        self.call().is_some_and(CallError::is_for_want_of_room)
    }

    /// Stable code on the wire.
    #[must_use]
    pub fn code(&self) -> &'static str {
        if let Some(call) = self.call().filter(|call| call.is_for_want_of_room()) {
            return call.code();
        }
        match self {
            Self::Load(error) => error.code(),
            Self::Signature(error) => error.code(),
            Self::Staging { problem, .. } => match **problem {
                StagingProblem::SettingsNotAnObject
                | StagingProblem::Settings(_)
                | StagingProblem::Validate(_) => "plugin.settings_refused",
                StagingProblem::HookMissing { .. } => "plugin.hook_missing",
                StagingProblem::Probe(_) => "plugin.probe_failed",
            },
            Self::Example { problem, .. } => problem.code(),
            Self::UnknownDigest(_) => "plugin.unknown_digest",
            Self::Altered { .. } => "plugin.altered",
            Self::AmbiguousDigest(_) => "plugin.ambiguous_digest",
            Self::UnknownBinding(_) => "binding.unknown",
            Self::NoBinding(_) => "plugin.not_bound",
            Self::OtherPlugin { .. } => "binding.other_plugin",
            Self::OtherDepartment { .. } => "binding.other_department",
            Self::NameTaken { .. } => "plugin.name_taken",
            Self::NotForDepartment(_) => "department.not_allowed",
            Self::NothingToRollBack(_) => "release.nothing_to_roll_back",
            Self::UnknownRelease(_) => "release.unknown",
            Self::Illegal { .. } => "release.illegal_transition",
            Self::NotApproved { .. } => "release.not_approved",
            Self::NotBacktested { .. } => "release.not_backtested",
            Self::OwnRelease { .. } => "release.own",
            Self::NotSecond { why, .. } => why.code(),
            Self::TrialRuns { .. } => "release.trial_runs",
            Self::NothingInForce(_) => "release.nothing_in_force",
            Self::NotOnTrial(_) => "release.not_on_trial",
            Self::ChangedMeanwhile => "release.changed_meanwhile",
            Self::BeingChanged => "release.being_changed",
            Self::InThePast(_) => "release.in_the_past",
            Self::Registry(_) => "ledger.unavailable",
        }
    }
}
