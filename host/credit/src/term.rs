//! How long an entry may be used.
//!
//! | the entry | is used until |
//! |---|---|
//! | names an end | that day, or the end of its publicity where the policy says so and that is earlier |
//! | names none, and is permanent by its own word or its list's | it leaves its list |
//! | names none, on a list whose entries have effect only as stated | nobody knows |
//! | names none, of the red list | it leaves its list, or the policy's term for red entries ends |
//! | names none | the policy's term of its kind and severity ends, else the longest publicity of its severity (NDRC Order 36), both from the day of the decision |
//! | names none, nor a severity, and the policy has no term | nobody knows |
//!
//! An end nobody knows is a question for an officer: nobody is punished for ever
//! because a cell was left empty.

use jiff::civil::Date;

use crate::derived::is_derived;
use crate::entry::{EntryTerm, ListEntry, ListKind};
use crate::lifecycle::{after_months, publicity};
use crate::list_type::ListRules;
use crate::policy::Listing;

/// Until when an entry may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UseEnd {
    /// Until this day.
    On(Date),
    /// Until it leaves its list.
    Never,
    /// Nobody knows.
    Unknown,
}

/// Until when an entry may be used that has no other term than its own word.
#[must_use]
pub fn use_end(entry: &ListEntry, listing: &Listing) -> UseEnd {
    let public_until = || publicity(entry, listing).maximum_until;
    if let Some(last) = entry.valid_until {
        let bound = public_until().filter(|_| listing.use_ends_with_publicity);
        return UseEnd::On(bound.map_or(last, |bound| bound.min(last)));
    }
    match entry.particulars.term {
        Some(EntryTerm::Permanent) => return UseEnd::Never,
        Some(EntryTerm::Stated) => return UseEnd::Unknown,
        Some(EntryTerm::Policy) | None => {}
    }
    let severity = entry.counted_severity();
    let fits = |term: &&crate::policy::UseTerm| {
        term.kind == entry.kind && (term.severity.is_none() || term.severity == severity)
    };
    let by_policy = listing.use_terms.iter().find(fits).map(|term| after_months(entry, term.months));
    match by_policy.or_else(public_until) {
        Some(last) => UseEnd::On(last),
        None if entry.kind == ListKind::Red => UseEnd::Never,
        None => UseEnd::Unknown,
    }
}

/// The entry as it counts in a check: with the severity of its kind, the term of
/// its list where it has none of its own, and the last day of its use where that is
/// not the end it names.
#[must_use]
pub fn with_term(mut entry: ListEntry, lists: &ListRules, listing: &Listing) -> ListEntry {
    entry.severity = entry.counted_severity().or(entry.severity);
    if entry.particulars.term.is_none() {
        entry.particulars.term = lists.term(&entry.list);
    }
    entry.particulars.usable_until = match use_end(&entry, listing) {
        UseEnd::On(last) => Some(last).filter(|_| entry.valid_until != Some(last)),
        UseEnd::Never | UseEnd::Unknown => None,
    };
    entry
}

/// Whether nobody knows the end of an entry that speaks against its subject, once
/// it has its term ([`with_term`]).
#[must_use]
pub fn is_open_ended(entry: &ListEntry) -> bool {
    entry.last_day().is_none()
        && entry.kind.is_adverse()
        && entry.particulars.term != Some(EntryTerm::Permanent)
        && !is_derived(&entry.list)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::entry::{EntryState, Severity};
    use crate::list_type::ListType;
    use crate::policy::UseTerm;
    use crate::samples;

    /// Decided on 1 March 2025, recognised nine days later.
    fn entry(kind: ListKind, severity: Option<Severity>) -> ListEntry {
        let mut entry = samples::entry("e1", "list");
        entry.kind = kind;
        entry.severity = severity;
        entry.recognised_on = date(2025, 3, 10);
        entry.valid_until = None;
        entry.particulars.decided_on = Some(date(2025, 3, 1));
        entry
    }

    #[test]
    fn an_entry_without_an_end_ages_by_the_longest_publicity_of_its_severity_from_the_decision() {
        use ListKind::{Black, Other, Red, Watch};
        use Severity::{General, Serious, Slight};
        let cases = [
            (Other, Some(Slight), UseEnd::On(date(2025, 6, 1))),
            (Other, Some(General), UseEnd::On(date(2026, 3, 1))),
            (Other, Some(Serious), UseEnd::On(date(2028, 3, 1))),
            (Watch, Some(General), UseEnd::On(date(2026, 3, 1))),
            (Black, Some(Serious), UseEnd::On(date(2028, 3, 1))),
            (Black, None, UseEnd::On(date(2028, 3, 1))),
            (Other, None, UseEnd::Unknown),
            (Watch, None, UseEnd::Unknown),
            (ListKind::Alert, None, UseEnd::Unknown),
            (Red, None, UseEnd::Never),
            (Red, Some(Serious), UseEnd::Never),
        ];
        for (kind, severity, expected) in cases {
            let entry = entry(kind, severity);
            assert_eq!(use_end(&entry, &Listing::default()), expected, "{kind:?} {severity:?}");
            let mut undated = entry;
            undated.particulars.decided_on = None;
            if let UseEnd::On(last) = expected {
                let nine_days_later = UseEnd::On(last.checked_add(jiff::Span::new().days(9)).unwrap());
                assert_eq!(use_end(&undated, &Listing::default()), nine_days_later, "from the recognition");
            }
        }
    }

    #[test]
    fn the_policy_gives_the_term_by_kind_and_severity_and_the_recogniser_the_publicity() {
        let term = |kind, severity, months| UseTerm { kind, severity, months };
        let listing = Listing {
            use_terms: vec![
                term(ListKind::Watch, Some(Severity::General), 6),
                term(ListKind::Watch, None, 24),
                term(ListKind::Red, None, 36),
            ],
            ..Listing::default()
        };
        let cases = [
            (entry(ListKind::Watch, Some(Severity::General)), date(2025, 9, 1)),
            (entry(ListKind::Watch, Some(Severity::Serious)), date(2027, 3, 1)),
            (entry(ListKind::Watch, None), date(2027, 3, 1)),
            (entry(ListKind::Red, None), date(2028, 3, 1)),
            (entry(ListKind::Other, Some(Severity::General)), date(2026, 3, 1)),
        ];
        for (entry, last) in cases {
            assert_eq!(use_end(&entry, &listing), UseEnd::On(last), "{:?}", entry.kind);
        }
        let mut said = entry(ListKind::Other, None);
        said.particulars.maximum_publicity_until = Some(date(2025, 12, 31));
        assert_eq!(use_end(&said, &listing), UseEnd::On(date(2025, 12, 31)));
    }

    #[test]
    fn an_end_that_is_named_holds_unless_the_policy_ends_use_with_publicity() {
        let listing = |use_ends_with_publicity| Listing { use_ends_with_publicity, ..Listing::default() };
        let cases = [
            (date(2035, 12, 31), false, date(2035, 12, 31)),
            (date(2035, 12, 31), true, date(2028, 3, 1)),
            (date(2026, 1, 1), true, date(2026, 1, 1)),
        ];
        for (named, with_publicity, last) in cases {
            let entry = ListEntry { valid_until: Some(named), ..entry(ListKind::Black, None) };
            let with_term = with_term(entry, &ListRules::default(), &listing(with_publicity));
            assert_eq!(with_term.last_day(), Some(last));
            assert_eq!(
                with_term.particulars.usable_until.is_some(),
                last != named,
                "only what is another day"
            );
        }
    }

    #[test]
    fn only_an_explicit_word_of_the_entry_or_of_its_list_makes_a_ban_permanent() {
        let kind = |term| ListType { term, ..samples::list_type("list") };
        use EntryTerm::{Permanent, Policy, Stated};
        // The list's word, the entry's own, the last day and whether nobody knows it.
        let cases = [
            (Policy, None, Some(date(2028, 3, 1)), false),
            (Permanent, None, None, false),
            (Stated, None, None, true),
            (Policy, Some(Permanent), None, false),
            (Stated, Some(Permanent), None, false),
            (Permanent, Some(Policy), Some(date(2028, 3, 1)), false),
            (Policy, Some(Stated), None, true),
        ];
        for (of_list, own, last, open) in cases {
            let lists = ListRules::of(&[kind(of_list)]);
            let mut entry = entry(ListKind::Black, None);
            entry.particulars.term = own;
            let entry = with_term(entry, &lists, &Listing::default());
            assert_eq!((entry.last_day(), is_open_ended(&entry)), (last, open), "{of_list:?} {own:?}");
            // What is written in a record says the same without the list.
            let again = with_term(entry.clone(), &ListRules::default(), &Listing::default());
            assert_eq!(again, entry, "{of_list:?} {own:?}");
            assert_eq!(entry.state_on(date(2099, 1, 1)) == EntryState::Expired, last.is_some());
        }
    }
}
