//! Many checks in one request, and requests with many faults.

use super::*;

async fn batch(host: &TestHost, key: &str, checks: Value) -> Answer {
    let body = json!({ "checks": checks }).to_string();
    let mut request = request(Method::POST, "/v1/checks:batch", body.into());
    authorize(&mut request, key);
    host.answer(request).await
}

fn case(number: usize) -> Value {
    let mut check = check();
    check["case_no"] = json!(format!("2026-{number:06}"));
    check
}

#[tokio::test]
async fn each_check_of_a_batch_has_its_own_result_and_a_bad_one_spoils_none() {
    let host = TestHost::with_city(|_| {}).await;
    let key = host.key("caller", Some(&[DEPARTMENT])).await;
    let mut elsewhere = case(3);
    elsewhere["department"] = json!("housing");
    elsewhere["item"] = json!("construction-permit");
    let mut faulty = case(4);
    faulty["filed_on"] = json!("yesterday");
    faulty["parties"][0]["nmae"] = json!("x");
    let answer = batch(
        &host,
        &key,
        json!([
            { "request": case(1) },
            7,
            { "request": elsewhere },
            { "request": faulty, "idempotency_key": "k4" },
            { "request": "not one" },
            { "request": case(5), "idempotency_key": "with a space" },
            { "request": case(6), "idempotency_key": "k6" },
        ]),
    )
    .await
    .expect(200);
    let results = answer["results"].as_array().unwrap();
    let statuses: Vec<u64> = results.iter().map(|result| result["status"].as_u64().unwrap()).collect();
    assert_eq!(statuses, [200, 422, 403, 422, 422, 422, 200]);
    for (result, number) in [(&results[0], 1), (&results[6], 6)] {
        assert_eq!(result["answer"]["case_no"], format!("2026-{number:06}"));
        let id = result["answer"]["check_id"].as_str().unwrap();
        let alone = host.send(Method::GET, &format!("/v1/checks/{id}"), &key, "").await.expect(200);
        assert_eq!(result["answer"], alone, "it is a check like any other");
    }
    let places = |result: &Value| -> Vec<String> {
        let errors = result["problem"]["errors"].as_array().unwrap();
        errors.iter().map(|error| error["field"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(results[2]["problem"]["code"], "department.not_allowed");
    assert_eq!(places(&results[3]), ["request.parties[0].nmae", "request.filed_on"]);
    assert_eq!(places(&results[5]), ["idempotency_key"]);
}

#[tokio::test]
async fn a_batch_that_is_sent_again_makes_no_check_twice() {
    let host = TestHost::with_city(|_| {}).await;
    let key = host.key("caller", Some(&[DEPARTMENT])).await;
    let checks: Vec<Value> = (0..70)
        .map(|number| json!({ "request": case(number), "idempotency_key": format!("k{number}") }))
        .collect();
    let first = batch(&host, &key, json!(checks)).await.expect(200);
    let again = batch(&host, &key, json!(checks)).await.expect(200);
    for (number, (first, again)) in
        first["results"].as_array().unwrap().iter().zip(again["results"].as_array().unwrap()).enumerate()
    {
        assert_eq!(first["answer"]["case_no"], format!("2026-{number:06}"), "results are in order");
        assert_eq!((&first["replayed"], &again["replayed"]), (&json!(false), &json!(true)));
        assert_eq!(first["answer"], again["answer"]);
    }
    let ids: std::collections::BTreeSet<String> = first["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|result| result["answer"]["check_id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(ids.len(), 70);
}

#[tokio::test]
async fn a_batch_has_one_to_a_thousand_checks() {
    let host = TestHost::with_city(|_| {}).await;
    let key = host.key("caller", None).await;
    for checks in [json!([]), json!(vec![0; 1001])] {
        batch(&host, &key, checks).await.refused(422, "request.invalid");
    }
}

/// The database is held by somebody else, so that no check comes to its end: those
/// that were begun show how many go on at once.
#[tokio::test]
async fn of_a_batch_thirty_two_checks_go_on_at_once() {
    let host =
        TestHost::with_city(|config| config.store.busy_timeout_ms = NonZeroU64::new(60_000).unwrap()).await;
    let key = host.key("caller", None).await;
    let checks: Vec<Value> = (0..100).map(|number| json!({ "request": case(number) })).collect();
    let other = rusqlite::Connection::open(host.host.shared.config.data.join("store.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let under_way = || host.host.shared.gate.under_way().iter().map(|(_, checks)| checks).sum::<u32>();
    let look = async {
        while under_way() < 32 {
            tokio::task::yield_now().await;
        }
        // Every task that could go on has had its turn many times.
        for _ in 0..1000 {
            tokio::task::yield_now().await;
            assert_eq!(under_way(), 32);
        }
        other.execute_batch("ROLLBACK").unwrap();
    };
    let (answer, ()) = tokio::join!(batch(&host, &key, json!(checks)), look);
    let answer = answer.expect(200);
    assert!(answer["results"].as_array().unwrap().iter().all(|result| result["status"] == 200));
}

#[tokio::test]
async fn an_answer_that_is_repeated_says_so_by_a_header() {
    let host = TestHost::with_city(|_| {}).await;
    let key = host.key("caller", None).await;
    let send = async || {
        let mut request = request(Method::POST, "/v1/checks", check().to_string().into());
        authorize(&mut request, &key);
        request.headers_mut().insert("idempotency-key", "k1".parse().unwrap());
        host.answer(request).await
    };
    let first = send().await;
    assert!(!first.headers.contains_key("idempotency-replayed"));
    let again = send().await;
    assert_eq!(again.headers["idempotency-replayed"], "true");
    assert_eq!(first.expect(200), again.expect(200));
}

#[tokio::test]
async fn all_faults_of_a_request_are_told_at_once() {
    let host = TestHost::with_city(|_| {}).await;
    let key = host.key("caller", None).await;
    let mut faulty = check();
    faulty["operator"] = json!("");
    faulty["filed_on"] = json!("2026-13-01");
    faulty["unknown"] = json!(1);
    faulty["materials"] = json!([{ "code": 7, "name": "m", "provided": "no", "required_by": "habit" }]);
    faulty["parties"][0]["role"] = json!("king");
    faulty["parties"][0]["identifiers"][0]["value"] = json!("123");
    faulty["parties"][1]["name"] = json!(" ");
    faulty["parties"][1]["acts_for"] = json!("nobody");
    let answer = host.send(Method::POST, "/v1/checks", &key, &faulty.to_string()).await.expect(422);
    let mut told: Vec<(&str, &str)> = answer["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| (error["field"].as_str().unwrap(), error["code"].as_str().unwrap()))
        .collect();
    told.sort_unstable();
    assert_eq!(
        told,
        [
            ("filed_on", "date.malformed"),
            ("materials[0].code", "value.type"),
            ("materials[0].provided", "value.type"),
            ("materials[0].required_by", "value.unknown"),
            ("operator", "field.empty"),
            ("parties[0].identifiers[0]", "id.length"),
            ("parties[0].role", "value.unknown"),
            ("parties[1].acts_for", "party.unknown"),
            ("parties[1].name", "field.empty"),
            ("unknown", "field.unknown"),
        ]
    );
    let key = json!({"name": "", "role": "king", "departments": 7, "colour": "red"});
    let answer = host.local(Method::POST, "/v1/admin/keys", &key.to_string()).await.expect(422);
    let fields: Vec<&str> =
        answer["errors"].as_array().unwrap().iter().map(|error| error["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["colour", "departments", "name", "role"]);
    let answer = host.local(Method::GET, "/v1/tasks?state=late&kind=x&limit=0&day=1", "").await.expect(400);
    let fields: Vec<&str> =
        answer["errors"].as_array().unwrap().iter().map(|error| error["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["day", "state", "kind", "limit"]);
}
