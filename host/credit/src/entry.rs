//! List entries and their life cycle (R33, R36, R47, R98, R102).
//!
//! Whether an entry may be used is a question of the day it is asked on:
//! [`ListEntry::state_on`] is the one place that answers it.

use std::borrow::Cow;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::application::{Attributes, SubjectKind};
#[cfg(feature = "schema")]
use crate::identifier::IdentifierText;
use crate::identifier::{Identifier, IdentifierKind, Numbers, clear, index_keys};
use crate::policy::SuspensionScope;
#[cfg(feature = "schema")]
use crate::time::Day;
use crate::{attributes, day, name, vocabulary};

mod particulars;
mod text;

pub use particulars::{EntryTerm, ExitGround, Particulars, ParticularsText, Visibility};
pub use text::{EntryText, REPRESENTATIVE_NUMBERS, number_field};

vocabulary! {
    /// The families of lists. Precedence where they meet: black, alert, watch,
    /// then red (R6, R49).
    pub enum ListKind {
        /// 红名单.
        Red = "red",
        /// 严重失信主体名单.
        Black = "black",
        /// 重点关注名单 (R42).
        Watch = "watch",
        /// 信用预警名单 (R44).
        Alert = "alert",
        /// Any other shared record, such as a penalty.
        Other = "other",
    }
}

impl ListKind {
    /// Whether being on such a list speaks against a party.
    #[must_use]
    pub const fn is_adverse(self) -> bool {
        !matches!(self, Self::Red)
    }
}

vocabulary! {
    /// Severity of dishonesty information (NDRC Order 36).
    pub enum Severity {
        /// 轻微.
        Slight = "slight",
        /// 一般.
        General = "general",
        /// 严重.
        Serious = "serious",
    }
}

vocabulary! {
    /// What the recogniser last said of an entry. Expiry is not a status: it
    /// follows from the date.
    pub enum EntryStatus {
        /// Announced, still open to objection; triggers nothing (R33).
        Preliminary = "preliminary",
        /// In effect.
        Effective = "effective",
        /// Credit was repaired; the entry may no longer be used (R102).
        Repaired = "repaired",
        /// Taken back as wrong, or removed.
        Withdrawn = "withdrawn",
    }
}

/// An entry of a list, as the platform shares it.
///
/// Where it is kept, its numbers are written in clear. `N` are these: accepted ones
/// by which it is found, or the texts of an [`EntryText`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound = "N: Numbers")]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = EntryRow, bound = ""))]
pub struct ListEntry<N = Vec<Identifier>> {
    /// The platform's id of the entry.
    pub id: String,
    /// Code of the list, such as `court.judgment-defaulter`.
    pub list: String,
    /// Name of the list for people.
    pub list_name: String,
    /// Family of the list.
    pub kind: ListKind,
    /// Field it was recognised in, such as `food-and-drug`.
    #[serde(default)]
    pub field: String,
    /// Severity, where the list has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// Name of the subject as listed.
    pub subject_name: String,
    /// The subject's numbers; may be empty in old records.
    #[serde(default, with = "clear")]
    #[cfg_attr(feature = "schema", schema(value_type = Vec<IdentifierText>))]
    pub subject_identifiers: N,
    /// Facts found.
    #[serde(default)]
    pub facts: String,
    /// Recognising authority.
    pub authority: String,
    /// Legal basis of the recognition.
    #[serde(default)]
    pub basis: String,
    /// Day of recognition.
    #[serde(with = "day")]
    #[cfg_attr(feature = "schema", schema(value_type = Day))]
    pub recognised_on: Date,
    /// Last day of validity.
    #[serde(default, with = "day::optional", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<Day>))]
    pub valid_until: Option<Date>,
    /// What the recogniser last said.
    #[serde(default = "effective")]
    pub status: EntryStatus,
    /// Day of repair or withdrawal.
    #[serde(default, with = "day::optional", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<Day>))]
    pub ended_on: Option<Date>,
    /// Under objection or verification: an overlay, not a state (R98).
    #[serde(default)]
    pub suspended: bool,
    /// What else the recogniser says.
    #[serde(default, skip_serializing_if = "Particulars::is_empty")]
    #[cfg_attr(feature = "schema", schema(value_type = ParticularsText))]
    pub particulars: Particulars<N>,
    /// The platform's extras.
    #[serde(default, with = "attributes", skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schema(value_type = attributes::Described, inline))]
    pub attributes: Attributes,
}

const fn effective() -> EntryStatus {
    EntryStatus::Effective
}

vocabulary! {
    /// What an entry is on a given day.
    pub enum EntryState {
        /// Not recognised yet on that day, or only announced.
        NotInEffect = "not_in_effect",
        /// In effect, whether or not measures are suspended.
        Effective = "effective",
        /// Validity is over.
        Expired = "expired",
        /// Repaired.
        Repaired = "repaired",
        /// Withdrawn.
        Withdrawn = "withdrawn",
    }
}

impl ListEntry {
    /// What this entry is on `day`. A repair or withdrawal counts from its date;
    /// without a date, at once. The last day of validity still counts.
    #[must_use]
    pub fn state_on(&self, day: Date) -> EntryState {
        let over = self.ended_on.is_none_or(|ended| ended <= day);
        match self.status {
            EntryStatus::Withdrawn if over => return EntryState::Withdrawn,
            EntryStatus::Repaired if over => return EntryState::Repaired,
            EntryStatus::Preliminary => return EntryState::NotInEffect,
            _ => {}
        }
        if self.recognised_on > day {
            EntryState::NotInEffect
        } else if self.last_day().is_some_and(|last| last < day) {
            EntryState::Expired
        } else {
            EntryState::Effective
        }
    }

    /// The first day on which it was over, where that is `day` or earlier.
    #[must_use]
    pub fn ended_since(&self, day: Date) -> Option<Date> {
        let after_validity = || self.last_day().map(|last| last.tomorrow().unwrap_or(last));
        match self.state_on(day) {
            EntryState::Repaired | EntryState::Withdrawn => Some(self.ended_on.unwrap_or(day)),
            EntryState::Expired => after_validity(),
            EntryState::NotInEffect | EntryState::Effective => None,
        }
    }

    /// Whether `newer`, which takes its place under its id, lets its subject go on
    /// `day`, wholly or in part: it counts no more, rests, counts for less or ends
    /// earlier, or is about somebody else.
    #[must_use]
    pub fn is_let_go_by(&self, newer: &Self, day: Date) -> bool {
        let strength = |entry: &Self| match entry.status {
            EntryStatus::Effective if entry.state_on(day) == EntryState::Effective => 2,
            EntryStatus::Preliminary => 1,
            // What is repaired or withdrawn from a day to come on is let go already.
            EntryStatus::Effective | EntryStatus::Repaired | EntryStatus::Withdrawn => 0,
        };
        let rests = |entry: &Self| entry.suspended || entry.lifted_on(day);
        let ends_earlier = newer.last_day().is_some_and(|end| self.last_day().is_none_or(|last| end < last));
        strength(self) > 0
            && (strength(newer) < strength(self)
                || rests(newer) && !rests(self)
                || newer.kind != self.kind
                || newer.list != self.list
                || newer.counted_severity() < self.counted_severity()
                || ends_earlier
                || !newer.is_of_all_that(self))
    }

    /// Whether it is found by every number the other one is found by; by its name,
    /// where that has none.
    fn is_of_all_that(&self, other: &Self) -> bool {
        let (found, wanted) = (index_keys(&self.subject_identifiers), index_keys(&other.subject_identifiers));
        wanted.iter().all(|key| found.contains(key))
            && (!wanted.is_empty() || name::key(&self.subject_name) == name::key(&other.subject_name))
    }

    /// The last day on which it has effect by itself: that of its validity, or of its
    /// use where that ends before.
    #[must_use]
    pub fn last_day(&self) -> Option<Date> {
        [self.valid_until, self.particulars.usable_until].into_iter().flatten().min()
    }

    /// The severity it counts with: a black entry that names none counts as serious.
    #[must_use]
    pub const fn counted_severity(&self) -> Option<Severity> {
        match (self.kind, self.severity) {
            (ListKind::Red, _) => None,
            (ListKind::Black, None) => Some(Severity::Serious),
            (_, severity) => severity,
        }
    }

    /// The facts as far as they may be shown outside this host: none where they
    /// hold trade secrets or what is private (R39).
    #[must_use]
    pub fn facts_shown(&self) -> &str {
        if self.particulars.visibility == Some(Visibility::Restricted) { "" } else { &self.facts }
    }

    /// The subject's name as people are shown it: a natural person's masked (R39).
    #[must_use]
    pub fn subject_name_shown(&self) -> Cow<'_, str> {
        if self.is_of_natural_person() {
            Cow::Owned(masked_name(&self.subject_name))
        } else {
            Cow::Borrowed(&self.subject_name)
        }
    }

    /// Whether its subject is a natural person: by a citizen's number, or by what
    /// the attribute `subject_kind` says.
    #[must_use]
    pub fn is_of_natural_person(&self) -> bool {
        let natural = SubjectKind::NaturalPerson.code();
        self.subject_identifiers.iter().any(|id| id.kind() == IdentifierKind::CitizenId)
            || self.attributes.iter().any(|(name, value)| name == "subject_kind" && value == natural)
    }

    /// Whether it keeps its subject from rewards (R6, R49), suspended or not.
    #[must_use]
    pub const fn outranks_reward(&self) -> bool {
        matches!(self.kind, ListKind::Black | ListKind::Alert | ListKind::Watch)
    }

    /// Whether its measures are lifted for a time on `day`.
    #[must_use]
    pub fn lifted_on(&self, day: Date) -> bool {
        self.particulars.lifted_until.is_some_and(|last| day <= last)
    }

    /// Whether no punish measure follows from it on `day`: it is suspended within
    /// the scope (R98), or its measures are lifted, which has no scope.
    #[must_use]
    pub fn measures_rest_on(&self, day: Date, scope: SuspensionScope) -> bool {
        self.lifted_on(day) || self.suspended && scope.covers(self.kind)
    }
}

/// A person's name with everything but its first character hidden.
#[must_use]
pub fn masked_name(name: &str) -> String {
    name.chars().enumerate().map(|(place, letter)| if place == 0 { letter } else { '*' }).collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn entry(status: EntryStatus, ended_on: Option<Date>) -> ListEntry {
        ListEntry {
            list_name: "食品药品严重失信名单".into(),
            subject_name: "甲公司".into(),
            facts: String::new(),
            authority: String::new(),
            basis: String::new(),
            valid_until: Some(date(2026, 3, 1)),
            status,
            ended_on,
            ..crate::samples::entry("e1", "food.serious")
        }
    }

    #[test]
    fn state_follows_status_and_date() {
        use EntryState as State;
        use EntryStatus as Status;
        let cases = [
            (Status::Effective, None, date(2025, 2, 28), State::NotInEffect),
            (Status::Effective, None, date(2025, 3, 1), State::Effective),
            (Status::Effective, None, date(2026, 3, 1), State::Effective),
            (Status::Effective, None, date(2026, 3, 2), State::Expired),
            (Status::Preliminary, None, date(2025, 6, 1), State::NotInEffect),
            (Status::Repaired, None, date(2025, 6, 1), State::Repaired),
            (Status::Repaired, Some(date(2025, 6, 2)), date(2025, 6, 1), State::Effective),
            (Status::Repaired, Some(date(2025, 6, 1)), date(2025, 6, 1), State::Repaired),
            (Status::Withdrawn, Some(date(2025, 6, 1)), date(2026, 6, 1), State::Withdrawn),
        ];
        for (status, ended_on, day, expected) in cases {
            assert_eq!(entry(status, ended_on).state_on(day), expected, "{status:?} {ended_on:?} {day}");
        }
    }

    #[test]
    fn an_entry_lets_its_subject_go_by_whatever_makes_it_count_less() {
        use crate::identifier::Strictness;
        let day = date(2025, 6, 1);
        let numbered = |value: &str| {
            vec![Identifier::parse(IdentifierKind::Other, value, Strictness::Check).unwrap().identifier]
        };
        let older =
            ListEntry { subject_identifiers: numbered("N-00000017"), ..entry(EntryStatus::Effective, None) };
        let change = |change: fn(&mut ListEntry)| {
            let mut newer = older.clone();
            change(&mut newer);
            newer
        };
        let more = change(|newer| {
            newer.valid_until = None;
            newer.facts = "示例".to_owned();
            newer.severity = None;
        });
        let renamed = change(|newer| newer.subject_name = "乙公司".to_owned());
        for newer in [&older, &more, &renamed] {
            assert!(!older.is_let_go_by(newer, day), "{newer:?}");
        }
        let less: [fn(&mut ListEntry); 11] = [
            |newer| newer.status = EntryStatus::Withdrawn,
            |newer| newer.status = EntryStatus::Preliminary,
            |newer| {
                newer.status = EntryStatus::Repaired;
                newer.ended_on = Some(date(2025, 12, 1));
            },
            |newer| newer.suspended = true,
            |newer| newer.particulars.lifted_until = Some(date(2025, 12, 1)),
            |newer| newer.kind = ListKind::Other,
            |newer| newer.list = "food.notes".to_owned(),
            |newer| newer.severity = Some(Severity::Slight),
            |newer| newer.valid_until = Some(date(2025, 6, 2)),
            |newer| newer.recognised_on = date(2025, 6, 2),
            |newer| newer.subject_identifiers.clear(),
        ];
        for (number, less) in less.into_iter().enumerate() {
            assert!(older.is_let_go_by(&change(less), day), "change {number}");
        }
        let other = ListEntry { subject_identifiers: numbered("N-00000018"), ..older.clone() };
        assert!(older.is_let_go_by(&other, day));
        let over = entry(EntryStatus::Repaired, None);
        assert!(!over.is_let_go_by(&entry(EntryStatus::Withdrawn, None), day), "nothing is left to let go");
        let nameless = entry(EntryStatus::Effective, None);
        let elsewhere = ListEntry { subject_name: "乙公司".to_owned(), ..nameless.clone() };
        assert!(nameless.is_let_go_by(&elsewhere, day), "its name is all it is found by");
    }
}
