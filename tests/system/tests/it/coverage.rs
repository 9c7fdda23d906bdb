//! The two promises: every case was checked (R2), and every measure was taken or
//! has a reason (R3).

use serde_json::{Value, json};
use system_tests::document::{assert_has, with};
use system_tests::{TestGate, city};

const HEADER: &str = "case_no,department,item,issued_on\n";

async fn coverage(gate: &TestGate, query: &str, file: &str) -> Value {
    gate.admin.post_text(&format!("/v1/coverage?{query}"), "text/plain", file.to_owned()).await.ok()
}

/// A row of a case of the item `honest`, issued in the far future, as every check
/// here is of today.
fn issued(case_no: &str) -> String {
    format!("{case_no},{},honest,2099-01-01\n", city::DEPARTMENT)
}

async fn check(gate: &TestGate, case_no: &str, uscc: &str) -> Value {
    gate.checked("honest", "review", case_no, uscc).await
}

#[tokio::test(flavor = "multi_thread")]
async fn r002_a_case_without_a_check_is_found() {
    let gate = TestGate::with_hostile_guest().await;
    let _ = check(&gate, "case-1", city::CLEAN_COMPANY).await;
    let late = format!("case-1,{},honest,2020-01-01\n", "elsewhere");
    let file = [HEADER, &issued("case-1"), &issued("case-2"), &late].concat();
    let report = coverage(&gate, "format=csv&file=issued.csv", &file).await;
    assert_has(&report, &json!({"issued": 3, "complete": 1, "with_gap": 2}));
    let row = &report["checkpoints"][0];
    assert_has(row, &json!({"mode": "enforce", "checked": 1, "missing": 1}));
    assert_has(&report, &json!({"/cases/0/case_no": "case-2", "/cases/0/never_asked": true}));
    assert_eq!(report["unbound"][0]["department"], "elsewhere");
    let none = coverage(&gate, "format=csv&until=2019-12-31", &file).await;
    assert_eq!(none["issued"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn r002_a_check_after_the_case_was_issued_is_late_and_one_that_is_not_asked_for_is_no_gap() {
    let gate = TestGate::with_hostile_guest().await;
    let _ = check(&gate, "case-1", city::CLEAN_COMPANY).await;
    let file = format!(
        "{{\"case_no\":\"case-1\",\"department\":\"{}\",\"item\":\"honest\",\"issued_on\":\"2020-01-01\"}}",
        city::DEPARTMENT
    );
    let late = coverage(&gate, "format=jsonl", &file).await;
    assert_has(&late, &json!({"/checkpoints/0/late": 1, "with_gap": 1}));
    let binding = with(city::honest("honest"), &json!({"mode": "off"}));
    gate.import("bindings", &[binding]).await;
    let off = coverage(&gate, "format=jsonl", &file).await;
    assert_has(&off, &json!({"/checkpoints/0/mode": "off", "with_gap": 0}));
}

#[tokio::test(flavor = "multi_thread")]
async fn r002_a_file_with_faults_and_a_foreign_department_are_refused() {
    let gate = TestGate::with_hostile_guest().await;
    let rows = "case-1,d,i,2026-02-30\ncase-2,,i,2026-01-01\nc,d,i,2026-01-01\nc,d,i,2026-01-02\n";
    let refused =
        gate.admin.post_text("/v1/coverage?format=csv", "text/plain", [HEADER, rows].concat()).await;
    let _ = refused.problem(422, "import.refused");
    let problems = refused.json()["problems"].clone();
    let lines: Vec<&Value> = problems.as_array().unwrap().iter().map(|problem| &problem["line"]).collect();
    assert_eq!(lines, [2, 3, 5]);
    let other = gate.somebody_of("transport", "caller").await;
    let file = [HEADER, &issued("case-1")].concat();
    let reply = other.post_text("/v1/coverage?format=csv", "text/plain", file).await;
    let _ = reply.problem(403, "department.not_allowed");
    let _ = other.get("/v1/completion").await.problem(403, "department.not_allowed");
    assert_eq!(other.get("/v1/completion?department=transport").await.ok()["departments"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn r003_a_measure_is_open_until_it_is_reported_on() {
    let gate = TestGate::with_hostile_guest().await;
    let answer = check(&gate, "case-1", city::BANNED_COMPANY).await;
    let open = gate.admin.get("/v1/completion").await.ok();
    assert_eq!(open["departments"][0]["open_to_7_days"], 1);
    assert_has(&open, &json!({"/open/0/case_no": "case-1", "/open/0/days": 0}));
    let changes = json!({"result": "not_executed", "reason": "当事人已撤回申请"});
    assert_eq!(gate.report(&answer, &[with(city::executed(), &changes)]).await.status, 202);
    let done = gate.admin.get("/v1/completion").await.ok();
    assert_has(&done, &json!({"/departments/0/not_executed": 1, "/departments/0/open": 0}));
    assert_eq!(gate.admin.get("/v1/completion?until=2020-01-01").await.ok()["departments"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn r002_r003_the_command_line_ends_with_1_when_something_is_missing() {
    let mut gate = TestGate::with_hostile_guest().await;
    let _ = check(&gate, "case-1", city::BANNED_COMPANY).await;
    gate.terminate().await;
    let folder = tempfile::tempdir().unwrap();
    let (file, sheet) = (folder.path().join("issued.csv"), folder.path().join("coverage.xlsx"));
    let command = format!("coverage --issued {} --output {}", file.display(), sheet.display());
    for (cases, status) in [(vec!["case-1"], 0), (vec!["case-1", "case-2"], 1)] {
        let rows: String = cases.iter().map(|case| issued(case)).collect();
        std::fs::write(&file, [HEADER, &rows].concat()).unwrap();
        let _ = gate.command_line(&command).ended_with(status);
    }
    assert!(std::fs::read(&sheet).unwrap().starts_with(b"PK"));
    let open = gate.command_line("completion").ended_with(1).said;
    assert!(open.contains(city::BAN_MEASURE), "{open}");
}
