//! Guests that misbehave while they serve: each costs its own check and nothing
//! else.

use serde_json::{Value, json};
use system_tests::{Setup, TestGate, city, component};

/// What a guest is told to do, and what the officer is told of it.
struct Case {
    behaviour: &'static str,
    size: u32,
    limits: Value,
    applicant: &'static str,
    status: &'static str,
    reason: &'static str,
    named: &'static str,
}

/// A guest that breaks off: nothing can be said about the applicant.
const fn breaks(
    behaviour: &'static str,
    size: u32,
    limits: Value,
    reason: &'static str,
    named: &'static str,
) -> Case {
    let applicant = city::CLEAN_COMPANY;
    Case { behaviour, size, limits, applicant, status: "could_not_check", reason, named }
}

/// A guest whose verdict on the banned company breaks a rule of the host.
fn misjudges(behaviour: &'static str, reason: &'static str, named: &'static str) -> Case {
    let applicant = city::BANNED_COMPANY;
    Case { behaviour, size: 0, limits: json!({}), applicant, status: "hit", reason, named }
}

fn cases() -> Vec<Case> {
    let none = || json!({});
    let ample = || json!({"fuel": 100_000_000_000_u64, "wall_clock_ms": 200});
    let roomy = || json!({"fuel": 10_000_000_000_u64, "wall_clock_ms": 8000, "memory_bytes": 250_000_000});
    vec![
        breaks("endless-loop", 0, none(), "limit.fuel", "raise limits.fuel of binding"),
        breaks("endless-loop", 0, ample(), "limit.wall_clock", "over 200 of limits.wall_clock_ms"),
        breaks("endless-recursion", 0, none(), "plugin.stack_overflow", "ran out of stack"),
        breaks("memory-bomb", 0, none(), "limit.memory", "limits.memory_bytes"),
        breaks("big-result", 100_000_000, roomy(), "limit.result", "limits.result_bytes"),
        breaks("log-flood", 1000, none(), "limit.log", "limits.log_bytes"),
        breaks("many-host-calls", 1000, none(), "limit.host_calls", "over 256 of limits.host_calls"),
        breaks("panic", 0, none(), "plugin.trap", "hostile-guest 1.0.0 at review broke"),
        breaks("unreachable", 0, none(), "plugin.trap", "unreachable"),
        breaks("foreign-party", 0, none(), "plugin.failure", "not-a-party"),
        breaks("failure", 0, none(), "plugin.failure", "the guest chose to fail"),
        breaks("feedback-flood", 200, none(), "plugin.failure", "rejected"),
        breaks("unknown-measure", 0, none(), "measure.unknown", "`no-such-measure`"),
        breaks("refuse-without-basis", 0, none(), "refusal.no_basis", "legal basis"),
        breaks(
            "refuse-with-unknown-basis",
            0,
            none(),
            "refusal.basis_not_in_force",
            "`basis.of-no-catalogue`",
        ),
        breaks("commitment-without-commitment", 0, none(), "commitment.missing", "commitment"),
        misjudges("no-dispositions", "measure.undisposed", city::BAN_MEASURE),
        misjudges("exempt-mandatory-without-reason", "measure.reason_missing", city::BAN_MEASURE),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_that_misbehaves_costs_its_own_check_and_is_never_taken_for_clear() {
    let gate = TestGate::with_hostile_guest().await;
    let honest = city::request("honest", "review", "case-honest", city::CLEAN_COMPANY);
    let cases = cases();
    let item = |index: usize| format!("item-{index}");
    // Guests that pass their trial and misbehave later.
    let behaving: Vec<Value> = (0..cases.len()).map(|index| city::honest(&item(index))).collect();
    let digest = gate.serve(component::hostile_guest(), &behaving).await;
    let misbehaving: Vec<Value> = cases
        .iter()
        .enumerate()
        .map(|(index, case)| {
            let settings = json!({"behaviour": case.behaviour, "size": case.size});
            city::hostile(&item(index), &settings, &case.limits)
        })
        .collect();
    gate.import("bindings", &misbehaving).await;

    for (index, case) in cases.iter().enumerate() {
        let what = case.behaviour;
        let request = city::request(&item(index), "review", &format!("case-{index}"), case.applicant);
        let answer = gate.check(&request).await.ok();
        assert_eq!(answer["status"], case.status, "{what}: {answer}");
        assert_eq!(answer["outcome"], "manual_review", "{what}: {answer}");
        assert_eq!(answer["reasons"][0]["code"], case.reason, "{what}: {answer}");
        let text = answer["reasons"][0]["text"].as_str().unwrap();
        assert!(text.contains(case.named), "{what}: {text}");
        assert_eq!(answer["plugin"]["digest"], digest.as_str(), "{what}");
        // It is on record as it was answered, and the next one is served.
        let id = answer["check_id"].as_str().unwrap();
        assert_eq!(gate.caller.get(&format!("/v1/checks/{id}")).await.ok(), answer, "{what}");
        assert_eq!(gate.check(&honest).await.ok()["status"], "clear", "after {what}");
    }
    assert_eq!(gate.feedback("pending").await.len(), 0, "a guest that fails reports nothing");
    assert_eq!(gate.ledger().await["records"], 2 * cases.len());
    assert_eq!(gate.ledger().await["intact"], true);
}

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
    let gate = Setup::default().sandbox("queue_wait_ms = 60000").start().await;
    gate.serve(component::hostile_guest(), &[city::honest("honest")]).await;
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
