use creditgate_credit::catalogue::check::{BoundItem, Surroundings, check};
use creditgate_credit::identifier::{Identifier, IdentifierKind, Strictness};
use creditgate_wire::import;
use proptest::prelude::*;

use super::*;

const SIZE: u64 = 20_000;

fn written(city: &City, format: Format, encoding: Encoding) -> Vec<u8> {
    let mut bytes = Vec::new();
    city.write_entries(format, encoding, &mut bytes, |_| ()).unwrap();
    bytes
}

fn json_lines<T: serde::Serialize>(rows: impl IntoIterator<Item = T>) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_json_lines(rows, &mut bytes).unwrap();
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn every_identifier_passes_its_strict_check(seed: u64, number in 0..MOST_ENTRIES) {
        let city = City::new(seed, MOST_ENTRIES);
        let case = city.case(number);
        let parties = case.parties.iter().flat_map(|party| &party.identifiers);
        let entry = city.entry(number);
        for identifier in parties.chain(&entry.subject_identifiers) {
            let parsed = Identifier::parse(identifier.kind, &identifier.value, Strictness::Strict);
            prop_assert!(parsed.is_ok_and(|parsed| parsed.warnings.is_empty()), "{:?}", identifier.kind);
        }
    }

    #[test]
    fn an_entry_is_the_same_in_a_city_of_any_size(seed: u64, number in 0..1000u64, size in 1000..MOST_ENTRIES) {
        let (small, large) = (City::new(seed, 1000), City::new(seed, size));
        prop_assert_eq!(small.entry(number), large.entry(number));
    }

    #[test]
    fn different_numbers_are_different_subjects(seed: u64, one in 0..MOST_ENTRIES, other in 0..MOST_ENTRIES) {
        let identifier = |number| Subject::numbered(seed, number).identifier;
        prop_assert_eq!(one == other, identifier(one) == identifier(other));
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_others() {
    let bytes = |seed| written(&City::new(seed, 500), Format::Csv, Encoding::Utf8);
    assert_eq!(bytes(7), bytes(7));
    assert_ne!(bytes(7), bytes(8));
}

#[test]
fn r064_the_city_has_the_scale_of_a_real_one() {
    let city = City::new(1, 0);
    let rows = city.catalogue();
    let count = |wanted: &dyn Fn(&CatalogueRow) -> bool| rows.iter().filter(|row| wanted(row)).count();
    assert_eq!(count(&|row| matches!(row, CatalogueRow::Memorandum { .. })), 37);
    assert_eq!(count(&|row| matches!(row, CatalogueRow::Item(_))), 470);
    assert_eq!(count(&|row| matches!(row, CatalogueRow::PowerItem { .. })), 2_411);
    assert_eq!(city.bindings().len(), 3 * 470);
}

#[test]
fn proportions_are_those_of_practice() {
    let city = City::new(3, SIZE);
    let entries: Vec<_> = (0..SIZE).map(|number| city.entry(number)).collect();
    let share = |wanted: &dyn Fn(&Entry<'_>) -> bool| {
        entries.iter().filter(|entry| wanted(entry)).count() as f64 / entries.len() as f64
    };
    let person =
        |entry: &Entry<'_>| entry.subject_identifiers.iter().any(|id| id.kind == IdentifierKind::CitizenId);
    type Wanted<'a> = &'a dyn Fn(&Entry<'_>) -> bool;
    let cases: [(&str, f64, Wanted<'_>); 7] = [
        ("red", 0.05, &|entry| entry.kind == "red"),
        ("black", 0.25, &|entry| entry.kind == "black"),
        ("watch", 0.05, &|entry| entry.kind == "watch"),
        ("persons", 0.40, &person),
        ("repaired", 0.06, &|entry| entry.status == "repaired"),
        ("suspended", 0.03, &|entry| entry.suspended),
        ("without a number", 0.01, &|entry| entry.subject_identifiers.is_empty()),
    ];
    for (what, expected, wanted) in cases {
        let found = share(wanted);
        assert!((found - expected).abs() < 0.015, "{what}: {found} instead of {expected}");
    }
}

#[test]
fn an_import_takes_the_whole_city_without_a_problem() {
    let city = City::new(5, 3_000);
    for (format, read) in [(Format::Csv, import::Format::Csv), (Format::Jsonl, import::Format::Jsonl)] {
        let bytes = written(&city, format, Encoding::Utf8);
        let lists = import::parse_lists("lists", read, bytes, Strictness::Strict);
        assert_eq!((lists.rows.len(), lists.problems), (3_000, vec![]));
    }
    let types = import::parse_list_types("list-types", import::Format::Jsonl, json_lines(city.list_types()));
    assert_eq!(types.problems, []);
    let catalogue = import::parse_catalogue("catalogue", import::Format::Jsonl, json_lines(city.catalogue()));
    assert!(catalogue.problems.is_empty(), "{:?}", catalogue.problems.first());
    let bindings = import::parse_bindings("bindings", import::Format::Jsonl, json_lines(city.bindings()));
    assert_eq!((bindings.rows.len(), bindings.problems), (1_410, vec![]));
    let policies = import::parse_policy("policy", import::Format::Jsonl, json_lines(city.policies()));
    assert_eq!((policies.rows.len(), policies.problems), (8, vec![]));
}

/// What is wrong with a city's catalogue: codes of rows no import takes, then what
/// is missing in the editions.
fn faults_of(city: &City) -> Vec<String> {
    let lines = import::Format::Jsonl;
    let list_types = import::parse_list_types("list-types", lines, json_lines(city.list_types())).rows;
    let bindings = import::parse_bindings("bindings", lines, json_lines(city.bindings())).rows;
    let bound: Vec<BoundItem> =
        bindings.into_iter().map(|it| BoundItem { department: it.department, item: it.item }).collect();
    let read = import::parse_catalogue("catalogue", lines, json_lines(city.catalogue()));
    let around = Surroundings { list_types: &list_types, bound: &bound, published: &read.rows };
    let refused = read.problems.iter().map(|problem| problem.code.to_string());
    let day = jiff::civil::date(2026, 11, 23);
    let missing = read.rows.iter().flat_map(|edition| check(edition, &around, day));
    refused.chain(missing.map(|fault| fault.kind.code().to_owned())).collect()
}

#[test]
fn r062_the_check_of_the_catalogue_finds_nothing_in_the_city_and_each_fault_in_it() {
    let sound = City::new(11, 40);
    assert_eq!(faults_of(&sound), [""; 0]);
    for (fault, expected) in [
        (Fault::MeasureBasis, "catalogue.unknown_basis"),
        (Fault::MeasureBasisOver, "basis_not_in_force"),
        (Fault::MeasureParticular, "field.empty"),
        (Fault::MeasureWithoutList, "field.empty"),
        (Fault::MeasureList, "measure_without_list"),
        (Fault::MeasureDuplicate, "row.duplicate"),
        (Fault::MeasureCategory, "catalogue.unknown_category"),
        (Fault::MeasurePowerItem, "catalogue.unknown_power_item"),
        (Fault::MeasureMemorandum, "catalogue.unknown_memorandum"),
        (Fault::MeasureItem, "measure_without_item"),
        (Fault::ItemWithoutMeasure, "item_without_measure"),
        (Fault::PowerItemWithoutSection, "power_item_without_section"),
        (Fault::PowerItemWithoutItem, "power_item_without_item"),
        (Fault::ListWithoutMeasure, "list_without_measure"),
        (Fault::BindingItem, "bound_item_missing"),
        (Fault::EditionOverlap, "overlapping_editions"),
    ] {
        let found = faults_of(&sound.clone().with_fault(fault));
        assert!(found.iter().any(|code| code == expected), "{}: {found:?}", fault.name());
    }
}

#[test]
fn everything_can_be_written_in_gbk() {
    let city = City::new(9, 300);
    let gbk = written(&city, Format::Csv, Encoding::Gbk);
    let (read, _, wrong) = encoding_rs::GBK.decode(&gbk);
    assert!(!wrong);
    assert_eq!(read.as_bytes(), written(&city, Format::Csv, Encoding::Utf8));
    assert!(!read.contains("&#"), "a character GBK has not");
}

#[test]
fn each_fault_changes_the_city_and_has_a_name_of_its_own() {
    let whole = |city: &City| {
        [
            written(city, Format::Csv, Encoding::Utf8),
            json_lines(city.catalogue()),
            json_lines(city.list_types()),
            json_lines(city.bindings()),
        ]
    };
    let sound = City::new(11, 40);
    for (fault, name) in Fault::ALL {
        assert_eq!((Fault::from_name(name), fault.name()), (Some(*fault), *name));
        let spoilt = whole(&sound.clone().with_fault(*fault));
        let changed = spoilt.iter().zip(whole(&sound)).filter(|(spoilt, sound)| *spoilt != sound).count();
        assert_eq!(changed, 1, "{name}");
    }
}

#[test]
fn r044_some_subjects_are_watched_in_three_key_fields() {
    let city = City::new(13, 100);
    let watched: Vec<_> = (71..=73).map(|number| city.entry(number)).collect();
    assert!(
        watched.iter().all(|entry| entry.kind == "watch" && entry.subject_name == watched[0].subject_name)
    );
    let fields: std::collections::BTreeSet<_> = watched.iter().map(|entry| entry.field).collect();
    assert_eq!(fields.len(), 3);
}

#[test]
fn who_is_red_is_nothing_else() {
    let city = City::new(17, SIZE);
    let (red, others): (Vec<u64>, Vec<u64>) = (0..SIZE).partition(|number| city.entry(*number).kind == "red");
    let red: std::collections::HashSet<u64> = red.into_iter().map(|number| city.owner(number)).collect();
    assert_eq!(others.into_iter().filter(|number| red.contains(&city.owner(*number))).count(), 0);
}

#[test]
fn a_case_asks_at_every_checkpoint_in_the_form_of_the_interface() {
    let city = City::new(19, 1_000);
    let cases: Vec<_> = (0..200).map(|number| city.case(number)).collect();
    for request in cases.iter().flat_map(Case::requests) {
        let body = serde_json::to_string(&request).unwrap();
        let read: Result<creditgate_api::CheckRequest, _> = serde_json::from_str(&body);
        assert!(read.is_ok(), "{read:?}");
    }
    let issued = cases.iter().filter_map(Case::issued_line).count();
    assert!((160..200).contains(&issued), "{issued}");
    assert!(
        cases.iter().any(|case| case.parties.len() == 1) && cases.iter().any(|case| case.parties.len() == 2)
    );
}
