//! A check of the past is run again and must say the same.

use serde_json::json;
use system_tests::document::{assert_has, text, with};
use system_tests::{TestGate, city, component};

#[tokio::test(flavor = "multi_thread")]
async fn r014_every_kind_of_check_replays_identically_also_after_its_release_was_replaced() {
    let gate = TestGate::start().await;
    let off = with(city::regulated("off", "review"), &json!({"mode": "off"}));
    let observed = with(city::regulated("observed", "review"), &json!({"mode": "observe"}));
    let bindings = [off, observed, city::regulated("food-licence", "review")];
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
        let replayed = gate.replay(answer).await;
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
    let unserved = city::binding("another-plugin", "unserved", "review");
    let gate = TestGate::serving(
        component::market_registration(),
        &[city::regulated("food-licence", "review"), unserved],
    )
    .await;
    let check = |item: &'static str| {
        let request = city::request(item, "review", "case-1", city::CLEAN_COMPANY);
        let gate = &gate;
        async move { gate.check(&request).await.ok() }
    };
    let nobody = gate.replay(&check("unserved").await).await;
    assert_has(&nobody, &json!({"result": "not_reconstructible", "/reason/code": "not_called"}));

    let answer = check("food-licence").await;
    // The component goes, as an operator might do who is short of room.
    let next = component::with_version(&component::market_registration(), "1.1.0");
    let digest = gate.push_good(next).await;
    let _ = gate.activate(&digest).await.ok();
    gate.change_store(1, "DELETE FROM components WHERE digest <> ?1", [&digest]);
    let gone = gate.replay(&answer).await;
    assert_has(&gone, &json!({"result": "not_reconstructible", "/reason/code": "component_gone"}));
    assert!(gone["reason"]["text"].as_str().unwrap().contains("sha256:"), "{gone}");

    let unknown = "/v1/checks/01a208b7-5547-7be4-ba02-769162f83f06/replay";
    let _ = gate.admin.get(unknown).await.problem(404, "check.unknown");
    let _ = gate.caller.get(unknown).await.problem(403, "auth.role");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_was_tampered_with_replays_differently_and_says_where() {
    let mut gate =
        TestGate::serving(component::market_registration(), &[city::regulated("food-licence", "review")])
            .await;
    let request = city::request("food-licence", "review", "case-1", city::BANNED_COMPANY);
    let answer = gate.check(&request).await.ok();
    let tampering = "UPDATE checks SET record = json_set(record, '$.judged.verdict.outcome', 'proceed',
                                                         '$.settled.outcome', 'proceed', '$.judged.fuel_used', 1)";
    gate.change_store(1, tampering, []);
    let replayed = gate.replay(&answer).await;
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
    let _ = gate.command_line(&format!("replay {}", text(&answer, "check_id"))).ended_with(1);
}
