//! The clean-record window (R75): whether a party was without bad record over
//! the last years, by the jurisdiction's policy on what counts.

use jiff::civil::Date;

use crate::application::Application;
use crate::entry::{EntryState, EntryStatus, ListEntry, ListKind, Severity};
use crate::policy::{Policy, WindowCount, WindowStart};

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

impl Standing {
    /// The standing of a party of whom it is in doubt who it is: what is known of
    /// somebody is not known of it, so nothing is covered and it is not clean.
    #[must_use]
    pub fn in_doubt(self) -> Self {
        Self { clean: false, covered: false, ..self }
    }
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
/// entries of every status) over the last `years`. An entry that has effect today
/// counts, and one that is over by its day in [`WindowCount`]; withdrawn and
/// preliminary ones never do.
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
    let state = entry.state_on(today);
    let ignored = match state {
        EntryState::NotInEffect | EntryState::Withdrawn => true,
        EntryState::Repaired => policy.clean_window_ignores_repaired,
        EntryState::Effective | EntryState::Expired => false,
    };
    let slight = entry.counted_severity() == Some(Severity::Slight) && policy.clean_window_ignores_slight;
    let no_list = policy.clean_window_lists_only
        && !matches!(entry.kind, ListKind::Black | ListKind::Alert | ListKind::Watch);
    let counted_day = match policy.clean_window_counts {
        WindowCount::Decision => Some(entry.particulars.decided_on.unwrap_or(entry.recognised_on)),
        WindowCount::Effect => last_day_of_effect(entry),
    };
    let inside = state == EntryState::Effective || counted_day.is_none_or(|day| day >= since);
    !ignored && !slight && !no_list && inside
}

/// The last day on which the entry had effect; none while it has no end.
fn last_day_of_effect(entry: &ListEntry) -> Option<Date> {
    let ended = entry.ended_on.filter(|_| entry.status != EntryStatus::Effective);
    match (entry.last_day(), ended) {
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
    use crate::list_type::ListRules;
    use crate::samples;
    use crate::term::with_term;

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
        let old_and_effective = on(date(2019, 1, 1), date(2030, 1, 1));
        let decided_before = on(date(2023, 11, 22), date(2026, 11, 22));
        let decided_inside = on(date(2023, 11, 23), date(2026, 11, 22));
        let mut listed_late = on(date(2024, 2, 1), date(2026, 11, 22));
        listed_late.particulars.decided_on = Some(date(2023, 11, 22));
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
            ("decided before the window and in effect", Some(&old_and_effective), false),
            ("decided before the window and over since", Some(&decided_before), true),
            ("decided on the first day of the window and over", Some(&decided_inside), false),
            ("listed in the window on a decision before it", Some(&listed_late), true),
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
    fn a_party_in_doubt_is_never_clean() {
        let clean = standing(&[], &samples::policy(), DAYS, 3);
        assert!(clean.clean);
        let doubtful = clean.in_doubt();
        assert!(!doubtful.clean && !doubtful.covered);
    }

    #[test]
    fn r075_the_policy_says_by_which_day_an_entry_that_is_over_counts() {
        let mut ended = samples::entry("e1", "penalty");
        ended.recognised_on = date(2022, 1, 1);
        let mut policy = samples::policy();
        let cases = [
            (WindowCount::Decision, date(2026, 11, 22), true),
            (WindowCount::Effect, date(2023, 11, 23), false),
            (WindowCount::Effect, date(2023, 11, 22), true),
        ];
        for (counts, last, clean) in cases {
            policy.clean_window_counts = counts;
            ended.valid_until = Some(last);
            let answer = standing(std::slice::from_ref(&ended), &policy, DAYS, 3);
            assert_eq!(answer.clean, clean, "{counts:?} {last}");
        }
    }

    #[test]
    fn r075_a_penalty_without_an_end_spoils_no_window_for_ever() {
        let mut penalty = samples::entry("e1", "penalty");
        (penalty.kind, penalty.severity) = (ListKind::Other, Some(Severity::General));
        penalty.valid_until = None;
        for (decided, clean) in
            [(date(2016, 3, 1), true), (date(2024, 3, 1), false), (date(2026, 3, 1), false)]
        {
            penalty.recognised_on = decided;
            let counted = with_term(penalty.clone(), &ListRules::default(), &samples::policy().listing);
            assert_eq!(standing(&[counted], &samples::policy(), DAYS, 3).clean, clean, "{decided}");
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
        policy.clean_window_counts = WindowCount::Effect;
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
