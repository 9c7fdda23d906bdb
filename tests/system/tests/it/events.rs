//! What happens is told to whom the administrator named: signed, again until it
//! arrives, and over any restart.

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use system_tests::document::assert_has;
use system_tests::{Delivery, Setup, TestGate, TestReceiver, WEBHOOK_SECRET, city, component, until};

/// A host that tells a receiver, and has told it of its catalogue. An attempt may
/// take two seconds.
async fn telling(receiver: &TestReceiver, lines: &str) -> TestGate {
    let gate = Setup::default().webhook(receiver, &format!("timeout_ms = 2000\n{lines}")).start().await;
    event_in(&gate, "catalogue.published", "delivered").await;
    gate
}

/// Pushes and activates a component; gives back its digest.
async fn release(gate: &TestGate) -> String {
    gate.serve(component::hostile_guest(), &[city::honest("honest")]).await
}

/// What a receiver does with a signature; gives back its time.
fn verified(delivery: &Delivery) -> i64 {
    let (time, code) = delivery.signature.strip_prefix("t=").unwrap().split_once(",v1=").unwrap();
    let code = hex::decode(code).unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(WEBHOOK_SECRET.as_bytes()).unwrap();
    mac.update(time.as_bytes());
    mac.update(b".");
    mac.update(&delivery.body);
    mac.verify_slice(&code).unwrap();
    time.parse().unwrap()
}

/// Waits until the newest event of this name is delivered to this state, and
/// gives it back.
async fn event_in(gate: &TestGate, name: &str, state: &str) -> Value {
    until(&format!("{name} is {state}"), async || {
        let newest = gate.events(&format!("name={name}&limit=1")).await.pop()?;
        (newest["delivery"]["state"] == state).then_some(newest)
    })
    .await
}

/// Waits until a catalogue, a component and a release are kept as events.
async fn three_events(gate: &TestGate) -> Vec<Value> {
    until("three events", async || Some(gate.events("").await).filter(|events| events.len() == 3)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_and_a_switch_are_told_signed_and_counted() {
    let receiver = TestReceiver::start().await;
    let gate = telling(&receiver, "").await;
    let digest = release(&gate).await;
    let told = receiver.until("two events more", |seen| seen.len() >= 3).await;
    let pushed = told.iter().find(|delivery| delivery.event == "component.pushed").unwrap();
    let switched = told.iter().find(|delivery| delivery.event == "release.activated").unwrap();
    for delivery in [pushed, switched] {
        verified(delivery);
        let body = delivery.json();
        assert_has(&body, &json!({"id": delivery.id, "name": delivery.event}));
    }
    let (pushed, switched) = (pushed.json(), switched.json());
    assert_eq!(pushed["subject"], digest.as_str());
    assert!(pushed["data"]["plugin"].is_string() && pushed["data"]["version"].is_string(), "{pushed}");
    assert_has(&switched, &json!({"/data/digest": digest.as_str(), "/data/reason": "test"}));
    assert!(switched["subject"].as_str().unwrap().contains("honest"), "{switched}");
    for instant in [&switched["at"], &switched["data"]["effective_from"]] {
        assert!(instant.as_str().unwrap().ends_with("+08:00"), "{switched}");
    }

    let listed = event_in(&gate, "release.activated", "delivered").await;
    assert_eq!(listed["event"], switched, "listed as it was sent");
    let metrics = gate.admin.get("/metrics").await.text;
    assert!(metrics.contains(r#"creditgate_events_total{event="release.activated"} 1"#), "{metrics}");
    let log = gate.log();
    assert!(log.contains(r#""event":"release.activated""#), "{log}");
    assert!(!log.contains(WEBHOOK_SECRET));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_roll_back_is_told_for_the_binding_it_concerns() {
    let receiver = TestReceiver::start().await;
    let gate = telling(&receiver, "").await;
    let first = release(&gate).await;
    let second = gate.push_good(component::with_version(&component::hostile_guest(), "9.9.9")).await;
    let _ = gate.activate(&second).await.ok();
    let plugin = gate.admin.get("/v1/admin/bindings").await.ok()["bindings"][0]["plugin"].clone();
    let _ = gate
        .admin
        .post("/v1/admin/releases:rollback", &json!({"plugin": plugin, "reason": "worse"}))
        .await
        .ok();
    let is_back = |delivery: &Delivery| delivery.event == "release.rolled_back";
    let told = receiver.until("the roll-back", |seen| seen.iter().any(is_back)).await;
    let back = told.into_iter().find(is_back).unwrap().json();
    assert_has(&back, &json!({"/data/digest": first, "/data/reason": "worse"}));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_key_is_told_once_with_what_it_still_serves() {
    let gate = TestGate::start().await;
    let _ = release(&gate).await;
    let vendor = system_tests::vendor::Vendor::of(city::DEPARTMENT).id();
    for reason in ["钥匙丢失", "again"] {
        let path = format!("/v1/admin/signers/{vendor}");
        let _ = gate.admin.delete(&path, &json!({"reason": reason})).await.ok();
    }
    let event = event_in(&gate, "signer.revoked", "none").await;
    assert_eq!(event["event"]["subject"], vendor.as_str());
    let data = &event["event"]["data"];
    assert_eq!((&data["reason"], &data["running"]), (&json!("钥匙丢失"), &json!("1")), "{event}");
    assert_eq!(gate.events("name=signer.revoked").await.len(), 1, "the second time changed nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_follows_reads_what_was_and_what_comes() {
    let gate = TestGate::start().await;
    let _ = release(&gate).await;
    event_in(&gate, "release.activated", "none").await;
    let mut following = gate.start_command("events --follow --json --limit 1");
    let line = |text: String| serde_json::from_str::<Value>(&text).unwrap()["event"]["name"].clone();
    assert_eq!(line(following.next_line().await), "release.activated", "the newest");
    let _ = gate.push_good(component::market_registration()).await;
    assert_eq!(line(following.next_line().await), "component.pushed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_fails_or_is_down_is_told_later_under_the_same_id() {
    let mut receiver = TestReceiver::start().await;
    let gate = telling(&receiver, "").await;
    receiver.answer(500);
    let _ = gate.push_good(component::hostile_guest()).await;
    let pushed = |seen: &[Delivery]| seen.iter().filter(|d| d.event == "component.pushed").count();
    receiver.until("a second attempt", |seen| pushed(seen) >= 2).await;
    receiver.answer(200);
    let event = event_in(&gate, "component.pushed", "delivered").await;
    let attempts = event["delivery"]["attempts"].as_u64().unwrap();
    assert!(attempts >= 2, "{event}");
    assert_eq!(event["delivery"]["last_error"], "the receiver answered 500");
    let mut seen = receiver.seen();
    seen.retain(|delivery| delivery.event == "component.pushed");
    assert!(seen.iter().all(|delivery| delivery.id == event["event"]["id"].as_str().unwrap()), "{seen:?}");
    let times: Vec<i64> = seen.iter().map(verified).collect();
    assert!(times.is_sorted(), "every attempt is signed anew: {times:?}");

    receiver.go_down().await;
    let _ = release(&gate).await;
    let waiting = until("an attempt in vain", async || {
        let newest = gate.events("name=release.activated").await.pop()?;
        (newest["delivery"]["attempts"].as_u64()? > 0).then_some(newest)
    })
    .await;
    assert_eq!(waiting["delivery"]["state"], "pending");
    assert!(waiting["delivery"]["next_at"].is_string(), "{waiting}");
    receiver.come_up().await;
    event_in(&gate, "release.activated", "delivered").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_of_a_host_that_was_killed_are_told_when_it_is_back() {
    let mut receiver = TestReceiver::start().await;
    let mut gate = telling(&receiver, "").await;
    receiver.go_down().await;
    let _ = release(&gate).await;
    let kept = three_events(&gate).await;
    gate.kill();
    receiver.come_up().await;
    gate.restart();
    let told = receiver.until("both events", |seen| seen.len() >= 3).await;
    for event in &kept {
        let id = event["event"]["id"].as_str().unwrap();
        let delivery = told.iter().find(|delivery| delivery.id == id).unwrap();
        verified(delivery);
        assert_eq!(delivery.json(), event["event"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_nobody_takes_is_given_up_and_shown() {
    let receiver = TestReceiver::start().await;
    let mut gate = telling(&receiver, "max_attempts = 1").await;
    receiver.answer(500);
    let _ = gate.push_good(component::hostile_guest()).await;
    let dead = event_in(&gate, "component.pushed", "dead").await;
    assert_eq!(dead["delivery"]["last_error"], "the receiver answered 500");
    let metrics = gate.admin.get("/metrics").await.text;
    assert!(metrics.contains(r#"creditgate_event_deliveries{state="dead"} 1"#), "{metrics}");

    gate.terminate().await;
    let text = gate.command_line("events --name component.pushed").ok();
    assert!(text.contains("component.pushed") && text.contains("dead"), "{text}");
    let listed = gate.command_line("events --limit 1 --json").json();
    assert_eq!(listed["events"][0]["delivery"]["state"], "dead", "{listed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_webhook_events_are_listed_to_those_who_may_see_them() {
    let mut gate = TestGate::start().await;
    let _ = release(&gate).await;
    let all = three_events(&gate).await;
    let names: Vec<_> = all.iter().map(|event| event["event"]["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["release.activated", "component.pushed", "catalogue.published"], "newest first");
    assert!(all.iter().all(|event| event["delivery"]["state"] == "none"), "{all:?}");
    let first = gate.admin.get("/v1/admin/events?limit=1").await.ok();
    assert_eq!(first["events"], json!([all[0]]));
    let next = first["next"].as_str().unwrap();
    assert_eq!(gate.events(&format!("cursor={next}")).await, all[1..]);
    assert_eq!(gate.events("name=component.pushed").await, all[1..2]);
    assert_eq!(gate.events("name=no.such.event").await, [] as [Value; 0]);
    let _ = gate.admin.get("/v1/admin/events?since=1").await.problem(400, "request.query");
    let _ = gate.caller.get("/v1/admin/events").await.problem(403, "auth.role");
    for role in ["auditor", "publisher"] {
        let reader = gate.somebody(role).await;
        assert_eq!(reader.get("/v1/admin/events").await.ok()["events"], json!(all));
    }

    // A webhook that comes later is told what happens from then on.
    let receiver = TestReceiver::start().await;
    gate.start_as(&Setup::default().webhook(&receiver, "")).await;
    let _ = gate.push_good(component::market_registration()).await;
    event_in(&gate, "component.pushed", "delivered").await;
    assert_eq!(receiver.seen().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_that_cannot_be_used_is_refused_with_the_reason() {
    let receiver = TestReceiver::start().await;
    let mut gate = telling(&receiver, "").await;
    gate.terminate().await;
    let refused = || gate.command_line("events").ended_with(1).errors;
    let secret = gate.store_file().ancestors().nth(2).unwrap().join("webhook-secret");
    std::fs::write(&secret, "too short").unwrap();
    let short = refused();
    assert!(short.contains("webhook") && short.contains("at least 16 bytes"), "{short}");
    std::fs::remove_file(&secret).unwrap();
    let missing = refused();
    assert!(missing.contains("webhook-secret"), "{missing}");
}
