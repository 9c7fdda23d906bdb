//! What was decided while an entry rested comes back when the entry was right.

use super::*;

async fn tasks(host: &TestHost, key: &str) -> Vec<Value> {
    let waiting = host.send(Method::GET, "/v1/rechecks", key, "").await.expect(200);
    waiting["rechecks"].as_array().unwrap().clone()
}

/// Another case of the same applicant.
async fn checked_as(host: &TestHost, key: &str, case_no: &str) -> Value {
    post(host, key, "/v1/checks", &check_with("/case_no", json!(case_no))).await.expect(200)
}

#[tokio::test]
async fn r100_what_passed_over_an_entry_that_was_right_is_to_be_made_again_by_its_department() {
    let (host, window, publisher) = city().await;
    let (before, objection) = raised(&host, &window).await;
    let during = checked_as(&host, &window, "2026-000200").await;
    let mut at_housing = check_with("/department", json!("housing"));
    at_housing["item"] = json!("construction-permit");
    at_housing["case_no"] = json!("2026-000300");
    let housing = host.key("caller", Some(&["housing"])).await;
    let elsewhere = post(&host, &housing, "/v1/checks", &at_housing).await.expect(200);
    assert_eq!(tasks(&host, &window).await, [json!(null); 0]);

    let answer = json!({"result": "confirmed", "text": "经核实，认定无误，继续执行"});
    post(&host, &publisher, &path(&objection, "/result"), &answer).await.expect(200);
    for (key, check) in [(&window, &during), (&housing, &elsewhere)] {
        let [task] = tasks(&host, key).await.try_into().unwrap();
        assert_eq!(task["check_id"], check["check_id"]);
        assert_eq!(task["cause"], format!("objection:{}", objection["id"].as_str().unwrap()));
        assert_ne!(task["check_id"], before["check_id"], "the one before it had the entry whole");
    }
    let told: Vec<_> =
        events(&host).await.into_iter().filter(|(name, ..)| name == "check.affected").collect();
    assert_eq!(told.len(), 2, "each is told of");
    let again = checked_as(&host, &window, "2026-000200").await;
    assert_eq!((suspended(&again), again["measures"].as_array().unwrap().len()), (vec![false], 1));
    assert_eq!(tasks(&host, &window).await, [json!(null); 0]);
}

#[tokio::test]
async fn r100_what_passed_over_an_entry_for_a_repair_that_was_a_mistake_comes_back_too() {
    let (host, window, publisher) = city().await;
    checked(&host, &window).await;
    let application = json!({"entry": "e1", "applied_on": "2026-04-01", "case_no": "2026-000123",
                             "materials": ["performance_proof", "commitment"]});
    let repair = post(&host, &window, "/v1/repairs", &application).await.expect(200);
    let id = repair["id"].as_str().unwrap();
    for result in ["accepted", "granted"] {
        let answer = json!({"result": result, "text": "准予修复"});
        post(&host, &publisher, &format!("/v1/repairs/{id}/result"), &answer).await.expect(200);
    }
    checked(&host, &window).await;
    let during = checked_as(&host, &window, "2026-000200").await;
    assert_eq!(during["matches"], json!([]));
    let ending = json!({"cause": format!("repair:{id}"), "reason": "修复决定被撤销"});
    post(&host, &publisher, "/v1/admin/entries/e1/overlays:end", &ending).await.expect(200);
    let waiting: Vec<Value> =
        tasks(&host, &window).await.into_iter().map(|task| task["case_no"].clone()).collect();
    assert_eq!(waiting, ["2026-000123", "2026-000200"]);
}

#[tokio::test]
async fn r100_what_passed_over_an_entry_its_source_had_rest_comes_back_when_the_source_goes_on() {
    let (host, window, _) = city().await;
    let import = async |suspended: bool| {
        let list = LISTS.replace("\"facts\"", &format!("\"suspended\":{suspended},\"facts\""));
        host.local(Method::POST, "/v1/admin/lists?format=jsonl&file=l", &list).await.expect(200);
    };
    checked(&host, &window).await;
    import(true).await;
    let during = checked_as(&host, &window, "2026-000200").await;
    assert_eq!(suspended(&during), [true]);
    import(true).await;
    assert_eq!(tasks(&host, &window).await, [json!(null); 0]);
    import(false).await;
    let [task] = tasks(&host, &window).await.try_into().unwrap();
    assert_eq!((&task["check_id"], &task["cause"]), (&during["check_id"], &json!("source")));
    import(false).await;
    assert_eq!(tasks(&host, &window).await.len(), 1, "once");
    let told = events(&host).await.into_iter().filter(|(name, ..)| name == "check.affected").count();
    assert_eq!(told, 1);
}

#[tokio::test]
async fn r100_a_result_that_touches_more_than_the_queue_holds_is_whole_answered_and_audited() {
    const CASES: usize = 40;
    let host = TestHost::with_city(|config| {
        config.store.queue_capacity = std::num::NonZeroUsize::new(4).unwrap();
    })
    .await;
    let window = host.key("caller", Some(&[DEPARTMENT])).await;
    let publisher = host.key("publisher", None).await;
    for result in ["confirmed", "withdrawn"] {
        let (_, objection) = raised(&host, &window).await;
        for case in 0..CASES {
            checked_as(&host, &window, &format!("2026-1{case:05}")).await;
        }
        let answer = json!({"result": result, "text": "核实结果"});
        let decided = post(&host, &publisher, &path(&objection, "/result"), &answer).await.expect(200);
        assert_eq!(decided["decision"]["result"], result);
        let cause = format!("objection:{}", objection["id"].as_str().unwrap());
        let opened = tasks(&host, &window).await.iter().filter(|task| task["cause"] == cause).count();
        let affected = host.host.shared.store.events(Some("check.affected"), None, 1000).unwrap();
        let told = affected.iter().filter(|told| told.event.data["cause"] == cause).count();
        // The check that met it first rests on it, too, once it is withdrawn.
        let all = CASES + usize::from(result == "withdrawn");
        assert_eq!((opened, told), (all, all), "{result}");
        let trail = host.host.shared.store.audit(None, 5).unwrap();
        assert_eq!(
            (trail[0].action.as_str(), &trail[0].subject),
            ("objection.decide", &objection["id"].as_str().unwrap().to_owned())
        );
        let decided = host.host.shared.store.events(Some("objection.decided"), None, 10).unwrap();
        assert!(decided.iter().any(|told| told.event.subject == objection["id"].as_str().unwrap()));
    }
}

#[tokio::test]
async fn r098_the_explanation_names_an_entry_that_rests() {
    let (host, window, _) = city().await;
    let (before, _) = raised(&host, &window).await;
    assert!(!before["explanation"].as_str().unwrap_or_default().contains("核实"));
    let during = checked(&host, &window).await;
    let explanation = during["explanation"].as_str().unwrap();
    for named in ["严重失信名单", "e1", "核实"] {
        assert!(explanation.contains(named), "{named}: {explanation}");
    }
}
