//! Every change that a key of departments may make is refused on what is another
//! department's: a walk over the table of calls.

use std::sync::Arc;

use creditgate_credit::calendar::local_date;
use creditgate_credit::policy::CommitmentEffect;
use creditgate_credit::verdict::{Commitment, Outcome};
use creditgate_gate::ports::Ledger;
use creditgate_gate::{CheckInputs, CheckRecord};

use super::super::calls::{CALLS, Call};
use super::super::role::{Role, Scope};
use super::*;

/// Something else of another department that a call is tried on.
struct Probe {
    /// What it is, for people.
    what: &'static str,
    path: String,
    body: Value,
}

/// What a department has here: a check that met `e1`, a commitment and an objection.
struct Owned {
    check: String,
    commitment: String,
    objection: String,
    measure: String,
}

/// A check of the department `housing`, whose parties stand on no list.
fn own_check() -> Value {
    let mut body = check_with("/parties/0/identifiers/0/value", json!("91110000101623741K"));
    body["department"] = json!("housing");
    body["item"] = json!("construction-permit");
    body["case_no"] = json!("2026-000777");
    body
}

/// Has a check ask for a commitment, as a plug-in would have.
async fn promised(host: &TestHost, check: &str) -> String {
    let store = &host.host.shared.store;
    let recorded = store.recorded(check).unwrap().unwrap();
    let id = "00000000-0000-7000-8000-00000000c001".to_owned();
    let mut settled = recorded.settled;
    settled.outcome = Outcome::ProceedWithCommitment;
    settled.commitment = Some(Commitment {
        party: recorded.inputs.application.parties[0].id.clone(),
        effect: CommitmentEffect::AcceptFirst,
        text: "承诺补齐材料".to_owned(),
        missing: Vec::new(),
        due_on: jiff::civil::date(2099, 1, 1),
    });
    let record = CheckRecord {
        check_id: id.clone(),
        caller: "cli".to_owned(),
        operator: "o-17".to_owned(),
        idempotency: None,
        warnings: Vec::new(),
        inputs: CheckInputs { plugin: None, release: None, settings: None, seed: 0, ..recorded.inputs },
        judged: None,
        settled,
        feedback: Vec::new(),
        duties: Vec::new(),
    };
    store.append(Arc::new(record)).await.unwrap();
    id
}

async fn owned(host: &TestHost, key: &str) -> Owned {
    let made = host.send(Method::POST, "/v1/checks", key, &check().to_string()).await.expect(200);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let check = text(&made["check_id"]);
    let body = json!({"entry": "e1", "check_id": check, "raised_by": "officer", "reason": "x"});
    let raised = host.send(Method::POST, "/v1/objections", key, &body.to_string()).await.expect(200);
    let answer = json!({"result": "confirmed", "text": "认定无误"}).to_string();
    let id = text(&raised["id"]);
    host.local(Method::POST, &format!("/v1/objections/{id}/result"), &answer).await.expect(200);
    let commitment = promised(host, &check).await;
    Owned { check, commitment, objection: id, measure: text(&made["measures"][0]["id"]) }
}

/// What a call is tried on. None for a call that nobody has thought of yet.
fn probes(call: &Call, owned: &Owned, own: &str) -> Option<Vec<Probe>> {
    let at = |path: String, what, body| Probe { what, path, body };
    let here = |what, body| at(call.path.to_owned(), what, body);
    let path = |id: &str| call.path.replace("{id}", id);
    // What is said of a commitment lies between its check and today.
    let (check, day) = (&owned.check, local_date(crate::clock::now()).to_string());
    let case = "2026-000123";
    let entry = |fields: Value| {
        let mut body = json!({"entry": "e1", "raised_by": "officer", "reason": "x"});
        body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        body
    };
    let repair = |case_no: &str| {
        json!({"entry": "e1", "applied_on": day, "materials": ["performance_proof", "commitment"],
               "case_no": case_no})
    };
    let publication = |field: &str, value: &str| json!({field: value, "document": "d", "decided_on": day, "published_on": day, "place": "site"});
    let typical = |department: &str, case_no: Option<&str>| {
        json!({"kind": "honesty", "happened_on": day, "department": department, "title": "t",
               "summary": "s", "case_no": case_no})
    };
    let commitment = |body| vec![at(path(&owned.commitment), "a commitment", body)];
    Some(match call.path {
        "/v1/checks" => vec![here("a department", super::check())],
        "/v1/checks:batch" => vec![here("a department", json!({"checks": [{"request": super::check()}]}))],
        "/v1/checks/{id}/dispositions" => {
            let report =
                json!({"measure": owned.measure, "result": "executed", "action": "x", "officer": "o"});
            vec![at(path(check), "a check", json!({"dispositions": [report]}))]
        }
        "/v1/commitments/{id}/signature" => commitment(json!({"signed_on": day, "document": "d"})),
        "/v1/commitments/{id}/fulfilment" => {
            commitment(json!({"fulfilled_on": day, "materials": [], "by": "o"}))
        }
        "/v1/commitments/{id}/extension" => commitment(json!({"until": "2099-02-01", "reason": "x"})),
        "/v1/commitments/{id}/breach" => commitment(json!({"reason": "x", "facts": "x"})),
        "/v1/commitments/{id}/repair" => commitment(json!({"repaired_on": day, "document": "d"})),
        "/v1/publications" => vec![
            here("a check", publication("check_id", check)),
            here("a case", publication("case_no", case)),
        ],
        "/v1/objections" => vec![
            here("a check", entry(json!({"check_id": check}))),
            here("a case", entry(json!({"case_no": case}))),
            here("an entry that its own check has not", entry(json!({"check_id": own}))),
            here("an entry that its own case has not", entry(json!({"case_no": "2026-000777"}))),
        ],
        "/v1/objections/{id}/notices" => {
            let notice = json!({"told": "party", "on": day, "how": "x"});
            vec![at(path(&owned.objection), "an objection", notice)]
        }
        "/v1/repairs" => vec![
            here("a case", repair(case)),
            here("an entry that its own case has not", repair("2026-000777")),
        ],
        "/v1/acts" => {
            let act = json!({"check_id": check, "case_no": case, "party": "p1", "kind": "false_material",
                             "facts": "x"});
            vec![here("a check", act)]
        }
        "/v1/typical-cases" => vec![
            here("a department", typical(DEPARTMENT, None)),
            here("a case", typical("housing", Some(case))),
        ],
        _ => return None,
    })
}

#[tokio::test]
async fn no_change_of_a_key_of_departments_reaches_what_is_another_departments() {
    let host = TestHost::with_city(|_| {}).await;
    let market = host.key("caller", Some(&[DEPARTMENT])).await;
    let housing = host.key("caller", Some(&["housing"])).await;
    let owned = owned(&host, &market).await;
    let own = host.send(Method::POST, "/v1/checks", &housing, &own_check().to_string()).await.expect(200);
    let own = own["check_id"].as_str().unwrap().to_owned();
    let trail = || host.host.shared.store.audit(None, 1000).unwrap().len();
    let before = trail();
    let mut tried = 0;
    // Components are the vendors'; that theirs are held to their departments needs
    // real ones and is shown in tests/system:
    // `a_vendor_brings_and_sees_what_is_of_its_departments_and_nothing_else`.
    let held =
        |call: &&Call| call.allows(Role::Caller) && !matches!(call.scope, Scope::Nothing | Scope::Component);
    for call in CALLS.iter().filter(held) {
        let name = format!("{} {}", call.method, call.path);
        let probes = probes(call, &owned, &own);
        let probes = probes.unwrap_or_else(|| panic!("{name} is not tried on what is another department's"));
        for Probe { what, path, body } in probes {
            let answer = host.send(call.method.clone(), &path, &housing, &body.to_string()).await;
            // A batch is answered, and each of its checks refused for itself.
            let own = |batch: &Value| batch["results"][0]["status"].as_u64().unwrap();
            let status = match call.path {
                "/v1/checks:batch" => own(&answer.expect(200)),
                _ => answer.status.as_u16().into(),
            };
            assert!(matches!(status, 403 | 404), "{name} on {what}: {status}");
            tried += 1;
            // It is the key that is refused, and nothing else about the request. What
            // is another's own answer varies with what was done before.
            // And a typical case is of the department it names besides.
            if what.starts_with("an entry") || (call.path, what) == ("/v1/typical-cases", "a case") {
                continue;
            }
            let answer = host.send(call.method.clone(), &path, &market, &body.to_string()).await;
            let code = match call.path {
                "/v1/checks:batch" => answer.json()["results"][0]["problem"]["code"].to_string(),
                _ => answer.json()["code"].to_string(),
            };
            for refusal in ["department.not_allowed", "request.invalid"] {
                assert!(!code.contains(refusal), "{name} on {what}: {}", answer.text);
            }
        }
        if call.path == "/v1/checks" {
            assert_eq!(trail(), before, "nothing was changed before");
        }
    }
    assert!(tried >= CALLS.iter().filter(held).count(), "every one was tried");
}

#[tokio::test]
async fn what_is_held_to_the_whole_host_is_for_no_key_of_departments() {
    for call in CALLS.iter().filter(|call| call.scope == Scope::Host) {
        for role in [Role::Caller, Role::Vendor] {
            assert!(!call.allows(role), "{} {}", call.method, call.path);
        }
    }
}
