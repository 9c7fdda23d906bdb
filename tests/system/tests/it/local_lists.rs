//! Lists that are kept here, from the proposal to the exit.

use serde_json::{Value, json};
use system_tests::document::{assert_has, texts, with};
use system_tests::{Client, TestGate, city};

const ITEM: &str = "honest";
const RED: &str = "honour";
const WATCH: &str = "watch.food";
const BLACK: &str = "food-drug.serious";

/// A host that knows three lists, under a policy with these rules of lists.
async fn city_with(listing: &Value) -> TestGate {
    let gate = TestGate::with_hostile_guest().await;
    let changes = json!({"version": "lists", "effective_from": "2020-01-02"});
    let mut policy = with(city::policies().remove(0), &changes);
    policy["listing"] = listing.clone();
    gate.import("policy", &[policy]).await;
    let list = |code: &str, kind: &str| {
        json!({"code": code, "name": "示例名单", "kind": kind, "field": "food-and-drug", "key_field": true,
               "level": "local", "standard": "示例标准", "authorities": ["示例机关"]})
    };
    gate.import("list-types", &[list(RED, "red"), list(WATCH, "watch"), list(BLACK, "black")]).await;
    gate
}

fn proposal(list: &str, uscc: &str) -> Value {
    json!({
        "division": city::division::CHECK, "list": list, "severity": "slight",
        "subject_name": "示例申请有限公司", "subject_identifiers": [{"kind": "uscc", "value": uscc}],
        "facts": "示例事实", "authority": "示例机关", "basis": "示例依据", "recognised_on": "2026-01-05",
        "valid_until": "2099-01-01",
        "particulars": {"repairable": true, "repair_modes": ["public_commitment"], "repair_until": "2098-01-01"},
        "reason": "年度抽检",
    })
}

async fn propose(gate: &TestGate, proposal: &Value) -> String {
    let proposed = gate.admin.post("/v1/admin/entries", proposal).await.ok();
    proposed["entry"]["id"].as_str().unwrap().to_owned()
}

/// Proposes an entry, and has somebody else agree to it.
async fn listed(gate: &TestGate, proposal: &Value) -> String {
    let id = propose(gate, proposal).await;
    let _ = gate.chief.post(&approval(&id), &json!({"reason": "已复核"})).await.ok();
    id
}

fn approval(id: &str) -> String {
    format!("/v1/admin/entries/{id}/approval")
}

async fn show(gate: &TestGate, id: &str) -> Value {
    gate.admin.get(&format!("/v1/admin/entries/{id}")).await.ok()
}

async fn step(client: &Client, id: &str, body: Value) -> system_tests::Reply {
    let body = with(body, &json!({"reason": "示例理由"}));
    client.post(&format!("/v1/admin/entries/{id}/steps"), &body).await
}

/// Lists a check of the company finds it on.
async fn found_on(gate: &TestGate, case_no: &str, uscc: &str) -> Vec<String> {
    let answer = gate.checked(ITEM, "review", case_no, uscc).await;
    let matches = answer["matches"].as_array().unwrap().iter();
    matches.map(|found| found["entry"]["list"].as_str().unwrap().to_owned()).collect()
}

fn steps(shown: &Value) -> Vec<&str> {
    texts(&shown["history"], "step")
}

#[tokio::test(flavor = "multi_thread")]
async fn r040_a_proposal_counts_once_somebody_else_has_agreed() {
    let gate = city_with(&json!({})).await;
    let id = propose(&gate, &proposal(BLACK, city::CLEAN_COMPANY)).await;
    assert_eq!(found_on(&gate, "c1", city::CLEAN_COMPANY).await, [""; 0], "only proposed");
    let reason = json!({"reason": "示例"});
    let own = gate.admin.post(&approval(&id), &reason).await.problem(403, "entry.own");
    assert!(own.contains(&id), "{own}");
    let early = step(&gate.admin, &id, json!({"step": "withdraw"})).await;
    let _ = early.problem(409, "entry.not_approved");
    let approved = gate.chief.post(&approval(&id), &reason).await.ok();
    assert_has(&approved, &json!({"state": "effective", "public": false}));
    assert_eq!(steps(&approved), ["propose", "approve"]);
    assert_eq!(approved["entry"]["particulars"]["maximum_publicity_until"], "2026-04-05", "slight: 3 months");
    assert_eq!(found_on(&gate, "c2", city::CLEAN_COMPANY).await, [BLACK]);
    let _ = gate.chief.post(&approval(&id), &reason).await.problem(409, "entry.decided");

    let refused = propose(&gate, &proposal(BLACK, city::NAMESAKE_COMPANY)).await;
    let rejected = step(&gate.chief, &refused, json!({"step": "reject"})).await.ok();
    assert_eq!(rejected["kept"]["proposal"], "refused");
    let _ = gate.chief.post(&approval(&refused), &reason).await.problem(409, "entry.decided");
    for (query, ids) in
        [("state=refused", vec![&refused]), ("state=effective", vec![&id]), ("list=other", vec![])]
    {
        let listed = gate.admin.get(&format!("/v1/admin/entries?{query}")).await.ok();
        let found: Vec<_> =
            listed["entries"].as_array().unwrap().iter().map(|it| &it["entry"]["id"]).collect();
        assert_eq!(found, ids, "{query}");
    }
    let _ = gate.admin.get("/v1/admin/entries?state=fine").await.problem(400, "request.query");

    let gate = city_with(&json!({"review": false})).await;
    let id = propose(&gate, &proposal(BLACK, city::CLEAN_COMPANY)).await;
    assert_eq!(show(&gate, &id).await["state"], "effective", "no second person is asked for");
}

#[tokio::test(flavor = "multi_thread")]
async fn r033_an_announced_entry_triggers_nothing_until_it_is_confirmed() {
    let gate = city_with(&json!({})).await;
    let announced = with(proposal(BLACK, city::CLEAN_COMPANY), &json!({"preliminary": true}));
    let id = listed(&gate, &announced).await;
    assert_eq!(show(&gate, &id).await["state"], "not_in_effect");
    assert_eq!(found_on(&gate, "c1", city::CLEAN_COMPANY).await, [""; 0]);
    let _ = step(&gate.admin, &id, json!({"step": "confirm"})).await.problem(403, "entry.own");
    let _ = step(&gate.chief, &id, json!({"step": "repair"})).await.problem(409, "entry.still_preliminary");
    let confirmed = step(&gate.chief, &id, json!({"step": "confirm"})).await.ok();
    assert_eq!(confirmed["state"], "effective");
    assert_eq!(found_on(&gate, "c2", city::CLEAN_COMPANY).await, [BLACK]);
}

#[tokio::test(flavor = "multi_thread")]
async fn r034_a_natural_person_is_listed_only_after_a_notice_and_shown_masked() {
    let gate = city_with(&json!({})).await;
    let mut person = proposal(BLACK, city::CLEAN_COMPANY);
    person["subject_name"] = json!("示例某甲");
    person["subject_identifiers"] = json!([{"kind": "citizen_id", "value": city::CLEAN_PERSON}]);
    let refused = gate.admin.post("/v1/admin/entries", &person).await;
    let faults = refused.json()["errors"].clone();
    assert_eq!(faults[0]["code"], "entry.no_prior_notice", "{faults}");
    person["preliminary"] = json!(true);
    let id = listed(&gate, &person).await;
    let _ = step(&gate.chief, &id, json!({"step": "confirm"})).await.problem(409, "entry.no_prior_notice");
    person["preliminary"] = json!(false);
    person["particulars"]["prior_notice_on"] = json!("2026-01-01");
    let id = listed(&gate, &person).await;
    let shown = show(&gate, &id).await.to_string();
    assert!(!shown.contains(city::CLEAN_PERSON) && !shown.contains("示例某甲"), "{shown}");
    assert!(!gate.log().contains(city::CLEAN_PERSON));
}

#[tokio::test(flavor = "multi_thread")]
async fn r043_a_watch_entry_asks_for_a_warning_and_r045_escalates() {
    let gate = city_with(&json!({})).await;
    let proposed = gate.admin.post("/v1/admin/entries", &proposal(WATCH, city::CLEAN_COMPANY)).await.ok();
    assert_eq!(proposed["warnings"][0]["code"], "entry.not_warned", "{proposed}");
    let watch = proposed["entry"]["id"].as_str().unwrap().to_owned();
    let _ = gate.chief.post(&approval(&watch), &json!({"reason": "示例"})).await.ok();
    let event = gate.events("name=entry.watch_listed").await.remove(0);
    assert_has(&event, &json!({"/event/subject": watch.as_str(), "/event/data/valid_until": "2099-01-01"}));
    let warned = step(&gate.admin, &watch, json!({"step": "warn"})).await.ok();
    assert!(warned["entry"]["particulars"]["warned_on"].is_string());

    let mut black = with(proposal(BLACK, city::NAMESAKE_COMPANY), &json!({"escalates": watch}));
    let other = gate.admin.post("/v1/admin/entries", &black).await;
    assert_eq!(other.json()["errors"][0]["code"], "entry.other_subject");
    black["subject_identifiers"] = proposal(BLACK, city::CLEAN_COMPANY)["subject_identifiers"].clone();
    let black = propose(&gate, &black).await;
    assert_eq!(found_on(&gate, "c1", city::CLEAN_COMPANY).await, [WATCH], "until it is agreed to");
    let _ = gate.chief.post(&approval(&black), &json!({"reason": "示例"})).await.ok();
    assert_eq!(found_on(&gate, "c2", city::CLEAN_COMPANY).await, [BLACK]);
    let closed = show(&gate, &watch).await;
    assert_eq!(closed["entry"]["particulars"]["exit_ground"], "escalated");
    assert_eq!(steps(&closed), ["propose", "approve", "warn", "escalate"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn r048_repair_under_its_conditions_and_r050_measures_are_to_be_stopped() {
    let gate = city_with(&json!({})).await;
    let id = listed(&gate, &proposal(BLACK, city::CLEAN_COMPANY)).await;
    let answer = gate.checked(ITEM, "review", "c1", city::CLEAN_COMPANY).await;
    let _ = step(&gate.admin, &id, json!({"step": "repair"})).await.problem(409, "repair.no_commitment");
    let half = json!({"step": "repair", "public_commitment": true});
    let _ = step(&gate.admin, &id, half).await.problem(409, "repair.duties_open");
    let whole = json!({"step": "repair", "public_commitment": true, "duties_performed": true});
    let repaired = step(&gate.admin, &id, whole.clone()).await.ok();
    assert_eq!(repaired["state"], "repaired");
    let event = gate.events("name=entry.exited").await.remove(0);
    assert_has(&event, &json!({"/event/subject": id, "/event/data/ground": "repaired"}));
    assert_eq!(event["event"]["data"]["checks"], answer["check_id"], "the checks whose measures are to stop");
    assert_eq!(found_on(&gate, "c2", city::CLEAN_COMPANY).await, [""; 0], "it is no longer used");
    let _ = step(&gate.admin, &id, whole.clone()).await.problem(409, "entry.final");

    let changes = json!({"severity": "serious", "/particulars/decided_on": "2026-11-01"});
    let serious = with(proposal(BLACK, city::NAMESAKE_COMPANY), &changes);
    let id = listed(&gate, &serious).await;
    let early = step(&gate.admin, &id, whole).await.problem(409, "repair.too_early");
    assert!(early.contains("2027-11-01"), "{early}");
}

#[tokio::test(flavor = "multi_thread")]
async fn r049_who_is_listed_black_by_anybody_is_red_no_more() {
    let gate = city_with(&json!({})).await;
    let red = listed(&gate, &proposal(RED, city::CLEAN_COMPANY)).await;
    let _ = listed(&gate, &proposal(BLACK, city::CLEAN_COMPANY)).await;
    let removed = show(&gate, &red).await;
    assert_eq!(removed["entry"]["particulars"]["exit_ground"], "removed", "{removed}");
    assert_eq!(steps(&removed), ["propose", "approve", "remove"]);
    assert_eq!(removed["history"][2]["actor"], "host");

    let red = listed(&gate, &proposal(RED, city::NAMESAKE_COMPANY)).await;
    let mut black = city::entries().remove(0);
    black["id"] = json!("of-another-city");
    black["subject_identifiers"] = json!([{"kind": "uscc", "value": city::NAMESAKE_COMPANY}]);
    gate.import("lists", &[black]).await;
    assert_eq!(show(&gate, &red).await["state"], "withdrawn");

    let conflict = gate.admin.post("/v1/admin/entries", &proposal(RED, city::BANNED_COMPANY)).await;
    let detail = conflict.problem(409, "entry.conflict");
    assert!(detail.contains("entry-banned"), "R035: {detail}");
}

#[tokio::test(flavor = "multi_thread")]
async fn r047_what_has_run_out_leaves_its_list_by_itself() {
    let gate = city_with(&json!({})).await;
    let over = with(proposal(BLACK, city::CLEAN_COMPANY), &json!({"valid_until": "2026-02-01"}));
    let id = listed(&gate, &over).await;
    let shown = show(&gate, &id).await;
    assert_eq!(shown["state"], "expired");
    assert_eq!(steps(&shown), ["propose", "approve", "expire"]);
    let events = gate.events("name=entry.exited").await;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["event"]["data"]["ground"], "expired");
}

#[tokio::test(flavor = "multi_thread")]
async fn r046_without_a_term_of_the_recogniser_it_is_a_question() {
    let gate = city_with(&json!({"exit_to_watch": true})).await;
    let id = listed(&gate, &proposal(BLACK, city::CLEAN_COMPANY)).await;
    let exited = step(&gate.admin, &id, json!({"step": "standard_changed"})).await.ok();
    assert_eq!(exited["pending"], json!(["particulars.watch_until"]));
    assert_eq!(found_on(&gate, "c1", city::CLEAN_COMPANY).await, [""; 0], "no guess");
    let none = step(&gate.admin, &id, json!({"step": "set_watch"})).await;
    assert_eq!(none.json()["errors"][0]["code"], "field.missing");
    let short = json!({"step": "set_watch", "watch_until": "2026-01-01"});
    let _ = step(&gate.admin, &id, short).await.problem(422, "entry.watch_too_short");
    let set = json!({"step": "set_watch", "watch_until": "2098-01-01"});
    let answered = step(&gate.admin, &id, set).await.ok();
    assert_eq!(answered.get("pending"), None);
    assert_eq!(found_on(&gate, "c2", city::CLEAN_COMPANY).await, ["watch.derived"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_of_another_is_changed_by_its_recogniser() {
    let gate = city_with(&json!({})).await;
    let detail =
        step(&gate.admin, "entry-banned", json!({"step": "withdraw"})).await.problem(409, "entry.not_local");
    assert!(detail.contains("recognised it") && detail.contains("entry-banned"), "{detail}");
    assert_eq!(show(&gate, "entry-banned").await.get("kept"), None);
    let _ = step(&gate.admin, "nothing", json!({"step": "withdraw"})).await.problem(404, "entry.unknown");
    let _ = gate.admin.get("/v1/admin/entries/nothing").await.problem(404, "entry.unknown");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_of_a_proposal_is_told_and_nothing_is_kept() {
    let gate = city_with(&json!({})).await;
    let cases = [
        ("/list", json!("nowhere"), "list", "list.unknown"),
        ("/list", json!("alert.derived"), "list", "list.unknown"),
        ("/facts", json!(" "), "facts", "field.empty"),
        ("/authority", json!("示例协会"), "authority", "entry.authority"),
        ("/subject_identifiers", json!([]), "subject_identifiers", "identifier.none"),
        ("/subject_identifiers/0/value", json!("9111"), "subject_identifiers[0]", "id.length"),
        ("/valid_until", json!("2025-01-01"), "valid_until", "date.order"),
        ("/recognised_on", json!("2098-01-01"), "recognised_on", "date.future"),
        ("/reason", json!(" "), "reason", "field.empty"),
        ("/severity", json!("bad"), "severity", "value.unknown"),
    ];
    for (pointer, value, field, code) in cases {
        let mut bad = proposal(BLACK, city::CLEAN_COMPANY);
        *bad.pointer_mut(pointer).unwrap() = value;
        let refused = gate.admin.post("/v1/admin/entries", &bad).await.json();
        assert_has(&refused, &json!({"/errors/0/field": field, "/errors/0/code": code}));
    }
    let nowhere = with(proposal(BLACK, city::CLEAN_COMPANY), &json!({"division": "999999"}));
    let detail = gate.admin.post("/v1/admin/entries", &nowhere).await.problem(409, "policy.none_in_force");
    assert!(detail.contains("999999"), "{detail}");
    let kept = gate.admin.get("/v1/admin/entries").await.ok();
    assert_eq!(kept["entries"], json!([]));
}
