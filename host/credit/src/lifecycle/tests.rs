//! Every step, its conditions, and what holds for all of them.

use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::entry::{Severity, Visibility};
use crate::identifier::{Identifier, IdentifierKind, Strictness};
use crate::list_type::ListType;
use crate::samples;

const TODAY: Date = date(2026, 11, 23);
const PROVEN: RepairProof = RepairProof { public_commitment: true, duties_performed: true };

fn entry(kind: ListKind) -> ListEntry {
    ListEntry { kind, ..samples::entry("e1", "list") }
}

fn announced() -> ListEntry {
    ListEntry { status: EntryStatus::Preliminary, ..entry(ListKind::Black) }
}

fn take(entry: &ListEntry, step: &Step) -> Result<ListEntry, StepError> {
    apply(entry, step, TODAY, &Listing::default())
}

fn person() -> Vec<Identifier> {
    let number = Identifier::parse(IdentifierKind::CitizenId, "110101199001010015", Strictness::Format);
    vec![number.unwrap().identifier]
}

#[test]
fn r033_an_announcement_triggers_nothing_until_it_is_confirmed() {
    let entry = announced();
    assert_eq!(entry.state_on(TODAY), EntryState::NotInEffect);
    let confirmed = take(&entry, &Step::Confirm).unwrap();
    assert_eq!(confirmed.state_on(TODAY), EntryState::Effective);
    assert_eq!(confirmed.recognised_on, TODAY);
    let rejected = take(&entry, &Step::Reject).unwrap();
    assert_eq!(rejected.state_on(TODAY), EntryState::Withdrawn);
    assert_eq!(rejected.particulars.exit_ground, Some(ExitGround::Error));
    assert_eq!(take(&entry, &Step::Withdraw), Err(StepError::StillPreliminary));
    assert_eq!(take(&confirmed, &Step::Confirm).unwrap_err().code(), "entry.not_preliminary");
}

#[test]
fn r034_a_natural_person_is_not_confirmed_without_prior_notice() {
    let mut entry = announced();
    entry.subject_identifiers = person();
    assert_eq!(take(&entry, &Step::Confirm), Err(StepError::NoPriorNotice));
    entry.particulars.prior_notice_on = Some(date(2026, 11, 1));
    assert!(take(&entry, &Step::Confirm).is_ok());
    let mut foreigner = announced();
    foreigner.attributes = vec![("subject_kind".into(), "natural_person".into())];
    assert_eq!(take(&foreigner, &Step::Confirm), Err(StepError::NoPriorNotice));
}

#[test]
fn r047_the_grounds_of_exit() {
    let cases = [
        (Step::Withdraw, EntryState::Withdrawn, ExitGround::Error),
        (Step::StandardChanged, EntryState::Withdrawn, ExitGround::StandardChanged),
        (Step::Repair(PROVEN), EntryState::Repaired, ExitGround::Repaired),
    ];
    for (step, state, ground) in cases {
        let left = take(&entry(ListKind::Black), &step).unwrap();
        assert_eq!(left.state_on(TODAY), state, "{step:?}");
        assert_eq!(left.particulars.exit_ground, Some(ground), "{step:?}");
        assert_eq!(left.ended_on, Some(TODAY), "{step:?}");
    }
    let mut expired = entry(ListKind::Black);
    expired.valid_until = Some(date(2026, 11, 22));
    let refused = take(&expired, &Step::Withdraw).unwrap_err();
    assert_eq!(refused, StepError::Final { state: EntryState::Expired, since: TODAY });
}

#[test]
fn r048_repair_by_the_conditions_of_order_36() {
    type Change = fn(&mut ListEntry);
    let only = |public_commitment, duties_performed| RepairProof { public_commitment, duties_performed };
    let cases: [(&str, Change, RepairProof, Option<&str>); 9] = [
        ("all of them", |_| {}, PROVEN, None),
        ("not repairable", |e| e.particulars.repairable = Some(false), PROVEN, Some("repair.not_possible")),
        ("a reward", |e| e.kind = ListKind::Red, PROVEN, Some("repair.not_possible")),
        ("serious: a year", |e| e.recognised_on = date(2025, 11, 24), PROVEN, Some("repair.too_early")),
        ("to the day", |e| e.recognised_on = date(2025, 11, 23), PROVEN, None),
        (
            "what the recogniser says goes first",
            |e| e.particulars.minimum_publicity_until = Some(date(2026, 11, 24)),
            PROVEN,
            Some("repair.too_early"),
        ),
        (
            "the term is over",
            |e| e.particulars.repair_until = Some(date(2026, 11, 22)),
            PROVEN,
            Some("repair.too_late"),
        ),
        ("no commitment", |_| {}, only(false, true), Some("repair.no_commitment")),
        ("duties open", |_| {}, only(true, false), Some("repair.duties_open")),
    ];
    for (what, change, proof, code) in cases {
        let mut entry = entry(ListKind::Black);
        change(&mut entry);
        let refused = take(&entry, &Step::Repair(proof)).err();
        assert_eq!(refused.as_ref().map(StepError::code), code, "{what}");
    }
}

#[test]
fn r049_only_a_red_entry_is_removed() {
    let removed = take(&entry(ListKind::Red), &Step::Remove).unwrap();
    assert_eq!(removed.particulars.exit_ground, Some(ExitGround::Removed));
    let refused = take(&entry(ListKind::Black), &Step::Remove).unwrap_err();
    assert_eq!(refused.code(), "entry.other_kind");
}

#[test]
fn r045_only_a_watch_entry_escalates_and_it_leaves_its_list() {
    let escalated = take(&entry(ListKind::Watch), &Step::Escalate).unwrap();
    assert_eq!(escalated.state_on(TODAY), EntryState::Withdrawn);
    assert_eq!(escalated.particulars.exit_ground, Some(ExitGround::Escalated));
    assert_eq!(take(&entry(ListKind::Red), &Step::Escalate).unwrap_err().code(), "entry.other_kind");
    let mut over = entry(ListKind::Watch);
    over.valid_until = Some(date(2026, 1, 1));
    assert_eq!(take(&over, &Step::Escalate).unwrap_err().code(), "entry.final", "not within its validity");
}

#[test]
fn r046_the_watch_after_the_black_list_has_the_recognisers_term_or_is_a_question() {
    let listing = Listing { exit_to_watch: true, ..Listing::default() };
    let until = date(2027, 11, 23);
    let after = |step: &Step, term: Option<Date>| {
        let mut left = apply(&entry(ListKind::Black), step, TODAY, &listing).unwrap();
        if let Some(until) = term {
            left = apply(&left, &Step::SetWatch(until), TODAY, &listing).unwrap();
        }
        after_exit(&left, TODAY, &listing)
    };
    let watched = AfterExit::Watched { from: TODAY, until };
    assert_eq!(after(&Step::Repair(PROVEN), Some(until)), watched);
    assert_eq!(after(&Step::StandardChanged, Some(until)), watched);
    assert_eq!(after(&Step::StandardChanged, None), AfterExit::TermMissing);
    assert_eq!(after(&Step::Withdraw, Some(until)), AfterExit::Nothing, "wrongly listed");
    let mut unexplained = entry(ListKind::Black);
    unexplained.status = EntryStatus::Withdrawn;
    unexplained.particulars.watch_until = Some(until);
    assert_eq!(after_exit(&unexplained, TODAY, &listing), AfterExit::Nothing, "it may have been an error");
    let short = take(&entry(ListKind::Black), &Step::SetWatch(TODAY));
    assert_eq!(short, Err(StepError::WatchTooShort));
    assert_eq!(take(&entry(ListKind::Watch), &Step::SetWatch(until)).unwrap_err().code(), "entry.other_kind");
}

#[test]
fn r043_a_warning_is_noted_on_a_watch_entry() {
    let warned = take(&entry(ListKind::Watch), &Step::Warn).unwrap();
    assert_eq!(warned.particulars.warned_on, Some(TODAY));
    assert_eq!(warned.state_on(TODAY), EntryState::Effective);
    assert_eq!(take(&entry(ListKind::Black), &Step::Warn).unwrap_err().code(), "entry.other_kind");
}

#[test]
fn r092_publicity_is_bounded_by_severity_from_the_decision() {
    let bounds = |severity, kind, decided_on| {
        let mut entry = entry(kind);
        entry.severity = severity;
        entry.particulars.decided_on = decided_on;
        let found = publicity(&entry, &Listing::default());
        (found.minimum_until, found.maximum_until)
    };
    let decided = Some(date(2025, 1, 31));
    let (black, other) = (ListKind::Black, ListKind::Other);
    let cases = [
        (Some(Severity::Slight), other, decided, Some(date(2025, 1, 31)), Some(date(2025, 4, 30))),
        (Some(Severity::General), other, decided, Some(date(2025, 4, 30)), Some(date(2026, 1, 31))),
        (Some(Severity::Serious), other, decided, Some(date(2026, 1, 31)), Some(date(2028, 1, 31))),
        (None, black, decided, Some(date(2026, 1, 31)), Some(date(2028, 1, 31))),
        (None, black, None, Some(date(2026, 3, 1)), Some(date(2028, 3, 1))),
        (None, other, decided, None, None),
        (Some(Severity::Serious), ListKind::Red, decided, None, None),
    ];
    for (severity, kind, decided_on, minimum, maximum) in cases {
        assert_eq!(bounds(severity, kind, decided_on), (minimum, maximum), "{severity:?} {kind:?}");
    }
}

#[test]
fn r038_publicity_stops_at_its_last_day_and_with_the_entry() {
    let mut public = entry(ListKind::Black);
    public.particulars.maximum_publicity_until = Some(TODAY);
    let on = |entry: &ListEntry, day| publicity(entry, &Listing::default()).is_public(entry, day);
    assert!(on(&public, TODAY));
    assert!(!on(&public, TODAY.tomorrow().unwrap()), "the last day is over");
    let left = take(&public, &Step::Repair(PROVEN)).unwrap();
    assert!(!on(&left, TODAY), "repaired");
    public.particulars.visibility = Some(Visibility::Government);
    assert!(!on(&public, TODAY), "never was public");
}

fn list_type() -> ListType {
    ListType { field: "food".into(), authorities: vec!["示例机关".into()], ..samples::list_type("list") }
}

/// A proposal to which there is nothing to say.
fn proposal() -> ListEntry {
    let mut entry = entry(ListKind::Black);
    entry.subject_identifiers = person();
    let said = &mut entry.particulars;
    said.prior_notice_on = Some(date(2025, 2, 1));
    said.repairable = Some(true);
    said.repair_modes = vec!["public_commitment".into()];
    said.repair_until = Some(date(2029, 1, 1));
    entry
}

#[test]
fn r036_a_proposal_names_who_why_and_on_what_basis() {
    type Change = fn(&mut ListEntry);
    let cases: [(Change, &str, &str); 10] = [
        (|e| e.facts = " ".into(), "facts", "field.empty"),
        (|e| e.basis.clear(), "basis", "field.empty"),
        (|e| e.subject_name.clear(), "subject_name", "field.empty"),
        (|e| e.authority = "示例协会".into(), "authority", "entry.authority"),
        (|e| e.subject_identifiers.clear(), "subject_identifiers", "identifier.none"),
        (|e| e.valid_until = Some(date(2025, 2, 1)), "valid_until", "date.order"),
        (|e| e.particulars.repair_until = Some(date(2025, 2, 1)), "particulars.repair_until", "date.order"),
        (|e| e.recognised_on = date(2026, 11, 24), "recognised_on", "date.future"),
        (|e| e.particulars.decided_on = Some(date(2026, 11, 24)), "particulars.decided_on", "date.future"),
        (|e| e.particulars.prior_notice_on = None, "particulars.prior_notice_on", "entry.no_prior_notice"),
    ];
    assert_eq!(examine(&proposal(), &list_type(), TODAY), Recognition::default());
    for (change, field, code) in cases {
        let mut entry = proposal();
        change(&mut entry);
        let found = examine(&entry, &list_type(), TODAY).faults;
        assert_eq!(found.iter().map(|fault| (fault.field, fault.code)).collect::<Vec<_>>(), [(field, code)]);
    }
    let mut announced = proposal();
    announced.particulars.prior_notice_on = None;
    announced.status = EntryStatus::Preliminary;
    assert!(examine(&announced, &list_type(), TODAY).faults.is_empty(), "to announce is to tell");
}

#[test]
fn r051_a_recognition_states_period_repair_way_and_term() {
    type Change = fn(&mut ListEntry);
    let cases: [(Change, &str); 6] = [
        (|e| e.valid_until = None, "entry.period_not_stated"),
        (|e| e.particulars.repairable = None, "entry.repair_not_stated"),
        (|e| e.particulars.repair_modes.clear(), "entry.repair_way_not_stated"),
        (|e| e.particulars.repair_until = None, "entry.repair_term_not_stated"),
        (|e| e.particulars.rectification = "补缴".into(), "entry.rectification_not_dated"),
        (|e| e.kind = ListKind::Watch, "entry.not_warned"),
    ];
    for (change, code) in cases {
        let mut entry = proposal();
        change(&mut entry);
        let found = examine(&entry, &list_type(), TODAY);
        assert!(found.faults.is_empty(), "{code}");
        assert_eq!(found.warnings.iter().map(|warning| warning.code).collect::<Vec<_>>(), [code]);
    }
    let mut reward = proposal();
    reward.kind = ListKind::Red;
    reward.valid_until = None;
    assert!(examine(&reward, &list_type(), TODAY).warnings.is_empty());
}

/// A list and a severity; the first and last day of publicity after a recognition
/// on 2025-03-01, and what has to be asked where nothing is said.
type Stated = (ListKind, Option<Severity>, Option<(Date, Date)>, &'static [&'static str]);

#[test]
fn r052_by_list_and_severity_period_repairability_and_term_are_stated_and_checked_on_recognition() {
    const ASKED: &[&str] = &["entry.period_not_stated", "entry.repair_not_stated"];
    const WATCHED: &[&str] = &["entry.period_not_stated", "entry.repair_not_stated", "entry.not_warned"];
    let recognised = date(2025, 3, 1);
    let (slight, general, serious) = (
        Some((recognised, date(2025, 6, 1))),
        Some((date(2025, 6, 1), date(2026, 3, 1))),
        Some((date(2026, 3, 1), date(2028, 3, 1))),
    );
    let cases: [Stated; 8] = [
        (ListKind::Black, Some(Severity::Slight), slight, ASKED),
        (ListKind::Black, Some(Severity::General), general, ASKED),
        (ListKind::Black, Some(Severity::Serious), serious, ASKED),
        (ListKind::Black, None, serious, ASKED),
        (ListKind::Other, Some(Severity::General), general, ASKED),
        (ListKind::Watch, Some(Severity::Slight), slight, WATCHED),
        (ListKind::Watch, None, None, WATCHED),
        (ListKind::Red, Some(Severity::Serious), None, &[]),
    ];
    for (kind, severity, period, asked) in cases {
        let mut unsaid = ListEntry { kind, severity, valid_until: None, ..proposal() };
        unsaid.recognised_on = recognised;
        unsaid.particulars.repairable = None;
        let codes = |entry: &ListEntry| {
            examine(entry, &list_type(), TODAY).warnings.into_iter().map(|it| it.code).collect::<Vec<_>>()
        };
        assert_eq!(codes(&unsaid), asked, "{kind:?} {severity:?}");
        let stated = with_publicity(unsaid.clone(), &Listing::default()).particulars;
        let days = stated.minimum_publicity_until.zip(stated.maximum_publicity_until);
        assert_eq!(days, period, "{kind:?} {severity:?}");
        if !kind.is_adverse() {
            continue;
        }
        // Repair is possible from the first of them on, unless it was said that it is not.
        for (repairable, first, code) in [
            (Some(true), period.map(|(first, _)| first), None),
            (Some(true), period.map(|_| date(2026, 11, 24)), period.map(|_| "repair.too_early")),
            (Some(false), None, Some("repair.not_possible")),
        ] {
            let mut entry = with_publicity(unsaid.clone(), &Listing::default());
            entry.particulars.repairable = repairable;
            entry.particulars.minimum_publicity_until = first;
            let refused = take(&entry, &Step::Repair(PROVEN)).err();
            assert_eq!(refused.as_ref().map(StepError::code), code, "{kind:?} {severity:?} {repairable:?}");
        }
    }
}

#[test]
fn r102_a_repair_that_was_applied_for_in_time_is_granted_after_the_term() {
    let mut late = entry(ListKind::Black);
    late.particulars.repair_until = Some(date(2026, 11, 22));
    assert_eq!(take(&late, &Step::Repair(PROVEN)).unwrap_err().code(), "repair.too_late");
    let granted = grant_repair(&late, TODAY).unwrap();
    assert_eq!((granted.state_on(TODAY), granted.ended_on), (EntryState::Repaired, Some(TODAY)));
    assert_eq!(granted.particulars.exit_ground, Some(ExitGround::Repaired));
    assert_eq!(grant_repair(&granted, TODAY).unwrap_err().code(), "entry.final");
    assert_eq!(grant_repair(&announced(), TODAY).unwrap_err().code(), "entry.still_preliminary");
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        Just(Step::Confirm),
        Just(Step::Reject),
        Just(Step::Withdraw),
        Just(Step::StandardChanged),
        any::<(bool, bool)>().prop_map(|(public_commitment, duties_performed)| {
            Step::Repair(RepairProof { public_commitment, duties_performed })
        }),
        Just(Step::Remove),
        Just(Step::Escalate),
        Just(Step::Warn),
        (0_i32..3000).prop_map(|days| Step::SetWatch(day(days))),
    ]
}

fn day(after: i32) -> Date {
    date(2022, 1, 1).saturating_add(jiff::Span::new().days(after))
}

fn any_entry() -> impl Strategy<Value = ListEntry> {
    let kind = prop::sample::select(ListKind::ALL);
    let days = (0_i32..1500, prop::option::of(0_i32..1500), any::<bool>(), any::<bool>());
    (kind, days).prop_map(|(kind, (from, length, preliminary, suspended))| ListEntry {
        recognised_on: day(from),
        valid_until: length.map(|length| day(from + length)),
        status: if preliminary { EntryStatus::Preliminary } else { EntryStatus::Effective },
        suspended,
        ..entry(kind)
    })
}

fn is_final(state: EntryState) -> bool {
    matches!(state, EntryState::Expired | EntryState::Repaired | EntryState::Withdrawn)
}

proptest! {
    /// A.2: whatever is done in whatever order, an entry that has left its list
    /// stays where it is, and every entry that can come about says what it is.
    #[test]
    fn r047_no_step_leads_out_of_a_final_state(
        start in any_entry(),
        steps in prop::collection::vec((any_step(), 0_i32..400), 1..12),
    ) {
        let mut entry = start;
        let mut today = day(0);
        for (step, wait) in steps {
            today = today.saturating_add(jiff::Span::new().days(wait));
            let before = entry.state_on(today);
            if let Ok(next) = apply(&entry, &step, today, &Listing::default()) {
                prop_assert!(!is_final(before) || next.state_on(today) == before, "{:?} out of {:?}", step, before);
                prop_assert_eq!(is_final(next.state_on(today)), next.ended_since(today).is_some());
                prop_assert_eq!(next.suspended, entry.suspended);
                entry = next;
            }
        }
        let later = entry.state_on(Date::MAX);
        prop_assert!(!is_final(entry.state_on(today)) || later == entry.state_on(today));
    }

    /// A.2: suspension is an overlay. Expiry, repair and every other step happen
    /// under it as they do without it.
    #[test]
    fn r047_every_step_happens_under_suspension_as_without(
        start in any_entry(), step in any_step(), after in 0_i32..2000,
    ) {
        let today = day(after);
        let free = ListEntry { suspended: false, ..start.clone() };
        let held = ListEntry { suspended: true, ..start };
        prop_assert_eq!(free.state_on(today), held.state_on(today));
        let [free, held] = [free, held].map(|entry| apply(&entry, &step, today, &Listing::default()));
        prop_assert_eq!(free, held.map(|entry| ListEntry { suspended: false, ..entry }));
    }
}
