//! Releases as administrators see and move them.

use creditgate_api::JsonObject;
use creditgate_credit::fault::FieldProblem;
use creditgate_gate::{
    CanaryCounts, CanaryTerms, DifferenceCount, Release, ShadowCounts, ShadowDifference, Transition, Trial,
    TrialCounts, TrialKind,
};
use creditgate_sandbox::GivenLimits;
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

use crate::time::Instant;

/// A release.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = Release)]
pub struct ReleaseBody {
    /// Its number.
    pub release: i64,
    /// `sha256:<hex>` of the component.
    pub digest: String,
    /// Name of the plug-in.
    pub plugin: String,
    /// Version of the manifest.
    pub version: String,
    /// Department in the manifest; absent where it was not written down when the
    /// component came.
    pub department: Option<String>,
    /// Settings that go over those of the bindings of the same name.
    pub settings: Option<JsonObject>,
    /// Limits that take the place of those of its bindings.
    pub limits: Option<GivenLimits>,
    /// What its component can do through the host: `calendar`, `credit`,
    /// `feedback`, `log`, `policy`, `settings`, `wasi`. Who approves the release
    /// grants it.
    pub capabilities: Vec<String>,
    /// What its maker says of it.
    pub notes: String,
    /// When it came.
    pub created_at: Instant,
    /// Key id of who brought it.
    pub created_by: String,
    /// `uploaded`, `validated`, `staged`, `approved`, `shadow`, `canary`, `active`, `draining`, `retired` or
    /// `rejected`.
    pub state: String,
    /// Somebody other than its maker agreed to it.
    pub approved: bool,
    /// It was taken back: not even a case that began with it keeps it.
    pub withdrawn: bool,
}

impl From<Release> for ReleaseBody {
    fn from(release: Release) -> Self {
        Self {
            release: release.id,
            digest: release.digest,
            plugin: release.plugin,
            version: release.version,
            department: release.department,
            settings: (release.settings != "{}").then(|| JsonObject::parse(&release.settings)).flatten(),
            limits: release.limits,
            capabilities: release.capabilities,
            notes: release.notes,
            created_at: release.created_at.into(),
            created_by: release.created_by,
            state: release.state.code().to_owned(),
            approved: release.approved,
            withdrawn: release.withdrawn,
        }
    }
}

/// One step of a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Transition)]
pub struct TransitionBody {
    /// Where it was; absent at its beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Where it is then.
    pub to: String,
    /// When.
    pub at: Instant,
    /// Key id of who did it, or `host`.
    pub actor: String,
    /// Why.
    pub reason: String,
}

impl From<Transition> for TransitionBody {
    fn from(step: Transition) -> Self {
        Self {
            from: step.from.map(|state| state.code().to_owned()),
            to: step.to.code().to_owned(),
            at: step.at.into(),
            actor: step.actor,
            reason: step.reason,
        }
    }
}

/// A release with everything that happened to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = ReleaseHistory)]
pub struct ReleaseHistoryBody {
    /// The release.
    pub release: ReleaseBody,
    /// Every step, oldest first.
    pub transitions: Vec<TransitionBody>,
    /// Every trial, oldest first.
    pub trials: Vec<TrialBody>,
}

/// A release that somebody has made of a component with other settings.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewRelease)]
pub struct NewReleaseBody {
    /// Digest of a component that was pushed, or an unambiguous beginning of it.
    pub digest: String,
    /// Settings that go over those of the bindings of the same name.
    pub settings: Option<JsonObject>,
    /// Limits that take the place of those of the bindings; each that is absent is
    /// the usual one.
    pub limits: Option<GivenLimits>,
    /// What is to be said of it.
    #[serde(default)]
    pub notes: String,
}

impl NewReleaseBody {
    /// The settings as text; an empty object when none are given.
    ///
    /// # Errors
    /// When they are no JSON object, or too deep a one.
    pub fn settings(&self) -> Result<String, FieldProblem> {
        match self.settings.as_ref().map(JsonObject::checked) {
            None => Ok("{}".to_owned()),
            Some(Ok(text)) => Ok(text.to_owned()),
            Some(Err(fault)) => Err(FieldProblem::new("settings", "value.type", fault.message())),
        }
    }
}

/// Why something is done to a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReleaseReason)]
pub struct ReasonGivenBody {
    /// Why; kept with the step.
    #[schema(min_length = 1, pattern = r"\S")]
    pub reason: String,
}

/// Begins to try a release.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewTrial)]
pub struct NewTrialBody {
    /// Id of the one binding; every binding of the plug-in when absent.
    pub binding: Option<String>,
    /// For a canary, its terms; a shadow has none.
    pub canary: Option<CanaryTerms>,
    /// Why; kept with the step.
    #[schema(min_length = 1, pattern = r"\S")]
    pub reason: String,
}

/// A release on trial at a binding.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Trial)]
pub struct TrialBody {
    /// Its number.
    pub trial: i64,
    /// Id of the binding.
    pub binding: String,
    /// `shadow` or `canary`.
    pub kind: String,
    /// Terms of a canary.
    pub terms: Option<CanaryTerms>,
    /// When it began.
    pub started_at: Instant,
    /// Key id of who began it.
    pub started_by: String,
    /// When it ended; absent while it runs.
    pub ended_at: Option<Instant>,
    /// Key id of who ended it, or `host`.
    pub ended_by: Option<String>,
    /// Why it ended.
    pub end_reason: Option<String>,
    /// While a shadow runs: what was counted since it began or the host started.
    pub shadow: Option<ShadowCounts>,
    /// While a canary runs: what was counted of it and of the release in force
    /// since it began or the host started.
    pub canary: Option<CanaryCounts>,
}

impl TrialBody {
    /// A trial with what is counted of it.
    #[must_use]
    pub fn of(trial: Trial, counts: Option<TrialCounts>) -> Self {
        let terms = match trial.kind {
            TrialKind::Canary(terms) => Some(terms),
            TrialKind::Shadow => None,
        };
        let (shadow, canary) = match counts {
            Some(TrialCounts::Shadow(counts)) => (Some(counts), None),
            Some(TrialCounts::Canary(counts)) => (None, Some(counts)),
            None => (None, None),
        };
        let (ended_at, ended_by, end_reason) = match trial.ended {
            Some((at, by, reason)) => (Some(at.into()), Some(by), Some(reason)),
            None => (None, None, None),
        };
        Self {
            trial: trial.id,
            binding: trial.binding,
            kind: trial.kind.code().to_owned(),
            terms,
            started_at: trial.started_at.into(),
            started_by: trial.started_by,
            ended_at,
            ended_by,
            end_reason,
            shadow,
            canary,
        }
    }
}

/// Trials of a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Trials)]
pub struct TrialsBody {
    /// One for each binding.
    pub trials: Vec<TrialBody>,
}

/// Checks on which shadows disagreed.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ShadowDifferences)]
pub struct ShadowDifferencesBody {
    /// How many, by outcomes.
    pub counts: Vec<DifferenceCount>,
    /// The checks, newest first; absent for a vendor, who is told the counts
    /// alone.
    pub differences: Option<Vec<ShadowDifference>>,
    /// Where the next page begins, if there is one: to be given as `cursor`.
    pub next: Option<String>,
}
