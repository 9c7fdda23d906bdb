//! Tables of working days, imported while the host runs.

use serde_json::{Value, json};
use system_tests::{Setup, TestGate, city};

use super::{check, issuing, tasks};

/// A table of a year in which nobody works in January.
fn table(year: i64, status: &str) -> String {
    format!("year {year}\nstatus {status}\nnotice 示例通知\noff {year}-01-01..{year}-01-31\n")
}

async fn import(gate: &TestGate, text: &str, query: &str) -> system_tests::Reply {
    let path = format!("/v1/admin/calendar?file=table.txt{query}");
    gate.admin.post_text(&path, "text/plain", text.to_owned()).await
}

fn year_of(task: &Value, field: &str) -> i64 {
    task[field].as_str().unwrap()[..4].parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn r089_a_last_day_in_a_year_without_a_table_is_provisional_until_the_table_comes() {
    // So long that it ends in a year, or the year after, that has no table yet.
    let duties = json!({"publicity_limit": {"count": 260, "unit": "working_days"}});
    let mut gate = issuing(Setup::default(), &duties).await;
    let _ = check(&gate, "issuance", "case-1", city::CLEAN_COMPANY).await;
    let [before] = tasks(&gate, "kind=publicity").await.try_into().unwrap();
    assert_eq!(before["provisional"], true, "{before}");
    let first = year_of(&before, "event_on") + 1;
    // A year without a table in between would leave it provisional.
    for year in first.min(2027)..=first + 2 {
        let imported = import(&gate, &table(year, "official"), "&replace=true").await.ok();
        assert_eq!(imported["year"], year, "{imported}");
    }
    let [after] = tasks(&gate, "kind=publicity").await.try_into().unwrap();
    assert_eq!(after["provisional"], false, "{after}");
    assert!(after["due_on"].as_str() > before["due_on"].as_str(), "{before} {after}");
    let moved = gate.events("name=duty.moved").await;
    assert_eq!(moved[0]["event"]["data"]["due_on"], after["due_on"], "{moved:?}");

    // It counts after a restart too, and who imported it is shown.
    let shown = gate.admin.get("/v1/admin/calendar").await.ok();
    gate.start_anew().await;
    assert_eq!(gate.admin.get("/v1/admin/calendar").await.ok(), shown);
    let years = shown["years"].as_array().unwrap();
    let imported = years.iter().find(|year| year["year"] == first).unwrap();
    assert!(imported["imported_by"].is_string(), "{imported}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_is_malformed_or_contradicts_an_official_one_changes_nothing() {
    let gate = TestGate::start().await;
    let before = gate.admin.get("/v1/admin/calendar").await.ok();
    for (text, place) in [
        ("year twenty", "line 1"),
        ("status official\n", "year is missing"),
        ("year 2031\nyear 2031\n", "line 2: year is given twice"),
        ("year 2031\nstatus official\nnotice n\noff 2030-12-31\n", "line 4"),
        ("year 2031\nstatus official\nnotice n\noff 2031-01-05..2031-01-01\n", "line 4"),
    ] {
        let said = import(&gate, text, "").await.problem(422, "calendar.malformed");
        assert!(said.contains("table.txt") && said.contains(place), "{text}: {said}");
    }
    let _ = import(&gate, "", "").await.problem(422, "file.empty");
    let bytes = gate.admin.post_text("/v1/admin/calendar", "text/plain", vec![0xff, 0xfe]).await;
    let _ = bytes.problem(422, "calendar.malformed");
    let said = import(&gate, &table(2026, "official"), "").await.problem(409, "calendar.year_taken");
    assert!(said.contains("2026") && said.contains("replace"), "{said}");
    assert_eq!(gate.admin.get("/v1/admin/calendar").await.ok(), before);

    // A guess is replaced by the notice, and the same table again changes nothing.
    let _ = import(&gate, &table(2031, "provisional"), "").await.ok();
    let official = import(&gate, &table(2031, "official"), "").await.ok();
    let again = import(&gate, &table(2031, "official"), "").await.ok();
    assert_eq!((&official["unchanged"], &again["unchanged"]), (&json!(false), &json!(true)));
    assert_eq!(official["edition"], again["edition"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_is_run_again_under_the_calendar_it_was_made_under() {
    let honest = city::hostile("days", &json!({"behaviour": "honest"}), &json!({}));
    let mut gate = TestGate::serving(system_tests::component::hostile_guest(), &[honest]).await;
    let market = city::regulated("food-licence", "intake");
    gate.serve(system_tests::component::market_registration(), &[market]).await;
    let mut request = city::request("food-licence", "intake", "case-1", city::CLEAN_COMPANY);
    request["materials"] =
        json!([{"code": "floor-plan", "name": "平面图", "provided": false, "required_by": "other"}]);
    let checked = gate.check(&request).await.ok();
    assert_eq!(checked["outcome"], "proceed_with_commitment", "{checked}");
    let replay = format!("/v1/checks/{}/replay", checked["check_id"].as_str().unwrap());
    assert_eq!(gate.admin.get(&replay).await.ok()["result"], "identical");
    let year = checked["checked_at"].as_str().unwrap()[..4].parse::<i64>().unwrap();
    let work_in_no_month =
        format!("year {year}\nstatus official\nnotice 示例\noff {year}-01-01..{year}-12-31\n");
    let _ = import(&gate, &work_in_no_month, "&replace=true").await.ok();
    assert_eq!(gate.admin.get(&replay).await.ok()["result"], "identical");
    gate.start_anew().await;
    assert_eq!(gate.admin.get(&replay).await.ok()["result"], "identical", "after a restart too");
}
