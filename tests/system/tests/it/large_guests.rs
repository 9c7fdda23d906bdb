//! Plug-ins that bring a language runtime along, from the push to the replay. Not
//! in plain `cargo test`: their tools come from the registries of other
//! languages; `cargo xtask test` builds and runs them.

use serde_json::{Value, json};
use system_tests::document::assert_has;
use system_tests::{TestGate, city, command_line, component};

/// The time and the random number in a rule's explanation.
fn ambient(answer: &Value) -> (&str, &str) {
    answer["explanation"].as_str().unwrap().split_once(' ').unwrap()
}

/// From the push to the replay. One host for all of it: each would compile the
/// rule anew, and Python takes its time.
async fn is_pushed_served_and_replayed(language: &str) {
    let mut gate = TestGate::with_hostile_guest().await;
    let mut binding = city::binding(&format!("{language}-rule"), language, "intake");
    // Of all limits this one is given; the others are the usual ones of its class.
    binding["limits"] = json!({"wall_clock_ms": 8000});
    gate.serve(component::rule(language), &[binding]).await;

    let mut answers = Vec::new();
    for case in ["case-1", "case-2"] {
        let answer = gate.checked(language, "intake", case, city::CLEAN_COMPANY).await;
        assert_has(&answer, &json!({"status": "clear", "outcome": "proceed"}));
        answers.push(answer);
    }
    assert_ne!(ambient(&answers[0]).1, ambient(&answers[1]).1, "every check has randomness of its own");
    let small = city::request("honest", "review", "case-3", city::CLEAN_COMPANY);
    let small = gate.check(&small).await.ok();
    assert_eq!(small["status"], "clear", "{small}");
    one_that_breaks_costs_its_own_check(&gate, language).await;

    gate.start_anew().await;
    for (answer, large) in answers.iter().map(|answer| (answer, true)).chain([(&small, false)]) {
        let replayed = gate.replay(answer).await;
        assert_has(&replayed, &json!({"result": "identical", "fuel": replayed["recorded_fuel"]}));
        assert_eq!(replayed["engine"], replayed["recorded_engine"]);
        let engine = replayed["engine"].as_str().unwrap();
        assert_eq!(engine.contains("-large/"), large, "{engine}");
    }
}

async fn one_that_breaks_costs_its_own_check(gate: &TestGate, language: &str) {
    for (behaviour, reason) in
        [("break", "plugin.trap"), ("fail", "plugin.failure"), ("eat-memory", "limit.memory")]
    {
        let mut request = city::request(language, "intake", behaviour, city::CLEAN_COMPANY);
        request["attributes"] = json!({"behaviour": behaviour});
        let answer = gate.check(&request).await.ok();
        assert_eq!(answer["status"], "could_not_check", "{behaviour}: {answer}");
        assert_eq!(answer["reasons"][0]["code"], reason, "{behaviour}: {answer}");
        request["attributes"] = json!({});
        assert_eq!(gate.check(&request).await.ok()["status"], "clear", "after {behaviour}");
    }
    assert_eq!(gate.ledger().await["intact"], true);
}

fn is_explained(language: &str) {
    let file = component::rule_file(language);
    let inspection = command_line(&format!("plugin inspect {} --json", file.display())).json();
    assert_has(&inspection, &json!({"accepted": true, "class": "large"}));
}

mod javascript {
    #[tokio::test(flavor = "multi_thread")]
    #[ignore = "needs the rule in JavaScript, which `cargo xtask guests` builds"]
    async fn is_pushed_served_and_replayed() {
        super::is_pushed_served_and_replayed("javascript").await;
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

    #[test]
    #[ignore = "needs the rule in Python, which `cargo xtask guests` builds"]
    fn is_explained() {
        super::is_explained("python");
    }
}
