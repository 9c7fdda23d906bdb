//! Checks, cases, dispositions and receipts.

use axum::http::Method;

use super::*;

async fn post(host: &TestHost, key: &str, body: &str, idempotency: Option<&str>) -> Answer {
    let mut request = request(Method::POST, "/v1/checks", body.to_owned().into());
    authorize(&mut request, key);
    if let Some(value) = idempotency {
        request.headers_mut().insert("idempotency-key", value.parse().unwrap());
    }
    host.answer(request).await
}

#[tokio::test]
async fn a_check_without_a_release_is_could_not_check_and_recorded() {
    let host = TestHost::with_city(|_| {}).await;
    let key = host.key("caller", Some(&[DEPARTMENT])).await;
    let answer = post(&host, &key, &check().to_string(), None).await.expect(200);
    assert_eq!(answer["status"], "could_not_check");
    assert_eq!(answer["outcome"], "manual_review");
    assert_eq!(answer["reasons"][0]["code"], "plugin.unavailable");
    assert_eq!(answer["matches"][0]["entry"]["id"], "e1");

    let receipt = json!({"receipt": answer["receipt"]}).to_string();
    let verified = host.send(Method::POST, "/v1/receipts:verify", &key, &receipt).await.expect(200);
    assert_eq!(verified["valid"], true);
    assert_eq!(verified["claims"]["check_id"], answer["check_id"]);
    let verified =
        host.send(Method::POST, "/v1/receipts:verify", &key, r#"{"receipt":"x"}"#).await.expect(200);
    assert_eq!((&verified["valid"], &verified["code"]), (&json!(false), &json!("receipt.malformed")));

    let keys = host.send(Method::GET, "/.well-known/jwks.json", "", "").await.expect(200);
    assert_eq!(keys["keys"][0]["crv"], "Ed25519");
}

#[tokio::test]
async fn the_same_idempotency_key_gives_the_same_answer_and_no_other_request() {
    let host = TestHost::with_city(|_| {}).await;
    let key = host.key("caller", None).await;
    let body = check().to_string();
    let first = post(&host, &key, &body, Some("k-1")).await.expect(200);
    assert_eq!(post(&host, &key, &body, Some("k-1")).await.expect(200), first);
    let other = check_with("/case_no", json!("2026-000124")).to_string();
    post(&host, &key, &other, Some("k-1")).await.refused(409, "idempotency.conflict");
    let second = post(&host, &key, &body, Some("k-2")).await.expect(200);
    assert_ne!(second["check_id"], first["check_id"]);
    let malformed = post(&host, &key, &body, Some("with space")).await;
    assert_eq!(malformed.json()["errors"][0]["field"], "Idempotency-Key");
}

#[tokio::test]
async fn what_is_wrong_with_a_request_is_said_with_its_field() {
    let host = TestHost::with_city(|_| {}).await;
    let key = host.key("caller", None).await;
    let mut without_case = check();
    without_case.as_object_mut().unwrap().remove("case_no");
    let mut unknown = check();
    unknown["parties"][0]["nmae"] = json!("示例");
    let wrong = json!([{"kind": "citizen_id", "value": "370811198506150027"}]);
    let cases = [
        ("{".to_owned(), 400, "request.malformed_json", ""),
        (String::new(), 400, "request.malformed_json", ""),
        (unknown.to_string(), 422, "request.invalid", "parties[0].nmae"),
        (without_case.to_string(), 422, "request.invalid", "case_no"),
        (check_with("/operator", json!("")).to_string(), 422, "request.invalid", "operator"),
        (check_with("/parties", json!([])).to_string(), 422, "request.invalid", "parties"),
        (check_with("/parties", json!(CITIZEN_ID)).to_string(), 422, "request.invalid", "parties"),
        (
            check_with("/parties/1/identifiers", wrong).to_string(),
            422,
            "request.invalid",
            "parties[1].identifiers[0]",
        ),
        (check_with("/department", json!("none")).to_string(), 422, "department.unknown", ""),
        (check_with("/item", json!("none")).to_string(), 422, "item.unknown", ""),
        (check_with("/checkpoint", json!("none")).to_string(), 422, "checkpoint.unknown", ""),
    ];
    for (body, status, code, field) in cases {
        let answer = post(&host, &key, &body, None).await;
        answer.refused(status, code);
        assert_eq!(answer.headers["content-type"], "application/problem+json");
        if !field.is_empty() {
            assert_eq!(answer.json()["errors"][0]["field"], field, "{}", answer.text);
        }
        assert!(!answer.text.contains("3708111985"), "{}", answer.text);
    }
    let case = host.send(Method::GET, "/v1/cases/2026-000123", &key, "").await;
    assert_eq!(case.code(), "case.unknown", "a refused request leaves no check");
}

#[tokio::test]
async fn a_report_is_about_measures_of_a_check_and_feedback_about_feedback() {
    let host = TestHost::with_city(|_| {}).await;
    let key = host.key("caller", Some(&[DEPARTMENT])).await;
    let housing = host.key("caller", Some(&["housing"])).await;
    let check = post(&host, &key, &check().to_string(), None).await.expect(200);
    let path = format!("/v1/checks/{}/dispositions", check["check_id"].as_str().unwrap());
    let report =
        json!({"dispositions": [{"measure": "m9", "result": "executed", "officer": "o-17"}]}).to_string();
    let unknown = "/v1/checks/0198c3f2-0000-7000-8000-000000000000";
    for (change, field, code) in [
        (json!({"officer": " \u{3000}"}), "officer", "field.empty"),
        (json!({"officer": "\u{200B}\u{3164}"}), "officer", "field.empty"),
        (json!({"officer": "名".repeat(101)}), "officer", "field.length"),
        (json!({"officer": "o\u{7}"}), "officer", "field.control_character"),
        (json!({"action": "长".repeat(2001)}), "action", "field.length"),
        (json!({"reason": "长".repeat(2001)}), "reason", "field.length"),
        (json!({"details": {"remark": "长".repeat(2001)}}), "details.remark", "field.length"),
        (
            json!({"details": {"attachments": [{"name": " ", "reference": "x"}]}}),
            "details.attachments",
            "field.empty",
        ),
        (json!({"executed_at": "2999-01-01T00:00:00+08:00"}), "executed_at", "date.in_the_future"),
        (json!({"executed_at": "2001-01-01T00:00:00+08:00"}), "executed_at", "value.range"),
        (json!({"details": {"valid_until": "2001-01-01"}}), "details.valid_until", "value.range"),
    ] {
        let mut said = json!({"measure": "m9", "result": "executed", "officer": "o-17"});
        said.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let answer = host.send(Method::POST, &path, &key, &json!({"dispositions": [said]}).to_string()).await;
        let fault = answer.expect(422)["errors"][0].clone();
        let place = json!(format!("dispositions[0].{field}"));
        assert_eq!((&fault["field"], &fault["code"]), (&place, &json!(code)), "{change}");
    }
    for (path, key, body, status, code) in [
        (path.as_str(), &key, report.as_str(), 422, "measure.unknown"),
        (&path, &key, r#"{"dispositions":[]}"#, 422, "disposition.none"),
        (&path, &housing, &report, 403, "department.not_allowed"),
        (&format!("{unknown}/dispositions"), &key, &report, 404, "check.unknown"),
        ("/v1/checks/none/dispositions", &key, &report, 400, "request.path"),
    ] {
        host.send(Method::POST, path, key, body).await.refused(status, code);
    }
    assert_eq!(host.send(Method::GET, unknown, &key, "").await.code(), "check.unknown");

    let auditor = host.key("auditor", None).await;
    for state in ["", "?state=pending", "?state=dead"] {
        let path = format!("/v1/admin/feedback{state}");
        let listed = host.send(Method::GET, &path, &auditor, "").await.expect(200);
        assert_eq!(listed["feedback"], json!([]), "a report that was refused sends nothing");
    }
    for (path, status, code) in [
        ("/v1/admin/feedback/0198c3f2-0000-7000-8000-000000000000:requeue", 409, "feedback.not_dead"),
        ("/v1/admin/feedback/0198c3f2-0000-7000-8000-000000000000", 404, "route.unknown"),
        ("/v1/admin/feedback/x:requeue", 400, "request.path"),
    ] {
        host.local(Method::POST, path, "").await.refused(status, code);
    }
}

#[tokio::test]
async fn a_host_opens_again_with_everything_it_answered() {
    let folder = tempfile::tempdir().unwrap();
    let open = async || {
        let mut config = Config { data: folder.path().join("data"), ..Config::default() };
        config.sandbox.concurrent_calls = NonZeroU32::new(2).unwrap();
        Host::open(config).await
    };
    let host = open().await.unwrap();
    assert!(matches!(open().await, Err(crate::HostError::InUse { .. })));
    let mut first = request(Method::GET, "/.well-known/jwks.json", Body::empty());
    first.extensions_mut().insert(LocalOperator::default());
    let keys = host.router().oneshot(first).await.unwrap().into_body();
    let before = axum::body::to_bytes(keys, usize::MAX).await.unwrap();
    drop(host);
    let host = open().await.unwrap();
    let again = request(Method::GET, "/.well-known/jwks.json", Body::empty());
    let keys = host.router().oneshot(again).await.unwrap().into_body();
    assert_eq!(axum::body::to_bytes(keys, usize::MAX).await.unwrap(), before, "the receipt key is kept");
}
