//! The second person: what needs one says what would go, one person with two keys
//! is one, and nothing takes effect before.

use axum::http::Method;

use super::*;

const BINDINGS: &str = "/v1/admin/bindings?format=jsonl&file=b.jsonl";
const WHOLE: &str = "/v1/admin/lists?format=jsonl&mode=full&source=court&file=court.jsonl";

fn binding(item: &str, mode: &str) -> String {
    json!({"department": DEPARTMENT, "item": item, "checkpoint": "review", "division": "370811",
           "plugin": "no-such-plugin", "mode": mode})
    .to_string()
}

/// A file of so many entries.
fn entries(numbers: impl Iterator<Item = u32>) -> String {
    let entry = |number| {
        let mut entry: Value = serde_json::from_str(LISTS).unwrap();
        entry["id"] = json!(format!("c{number:03}"));
        entry["subject_name"] = json!(format!("示例{number}号店"));
        entry["subject_identifiers"] = json!([{"kind": "other", "value": format!("N-{number:05}")}]);
        format!("{entry}\n")
    };
    numbers.map(entry).collect()
}

/// Keys of publishers, each held by a person.
async fn held_by(host: &TestHost, people: &[&str]) -> Vec<String> {
    let mut keys = Vec::new();
    for (number, person) in people.iter().enumerate() {
        let order = json!({"name": format!("key {number}"), "role": "publisher", "person": person});
        let issued = host.post("/v1/admin/keys", &order).await;
        keys.push(issued["key"].as_str().unwrap().to_owned());
    }
    keys
}

async fn approve(host: &TestHost, needed: &Value, key: &str) -> Answer {
    let path = format!("/v1/admin/approvals/{}", needed["approval"]);
    host.send(Method::POST, &path, key, r#"{"reason": "已核对"}"#).await
}

async fn mode_of(host: &TestHost, item: &str) -> Value {
    let bindings = host.get("/v1/admin/bindings").await;
    let found = bindings["bindings"].as_array().unwrap().iter().find(|binding| binding["item"] == item);
    found.unwrap()["mode"].clone()
}

#[tokio::test]
async fn r016_an_outcome_that_binds_is_loosened_by_two_persons_whichever_way() {
    let host = TestHost::with_city(|_| {}).await;
    let keys = held_by(&host, &["王芳", "王芳", "李强"]).await;
    for (item, mode) in [("off", "off"), ("observed", "observe"), ("advised", "advise")] {
        let import = |mode: &str| {
            let (file, key) = (binding(item, mode), keys[0].clone());
            let host = &host;
            async move { host.send(Method::POST, BINDINGS, &key, &file).await }
        };
        import("enforce").await.expect(200);
        let needed = import(mode).await.expect(409);
        assert_eq!(needed["code"], "approval.needed");
        let detail = needed["detail"].as_str().unwrap();
        assert!(detail.contains(&format!("market-regulation/{item}/review: enforce → {mode}")), "{detail}");
        assert_eq!(mode_of(&host, item).await, "enforce", "nothing has changed");
        for key in &keys[..2] {
            assert_eq!(approve(&host, &needed, key).await.expect(403)["code"], "approval.own");
        }
        let again = import(mode).await.expect(409);
        assert_eq!(again["approval"], needed["approval"], "it waits under one number");
        approve(&host, &needed, &keys[2]).await.expect(200);
        assert_eq!(mode_of(&host, item).await, "enforce", "nobody has done it");
        import(mode).await.expect(200);
        assert_eq!(mode_of(&host, item).await, mode);
        import("enforce").await.expect(200);
        import(mode).await.expect(409);
    }
    // Another checkpoint in the place of the one that binds is no way around.
    let moved = json!({"id": "market-regulation/off/review", "department": DEPARTMENT, "item": "elsewhere",
                       "checkpoint": "review", "division": "370811", "plugin": "no-such-plugin"});
    let needed = host.send(Method::POST, BINDINGS, &keys[0], &moved.to_string()).await.expect(409);
    assert!(needed["detail"].as_str().unwrap().contains("no binding"), "{needed}");
}

#[tokio::test]
async fn a_full_import_that_takes_more_than_a_share_of_a_source_needs_two_persons_and_says_what_would_go() {
    let host = TestHost::with_city(|_| {}).await;
    let keys = held_by(&host, &["王芳", "李强"]).await;
    let import = |numbers: Vec<u32>| {
        let (host, key) = (&host, keys[0].clone());
        async move { host.send(Method::POST, WHOLE, &key, &entries(numbers.into_iter())).await }
    };
    let numbered = |range: std::ops::Range<u32>| range.collect::<Vec<_>>();
    import(numbered(0..100)).await.expect(200);
    import(numbered(20..100)).await.expect(200);
    // As many as before, but others: eighty go.
    let needed = import(numbered(200..300)).await.expect(409);
    assert!(needed["detail"].as_str().unwrap().contains("80 of the 80 entries"), "{needed}");
    let needed = import(numbered(40..100)).await.expect(409);
    assert_eq!(needed["code"], "approval.needed");
    let detail = needed["detail"].as_str().unwrap();
    for named in [
        "20 of the 80 entries of source `court`",
        "after 20 that went within 30 days",
        "40 %",
        "more than 20 %",
        "c020 on food.serious",
        "示例20号店",
    ] {
        assert!(detail.contains(named), "{named}: {detail}");
    }
    let sources = host.get("/v1/admin/sources").await;
    let court = sources["sources"].as_array().unwrap().iter().find(|it| it["source"] == "court").unwrap();
    assert_eq!(court["entries"], 80, "nothing has gone");

    let listed = host.send(Method::GET, "/v1/admin/approvals", &keys[1], "").await.expect(200);
    let waiting = &listed["approvals"][0];
    assert_eq!((&waiting["approval"], &waiting["kind"]), (&needed["approval"], &json!("lists.shrink")));
    assert_eq!(waiting["going"].as_array().unwrap().len(), 20);
    approve(&host, &needed, &keys[1]).await.expect(200);
    assert_eq!(import(numbered(41..100)).await.expect(409)["code"], "approval.needed", "one more would go");
    let report = import(numbered(40..100)).await.expect(200);
    assert_eq!(report["lists"]["removed"], 20);
    let trail = host.get("/v1/admin/audit?limit=10").await;
    let actions: Vec<_> = trail["audit"].as_array().unwrap().iter().map(|event| &event["action"]).collect();
    assert_eq!(actions[..4], ["lists.import", "approval.ask", "approval.give", "approval.ask"], "{trail}");
    let detail = trail["audit"][0]["detail"].as_str().unwrap();
    assert!(detail.ends_with(&format!(", approval {}", needed["approval"])), "{detail}");
    import(numbered(52..100)).await.expect(200);
    assert_eq!(import(numbered(53..100)).await.expect(409)["code"], "approval.needed", "12 went since then");
}

#[tokio::test]
async fn an_import_that_ends_what_it_names_takes_it_away_as_well() {
    let host = TestHost::with_city(|_| {}).await;
    let keys = held_by(&host, &["王芳", "李强"]).await;
    host.send(Method::POST, WHOLE, &keys[0], &entries(0..100)).await.expect(200);
    let withdrawn = entries(0..21).replace(r#""subject_name""#, r#""status":"withdrawn","subject_name""#);
    for path in [WHOLE, "/v1/admin/lists?format=jsonl&source=court"] {
        let kept = if path == WHOLE { entries(21..100) } else { String::new() };
        let file = format!("{withdrawn}{kept}");
        let needed = host.send(Method::POST, path, &keys[0], &file).await.expect(409);
        assert_eq!(needed["code"], "approval.needed", "{path}");
        assert!(needed["detail"].as_str().unwrap().contains("21 of the 100 entries"), "{needed}");
    }
}

#[tokio::test]
async fn r040_one_person_is_one_with_whatever_key_for_every_approval_of_the_house() {
    let host = TestHost::with_city(|_| {}).await;
    let keys = held_by(&host, &["王芳", "王 芳"]).await;
    let edition = CATALOGUE.replace("\"t1\"", "\"t3\"");
    host.send(Method::POST, "/v1/admin/catalogue?format=jsonl", &keys[0], &edition).await.expect(200);
    let review = r#"{"kind": "normative", "result": "passed"}"#;
    let path = "/v1/admin/catalogue/t3/reviews";
    let own = host.send(Method::POST, path, &keys[1], review).await.expect(403);
    assert_eq!(own["code"], "catalogue.own_review");
    let own = host.operated_by("王芳", Method::POST, path, review).await.expect(403);
    assert_eq!(own["code"], "catalogue.own_review");
    let unnamed = host.local(Method::POST, path, review).await.expect(403);
    assert_eq!(unnamed["code"], "approval.unnamed");
    let order = json!({"name": "pipeline", "role": "publisher", "system": "流水线"});
    let system = host.post("/v1/admin/keys", &order).await;
    let refused = host.send(Method::POST, path, system["key"].as_str().unwrap(), review).await.expect(403);
    assert_eq!(refused["code"], "approval.not_a_person");
    host.as_chief(Method::POST, path, review).await.expect(200);

    let both = json!({"name": "n", "role": "publisher", "person": "a", "system": "b"}).to_string();
    let refused = host.local(Method::POST, "/v1/admin/keys", &both).await.expect(422);
    assert_eq!(refused["errors"][0]["code"], "key.holder");
}

#[tokio::test]
async fn the_last_key_of_an_administrator_stays() {
    let host = TestHost::empty(|_| {}).await;
    let issue = async |role: &str| host.issue(role, None).await["id"].as_str().unwrap().to_owned();
    let revoke = async |id: &str| host.local(Method::DELETE, &format!("/v1/admin/keys/{id}"), "").await;
    let (first, auditor) = (issue("admin").await, issue("auditor").await);
    let refused = revoke(&first).await.expect(409);
    assert_eq!(refused["code"], "key.last_admin");
    assert!(refused["detail"].as_str().unwrap().contains("keys create"), "the remedy is named: {refused}");
    revoke(&auditor).await.expect(200);
    let second = issue("admin").await;
    revoke(&first).await.expect(200);
    assert_eq!(revoke(&second).await.expect(409)["code"], "key.last_admin");
}
