//! What is owed after a check, until when, and what happens when nobody did it:
//! commitments, publicity, records and reports.

mod calendar;
mod commitments;

use serde_json::{Value, json};
use system_tests::document::{assert_has, texts, with};
use system_tests::{Setup, TestGate, TestPlatform, city, component, eventually, until};

/// A division whose rules have days for reports, and wait long for publicity.
const REPORTING: &str = "370814";

/// Tasks as `query` selects them.
async fn tasks(gate: &TestGate, query: &str) -> Vec<Value> {
    gate.admin.list("tasks", &format!("/v1/tasks?{query}")).await
}

/// A policy of the city with these rules on duties.
fn policy(duties: &Value) -> Value {
    let mut policy = with(city::policies().remove(0), &json!({"division": REPORTING}));
    policy["duties"] = duties.clone();
    policy
}

/// A host with an item whose issuance is checked under [`REPORTING`].
async fn issuing(setup: Setup, duties: &Value) -> TestGate {
    let gate = setup.start().await;
    gate.import("policy", &[policy(duties)]).await;
    let issuance = with(city::honest("honest"), &json!({"checkpoint": "issuance", "division": REPORTING}));
    gate.serve(component::hostile_guest(), &[city::honest("honest"), issuance]).await;
    gate
}

async fn check(gate: &TestGate, checkpoint: &str, case_no: &str, uscc: &str) -> Value {
    gate.checked("honest", checkpoint, case_no, uscc).await
}

fn publication(case_no: &str, day: &str) -> Value {
    json!({"case_no": case_no, "document": "示许〔2026〕7号", "decided_on": day, "published_on": day,
           "place": "信用中国（示例）"})
}

#[tokio::test(flavor = "multi_thread")]
async fn r089_a_licence_is_owed_publicity_until_somebody_says_that_it_is_public() {
    let gate = issuing(Setup::default(), &json!({})).await;
    let checked = check(&gate, "issuance", "case-1", city::CLEAN_COMPANY).await;
    let id = checked["check_id"].as_str().unwrap();
    let [task] = tasks(&gate, "kind=publicity").await.try_into().unwrap();
    assert_has(&task, &json!({"subject": id, "case_no": "case-1"}));
    assert_has(&task, &json!({"responder": city::DEPARTMENT, "state": "open"}));
    let day = task["event_on"].as_str().unwrap().to_owned();

    // Decided on again: one publicity, not two.
    let again = check(&gate, "issuance", "case-1", city::CLEAN_COMPANY).await;
    let [task] = tasks(&gate, "kind=publicity").await.try_into().unwrap();
    assert_eq!(task["subject"], again["check_id"]);

    let other = gate.somebody_of("housing", "caller").await;
    let report = publication("case-1", &day);
    let _ = other.post("/v1/publications", &report).await.problem(403, "department.not_allowed");
    for changes in [json!({"published_on": "2199-01-01"}), json!({"check_id": id})] {
        let bad = gate.caller.post("/v1/publications", &with(report.clone(), &changes)).await;
        let _ = bad.problem(422, "request.invalid");
    }
    let published = gate.caller.post("/v1/publications", &report).await.ok();
    assert_eq!(published["published"][0]["late"], false, "{published}");
    let _ = gate.caller.post("/v1/publications", &report).await.problem(409, "publication.not_owed");
    assert!(tasks(&gate, "kind=publicity").await.is_empty());
    let [done] = tasks(&gate, "kind=publicity&state=done").await.try_into().unwrap();
    assert_eq!(done["result"], "in_time");

    // Counted from the decision, not from the check.
    let _ = check(&gate, "issuance", "case-2", city::CLEAN_COMPANY).await;
    let late = with(publication("case-2", &day), &json!({"decided_on": "2026-01-05"}));
    let published = gate.caller.post("/v1/publications", &late).await.ok();
    assert_has(&published, &json!({"/published/0/due_on": "2026-01-14", "/published/0/late": true}));
}

#[tokio::test(flavor = "multi_thread")]
async fn r090_a_limit_in_days_counts_holidays_too() {
    let duties = json!({"publicity_limit": {"count": 7, "unit": "days"}});
    let gate = issuing(Setup::default(), &duties).await;
    let _ = check(&gate, "issuance", "case-1", city::CLEAN_COMPANY).await;
    let report = with(publication("case-1", "2026-10-09"), &json!({"decided_on": "2026-09-24"}));
    let published = gate.caller.post("/v1/publications", &report).await.ok();
    assert_eq!(published["published"][0]["due_on"], "2026-10-01");
}

#[tokio::test(flavor = "multi_thread")]
async fn r094_r104_what_was_done_is_asked_for_and_then_its_way_to_the_platform_is_watched() {
    let mut platform = TestPlatform::start();
    let gate = issuing(Setup::default().platform(&platform, "timeout_ms = 1000"), &json!({})).await;
    platform.go_down();
    let checked = check(&gate, "review", "case-1", city::BANNED_COMPANY).await;
    let id = checked["check_id"].as_str().unwrap();
    let [task] = tasks(&gate, "kind=disposition").await.try_into().unwrap();
    assert_has(&task, &json!({"subject": id, "initiator": "host"}));
    let reported = gate.report(&checked, &[city::executed()]).await;
    assert_eq!(reported.status, 202);
    assert!(tasks(&gate, "kind=disposition").await.is_empty());
    let [record] = tasks(&gate, "kind=record").await.try_into().unwrap();
    assert_eq!(record["subject"], reported.json()["feedback"][0], "{record}");

    // What was reported at an earlier checkpoint is not asked for again.
    let _ = check(&gate, "review", "case-1", city::BANNED_COMPANY).await;
    assert!(tasks(&gate, "kind=disposition").await.is_empty());
    platform.come_up();
    eventually("the platform has it", async || tasks(&gate, "kind=record").await.is_empty()).await;
    let [done] = tasks(&gate, "kind=record&state=done").await.try_into().unwrap();
    assert_eq!(done["result"], "in_time");
}

#[tokio::test(flavor = "multi_thread")]
async fn r107_r108_r109_reports_are_asked_for_by_the_days_of_the_policy() {
    let duties = json!({"monthly_report_day": 15, "typical_cases_day": 20,
                        "half_yearly_report_days": ["06-05", "01-05"]});
    let gate = issuing(Setup::default(), &duties).await;
    for (kind, day) in [("monthly_report", "-15"), ("typical_cases", "-20"), ("half_yearly_report", "-05")] {
        let task = until(kind, async || tasks(&gate, &format!("kind={kind}")).await.pop()).await;
        assert!(task["due_on"].as_str().unwrap().ends_with(day), "{task}");
        assert_has(&task, &json!({"responder": "lead-unit", "division": REPORTING}));
        assert!(task["subject"].as_str().unwrap().starts_with(&format!("{REPORTING}/")), "{task}");
        let each_kind = if kind == "typical_cases" { 2 } else { 1 };
        let owed = tasks(&gate, &format!("kind={kind}")).await.len();
        assert_eq!(owed, each_kind, "divisions without a day owe none");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r107_a_typical_case_of_the_month_ends_the_duty_to_report_one_of_its_kind() {
    let mut gate = issuing(Setup::default(), &json!({"typical_cases_day": 20})).await;
    until("the month", async || tasks(&gate, "kind=typical_cases").await.pop()).await;
    // After the 20th they are owed for the next month, and of that nothing can have
    // happened yet: take them for those of this month.
    let month = crate::reports::month();
    gate.pass_time(&format!(
        "UPDATE duties SET subject = '370814/{month}' || substr(subject, 15) WHERE kind = 'typical_cases'"
    ));
    let of_month = async |query: &str| {
        let mut found = tasks(&gate, query).await;
        found.retain(|task| task["subject"].as_str().unwrap().starts_with(&format!("370814/{month}/")));
        found
    };
    let kind_of = |task: &Value| task["subject"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    let case = |kind: &str, department: &str, day: &str| {
        json!({"kind": kind, "happened_on": day, "department": department, "title": "示例案例",
               "summary": "企业主动纠正申报错误"})
    };
    let first = format!("{month}-01");
    for other in [case("honesty", city::DEPARTMENT, "2020-05-06"), case("honesty", "housing", &first)] {
        assert_eq!(gate.admin.post("/v1/typical-cases", &other).await.status, 201);
    }
    let _ = gate.admin.get(&format!("/v1/admin/reports/cases?month={month}")).await.ok();
    let owed = of_month("kind=typical_cases").await;
    assert_eq!(owed.len(), 2, "another month, another division, too soon");
    for (kind, left) in [("honesty", vec!["dishonesty"]), ("dishonesty", vec![])] {
        let reported = case(kind, city::DEPARTMENT, &first);
        assert_eq!(gate.caller.post("/v1/typical-cases", &reported).await.status, 201);
        let owed: Vec<String> = of_month("kind=typical_cases").await.iter().map(kind_of).collect();
        assert_eq!(owed, left, "after one of {kind}");
    }
    let done = of_month("kind=typical_cases&state=done").await;
    assert!(done.iter().all(|task| task["result"] == "in_time") && done.len() == 2, "{done:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn r107_a_month_without_typical_cases_ends_with_its_register_once_it_is_over() {
    let mut gate = issuing(Setup::default(), &json!({"typical_cases_day": 20})).await;
    until("the month", async || tasks(&gate, "kind=typical_cases").await.pop()).await;
    gate.pass_time(
        "UPDATE duties SET subject = '370814/2026-02' || substr(subject, 15), due_on = '2026-02-20'
         WHERE kind = 'typical_cases'",
    );
    let path = "/v1/admin/reports/cases?month=2026-02";
    let _ = gate.admin.get(&format!("{path}&department=housing")).await.ok();
    assert!(tasks(&gate, "kind=typical_cases&state=done").await.is_empty(), "of one department");
    let _ = gate.admin.get(path).await.ok();
    let done = tasks(&gate, "kind=typical_cases&state=done").await;
    let late = |kind: &str| {
        done.iter()
            .any(|task| task["subject"] == format!("370814/2026-02/{kind}") && task["result"] == "late")
    };
    assert!(late("honesty") && late("dishonesty") && done.len() == 2, "{done:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn r094_nobody_owes_that_a_record_arrives_where_there_is_no_platform() {
    let gate = issuing(Setup::default(), &json!({})).await;
    let checked = check(&gate, "review", "case-1", city::BANNED_COMPANY).await;
    assert_eq!(gate.report(&checked, &[city::executed()]).await.status, 202);
    assert!(tasks(&gate, "kind=record").await.is_empty());
    assert_eq!(gate.feedback("pending").await.len(), 1, "it is kept until there is one");
}

#[tokio::test(flavor = "multi_thread")]
async fn r108_r109_making_a_report_of_the_whole_division_ends_the_duty_of_its_period() {
    let duties = json!({"monthly_report_day": 15, "half_yearly_report_days": ["06-05", "01-05"]});
    let mut gate = issuing(Setup::default(), &duties).await;
    for kind in ["monthly_report", "half_yearly_report"] {
        until(kind, async || tasks(&gate, &format!("kind={kind}")).await.pop()).await;
    }
    gate.pass_time(
        "UPDATE duties SET subject = '370814/2026-02', due_on = '2026-03-15' WHERE kind = 'monthly_report';
         UPDATE duties SET subject = '370814/2026-06-05', due_on = '2026-06-05' WHERE kind = 'half_yearly_report'",
    );
    let monthly = "/v1/admin/reports/monthly?month";
    let auditor = gate.somebody("auditor").await;
    let _ = auditor.get(&format!("{monthly}=2026-02")).await.ok();
    for query in ["=2026-02&department=market-regulation", "=2026-02&division=370811", "=2026-01"] {
        let _ = gate.admin.get(&format!("{monthly}{query}")).await.ok();
    }
    assert!(tasks(&gate, "kind=monthly_report&state=done").await.is_empty(), "not the report that is owed");
    let _ = gate.admin.get(&format!("{monthly}=2026-02&division={REPORTING}")).await.ok();
    let [done] = tasks(&gate, "kind=monthly_report&state=done").await.try_into().unwrap();
    assert_has(&done, &json!({"subject": "370814/2026-02", "result": "late"}));
    let _ = gate.admin.get("/v1/admin/reports/half-year?until=2026-12").await.ok();
    assert!(tasks(&gate, "kind=half_yearly_report&state=done").await.is_empty(), "another half-year");
    let _ = gate.admin.get("/v1/admin/reports/half-year?until=2026-06").await.ok();
    let [done] = tasks(&gate, "kind=half_yearly_report&state=done").await.try_into().unwrap();
    assert_eq!(done["subject"], "370814/2026-06-05");
    let audited = gate.admin.get("/v1/admin/audit").await.ok();
    assert!(audited.to_string().contains("monthly_report/370814/2026-02"), "{audited}");
}

#[tokio::test(flavor = "multi_thread")]
async fn r091_what_was_made_public_is_exported_in_the_fields_of_dual_publicity() {
    let line = "market-regulation = { name = \"示例市市场监督管理局\", contact = \"联络员甲\" }";
    let mut gate = issuing(Setup::default().departments(line), &json!({})).await;
    let request = city::request("honest", "issuance", "case-1", city::CLEAN_COMPANY);
    let _ = gate.check(&city::represented_by(request, city::CLEAN_PERSON)).await.ok();
    let mut report = publication("case-1", "2026-10-09");
    report["attributes"] = json!({"XK_WSH": "1", "XK_YXQZ": "2026-10-10", "XK_YXQZI": "2026-10-09",
                                  "XK_BZ": city::CLEAN_PERSON});
    let said = gate.caller.post("/v1/publications", &report).await.problem(422, "request.invalid");
    for field in ["attributes.XK_WSH", "attributes.XK_YXQZI", "value.identity_number"] {
        assert!(said.contains(field), "{said}");
    }
    report["attributes"] = json!({"XK_NR": "食品经营", "XK_YXQZ": "2026-10-09", "XK_YXQZI": "2031-10-08"});
    let _ = gate.caller.post("/v1/publications", &report).await.ok();

    let path = "/v1/admin/reports/publicity?since=2026-10-01&until=2026-10-31";
    let made = gate.admin.get(path).await.ok();
    let table = &made["tables"][0];
    let columns = texts(&table["columns"], "name");
    let [row] = table["rows"].as_array().unwrap().clone().try_into().unwrap();
    for (name, value) in [
        ("XK_XDR_MC", "示例申请有限公司"),
        ("XK_XDR_LB", "法人及非法人组织"),
        ("XK_XDR_SHXYM", city::CLEAN_COMPANY),
        ("XK_FR_ZJHM", "370***********0026"),
        ("XK_WSH", "示许〔2026〕7号"),
        ("XK_JDRQ", "2026-10-09"),
        ("XK_NR", "食品经营"),
        ("XK_YXQZI", "2031-10-08"),
        ("XK_XKJG", "示例市市场监督管理局"),
        ("case_no", "case-1"),
        ("late", "否"),
        ("missing", ""),
    ] {
        let position = columns.iter().position(|column| *column == name).unwrap();
        assert_eq!(row[position], value, "{name}");
    }
    assert!(!made.to_string().contains(city::CLEAN_PERSON));
    let csv = gate.admin.get(&format!("{path}&format=csv")).await;
    assert!(csv.text.contains("行政相对人名称,行政相对人类别,统一社会信用代码"), "{}", csv.text);
    let elsewhere = gate.admin.get(&format!("{path}&division=370812")).await.ok();
    assert_eq!(elsewhere["tables"][0]["rows"], json!([]));
    gate.terminate().await;
    gate.writes_workbook("report publicity --since 2026-10-01 --until 2026-10-31 --output");
}

#[tokio::test(flavor = "multi_thread")]
async fn r122_who_is_told_of_what_is_overdue_stands_in_the_event_and_in_the_task() {
    let line = "market-regulation = { name = \"示例市市场监督管理局\", contact = \"联络员甲 0000-1234567\" }";
    let mut gate = issuing(Setup::default().departments(line), &json!({})).await;
    let checked = check(&gate, "issuance", "case-1", city::CLEAN_COMPANY).await;
    gate.pass_time("UPDATE duties SET due_on = '2026-01-05' WHERE kind = 'publicity'");
    let event = until("it is told", async || gate.events("name=duty.overdue").await.pop()).await;
    let data = &event["event"]["data"];
    let subject = format!("publicity/{}", checked["check_id"].as_str().unwrap());
    assert_eq!(event["event"]["subject"], subject);
    assert_eq!(data["contact"], "联络员甲 0000-1234567", "{event}");
    assert_has(data, &json!({"kind": "publicity", "due_on": "2026-01-05"}));
    assert!(!event.to_string().contains("case-1"), "no case number leaves the host");
    let [task] = tasks(&gate, "kind=publicity&state=overdue").await.try_into().unwrap();
    assert_has(&task, &json!({"contact": "联络员甲 0000-1234567", "responder_name": "示例市市场监督管理局"}));
    let text = gate.server_command("tasks --state overdue").ok();
    assert!(text.contains("2026-01-05") && text.contains("联络员甲"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn tasks_are_for_the_departments_of_a_key_and_of_known_kinds() {
    let gate = issuing(Setup::default(), &json!({})).await;
    let _ = check(&gate, "issuance", "case-1", city::CLEAN_COMPANY).await;
    let other = gate.somebody_of("housing", "caller").await;
    assert_eq!(other.get("/v1/tasks").await.ok()["tasks"], json!([]));
    let path = "/v1/tasks?department=market-regulation";
    let _ = other.get(path).await.problem(403, "department.not_allowed");
    let said = gate.admin.get("/v1/tasks?kind=homework").await.problem(400, "request.query");
    assert!(said.contains("publicity"), "{said}");
}
