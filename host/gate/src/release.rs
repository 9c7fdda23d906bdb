//! A release: a component with what it is to run with, who brought it, and where
//! it stands on its way into force and out of it again.

use creditgate_credit::fault::FieldProblem;
use creditgate_credit::instant;
use creditgate_credit::json::JsonObject;
use creditgate_credit::time::Instant;
use creditgate_credit::verdict::Outcome;
use creditgate_credit::vocabulary;
use creditgate_sandbox::GivenLimits;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

vocabulary! {
    /// Where a release stands, in the order of the way.
    pub enum ReleaseState {
        /// The bytes are here.
        Uploaded = "uploaded",
        /// The component can be loaded and has the hooks it says it has.
        Validated = "validated",
        /// It stood every trial without a binding.
        Staged = "staged",
        /// A person has agreed to it.
        Approved = "approved",
        /// It judges live checks behind the release in force, and nobody hears it.
        Shadow = "shadow",
        /// It judges a share of the cases.
        Canary = "canary",
        /// It is in force, or will be on a date.
        Active = "active",
        /// Another one has taken its place; the last calls on it are running.
        Draining = "draining",
        /// Nothing new runs on it. A rollback can bring it back.
        Retired = "retired",
        /// It may not serve, now or later.
        Rejected = "rejected",
    }
}

impl ReleaseState {
    /// The states a release may go to from here.
    #[must_use]
    pub const fn next(self) -> &'static [Self] {
        match self {
            Self::Uploaded => &[Self::Validated, Self::Rejected],
            Self::Validated => &[Self::Staged, Self::Rejected],
            // Where no approval is asked for, staged is good enough.
            Self::Staged => &[Self::Approved, Self::Shadow, Self::Canary, Self::Active, Self::Rejected],
            Self::Approved => &[Self::Shadow, Self::Canary, Self::Active, Self::Rejected],
            // A trial that is ended leads back to where it began.
            Self::Shadow => &[Self::Staged, Self::Approved, Self::Canary, Self::Active, Self::Rejected],
            Self::Canary => &[Self::Staged, Self::Approved, Self::Active, Self::Rejected],
            Self::Active => &[Self::Draining, Self::Rejected],
            Self::Draining => &[Self::Active, Self::Retired, Self::Rejected],
            Self::Retired => &[Self::Active, Self::Rejected],
            Self::Rejected => &[],
        }
    }

    /// # Errors
    /// [`IllegalTransition`] where there is no way from here to there.
    pub(crate) fn to(self, to: Self) -> Result<Self, IllegalTransition> {
        if self.next().contains(&to) { Ok(to) } else { Err(IllegalTransition { from: self, to }) }
    }
}

/// There is no way from one state to the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a release that is {} cannot become {}; it can become: {}",
    from.code(),
    to.code(),
    names(from.next())
)]
pub struct IllegalTransition {
    /// Where it is.
    pub from: ReleaseState,
    /// Where it was to go.
    pub to: ReleaseState,
}

fn names(states: &[ReleaseState]) -> String {
    match states {
        [] => "nothing any more".to_owned(),
        states => states.iter().map(|state| state.code()).collect::<Vec<_>>().join(", "),
    }
}

/// Number of a release, from 1 in the order in which they came.
pub type ReleaseId = i64;

/// A release.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Release {
    /// Its number.
    #[serde(rename = "release")]
    #[schema(value_type = i64)]
    pub id: ReleaseId,
    /// `sha256:<hex>` of the component.
    pub digest: String,
    /// Name of the plug-in.
    pub plugin: String,
    /// Version of the manifest.
    pub version: String,
    /// Department in the manifest; absent where it was not written down when the
    /// component came.
    pub department: Option<String>,
    /// Settings that take the place of those of the same name in its bindings.
    #[serde(default, skip_serializing_if = "JsonObject::is_empty")]
    #[schema(value_type = Option<JsonObject>)]
    pub settings: JsonObject,
    /// Limits that take the place of those of its bindings.
    pub limits: Option<GivenLimits>,
    /// What its component can do through the host: `calendar`, `credit`,
    /// `feedback`, `log`, `policy`, `settings`, `wasi`. Who approves the release
    /// grants it.
    pub capabilities: Vec<String>,
    /// What its maker says of it.
    pub notes: String,
    /// When it came.
    #[serde(with = "instant")]
    #[schema(value_type = Instant)]
    pub created_at: Timestamp,
    /// Key id of who brought it.
    pub created_by: String,
    /// Where it stands: `uploaded`, `validated`, `staged`, `approved`, `shadow`,
    /// `canary`, `active`, `draining`, `retired` or `rejected`.
    #[schema(value_type = String)]
    pub state: ReleaseState,
    /// Somebody other than its maker agreed to it.
    pub approved: bool,
    /// Taken back because it was wrong: not even a case that began with it keeps
    /// it.
    pub withdrawn: bool,
}

/// One step of a release.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Transition {
    /// The release; whoever is shown its steps knows which it is.
    #[serde(skip)]
    pub release: ReleaseId,
    /// Where it was; absent at its beginning.
    #[schema(value_type = Option<String>)]
    pub from: Option<ReleaseState>,
    /// Where it is then.
    #[schema(value_type = String)]
    pub to: ReleaseState,
    /// When.
    #[serde(with = "instant")]
    #[schema(value_type = Instant)]
    pub at: Timestamp,
    /// Key id of who did it, or `host`.
    pub actor: String,
    /// Why.
    pub reason: String,
}

/// How a release is tried on live cases.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum TrialKind {
    /// Beside the release in force, unheard.
    Shadow,
    /// For a share of the cases.
    Canary(CanaryTerms),
}

impl TrialKind {
    /// Machine name.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Shadow => "shadow",
            Self::Canary(_) => "canary",
        }
    }
}

/// On which terms a canary runs; each is the usual one when absent. Rates are parts
/// of a thousand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CanaryTerms {
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

impl Default for CanaryTerms {
    fn default() -> Self {
        Self {
            share_permille: 50,
            least_checks: 50,
            failures_permille: 10,
            could_not_check_permille: 20,
            refusal_drift_permille: 100,
            p99_ms: 100,
        }
    }
}

impl CanaryTerms {
    /// The terms, if a canary can run on them.
    ///
    /// # Errors
    /// A share or rate beyond the whole, or a share of nothing.
    pub fn checked(self) -> Result<Self, FieldProblem> {
        let rates = [
            ("share_permille", self.share_permille),
            ("failures_permille", self.failures_permille),
            ("could_not_check_permille", self.could_not_check_permille),
            ("refusal_drift_permille", self.refusal_drift_permille),
        ];
        let is_beyond =
            |(name, rate): &(&str, u16)| *rate > 1000 || (*name == "share_permille" && *rate == 0);
        match rates.iter().find(|rate| is_beyond(rate)) {
            None => Ok(self),
            Some((name, _)) => Err(FieldProblem::new(
                format!("canary.{name}"),
                "value.invalid",
                "must be a part of a thousand",
            )),
        }
    }
}

/// A release on trial at a binding.
#[derive(Debug, Clone, PartialEq)]
pub struct Trial {
    /// Its number.
    pub id: i64,
    /// The binding.
    pub binding: String,
    /// The release.
    pub release: ReleaseId,
    /// Shadow or canary.
    pub kind: TrialKind,
    /// When it began.
    pub started_at: Timestamp,
    /// Key id of who began it.
    pub started_by: String,
    /// When it ended, who ended it and why; none while it runs.
    pub ended: Option<(Timestamp, String, String)>,
}

/// A check on which a shadow disagrees with the release in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ShadowDifference {
    /// Number of the trial.
    pub trial: i64,
    /// Id of the check.
    pub check_id: String,
    /// Outcome of the release in force.
    pub outcome: Outcome,
    /// Outcome of the shadow.
    pub shadow_outcome: Outcome,
    /// Measures whose disposition differs, one line each.
    pub measures: Vec<String>,
    /// Explanation of the release in force.
    pub explanation: String,
    /// Explanation of the shadow.
    pub shadow_explanation: String,
}

/// How often a shadow came to one outcome where the release in force came to
/// another, or to the same in other words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ShadowDifferenceCount)]
pub struct DifferenceCount {
    /// Number of the trial.
    pub trial: i64,
    /// Outcome of the release in force.
    pub outcome: Outcome,
    /// Outcome of the shadow.
    pub shadow_outcome: Outcome,
    /// So many of the checks that are kept.
    pub checks: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_of_a_release_ends_and_leads_everywhere() {
        for state in ReleaseState::ALL.iter().copied() {
            assert_eq!(ReleaseState::from_code(state.code()), Some(state));
            let reached = ReleaseState::ALL.iter().any(|from| from.next().contains(&state));
            assert_eq!(reached, state != ReleaseState::Uploaded, "{}", state.code());
            let may_be_rejected = state.next().contains(&ReleaseState::Rejected);
            assert_eq!(may_be_rejected, state != ReleaseState::Rejected, "{}", state.code());
        }
    }

    #[test]
    fn an_illegal_step_says_which_are_legal() {
        let refusal = ReleaseState::Draining.to(ReleaseState::Canary).unwrap_err();
        assert_eq!(
            refusal.to_string(),
            "a release that is draining cannot become canary; it can become: active, retired, rejected"
        );
        let refusal = ReleaseState::Rejected.to(ReleaseState::Active).unwrap_err();
        assert!(refusal.to_string().ends_with("nothing any more"), "{refusal}");
        assert_eq!(ReleaseState::Retired.to(ReleaseState::Active), Ok(ReleaseState::Active));
    }
}
