//! Credit repair.

use super::*;

fn application() -> Value {
    json!({"entry": "e1", "applied_on": "2026-04-01", "case_no": "2026-000123",
           "materials": ["performance_proof", "commitment"], "modes": ["training"]})
}

fn path(repair: &Value) -> String {
    format!("/v1/repairs/{}/result", repair["id"].as_str().unwrap())
}

#[tokio::test]
async fn r102_once_repair_is_granted_the_entry_is_used_no_more() {
    let (host, window, publisher) = city().await;
    let check = checked(&host, &window).await;
    let repair = post(&host, &window, "/v1/repairs", &application()).await.expect(200);
    assert_eq!((&repair["state"], &repair["authority"]), (&json!("applied"), &json!("示例机关")));
    assert_eq!(messages(&host)[0]["state"], "applied", "the recogniser's platform hears of it");
    for result in ["accepted", "granted"] {
        let still = checked(&host, &window).await;
        assert_eq!(still["measures"].as_array().unwrap().len(), 1, "an application changes nothing yet");
        let answer = json!({"result": result, "text": "准予信用修复决定书〔2026〕8号"});
        post(&host, &publisher, &path(&repair), &answer).await.expect(200);
    }
    let after = checked(&host, &window).await;
    assert_eq!((&after["matches"], &after["measures"]), (&json!([]), &json!([])));
    let named = |wanted: &'static str| {
        let found = events(&host);
        async move { found.await.into_iter().filter(|(name, ..)| name == wanted).collect::<Vec<_>>() }
    };
    assert_eq!(named("entry.repaired").await[0].1, "e1");
    assert_eq!(
        named("check.affected").await.len(),
        1,
        "the last of the case; it took the place of the others"
    );
    assert_ne!(named("check.affected").await[0].1, check["check_id"].as_str().unwrap());
    let states: Vec<Value> = messages(&host).iter().map(|message| message["state"].clone()).collect();
    assert_eq!(states, ["applied", "accepted", "granted"]);
    let again = post(&host, &window, "/v1/repairs", &application()).await;
    assert_eq!(again.json()["errors"][0]["code"], "repair.not_in_effect", "there is nothing left to repair");
}

#[tokio::test]
async fn r102_r103_before_its_time_an_application_is_told_everything_that_is_missing_and_from_when() {
    let (host, window, _) = city().await;
    checked(&host, &window).await;
    let list = LISTS.replace(
        "\"recognised_on\"",
        "\"particulars\":{\"decided_on\":\"2026-06-01\",\"repair_modes\":[\"commitment\"]},\"recognised_on\"",
    );
    host.local(Method::POST, "/v1/admin/lists?format=jsonl&file=l", &list).await.expect(200);
    let mut body = application();
    body["materials"] = json!(["training"]);
    let answer = post(&host, &window, "/v1/repairs", &body).await;
    answer.refused(422, "repair.conditions");
    let problem = answer.json();
    let codes: Vec<&str> =
        problem["errors"].as_array().unwrap().iter().map(|fault| fault["code"].as_str().unwrap()).collect();
    assert_eq!(
        codes,
        ["repair.minimum_publicity", "repair.not_corrected", "repair.no_commitment", "repair.mode_not_open"]
    );
    assert!(problem["detail"].as_str().unwrap().contains("2027-06-01"), "from which day: {problem}");
    assert_eq!(messages(&host), Vec::<Value>::new());
    let listed = host.send(Method::GET, "/v1/repairs", &window, "").await.expect(200);
    assert_eq!(listed["repairs"], json!([]));
}

#[tokio::test]
async fn applications_and_answers_that_cannot_be_are_refused() {
    let (host, window, publisher) = city().await;
    checked(&host, &window).await;
    let mut unknown = application();
    unknown["entry"] = json!("none");
    post(&host, &window, "/v1/repairs", &unknown).await.refused(404, "entry.unknown");
    let mut early = application();
    early["applied_on"] = json!("2999-01-01");
    let answer = post(&host, &window, "/v1/repairs", &early).await;
    assert_eq!(answer.json()["errors"][0]["field"], "applied_on", "no way around the minimum");
    let repair = post(&host, &window, "/v1/repairs", &application()).await.expect(200);
    post(&host, &window, "/v1/repairs", &application()).await.refused(409, "repair.open");
    let give = |result: &str| json!({"result": result, "text": "收到"});
    post(&host, &publisher, &path(&repair), &give("granted")).await.refused(409, "repair.illegal_step");
    post(&host, &window, &path(&repair), &give("accepted")).await.refused(403, "auth.role");
    post(&host, &publisher, &path(&repair), &give("returned")).await.expect(200);
    post(&host, &publisher, &path(&repair), &give("returned")).await.refused(409, "repair.illegal_step");
    let nothing = "/v1/repairs/00000000-0000-7000-8000-000000000000/result";
    post(&host, &publisher, nothing, &give("accepted")).await.refused(404, "repair.unknown");
    post(&host, &window, "/v1/repairs", &application()).await.expect(200);
}
