//! Trees good and bad, and what resolves from them.

use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::policy::CommitmentEffect;
use crate::samples;

fn division(code: &str, level: DivisionLevel, parent: Option<&str>) -> Division {
    Division { code: code.into(), name: "示例区划".into(), level, parent: parent.map(str::to_owned) }
}

fn layer(division: &str, version: &str, from: Date, until: Option<Date>, values: PolicyLayer) -> PolicyLayer {
    PolicyLayer {
        division: division.into(),
        version: version.into(),
        effective_from: from,
        effective_until: until,
        ..values
    }
}

/// A city that says most and a county that says one thing.
fn city_and_county() -> PolicyTree {
    let city = PolicyLayer {
        records_since: Some(date(2015, 1, 1)),
        clean_window_years: Some(2),
        ..PolicyLayer::default()
    };
    let county =
        PolicyLayer { commitment_effect: Some(CommitmentEffect::DecideFirst), ..PolicyLayer::default() };
    PolicyTree::new(
        [
            division("379900", DivisionLevel::City, None),
            division("379901", DivisionLevel::County, Some("379900")),
            division("379902", DivisionLevel::County, Some("379900")),
        ],
        [
            layer("379900", "2024-01", date(2024, 1, 1), Some(date(2026, 6, 30)), city.clone()),
            layer("379900", "2026-07", date(2026, 7, 1), None, city),
            layer("379901", "2024-01", date(2024, 1, 1), None, county),
        ],
    )
}

fn policy(tree: &PolicyTree, division: &str, day: Date) -> Policy {
    tree.policy(division, day).unwrap().unwrap()
}

#[test]
fn r020_a_division_inherits_what_it_does_not_state() {
    let tree = city_and_county();
    assert_eq!(tree.faults(), []);
    let county = policy(&tree, "379901", date(2026, 5, 1));
    assert_eq!(county.commitment_effect, CommitmentEffect::DecideFirst);
    assert_eq!(county.clean_window_years, 2, "from the city");
    assert_eq!(county.listing.serious.minimum_months, 12, "from the shipped rules");
    assert_eq!(county.snapshot(), "379901@2024-01+379900@2024-01+default@2026-04");
    assert_eq!(county.effective_from, date(2026, 4, 1));
    assert_eq!(county.effective_until, Some(date(2026, 6, 30)));

    let other = policy(&tree, "379902", date(2026, 5, 1));
    assert_eq!(other.commitment_effect, CommitmentEffect::AcceptFirst);
    assert_eq!(other.snapshot(), "379900@2024-01+default@2026-04");
}

#[test]
fn r020_every_value_says_where_it_came_from() {
    let tree = city_and_county();
    let resolution = tree.resolve("379901", date(2026, 5, 1)).unwrap();
    let origin = |name: &str| {
        let position = PolicyLayer::VALUES.iter().position(|known| *known == name).unwrap();
        resolution.origins[position].map(|layer| resolution.layers[layer].name())
    };
    assert_eq!(origin("commitment_effect").as_deref(), Some("379901@2024-01"));
    assert_eq!(origin("clean_window_years").as_deref(), Some("379900@2024-01"));
    assert_eq!(origin("listing.slight").as_deref(), Some("default@2026-04"));
    assert!(resolution.missing().next().is_none());
}

#[test]
fn r020_the_rules_of_the_day_hold_and_records_find_theirs_again() {
    let tree = city_and_county();
    let before = policy(&tree, "379901", date(2026, 3, 31));
    assert_eq!(before.snapshot(), "379901@2024-01+379900@2024-01+default@2016-05");
    assert_eq!(before.listing.serious.minimum_months, 6);
    let after = policy(&tree, "379901", date(2026, 8, 1));
    assert_eq!(after.snapshot(), "379901@2024-01+379900@2026-07+default@2026-04");
    for policy in [before, after] {
        assert_eq!(tree.named(&policy.snapshot()), Some(policy));
    }
    assert_eq!(tree.named("379901@1999+default@2026-04"), None);
    assert_eq!(tree.named("nonsense"), None);
    let turning: Vec<Date> = tree.turning_days("379901").into_iter().collect();
    assert_eq!(turning, [Date::MIN, date(2016, 5, 30), date(2024, 1, 1), date(2026, 4, 1), date(2026, 7, 1)]);
}

#[test]
fn r020_a_version_that_states_everything_keeps_its_name_of_before() {
    let whole = samples::policy();
    let tree = PolicyTree::new([], [PolicyLayer::from(&whole)]);
    assert_eq!(tree.policy("370811", date(2026, 11, 23)), Some(Ok(whole.clone())));
    assert_eq!(whole.snapshot(), "370811@2026");
    assert_eq!(tree.named("370811@2026"), Some(whole));
}

#[test]
fn r020_a_value_that_nobody_states_is_named_with_division_and_day() {
    let silent = layer(
        "379900",
        "1",
        date(2024, 1, 1),
        None,
        PolicyLayer { clean_window_years: Some(2), ..PolicyLayer::default() },
    );
    let tree = PolicyTree::new([division("379901", DivisionLevel::County, None)], [silent]);
    let missing = tree.policy("379900", date(2026, 5, 1)).unwrap().unwrap_err();
    assert_eq!((missing.value, missing.day), ("records_since", date(2026, 5, 1)));
    assert!(missing.to_string().contains("`379900` has no `records_since` on 2026-05-01"), "{missing}");
    for (code, day) in
        [("379900", date(2023, 12, 31)), ("379901", date(2026, 5, 1)), ("110000", date(2026, 5, 1))]
    {
        assert_eq!(tree.policy(code, day), None, "{code} {day}: nothing local speaks");
    }
}

#[test]
fn r020_what_cannot_be_in_a_tree_is_told() {
    use DivisionLevel::{City, County, Province};
    let codes = |divisions: Vec<Division>, layers: Vec<PolicyLayer>| {
        PolicyTree::new(divisions, layers).faults().iter().map(TreeFault::code).collect::<Vec<_>>()
    };
    let span = |version: &str, from, until| layer("1", version, from, until, PolicyLayer::default());
    let (january, june) = (date(2024, 1, 1), date(2024, 6, 30));
    let none = Vec::<&str>::new();
    assert_eq!(codes(vec![division("1", City, Some("2"))], vec![]), ["division.unknown_parent"]);
    assert_eq!(codes(vec![division("1", City, Some("1"))], vec![]), ["division.cycle"]);
    let ring = vec![
        division("1", County, Some("2")),
        division("2", City, Some("3")),
        division("3", Province, Some("1")),
        division("4", County, Some("2")),
    ];
    assert_eq!(codes(ring, vec![]), ["division.cycle"; 3], "who is only below a ring is not on it");
    let swapped = vec![division("1", Province, Some("2")), division("2", City, None)];
    assert_eq!(codes(swapped, vec![]), ["division.level_order"]);
    assert_eq!(codes(vec![], vec![span("a", january, None), span("b", january, None)]), ["layer.overlap"]);
    assert_eq!(codes(vec![], vec![span("a", january, Some(june)), span("b", june, None)]), ["layer.overlap"]);
    assert_eq!(codes(vec![], vec![span("a", january, Some(june)), span("b", date(2024, 7, 1), None)]), none);
    assert_eq!(codes(vec![], vec![span("a", january, None), span("b", june, None)]), none);
}

proptest! {
    /// Whatever the parents, resolving comes to an end and names what it used.
    #[test]
    fn r020_any_tree_resolves(parents in proptest::collection::vec(0_usize..6, 6), day in 0_i32..20_000) {
        let code = |number: usize| format!("{number:06}");
        let divisions = parents.iter().enumerate().map(|(number, parent)| {
            let parent = (*parent != number).then(|| code(*parent));
            Division { code: code(number), name: String::new(), level: DivisionLevel::City, parent }
        });
        let whole = PolicyLayer { division: code(0), ..PolicyLayer::from(&samples::policy()) };
        let part = PolicyLayer { clean_window_years: Some(1), ..PolicyLayer::default() };
        let tree = PolicyTree::new(divisions, [whole, layer(&code(1), "p", date(2020, 1, 1), None, part)]);
        let day = date(2000, 1, 1).saturating_add(jiff::Span::new().days(day));
        for number in 0..6 {
            if let Some(Ok(policy)) = tree.policy(&code(number), day) {
                prop_assert!(policy.in_force_on(day));
                prop_assert_eq!(tree.named(&policy.snapshot()), Some(policy));
            }
        }
    }
}

#[test]
fn r020_a_division_lies_within_those_above_it_by_the_tree_and_else_by_its_code() {
    use DivisionLevel::{City, County, Province};
    // 379991 is a county the province looks after itself.
    let tree = PolicyTree::new(
        [
            division("370000", Province, None),
            division("379900", City, Some("370000")),
            division("379991", County, Some("370000")),
        ],
        [],
    );
    let cases = [
        ("379900", "379900", true),
        ("379900", "370000", true),
        ("370000", "379900", false),
        ("379991", "370000", true),
        ("379991", "379900", false),
        ("379902", "379900", true),
        ("379902", "370000", true),
        ("379902", "379901", false),
        ("379991", "370000", true),
        ("379991", "379000", false),
        ("370802", "379900", false),
        ("440700", "440000", true),
        ("440703", "440700", true),
        ("440703", "440000", true),
        ("44070", "440700", false),
        ("", "440700", false),
        ("440703", "", false),
    ];
    for (below, above, within) in cases {
        assert_eq!(tree.is_within(below, above), within, "{below} in {above}");
    }
}
