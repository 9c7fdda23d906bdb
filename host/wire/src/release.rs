//! Releases as administrators see and move them.

use creditgate_api::JsonObject;
use creditgate_credit::fault::FieldProblem;
use creditgate_credit::verdict::Outcome;
use creditgate_gate::{
    CanaryCounts, CanaryTerms, DifferenceCount, Release, ShadowCounts, ShadowDifference, SideCounts,
    Transition, Trial, TrialCounts, TrialKind,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::binding::LimitsRow;
use crate::time::Instant;

/// A release.
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    /// Settings that go over those of the bindings of the same name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settings: Option<JsonObject>,
    /// Limits that take the place of those of its bindings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limits: Option<LimitsRow>,
    /// What its component can do through the host: `calendar`, `credit`,
    /// `feedback`, `log`, `policy`, `settings`, `wasi`. Who approves the release
    /// grants it.
    pub capabilities: Vec<String>,
    /// What its maker says of it.
    pub notes: String,
    /// When it came.
    #[schema(inline)]
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
            limits: release.limits.as_ref().map(LimitsRow::from),
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
    #[schema(inline)]
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
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewRelease)]
pub struct NewReleaseBody {
    /// Digest of a component that was pushed, or an unambiguous beginning of it.
    pub digest: String,
    /// Settings that go over those of the bindings of the same name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settings: Option<JsonObject>,
    /// Limits that take the place of those of the bindings; each that is absent is
    /// the usual one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limits: Option<LimitsRow>,
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewTrial)]
pub struct NewTrialBody {
    /// Id of the one binding; every binding of the plug-in when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub binding: Option<String>,
    /// For a canary, its terms; a shadow has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub canary: Option<CanaryTermsBody>,
    /// Why; kept with the step.
    #[schema(min_length = 1, pattern = r"\S")]
    pub reason: String,
}

/// On which terms a canary runs; each is the usual one when absent. Rates are
/// parts of a thousand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = CanaryTerms)]
pub struct CanaryTermsBody {
    /// Share of the cases, 1 to 1000.
    pub share_permille: u16,
    /// Checks of the canary before any condition is looked at.
    pub least_checks: u64,
    /// Most calls that may end without a verdict.
    pub failures_permille: u16,
    /// Most checks that may come out `could_not_check`.
    pub could_not_check_permille: u16,
    /// Most the share of refusals may lie away from that of the release in force.
    pub refusal_drift_permille: u16,
    /// Milliseconds that more than a hundredth of its calls may not exceed.
    pub p99_ms: u32,
}

impl Default for CanaryTermsBody {
    fn default() -> Self {
        CanaryTerms::default().into()
    }
}

impl From<CanaryTerms> for CanaryTermsBody {
    fn from(terms: CanaryTerms) -> Self {
        Self {
            share_permille: terms.share_permille,
            least_checks: terms.least_checks,
            failures_permille: terms.failures_permille,
            could_not_check_permille: terms.could_not_check_permille,
            refusal_drift_permille: terms.refusal_drift_permille,
            p99_ms: terms.p99_ms,
        }
    }
}

impl TryFrom<CanaryTermsBody> for CanaryTerms {
    type Error = FieldProblem;

    /// # Errors
    /// A share or rate beyond the whole, or a share of nothing.
    fn try_from(body: CanaryTermsBody) -> Result<Self, FieldProblem> {
        let rates = [
            ("share_permille", body.share_permille),
            ("failures_permille", body.failures_permille),
            ("could_not_check_permille", body.could_not_check_permille),
            ("refusal_drift_permille", body.refusal_drift_permille),
        ];
        let beyond =
            rates.into_iter().find(|(name, rate)| *rate > 1000 || (*name == "share_permille" && *rate == 0));
        if let Some((name, _)) = beyond {
            return Err(FieldProblem::new(
                format!("canary.{name}"),
                "value.invalid",
                "must be a part of a thousand",
            ));
        }
        Ok(Self {
            share_permille: body.share_permille,
            least_checks: body.least_checks,
            failures_permille: body.failures_permille,
            could_not_check_permille: body.could_not_check_permille,
            refusal_drift_permille: body.refusal_drift_permille,
            p99_ms: body.p99_ms,
        })
    }
}

/// A release on trial at a binding.
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms: Option<CanaryTermsBody>,
    /// When it began.
    #[schema(inline)]
    pub started_at: Instant,
    /// Key id of who began it.
    pub started_by: String,
    /// When it ended; absent while it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(inline)]
    pub ended_at: Option<Instant>,
    /// Key id of who ended it, or `host`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_by: Option<String>,
    /// Why it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_reason: Option<String>,
    /// While a shadow runs: what was counted since it began or the host started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shadow: Option<ShadowCountsBody>,
    /// While a canary runs: what was counted of it and of the release in force
    /// since it began or the host started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub canary: Option<CanaryCountsBody>,
}

impl TrialBody {
    /// A trial with what is counted of it.
    #[must_use]
    pub fn of(trial: Trial, counts: Option<TrialCounts>) -> Self {
        let terms = match trial.kind {
            TrialKind::Canary(terms) => Some(terms.into()),
            TrialKind::Shadow => None,
        };
        let (shadow, canary) = match counts {
            Some(TrialCounts::Shadow(counts)) => (Some(counts.into()), None),
            Some(TrialCounts::Canary(counts)) => (None, Some(counts.into())),
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

/// What was counted of a shadow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ShadowCounts)]
pub struct ShadowCountsBody {
    /// Checks it judged too.
    pub checks: u64,
    /// Those on which it disagrees.
    pub different: u64,
    /// Those on which it came to no verdict.
    pub failed: u64,
    /// Checks it could not keep up with.
    pub dropped: u64,
}

impl From<ShadowCounts> for ShadowCountsBody {
    fn from(counts: ShadowCounts) -> Self {
        let ShadowCounts { checks, different, failed, dropped } = counts;
        Self { checks, different, failed, dropped }
    }
}

/// What was counted of a canary and of the release in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = CanaryCounts)]
pub struct CanaryCountsBody {
    /// The canary.
    pub canary: SideCountsBody,
    /// The release in force, at the same binding in the same time.
    pub active: SideCountsBody,
}

impl From<CanaryCounts> for CanaryCountsBody {
    fn from(counts: CanaryCounts) -> Self {
        Self { canary: counts.canary.into(), active: counts.active.into() }
    }
}

/// What was counted of one side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = SideCounts)]
pub struct SideCountsBody {
    /// Checks.
    pub checks: u64,
    /// Calls without a verdict.
    pub failures: u64,
    /// Checks that came out `could_not_check`.
    pub could_not_check: u64,
    /// Refusals.
    pub refusals: u64,
    /// Calls that took longer than the canary's terms allow.
    pub slow: u64,
}

impl From<SideCounts> for SideCountsBody {
    fn from(counts: SideCounts) -> Self {
        let SideCounts { checks, failures, could_not_check, refusals, slow } = counts;
        Self { checks, failures, could_not_check, refusals, slow }
    }
}

/// A check on which a shadow disagrees with the release in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ShadowDifference)]
pub struct ShadowDifferenceBody {
    /// Number of the trial.
    pub trial: i64,
    /// Id of the check.
    pub check_id: String,
    /// Outcome of the release in force.
    #[schema(inline)]
    pub outcome: Outcome,
    /// Outcome of the shadow.
    #[schema(inline)]
    pub shadow_outcome: Outcome,
    /// Measures whose disposition differs, one line each.
    pub measures: Vec<String>,
    /// Explanation of the release in force.
    pub explanation: String,
    /// Explanation of the shadow.
    pub shadow_explanation: String,
}

impl From<ShadowDifference> for ShadowDifferenceBody {
    fn from(difference: ShadowDifference) -> Self {
        Self {
            trial: difference.trial,
            check_id: difference.check_id,
            outcome: difference.outcome,
            shadow_outcome: difference.shadow_outcome,
            measures: difference.measures,
            explanation: difference.explanation,
            shadow_explanation: difference.shadow_explanation,
        }
    }
}

/// How often a shadow came to one outcome where the release in force came to
/// another, or to the same in other words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ShadowDifferenceCount)]
pub struct ShadowDifferenceCountBody {
    /// Number of the trial.
    pub trial: i64,
    /// Outcome of the release in force.
    #[schema(inline)]
    pub outcome: Outcome,
    /// Outcome of the shadow.
    #[schema(inline)]
    pub shadow_outcome: Outcome,
    /// So many of the checks that are kept.
    pub checks: u64,
}

impl From<DifferenceCount> for ShadowDifferenceCountBody {
    fn from(count: DifferenceCount) -> Self {
        let DifferenceCount { trial, outcome, shadow_outcome, checks } = count;
        Self { trial, outcome, shadow_outcome, checks }
    }
}

/// Checks on which shadows disagreed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ShadowDifferences)]
pub struct ShadowDifferencesBody {
    /// How many, by outcomes.
    pub counts: Vec<ShadowDifferenceCountBody>,
    /// The checks, newest first; absent for a vendor, who is told the counts
    /// alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub differences: Option<Vec<ShadowDifferenceBody>>,
    /// Where the next page begins, if there is one: to be given as `cursor`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}
