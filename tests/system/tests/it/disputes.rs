//! Doubts about entries, and what follows: over real components, a real platform
//! and the loss of power.

use serde_json::{Value, json};
use system_tests::document::{assert_has, text};
use system_tests::{Setup, TestGate, TestPlatform, city, until};

/// A host with a platform, whose item `honest` is served.
async fn city_with(platform: &TestPlatform) -> TestGate {
    Setup::default().platform(platform, "timeout_ms = 2000").with_hostile_guest().await
}

async fn checked(gate: &TestGate, case_no: &str) -> Value {
    gate.checked("honest", "review", case_no, city::BANNED_COMPANY).await
}

async fn rechecks(gate: &TestGate) -> Vec<Value> {
    gate.caller.list("rechecks", "/v1/rechecks").await
}

/// Waits until the platform has been told so often; gives back what it was told last.
async fn told(platform: &TestPlatform, times: usize) -> Value {
    let received = until("the platform is told", async || {
        Some(platform.received().await).filter(|received| received.len() == times)
    });
    received.await[times - 1]["feedback"].clone()
}

async fn raise(gate: &TestGate, check: &Value) -> Value {
    let body = json!({"entry": "entry-banned", "check_id": check["check_id"], "raised_by": "subject",
                      "reason": "处罚决定已被撤销"});
    gate.caller.post("/v1/objections", &body).await.ok()
}

async fn decide(gate: &TestGate, objection: &Value, answer: &Value) -> Value {
    let path = format!("/v1/objections/{}/result", objection["id"].as_str().unwrap());
    gate.chief.post(&path, answer).await.ok()
}

/// How often the entry is matched and how many measures follow from it.
fn found(check: &Value) -> (usize, usize) {
    (check["matches"].as_array().unwrap().len(), check["measures"].as_array().unwrap().len())
}

#[tokio::test(flavor = "multi_thread")]
async fn r096_r099_provider_and_platform_are_told_at_once() {
    let platform = TestPlatform::start();
    let gate = city_with(&platform).await;
    let objection = raise(&gate, &checked(&gate, "case-1").await).await;
    let notice = told(&platform, 1).await;
    assert_has(&notice, &json!({"kind": "objection_raised", "/entry/id": "entry-banned"}));
    assert_eq!(notice["due_on"], objection["due_on"]);
    decide(&gate, &objection, &json!({"result": "withdrawn", "text": "予以撤销"})).await;
    assert_eq!(told(&platform, 2).await["result"], "withdrawn");
}

#[tokio::test(flavor = "multi_thread")]
async fn r098_a_suspension_outlasts_the_loss_of_power_and_its_checks_replay() {
    let mut gate = TestGate::with_hostile_guest().await;
    let before = checked(&gate, "case-1").await;
    assert_eq!(found(&before), (1, 1));
    let objection = raise(&gate, &before).await;
    gate.lose_power();
    let during = checked(&gate, "case-1").await;
    assert_eq!((found(&during), &during["matches"][0]["entry"]["suspended"]), ((1, 0), &json!(true)));
    decide(&gate, &objection, &json!({"result": "confirmed", "text": "认定无误"})).await;
    assert_eq!(found(&checked(&gate, "case-2").await), (1, 1));
    for check in [before, during] {
        gate.replays(&check).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r100_a_recheck_takes_the_place_of_what_was_decided_on_an_entry_that_was_wrong() {
    let gate = TestGate::with_hostile_guest().await;
    let first = checked(&gate, "case-1").await;
    let _ = checked(&gate, "case-2").await;
    let objection = raise(&gate, &first).await;
    decide(&gate, &objection, &json!({"result": "withdrawn", "text": "予以撤销"})).await;
    let tasks = rechecks(&gate).await;
    assert_eq!(tasks.iter().map(|task| text(task, "case_no")).collect::<Vec<_>>(), ["case-1", "case-2"]);
    let told = gate.events("name=check.affected").await;
    assert_eq!(told.len(), 2);
    let again = checked(&gate, "case-1").await;
    assert_eq!((found(&again), &again["supersedes"]), ((0, 0), &first["check_id"]));
    let case = gate.caller.get("/v1/cases/case-1").await.ok();
    assert_eq!(case["checks"][0]["superseded_by"], again["check_id"]);
    assert_eq!(rechecks(&gate).await.len(), 1);
    assert_eq!(gate.ledger().await["intact"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn r100_what_a_plug_in_passed_over_comes_back_once_the_entry_is_confirmed_over_the_loss_of_power() {
    let mut gate = TestGate::with_hostile_guest().await;
    let first = checked(&gate, "case-1").await;
    let objection = raise(&gate, &first).await;
    let during = checked(&gate, "case-2").await;
    assert_eq!(found(&during), (1, 0));
    let explanation = during["explanation"].as_str().unwrap();
    assert!(explanation.contains("entry-banned") && explanation.contains("核实"), "{explanation}");
    decide(&gate, &objection, &json!({"result": "confirmed", "text": "核实无误，继续执行"})).await;
    gate.lose_power();
    let [task] = rechecks(&gate).await.try_into().unwrap();
    assert_eq!(task["check_id"], during["check_id"]);
    assert_eq!(gate.events("name=check.affected").await.len(), 1);
    let again = checked(&gate, "case-2").await;
    assert_eq!((found(&again), &again["supersedes"]), ((1, 1), &during["check_id"]));
    assert_eq!(rechecks(&gate).await, [] as [Value; 0]);
    for check in [during, again] {
        gate.replays(&check).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r102_a_repair_ends_the_use_of_an_entry_while_the_lists_still_have_it() {
    let mut gate = TestGate::with_hostile_guest().await;
    let before = checked(&gate, "case-1").await;
    let body = json!({"entry": "entry-banned", "applied_on": "2026-04-01", "case_no": "case-1",
                      "materials": ["performance_proof", "commitment"]});
    let repair = gate.caller.post("/v1/repairs", &body).await.ok();
    let path = format!("/v1/repairs/{}/result", repair["id"].as_str().unwrap());
    for result in ["accepted", "granted"] {
        let _ = gate.chief.post(&path, &json!({"result": result, "text": "准予修复"})).await.ok();
    }
    assert_eq!(found(&checked(&gate, "case-2").await), (0, 0));
    gate.import("lists", &city::entries()).await;
    gate.start_anew().await;
    assert_eq!(found(&checked(&gate, "case-3").await), (0, 0), "{before}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_objection_is_worked_off_from_the_command_line() {
    let mut gate = TestGate::with_hostile_guest().await;
    let _ = checked(&gate, "case-1").await;
    gate.terminate().await;
    let run = |words: &str| gate.command_line(&format!("{words} --json")).json();
    let raise =
        "objections raise --entry entry-banned --case case-1 --raised-by officer --reason 名称与登记信息不符";
    let raised = run(raise);
    let id = text(&raised, "id");
    let second = gate.command_line(raise).ended_with(1).errors;
    assert!(second.contains("objection.open") && second.contains(id), "{second}");
    run(&format!("objections result {id} --result corrected --severity slight --text 更正为轻微"));
    let waiting = run("objections list --state decided");
    assert_eq!(waiting["objections"][0]["to_tell"], json!(["party"]));
    run(&format!("objections told {id} --who party --on 2026-04-01 --how 书面告知"));
    assert_eq!(run(&format!("objections show {id}"))["state"], "closed");
    assert_eq!(run("rechecks")["rechecks"][0]["case_no"], "case-1");
    let apply = "repairs apply --entry entry-banned --case case-1 --material commitment";
    let early = gate.command_line(&format!("{apply} --applied-on 2025-04-01")).errors;
    assert!(early.contains("performance_proof"), "{early}");
    let applied = run(&format!("{apply} --applied-on 2026-04-01 --material performance_proof"));
    let repair = text(&applied, "id");
    run(&format!("repairs result {repair} --result accepted --text 受理"));
    assert_eq!(run(&format!("repairs show {repair}"))["state"], "accepted");
    assert_eq!(run("repairs list --state accepted")["repairs"][0]["id"], repair);
}
