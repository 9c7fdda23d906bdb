//! Lists come in pages: all of them, in one way.

use super::*;

/// What is read as a whole: documents that are imported as one, and what is
/// reckoned up.
const WHOLE: &[&str] = &[
    "/v1/admin/calendar",
    "/v1/admin/catalogue/{edition}",
    "/v1/admin/catalogue/{edition}/diff/{other}",
    "/v1/admin/policy",
    "/v1/admin/policy/resolved",
    "/v1/catalogue:check",
    "/v1/completion",
    "/v1/admin/ledger:verify",
    "/v1/admin/reports/{kind}",
];

#[test]
fn every_list_has_a_cursor_a_limit_and_says_where_it_goes_on() {
    let document = crate::http::openapi();
    let mut lists = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        let operation = &item["get"];
        let shape = &operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"];
        let Some(name) = shape.as_str().filter(|_| !WHOLE.contains(&path.as_str())) else { continue };
        let body = &document["components"]["schemas"][name.rsplit('/').next().unwrap()];
        let pages = body["properties"]["next"].is_object();
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        let asks = |name: &str| parameters.iter().any(|parameter| parameter["name"] == name);
        let of_one = ["/v1/cases/{case_no}", "/v1/admin/releases/{release}/differences"];
        let is_of_one = path.contains('{') && !of_one.contains(&path.as_str());
        let holds_rows = body["properties"].as_object().unwrap().values().any(|it| it["type"] == "array");
        assert_eq!(holds_rows && path.starts_with("/v1/") && !is_of_one, pages, "{path}");
        assert_eq!((pages, pages), (asks("cursor"), asks("limit")), "{path}");
        lists += usize::from(pages);
    }
    assert!(lists >= 24, "{lists}");
}

/// The rows of a list, in pages of so many.
async fn paged(host: &TestHost, path: &str, rows: &str, limit: usize) -> Vec<Value> {
    let mut all = Vec::new();
    let mut cursor = String::new();
    loop {
        let joint = if path.contains('?') { '&' } else { '?' };
        let page = format!("{path}{joint}limit={limit}{cursor}");
        let page = host.get(&page).await;
        let found = page[rows].as_array().unwrap();
        assert!(found.len() <= limit && (found.len() == limit || page.get("next").is_none()), "{page}");
        all.extend(found.iter().cloned());
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return all,
        }
    }
}

#[tokio::test]
async fn pages_joined_are_the_list_however_long_they_are() {
    let host = TestHost::with_city(|_| {}).await;
    let key = host.key("caller", None).await;
    for number in 0..7 {
        let mut body = check();
        body["case_no"] = json!(format!("2026-{number:06}"));
        host.send(Method::POST, "/v1/checks", &key, &body.to_string()).await.expect(200);
        host.send(Method::POST, "/v1/checks", &key, &check().to_string()).await.expect(200);
        let objection = json!({"entry": "e1", "case_no": "2026-000123", "raised_by": "party", "raiser": "示例",
                               "ground": "fact", "text": "示例"});
        host.local(Method::POST, "/v1/objections", &objection.to_string()).await;
    }
    for (path, rows) in [
        ("/v1/checks", "checks"),
        ("/v1/checks?entry=e1", "checks"),
        ("/v1/checks?case_no=2026-000123", "checks"),
        ("/v1/checks?subject=92370811MA3A0B1C6C", "checks"),
        ("/v1/cases/2026-000123", "checks"),
        ("/v1/admin/affected?entry=e1", "checks"),
        ("/v1/admin/keys", "keys"),
        ("/v1/admin/bindings", "bindings"),
        ("/v1/admin/list-types", "list_types"),
        ("/v1/admin/catalogue", "editions"),
        ("/v1/objections", "objections"),
        ("/v1/tasks", "tasks"),
        ("/v1/admin/feedback", "feedback"),
    ] {
        let whole = paged(&host, path, rows, 1000).await;
        for limit in [1, 2, 3, 7] {
            assert_eq!(paged(&host, path, rows, limit).await, whole, "{path} by {limit}");
        }
    }
    // These grow by being read.
    for (path, rows) in [("/v1/admin/audit", "audit"), ("/v1/admin/events", "events")] {
        let by_two = paged(&host, path, rows, 2).await;
        let seqs: Vec<i64> = by_two.iter().map(|row| row["seq"].as_i64().unwrap()).collect();
        assert!(
            seqs.windows(2).all(|pair| pair[0] == pair[1] + 1) && seqs.last() == Some(&1),
            "{path}: {seqs:?}"
        );
    }
    assert_eq!(paged(&host, "/v1/checks", "checks", 3).await.len(), 14);
}

#[tokio::test]
async fn a_cursor_of_nothing_and_a_limit_out_of_bounds_are_refused() {
    let host = TestHost::with_city(|_| {}).await;
    host.key("caller", None).await;
    let of_another = "WyIyMDI2LTExLTMwIiwxXQ";
    for query in ["limit=0", "limit=1001", "limit=-1", "limit=x", "cursor=%00", "cursor=abc"] {
        for path in ["/v1/checks", "/v1/tasks", "/v1/admin/keys", "/v1/admin/audit", "/v1/objections"] {
            let refused = host.local(Method::GET, &format!("{path}?{query}"), "").await;
            assert_eq!(
                (refused.status.as_u16(), refused.code().as_str()),
                (400, "request.query"),
                "{path}?{query}"
            );
        }
    }
    let refused = host.local(Method::GET, &format!("/v1/admin/keys?cursor={of_another}"), "").await;
    assert_eq!(refused.json()["errors"][0]["field"], "cursor");
    for (length, code) in [(1000, "value.unknown"), (1001, "field.length")] {
        let cursor = "A".repeat(length);
        let refused = host.local(Method::GET, &format!("/v1/checks?cursor={cursor}"), "").await.expect(400);
        assert_eq!(
            (&refused["errors"][0]["field"], &refused["errors"][0]["code"]),
            (&json!("cursor"), &json!(code))
        );
        let asked = json!({ "cursor": cursor }).to_string();
        let refused = host.local(Method::POST, "/v1/checks:search", &asked).await.expect(422);
        assert_eq!(
            (&refused["errors"][0]["field"], &refused["errors"][0]["code"]),
            (&json!("cursor"), &json!(code))
        );
    }
}
