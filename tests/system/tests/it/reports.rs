//! Feedback through the levels, and reports over a span of days.

use serde_json::{Value, json};
use system_tests::document::{assert_has, with};
use system_tests::{Setup, TestGate, TestPlatform, city, component, eventually};

const DETAILS: &str = r#"{"amount": "5000.00", "executing_department": "market-regulation",
    "executing_division": "370811", "valid_from": "2026-08-01", "valid_until": "2029-07-31",
    "effect": "已停止办理", "remark": "示例", "attachments": [{"name": "决定书", "reference": "示字〔2026〕7号"}]}"#;

/// A host with a platform whose feedback passes three levels, and one measure
/// reported on, the feedback delivered. Gives back the feedback's id.
async fn delivered(platform: &TestPlatform) -> (TestGate, String) {
    let lines = "timeout_ms = 300\nlevels = [\"county\", \"city\", \"province\"]";
    let gate = Setup::default().platform(platform, lines).with_hostile_guest().await;
    let answer = gate.checked("honest", "review", "case-1", city::BANNED_COMPANY).await;
    let details: Value = serde_json::from_str(DETAILS).unwrap();
    let executed = with(city::executed(), &json!({"details": details}));
    let accepted = gate.report(&answer, &[executed]).await.ok();
    eventually("the feedback is delivered", async || !gate.feedback("delivered").await.is_empty()).await;
    (gate, accepted["feedback"][0].as_str().unwrap().to_owned())
}

fn states(feedback: &Value) -> Vec<String> {
    let levels = feedback["levels"].as_array().unwrap();
    levels.iter().map(|level| format!("{} {}", level["level"], level["state"]).replace('"', "")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn r037_r105_feedback_is_acknowledged_level_by_level() {
    let platform = TestPlatform::start();
    let (gate, id) = delivered(&platform).await;
    let path = format!("/v1/feedback/{id}/acknowledgements");
    let say = async |level: &str, reference: &str| {
        let said = json!({"level": level, "reference": reference, "at": "2026-08-03T09:30:00+08:00"});
        gate.admin.post(&path, &said).await
    };
    let start = ["county acknowledged", "city waiting", "province waiting"];
    assert_eq!(states(&gate.feedback("delivered").await[0]), start);
    let _ = say("province", "P-1").await.problem(409, "feedback.level_out_of_order");
    let _ = say("county", "C-1").await.problem(409, "feedback.first_level");
    let _ = say("moon", "M-1").await.problem(422, "feedback.unknown_level");
    assert_eq!(say("city", "S-1").await.ok()["news"], true);
    assert_eq!(say("city", "S-1").await.ok()["news"], false);
    let _ = say("city", "S-2").await.problem(409, "feedback.other_reference");
    assert_eq!(say("province", "P-1").await.ok()["news"], true);
    let end = ["county acknowledged", "city acknowledged", "province acknowledged"];
    let listed = gate.feedback("delivered").await[0].clone();
    assert_eq!(states(&listed), end);
    assert_eq!(listed["levels"][2]["reference"], "P-1");
    let unknown = "/v1/feedback/0198f3c2-8d1e-7b54-9d2a-5f0c6f1a2b3c/acknowledgements";
    let said = json!({"level": "city", "reference": "S-1", "at": "2026-08-03T09:30:00+08:00"});
    let _ = gate.admin.post(unknown, &said).await.problem(404, "feedback.unknown");
}

#[tokio::test(flavor = "multi_thread")]
async fn r007_everything_that_was_said_of_a_measure_reaches_the_platform() {
    let platform = TestPlatform::start();
    let (gate, _) = delivered(&platform).await;
    let feedback = platform.received().await[0]["feedback"].clone();
    let details: Value = serde_json::from_str(DETAILS).unwrap();
    for (name, value) in details.as_object().unwrap() {
        assert_eq!(&feedback[name], value, "{name}");
    }
    assert_eq!(feedback["division"], city::division::CHECK);
    let answer = gate.checked("honest", "review", "case-2", city::BANNED_COMPANY).await;
    let wrong = json!({"amount": "1,5", "executing_division": "37", "valid_from": "2026-02-01", "valid_until": "2026-01-01"});
    let executed = with(city::executed(), &json!({"details": wrong}));
    let said = gate.report(&answer, &[executed]).await.problem(422, "request.invalid");
    for code in ["amount.malformed", "division.malformed", "date.order"] {
        assert!(said.contains(code), "{said}");
    }
}

fn table<'a>(report: &'a Value, name: &str) -> &'a [Value] {
    let tables = report["tables"].as_array().unwrap();
    let table = tables.iter().find(|table| table["name"] == name).unwrap();
    table["rows"].as_array().unwrap()
}

/// This month in Asia/Shanghai, as the host counts it.
pub(crate) fn month() -> String {
    jiff::tz::Offset::constant(8).to_datetime(jiff::Timestamp::now()).strftime("%Y-%m").to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn r108_r109_r110_a_month_and_a_half_year_are_counted_by_department() {
    let platform = TestPlatform::start();
    let (gate, _) = delivered(&platform).await;
    let path = format!("/v1/admin/reports/monthly?month={}", month());
    let report = gate.admin.get(&path).await.ok();
    assert_eq!(
        table(&report, "checks"),
        [json!([city::DEPARTMENT, "honest", "review", "hit", "proceed", 1])]
    );
    assert_eq!(
        table(&report, "hits"),
        [json!([city::DEPARTMENT, "honest", "food-drug.serious", "black", 1])]
    );
    assert_eq!(table(&report, "measures"), [json!([city::DEPARTMENT, "mandatory", 1, 1, 0, 0, 0, 0])]);
    assert_eq!(table(&report, "feedback"), [json!(["delivered", 1])]);
    let elsewhere = gate.admin.get(&format!("{path}&division=370812")).await.ok();
    assert_eq!((table(&elsewhere, "checks"), table(&elsewhere, "measures")), (&[][..], &[][..]));
    let past = gate.admin.get("/v1/admin/reports/half-year?until=2020-06").await.ok();
    assert_has(&past, &json!({"since": "2020-01-01", "until": "2020-06-30"}));
    assert!(table(&past, "checks").is_empty());
    let csv = gate.admin.get(&format!("{path}&format=csv")).await;
    assert!(csv.text.contains("信用核查\r\n部门,事项编码,环节"), "{}", csv.text);
    let _ = gate.admin.get("/v1/admin/reports/weekly").await.problem(404, "report.unknown");
    let _ = gate.admin.get("/v1/admin/reports/monthly?month=2026").await.problem(400, "request.query");
}

#[tokio::test(flavor = "multi_thread")]
async fn r107_typical_cases_are_kept_and_exported_by_month() {
    let gate = TestGate::start().await;
    let case = json!({"kind": "honesty", "happened_on": "2026-05-06", "department": city::DEPARTMENT,
                      "title": "主动纠正申报错误", "summary": "企业主动纠正申报错误并补缴费用"});
    assert_eq!(gate.caller.post("/v1/typical-cases", &case).await.status, 201);
    let mut wrong = case.clone();
    (wrong["kind"], wrong["title"]) = (json!("good"), json!(" "));
    let _ = gate.caller.post("/v1/typical-cases", &wrong).await.problem(422, "request.invalid");
    let report = gate.admin.get("/v1/admin/reports/cases?month=2026-05").await.ok();
    assert_eq!(table(&report, "cases")[0][1], "守信");
    let june = gate.admin.get("/v1/admin/reports/cases?month=2026-06").await.ok();
    assert!(table(&june, "cases").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn r106_typical_cases_of_all_departments_stand_in_one_report() {
    let mut gate = TestGate::start().await;
    for (department, kind) in [(city::DEPARTMENT, "honesty"), ("housing", "dishonesty")] {
        let case = json!({"kind": kind, "happened_on": "2026-05-06", "department": department,
                          "title": "示例案例", "summary": "跨部门联合奖惩"});
        assert_eq!(gate.admin.post("/v1/typical-cases", &case).await.status, 201);
    }
    let path = "/v1/admin/reports/cases?month=2026-05";
    let departments = async |query: &str| -> Vec<String> {
        let report = gate.admin.get(&format!("{path}{query}")).await.ok();
        table(&report, "cases").iter().map(|row| row[3].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(departments("").await, [city::DEPARTMENT, "housing"]);
    assert_eq!(departments("&department=housing").await, ["housing"]);
    gate.terminate().await;
    let report = gate.command_line("report cases --month 2026-05 --json").json();
    assert_eq!(table(&report, "cases").len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn r112_objections_and_repairs_are_among_the_data_of_each_department() {
    let platform = TestPlatform::start();
    let (gate, _) = delivered(&platform).await;
    let check = gate.checked("honest", "review", "case-2", city::BANNED_COMPANY).await;
    let objection = json!({"entry": "entry-banned", "check_id": check["check_id"], "raised_by": "subject",
                           "reason": "处罚决定已被撤销"});
    let raised = gate.caller.post("/v1/objections", &objection).await.ok();
    let month = month();
    let path = format!("/v1/admin/reports/monthly?month={month}&department={}", city::DEPARTMENT);
    let report = gate.admin.get(&path).await.ok();
    assert_eq!(table(&report, "objections"), [json!([city::DEPARTMENT, 1, 0, 0, 0, 1])]);
    let result = format!("/v1/objections/{}/result", raised["id"].as_str().unwrap());
    let _ = gate.chief.post(&result, &json!({"result": "confirmed", "text": "认定无误"})).await.ok();
    let repair = json!({"entry": "entry-banned", "applied_on": "2026-04-01", "case_no": "case-1",
                        "materials": ["performance_proof", "commitment"]});
    let repair = gate.caller.post("/v1/repairs", &repair).await.ok();
    let result = format!("/v1/repairs/{}/result", repair["id"].as_str().unwrap());
    let _ = gate.chief.post(&result, &json!({"result": "accepted", "text": "予以受理"})).await.ok();
    let report = gate.admin.get(&path).await.ok();
    assert_eq!(table(&report, "objections"), [json!([city::DEPARTMENT, 1, 1, 0, 0, 0])]);
    assert_eq!(table(&report, "repairs"), [json!([city::DEPARTMENT, 0, 1, 0, 0, 0, 1])]);
    assert_eq!(table(&report, "checks")[0][0], city::DEPARTMENT);
    for narrower in ["department=housing", "division=370812"] {
        let other = gate.admin.get(&format!("/v1/admin/reports/monthly?month={month}&{narrower}")).await.ok();
        for name in ["checks", "hits", "measures", "objections", "repairs"] {
            assert!(table(&other, name).is_empty(), "{narrower}: {name}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r111_key_items_are_shown_with_their_results_and_secret_ones_are_not() {
    let mut gate = TestGate::start().await;
    let item = |code: &str, key: bool, secret: Option<&str>| {
        json!({"type": "item", "code": code, "name": "食品经营许可", "department": city::DEPARTMENT,
               "kind": "licence", "report_required": false, "key_item": key, "power_items": [],
               "non_disclosure": secret})
    };
    let items =
        [item("honest", true, None), item("plain", false, None), item("hidden", true, Some("state_secret"))];
    let mut catalogue = city::catalogue();
    catalogue[0] = json!({"type": "edition", "edition": "key", "effective_from": "2021-01-01"});
    catalogue.extend(items);
    gate.import("catalogue", &catalogue).await;
    gate.publish_catalogue("key").await;
    gate.serve(component::hostile_guest(), &[city::honest("honest")]).await;
    let answer = gate.checked("honest", "review", "case-1", city::BANNED_COMPANY).await;
    assert_eq!(gate.report(&answer, &[city::executed()]).await.status, 202);
    let _ = gate.checked("honest", "review", "case-2", city::CLEAN_COMPANY).await;
    let report = gate.admin.get(&format!("/v1/admin/reports/key-items?month={}", month())).await.ok();
    let expected = json!(["honest", "食品经营许可", city::DEPARTMENT, "licence", 2, 1, 1, 1]);
    assert_eq!(table(&report, "key_items"), [expected]);
    gate.terminate().await;
    let text = gate.command_line(&format!("report key-items --month {}", month())).ok();
    assert!(text.contains("食品经营许可") && !text.contains("hidden"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn r050_entries_that_left_their_lists_make_an_exit_notice() {
    let mut gate = TestGate::start().await;
    let mut entries = city::entries();
    (entries[0]["status"], entries[0]["ended_on"]) = (json!("repaired"), json!("2026-05-06"));
    gate.import("lists", &entries[..1]).await;
    let report = gate.admin.get("/v1/admin/reports/exits?since=2026-05-01&until=2026-05-31").await.ok();
    let rows = table(&report, "exits");
    assert_eq!((rows.len(), &rows[0][0], &rows[0][7]), (1, &json!("entry-banned"), &json!("信用修复")));
    gate.terminate().await;
    gate.writes_workbook("report exits --since 2026-05-01 --until 2026-05-31 --output");
}
