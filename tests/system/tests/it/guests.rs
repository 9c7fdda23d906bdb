//! What guests that misbehave cost the others: nothing. What comes of each kind
//! of misbehaviour itself is in `hostile`.

use serde_json::json;
use system_tests::{Setup, TestGate, city, component};

#[tokio::test(flavor = "multi_thread")]
async fn a_call_leaves_nothing_in_the_guest_for_the_next_one() {
    let gate = TestGate::start().await;
    let state = city::hostile("state", &json!({"behaviour": "keep-state"}), &json!({}));
    let memory = city::hostile("memory", &json!({"behaviour": "read-uninitialised"}), &json!({}));
    gate.serve(component::hostile_guest(), &[state, memory]).await;
    let explanation = async |item, round: usize| {
        let request = city::request(item, "review", &format!("case-{round}"), city::CLEAN_COMPANY);
        gate.check(&request).await.ok()["explanation"].as_str().unwrap().to_owned()
    };
    // What a call itself has let go of it may find again; 48 KiB of marks of the call before it may not.
    let own = explanation("memory", 0).await;
    let left: u32 = own.strip_prefix("bytes left over: ").unwrap().parse().unwrap();
    assert!(left < 100, "{own}");
    for round in 0..40 {
        assert_eq!(explanation("state", round).await, "calls before this one: 0", "round {round}");
        assert_eq!(explanation("memory", round).await, own, "round {round}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn guests_that_run_into_their_limits_do_not_hold_up_the_others() {
    // One after the other, which takes them longer than calls wait by default.
    let gate = Setup::default().sandbox("queue_wait_ms = 60000").with_hostile_guest().await;
    let slow = |behaviour| {
        city::hostile(
            "slow",
            &json!({"behaviour": behaviour}),
            &json!({"fuel": 100_000_000_000_u64, "wall_clock_ms": 1000}),
        )
    };
    gate.serve(component::hostile_guest(), &[slow("honest")]).await;
    gate.import("bindings", &[slow("endless-loop")]).await;
    let loops = (0..3).map(|number| {
        let caller = gate.caller.clone();
        let request = city::request("slow", "review", &format!("slow-{number}"), city::CLEAN_COMPANY);
        tokio::spawn(async move { caller.post("/v1/checks", &request).await.ok() })
    });
    let loops: Vec<_> = loops.collect();
    for number in 0..20 {
        let request = city::request("honest", "review", &format!("quick-{number}"), city::CLEAN_COMPANY);
        assert_eq!(gate.check(&request).await.ok()["status"], "clear");
    }
    for running in loops {
        let answer = running.await.unwrap();
        assert_eq!(answer["reasons"][0]["code"], "limit.wall_clock", "{answer}");
    }
}
