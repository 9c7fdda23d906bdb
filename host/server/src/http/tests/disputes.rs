//! Objections, repair, orders and talks, and what follows from them for checks.

mod authority;
mod entry_file;
mod passed_over;
mod repairs;

use axum::http::Method;
use creditgate_credit::calendar::{WorkingCalendar, local_date};
use creditgate_credit::deadline::TimeLimit;
use creditgate_store::Queue;

use super::*;

/// Sends a document and gives back the answer.
async fn post(host: &TestHost, key: &str, path: &str, body: &Value) -> Answer {
    host.send(Method::POST, path, key, &body.to_string()).await
}

/// A host with somebody at the window and somebody who brings in the
/// recogniser's word.
async fn city() -> (TestHost, String, String) {
    let host = TestHost::with_city(|_| {}).await;
    let window = host.key("caller", Some(&[DEPARTMENT])).await;
    let publisher = host.key("publisher", None).await;
    (host, window, publisher)
}

async fn checked(host: &TestHost, key: &str) -> Value {
    post(host, key, "/v1/checks", &check()).await.expect(200)
}

fn objection(check: &Value) -> Value {
    json!({"entry": "e1", "check_id": check["check_id"], "raised_by": "subject", "reason": "处罚决定已被撤销"})
}

/// An objection raised at the window; gives back the check and the objection.
async fn raised(host: &TestHost, window: &str) -> (Value, Value) {
    let check = checked(host, window).await;
    let raised = post(host, window, "/v1/objections", &objection(&check)).await.expect(200);
    (check, raised)
}

fn path(objection: &Value, call: &str) -> String {
    format!("/v1/objections/{}{call}", objection["id"].as_str().unwrap())
}

/// What is on its way to the platform, oldest first.
fn messages(host: &TestHost) -> Vec<Value> {
    let queued = host.host.shared.store.due(Queue::Feedback, jiff::Timestamp::MAX, 100).unwrap();
    queued.messages.into_iter().map(|message| serde_json::from_str(&message.body).unwrap()).collect()
}

/// Names, subjects and data of the events, oldest first.
async fn events(host: &TestHost) -> Vec<(String, String, Value)> {
    let listed = host.get("/v1/admin/events").await;
    let text = |event: &Value, name: &str| event[name].as_str().unwrap().to_owned();
    let events = listed["events"].as_array().unwrap().iter().rev().map(|item| &item["event"]);
    events.map(|event| (text(event, "name"), text(event, "subject"), event["data"].clone())).collect()
}

fn suspended(check: &Value) -> Vec<bool> {
    let matches = check["matches"].as_array().unwrap();
    matches.iter().map(|found| found["entry"]["suspended"].as_bool().unwrap()).collect()
}

fn refused(answer: &Answer) -> (u16, String) {
    (answer.status.as_u16(), answer.code())
}

#[tokio::test]
async fn r095_r096_an_objection_at_the_window_notifies_the_provider_at_once() {
    let (host, window, _) = city().await;
    for (number, raised_by) in ["subject", "officer", "third_party"].into_iter().enumerate() {
        let entry = format!("e{}", number + 1);
        let list = LISTS.replace("\"e1\"", &format!("\"{entry}\""));
        host.local(Method::POST, "/v1/admin/lists?format=jsonl&file=l", &list).await.expect(200);
        let check = checked(&host, &window).await;
        let mut body = objection(&check);
        body["raised_by"] = json!(raised_by);
        body["entry"] = json!(entry);
        let raised = post(&host, &window, "/v1/objections", &body).await.expect(200);
        assert_eq!(raised["state"], "notified", "{raised}");
        assert_eq!(raised["notified_at"], raised["raised_at"], "its time runs from now");
        assert_eq!(raised["department"], DEPARTMENT);
        let message = messages(&host).pop().unwrap();
        assert_eq!(message["kind"], "objection_raised");
        assert_eq!(message["feedback_id"], raised["feedback"]);
        assert_eq!(message["entry"]["id"], raised["entry"]);
        assert_eq!((&message["raised_by"], &message["check_id"]), (&json!(raised_by), &check["check_id"]));
    }
    assert_eq!(events(&host).await.last().unwrap().0, "objection.raised");
}

#[tokio::test]
async fn r097_the_provider_answers_within_the_policys_limit_or_as_soon_as_possible() {
    let (host, window, publisher) = city().await;
    let (_, objection) = raised(&host, &window).await;
    let raised_at = objection["raised_at"].as_str().unwrap().parse().unwrap();
    let due = TimeLimit::working_days(20).due(local_date(raised_at), &WorkingCalendar::builtin());
    assert_eq!(objection["due_on"], due.date.to_string());
    let duty = |state: &str| {
        let state = creditgate_credit::duty::DutyState::from_code(state);
        let kind = Some(creditgate_credit::duty::DutyKind::Verification);
        let filter = creditgate_store::DutyFilter { state, kind, ..creditgate_store::DutyFilter::default() };
        let duties = host.host.shared.store.duties(&filter, None, 10).unwrap();
        duties.into_iter().map(|stored| stored.duty.subject).collect::<Vec<_>>()
    };
    let id = objection["id"].as_str().unwrap();
    assert_eq!(duty("open"), [id]);
    let answer = json!({"result": "confirmed", "text": "认定无误"});
    post(&host, &publisher, &path(&objection, "/result"), &answer).await.expect(200);
    assert_eq!((duty("open"), duty("done")), (vec![], vec![id.to_owned()]));

    let soon = POLICY.replace("370811", "370812").replace("\"t1\"", "\"soon\"");
    let soon = soon
        .replace("\"suspension_scope\"", "\"duties\":{\"verification_limit\":\"none\"},\"suspension_scope\"");
    host.local(Method::POST, "/v1/admin/policy?format=jsonl&file=p", &soon).await.expect(200);
    let body = json!({"entry": "e1", "division": "370812", "raised_by": "officer", "reason": "姓名不符"});
    let open = host.post("/v1/objections", &body).await;
    assert_eq!((&open["state"], open.get("due_on")), (&json!("notified"), None), "a task without a day");
    assert_eq!(duty("open"), [""; 0]);
}

#[tokio::test]
async fn r098_an_entry_rests_while_it_is_doubted_and_goes_on_when_it_is_confirmed() {
    let (host, window, publisher) = city().await;
    let (before, objection) = raised(&host, &window).await;
    assert_eq!((suspended(&before), before["measures"].as_array().unwrap().len()), (vec![false], 1));
    let during = checked(&host, &window).await;
    assert_eq!((suspended(&during), during["measures"].as_array().unwrap().len()), (vec![true], 0));
    let record = host.host.shared.store.record(during["check_id"].as_str().unwrap()).unwrap().unwrap();
    let cause = format!("objection:{}", objection["id"].as_str().unwrap());
    assert!(record.contains("suspended_by") && record.contains(&cause), "the record says why it rests");
    let answer = json!({"result": "confirmed", "text": "经核实，认定无误"});
    let decided = post(&host, &publisher, &path(&objection, "/result"), &answer).await.expect(200);
    assert_eq!((&decided["state"], &decided["to_tell"]), (&json!("decided"), &json!(["party"])));
    let after = checked(&host, &window).await;
    assert_eq!((suspended(&after), after["measures"].as_array().unwrap().len()), (vec![false], 1));
    let rechecks = host.send(Method::GET, "/v1/rechecks", &window, "").await.expect(200);
    assert_eq!(rechecks["rechecks"], json!([]), "the check after it took the place of the one meanwhile");
}

#[tokio::test]
async fn r099_what_was_wrong_is_used_no_more_and_everybody_is_told() {
    let (host, window, publisher) = city().await;
    let check = checked(&host, &window).await;
    let mut body = objection(&check);
    body["raised_by"] = json!("third_party");
    let objection = post(&host, &window, "/v1/objections", &body).await.expect(200);
    let answer = json!({"result": "withdrawn", "text": "认定有误，予以撤销"});
    let decided = post(&host, &publisher, &path(&objection, "/result"), &answer).await.expect(200);
    assert_eq!(decided["to_tell"], json!(["party", "reporter"]));
    let message = messages(&host).pop().unwrap();
    assert_eq!((&message["kind"], &message["result"]), (&json!("objection_decided"), &json!("withdrawn")));
    assert_eq!(message["entry"]["authority"], "示例机关");
    let after = checked(&host, &window).await;
    assert_eq!((&after["matches"], &after["measures"]), (&json!([]), &json!([])), "at once");
    // The lists still say what they said, and that is not the recogniser's word yet.
    host.local(Method::POST, "/v1/admin/lists?format=jsonl&file=l", LISTS).await.expect(200);
    assert_eq!(checked(&host, &window).await["matches"], json!([]));

    let notice = |who: &str| json!({"told": who, "on": "2026-04-01", "how": "书面告知"});
    let notices = path(&objection, "/notices");
    let told = post(&host, &window, &notices, &notice("reporter")).await.expect(200);
    assert_eq!((&told["state"], &told["to_tell"]), (&json!("decided"), &json!(["party"])));
    let told = post(&host, &window, &notices, &notice("party")).await.expect(200);
    assert_eq!((&told["state"], told.get("to_tell")), (&json!("closed"), None));
    let names: Vec<String> = events(&host).await.into_iter().map(|(name, ..)| name).collect();
    let all = ["catalogue.published", "objection.raised", "objection.decided", "check.affected"];
    assert_eq!(names, all);
}

#[tokio::test]
async fn r099_a_correction_counts_at_once() {
    let (host, window, publisher) = city().await;
    let (_, objection) = raised(&host, &window).await;
    let answer = json!({"result": "corrected", "text": "严重程度更正为一般",
                        "corrections": {"severity": "general", "facts": "更正后的事实", "valid_until": "2099-03-01"}});
    post(&host, &publisher, &path(&objection, "/result"), &answer).await.expect(200);
    let entry = checked(&host, &window).await["matches"][0]["entry"].clone();
    assert_eq!((&entry["severity"], &entry["facts"]), (&json!("general"), &json!("更正后的事实")));
    assert_eq!(entry["suspended"], false);
}

#[tokio::test]
async fn r100_decisions_on_an_entry_that_was_wrong_are_made_again_and_the_later_counts() {
    let (host, window, publisher) = city().await;
    let (first, objection) = raised(&host, &window).await;
    let answer = json!({"result": "withdrawn", "text": "撤销"});
    post(&host, &publisher, &path(&objection, "/result"), &answer).await.expect(200);
    let waiting = host.send(Method::GET, "/v1/rechecks", &window, "").await.expect(200);
    let [task] = waiting["rechecks"].as_array().unwrap().as_slice() else { panic!("{waiting}") };
    assert_eq!((&task["check_id"], &task["case_no"]), (&first["check_id"], &first["case_no"]));
    let (name, subject, data) = events(&host).await.pop().unwrap();
    assert_eq!((name.as_str(), subject.as_str()), ("check.affected", first["check_id"].as_str().unwrap()));
    assert_eq!(data["entry"], "e1");
    let housing = host.key("caller", Some(&["housing"])).await;
    let others = host.send(Method::GET, "/v1/rechecks", &housing, "").await.expect(200);
    assert_eq!(others["rechecks"], json!([]), "another department's");

    let again = checked(&host, &window).await;
    assert_eq!(again["supersedes"], first["check_id"]);
    let get = async |path: &str| host.send(Method::GET, path, &window, "").await.expect(200);
    assert_eq!(get("/v1/rechecks").await["rechecks"], json!([]));
    assert_eq!(get("/v1/rechecks?done=true").await["rechecks"][0]["done_by"], again["check_id"]);
    let earlier = get(&format!("/v1/checks/{}", first["check_id"].as_str().unwrap())).await;
    assert_eq!((&earlier["superseded_by"], earlier.get("supersedes")), (&again["check_id"], None));
    let case = get("/v1/cases/2026-000123").await;
    assert_eq!(case["checks"][0]["superseded_by"], again["check_id"]);
    assert_eq!(case["checks"][1]["supersedes"], first["check_id"]);
}

#[tokio::test]
async fn r100_benefits_of_a_red_entry_that_was_wrong_are_listed_to_be_taken_back() {
    let (host, window, _) = city().await;
    let catalogue = CATALOGUE.replace("\"t1\"", "\"t2\"").replace("2020-01-01", "2020-01-02");
    let catalogue = catalogue.replace("\"punish\"", "\"incentive\"").replace("food.serious", "honour");
    host.local(Method::POST, "/v1/admin/catalogue?format=jsonl&file=c", &catalogue).await.expect(200);
    host.publish("t2").await;
    let red =
        LISTS.replace("\"e1\"", "\"r1\"").replace("food.serious", "honour").replace("\"black\"", "\"red\"");
    let over = LISTS.replace("\"recognised_on\"", "\"valid_until\":\"2025-04-01\",\"recognised_on\"");
    for list in [&red, &over] {
        host.local(Method::POST, "/v1/admin/lists?format=jsonl&file=l", list).await.expect(200);
    }
    let check = checked(&host, &window).await;
    let measure = check["measures"][0]["id"].as_str().unwrap().to_owned();
    let report = json!({"dispositions": [{"measure": measure, "result": "executed", "action": "优先办理",
                                          "officer": "o-17"}]});
    let dispositions = format!("/v1/checks/{}/dispositions", check["check_id"].as_str().unwrap());
    post(&host, &window, &dispositions, &report).await.expect(202);
    let affected = host.get("/v1/admin/affected?entry=r1").await;
    let found = &affected["checks"][0]["measures"][0];
    assert_eq!((&found["id"], &found["direction"]), (&json!(measure), &json!("incentive")), "{affected}");
    assert_eq!(
        (&found["disposition"]["result"], &found["disposition"]["action"]),
        (&json!("executed"), &json!("优先办理"))
    );
    let history = host.get("/v1/admin/affected?entry=e1").await;
    assert_eq!(history["checks"][0].get("measures"), None, "nothing followed from it");
}

#[tokio::test]
async fn r101_an_objection_names_who_answers_for_the_entry() {
    let (host, window, _) = city().await;
    let (_, objection) = raised(&host, &window).await;
    for (field, value) in [("authority", "示例机关"), ("list", "food.serious"), ("policy", "370811@t1")] {
        assert_eq!(objection[field], value);
    }
}

#[tokio::test]
async fn r120_who_reported_is_shown_to_nobody_but_an_administrator() {
    const CONTACT: &str = "热心市民 李四 13800000000";
    let (host, window, publisher) = city().await;
    let check = checked(&host, &window).await;
    let mut body = objection(&check);
    body["raised_by"] = json!("third_party");
    body["contact"] = json!(CONTACT);
    let mut seen = vec![post(&host, &window, "/v1/objections", &body).await.text];
    let objection: Value = serde_json::from_str(&seen[0]).unwrap();
    let answer = json!({"result": "confirmed", "text": "认定无误"});
    seen.push(post(&host, &publisher, &path(&objection, "/result"), &answer).await.text);
    let auditor = host.key("auditor", None).await;
    let reads =
        [path(&objection, ""), "/v1/objections".into(), "/v1/admin/events".into(), "/v1/admin/audit".into()];
    for read in &reads {
        seen.push(host.send(Method::GET, read, &auditor, "").await.text);
    }
    seen.push(host.send(Method::GET, "/v1/admin/entries/e1/file", &auditor, "").await.text);
    seen.push(host.send(Method::GET, &path(&objection, ""), &window, "").await.text);
    seen.push(checked(&host, &window).await.to_string());
    seen.extend(messages(&host).iter().map(Value::to_string));
    for text in &seen {
        assert!(!text.contains("李四") && !text.contains("13800000000"), "{text}");
    }
    let admin = host.get(&path(&objection, "")).await;
    assert_eq!(admin["contact"], CONTACT, "who has to tell the reporter can reach them");
}

#[tokio::test]
async fn objections_that_cannot_be_are_refused_with_a_word_on_why() {
    let (host, window, _) = city().await;
    let check = checked(&host, &window).await;
    let with = |field: &str, value: Value| {
        let mut body = objection(&check);
        body[field] = value;
        body
    };
    let mut nowhere = objection(&check);
    nowhere.as_object_mut().unwrap().remove("check_id");
    let none = "00000000-0000-7000-8000-000000000000";
    let cases = [
        (with("entry", json!("none")), 404, "entry.unknown"),
        (with("check_id", json!(none)), 404, "check.unknown"),
        (with("check_id", json!("none")), 400, "request.path"),
        (with("case_no", json!("2026-999999")), 422, "case.other"),
        (with("raised_by", json!("anybody")), 422, "request.invalid"),
        (with("reason", json!(" ")), 422, "request.invalid"),
        (with("unheard", json!(1)), 422, "request.invalid"),
        (nowhere.clone(), 422, "case.missing"),
        (
            json!({"entry": "e1", "case_no": "2026-999999", "raised_by": "subject", "reason": "x"}),
            404,
            "case.unknown",
        ),
    ];
    for (body, status, code) in cases {
        let answer = post(&host, &window, "/v1/objections", &body).await;
        assert_eq!(refused(&answer), (status, code.to_owned()), "{body}: {}", answer.text);
    }
    let everywhere = host.key("caller", None).await;
    let answer = post(&host, &everywhere, "/v1/objections", &nowhere).await;
    assert_eq!(refused(&answer), (422, "case.missing".into()), "also a caller's that is for all");
    let undivided = host.local(Method::POST, "/v1/objections", &nowhere.to_string()).await;
    assert_eq!(undivided.json()["errors"][0]["field"], "division", "{}", undivided.text);
    let housing = host.key("caller", Some(&["housing"])).await;
    post(&host, &housing, "/v1/objections", &objection(&check)).await.refused(403, "department.not_allowed");
    assert_eq!(messages(&host), Vec::<Value>::new(), "nobody was told anything");

    let objected = post(&host, &window, "/v1/objections", &objection(&check)).await.expect(200);
    let second = post(&host, &window, "/v1/objections", &objection(&check)).await;
    second.refused(409, "objection.open");
    assert!(second.text.contains(objected["id"].as_str().unwrap()), "it names the one that is open");
    host.send(Method::GET, &path(&objected, ""), &housing, "").await.refused(403, "department.not_allowed");
}

#[tokio::test]
async fn results_that_cannot_be_are_refused_and_change_nothing() {
    let (host, window, publisher) = city().await;
    let confirmed = json!({"result": "confirmed", "text": "认定无误"});
    let nothing = "/v1/objections/00000000-0000-7000-8000-000000000000/result";
    assert_eq!(
        refused(&post(&host, &publisher, nothing, &confirmed).await),
        (404, "objection.unknown".into())
    );
    let (_, objection) = raised(&host, &window).await;
    let result = path(&objection, "/result");
    let notices = path(&objection, "/notices");
    let notice = |who: &str| json!({"told": who, "on": "2026-04-01", "how": "书面告知"});
    post(&host, &window, &notices, &notice("party")).await.refused(409, "objection.not_decided");
    let own = post(&host, &window, &result, &confirmed).await;
    assert_eq!(refused(&own), (403, "auth.role".into()), "the recogniser's word is not the window's");
    for (body, field) in [
        (json!({"result": "corrected", "text": "更正"}), "corrections"),
        (json!({"result": "confirmed", "text": "x", "corrections": {"facts": "y"}}), "corrections"),
        (json!({"result": "maybe", "text": "x"}), "result"),
        (json!({"result": "confirmed", "text": ""}), "text"),
    ] {
        let answer = post(&host, &publisher, &result, &body).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["errors"][0]["field"]), (422, &json!(field)));
    }
    post(&host, &publisher, &result, &confirmed).await.expect(200);
    post(&host, &publisher, &result, &json!({"result": "withdrawn", "text": "撤销"}))
        .await
        .refused(409, "objection.already_decided");
    post(&host, &window, &notices, &notice("reporter")).await.refused(409, "objection.no_reporter");
    post(&host, &window, &notices, &notice("party")).await.expect(200);
    post(&host, &window, &notices, &notice("party")).await.refused(409, "objection.already_told");
    assert_eq!(messages(&host).len(), 2, "one notice, one result");
    assert_eq!(suspended(&checked(&host, &window).await), [false]);
}

#[tokio::test]
async fn r055_an_approval_system_reports_an_act_and_the_authority_recognises() {
    let (host, window, _) = city().await;
    let check = checked(&host, &window).await;
    let act = json!({"check_id": check["check_id"], "case_no": check["case_no"], "party": "p2",
                     "kind": "forged_document", "facts": "提交的检验报告系伪造"});
    let accepted = post(&host, &window, "/v1/acts", &act).await.expect(202);
    let message = messages(&host).pop().unwrap();
    assert_eq!(message["feedback_id"], accepted["feedback"][0]);
    assert_eq!((&message["kind"], &message["act"]), (&json!("dishonest_act"), &json!("forged_document")));
    assert_eq!(message["subject"]["identifiers"][0]["value"], CITIZEN_ID, "the platform has to know who");
    let before = host.send(Method::GET, "/v1/rechecks", &window, "").await.expect(200);
    assert_eq!(before["rechecks"], json!([]), "a report decides nothing");

    let with = |field: &str, value: Value| {
        let mut body = act.clone();
        body[field] = value;
        body
    };
    let none = "00000000-0000-7000-8000-000000000000";
    for (body, status, code) in [
        (with("check_id", json!(none)), 404, "check.unknown"),
        (with("case_no", json!("2026-999999")), 422, "case.other"),
        (with("party", json!("p9")), 422, "request.invalid"),
        (with("kind", json!("rudeness")), 422, "request.invalid"),
        (with("facts", json!("")), 422, "request.invalid"),
    ] {
        let answer = post(&host, &window, "/v1/acts", &body).await;
        assert_eq!(refused(&answer), (status, code.to_owned()), "{body}: {}", answer.text);
    }
    let housing = host.key("caller", Some(&["housing"])).await;
    post(&host, &housing, "/v1/acts", &act).await.refused(403, "department.not_allowed");
    assert_eq!(messages(&host).len(), 1);
}
