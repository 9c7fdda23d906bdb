//! The values of a policy one by one, so that a layer can state some of them and
//! every value of the whole can be traced to the layer it came from.

use jiff::civil::Date;

use super::{
    CommitmentEffect, MonthDay, Policy, PublicityPeriod, ReportIssuer, SuspensionScope, UseTerm, WindowCount,
    WindowStart,
};
use crate::application::RequiredBy;
use crate::deadline::TimeLimit;
use crate::identifier::Strictness;

/// Declares the values: field, type, name for people and files, and place within
/// [`Policy`].
macro_rules! policy_values {
    ($($(#[$meta:meta])* $field:ident: $type:ty = $name:literal, $($place:ident).+;)+) => {
        /// What a layer states of a policy; what it does not state it inherits.
        #[derive(Debug, Clone, Default, PartialEq, Eq)]
        pub struct PolicyValues { $($(#[$meta])* pub $field: Option<$type>,)+ }

        impl PolicyValues {
            /// The names of all values, in the order in which they are shown.
            pub const NAMES: &'static [&'static str] = &[$($name,)+];

            /// Every value of a whole policy.
            #[must_use]
            pub fn of(policy: &Policy) -> Self {
                Self { $($field: Some(policy.$($place).+.clone()),)+ }
            }

            /// Each value from the first of `layers` that states it, and which one
            /// that is, in the order of [`PolicyValues::NAMES`].
            pub(super) fn first_stated(layers: &[&Self]) -> (Self, Vec<Option<usize>>) {
                let mut origins = Vec::with_capacity(Self::NAMES.len());
                let values = Self { $($field: {
                    let origin = layers.iter().position(|layer| layer.$field.is_some());
                    origins.push(origin);
                    origin.and_then(|layer| layers[layer].$field.clone())
                },)+ };
                (values, origins)
            }

            /// The same with those that are not there taken from `others`.
            #[must_use]
            pub(super) fn or(self, others: Self) -> Self {
                Self { $($field: self.$field.or(others.$field),)+ }
            }

            /// Writes every value into a policy; fails with the name of one that is
            /// not there.
            pub(super) fn write_to(self, policy: &mut Policy) -> Result<(), &'static str> {
                $(policy.$($place).+ = self.$field.ok_or($name)?;)+
                Ok(())
            }

            /// Names of the values that are not there.
            #[must_use]
            pub fn missing(&self) -> Vec<&'static str> {
                [$(self.$field.is_none().then_some($name),)+].into_iter().flatten().collect()
            }
        }
    };
}

policy_values! {
    /// See [`Policy::identifier_strictness`].
    identifier_strictness: Strictness = "identifier_strictness", identifier_strictness;
    /// See [`Policy::clean_window_years`].
    clean_window_years: u8 = "clean_window_years", clean_window_years;
    /// See [`Policy::clean_window_from`].
    clean_window_from: WindowStart = "clean_window_from", clean_window_from;
    /// See [`Policy::clean_window_counts`].
    clean_window_counts: WindowCount = "clean_window_counts", clean_window_counts;
    /// See [`Policy::clean_window_ignores_repaired`].
    clean_window_ignores_repaired: bool = "clean_window_ignores_repaired", clean_window_ignores_repaired;
    /// See [`Policy::clean_window_ignores_slight`].
    clean_window_ignores_slight: bool = "clean_window_ignores_slight", clean_window_ignores_slight;
    /// See [`Policy::clean_window_lists_only`].
    clean_window_lists_only: bool = "clean_window_lists_only", clean_window_lists_only;
    /// See [`Policy::records_since`].
    records_since: Date = "records_since", records_since;
    /// See [`Policy::suspension_scope`].
    suspension_scope: SuspensionScope = "suspension_scope", suspension_scope;
    /// See [`Policy::commitment_effect`].
    commitment_effect: CommitmentEffect = "commitment_effect", commitment_effect;
    /// See [`Policy::commitment_working_days`].
    commitment_working_days: u16 = "commitment_working_days", commitment_working_days;
    /// See [`Policy::non_deferrable`].
    non_deferrable: Vec<RequiredBy> = "non_deferrable", non_deferrable;
    /// See [`Policy::report_issuers`].
    report_issuers: Vec<ReportIssuer> = "report_issuers", report_issuers;
    /// See [`Policy::report_publication`].
    report_publication: Vec<String> = "report_publication", report_publication;
    /// See [`Listing::review`](super::Listing::review).
    review: bool = "listing.review", listing.review;
    /// See [`Listing::exit_to_watch`](super::Listing::exit_to_watch).
    exit_to_watch: bool = "listing.exit_to_watch", listing.exit_to_watch;
    /// See [`Listing::alert_threshold`](super::Listing::alert_threshold).
    alert_threshold: Option<u8> = "listing.alert_threshold", listing.alert_threshold;
    /// See [`Listing::related_party_depth`](super::Listing::related_party_depth).
    related_party_depth: u8 = "listing.related_party_depth", listing.related_party_depth;
    /// See [`Listing::use_terms`](super::Listing::use_terms).
    use_terms: Vec<UseTerm> = "listing.use_terms", listing.use_terms;
    /// See [`Listing::use_ends_with_publicity`](super::Listing::use_ends_with_publicity).
    use_ends_with_publicity: bool = "listing.use_ends_with_publicity", listing.use_ends_with_publicity;
    /// See [`Listing::slight`](super::Listing::slight).
    slight: PublicityPeriod = "listing.slight", listing.slight;
    /// See [`Listing::general`](super::Listing::general).
    general: PublicityPeriod = "listing.general", listing.general;
    /// See [`Listing::serious`](super::Listing::serious).
    serious: PublicityPeriod = "listing.serious", listing.serious;
    /// See [`Duties::publicity_limit`](super::Duties::publicity_limit).
    publicity_limit: TimeLimit = "duties.publicity_limit", duties.publicity_limit;
    /// See [`Duties::record_limit`](super::Duties::record_limit).
    record_limit: TimeLimit = "duties.record_limit", duties.record_limit;
    /// See [`Duties::verification_limit`](super::Duties::verification_limit).
    verification_limit: Option<TimeLimit> = "duties.verification_limit", duties.verification_limit;
    /// See [`Duties::conditions_deferrable`](super::Duties::conditions_deferrable).
    conditions_deferrable: bool = "duties.conditions_deferrable", duties.conditions_deferrable;
    /// See [`Duties::monthly_report_day`](super::Duties::monthly_report_day).
    monthly_report_day: Option<i8> = "duties.monthly_report_day", duties.monthly_report_day;
    /// See [`Duties::typical_cases_day`](super::Duties::typical_cases_day).
    typical_cases_day: Option<i8> = "duties.typical_cases_day", duties.typical_cases_day;
    /// See [`Duties::half_yearly_report_days`](super::Duties::half_yearly_report_days).
    half_yearly_report_days: Vec<MonthDay> = "duties.half_yearly_report_days", duties.half_yearly_report_days;
}
