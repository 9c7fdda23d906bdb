//! Identity numbers stay in the ledger and in feedback: no log, no metric, no
//! error and no answer repeats one.

use serde_json::json;
use system_tests::document::with;
use system_tests::{Setup, TestPlatform, city, component, eventually};

/// What the guest that misbehaves writes into its log.
const LOGGED_BY_THE_GUEST: &str = "110101199001010015";
/// A number with a letter for a digit.
const MISTYPED_PERSON: &str = "37081119850615O026";

#[tokio::test(flavor = "multi_thread")]
async fn no_identity_number_is_in_logs_metrics_errors_or_answers() {
    let platform = TestPlatform::start();
    let bindings = ["honest", "panic", "control-characters"].map(city::honest);
    let mut gate = Setup::default()
        .platform(&platform, "timeout_ms = 300")
        .log_level("trace")
        .serving(component::hostile_guest(), &bindings)
        .await;
    let bindings = ["honest", "panic", "control-characters"]
        .map(|behaviour| city::hostile(behaviour, &json!({"behaviour": behaviour}), &json!({})));
    gate.import("bindings", &bindings).await;
    let request = |item| {
        city::represented_by(city::request(item, "review", "case-1", city::CLEAN_COMPANY), city::DEFAULTER)
    };
    let mut said = Vec::new();

    platform.misbehave("error").await;
    for item in ["honest", "panic", "control-characters"] {
        said.push(gate.check(&request(item)).await);
    }
    let check = said[0].json();
    assert_eq!(check["status"], "hit", "{check}");
    let measure = check["measures"][0]["id"].as_str().unwrap();
    let path = format!("/v1/checks/{}", check["check_id"].as_str().unwrap());
    said.push(gate.report(&check, &[with(city::executed(), &json!({"measure": measure}))]).await);
    said.push(gate.caller.get(&path).await);
    said.push(gate.caller.get("/v1/cases/case-1").await);
    eventually("a delivery fails", async || {
        gate.feedback("pending").await.iter().any(|message| message["last_error"].is_string())
    })
    .await;
    said.push(gate.admin.get("/v1/admin/feedback").await);

    // Numbers where they do not belong.
    let mut wrong_place = request("honest");
    wrong_place[city::DEFAULTER] = json!(1);
    let wrong_kind = with(request("honest"), &json!({"/parties/1/identifiers/0/kind": city::DEFAULTER}));
    let mistyped = city::represented_by(
        city::request("honest", "review", "case-1", city::CLEAN_COMPANY),
        MISTYPED_PERSON,
    );
    for request in [wrong_place, wrong_kind, mistyped] {
        let reply = gate.check(&request).await;
        let _ = reply.problem(422, "request.invalid");
        said.push(reply);
    }
    said.push(
        gate.caller.post_text("/v1/checks", "application/json", format!("{{\"{}", city::DEFAULTER)).await,
    );
    said.push(gate.caller.get(&format!("/v1/{}", city::DEFAULTER)).await);
    said.push(gate.caller.get(&format!("/v1/checks/{}", city::DEFAULTER)).await);
    said.push(gate.caller.get(&format!("/v1/cases/none?id={}", city::DEFAULTER)).await);
    said.push(gate.admin.get("/metrics").await);
    said.push(gate.admin.get("/v1/admin/audit").await);
    let row = json!({"id": city::DEFAULTER, "list": "x"});
    said.push(gate.admin.post_text("/v1/admin/lists?format=jsonl", "text/plain", row.to_string()).await);
    gate.terminate().await;

    let log = gate.log();
    assert!(log.lines().count() > 10, "{log}");
    let texts = said.iter().map(|reply| reply.text.as_str()).chain([log.as_str()]);
    for (index, text) in texts.enumerate() {
        for number in [city::DEFAULTER, LOGGED_BY_THE_GUEST, MISTYPED_PERSON] {
            // The part that identifies: birth date and serial.
            assert!(!text.contains(&number[6..17]), "reply {index} says {number}: {text}");
        }
    }
    for line in log.lines() {
        let line: serde_json::Value =
            serde_json::from_str(line).unwrap_or_else(|_| panic!("not one JSON object: {line}"));
        assert_ne!(line["message"], "forged", "a guest wrote a line of its own");
    }
}
