//! Commitments from the check that asks for one to its end, whichever it is.

use serde_json::{Value, json};
use system_tests::{Client, Setup, TestGate, TestPlatform, city, component, until};

use super::change_store;

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

fn fulfilment(day: &str) -> Value {
    json!({"fulfilled_on": day, "materials": ["funding-proof"], "by": "窗口-07", "document": "收件-17"})
}

async fn made_on(gate: &TestGate, id: &str) -> String {
    let commitment = gate.caller.get(&format!("/v1/commitments/{id}")).await.ok();
    commitment["made_on"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn r082_a_commitment_is_signed_extended_and_fulfilled_and_each_step_is_kept() {
    let gate = building(Setup::default()).await;
    let id = committed(&gate, "case-1").await;
    let made = gate.caller.get(&format!("/v1/commitments/{id}")).await.ok();
    assert_eq!((&made["state"], &made["missing"]), (&json!("open"), &json!(["funding-proof"])), "{made}");
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
    assert_eq!((&extended["state"], &extended["due_on"]), (&json!("open"), &json!("2099-01-15")));
    let tasks = gate.admin.get("/v1/tasks?kind=commitment").await.ok();
    assert_eq!(tasks["tasks"][0]["due_on"], "2099-01-15");

    let mut incomplete = fulfilment(day);
    incomplete["materials"] = json!([]);
    let said = report(&gate.caller, &id, "fulfilment", &incomplete).await.problem(422, "request.invalid");
    assert!(said.contains("funding-proof"), "{said}");
    let fulfilled = report(&gate.caller, &id, "fulfilment", &fulfilment(day)).await.ok();
    assert_eq!((&fulfilled["state"], &fulfilled["late"]), (&json!("fulfilled"), &json!(false)));
    let steps: Vec<&str> =
        fulfilled["steps"].as_array().unwrap().iter().map(|step| step["step"].as_str().unwrap()).collect();
    assert_eq!(steps, ["signed", "extended", "fulfilled"]);
    assert_eq!(gate.admin.get("/v1/tasks?kind=commitment").await.ok()["tasks"], json!([]));

    // Bad input: twice, unknown, another department's, a day to come.
    let _ = report(&gate.caller, &id, "fulfilment", &fulfilment(day))
        .await
        .problem(409, "commitment.illegal_step");
    let unknown = "0198f3c2-8d1e-7b54-9d2a-5f0c6f1a2b3c";
    let _ = report(&gate.caller, unknown, "fulfilment", &fulfilment(day))
        .await
        .problem(404, "commitment.unknown");
    let second = committed(&gate, "case-2").await;
    let _ = report(&gate.caller, &second, "fulfilment", &fulfilment("2199-01-01"))
        .await
        .problem(422, "request.invalid");
    let _ = report(&gate.caller, &second, "fulfilment", &fulfilment("2020-01-01"))
        .await
        .problem(422, "request.invalid");
    let other = gate.new_key(json!({"name": "other", "role": "caller", "departments": ["housing"]})).await;
    let _ =
        report(&other, &second, "fulfilment", &fulfilment(day)).await.problem(403, "department.not_allowed");
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
    gate.kill();
    change_store(
        &gate,
        "UPDATE duties SET due_on = '2030-01-05'; UPDATE commitments SET due_on = '2030-01-05';
         INSERT OR REPLACE INTO latest_day (only, day) VALUES (1, '2031-01-01')",
    );
    gate.restart();
    let overdue = async |gate: &TestGate| gate.events("name=commitment.overdue").await;
    until("it is overdue", async || overdue(&gate).await.pop()).await;
    for _ in 0..2 {
        gate.kill();
        gate.restart();
        let state = gate.caller.get(&format!("/v1/commitments/{id}")).await.ok()["state"].clone();
        assert_eq!(state, "overdue");
        assert_eq!(overdue(&gate).await.len(), 1, "once");
    }
    let told = until("the platform knows", async || {
        let received = platform.received().await;
        let about = |message: &&Value| message["feedback"]["kind"] == "commitment";
        received.iter().find(about).cloned()
    })
    .await;
    assert_eq!(told["feedback"]["commitment"]["state"], "overdue", "{told}");
    assert_eq!(told["feedback"]["commitment"]["id"], id.as_str());

    // A later case of the party is told, and informed commitment is closed.
    let later = gate.check(&application("case-2")).await.ok();
    assert_eq!(later["outcome"], "manual_review", "{later}");
    // Today is after the last day.
    gate.kill();
    change_store(&gate, "UPDATE commitments SET made_on = '2020-01-01', due_on = '2020-02-01'");
    gate.restart();
    let late = report(&gate.caller, &id, "fulfilment", &fulfilment(&made)).await.ok();
    assert_eq!((&late["state"], &late["late"]), (&json!("fulfilled"), &json!(true)), "{late}");
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
    let told = until("the platform knows", async || {
        let received = platform.received().await;
        let about = |message: &&Value| message["feedback"]["kind"] == "commitment";
        received.iter().find(about).cloned()
    })
    .await;
    assert_eq!(told["feedback"]["facts"], "资金安排证明系伪造", "{told}");
    assert_eq!(told["feedback"]["subject"]["name"], "示例申请有限公司");

    let during = gate.check(&application("case-3")).await.ok();
    assert_eq!(during["outcome"], "manual_review", "{during}");
    let repaired = report(&gate.caller, &id, "repair", &repair).await.ok();
    assert_eq!((&repaired["state"], &repaired["repaired"]), (&json!("breached"), &json!(true)));
    let after = gate.check(&application("case-4")).await.ok();
    assert_eq!(after["outcome"], "proceed_with_commitment", "{after}");
}

#[tokio::test(flavor = "multi_thread")]
async fn commitments_are_listed_shown_and_reported_on_from_the_command_line() {
    let gate = building(Setup::default()).await;
    let id = committed(&gate, "case-1").await;
    let day = made_on(&gate, &id).await;
    let run = |arguments: &[&str]| gate.client_command(arguments);
    let listed = run(&["commitments", "list", "--state", "open", "--json"]);
    assert!(listed.status.success(), "{listed:?}");
    let listed: Value = serde_json::from_slice(&listed.stdout).unwrap();
    assert_eq!(listed["commitments"][0]["id"], id.as_str());
    let fulfil =
        ["commitments", "fulfil", &id, "--on", &day, "--material", "funding-proof", "--by", "窗口-07"];
    let fulfilled = run(&fulfil);
    assert!(fulfilled.status.success(), "{fulfilled:?}");
    assert!(String::from_utf8(fulfilled.stdout).unwrap().contains("fulfilled"));
    let twice = run(&fulfil);
    assert_eq!(twice.status.code(), Some(1));
    let said = String::from_utf8(twice.stderr).unwrap();
    assert!(said.contains("fulfilled") && said.contains("commitment.illegal_step"), "{said}");
    let shown = run(&["commitments", "show", &id]);
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert!(shown.contains("case-1") && shown.contains("窗口-07"), "{shown}");
}
