//! Adding up, and that it makes no difference who added what.

use creditgate_credit::application::Application;
use creditgate_credit::check::{Mode, Status};
use creditgate_credit::dossier::{Dossier, PartyDossier};
use creditgate_credit::entry::ListEntry;
use creditgate_credit::host_rules::HostRules;
use creditgate_credit::samples;
use creditgate_sandbox::Limits;
use proptest::prelude::*;

use super::*;
use crate::decision::samples::settled;
use crate::record::CheckInputs;

/// Few enough to be reached by a test.
const FEW: usize = 3;

fn recorded(check_id: &str, settled: Settled, kinds: &[ListKind]) -> RecordedCheck {
    let entries = kinds.iter().map(|kind| entry(*kind)).collect::<Vec<_>>();
    let party = PartyDossier {
        party: "p1".to_owned(),
        history: entries.clone(),
        entries,
        measures: Vec::new(),
        hints: Vec::new(),
        commitments: Vec::new(),
        reports: Vec::new(),
    };
    RecordedCheck {
        check_id: check_id.to_owned(),
        inputs: CheckInputs {
            at: Timestamp::UNIX_EPOCH,
            application: Arc::new(application()),
            binding: "market-regulation/food-licence/review".to_owned(),
            mode: Mode::Enforce,
            plugin: None,
            release: None,
            settings: None,
            limits: Limits::default(),
            seed: 1,
            policy: "370811@2026".to_owned(),
            catalogue: "2026".to_owned(),
            calendar: "2026/1".to_owned(),
            host_rules: HostRules::CURRENT,
            engine: "engine".to_owned(),
            dossier: Some(Arc::new(Dossier { parties: vec![party] })),
        },
        judged: None,
        settled,
    }
}

fn application() -> Application {
    Application { parties: Vec::new(), ..samples::application() }
}

fn entry(kind: ListKind) -> ListEntry {
    ListEntry { kind, severity: None, valid_until: None, ..samples::entry("e1", "list") }
}

#[test]
fn a_check_counts_once_in_the_total_and_under_everything_it_belongs_to() {
    let mut tally = BacktestTally::default();
    let then = settled(Status::Hit, Outcome::Proceed, &["m1"]);
    let refused = settled(Status::Hit, Outcome::Refuse, &["m1"]);
    let failed = settled(Status::CouldNotCheck, Outcome::ManualReview, &[]);
    tally.compare(&recorded("c1", then.clone(), &[ListKind::Black, ListKind::Red]), &then);
    tally.compare(&recorded("c2", then.clone(), &[ListKind::Black, ListKind::Black]), &refused);
    tally.compare(&recorded("c3", then.clone(), &[]), &failed);
    tally.lack("not_called");
    tally.lack("not_called");

    assert_eq!(tally.checks(), 5);
    assert_eq!(tally.compared, LikenessTally { identical: 1, reworded: 0, changed: 1, failed: 1 });
    assert_eq!(tally.not_reconstructible, BTreeMap::from([("not_called", 2)]));
    let (proceed, refuse, review) = (Outcome::Proceed, Outcome::Refuse, Outcome::ManualReview);
    let outcomes = [((proceed, proceed), 1), ((proceed, refuse), 1), ((proceed, review), 1)];
    assert_eq!(tally.outcomes, BTreeMap::from(outcomes));
    let measure = &tally.measures["m1"];
    assert_eq!((measure.recorded.applied, measure.candidate.applied), (3, 2));
    assert_eq!((measure.candidate.absent, measure.changed), (1, 1));
    let black = LikenessTally { identical: 1, changed: 1, ..LikenessTally::default() };
    let red = LikenessTally { identical: 1, ..LikenessTally::default() };
    assert_eq!(tally.lists, BTreeMap::from([(ListKind::Red, red), (ListKind::Black, black)]));
    assert_eq!(tally.unlisted, LikenessTally { failed: 1, ..LikenessTally::default() });
    assert_eq!(tally.cases.keys().collect::<Vec<_>>(), ["c2", "c3"]);
    assert_eq!(tally.cases["c2"].comparison.now.outcome, Outcome::Refuse);
}

#[test]
fn only_the_earliest_cases_are_kept_and_the_others_are_counted() {
    let mut whole = BacktestTally::default();
    for number in [4, 1, 5, 3, 2] {
        whole.merge_keeping(one(&Case { number, likeness: Likeness::Changed, kind: None }), FEW);
    }
    assert_eq!(whole.cases.keys().collect::<Vec<_>>(), ["0001", "0002", "0003"]);
    assert_eq!(whole.cases_left_off(), 2);
}

/// A check as the property test makes it up; its number is its id.
#[derive(Debug, Clone)]
struct Case {
    number: u16,
    likeness: Likeness,
    kind: Option<ListKind>,
}

fn one(case: &Case) -> BacktestTally {
    let then = settled(Status::Hit, Outcome::Proceed, &["m1", "m2"]);
    let mut now = then.clone();
    match case.likeness {
        Likeness::Identical => {}
        Likeness::Reworded => now.explanation = "otherwise".to_owned(),
        Likeness::Changed => now = settled(Status::Hit, Outcome::Refuse, &["m1"]),
        Likeness::Failed => now = settled(Status::CouldNotCheck, Outcome::ManualReview, &[]),
    }
    let mut tally = BacktestTally::default();
    if case.number.is_multiple_of(7) {
        tally.lack(if case.number.is_multiple_of(2) { "not_called" } else { "wall_clock" });
    } else {
        let kinds: Vec<ListKind> = case.kind.into_iter().collect();
        tally.compare(&recorded(&format!("{:04}", case.number), then, &kinds), &now);
    }
    tally
}

fn cases() -> impl Strategy<Value = Vec<Case>> {
    let likeness = prop::sample::select(vec![
        Likeness::Identical,
        Likeness::Reworded,
        Likeness::Changed,
        Likeness::Failed,
    ]);
    let kind = prop::option::of(prop::sample::select(ListKind::ALL));
    prop::collection::vec((likeness, kind), 0..40).prop_map(|cases| {
        let case = |(number, (likeness, kind))| Case { number, likeness, kind };
        (0..).zip(cases).map(case).collect()
    })
}

proptest! {
    /// Whatever the workers took, in whatever order they are merged: one report.
    #[test]
    fn the_order_of_merging_makes_no_difference(
        cases in cases().prop_flat_map(|cases| (Just(cases.clone()), Just(cases).prop_shuffle())),
        workers in 1_usize..5,
    ) {
        let (in_order, shuffled) = cases;
        let mut straight = BacktestTally::default();
        for case in &in_order {
            straight.merge_keeping(one(case), FEW);
        }
        let mut shared = vec![BacktestTally::default(); workers];
        for (turn, case) in shuffled.iter().enumerate() {
            shared[turn % workers].merge_keeping(one(case), FEW);
        }
        let mut merged = BacktestTally::default();
        for tally in shared.into_iter().rev() {
            merged.merge_keeping(tally, FEW);
        }
        prop_assert_eq!(&merged, &straight);
        prop_assert_eq!(merged.checks(), in_order.len() as u64);
    }
}
