//! Commitments from the check that asks for one to its end, whichever it is.

use serde_json::{Value, json};
use system_tests::document::{assert_has, text, texts, with};
use system_tests::{Client, Setup, TestGate, TestPlatform, city, component, until};

const DEPARTMENT: &str = "housing-construction";

/// A host with the plug-in of construction permits, which asks for commitments.
async fn building(setup: Setup) -> TestGate {
    let gate = setup.start().await;
    gate.know_vendor_of(DEPARTMENT).await;
    let mut binding = city::binding("construction-permit", "construction-permit", "intake");
    binding["department"] = json!(DEPARTMENT);
    gate.serve(component::construction_permit(), &[binding]).await;
    gate
}

fn application(case_no: &str) -> Value {
    let mut request = city::request("construction-permit", "intake", case_no, city::CLEAN_COMPANY);
    request["department"] = json!(DEPARTMENT);
    request["materials"] = json!([{"code": "funding-proof", "name": "资金安排证明", "provided": false,
                                   "required_by": "other"}]);
    request
}

/// A check that asks for a commitment; gives back its id.
async fn committed(gate: &TestGate, case_no: &str) -> String {
    let checked = gate.check(&application(case_no)).await.ok();
    assert_eq!(checked["outcome"], "proceed_with_commitment", "{checked}");
    checked["check_id"].as_str().unwrap().to_owned()
}

async fn report(client: &Client, id: &str, step: &str, body: &Value) -> system_tests::Reply {
    client.post(&format!("/v1/commitments/{id}/{step}"), body).await
}

/// Waits until the platform knows of a commitment, and gives back what.
async fn told(platform: &TestPlatform) -> Value {
    let about = |message: &Value| message["feedback"]["kind"] == "commitment";
    until("the platform knows", async || platform.received().await.into_iter().find(about)).await
}

fn fulfilment(day: &str) -> Value {
    json!({"fulfilled_on": day, "materials": ["funding-proof"], "by": "窗口-07", "document": "收件-17"})
}

async fn made_on(gate: &TestGate, id: &str) -> String {
    text(&gate.caller.get(&format!("/v1/commitments/{id}")).await.ok(), "made_on").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn r082_a_commitment_is_signed_extended_and_fulfilled_and_each_step_is_kept() {
    let gate = building(Setup::default()).await;
    let id = committed(&gate, "case-1").await;
    let made = gate.caller.get(&format!("/v1/commitments/{id}")).await.ok();
    assert_has(&made, &json!({"state": "open", "missing": ["funding-proof"]}));
    let day = made["made_on"].as_str().unwrap();
    let hash = made["text_hash"].as_str().unwrap();
    assert_eq!(hash.len(), 64);

    let other_text = json!({"signed_on": day, "document": "承诺-1", "text_hash": "0".repeat(64)});
    let _ = report(&gate.caller, &id, "signature", &other_text).await.problem(409, "commitment.other_text");
    let signature = json!({"signed_on": day, "document": "承诺-1", "text_hash": hash});
    let _ = report(&gate.caller, &id, "signature", &signature).await.ok();
    let shorter = json!({"until": day, "reason": "不可抗力"});
    let _ = report(&gate.caller, &id, "extension", &shorter).await.problem(422, "request.invalid");
    let extension = json!({"until": "2099-01-15", "reason": "不可抗力"});
    let extended = report(&gate.caller, &id, "extension", &extension).await.ok();
    assert_has(&extended, &json!({"state": "open", "due_on": "2099-01-15"}));
    let tasks = gate.admin.get("/v1/tasks?kind=commitment").await.ok();
    assert_eq!(tasks["tasks"][0]["due_on"], "2099-01-15");

    let incomplete = with(fulfilment(day), &json!({"materials": []}));
    let said = report(&gate.caller, &id, "fulfilment", &incomplete).await.problem(422, "request.invalid");
    assert!(said.contains("funding-proof"), "{said}");
    let fulfilled = report(&gate.caller, &id, "fulfilment", &fulfilment(day)).await.ok();
    assert_has(&fulfilled, &json!({"state": "fulfilled", "late": false}));
    let steps = texts(&fulfilled["steps"], "step");
    assert_eq!(steps, ["signed", "extended", "fulfilled"]);
    assert_eq!(gate.admin.get("/v1/tasks?kind=commitment").await.ok()["tasks"], json!([]));

    // Bad input: twice, unknown, another department's, a day to come.
    let second = committed(&gate, "case-2").await;
    let other = gate.somebody_of("housing", "caller").await;
    let unknown = "0198f3c2-8d1e-7b54-9d2a-5f0c6f1a2b3c";
    for (client, id, day, status, code) in [
        (&gate.caller, id.as_str(), day, 409, "commitment.illegal_step"),
        (&gate.caller, unknown, day, 404, "commitment.unknown"),
        (&gate.caller, &second, "2199-01-01", 422, "request.invalid"),
        (&gate.caller, &second, "2020-01-01", 422, "request.invalid"),
        (&other, &second, day, 403, "department.not_allowed"),
    ] {
        let _ = report(client, id, "fulfilment", &fulfilment(day)).await.problem(status, code);
    }
    assert_eq!(other.get("/v1/commitments").await.ok()["commitments"], json!([]));
    let open = gate.caller.get("/v1/commitments?state=open").await.ok();
    assert_eq!(open["commitments"].as_array().unwrap().len(), 1, "{open}");
}

#[tokio::test(flavor = "multi_thread")]
async fn r083_a_commitment_falls_due_once_over_kills_and_is_fulfilled_late() {
    let platform = TestPlatform::start();
    let mut gate = building(Setup::default().platform(&platform, "timeout_ms = 1000")).await;
    let id = committed(&gate, "case-1").await;
    let made = made_on(&gate, &id).await;
    // Killed between its last day and the look at it. The clock goes back too:
    // the host has seen 2031, and the last day was in 2030.
    gate.pass_time(
        "UPDATE duties SET due_on = '2030-01-05'; UPDATE commitments SET due_on = '2030-01-05';
         INSERT OR REPLACE INTO latest_day (only, day) VALUES (1, '2031-01-01')",
    );
    let overdue = async |gate: &TestGate| gate.events("name=commitment.overdue").await;
    until("it is overdue", async || overdue(&gate).await.pop()).await;
    for _ in 0..2 {
        gate.lose_power();
        let state = gate.caller.get(&format!("/v1/commitments/{id}")).await.ok()["state"].clone();
        assert_eq!(state, "overdue");
        assert_eq!(overdue(&gate).await.len(), 1, "once");
    }
    let told = told(&platform).await;
    assert_eq!(told["feedback"]["commitment"]["state"], "overdue", "{told}");
    assert_eq!(told["feedback"]["commitment"]["id"], id.as_str());

    // A later case of the party is told, and informed commitment is closed.
    let later = gate.check(&application("case-2")).await.ok();
    assert_eq!(later["outcome"], "manual_review", "{later}");
    // Today is after the last day.
    gate.pass_time("UPDATE commitments SET made_on = '2020-01-01', due_on = '2020-02-01'");
    let late = report(&gate.caller, &id, "fulfilment", &fulfilment(&made)).await.ok();
    assert_has(&late, &json!({"state": "fulfilled", "late": true}));
    let later = gate.check(&application("case-3")).await.ok();
    assert_eq!(later["outcome"], "proceed_with_commitment", "{later}");
}

#[tokio::test(flavor = "multi_thread")]
async fn r082_r083_r084_a_false_commitment_closes_informed_commitment_until_it_is_repaired() {
    let platform = TestPlatform::start();
    let gate = building(Setup::default().platform(&platform, "timeout_ms = 1000")).await;
    let id = committed(&gate, "case-1").await;
    let day = made_on(&gate, &id).await;
    let _ = report(&gate.caller, &id, "fulfilment", &fulfilment(&day)).await.ok();
    let before = gate.check(&application("case-2")).await.ok();
    assert_eq!(before["outcome"], "proceed_with_commitment", "a kept commitment is no obstacle");

    let repair = json!({"repaired_on": day, "document": "修复-9"});
    let _ = report(&gate.caller, &id, "repair", &repair).await.problem(409, "commitment.illegal_step");
    let empty = json!({"reason": "承诺不实", "facts": ""});
    let _ = report(&gate.caller, &id, "breach", &empty).await.problem(422, "request.invalid");
    let breach = json!({"reason": "承诺不实", "facts": "资金安排证明系伪造"});
    let breached = report(&gate.caller, &id, "breach", &breach).await.ok();
    assert_eq!(breached["state"], "breached");
    let _ = report(&gate.caller, &id, "breach", &breach).await.problem(409, "commitment.illegal_step");
    let [event] = gate.events("name=commitment.breached").await.try_into().unwrap();
    assert_eq!(event["event"]["subject"], id.as_str());
    let told = told(&platform).await;
    assert_has(
        &told,
        &json!({"/feedback/facts": "资金安排证明系伪造", "/feedback/subject/name": "示例申请有限公司"}),
    );

    let during = gate.check(&application("case-3")).await.ok();
    assert_eq!(during["outcome"], "manual_review", "{during}");
    let repaired = report(&gate.caller, &id, "repair", &repair).await.ok();
    assert_has(&repaired, &json!({"state": "breached", "repaired": true}));
    let after = gate.check(&application("case-4")).await.ok();
    assert_eq!(after["outcome"], "proceed_with_commitment", "{after}");
}

#[tokio::test(flavor = "multi_thread")]
async fn commitments_are_listed_shown_and_reported_on_from_the_command_line() {
    let gate = building(Setup::default()).await;
    let id = committed(&gate, "case-1").await;
    let day = made_on(&gate, &id).await;
    let listed = gate.server_command("commitments list --state open --json").json();
    assert_eq!(listed["commitments"][0]["id"], id.as_str());
    let fulfil = format!("commitments fulfil {id} --on {day} --material funding-proof --by 窗口-07");
    assert!(gate.server_command(&fulfil).ok().contains("fulfilled"));
    let said = gate.server_command(&fulfil).ended_with(1).errors;
    assert!(said.contains("fulfilled") && said.contains("commitment.illegal_step"), "{said}");
    let shown = gate.server_command(&format!("commitments show {id}")).said;
    assert!(shown.contains("case-1") && shown.contains("窗口-07"), "{shown}");
}
