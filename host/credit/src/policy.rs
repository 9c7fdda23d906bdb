//! Jurisdiction policy: the parameters on which localities differ and which
//! later rules changed, as dated data.
//!
//! A [`Policy`] is whole: every value is there. It is put together from layers,
//! each of which states what one division says over one span of days, by the tree
//! of divisions ([`PolicyTree`]); what nobody says is as in the shipped rules.

mod layer;
mod resolution;
pub mod shipped;
mod tree;

pub use layer::{DutiesLayer, ListingLayer, PolicyLayer};
pub use resolution::{MissingValue, Resolution};
pub use tree::{Division, DivisionLevel, PolicyTree, TreeFault};

use jiff::civil::Date;

use serde::de::{Error, Unexpected};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::application::RequiredBy;
use crate::day;
use crate::deadline::TimeLimit;
use crate::entry::{ListKind, Severity};
use crate::identifier::Strictness;
#[cfg(feature = "schema")]
use crate::time::Day;
use crate::vocabulary;

vocabulary! {
    /// Which punish measures rest while an entry is under verification (R98).
    pub enum SuspensionScope {
        /// All of them.
        AllPunish = "all_punish",
        /// Only those of black lists.
        BlackOnly = "black_only",
    }
}

impl SuspensionScope {
    /// Whether a suspended entry of this kind triggers no punish measure.
    #[must_use]
    pub const fn covers(self, kind: ListKind) -> bool {
        match self {
            Self::AllPunish => true,
            Self::BlackOnly => matches!(kind, ListKind::Black),
        }
    }
}

vocabulary! {
    /// What a commitment brings before the missing materials arrive.
    pub enum CommitmentEffect {
        /// Accept first (R80).
        AcceptFirst = "accept_first",
        /// Decide first (R81).
        DecideFirst = "decide_first",
    }
}

vocabulary! {
    /// The day from which the clean-record window is counted back (R75).
    pub enum WindowStart {
        /// 申请日: the day of filing.
        Filing = "filing",
        /// 决定日: the day of the check.
        Decision = "decision",
    }
}

vocabulary! {
    /// The day by which an entry that is over lies inside the clean-record window or
    /// before it (R75).
    pub enum WindowCount {
        /// 决定日: the day of the decision, or of the recognition where none is named.
        Decision = "decision",
        /// The last day on which it had effect.
        Effect = "effect",
    }
}

/// How long entries of a family of lists are used that name no end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct UseTerm {
    /// The family of lists.
    pub kind: ListKind,
    /// The severity; every one, and none, when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// Months from the day of the decision, or of the recognition where no decision
    /// is named.
    pub months: u16,
}

/// An agency whose credit reports are taken (R88).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ReportIssuer {
    /// The agency's registered name.
    pub name: String,
    /// First day of its qualification.
    #[serde(with = "day")]
    #[cfg_attr(feature = "schema", schema(value_type = Day))]
    pub qualified_from: Date,
    /// Last day of its qualification.
    #[serde(default, with = "day::optional", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<Day>))]
    pub qualified_until: Option<Date>,
}

/// How long dishonesty information of one severity is public: months from the
/// day of the decision (NDRC Order 36).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PublicityPeriod {
    /// Months before credit may be repaired.
    pub minimum_months: u8,
    /// Months after which publicity stops by itself.
    pub maximum_months: u8,
}

/// The most steps from a party to those whose entries reach it (R27).
pub const DEEPEST_RELATION: u8 = 3;

/// What a jurisdiction's rules say of lists; what is left out on the wire is as in the
/// rules in force today.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "ListingLayer", into = "ListingLayer")]
pub struct Listing {
    /// Proposals for lists kept here need the review of a second person (R40).
    pub review: bool,
    /// Who leaves the black list goes on the watch list (R46).
    pub exit_to_watch: bool,
    /// In how many different key fields a subject must be watched to be on the
    /// alert list (R44); none where there is no such list.
    pub alert_threshold: Option<u8>,
    /// Steps from a party to those whose entries reach it (R27): 1 is the parties
    /// that act for it, 0 nobody.
    pub related_party_depth: u8,
    /// Terms of entries that name no end, the first that fits an entry first; where
    /// none does, the longest publicity of its severity is its term.
    pub use_terms: Vec<UseTerm>,
    /// An entry is used no longer than it is public, whatever end it names.
    pub use_ends_with_publicity: bool,
    /// Publicity of slight information.
    pub slight: PublicityPeriod,
    /// Publicity of general information.
    pub general: PublicityPeriod,
    /// Publicity of serious information.
    pub serious: PublicityPeriod,
}

impl Listing {
    /// The period of a severity.
    #[must_use]
    pub const fn publicity(&self, severity: Severity) -> PublicityPeriod {
        match severity {
            Severity::Slight => self.slight,
            Severity::General => self.general,
            Severity::Serious => self.serious,
        }
    }
}

/// The rules in force today: NDRC Order 36, no alert list, no watch list after an
/// exit.
impl Default for Listing {
    fn default() -> Self {
        Self {
            review: true,
            exit_to_watch: false,
            alert_threshold: None,
            related_party_depth: 1,
            use_terms: Vec::new(),
            use_ends_with_publicity: false,
            slight: PublicityPeriod { minimum_months: 0, maximum_months: 3 },
            general: PublicityPeriod { minimum_months: 3, maximum_months: 12 },
            serious: PublicityPeriod { minimum_months: 12, maximum_months: 36 },
        }
    }
}

/// A day of every year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct MonthDay {
    /// Month, from 1.
    pub month: i8,
    /// Day of the month, from 1.
    pub day: i8,
}

impl MonthDay {
    /// The day a text such as `06-05` means; only days that every year has, so 29
    /// February is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        const COMMON_YEAR: i16 = 2026;
        let (month, day) = text.split_once('-').filter(|(month, day)| month.len() == 2 && day.len() == 2)?;
        let (month, day) = (month.parse().ok()?, day.parse().ok()?);
        Date::new(COMMON_YEAR, month, day).ok().map(|_| Self { month, day })
    }
}

impl Serialize for MonthDay {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{:02}-{:02}", self.month, self.day))
    }
}

impl<'de> Deserialize<'de> for MonthDay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let expected = "a day of every year, written MM-DD";
        Self::parse(&text).ok_or_else(|| Error::invalid_value(Unexpected::Str(&text), &expected))
    }
}

/// What a jurisdiction's rules say of duties with a time limit; what is left out on the
/// wire is as in the rules in force today.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "DutiesLayer", into = "DutiesLayer")]
pub struct Duties {
    /// Licences and penalties are public within this limit of the decision (R89,
    /// R90).
    pub publicity_limit: TimeLimit,
    /// Credit records and list entries are with the platform within this limit
    /// (R37, R94).
    pub record_limit: TimeLimit,
    /// An objection is answered within this limit (R97); none where the rule says
    /// "as soon as possible".
    pub verification_limit: Option<TimeLimit>,
    /// Not only materials but also conditions may be supplied later (R79).
    pub conditions_deferrable: bool,
    /// Day of the month on which the monthly report is due (R108).
    pub monthly_report_day: Option<u8>,
    /// Day of the month on which typical cases are due (R107).
    pub typical_cases_day: Option<u8>,
    /// Days of the year on which half-yearly reports are due (R109).
    pub half_yearly_report_days: Vec<MonthDay>,
}

impl Default for Duties {
    fn default() -> Self {
        Self {
            publicity_limit: TimeLimit::working_days(7),
            record_limit: TimeLimit::working_days(7),
            verification_limit: Some(TimeLimit::working_days(20)),
            conditions_deferrable: false,
            monthly_report_day: None,
            typical_cases_day: None,
            half_yearly_report_days: Vec::new(),
        }
    }
}

/// The policy of one jurisdiction over one span of days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Administrative division it holds for, six digits (GB/T 2260).
    pub division: String,
    /// The jurisdiction's own name of this version, such as `2026-04`.
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
    pub identifier_strictness: Strictness,
    /// Years without a bad record that count as clean (R75), 1 to 10.
    pub clean_window_years: u8,
    /// The day from which the years are counted back; `decision` if left out.
    #[serde(default = "decision")]
    pub clean_window_from: WindowStart,
    /// The day by which an entry that is over counts: `decision` (if left out) or
    /// `effect`, its last day.
    #[serde(default = "by_decision")]
    pub clean_window_counts: WindowCount,
    /// Repaired entries do not spoil the window.
    pub clean_window_ignores_repaired: bool,
    /// Slight entries do not spoil the window.
    pub clean_window_ignores_slight: bool,
    /// Only entries of black, alert and watch lists spoil the window, penalties and
    /// other records do not.
    #[serde(default)]
    pub clean_window_lists_only: bool,
    /// The sources hold records from this day on; a window that starts earlier
    /// is not covered.
    #[serde(with = "day")]
    #[cfg_attr(feature = "schema", schema(value_type = Day))]
    pub records_since: Date,
    /// Which punish measures rest while an entry is under verification (R98).
    pub suspension_scope: SuspensionScope,
    /// What a commitment brings before the missing materials arrive (R80, R81).
    pub commitment_effect: CommitmentEffect,
    /// Working days until a commitment is due.
    pub commitment_working_days: u16,
    /// Materials required on these levels may never be supplied later (R77 to R79).
    pub non_deferrable: Vec<RequiredBy>,
    /// Agencies whose reports are taken (R88).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub report_issuers: Vec<ReportIssuer>,
    /// Where a report must have been published to be taken.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub report_publication: Vec<String>,
    /// Lists, exits and repair; what is left out is as in the rules in force today.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(value_type = ListingLayer))]
    pub listing: Listing,
    /// Duties with a time limit; what is left out is as in the rules in force today.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(value_type = DutiesLayer))]
    pub duties: Duties,
}

/// What versions meant before they could say it.
const fn decision() -> WindowStart {
    WindowStart::Decision
}

/// What the rules in force today say.
const fn by_decision() -> WindowCount {
    WindowCount::Decision
}

impl Policy {
    /// Whether this version is in force on `day`.
    #[must_use]
    pub fn in_force_on(&self, day: Date) -> bool {
        self.effective_from <= day && self.effective_until.is_none_or(|last| day <= last)
    }

    /// Names this version in records and answers.
    #[must_use]
    pub fn snapshot(&self) -> String {
        [self.division.as_str(), "@", &self.version].concat()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::samples;

    #[test]
    fn a_policy_survives_the_way_there_and_back() {
        let mut policy = samples::policy();
        policy.effective_until = Some(Date::MAX);
        policy.listing.alert_threshold = Some(3);
        policy.duties.verification_limit = None;
        policy.duties.monthly_report_day = Some(15);
        policy.duties.half_yearly_report_days = vec![MonthDay { month: 6, day: 5 }];
        let text = serde_json::to_string(&policy).unwrap();
        assert_eq!(serde_json::from_str::<Policy>(&text).unwrap(), policy);
    }

    #[test]
    fn r020_a_version_without_groups_means_the_rules_in_force_today() {
        let mut form = serde_json::to_value(samples::policy()).unwrap();
        form["listing"] = json!({ "alert_threshold": 3 });
        form.as_object_mut().unwrap().remove("duties");
        let policy: Policy = serde_json::from_value(form).unwrap();
        assert_eq!(policy.listing, Listing { alert_threshold: Some(3), ..Listing::default() });
        assert_eq!(policy.duties, Duties::default());
    }

    #[test]
    fn r020_a_layer_survives_the_way_there_and_back() {
        let whole = PolicyLayer::from(&samples::policy());
        let silent = PolicyLayer {
            division: "370811".into(),
            version: "2026".into(),
            effective_from: whole.effective_from,
            ..PolicyLayer::default()
        };
        // Three names say whose layer it is and since when; the groups count as one each.
        for (layer, names) in [(whole, 3 + 14 + 2), (silent, 3)] {
            let form = serde_json::to_value(&layer).unwrap();
            assert_eq!(form.as_object().unwrap().len(), names);
            assert_eq!(serde_json::from_value::<PolicyLayer>(form).unwrap(), layer);
        }
    }

    #[test]
    fn r109_a_day_of_every_year_is_written_in_one_form_only() {
        assert_eq!(MonthDay::parse("06-05"), Some(MonthDay { month: 6, day: 5 }));
        assert_eq!(serde_json::to_string(&MonthDay { month: 6, day: 5 }).unwrap(), "\"06-05\"");
        for bad in ["02-29", "6-5", "13-01", "06/05", "06-31", ""] {
            assert_eq!(MonthDay::parse(bad), None, "{bad}");
        }
    }
}
