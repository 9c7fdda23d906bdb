//! Layers: what one division states over one span of days. What it does not state it
//! inherits.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use super::{
    CommitmentEffect, Duties, Listing, MonthDay, Policy, PublicityPeriod, ReportIssuer, SuspensionScope,
    UseTerm, WindowCount, WindowStart,
};
use crate::application::RequiredBy;
use crate::deadline::TimeLimit;
use crate::identifier::Strictness;
#[cfg(feature = "schema")]
use crate::time::Day;
use crate::{day, or_none};

/// Between the layers in the name of a policy, the nearest first.
pub(super) const AND: char = '+';
/// Between division and version in the name of a layer.
const AT: char = '@';

/// Some values of a policy, as one division states them over one span of days; what is
/// left out is inherited. What a version says never changes.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PolicyLayer {
    /// Administrative division that states them, six digits (GB/T 2260), or
    /// [`shipped::ROOT`](super::shipped::ROOT).
    pub division: String,
    /// The division's own name of this version, such as `2026-04`, without `+` and `@`.
    pub version: String,
    /// First day in force.
    #[serde(with = "day")]
    #[cfg_attr(feature = "schema", schema(value_type = Day))]
    pub effective_from: Date,
    /// Last day in force.
    #[serde(default, with = "day::optional", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<Day>))]
    pub effective_until: Option<Date>,
    /// How wrong check digits of identifiers are treated.
    pub identifier_strictness: Option<Strictness>,
    /// Years without a bad record that count as clean (R75), 1 to 10.
    pub clean_window_years: Option<u8>,
    /// The day from which the years are counted back.
    pub clean_window_from: Option<WindowStart>,
    /// The day by which an entry that is over counts.
    pub clean_window_counts: Option<WindowCount>,
    /// Repaired entries do not spoil the window.
    pub clean_window_ignores_repaired: Option<bool>,
    /// Slight entries do not spoil the window.
    pub clean_window_ignores_slight: Option<bool>,
    /// Only black, alert and watch lists spoil the window.
    pub clean_window_lists_only: Option<bool>,
    /// The sources hold records from this day on.
    #[serde(default, with = "day::optional", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<Day>))]
    pub records_since: Option<Date>,
    /// Which punish measures rest while an entry is under verification (R98).
    pub suspension_scope: Option<SuspensionScope>,
    /// What a commitment brings before the missing materials arrive (R80, R81).
    pub commitment_effect: Option<CommitmentEffect>,
    /// Working days until a commitment is due.
    pub commitment_working_days: Option<u16>,
    /// Materials required on these levels may never be supplied later (R77 to R79).
    pub non_deferrable: Option<Vec<RequiredBy>>,
    /// Agencies whose reports are taken (R88).
    pub report_issuers: Option<Vec<ReportIssuer>>,
    /// Where a report must have been published to be taken.
    pub report_publication: Option<Vec<String>>,
    /// Lists, exits and repair.
    #[serde(default, skip_serializing_if = "ListingLayer::is_silent")]
    pub listing: ListingLayer,
    /// Duties with a time limit.
    #[serde(default, skip_serializing_if = "DutiesLayer::is_silent")]
    pub duties: DutiesLayer,
}

/// What a layer states of lists.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = Listing))]
#[serde(default, deny_unknown_fields)]
pub struct ListingLayer {
    /// Proposals for lists kept here need the review of a second person (R40).
    pub review: Option<bool>,
    /// Who leaves the black list goes on the watch list (R46).
    pub exit_to_watch: Option<bool>,
    /// In how many different key fields a subject must be watched to be on the
    /// alert list (R44), or `none` where there is no such list.
    #[serde(with = "or_none::stated", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>))]
    pub alert_threshold: Option<Option<u8>>,
    /// Steps from a party to those whose entries reach it (R27), 0 to 3.
    pub related_party_depth: Option<u8>,
    /// Terms of entries that name no end, the first that fits first; the longest
    /// publicity of its severity is the term of an entry that none fits.
    pub use_terms: Option<Vec<UseTerm>>,
    /// An entry is used no longer than it is public, whatever end it names.
    pub use_ends_with_publicity: Option<bool>,
    /// Publicity of slight information.
    pub slight: Option<PublicityPeriod>,
    /// Publicity of general information.
    pub general: Option<PublicityPeriod>,
    /// Publicity of serious information.
    pub serious: Option<PublicityPeriod>,
}

/// What a layer states of duties with a time limit.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = Duties))]
#[serde(default, deny_unknown_fields)]
pub struct DutiesLayer {
    /// Licences and penalties are public within this limit (R89, R90).
    pub publicity_limit: Option<TimeLimit>,
    /// Records and list entries are with the platform within this limit (R37, R94).
    pub record_limit: Option<TimeLimit>,
    /// An objection is answered within this limit (R97), or `none` where the rule
    /// says "as soon as possible".
    #[serde(with = "or_none::stated", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<TimeLimit>))]
    pub verification_limit: Option<Option<TimeLimit>>,
    /// Not only materials but also conditions may be supplied later (R79).
    pub conditions_deferrable: Option<bool>,
    /// Day of the month on which the monthly report is due (R108), or `none`.
    #[serde(with = "or_none::stated", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>))]
    pub monthly_report_day: Option<Option<u8>>,
    /// Day of the month on which typical cases are due (R107), or `none`.
    #[serde(with = "or_none::stated", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>))]
    pub typical_cases_day: Option<Option<u8>>,
    /// Days of the year on which half-yearly reports are due (R109), as `MM-DD`.
    #[cfg_attr(feature = "schema", schema(value_type = Option<Vec<String>>))]
    pub half_yearly_report_days: Option<Vec<MonthDay>>,
}

impl PolicyLayer {
    /// Whether it is in force on `day`.
    #[must_use]
    pub fn in_force_on(&self, day: Date) -> bool {
        self.effective_from <= day && self.effective_until.is_none_or(|last| day <= last)
    }

    /// Names this layer in records, answers and messages.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}{AT}{}", self.division, self.version)
    }

    /// Whether a version may have this name: the names of policies are read back.
    #[must_use]
    pub fn is_version(version: &str) -> bool {
        !version.trim().is_empty() && !version.contains([AND, AT])
    }
}

/// The names of the layers that the name of a policy names.
pub(super) fn layer_names(snapshot: &str) -> impl Iterator<Item = &str> {
    snapshot.split(AND)
}

/// The value of the first of `layers` that states it; which one that is goes to `origins`.
fn first<T: Clone>(
    layers: &[&PolicyLayer],
    origins: &mut Vec<Option<usize>>,
    value: impl Fn(&PolicyLayer) -> Option<&T>,
) -> Option<T> {
    let found = layers.iter().enumerate().find_map(|(at, layer)| value(layer).map(|value| (at, value)));
    origins.push(found.map(|(at, _)| at));
    found.map(|(_, value)| value.clone())
}

/// Names the values, which a policy and its layers have in the same places; those of a
/// group with the types of the group.
macro_rules! values {
    ($($value:ident),+; $($group:ident: $layer:ident of $whole:ident { $($part:ident),+ })+) => {
        impl PolicyLayer {
            /// The names of all values, in the order in which they are shown.
            pub const VALUES: &'static [&'static str] = &[
                $(stringify!($value),)+
                $($(concat!(stringify!($group), ".", stringify!($part)),)+)+
            ];

            /// Each value from the first of `layers` that states it, and which one that
            /// is, in the order of [`Self::VALUES`].
            pub(super) fn first_stated(layers: &[&Self]) -> (Self, Vec<Option<usize>>) {
                let mut stated = Self::default();
                let mut origins = Vec::with_capacity(Self::VALUES.len());
                $(stated.$value = first(layers, &mut origins, |layer| layer.$value.as_ref());)+
                $($(
                    stated.$group.$part = first(layers, &mut origins, |layer| layer.$group.$part.as_ref());
                )+)+
                (stated, origins)
            }

            /// Writes every value into a policy; fails with the name of one that is not
            /// stated.
            pub(super) fn write_to(self, policy: &mut Policy) -> Result<(), &'static str> {
                $(policy.$value = self.$value.ok_or(stringify!($value))?;)+
                $($(
                    let name = concat!(stringify!($group), ".", stringify!($part));
                    policy.$group.$part = self.$group.$part.ok_or(name)?;
                )+)+
                Ok(())
            }
        }

        /// A version that states every value.
        impl From<&Policy> for PolicyLayer {
            fn from(policy: &Policy) -> Self {
                Self {
                    division: policy.division.clone(),
                    version: policy.version.clone(),
                    effective_from: policy.effective_from,
                    effective_until: policy.effective_until,
                    $($value: Some(policy.$value.clone()),)+
                    $($group: policy.$group.clone().into(),)+
                }
            }
        }

        $(
            impl $layer {
                /// Whether nothing is stated.
                fn is_silent(&self) -> bool {
                    *self == Self::default()
                }
            }

            impl From<$whole> for $layer {
                fn from(whole: $whole) -> Self {
                    Self { $($part: Some(whole.$part),)+ }
                }
            }

            /// What is not stated is as in the rules in force today.
            impl From<$layer> for $whole {
                fn from(stated: $layer) -> Self {
                    let today = Self::default();
                    Self { $($part: stated.$part.unwrap_or(today.$part),)+ }
                }
            }
        )+
    };
}

values! {
    identifier_strictness, clean_window_years, clean_window_from, clean_window_counts,
    clean_window_ignores_repaired, clean_window_ignores_slight, clean_window_lists_only, records_since,
    suspension_scope, commitment_effect, commitment_working_days, non_deferrable, report_issuers,
    report_publication;
    listing: ListingLayer of Listing {
        review, exit_to_watch, alert_threshold, related_party_depth, use_terms, use_ends_with_publicity,
        slight, general, serious
    }
    duties: DutiesLayer of Duties {
        publicity_limit, record_limit, verification_limit, conditions_deferrable, monthly_report_day,
        typical_cases_day, half_yearly_report_days
    }
}
