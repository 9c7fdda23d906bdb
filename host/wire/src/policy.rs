//! A policy version as a row.

mod groups;
mod layer;
mod or_none;
mod profiles;
mod resolved;

pub use groups::{DutiesBody, ListingBody, MonthDayText, PublicityPeriodBody, TimeLimitBody, UseTermBody};
pub use layer::{DivisionRow, LayerRow};
pub use or_none::OrNone;
pub use profiles::{PROFILES, Profile};
pub use resolved::{LayerSpanBody, ResolvedPolicyBody, ResolvedValueBody};

use creditgate_credit::application::RequiredBy;
use creditgate_credit::identifier::Strictness;
use creditgate_credit::policy::{
    CommitmentEffect, Duties, Listing, Policy, ReportIssuer, SuspensionScope, WindowCount, WindowStart,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::time::Day;

/// The policy of one jurisdiction over one span of days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Policy)]
pub struct PolicyRow {
    /// Administrative division it holds for, six digits (GB/T 2260).
    pub division: String,
    /// The jurisdiction's own name of this version, such as `2026-04`.
    pub version: String,
    /// First day in force.
    #[schema(inline)]
    pub effective_from: Day,
    /// Last day in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(inline)]
    pub effective_until: Option<Day>,
    /// How wrong check digits of identifiers are treated.
    #[schema(inline)]
    pub identifier_strictness: Strictness,
    /// Years without a bad record that count as clean (R75), 1 to 10.
    pub clean_window_years: u8,
    /// The day from which the years are counted back; `decision` if left out.
    #[serde(default = "decision")]
    #[schema(inline)]
    pub clean_window_from: WindowStart,
    /// The day by which an entry that is over counts: `decision` (if left out) or
    /// `effect`, its last day.
    #[serde(default = "by_decision")]
    #[schema(inline)]
    pub clean_window_counts: WindowCount,
    /// Repaired entries do not spoil the window.
    pub clean_window_ignores_repaired: bool,
    /// Slight entries do not spoil the window.
    pub clean_window_ignores_slight: bool,
    /// Only black, alert and watch lists spoil the window.
    #[serde(default)]
    pub clean_window_lists_only: bool,
    /// The sources hold records from this day on.
    #[schema(inline)]
    pub records_since: Day,
    /// Which punish measures rest while an entry is under verification (R98).
    #[schema(inline)]
    pub suspension_scope: SuspensionScope,
    /// What a commitment brings before the missing materials arrive (R80, R81).
    #[schema(inline)]
    pub commitment_effect: CommitmentEffect,
    /// Working days until a commitment is due.
    pub commitment_working_days: u16,
    /// Materials required on these levels may never be supplied later (R77 to R79).
    #[schema(inline)]
    pub non_deferrable: Vec<RequiredBy>,
    /// Agencies whose reports are taken (R88).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub report_issuers: Vec<ReportIssuerRow>,
    /// Where a report must have been published to be taken.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub report_publication: Vec<String>,
    /// Lists, exits and repair; what is left out is as in the rules in force today.
    #[serde(default)]
    pub listing: ListingBody,
    /// Duties with a time limit; what is left out is as in the rules in force today.
    #[serde(default)]
    pub duties: DutiesBody,
}

/// What rows meant before they could say it.
fn decision() -> WindowStart {
    WindowStart::Decision
}

/// What the rules in force today say.
fn by_decision() -> WindowCount {
    WindowCount::Decision
}

/// An agency whose credit reports are taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReportIssuer)]
pub struct ReportIssuerRow {
    /// The agency's registered name.
    pub name: String,
    /// First day of its qualification.
    #[schema(inline)]
    pub qualified_from: Day,
    /// Last day of its qualification.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(inline)]
    pub qualified_until: Option<Day>,
}

impl From<&ReportIssuer> for ReportIssuerRow {
    fn from(issuer: &ReportIssuer) -> Self {
        Self {
            name: issuer.name.clone(),
            qualified_from: issuer.qualified_from.into(),
            qualified_until: issuer.qualified_until.map(Day),
        }
    }
}

impl From<ReportIssuerRow> for ReportIssuer {
    fn from(row: ReportIssuerRow) -> Self {
        Self {
            name: row.name,
            qualified_from: row.qualified_from.0,
            qualified_until: row.qualified_until.map(|day| day.0),
        }
    }
}

impl From<&Policy> for PolicyRow {
    fn from(policy: &Policy) -> Self {
        Self {
            division: policy.division.clone(),
            version: policy.version.clone(),
            effective_from: policy.effective_from.into(),
            effective_until: policy.effective_until.map(Day),
            identifier_strictness: policy.identifier_strictness,
            clean_window_years: policy.clean_window_years,
            clean_window_from: policy.clean_window_from,
            clean_window_counts: policy.clean_window_counts,
            clean_window_lists_only: policy.clean_window_lists_only,
            clean_window_ignores_repaired: policy.clean_window_ignores_repaired,
            clean_window_ignores_slight: policy.clean_window_ignores_slight,
            records_since: policy.records_since.into(),
            suspension_scope: policy.suspension_scope,
            commitment_effect: policy.commitment_effect,
            commitment_working_days: policy.commitment_working_days,
            non_deferrable: policy.non_deferrable.to_vec(),
            report_issuers: policy.report_issuers.iter().map(Into::into).collect(),
            report_publication: policy.report_publication.clone(),
            listing: (&policy.listing).into(),
            duties: (&policy.duties).into(),
        }
    }
}

impl From<PolicyRow> for Policy {
    fn from(row: PolicyRow) -> Self {
        Self {
            division: row.division,
            version: row.version,
            effective_from: row.effective_from.0,
            effective_until: row.effective_until.map(|day| day.0),
            identifier_strictness: row.identifier_strictness,
            clean_window_years: row.clean_window_years,
            clean_window_from: row.clean_window_from,
            clean_window_counts: row.clean_window_counts,
            clean_window_lists_only: row.clean_window_lists_only,
            clean_window_ignores_repaired: row.clean_window_ignores_repaired,
            clean_window_ignores_slight: row.clean_window_ignores_slight,
            records_since: row.records_since.0,
            suspension_scope: row.suspension_scope,
            commitment_effect: row.commitment_effect,
            commitment_working_days: row.commitment_working_days,
            non_deferrable: row.non_deferrable.into_iter().collect(),
            report_issuers: row.report_issuers.into_iter().map(Into::into).collect(),
            report_publication: row.report_publication,
            listing: row.listing.over(Listing::default()),
            duties: row.duties.over(Duties::default()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    #[test]
    fn a_policy_survives_the_way_there_and_back() {
        let policy = samples::policy();
        let text = serde_json::to_string(&PolicyRow::from(&policy)).unwrap();
        assert_eq!(Policy::from(serde_json::from_str::<PolicyRow>(&text).unwrap()), policy);
    }

    #[test]
    fn r020_a_row_without_groups_means_the_rules_in_force_today() {
        let mut row = serde_json::to_value(PolicyRow::from(&samples::policy())).unwrap();
        row["listing"] = serde_json::json!({ "alert_threshold": 3 });
        row.as_object_mut().unwrap().remove("duties");
        let policy = Policy::from(serde_json::from_value::<PolicyRow>(row).unwrap());
        assert_eq!(policy.listing, Listing { alert_threshold: Some(3), ..Listing::default() });
        assert_eq!(policy.duties, Duties::default());
    }
}
