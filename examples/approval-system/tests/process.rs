//! The process against a server that answers like creditgate, by a script.

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use approval_system::{Case, Client, ClientError, Ending, take_through};
    use axum::extract::{Path, State};
    use axum::http::{HeaderMap, StatusCode};
    use axum::response::{IntoResponse, Response};
    use axum::routing::post;
    use axum::{Json, Router};
    use creditgate_api::CheckRequest;
    use serde_json::{Value, json};
    use tokio::net::TcpListener;

    type Scripted = fn(&str) -> (u16, Value);

    #[derive(Clone)]
    struct Creditgate {
        script: Scripted,
        calls: Arc<Mutex<Vec<(String, Value)>>>,
    }

    async fn check(
        State(server): State<Creditgate>,
        headers: HeaderMap,
        Json(body): Json<Value>,
    ) -> Response {
        assert_eq!(headers["authorization"], "Bearer cg_k1_secret");
        let key = headers["idempotency-key"].to_str().unwrap().to_owned();
        let (status, answer) = (server.script)(body["checkpoint"].as_str().unwrap());
        server.calls.lock().unwrap().push((key, body));
        (StatusCode::from_u16(status).unwrap(), Json(answer)).into_response()
    }

    async fn report(
        State(server): State<Creditgate>,
        Path(id): Path<String>,
        Json(body): Json<Value>,
    ) -> Response {
        server.calls.lock().unwrap().push((format!("dispositions of {id}"), body));
        (StatusCode::ACCEPTED, Json(json!({ "feedback": ["f1", "f2"] }))).into_response()
    }

    async fn start(script: Scripted) -> (Client, Creditgate) {
        let server = Creditgate { script, calls: Arc::default() };
        let routes = Router::new()
            .route("/v1/checks", post(check))
            .route("/v1/checks/{id}/dispositions", post(report))
            .with_state(server.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        (Client::new(&format!("http://{address}"), "cg_k1_secret\n").unwrap(), server)
    }

    fn case(expected: Value) -> Case {
        let case = json!({
            "case_no": "C1", "title": "a case", "expected": expected,
            "application": {
                "department": "d", "item": "i", "case_no": "C1", "operator": "officer-1",
                "parties": [{ "role": "applicant", "kind": "legal_person", "name": "甲公司", "identifiers": [] }],
            },
        });
        Case::parse(&case.to_string()).unwrap()
    }

    fn answer(checkpoint: &str, outcome: &str) -> Value {
        json!({
            "check_id": format!("check-{checkpoint}"), "case_no": "C1", "department": "d", "item": "i",
            "checkpoint": checkpoint, "status": "clear", "outcome": outcome, "mode": "enforce",
            "enforced": true, "reasons": [], "warnings": [], "matches": [], "hints": [], "measures": [],
            "grounds": [], "advice": [], "explanation": "", "policy": "370811@1", "catalogue": "2026",
            "checked_at": "2026-08-03T09:30:00.000+08:00", "receipt": format!("receipt-{checkpoint}"),
            "later": "a field this program does not know",
        })
    }

    #[tokio::test]
    async fn a_clear_case_passes_all_and_hands_its_receipts_on() {
        let (client, server) = start(|checkpoint| (200, answer(checkpoint, "proceed"))).await;
        let log = take_through(&client, &case(json!([]))).await;
        assert_eq!(log.ending, Ending::Passed);
        let calls = server.calls.lock().unwrap();
        let keys: Vec<&str> = calls.iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(keys, ["C1.intake", "C1.review", "C1.issuance"]);
        assert_eq!(calls[2].1["receipts"], json!(["receipt-intake", "receipt-review"]));
    }

    #[tokio::test]
    async fn a_refusal_or_a_review_ends_the_way_and_only_where_it_binds() {
        let (client, _) = start(|checkpoint| match checkpoint {
            "intake" => (200, answer(checkpoint, "proceed_with_commitment")),
            _ => (200, answer(checkpoint, "refuse")),
        })
        .await;
        let log = take_through(&client, &case(json!([]))).await;
        assert_eq!(log.ending, Ending::Refused { checkpoint: "review".into() });
        assert_eq!(log.steps.len(), 2);

        let (client, _) = start(|checkpoint| (200, answer(checkpoint, "manual_review"))).await;
        let log = take_through(&client, &case(json!([]))).await;
        assert_eq!(log.ending, Ending::ManualReview { checkpoint: "intake".into() });

        let (client, _) = start(|checkpoint| {
            let mut answer = answer(checkpoint, "refuse");
            answer["enforced"] = json!(false);
            (200, answer)
        })
        .await;
        assert_eq!(take_through(&client, &case(json!([]))).await.ending, Ending::Passed);
    }

    #[tokio::test]
    async fn what_was_done_about_each_measure_is_reported() {
        let (client, server) = start(|checkpoint| {
            let mut answer = answer(checkpoint, "refuse");
            let measure = |id: &str, disposition: Value| {
                json!({ "id": id, "code": "c", "category": "g", "nature": "mandatory", "direction": "punish",
                        "content": "不予许可", "power_item": "", "section": "", "basis": "b",
                        "basis_text": "食品安全法", "entry": "e", "party": "p1", "disposition": disposition })
            };
            answer["measures"] = json!([
                measure("m1", json!({ "action": "applied" })),
                measure("m2", json!({ "action": "exempted", "reason": "依法不适用" })),
                measure("m3", Value::Null),
            ]);
            (200, answer)
        })
        .await;
        let log = take_through(&client, &case(json!([]))).await;
        assert_eq!(log.steps[0].feedback, ["f1", "f2"]);
        let calls = server.calls.lock().unwrap();
        assert_eq!(calls[1].0, "dispositions of check-intake");
        let expected = json!({ "dispositions": [
            { "measure": "m1", "result": "executed", "action": "不予许可", "officer": "officer-1" },
            { "measure": "m2", "result": "not_executed", "reason": "依法不适用", "officer": "officer-1" },
        ]});
        assert_eq!(calls[1].1, expected);
    }

    #[tokio::test]
    async fn a_refused_request_rests_the_case_with_every_fault() {
        let (client, _) = start(|_| {
            let problem = json!({
                "type": "urn:creditgate:problem:request.invalid", "title": "the request has 1 fault(s)",
                "status": 422, "code": "request.invalid", "detail": "",
                "errors": [{ "field": "operator", "code": "field.empty", "message": "must not be empty" }],
            });
            (422, problem)
        })
        .await;
        let log = take_through(&client, &case(json!([]))).await;
        let Ending::Failed { checkpoint, error } = log.ending else { panic!("{log:?}") };
        assert_eq!(checkpoint, "intake");
        assert_eq!(
            error,
            "creditgate refused with 422 (request.invalid): the request has 1 fault(s); operator: must not be empty"
        );
    }

    #[tokio::test]
    async fn something_else_than_creditgate_is_not_taken_for_an_answer() {
        let (client, _) = start(|_| (200, json!({ "ok": true }))).await;
        let refused = client.check(&CheckRequest::default(), "k").await;
        assert!(matches!(refused, Err(ClientError::Malformed(StatusCode::OK))), "{refused:?}");
        drop(client);
        let nobody = Client::new("http://127.0.0.1:1", "key").unwrap();
        let unreachable = nobody.check(&CheckRequest::default(), "k").await;
        assert!(matches!(unreachable, Err(ClientError::Unreachable(_))), "{unreachable:?}");
        assert!(matches!(Client::new("creditgate", "key"), Err(ClientError::Address(_))));
    }

    #[tokio::test]
    async fn what_differs_from_the_expected_is_said() {
        let (client, _) = start(|checkpoint| (200, answer(checkpoint, "manual_review"))).await;
        let expected = json!([
            { "checkpoint": "intake", "status": "clear", "outcome": "proceed", "advice": ["fast_track"] },
            { "checkpoint": "review", "status": "clear", "outcome": "proceed" },
        ]);
        let case = case(expected);
        let log = take_through(&client, &case).await;
        assert_eq!(
            log.differences(&case),
            [
                "came to 1 checkpoint(s) instead of 2",
                "intake: outcome is `manual_review` instead of `proceed`",
                "intake: no advice `fast_track`",
            ]
        );
    }
}
