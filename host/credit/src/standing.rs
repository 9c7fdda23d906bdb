//! The clean-record window (R75): whether a party was without bad record over
//! the last years, by the jurisdiction's policy on what counts.

use jiff::civil::Date;

use crate::application::Application;
use crate::entry::{EntryState, EntryStatus, ListEntry, ListKind, Severity};
use crate::policy::{Policy, WindowStart};

/// The longest window that is answered, in years.
pub const LONGEST_WINDOW_YEARS: u32 = 10;

/// Credit standing over a window of years.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// First day of the window.
    pub since: Date,
    /// No bad record counts, and the window is covered.
    pub clean: bool,
    /// The sources reach back over the whole window.
    pub covered: bool,
    /// Ids of the entries that spoil it.
    pub spoiled_by: Vec<String>,
}

/// The days of a case that matter for the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CaseDays {
    /// Day of filing.
    pub filed_on: Date,
    /// Day of the check.
    pub decided_on: Date,
}

impl From<&Application> for CaseDays {
    fn from(application: &Application) -> Self {
        Self { filed_on: application.filed_on, decided_on: application.decided_on }
    }
}

/// The standing on the day of the check of a party with this `history` (its
/// entries of every status) over the last `years`. An entry counts when it was in
/// effect on any day of the window; withdrawn and preliminary ones never do.
#[must_use]
pub fn standing(history: &[ListEntry], policy: &Policy, days: CaseDays, years: u32) -> Standing {
    let years = i16::try_from(years.clamp(1, LONGEST_WINDOW_YEARS)).unwrap_or(1);
    let today = days.decided_on;
    let counted_from = match policy.clean_window_from {
        WindowStart::Filing => days.filed_on.min(today),
        WindowStart::Decision => today,
    };
    let since = years_before(counted_from, years);
    let covered = policy.records_since <= since;
    let spoiled_by: Vec<String> = history
        .iter()
        .filter(|entry| entry.kind.is_adverse() && counts(entry, policy, since, today))
        .map(|entry| entry.id.clone())
        .collect();
    Standing { since, clean: covered && spoiled_by.is_empty(), covered, spoiled_by }
}

fn counts(entry: &ListEntry, policy: &Policy, since: Date, today: Date) -> bool {
    let ignored = match entry.state_on(today) {
        EntryState::NotInEffect | EntryState::Withdrawn => true,
        EntryState::Repaired => policy.clean_window_ignores_repaired,
        EntryState::Effective | EntryState::Expired => false,
    };
    let slight = entry.severity == Some(Severity::Slight) && policy.clean_window_ignores_slight;
    let no_list = policy.clean_window_lists_only
        && !matches!(entry.kind, ListKind::Black | ListKind::Alert | ListKind::Watch);
    !ignored && !slight && !no_list && last_day_of_effect(entry).is_none_or(|last| last >= since)
}

/// The last day on which the entry had effect; none while it has no end.
fn last_day_of_effect(entry: &ListEntry) -> Option<Date> {
    let ended = entry.ended_on.filter(|_| entry.status != EntryStatus::Effective);
    match (entry.valid_until, ended) {
        (Some(valid), Some(ended)) => Some(valid.min(ended)),
        (valid, ended) => valid.or(ended),
    }
}

/// The same day `years` earlier; 28 February for 29 February.
fn years_before(day: Date, years: i16) -> Date {
    day.checked_sub(jiff::Span::new().years(years)).unwrap_or(Date::MIN)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::samples;

    const DAYS: CaseDays = CaseDays { filed_on: date(2026, 11, 1), decided_on: date(2026, 11, 23) };

    #[test]
    fn r075_three_years_without_bad_record_by_the_policys_rules() {
        let on = |recognised: Date, until: Date| {
            let mut entry = samples::entry("e1", "penalty");
            entry.recognised_on = recognised;
            entry.valid_until = Some(until);
            entry
        };
        let effective = on(date(2025, 1, 1), date(2030, 1, 1));
        let ended_inside = on(date(2022, 1, 1), date(2023, 11, 23));
        let ended_before = on(date(2022, 1, 1), date(2023, 11, 22));
        let mut slight = effective.clone();
        slight.severity = Some(Severity::Slight);
        let mut repaired = effective.clone();
        repaired.status = EntryStatus::Repaired;
        repaired.ended_on = Some(date(2025, 6, 1));
        let mut withdrawn = repaired.clone();
        withdrawn.status = EntryStatus::Withdrawn;
        let mut honour = effective.clone();
        honour.kind = crate::entry::ListKind::Red;
        let mut announced = effective.clone();
        announced.status = EntryStatus::Preliminary;

        let cases = [
            ("nothing known", None, true),
            ("in effect", Some(&effective), false),
            ("ended on the first day of the window", Some(&ended_inside), false),
            ("ended the day before the window", Some(&ended_before), true),
            ("slight, which the policy ignores", Some(&slight), true),
            ("repaired, which the policy ignores", Some(&repaired), true),
            ("withdrawn", Some(&withdrawn), true),
            ("an honour", Some(&honour), true),
            ("announced only", Some(&announced), true),
        ];
        for (what, entry, clean) in cases {
            let history: Vec<ListEntry> = entry.cloned().into_iter().collect();
            let answer = standing(&history, &samples::policy(), DAYS, 3);
            assert_eq!(answer.clean, clean, "{what}");
            assert_eq!(answer.since, date(2023, 11, 23), "{what}");
        }
        let mut strict = samples::policy();
        strict.clean_window_ignores_slight = false;
        strict.clean_window_ignores_repaired = false;
        for entry in [slight, repaired] {
            assert!(!standing(&[entry], &strict, DAYS, 3).clean);
        }
    }

    #[test]
    fn a_window_the_sources_do_not_cover_is_not_clean() {
        let mut policy = samples::policy();
        policy.records_since = date(2024, 1, 1);
        let answer = standing(&[], &policy, DAYS, 3);
        assert!(!answer.covered && !answer.clean);
        assert!(standing(&[], &policy, DAYS, 2).clean);
    }

    #[test]
    fn the_window_of_a_leap_day_begins_on_28_february() {
        let days = CaseDays { filed_on: date(2028, 2, 1), decided_on: date(2028, 2, 29) };
        assert_eq!(standing(&[], &samples::policy(), days, 3).since, date(2025, 2, 28));
    }

    #[test]
    fn r075_the_policy_says_from_which_day_the_window_counts_and_whether_penalties_do() {
        let mut ended = samples::entry("e1", "penalty");
        ended.kind = ListKind::Other;
        ended.recognised_on = date(2022, 1, 1);
        ended.valid_until = Some(date(2023, 11, 10));
        let mut policy = samples::policy();
        let clean = |policy: &Policy| standing(std::slice::from_ref(&ended), policy, DAYS, 3).clean;
        assert!(clean(&policy), "ended before the three years up to the decision");
        policy.clean_window_from = WindowStart::Filing;
        assert!(!clean(&policy), "ended within the three years up to the filing");
        policy.clean_window_lists_only = true;
        assert!(clean(&policy), "a penalty, where only lists count");
        let mut later = DAYS;
        later.filed_on = date(2026, 12, 24);
        let answer = standing(&[], &policy, later, 3);
        assert_eq!(answer.since, date(2023, 11, 23), "a filing yet to come moves nothing");
    }
}
