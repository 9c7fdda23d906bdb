//! What the audit trail holds: every change, in the transaction that makes it, and
//! what people read of cases and of what is known of somebody.

use std::collections::BTreeSet;

use axum::http::Method;
use rusqlite::Connection;

use super::super::calls::CALLS;
use super::*;

/// Changes that cannot be made here: they need a component or a platform. Whatever
/// they write goes the same way (`creditgate_store::carry_out`); the system tests
/// make them.
const ELSEWHERE: &[&str] = &[
    "backtest.cancel",
    "backtest.start",
    "commitment.breach",
    "commitment.extend",
    "commitment.fulfil",
    "commitment.repair",
    "commitment.sign",
    "feedback.requeue",
    "plugin.push",
    "publication.report",
    "pull.run",
    "release.activate",
    "release.approve",
    "release.begin_trial",
    "release.end_trial",
    "release.make",
    "release.reject",
    "release.roll_back",
];

/// A host every change of which is made twice: first where the audit trail takes
/// nothing, then where it does.
struct Trail {
    host: TestHost,
    store: Connection,
    /// Who works at the machine.
    who: &'static str,
    made: BTreeSet<&'static str>,
}

impl Trail {
    async fn new() -> Self {
        let host = TestHost::with_city(|config| {
            let text = "[platform]\nurl = \"http://127.0.0.1:9/feedback\"\nlevels = [\"county\", \"city\"]";
            config.platform = toml::from_str::<Config>(text).unwrap().platform;
        })
        .await;
        let store = Connection::open(host._folder.path().join("data/store.db")).unwrap();
        Self { host, store, who: "chief", made: BTreeSet::new() }
    }

    /// Everything the store holds.
    fn contents(&self) -> String {
        let mut tables =
            self.store.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").unwrap();
        let tables: Vec<String> =
            tables.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        let mut contents = String::new();
        for table in tables {
            let mut statement = self.store.prepare(&format!("SELECT * FROM {table}")).unwrap();
            let columns = statement.column_count();
            let mut rows = statement.query([]).unwrap();
            while let Some(row) = rows.next().unwrap() {
                let values: Vec<_> = (0..columns).map(|column| row.get_ref(column).unwrap()).collect();
                contents.push_str(&format!("{table} {values:?}\n"));
            }
        }
        contents
    }

    fn trail(&self) -> Vec<(String, String)> {
        let mut rows = self.store.prepare("SELECT action, subject FROM audit ORDER BY seq").unwrap();
        rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect()
    }

    async fn send(&self, method: Method, path: &str, body: &str) -> Answer {
        let mut request = request(method, path, body.to_owned().into());
        request.extensions_mut().insert(LocalOperator { name: Some(self.who.to_owned()) });
        self.host.answer(request).await
    }

    async fn make(&mut self, action: &'static str, method: Method, path: &str, body: &str) -> Value {
        let call = CALLS.iter().find(|call| call.audit == Some(action)).unwrap();
        assert_eq!(call.method, method, "{action}");
        self.store
            .execute_batch(
                "CREATE TRIGGER no_trail BEFORE INSERT ON audit BEGIN SELECT raise(ABORT, 'no'); END",
            )
            .unwrap();
        let before = self.contents();
        let refused = self.send(method.clone(), path, body).await;
        assert!(refused.status.is_server_error(), "{action}: {}", refused.text);
        assert_eq!(self.contents(), before, "{action} was made without the trail");
        self.store.execute_batch("DROP TRIGGER no_trail").unwrap();
        let rows = self.trail().len();
        let made = self.send(method, path, body).await;
        assert!(made.status.is_success(), "{action}: {}", made.text);
        let written = self.trail().split_off(rows);
        let [(noted, subject)] = written.try_into().unwrap_or_else(|rows| panic!("{action}: {rows:?}"));
        assert_eq!(noted, action);
        assert!(!subject.is_empty(), "{action} does not say of what");
        self.made.insert(action);
        if made.text.is_empty() { Value::Null } else { made.json() }
    }

    async fn post(&mut self, action: &'static str, path: &str, body: Value) -> Value {
        self.make(action, Method::POST, path, &body.to_string()).await
    }
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap()
}

#[tokio::test]
async fn every_change_and_its_row_in_the_audit_trail_are_one_transaction() {
    let mut trail = Trail::new().await;
    keys_and_data(&mut trail).await;
    entries(&mut trail).await;
    disputes(&mut trail).await;
    let all: BTreeSet<&str> = CALLS.iter().filter_map(|call| call.audit).collect();
    let left: Vec<&str> = all.difference(&trail.made).copied().collect();
    assert_eq!(left, ELSEWHERE, "a change that nobody makes here");
}

async fn keys_and_data(trail: &mut Trail) {
    let key = json!({"name": "test", "role": "caller", "departments": [DEPARTMENT]});
    let key = trail.post("key.create", "/v1/admin/keys", key).await;
    trail.make("key.revoke", Method::DELETE, &format!("/v1/admin/keys/{}", text(&key, "id")), "").await;
    trail.make("receipt_key.rotate", Method::POST, "/v1/admin/receipt-keys:rotate", "").await;
    // RFC 8032, 7.1, test 1.
    let public = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
    let signer = json!({"name": "v", "department": DEPARTMENT, "public_key": public});
    let signer = trail.post("signer.add", "/v1/admin/signers", signer).await;
    let path = format!("/v1/admin/signers/{}", text(&signer, "id"));
    trail.make("signer.revoke", Method::DELETE, &path, r#"{"reason":"test"}"#).await;
    let link = json!({"kind": "other", "value": "TAX-001", "uscc": USCC, "source": "示例"}).to_string();
    let files = [
        ("list_types.import", "list-types", LIST_TYPES.replace("示例标准", "示例新标准")),
        ("lists.import", "lists", LISTS.replace("\"e1\"", "\"e2\"")),
        ("policy.import", "policy", POLICY.replace("\"t1\"", "\"t2\"")),
        ("catalogue.import", "catalogue", CATALOGUE.replace("\"t1\"", "\"t2\"").replace("2020-", "2021-")),
        ("identifiers.import", "identifiers", link),
        (
            "bindings.import",
            "bindings",
            json!({"department": "housing", "item": "other", "checkpoint": "review", "division": "370811",
                   "plugin": "no-such-plugin"})
            .to_string(),
        ),
    ];
    for (action, what, file) in files {
        let path = format!("/v1/admin/{what}?format=jsonl&file={what}.jsonl");
        trail.make(action, Method::POST, &path, &file).await;
    }
    let table = "year 2099\nstatus official\nnotice test\noff 2099-01-01..2099-01-03\n";
    trail.make("calendar.import", Method::POST, "/v1/admin/calendar?file=2099.txt", table).await;
    let reviews = "/v1/admin/catalogue/t2/reviews";
    trail.who = "lawyer";
    trail.send(Method::POST, reviews, r#"{"kind":"normative","result":"passed"}"#).await.expect(200);
    let full = "/v1/admin/lists?format=jsonl&file=l&source=city&mode=full";
    let two = [LISTS.replace("\"e1\"", "\"f1\""), LISTS.replace("\"e1\"", "\"f2\"")].join("\n");
    trail.send(Method::POST, full, &two).await.expect(200);
    let one = LISTS.replace("\"e1\"", "\"f1\"");
    let asked = trail.send(Method::POST, full, &one).await.expect(409);
    assert_eq!(trail.trail().pop().unwrap().0, "approval.ask", "{asked}");
    let path = format!("/v1/admin/approvals/{}", asked["approval"]);
    trail.who = "chief";
    trail.post("approval.give", &path, json!({"reason": "已核对"})).await;
    trail.who = "lawyer";
    trail.send(Method::POST, full, &one).await.expect(200);
    trail.who = "chief";
}

async fn entries(trail: &mut Trail) {
    let proposal = json!({
        "division": "370811", "list": "food.serious", "severity": "slight", "subject_name": "示例甲食品店",
        "subject_identifiers": [{"kind": "uscc", "value": USCC}], "facts": "示例事实", "authority": "示例机关",
        "basis": "示例依据", "recognised_on": "2026-01-05", "valid_until": "2099-01-01",
        "particulars": {"repairable": true}, "reason": "年度抽检",
    });
    let proposed = trail.host.post("/v1/admin/entries", &proposal).await;
    let id = text(&proposed["entry"], "id").to_owned();
    trail.post("entry.propose", "/v1/admin/entries", proposal).await;
    let path = format!("/v1/admin/entries/{id}");
    trail.post("entry.approve", &format!("{path}/approval"), json!({"reason": "已复核"})).await;
    let order = json!({"requirement": "示例整改", "due_on": "2026-01-31"});
    trail.post("rectification.order", &format!("{path}/rectification"), order).await;
    let talk = json!({"kind": "warning", "held_on": "2026-02-02", "record": "示例约谈"});
    trail.post("talk.record", &format!("{path}/talks"), talk).await;
    let done = json!({"done_on": "2026-02-03", "text": "已整改"});
    trail.post("rectification.finish", &format!("{path}/rectification/result"), done).await;
    let lifting = json!({"document": "示例〔2026〕1号", "from": "2026-01-01", "until": "2099-01-01"});
    trail.post("entry.lift", &format!("{path}/lifting"), lifting).await;
    let end = json!({"cause": "lifting:示例〔2026〕1号", "reason": "提前结束"});
    trail.post("overlay.end", &format!("{path}/overlays:end"), end).await;
    let application = json!({"entry": id, "applied_on": "2026-04-01", "division": "370811",
                             "materials": ["performance_proof", "commitment"]});
    let repair = trail.post("repair.apply", "/v1/repairs", application).await;
    let answer = json!({"result": "accepted", "text": "受理"});
    trail.post("repair.answer", &format!("/v1/repairs/{}/result", text(&repair, "id")), answer).await;
    trail
        .post("entry.step", &format!("{path}/steps"), json!({"step": "withdraw", "reason": "认定有误"}))
        .await;
}

async fn disputes(trail: &mut Trail) {
    let check = trail.host.local(Method::POST, "/v1/checks", &check().to_string()).await.expect(200);
    let act = json!({"check_id": check["check_id"], "case_no": check["case_no"], "party": "p2",
                     "kind": "forged_document", "facts": "示例"});
    let queued = trail.post("act.report", "/v1/acts", act).await;
    let feedback = queued["feedback"][0].as_str().unwrap().to_owned();
    trail
        .host
        .host
        .shared
        .store
        .delivered(creditgate_store::Queue::Feedback, feedback.clone(), jiff::Timestamp::now())
        .await
        .unwrap();
    let said = json!({"level": "city", "reference": "R-1", "at": "2026-04-01T09:00:00+08:00"});
    trail.post("feedback.acknowledge", &format!("/v1/feedback/{feedback}/acknowledgements"), said).await;
    let objection =
        json!({"entry": "e1", "check_id": check["check_id"], "raised_by": "subject", "reason": "示例"});
    let raised = trail.post("objection.raise", "/v1/objections", objection).await;
    let path = format!("/v1/objections/{}", text(&raised, "id"));
    let answer = json!({"result": "withdrawn", "text": "撤销"});
    trail.post("objection.decide", &format!("{path}/result"), answer).await;
    let notice = json!({"told": "party", "on": "2026-04-01", "how": "书面告知"});
    trail.post("objection.tell", &format!("{path}/notices"), notice).await;
    let case = json!({"kind": "honesty", "happened_on": "2026-04-01", "department": DEPARTMENT,
                      "title": "示例", "summary": "示例案例"});
    trail.post("typical_case.add", "/v1/typical-cases", case).await;
    trail.who = "lawyer";
    let review = json!({"kind": "legal", "result": "passed"});
    trail.post("catalogue.review", "/v1/admin/catalogue/t2/reviews", review).await;
    trail.make("catalogue.publish", Method::POST, "/v1/admin/catalogue/t2/publication", "").await;
}

/// An objection's result that touches more checks than the queue of the store
/// holds: all of it is kept, and answered.
#[tokio::test]
async fn a_result_that_touches_more_checks_than_the_queue_holds_is_one_change() {
    let host = TestHost::with_city(|config| {
        config.store.queue_capacity = std::num::NonZeroUsize::new(4).unwrap();
    })
    .await;
    let mut first = Value::Null;
    for case in 0..20 {
        let asked = check_with("/case_no", json!(format!("2026-{case:06}")));
        let made = host.post("/v1/checks", &asked).await;
        first = if case == 0 { made } else { first };
    }
    let objection =
        json!({"entry": "e1", "check_id": first["check_id"], "raised_by": "subject", "reason": "示例"});
    let raised = host.post("/v1/objections", &objection).await;
    let path = format!("/v1/objections/{}/result", text(&raised, "id"));
    host.local(Method::POST, &path, r#"{"result":"withdrawn","text":"撤销"}"#).await.expect(200);
    let told = host.get("/v1/admin/events?name=check.affected&limit=100").await;
    assert_eq!(told["events"].as_array().unwrap().len(), 20);
    let trail = host.get("/v1/admin/audit?limit=1").await;
    assert_eq!(trail["audit"][0]["action"], "objection.decide");
}

#[tokio::test]
async fn what_people_read_of_a_case_is_in_the_trail_and_what_systems_read_is_not() {
    let trail = Trail::new().await;
    let host = &trail.host;
    let window = host.key("caller", Some(&[DEPARTMENT])).await;
    let auditor = host.issue("auditor", None).await;
    let check = host.send(Method::POST, "/v1/checks", &window, &check().to_string()).await.expect(200);
    let id = text(&check, "check_id");
    let officer = json!({"name": "officer", "role": "caller", "departments": [DEPARTMENT], "person": "王芳"});
    let officer = host.post("/v1/admin/keys", &officer).await;
    let reads = [
        (format!("/v1/checks/{id}"), "check.read", id),
        ("/v1/cases/2026-000123".to_owned(), "case.read", "2026-000123"),
        ("/v1/objections?entry=e1".to_owned(), "objection.list", ""),
        ("/v1/admin/entries/e1/file".to_owned(), "entry.read_file", "e1"),
        ("/v1/admin/affected?entry=e1".to_owned(), "entry.read_affected", "e1"),
    ];
    for (path, action, subject) in &reads {
        let before = trail.trail().len();
        host.send(Method::GET, path, &window, "").await;
        assert_eq!(trail.trail().len(), before, "{path} is read by a system");
        host.send(Method::GET, path, text(&auditor, "key"), "").await.expect(200);
        let read = host.get("/v1/admin/audit?limit=1").await;
        let read = &read["audit"][0];
        assert_eq!((&read["action"], &read["subject"]), (&json!(action), &json!(subject)));
        assert_eq!(read["actor"], auditor["id"]);
    }
    host.send(Method::GET, &reads[0].0, text(&officer, "key"), "").await.expect(200);
    let read = host.get("/v1/admin/audit?limit=1").await;
    assert_eq!(read["audit"][0]["actor"], officer["id"], "a person asks with a key of an approval system");
    let before = trail.trail().len();
    host.local(Method::GET, &format!("/v1/cases/{CITIZEN_ID}"), "").await;
    let unknown = host.local(Method::GET, "/v1/checks/00000000-0000-7000-8000-000000000000", "").await;
    assert_eq!(unknown.status.as_u16(), 404);
    let noted = trail.trail().split_off(before);
    assert_eq!(
        noted,
        [("case.read".to_owned(), "nothing".to_owned())],
        "what somebody typed is not repeated"
    );

    trail
        .store
        .execute_batch("CREATE TRIGGER no_trail BEFORE INSERT ON audit BEGIN SELECT raise(ABORT, 'no'); END")
        .unwrap();
    for (path, ..) in &reads {
        let unread = host.send(Method::GET, path, text(&auditor, "key"), "").await;
        assert!(unread.status.is_server_error(), "{path} was answered without a trace");
        assert!(!unread.text.contains(USCC) && !unread.text.contains("示例"), "{}", unread.text);
    }
    host.send(Method::GET, &reads[0].0, &window, "").await.expect(200);
}

#[test]
fn every_read_that_shows_a_case_or_somebody_is_noted_under_a_name_of_its_own() {
    let shows = [
        "/v1/checks",
        "/v1/cases/",
        "/v1/objections",
        "/v1/repairs",
        "/v1/commitments",
        "/v1/tasks",
        "/v1/rechecks",
        "/v1/admin/entries",
        "/v1/admin/identifiers",
        "/v1/admin/affected",
        "/v1/admin/feedback",
        "/v1/admin/reports/",
        "/v1/admin/backtests/",
    ];
    for call in CALLS.iter().filter(|call| call.method == Method::GET) {
        let shown =
            shows.iter().any(|path| call.path.starts_with(path)) || call.path.ends_with("/differences");
        assert_eq!(shown, call.read.is_some(), "{}", call.path);
    }
    let names: Vec<&str> = CALLS.iter().filter_map(|call| call.read.or(call.audit)).collect();
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
}
