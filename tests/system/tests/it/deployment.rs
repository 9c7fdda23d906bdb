//! Components and settings that cannot serve are refused before anything
//! changes.

use serde_json::json;
use system_tests::{TestGate, city, component};

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
