//! What departments did about measures reaches the credit platform, however the
//! platform behaves.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use system_tests::city::executed;
use system_tests::{Setup, TestGate, TestPlatform, city, eventually, until};

/// A host with a platform. An attempt may take 300 ms.
async fn reporting_to(platform: &TestPlatform, lines: &str) -> TestGate {
    Setup::default().platform(platform, &format!("timeout_ms = 300\n{lines}")).with_hostile_guest().await
}

/// A check with a measure, and the report that it was carried out; gives back
/// the id of the feedback.
async fn report(gate: &TestGate, case_no: &str) -> String {
    let answer = gate.checked("honest", "review", case_no, city::BANNED_COMPANY).await;
    assert_eq!(answer["measures"][0]["id"], city::BAN_MEASURE, "{answer}");
    let accepted = gate.report(&answer, &[executed()]).await;
    assert_eq!(accepted.status, 202);
    accepted.ok()["feedback"][0].as_str().unwrap().to_owned()
}

async fn delivered(gate: &TestGate, count: usize) {
    eventually("the feedback is delivered", async || gate.feedback("delivered").await.len() == count).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r003_r007_a_disposition_reaches_the_platform_with_what_it_needs_to_know() {
    let platform = TestPlatform::start();
    let gate = reporting_to(&platform, "").await;
    let id = report(&gate, "case-1").await;
    delivered(&gate, 1).await;
    let received = platform.received().await;
    assert_eq!(received.len(), 1, "{received:?}");
    assert_eq!(received[0]["id"], id.as_str());
    let feedback = &received[0]["feedback"];
    for (pointer, expected) in [
        ("/kind", "disposition"),
        ("/case_no", "case-1"),
        ("/department", city::DEPARTMENT),
        ("/subject/identifiers/0/value", city::BANNED_COMPANY),
        ("/entry/id", "entry-banned"),
        ("/measure/id", city::BAN_MEASURE),
        ("/result", "executed"),
        ("/officer", "窗口-07"),
    ] {
        assert_eq!(
            feedback.pointer(pointer).and_then(Value::as_str),
            Some(expected),
            "{pointer}: {feedback}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_that_cannot_be_is_refused_whole() {
    let platform = TestPlatform::start();
    let gate = reporting_to(&platform, "").await;
    let answer = gate.checked("honest", "review", "case-1", city::BANNED_COMPANY).await;
    let unknown = json!({"measure": "made-up", "result": "executed", "officer": "窗口-07"});
    let unreasoned = json!({"measure": city::BAN_MEASURE, "result": "not_executed", "officer": "窗口-07"});
    let cases = [
        (vec![executed(), unknown], "measure.unknown", "`made-up`"),
        (vec![executed(), executed()], "disposition.duplicate", city::BAN_MEASURE),
        (vec![unreasoned], "disposition.reason_missing", city::BAN_MEASURE),
        (vec![], "disposition.none", "no disposition"),
    ];
    for (dispositions, code, named) in cases {
        let detail = gate.report(&answer, &dispositions).await.problem(422, code);
        assert!(detail.contains(named), "{detail}");
    }
    let nowhere = "/v1/checks/00000000-0000-7000-8000-000000000000/dispositions";
    let detail =
        gate.caller.post(nowhere, &json!({"dispositions": [executed()]})).await.problem(404, "check.unknown");
    assert!(detail.contains("00000000-0000-7000-8000-000000000000"), "{detail}");
    assert_eq!(gate.admin.get("/v1/admin/feedback").await.ok()["feedback"], json!([]));
}

/// Lets the platform misbehave in one way: checks and reports go on as ever, the
/// feedback waits with the reason, and is there once the platform is well again.
async fn outlasts(mode: &str, reason: &str) {
    let platform = TestPlatform::start();
    let gate = reporting_to(&platform, "").await;
    platform.misbehave(mode).await;
    let started = Instant::now();
    let id = report(&gate, "case-1").await;
    assert!(started.elapsed() < Duration::from_secs(10), "the platform's trouble is not the caller's");
    let waiting = until("an attempt fails", async || {
        let pending = gate.feedback("pending").await;
        pending.into_iter().find(|message| message["last_error"].is_string())
    });
    let message = waiting.await;
    assert_eq!(message["id"], id.as_str());
    let said = message["last_error"].as_str().unwrap();
    assert!(said.contains(reason), "{mode}: {said}");
    assert_eq!(gate.feedback("delivered").await.len(), 0);

    platform.misbehave("none").await;
    delivered(&gate, 1).await;
    assert_eq!(platform.count().await, 1, "kept once, however often it was sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn feedback_outlasts_a_platform_that_breaks_connections() {
    outlasts("down", "cannot be reached").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn feedback_outlasts_a_platform_that_is_slow() {
    outlasts("slow", "did not answer in time").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn feedback_outlasts_a_platform_that_answers_500() {
    outlasts("error", "answered 500").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn feedback_outlasts_a_platform_that_answers_garbage() {
    outlasts("garbage", "without acknowledging").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn feedback_waits_for_a_platform_that_is_not_there_at_all() {
    let mut platform = TestPlatform::start();
    let gate = reporting_to(&platform, "").await;
    platform.go_down();
    let mut sent = BTreeSet::new();
    for number in 0..5 {
        sent.insert(report(&gate, &format!("case-{number}")).await);
    }
    assert_eq!(gate.feedback("pending").await.len(), 5);
    platform.come_up();
    delivered(&gate, 5).await;
    let received = platform.received().await;
    let ids: BTreeSet<_> =
        received.iter().map(|message| message["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(ids, sent);
}

#[tokio::test(flavor = "multi_thread")]
async fn feedback_that_was_given_up_waits_for_an_administrator_and_can_be_queued_again() {
    let platform = TestPlatform::start();
    let gate = reporting_to(&platform, "max_attempts = 1").await;
    platform.misbehave("error").await;
    let id = report(&gate, "case-1").await;
    eventually("the feedback is set aside", async || gate.feedback("dead").await.len() == 1).await;
    platform.misbehave("none").await;

    let requeue = format!("/v1/admin/feedback/{id}:requeue");
    let _ = gate.admin.post(&requeue, &json!({})).await.ok();
    delivered(&gate, 1).await;
    assert_eq!(platform.count().await, 1);
    let detail = gate.admin.post(&requeue, &json!({})).await.problem(409, "feedback.not_dead");
    assert!(detail.contains("no feedback with this id waits"), "{detail}");
}
