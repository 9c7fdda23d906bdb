//! Requests that cannot be checked are refused with the field at fault, and
//! leave no trace in the ledger.

use serde_json::{Value, json};
use system_tests::document::{assert_has, with};
use system_tests::{TestGate, city, component};

fn good() -> Value {
    city::request("honest", "review", "case-1", city::CLEAN_COMPANY)
}

fn altered(place: &str, value: impl Into<Value>) -> Value {
    with(good(), &json!({place: value.into()}))
}

fn without(field: &str) -> Value {
    let mut request = good();
    request.as_object_mut().unwrap().remove(field);
    request
}

#[tokio::test(flavor = "multi_thread")]
async fn r117_a_request_with_a_fault_is_refused_by_field_and_nothing_is_recorded() {
    let gate = TestGate::with_hostile_guest().await;
    let before = gate.holdings().await;
    let invalid = [
        (without("operator"), "operator: is missing"),
        (altered("operator", " "), "operator: must not be empty"),
        (without("case_no"), "case_no: is missing"),
        (altered("case_no", ""), "case_no: must not be empty"),
        (altered("parties", json!([])), "parties: at least one"),
        (altered("/parties/0/identifiers", json!([])), "parties[0].identifiers: one to eight identifiers"),
        (altered("operater", "x"), "operater: is not a known field; did you mean `operator`?"),
        (altered("/parties/0/nmae", "x"), "parties[0].nmae: is not a known field; did you mean `name`?"),
        (altered("/parties/0/role", "king"), "parties[0].role"),
        (altered("filed_on", "2026-02-30"), "filed_on"),
    ];
    for (request, named) in invalid {
        let detail = gate.check(&request).await.problem(422, "request.invalid");
        assert!(detail.contains(named), "{named}: {detail}");
    }
    let elsewhere = [
        ("department", "weather", "department.unknown", "`weather`"),
        ("item", "moon-licence", "item.unknown", "`moon-licence`"),
        ("checkpoint", "intake", "checkpoint.unknown", "`intake`; it is at: review"),
        ("division", "110101", "division.outside", "`110101`"),
    ];
    for (field, value, code, named) in elsewhere {
        let detail = gate.check(&altered(field, value)).await.problem(422, code);
        assert!(detail.contains(named), "{detail}");
    }
    assert_eq!(gate.holdings().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_cannot_be_read_is_refused_with_the_reason() {
    let gate = TestGate::with_hostile_guest().await;
    let whole = good().to_string();
    let cut = whole[..whole.len() - 2].to_owned();
    let cases = [
        ("cut off", "application/json", cut.into_bytes(), 400, "request.malformed_json", "line 1, column"),
        ("not JSON", "application/json", b"case_no=1".to_vec(), 400, "request.malformed_json", "is not JSON"),
        (
            "two documents",
            "application/json",
            format!("{whole}{whole}").into_bytes(),
            400,
            "request.malformed_json",
            "line 1",
        ),
        ("nothing", "application/json", Vec::new(), 400, "request.malformed_json", "is not JSON"),
        (
            "a form",
            "application/x-www-form-urlencoded",
            whole.clone().into_bytes(),
            415,
            "request.media_type",
            "application/json",
        ),
        ("50 MB", "application/json", vec![b' '; 50 << 20], 413, "request.too_large", "1048576 bytes"),
    ];
    for (what, media, body, status, code, named) in cases {
        let detail = gate.caller.post_text("/v1/checks", media, body).await.problem(status, code);
        assert!(detail.contains(named), "{what}: {detail}");
    }
    assert_eq!(gate.ledger().await["records"], 0);
    assert_eq!(gate.check(&good()).await.ok()["status"], "clear", "the host goes on");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_check_digit_is_taken_as_the_policy_of_the_jurisdiction_says() {
    let binding = with(city::honest("honest"), &json!({"division": city::division::ABOVE}));
    let gate = TestGate::serving(component::hostile_guest(), &[binding]).await;
    let mistyped = |division| {
        let changes = json!({"division": division});
        with(city::request("honest", "review", "case-1", city::MISTYPED_COMPANY), &changes)
    };
    let answer = gate.check(&mistyped(city::division::FORMAT)).await.ok();
    assert_has(&answer, &json!({"status": "could_not_check", "warnings": []}));

    let answer = gate.check(&mistyped(city::division::CHECK)).await.ok();
    assert_has(&answer, &json!({"status": "could_not_check", "/warnings/0/code": "id.check_failed"}));
    assert_eq!(answer["warnings"][0]["field"], "parties[0].identifiers[0]");

    let before = gate.holdings().await;
    let detail = gate.check(&mistyped(city::division::STRICT)).await.problem(422, "request.invalid");
    assert!(
        detail.contains("parties[0].identifiers[0]: the check character of the unified social credit code"),
        "{detail}"
    );
    assert!(!detail.contains(city::MISTYPED_COMPANY), "{detail}");
    assert_eq!(gate.holdings().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_request_gets_the_same_answer_and_another_body_under_its_key_a_conflict() {
    let gate = TestGate::with_hostile_guest().await;
    let first = gate.caller.post_once("/v1/checks", "key-1", &good()).await;
    let answer = first.ok();
    for _ in 0..3 {
        let repeated = gate.caller.post_once("/v1/checks", "key-1", &good()).await;
        assert_eq!(repeated.text, first.text, "to the byte, with hash and receipt");
    }
    assert!(answer["receipt"].is_string() && answer["record_hash"].is_string(), "{answer}");
    assert_eq!(gate.ledger().await["records"], 1);

    let other = altered("case_no", "case-2");
    let detail =
        gate.caller.post_once("/v1/checks", "key-1", &other).await.problem(409, "idempotency.conflict");
    assert!(detail.contains("different request"), "{detail}");
    assert_eq!(gate.ledger().await["records"], 1);

    // The key is the caller's own: another one's is another request.
    let neighbour = gate.new_key(json!({"name": "neighbour", "role": "caller"})).await;
    let theirs = neighbour.post_once("/v1/checks", "key-1", &other).await.ok();
    assert_ne!(theirs["check_id"], answer["check_id"]);

    let spaced = gate.caller.post_once("/v1/checks", "two words", &good()).await;
    assert!(spaced.problem(422, "request.invalid").contains("Idempotency-Key"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_request_sent_many_times_at_once_is_checked_once() {
    let gate = TestGate::with_hostile_guest().await;
    let calls: Vec<_> = (0..16)
        .map(|_| {
            let caller = gate.caller.clone();
            tokio::spawn(async move { caller.post_once("/v1/checks", "key-1", &good()).await })
        })
        .collect();
    let mut answers = Vec::new();
    for call in calls {
        answers.push(call.await.unwrap());
    }
    assert!(
        answers.iter().all(|answer| answer.status == 200 && answer.text == answers[0].text),
        "{answers:?}"
    );
    assert_eq!(gate.ledger().await["records"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_key_that_may_is_answered() {
    let gate = TestGate::with_hostile_guest().await;
    let order = json!({"name": "other department", "role": "caller", "departments": ["housing"]});
    let elsewhere = gate.new_key(order).await;
    let revoked = gate.new_key(json!({"name": "leaver", "role": "caller"})).await;
    let id = revoked.key().unwrap().split('_').nth(1).unwrap().to_owned();
    let _ =
        gate.admin.send(reqwest::Method::DELETE, &format!("/v1/admin/keys/{id}"), &[], Vec::new()).await.ok();
    let wrong = format!("{}0", gate.caller.key().unwrap());
    let vendor = gate.somebody_of(city::DEPARTMENT, "vendor").await;
    let before = gate.holdings().await;

    let cases = [
        ("no key", gate.caller.with_key(None), 401, "auth.missing", "Authorization: Bearer"),
        ("a wrong key", gate.caller.with_key(Some(&wrong)), 401, "auth.invalid", "not known"),
        ("no key at all", gate.caller.with_key(Some("open sesame")), 401, "auth.invalid", "not known"),
        ("a revoked key", revoked, 401, "auth.revoked", id.as_str()),
        ("a key for another department", elsewhere, 403, "department.not_allowed", "`market-regulation`"),
        ("a key for another job", vendor, 403, "auth.role", "`vendor`"),
    ];
    for (what, caller, status, code, named) in &cases {
        let detail = caller.post("/v1/checks", &good()).await.problem(*status, code);
        assert!(detail.contains(named), "{what}: {detail}");
    }
    assert_eq!(gate.holdings().await, before);
    // What one may not ask for, one may not read either.
    let answer = gate.check(&good()).await.ok();
    let (_, elsewhere, ..) = &cases[4];
    let path = format!("/v1/checks/{}", answer["check_id"].as_str().unwrap());
    let detail = elsewhere.get(&path).await.problem(403, "department.not_allowed");
    assert!(detail.contains("`market-regulation`"), "{detail}");
    let _ = elsewhere.get("/v1/cases/case-1").await.problem(404, "case.unknown");
}
