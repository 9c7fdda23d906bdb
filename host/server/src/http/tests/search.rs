//! Checks are found by what is known of them.

use super::*;

fn ids(found: &Value) -> Vec<String> {
    let checks = found["checks"].as_array().unwrap();
    checks.iter().map(|check| check["check_id"].as_str().unwrap().to_owned()).collect()
}

/// Two checks of one department and one of another, oldest first.
async fn three(host: &TestHost) -> [String; 3] {
    let key = host.key("caller", None).await;
    let mut other = check();
    other["case_no"] = json!("2026-000124");
    other["parties"] = json!([{"role": "applicant", "kind": "natural_person", "name": "张三",
                              "identifiers": [{"kind": "citizen_id", "value": CITIZEN_ID}]}]);
    let mut housing = check();
    housing["department"] = json!("housing");
    housing["item"] = json!("construction-permit");
    let mut made = Vec::new();
    for body in [check(), other, housing] {
        let made_now = host.send(Method::POST, "/v1/checks", &key, &body.to_string()).await.expect(200);
        made.push(made_now["check_id"].as_str().unwrap().to_owned());
    }
    made.try_into().unwrap()
}

#[tokio::test]
async fn checks_are_found_by_everything_that_is_known_of_them_newest_first() {
    let host = TestHost::with_city(|_| {}).await;
    let [food, person, housing] = three(&host).await;
    let uscc = USCC;
    let cases: [(String, &[&String]); 12] = [
        (String::new(), &[&housing, &person, &food]),
        ("case_no=2026-000123".to_owned(), &[&housing, &food]),
        (format!("subject={uscc}"), &[&housing, &food]),
        ("department=housing".to_owned(), &[&housing]),
        ("item=food-licence".to_owned(), &[&person, &food]),
        ("checkpoint=issuance".to_owned(), &[]),
        ("status=could_not_check".to_owned(), &[&housing, &person, &food]),
        ("outcome=proceed".to_owned(), &[]),
        ("entry=e1".to_owned(), &[&housing, &food]),
        ("release=7".to_owned(), &[]),
        ("until=2020-01-01".to_owned(), &[]),
        (format!("since=2020-01-01&subject={uscc}&department={DEPARTMENT}&entry=e1"), &[&food]),
    ];
    for (query, expected) in cases {
        let found = host.get(&format!("/v1/checks?{query}")).await;
        assert_eq!(ids(&found).iter().collect::<Vec<_>>(), expected, "{query}");
        assert!(found.get("next").is_none(), "{query}");
    }
    let first = &host.get("/v1/checks?limit=1&department=housing").await["checks"][0];
    let check = host.get(&format!("/v1/checks/{housing}")).await;
    for field in
        ["check_id", "case_no", "department", "item", "checkpoint", "status", "outcome", "checked_at"]
    {
        assert_eq!(first[field], check[field], "{field}");
    }
}

#[tokio::test]
async fn a_number_of_a_person_is_looked_for_in_a_body_and_in_no_address() {
    let host = TestHost::with_city(|_| {}).await;
    let [food, person, housing] = three(&host).await;
    let asked = json!({"subject": {"kind": "citizen_id", "value": CITIZEN_ID}});
    let found = host.post("/v1/checks:search", &asked).await;
    assert_eq!(ids(&found), [housing, person, food], "a party of each has it");
    for (number, checks) in [("370811850615002", 3), ("110101199001010015", 0)] {
        let asked = json!({"subject": {"kind": "citizen_id", "value": number}});
        let found = host.post("/v1/checks:search", &asked).await;
        assert_eq!(ids(&found).len(), checks, "the older form of the number is the same, another is not");
    }
    let filler = json!({"subject": {"kind": "other", "value": "无"}});
    let refused = host.local(Method::POST, "/v1/checks:search", &filler.to_string()).await.expect(422);
    assert_eq!(
        refused["errors"][0]["field"], "subject",
        "nobody is found by it, which is not that nobody has it"
    );
    let in_address = host.local(Method::GET, &format!("/v1/checks?subject={CITIZEN_ID}"), "").await;
    in_address.refused(400, "request.query");
    assert!(!in_address.text.contains(CITIZEN_ID));
    let mut faulty = json!({"subject": {"kind": "tax", "value": "1"}, "since": "now", "limit": 0, "x": 1});
    (faulty["cursor"], faulty["release"]) = (json!("abc"), json!(0));
    let refused = host.local(Method::POST, "/v1/checks:search", &faulty.to_string()).await.expect(422);
    let fields: Vec<&str> =
        refused["errors"].as_array().unwrap().iter().map(|error| error["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["since", "x", "subject.kind", "release", "limit", "cursor"]);
    host.local(Method::GET, "/v1/checks?release=0", "").await.refused(400, "request.query");
    let trail = host.local(Method::GET, "/v1/admin/audit?limit=1", "").await;
    assert!(trail.text.contains("by subject"), "{}", trail.text);
    assert!(!trail.text.contains(CITIZEN_ID), "what somebody typed is not repeated");
}

#[tokio::test]
async fn days_far_away_leave_out_what_lies_outside_and_nothing_else() {
    let host = TestHost::with_city(|_| {}).await;
    three(&host).await;
    for (days, checks) in
        [("since=9999-12-31", 0), ("since=1600-01-01", 3), ("until=1600-01-01", 0), ("until=9999-12-31", 3)]
    {
        let found = host.get(&format!("/v1/checks?{days}")).await;
        assert_eq!(ids(&found).len(), checks, "{days}");
    }
}

#[tokio::test]
async fn a_caller_finds_checks_of_its_departments() {
    let host = TestHost::with_city(|_| {}).await;
    let [food, person, _] = three(&host).await;
    let market = host.key("caller", Some(&[DEPARTMENT])).await;
    let found = host.send(Method::GET, "/v1/checks", &market, "").await.expect(200);
    assert_eq!(ids(&found), [person, food]);
    host.send(Method::GET, "/v1/checks?department=housing", &market, "")
        .await
        .refused(403, "department.not_allowed");
}
