//! A candidate is tried on the past before anybody is judged by it, and a wrong
//! entry is taken out of the past afterwards.

use reqwest::Method;
use serde_json::{Value, json};
use system_tests::document::{assert_has, text, with};
use system_tests::{TestGate, city, component, eventually, until};

const BINDING: &str = "market-regulation/food-licence/review";
/// More than any guest needs: a loop runs until the replay's own wall clock.
const ENDLESS: u64 = 1_000_000_000_000;

fn order(binding: &str, candidate: &str) -> Value {
    json!({"binding": binding, "candidate": candidate})
}

/// Begins a backtest, which must be good; gives back its path.
async fn begin(gate: &TestGate, order: &Value) -> String {
    let begun = gate.admin.post("/v1/admin/backtests", order).await;
    assert_eq!(begun.status, 202, "{begun:?}");
    format!("/v1/admin/backtests/{}", begun.json()["id"].as_str().unwrap())
}

/// Runs a backtest, which must come to its end; gives back its report.
async fn backtest(gate: &TestGate, order: &Value) -> Value {
    let path = begin(gate, order).await;
    let ended = until("the backtest ends", async || {
        let backtest = gate.admin.get(&path).await.ok();
        (backtest["state"] != "running").then_some(backtest)
    });
    let ended = ended.await;
    assert_has(&ended, &json!({"state": "done", "done": ended["total"]}));
    ended["report"].clone()
}

fn counts(identical: u64, reworded: u64, changed: u64, failed: u64) -> Value {
    json!({"identical": identical, "reworded": reworded, "changed": changed, "failed": failed})
}

/// A host with a plug-in of market regulation that has judged three companies.
/// Gives back the digest of its next release, which serves nobody.
async fn judged() -> (TestGate, String) {
    let bindings = [city::regulated("food-licence", "review")];
    let gate = TestGate::serving(component::market_registration(), &bindings).await;
    for company in [city::CLEAN_COMPANY, city::BANNED_COMPANY, city::DISPUTING_COMPANY] {
        gate.checked("food-licence", "review", &format!("case-{company}"), company).await;
    }
    let next = component::with_version(&component::market_registration(), "1.1.0");
    let candidate = gate.push_good(next).await;
    (gate, candidate)
}

/// A host whose guest proceeds in `cases` cases of a clean company, and whose
/// limits let it loop on until somebody ends it.
async fn endless(cases: usize) -> (TestGate, Value) {
    let gate = TestGate::start().await;
    let binding = city::hostile("honest", &json!({"behaviour": "honest"}), &json!({"fuel": ENDLESS}));
    let digest = gate.serve(component::hostile_guest(), &[binding]).await;
    for case in 0..cases {
        gate.checked("honest", "review", &format!("case-{case}"), city::CLEAN_COMPANY).await;
    }
    let mut order = order("market-regulation/honest/review", &digest);
    order["settings"] = json!({"behaviour": "endless-loop"});
    (gate, order)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_rules_change_nothing_and_touch_nothing() {
    let (gate, candidate) = judged().await;
    let before = gate.holdings().await;
    let report = backtest(&gate, &order(BINDING, &candidate)).await;
    assert_eq!(gate.holdings().await, before);
    assert_eq!(report["summary"]["checks"], 3);
    assert_eq!(report["summary"]["compared"], counts(3, 0, 0, 0), "{report}");
    assert_has(&report, &json!({"/summary/candidate/version": "1.1.0", "cases": [], "cases_left_off": 0}));
    assert_eq!(report["measures"][0]["code"], "food.no-licence", "{report}");
    assert_eq!(report["measures"][0]["recorded"], report["measures"][0]["candidate"]);
    let lists = json!([{"kind": "black", "compared": counts(2, 0, 0, 0)},
                       {"kind": "none", "compared": counts(1, 0, 0, 0)}]);
    assert_eq!(report["lists"], lists);
    let listed = gate.admin.get("/v1/admin/backtests").await.ok();
    assert_eq!(listed, json!({"backtests": [report["summary"]]}));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_candidate_would_change_or_fail_on_is_reported_case_by_case() {
    let gate = TestGate::start().await;
    let off = with(city::honest("off"), &json!({"mode": "off"}));
    let digest = gate.serve(component::hostile_guest(), &[city::honest("honest"), off]).await;
    let clean = gate.checked("honest", "review", "clean", city::CLEAN_COMPANY).await;
    let banned = gate.checked("honest", "review", "banned", city::BANNED_COMPANY).await;
    let mut panics = city::request("honest", "review", "panics", city::CLEAN_COMPANY);
    panics["attributes"] = json!({"behaviour": "panic"});
    let _ = gate.check(&panics).await.ok();
    gate.checked("off", "review", "off", city::CLEAN_COMPANY).await;

    let mut order = order("market-regulation/honest/review", &digest[..20]);
    order["settings"] = json!({"behaviour": "refuse-without-basis"});
    let report = backtest(&gate, &order).await;
    // The guest does what the application says before it does what its settings say.
    assert_eq!(report["summary"]["compared"], counts(1, 0, 1, 1), "{report}");
    assert_eq!(report["summary"]["settings"], json!({"behaviour": "refuse-without-basis", "size": 1000}));
    let cases = report["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 2);
    let (failed, changed) = (&cases[0], &cases[1]);
    assert_eq!((&failed["check_id"], &failed["case_no"]), (&clean["check_id"], &json!("clean")));
    assert_eq!(failed["comparison"]["likeness"], "failed");
    assert_eq!(failed["comparison"]["recorded"]["explanation"], "the honest guest has no objection");
    let now = &failed["comparison"]["now"];
    assert_has(now, &json!({"status": "could_not_check", "outcome": "manual_review"}));
    assert_eq!(now["explanation"], "refused without a ground");
    assert!(now["reason"].as_str().unwrap().contains("without naming a legal basis"), "{now}");
    assert_eq!(changed["check_id"], banned["check_id"]);
    let measures = json!([{"id": city::BAN_MEASURE, "recorded": "applied", "now": "undisposed"}]);
    assert_eq!(changed["comparison"]["measures"], measures);
    assert_eq!(report["measures"][0]["changed"], 1);

    order["binding"] = json!("market-regulation/off/review");
    let report = backtest(&gate, &order).await;
    assert_eq!(report["not_reconstructible"], json!([{"code": "not_called", "checks": 1}]));
    assert_eq!(report["summary"]["checks"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sample_and_a_span_of_days_are_parts_of_the_past() {
    let gate = TestGate::with_hostile_guest().await;
    for case in 0..10 {
        gate.checked("honest", "review", &format!("case-{case}"), city::CLEAN_COMPANY).await;
    }
    let digest = gate.push_good(component::with_version(&component::hostile_guest(), "1.1.0")).await;
    let order = order("market-regulation/honest/review", &digest);
    for (field, value, checks) in [
        ("sample", json!(4), 4),
        ("sample", json!(100), 10),
        ("since", json!("2020-01-01"), 10),
        ("since", json!("2099-01-01"), 0),
        ("until", json!("2020-01-01"), 0),
        ("until", json!("2099-01-01"), 10),
    ] {
        let mut order = order.clone();
        order[field] = value;
        let report = backtest(&gate, &order).await;
        assert_eq!(report["summary"]["checks"], checks, "{order}");
        assert_eq!(report["summary"]["compared"], counts(checks, 0, 0, 0), "{order}: {report}");
        assert_eq!(report["summary"][field], order[field]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_tried_is_refused_and_says_why() {
    let (gate, candidate) = judged().await;
    let stranger = gate.push_good(component::hostile_guest()).await;
    let ordered = |changes: Value| with(order(BINDING, &candidate), &changes);
    for (order, status, code, word) in [
        (ordered(json!({"binding": "no/such/binding"})), 404, "binding.unknown", "no/such/binding"),
        (ordered(json!({"candidate": "abcdef"})), 404, "plugin.unknown_digest", "abcdef"),
        (ordered(json!({"candidate": stranger})), 409, "binding.other_plugin", "hostile-guest"),
        (ordered(json!({"settings": {"no-such": 1}})), 422, "plugin.settings_refused", "no-such"),
        (ordered(json!({"settings": []})), 422, "request.invalid", "settings"),
        (ordered(json!({"sample": 0})), 422, "request.invalid", "sample"),
        (ordered(json!({"since": "today"})), 422, "request.invalid", "since"),
        (ordered(json!({"samples": 1})), 422, "request.invalid", "samples"),
    ] {
        let said = gate.admin.post("/v1/admin/backtests", &order).await.problem(status, code);
        assert!(said.contains(word), "{said}");
    }
    let backwards = ordered(json!({"since": "2026-02-01", "until": "2026-01-31"}));
    let said = gate.admin.post("/v1/admin/backtests", &backwards).await.problem(422, "request.invalid");
    assert!(said.contains("until"), "{said}");
    assert_eq!(gate.admin.get("/v1/admin/backtests").await.ok(), json!({"backtests": []}));
    let unknown = "/v1/admin/backtests/01a208b7-5547-7be4-ba02-769162f83f06";
    let _ = gate.admin.get(unknown).await.problem(404, "backtest.unknown");
    let _ = gate.admin.send(Method::DELETE, unknown, &[], Vec::new()).await.problem(404, "backtest.unknown");
    let auditor = gate.somebody("auditor").await;
    let order = order(BINDING, &candidate);
    let _ = auditor.post("/v1/admin/backtests", &order).await.problem(403, "auth.role");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_backtest_runs_at_a_time_and_a_cancelled_one_leaves_nothing() {
    let (gate, endless) = endless(8).await;
    let path = begin(&gate, &endless).await;
    let said = gate.admin.post("/v1/admin/backtests", &endless).await.problem(409, "backtest.running");
    let id = path.rsplit('/').next().unwrap();
    assert!(said.contains(id), "{said}");
    // Checks go on beside it.
    assert_eq!(gate.checked("honest", "review", "beside", city::CLEAN_COMPANY).await["status"], "clear");
    let running = gate.admin.get("/v1/admin/backtests").await.ok();
    assert_has(&running, &json!({"/running/id": id, "/running/state": "running"}));

    let cancelled = gate.admin.send(Method::DELETE, &path, &[], Vec::new()).await.ok();
    assert_eq!(cancelled["state"], "cancelled");
    assert_eq!(gate.admin.get(&path).await.ok()["state"], "cancelled");
    let _ = gate.admin.send(Method::DELETE, &path, &[], Vec::new()).await.problem(409, "backtest.ended");
    assert_eq!(gate.admin.get("/v1/admin/backtests").await.ok(), json!({"backtests": []}));
    let honest = with(endless.clone(), &json!({"settings": {}}));
    assert_eq!(backtest(&gate, &honest).await["summary"]["checks"], 9);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_is_killed_has_nothing_half_done() {
    let (mut gate, endless) = endless(8).await;
    let before = gate.holdings().await;
    let path = begin(&gate, &endless).await;
    eventually("the backtest is at work", async || gate.admin.get(&path).await.ok()["total"] == 8).await;
    gate.lose_power();
    assert_eq!(gate.holdings().await, before);
    let said = gate.admin.get(&path).await.problem(404, "backtest.unknown");
    assert!(said.contains("begun anew"), "{said}");
    assert_eq!(gate.admin.get("/v1/admin/backtests").await.ok(), json!({"backtests": []}));
    let honest = with(endless, &json!({"settings": {}}));
    assert_eq!(backtest(&gate, &honest).await["summary"]["compared"], counts(8, 0, 0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_reports_and_writes_files() {
    let (mut gate, candidate) = judged().await;
    gate.terminate().await;
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let backtest = |more: &str| {
        gate.command_line(&format!("backtest --binding {BINDING} --candidate {candidate} {more}"))
    };
    let said = backtest(&format!("--output {} --until 2099-12-31 --sample 2", file("report.xlsx"))).ok();
    assert!(said.contains("0 changed, 0 failed of 2 checks") && said.contains("report.xlsx"), "{said}");
    assert!(std::fs::read(file("report.xlsx")).unwrap().starts_with(b"PK"));

    let shown = backtest(&format!("--output {} --json", file("report.json"))).json();
    let written: Value = serde_json::from_slice(&std::fs::read(file("report.json")).unwrap()).unwrap();
    assert_eq!(shown, written);
    assert_eq!(shown["summary"]["checks"], 3);

    let _ = backtest(&format!("--output {}", file("report.pdf"))).ended_with(2);
    std::fs::write(file("settings.json"), "{").unwrap();
    let said = backtest(&format!("--settings {}", file("settings.json"))).ended_with(1).errors;
    assert!(said.contains("settings.json"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_cancels_the_backtest_of_the_command_line() {
    let (gate, endless) = endless(8).await;
    let folder = tempfile::tempdir().unwrap();
    let settings = folder.path().join("settings.json");
    std::fs::write(&settings, endless["settings"].to_string()).unwrap();
    let [binding, candidate] = ["binding", "candidate"].map(|name| text(&endless, name));
    let settings = settings.display();
    let words = format!("backtest --binding {binding} --candidate {candidate} --settings {settings}");
    let command = gate.start_command(&words);
    let id = until("the backtest runs", async || {
        let listed = gate.admin.get("/v1/admin/backtests").await.ok();
        listed["running"]["id"].as_str().map(str::to_owned)
    });
    let id = id.await;
    let (status, said) = command.interrupt().await;
    assert_eq!(status.code(), Some(1), "{said}");
    assert!(said.contains(&id) && said.contains("cancelled"), "{said}");
    assert_eq!(gate.admin.get(&format!("/v1/admin/backtests/{id}")).await.ok()["state"], "cancelled");
}

async fn affected(gate: &TestGate, query: &str) -> Value {
    gate.admin.get(&format!("/v1/admin/affected?{query}")).await.ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_decisions_an_entry_took_part_in_are_found_and_made_again_without_it() {
    let (mut gate, next) = judged().await;
    let banned = gate.checked("food-licence", "review", "again", city::BANNED_COMPANY).await;
    // The release that judged is no longer the one in force.
    let _ = gate.activate(&next).await.ok();
    let repaired = with(city::entries()[0].clone(), &json!({"status": "repaired", "ended_on": "2025-06-01"}));
    gate.import("lists", &[repaired]).await;
    gate.checked("food-licence", "review", "after-repair", city::BANNED_COMPANY).await;

    let found = affected(&gate, "entry=entry-banned").await;
    let checks = found["checks"].as_array().unwrap();
    let kinds: Vec<_> = checks.iter().map(|check| (&check["outcome"], &check["effective"])).collect();
    let (refuse, proceed) = (json!("refuse"), json!("proceed"));
    assert_eq!(kinds, [(&refuse, &json!(true)), (&refuse, &json!(true)), (&proceed, &json!(false))]);
    assert_eq!(checks[1]["check_id"], banned["check_id"]);
    assert!(checks.iter().all(|check| check.get("without").is_none()));

    let found = affected(&gate, "entry=entry-banned&without=true").await;
    let without: Vec<_> = found["checks"].as_array().unwrap().iter().map(|it| &it["without"]).collect();
    for comparison in &without[..2] {
        assert_eq!(comparison["likeness"], "changed", "{found}");
        assert_eq!(comparison["recorded"]["outcome"], "refuse");
        assert_eq!(
            (&comparison["now"]["status"], &comparison["now"]["outcome"]),
            (&json!("clear"), &proceed)
        );
        assert_ne!(comparison["now"]["explanation"], comparison["recorded"]["explanation"]);
        let measures = json!([{"id": city::BAN_MEASURE, "recorded": "applied", "now": "absent"}]);
        assert_eq!(comparison["measures"], measures);
    }
    assert_eq!(without[2]["now"]["outcome"], proceed, "{found}");
    assert_ne!(without[2]["likeness"], "changed", "{found}");
    assert_eq!(affected(&gate, "entry=no-such-entry").await["checks"], json!([]));
    let _ = gate.admin.get("/v1/admin/affected").await.problem(400, "request.query");
    let _ = gate.caller.get("/v1/admin/affected?entry=entry-banned").await.problem(403, "auth.role");

    gate.terminate().await;
    let said = gate.command_line("affected --entry entry-banned --without").ok();
    assert!(said.contains("changed: proceed"), "{said}");
    let listed = gate.command_line("affected --entry no-such-entry --json").json();
    assert_eq!(listed, json!({"entry": "no-such-entry", "checks": []}));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_that_cannot_be_made_again_is_said_to_be_one() {
    let (gate, next) = judged().await;
    let _ = gate.activate(&next).await.ok();
    let unserved = city::binding("another-plugin", "unserved", "review");
    gate.import("bindings", &[unserved]).await;
    gate.checked("unserved", "review", "unserved", city::BANNED_COMPANY).await;
    gate.change_store(1, "DELETE FROM components WHERE digest <> ?1", [&next]);
    let found = affected(&gate, "entry=entry-banned&without=true").await;
    let gaps: Vec<_> =
        found["checks"].as_array().unwrap().iter().map(|it| &it["not_reconstructible"]["code"]).collect();
    assert_eq!(gaps, ["component_gone", "not_called"], "{found}");
}
