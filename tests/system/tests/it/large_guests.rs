//! Plug-ins that bring a language runtime along, from the push to the replay. Not
//! in plain `cargo test`: their tools come from the registries of other
//! languages; `cargo xtask test` builds and runs them.

use serde_json::{Value, json};
use system_tests::{TestGate, city, command_line, component};

/// The time and the random number in a rule's explanation.
fn ambient(answer: &Value) -> (&str, &str) {
    answer["explanation"].as_str().unwrap().split_once(' ').unwrap()
}

async fn replay(gate: &TestGate, answer: &Value) -> Value {
    let id = answer["check_id"].as_str().unwrap();
    gate.admin.get(&format!("/v1/checks/{id}/replay")).await.ok()
}

/// A host that the rule in a language serves beside a guest of the SDK.
async fn host(language: &str) -> TestGate {
    let gate = TestGate::with_hostile_guest().await;
    let mut binding = city::binding(&format!("{language}-rule"), language, "intake");
    // Whatever class the plug-in is of, nobody has to say what is usual for it.
    binding["limits"] = json!({"wall_clock_ms": 8000});
    gate.serve(component::rule(language), &[binding]).await;
    gate
}

async fn is_pushed_served_and_replayed(language: &str) {
    let mut gate = host(language).await;
    let mut answers = Vec::new();
    for case in ["case-1", "case-2"] {
        let answer = gate.check(&city::request(language, "intake", case, city::CLEAN_COMPANY)).await.ok();
        assert_eq!((&answer["status"], &answer["outcome"]), (&json!("clear"), &json!("proceed")), "{answer}");
        answers.push(answer);
    }
    assert_ne!(ambient(&answers[0]).1, ambient(&answers[1]).1, "every check has randomness of its own");
    let small = city::request("honest", "review", "case-3", city::CLEAN_COMPANY);
    let small = gate.check(&small).await.ok();
    assert_eq!(small["status"], "clear", "{small}");

    gate.terminate().await;
    gate.restart();
    for (answer, class) in answers.iter().map(|answer| (answer, "-large/")).chain([(&small, "/")]) {
        let replayed = replay(&gate, answer).await;
        assert_eq!(replayed["result"], "identical", "{replayed}");
        assert_eq!(replayed["fuel"], replayed["recorded_fuel"]);
        assert_eq!(replayed["engine"], replayed["recorded_engine"]);
        let engine = replayed["engine"].as_str().unwrap();
        assert!(engine.contains(class) && engine.contains("-large") == (class != "/"), "{engine}");
    }
}

async fn that_breaks_costs_its_own_check(language: &str) {
    let gate = host(language).await;
    let request = |case, behaviour: Option<&str>| {
        let mut request = city::request(language, "intake", case, city::CLEAN_COMPANY);
        request["attributes"] = behaviour.map_or(json!({}), |name| json!({"behaviour": name}));
        request
    };
    for (behaviour, reason) in [("break", "plugin.trap"), ("eat-memory", "limit.memory")] {
        let answer = gate.check(&request(behaviour, Some(behaviour))).await.ok();
        assert_eq!(answer["status"], "could_not_check", "{behaviour}: {answer}");
        assert_eq!(answer["reasons"][0]["code"], reason, "{behaviour}: {answer}");
        let next = gate.check(&request("next", None)).await.ok();
        assert_eq!(next["status"], "clear", "after {behaviour}: {next}");
    }
    assert_eq!(gate.ledger().await["intact"], true);
}

fn is_explained(language: &str) {
    let file = component::rule_file(language);
    let output = command_line(&["plugin", "inspect", file.to_str().unwrap(), "--json"]);
    assert!(output.status.success(), "{output:?}");
    let inspection: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&inspection["accepted"], &inspection["class"]), (&json!(true), &json!("large")));
}

mod javascript {
    #[tokio::test(flavor = "multi_thread")]
    #[ignore = "needs the rule in JavaScript, which `cargo xtask guests` builds"]
    async fn is_pushed_served_and_replayed() {
        super::is_pushed_served_and_replayed("javascript").await;
    }

    #[tokio::test(flavor = "multi_thread")]
    #[ignore = "needs the rule in JavaScript, which `cargo xtask guests` builds"]
    async fn that_breaks_costs_its_own_check() {
        super::that_breaks_costs_its_own_check("javascript").await;
    }

    #[test]
    #[ignore = "needs the rule in JavaScript, which `cargo xtask guests` builds"]
    fn is_explained() {
        super::is_explained("javascript");
    }
}

mod python {
    #[tokio::test(flavor = "multi_thread")]
    #[ignore = "needs the rule in Python, which `cargo xtask guests` builds"]
    async fn is_pushed_served_and_replayed() {
        super::is_pushed_served_and_replayed("python").await;
    }

    #[tokio::test(flavor = "multi_thread")]
    #[ignore = "needs the rule in Python, which `cargo xtask guests` builds"]
    async fn that_breaks_costs_its_own_check() {
        super::that_breaks_costs_its_own_check("python").await;
    }

    #[test]
    #[ignore = "needs the rule in Python, which `cargo xtask guests` builds"]
    fn is_explained() {
        super::is_explained("python");
    }
}
