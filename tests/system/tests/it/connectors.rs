//! Credit platforms are asked at check time (R13), and what they say counts only
//! if it is about the party that was asked for.

use serde_json::{Value, json};
use system_tests::document::{assert_has, with};
use system_tests::{Reply, Setup, TestGate, TestPlatform, city, command_line, component, eventually, until};

/// A record of a platform about the company with this code.
fn record(id: &str, code: &str) -> Value {
    json!({
        "id": id, "list": "food-drug.serious", "list_name": "示例严重失信名单", "kind": "black",
        "name": "示例申请有限公司", "code": code, "organ": "示例市场监督管理局",
        "recognised_at": "2025-03-01 10:00:00", "valid_to": "2099-03-01 00:00:00", "state": "1",
        "changed_at": "2026-01-05 08:30:00",
    })
}

/// A host whose item `asked` needs the platform, and whose item `local` does not.
async fn asking(setup: Setup) -> TestGate {
    let asked = with(city::honest("asked"), &json!({"sources": ["city"]}));
    setup.serving(component::hostile_guest(), &[asked, city::honest("local")]).await
}

/// A host that asks this platform in the shape of Taizhou's.
async fn asking_taizhou(platform: &TestPlatform, lines: &str) -> TestGate {
    asking(Setup::default().connector("city", platform, "taizhou.toml", lines)).await
}

async fn check(gate: &TestGate, item: &str, case_no: &str) -> Value {
    check_reply(gate, item, case_no).await.ok()
}

async fn check_reply(gate: &TestGate, item: &str, case_no: &str) -> Reply {
    gate.check(&city::request(item, "review", case_no, city::CLEAN_COMPANY)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn r013_what_a_platform_holds_counts_like_what_the_lists_hold() {
    let platform = TestPlatform::start();
    platform.add_records(&[record("r1", city::CLEAN_COMPANY), record("r2", city::BANNED_COMPANY)]).await;
    let gate = asking_taizhou(&platform, "").await;

    let answer = check(&gate, "asked", "case-1").await;
    assert_has(&answer, &json!({"status": "hit", "/matches/0/entry/id": "taizhou-r1"}));
    assert_eq!(answer["measures"][0]["code"], "food.no-licence", "{answer}");
    assert_eq!(check(&gate, "local", "case-2").await["status"], "clear");
    assert_eq!(platform.queries().await, 1, "only the binding that needs it asks");

    gate.replays(&answer).await;
    assert!(!gate.log().contains("example-secret"));
}

#[tokio::test(flavor = "multi_thread")]
async fn r086_a_platform_in_gbk_with_records_inside_lists_is_understood() {
    let platform = TestPlatform::start();
    platform.add_records(&[record("r1", city::CLEAN_COMPANY)]).await;
    let gate = asking(Setup::default().connector("city", &platform, "chongqing.toml", "")).await;
    let answer = check(&gate, "asked", "case-1").await;
    let found = &answer["matches"][0]["entry"];
    assert_eq!(answer["status"], "hit", "{answer}");
    assert_eq!(found["id"], "chongqing-r1", "{answer}");
    assert_eq!(found["authority"], "示例市场监督管理局", "{answer}");
    assert_eq!(found["list_name"], "示例严重失信名单", "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn checks_at_once_about_one_party_make_one_query() {
    let platform = TestPlatform::start();
    let gate = asking_taizhou(&platform, "").await;
    let cases: Vec<String> = (0..12).map(|number| format!("case-{number}")).collect();
    let mut checks = tokio::task::JoinSet::new();
    for case_no in cases {
        let caller = gate.caller.clone();
        let request = city::request("asked", "review", &case_no, city::CLEAN_COMPANY);
        checks.spawn(async move { caller.post("/v1/checks", &request).await.ok()["status"].clone() });
    }
    assert!(checks.join_all().await.iter().all(|status| status == "clear"));
    assert_eq!(platform.queries().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_of_an_answer_counts() {
    let platform = TestPlatform::start();
    let records: Vec<Value> =
        (0..120).map(|number| record(&format!("r{number:03}"), city::CLEAN_COMPANY)).collect();
    platform.add_records(&records).await;
    let gate = asking_taizhou(&platform, "").await;
    let answer = check(&gate, "asked", "case-1").await;
    assert_eq!(answer["matches"].as_array().unwrap().len(), 120);
    assert_eq!(platform.queries().await, 3, "50 records a page");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_cannot_be_relied_on_is_no_check_and_never_clear() {
    let platform = TestPlatform::start();
    platform.add_records(&[record("r1", city::CLEAN_COMPANY)]).await;
    let lines = "attempts = 1\ntimeout_ms = 300\nbreaker_failures = 100";
    let gate = asking_taizhou(&platform, lines).await;
    let cases = [
        ("down", "source.unavailable", "failed"),
        ("error", "source.unavailable", "failed"),
        ("slow", "source.unavailable", "did not answer in time"),
        ("wrong_signature", "source.unavailable", "failed"),
        ("garbage", "source.malformed", "cannot be read"),
        ("other_subject", "source.other_subject", "another subject"),
    ];
    for (mode, code, words) in cases {
        platform.misbehave_at_queries(mode).await;
        let answer = check(&gate, "asked", &format!("asked-{mode}")).await;
        assert_eq!(answer["status"], "could_not_check", "{mode}: {answer}");
        assert_eq!(answer["outcome"], "manual_review", "{mode}: {answer}");
        let reason = &answer["reasons"][0];
        assert_eq!(reason["code"], code, "{mode}: {answer}");
        let text = reason["text"].as_str().unwrap();
        assert!(text.contains("`city`") && text.contains(words), "{mode}: {text}");
        assert_eq!(check(&gate, "local", &format!("local-{mode}")).await["status"], "clear", "{mode}");
    }
    platform.misbehave_at_queries("none").await;
    assert_eq!(check(&gate, "asked", "well").await["status"], "hit");
    assert!(!gate.log().contains(city::CLEAN_COMPANY), "no number in the log");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_lists_hold_is_shown_while_a_platform_is_down() {
    let platform = TestPlatform::start();
    let gate = asking_taizhou(&platform, "").await;
    platform.misbehave_at_queries("down").await;
    let request = city::request("asked", "review", "case-1", city::BANNED_COMPANY);
    let answer = gate.check(&request).await.ok();
    assert_has(&answer, &json!({"status": "could_not_check", "/measures/0/id": city::BAN_MEASURE}));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_platform_is_left_alone_and_tried_again_later() {
    let mut platform = TestPlatform::start();
    let lines = "attempts = 1\ncache_seconds = 0\nbreaker_failures = 2\nbreaker_seconds = 1";
    let gate = asking_taizhou(&platform, lines).await;
    platform.misbehave_at_queries("error").await;
    for number in 0..6 {
        let answer = check(&gate, "asked", &format!("down-{number}")).await;
        assert_eq!(answer["status"], "could_not_check", "{answer}");
    }
    let asked = platform.queries().await;
    assert!(asked < 6, "asked {asked} times of 6");
    platform.misbehave_at_queries("none").await;
    eventually("the platform is asked again", async || {
        check(&gate, "asked", "again").await["status"] == "clear"
    })
    .await;
    platform.go_down();
    assert_eq!(check(&gate, "asked", "gone").await["status"], "could_not_check");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_kept_for_its_time_and_a_stale_one_is_said_to_be() {
    let platform = TestPlatform::start();
    platform.add_records(&[record("r1", city::CLEAN_COMPANY)]).await;
    let lines = "attempts = 1\ncache_seconds = 1\nstale = \"use_for_seconds 600\"";
    let gate = asking_taizhou(&platform, lines).await;
    assert_eq!(check(&gate, "asked", "case-1").await["status"], "hit");
    platform.misbehave_at_queries("error").await;
    let stale = until("the answer is no longer fresh", async || {
        let answer = check(&gate, "asked", "case-2").await;
        assert_eq!(answer["status"], "hit", "{answer}");
        let warning = answer["warnings"].as_array().unwrap().first().cloned()?;
        Some(warning)
    })
    .await;
    assert_has(&stale, &json!({"code": "source.stale", "field": "sources.city"}));
    assert!(stale["message"].as_str().unwrap().contains("does not answer"), "{stale}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_binding_may_only_name_sources_that_are_there() {
    let platform = TestPlatform::start();
    let gate = asking_taizhou(&platform, "").await;
    let binding = with(city::honest("other"), &json!({"sources": ["ctiy"]}));
    let refused = gate.try_import("bindings", &[binding]).await;
    let words = refused.problem(422, "binding.unknown_source");
    assert!(words.contains("`ctiy`"), "{words}");
}

/// A check whose measure is reported as carried out; when, as platforms are told it.
async fn report(gate: &TestGate) -> String {
    let answer = check(gate, "asked", "case-1").await;
    let measure = &answer["measures"][0]["id"];
    let at = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(8)));
    let done = json!({"measure": measure, "result": "executed", "action": "不予许可", "officer": "窗口-07",
                      "executed_at": at.strftime("%Y-%m-%dT%H:%M:%S+08:00").to_string()});
    assert_eq!(gate.report(&answer, &[done]).await.status, 202);
    eventually("the feedback is delivered", async || gate.feedback("delivered").await.len() == 1).await;
    at.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn r105_feedback_arrives_in_the_form_of_each_platform() {
    /// Stands for the time of the report.
    const WHEN: &str = "when";
    let cases: [(&str, &[(&str, &str)]); 2] = [
        (
            "taizhou.toml",
            &[
                ("/uniCode", city::CLEAN_COMPANY),
                ("/entityName", "示例申请有限公司"),
                ("/type", "punished"),
                ("/disciplinaryTime", WHEN),
                ("/result", "1"),
                ("/basis", "basis.food-safety-law-135"),
            ],
        ),
        (
            "chongqing.toml",
            &[
                ("/req/code", city::CLEAN_COMPANY),
                ("/req/detailId", "r1"),
                ("/req/unitedId", "food-drug.serious"),
                ("/req/handleType", "1"),
                ("/req/action", "不予许可"),
                ("/req/clTime", WHEN),
            ],
        ),
    ];
    for (profile, expected) in cases {
        let platform = TestPlatform::start();
        platform.add_records(&[record("r1", city::CLEAN_COMPANY)]).await;
        let setup = Setup::default().connector("city", &platform, profile, "").platform_by("city");
        let gate = asking(setup).await;
        let when = report(&gate).await;
        let received = platform.received().await;
        let [message] = received.as_slice() else { panic!("{received:?}") };
        for (pointer, value) in expected {
            let found = message["feedback"].pointer(pointer);
            let value = if *value == WHEN { &when } else { *value };
            assert_eq!(found.and_then(Value::as_str), Some(value), "{profile} {pointer}: {message}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connector_is_listed_and_a_profile_can_be_tried_without_a_host() {
    let platform = TestPlatform::start();
    platform.add_records(&[record("r1", city::CLEAN_COMPANY)]).await;
    let gate = asking_taizhou(&platform, "").await;
    let _ = check(&gate, "asked", "case-1").await;
    let listed = gate.admin.get("/v1/admin/connectors").await.ok();
    assert_has(&listed, &json!({"/connectors/0/name": "city", "/connectors/0/asked": 1}));
    assert_eq!(listed["connectors"][0]["bindings"], json!(["market-regulation/asked/review"]), "{listed}");

    let profile = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/connectors/chongqing.toml");
    let party = format!("uscc:{}", city::CLEAN_COMPANY);
    let url = platform.address();
    let shown = command_line(&format!("connector check {profile} --try {party} --url {url} --json")).json();
    assert_has(&shown, &json!({"/found/0/id": "chongqing-r1", "/found/0/matched": true}));
}

/// A host whose lists are pulled from this platform; nothing asks at check time.
async fn pulling(platform: &TestPlatform, every: u64) -> TestGate {
    let setup = Setup::default().connector("city", platform, "taizhou.toml", "attempts = 1").pull(
        "city-lists",
        "city",
        &format!("every_seconds = {every}"),
    );
    setup.serving(component::hostile_guest(), &[city::honest("local")]).await
}

async fn run_pull(gate: &TestGate) -> Reply {
    gate.admin.post("/v1/admin/pulls/city-lists/run", &json!({})).await
}

async fn pull_state(gate: &TestGate) -> Value {
    gate.admin.get("/v1/admin/pulls").await.ok()["pulls"][0].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn r118_a_pull_takes_in_what_is_new_and_what_was_corrected() {
    let platform = TestPlatform::start();
    platform.add_records(&[record("r1", city::CLEAN_COMPANY)]).await;
    let gate = pulling(&platform, 3600).await;
    eventually("the first pull is done", async || pull_state(&gate).await["done_at"].is_string()).await;
    assert_eq!(check(&gate, "local", "case-1").await["status"], "hit");

    let changes = json!({"state": "2", "changed_at": "2026-02-01 09:00:00"});
    let repaired = with(record("r1", city::CLEAN_COMPANY), &changes);
    platform.add_records(&[repaired]).await;
    let report = run_pull(&gate).await.ok();
    assert_has(&report, &json!({"changed": 1, "added": 0, "mark": "2026-02-01T09:00:00.000+08:00"}));
    assert_eq!(check(&gate, "local", "case-2").await["status"], "clear");

    let again = run_pull(&gate).await.ok();
    assert_has(&again, &json!({"unchanged": 1, "changed": 0}));
    let unknown = gate.admin.post("/v1/admin/pulls/none/run", &json!({})).await;
    assert!(unknown.problem(404, "pull.unknown").contains("city-lists"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pull_that_fails_is_told_and_moves_no_mark() {
    let platform = TestPlatform::start();
    let gate = pulling(&platform, 3600).await;
    platform.misbehave_at_queries("error").await;
    let words = run_pull(&gate).await.problem(502, "pull.failed");
    assert!(words.contains("500"), "{words}");
    let event = &gate.events("name=pull.failed").await[0]["event"];
    assert_eq!(event["subject"], "city-lists", "{event}");
    let state = pull_state(&gate).await;
    assert!(state["failures"].as_u64().unwrap() >= 1, "{state}");

    platform.misbehave_at_queries("none").await;
    let broken = with(record("r2", city::CLEAN_COMPANY), &json!({"recognised_at": "one day"}));
    platform.add_records(&[record("r1", city::CLEAN_COMPANY), broken]).await;
    let report = run_pull(&gate).await.ok();
    assert_eq!(report["refused"][0]["field"], "recognised_on", "{report}");
    assert_eq!(report["mark"], Value::Null, "{report}");
    assert_eq!(check(&gate, "local", "case-1").await["status"], "hit", "the good one counts");

    platform.add_records(&[record("r2", city::CLEAN_COMPANY)]).await;
    assert_eq!(run_pull(&gate).await.ok()["refused"], json!([]));
    let state = pull_state(&gate).await;
    assert_has(&state, &json!({"failures": 0, "last_error": null}));
}

#[tokio::test(flavor = "multi_thread")]
async fn r118_nothing_is_lost_and_nothing_skipped_over_a_kill() {
    let platform = TestPlatform::start();
    let mut gate = pulling(&platform, 1).await;
    for round in 0..6_u32 {
        let records: Vec<Value> = (0..40)
            .map(|number| {
                let changes = json!({"changed_at": format!("2026-03-01 08:{round:02}:{number:02}")});
                with(record(&format!("r{round}-{number}"), city::CLEAN_COMPANY), &changes)
            })
            .collect();
        platform.add_records(&records).await;
        // Wherever the pull is just then.
        let caller = gate.admin.clone();
        let running = tokio::spawn(async move {
            let _ = caller
                .try_send(reqwest::Method::POST, "/v1/admin/pulls/city-lists/run", &[], Vec::new())
                .await;
        });
        tokio::task::yield_now().await;
        gate.kill();
        let _ = running.await;
        gate.restart();
    }
    let report = run_pull(&gate).await.ok();
    assert_eq!(report["refused"], json!([]), "{report}");
    let answer = check(&gate, "local", "case-1").await;
    assert_eq!(answer["matches"].as_array().unwrap().len(), 240);
    assert_eq!(pull_state(&gate).await["mark"], "2026-03-01T08:05:39.000+08:00");
}
