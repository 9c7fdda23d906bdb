//! A plug-in is swapped while checks run.

use serde_json::{Value, json};
use system_tests::document::assert_has;
use system_tests::{Load, TestGate, city, component};

async fn serving_version_one() -> (TestGate, String) {
    let gate = TestGate::start().await;
    let bindings = ["intake", "review"].map(|checkpoint| city::regulated("food-licence", checkpoint));
    let digest = gate.serve(component::market_registration(), &bindings).await;
    (gate, digest)
}

async fn active(gate: &TestGate) -> Vec<Value> {
    let releases = gate.admin.list("releases", "/v1/admin/releases").await;
    releases.iter().map(|release| release["active"]["digest"].clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_check_fails_while_the_plug_in_is_swapped_and_rolled_back() {
    let (mut gate, first) = serving_version_one().await;
    let next = component::with_version(&component::market_registration(), "1.1.0");
    let caller = gate.caller.clone();
    let load = Load::start(6, move |number| {
        let caller = caller.clone();
        let request =
            city::request("food-licence", "review", &format!("case-{number}"), city::BANNED_COMPANY);
        async move { Some(caller.post("/v1/checks", &request).await) }
    });
    load.more(20).await;
    let second = gate.push_good(next).await;
    assert_ne!(second, first);
    assert_eq!(active(&gate).await, [first.as_str(); 2], "pushing switches nothing");
    let _ = gate.activate(&second).await.ok();
    let swapped = gate.checked("food-licence", "review", "after-swap", city::BANNED_COMPANY).await;
    assert_has(&swapped, &json!({"/plugin/version": "1.1.0", "/plugin/digest": second}));
    load.more(20).await;
    let _ = gate.roll_back("market-registration").await.ok();
    let back = gate.checked("food-licence", "review", "after-rollback", city::BANNED_COMPANY).await;
    assert_eq!(back["plugin"]["digest"], first.as_str());
    load.more(20).await;

    let replies = load.stop().await;
    for reply in &replies {
        let answer = reply.ok();
        assert_has(&answer, &json!({"status": "hit", "outcome": "refuse"}));
    }
    let by = |digest: &str| replies.iter().filter(|reply| reply.json()["plugin"]["digest"] == digest).count();
    assert!(by(&first) > 0 && by(&second) > 0, "both have served");
    assert_eq!(by(&first) + by(&second), replies.len(), "and nobody else");

    // What was active survives the restart, and there is more to go back to.
    let _ = gate.activate(&second).await.ok();
    gate.start_anew().await;
    assert_eq!(active(&gate).await, [second.as_str(); 2]);
    let answer = gate.checked("food-licence", "review", "after-restart", city::CLEAN_COMPANY).await;
    assert_eq!(answer["plugin"]["digest"], second.as_str());
    let _ = gate.roll_back("market-registration").await.ok();
    assert_eq!(active(&gate).await, [first.as_str(); 2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn r015_one_binding_can_have_a_release_of_its_own() {
    let (gate, first) = serving_version_one().await;
    let second = gate.push_good(component::with_version(&component::market_registration(), "1.1.0")).await;
    gate.approve(&second).await;
    let binding = format!("{}/food-licence/intake", city::DEPARTMENT);
    let order = json!({"digest": second, "binding": binding, "reason": "trial"});
    let _ = gate.admin.post("/v1/admin/releases:activate", &order).await.ok();
    for (checkpoint, digest) in [("intake", &second), ("review", &first)] {
        let answer = gate.checked("food-licence", checkpoint, "case-1", city::CLEAN_COMPANY).await;
        assert_eq!(answer["plugin"]["digest"], digest.as_str(), "{checkpoint}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_earlier_release_there_is_nothing_to_go_back_to() {
    let (gate, _) = serving_version_one().await;
    let before = gate.holdings().await;
    let refused = gate.roll_back("market-registration").await;
    let detail = refused.problem(409, "release.nothing_to_roll_back");
    assert!(detail.contains(&format!("{}/food-licence/", city::DEPARTMENT)), "{detail}");
    assert_eq!(gate.holdings().await, before);
}
