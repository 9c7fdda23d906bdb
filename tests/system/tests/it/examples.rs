//! A component is held to the examples its vendor ships in it.

use serde_json::{Value, json};
use system_tests::document::with;
use system_tests::{Setup, TestGate, city, component};

/// A case for the guest that misbehaves on demand.
fn example(behaviour: &str, expect: &Value) -> Value {
    let mut request = city::request("honest", "review", "example-1", city::BANNED_COMPANY);
    request["attributes"] = json!({"behaviour": behaviour});
    json!({
        "name": "one", "note": "示例", "on": "2026-03-02", "request": request,
        "entries": [city::entries()[0]], "expect": expect,
    })
}

/// The same with one field changed, by its JSON pointer.
fn changed(pointer: &str, value: Value) -> Value {
    let mut example = example("honest", &json!({"outcome": "proceed"}));
    *example.pointer_mut(pointer).unwrap() = value;
    example
}

fn guest_with(examples: &Value) -> Vec<u8> {
    component::with_examples(component::hostile_guest(), examples.to_string().as_bytes())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_real_plug_ins_do_what_their_examples_say() {
    let gate = Setup::default().releases("require_signature = false").start().await;
    let cases = [
        (component::market_registration(), ["good-standing", "serious-food-dishonesty"]),
        (component::construction_permit(), ["banned-project-manager", "wage-arrears"]),
        (component::public_procurement(), ["banned-supplier", "no-credit-report"]),
    ];
    for (component, expected) in cases {
        let report = gate.push_unsigned(component).await.ok();
        let runs = report["examples"].as_array().unwrap();
        let names: Vec<_> = runs.iter().map(|run| run["name"].as_str().unwrap()).collect();
        assert_eq!(names, expected, "{report}");
        assert!(runs.iter().all(|run| run["fuel"].as_u64().unwrap() > 0), "{report}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_example_that_comes_out_otherwise_refuses_the_push_and_says_where() {
    let gate = TestGate::start().await;
    let before = gate.holdings().await;
    let cases: [(&str, Value, &[&str]); 5] = [
        ("honest", json!({"outcome": "refuse"}), &["`one`", "outcome: expected refuse, found proceed"]),
        ("honest", json!({"outcome": "proceed", "status": "clear"}), &["status: expected clear, found hit"]),
        (
            "honest",
            json!({"outcome": "proceed", "advice": ["fast_track"], "grounds": ["b1"]}),
            &["advice: expected fast_track, found none", "grounds: expected b1, found none"],
        ),
        ("panic", json!({"outcome": "proceed"}), &["outcome: expected proceed, found manual_review ("]),
        ("endless-loop", json!({"outcome": "proceed"}), &["found manual_review (", "fuel"]),
    ];
    for (behaviour, expect, named) in cases {
        let good = json!({"outcome": "proceed", "status": "hit", "advice": [], "grounds": []});
        let first = with(example("honest", &good), &json!({"name": "good"}));
        let component = guest_with(&json!([first, example(behaviour, &expect)]));
        let detail = gate.push(component).await.problem(422, "plugin.example_failed");
        for word in named {
            assert!(detail.contains(word), "{behaviour} {expect}: {detail}");
        }
        assert!(!detail.contains("`good`"), "{detail}");
        assert!(!detail.contains(city::BANNED_COMPANY), "an error holds no identity number: {detail}");
    }
    assert_eq!(gate.holdings().await, before);
    assert_eq!(gate.events("name=component.pushed").await, [] as [Value; 0]);

    let hit = example("honest", &json!({"outcome": "proceed", "status": "hit"}));
    let changes = json!({"name": "two", "entries": [city::entries()[1]]});
    let of_another = with(example("honest", &json!({"outcome": "proceed", "status": "clear"})), &changes);
    let report = gate.push(guest_with(&json!([hit, of_another]))).await.ok();
    let names: Vec<_> = report["examples"].as_array().unwrap().iter().map(|run| &run["name"]).collect();
    assert_eq!(names, ["one", "two"], "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn examples_that_cannot_be_run_or_read_are_refused_with_the_place() {
    let gate = TestGate::start().await;
    let before = gate.holdings().await;
    let unusable = [
        (
            changed("/request/checkpoint", json!("custom-of-nobody")),
            "does not serve checkpoint `custom-of-nobody`",
        ),
        (changed("/request/operator", json!(" ")), "its request has faults: operator must not be empty"),
        (
            changed("/request/parties/0/identifiers/0/value", json!("91110000600037341")),
            "parties[0].identifiers[0]",
        ),
    ];
    for (example, named) in unusable {
        let detail = gate.push(guest_with(&json!([example]))).await.problem(422, "plugin.example_failed");
        assert!(detail.contains("`one` cannot be run") && detail.contains(named), "{named}: {detail}");
        assert!(!detail.contains("91110000600037341"), "{detail}");
    }
    let settings = with(changed("/on", json!("2026-03-02")), &json!({"settings": {"behavior": "honest"}}));
    let detail = gate.push(guest_with(&json!([settings]))).await.problem(422, "plugin.example_failed");
    assert!(
        detail.contains("its settings do not fit the manifest") && detail.contains("behavior"),
        "{detail}"
    );

    let good = || changed("/on", json!("2026-03-02"));
    let mut many = vec![good(); 65];
    for (index, example) in many.iter_mut().enumerate() {
        example["name"] = json!(format!("e{index}"));
    }
    let misspelt = with(good(), &json!({"expects": {}}));
    let malformed: [(&str, Vec<u8>, &str); 7] = [
        ("not JSON", b"[{".to_vec(), "is not JSON"),
        ("no array", b"{}".to_vec(), ""),
        ("an unknown field", json!([misspelt]).to_string().into_bytes(), "did you mean `expect`?"),
        (
            "an unknown word",
            json!([changed("/expect/outcome", json!("yes"))]).to_string().into_bytes(),
            "[0].expect.outcome",
        ),
        ("a name twice", json!([good(), good()]).to_string().into_bytes(), "[1].name"),
        ("too many", json!(many).to_string().into_bytes(), "65 examples, at most 64"),
        ("too long", vec![b' '; (256 << 10) + 1], "at most 262144"),
    ];
    for (what, section, named) in malformed {
        let component = component::with_examples(component::hostile_guest(), &section);
        let detail = gate.push(component).await.problem(422, "plugin.examples_malformed");
        assert!(detail.contains(named), "{what}: {detail}");
    }
    let twice = component::with_examples(guest_with(&json!([good()])), b"[]");
    let detail = gate.push(twice).await.problem(422, "plugin.examples_malformed");
    assert!(detail.contains("more than one section `creditgate:examples`"), "{detail}");
    assert_eq!(gate.holdings().await, before);
}
