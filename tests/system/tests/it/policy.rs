//! Policy by layers: what a division does not state it inherits, every record
//! names the layers it was judged by, and what is shown says whose each value is.

use serde_json::{Value, json};
use system_tests::document::{assert_has, with};
use system_tests::{TestGate, city, command_line, component};

/// The district of the binding's jurisdiction, a sub-district with a rule of its
/// own, and one of which nobody says since when its sources hold records.
const FILE: &str = r#"
[division.370800]
name = "示例市"
level = "city"

[division.370881]
name = "示例县"
level = "county"
parent = "370800"

[division.370882]
name = "示例二县"
level = "county"

[[layer]]
division = "370800"
version = "2024-01"
effective_from = 2024-01-01
records_since = 2015-01-01
clean_window_years = 2

[[layer]]
division = "370881"
version = "2024-06"
effective_from = 2024-06-01
commitment_effect = "decide_first"

[layer.duties]
publicity_limit = { count = 7, unit = "days" }

[[layer]]
division = "370882"
version = "2024-01"
effective_from = 2024-01-01
clean_window_years = 1
"#;

async fn import(gate: &TestGate, text: &str) -> Value {
    let path = "/v1/admin/policy?format=toml&file=policy.toml";
    gate.admin.post_text(path, "application/toml", text).await.json()
}

async fn check(gate: &TestGate, case: &str, division: &str) -> Value {
    let mut request = city::request("honest", "review", case, city::CLEAN_COMPANY);
    request["division"] = json!(division);
    gate.check(&request).await.json()
}

#[tokio::test(flavor = "multi_thread")]
async fn r020_a_county_is_checked_by_the_rules_it_inherits_and_replays_by_them() {
    let binding = with(city::honest("honest"), &json!({"division": "370000"}));
    let gate = TestGate::serving(component::hostile_guest(), &[binding]).await;
    let report = import(&gate, FILE).await;
    assert_has(&report, &json!({"applied": 6, "/warnings/0/code": "policy.value_missing"}));

    let answer = check(&gate, "case-1", "370881").await;
    let name = "370881@2024-06+370800@2024-01+default@2026-04";
    assert_eq!(answer["policy"], name, "{answer}");
    let open = check(&gate, "case-2", "370882").await;
    assert_eq!(open["code"], "policy.value_missing");
    let detail = open["detail"].as_str().unwrap();
    assert!(detail.contains("`370882` has no `records_since` on 20"), "{detail}");

    // The county moves and the city's rules change; the record keeps its own.
    let later = "[division.370881]\nname = \"示例县\"\nlevel = \"county\"\n\n\
                 [[layer]]\ndivision = \"370800\"\nversion = \"2026-05\"\neffective_from = 2026-05-01\n\
                 records_since = 2016-01-01\n";
    assert_eq!(import(&gate, later).await["applied"], 2);
    gate.replays(&answer).await;
    let city = check(&gate, "case-3", "370800").await;
    assert_eq!(city["policy"], "370800@2026-05+default@2026-04");
    let moved = check(&gate, "case-4", "370881").await;
    assert_eq!(moved["code"], "policy.value_missing", "nobody above it says it now");
}

#[tokio::test(flavor = "multi_thread")]
async fn r020_every_value_is_shown_with_its_division_version_and_days() {
    let mut gate = TestGate::start().await;
    let _ = import(&gate, FILE).await;
    let shown = gate.admin.get("/v1/admin/policy/resolved?division=370881&on=2026-05-01").await.ok();
    assert_eq!(shown["snapshot"], "370881@2024-06+370800@2024-01+default@2026-04");
    assert_eq!(shown["name"], "示例县");
    let value = |name: &str| {
        let values = shown["values"].as_array().unwrap();
        values.iter().find(|value| value["name"] == name).unwrap().clone()
    };
    assert_eq!(value("clean_window_years")["layer"], "370800@2024-01");
    assert_eq!(value("duties.publicity_limit")["value"], json!({"count": 7, "unit": "days"}));
    assert_eq!(value("listing.alert_threshold")["value"], "none");
    for (query, status, code) in [
        ("division=110101", 404, "division.unknown"),
        ("division=370881&on=2026-02-30", 400, "request.query"),
        ("on=2026-02-28", 400, "request.query"),
    ] {
        let _ = gate.admin.get(&format!("/v1/admin/policy/resolved?{query}")).await.problem(status, code);
    }

    gate.terminate().await;
    let text = gate.command_line("policy show --division 370881 --on 2026-05-01").ok();
    for line in [
        "370881 示例县 on 2026-05-01",
        "370800 示例市 2024-01, from 2024-01-01",
        "default 2026-04, from 2026-04-01",
        "in records: 370881@2024-06+370800@2024-01+default@2026-04",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    let open = gate.command_line("policy show --division 370882 --json").ended_with(1);
    let open: Value = serde_json::from_str(&open.said).unwrap();
    assert_eq!(open["missing"], json!(["records_since"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn r020_a_bad_file_of_policy_changes_nothing_and_names_line_and_value() {
    let gate = TestGate::start().await;
    let _ = import(&gate, FILE).await;
    let before = gate.admin.get("/v1/admin/policy").await.ok();
    let layer = |version: &str, from: &str| {
        format!("[[layer]]\ndivision = \"370800\"\nversion = \"{version}\"\neffective_from = {from}\n")
    };
    let cases = [
        (
            "[division.370800]\nname = \"示例市\"\nlevel = \"city\"\nparent = \"370881\"\n".to_owned(),
            1,
            "division.cycle",
        ),
        (
            "[division.370889]\nname = \"示例\"\nlevel = \"county\"\nparent = \"379999\"\n".to_owned(),
            1,
            "division.unknown_parent",
        ),
        (layer("2024-02", "2024-01-01"), 1, "layer.overlap"),
        (layer("2024-01", "2024-01-01"), 1, "import.version_changed"),
        (layer("2026-05", "2026-05-01") + "clean_window_year = 3\n", 5, "field.unknown"),
    ];
    for (text, line, code) in cases {
        let refused = import(&gate, &text).await;
        assert_eq!(refused["code"], "import.refused", "{text}: {refused}");
        let fault = &refused["problems"][0];
        assert_eq!((&fault["line"], &fault["code"]), (&json!(line), &json!(code)), "{text}: {refused}");
        let detail = refused["detail"].as_str().unwrap();
        assert!(detail.contains("taken whole") && !detail.contains("accept_valid"), "{detail}");
    }
    let path = "/v1/admin/policy?format=toml&accept_valid=true";
    let _ = gate.admin.post_text(path, "application/toml", FILE).await.problem(400, "request.query");
    assert_eq!(gate.admin.get("/v1/admin/policy").await.ok(), before);
    let row = &city::policies()[0];
    let whole = with(row.clone(), &json!({"division": "370800", "version": "2024-01"}));
    let path = "/v1/admin/policy?format=jsonl";
    let detail = gate
        .admin
        .post_text(path, "text/plain", whole.to_string())
        .await
        .problem(409, "import.version_changed");
    assert!(detail.contains("370800@2024-01"), "{detail}");
}

#[test]
fn r020_the_shipped_profiles_are_listed_and_printed() {
    let text = command_line("policy profiles").ok();
    let names =
        ["default", "yinchuan-2017", "rencheng-2019", "otog-front-2017", "fuzhou-2017", "jiangmen-2018"];
    for name in names {
        assert!(text.contains(name), "{text}");
        assert!(command_line(&format!("policy profiles {name}")).ok().starts_with("# "), "{name}");
    }
    let _ = command_line("policy profiles atlantis").ended_with(2);
}
