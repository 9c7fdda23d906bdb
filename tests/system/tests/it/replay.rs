//! A check of the past is run again and must say the same.

use rusqlite::Connection;
use serde_json::{Value, json};
use system_tests::{TestGate, city, component};

async fn replay(gate: &TestGate, answer: &Value) -> Value {
    let id = answer["check_id"].as_str().unwrap();
    gate.admin.get(&format!("/v1/checks/{id}/replay")).await.ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn r014_every_kind_of_check_replays_identically_also_after_its_release_was_replaced() {
    let gate = TestGate::start().await;
    let mut off = city::binding("market-registration", "off", "review");
    off["mode"] = json!("off");
    let mut observed = city::binding("market-registration", "observed", "review");
    observed["mode"] = json!("observe");
    let bindings = [off, observed, city::binding("market-registration", "food-licence", "review")];
    gate.serve(component::market_registration(), &bindings).await;
    let misbehaving = [
        city::honest("honest"),
        city::hostile("panics", &json!({"behaviour": "honest"}), &json!({})),
        city::hostile("loops", &json!({"behaviour": "honest"}), &json!({"fuel": 1_000_000})),
    ];
    gate.serve(component::hostile_guest(), &misbehaving).await;
    let mut answers = Vec::new();
    for (item, company) in [
        ("food-licence", city::CLEAN_COMPANY),
        ("food-licence", city::BANNED_COMPANY),
        ("food-licence", city::DISPUTING_COMPANY),
        ("observed", city::BANNED_COMPANY),
        ("off", city::BANNED_COMPANY),
        ("honest", city::BANNED_COMPANY),
        ("panics", city::CLEAN_COMPANY),
        ("loops", city::CLEAN_COMPANY),
    ] {
        let mut request = city::request(item, "review", &format!("case-{item}"), company);
        match item {
            "panics" => request["attributes"] = json!({"behaviour": "panic"}),
            "loops" => request["attributes"] = json!({"behaviour": "endless-loop"}),
            _ => {}
        }
        answers.push(gate.check(&request).await.ok());
    }
    let next = component::with_version(&component::market_registration(), "1.1.0");
    let digest = gate.push_good(next).await;
    let _ = gate.activate(&digest).await.ok();

    for answer in &answers {
        let replayed = replay(&gate, answer).await;
        assert_eq!(replayed["result"], "identical", "{answer}\n{replayed}");
        assert_eq!(replayed["fuel"], replayed["recorded_fuel"]);
        assert_eq!(replayed["engine"], replayed["recorded_engine"]);
    }
    let statuses: Vec<_> = answers.iter().map(|answer| answer["status"].as_str().unwrap()).collect();
    assert_eq!(
        statuses,
        ["clear", "hit", "hit", "hit", "could_not_check", "hit", "could_not_check", "could_not_check"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_replay_lacks_is_named_and_never_guessed() {
    let gate = TestGate::start().await;
    let unserved = city::binding("another-plugin", "unserved", "review");
    gate.serve(
        component::market_registration(),
        &[city::binding("market-registration", "food-licence", "review"), unserved],
    )
    .await;
    let check = |item: &'static str| {
        let request = city::request(item, "review", "case-1", city::CLEAN_COMPANY);
        let gate = &gate;
        async move { gate.check(&request).await.ok() }
    };
    let nobody = replay(&gate, &check("unserved").await).await;
    assert_eq!(
        (&nobody["result"], &nobody["reason"]["code"]),
        (&json!("not_reconstructible"), &json!("not_called"))
    );

    let answer = check("food-licence").await;
    // The component goes, as an operator might do who is short of room.
    let next = component::with_version(&component::market_registration(), "1.1.0");
    let digest = gate.push_good(next).await;
    let _ = gate.activate(&digest).await.ok();
    let store = Connection::open(gate.store_file()).unwrap();
    store.pragma_update(None, "foreign_keys", false).unwrap();
    let purged = store.execute("DELETE FROM components WHERE digest <> ?1", [&digest]).unwrap();
    assert_eq!(purged, 1);
    let gone = replay(&gate, &answer).await;
    assert_eq!(gone["result"], "not_reconstructible");
    assert_eq!(gone["reason"]["code"], "component_gone");
    assert!(gone["reason"]["text"].as_str().unwrap().contains("sha256:"), "{gone}");

    let unknown = "/v1/checks/01a208b7-5547-7be4-ba02-769162f83f06/replay";
    let _ = gate.admin.get(unknown).await.problem(404, "check.unknown");
    let _ = gate.caller.get(unknown).await.problem(403, "auth.role");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_was_tampered_with_replays_differently_and_says_where() {
    let mut gate = TestGate::start().await;
    gate.serve(
        component::market_registration(),
        &[city::binding("market-registration", "food-licence", "review")],
    )
    .await;
    let request = city::request("food-licence", "review", "case-1", city::BANNED_COMPANY);
    let answer = gate.check(&request).await.ok();
    let store = Connection::open(gate.store_file()).unwrap();
    let tampered = store
        .execute(
            "UPDATE checks SET record = json_set(record, '$.judged.verdict.outcome', 'proceed',
                    '$.settled.outcome', 'proceed', '$.judged.fuel_used', 1)",
            [],
        )
        .unwrap();
    assert_eq!(tampered, 1);
    let replayed = replay(&gate, &answer).await;
    assert_eq!(replayed["result"], "different");
    let parts: Vec<_> = replayed["differences"]
        .as_array()
        .unwrap()
        .iter()
        .map(|difference| (difference["part"].as_str().unwrap(), difference["recorded"].as_str().unwrap()))
        .collect();
    assert_eq!(parts, [("verdict.outcome", "proceed"), ("fuel_used", "1"), ("settled.outcome", "proceed")]);
    assert_eq!(replayed["differences"][0]["replayed"], "refuse");
    gate.terminate().await;
    let output = gate.command_line(&["replay", answer["check_id"].as_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
}
