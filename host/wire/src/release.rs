//! Releases as administrators see and move them.

use creditgate_credit::fault::FieldProblem;
use creditgate_credit::json::JsonObject;
use creditgate_gate::{
    CanaryCounts, CanaryTerms, DifferenceCount, Release, ShadowCounts, ShadowDifference, Transition, Trial,
    TrialCounts, TrialKind,
};
use creditgate_sandbox::GivenLimits;
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

use crate::time::Instant;

/// A release with everything that happened to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ReleaseHistory {
    /// The release.
    pub release: Release,
    /// Every step, oldest first.
    pub transitions: Vec<Transition>,
    /// Every trial, oldest first.
    pub trials: Vec<TrialBody>,
}

/// A release that somebody has made of a component with other settings.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRelease {
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

impl NewRelease {
    /// The settings; an empty object when none are given.
    ///
    /// # Errors
    /// When they are no JSON object, or too deep a one.
    pub fn settings(&self) -> Result<JsonObject, FieldProblem> {
        let settings = self.settings.clone().unwrap_or_default();
        settings.checked("settings", "value.type")?;
        Ok(settings)
    }
}

/// Why something is done to a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReleaseReason {
    /// Why; kept with the step.
    #[schema(min_length = 1, pattern = r"\S")]
    pub reason: String,
}

/// Begins to try a release.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTrial {
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
pub struct Trials {
    /// One for each binding.
    pub trials: Vec<TrialBody>,
}

/// Checks on which shadows disagreed.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ShadowDifferences {
    /// How many, by outcomes.
    pub counts: Vec<DifferenceCount>,
    /// The checks, newest first; absent for a vendor, who is told the counts
    /// alone.
    pub differences: Option<Vec<ShadowDifference>>,
    /// Where the next page begins, if there is one: to be given as `cursor`.
    pub next: Option<String>,
}
