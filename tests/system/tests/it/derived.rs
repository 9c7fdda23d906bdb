//! Entries that follow from others by a jurisdiction's rules, in whole checks.

use serde_json::{Value, json};
use system_tests::document::{assert_has, with};
use system_tests::{TestGate, city, component};

const ITEM: &str = "food-licence";

/// A host in whose jurisdiction three key fields make an alert and who leaves the
/// black list is watched.
async fn strict_city() -> TestGate {
    let gate = TestGate::start().await;
    let mut policy = city::policies().remove(0);
    policy["version"] = json!("strict-lists");
    policy["effective_from"] = json!("2020-01-02");
    policy["listing"] = json!({"alert_threshold": 3, "exit_to_watch": true});
    gate.import("policy", &[policy]).await;
    gate.import("list-types", &list_types(true)).await;
    gate.import("lists", &watched_in(["food", "environment", "tax"])).await;
    gate.serve(component::market_registration(), &[city::regulated(ITEM, "review")]).await;
    gate
}

fn list_types(key_field: bool) -> Vec<Value> {
    let list = |code: &str, kind: &str, field: &str| {
        json!({"code": code, "name": "示例重点关注名单", "kind": kind, "field": field, "key_field": key_field,
               "level": "national", "standard": "示例标准"})
    };
    ["food", "environment", "tax"].map(|field| list(&format!("watch.{field}"), "watch", field)).into()
}

fn watched_in<const N: usize>(fields: [&str; N]) -> [Value; N] {
    fields.map(|field| {
        let changes = json!({
            "id": format!("watched-{field}"), "list": format!("watch.{field}"), "kind": "watch", "field": field,
            "subject_identifiers": [{"kind": "uscc", "value": city::CLEAN_COMPANY}],
        });
        with(city::entries().remove(0), &changes)
    })
}

async fn check(gate: &TestGate, case_no: &str) -> Value {
    gate.checked(ITEM, "review", case_no, city::CLEAN_COMPANY).await
}

fn lists(answer: &Value) -> Vec<&str> {
    let matches = answer["matches"].as_array().unwrap().iter();
    let mut lists: Vec<&str> = matches.map(|found| found["entry"]["list"].as_str().unwrap()).collect();
    lists.sort_unstable();
    lists
}

#[tokio::test(flavor = "multi_thread")]
async fn r044_watched_in_three_key_fields_is_on_the_alert_list_and_replays_so() {
    let gate = strict_city().await;
    let answer = check(&gate, "case-1").await;
    assert_eq!(lists(&answer), ["alert.derived", "watch.environment", "watch.food", "watch.tax"]);

    let query = "/v1/admin/affected?entry=watched-tax&without=true";
    let affected = gate.admin.get(query).await.ok();
    assert_eq!(affected["checks"].as_array().unwrap().len(), 1, "{affected}");
    assert_eq!(affected["checks"][0].get("not_reconstructible"), None, "{affected}");

    // The kinds of lists are others later, and one entry is over.
    gate.import("list-types", &list_types(false)).await;
    assert_eq!(lists(&check(&gate, "case-2").await), ["watch.environment", "watch.food", "watch.tax"]);
    gate.replays(&answer).await;

    gate.import("list-types", &list_types(true)).await;
    let over = watched_in(["tax"]).map(|entry| with(entry, &json!({"status": "repaired"})));
    gate.import("lists", &over).await;
    assert_eq!(lists(&check(&gate, "case-3").await), ["watch.environment", "watch.food"], "it falls back");
}

#[tokio::test(flavor = "multi_thread")]
async fn r046_who_has_left_the_black_list_is_watched_for_as_long_as_was_said() {
    let gate = strict_city().await;
    let mut left = city::entries().remove(0);
    left["id"] = json!("left");
    left["subject_identifiers"] = json!([{"kind": "uscc", "value": city::DISPUTING_COMPANY}]);
    left["valid_until"] = json!("2025-06-01");
    left["particulars"] = json!({"watch_until": "2098-01-01"});
    let none = with(city::entries().remove(1), &json!({"status": "withdrawn"}));
    gate.import("lists", &[left, none]).await;
    let request = city::request(ITEM, "review", "case-1", city::DISPUTING_COMPANY);
    let answer = gate.check(&request).await.ok();
    assert_eq!(lists(&answer), ["watch.derived"], "{answer}");
    assert_eq!(answer["matches"][0]["entry"]["recognised_on"], "2025-06-02");
    assert_eq!(answer["matches"][0]["entry"]["facts"], "");
}

#[tokio::test(flavor = "multi_thread")]
async fn r039_a_restricted_entry_works_and_its_facts_are_shown_to_nobody() {
    let gate = TestGate::start().await;
    let mut restricted = city::entries().remove(0);
    restricted["facts"] = json!("示例商业秘密");
    restricted["particulars"] = json!({"visibility": "restricted", "rectification": "示例商业秘密"});
    gate.import("lists", &[restricted]).await;
    gate.serve(component::market_registration(), &[city::regulated(ITEM, "review")]).await;
    let request = city::request(ITEM, "review", "case-1", city::BANNED_COMPANY);
    let answer = gate.check(&request).await.ok();
    assert_eq!(answer["outcome"], "refuse", "{answer}");
    let entry = &answer["matches"][0]["entry"];
    assert_has(entry, &json!({"visibility": "restricted", "facts": ""}));
    assert_has(entry, &json!({"authority": "示例机关", "basis": "示例依据"}));
    let id = answer["check_id"].as_str().unwrap();
    for path in [format!("/v1/checks/{id}"), "/v1/cases/case-1".to_owned()] {
        let told = gate.caller.get(&path).await.ok().to_string();
        assert!(!told.contains("示例商业秘密"), "{told}");
    }
}
