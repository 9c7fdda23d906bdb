//! Divisions and layers of policy, as rows.

use creditgate_credit::application::RequiredBy;
use creditgate_credit::identifier::Strictness;
use creditgate_credit::policy::{
    CommitmentEffect, Division, DivisionLevel, PolicyLayer, PolicyValues, ReportIssuer, SuspensionScope,
    WindowCount, WindowStart,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::groups::{day_of_month, to_day_of_month};
use super::{DutiesBody, ListingBody, MonthDayText, OrNone, ReportIssuerRow};
use crate::time::Day;

/// An administrative division (R20).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Division)]
pub struct DivisionRow {
    /// Code, six digits (GB/T 2260).
    pub code: String,
    /// Name for people.
    pub name: String,
    /// Level.
    #[schema(inline)]
    pub level: DivisionLevel,
    /// Code of the division above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
}

impl From<&Division> for DivisionRow {
    fn from(division: &Division) -> Self {
        Self {
            code: division.code.clone(),
            name: division.name.clone(),
            level: division.level,
            parent: division.parent.clone(),
        }
    }
}

impl From<DivisionRow> for Division {
    fn from(row: DivisionRow) -> Self {
        Self { code: row.code, name: row.name, level: row.level, parent: row.parent }
    }
}

/// What one division states of a policy over one span of days; what is left out
/// is inherited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PolicyLayer)]
pub struct LayerRow {
    /// Administrative division, six digits (GB/T 2260).
    pub division: String,
    /// The division's own name of this version, such as `2026-04`.
    pub version: String,
    /// First day in force.
    #[schema(inline)]
    pub effective_from: Day,
    /// Last day in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(inline)]
    pub effective_until: Option<Day>,
    /// How wrong check digits of identifiers are treated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(inline)]
    pub identifier_strictness: Option<Strictness>,
    /// Years without a bad record that count as clean (R75), 1 to 10.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clean_window_years: Option<u8>,
    /// The day from which the years are counted back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(inline)]
    pub clean_window_from: Option<WindowStart>,
    /// The day by which an entry that is over counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(inline)]
    pub clean_window_counts: Option<WindowCount>,
    /// Repaired entries do not spoil the window.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clean_window_ignores_repaired: Option<bool>,
    /// Slight entries do not spoil the window.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clean_window_ignores_slight: Option<bool>,
    /// Only black, alert and watch lists spoil the window.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clean_window_lists_only: Option<bool>,
    /// The sources hold records from this day on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(inline)]
    pub records_since: Option<Day>,
    /// Which punish measures rest while an entry is under verification (R98).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(inline)]
    pub suspension_scope: Option<SuspensionScope>,
    /// What a commitment brings before the missing materials arrive (R80, R81).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(inline)]
    pub commitment_effect: Option<CommitmentEffect>,
    /// Working days until a commitment is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commitment_working_days: Option<u16>,
    /// Materials required on these levels may never be supplied later (R77 to R79).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(inline)]
    pub non_deferrable: Option<Vec<RequiredBy>>,
    /// Agencies whose reports are taken (R88).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report_issuers: Option<Vec<ReportIssuerRow>>,
    /// Where a report must have been published to be taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report_publication: Option<Vec<String>>,
    /// Lists, exits and repair.
    #[serde(default, skip_serializing_if = "ListingBody::is_empty")]
    pub listing: ListingBody,
    /// Duties with a time limit.
    #[serde(default, skip_serializing_if = "DutiesBody::is_empty")]
    pub duties: DutiesBody,
}

impl From<&PolicyLayer> for LayerRow {
    fn from(layer: &PolicyLayer) -> Self {
        let values = layer.values.clone();
        let issuers = |issuers: &Vec<ReportIssuer>| issuers.iter().map(Into::into).collect();
        Self {
            division: layer.division.clone(),
            version: layer.version.clone(),
            effective_from: layer.effective_from.into(),
            effective_until: layer.effective_until.map(Day),
            listing: listing_of(&values),
            duties: duties_of(&values),
            identifier_strictness: values.identifier_strictness,
            clean_window_years: values.clean_window_years,
            clean_window_from: values.clean_window_from,
            clean_window_counts: values.clean_window_counts,
            clean_window_ignores_repaired: values.clean_window_ignores_repaired,
            clean_window_ignores_slight: values.clean_window_ignores_slight,
            clean_window_lists_only: values.clean_window_lists_only,
            records_since: values.records_since.map(Day),
            suspension_scope: values.suspension_scope,
            commitment_effect: values.commitment_effect,
            commitment_working_days: values.commitment_working_days,
            non_deferrable: values.non_deferrable.map(|levels| levels.into_iter().collect()),
            report_issuers: values.report_issuers.as_ref().map(issuers),
            report_publication: values.report_publication,
        }
    }
}

impl From<LayerRow> for PolicyLayer {
    fn from(row: LayerRow) -> Self {
        let ListingBody {
            review,
            exit_to_watch,
            alert_threshold,
            related_party_depth,
            use_terms,
            use_ends_with_publicity,
            slight,
            general,
            serious,
        } = row.listing;
        let duties = row.duties;
        let month_days = |days: Vec<MonthDayText>| days.into_iter().map(|day| day.0).collect();
        let values = PolicyValues {
            identifier_strictness: row.identifier_strictness,
            clean_window_years: row.clean_window_years,
            clean_window_from: row.clean_window_from,
            clean_window_counts: row.clean_window_counts,
            clean_window_ignores_repaired: row.clean_window_ignores_repaired,
            clean_window_ignores_slight: row.clean_window_ignores_slight,
            clean_window_lists_only: row.clean_window_lists_only,
            records_since: row.records_since.map(|day| day.0),
            suspension_scope: row.suspension_scope,
            commitment_effect: row.commitment_effect,
            commitment_working_days: row.commitment_working_days,
            non_deferrable: row.non_deferrable.map(|levels| levels.into_iter().collect()),
            report_issuers: row.report_issuers.map(|rows| rows.into_iter().map(Into::into).collect()),
            report_publication: row.report_publication,
            review,
            exit_to_watch,
            alert_threshold: alert_threshold.map(|given| given.0),
            related_party_depth,
            use_terms: use_terms.map(|terms| terms.into_iter().map(Into::into).collect()),
            use_ends_with_publicity,
            slight: slight.map(Into::into),
            general: general.map(Into::into),
            serious: serious.map(Into::into),
            publicity_limit: duties.publicity_limit.map(Into::into),
            record_limit: duties.record_limit.map(Into::into),
            verification_limit: duties.verification_limit.map(|given| given.0.map(Into::into)),
            conditions_deferrable: duties.conditions_deferrable,
            monthly_report_day: duties.monthly_report_day.map(day_of_month),
            typical_cases_day: duties.typical_cases_day.map(day_of_month),
            half_yearly_report_days: duties.half_yearly_report_days.map(month_days),
        };
        Self {
            division: row.division,
            version: row.version,
            effective_from: row.effective_from.0,
            effective_until: row.effective_until.map(|day| day.0),
            values,
        }
    }
}

fn listing_of(values: &PolicyValues) -> ListingBody {
    ListingBody {
        review: values.review,
        exit_to_watch: values.exit_to_watch,
        alert_threshold: values.alert_threshold.map(OrNone),
        related_party_depth: values.related_party_depth,
        use_terms: values.use_terms.as_ref().map(|terms| terms.iter().copied().map(Into::into).collect()),
        use_ends_with_publicity: values.use_ends_with_publicity,
        slight: values.slight.map(Into::into),
        general: values.general.map(Into::into),
        serious: values.serious.map(Into::into),
    }
}

fn duties_of(values: &PolicyValues) -> DutiesBody {
    let days = values.half_yearly_report_days.as_ref();
    DutiesBody {
        publicity_limit: values.publicity_limit.map(Into::into),
        record_limit: values.record_limit.map(Into::into),
        verification_limit: values.verification_limit.map(|limit| OrNone(limit.map(Into::into))),
        conditions_deferrable: values.conditions_deferrable,
        monthly_report_day: values.monthly_report_day.map(to_day_of_month),
        typical_cases_day: values.typical_cases_day.map(to_day_of_month),
        half_yearly_report_days: days.map(|days| days.iter().copied().map(MonthDayText).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    #[test]
    fn r020_a_layer_survives_the_way_there_and_back() {
        let whole = PolicyLayer::from(&samples::policy());
        let silent = PolicyLayer { values: PolicyValues::default(), ..whole.clone() };
        for layer in [whole, silent] {
            let text = serde_json::to_string(&LayerRow::from(&layer)).unwrap();
            assert_eq!(PolicyLayer::from(serde_json::from_str::<LayerRow>(&text).unwrap()), layer);
        }
    }
}
