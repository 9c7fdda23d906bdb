//! Lists kept here, and what they have to do with the platform and with repair.

use axum::http::Method;
use creditgate_credit::calendar::{WorkingCalendar, local_date};
use creditgate_credit::deadline::TimeLimit;
use creditgate_store::Queue;

use super::*;

fn proposal() -> Value {
    json!({
        "division": "370811", "list": "food.serious", "severity": "slight", "subject_name": "示例甲食品店",
        "subject_identifiers": [{"kind": "uscc", "value": USCC}], "facts": "示例事实", "authority": "示例市场监管局",
        "basis": "示例依据", "recognised_on": "2026-01-05", "valid_until": "2099-01-01",
        "particulars": {"repairable": true}, "reason": "年度抽检",
    })
}

/// A host whose recogniser is one of its departments, with a platform to which
/// nothing is delivered here.
async fn city() -> TestHost {
    TestHost::with_city(|config| {
        let text = "[platform]\nurl = \"http://127.0.0.1:9/feedback\"";
        config.platform = toml::from_str::<Config>(text).unwrap().platform;
        let (name, contact) = ("示例市场监管局".to_owned(), "信用科".to_owned());
        config.departments.insert(DEPARTMENT.to_owned(), crate::config::DepartmentConfig { name, contact });
    })
    .await
}

async fn propose(host: &TestHost, proposal: &Value) -> String {
    let proposed = host.post("/v1/admin/entries", proposal).await;
    proposed["entry"]["id"].as_str().unwrap().to_owned()
}

/// As somebody else than who proposed.
async fn decide(host: &TestHost, id: &str, call: &str, body: Value) -> Value {
    let path = format!("/v1/admin/entries/{id}/{call}");
    host.as_chief(Method::POST, &path, &body.to_string()).await.expect(200)
}

async fn listed(host: &TestHost, proposal: &Value) -> String {
    let id = propose(host, proposal).await;
    decide(host, &id, "approval", json!({"reason": "已复核"})).await;
    id
}

/// The tasks to have entries with the platform.
async fn owed(host: &TestHost, state: &str) -> Vec<Value> {
    let path = format!("/v1/tasks?kind=list_entry&state={state}");
    host.get(&path).await["tasks"].as_array().unwrap().clone()
}

/// Ids and contents of what is on its way to the platform, oldest first.
fn messages(host: &TestHost) -> Vec<(String, Value)> {
    let queued = host.host.shared.store.due(Queue::Feedback, jiff::Timestamp::MAX, 100).unwrap();
    queued.messages.into_iter().map(|one| (one.id, serde_json::from_str(&one.body).unwrap())).collect()
}

#[tokio::test]
async fn r037_a_recognised_entry_goes_to_the_platform_within_the_limit() {
    let host = city().await;
    let id = propose(&host, &proposal()).await;
    assert_eq!((messages(&host), owed(&host, "open").await), (vec![], vec![]), "only proposed");
    decide(&host, &id, "approval", json!({"reason": "已复核"})).await;
    let [task] = owed(&host, "open").await.try_into().unwrap();
    let due = TimeLimit::working_days(7).due(jiff::civil::date(2026, 1, 5), &WorkingCalendar::builtin());
    assert_eq!((&task["subject"], &task["due_on"]), (&json!(id), &json!(due.date.to_string())));
    assert_eq!((&task["responder"], &task["division"]), (&json!(DEPARTMENT), &json!("370811")), "{task}");
    let [(message, sent)] = messages(&host).try_into().unwrap();
    assert_eq!((&sent["kind"], &sent["step"]), (&json!("list_entry"), &json!("approve")));
    assert_eq!((&sent["entry"]["id"], &sent["division"]), (&json!(id), &json!("370811")));
    assert_eq!(sent["listed"]["subject_identifiers"][0]["value"], USCC, "in the form of an import");
    host.host.shared.store.delivered(Queue::Feedback, message, jiff::Timestamp::now()).await.unwrap();
    assert_eq!(owed(&host, "open").await, [] as [Value; 0]);
    assert_eq!(owed(&host, "done").await[0]["result"], "late", "recognised long ago");

    let withdrawn = json!({"step": "withdraw", "reason": "认定有误"});
    decide(&host, &id, "steps", withdrawn).await;
    let [(_, sent)] = messages(&host).try_into().unwrap();
    assert_eq!((&sent["step"], &sent["listed"]["status"]), (&json!("withdraw"), &json!("withdrawn")));
}

#[tokio::test]
async fn r037_nobody_owes_that_an_entry_arrives_where_there_is_no_platform() {
    let host = TestHost::with_city(|_| {}).await;
    let id = listed(&host, &proposal()).await;
    assert_eq!(owed(&host, "open").await, [] as [Value; 0]);
    let [(_, waiting)] = messages(&host).try_into().unwrap();
    assert_eq!(waiting["entry"]["id"], id, "it is kept until there is one");
}

#[tokio::test]
async fn r037_what_is_only_announced_is_owed_from_its_confirmation() {
    let host = city().await;
    let mut announced = proposal();
    announced["preliminary"] = json!(true);
    let id = listed(&host, &announced).await;
    assert_eq!((messages(&host), owed(&host, "open").await), (vec![], vec![]));
    decide(&host, &id, "steps", json!({"step": "confirm", "reason": "公示期满无异议"})).await;
    let [task] = owed(&host, "open").await.try_into().unwrap();
    assert_eq!(task["event_on"], local_date(jiff::Timestamp::now()).to_string());
    assert_eq!(messages(&host)[0].1["step"], "confirm");
    let other = listed(&host, &announced).await;
    decide(&host, &other, "steps", json!({"step": "reject", "reason": "异议成立"})).await;
    assert_eq!((messages(&host).len(), owed(&host, "open").await.len()), (1, 1), "it never took effect");
}

#[tokio::test]
async fn r102_a_repair_that_is_granted_is_a_step_of_an_entry_kept_here() {
    let host = city().await;
    let id = listed(&host, &proposal()).await;
    let application = json!({"entry": id, "applied_on": "2026-04-01", "division": "370811",
                             "materials": ["performance_proof", "commitment"]});
    let repair = host.post("/v1/repairs", &application).await;
    let path = format!("/v1/repairs/{}/result", repair["id"].as_str().unwrap());
    for result in ["accepted", "granted"] {
        let answer = json!({"result": result, "text": "准予信用修复决定书〔2026〕8号"});
        host.as_chief(Method::POST, &path, &answer.to_string()).await.expect(200);
    }
    let shown = host.get(&format!("/v1/admin/entries/{id}")).await;
    let last = shown["history"].as_array().unwrap().last().unwrap();
    assert_eq!((&shown["state"], &last["step"]), (&json!("repaired"), &json!("repair")), "{shown}");
    assert_eq!(last["reason"], "准予信用修复决定书〔2026〕8号");
    let file = host.get(&format!("/v1/admin/entries/{id}/file")).await;
    assert_eq!(file["overlays"], json!([]), "nothing has to lie over it");
    let told = host.get("/v1/admin/events?name=entry.exited").await;
    assert_eq!(told["events"][0]["event"]["data"]["ground"], "repaired", "{told}");

    // What left its list meanwhile is not repaired; the answer is kept all the same.
    let id = listed(&host, &proposal()).await;
    let application = application.to_string().replace(repair["entry"].as_str().unwrap(), &id);
    let repair = host.local(Method::POST, "/v1/repairs", &application).await.expect(200);
    decide(&host, &id, "steps", json!({"step": "withdraw", "reason": "认定有误"})).await;
    let path = format!("/v1/repairs/{}/result", repair["id"].as_str().unwrap());
    for result in ["accepted", "granted"] {
        let answer = json!({"result": result, "text": "准予"}).to_string();
        host.as_chief(Method::POST, &path, &answer).await.expect(200);
    }
    let shown = host.get(&format!("/v1/admin/entries/{id}")).await;
    assert_eq!(shown["state"], "withdrawn");
}

#[tokio::test]
async fn r040_no_import_takes_the_place_of_the_lists_kept_here() {
    let host = city().await;
    let id = listed(&host, &proposal()).await;
    for mode in ["full", "incremental"] {
        let path = format!("/v1/admin/lists?format=jsonl&file=l&source=local&mode={mode}");
        host.local(Method::POST, &path, LISTS).await.refused(409, "import.source_reserved");
    }
    let shown = host.get(&format!("/v1/admin/entries/{id}")).await;
    assert_eq!(shown["state"], "effective");
}

#[tokio::test]
async fn r040_a_row_with_the_id_of_an_entry_kept_here_is_refused_with_its_place() {
    let host = city().await;
    let ids = [propose(&host, &proposal()).await, listed(&host, &proposal()).await];
    for (id, mode) in ids.iter().flat_map(|id| [(id, "full"), (id, "incremental")]) {
        let rows =
            [&LISTS.replace("\"e1\"", "\"e2\""), &*LISTS.replace("\"e1\"", &format!("\"{id}\""))].join("\n");
        let path = format!("/v1/admin/lists?format=jsonl&file=l.jsonl&source=city&mode={mode}");
        let refused = host.local(Method::POST, &path, &rows).await.expect(422);
        let fault = &refused["problems"][0];
        let place = [&fault["file"], &fault["line"], &fault["field"], &fault["code"]];
        let expected = [json!("l.jsonl"), json!(2), json!("id"), json!("entry.other_source")];
        assert_eq!(place, expected.each_ref(), "{mode}: {refused}");
        assert!(fault["message"].as_str().unwrap().contains("`local`"), "{fault}");
    }
}
