//! Who may have an entry rest, and how often.

use super::*;

/// An entry of the same list about somebody else, whom no check has met.
fn unmet() -> String {
    LISTS.replace("\"e1\"", "\"e2\"").replace(USCC, "91110000101623741K")
}

/// Something is said to be wrong with `e1`, `other` where no ground is given.
fn about(check: &Value, ground: Option<&str>) -> Value {
    let mut body = objection(check);
    if let Some(ground) = ground {
        body["ground"] = json!(ground);
    }
    body
}

async fn confirm(host: &TestHost, publisher: &str, objection: &Value) {
    let answer = json!({"result": "confirmed", "text": "认定无误"});
    post(host, publisher, &path(objection, "/result"), &answer).await.expect(200);
}

#[tokio::test]
async fn r095_an_entry_a_callers_check_never_met_is_not_its_to_object_to_and_the_next_check_stays_refused() {
    let (host, window, publisher) = city().await;
    host.local(Method::POST, "/v1/admin/lists?format=jsonl&file=l", &unmet()).await.expect(200);
    let met = checked(&host, &window).await;
    // The construction department has a check of its own, of somebody else.
    let housing = host.key("caller", Some(&["housing"])).await;
    let everywhere = host.key("caller", None).await;
    let mut body = check_with("/parties/0/identifiers/0/value", json!("91110000101623741K"));
    body["department"] = json!("housing");
    body["item"] = json!("construction-permit");
    body["case_no"] = json!("2026-000777");
    let own = post(&host, &housing, "/v1/checks", &body).await.expect(200);
    let by_check = |check: &Value| {
        json!({"entry": "e1", "check_id": check["check_id"],
                                          "raised_by": "officer", "reason": "x"})
    };
    let by_case =
        |case: &Value| json!({"entry": "e1", "case_no": case, "raised_by": "officer", "reason": "x"});
    for (key, body) in [
        (&housing, by_check(&own)),
        (&housing, by_case(&own["case_no"])),
        (&everywhere, by_check(&own)),
        (&everywhere, by_case(&own["case_no"])),
    ] {
        let refusal = post(&host, key, "/v1/objections", &body).await;
        assert_eq!(refused(&refusal), (403, "entry.not_in_evidence".into()), "{body}: {}", refusal.text);
    }
    let mut not_met = by_check(&met);
    not_met["entry"] = json!("e2");
    let refusal = post(&host, &window, "/v1/objections", &not_met).await;
    refusal.refused(403, "entry.not_in_evidence");
    let after = checked(&host, &window).await;
    assert_eq!((suspended(&after), after["measures"].as_array().unwrap().len()), (vec![false], 1));
    assert_eq!(messages(&host), Vec::<Value>::new(), "nobody was told anything");

    // Who answers for the lists may name any.
    let mut any = not_met;
    any.as_object_mut().unwrap().remove("check_id");
    any["division"] = json!("370811");
    post(&host, &publisher, "/v1/objections", &any).await.expect(200);
    let of_case = post(&host, &window, "/v1/objections", &by_case(&met["case_no"])).await.expect(200);
    assert_eq!(of_case["case_no"], met["case_no"]);
}

#[tokio::test]
async fn r095_of_a_case_with_several_checks_the_one_that_met_the_entry_counts() {
    let (host, window, _) = city().await;
    let met = checked(&host, &window).await;
    let mut other = check_with("/parties/0/identifiers/0/value", json!("91110000101623741K"));
    other["parties"][0]["name"] = json!("示例乙食品店");
    post(&host, &window, "/v1/checks", &other).await.expect(200);
    let body = json!({"entry": "e1", "case_no": met["case_no"], "raised_by": "officer", "reason": "x"});
    post(&host, &window, "/v1/objections", &body).await.expect(200);
}

#[tokio::test]
async fn r098_what_was_confirmed_rests_again_only_if_a_publisher_says_so_and_the_record_tells() {
    let (host, window, publisher) = city().await;
    let (check, first) = raised(&host, &window).await;
    assert_eq!((&first["suspends"], &first["ground"]), (&json!(true), &json!("other")));
    confirm(&host, &publisher, &first).await;
    // In other words it is the same ground.
    let mut again = about(&check, None);
    again["reason"] = json!("处罚决定，已经被撤销。");
    let again = post(&host, &window, "/v1/objections", &again).await.expect(200);
    assert_eq!((&again["suspends"], &again["confirmed_before"]), (&json!(false), &first["id"]));
    assert_eq!(again["state"], "notified", "the provider looks all the same");
    let meanwhile = checked(&host, &window).await;
    assert_eq!((suspended(&meanwhile), meanwhile["measures"].as_array().unwrap().len()), (vec![false], 1));

    let mut insist = about(&check, None);
    insist["suspend"] = json!(true);
    post(&host, &window, "/v1/objections", &insist).await.refused(403, "objection.suspend_reserved");
    let insisted = post(&host, &publisher, "/v1/objections", &insist).await.expect(200);
    assert_eq!((&insisted["suspends"], &insisted["suspend"]), (&json!(true), &json!(true)));
    assert_eq!(insisted["confirmed_before"], first["id"]);
    assert_eq!(suspended(&checked(&host, &window).await), [true]);
    let read = host.get(&path(&insisted, "")).await;
    assert_eq!((&read["suspend"], &read["raised_with"]), (&json!(true), &insisted["raised_with"]));
    for open in [&again, &insisted] {
        confirm(&host, &publisher, open).await;
    }
    assert_eq!(suspended(&checked(&host, &window).await), [false]);

    let another = post(&host, &window, "/v1/objections", &about(&check, Some("severity"))).await.expect(200);
    assert_eq!((&another["suspends"], another.get("confirmed_before")), (&json!(true), None));
    confirm(&host, &publisher, &another).await;
    let same = post(&host, &window, "/v1/objections", &about(&check, Some("severity"))).await.expect(200);
    assert_eq!((&same["suspends"], &same["confirmed_before"]), (&json!(false), &another["id"]));
}

#[tokio::test]
async fn open_objections_are_bounded_by_key_and_by_entry() {
    let host = TestHost::with_city(|config| {
        config.objections.open_of_key = NonZeroU32::new(2).unwrap();
        config.objections.open_to_entry = NonZeroU32::new(2).unwrap();
    })
    .await;
    let others: Vec<String> =
        ["e2", "e3"].iter().map(|id| LISTS.replace("\"e1\"", &format!("\"{id}\""))).collect();
    host.local(Method::POST, "/v1/admin/lists?format=jsonl&file=l", &others.join("\n")).await.expect(200);
    let window = host.key("caller", Some(&[DEPARTMENT])).await;
    let counter = host.key("caller", Some(&[DEPARTMENT])).await;
    let publisher = host.key("publisher", None).await;
    let check = checked(&host, &window).await;
    let to = |entry: &str| {
        let mut body = objection(&check);
        body["entry"] = json!(entry);
        body
    };
    let first = post(&host, &window, "/v1/objections", &to("e1")).await.expect(200);
    post(&host, &window, "/v1/objections", &to("e2")).await.expect(200);
    let third = post(&host, &window, "/v1/objections", &to("e3")).await;
    third.refused(409, "objection.too_many");
    post(&host, &counter, "/v1/objections", &to("e1")).await.expect(200);
    let beyond = post(&host, &publisher, "/v1/objections", &to("e1")).await;
    beyond.refused(409, "objection.open");
    assert!(beyond.text.contains(first["id"].as_str().unwrap()));
    confirm(&host, &publisher, &first).await;
    assert_eq!(suspended(&checked(&host, &window).await)[0], json!(true), "another one is open");
    post(&host, &window, "/v1/objections", &to("e3")).await.expect(200);
}
