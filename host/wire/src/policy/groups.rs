//! The groups of values within a policy: lists, and duties with a time limit.
//! Each value may be left out; what that means is for whoever reads it.

use creditgate_credit::deadline::{DayUnit, TimeLimit};
use creditgate_credit::entry::{ListKind, Severity};
use creditgate_credit::policy::{Duties, Listing, MonthDay, PublicityPeriod, UseTerm};
use serde::de::{Deserializer, Error, Unexpected};
use serde::{Deserialize, Serialize, Serializer};
use utoipa::ToSchema;

use super::or_none::OrNone;

/// What a jurisdiction's rules say of lists.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = Listing)]
pub struct ListingBody {
    /// Proposals for lists kept here need the review of a second person (R40).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review: Option<bool>,
    /// Who leaves the black list goes on the watch list (R46).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exit_to_watch: Option<bool>,
    /// In how many different key fields a subject must be watched to be on the
    /// alert list (R44), or `none` where there is no such list.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub alert_threshold: Option<OrNone<u8>>,
    /// Steps from a party to those whose entries reach it (R27), 0 to 3.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub related_party_depth: Option<u8>,
    /// Terms of entries that name no end, the first that fits first; the longest
    /// publicity of its severity is the term of an entry that none fits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub use_terms: Option<Vec<UseTermBody>>,
    /// An entry is used no longer than it is public, whatever end it names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub use_ends_with_publicity: Option<bool>,
    /// Publicity of slight information.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slight: Option<PublicityPeriodBody>,
    /// Publicity of general information.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub general: Option<PublicityPeriodBody>,
    /// Publicity of serious information.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serious: Option<PublicityPeriodBody>,
}

/// How long entries of a family of lists are used that name no end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = UseTerm)]
pub struct UseTermBody {
    /// The family of lists.
    #[schema(inline)]
    pub kind: ListKind,
    /// The severity; every one, and none, when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(inline)]
    pub severity: Option<Severity>,
    /// Months from the day of the decision, or of the recognition where no decision
    /// is named.
    pub months: u16,
}

impl From<UseTerm> for UseTermBody {
    fn from(term: UseTerm) -> Self {
        Self { kind: term.kind, severity: term.severity, months: term.months }
    }
}

impl From<UseTermBody> for UseTerm {
    fn from(body: UseTermBody) -> Self {
        Self { kind: body.kind, severity: body.severity, months: body.months }
    }
}

/// How long dishonesty information is public, in months from the decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PublicityPeriod)]
pub struct PublicityPeriodBody {
    /// Months before credit may be repaired.
    pub minimum_months: u8,
    /// Months after which publicity stops by itself.
    pub maximum_months: u8,
}

/// What a jurisdiction's rules say of duties with a time limit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = Duties)]
pub struct DutiesBody {
    /// Licences and penalties are public within this limit (R89, R90).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publicity_limit: Option<TimeLimitBody>,
    /// Records and list entries are with the platform within this limit (R37, R94).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record_limit: Option<TimeLimitBody>,
    /// An objection is answered within this limit (R97), or `none` where the rule
    /// says "as soon as possible".
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<TimeLimitBody>)]
    pub verification_limit: Option<OrNone<TimeLimitBody>>,
    /// Not only materials but also conditions may be supplied later (R79).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conditions_deferrable: Option<bool>,
    /// Day of the month on which the monthly report is due (R108), or `none`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub monthly_report_day: Option<OrNone<u8>>,
    /// Day of the month on which typical cases are due (R107), or `none`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub typical_cases_day: Option<OrNone<u8>>,
    /// Days of the year on which half-yearly reports are due (R109), as `MM-DD`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<String>>)]
    pub half_yearly_report_days: Option<Vec<MonthDayText>>,
}

/// A number of days within which something must be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TimeLimit)]
pub struct TimeLimitBody {
    /// How many.
    pub count: u16,
    /// Of which days.
    #[schema(inline)]
    pub unit: DayUnit,
}

impl From<TimeLimit> for TimeLimitBody {
    fn from(limit: TimeLimit) -> Self {
        Self { count: limit.count, unit: limit.unit }
    }
}

impl From<TimeLimitBody> for TimeLimit {
    fn from(body: TimeLimitBody) -> Self {
        Self { count: body.count, unit: body.unit }
    }
}

impl From<PublicityPeriod> for PublicityPeriodBody {
    fn from(period: PublicityPeriod) -> Self {
        Self { minimum_months: period.minimum_months, maximum_months: period.maximum_months }
    }
}

impl From<PublicityPeriodBody> for PublicityPeriod {
    fn from(body: PublicityPeriodBody) -> Self {
        Self { minimum_months: body.minimum_months, maximum_months: body.maximum_months }
    }
}

/// What a day of every year must be, in an error of serde.
const EXPECTED_MONTH_DAY: &str = "a day of every year, written MM-DD";

/// A day of every year, `MM-DD`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MonthDayText(pub MonthDay);

impl Serialize for MonthDayText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{:02}-{:02}", self.0.month, self.0.day))
    }
}

impl<'de> Deserialize<'de> for MonthDayText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        parse_month_day(&text)
            .map(Self)
            .ok_or_else(|| D::Error::invalid_value(Unexpected::Str(&text), &EXPECTED_MONTH_DAY))
    }
}

/// Only days that every year has: 29 February is none.
fn parse_month_day(text: &str) -> Option<MonthDay> {
    const COMMON_YEAR: i16 = 2026;
    let (month, day) = text.split_once('-').filter(|(month, day)| month.len() == 2 && day.len() == 2)?;
    let (month, day) = (month.parse().ok()?, day.parse().ok()?);
    jiff::civil::Date::new(COMMON_YEAR, month, day).ok().map(|_| MonthDay { month, day })
}

impl From<&Listing> for ListingBody {
    fn from(listing: &Listing) -> Self {
        Self {
            review: Some(listing.review),
            exit_to_watch: Some(listing.exit_to_watch),
            alert_threshold: Some(OrNone(listing.alert_threshold)),
            related_party_depth: Some(listing.related_party_depth),
            use_terms: Some(listing.use_terms.iter().copied().map(Into::into).collect()),
            use_ends_with_publicity: Some(listing.use_ends_with_publicity),
            slight: Some(listing.slight.into()),
            general: Some(listing.general.into()),
            serious: Some(listing.serious.into()),
        }
    }
}

impl ListingBody {
    /// Whether nothing is given.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The values given here, and the others from `base`.
    #[must_use]
    pub fn over(self, base: Listing) -> Listing {
        Listing {
            review: self.review.unwrap_or(base.review),
            exit_to_watch: self.exit_to_watch.unwrap_or(base.exit_to_watch),
            alert_threshold: self.alert_threshold.map_or(base.alert_threshold, |given| given.0),
            related_party_depth: self.related_party_depth.unwrap_or(base.related_party_depth),
            use_terms: self
                .use_terms
                .map_or(base.use_terms, |terms| terms.into_iter().map(Into::into).collect()),
            use_ends_with_publicity: self.use_ends_with_publicity.unwrap_or(base.use_ends_with_publicity),
            slight: self.slight.map_or(base.slight, Into::into),
            general: self.general.map_or(base.general, Into::into),
            serious: self.serious.map_or(base.serious, Into::into),
        }
    }
}

impl From<&Duties> for DutiesBody {
    fn from(duties: &Duties) -> Self {
        let month_days = duties.half_yearly_report_days.iter().copied().map(MonthDayText).collect();
        Self {
            publicity_limit: Some(duties.publicity_limit.into()),
            record_limit: Some(duties.record_limit.into()),
            verification_limit: Some(OrNone(duties.verification_limit.map(Into::into))),
            conditions_deferrable: Some(duties.conditions_deferrable),
            monthly_report_day: Some(to_day_of_month(duties.monthly_report_day)),
            typical_cases_day: Some(to_day_of_month(duties.typical_cases_day)),
            half_yearly_report_days: Some(month_days),
        }
    }
}

impl DutiesBody {
    /// Whether nothing is given.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The values given here, and the others from `base`.
    #[must_use]
    pub fn over(self, base: Duties) -> Duties {
        let month_days = |days: Vec<MonthDayText>| days.into_iter().map(|day| day.0).collect();
        Duties {
            publicity_limit: self.publicity_limit.map_or(base.publicity_limit, Into::into),
            record_limit: self.record_limit.map_or(base.record_limit, Into::into),
            verification_limit: self
                .verification_limit
                .map_or(base.verification_limit, |given| given.0.map(Into::into)),
            conditions_deferrable: self.conditions_deferrable.unwrap_or(base.conditions_deferrable),
            monthly_report_day: self.monthly_report_day.map_or(base.monthly_report_day, day_of_month),
            typical_cases_day: self.typical_cases_day.map_or(base.typical_cases_day, day_of_month),
            half_yearly_report_days: self
                .half_yearly_report_days
                .map_or(base.half_yearly_report_days, month_days),
        }
    }
}

/// Rules refuse what is no day of a month before it comes here.
pub(super) fn day_of_month(given: OrNone<u8>) -> Option<i8> {
    given.0.and_then(|day| i8::try_from(day).ok())
}

pub(super) fn to_day_of_month(day: Option<i8>) -> OrNone<u8> {
    OrNone(day.map(i8::unsigned_abs))
}
