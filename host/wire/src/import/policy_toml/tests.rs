//! Files of policy as people hand them in, good and bad, and the shipped ones.

use creditgate_credit::policy::{Listing, shipped};
use jiff::civil::date;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::policy::PROFILES;

const GOOD: &str = r#"# A city and its county.
[division.379900]
name = "示例市"
level = "city"

[division.379901]
name = "示例区"
level = "county"
parent = "379900"

[[layer]]
division = "379900"
version = "2024-01"
effective_from = 2024-01-01
effective_until = 2026-06-30
records_since = "2015-01-01"
report_issuers = [{ name = "示例信用服务有限公司", qualified_from = 2020-01-01 }]

[layer.duties]
publicity_limit = { count = 7, unit = "days" }
verification_limit = "none"

[[layer]]
division = "379901"
version = "2024-01"
effective_from = 2024-01-01
commitment_effect = "decide_first"

[layer.listing]
alert_threshold = 3
"#;

fn places(findings: &[creditgate_api::ImportProblem]) -> Vec<(u64, &str, &str)> {
    findings.iter().map(|found| (found.line, found.field.as_str(), &*found.code)).collect()
}

fn known(parsed: Parsed<PolicyItem>) -> (Vec<Division>, Vec<PolicyLayer>) {
    let (mut divisions, mut layers) = (Vec::new(), Vec::new());
    for item in parsed.rows {
        match item {
            PolicyItem::Division(division) => divisions.push(division),
            PolicyItem::Layer(layer) => layers.push(*layer),
        }
    }
    (divisions, layers)
}

#[test]
fn r020_a_file_states_divisions_and_layers() {
    let parsed = parse_policy_toml("f.toml", GOOD, &[], &[]);
    assert_eq!((parsed.problems.as_slice(), parsed.warnings.as_slice(), parsed.read), (&[][..], &[][..], 4));
    let (divisions, layers) = known(parsed);
    assert_eq!(divisions[1].parent.as_deref(), Some("379900"));
    assert_eq!(layers[0].duties.verification_limit, Some(None), "stated, and there is none");
    assert_eq!(layers[1].duties.verification_limit, None, "not stated");
    assert_eq!(layers[1].listing.alert_threshold, Some(Some(3)));
    let policy = PolicyTree::new(divisions.clone(), layers.clone()).policy("379901", date(2026, 5, 1));
    assert_eq!(policy.unwrap().unwrap().snapshot(), "379901@2024-01+379900@2024-01+default@2026-04");
    let again = parse_policy_toml("f.toml", GOOD, &divisions, &layers);
    assert_eq!(again.problems, [], "the same again is no fault");
}

#[test]
fn r020_every_fault_of_a_file_has_its_line_field_and_code() {
    let cases: &[(&str, &str, u64, &str, &str)] = &[
        ("[division.379900]", "[divisions.379900]", 2, "divisions", "field.unknown"),
        ("[division.379900]", "[division.3799]", 2, "division", "division.malformed"),
        ("level = \"county\"", "level = \"town\"", 8, "level", "value.unknown"),
        ("level = \"county\"", "level = \"city\"", 6, "level", "division.level_order"),
        ("parent = \"379900\"", "parents = \"379900\"", 9, "parents", "field.unknown"),
        ("parent = \"379900\"", "parent = \"379800\"", 6, "parent", "division.unknown_parent"),
        ("parent = \"379900\"", "parent = \"379901\"", 6, "parent", "division.cycle"),
        ("version = \"2024-01\"", "version = \"2024+01\"", 13, "version", "version.malformed"),
        ("2026-06-30", "2023-06-30", 15, "effective_until", "date.order"),
        ("2026-06-30", "2026-06-31", 15, "", "toml.syntax"),
        ("\"2015-01-01\"", "\"2015-02-30\"", 16, "records_since", "date.malformed"),
        ("qualified_from = 2", "qualified = 2", 17, "report_issuers[0].qualified", "field.unknown"),
        ("count = 7", "count = 0", 20, "duties.publicity_limit.count", "value.range"),
        ("unit = \"days\"", "unit = \"weeks\"", 20, "duties.publicity_limit.unit", "value.unknown"),
        ("verification_limit", "verification_limits", 21, "duties.verification_limits", "field.unknown"),
        ("\"none\"", "\"never\"", 21, "duties.verification_limit", "value.type"),
        ("\"decide_first\"", "\"refuse\"", 27, "commitment_effect", "value.unknown"),
        ("alert_threshold = 3", "alert_threshold = 0", 30, "listing.alert_threshold", "value.range"),
        ("alert_threshold = 3", "alert_threshold = nan", 29, "listing", "value.type"),
        ("commitment_effect =", "comitment_effect =", 27, "comitment_effect", "field.unknown"),
        ("[[layer]]", "[layer.x]", 23, "", "toml.syntax"),
    ];
    for (from, to, line, field, code) in cases {
        let parsed = parse_policy_toml("f.toml", GOOD.replacen(from, to, 1), &[], &[]);
        assert_eq!(places(&parsed.problems), [(*line, *field, *code)], "{to}: {:?}", parsed.problems);
        assert_eq!(parsed.rows, [], "nothing of a file with a fault is applied: {to}");
    }
    let unknown =
        parse_policy_toml("f.toml", GOOD.replacen("alert_threshold", "alert_treshold", 1), &[], &[]);
    assert_eq!(unknown.problems[0].message, "is not a known field; did you mean `alert_threshold`?");
}

#[test]
fn r020_a_file_is_held_against_what_is_known() {
    let (divisions, layers) = known(parse_policy_toml("f.toml", GOOD, &[], &[]));
    let faults = |text: &str| {
        let parsed = parse_policy_toml("g.toml", text, &divisions, &layers);
        parsed.problems.iter().map(|fault| (fault.line, fault.code.to_string())).collect::<Vec<_>>()
    };
    let layer = |division: &str, version: &str, from: &str| {
        format!("[[layer]]\ndivision = \"{division}\"\nversion = \"{version}\"\neffective_from = {from}\n")
    };
    assert_eq!(faults(&layer("379900", "2024-01", "2024-01-01")), [(1, "import.version_changed".into())]);
    assert_eq!(faults(&layer("379900", "2026-06", "2026-06-30")), [(1, "layer.overlap".into())]);
    assert_eq!(faults(&layer("379900", "2026-07", "2026-07-01")), []);
    assert_eq!(faults(&layer("379901", "2026-07", "2026-07-01")), [], "one without end is followed");
    let twice = layer("379900", "x", "2026-07-01") + &layer("379900", "x", "2027-07-01");
    assert_eq!(faults(&twice), [(7, "row.duplicate".into())]);
    let raised = "[division.379900]\nname = \"示例市\"\nlevel = \"county\"\n";
    assert_eq!(faults(raised), [(1, "division.level_order".into())], "its county is known already");
}

#[test]
fn r020_a_layer_under_which_no_check_can_be_made_is_remarked() {
    let text = GOOD.replacen("records_since = \"2015-01-01\"\n", "", 1);
    let parsed = parse_policy_toml("f.toml", text, &[], &[]);
    let expected =
        [(11, "records_since", "policy.value_missing"), (22, "records_since", "policy.value_missing")];
    assert_eq!(places(&parsed.warnings), expected);
    assert!(parsed.warnings[1].message.contains("`379901` has no `records_since` on 2024-01-01"));
    assert_eq!(parsed.rows.len(), 4);
}

/// The layers a shipped profile states.
fn layers_of(name: &str) -> Vec<PolicyLayer> {
    let text = PROFILES.iter().find(|profile| profile.name == name).unwrap().text;
    let document = Document::of(text.as_bytes()).unwrap();
    let top = document.tables().unwrap();
    let layers = top.get("layer").unwrap().get_ref().as_array().unwrap();
    let read = |value: &toml::Spanned<DeValue<'_>>| {
        let table = value.get_ref().as_table().unwrap();
        Table { document: &document, table, line: 1 }.fields().unwrap().read().unwrap()
    };
    layers.iter().map(read).collect()
}

#[test]
fn r020_the_default_profile_shows_what_is_compiled_in() {
    assert_eq!(layers_of("default"), shipped::layers());
}

#[test]
fn r020_a_shipped_profile_can_be_imported_and_resolves() {
    for profile in PROFILES.iter().filter(|profile| profile.name != "default") {
        let parsed = parse_policy_toml(profile.name, profile.text, &[], &[]);
        assert_eq!((parsed.problems.as_slice(), parsed.warnings.as_slice()), (&[][..], &[][..]));
        let (divisions, layers) = known(parsed);
        let division = layers[0].division.clone();
        assert!(profile.title.contains(&division), "{}", profile.title);
        let tree = PolicyTree::new(divisions, layers);
        for day in [date(2020, 1, 1), date(2026, 11, 23)] {
            let policy = tree.policy(&division, day).unwrap().unwrap();
            assert_eq!(tree.named(&policy.snapshot()), Some(policy), "{} {day}", profile.name);
        }
    }
}

/// What each of five documents says, cell by cell; null where it says nothing that
/// is a value of a policy.
#[test]
fn r020_r079_the_profiles_say_what_their_documents_say() {
    let working_days = |count: u16| json!({ "count": count, "unit": "working_days" });
    let profiles = ["yinchuan-2017", "rencheng-2019", "otog-front-2017", "fuzhou-2017", "jiangmen-2018"];
    let seven = working_days(7);
    let none = Value::Null;
    let rows: Vec<(&str, [Value; 5])> = vec![
        // R89, R90
        (
            "duties.publicity_limit",
            [
                seven.clone(),
                seven.clone(),
                seven.clone(),
                json!({ "count": 7, "unit": "days" }),
                none.clone(),
            ],
        ),
        // R37, R94
        ("duties.record_limit", [none.clone(), seven, none.clone(), none.clone(), none.clone()]),
        // R75
        ("clean_window_years", [json!(3), json!(3), none.clone(), json!(3), none.clone()]),
        // R77 to R79
        (
            "non_deferrable",
            [
                json!(["law", "regulation"]),
                json!(["law", "regulation", "normative_document"]),
                none.clone(),
                json!(["law", "regulation", "rule"]),
                none.clone(),
            ],
        ),
        (
            "duties.conditions_deferrable",
            [json!(false), json!(false), none.clone(), json!(true), none.clone()],
        ),
        // R80, R81
        (
            "commitment_effect",
            [json!("accept_first"), json!("accept_first"), none.clone(), json!("decide_first"), none.clone()],
        ),
        // R97
        (
            "duties.verification_limit",
            [working_days(20), json!("none"), none.clone(), none.clone(), none.clone()],
        ),
        // R98
        (
            "suspension_scope",
            [json!("all_punish"), json!("black_only"), none.clone(), none.clone(), none.clone()],
        ),
        // Kinds of lists: R44, R46
        ("listing.alert_threshold", [json!("none"), json!(3), json!("none"), json!("none"), json!("none")]),
        ("listing.exit_to_watch", [json!(false), json!(true), json!(false), json!(false), json!(false)]),
        // Publicity and validity: R38
        (
            "listing.use_ends_with_publicity",
            [none.clone(), json!(true), none.clone(), none.clone(), none.clone()],
        ),
        // Statistics: R107 to R109
        (
            "duties.half_yearly_report_days",
            [none.clone(), none.clone(), json!(["06-05", "01-05"]), none.clone(), none.clone()],
        ),
        ("duties.monthly_report_day", [none.clone(), none.clone(), none.clone(), json!(15), none.clone()]),
        ("duties.typical_cases_day", [none.clone(), none.clone(), none.clone(), json!(20), none.clone()]),
        // Review before a list is proposed: R40
        ("listing.review", [json!(true), none.clone(), none.clone(), none.clone(), none.clone()]),
    ];
    let told: Vec<&str> = rows.iter().map(|(name, _)| *name).chain(["records_since"]).collect();
    for (column, profile) in profiles.iter().enumerate() {
        // Later layers follow rules that came after the document.
        let layer = layers_of(profile).remove(0);
        let document = serde_json::to_value(&layer).unwrap();
        let stated = |name: &str| document.pointer(&format!("/{}", name.replace('.', "/"))).cloned();
        for (name, cells) in &rows {
            assert_eq!(stated(name).unwrap_or_default(), cells[column], "{profile} {name}");
        }
        let more: Vec<&&str> = PolicyLayer::VALUES
            .iter()
            .filter(|name| !told.contains(name) && stated(name).is_some())
            .collect();
        assert!(more.is_empty(), "{profile} states more than its document: {more:?}");
    }
}

#[test]
fn r038_the_profiles_follow_the_rules_in_force_and_cite_them() {
    for profile in PROFILES.iter().filter(|profile| profile.name != "default") {
        let (divisions, layers) = known(parse_policy_toml(profile.name, profile.text, &[], &[]));
        let division = layers[0].division.clone();
        let policy = PolicyTree::new(divisions, layers).policy(&division, date(2026, 11, 23));
        let listing = policy.unwrap().unwrap().listing;
        assert_eq!(listing, Listing::default(), "{}: NDRC Order 36 and nothing beside it", profile.name);
    }
    for name in ["default", "rencheng-2019"] {
        let profile = PROFILES.iter().find(|profile| profile.name == name).unwrap();
        for cited in ["国家发展改革委令第36号", "国办发〔2020〕49号"] {
            assert!(profile.text.contains(cited), "{name} cites {cited}");
        }
    }
}

proptest! {
    /// Whatever a file holds, reading it comes to an end and tells faults by line.
    #[test]
    fn r020_no_file_breaks_the_reader(text in "[\\[\\]a-z0-9.=\"{},# \\n-]{0,200}", cut in 0_usize..700) {
        for text in [text, GOOD.chars().take(cut).collect()] {
            let parsed = parse_policy_toml("f.toml", &text, &[], &[]);
            let lines = text.matches('\n').count() as u64 + 1;
            prop_assert!(parsed.problems.iter().all(|fault| (1..=lines).contains(&fault.line)));
        }
    }
}
