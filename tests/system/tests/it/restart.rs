//! Hosts that are stopped and killed while they work.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use system_tests::{Client, Load, Setup, TestGate, TestPlatform, city, eventually};

/// What a caller knows after it has asked for a check and reported on it.
struct Known {
    answer: Value,
    feedback: Option<String>,
}

async fn ready(platform: &TestPlatform) -> TestGate {
    Setup::default().platform(platform, "timeout_ms = 1000").with_hostile_guest().await
}

/// A check and the report on its measure. Nothing when there was no answer to
/// the check.
async fn check_and_report(caller: Client, number: usize) -> Option<Known> {
    let case_no = format!("case-{number}");
    let request = city::request("honest", "review", &case_no, city::BANNED_COMPANY);
    let json = [("content-type", "application/json")];
    let post = async |path: &str, body: Value| {
        caller.try_send(reqwest::Method::POST, path, &json, body.to_string().into_bytes()).await.ok()
    };
    let answer = post("/v1/checks", request).await.filter(|reply| reply.status == 200)?.json();
    let disposition = json!({"measure": city::BAN_MEASURE, "result": "executed", "officer": "窗口-07"});
    let path = format!("/v1/checks/{}/dispositions", answer["check_id"].as_str().unwrap());
    let reported =
        post(&path, json!({"dispositions": [disposition]})).await.filter(|reply| reply.status == 202);
    let feedback = reported.map(|reply| reply.json()["feedback"][0].as_str().unwrap().to_owned());
    Some(Known { answer, feedback })
}

/// Everything a caller was told is there, and everything it reported arrives.
async fn nothing_is_lost(gate: &TestGate, platform: &TestPlatform, known: &[Known]) {
    for Known { answer, .. } in known {
        let path = format!("/v1/checks/{}", answer["check_id"].as_str().unwrap());
        assert_eq!(gate.caller.get(&path).await.ok(), *answer);
    }
    let ledger = gate.ledger().await;
    assert_eq!(ledger["intact"], true, "{ledger}");
    assert!(ledger["records"].as_u64().unwrap() >= known.len() as u64, "{ledger}");
    let reported: BTreeSet<&str> = known.iter().filter_map(|known| known.feedback.as_deref()).collect();
    assert!(!reported.is_empty());
    eventually("nothing is left to deliver", async || gate.feedback("pending").await.is_empty()).await;
    assert_eq!(gate.feedback("dead").await.len(), 0);
    let received = platform.received().await;
    let received: BTreeSet<&str> = received.iter().map(|message| message["id"].as_str().unwrap()).collect();
    assert!(reported.is_subset(&received), "lost: {:?}", reported.difference(&received));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_is_killed_under_load_has_every_check_it_answered_and_delivers_every_report() {
    let platform = TestPlatform::start();
    let mut gate = ready(&platform).await;
    let mut known = Vec::new();
    for round in 0..2 {
        let caller = gate.caller.clone();
        let load = Load::start(8, move |number| check_and_report(caller.clone(), round * 1_000_000 + number));
        load.more(40).await;
        gate.kill();
        known.extend(load.stop().await);
        gate.restart();
    }
    nothing_is_lost(&gate, &platform, &known).await;
    // And it goes on where it was.
    let answer = gate.checked("honest", "review", "case-after", city::CLEAN_COMPANY).await;
    assert_eq!(answer["status"], "clear");
    assert_eq!(gate.ledger().await["intact"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_is_told_to_stop_under_load_finishes_what_it_accepted() {
    let platform = TestPlatform::start();
    let mut gate = ready(&platform).await;
    let caller = gate.caller.clone();
    let load = Load::start(8, move |number| check_and_report(caller.clone(), number));
    load.more(40).await;
    gate.terminate().await;
    let known = load.stop().await;
    gate.restart();
    nothing_is_lost(&gate, &platform, &known).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_went_unanswered_is_safe_to_repeat_with_its_idempotency_key() {
    let platform = TestPlatform::start();
    let mut gate = ready(&platform).await;
    let caller = gate.caller.clone();
    let request =
        |number: usize| city::request("honest", "review", &format!("case-{number}"), city::CLEAN_COMPANY);
    let load = Load::start(8, move |number| {
        let caller = caller.clone();
        async move {
            let key = format!("key-{number}");
            let headers = [("content-type", "application/json"), ("idempotency-key", key.as_str())];
            let body = request(number).to_string().into_bytes();
            let reply = caller.try_send(reqwest::Method::POST, "/v1/checks", &headers, body).await.ok()?;
            Some((number, reply))
        }
    });
    load.more(40).await;
    gate.kill();
    let answered = load.stop().await;
    gate.restart();
    let most = answered.iter().map(|(number, _)| *number).max().unwrap() + 8;
    for number in 0..=most {
        let again = gate.caller.post_once("/v1/checks", &format!("key-{number}"), &request(number)).await;
        if let Some((_, first)) = answered.iter().find(|(answered, _)| *answered == number) {
            assert_eq!(again.text, first.text, "case {number} has the answer it was given");
        }
        let case = gate.caller.get(&format!("/v1/cases/case-{number}")).await.ok();
        assert_eq!(case["checks"].as_array().unwrap().len(), 1, "case {number} was checked once");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_data_and_releases_survive_a_restart_and_a_folder_has_one_host() {
    let platform = TestPlatform::start();
    let mut gate = ready(&platform).await;
    let before = gate.holdings().await;
    let keys = gate.admin.get("/.well-known/jwks.json").await.ok();

    let second = gate.command_line("keys list");
    assert!(!second.status.success());
    let said = second.errors;
    assert!(said.contains("another creditgate is running"), "{said}");

    gate.start_anew().await;
    assert_eq!(gate.holdings().await, before);
    assert_eq!(gate.admin.get("/.well-known/jwks.json").await.ok(), keys, "receipts stay genuine");
}
