//! Orders to put things right, talks and liftings.

use super::*;

const RECTIFICATION: &str = "/v1/admin/entries/e1/rectification";
const TALKS: &str = "/v1/admin/entries/e1/talks";
const LIFTING: &str = "/v1/admin/entries/e1/lifting";

fn order(due_on: &str) -> Value {
    json!({"requirement": "召回不合格食品并整改", "due_on": due_on})
}

fn talk(kind: &str, held_on: &str) -> Value {
    json!({"kind": kind, "held_on": held_on, "record": "已告知逾期整改的后果"})
}

/// What the record of a check says of the entry.
async fn recorded(host: &TestHost, window: &str) -> String {
    let check = checked(host, window).await;
    host.host.shared.store.record(check["check_id"].as_str().unwrap()).unwrap().unwrap()
}

#[tokio::test]
async fn r053_an_order_and_what_came_of_it_are_in_the_file_and_before_plug_ins() {
    let (host, window, publisher) = city().await;
    let file = post(&host, &publisher, RECTIFICATION, &order("2026-01-31")).await.expect(200);
    assert_eq!(file["rectification"]["state"], "late");
    assert!(recorded(&host, &window).await.contains(r#""rectification_state":"late""#));
    post(&host, &publisher, RECTIFICATION, &order("2026-06-30")).await.refused(409, "rectification.open");
    let result = format!("{RECTIFICATION}/result");
    let done = json!({"done_on": "2026-02-10", "text": "已整改"});
    let file = post(&host, &publisher, &result, &done).await.expect(200);
    assert_eq!(file["rectification"]["state"], "done");
    assert!(recorded(&host, &window).await.contains(r#""rectification_state":"done""#));
    post(&host, &publisher, &result, &done).await.refused(409, "rectification.none");
    let future = post(&host, &publisher, &result, &json!({"done_on": "2999-01-01", "text": "x"})).await;
    assert_eq!(future.json()["errors"][0]["field"], "done_on");
    post(&host, &publisher, "/v1/admin/entries/none/rectification", &order("2026-01-31"))
        .await
        .refused(404, "entry.unknown");
}

#[tokio::test]
async fn r053_an_order_that_is_late_is_an_overdue_task_of_who_sees_to_it() {
    let (host, window, publisher) = city().await;
    let mut body = order("2026-01-31");
    body["department"] = json!("nobody");
    post(&host, &publisher, RECTIFICATION, &body).await.refused(422, "department.unknown");
    body["department"] = json!(DEPARTMENT);
    post(&host, &publisher, RECTIFICATION, &body).await.expect(200);
    let now = jiff::Timestamp::now();
    crate::host::duties::look(&host.host.shared, now, &mut std::collections::HashSet::new()).await.unwrap();
    let tasks = host.send(Method::GET, "/v1/tasks?kind=rectification&state=overdue", &window, "").await;
    let tasks = tasks.expect(200)["tasks"].clone();
    assert_eq!((&tasks[0]["responder"], &tasks[0]["division"]), (&json!(DEPARTMENT), &json!("370811")));
    assert_eq!((&tasks[0]["initiator"], &tasks[0]["due_on"]), (&json!("示例机关"), &json!("2026-01-31")));
    let told = events(&host).await;
    assert!(told.iter().any(|(name, _, data)| name == "duty.overdue" && data["kind"] == "rectification"));
    let done = json!({"done_on": "2026-02-10", "text": "已整改"});
    post(&host, &publisher, &format!("{RECTIFICATION}/result"), &done).await.expect(200);
    let left = host.send(Method::GET, "/v1/tasks?kind=rectification", &window, "").await.expect(200);
    assert_eq!(left["tasks"], json!([]));
}

#[tokio::test]
async fn r054_a_talk_is_held_once_with_who_is_late_and_a_refusal_is_recorded() {
    let (host, window, publisher) = city().await;
    post(&host, &publisher, TALKS, &talk("warning", "2026-02-01")).await.refused(409, "talk.nothing_ordered");
    post(&host, &publisher, RECTIFICATION, &order("2026-01-31")).await.expect(200);
    for (body, code) in [
        (talk("prompting", "2026-02-01"), "talk.other_list"),
        (talk("warning", "2026-01-31"), "talk.not_late"),
    ] {
        post(&host, &publisher, TALKS, &body).await.refused(409, code);
    }
    let mut held = talk("warning", "2026-02-01");
    held["refused"] = json!(true);
    let file = post(&host, &publisher, TALKS, &held).await.expect(200);
    assert_eq!((&file["talks"][0]["kind"], &file["talks"][0]["refused"]), (&json!("warning"), &json!(true)));
    assert!(recorded(&host, &window).await.contains(r#""talk":"warning_refused""#));
    post(&host, &publisher, TALKS, &talk("warning", "2026-03-01")).await.refused(409, "talk.twice");
    let auditor = host.key("auditor", None).await;
    let file = host.send(Method::GET, "/v1/admin/entries/e1/file", &auditor, "").await.expect(200);
    assert_eq!(file["talks"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn r102_measures_are_lifted_for_a_time_and_the_lifting_can_be_ended() {
    let (host, window, publisher) = city().await;
    let lift = |from: &str, until: &str| json!({"from": from, "until": until, "document": "（2026）示破1号"});
    let backwards = post(&host, &publisher, LIFTING, &lift("2026-02-01", "2026-01-01")).await;
    assert_eq!(backwards.json()["errors"][0]["field"], "until");
    let over = post(&host, &publisher, LIFTING, &lift("2020-01-01", "2020-12-31")).await.expect(200);
    assert_eq!(over["overlays"].as_array().unwrap().len(), 1);
    assert_eq!(suspended(&checked(&host, &window).await), [false], "its last day has passed");
    post(&host, &publisher, LIFTING, &lift("2020-01-01", "2999-12-31")).await.expect(200);
    let lifted = checked(&host, &window).await;
    assert_eq!((suspended(&lifted), &lifted["measures"]), (vec![true], &json!([])));
    let ending = json!({"cause": "lifting:（2026）示破1号", "reason": "重整程序终止"});
    let end = "/v1/admin/entries/e1/overlays:end";
    let file = post(&host, &publisher, end, &ending).await.expect(200);
    assert_eq!(file["overlays"], json!([]));
    assert_eq!(suspended(&checked(&host, &window).await), [false]);
    post(&host, &publisher, end, &ending).await.refused(404, "overlay.none");
    let (_, objection) = raised(&host, &window).await;
    let cause = format!("objection:{}", objection["id"].as_str().unwrap());
    post(&host, &publisher, end, &json!({"cause": cause, "reason": "x"}))
        .await
        .refused(409, "overlay.objection_open");
    let names: Vec<String> = events(&host).await.into_iter().map(|(name, ..)| name).collect();
    let all = ["catalogue.published", "entry.lifted", "entry.lifted", "check.affected", "objection.raised"];
    assert_eq!(names, all, "what was decided meanwhile comes back");
}
