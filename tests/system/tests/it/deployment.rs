//! Components and settings that cannot serve are refused before anything
//! changes.

use rusqlite::{Connection, params};
use serde_json::{Value, json};
use system_tests::{TestGate, city, component};

/// A department that has no component of its own.
const ELSEWHERE: &str = "housing";

fn elsewhere(item: &str) -> Value {
    let mut binding = city::honest(item);
    binding["department"] = json!(ELSEWHERE);
    binding
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_plug_in_of_this_contract_is_refused_by_name_and_changes_nothing() {
    let gate = TestGate::with_hostile_guest().await;
    let before = gate.holdings().await;
    let whole = component::hostile_guest();
    let truncated = whole[..whole.len() / 2].to_vec();
    let cases = [
        ("text", b"hello, I am a plug-in".to_vec(), "component.not_wasm", "not WebAssembly"),
        ("nothing", Vec::new(), "component.not_wasm", "not WebAssembly"),
        ("a core module", component::core_module(), "component.core_module", "core module"),
        ("half a component", truncated, "component.invalid", "truncated or damaged at byte"),
        (
            "a component that wants the network",
            component::from_text(r#"(component (import "wasi:http/outgoing-handler@0.2.0" (instance)))"#),
            "component.foreign_import",
            "wasi:http/outgoing-handler@0.2.0",
        ),
        (
            "a component that wants something of its own",
            component::from_text(r#"(component (import "acme:secrets/store" (instance)))"#),
            "component.foreign_import",
            "acme:secrets/store",
        ),
        ("a component without any hook", component::from_text("(component)"), "component.no_hook", "no hook"),
        (
            "a hook of a newer contract",
            component::from_text(
                r#"(component (instance $hook) (export "creditgate:plugin/intake@2.0.0" (instance $hook)))"#,
            ),
            "component.wit_version",
            "creditgate:plugin/intake@2.0.0",
        ),
        (
            "an import of an older contract",
            component::from_text(r#"(component (import "creditgate:plugin/credit@0.9.0" (instance)))"#),
            "component.wit_version",
            "creditgate:plugin/credit@0.9.0",
        ),
        (
            "a hook without its function",
            component::from_text(
                r#"(component (instance $hook) (export "creditgate:plugin/intake@1.0.0" (instance $hook)))"#,
            ),
            "component.mistyped_export",
            "on-intake",
        ),
    ];
    for (what, bytes, code, named) in cases {
        let detail = gate.push(bytes).await.problem(422, code);
        assert!(detail.contains(named), "{what}: {detail}");
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
    let answer = gate.check(&city::request("good", "review", "case-1", city::CLEAN_COMPANY)).await.ok();
    assert_eq!(answer["status"], "could_not_check");
    assert_eq!(answer["outcome"], "manual_review");
    assert_eq!(answer["reasons"][0]["code"], "plugin.unavailable");
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_the_serving_release_refuses_are_not_imported() {
    let gate = TestGate::start().await;
    gate.serve(component::hostile_guest(), &[city::honest("item")]).await;
    let before = gate.holdings().await;
    for (settings, named) in [
        (json!({"behaviour": "invalid"}), "there is none named `invalid`"),
        (json!({"behavior": "honest"}), "behavior"),
    ] {
        let file = city::hostile("item", &settings, &json!({})).to_string();
        let path = "/v1/admin/bindings?format=jsonl&file=bindings.jsonl";
        let reply = gate.admin.post_text(path, "text/plain", file).await;
        let detail = reply.problem(422, "plugin.settings_refused");
        assert!(detail.contains(named) && detail.contains("/item/"), "{detail}");
    }
    assert_eq!(gate.holdings().await, before);
    let answer = gate.check(&city::request("item", "review", "case-1", city::CLEAN_COMPANY)).await.ok();
    assert_eq!(answer["status"], "clear", "the binding serves on: {answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_binding_given_another_plug_in_is_not_served_by_the_old_one() {
    let gate = TestGate::start().await;
    let digest = gate.serve(component::hostile_guest(), &[city::honest("item")]).await;
    let mut other = city::honest("item");
    other["plugin"] = json!("market-registration");
    other["settings"] = json!({});
    gate.import("bindings", &[other.clone()]).await;
    let answer = gate.check(&city::request("item", "review", "case-1", city::CLEAN_COMPANY)).await.ok();
    assert_eq!((&answer["status"], &answer["outcome"]), (&json!("could_not_check"), &json!("manual_review")));
    assert_eq!(answer["reasons"][0]["code"], "plugin.unavailable");
    let text = answer["reasons"][0]["text"].as_str().unwrap();
    assert!(text.contains("market-registration") && text.contains("hostile-guest"), "{text}");
    let order = json!({"digest": digest, "binding": format!("{}/item/review", city::DEPARTMENT), "reason": "by mistake"});
    let _ = gate.admin.post("/v1/admin/releases:activate", &order).await.problem(409, "binding.other_plugin");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checkpoint_the_component_does_not_serve_is_named() {
    let gate = TestGate::start().await;
    let digest = gate.push_good(component::market_registration()).await;
    gate.import("bindings", &[city::binding("market-registration", "food-licence", "supervision")]).await;
    let detail = gate.activate(&digest).await.problem(422, "plugin.hook_missing");
    assert!(detail.contains("`supervision`") && detail.contains("intake, review, issuance"), "{detail}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_with_a_bad_row_is_refused_with_file_line_field_and_reason_and_nothing_of_it_is_applied() {
    let gate = TestGate::start().await;
    let good = city::binding("hostile-guest", "item", "review");
    let mut bad = city::binding("hostile-guest", "item", "intake");
    bad["mode"] = json!("sometimes");
    let file = format!("{good}\n{bad}\n");
    let path = "/v1/admin/bindings?format=jsonl&file=bindings.jsonl";
    let before = gate.holdings().await;
    let reply = gate.admin.post_text(path, "text/plain", file.clone()).await;
    let _ = reply.problem(422, "import.refused");
    let problem = &reply.json()["problems"][0];
    assert_eq!(problem["file"], "bindings.jsonl");
    assert_eq!((&problem["line"], &problem["field"]), (&json!(2), &json!("mode")));
    assert!(problem["message"].as_str().unwrap().contains("enforce"), "{problem}");
    assert_eq!(gate.holdings().await, before);

    let report = gate.admin.post_text(&format!("{path}&accept_valid=true"), "text/plain", file).await.ok();
    assert_eq!((&report["rows"], &report["applied"]), (&json!(2), &json!(1)));
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
    let path = "/v1/admin/bindings?format=jsonl&file=b.jsonl";
    let file = format!("{}\n{}\n", city::honest("another"), elsewhere("item"));
    let detail =
        gate.admin.post_text(path, "text/plain", file).await.problem(409, "binding.other_department");
    assert!(detail.contains("housing/item/review") && detail.contains(city::DEPARTMENT), "{detail}");
    assert_eq!(gate.holdings().await, before);

    // Also where a binding was there before any component.
    let mut waiting = elsewhere("waiting");
    waiting["plugin"] = json!("market-registration");
    waiting["settings"] = json!({});
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
    let store = Connection::open(gate.store_file()).unwrap();
    let changed = store
        .execute(
            "UPDATE bindings SET department = ?2, document = json_set(document, '$.department', ?2)
             WHERE id = ?1",
            params![id, ELSEWHERE],
        )
        .unwrap();
    assert_eq!(changed, 1);
    drop(store);
    gate.restart();

    let mut request = city::request("item", "review", "case-1", city::CLEAN_COMPANY);
    request["department"] = json!(ELSEWHERE);
    let answer = gate.check(&request).await.ok();
    assert_eq!((&answer["status"], &answer["outcome"]), (&json!("could_not_check"), &json!("manual_review")));
    let text = answer["reasons"][0]["text"].as_str().unwrap();
    assert!(text.contains(ELSEWHERE) && text.contains(city::DEPARTMENT), "{text}");

    let why = json!({"reason": "test"});
    let order = |more: Value| {
        let mut order = why.clone();
        order.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        order
    };
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
