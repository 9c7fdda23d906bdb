//! Numbers of one organisation: what was recorded under a legacy number or an
//! earlier code is found under the code of today, is said to be, and replays.

use serde_json::{Value, json};
use system_tests::document::assert_has;
use system_tests::{TestGate, city};

/// A unified code made for a company whose earlier code is on a list.
const SUCCESSOR: &str = city::CLEAN_COMPANY;

async fn import(gate: &TestGate, rows: &[Value]) -> Value {
    gate.try_import("identifiers", rows).await.json()
}

#[tokio::test(flavor = "multi_thread")]
async fn r023_a_measure_follows_an_organisation_to_its_new_code_and_the_answer_says_how() {
    let gate = TestGate::with_hostile_guest().await;
    let request = |case: &str, code: &str| city::request("honest", "review", case, code);
    let before = gate.check(&request("case-1", SUCCESSOR)).await.json();
    assert_eq!(before["matches"], json!([]));

    let link =
        json!({"kind": "uscc", "value": city::BANNED_COMPANY, "uscc": SUCCESSOR, "source": "示例登记机关"});
    assert_eq!(import(&gate, &[link]).await["applied"], 1);
    let answer = gate.check(&request("case-2", SUCCESSOR)).await.json();
    assert_eq!(answer["matches"][0]["entry"]["id"], "entry-banned", "{answer}");
    assert_eq!(answer["matches"][0]["by"], format!("linked uscc {}", city::BANNED_COMPANY));
    assert_eq!(answer["measures"][0]["id"], city::BAN_MEASURE);
    let own = gate.check(&request("case-3", city::BANNED_COMPANY)).await.json();
    assert_eq!(own["matches"][0]["by"], Value::Null, "found under its own number");

    gate.replays(&answer).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r023_links_are_listed_page_by_page_with_numbers_that_are_no_codes_masked() {
    let gate = TestGate::start().await;
    let path = "/v1/admin/identifiers";
    assert_eq!(gate.admin.get(path).await.ok(), json!({"links": [], "total": 0}));
    let link = |kind: &str, value: &str| json!({"kind": kind, "value": value, "uscc": SUCCESSOR, "source": "示例登记机关"});
    let rows = [link("uscc", city::BANNED_COMPANY), link("other", "NB-000123")];
    assert_eq!(import(&gate, &rows).await["applied"], 2);
    let all = gate.admin.get(path).await.ok();
    assert_has(&all, &json!({"total": 2, "/links/1/value": city::BANNED_COMPANY}));
    assert!(!all.to_string().contains("NB-000123"), "{all}");
    let first = gate.admin.get(&format!("{path}?limit=1")).await.ok();
    assert_eq!(first["links"], json!([all["links"][0]]));
    let next = first["next"].as_str().unwrap();
    let page = gate.admin.get(&format!("{path}?limit=1&cursor={next}")).await.ok();
    assert_has(&page, &json!({"total": 2, "links": [all["links"][1]]}));
    let _ = gate.admin.get(&format!("{path}?number=1")).await.problem(400, "request.query");
    let _ = gate.caller.get(path).await.problem(403, "auth.role");
    let listed = gate.server_command("links --limit 1").ok();
    assert!(listed.contains("1 of 2 links") && listed.contains(SUCCESSOR), "{listed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn r024_links_that_contradict_each_other_are_refused_with_both_places() {
    let gate = TestGate::start().await;
    let link = |value: &str, uscc: &str| json!({"kind": "other", "value": value, "uscc": uscc, "source": "示例审批系统"});
    let one = link("NB-000123", SUCCESSOR);
    let other = link("NB-000123", city::BANNED_COMPANY);
    let together = import(&gate, &[one.clone(), other.clone()]).await;
    assert_has(&together, &json!({"status": 422, "/problems/0/line": 2}));
    assert_eq!(together["problems"][0]["code"], "link.two_subjects");
    assert_eq!(import(&gate, &[one]).await["applied"], 1);
    let later = import(&gate, &[other]).await;
    let message = later["problems"][0]["message"].as_str().unwrap();
    assert!(message.contains("imported before (source: 示例审批系统)"), "{message}");
    assert!(!later.to_string().contains("NB-000123"), "no number is repeated");
}

#[tokio::test(flavor = "multi_thread")]
async fn r022_every_kind_of_number_a_record_may_carry_finds_it() {
    let gate = TestGate::with_hostile_guest().await;
    let kinds = [
        ("uscc", "91370811MA3A0B1C6C"),
        ("organisation_code", "101623741"),
        ("registration_number", "370811600000010"),
        ("lei", "300300A0B1C2D3E4F545"),
        // Residents of Hong Kong, Macao and Taiwan, and foreigners.
        ("citizen_id", "810000199001010019"),
        ("citizen_id", "830000198506150024"),
        ("citizen_id", "990101199001010017"),
        // The older form of a foreigner's permanent residence, and a passport.
        ("other", "CAN110085010123"),
        ("other", "E12345678"),
    ];
    let template = city::entries().swap_remove(0);
    let rows: Vec<Value> = kinds
        .iter()
        .enumerate()
        .map(|(number, (kind, value))| {
            let mut row = template.clone();
            row["id"] = json!(format!("kind-{number}"));
            row["subject_identifiers"] = json!([{"kind": kind, "value": value}]);
            row
        })
        .collect();
    gate.import("lists", &rows).await;
    for (number, (kind, value)) in kinds.iter().enumerate() {
        let mut request = city::request("honest", "review", &format!("case-{number}"), city::CLEAN_COMPANY);
        request["parties"][0]["identifiers"] = json!([{"kind": kind, "value": value}]);
        let answer = gate.check(&request).await.json();
        assert_eq!(
            answer["matches"][0]["entry"]["id"],
            format!("kind-{number}"),
            "{kind} {number}: {answer}"
        );
        assert!(*kind == "uscc" || !answer.to_string().contains(value), "{kind} is not repeated");
    }
}
