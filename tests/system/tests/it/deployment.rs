//! Components and settings that cannot serve are refused before anything
//! changes.

use serde_json::{Value, json};
use system_tests::document::{assert_has, with};
use system_tests::{TestGate, city, component};

/// A department that has no component of its own.
const ELSEWHERE: &str = "housing";

fn elsewhere(item: &str) -> Value {
    with(city::honest(item), &json!({"department": ELSEWHERE}))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_plug_in_of_this_contract_is_refused_by_name_and_changes_nothing() {
    let gate = TestGate::with_hostile_guest().await;
    let before = gate.holdings().await;
    let whole = component::hostile_guest();
    let truncated = whole[..whole.len() / 2].to_vec();
    // What a component says it imports and exports.
    let wants = |what: &str| component::from_text(&format!("(component (import \"{what}\" (instance)))"));
    let offers = |hook: &str| {
        let text = format!("(component (instance $hook) (export \"{hook}\" (instance $hook)))");
        component::from_text(&text)
    };
    let (network, secrets) = ("wasi:http/outgoing-handler@0.2.0", "acme:secrets/store");
    let (newer, older) = ("creditgate:plugin/intake@2.0.0", "creditgate:plugin/credit@0.9.0");
    let cases = [
        (b"hello, I am a plug-in".to_vec(), "component.not_wasm", "not WebAssembly"),
        (Vec::new(), "component.not_wasm", "not WebAssembly"),
        (component::core_module(), "component.core_module", "core module"),
        (truncated, "component.invalid", "truncated or damaged at byte"),
        (wants(network), "component.foreign_import", network),
        (wants(secrets), "component.foreign_import", secrets),
        (component::from_text("(component)"), "component.no_hook", "no hook"),
        (offers(newer), "component.wit_version", newer),
        (wants(older), "component.wit_version", older),
        (offers("creditgate:plugin/intake@1.0.0"), "component.mistyped_export", "on-intake"),
    ];
    for (bytes, code, named) in cases {
        let detail = gate.push(bytes).await.problem(422, code);
        assert!(detail.contains(named), "{code}: {detail}");
    }
    assert_eq!(gate.holdings().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_that_does_not_pass_its_trial_is_not_activated_for_any_binding() {
    let gate = TestGate::start().await;
    let digest = gate.push_good(component::hostile_guest()).await;
    let detail = gate.activate(&digest).await.problem(409, "plugin.not_bound");
    assert!(detail.contains("hostile-guest"), "{detail}");
    let detail = gate.activate("sha256:00").await.problem(404, "plugin.unknown_digest");
    assert!(detail.contains("sha256:00"), "{detail}");

    let cases = [
        (
            "invalid",
            json!({"behaviour": "invalid"}),
            "plugin.settings_refused",
            "there is none named `invalid`",
        ),
        ("another-type", json!({"behaviour": 7}), "plugin.settings_refused", "behaviour"),
        ("no-such-setting", json!({"behavior": "honest"}), "plugin.settings_refused", "behavior"),
        ("panics", json!({"behaviour": "panic"}), "plugin.probe_failed", "hostile-guest 1.0.0"),
        ("loops", json!({"behaviour": "endless-loop"}), "plugin.probe_failed", "limits.fuel"),
    ];
    // One binding is fine, so that only the bad one keeps both from being switched.
    let good = city::honest("good");
    for (item, settings, code, named) in cases {
        let bad = city::hostile("bad", &settings, &json!({}));
        gate.import("bindings", &[good.clone(), bad]).await;
        let before = gate.holdings().await;
        let detail = gate.activate(&digest).await.problem(422, code);
        assert!(detail.contains(named), "{item}: {detail}");
        assert!(detail.contains("/bad/"), "{item}: which binding: {detail}");
        assert_eq!(gate.holdings().await, before, "{item}");
    }
    // Nothing serves yet, and that is said and never taken for a clear check.
    let answer = gate.checked("good", "review", "case-1", city::CLEAN_COMPANY).await;
    assert_has(&answer, &json!({"status": "could_not_check", "outcome": "manual_review"}));
    assert_eq!(answer["reasons"][0]["code"], "plugin.unavailable");
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_the_serving_release_refuses_are_not_imported() {
    let gate = TestGate::serving(component::hostile_guest(), &[city::honest("item")]).await;
    let before = gate.holdings().await;
    for (settings, named) in [
        (json!({"behaviour": "invalid"}), "there is none named `invalid`"),
        (json!({"behavior": "honest"}), "behavior"),
    ] {
        let reply = gate.try_import("bindings", &[city::hostile("item", &settings, &json!({}))]).await;
        let detail = reply.problem(422, "plugin.settings_refused");
        assert!(detail.contains(named) && detail.contains("/item/"), "{detail}");
    }
    assert_eq!(gate.holdings().await, before);
    let answer = gate.checked("item", "review", "case-1", city::CLEAN_COMPANY).await;
    assert_eq!(answer["status"], "clear", "the binding serves on: {answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_binding_given_another_plug_in_is_not_served_by_the_old_one() {
    let gate = TestGate::start().await;
    let digest = gate.serve(component::hostile_guest(), &[city::honest("item")]).await;
    let other = with(city::honest("item"), &json!({"plugin": "market-registration", "settings": {}}));
    gate.import("bindings", std::slice::from_ref(&other)).await;
    let answer = gate.checked("item", "review", "case-1", city::CLEAN_COMPANY).await;
    assert_has(&answer, &json!({"status": "could_not_check", "outcome": "manual_review"}));
    assert_eq!(answer["reasons"][0]["code"], "plugin.unavailable");
    let text = answer["reasons"][0]["text"].as_str().unwrap();
    assert!(text.contains("market-registration") && text.contains("hostile-guest"), "{text}");
    let order = json!({"digest": digest, "binding": format!("{}/item/review", city::DEPARTMENT)});
    let _ = gate.order_activation(&order).await.problem(409, "binding.other_plugin");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checkpoint_the_component_does_not_serve_is_named() {
    let gate = TestGate::start().await;
    let digest = gate.push_good(component::market_registration()).await;
    gate.import("bindings", &[city::regulated("food-licence", "supervision")]).await;
    let detail = gate.activate(&digest).await.problem(422, "plugin.hook_missing");
    assert!(detail.contains("`supervision`") && detail.contains("intake, review, issuance"), "{detail}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_with_a_bad_row_is_refused_with_file_line_field_and_reason_and_nothing_of_it_is_applied() {
    let gate = TestGate::start().await;
    let good = city::binding("hostile-guest", "item", "review");
    let bad = with(city::binding("hostile-guest", "item", "intake"), &json!({"mode": "sometimes"}));
    let file = format!("{good}\n{bad}\n");
    let before = gate.holdings().await;
    let reply = gate.try_import("bindings", &[good, bad]).await;
    let _ = reply.problem(422, "import.refused");
    let problem = &reply.json()["problems"][0];
    assert_has(problem, &json!({"file": "bindings.jsonl", "line": 2, "field": "mode"}));
    assert!(problem["message"].as_str().unwrap().contains("enforce"), "{problem}");
    assert_eq!(gate.holdings().await, before);

    let path = "/v1/admin/bindings?format=jsonl&accept_valid=true";
    let report = gate.admin.post_text(path, "text/plain", file).await.ok();
    assert_has(&report, &json!({"rows": 2, "applied": 1}));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_name_of_a_plug_in_belongs_to_the_department_that_first_used_it() {
    let gate = TestGate::start().await;
    gate.know_vendor_of(ELSEWHERE).await;
    gate.serve(component::hostile_guest(), &[city::honest("item")]).await;
    let before = gate.holdings().await;
    let theirs = component::hostile_guest_of(ELSEWHERE, "hostile-guest");
    let detail = gate.push(theirs).await.problem(409, "plugin.name_taken");
    assert!(detail.contains(city::DEPARTMENT) && detail.contains(ELSEWHERE), "{detail}");
    let refused = gate.try_import("bindings", &[city::honest("another"), elsewhere("item")]).await;
    let detail = refused.problem(409, "binding.other_department");
    assert!(detail.contains("housing/item/review") && detail.contains(city::DEPARTMENT), "{detail}");
    assert_eq!(gate.holdings().await, before);

    // Also where a binding was there before any component.
    let waiting = with(elsewhere("waiting"), &json!({"plugin": "market-registration", "settings": {}}));
    gate.import("bindings", &[waiting]).await;
    let detail = gate.push(component::market_registration()).await.problem(409, "plugin.name_taken");
    assert!(detail.contains(ELSEWHERE), "{detail}");
    let _ = gate.push(component::hostile_guest_of(ELSEWHERE, "nuisance")).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn r009_a_component_judges_no_case_of_another_department_however_the_binding_came_there() {
    let mut gate = TestGate::start().await;
    let digest = gate.serve(component::hostile_guest(), &[city::honest("item")]).await;
    let next = gate.push_good(component::with_version(&component::hostile_guest(), "1.1.0")).await;
    let _ = gate.activate(&next).await.ok();
    gate.terminate().await;
    // As a host that did not look at departments left it.
    let id = format!("{}/item/review", city::DEPARTMENT);
    let elsewhere = "UPDATE bindings SET department = ?2, document = json_set(document, '$.department', ?2)
                     WHERE id = ?1";
    gate.change_store(1, elsewhere, [id.as_str(), ELSEWHERE]);
    gate.restart();

    let mut request = city::request("item", "review", "case-1", city::CLEAN_COMPANY);
    request["department"] = json!(ELSEWHERE);
    let answer = gate.check(&request).await.ok();
    assert_has(&answer, &json!({"status": "could_not_check", "outcome": "manual_review"}));
    let text = answer["reasons"][0]["text"].as_str().unwrap();
    assert!(text.contains(ELSEWHERE) && text.contains(city::DEPARTMENT), "{text}");

    let order = |more: Value| with(more, &json!({"reason": "test"}));
    let dated = json!({"digest": digest, "effective_from": "2999-01-01T00:00:00+08:00"});
    let release = gate.release_of(&digest).await.unwrap();
    for (path, body) in [
        ("/v1/admin/releases:activate".to_owned(), order(json!({"digest": digest}))),
        ("/v1/admin/releases:activate".to_owned(), order(json!({"digest": digest, "binding": id}))),
        ("/v1/admin/releases:activate".to_owned(), order(dated)),
        ("/v1/admin/releases:rollback".to_owned(), order(json!({"binding": id}))),
        ("/v1/admin/backtests".to_owned(), json!({"binding": id, "candidate": digest})),
    ] {
        let detail = gate.admin.post(&path, &body).await.problem(409, "binding.other_department");
        assert!(detail.contains(&id), "{path} {body}: {detail}");
    }
    let another = gate.push_good(component::with_version(&component::hostile_guest(), "1.2.0")).await;
    gate.approve(&another).await;
    let another = gate.release_of(&another).await.unwrap();
    for kind in [json!({}), json!({"canary": {}})] {
        let path = format!("/v1/admin/releases/{another}/trials");
        let _ = gate.admin.post(&path, &order(kind)).await.problem(409, "binding.other_department");
    }
    assert_ne!(release, another);
}
