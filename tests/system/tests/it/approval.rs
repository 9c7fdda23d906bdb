//! What approval systems are promised: one call at each step of their own flow,
//! and nothing to do twice.

use serde_json::{Value, json};
use system_tests::document::with;
use system_tests::{TestGate, city, component};

/// A host where market regulation checks food licences at these checkpoints.
async fn food_licences(checkpoints: &[&str]) -> TestGate {
    let gate = TestGate::start().await;
    let bindings: Vec<Value> =
        checkpoints.iter().map(|checkpoint| city::regulated("food-licence", checkpoint)).collect();
    gate.serve(component::market_registration(), &bindings).await;
    gate
}

#[tokio::test(flavor = "multi_thread")]
async fn r008_one_call_brings_everything_and_the_report_needs_two_words() {
    let gate = food_licences(&["review"]).await;
    let answer = gate.checked("food-licence", "review", "case-1", city::BANNED_COMPANY).await;
    for part in ["status", "outcome", "measures", "matches", "explanation", "plugin", "policy", "receipt"] {
        assert!(answer.get(part).is_some(), "{part} is missing: {answer}");
    }
    let told = with(city::executed(), &json!({"measure": answer["measures"][0]["id"]}));
    assert_eq!(gate.report(&answer, &[told]).await.status, 202);
}

#[tokio::test(flavor = "multi_thread")]
async fn r010_a_case_is_checked_at_intake_review_and_issuance_each_with_advice_of_its_own() {
    let gate = food_licences(&["intake", "review", "issuance"]).await;
    let mut outcomes = Vec::new();
    for checkpoint in ["intake", "review", "issuance"] {
        let request = city::request("food-licence", checkpoint, "case-1", city::BANNED_COMPANY);
        let answer = gate.check(&request).await.ok();
        assert_eq!(answer["checkpoint"], checkpoint, "{answer}");
        outcomes.push(answer["outcome"].clone());
    }
    // What stops a licence does not stop an application from being taken in.
    assert_ne!(outcomes[0], "refuse", "{outcomes:?}");
    assert_eq!(outcomes[1], "refuse", "{outcomes:?}");
    assert_eq!(outcomes[2], "refuse", "{outcomes:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn r019_one_case_may_hold_several_items_handled_in_another_division() {
    let gate = TestGate::start().await;
    let items = ["food-licence", "company-registration"];
    let bindings = items.map(|item| {
        let changes = json!({"division": city::division::ABOVE});
        with(city::regulated(item, "review"), &changes)
    });
    gate.serve(component::market_registration(), &bindings).await;
    let request = |item, division: &str| {
        with(city::request(item, "review", "case-1", city::CLEAN_COMPANY), &json!({"division": division}))
    };
    for item in items {
        let answer = gate.check(&request(item, city::division::FORMAT)).await.ok();
        let policy = answer["policy"].as_str().unwrap();
        assert!(policy.contains(city::division::FORMAT), "the office's policy counts: {answer}");
        for elsewhere in ["440703", "370000", "379901", "nowhere"] {
            let detail = gate.check(&request(item, elsewhere)).await.problem(422, "division.outside");
            assert!(detail.contains(city::division::ABOVE), "{detail}");
        }
    }
    let case = gate.caller.get("/v1/cases/case-1").await.ok();
    let checked: Vec<_> = case["checks"].as_array().unwrap().iter().map(|check| &check["item"]).collect();
    assert_eq!(checked, items);
}

#[tokio::test(flavor = "multi_thread")]
async fn r030_r041_r056_a_kind_of_list_says_its_standard_level_approval_and_family() {
    let gate = TestGate::start().await;
    let wages = json!({
        "code": "wages.serious", "name": "拖欠农民工工资失信联合惩戒对象名单", "kind": "black", "field": "wages",
        "key_field": true, "family": "refusal-of-legal-duty", "level": "national",
        "standard": "《拖欠农民工工资失信联合惩戒对象名单管理暂行办法》", "approval": "示例批准文号",
        "authorities": ["示例市人力资源和社会保障局"],
    });
    gate.import("list-types", std::slice::from_ref(&wages)).await;
    let answer = gate.admin.get("/v1/admin/list-types").await.ok();
    assert!(answer["list_types"].as_array().unwrap().contains(&wages), "{answer}");
    // Conditions are adjusted: the same code says something else from now on.
    let adjusted =
        with(wages, &json!({"standard": "《拖欠农民工工资失信联合惩戒对象名单管理暂行办法》（修订）"}));
    gate.import("list-types", std::slice::from_ref(&adjusted)).await;
    let answer = gate.admin.get("/v1/admin/list-types").await.ok();
    assert!(answer["list_types"].as_array().unwrap().contains(&adjusted), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn r021_every_kind_of_subject_is_checked_and_no_other() {
    let gate = food_licences(&["review"]).await;
    let of_kind = |kind: &str| {
        let mut request =
            city::request("food-licence", "review", &format!("case-{kind}"), city::CLEAN_COMPANY);
        request["parties"][0]["kind"] = json!(kind);
        request
    };
    for kind in
        ["legal_person", "unincorporated_organisation", "sole_trader", "social_group", "natural_person"]
    {
        let answer = gate.check(&of_kind(kind)).await.ok();
        assert_eq!(answer["status"], "clear", "{kind}: {answer}");
    }
    let refused = gate.check(&of_kind("robot")).await;
    assert!(refused.status == 400 || refused.status == 422, "{refused:?}");
    assert!(refused.text.contains("sole_trader"), "the kinds there are: {refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn r116_revised_rules_count_from_their_day_on_and_what_was_decided_stays() {
    let gate = food_licences(&["review"]).await;
    let request = |case| city::request("food-licence", "review", case, city::CLEAN_COMPANY);
    let before = gate.check(&request("case-1")).await.ok();
    let mut revised =
        city::policies().into_iter().find(|row| row["division"] == city::division::CHECK).unwrap();
    revised["version"] = json!("revised");
    revised["effective_from"] = json!("2026-01-01");
    revised["clean_window_years"] = json!(5);
    gate.import("policy", &[revised]).await;
    let after = gate.check(&request("case-2")).await.ok();
    assert!(before["policy"].as_str().unwrap().contains("@test"), "{before}");
    assert!(after["policy"].as_str().unwrap().contains("@revised"), "{after}");
    gate.replays(&before).await;
}
