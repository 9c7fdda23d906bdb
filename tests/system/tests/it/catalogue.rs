//! Editions of the measures catalogue: their way to publication, what is missing
//! in them, and that nothing outside of them is applied.

use serde_json::{Value, json};
use system_tests::city::{self, BANNED_COMPANY, DEPARTMENT};
use system_tests::document::{assert_has, text, texts};
use system_tests::{Reply, TestGate};

const PATH: &str = "/v1/admin/catalogue";

/// An edition with one of everything, in which nothing is missing.
fn whole(edition: &str) -> Vec<Value> {
    vec![
        json!({"type": "edition", "edition": edition, "effective_from": "2026-01-01"}),
        json!({"type": "category", "code": "market-access", "name": "限制市场准入"}),
        json!({"type": "memorandum", "code": "memo.food", "title": "示例食品药品联合惩戒合作备忘录",
               "document_number": "示例〔2016〕1号", "effective_from": "2016-09-13"}),
        json!({"type": "basis", "code": "basis.food-safety-law-135", "text": "《食品安全法》第一百三十五条",
               "effective_from": "2015-10-01"}),
        json!({"type": "power_item", "code": "power.food", "name": "食品经营许可核发", "department": DEPARTMENT,
               "section": "行政许可科"}),
        json!({"type": "item", "code": "honest", "name": "食品经营许可", "department": DEPARTMENT, "kind": "licence",
               "report_required": true, "key_item": true, "power_items": ["power.food"]}),
        measure("food.no-licence", "food-drug.serious"),
        measure("court.no-office", "court.judgment-defaulter"),
    ]
}

fn measure(code: &str, list: &str) -> Value {
    json!({
        "type": "measure", "code": code, "category": "market-access", "nature": "mandatory",
        "content": "限制市场准入", "direction": "punish", "target": "名单主体", "power_item": "power.food",
        "section": "行政许可科", "basis": "basis.food-safety-law-135", "memorandum": "memo.food", "lists": [list],
    })
}

fn lines(rows: &[Value]) -> String {
    rows.iter().map(|row| format!("{row}\n")).collect()
}

async fn import(gate: &TestGate, rows: &[Value]) -> Reply {
    gate.try_import("catalogue", rows).await
}

async fn state(gate: &TestGate, edition: &str) -> String {
    let editions = gate.admin.list("editions", PATH).await;
    text(editions.iter().find(|it| it["edition"] == edition).unwrap(), "state").to_owned()
}

/// What is wrong with a file, by kind and code.
async fn faults_of(gate: &TestGate, rows: &[Value]) -> Vec<(String, String)> {
    let path = "/v1/catalogue:check?format=jsonl&file=f.jsonl";
    let found = gate.admin.post_text(path, "text/plain", lines(rows)).await.ok();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let problems = found["problems"].as_array().into_iter().flatten();
    let problems = problems.map(|it| (text(&it["code"]), format!("line {}", it["line"])));
    let faults = found["faults"].as_array().unwrap().iter();
    problems.chain(faults.map(|it| (text(&it["fault"]), text(&it["code"])))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn r065_an_edition_serves_checks_only_after_two_reviews_by_others_and_a_publication() {
    let gate = TestGate::with_hostile_guest().await;
    let _ = import(&gate, &whole("2026")).await.ok();
    assert_eq!(state(&gate, "2026").await, "draft");
    let publication = format!("{PATH}/2026/publication");
    for (reviewer, edition, kind, status, code) in [
        (&gate.admin, "2026", "normative", 403, "catalogue.own_review"),
        (&gate.chief, "2026", "legal", 409, "catalogue.illegal_step"),
        (&gate.chief, "2027", "legal", 404, "catalogue.unknown_edition"),
        (&gate.chief, "2026", "moral", 422, "request.invalid"),
    ] {
        let _ = gate.review_catalogue(reviewer, edition, kind, "passed").await.problem(status, code);
    }
    let _ = gate.admin.post(&publication, &json!({})).await.problem(409, "catalogue.illegal_step");
    let silent = json!({"kind": "normative", "result": "returned"});
    let _ = gate.chief.post(&format!("{PATH}/2026/reviews"), &silent).await.problem(422, "request.invalid");

    let request = |case_no: &str| city::request("honest", "review", case_no, BANNED_COMPANY);
    let before = gate.check(&request("before")).await.ok();
    assert_eq!(before["catalogue"], "test", "a draft serves nobody");
    gate.publish_catalogue("2026").await;
    let after = gate.check(&request("after")).await.ok();
    assert_eq!(after["catalogue"], "2026");
    let told = gate.events("name=catalogue.published").await.swap_remove(0)["event"].take();
    let shown = gate.admin.get(&format!("{PATH}/2026")).await.ok();
    assert_eq!(told["subject"], "2026", "{told}");
    assert_eq!(told["data"]["effective_from"], shown["edition"]["effective_from"]);
    assert_eq!(after["measures"][0]["power_item"], "食品经营许可核发", "a code is shown by its name");
    assert_eq!(
        (state(&gate, "test").await, state(&gate, "2026").await),
        ("superseded".into(), "published".into())
    );

    let mut other = whole("2026");
    other.pop();
    let _ = import(&gate, &other).await.problem(409, "import.version_changed");
    gate.replays(&before).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r065_a_draft_that_is_returned_can_be_made_anew_and_its_history_stays() {
    let gate = TestGate::start().await;
    let _ = import(&gate, &whole("2026")).await.ok();
    let _ = gate.review_catalogue(&gate.chief, "2026", "normative", "passed").await.ok();
    let _ = import(&gate, &whole("2026")[..6]).await.problem(409, "import.version_changed");
    let _ = gate.review_catalogue(&gate.chief, "2026", "legal", "returned").await.ok();
    assert_eq!(state(&gate, "2026").await, "draft");
    let _ = import(&gate, &whole("2026")[..7]).await.ok();
    let shown = gate.admin.get(&format!("{PATH}/2026")).await.ok();
    let history = &shown["edition"]["history"];
    assert_eq!(texts(history, "step"), ["import", "normative", "legal", "import"]);
    assert_eq!(history[2]["comment"], "test");
    assert_eq!(shown["contents"]["measures"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn r060_the_difference_of_two_editions_is_told_by_particular() {
    let gate = TestGate::start().await;
    let mut later = whole("2027");
    later[6]["nature"] = json!("recommended");
    later.pop();
    later.push(measure("food.key-supervision", "food-drug.serious"));
    let _ = import(&gate, &whole("2026")).await.ok();
    let _ = import(&gate, &later).await.ok();
    let found = gate.admin.get(&format!("{PATH}/2026/diff/2027")).await.ok();
    let particular = json!({"field": "nature", "from": "mandatory", "to": "recommended"});
    assert_eq!(
        found["differences"],
        json!([
            {"kind": "measure", "code": "food.no-licence", "change": "changed", "particulars": [particular]},
            {"kind": "measure", "code": "court.no-office", "change": "removed"},
            {"kind": "measure", "code": "food.key-supervision", "change": "added"},
        ])
    );
    let shown = gate.server_command("catalogue diff 2026 2027").ok();
    assert!(shown.contains("food.no-licence") && shown.contains("recommended"), "{shown}");
    let _ = gate.admin.get(&format!("{PATH}/2026/diff/2028")).await.problem(404, "catalogue.unknown_edition");
}

#[tokio::test(flavor = "multi_thread")]
async fn r062_what_is_missing_is_found_in_a_file_and_in_an_edition() {
    let gate = TestGate::with_hostile_guest().await;
    assert_eq!(faults_of(&gate, &whole("2027")).await, []);
    type Sow = fn(&mut Vec<Value>);
    let cases: [(Sow, &str, &str); 13] = [
        (|rows| rows[6]["category"] = json!("other"), "catalogue.unknown_category", "line 7"),
        (|rows| rows[6]["power_item"] = json!("other"), "catalogue.unknown_power_item", "line 7"),
        (|rows| rows[6]["memorandum"] = json!("other"), "catalogue.unknown_memorandum", "line 7"),
        (|rows| rows[6]["section"] = json!(" "), "field.empty", "line 7"),
        (|rows| rows.push(measure("food.no-licence", "food-drug.serious")), "row.duplicate", "line 9"),
        (|rows| rows[6]["lists"] = json!(["no-such-list"]), "measure_without_list", "food.no-licence"),
        (|rows| rows[6]["items"] = json!(["gone"]), "measure_without_item", "food.no-licence"),
        (|rows| rows[3]["effective_until"] = json!("2020-12-31"), "basis_not_in_force", "food.no-licence"),
        (|rows| rows[4]["section"] = json!(""), "power_item_without_section", "power.food"),
        (|rows| rows[5]["power_items"] = json!([]), "item_without_power_item", "honest"),
        (|rows| rows.truncate(6), "item_without_measure", "honest"),
        (|rows| rows[5]["code"] = json!("other-item"), "bound_item_missing", "honest"),
        (|rows| rows[0]["effective_from"] = json!("2020-01-01"), "overlapping_editions", "2027"),
    ];
    for (sow, fault, code) in cases {
        let mut rows = whole("2027");
        sow(&mut rows);
        let found = faults_of(&gate, &rows).await;
        assert!(found.contains(&(fault.to_owned(), code.to_owned())), "{fault}: {found:?}");
    }
    assert_eq!(gate.admin.list("editions", PATH).await.len(), 1, "nothing was imported");

    let _ = import(&gate, &whole("2026")).await.ok();
    let good = gate.admin.get("/v1/catalogue:check?edition=2026&on=2026-06-01").await.ok();
    assert_has(&good, &json!({"faults": [], "warnings": []}));
    let in_force = gate.admin.get("/v1/catalogue:check").await.ok();
    assert_eq!(in_force["edition"], "test");
    assert!(!in_force["faults"].as_array().unwrap().is_empty(), "it has no items: {in_force}");
    let _ =
        gate.admin.get("/v1/catalogue:check?edition=none").await.problem(404, "catalogue.unknown_edition");
    let _ = gate.admin.get("/v1/catalogue:check?on=2010-01-01").await.problem(409, "catalogue.none_in_force");
    let _ = gate.admin.get("/v1/catalogue:check?on=tomorrow").await.problem(400, "request.query");
}

#[tokio::test(flavor = "multi_thread")]
async fn r062_the_command_line_says_each_fault_with_its_remedy_and_fails() {
    let gate = TestGate::start().await;
    let _ = import(&gate, &whole("2026")).await.ok();
    let _ = gate.server_command("catalogue check 2026").ok();
    let said = gate.server_command("catalogue check test").ended_with(1).said;
    let line = "fault: measure_without_item: measure `food.no-licence` is meant for no item of the edition; name items";
    assert!(said.contains(line), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn r005_a_measure_of_a_category_outside_the_edition_in_force_reaches_no_plug_in() {
    let gate = TestGate::with_hostile_guest().await;
    let _ = import(&gate, &whole("2026")).await.ok();
    gate.publish_catalogue("2026").await;
    let request = |case_no: &str| city::request("honest", "review", case_no, BANNED_COMPANY);
    let allowed = gate.check(&request("allowed")).await.ok();
    assert_eq!(allowed["measures"].as_array().unwrap().len(), 1);
    assert_eq!(allowed["warnings"][0]["code"], "report.required", "R87: {allowed}");

    // No import takes such a measure, and what is left of its file has none.
    let mut outside = whole("2027");
    outside[0]["effective_from"] = json!("2026-02-01");
    outside[1]["code"] = json!("key-supervision");
    let _ = import(&gate, &outside).await.problem(422, "import.refused");
    let path = format!("{PATH}?format=jsonl&accept_valid=true");
    let _ = gate.admin.post_text(&path, "text/plain", lines(&outside)).await.ok();
    gate.publish_catalogue("2027").await;
    let none = gate.check(&request("outside")).await.ok();
    assert_has(&none, &json!({"catalogue": "2027", "measures": []}));
    assert_eq!(none["status"], "hit", "the entry itself is still told");
}

#[tokio::test(flavor = "multi_thread")]
async fn r066_an_edition_is_handed_out_as_tables_headed_in_chinese() {
    let gate = TestGate::start().await;
    let _ = import(&gate, &whole("2026")).await.ok();
    let csv = |part: &str| format!("{PATH}/2026?format=csv&part={part}");
    let measures = gate.admin.get(&csv("measures")).await;
    assert!(measures.text.starts_with("\u{feff}措施代码,措施类别,措施性质"), "{}", measures.text);
    assert!(measures.text.contains("限制市场准入,强制性,"));
    let key_items = gate.admin.get(&csv("key_items")).await;
    assert!(key_items.text.contains("honest,食品经营许可,"), "R63: {}", key_items.text);
    for query in ["format=csv&part=none", "format=pdf", "format=xlsx&part=items"] {
        let _ = gate.admin.get(&format!("{PATH}/2026?{query}")).await.problem(400, "request.query");
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("2026.xlsx");
    let _ = gate.server_command(&format!("catalogue show 2026 --out {}", file.display())).ok();
    assert!(std::fs::read(file).unwrap().starts_with(b"PK"));
}

/// 37 memoranda, 470 items, 2,411 power items, 3,000 measures.
fn of_a_city() -> Vec<Value> {
    let mut rows = whole("city");
    rows.truncate(4);
    rows.extend((0..37).map(|n| {
        json!({"type": "memorandum", "code": format!("memo.{n}"), "title": format!("示例备忘录{n}"),
               "document_number": format!("示例〔2016〕{n}号"), "effective_from": "2016-09-13"})
    }));
    rows.extend((0..2411).map(|n| {
        json!({"type": "power_item", "code": format!("power.{n}"), "name": format!("示例权责事项{n}"),
               "department": DEPARTMENT, "section": "示例科"})
    }));
    rows.extend((0..470).map(|n| {
        let powers: Vec<String> = (n..2411).step_by(470).map(|n| format!("power.{n}")).collect();
        json!({"type": "item", "code": format!("item.{n}"), "name": format!("示例事项{n}"), "department": DEPARTMENT,
               "kind": "licence", "power_items": powers})
    }));
    rows.extend((0..3000).map(|n| {
        let mut row = measure(&format!("m.{n}"), "food-drug.serious");
        row["power_item"] = json!(format!("power.{}", n % 2411));
        row["memorandum"] = json!(format!("memo.{}", n % 37));
        row["items"] = json!([format!("item.{}", n % 470)]);
        row
    }));
    rows
}

#[tokio::test(flavor = "multi_thread")]
async fn r064_a_catalogue_of_the_size_of_a_city_is_imported_checked_and_published() {
    let gate = TestGate::start().await;
    let rows = of_a_city();
    let report = import(&gate, &rows).await.ok();
    assert_eq!(report["applied"], rows.len());
    let found = gate.admin.get("/v1/catalogue:check?edition=city").await.ok();
    assert_eq!(found["faults"], json!([]));
    gate.publish_catalogue("city").await;
    let listed = gate.admin.get(PATH).await.ok();
    let size = json!({"categories": 1, "memoranda": 38, "bases": 1, "power_items": 2411, "items": 470, "measures": 3000});
    assert_eq!(listed["editions"][0]["size"], size);
}
